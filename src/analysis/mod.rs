//! Traces → what can be said about them: measures, courses, figures and notes.
//!
//! Every analysis says which series of a trace it reads: spectra and noise come from `clean` (polarity
//! kept) or `raw`, levels from `envelope`, per cent of a reference from `activation`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::dsp::gaps::stretches;
use crate::error::{Error, Result, Stage};
use crate::outcome::Outcome;
use crate::signal::{Event, Trace};
use crate::units::Hertz;

pub mod amplitude;
pub mod fatigue;
mod picture;
pub mod quality;
pub mod symmetry;

pub use amplitude::Amplitude;
pub use fatigue::Fatigue;
pub use quality::Quality;
pub use symmetry::Symmetry;

/// The EMG channels of one recording with everything the pipeline made of them, and its events.
#[derive(Debug, Clone, Copy)]
pub struct Traces<'a> {
    /// The channels in the order of the file.
    pub traces: &'a [Trace],
    /// Events on the recording's own clock.
    pub events: &'a [Event],
}

/// Something that can be said about a recording.
pub trait Analysis {
    /// Its name in the recipe and in the `analysis` column of the tables.
    fn name(&self) -> &'static str;

    /// What it finds. A value that cannot be computed is an empty measure with its reason.
    fn run(&self, recording: &Traces<'_>) -> Outcome;

    /// The sentence for the methods paragraph, written from the settings.
    fn describe(&self) -> String;
}

/// The analyses of a recipe, complete with their settings. Amplitude and quality always run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Analyses {
    /// Whether a channel can be trusted.
    pub quality: Quality,
    /// How strong the signal is.
    pub amplitude: Amplitude,
    /// How spectrum and amplitude change over time; `false` turns it off.
    pub fatigue: Switch<Fatigue>,
    /// Left compared with right; `false` turns it off.
    pub symmetry: Switch<Symmetry>,
}

impl Analyses {
    /// The analyses that are turned on, in the order of the report.
    pub fn enabled(&self) -> Vec<Box<dyn Analysis + '_>> {
        let mut enabled: Vec<Box<dyn Analysis + '_>> = vec![Box::new(&self.quality), Box::new(&self.amplitude)];
        if let Switch::On(fatigue) = &self.fatigue {
            enabled.push(Box::new(fatigue));
        }
        if let Switch::On(symmetry) = &self.symmetry {
            enabled.push(Box::new(symmetry::Comparison { symmetry, epochs: self.epochs(), quality: &self.quality }));
        }
        enabled
    }

    /// The epochs of every median frequency: those of the fatigue analysis, its defaults when it is off.
    fn epochs(&self) -> Cow<'_, Fatigue> {
        self.fatigue.on().map_or_else(|| Cow::Owned(Fatigue::default()), Cow::Borrowed)
    }

    /// Checks the settings that are wrong at any sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        self.quality.check()?;
        self.fatigue.on().map_or(Ok(()), Fatigue::check)?;
        self.symmetry.on().map_or(Ok(()), Symmetry::check)
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        self.fatigue.on().map_or(Ok(()), |fatigue| fatigue.check_rate(rate))
    }
}

impl<T: Analysis> Analysis for &T {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn run(&self, recording: &Traces<'_>) -> Outcome {
        (**self).run(recording)
    }

    fn describe(&self) -> String {
        (**self).describe()
    }
}

/// An analysis that can be turned off: `false`, `true` (its defaults) or a table of its settings.
#[derive(Debug, Clone, PartialEq)]
pub enum Switch<T> {
    /// Turned off.
    Off,
    /// Turned on with these settings.
    On(T),
}

impl<T> Switch<T> {
    /// The settings, when it is turned on.
    pub fn on(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::On(settings) => Some(settings),
        }
    }
}

impl<T: Default> Default for Switch<T> {
    fn default() -> Self {
        Self::On(T::default())
    }
}

impl<T: Serialize> Serialize for Switch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::On(settings) => settings.serialize(serializer),
        }
    }
}

