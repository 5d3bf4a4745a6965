//! One EMG channel on its way through the pipeline.

use super::Label;
use crate::units::{Hertz, Unit};

/// An EMG channel with everything that the pipeline made of it.
///
/// All series have the length of `raw`; a gap is `NaN` in each of them. Scaling to per
/// cent of a reference makes `activation`; `envelope` stays in the unit of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its name in the file, muscle and side.
    pub label: Label,
    /// The unit of `raw`, `clean` and `envelope`.
    pub unit: Unit,
    /// The sampling rate.
    pub rate: Hertz,
    /// The time of the first sample on the file's own clock, in seconds.
    pub start_s: f64,
    /// The limits of the converter in `unit`, where the file tells.
    pub rails: Option<(f64, f64)>,
    /// How many samples the user left out: gaps that do not speak against the channel.
    pub excluded: usize,
    /// The coefficients a1 and a2 of the denominators of those sections whose filters made
    /// `clean` forward and backward in time; none where none did. Such filters ring ahead
    /// of what they ring at.
    pub two_way: Vec<[f64; 2]>,
    /// As recorded.
    pub raw: Vec<f64>,
    /// Filtered, polarity kept.
    pub clean: Vec<f64>,
    /// Rectified and smoothed; never negative.
    pub envelope: Vec<f64>,
    /// The envelope in per cent of the reference, where there is one.
    pub activation: Option<Vec<f64>>,
    /// How many samples at each end of every stretch between gaps the envelope
    /// extrapolates.
    pub edge_samples: usize,
}

impl Trace {
    /// The time of a sample on the file's own clock, in seconds.
    pub fn time_s(&self, sample: usize) -> f64 {
        self.start_s + self.rate.seconds(sample)
    }
}
