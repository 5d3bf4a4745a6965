//! Numbers as people read them: three significant digits, a unit of the right size, the
//! interval beside it.

use crate::analysis::dictionary;
use crate::outcome::Measure;
use crate::outcome::fact::Shown;
use crate::units::Unit;

/// A value as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct ShownQuantity {
    /// The number.
    pub(crate) value: String,
    /// Its unit, empty for a plain number.
    pub(crate) unit: String,
    /// The 95 % interval in the same unit, `low to high`.
    pub(crate) interval: Option<String>,
}

/// A unit for people, and by what its values are multiplied.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    factor: f64,
    unit: String,
}

impl Scale {
    /// The scale for values of one measure in one unit, the largest of them given: volts
    /// become mV or µV, short times ms, shares of one become per cent.
    pub(crate) fn of(measure: &str, unit: &Unit, largest: f64) -> Self {
        let (factor, unit) = match unit.symbol() {
            symbol @ ("V" | "V/s") => volts(symbol, largest),
            "s" if largest < 0.1 => (1e3, "ms".to_owned()),
            "1" if is_share(measure) => (100.0, "%".to_owned()),
            "1" => (1.0, String::new()),
            symbol => (1.0, symbol.to_owned()),
        };
        Self { factor, unit }
    }

    /// A measure's value at this scale, `None` when it has none.
    pub(crate) fn quantity(&self, measure: &Measure) -> Option<ShownQuantity> {
        let value = measure.value? * self.factor;
        let interval =
            measure.interval.map(|(low, high)| (low * self.factor, high * self.factor));
        let whole = value.fract() == 0.0
            && value.abs() < 1e6
            && measure.unit == Unit::ONE
            && interval.is_none();
        let style = if whole { Style::Decimals(0) } else { style(value, interval) };
        let interval = interval
            .map(|(low, high)| format!("{} to {}", style.text(low), style.text(high)));
        Some(ShownQuantity {
            value: style.text(value),
            unit: self.unit.clone(),
            interval,
        })
    }
}

/// Whether people are shown a part of one as per cent.
fn is_share(measure: &str) -> bool {
    dictionary::known(measure).is_some_and(|known| known.fact.shown == Shown::PerCent)
}

fn volts(symbol: &str, largest: f64) -> (f64, String) {
    match largest {
        large if large >= 1.0 => (1.0, symbol.to_owned()),
        large if large >= 1e-3 => (1e3, format!("m{symbol}")),
        _ => (1e6, format!("µ{symbol}")),
    }
}

/// The largest absolute value among measures, interval ends left out; 0 without values.
pub(crate) fn largest<'a>(measures: impl IntoIterator<Item = &'a Measure>) -> f64 {
    measures
        .into_iter()
        .filter_map(|measure| measure.value)
        .fold(0.0, |largest, value| value.abs().max(largest))
}

/// A single measure as it is printed, at its own scale.
pub(crate) fn quantity(measure: &Measure) -> Option<ShownQuantity> {
    Scale::of(&measure.name, &measure.unit, largest([measure])).quantity(measure)
}

/// A number with three significant digits: `0.0123`, `4.57`, `1235`, `1.20 × 10⁻⁷`.
pub(crate) fn number(value: f64) -> String {
    style(value, None).text(value)
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Decimals(usize),
    Scientific,
}

/// The digits for a value and its interval, so that both are printed alike.
fn style(value: f64, interval: Option<(f64, f64)>) -> Style {
    let (low, high) = interval.unwrap_or((value, value));
    let largest = [value, low, high]
        .iter()
        .fold(0.0, |largest: f64, value| value.abs().max(largest));
    if largest == 0.0 {
        return Style::Decimals(0);
    }
    if !(1e-4..1e6).contains(&largest) {
        return Style::Scientific;
    }
    let digits_before = libm::log10(largest).floor() as i32;
    Style::Decimals(usize::try_from(2 - digits_before).unwrap_or(0))
}

impl Style {
    fn text(self, value: f64) -> String {
        match self {
            Self::Decimals(decimals) => fixed(value, decimals),
            Self::Scientific if value == 0.0 => "0".to_owned(),
            Self::Scientific => scientific(value),
        }
    }
}

/// A number with fixed decimals and a typographic minus, never `−0`.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|digit| matches!(digit, '0' | '.')) => {
            digits.to_owned()
        }
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.2e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let power = exponent.parse().map(superscript).unwrap_or_default();
    format!("{} × 10{power}", digits.replace('-', "−"))
}