// Written out, because an untagged enum would lose the line and column of an error in the table.
impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Switch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SwitchVisitor(PhantomData))
    }
}

struct SwitchVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for SwitchVisitor<T> {
    type Value = Switch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a table of settings")
    }

    fn visit_bool<E>(self, on: bool) -> Result<Self::Value, E> {
        Ok(if on { Switch::On(T::default()) } else { Switch::Off })
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(table)).map(Switch::On)
    }
}

impl<T: JsonSchema> JsonSchema for Switch<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("SwitchOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let settings = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": "boolean" }, settings] })
    }
}

/// A setting that must lie between two values, with what is said when it does not.
struct Limits {
    key: &'static str,
    low: f64,
    high: f64,
    works: f64,
}

impl Limits {
    fn check(&self, value: f64) -> Result<()> {
        let Self { key, low, high, works } = *self;
        if value >= low && value <= high {
            return Ok(());
        }
        let message = format!("{key} = {value} is outside the limits of {low} to {high}");
        Err(Error::new(Stage::Plan, message).with_hint(format!("{key} = {works} works")))
    }
}

/// The envelope (or activation) of a trace without the samples beside gaps, where its filter had to guess what was
/// missing: `edge_samples` at every end of a stretch that is no end of the recording become gaps too. Levels are
/// taken from what remains, so that short dropouts make them less certain and not wrong.
fn away_from_gaps<'a>(envelope: &'a [f64], trace: &Trace) -> Cow<'a, [f64]> {
    without_margins(envelope, trace.edge_samples)
}

/// The clean signal of a trace without fragments: stretches between gaps that are shorter than `edge_samples`.
fn without_fragments(trace: &Trace) -> Cow<'_, [f64]> {
    let whole = |stretch: &Range<usize>| stretch.len() >= trace.edge_samples || stretch.len() == trace.clean.len();
    let stretches = stretches(&trace.clean);
    if stretches.iter().all(whole) {
        return Cow::Borrowed(&trace.clean);
    }
    let mut kept = trace.clean.clone();
    for fragment in stretches.into_iter().filter(|stretch| !whole(stretch)) {
        kept[fragment].fill(f64::NAN);
    }
    Cow::Owned(kept)
}

fn without_margins(samples: &[f64], margin: usize) -> Cow<'_, [f64]> {
    let (stretches, count) = (stretches(samples), samples.len());
    if stretches.iter().all(|stretch| stretch.len() == count) {
        return Cow::Borrowed(samples);
    }
    let mut kept = samples.to_vec();
    for stretch in stretches {
        if stretch.start > 0 {
            kept[stretch.start..(stretch.start + margin).min(stretch.end)].fill(f64::NAN);
        }
        if stretch.end < count {
            kept[stretch.end.saturating_sub(margin).max(stretch.start)..stretch.end].fill(f64::NAN);
        }
    }
    Cow::Owned(kept)
}

/// A number for a sentence: three significant digits, no trailing zeros.
fn spoken(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (2 - value.abs().log10().floor() as i32).clamp(0, 9) };
    let text = format!("{value:.*}", digits.unsigned_abs() as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text };
    if text == "-0" { "0".into() } else { text.replace('-', "−") }
}

/// Values that fall into one-second blocks from the first sample on, summed block by block.
#[derive(Debug, Clone, Default, PartialEq)]
struct Blocks {
    sums: Vec<f64>,
    counts: Vec<f64>,
}

impl Blocks {
    /// Sums of a function of the samples over blocks of `length` samples; gaps count nothing.
    fn of(samples: &[f64], length: usize, value: impl Fn(f64) -> f64) -> Self {
        let mut blocks = Self::default();
        for block in samples.chunks(length.max(1)) {
            let present = crate::dsp::gaps::present(block);
            blocks.sums.push(present.clone().map(&value).sum());
            blocks.counts.push(present.count() as f64);
        }
        blocks
    }

    fn mean(&self) -> Option<f64> {
        let count: f64 = self.counts.iter().sum();
        (count > 0.0).then(|| self.sums.iter().sum::<f64>() / count)
    }

