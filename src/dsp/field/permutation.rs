//! The largest t when signs, groups or orders are exchanged.

mod arrangements;
mod scores;
mod signs;

use super::{Basis, Field, Tails, Test, Variances};
use arrangements::Arrangements;
use scores::Scores;
use signs::Signs;

/// How many exchanges are drawn where all of them would be too many: more than 12 curves
/// that change their sign, more than 5000 different orders of labels or of a covariate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutations {
    /// How many, the curves as they are among them.
    pub draws: usize,
    /// The seed of the generator.
    pub seed: u64,
}

impl Default for Permutations {
    fn default() -> Self {
        Self { draws: 10_000, seed: 1 }
    }
}

/// The exchanges that a test allows.
enum Exchanges {
    Signs(Signs),
    Arrangements(Arrangements),
}

impl Exchanges {
    /// `None` for a test that cannot be asked.
    fn allowed_by<C: AsRef<[f64]>>(test: &Test<'_, C>) -> Option<Self> {
        test.check().ok()?;
        Some(match *test {
            Test::OneSample(curves) => Self::Signs(Signs { curves: curves.len() }),
            Test::Paired { first, .. } => Self::Signs(Signs { curves: first.len() }),
            Test::TwoSamples { first, second, .. } => {
                let labels = [vec![1.0; first.len()], vec![0.0; second.len()]].concat();
                Self::Arrangements(Arrangements::new(&labels))
            }
            Test::Regression { covariate, .. } => {
                Self::Arrangements(Arrangements::new(covariate))
            }
        })
    }

    /// How many different ones there are.
    fn count(&self) -> f64 {
        match self {
            Self::Signs(signs) => signs.count(),
            Self::Arrangements(arrangements) => arrangements.count(),
        }
    }

    /// Whether there are so few that all are taken.
    fn few(&self) -> bool {
        match self {
            Self::Signs(signs) => signs.few(),
            Self::Arrangements(arrangements) => arrangements.few(),
        }
    }

    /// How many of them have the largest t of the curves as they are, at the least.
    fn alike(&self, tails: Tails) -> f64 {
        let mirrored = match self {
            Self::Signs(_) => true,
            Self::Arrangements(arrangements) => arrangements.mirrored(),
        };
        if mirrored { tails.count() } else { 1.0 }
    }

    fn smallest_p(&self, tails: Tails) -> f64 {
        (self.alike(tails) / self.count()).min(1.0)
    }

    /// Shows the weights of the curves in each exchange.
    fn each(&self, permutations: Permutations, seen: impl FnMut(&[f64])) {
        match (self, self.few()) {
            (Self::Signs(signs), true) => signs.all(seen),
            (Self::Signs(signs), false) => signs.some(permutations, seen),
            (Self::Arrangements(arrangements), true) => arrangements.all(seen),
            (Self::Arrangements(arrangements), false) => {
                arrangements.some(permutations, seen)
            }
        }
    }
}

impl<'a, C: AsRef<[f64]>> Test<'a, C> {
    /// The smallest p that exchanging can give, whatever the curves: of the 2^J signs of
    /// J curves, of the ways to label two groups, of the orders of a covariate, one is
    /// the curves as they are, and where both signs of t count, mostly another one is
    /// their mirror image. A level below it cannot be reached. `None` for a test that
    /// cannot be asked.
    ///
    /// ```
    /// use soleus::dsp::field::{Tails, Test};
    ///
    /// let curves = [[1.0], [2.0], [3.0], [4.0], [5.0]];
    /// assert_eq!(Test::OneSample(&curves).smallest_p(Tails::Both), Some(0.0625));
    /// ```
    pub fn smallest_p(&self, tails: Tails) -> Option<f64> {
        Exchanges::allowed_by(self).map(|exchanges| exchanges.smallest_p(tails))
    }

    /// The test with which exchanging goes.
    pub(super) fn exchangeable(&self) -> Test<'a, C> {
        match *self {
            Self::TwoSamples { first, second, .. } => {
                Test::TwoSamples { first, second, variances: Variances::Equal }
            }
            other => other,
        }
    }
}

