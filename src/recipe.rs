//! What was asked: the settings of every stage, complete with defaults, from TOML.
//!
//! A recipe file is merged over the standard one: what it leaves out keeps its default, a
//! list replaces the list. `--set PATH=VALUE` changes single settings the same way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::analysis::Analyses;
use crate::condition::{BandPass, Detrend, Mains, Step};
use crate::contacts::Contacts;
use crate::envelope::Envelope;
use crate::error::{Error, Result, Stage};

/// The standard recipe as it ships, with comments: what `soleus recipe show` prints.
pub const STANDARD: &str = include_str!("../data/standard.toml");

/// Everything that can be asked of the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// The steps from raw to clean, in order.
    pub conditioning: Vec<Step>,
    /// From clean to envelope.
    pub envelope: Envelope,
    /// From envelope to activation.
    pub normalisation: Normalisation,
    /// The events that force plates, foot switches and pulses tell, whatever is analysed.
    pub contacts: Contacts,
    /// The analyses and their settings; `false` turns one off.
    pub analysis: Analyses,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            conditioning: vec![
                Step::Detrend(Detrend::default()),
                Step::BandPass(BandPass::default()),
                Step::Mains(Mains::default()),
            ],
            envelope: Envelope::default(),
            normalisation: Normalisation::default(),
            contacts: Contacts::default(),
            analysis: Analyses::default(),
        }
    }
}

/// What the envelope is put in per cent of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Normalisation {
    /// The reference.
    pub reference: Reference,
    /// The window of the highest mean within the trials of role `mvc`, in seconds
    /// (500 ms: CEDE amplitude-normalisation matrix, Besomi et al. 2020).
    pub window_s: f64,
}

impl Default for Normalisation {
    fn default() -> Self {
        Self { reference: Reference::Mvc, window_s: 0.5 }
    }
}

/// A reference of the activation (Besomi et al. 2020 name them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// The highest mean envelope of a window within the session's trials of role `mvc`.
    Mvc,
    /// The highest envelope of the channel over all tasks of the session.
    Peak,
    /// The mean envelope of the channel over all tasks of the session.
    Mean,
    /// None: there is no activation.
    None,
}

impl Normalisation {
    /// The sentence of the methods paragraph.
    pub fn describe(&self) -> String {
        match self.reference {
            Reference::Mvc => format!(
                "Activation is the envelope in per cent of its highest mean over {} ms within the trials of role mvc.",
                1000.0 * self.window_s
            ),
            Reference::Peak => {
                "Activation is the envelope in per cent of the channel's peak over all tasks of the session.".into()
            }
            Reference::Mean => {
                "Activation is the envelope in per cent of the channel's mean over all tasks of the session.".into()
            }
            Reference::None => "The envelope was not normalised.".into(),
        }
    }
}

impl Recipe {
    /// The recipe of a TOML text, changed by `PATH=VALUE` settings in their order.
    ///
    /// # Errors
    /// Names the line and column of a text, or the setting, with what was expected there.
    pub fn from_toml(text: &str, settings: &[String]) -> Result<Self> {
        let positioned = |error| Error::from_toml(Stage::Recipe, text, &error);
        let mut recipe: Self = toml::from_str(text).map_err(positioned)?;
        let mut table: Table = toml::from_str(text).map_err(positioned)?;
        for setting in settings {
            recipe = change(&mut table, setting).map_err(|error| {
                let context = format!("--set {setting}: {}", error.message());
                match error.hint() {
                    Some(hint) => Error::new(Stage::Recipe, context).with_hint(hint),
                    None => Error::new(Stage::Recipe, context),
                }
            })?;
        }
        recipe.check()?;
        Ok(recipe)
    }

    /// Checks the settings that are wrong at any sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        self.contacts.check()?;
        self.analysis.check()?;
        let window = self.normalisation.window_s;
        if window > 0.0 && window <= 60.0 {
            return Ok(());
        }
        Err(Error::new(
            Stage::Recipe,
            format!("normalisation.window_s = {window} must lie between 0 and 60 s"),
        )
        .with_hint("0.5 is usual"))
    }

    /// The JSON schema of recipe files, for editors.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// The standard conditioning as a list to change one step of. The standard high edge
    /// is left out, so that it still gives way to a low sampling rate.
    fn standard_conditioning() -> Value {
        let steps = Self::default().conditioning.into_iter().filter_map(|step| {
            let mut value = Value::try_from(&step).ok()?;
            if let Some(band_pass) =
                value.get_mut("band-pass").and_then(Value::as_table_mut)
            {
                band_pass.remove("high_hz");
            }
            Some(value)
        });
        Value::Array(steps.collect())
    }
}

