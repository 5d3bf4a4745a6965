//! What an analysis says: measures, courses, figures as data, and notes in words.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::signal::{Label, Muscle, Side};
use crate::units::Unit;

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

/// One value of one channel, pair of channels or recording: a row of the long table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its name in the `measure` column.
    pub name: Text,
    /// The channel's name, or both names of a pair joined by ` ~ `, left first; `None`
    /// for a whole recording.
    pub channel: Option<String>,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known (a pair has none).
    pub side: Option<Side>,
    /// The value; `None` when it cannot be computed, with the reason in `note`. Never
    /// NaN.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: Unit,
    /// The 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// How many observations the value rests on.
    pub n: Option<usize>,
    /// A verdict, for the measure `verdict` alone; every other row gets its channel's
    /// verdict in the table.
    pub verdict: Option<Verdict>,
    /// What belongs beside the number: the reason why it is missing, a sign rule, a
    /// caution.
    pub note: Option<Text>,
}

impl Measure {
    /// The value of one channel. A value that is not finite becomes empty.
    pub fn of(label: &Label, name: impl Into<Text>, value: f64, unit: Unit) -> Self {
        Self {
            name: name.into(),
            channel: Some(label.name.clone()),
            muscle: label.muscle,
            side: label.side,
            value: value.is_finite().then_some(value),
            unit,
            interval: None,
            n: None,
            verdict: None,
            note: None,
        }
    }

    /// The value of a left and a right channel of one muscle.
    pub fn of_pair(
        left: &Label,
        right: &Label,
        name: impl Into<Text>,
        value: f64,
        unit: Unit,
    ) -> Self {
        Self {
            channel: Some(format!("{} ~ {}", left.name, right.name)),
            side: None,
            ..Self::of(left, name, value, unit)
        }
    }

    /// A value that cannot be computed, and why.
    pub fn missing(
        label: &Label,
        name: impl Into<Text>,
        unit: Unit,
        reason: impl Into<Text>,
    ) -> Self {
        Self::of(label, name, f64::NAN, unit).noted(reason)
    }

    /// The same measure with its 95 % interval (left out unless both ends are finite).
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        self.interval = (low.is_finite() && high.is_finite()).then_some((low, high));
        self
    }

    /// The same measure with the number of observations it rests on.
    #[must_use]
    pub fn from_n(mut self, n: usize) -> Self {
        self.n = Some(n);
        self
    }

    /// The same measure with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<Text>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Whether a channel can be trusted. Ordered: a worse verdict is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing stands against it.
    Good,
    /// Usable with care; the reasons say why.
    Check,
    /// Not to be trusted; the reasons say why.
    Bad,
}

impl Verdict {
    /// The word in the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Check => "check",
            Self::Bad => "bad",
        }
    }
}

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

/// The bursts of one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelBursts {
    /// The channel.
    pub channel: String,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known.
    pub side: Option<Side>,
    /// The unit of peaks and means; areas are in this unit times seconds.
    pub unit: Unit,
    /// The bursts in order.
    pub bursts: Vec<Burst>,
}

/// A burst. Times are on the file's own clock, in seconds; levels are those of the
/// envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// The first active sample.
    pub on_s: f64,
    /// The first sample that is no longer active.
    pub off_s: f64,
    /// The earliest and the latest onset that the detectors, or the likelihood, allow.
    pub on_between_s: (f64, f64),
    /// The earliest and the latest offset that they allow.
    pub off_between_s: (f64, f64),
    /// Whether both ends were recorded; `false` where it may reach into a gap or beyond
    /// the recording.
    pub whole: bool,
    /// The highest value of the envelope; `None` where it has a gap.
    pub peak: Option<f64>,
    /// The mean of the envelope; `None` where it has a gap.
    pub mean: Option<f64>,
    /// The sum of the envelope over time; `None` where it has a gap.
    pub area: Option<f64>,
    /// From 10 to 90 % of the peak before it, in seconds; `None` where the envelope does
    /// not come from below 10 %.
    pub rise_s: Option<f64>,
    /// The mean frequency in hertz; `None` for a burst too short for it.
    pub mnf: Option<f64>,
    /// The share of the detectors that see it, 0 … 1.
    pub agreement: f64,
}

/// The cycles of one channel, and what they have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelCycles {
    /// The channel.
    pub channel: String,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known.
    pub side: Option<Side>,
    /// The unit of means, peaks and curves.
    pub unit: Unit,
    /// What is 100 % of activation, in that unit, where there is a reference.
    pub reference: Option<f64>,
    /// From where to where a cycle goes, in words.
    pub origin: Text,
    /// Why these cycles cannot be tested against those of another leg, visit or person;
    /// `None` where they can.
    pub untestable: Option<Text>,
    /// The cycles in order, those left out as well.
    pub cycles: Vec<CycleRow>,
    /// The mean envelope of the used cycles at 0, 1, … 100 %; empty where there is none.
    pub mean: Vec<f64>,
    /// Its standard deviation over the cycles.
    pub deviation: Vec<f64>,
}

impl ChannelCycles {
    /// How many cycles are used.
    pub fn used(&self) -> usize {
        self.cycles.iter().filter(|cycle| cycle.left_out.is_none()).count()
    }
}

