//! Fuzzy entropy (Chen et al. 2007): sample entropy with similarity by degrees.
//!
//! Every pair of templates counts, but far ones count nothing: templates are sorted by
//! their first value, and a pair whose first values alone make its similarity less than
//! 2^(−80), 1e-24, is left out. Similarities are computed to 2e-14 of their value, so
//! that for mean similarities above 1e-10 the entropy differs from that of the plain
//! double loop by less than 1e-13 (4e-14 for the powers of both lengths, 1e-14 for what
//! is left out, the rest for the sums).
//!
//! For m = 2 and p = 2, what is usual, the pairs need not be looked at at all (see
//! `gaussian_sums`). Those sums have an error below 1e-14 for each pair, so that they are
//! used where the mean similarity is above 0.003 and the entropy is precise to 1e-11 (to
//! 1e-13 in what was tried); the other way takes over where it is not.

use std::array::from_fn;

use super::exponential::{LANES, halved};
use super::gaussian_sums::{along_line, in_plane};
use crate::dsp::sums::sum_of;

/// So many templates at the end are infinitely far from all others, so that eight can
/// always be compared.
const PADDING: usize = LANES - 1;
/// Fewer templates than this are compared pair by pair sooner.
const FEWEST: usize = 300;
/// The mean similarity from which on sums without pairs are precise.
const SIMILAR: f64 = 3e-3;
/// Similarities below 2 to the minus this are left out.
const BITS: f64 = 80.0;

/// How fuzzy entropy is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FuzzyEntropy {
    /// The length m of the shorter templates, 1 and above; usually 2.
    pub dimension: usize,
    /// The tolerance r in the unit of the samples, above 0; usually 0.2 of their standard
    /// deviation.
    pub tolerance: f64,
    /// The exponent p, above 0; usually 2. Others than 1 and 2 take several times as
    /// long, and those below 1 make much of the rounding of small distances.
    pub exponent: f64,
    /// The formula of the similarity.
    pub similarity: Similarity,
}

/// The similarity of two templates at the Chebyshev distance d.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Similarity {
    /// `e^(−(d/r)^p)`: does not depend on the unit of the samples (Chen et al. 2007).
    #[default]
    Relative,
    /// `e^(−d^p/r)`, as EntropyHub and LibEMG have it: depends on the unit of the
    /// samples.
    Plain,
}

impl FuzzyEntropy {
    /// Fuzzy entropy in nats: ln(φ(m)/φ(m + 1)), where φ is the mean similarity of all
    /// pairs of different templates with their local means removed, N − m of either
    /// length.
    ///
    /// `None` for fewer than m + 2 samples, for samples that are not all finite, settings
    /// outside their ranges, and when no templates are similar (all similarities below
    /// 1e-24).
    pub fn measure(&self, samples: &[f64]) -> Option<f64> {
        let Self { dimension, tolerance, exponent, .. } = *self;
        let finite = tolerance.is_finite()
            && exponent.is_finite()
            && samples.iter().all(|x| x.is_finite());
        let enough = dimension > 0 && samples.len() >= dimension.checked_add(2)?;
        if !(finite && enough && tolerance > 0.0 && exponent > 0.0) {
            return None;
        }
        let [shorter, longer] =
            [dimension, dimension + 1].map(|length| self.total(samples, length));
        Some(libm::log(shorter? / longer?)).filter(|entropy| entropy.is_finite())
    }

    /// The sum of all similarities of templates of a length; `None` where distances are
    /// no numbers.
    fn total(&self, samples: &[f64], length: usize) -> Option<f64> {
        let coordinates = self.coordinates(samples, length)?;
        let count = coordinates[0].len() - PADDING;
        let points = |k: usize| &coordinates[k][..count];
        let without_pairs = match (self.exponent, length) {
            _ if self.dimension != 2 || count < FEWEST => None,
            (2.0, 2) => along_line(points(0)),
            (2.0, 3) => in_plane(points(0), points(1)),
            _ => None,
        };

        if let Some(total) = without_pairs
            .filter(|total| *total > SIMILAR * (count * (count - 1) / 2) as f64)
        {
            return Some(total);
        }

        Some(match self.exponent {
            2.0 => total(&coordinates, BITS.sqrt(), |d| d * d),
            1.0 => total(&coordinates, BITS, |d| d),
            p => total(&coordinates, libm::pow(BITS, 1.0 / p), |d| libm::pow(d, p)),
        })
    }