/// Changes one setting of the user's table and reads the recipe from it.
fn change(table: &mut Table, setting: &str) -> Result<Recipe> {
    let wrong = |message: String| Error::new(Stage::Recipe, message);
    let (path, text) = setting.split_once('=').ok_or_else(|| {
        wrong("expected PATH=VALUE".into())
            .with_hint("e.g. conditioning.1.band-pass.high_hz=400")
    })?;
    let keys: Vec<&str> = path.split('.').map(str::trim).collect();
    if keys[0] == "conditioning" && !table.contains_key("conditioning") {
        table.insert("conditioning".into(), Recipe::standard_conditioning());
    }
    let mut root = Value::Table(table.clone());
    let mut place = &mut root;
    for (depth, key) in keys.iter().enumerate() {
        place = descend(place, key, names_a_variant(&keys, depth)).map_err(wrong)?;
    }
    *place = parse_value(text.trim());
    let recipe = root
        .clone()
        .try_into()
        .map_err(|error| Error::from_toml(Stage::Recipe, "", &error))?;
    if let Value::Table(changed) = root {
        *table = changed;
    }
    Ok(recipe)
}

/// The place of `key` in a list or table; a table is made where there is none.
fn descend<'a>(
    value: &'a mut Value,
    key: &str,
    replaces: bool,
) -> Result<&'a mut Value, String> {
    if let Value::Array(list) = value {
        let length = list.len();
        let position: usize =
            key.parse().map_err(|_| format!("`{key}` is no position of a list"))?;
        return list.get_mut(position).ok_or_else(|| {
            format!(
                "there is no position {position}: the list has {length}, counted from 0"
            )
        });
    }
    if !value.is_table() {
        *value = Value::Table(Table::new());
    }
    let table = value.as_table_mut().ok_or("expected a table")?;
    if replaces {
        table.retain(|other, _| other == key);
    }
    Ok(table.entry(key).or_insert_with(|| Value::Table(Table::new())))
}

/// Whether the key at `depth` picks a variant of a closed list, so that it replaces the
/// one before.
fn names_a_variant(keys: &[&str], depth: usize) -> bool {
    matches!((keys[0], depth), ("envelope", 1) | ("conditioning", 2))
}

/// A TOML value, or text where it is none.
fn parse_value(text: &str) -> Value {
    let document = format!("value = {text}");
    let parsed = toml::from_str::<Table>(&document).ok().and_then(|mut table| {
        // A text with a line break or a comment may be more than one value.
        (table.len() == 1).then(|| table.remove("value")).flatten()
    });
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(settings: &[&str]) -> Result<Recipe> {
        let settings: Vec<String> =
            settings.iter().map(|&setting| setting.to_owned()).collect();
        Recipe::from_toml("", &settings)
    }

    #[test]
    fn the_shipped_text_is_the_default() {
        let mut shipped = Recipe::from_toml(STANDARD, &[]).unwrap();
        // The text shows the standard edge as a number; read back, it is one that the
        // user gave.
        let Step::BandPass(band_pass) = &mut shipped.conditioning[1] else {
            panic!("the second step is the band-pass")
        };
        assert_eq!(band_pass.high_hz.take(), Some(450.0));
        assert_eq!(shipped, Recipe::default());
    }

    #[test]
    fn a_setting_keeps_its_neighbours() {
        let recipe = set(&["conditioning.1.band-pass.low_hz=10"]).unwrap();
        let Step::BandPass(band_pass) = &recipe.conditioning[1] else { panic!() };
        assert_eq!((band_pass.low_hz, band_pass.high_hz), (10.0, None));
        assert_eq!(recipe.conditioning.len(), 3);
    }

    #[test]
    fn a_new_variant_replaces_the_old_one() {
        let recipe = set(&[
            "envelope.moving-rms.window_s=0.25",
            "conditioning.2.notch.frequency_hz=60",
        ])
        .unwrap();
        assert!(matches!(recipe.envelope, Envelope::MovingRms(_)));
        assert!(matches!(recipe.conditioning[2], Step::Notch(_)));
    }

    #[test]
    fn a_bare_word_is_text() {
        let recipe = set(&["normalisation.reference=peak"]).unwrap();
        assert_eq!(recipe.normalisation.reference, Reference::Peak);
    }

    #[test]
    fn errors_say_where() {
        let error =
            Recipe::from_toml("[normalisation]\nreference = \"mvc\"\nwindow = 1\n", &[])
                .unwrap_err()
                .to_string();
        assert!(error.starts_with("line 3, column 1: unknown field `window`"), "{error}");
        assert!(error.contains("3 | window = 1\n  | ^^^^^^"), "{error}");
        let error = set(&["conditioning.9.notch.q=3"]).unwrap_err().to_string();
        assert!(
            error.contains("--set conditioning.9.notch.q=3: there is no position 9"),
            "{error}"
        );
        assert!(
            set(&["conditioning"])
                .unwrap_err()
                .to_string()
                .contains("expected PATH=VALUE")
        );
    }
}
