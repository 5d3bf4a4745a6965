//! The spectrum of surface EMG, and noise that has it.

use crate::dsp::fourier::{Complex, Fourier, frequencies};
use crate::dsp::random::normals;
use crate::units::Hertz;

/// The step of the integrals over a spectrum, in hertz.
const STEP_HZ: f64 = 0.1;
/// The compression may change by so much before noise is filtered anew.
const COMPRESSION_STEP: f64 = 0.01;

/// The power spectrum `f_h⁴ f² / ((f² + f_l²)(f² + f_h²)²)` (Shwedyk et al. 1977; Stulen
/// & De Luca 1981).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spectrum {
    /// The lower corner `f_l` in hertz.
    pub low_hz: f64,
    /// The upper corner `f_h` in hertz.
    pub high_hz: f64,
}

impl Spectrum {
    /// A spectrum as the soleus has it: a median frequency of about 74 Hz.
    pub const SOLEUS: Self = Self { low_hz: 40.0, high_hz: 100.0 };
    /// A spectrum as gastrocnemius and tibialis anterior have it: a median frequency of
    /// about 95 Hz.
    pub const GASTROCNEMIUS: Self = Self { low_hz: 60.0, high_hz: 120.0 };

    /// The density at a frequency, in no particular unit.
    pub fn density(self, hz: f64) -> f64 {
        let (f, low, high) =
            (hz * hz, self.low_hz * self.low_hz, self.high_hz * self.high_hz);
        high * high * f / ((f + low) * (f + high) * (f + high))
    }

    /// The spectrum when all frequencies are multiplied by `compression`: slower
    /// conduction.
    #[must_use]
    pub fn compressed(self, compression: f64) -> Self {
        Self { low_hz: self.low_hz * compression, high_hz: self.high_hz * compression }
    }

    /// Gaussian noise with this spectrum up to half the rate and an expected variance of 1.
    /// It is made in the frequency domain, so the spectrum is exact; its end continues in
    /// its beginning.
    pub fn noise(self, seed: u64, rate: Hertz, n: usize) -> Vec<f64> {
        let (mut fourier, mut white) = (Fourier::new(), Vec::new());
        fourier.spectrum(&normals(seed, n), &mut white);
        self.shaped(&mut fourier, &white, rate, n)
    }

    /// Noise whose spectrum is compressed by another factor at each sample, with variance
    /// 1 throughout.
    pub fn changing_noise(
        self,
        seed: u64,
        rate: Hertz,
        compressions: &[f64],
    ) -> Vec<f64> {
        let n = compressions.len();
        let (mut fourier, mut white) = (Fourier::new(), Vec::new());
        fourier.spectrum(&normals(seed, n), &mut white);

        let filters = CompressionSteps::new(compressions);
        let mut samples = vec![0.0; n];
        for step in 0..=filters.count {
            let compressed = self.compressed(filters.compression(step));
            let shaped = compressed.shaped(&mut fourier, &white, rate, n);
            // The same white noise under neighbouring filters: their mean has the
            // spectrum between them.
            let shaped = shaped.into_iter().zip(compressions);
            for (sample, (value, &compression)) in samples.iter_mut().zip(shaped) {
                *sample += value * filters.weight(step, compression);
            }
        }
        samples
    }

    fn shaped(
        self,
        fourier: &mut Fourier,
        white: &[Complex],
        rate: Hertz,
        n: usize,
    ) -> Vec<f64> {
        let densities: Vec<f64> =
            frequencies(n, rate.hz()).into_iter().map(|hz| self.density(hz)).collect();
        let twice = |k: usize| if k == 0 || 2 * k == n { 1.0 } else { 2.0 };
        let power = densities
            .iter()
            .enumerate()
            .map(|(k, density)| twice(k) * density)
            .sum::<f64>()
            / n.max(1) as f64;
        if power <= 0.0 {
            return vec![0.0; n];
        }
        let spectrum: Vec<Complex> = white
            .iter()
            .zip(&densities)
            .map(|(value, density)| value * (density / power).sqrt())
            .collect();
        fourier.samples(&spectrum, n)
    }
}

/// EMG and white noise as they stand in one recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    /// The spectrum of the EMG.
    pub spectrum: Spectrum,
    /// The power of the EMG up to half the sampling rate.
    pub power: f64,
    /// The power of the white noise up to half the sampling rate.
    pub noise_power: f64,
    /// Half the sampling rate in hertz.
    pub nyquist_hz: f64,
}

/// What the model says of a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// The mean frequency in hertz; `NaN` of silence.
    pub mean_hz: f64,
    /// The median frequency in hertz; `NaN` of silence.
    pub median_hz: f64,
    /// The power.
    pub power: f64,
}

impl Mixture {
    /// The mean frequency of the model within a band, in hertz; `NaN` of silence.
    pub fn mean_hz(&self, low_hz: f64, high_hz: f64) -> f64 {
        self.through(low_hz, high_hz, |_| 1.0).mean_hz
    }

    /// The median frequency of the model within a band, in hertz; `NaN` of silence.
    pub fn median_hz(&self, low_hz: f64, high_hz: f64) -> f64 {
        self.through(low_hz, high_hz, |_| 1.0).median_hz
    }

