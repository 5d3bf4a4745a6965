//! The double threshold of Bonato, D'Alessio & Knaflitz (1998): enough of a few
//! consecutive values exceed a threshold that follows from the rate of false alarms one
//! accepts.
//!
//! Two neighbouring samples of white noise of variance σ² give `z = (x₁² + x₂²)/σ²`,
//! which is distributed as χ² with two degrees of freedom: at rest `z` exceeds ζ with the
//! probability `exp(−ζ/2)`.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::threshold::variance_at_rest;
use super::tidy::{runs, tidied};
use super::{Detect, Stretch};
use crate::error::{Error, ErrorKind, Result};

/// The probability that a pair of samples at rest exceeds ζ.
pub fn exceeded_at_rest(zeta: f64) -> f64 {
    libm::exp(-zeta / 2.0)
}

/// The probability that a pair of samples in activity exceeds ζ, at a signal-to-noise
/// ratio `20 log10(σ_s/σ_n)` in dB.
pub fn exceeded_in_activity(zeta: f64, snr_db: f64) -> f64 {
    libm::exp(-zeta / (2.0 * (1.0 + libm::pow(10.0, snr_db / 10.0))))
}

/// The most values that are ever looked at together.
pub const MOST: usize = 64;

/// The probability that at least `needed` of `of` independent values exceed a threshold
/// that each exceeds with `probability`: the upper tail of the binomial distribution.
/// With [`exceeded_at_rest`] it is the probability of a false alarm P_fa, with
/// [`exceeded_in_activity`] that of a detection P_d.
///
/// `of` is at most [`MOST`] and `needed` at most `of`; beyond, and for no probability, it
/// is `NaN`.
pub fn at_least(needed: usize, of: usize, probability: f64) -> f64 {
    if of > MOST || needed > of || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let (mut sum, mut ways) = (0.0, 1.0);
    for count in (needed..=of).rev() {
        let (on, off) = (count as f64, (of - count) as f64);
        sum += ways * libm::pow(probability, on) * libm::pow(1.0 - probability, off);
        ways *= on / (off + 1.0);
    }
    sum
}

/// The threshold ζ with which `needed` of `of` values at rest exceed it with the
/// probability `false_alarms`.
///
/// `None` unless 1 ≤ `needed` ≤ `of` ≤ [`MOST`] and `false_alarms` lies between 1e-12 and
/// 1, both excluded. Bisected down to the last bits.
///
/// ```
/// use soleus::onset::double_threshold::zeta;
///
/// let threshold = zeta(1, 5, 0.05).expect("a design");
/// assert!((threshold - 9.169_516_211_830_9).abs() < 1e-11);
/// ```
pub fn zeta(needed: usize, of: usize, false_alarms: f64) -> Option<f64> {
    if !(1..=of).contains(&needed)
        || of > MOST
        || !(false_alarms > 1e-12 && false_alarms < 1.0)
    {
        return None;
    }
    // P_fa falls from 1 to below 1e-12 in here, whatever the counts: the tail is below
    // 2^64 · exp(−ζ/2).
    let (mut low, mut high) = (0.0, 256.0);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        let too_often = at_least(needed, of, exceeded_at_rest(middle)) > false_alarms;
        *(if too_often { &mut low } else { &mut high }) = middle;
    }
    Some(0.5 * (low + high))
}

/// A double threshold on pairs of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// How far apart the two samples of a pair are, and pairs from each other: 1 takes
    /// all samples.
    pub stride: usize,
    /// The variance σ² at rest, in the squared unit of the samples.
    pub variance: f64,
    /// The threshold ζ of `z`.
    pub zeta: f64,
    /// How many values are looked at together, m.
    pub of: usize,
    /// How many of them must exceed ζ, r₀.
    pub needed: usize,
}

impl Pairs {
    /// How many samples a pair stands for.
    fn length(&self) -> usize {
        self.stride.max(1).saturating_mul(2)
    }

    /// Where the muscle is active, in samples: from the first of `of` consecutive pairs
    /// of which enough exceed ζ, to the last pair of which that is true; pauses shorter
    /// than `shortest_gap` pairs are closed and then bursts shorter than `shortest_burst`
    /// pairs dropped. Beyond the last pair nothing exceeds ζ; a last sample without a
    /// partner is in no pair.
    pub fn active(
        &self,
        samples: &[f64],
        shortest_burst: usize,
        shortest_gap: usize,
    ) -> Vec<Range<usize>> {
        let length = self.length();
        let square = |sample: f64| sample * sample;
        let loud = |pair: &[f64]| {
            (square(pair[0]) + square(pair[length / 2])) / self.variance > self.zeta
        };
        let exceeds: Vec<bool> = samples.chunks_exact(length).map(loud).collect();

        let mut count = exceeds.iter().take(self.of).filter(|&&exceeds| exceeds).count();
        let mut states = vec![false; exceeds.len()];
        for (at, state) in states.iter_mut().enumerate() {
            *state = count >= self.needed;
            let next =
                exceeds.get(at.saturating_add(self.of)).is_some_and(|&exceeds| exceeds);
            count = count + usize::from(next) - usize::from(exceeds[at] && self.of > 0);
        }

        let bursts = tidied(&runs(&states), shortest_burst, shortest_gap);
        bursts.into_iter().map(|run| run.start * length..run.end * length).collect()
    }
}

