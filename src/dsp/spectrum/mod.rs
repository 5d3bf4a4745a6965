//! Power spectra and what is read from them.
//!
//! A [`PowerSpectrum`] is a one-sided power spectral density; a [`SpectrumBand`] of it gives
//! moments, mean and median frequency and the other indices. The densities are those of
//! `scipy.signal.periodogram` and `scipy.signal.welch` (Welch 1967): `|X|² / (rate · Σ
//! window²)`, doubled except at 0 Hz and at half the sampling rate, so that their sum
//! times the spacing is the mean square.

mod band;
mod entropy;
mod estimator;
mod moments;
mod window;

pub use band::{BandIndices, MedianRule, SpectrumBand};
pub(in crate::dsp) use estimator::add_powers;
pub use estimator::{Averaging, Estimator, Segments, median_bias, periodogram};
pub use moments::Moments;
use moments::ratio;
pub use window::Window;

/// A one-sided power spectral density.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerSpectrum {
    /// The distance of two frequencies, in hertz.
    pub spacing_hz: f64,
    /// The density at 0, 1, 2, … times the spacing: squared unit of the samples per
    /// hertz.
    pub density: Vec<f64>,
}

impl PowerSpectrum {
    /// The frequency of a value, in hertz.
    pub fn frequency(&self, k: usize) -> f64 {
        k as f64 * self.spacing_hz
    }

    /// The values from `low_hz` to `high_hz`, both included; empty when no frequency lies
    /// between them.
    pub fn band(&self, low_hz: f64, high_hz: f64) -> SpectrumBand<'_> {
        // A hair of tolerance, so that 10 Hz is in the band from 10 Hz whatever the
        // spacing's rounding.
        let first = (low_hz / self.spacing_hz - 1e-9).ceil().max(0.0) as usize;
        let end = ((high_hz / self.spacing_hz + 1e-9).floor().max(-1.0) + 1.0) as usize;
        let end = end.min(self.density.len());
        let first = first.min(end);
        SpectrumBand {
            first,
            spacing_hz: self.spacing_hz,
            density: &self.density[first..end],
        }
    }

    /// The power between two frequencies, both included: squared unit of the samples.
    pub fn power(&self, low_hz: f64, high_hz: f64) -> f64 {
        self.band(low_hz, high_hz).moment(0)
    }
    /// The power of a lower band over that of a higher one (both ends in hertz and
    /// included), such as 15–45 over 95–500 Hz: it grows as conduction slows. `None` when
    /// the higher band has no power. Moxham et al. (1982) took the inverse.
    ///
    /// ```
    /// use soleus::dsp::spectrum::PowerSpectrum;
    ///
    /// let spectrum = PowerSpectrum { spacing_hz: 10.0, density: vec![0.0, 3.0, 0.0, 2.0] };
    /// assert_eq!(spectrum.frequency_ratio((5.0, 15.0), (25.0, 35.0)), Some(1.5));
    /// assert_eq!(spectrum.frequency_ratio((5.0, 15.0), (35.0, 90.0)), None);
    /// ```
    pub fn frequency_ratio(&self, low: (f64, f64), high: (f64, f64)) -> Option<f64> {
        ratio(self.power(low.0, low.1), self.power(high.0, high.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lent_spectrum_is_made_anew_each_time() {
        for (n, window) in [
            (1, Window::Boxcar),
            (2, Window::Hann),
            (9, Window::Hann),
            (1000, Window::Boxcar),
        ] {
            let samples = crate::dsp::random::normals(n as u64, n);
            let segments = Segments { length: n, overlap: 0, window, demean: true };
            let expected = Estimator::new(segments, 1000.0).welch([&samples[..]]);
            let mut estimator = Estimator::new(segments, 1000.0);
            for _ in 0..2 {
                assert_eq!(estimator.mean([&samples[..]]), expected.as_ref());
            }
            assert_eq!(estimator.mean([&samples[1..]]), None);
        }
    }

    #[test]
    fn the_power_of_a_periodogram_is_the_variance() {
        for n in [1_usize, 2, 9, 64, 1001] {
            let samples = crate::dsp::random::normals(3 + n as u64, n);
            let mean = samples.iter().sum::<f64>() / n as f64;
            let variance =
                samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let spectrum = periodogram(&samples, 500.0, Window::Boxcar).unwrap();
            assert!((spectrum.power(0.0, 250.0) - variance).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert!(periodogram(&[], 1000.0, Window::Hann).is_none());
        let silent = periodogram(&[2.0; 64], 1000.0, Window::Hann).unwrap();
        let band = silent.band(10.0, 450.0);
        assert_eq!(band.mean_frequency(), None);
        for rule in [MedianRule::Interpolated, MedianRule::Bin, MedianRule::Trapezoid] {
            assert_eq!((band.median_frequency(rule), band.indices(rule)), (None, None));
        }
        assert_eq!(
            (band.finsm(5), band.entropy(), band.peak_frequency()),
            (None, None, None)
        );
        assert!(silent.band(600.0, 700.0).is_empty());
        assert!(silent.band(20.0, 10.0).is_empty());
    }

    #[test]
    fn one_line_is_its_own_median() {
        let spectrum =
            PowerSpectrum { spacing_hz: 10.0, density: vec![0.0, 0.0, 4.0, 0.0] };
        for rule in [MedianRule::Interpolated, MedianRule::Bin, MedianRule::Trapezoid] {
            assert_eq!(spectrum.band(0.0, 30.0).median_frequency(rule), Some(20.0));
            assert_eq!(spectrum.band(20.0, 20.0).median_frequency(rule), Some(20.0));
        }
        assert_eq!(spectrum.band(0.0, 30.0).deformation(), Some(1.0));
    }

    #[test]
    fn compressing_the_spectrum_scales_the_indices() {
        // P(f/c)/c: mean and median × c, FInsm5 × c^-6 (methods §9), exact on a grid that
        // is compressed too.
        let density: Vec<f64> =
            (0..200).map(|k| f64::from(k) * (-f64::from(k) / 30.0).exp()).collect();
        let whole = PowerSpectrum { spacing_hz: 1.0, density: density.clone() };
        let pressed = PowerSpectrum { spacing_hz: 0.8, density };
        let ratio = |index: fn(&SpectrumBand<'_>) -> Option<f64>| {
            index(&pressed.band(0.0, 1e3)).unwrap()
                / index(&whole.band(0.0, 1e3)).unwrap()
        };
        assert!((ratio(|band| band.mean_frequency()) - 0.8).abs() < 1e-12);
        assert!(
            (ratio(|band| band.median_frequency(MedianRule::Interpolated)) - 0.8).abs()
                < 1e-12
        );
        assert!((ratio(|band| band.finsm(5)) - 3.814_697_265_625).abs() < 1e-10);
    }
}
