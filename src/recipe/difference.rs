//! In what a recipe differs from the standard one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Recipe;

/// A key that has another value than in the standard recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipeDifference {
    /// The key, such as `conditioning.1.band-pass.low_hz`.
    pub key: String,
    /// Its value in the standard recipe.
    pub standard: String,
    /// The value that was used.
    pub used: String,
}

impl Recipe {
    /// Every key whose value is not that of the standard recipe, in the order of the keys.
    pub fn differences(&self) -> Vec<RecipeDifference> {
        let [standard, used] = [&Self::default(), self]
            .map(|recipe| serde_json::to_value(recipe).unwrap_or_default());
        let mut found = Vec::new();
        compare(&standard, &used, "", &mut found);
        found
    }
}

fn compare(standard: &Value, used: &Value, key: &str, found: &mut Vec<RecipeDifference>) {
    let below = |name: &str| match key {
        "" => name.to_owned(),
        _ => format!("{key}.{name}"),
    };
    match (standard, used) {
        _ if standard == used => {}
        (Value::Object(one), Value::Object(other)) if are_alike(standard, used) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for name in names {
                let (standard, used) = (&standard[name], &used[name]);
                compare(standard, used, &below(name), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if are_alike(standard, used) => {
            for (place, (standard, used)) in one.iter().zip(other).enumerate() {
                compare(standard, used, &below(&place.to_string()), found);
            }
        }
        _ => found.push(RecipeDifference {
            key: key.to_owned(),
            standard: worded(standard, used),
            used: worded(used, standard),
        }),
    }
}

/// Whether what differs lies within: tables that share a key, and lists whose tables do,
/// place by place. A list of numbers is one value.
fn are_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.keys().any(|key| other.contains_key(key))
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut both = one.iter().zip(other);
            one.len() == other.len() && both.all(|(one, other)| are_alike(one, other))
        }
        _ => false,
    }
}

/// A value as a recipe writes it; of an analysis that is turned on or off only that.
fn worded(value: &Value, beside: &Value) -> String {
    match (value, beside) {
        (Value::Object(_), Value::Bool(false)) => "on".to_owned(),
        (Value::Bool(false), Value::Object(_)) => "off".to_owned(),
        _ => written(value),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => "not given".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        Value::Bool(is_on) => is_on.to_string(),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(written).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(table) => {
            let given = table.iter().filter(|(_, value)| !value.is_null());
            let pairs: Vec<String> =
                given.map(|(key, value)| format!("{key} = {}", written(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differing(settings: &[&str]) -> Vec<[String; 3]> {
        let settings: Vec<String> =
            settings.iter().map(|&setting| setting.to_owned()).collect();
        let recipe = Recipe::from_toml("", &settings).unwrap();
        let all = recipe.differences().into_iter();
        all.map(|one| [one.key, one.standard, one.used]).collect()
    }

    #[test]
    fn the_standard_recipe_differs_in_nothing() {
        assert!(Recipe::default().differences().is_empty());
        assert!(differing(&["conditioning.1.band-pass.low_hz=20"]).is_empty());
    }

    #[test]
    fn differences_stand_where_they_are() {
        let found = differing(&[
            "normalisation.reference=peak",
            "conditioning.1.band-pass.high_hz=400",
            "analysis.fatigue=false",
            "analysis.complexity=true",
            "envelope.moving-rms.window_s=0.25",
        ]);
        let found: Vec<[&str; 3]> =
            found.iter().map(|one| one.each_ref().map(String::as_str)).collect();
        assert_eq!(
            found,
            [
                ["analysis.complexity", "off", "on"],
                ["analysis.fatigue", "on", "off"],
                ["conditioning.1.band-pass.high_hz", "not given", "400"],
                [
                    "envelope",
                    "{ low-pass = { cutoff = effective, cutoff_hz = 6, order = 2 } }",
                    "{ moving-rms = { window_s = 0.25 } }",
                ],
                ["normalisation.reference", "mvc", "peak"],
            ]
        );
    }

    #[test]
    fn a_list_of_other_steps_is_one_difference() {
        let text = "conditioning = [{ detrend = { kind = \"mean\" } }]\n";
        let found = Recipe::from_toml(text, &[]).unwrap().differences();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "conditioning");
        assert_eq!(found[0].used, "[{ detrend = { kind = mean } }]");
        let bands = differing(&["analysis.fatigue.ratio_bands_hz=[[15,45],[95,400]]"]);
        assert_eq!(bands.len(), 1, "{bands:?}");
    }
}