/// The double threshold of Bonato et al. (1998).
///
/// It asks for white noise, where samples are independent. Clean EMG holds nothing above
/// some 450 Hz, so samples are taken about a thousandth of a second apart, as in the
/// paper, whatever the rate: at rest those of an amplifier's noise are nearly
/// independent. Bursts begin up to `of − needed` pairs early, 2 ms each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DoubleThreshold {
    /// How many pairs are looked at together, m.
    #[schemars(range(min = 1, max = MOST))]
    pub of: usize,
    /// How many of them must exceed the threshold, r₀, at most `of`.
    #[schemars(range(min = 1, max = MOST))]
    pub needed: usize,
    /// The probability of a false alarm at rest, P_fa: 0.05 to 0.001 in the paper. The
    /// threshold ζ follows from it.
    #[schemars(range(min = 1e-9, max = 0.5))]
    pub false_alarms: f64,
    /// Shorter bursts are dropped, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for DoubleThreshold {
    fn default() -> Self {
        Self {
            of: 5,
            needed: 2,
            false_alarms: 0.001,
            shortest_burst_s: 0.03,
            shortest_gap_s: 0.03,
        }
    }
}

/// How many samples a second are looked at, or a little more or fewer.
const PAPER_RATE_HZ: f64 = 1000.0;

impl Detect for DoubleThreshold {
    fn name(&self) -> &'static str {
        "double-threshold"
    }

    fn check_together(&self) -> Result<()> {
        if self.needed <= self.of {
            return Ok(());
        }
        let said = format!("must not be more than `of` = {}", self.of);
        Err(Error::about(ErrorKind::Plan, "needed", self.needed, said)
            .with_hint("needed = 1 works"))
    }

    /// All bursts of a stretch, in samples from its beginning; none where its rest is no
    /// rest (see [`super::threshold::level`]) or the settings are no design (see
    /// [`zeta`]).
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl DoubleThreshold {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let variance = variance_at_rest(stretch.samples, stretch.quiet)?;
        let zeta = zeta(self.needed, self.of, self.false_alarms)?;
        let stride = ((stretch.rate.hz() / PAPER_RATE_HZ).round() as usize).max(1);
        let pairs = Pairs { stride, variance, zeta, of: self.of, needed: self.needed };
        let count = |seconds: f64| {
            (seconds * stretch.rate.hz() / pairs.length() as f64).round() as usize
        };
        Some(pairs.active(
            stretch.samples,
            count(self.shortest_burst_s),
            count(self.shortest_gap_s),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn thresholds_give_the_false_alarms_they_were_designed_for() {
        for (needed, of) in [(1, 1), (1, 5), (3, 5), (5, 5), (1, 64), (30, 64), (64, 64)]
        {
            for false_alarms in [1e-11, 1e-3, 0.05, 0.5, 0.999] {
                let found = at_least(
                    needed,
                    of,
                    exceeded_at_rest(zeta(needed, of, false_alarms).unwrap()),
                );
                assert!(
                    (found / false_alarms - 1.0).abs() < 1e-12,
                    "{needed} of {of}: {found}, not {false_alarms}"
                );
            }
        }
        for (needed, of, false_alarms) in [
            (0, 5, 0.1),
            (6, 5, 0.1),
            (1, 65, 0.1),
            (1, 5, 0.0),
            (1, 5, 1.0),
            (1, 5, f64::NAN),
        ] {
            assert_eq!(zeta(needed, of, false_alarms), None);
        }
        assert!(at_least(2, 1, 0.5).is_nan() && at_least(1, 2, 1.5).is_nan());
    }

    #[test]
    fn false_alarms_in_noise_are_as_frequent_as_designed() {
        let noise = normals(3, 400_000);
        let pairs = Pairs {
            stride: 1,
            variance: 1.0,
            zeta: zeta(2, 5, 0.05).unwrap(),
            of: 5,
            needed: 2,
        };
        let active: usize = pairs.active(&noise, 0, 0).iter().map(Range::len).sum();
        // Three standard errors: windows overlap, so 400 000 samples hold some 40 000
        // independent ones.
        let tolerance = 3.0 * (0.05_f64 * 0.95 / 40_000.0).sqrt();
        assert!((active as f64 / 400_000.0 - 0.05).abs() < tolerance, "{active}");
    }

    #[test]
    fn no_more_pairs_are_needed_than_are_looked_at() {
        assert!(DoubleThreshold::default().check_together().is_ok());
        let error = DoubleThreshold { needed: 6, ..DoubleThreshold::default() }
            .check_together()
            .unwrap_err();
        assert_eq!(error.message(), "needed = 6 must not be more than `of` = 5");
    }
}