    /// How many blocks hold anything.
    fn filled(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0.0).count()
    }

    /// The relative standard error of the mean, its blocks taken as independent: the ratio estimator
    /// of Cochran (1977), because blocks with gaps hold fewer samples.
    fn relative_error(&self) -> Option<f64> {
        let (mean, k) = (self.mean()?, self.filled() as f64);
        let total: f64 = self.counts.iter().sum();
        let residual = |(sum, count): (&f64, &f64)| (sum - mean * count).powi(2);
        let squares: f64 = self.sums.iter().zip(&self.counts).map(residual).sum();
        let error = (k / (k - 1.0) * squares).sqrt() / total / mean.abs();
        error.is_finite().then_some(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_a_word_or_a_table() {
        let read = |text: &str| toml::from_str::<Analyses>(text);
        assert_eq!(read("").unwrap(), Analyses::default());
        assert_eq!(read("fatigue = false").unwrap().fatigue, Switch::Off);
        assert_eq!(read("fatigue = true").unwrap().fatigue, Switch::default());
        let settings = Fatigue { epoch_s: 0.5, ..Fatigue::default() };
        assert_eq!(read("[fatigue]\nepoch_s = 0.5").unwrap().fatigue, Switch::On(settings));
    }

    #[test]
    fn a_wrong_key_has_its_line_and_column() {
        let wrong = toml::from_str::<Analyses>("symmetry = false\n[fatigue]\noverlap = 0.5\nepoch = 1.0\n");
        let text = wrong.unwrap_err().to_string();
        assert!(text.contains("line 4, column 1") && text.contains("epoch_s"), "{text}");
        let wrong = toml::from_str::<Analyses>("\nfatigue = 3\n").unwrap_err().to_string();
        assert!(wrong.contains("line 2, column 11") && wrong.contains("true, false or a table"), "{wrong}");
        let wrong = toml::from_str::<Analyses>("[fatigue]\n\nepoch_s = \"long\"\n").unwrap_err().to_string();
        assert!(wrong.contains("line 3, column 11"), "{wrong}");
    }

    #[test]
    fn analyses_survive_toml() {
        let off = Analyses { symmetry: Switch::Off, ..Analyses::default() };
        for analyses in [Analyses::default(), off] {
            let text = toml::to_string(&analyses).unwrap();
            assert_eq!(toml::from_str::<Analyses>(&text).unwrap(), analyses, "{text}");
        }
        assert!(
            toml::to_string(&Analyses { fatigue: Switch::Off, ..Analyses::default() })
                .unwrap()
                .contains("fatigue = false")
        );
    }

    #[test]
    fn what_is_off_does_not_run() {
        let names = |analyses: &Analyses| analyses.enabled().iter().map(|analysis| analysis.name()).collect::<Vec<_>>();
        assert_eq!(names(&Analyses::default()), ["quality", "amplitude", "fatigue", "symmetry"]);
        let less = Analyses { fatigue: Switch::Off, ..Analyses::default() };
        assert_eq!(names(&less), ["quality", "amplitude", "symmetry"]);
        for analysis in Analyses::default().enabled() {
            assert!(analysis.describe().ends_with('.'), "{}", analysis.describe());
        }
    }

    #[test]
    fn the_schema_offers_both() {
        let schema = serde_json::to_value(schemars::schema_for!(Analyses)).unwrap();
        let fatigue = &schema["properties"]["fatigue"];
        let text = serde_json::to_string(&schema).unwrap();
        assert!(fatigue.is_object() && text.contains("boolean") && text.contains("epoch_s"), "{text}");
    }

    #[test]
    fn numbers_for_sentences() {
        let texts: Vec<_> = [0.0, 0.41, -1.2345, 58.0, 1234.5, 1e-6].iter().map(|&value| spoken(value)).collect();
        assert_eq!(texts, ["0", "0.41", "−1.23", "58", "1234", "0.000001"]);
    }
}
