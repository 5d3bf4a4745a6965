//! Samples at the limit of the range, and stretches that do not change.

use std::ops::Range;

use crate::dsp::stats::extremes;

/// The samples of a record that sit at a rail.
///
/// A rail is a limit of the converter, where the file tells it (to within 0.1 % of the
/// range), or the largest or smallest value of the record when two neighbours share it,
/// or when at least three samples do and more of them than take the next value.
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
        let shared = |extreme: f64| {
            samples.iter().filter(|&&sample| sample == extreme).count() > 1
        };
        let piled_low = if shared(lowest) {
            pile(samples.iter().map(|sample| -sample))
        } else {
            None
        };
        let piled_high =
            if shared(highest) { pile(samples.iter().copied()) } else { None };
        let low = converter
            .map(|(low, _)| low + margin)
            .into_iter()
            .chain(piled_low.map(|rail| -rail));
        let high = converter.map(|(_, high)| high - margin).into_iter().chain(piled_high);
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

/// The largest value, when samples pile up at it. One pass, because records are long.
fn pile(samples: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut top, mut next) =
        ((f64::NEG_INFINITY, 0_usize), (f64::NEG_INFINITY, 0_usize));
    let (mut neighbours, mut before) = (false, f64::NAN);
    for sample in samples {
        if sample > top.0 {
            (next, top, neighbours) = (top, (sample, 1), false);
        } else if sample == top.0 {
            top.1 += 1;
            neighbours |= before == sample;
        } else if sample > next.0 {
            next = (sample, 1);
        } else if sample == next.0 {
            next.1 += 1;
        }
        before = sample;
    }
    (next.1 > 0 && (neighbours || (top.1 >= 3 && top.1 > next.1))).then_some(top.0)
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

    #[test]
    fn a_tail_is_no_rail() {
        // Three equal extremes without neighbours: as many take the next value, as in
        // coarse but whole signals.
        let coarse =
            [0.2, 3.0, 1.0, 3.0, 2.0, 0.0, 2.0, 1.0, 3.0, 2.0, 0.5, 0.0, 0.2, 0.0, 0.2];
        assert!(!clipped(&coarse, None).contains(&true));
        let piled = [0.0, 3.0, 1.0, 3.0, 2.0, 0.5, 3.0, f64::NAN, 0.25];
        assert_eq!(clipped(&piled, None).iter().filter(|&&clipped| clipped).count(), 3);
        let run = [0.0, 1.0, -2.0, -2.0, 0.5];
        assert_eq!(clipped(&run, None), [false, false, true, true, false]);
        assert!(!clipped(&[], None).contains(&true));
        assert!(!clipped(&[2.0; 9], None).contains(&true));
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
