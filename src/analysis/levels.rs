//! How strong a channel is: shared ground, since others scale by its peak.

use std::ops::Range;

use super::blocks::Blocks;
use super::pieces::{self, Pieces};
use super::scan::Scan;
use crate::dsp::gaps::stretches;
use crate::dsp::precision::{PieceSums, Precision};
use crate::dsp::stats::extremes;

/// A level with what is known of its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The value, in the unit of the samples.
    pub value: f64,
    /// How precisely its logarithm is known: from the whole cycles of a rhythm, else from
    /// its slow waves; or why nothing is known of it.
    pub precision: Result<Precision, &'static str>,
}

impl Level {
    /// `power` is the exponent that leads from the level to the mean that the sums hold: 2
    /// for a root mean square, 1 for a mean. `None` where there are no samples.
    pub(super) fn of_sums(sums: PieceSums<'_>, power: f64) -> Option<Self> {
        let below: f64 = sums.below.iter().sum();
        let mean = sums.above.iter().sum::<f64>() / below;
        let precision = || Precision::of_level(sums);
        (below > 0.0).then(|| match power {
            2.0 => Self {
                value: mean.sqrt(),
                precision: precision().map(Precision::of_root),
            },
            _ => Self { value: mean, precision: precision() },
        })
    }

    /// The 95 % interval; `None` where nothing is known of it. It is Student's t on a
    /// logarithmic scale, so that it never reaches below 0; it says how far the level of
    /// another stretch of the same task would lie from this one. It is deterministic.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (low, high) = self.precision.ok()?.factors();
        Some((self.value * low, self.value * high))
    }

    /// The level in per cent of a reference.
    pub(super) fn in_per_cent(self, reference: f64) -> Self {
        Self { value: 100.0 * (self.value / reference), ..self }
    }
}

/// The levels of one channel; `None` where there are no samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// The root mean square of `clean`.
    pub rms: Option<Level>,
    /// The average rectified value of `clean`.
    pub arv: Option<Level>,
    /// The mean of `envelope`.
    pub envelope_mean: Option<Level>,
    /// The highest sample of `envelope` that is not extrapolated (see [`peak`]).
    pub envelope_peak: Option<f64>,
}

impl Levels {
    /// The levels of a channel, and the sums of which they are made.
    pub(super) fn measure(scan: &Scan<'_>) -> (Self, Pieces) {
        let (pieces, magnitudes) = Pieces::measure(scan);
        let level =
            |blocks: &Blocks, power: f64| Level::of_sums(pieces.sums(blocks), power);
        let envelope_peak = highest(
            &scan.trace.envelope,
            &scan.envelope_stretches,
            scan.trace.edge_samples,
        );
        let levels = Self {
            rms: level(&pieces.squares, 2.0),
            arv: level(&magnitudes, 1.0),
            envelope_mean: level(&pieces.envelope, 1.0),
            envelope_peak,
        };
        (levels, pieces)
    }
}

/// The root mean square of samples, gaps left out, of which `second` make a second;
/// `None` when there are none.
pub fn rms(samples: &[f64], second: usize) -> Option<Level> {
    level(samples, second, |sample| sample * sample, 2.0)
}

/// The average rectified value (mean of magnitudes) of samples, gaps left out, of which
/// `second` make a second; `None` when there are none.
pub fn arv(samples: &[f64], second: usize) -> Option<Level> {
    level(samples, second, f64::abs, 1.0)
}

/// The mean of a series that is never negative, gaps left out, of which `second` values
/// make a second; `None` when there are no samples.
pub fn mean(samples: &[f64], second: usize) -> Option<Level> {
    level(samples, second, |sample| sample, 1.0)
}

fn level(
    samples: &[f64],
    second: usize,
    value: impl Fn(f64) -> f64 + Copy,
    power: f64,
) -> Option<Level> {
    let (blocks, rhythm) = pieces::of_samples(samples, second, value);
    Level::of_sums(pieces::sums(&blocks, rhythm.as_ref()), power)
}

/// The highest sample of a smoothed series that is not extrapolated: `edge` samples at
/// both ends of every stretch between gaps are left out, unless nothing remains. `None`
/// when there are no samples.
pub fn peak(samples: &[f64], edge: usize) -> Option<f64> {
    highest(samples, &stretches(samples), edge)
}

fn highest(samples: &[f64], stretches: &[Range<usize>], edge: usize) -> Option<f64> {
    let inner = stretches.iter().filter(|stretch| stretch.len() > 2 * edge);
    let measured = inner
        .map(|stretch| extremes(&samples[stretch.start + edge..stretch.end - edge]).1);
    let all = stretches.iter().map(|stretch| extremes(&samples[stretch.clone()]).1);
    measured.reduce(f64::max).or_else(|| all.reduce(f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn levels_of_known_samples() {
        let level = rms(&[3.0, -4.0, f64::NAN, 0.0, 5.0], 2).unwrap();
        assert!((level.value - 12.5_f64.sqrt()).abs() < 1e-15);
        assert!(level.interval().is_none() && level.precision.is_err());
        assert_eq!(arv(&[3.0, -5.0], 2).unwrap().value, 4.0);
        assert_eq!(rms(&[f64::NAN], 2), None);
    }

    #[test]
    fn the_interval_covers_the_truth_at_its_level() {
        // 300 white records of 20 s: 95 % ± 3 standard errors (1.26 %) of the
        // intervals hold the true level.
        let covers = |seed: u64| {
            let (low, high) = rms(&normals(seed, 2000), 100).unwrap().interval().unwrap();
            low <= 1.0 && 1.0 <= high
        };
        let covered = (1000..1300).filter(|&seed| covers(seed)).count();
        assert!((274..=296).contains(&covered), "{covered}");
    }

    #[test]
    fn a_silent_channel_has_a_level_of_0_without_interval() {
        let level = rms(&[0.0; 100], 10).unwrap();
        assert_eq!((level.value, level.interval()), (0.0, None));
    }

    #[test]
    fn extrapolated_ends_are_no_peak() {
        let samples = [9.0, 1.0, 2.0, 1.0, 9.0, f64::NAN, 7.0, 3.0, 7.0];
        assert_eq!(peak(&samples, 1), Some(3.0));
        assert_eq!(peak(&samples, 0), Some(9.0));
        assert_eq!(peak(&samples, 5), Some(9.0));
        assert_eq!(peak(&[f64::NAN], 0), None);
    }
}
