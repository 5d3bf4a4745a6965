//! What rises and falls of a channel, and how it follows each other.

use std::ops::Range;

use super::repetitions::{
    Repetition, SlowLevels, find, periods, slow_envelope, sorted_out,
};
use crate::dsp::theil_sen::TheilSen;
use crate::units::Hertz;

/// The repetitions of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The repetitions in order.
    pub repetitions: Vec<Repetition>,
    /// The slow envelope at the peak of each, in the unit of the channel.
    pub peaks: Vec<f64>,
    /// The levels between which they rise and fall.
    pub levels: SlowLevels,
}

impl Series {
    /// What rises and falls of a channel; `None` where the sampling rate is too low for
    /// the slow envelope, or no stretch is long enough for it.
    pub fn find(clean: &[f64], stretches: &[Range<usize>], rate: Hertz) -> Option<Self> {
        let envelope = slow_envelope(clean, stretches, rate)?;
        let levels = SlowLevels::measure(&envelope)?;
        let repetitions = sorted_out(&find(&envelope, levels), &envelope);
        let peaks = repetitions.iter().map(|one| envelope[one.peak]).collect();
        Some(Self { repetitions, peaks, levels })
    }

    /// The times from each rise to the next, in seconds.
    pub fn periods_s(&self, rate: Hertz) -> Vec<f64> {
        periods(&self.repetitions).into_iter().map(|period| period / rate.hz()).collect()
    }

    /// How the peaks change from one repetition to the next, the first one at 0 (Theil
    /// 1950).
    pub fn decline(&self) -> Option<TheilSen> {
        let order: Vec<f64> = (0..self.peaks.len()).map(|k| k as f64).collect();
        TheilSen::fit(&order, &self.peaks)
    }
}
