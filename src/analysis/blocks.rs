//! Sums over blocks of time.

use std::ops::Range;

use crate::dsp::sums::sums_of;

/// Values that fall into blocks of equal length from the first sample on, summed block by
/// block.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Blocks {
    pub(super) sums: Vec<f64>,
    pub(super) counts: Vec<f64>,
}

impl Blocks {
    /// Sums of functions of the samples over blocks of `length` samples. Only the samples
    /// of the `kept` stretches count, none of which is a gap.
    pub(super) fn sum<const N: usize>(
        samples: &[f64],
        kept: &[Range<usize>],
        length: usize,
        values: impl Fn(f64) -> [f64; N] + Copy,
    ) -> [Self; N] {
        let length = length.max(1);
        let mut sums = vec![[0.0; N]; samples.len().div_ceil(length)];
        let mut counts = vec![0.0; sums.len()];
        for stretch in kept.iter().filter(|stretch| !stretch.is_empty()) {
            for block in stretch.start / length..=(stretch.end - 1) / length {
                let part = stretch.start.max(block * length)
                    ..stretch.end.min((block + 1) * length);
                counts[block] += part.len() as f64;
                let found = sums_of(&samples[part], values);
                sums[block].iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
            }
        }
        std::array::from_fn(|k| Self {
            sums: sums.iter().map(|sums| sums[k]).collect(),
            counts: counts.clone(),
        })
    }

    pub(super) fn mean(&self) -> Option<f64> {
        let count: f64 = self.counts.iter().sum();
        (count > 0.0).then(|| self.sums.iter().sum::<f64>() / count)
    }

    /// How many blocks hold anything.
    pub(super) fn filled(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0.0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::gaps::stretches;
    use crate::dsp::random::normals;

    #[test]
    fn blocks_are_the_sums_of_what_is_there() {
        let mut samples = normals(4, 1003);
        samples[40..260].fill(f64::NAN);
        samples[999..].fill(f64::NAN);
        for length in [1, 7, 100, 1003, 5000] {
            let [squares, magnitudes] =
                Blocks::sum(&samples, &stretches(&samples), length, |x| [x * x, x.abs()]);
            for (k, block) in samples.chunks(length).enumerate() {
                let there = || block.iter().filter(|sample| !sample.is_nan());
                assert_eq!(squares.counts[k], there().count() as f64);
                assert!(
                    (squares.sums[k] - there().map(|x| x * x).sum::<f64>()).abs() < 1e-10
                );
                assert!(
                    (magnitudes.sums[k] - there().map(|x| x.abs()).sum::<f64>()).abs()
                        < 1e-10
                );
            }
        }
        let [none] = Blocks::sum(&[], &[], 0, |x| [x]);
        assert_eq!((none.mean(), none.filled()), (None, 0));
    }
}