    /// The templates without their means, sorted by their first sample: one vector for
    /// each sample of a template. They are scaled so that the similarity is 2^(−d^p).
    fn coordinates(&self, samples: &[f64], length: usize) -> Option<Vec<Vec<f64>>> {
        let root = 1.0 / self.exponent;
        let unit = match self.similarity {
            Similarity::Relative => self.tolerance,
            Similarity::Plain => libm::pow(self.tolerance, root),
        };
        let scale = libm::pow(std::f64::consts::LOG2_E, root) / unit;
        let templates = samples.windows(length).take(samples.len() - self.dimension);
        let means: Vec<f64> =
            templates.map(|template| sum_of(template, |x| x) / length as f64).collect();
        let first = |at: usize| (samples[at] - means[at]) * scale;
        let mut order: Vec<(f64, usize)> =
            (0..means.len()).map(|at| (first(at), at)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));

        // The two samples of a pair are as far from their mean: one says it all.
        let told = if length == 2 { 1 } else { length };
        let coordinate = |k: usize| {
            order.iter().map(|&(_, at)| (samples[at + k] - means[at]) * scale).collect()
        };
        let mut coordinates: Vec<Vec<f64>> = (0..told).map(coordinate).collect();
        if !coordinates.iter().flatten().all(|x| x.is_finite()) {
            return None;
        }

        coordinates.iter_mut().for_each(|coordinate| {
            coordinate.resize(means.len() + PADDING, f64::INFINITY)
        });
        Some(coordinates)
    }
}

/// The sum of `2^(−power(d))` over all pairs whose first coordinates are not further
/// apart than `reach`.
fn total(coordinates: &[Vec<f64>], reach: f64, power: impl Fn(f64) -> f64 + Copy) -> f64 {
    match coordinates {
        // With the number of coordinates known, they stay in registers.
        [a] => total_of(&[a], reach, power),
        [a, b, c] => total_of(&[a, b, c], reach, power),
        [a, b, c, d] => total_of(&[a, b, c, d], reach, power),
        many => total_of(&many.iter().collect::<Vec<_>>(), reach, power),
    }
}

#[inline(always)]
fn total_of(
    coordinates: &[&Vec<f64>],
    reach: f64,
    power: impl Fn(f64) -> f64 + Copy,
) -> f64 {
    let first = coordinates[0];
    let (mut end, mut total) = (0, 0.0);
    for i in 0..first.len() - PADDING {
        while end < first.len() - PADDING && first[end] - first[i] <= reach {
            end += 1;
        }
        let mut lanes = [0.0; LANES];
        for from in (i + 1..end).step_by(LANES) {
            let mut distances = [0.0; LANES];
            for coordinate in coordinates {
                distances = farther(distances, &coordinate[from..], coordinate[i]);
            }
            let similarities = halved(distances.map(power));
            lanes = from_fn(|lane| lanes[lane] + similarities[lane]);
        }
        total += sum_of(&lanes, |lane| lane);
    }

    total
}