/// An exponent in superscript digits: `⁻⁶`.
pub(crate) fn superscript(exponent: i32) -> String {
    let raised = |symbol| match symbol {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    exponent.to_string().chars().map(raised).collect()
}

/// The factor and the unit by which values are told: slopes a minute, volts as
/// microvolts, no `1`.
pub(crate) fn for_people(unit: &str) -> (f64, &str) {
    match unit {
        "%/s" => (60.0, "%/min"),
        "1" => (1.0, ""),
        "V" => (1e6, "µV"),
        "V/s" => (1e6, "µV/s"),
        unit => (1.0, unit),
    }
}

/// A size in bytes for people: `812 B`, `3.4 kB`, `12.0 MB`.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        size if size < 1e3 => format!("{bytes} B"),
        size if size < 1e6 => format!("{:.1} kB", size / 1e3),
        size if size < 1e9 => format!("{:.1} MB", size / 1e6),
        size => format!("{:.1} GB", size / 1e9),
    }
}

/// A duration for people: `8.50 s`, `2 min 05 s`, `1 h 02 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{} s", number(seconds)),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Text that can stand in XML and HTML, quotes included; control characters become `�`.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(' '),
            control if control.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(symbol),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::fact::Fact;
    use crate::signal::{Kind, Label};

    fn measure(name: &'static str, value: f64, unit: Unit) -> Measure {
        let label =
            Label { name: "SOL_L".into(), muscle: None, side: None, kind: Kind::Emg };
        let plain = Measure::new(&Fact::PLAIN, &label, &unit, value);
        Measure { name: name.into(), unit, ..plain }
    }

    fn printed(measure: &Measure) -> String {
        let quantity = quantity(measure).unwrap();
        let interval = quantity
            .interval
            .map(|interval| format!(" ({interval})"))
            .unwrap_or_default();
        format!("{} {}{interval}", quantity.value, quantity.unit)
    }

    #[test]
    fn three_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.012345, "0.0123"),
            (-4.5678, "−4.57"),
            (1234.6, "1235"),
            (1.2e-7, "1.20 × 10⁻⁷"),
            (-3.456e9, "−3.46 × 10⁹"),
            (99.95, "100.0"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(fixed(-0.0001, 2), "0.00");
    }

    #[test]
    fn rounding_loses_at_most_half_of_the_third_digit() {
        let mut random = crate::report::Uniform(5);
        for _ in 0..5000 {
            let value =
                (random.next() - 0.5) * libm::pow(10.0, 9.0 * random.next() - 3.0);
            let text = number(value).replace('−', "-");
            let Ok(read) = text.parse::<f64>() else {
                continue;
            };
            assert!(
                (read - value).abs() <= 0.005 * value.abs() * (1.0 + 1e-9),
                "{value} printed as {text}"
            );
        }
    }

    #[test]
    fn units_are_scaled_for_people() {
        assert_eq!(printed(&measure("rms", 85.27e-6, Unit::VOLT)), "85.3 µV");
        assert_eq!(printed(&measure("rms", 1.2e-3, Unit::VOLT)), "1.20 mV");
        assert_eq!(printed(&measure("envelope_lag", 0.0123, Unit::SECOND)), "12.3 ms");
        assert_eq!(printed(&measure("mains_share", 0.034, Unit::ONE)), "3.40 %");
        assert_eq!(printed(&measure("burst_count", 12.0, Unit::ONE)), "12 ");
        assert_eq!(printed(&measure("rms", 3.0, Unit::ARBITRARY)), "3.00 a.u.");
        let slope =
            measure("mdf_slope", -0.2134, Unit::HERTZ_PER_SECOND).within(-0.25, -0.1768);
        assert_eq!(printed(&slope), "−0.213 Hz/s (−0.250 to −0.177)");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("<a href='x'>&\"\u{0}"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}"
        );
    }

    #[test]
    fn sizes_and_durations_read_well() {
        assert_eq!([812, 3_400, 12_000_000].map(bytes), ["812 B", "3.4 kB", "12.0 MB"]);
        assert_eq!(
            [8.5, 125.0, 3_725.0].map(duration),
            ["8.50 s", "2 min 05 s", "1 h 02 min"]
        );
    }
}
