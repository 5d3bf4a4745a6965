//! Samples at the limit of the range, and stretches that do not change.

use std::ops::Range;

use crate::dsp::stats::extremes;

mod pile;

use pile::End;

/// The samples of a record that sit at a rail.
///
/// A rail is a limit of the converter, where the file tells it (to within 0.1 % of the
/// range), or the end of the samples' range where they pile up: where more peaks end than
/// the heights of lower ones let expect, or where they stay longer than lower peaks stay
/// at their tops. Two equal neighbours are none by themselves: converters with coarse
/// steps make them. Each end is judged by itself.
pub fn clipped(samples: &[f64], rails: Option<(f64, f64)>) -> Vec<bool> {
    let found = Rails::find(samples, rails, extremes(samples));
    samples.iter().map(|&sample| found.touches(sample)).collect()
}

/// Where samples count as clipped: at `low` and below, at `high` and above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rails {
    low: Option<f64>,
    high: Option<f64>,
}

impl Rails {
    /// The rails of samples that lie between two extremes, of a converter with these
    /// limits.
    pub(super) fn find(
        samples: &[f64],
        converter: Option<(f64, f64)>,
        (lowest, highest): (f64, f64),
    ) -> Self {
        let margin = converter.map_or(0.0, |(low, high)| 0.001 * (high - low) / 2.0);
        let pile = |sign: f64, extreme: f64| End::new(samples, sign, extreme).pile();
        let low =
            converter.map(|(low, _)| low + margin).into_iter().chain(pile(-1.0, lowest));
        let high = converter
            .map(|(_, high)| high - margin)
            .into_iter()
            .chain(pile(1.0, highest));
        Self { low: low.reduce(f64::max), high: high.reduce(f64::min) }
    }

    fn touches(&self, sample: f64) -> bool {
        self.low.is_some_and(|rail| sample <= rail)
            || self.high.is_some_and(|rail| sample >= rail)
    }

    /// How many samples are clipped.
    pub(super) fn count(&self, samples: &[f64]) -> usize {
        match self {
            Self { low: None, high: None } => 0,
            _ => samples.iter().filter(|&&sample| self.touches(sample)).count(),
        }
    }

    /// Whether any sample is clipped.
    pub(super) fn touched_by(&self, samples: &[f64]) -> bool {
        self.count(samples) > 0
    }
}

/// How many samples lie in runs of at least `shortest` equal neighbours.
pub fn flat_samples(samples: &[f64], shortest: usize) -> usize {
    flat_runs(samples, shortest).iter().map(Range::len).sum()
}

/// The runs of at least `shortest` (2 at least) equal neighbours.
pub fn flat_runs(samples: &[f64], shortest: usize) -> Vec<Range<usize>> {
    let shortest = shortest.max(2);
    let (mut found, mut at) = (Vec::new(), 0);
    // Such a run holds a sample at a multiple of `shortest − 1` together with its next
    // neighbour.
    while at + 1 < samples.len() {
        if samples[at] == samples[at + 1] {
            let equal = |sample: &&f64| **sample == samples[at];
            let before = samples[..at].iter().rev().take_while(equal).count();
            let after = samples[at..].iter().take_while(equal).count();
            if before + after >= shortest {
                found.push(at - before..at + after);
            }
            at += after;
        } else {
            at += 1;
        }
        at = at.next_multiple_of(shortest - 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// Noise as of a muscle: no samples that are alike, nor neighbours that are far.
    fn muscle(seed: u64, count: usize) -> Vec<f64> {
        let mut generator = SplitMix64::new(seed);
        let (mut fast, mut slow) = (0.0, 0.0);
        let mut next = || {
            let white = generator.normal();
            fast += 0.5 * (white - fast);
            slow += 0.1 * (white - slow);
            fast - slow
        };
        (0..count).map(|_| next()).collect()
    }

    fn rounded(samples: &[f64], step: f64) -> Vec<f64> {
        samples.iter().map(|sample| (sample / step).round() * step).collect()
    }

    fn count(samples: &[f64]) -> usize {
        clipped(samples, None).iter().filter(|&&clipped| clipped).count()
    }

    #[test]
    fn coarse_steps_are_no_rails() {
        // The build before accused 8 to 38 % of such recordings.
        let accused = |step: f64| {
            (0..100)
                .filter(|&seed| count(&rounded(&muscle(seed, 4000), step)) > 0)
                .count()
        };
        for step in [0.1, 0.03, 0.01, 0.003, 1e-6] {
            let accused = accused(step);
            assert!(accused <= 3, "{accused} of 100 with steps of {step}");
        }
        assert_eq!((count(&[]), count(&[2.0; 9]), count(&[f64::NAN; 9])), (0, 0, 0));
    }

    #[test]
    fn limits_are_rails_whatever_the_steps() {
        for step in [0.03, 0.01, 1e-6] {
            for seed in 0..20 {
                let open = muscle(seed, 4000);
                let held = |low: f64| -> Vec<f64> {
                    open.iter().map(|sample| sample.clamp(low, 1.0)).collect()
                };
                let beyond = open.iter().filter(|&&sample| sample > 1.0).count();
                let found = count(&rounded(&held(f64::NEG_INFINITY), step));
                assert!(
                    found >= beyond && beyond > 20,
                    "{seed} {step}: {found}, {beyond}"
                );
                let both = clipped(&rounded(&held(-1.0), step), None);
                assert!(both.iter().zip(&open).all(|(at, x)| *at || x.abs() <= 1.0));
            }
        }
    }

    #[test]
    fn few_samples_at_a_limit_are_seen_with_fine_steps() {
        let mut samples = rounded(&muscle(1, 4000), 1e-6);
        let mut heights = samples.clone();
        heights.sort_by(f64::total_cmp);
        let limit = heights[samples.len() - 4];
        samples.iter_mut().for_each(|sample| *sample = sample.min(limit));
        assert_eq!(count(&samples), 4);
    }

    #[test]
    fn rails_of_the_converter_count_even_once() {
        let samples = [0.0, 0.9995, -0.9, 0.5];
        assert_eq!(clipped(&samples, Some((-1.0, 1.0))), [false, true, false, false]);
        assert!(!clipped(&samples, None).contains(&true));
    }

    #[test]
    fn flat_runs_have_a_shortest_length() {
        let samples = [1.0, 1.0, 1.0, 2.0, 2.0, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
        assert_eq!(flat_samples(&samples, 3), 3);
        assert_eq!(flat_samples(&samples, 0), 5);
    }

    #[test]
    fn flat_runs_are_those_seen_one_by_one() {
        let mut generator = SplitMix64::new(3);
        for levels in [2, 3, 10] {
            let samples: Vec<f64> =
                (0..4000).map(|_| generator.index(levels) as f64).collect();
            for shortest in [0, 2, 3, 4, 7, 40] {
                let runs = samples.chunk_by(|a, b| a == b).map(<[f64]>::len);
                let plain: usize = runs.filter(|&run| run >= shortest.max(2)).sum();
                assert_eq!(
                    flat_samples(&samples, shortest),
                    plain,
                    "{levels} {shortest}"
                );
            }
        }
        assert_eq!(
            (flat_samples(&[], 3), flat_samples(&[1.0], 2), flat_samples(&[1.0; 9], 9)),
            (0, 0, 9)
        );
    }
}
