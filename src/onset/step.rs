//! Steps of the variance, found one after the other: the approximated generalised
//! likelihood ratio (AGLR-step) of Staude (2001), as in the toolbox of Staude,
//! Flachenecker, Daumer & Wolf (2001).

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::segments::{Energy, first_best};
use super::whitening::{White, Whitening};
use super::{Detect, DetectWhite, Stretch};

/// How steps are searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepSearch {
    /// The samples of the window that slides behind the growing one; 0 counts as 1.
    pub window: usize,
    /// The log-likelihood ratio that raises an alarm: 10 to 25.
    pub threshold: f64,
    /// How many samples after the alarm the change is located, at the latest before the
    /// window after it ends.
    pub lag: usize,
}

impl StepSearch {
    /// The ratios of two variances that raise no alarm.
    fn plain_ratios(&self) -> Range<f64> {
        plain_ratios(2.0 * self.threshold / self.window.max(1) as f64)
    }
}

/// A step of the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceStep {
    /// The first sample with the new variance.
    pub at: usize,
    /// The number of samples that had been seen when the ratio reached the threshold.
    pub alarm: usize,
    /// The log-likelihood ratio at the alarm.
    pub ratio: f64,
}

/// The first step of the variance of white samples with mean 0. The first window is left
/// out, two more pass before the first ratio; `None` without an alarm.
pub fn first(white: &[f64], search: StepSearch) -> Option<VarianceStep> {
    next(&Energy::sum(white), search.window, search, &search.plain_ratios())
}

/// All steps in order: the search begins anew at each of them, with two windows in which
/// none is seen.
pub fn all(white: &[f64], search: StepSearch) -> Vec<VarianceStep> {
    every(&Energy::sum(white), search)
}

fn every(energy: &Energy, search: StepSearch) -> Vec<VarianceStep> {
    let plain = search.plain_ratios();
    let start = next(energy, search.window, search, &plain);
    std::iter::successors(start, |change| next(energy, change.at, search, &plain))
        .collect()
}

fn next(
    energy: &Energy,
    from: usize,
    search: StepSearch,
    plain: &Range<f64>,
) -> Option<VarianceStep> {
    let (window, lag) = (search.window.max(1), search.lag);
    let last = energy.samples().checked_sub(window)?;
    let begin = window.saturating_mul(2).saturating_add(from);

    let mut ratios = Vec::new();
    for now in begin..=last {
        ratios.push(ratio(energy, from, now - window..now, plain));
        let at_alarm =
            (now - begin).checked_sub(lag).and_then(|earlier| ratios.get(earlier));
        let Some(&ratio) = at_alarm.filter(|ratio| **ratio >= search.threshold) else {
            continue;
        };

        let alarm = now - lag;
        let likelihood =
            |at: usize| -0.5 * (energy.cost(from, at) + energy.cost(at, now));
        let at = first_best(from + window..alarm + 1, likelihood)?;
        return Some(VarianceStep { at, alarm, ratio });
    }
    None
}

/// The log-likelihood ratio of a step where a window begins; minus infinity where the
/// variances before and in it are so alike that there is no alarm.
fn ratio(energy: &Energy, from: usize, window: Range<usize>, plain: &Range<f64>) -> f64 {
    let (between, now) = (window.start, window.end);
    let variances = energy.variance(between, now) / energy.variance(from, between);
    if plain.contains(&variances) {
        return f64::NEG_INFINITY;
    }
    -0.5 * (energy.cost(from, between) + energy.cost(between, now)
        - energy.cost(from, now))
}

/// The ratios `r` of two variances for which `r − 1 − ln r` stays below a limit. The
/// log-likelihood ratio of a window of `L` samples is at most `L/2` times that (both
/// variances are compared with the first one instead of the common one), so that most
/// windows need no logarithm.
fn plain_ratios(limit: f64) -> Range<f64> {
    let excess = |ratio: f64| ratio - 1.0 - libm::log(ratio);
    let bound = |mut inside: f64, mut outside: f64| {
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            // Short of the limit by more than rounding.
            if excess(middle) < 0.999 * limit {
                inside = middle
            } else {
                outside = middle
            }
        }
        inside
    };
    if limit > 0.0 { bound(1.0, 0.0)..bound(1.0, 4.0 + 2.0 * limit) } else { 1.0..1.0 }
}

