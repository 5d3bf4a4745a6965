//! Spectra of one stretch under several tapers (Thomson 1982), the sine tapers of Riedel
//! & Sidorenko (1995).

use std::f64::consts::PI;

use super::fourier::{Complex, Fourier};
use super::spectrum::{PowerSpectrum, add_powers};
use super::sums::sum_of;

/// Estimates power spectra of stretches of one length as the mean over `K` orthogonal
/// tapers of equal weight. Their variance is about that of a periodogram over `K`; a line
/// is smeared over about `(K + 1)/2` frequencies to either side. Plans and buffers are
/// kept between calls.
pub struct Multitaper {
    length: usize,
    /// One taper after another.
    tapers: Vec<f64>,
    scale: f64,
    fourier: Fourier,
    demeaned: Vec<f64>,
    transform: Vec<Complex>,
    spectrum: PowerSpectrum,
}

impl Multitaper {
    /// For stretches of `length` samples at `rate_hz` and a number of tapers (at least
    /// one, at most `length`).
    pub fn new(tapers: usize, length: usize, rate_hz: f64) -> Self {
        let count = tapers.clamp(1, length.max(1));
        Self {
            length,
            tapers: (1..=count).flat_map(|k| sine_taper(k, length)).collect(),
            scale: 1.0 / (rate_hz * count as f64),
            fourier: Fourier::new(),
            demeaned: Vec::with_capacity(length),
            transform: Vec::new(),
            spectrum: PowerSpectrum {
                spacing_hz: rate_hz / length.max(1) as f64,
                density: Vec::new(),
            },
        }
    }

    /// The spectrum of a stretch (without `NaN`), its mean removed, lent until the next
    /// call: one-sided, at the frequencies of the periodogram and scaled like it, so that
    /// its sum times the spacing is close to the mean square. `None` for any other length
    /// than that of the estimator, and for none.
    ///
    /// ```
    /// use soleus::dsp::multitaper::Multitaper;
    ///
    /// let mut multitaper = Multitaper::new(3, 64, 64.0);
    /// let alternating: Vec<f64> = (0..64).map(|k| f64::from(k % 2)).collect();
    /// let spectrum = multitaper.estimate(&alternating);
    /// // The mean square about the mean is 0.25, in the three highest frequencies of 33.
    /// assert!(spectrum.is_some_and(|found| (found.power(30.0, 32.0) - 0.25).abs() < 0.02));
    /// assert!(multitaper.estimate(&alternating[1..]).is_none());
    /// ```
    pub fn estimate(&mut self, samples: &[f64]) -> Option<&PowerSpectrum> {
        if samples.is_empty() || samples.len() != self.length {
            return None;
        }

        let mean = sum_of(samples, |sample| sample) / samples.len() as f64;
        self.demeaned.clear();
        self.demeaned.extend(samples.iter().map(|sample| sample - mean));
        self.spectrum.density.clear();
        self.spectrum.density.resize(self.length / 2 + 1, 0.0);

        for taper in self.tapers.chunks_exact(self.length) {
            let tapered =
                self.demeaned.iter().zip(taper).map(|(sample, weight)| sample * weight);
            self.fourier.spectrum_of(tapered, &mut self.transform);
            add_powers(
                &self.transform,
                self.length,
                self.scale,
                &mut self.spectrum.density,
            );
        }

        Some(&self.spectrum)
    }
}

/// The `k`-th sine taper, `k` = 1, 2, …, of `n` weights: `√(2/(n+1)) sin(πk(i+1)/(n+1))`.
/// Their squares' sum is 1.
pub fn sine_taper(k: usize, n: usize) -> impl Iterator<Item = f64> {
    let whole = (n + 1) as f64;
    let scale = (2.0 / whole).sqrt();
    (1..=n).map(move |i| scale * libm::sin(PI * (k * i) as f64 / whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn tapers_are_orthonormal() {
        let tapers: Vec<Vec<f64>> =
            (1..=5).map(|k| sine_taper(k, 37).collect()).collect();
        for (i, a) in tapers.iter().enumerate() {
            for (j, b) in tapers.iter().enumerate() {
                let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-14, "{i} {j}");
            }
        }
    }

    #[test]
    fn the_power_is_close_to_the_variance() {
        for n in [500, 501] {
            let samples = normals(7, n);
            let mean = samples.iter().sum::<f64>() / n as f64;
            let variance =
                samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let mut multitaper = Multitaper::new(7, n, 1000.0);
            let power = multitaper.estimate(&samples).unwrap().power(0.0, 500.0);
            assert!((power / variance - 1.0).abs() < 0.1, "{n}: {power} {variance}");
        }
    }

    #[test]
    fn lengths_that_cannot_be() {
        assert!(Multitaper::new(3, 0, 1000.0).estimate(&[]).is_none());
        assert!(Multitaper::new(3, 2, 1000.0).estimate(&[1.0]).is_none());
        assert_eq!(
            Multitaper::new(0, 1, 1000.0).estimate(&[4.0]).unwrap().density,
            [0.0]
        );
        assert_eq!(
            Multitaper::new(9, 4, 1000.0).estimate(&[4.0; 4]).unwrap().density,
            [0.0; 3]
        );
    }
}
