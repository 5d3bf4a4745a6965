//! Bursts that the detectors agree on.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tidy::{runs, tidied};
use crate::units::Hertz;

/// How bursts are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Consensus {
    /// Shorter bursts are dropped, in seconds.
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed, in seconds.
    pub shortest_gap_s: f64,
}

impl Default for Consensus {
    fn default() -> Self {
        Self { shortest_burst_s: 0.05, shortest_gap_s: 0.05 }
    }
}

/// A burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    /// The first active sample.
    pub on: Moment,
    /// The first sample that is no longer active.
    pub off: Moment,
    /// The share of the detectors that see it, 0 … 1.
    pub agreement: f64,
}

/// When a burst begins or ends, in samples from the beginning of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The sample.
    pub at: usize,
    /// The earliest that the detectors, or the likelihood, allow.
    pub low: usize,
    /// The latest.
    pub high: usize,
}

/// What was found in a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The bursts in order.
    pub bursts: Vec<Burst>,
    /// The samples that were taken for rest; `None` where there were too few.
    pub quiet: Option<Range<usize>>,
    /// The ratio of activity to rest, in dB; `None` without bursts or rest.
    pub snr_db: Option<f64>,
}

impl Consensus {
    /// Finds the bursts of a channel: clean samples and the stretches between their gaps.
    pub fn find(&self, clean: &[f64], stretches: &[Range<usize>], rate: Hertz) -> Found {
        // Provisional: a threshold on the moving root mean square, until the detectors are here.
        let window = rate.samples(0.05).max(1);
        let power: Vec<f64> = crate::dsp::moving::root_mean_square(clean, window);
        let mut sorted: Vec<f64> = power.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let Some(&rest) = sorted.get(sorted.len() / 20) else { return Found::default() };
        let active: Vec<bool> = power.iter().map(|&value| value > 3.0 * rest).collect();
        let inside = |run: &Range<usize>| stretches.iter().any(|one| one.start <= run.start && run.end <= one.end);
        let bursts = tidied(&runs(&active), rate.samples(self.shortest_burst_s), rate.samples(self.shortest_gap_s));
        let moment = |at| Moment { at, low: at, high: at };
        let burst = |run: Range<usize>| Burst { on: moment(run.start), off: moment(run.end), agreement: 1.0 };
        Found { bursts: bursts.into_iter().filter(inside).map(burst).collect(), quiet: None, snr_db: None }
    }
}
