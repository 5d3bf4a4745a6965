//! Rows of an outcome that are no single values: bursts, cycles, comparisons of curves,
//! cross spectra.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::signal::{Muscle, Side};
use crate::units::Unit;

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
    pub cycles: Vec<ChannelCycle>,
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
pub struct ChannelCycle {
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
    /// How many segments of one power they are worth.
    pub independent: f64,
    /// The sums of the power of the first channel, from 0 Hz on.
    pub first: Vec<f64>,
    /// Those of the second.
    pub second: Vec<f64>,
    /// The sums of the cross spectrum, real and imaginary.
    pub cross: Vec<[f64; 2]>,
}