/// A cycle. Times are on the file's own clock, in seconds; levels are those of the
/// envelope, and empty where the cycle is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CycleRow {
    /// Its beginning.
    pub start_s: f64,
    /// The beginning of the next one.
    pub end_s: f64,
    /// The lift-off, where it is known.
    pub liftoff_s: Option<f64>,
    /// Why it is left out; `None` of a used one.
    pub left_out: Option<Text>,
    /// The mean of the envelope.
    pub mean: Option<f64>,
    /// Its highest point.
    pub peak: Option<f64>,
    /// Where in the cycle that lies, in per cent.
    pub peak_percent: Option<f64>,
    /// Where the strongest burst begins, in per cent.
    pub onset_percent: Option<f64>,
    /// Where it ends, in per cent; one that reaches into the next cycle ends early there.
    pub offset_percent: Option<f64>,
}

/// A comparison of two sets of curves at every point of the cycle, with one threshold for
/// the whole curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveTest {
    /// The channel, or both names of a pair joined by ` ~ `; empty over a study.
    pub channel: String,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is one.
    pub side: Option<Side>,
    /// The statistic: `paired t`, `two-sample t`.
    pub statistic: Text,
    /// What is compared, and in what: activation, shape, amplitude.
    pub compared: Text,
    /// What a curve is, and with it what the answer is about: `stride` of one person, or
    /// `person`.
    pub unit_of_inference: Text,
    /// What both sets are called.
    pub names: [String; 2],
    /// How many curves they have.
    pub counts: [usize; 2],
    /// The degrees of freedom of t.
    pub freedom: Option<f64>,
    /// The smoothness (full width at half maximum) of the residuals, in points of the
    /// cycle.
    pub fwhm: Option<f64>,
    /// What the largest |t| of noise exceeds in a share of alpha; `None` where nothing
    /// does.
    pub threshold: Option<f64>,
    /// How often the largest |t| of noise reaches that of the curve.
    pub p: Option<f64>,
    /// What threshold and p rest on: `random field theory`, `all 256 exchanges`.
    pub basis: Text,
    /// The stretches beyond the threshold.
    pub clusters: Vec<CurveCluster>,
    /// t at 0, 1, … 100 %; `None` where the curves do not vary.
    pub t: Vec<Option<f64>>,
}

/// A stretch of the cycle in which two sets of curves differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurveCluster {
    /// Where it begins, in per cent of the cycle.
    pub from_percent: f64,
    /// Where it ends; before `from_percent` where it goes round the end of the cycle.
    pub to_percent: f64,
    /// The t that is farthest from 0, positive where the first set is larger.
    pub peak_t: f64,
    /// Where that is.
    pub peak_percent: f64,
    /// How often noise has such a cluster anywhere in the cycle.
    pub p: f64,
}

/// The cross spectrum of two channels, summed over segments, each channel scaled to unit
/// variance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairSpectrum {
    /// Both channels' names joined by ` ~ `.
    pub channel: String,
    /// Their muscles, where they are known.
    pub muscles: [Option<Muscle>; 2],
    /// Their sides, where they are known.
    pub sides: [Option<Side>; 2],
    /// How the signals were taken: `raw` or `rectified`.
    pub taken: Text,
    /// The sampling rate in hertz.
    pub rate_hz: f64,
    /// The samples of a segment.
    pub length: usize,
    /// How many segments were summed.
    pub segments: usize,
    /// The sums of the power of the first channel, from 0 Hz on.
    pub first: Vec<f64>,
    /// Those of the second.
    pub second: Vec<f64>,
    /// The sums of the cross spectrum, real and imaginary.
    pub cross: Vec<[f64; 2]>,
}

/// A figure as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A short heading.
    pub title: String,
    /// One sentence that says what is shown and what to look for.
    pub caption: String,
    /// The label of the horizontal axis with its unit.
    pub x_label: String,
    /// The label of the vertical axis with its unit.
    pub y_label: String,
    /// What is drawn, the first at the bottom.
    pub layers: Vec<Layer>,
    /// A second plot below it that shares the horizontal axis.
    pub below: Option<Panel>,
}

/// A plot below a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The label of its vertical axis with its unit.
    pub y_label: String,
    /// What is drawn, the first at the bottom.
    pub layers: Vec<Layer>,
}

/// One layer of a figure. Points that are `NaN` break a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A polyline.
    Line {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        x: Vec<f64>,
        /// Vertical positions.
        y: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Separate dots.
    Points {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        x: Vec<f64>,
        /// Vertical positions.
        y: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// The area between two curves: an interval, or the smallest and largest sample of
    /// each bucket of a long trace.
    Band {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        x: Vec<f64>,
        /// The lower curve.
        low: Vec<f64>,
        /// The upper curve.
        high: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Bars over named places, one group of bars a place when several layers of bars are
    /// drawn.
    Bars {
        /// Its name in the legend.
        name: String,
        /// The places' names.
        places: Vec<String>,
        /// The heights.
        values: Vec<f64>,
        /// The 95 % intervals, where there are any.
        intervals: Vec<Option<(f64, f64)>>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Words at a place: the name of a dot or of an area.
    Words {
        /// The words.
        text: String,
        /// Their horizontal position.
        x: f64,
        /// Their vertical position.
        y: f64,
        /// On which side of the place they stand.
        stand: Stand,
    },
    /// A shaded stretch of the horizontal axis: a gap, extrapolated edge samples.
    Stretch {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Where it begins.
        from: f64,
        /// Where it ends.
        to: f64,
    },
}

/// On which side of their place words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// To the right of it.
    Right,
    /// To the left of it.
    Left,
}

/// The meaning of a colour. The report picks colours that people with any colour vision
/// can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A recorded or filtered signal.
    Signal,
    /// An envelope.
    Envelope,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// The beginning.
    First,
    /// The end.
    Last,
    /// A fit or a reference line.
    Fit,
    /// Something in the background.
    Muted,
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