/// The larger of each distance and that along one more coordinate.
#[inline(always)]
fn farther(distances: [f64; LANES], others: &[f64], own: f64) -> [f64; LANES] {
    let (others, _) = others.as_chunks::<LANES>();
    from_fn(|lane| {
        let along = (others[0][lane] - own).abs();
        if along > distances[lane] { along } else { distances[lane] }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsp::random::normals;

    const STANDARD: FuzzyEntropy = FuzzyEntropy {
        dimension: 2,
        tolerance: 0.2,
        exponent: 2.0,
        similarity: Similarity::Relative,
    };

    /// The definition, in a double loop with the exponential of the library.
    fn plain(settings: &FuzzyEntropy, samples: &[f64]) -> f64 {
        let FuzzyEntropy { dimension: m, tolerance: r, exponent: p, similarity } =
            *settings;
        let similarity_of = |length: usize| {
            let centred = |template: &[f64]| {
                let mean = template.iter().sum::<f64>() / length as f64;
                template.iter().map(|x| x - mean).collect::<Vec<f64>>()
            };
            let templates: Vec<Vec<f64>> =
                samples.windows(length).take(samples.len() - m).map(centred).collect();
            let similar = |one: &[f64], other: &[f64]| {
                let d = one
                    .iter()
                    .zip(other)
                    .fold(0.0, |d: f64, (a, b)| d.max((a - b).abs()));
                match similarity {
                    Similarity::Relative => libm::exp(-libm::pow(d / r, p)),
                    Similarity::Plain => libm::exp(-libm::pow(d, p) / r),
                }
            };
            // Row by row: one long sum is off by more than what is tested.
            let row = |i: usize| {
                templates[i + 1..]
                    .iter()
                    .map(|other| similar(&templates[i], other))
                    .sum::<f64>()
            };
            (0..templates.len()).map(row).sum::<f64>()
        };
        let (shorter, longer) = (similarity_of(m), similarity_of(m + 1));
        // Templates that are hardly alike at all are beyond what is promised.
        if longer > 1e-12 { libm::log(shorter / longer) } else { f64::NAN }
    }

    #[test]
    fn what_has_no_entropy() {
        let noise = normals(1, 50);
        assert_eq!(STANDARD.measure(&noise[..3]), None);
        assert!(STANDARD.measure(&noise).is_some());
        for settings in [
            FuzzyEntropy { dimension: 0, ..STANDARD },
            FuzzyEntropy { dimension: usize::MAX, ..STANDARD },
            FuzzyEntropy { tolerance: 0.0, ..STANDARD },
            FuzzyEntropy { tolerance: f64::NAN, ..STANDARD },
            FuzzyEntropy { tolerance: 1e-300, ..STANDARD },
            FuzzyEntropy { exponent: -1.0, ..STANDARD },
            FuzzyEntropy { exponent: f64::INFINITY, ..STANDARD },
        ] {
            assert_eq!(settings.measure(&noise), None, "{settings:?}");
        }
        assert_eq!(STANDARD.measure(&[1.0, 2.0, f64::NAN, 3.0, 4.0]), None);
        assert_eq!(STANDARD.measure(&[]), None);
        let spread: Vec<f64> = noise.iter().map(|x| 1e150 * x).collect();
        assert_eq!(STANDARD.measure(&spread), None);
    }

    #[test]
    fn a_constant_has_0() {
        assert_eq!(STANDARD.measure(&[0.3; 40]), Some(0.0));
    }

    #[test]
    fn the_unit_matters_to_one_formula_alone() {
        let (volts, millivolts) = (
            normals(2, 300),
            normals(2, 300).iter().map(|x| 1e3 * x).collect::<Vec<_>>(),
        );
        let with = |similarity, samples: &[f64], tolerance| {
            FuzzyEntropy { similarity, tolerance, ..STANDARD }.measure(samples).unwrap()
        };
        let relative = with(Similarity::Relative, &volts, 0.2)
            - with(Similarity::Relative, &millivolts, 200.0);
        assert!(relative.abs() < 1e-12, "{relative}");
        assert!(
            (with(Similarity::Plain, &volts, 0.2)
                - with(Similarity::Plain, &millivolts, 200.0))
            .abs()
                > 0.1
        );
    }

    #[test]
    fn sums_without_pairs_are_those_of_all_pairs() {
        let quantised = |step: f64, seed| {
            normals(seed, 400).iter().map(|x| (x / step).round() * step).collect()
        };
        let smooth: Vec<f64> =
            normals(6, 900).windows(5).map(|part| part.iter().sum()).collect();
        let mut spikes = normals(7, 500);
        spikes.iter_mut().step_by(97).for_each(|x| *x *= 40.0);
        let ramp = (0..500).map(|k| 0.01 * f64::from(k)).collect();
        for samples in
            [normals(3, 600), quantised(0.1, 4), quantised(0.7, 5), smooth, spikes, ramp]
        {
            for tolerance in [0.05, 0.2, 1.0, 5.0] {
                let settings = FuzzyEntropy { tolerance, ..STANDARD };
                let (found, expected) =
                    (settings.measure(&samples).unwrap(), plain(&settings, &samples));
                assert!(
                    (found - expected).abs() <= 1e-12 * expected.max(1.0),
                    "{found} {expected} {tolerance}"
                );
            }
        }
    }

    fn any_samples() -> impl Strategy<Value = Vec<f64>> {
        let few = prop::sample::select(vec![-1.0, -0.5, 0.0, -0.0, 0.1, 0.2, 0.3, 1.0]);
        prop_oneof![
            prop::collection::vec(few, 6..80),
            prop::collection::vec(-2.0..2.0_f64, 6..120),
            (any::<u64>(), 6..150_usize).prop_map(|(seed, n)| normals(seed, n)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn what_is_left_out_makes_no_difference(
            samples in any_samples(),
            dimension in 1..5_usize,
            tolerance in 0.1..2.0_f64,
            exponent in prop_oneof![Just(2.0), Just(1.0), Just(3.0), 1.0..4.0_f64],
            similarity in prop::sample::select(vec![Similarity::Relative, Similarity::Plain]),
        ) {
            let settings = FuzzyEntropy { dimension, tolerance, exponent, similarity };
            let expected = plain(&settings, &samples);
            prop_assume!(expected.is_finite());
            let found = settings.measure(&samples).unwrap();
            let near = 1e-12 * expected.abs().max(1.0);
            prop_assert!((found - expected).abs() <= near, "{found} {expected}");
        }

        #[test]
        fn it_is_a_number_or_nothing(
            samples in prop::collection::vec(any::<f64>(), 0..40),
            dimension in 0..4_usize,
            tolerance in any::<f64>(),
            exponent in any::<f64>(),
        ) {
            let similarity = Similarity::Plain;
            let settings = FuzzyEntropy { dimension, tolerance, exponent, similarity };
            prop_assert!(settings.measure(&samples).is_none_or(f64::is_finite));
        }
    }
}