/// Settings of the sequential search for steps, which finds all bursts of a stretch. It
/// looks at 1000 to 2000 samples a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StepDetector {
    /// How the samples are whitened.
    pub whitening: Whitening,
    /// The sliding window in seconds: 50 samples at 1000 a second (toolbox of Staude).
    #[schemars(range(min = 0.005, max = 1.0), extend("unit" = "s"))]
    pub window_s: f64,
    /// The log-likelihood ratio that raises an alarm. 10 to 25 are usual; the longer the
    /// recording, the higher.
    #[schemars(range(min = 1.0, max = 1000.0))]
    pub threshold: f64,
    /// How long after the alarm the change is located, in seconds: 10 samples at 1000 a
    /// second (toolbox of Staude).
    #[schemars(range(min = 0.001, max = 0.5), extend("unit" = "s"))]
    pub lag_s: f64,
    /// A segment is active when its whitened power lies this far above that of rest, in
    /// dB: at 3 dB the muscle is as loud as the noise. (Proposal)
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "dB"))]
    pub rise_db: f64,
}

impl Default for StepDetector {
    fn default() -> Self {
        Self {
            whitening: Whitening::default(),
            window_s: 0.05,
            threshold: 25.0,
            lag_s: 0.01,
            rise_db: 3.0,
        }
    }
}

impl Detect for StepDetector {
    fn name(&self) -> &'static str {
        "step"
    }

    /// All bursts of a stretch, also those that touch its ends; none where it cannot be
    /// made white: silence, samples that are not finite, or fewer than 20 quiet samples.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.bursts_made_white(stretch)
    }

    fn on_white(&self) -> Option<&dyn DetectWhite> {
        Some(self)
    }
}

impl DetectWhite for StepDetector {
    fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>> {
        let asked = [self.window_s, self.threshold, self.lag_s, self.rise_db];
        let (known, bursts) = white.steps.get_or_init(|| (asked, self.searched(white)));
        if *known == asked { bursts.clone() } else { self.searched(white) }
    }
}

impl StepDetector {
    fn searched(&self, white: &White) -> Vec<Range<usize>> {
        let (window, lag) =
            (white.rate.samples(self.window_s), white.rate.samples(self.lag_s));
        let search = StepSearch { window, threshold: self.threshold, lag };
        let changes: Vec<usize> =
            every(&white.energy, search).into_iter().map(|change| change.at).collect();
        white.bursts(&changes, self.rise_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn windows_without_a_logarithm_have_no_alarm() {
        assert!(plain_ratios(0.0).is_empty() && plain_ratios(f64::NAN).is_empty());
        for limit in [0.01, 0.4, 1.0, 20.0] {
            let Range { start, end } = plain_ratios(limit);
            assert!(start < 1.0 && end > 1.0);
            for ratio in [start, end] {
                assert!(
                    (ratio - 1.0 - ratio.ln() - 0.999 * limit).abs()
                        < 1e-6 * limit.max(1.0),
                    "{limit}: {ratio}"
                );
            }
        }
        for seed in 0..20 {
            let loud = |(i, x): (usize, f64)| {
                if i > 600 { (1.0 + 0.2 * seed as f64) * x } else { x }
            };
            let white: Vec<f64> =
                normals(seed, 1200).into_iter().enumerate().map(loud).collect();
            let energy = Energy::sum(&white);
            let search = StepSearch { window: 50, threshold: 5.0, lag: 10 };
            let plain = (150..=1150).find(|&now| {
                let parts = energy.cost(50, now - 50) + energy.cost(now - 50, now);
                -0.5 * (parts - energy.cost(50, now)) >= 5.0
            });
            assert_eq!(
                first(&white, search).map(|change| change.alarm),
                plain.filter(|now| now + 10 <= 1150)
            );
        }
    }
}
