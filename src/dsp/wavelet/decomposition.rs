//! A signal as details of several scales and a rest.

use super::Wavelet;
use super::bank::{Splitter, join};

/// The details of a signal at levels 1, 2, … and the approximation that is left. Level
/// `j` holds about the frequencies from `rate/2^(j+1)` to `rate/2^j`, one value for every
/// `2^j` samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    wavelet: Wavelet,
    samples: usize,
    details: Vec<Vec<f64>>,
    approximation: Vec<f64>,
}

/// Decomposes samples (without `NaN`) as `pywt.wavedec(samples, wavelet,
/// mode='periodization', level=levels)`. No samples have no details; there may be more
/// levels than a signal of this length has scales, as in PyWavelets, and their details
/// are small.
///
/// ```
/// use soleus::dsp::wavelet::{Wavelet, decompose};
///
/// let samples = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0];
/// let parts = decompose(&samples, Wavelet::Sym5, 2);
/// let details = [parts.detail(1).len(), parts.detail(2).len()];
/// assert_eq!((details, parts.approximation().len()), ([4, 2], 2));
/// let energy = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
/// let even: f64 = energy(&samples) + 4.0; // the last sample stands twice
/// let parted = energy(parts.detail(1)) + energy(parts.detail(2)) + energy(parts.approximation());
/// assert!((even - parted).abs() < 1e-12);
/// for (sample, joined) in samples.iter().zip(parts.reconstruct()) {
///     assert!((sample - joined).abs() < 1e-12);
/// }
/// ```
pub fn decompose(samples: &[f64], wavelet: Wavelet, levels: usize) -> Decomposition {
    let mut splitter = Splitter::default();
    let mut details = Vec::with_capacity(levels);
    let (mut approximation, high) = (samples.to_vec(), wavelet.high_pass());
    for _ in 0..levels {
        splitter.load(&approximation);
        let mut detail = Vec::new();
        splitter.filter(&high, &mut detail);
        splitter.filter(wavelet.low_pass(), &mut approximation);
        details.push(detail);
    }
    Decomposition { wavelet, samples: samples.len(), details, approximation }
}

impl Decomposition {
    /// How many levels of details there are.
    pub fn levels(&self) -> usize {
        self.details.len()
    }

    /// The details of a level from 1 on; nothing for levels that there are not.
    pub fn detail(&self, level: usize) -> &[f64] {
        level
            .checked_sub(1)
            .and_then(|place| self.details.get(place))
            .map_or(&[], Vec::as_slice)
    }

    /// What is left: the samples themselves when there are no levels.
    pub fn approximation(&self) -> &[f64] {
        &self.approximation
    }

    /// The level whose details have the most energy (squares' sum), the lowest of equals;
    /// `None` without energy.
    pub fn strongest(&self) -> Option<usize> {
        let energies =
            self.details.iter().map(|detail| super::indices::energy(detail)).enumerate();
        let higher = |best: (usize, f64), next: (usize, f64)| {
            if next.1 > best.1 { next } else { best }
        };
        energies
            .reduce(higher)
            .filter(|(_, energy)| *energy > 0.0)
            .map(|(place, _)| place + 1)
    }

    /// The part of the signal that one level's details make, as long as the signal
    /// (`pywt.waverec` with all other coefficients 0); nothing for levels that there are
    /// not.
    pub fn band(&self, level: usize) -> Vec<f64> {
        if self.detail(level).is_empty() {
            return Vec::new();
        }
        let nothing = vec![0.0; self.approximation.len()];
        self.joined(nothing, |other| other == level)
    }

    /// The signal again. (`pywt.waverec` has one sample more where their number is odd.)
    pub fn reconstruct(&self) -> Vec<f64> {
        self.joined(self.approximation.clone(), |_| true)
    }

    fn joined(&self, mut samples: Vec<f64>, counts: impl Fn(usize) -> bool) -> Vec<f64> {
        for level in (1..=self.levels()).rev() {
            let details = self.detail(level);
            // An odd number was made even by a repeated value, which is dropped.
            samples.truncate(details.len());
            let nothing =
                if counts(level) { Vec::new() } else { vec![0.0; details.len()] };
            samples = join(
                self.wavelet,
                &samples,
                if counts(level) { details } else { &nothing },
            );
        }

        samples.truncate(self.samples);
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn bands_and_approximation_add_up_to_the_signal() {
        for n in [0, 1, 2, 3, 7, 8, 10, 37, 64, 1001] {
            for wavelet in [Wavelet::Sym5, Wavelet::Db5] {
                let samples = normals(n as u64, n);
                let parts = decompose(&samples, wavelet, 5);
                assert_eq!((parts.levels(), parts.reconstruct().len()), (5, n));
                for (sample, back) in samples.iter().zip(parts.reconstruct()) {
                    assert!((sample - back).abs() < 1e-12, "{n}: {sample} {back}");
                }
                let smooth = Decomposition {
                    details: parts.details.iter().map(|d| vec![0.0; d.len()]).collect(),
                    ..parts.clone()
                };
                let mut sum = smooth.reconstruct();
                for level in 1..=5 {
                    sum.iter_mut()
                        .zip(parts.band(level))
                        .for_each(|(sum, value)| *sum += value);
                }
                assert!(
                    samples
                        .iter()
                        .zip(sum)
                        .all(|(sample, sum)| (sample - sum).abs() < 1e-12),
                    "{n}"
                );
            }
        }
    }

    #[test]
    fn levels_that_there_are_not() {
        let parts = decompose(&[1.0, 2.0, 3.0], Wavelet::Db5, 1);
        assert!(parts.detail(0).is_empty() && parts.detail(2).is_empty());
        assert!(parts.band(0).is_empty() && parts.band(2).is_empty());
        let none = decompose(&[1.0, 2.0, 3.0], Wavelet::Db5, 0);
        assert_eq!(
            (none.approximation(), none.strongest()),
            (&[1.0, 2.0, 3.0][..], None)
        );
        assert_eq!(decompose(&[], Wavelet::Sym5, 5).strongest(), None);
        assert_eq!(decompose(&[0.0; 64], Wavelet::Sym5, 5).strongest(), None);
    }
}