impl Permutations {
    /// The largest t of each exchange, for a test that made this field.
    pub(super) fn largest<C: AsRef<[f64]>>(
        self,
        test: &Test<'_, C>,
        field: &Field,
        tails: Tails,
    ) -> Largest {
        let mut largest = Largest {
            scores: Vec::new(),
            freedom: field.freedom,
            all: true,
            smallest_p: 1.0,
        };
        if let Some(exchanges) = Exchanges::allowed_by(test) {
            let mut scores = Scores::new(test, field);
            exchanges.each(self, |weights| {
                largest.scores.push(scores.largest(weights, tails))
            });
            largest.scores.sort_unstable_by(f64::total_cmp);
            largest.all = exchanges.few();
            largest.smallest_p =
                exchanges.smallest_p(tails).max(1.0 / largest.scores.len() as f64);
        }

        largest
    }
}

/// The largest scores of all exchanges in ascending order. A score is `t/√(ν + t²)`: it
/// grows with t, and needs one sum over the curves only.
pub(super) struct Largest {
    scores: Vec<f64>,
    freedom: f64,
    all: bool,
    smallest_p: f64,
}

impl Largest {
    /// The ⌈(1 − alpha)·count⌉-th t; ∞ for none.
    pub(super) fn threshold(&self, alpha: f64) -> f64 {
        // 0.95 · 20 is 19, whatever the last digit of the product says.
        let rank =
            ((1.0 - alpha) * self.scores.len() as f64 - 1e-9).ceil().max(1.0) as usize;
        let t = |score: &f64| {
            score * (self.freedom / ((1.0 - score) * (1.0 + score)).max(0.0)).sqrt()
        };
        self.scores.get(rank - 1).map_or(f64::INFINITY, t)
    }

    /// The share of exchanges that reach this t.
    pub(super) fn p(&self, t: f64) -> f64 {
        let score = t / (self.freedom + t * t).sqrt();
        // Sums in another order differ in their last digits, and equal ones must count.
        let below =
            self.scores.partition_point(|other| *other < score - 1e-10 * score.abs());
        let count = self.scores.len();
        if count == 0 { 1.0 } else { (count - below) as f64 / count as f64 }
    }

    pub(super) fn basis(&self) -> Basis {
        Basis::Permutation {
            count: self.scores.len(),
            all: self.all,
            smallest_p: self.smallest_p,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exchanging_can_reach() {
        let curves = vec![[0.0]; 8];
        let p = |test: Test<'_, [f64; 1]>, tails| test.smallest_p(tails);
        let (both, upper) = (Tails::Both, Tails::Upper);
        assert_eq!(p(Test::OneSample(&curves), both), Some(2.0 / 256.0));
        assert_eq!(p(Test::OneSample(&curves), upper), Some(1.0 / 256.0));
        let groups = |k: usize| Test::TwoSamples {
            first: &curves[..k],
            second: &curves[k..],
            variances: Variances::Equal,
        };
        assert_eq!(
            (p(groups(4), both), p(groups(4), upper)),
            (Some(2.0 / 70.0), Some(1.0 / 70.0))
        );
        assert_eq!(p(groups(3), both), Some(1.0 / 56.0));
        let slope = |covariate| Test::Regression { curves: &curves[..4], covariate };
        assert_eq!(p(slope(&[1.0, 2.0, 3.0, 4.0]), both), Some(2.0 / 24.0));
        assert_eq!(p(slope(&[1.0, 2.0, 3.0, 5.0]), both), Some(1.0 / 24.0));
        assert_eq!(p(slope(&[1.0, 2.0, 2.0, 5.0]), upper), Some(1.0 / 12.0));
        assert_eq!(p(Test::OneSample(&curves[..1]), both), None);
    }

    #[test]
    fn equal_scores_count_and_the_threshold_is_conservative() {
        let largest = |scores: Vec<f64>| Largest {
            scores,
            freedom: 9.0,
            all: true,
            smallest_p: 0.0,
        };
        let twenty = largest((0..20).map(|k| f64::from(k) / 20.0).collect());
        let threshold = twenty.threshold(0.05);
        assert!((threshold - 0.9 * (9.0_f64 / 0.19).sqrt()).abs() < 1e-12);
        assert_eq!(
            (
                twenty.p(threshold),
                twenty.p(threshold + 1e-3),
                twenty.p(f64::NEG_INFINITY)
            ),
            (0.1, 0.05, 1.0)
        );
        assert_eq!(
            (largest(vec![1.0]).threshold(0.05), largest(vec![]).threshold(0.05)),
            (f64::INFINITY, f64::INFINITY)
        );
    }
}
