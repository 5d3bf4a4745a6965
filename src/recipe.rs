//! What was asked: the settings of every stage, complete with defaults, from TOML.
//!
//! A recipe file is merged over the standard one: what it leaves out keeps its default, a
//! list replaces the list. `--set PATH=VALUE` changes single settings the same way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::analysis::Analyses;
use crate::condition::{BandPass, Chain, Detrend, Mains, Step};
use crate::contacts::Contacts;
use crate::envelope::{Envelope, EnvelopeKernel};
use crate::error::{Error, ErrorKind, Result};
use crate::settings::{self, Asked, KeyFact, Once, Shape};
use crate::units::Hertz;

mod difference;
mod gone;

pub use difference::RecipeDifference;

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
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 60.0, "unit" = "s"))]
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
                "Activation is the envelope in per cent of its highest mean over {} ms \
                 within the trials of role mvc.",
                1000.0 * self.window_s
            ),
            Reference::Peak => {
                "Activation is the envelope in per cent of the channel's peak over all \
                 tasks of the session."
                    .into()
            }
            Reference::Mean => {
                "Activation is the envelope in per cent of the channel's mean over all \
                 tasks of the session."
                    .into()
            }
            Reference::None => "The envelope was not normalised.".into(),
        }
    }

    /// The same for the short methods.
    pub fn in_short(&self) -> String {
        let of = match self.reference {
            Reference::Mvc => format!(
                "highest mean over {} ms in maximal voluntary contractions",
                1000.0 * self.window_s
            ),
            Reference::Peak => "channel's peak over all tasks of the session".into(),
            Reference::Mean => "channel's mean over all tasks of the session".into(),
            Reference::None => return self.describe(),
        };
        format!("Activation is in per cent of the {of}.")
    }
}

impl Recipe {
    /// The recipe of a TOML text, changed by `PATH=VALUE` settings in their order.
    ///
    /// # Errors
    /// Names the line and column of a text, or the setting, with what was expected there
    /// and a value that works.
    pub fn from_toml(text: &str, settings: &[String]) -> Result<Self> {
        let (mut recipe, asked) = read(text)?;
        if settings.is_empty() {
            let checked = recipe.check_together().map(|()| recipe);
            return checked.map_err(|error| placed(error, text, &asked));
        }
        let mut table = Value::Table(table_of(text)?);
        for setting in settings {
            recipe = change(&mut table, setting)?;
        }
        recipe.check_together()?;
        Ok(recipe)
    }

    /// This recipe, changed by `PATH=VALUE` settings in their order.
    ///
    /// # Errors
    /// As [`Recipe::from_toml`].
    pub fn changed(&self, settings: &[String]) -> Result<Self> {
        let text = toml::to_string(self).map_err(|error| {
            Error::new(ErrorKind::Recipe, format!("cannot write the recipe: {error}"))
        })?;
        Self::from_toml(&text, settings)
    }

    /// What a text sets that no result depends on any more, in words: keys of earlier
    /// versions, which are left out.
    pub fn gone_keys(text: &str) -> Vec<String> {
        let mut asked = Asked::from_text(text).ok();
        let gone = asked.as_mut().map(gone::take).unwrap_or_default();
        gone.into_iter().map(gone::GoneKey::describe).collect()
    }

    /// The same error with the place of its key in the text of a recipe, where the text
    /// gives the key.
    pub fn locate(error: Error, text: &str) -> Error {
        match Asked::from_text(text) {
            Ok(asked) => placed(error, text, &asked),
            Err(_) => error,
        }
    }

    /// Checks a recipe that was built in code as one that is read is checked.
    ///
    /// # Errors
    /// Names the key, its value, what it must be and a value that works.
    pub fn check(&self) -> Result<()> {
        let asked = Asked::from_settings(self);
        shape().check(&asked).map_err(|fault| fault.error)?;
        self.check_together()
    }

    /// Checks what several keys must be together.
    fn check_together(&self) -> Result<()> {
        self.contacts.check_together().map_err(|error| error.under("contacts"))?;
        self.analysis.check_together().map_err(|error| error.under("analysis"))
    }

