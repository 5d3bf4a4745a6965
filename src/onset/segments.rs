//! Segments between changes of the variance, and which of them are active.

use std::ops::Range;

use super::tidy::runs;

/// The energy of samples up to each of them, so that the variance of any range takes one
/// subtraction.
#[derive(Debug, Clone)]
pub(super) struct Energy {
    sums: Vec<f64>,
}

impl Energy {
    pub(super) fn sum(samples: &[f64]) -> Self {
        let mut total = 0.0;
        let after = samples.iter().map(|sample| {
            total += sample * sample;
            total
        });
        Self { sums: std::iter::once(0.0).chain(after).collect() }
    }

    /// How many samples there are.
    pub(super) fn samples(&self) -> usize {
        self.sums.len() - 1
    }

    pub(super) fn between(&self, from: usize, to: usize) -> f64 {
        self.sums[to] - self.sums[from]
    }

    /// The variance about zero; `NaN` of nothing.
    pub(super) fn variance(&self, from: usize, to: usize) -> f64 {
        self.between(from, to) / (to - from) as f64
    }

    /// `n·ln v`: −2 times the largest log-likelihood of zero-mean Gaussian samples,
    /// without what does not depend on them. Silence counts as the smallest variance
    /// there is, nothing as 0.
    pub(super) fn cost(&self, from: usize, to: usize) -> f64 {
        if from == to {
            return 0.0;
        }
        (to - from) as f64 * libm::log(self.variance(from, to).max(f64::MIN_POSITIVE))
    }
}

/// The bursts among the segments that begin at 0 and at `changes`, in order: those whose
/// variance lies `rise_db` above that of rest, joined where they touch.
pub(super) fn bursts(
    energy: &Energy,
    changes: &[usize],
    rest: f64,
    rise_db: f64,
) -> Vec<Range<usize>> {
    let limit = rest * libm::pow(10.0, rise_db / 10.0);
    let edges: Vec<usize> = std::iter::once(0)
        .chain(changes.iter().copied())
        .chain([energy.samples()])
        .collect();
    let active: Vec<bool> =
        edges.windows(2).map(|pair| energy.variance(pair[0], pair[1]) > limit).collect();
    runs(&active).into_iter().map(|run| edges[run.start]..edges[run.end]).collect()
}

/// The first place of the largest value; `None` of no places.
pub(super) fn first_best(
    places: impl Iterator<Item = usize>,
    value: impl Fn(usize) -> f64,
) -> Option<usize> {
    let better = |best: (usize, f64), next: (usize, f64)| {
        if next.1 > best.1 { next } else { best }
    };
    places.map(|place| (place, value(place))).reduce(better).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_are_active_are_one_burst() {
        let samples = [[0.1; 10], [1.0; 10], [2.0; 10], [0.1; 10], [3.0; 10]].concat();
        let energy = Energy::sum(&samples);
        assert_eq!(bursts(&energy, &[10, 20, 30, 40], 0.01, 3.0), [10..30, 40..50]);
        assert_eq!(bursts(&energy, &[], 0.01, 3.0), vec![(0..50)]);
        assert!(bursts(&energy, &[10, 20, 30, 40], 0.01, 40.0).is_empty());
        assert!(bursts(&Energy::sum(&[]), &[], 0.01, 3.0).is_empty());
    }

    #[test]
    fn silence_has_a_cost() {
        let energy = Energy::sum(&[0.0; 10]);
        assert!(energy.cost(0, 10).is_finite() && energy.cost(3, 3) == 0.0);
    }
}
