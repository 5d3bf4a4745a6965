//! Whether a channel shows a series of repetitions, and how they follow each other.

use std::ops::Range;

use super::Counting;
use super::repetitions::{Levels, Repetition, find, periods, slow_envelope, sorted_out};
use crate::dsp::stats::{mean, median, standard_deviation};
use crate::dsp::theil_sen::TheilSen;
use crate::units::Hertz;
use crate::words::spoken;

/// The fewest repetitions that are counted without being asked for.
const FEWEST: usize = 5;
/// The periods of repetitions that are counted without being asked for, in seconds:
/// strides are shorter.
const PERIODS_S: (f64, f64) = (1.5, 10.0);
/// The largest coefficient of variation of their periods, in per cent.
const MOST_VARIED: f64 = 30.0;
/// The largest share of the top that the base may have: between repetitions the muscle
/// rests.
const LARGEST_BASE: f64 = 0.5;

/// The repetitions of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The repetitions in order.
    pub repetitions: Vec<Repetition>,
    /// The slow envelope at the peak of each, in the unit of the channel.
    pub peaks: Vec<f64>,
    /// The levels between which they rise and fall.
    pub levels: Levels,
}

impl Series {
    /// What rises and falls of a channel; `None` where the sampling rate is too low for
    /// the slow envelope, or no stretch is long enough for it.
    pub fn of(clean: &[f64], stretches: &[Range<usize>], rate: Hertz) -> Option<Self> {
        let envelope = slow_envelope(clean, stretches, rate)?;
        let levels = Levels::of(&envelope)?;
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

    /// Why these are no repetitions that should be counted; `None` where they are.
    pub(super) fn obstacle(&self, counting: Counting, rate: Hertz) -> Option<String> {
        let periods = self.periods_s(rate);
        let (period, varied) =
            (median(&periods).unwrap_or(0.0), variation(&periods).unwrap_or(0.0));
        let why = if counting == Counting::Always {
            return None;
        } else if self.repetitions.len() < FEWEST {
            format!("fewer than {FEWEST} rises and falls of the slow envelope")
        } else if self.levels.base > LARGEST_BASE * self.levels.top {
            "the muscle does not rest between rises".into()
        } else if !(PERIODS_S.0..=PERIODS_S.1).contains(&period) {
            format!(
                "the rises are {} s apart, not {} to {} s",
                spoken(period),
                PERIODS_S.0,
                PERIODS_S.1
            )
        } else if varied > MOST_VARIED {
            format!(
                "the times between rises vary by {} %, more than {MOST_VARIED} %",
                spoken(varied)
            )
        } else {
            return None;
        };
        Some(format!(
            "the channel does not look like repetitions: {why} (analysis.activity.repetitions = \"always\" counts all the same)"
        ))
    }
}

/// The coefficient of variation in per cent; `None` for fewer than two values or a mean
/// of 0.
pub(in crate::analysis) fn variation(values: &[f64]) -> Option<f64> {
    let share = 100.0 * standard_deviation(values)? / mean(values)?;
    Some(share).filter(|share| share.is_finite())
}