    /// The conditioning for one sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn design_chain(&self, rate: Hertz) -> Result<Chain> {
        let designed = Chain::design(&self.conditioning, rate);
        designed.map_err(|error| error.under("conditioning"))
    }

    /// The envelope for one sampling rate.
    ///
    /// # Errors
    /// As [`Recipe::design_chain`].
    pub fn design_envelope(&self, rate: Hertz) -> Result<EnvelopeKernel> {
        self.envelope.design(rate).map_err(|error| error.under("envelope"))
    }

    /// Checks the settings of the analyses against the sampling rate of a channel.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        self.analysis.check_rate(rate).map_err(|error| error.under("analysis"))
    }

    /// The JSON schema of recipe files, for editors.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// Every key with its meaning, default, range and unit, in the order of the recipe.
    pub fn facts() -> Vec<KeyFact> {
        shape().facts()
    }

    /// Every key with its default as TOML that runs, its meaning, range and unit as
    /// comments: what `soleus recipe show --all` prints.
    pub fn template() -> String {
        shape().template()
    }

    /// Every key as tables in Markdown: what `docs/recipe.md` holds.
    pub fn markdown() -> String {
        shape().markdown()
    }
}

/// The tree of all keys.
fn shape() -> &'static Shape {
    static SHAPE: Once = Once::new();
    SHAPE.shape::<Recipe>()
}

fn placed(error: Error, text: &str, asked: &Asked) -> Error {
    match error.key().and_then(|key| asked.span_of(key)) {
        Some(span) => error.placed(text, span),
        None => error,
    }
}

/// The recipe of a text, and where its values stand.
fn read(text: &str) -> Result<(Recipe, Asked)> {
    let positioned = |error| Error::from_toml(ErrorKind::Recipe, text, &error);
    let mut asked = Asked::from_text(text).map_err(positioned)?;
    let gone = gone::take(&mut asked);
    shape().check(&asked).map_err(|fault| match fault.span {
        Some(span) => fault.error.placed(text, span),
        None => fault.error,
    })?;
    let recipe = match gone.is_empty() {
        true => toml::from_str(text),
        false => table_of(text)?.try_into(),
    };
    Ok((recipe.map_err(positioned)?, asked))
}

/// The table of a text, without the keys that are gone.
fn table_of(text: &str) -> Result<Table> {
    let mut table = toml::from_str(text)
        .map_err(|error| Error::from_toml(ErrorKind::Recipe, text, &error))?;
    gone::remove(&mut table);
    Ok(table)
}

/// Changes one setting of the user's table and reads the recipe from it.
fn change(table: &mut Value, setting: &str) -> Result<Recipe> {
    let wrong = |message: String| {
        Error::new(ErrorKind::Recipe, format!("--set {setting}: {message}"))
    };
    let (path, text) = setting.split_once('=').ok_or_else(|| {
        wrong("expected PATH=VALUE".into())
            .with_hint("e.g. conditioning.1.band-pass.high_hz=400")
    })?;
    let mut changed = table.clone();
    shape().change(&mut changed, path, parse_value(text.trim())).map_err(wrong)?;
    let asked = Asked::from_toml(&changed);
    shape().check(&asked).map_err(|fault| of_setting(&fault.error, setting))?;
    *table = changed.clone();
    changed.try_into().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))
}

/// The error of a setting, which says the key and the value only where they are others.
fn of_setting(error: &Error, setting: &str) -> Error {
    let path = setting.split('=').next().unwrap_or_default();
    let text = match error.key() {
        Some(key) if settings::is_same_path(key, path) => {
            format!("--set {setting}{}", error.after_key())
        }
        _ => format!("--set {setting}: {}", error.message()),
    };
    let error_of_setting = Error::new(ErrorKind::Recipe, text);
    match error.hint() {
        Some(hint) => error_of_setting.with_hint(hint),
        None => error_of_setting,
    }
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
    fn a_recipe_is_changed_and_read_back() {
        let asked = [
            "conditioning.1.band-pass.low_hz=10",
            "envelope.moving-rms.window_s=0.25",
            "analysis.complexity=true",
            "analysis.fatigue=false",
        ];
        let recipe = set(&asked).unwrap();
        assert_eq!(recipe.changed(&[]).unwrap(), recipe);
        let json = serde_json::to_value(&recipe).unwrap();
        assert_eq!(serde_json::from_value::<Recipe>(json).unwrap(), recipe);
        let changed = recipe.changed(&["conditioning.1.band-pass.low_hz=15".into()]);
        let Step::BandPass(band_pass) = &changed.unwrap().conditioning[1] else {
            panic!()
        };
        assert_eq!(band_pass.low_hz, 15.0);
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
        assert!(
            error.starts_with("line 3, column 1: normalisation: unknown key `window`"),
            "{error}"
        );
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
