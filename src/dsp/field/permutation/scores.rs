//! The score of every node under weights of the curves.

use super::{Field, Tails, Test};
use crate::dsp::field::fit::centred;
use crate::dsp::field::test::differences;
use crate::dsp::stats::extremes;

/// After so many exchanges the sums are made anew, so that rounding cannot pile up.
const RENEWED: usize = 256;

/// Curves scaled at each node so that their weighted sum is the score `t/√(ν + t²)`.
///
/// Exchanging leaves the sum of squares of a node as it is (around 0 for signs, around
/// the mean for orders), and the share of it that the weighted sum takes says all about
/// t. From one exchange to the next only the curves whose weights change are added or
/// taken.
pub(super) struct Scores {
    curves: Vec<Vec<f64>>,
    weights: Vec<f64>,
    sums: Vec<f64>,
    seen: usize,
}

impl Scores {
    pub(super) fn new<C: AsRef<[f64]>>(test: &Test<'_, C>, field: &Field) -> Self {
        let (curves, weights) = weighted(test);
        let around_mean = !matches!(test, Test::OneSample(_) | Test::Paired { .. });
        let weight: f64 = weights.iter().map(|weight| weight * weight).sum();

        let mut scaled = vec![Vec::new(); curves.len()];
        for at in (0..field.t.len()).filter(|at| !field.t[*at].is_nan()) {
            let node: Vec<f64> = curves.iter().map(|curve| curve[at]).collect();
            let node = if around_mean { centred(&node) } else { node };
            let size =
                (weight * node.iter().map(|value| value * value).sum::<f64>()).sqrt();
            scaled
                .iter_mut()
                .zip(&node)
                .for_each(|(curve, value)| curve.push(value / size));
        }

        let sums = vec![0.0; scaled.first().map_or(0, Vec::len)];
        Self { weights: vec![0.0; scaled.len()], curves: scaled, sums, seen: 0 }
    }

    /// The largest score that counts.
    pub(super) fn largest(&mut self, weights: &[f64], tails: Tails) -> f64 {
        if self.seen.is_multiple_of(RENEWED) {
            self.sums.fill(0.0);
            self.weights.fill(0.0);
        }

        self.seen += 1;
        for ((old, new), curve) in self.weights.iter_mut().zip(weights).zip(&self.curves)
        {
            let change = new - *old;
            if change != 0.0 {
                self.sums
                    .iter_mut()
                    .zip(curve)
                    .for_each(|(sum, value)| *sum += change * value);
                *old = *new;
            }
        }

        let (low, high) = extremes(&self.sums);
        if tails == Tails::Both { high.max(-low) } else { high }
    }
}

/// The curves of a test and the weights of which its t is made: 1 for each curve, or how
/// far the labels of two groups and the values of a covariate are from their mean.
fn weighted<C: AsRef<[f64]>>(test: &Test<'_, C>) -> (Vec<Vec<f64>>, Vec<f64>) {
    let curves = |curves: &[C]| -> Vec<Vec<f64>> {
        curves.iter().map(|curve| curve.as_ref().to_vec()).collect()
    };
    match *test {
        Test::OneSample(all) => (curves(all), vec![1.0; all.len()]),
        Test::Paired { first, second } => {
            (differences(first, second), vec![1.0; first.len()])
        }
        Test::TwoSamples { first, second, .. } => {
            let labels = [vec![1.0; first.len()], vec![0.0; second.len()]].concat();
            ([curves(first), curves(second)].concat(), centred(&labels))
        }
        Test::Regression { curves: all, covariate } => (curves(all), centred(covariate)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::field::{Topology, Variances};
    use crate::dsp::random::normals;

    fn curves(seed: u64, count: usize) -> Vec<Vec<f64>> {
        normals(seed, count * 9).chunks(9).map(<[f64]>::to_vec).collect()
    }

    /// The score of the curves as they are against that of their t.
    fn check(test: Test<'_, Vec<f64>>, weights: &[f64]) {
        let field = test.field(Topology::Line).unwrap();
        let largest = Tails::Both.largest(&field.t);
        let score = Scores::new(&test, &field).largest(weights, Tails::Both);
        assert!(
            (score - largest / (field.freedom + largest * largest).sqrt()).abs() < 1e-14
        );
        let upper = Tails::Upper.largest(&field.t);
        let score = Scores::new(&test, &field).largest(weights, Tails::Upper);
        assert!((score - upper / (field.freedom + upper * upper).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn scores_are_those_of_t() {
        let (one, other) = (curves(1, 7), curves(2, 5));
        let covariate = [1.0, 4.0, 2.0, 0.5, 9.0, 3.0, 3.0];
        check(Test::OneSample(&one), &[1.0; 7]);
        check(Test::Paired { first: &one[..5], second: &other }, &[1.0; 5]);
        check(
            Test::Regression { curves: &one, covariate: &covariate },
            &centred(&covariate),
        );
        let labels = centred(&[[1.0; 7].as_slice(), &[0.0; 5]].concat());
        check(
            Test::TwoSamples { first: &one, second: &other, variances: Variances::Equal },
            &labels,
        );
    }

    #[test]
    fn missing_nodes_have_no_score() {
        let mut missing = curves(3, 6);
        missing[2][4] = f64::NAN;
        check(Test::OneSample(&missing), &[1.0; 6]);
    }
}
