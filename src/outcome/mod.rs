//! What an analysis says: measures, courses, figures as data, and notes in words.

pub mod fact;
mod figure;
mod headline;
mod measure;
mod rows;
mod section;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::units::Unit;

pub use figure::{EnvelopeStrip, Figure, FigurePlace, Layer, Panel, Stand, Tone};
pub use headline::{Headline, HeadlineKind};
pub use measure::{Measure, Verdict};
pub use rows::{
    Burst, ChannelBursts, ChannelCycle, ChannelCycles, CurveCluster, CurveTest,
    PairSpectrum,
};
pub use section::Section;

/// Text that is fixed in the program or made at run time.
pub type Text = Cow<'static, str>;

/// Everything that one analysis found in one recording.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The analysis, as in the `analysis` column of the tables.
    pub analysis: Text,
    /// The rows of the long table.
    pub measures: Vec<Measure>,
    /// Values over time, for programs that read `report.json`.
    pub courses: Vec<Course>,
    /// Figures as data; how they are drawn is the report's business.
    #[serde(skip)]
    pub figures: Vec<Figure>,
    /// The bursts of every channel in which they were looked for: the rows of
    /// `bursts.csv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bursts: Vec<ChannelBursts>,
    /// The cycles of every channel that has any: the rows of `cycles.csv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cycles: Vec<ChannelCycles>,
    /// Comparisons of curves over the whole cycle: the rows of `clusters.csv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve_tests: Vec<CurveTest>,
    /// Cross spectra of pairs of channels, which are pooled over recordings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spectra: Vec<PairSpectrum>,
    /// The envelopes of the channels in short, for one picture of a whole session.
    #[serde(skip)]
    pub strips: Vec<EnvelopeStrip>,
    /// What was found, in a sentence each of a closed list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headlines: Vec<Headline>,
    /// What a reader should know, in words.
    pub notes: Vec<Note>,
}

impl Outcome {
    /// An outcome of an analysis, still empty.
    pub fn new(analysis: &'static str) -> Self {
        Self { analysis: Cow::Borrowed(analysis), ..Self::default() }
    }
}

/// How many epochs it takes before words are made of a slope: the changes of a soleus are
/// smaller than the scatter of one epoch (`methods.md` §10: at least 20 epochs of 1 s).
/// Fewer keep their number and interval.
pub const FEWEST_FOR_A_TREND: usize = 20;

/// Values of one channel over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// What the values are: `mnf`, `mdf`, `arv`, …
    pub name: Text,
    /// The channel.
    pub channel: String,
    /// The unit of the values.
    pub unit: Unit,
    /// The times on the recording's own clock, in seconds (the centre of an epoch).
    pub time_s: Vec<f64>,
    /// The values, `None` where an epoch was left out.
    pub value: Vec<Option<f64>>,
}

/// A sentence for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How much it matters.
    pub weight: Weight,
    /// The sentence.
    pub text: String,
}

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Good to know.
    Info,
    /// Limits what may be said.
    Caution,
}

impl Note {
    /// Something good to know.
    pub fn info(text: impl Into<String>) -> Self {
        Self { weight: Weight::Info, text: text.into() }
    }

    /// Something that limits what may be said.
    pub fn caution(text: impl Into<String>) -> Self {
        Self { weight: Weight::Caution, text: text.into() }
    }
}
