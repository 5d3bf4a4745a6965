//! Discrete Fourier transforms: the home of `realfft` and `rustfft`.
//!
//! Plans are kept by a [`Fourier`], so that all epochs of a recording share them; a call on the
//! samples of another length plans once more.

use std::collections::HashMap;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::FftPlanner;

/// A complex number of a spectrum.
pub type Complex = rustfft::num_complex::Complex<f64>;

/// Plans and scratch memory for transforms of any length.
#[derive(Default)]
pub struct Fourier {
    real: RealFftPlanner<f64>,
    complex: Option<FftPlanner<f64>>,
    forward: HashMap<usize, Arc<dyn RealToComplex<f64>>>,
    scratch: Vec<Complex>,
    padded: Vec<f64>,
}

impl Fourier {
    /// An empty set of plans.
    pub fn new() -> Self {
        Self::default()
    }

    /// The one-sided spectrum `X[k] = Σ x[n] e^(−j2πkn/N)`, `k = 0 … N/2`, into `spectrum`.
    /// No samples give an empty spectrum.
    pub fn spectrum(&mut self, samples: &[f64], spectrum: &mut Vec<Complex>) {
        let n = samples.len();
        spectrum.clear();
        if n == 0 {
            return;
        }
        let plan = self.forward.entry(n).or_insert_with(|| self.real.plan_fft_forward(n));
        spectrum.resize(n / 2 + 1, Complex::default());
        self.scratch.resize(plan.get_scratch_len(), Complex::default());
        self.padded.clear();
        self.padded.extend_from_slice(samples);
        // The lengths are the plan's own, so it cannot refuse.
        let done = plan.process_with_scratch(&mut self.padded, spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
    }

    /// `n` real samples from their one-sided spectrum (`n/2 + 1` values), scaled by `1/n`.
    /// The imaginary parts of the first and, for even `n`, the last value are ignored.
    ///
    /// # Panics
    /// When the spectrum does not have `n/2 + 1` values.
    pub fn samples(&mut self, spectrum: &[Complex], n: usize) -> Vec<f64> {
        if n == 0 {
            return Vec::new();
        }
        assert_eq!(spectrum.len(), n / 2 + 1, "the spectrum of {n} samples has {} values", n / 2 + 1);
        let plan = self.real.plan_fft_inverse(n);
        let mut input = spectrum.to_vec();
        input[0].im = 0.0;
        if n.is_multiple_of(2) {
            input[n / 2].im = 0.0;
        }
        let mut samples = vec![0.0; n];
        let done = plan.process(&mut input, &mut samples);
        debug_assert!(done.is_ok());
        samples.iter_mut().for_each(|sample| *sample /= n as f64);
        samples
    }

    /// The magnitude of the analytic signal, `|x + jHx|`, over the whole length (no padding, so that
    /// the values are those of `scipy.signal.hilbert`; the transform is circular, which shows at the ends).
    pub fn analytic_magnitude(&mut self, samples: &[f64]) -> Vec<f64> {
        let n = samples.len();
        if n == 0 {
            return Vec::new();
        }
        let planner = self.complex.get_or_insert_with(FftPlanner::new);
        let (forward, inverse) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
        let mut values: Vec<Complex> = samples.iter().map(|&x| Complex::new(x, 0.0)).collect();
        forward.process(&mut values);
        let positive = 1..n.div_ceil(2);
        values[positive].iter_mut().for_each(|value| *value *= 2.0);
        values[n / 2 + 1..].fill(Complex::default());
        inverse.process(&mut values);
        values.iter().map(|value| value.norm() / n as f64).collect()
    }
}

/// The frequency of each value of a one-sided spectrum of `n` samples, in the unit of `rate`.
pub fn frequencies(n: usize, rate: f64) -> Vec<f64> {
    (0..=n / 2).map(|k| k as f64 * rate / n as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_again() {
        let mut fourier = Fourier::new();
        for n in [1, 2, 7, 16, 100] {
            let samples = crate::dsp::random::normals(n as u64, n);
            let mut spectrum = Vec::new();
            fourier.spectrum(&samples, &mut spectrum);
            let back = fourier.samples(&spectrum, n);
            for (a, b) in samples.iter().zip(&back) {
                assert!((a - b).abs() < 1e-14, "{n}");
            }
        }
    }

    #[test]
    fn the_analytic_signal_of_a_sine_is_its_amplitude() {
        let samples: Vec<f64> = (0..64).map(|i| 3.0 * (i as f64 * std::f64::consts::PI / 8.0).sin()).collect();
        for magnitude in Fourier::new().analytic_magnitude(&samples) {
            assert!((magnitude - 3.0).abs() < 1e-13);
        }
    }
}
