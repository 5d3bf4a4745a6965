//! Weights that change their places: the labels of two groups, or the values of a
//! covariate.

use super::Permutations;
use crate::dsp::random::SplitMix64;

/// The most different orders that are all taken.
const MOST: f64 = 5000.0;

/// The different orders of some weights, of which equal ones are interchangeable.
pub(super) struct Arrangements {
    /// The weights as they are, around their mean.
    weights: Vec<f64>,
}

impl Arrangements {
    pub(super) fn new(values: &[f64]) -> Self {
        Self { weights: super::super::fit::centred(values) }
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.weights.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    }

    /// The multinomial coefficient of how often each weight is there.
    pub(super) fn count(&self) -> f64 {
        let (mut count, mut placed) = (1.0, 0.0);
        for equal in self.sorted().chunk_by(|one, other| one == other) {
            for chosen in 1..=equal.len() {
                placed += 1.0;
                // A whole number after each step, because it is a binomial coefficient
                // times the count before.
                count = count * placed / chosen as f64;
            }
        }
        count
    }

    pub(super) fn few(&self) -> bool {
        self.count() <= MOST
    }

    /// Whether the negative weights are an order of the weights, so that every t has its
    /// mirror image.
    pub(super) fn mirrored(&self) -> bool {
        let sorted = self.sorted();
        let largest =
            sorted.iter().fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
        sorted
            .iter()
            .zip(sorted.iter().rev())
            .all(|(low, high)| (low + high).abs() <= 1e-12 * largest)
    }

    /// All orders, in the order of a dictionary.
    pub(super) fn all(&self, mut seen: impl FnMut(&[f64])) {
        let mut weights = self.sorted();
        seen(&weights);
        while advance(&mut weights) {
            seen(&weights);
        }
    }

    /// The order as it is, and random ones (Fisher & Yates 1938).
    pub(super) fn some(&self, permutations: Permutations, mut seen: impl FnMut(&[f64])) {
        let mut generator = SplitMix64::new(permutations.seed);
        let mut weights = self.weights.clone();
        seen(&weights);
        for _ in 1..permutations.draws {
            (1..weights.len())
                .rev()
                .for_each(|last| weights.swap(last, generator.index(last + 1)));
            seen(&weights);
        }
    }
}

/// The next order in the dictionary; false after the last one.
fn advance(weights: &mut [f64]) -> bool {
    let Some(rise) = weights.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    let Some(larger) = weights.iter().rposition(|weight| *weight > weights[rise]) else {
        return false;
    };
    weights.swap(rise, larger);
    weights[rise + 1..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(values: &[f64]) -> Vec<Vec<f64>> {
        let mut orders = Vec::new();
        Arrangements::new(values).all(|weights| orders.push(weights.to_vec()));
        orders
    }

    #[test]
    fn all_orders_come_once() {
        for (values, count) in [
            (&[1.0, 1.0, 0.0, 0.0][..], 6),
            (&[3.0, 1.0, 4.0, 2.0], 24),
            (&[5.0, 5.0], 1),
        ] {
            let mut orders = orders(values);
            assert_eq!(
                (orders.len(), Arrangements::new(values).count()),
                (count, count as f64)
            );
            orders.dedup();
            assert_eq!(orders.len(), count);
        }
    }

    #[test]
    fn large_numbers_of_orders() {
        let labels = |first: usize, second: usize| {
            Arrangements::new(&[vec![1.0; first], vec![0.0; second]].concat())
        };
        assert_eq!(labels(10, 10).count(), 184_756.0);
        assert_eq!(labels(5, 15).count(), 15_504.0);
        assert!(labels(6, 8).few() && !labels(7, 8).few() && !labels(2000, 2000).few());
        let distinct: Vec<f64> = (0..7).map(f64::from).collect();
        assert!(
            Arrangements::new(&distinct[..6]).few()
                && !Arrangements::new(&distinct).few()
        );
    }

    #[test]
    fn random_orders_keep_the_weights_and_begin_with_theirs() {
        let arrangements = Arrangements::new(&(0..9).map(f64::from).collect::<Vec<_>>());
        let (mut first, mut sums, mut count) = (Vec::new(), [0.0; 9], 0);
        arrangements.some(Permutations { draws: 900, seed: 5 }, |weights| {
            if count == 0 {
                first = weights.to_vec();
            }
            count += 1;
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            assert!(weights.iter().sum::<f64>().abs() < 1e-12);
        });
        assert_eq!((count, &first), (900, &arrangements.weights));
        // Each place: the mean 0 within 3.5 standard errors of √(60/9 · 900).
        assert!(sums.iter().all(|sum| sum.abs() < 271.0), "{sums:?}");
    }
}
