//! Steps of the variance, found one after the other: the approximated generalised likelihood ratio (AGLR-step) of
//! Staude (2001), as in the toolbox of Staude, Flachenecker, Daumer & Wolf (2001).

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Stretch;
use super::segments::{Energy, first_best};
use super::whitening::{White, Whitening};
use crate::error::{Limits, Result};

/// How steps are searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// The samples of the window that slides behind the growing one; 0 counts as 1.
    pub window: usize,
    /// The log-likelihood ratio that raises an alarm: 10 to 25.
    pub threshold: f64,
    /// How many samples after the alarm the change is located, at the latest before the window after it ends.
    pub lag: usize,
}

/// A step of the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The first sample with the new variance.
    pub at: usize,
    /// The number of samples that had been seen when the ratio reached the threshold.
    pub alarm: usize,
    /// The log-likelihood ratio at the alarm.
    pub ratio: f64,
}

/// The first step of the variance of white samples with mean 0. The first window is left out, two more pass before
/// the first ratio; `None` without an alarm.
pub fn first(white: &[f64], search: Search) -> Option<Change> {
    next(&Energy::of(white), search.window, search)
}

/// All steps in order: the search begins anew at each of them, with two windows in which none is seen.
pub fn all(white: &[f64], search: Search) -> Vec<Change> {
    every(&Energy::of(white), search)
}

fn every(energy: &Energy, search: Search) -> Vec<Change> {
    let start = next(energy, search.window, search);
    std::iter::successors(start, |change| next(energy, change.at, search)).collect()
}

fn next(energy: &Energy, from: usize, search: Search) -> Option<Change> {
    let (window, lag) = (search.window.max(1), search.lag);
    let last = energy.samples().checked_sub(window)?;
    let begin = window.saturating_mul(2).saturating_add(from);
    let mut ratios = Vec::new();
    for now in begin..=last {
        let (before, after) = (energy.cost(from, now - window), energy.cost(now - window, now));
        ratios.push(-0.5 * (before + after - energy.cost(from, now)));
        let Some(&ratio) = (now - begin).checked_sub(lag).and_then(|earlier| ratios.get(earlier)) else { continue };
        if ratio >= search.threshold {
            let alarm = now - lag;
            let likelihood = |at: usize| -0.5 * (energy.cost(from, at) + energy.cost(at, now));
            let at = first_best(from + window..alarm + 1, likelihood)?;
            return Some(Change { at, alarm, ratio });
        }
    }
    None
}

/// Settings of the sequential search for steps, which finds all bursts of a stretch. It looks at 1000 to 2000 samples
/// a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// How the samples are whitened.
    pub whitening: Whitening,
    /// The sliding window in seconds: 50 samples at 1000 a second (toolbox of Staude).
    pub window_s: f64,
    /// The log-likelihood ratio that raises an alarm. 10 to 25 are usual; the longer the recording, the higher.
    pub threshold: f64,
    /// How long after the alarm the change is located, in seconds: 10 samples at 1000 a second (toolbox of Staude).
    pub lag_s: f64,
    /// A segment is active when its whitened power lies this far above that of rest, in dB: at 3 dB the muscle is as
    /// loud as the noise. (Proposal)
    pub rise_db: f64,
}

impl Default for Step {
    fn default() -> Self {
        Self { whitening: Whitening::default(), window_s: 0.05, threshold: 25.0, lag_s: 0.01, rise_db: 3.0 }
    }
}

impl Step {
    /// All bursts of a stretch, also those that touch its ends; none where it cannot be made white: silence, samples
    /// that are not finite, or fewer than 20 quiet samples.
    pub fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.whitening.white(stretch).map_or_else(Vec::new, |white| self.of_white(&white))
    }

    pub(super) fn of_white(&self, white: &White) -> Vec<Range<usize>> {
        let (window, lag) = (white.rate.samples(self.window_s), white.rate.samples(self.lag_s));
        let search = Search { window, threshold: self.threshold, lag };
        let changes: Vec<usize> = every(&white.energy, search).into_iter().map(|change| change.at).collect();
        white.bursts(&changes, self.rise_db)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Names the key, its value, the limits and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        limits("analysis.activity.bursts.detectors.step.window_s", 0.005, 1.0, default.window_s)
            .check(self.window_s)?;
        limits("analysis.activity.bursts.detectors.step.threshold", 1.0, 1000.0, default.threshold)
            .check(self.threshold)?;
        limits("analysis.activity.bursts.detectors.step.lag_s", 0.001, 0.5, default.lag_s).check(self.lag_s)?;
        limits("analysis.activity.bursts.detectors.step.rise_db", 0.1, 60.0, default.rise_db).check(self.rise_db)?;
        self.whitening.check()
    }
}
