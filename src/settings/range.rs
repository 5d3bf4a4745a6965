//! The range of a number, in words and for comparison.

use serde_json::{Map, Value as Json};

/// Between what a number must lie, and its unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Range {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
    /// The symbol of the unit, where there is one.
    pub unit: Option<String>,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// The value.
    pub value: f64,
    /// Whether the value itself is allowed.
    pub included: bool,
}

impl Range {
    /// What the keywords of a JSON schema say of a number.
    pub(super) fn read(schema: &Map<String, Json>) -> Self {
        let end = |included: &str, excluded: &str| {
            let value = |key: &str| schema.get(key).and_then(Json::as_f64);
            let open = value(excluded).map(|value| End { value, included: false });
            open.or_else(|| value(included).map(|value| End { value, included: true }))
        };
        Self {
            low: end("minimum", "exclusiveMinimum"),
            high: end("maximum", "exclusiveMaximum"),
            unit: schema.get("unit").and_then(Json::as_str).map(str::to_owned),
        }
    }

    /// Whether a value lies within; `NaN` lies nowhere.
    pub(super) fn holds(&self, value: f64) -> bool {
        let above = self
            .low
            .is_none_or(|end| value > end.value || (end.included && value == end.value));
        let below = self
            .high
            .is_none_or(|end| value < end.value || (end.included && value == end.value));
        above && below && !value.is_nan()
    }

    /// The limits in words, with the unit: `0.1 to 60 s`, `above 0 Hz`; `None` where every
    /// number will do.
    pub fn words(&self) -> Option<String> {
        let text = match (self.low, self.high) {
            (None, None) => return None,
            (Some(low), Some(high)) if low.included && high.included => {
                format!("{} to {}", shown(low.value), shown(high.value))
            }
            (Some(low), Some(high)) => format!("{} and {}", over(low), under(high)),
            (Some(low), None) => over(low),
            (None, Some(high)) => under(high),
        };
        Some(match &self.unit {
            Some(unit) => format!("{text} {unit}"),
            None => text,
        })
    }

    /// What a value outside of the range is told.
    pub(super) fn complaint(&self) -> String {
        let words = self.words().unwrap_or_default();
        match (self.low, self.high) {
            (Some(low), Some(high)) if low.included && high.included => {
                format!("is outside the limits of {words}")
            }
            _ => format!("must be {words}"),
        }
    }
}

fn over(end: End) -> String {
    let word = if end.included { "at least" } else { "above" };
    format!("{word} {}", shown(end.value))
}

fn under(end: End) -> String {
    let word = if end.included { "at most" } else { "below" };
    format!("{word} {}", shown(end.value))
}

/// A number as one would write it into a recipe: `60`, `0.1`, `1e-9`.
pub(super) fn shown(value: f64) -> String {
    let small = value != 0.0 && value.abs() < 1e-4;
    if small || value.abs() >= 1e16 { format!("{value:e}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(json: Json) -> Range {
        Range::read(json.as_object().unwrap())
    }

    #[test]
    fn ends_are_included_unless_they_say_otherwise() {
        let closed = range(serde_json::json!({ "minimum": 0.1, "maximum": 60.0 }));
        assert!(closed.holds(0.1) && closed.holds(60.0) && !closed.holds(60.1));
        assert!(!closed.holds(f64::NAN));
        assert_eq!(closed.words().unwrap(), "0.1 to 60");
        let open = range(serde_json::json!({ "exclusiveMinimum": 0, "unit": "Hz" }));
        assert!(!open.holds(0.0) && open.holds(1e-300) && open.holds(1e300));
        assert_eq!(open.complaint(), "must be above 0 Hz");
        let half = serde_json::json!({
            "exclusiveMinimum": 0, "maximum": 60, "unit": "s"
        });
        assert_eq!(range(half).words().unwrap(), "above 0 and at most 60 s");
        assert_eq!(Range::default().words(), None);
    }

    #[test]
    fn numbers_are_shown_as_they_are_written() {
        let shown: Vec<String> =
            [60.0, 0.1, 1e-9, 0.0, -60.0, 1e6, f64::NAN].map(shown).into();
        assert_eq!(shown, ["60", "0.1", "1e-9", "0", "-60", "1000000", "NaN"]);
    }
}
