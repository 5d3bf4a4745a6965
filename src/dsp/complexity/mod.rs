//! How irregular a signal is: entropies, fluctuation, recurrence, fractal dimension.
//!
//! All indices depend on the sampling rate, on the filter before them and on clipping, so
//! that only values of the same chain compare. Where an index does not exist (too few
//! samples, a sample that is no finite number, a constant, nothing alike) it is `None`,
//! never `NaN`.

mod exponential;
mod fluctuation;
mod fuzzy_entropy;
mod gaussian_sums;
mod higuchi;
mod recurrence;
mod sample_entropy;

pub use fluctuation::{dfa_exponent, dfa_scales, fluctuations};
pub use fuzzy_entropy::{FuzzyEntropy, Similarity};
pub use higuchi::{higuchi_dimension, higuchi_lengths};
pub use recurrence::{Lines, RecurrencePlot};
pub use sample_entropy::{Matches, sample_entropy};

use super::stats::{mean, standard_deviation};
use super::sums::sum_of;

/// A range below this share of the largest magnitude is rounding.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Whether all samples are finite and differ by more than rounding.
fn varies(samples: &[f64]) -> bool {
    let extremes = |(low, high): (f64, f64), &x: &f64| (low.min(x), high.max(x));
    let (low, high) = samples.iter().fold((f64::INFINITY, f64::NEG_INFINITY), extremes);
    samples.iter().all(|x| x.is_finite())
        && high - low > ROUNDING * high.abs().max(low.abs())
}

/// The standard deviation with the divisor n, as tolerances are given in; `None` for
/// samples that are not all finite or do not vary, and where their squares leave the
/// range of numbers.
pub fn deviation(samples: &[f64]) -> Option<f64> {
    let mean = mean(samples).filter(|_| varies(samples))?;
    let squares = sum_of(samples, |x| (x - mean) * (x - mean));
    Some((squares / samples.len() as f64).sqrt())
        .filter(|spread| spread.is_finite() && *spread > 0.0)
}

/// The samples with mean 0 and standard deviation 1 (divisor n − 1); `None` where
/// [`deviation`] is.
pub fn standardised(samples: &[f64]) -> Option<Vec<f64>> {
    deviation(samples)?;
    let mean = mean(samples)?;
    let spread = standard_deviation(samples)?;
    Some(samples.iter().map(|x| (x - mean) / spread).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsp::random::normals;

    fn any_samples() -> impl Strategy<Value = Vec<f64>> {
        let sizes = [0.0, 1e-308, 1e-150, 1e-20, 1.0, 1e20, 1e150, 1e308];
        let sized = |size: f64| {
            prop::collection::vec((-1.0..1.0_f64).prop_map(move |x| size * x), 0..70)
        };
        let extreme = prop::sample::select(vec![
            -1e150,
            1e150,
            1e-150,
            0.0,
            1.0,
            f64::MAX,
            f64::MIN,
            f64::INFINITY,
        ]);
        prop_oneof![
            prop::sample::select(sizes.to_vec()).prop_flat_map(sized),
            prop::collection::vec(extreme, 0..60),
            prop::collection::vec(any::<f64>(), 0..40),
        ]
    }

    proptest! {
        #[test]
        fn every_index_is_a_number_or_nothing(
            samples in any_samples(),
            length in 0..6_usize,
            share in 0.0..2.0_f64,
        ) {
            let spread = deviation(&samples).unwrap_or(1.0);
            let is_fine = |index: Option<f64>| index.is_none_or(f64::is_finite);
            let similarity = if length % 2 == 0 { Similarity::Relative } else { Similarity::Plain };
            let tolerance = share * spread;
            let fuzzy = FuzzyEntropy { dimension: length, tolerance, exponent: 2.0, similarity };
            prop_assert!(is_fine(sample_entropy(&samples, length, tolerance)));
            prop_assert!(is_fine(fuzzy.measure(&samples)));
            prop_assert!(is_fine(dfa_exponent(&samples, &dfa_scales(samples.len()))));
            prop_assert!(is_fine(dfa_exponent(&samples, &[3, 4, 5, 7])));
            prop_assert!(is_fine(higuchi_dimension(&samples, length)));
            let settings =
                RecurrencePlot {
                    dimension: length,
                    delay: 1,
                    radius: share,
                    theiler: 1,
                    shortest_line: 2,
                };
            if let Some(lines) = settings.measure(&samples) {
                prop_assert!(lines.recurrence_rate().is_finite());
                prop_assert!(lines.points_in_lines() <= lines.points);
                prop_assert!(is_fine(lines.determinism()));
                prop_assert!(is_fine(lines.mean_length()) && is_fine(lines.entropy()));
            }
        }
    }

    #[test]
    fn what_does_not_vary_has_no_deviation() {
        for samples in [
            &[][..],
            &[1.0],
            &[0.1; 9],
            &[0.0, f64::NAN],
            &[0.0, f64::INFINITY],
            &[1e200, -1e200],
        ] {
            assert_eq!(
                (deviation(samples), standardised(samples)),
                (None, None),
                "{samples:?}"
            );
        }
        assert_eq!(deviation(&[1.0, 1.0 + f64::EPSILON]), None);
        assert_eq!(deviation(&[1.0, 3.0]), Some(1.0));
    }

    #[test]
    fn standardised_samples_have_deviation_1() {
        let samples: Vec<f64> = normals(3, 500).iter().map(|z| 7.0 + 1e-5 * z).collect();
        let found = standardised(&samples).unwrap();
        assert!(
            mean(&found).unwrap().abs() < 1e-9
                && (standard_deviation(&found).unwrap() - 1.0).abs() < 1e-9
        );
    }
}
