//! Bayesian change points: the probability that the level changes at each moment, given
//! the whole stretch.
//!
//! The product partition model of Barry & Hartigan (1993), which Tenan, Tweedell & Haynes
//! (2017) used for EMG: the values between two changes share a mean, the means are drawn
//! from a normal distribution. Their sampling is replaced by the exact recursions of
//! Fearnhead (2006).

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile::located;
use super::segments::first_best;
use super::tidy::runs;
use super::whitening::{White, Whitening};
use super::{Detect, DetectWhite, Stretch};
use crate::dsp::stats;

/// How many beginnings of the present segment are followed at once.
const FOLLOWED: usize = 100;
/// Fewer samples have a log-power that is far from normal.
const FEWEST: usize = 4;

/// A product partition of normal values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Partition {
    /// The probability that a segment begins at a value, above 0 and below 1.
    pub change: f64,
    /// The mean of the segments' means.
    pub centre: f64,
    /// The variance of the segments' means, above 0.
    pub spread: f64,
    /// The variance of values about their segment's mean, above 0.
    pub noise: f64,
    /// How many beginnings of the present segment are followed, the most probable ones:
    /// exact up to so many values.
    pub followed: usize,
}

/// The probability that a segment begins at each value but the first one (for that, 0),
/// given all values. Values that are not finite make it 0 everywhere.
pub fn posterior(values: &[f64], partition: &Partition) -> Vec<f64> {
    let forward = partition.evidence(values.iter().copied());
    let backward = partition.evidence(values.iter().rev().copied());
    let n = values.len();
    let probability = |at: usize| {
        // What comes before a change and what comes after it are independent.
        let ratio = forward[at] + backward[n - at] - forward[n];
        let probability = partition.change * libm::exp(ratio);
        if at > 0 && probability.is_finite() { probability.clamp(0.0, 1.0) } else { 0.0 }
    };
    (0..n).map(probability).collect()
}

/// A segment that may be the present one.
struct CandidateSegment {
    /// Its probability, given the values so far.
    weight: f64,
    count: usize,
    /// The sum of the values' distances from the centre.
    sum: f64,
}

/// How the next value of a segment with some values is distributed about the centre.
#[derive(Clone, Copy)]
struct Prediction {
    /// The mean is so many times the sum.
    gain: f64,
    variance: f64,
    log_scale: f64,
}

impl Partition {
    fn prediction(&self, count: usize) -> Prediction {
        let gain = self.spread / (self.noise + count as f64 * self.spread);
        let variance = self.noise * (1.0 + gain);
        Prediction {
            gain,
            variance,
            log_scale: -0.5 * libm::log(2.0 * std::f64::consts::PI * variance),
        }
    }

    /// The logarithm of the density of the first 0, 1, … values.
    fn evidence(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut candidates = vec![CandidateSegment { weight: 1.0, count: 0, sum: 0.0 }];
        let (mut total, mut evidence) = (0.0, vec![0.0]);
        let (mut predictions, mut densities): (Vec<Prediction>, Vec<f64>) =
            (Vec::new(), Vec::new());

        for value in values {
            let value = value - self.centre;
            predictions.push(self.prediction(predictions.len()));
            densities.clear();
            densities.extend(candidates.iter().map(|candidate| {
                predictions[candidate.count].log_density(value, candidate.sum)
            }));

            // Relative to the largest density, so that none of weight vanishes.
            let largest = densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut density = 0.0;
            for (candidate, log_density) in candidates.iter_mut().zip(&densities) {
                candidate.take(value, libm::exp(log_density - largest));
                density += candidate.weight;
            }
            total += largest + libm::log(density);
            evidence.push(total);

            if candidates.len() >= self.followed.max(2) {
                density -= forget_least(&mut candidates);
            }
            for candidate in &mut candidates {
                candidate.weight *= (1.0 - self.change) / density;
            }
            candidates.push(CandidateSegment { weight: self.change, count: 0, sum: 0.0 });
        }

        evidence
    }
}

impl Prediction {
    /// The logarithm of the density of a value, of which the values so far have a sum.
    fn log_density(&self, value: f64, sum: f64) -> f64 {
        let residual = value - self.gain * sum;
        self.log_scale - 0.5 * residual * residual / self.variance
    }
}

impl CandidateSegment {
    /// Takes one more value, which it foresaw with some density.
    fn take(&mut self, value: f64, density: f64) {
        self.weight *= density;
        self.count += 1;
        self.sum += value;
    }
}

/// Forgets the least probable of segments, for which the others stand from now on, and
/// returns its weight.
fn forget_least(candidates: &mut Vec<CandidateSegment>) -> f64 {
    let weight = |place: usize| candidates[place].weight;
    let least = (0..candidates.len()).min_by(|&a, &b| weight(a).total_cmp(&weight(b)));
    least.map_or(0.0, |least| candidates.swap_remove(least).weight)
}