    /// What is expected within a band behind filters whose gain at a frequency in hertz
    /// is given.
    pub fn through(
        &self,
        low_hz: f64,
        high_hz: f64,
        gain: impl Fn(f64) -> f64,
    ) -> Expected {
        let mut densities = self.densities(low_hz, high_hz);
        densities.iter_mut().for_each(|(hz, density)| *density *= gain(*hz).powi(2));
        let total: f64 = densities.iter().map(|(_, density)| density).sum();
        let mean_hz =
            densities.iter().map(|(hz, density)| hz * density).sum::<f64>() / total;
        Expected {
            mean_hz,
            median_hz: median(&densities, total / 2.0),
            power: total * STEP_HZ,
        }
    }

    /// The densities at the middles of narrow steps.
    fn densities(&self, low_hz: f64, high_hz: f64) -> Vec<(f64, f64)> {
        let middles = |low: f64, high: f64| {
            let steps = ((high - low) / STEP_HZ).round().max(0.0) as usize;
            (0..steps).map(move |i| low + (i as f64 + 0.5) * STEP_HZ)
        };
        let total = middles(0.0, self.nyquist_hz)
            .map(|hz| self.spectrum.density(hz))
            .sum::<f64>()
            * STEP_HZ;
        let floor = self.noise_power / self.nyquist_hz;
        middles(low_hz, high_hz)
            .map(|hz| (hz, self.power * self.spectrum.density(hz) / total + floor))
            .collect()
    }
}

/// The frequency below which the densities of narrow steps add up to `half`.
fn median(densities: &[(f64, f64)], half: f64) -> f64 {
    let mut below = 0.0;
    for &(hz, density) in densities {
        if density > 0.0 && below + density >= half {
            return hz + STEP_HZ * ((half - below) / density - 0.5);
        }
        below += density;
    }
    f64::NAN
}

/// Evenly spaced compressions from the least to the most, for which filters are made.
struct CompressionSteps {
    low: f64,
    high: f64,
    count: usize,
}

impl CompressionSteps {
    fn new(compressions: &[f64]) -> Self {
        let low = compressions.iter().copied().fold(f64::INFINITY, f64::min);
        let high = compressions.iter().copied().fold(0.0, f64::max);
        let count = ((high - low) / COMPRESSION_STEP).ceil().max(0.0) as usize;
        Self { low, high, count }
    }

    /// The compression of a step, counted from 0.
    fn compression(&self, step: usize) -> f64 {
        let Self { low, high, count } = *self;
        if count == 0 {
            return low;
        }
        low + (high - low) * step as f64 / count as f64
    }

    /// How much of a step's noise belongs to a compression: 1 where they are equal, 0
    /// from the neighbouring steps on.
    fn weight(&self, step: usize, compression: f64) -> f64 {
        let Self { low, high, count } = *self;
        let place = if count > 0 {
            (compression - low) / (high - low) * count as f64
        } else {
            0.0
        };
        (1.0 - (place - step as f64).abs()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(spectrum: Spectrum) -> Mixture {
        Mixture { spectrum, power: 1.0, noise_power: 0.0, nyquist_hz: 1000.0 }
    }

    #[test]
    fn the_models_have_the_frequencies_of_their_integrals() {
        // scipy.integrate.quad within 10–500 Hz; ours sums the middles of 0.1 Hz.
        let gastrocnemius = model(Spectrum::GASTROCNEMIUS);
        assert!((gastrocnemius.mean_hz(10.0, 500.0) - 115.630_301_139).abs() < 1e-4);
        assert!((gastrocnemius.median_hz(10.0, 500.0) - 94.923_765_781).abs() < 1e-4);
        let soleus = model(Spectrum::SOLEUS);
        assert!((soleus.mean_hz(10.0, 500.0) - 92.920_104_721).abs() < 1e-4);
        assert!((soleus.median_hz(10.0, 500.0) - 74.416_855_053).abs() < 1e-4);
    }

    #[test]
    fn white_noise_alone_has_the_middle_of_the_band() {
        let white = Mixture { power: 0.0, noise_power: 2.0, ..model(Spectrum::SOLEUS) };
        assert!((white.mean_hz(20.0, 420.0) - 220.0).abs() < 1e-9);
        assert!((white.median_hz(20.0, 420.0) - 220.0).abs() < 1e-6);
        assert!(Mixture { noise_power: 0.0, ..white }.median_hz(20.0, 420.0).is_nan());
    }

    #[test]
    fn lengths_of_any_kind() {
        let rate = Hertz::new(1000.0).unwrap();
        for n in [0, 1, 2, 3, 101] {
            assert_eq!(Spectrum::SOLEUS.noise(1, rate, n).len(), n);
            assert_eq!(Spectrum::SOLEUS.changing_noise(1, rate, &vec![0.9; n]).len(), n);
        }
    }

    #[test]
    fn an_unchanging_spectrum_is_the_plain_noise() {
        let rate = Hertz::new(1000.0).unwrap();
        let changing = Spectrum::SOLEUS.changing_noise(5, rate, &[1.0; 500]);
        assert_eq!(changing, Spectrum::SOLEUS.noise(5, rate, 500));
    }
}