/// Settings of the Bayesian change points, which find all bursts of a stretch from the
/// log-power of short bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangePoint {
    /// How the samples are whitened.
    pub whitening: Whitening,
    /// The length of a bin in seconds: 0.005 to 0.01, at least 4 samples.
    #[schemars(range(min = 0.001, max = 0.1), extend("unit" = "s"))]
    pub bin_s: f64,
    /// How many changes are expected in a second. (Proposal)
    #[schemars(range(min = 0.001, max = 100.0), extend("unit" = "1/s"))]
    pub changes_per_s: f64,
    /// The probability from which a change is one: 0.6 to 0.9 (Tenan et al. 2017).
    #[schemars(range(min = 0.01, max = 1.0))]
    pub posterior: f64,
    /// How long a change may take, in seconds: the probabilities of so many bins are
    /// added. (Proposal)
    #[schemars(range(min = 0.001, max = 1.0), extend("unit" = "s"))]
    pub spread_s: f64,
    /// A segment is active when its whitened power lies this far above that of rest, in
    /// dB. (Proposal)
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "dB"))]
    pub rise_db: f64,
}

impl Default for ChangePoint {
    fn default() -> Self {
        Self {
            whitening: Whitening::default(),
            bin_s: 0.01,
            changes_per_s: 1.0,
            posterior: 0.6,
            spread_s: 0.05,
            rise_db: 3.0,
        }
    }
}

impl Detect for ChangePoint {
    fn name(&self) -> &'static str {
        "change-point"
    }

    /// All bursts of a stretch, also those that touch its ends; none where it cannot be
    /// made white: silence, samples that are not finite, or fewer than 20 quiet samples.
    /// A change is located, within the time that it may take, where two variances are
    /// most likely.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.bursts_made_white(stretch)
    }

    fn on_white(&self) -> Option<&dyn DetectWhite> {
        Some(self)
    }
}

impl DetectWhite for ChangePoint {
    fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>> {
        let bin = white.rate.samples(self.bin_s).min(white.samples.len()).max(FEWEST);
        let changes: Vec<usize> =
            self.changes(white, bin).into_iter().map(|at| at * bin).collect();
        let reach = white.rate.samples(self.spread_s).max(2 * bin);
        let changes: Vec<usize> = located(&white.energy, &changes, bin / 2, reach)
            .iter()
            .map(|one| one.at)
            .collect();
        white.bursts(&changes, self.rise_db)
    }
}

impl ChangePoint {
    /// The bins at which a segment begins.
    fn changes(&self, white: &White, bin: usize) -> Vec<usize> {
        let power =
            |i: usize| white.energy.variance(i * bin, (i + 1) * bin).max(white.floor);
        let levels: Vec<f64> =
            (0..white.samples.len() / bin).map(|i| libm::log(power(i))).collect();
        let seconds = white.rate.seconds(bin);
        let Some(partition) = partition(&levels, bin, self.changes_per_s * seconds)
        else {
            return Vec::new();
        };
        let probabilities = posterior(&levels, &partition);

        let count = levels.len();
        let reach = (self.spread_s / seconds / 2.0).round().clamp(0.0, count as f64);
        let reach = reach as usize;
        let nearby = |i: usize| -> f64 {
            let bins = i.saturating_sub(reach)..(i + reach + 1).min(count);
            probabilities[bins].iter().sum()
        };
        let likely: Vec<bool> = (0..count).map(|i| nearby(i) >= self.posterior).collect();

        let mut changes: Vec<usize> = runs(&likely)
            .into_iter()
            .flat_map(|run| likely_changes(&probabilities, run, self.posterior))
            .collect();
        changes.sort_unstable();
        changes
    }
}

/// The most probable change of some bins, and those to its left and right as long as one
/// more is likely there: on a slow ramp the level changes more than once.
fn likely_changes(
    probabilities: &[f64],
    bins: Range<usize>,
    posterior: f64,
) -> Vec<usize> {
    let (mut open, mut changes) = (vec![bins], Vec::new());
    while let Some(bins) = open.pop() {
        let expected: f64 = probabilities[bins.clone()].iter().sum();
        if expected < posterior {
            continue;
        }
        if let Some(best) = first_best(bins.clone(), |i| probabilities[i]) {
            changes.push(best);
            open.extend([bins.start..best, best + 1..bins.end]);
        }
    }
    changes
}

/// The partition that fits log-powers of bins of `samples` white samples each; `None` of
/// fewer than two bins.
fn partition(levels: &[f64], samples: usize, change: f64) -> Option<Partition> {
    let steps: Vec<f64> =
        levels.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    // The median of |z| is 0.6745 standard deviations, and a difference has twice the
    // variance.
    let robust = stats::median(&steps)? / 0.674_489_750_196_081_7;
    // The variance of the log of a mean of squares of white Gaussian samples is larger
    // than this.
    let noise = (robust * robust / 2.0).max(2.0 / samples as f64);
    let deviation = stats::standard_deviation(levels)?;
    let spread = (deviation * deviation).max(noise);
    let change = change.clamp(1e-9, 0.5);
    Some(Partition {
        change,
        centre: stats::mean(levels)?,
        spread,
        noise,
        followed: FOLLOWED,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_in_doubt_is_one_and_two_near_ones_are_two() {
        let probabilities = [0.0, 0.3, 0.4, 0.3, 0.0, 0.9, 0.0, 0.2, 0.9, 0.1];
        assert_eq!(likely_changes(&probabilities, 0..5, 0.6), [2]);
        let mut both = likely_changes(&probabilities, 0..10, 0.6);
        both.sort_unstable();
        assert_eq!(both, [2, 5, 8]);
        assert!(likely_changes(&probabilities, 0..3, 0.8).is_empty());
        assert!(likely_changes(&probabilities, 4..4, 0.6).is_empty());
    }
}
