//! Discrete Fourier transforms: the home of `realfft` and `rustfft`.
//!
//! Both are built without their vector instructions, which round in another order on each
//! processor, so that a spectrum has the same bits everywhere.
//!
//! Each thread keeps its plans, so that all recordings that it works on share them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

use crate::memory;

/// A complex number of a spectrum.
pub type Complex = rustfft::num_complex::Complex<f64>;

/// How large a complex number is.
pub(crate) fn magnitude(value: Complex) -> f64 {
    libm::hypot(value.re, value.im)
}

/// The samples that all plans of a thread may be made for before it forgets them: some
/// hundred MB.
const KEPT: usize = 1 << 22;

/// Plans by their length. Each is made by a planner of its own: one that has made others
/// builds upon them, so that the last bits of a spectrum would depend on what the thread
/// did before.
#[derive(Default)]
struct Plans {
    forward: BTreeMap<usize, Arc<dyn RealToComplex<f64>>>,
    inverse: BTreeMap<usize, Arc<dyn ComplexToReal<f64>>>,
    complex: BTreeMap<usize, Arc<dyn Fft<f64>>>,
}

thread_local! {
    static PLANS: RefCell<Plans> = RefCell::default();
}

impl Plans {
    fn forward(n: usize) -> Arc<dyn RealToComplex<f64>> {
        Self::plan(
            n,
            |plans| &mut plans.forward,
            || RealFftPlanner::new().plan_fft_forward(n),
        )
    }

    fn inverse(n: usize) -> Arc<dyn ComplexToReal<f64>> {
        Self::plan(
            n,
            |plans| &mut plans.inverse,
            || RealFftPlanner::new().plan_fft_inverse(n),
        )
    }

    fn complex(n: usize) -> Arc<dyn Fft<f64>> {
        Self::plan(
            n,
            |plans| &mut plans.complex,
            || FftPlanner::new().plan_fft_forward(n),
        )
    }

    /// A plan for `n` samples; recordings of ever new lengths do not pile up.
    fn plan<P: Clone>(
        n: usize,
        of: fn(&mut Self) -> &mut BTreeMap<usize, P>,
        make: impl FnOnce() -> P,
    ) -> P {
        PLANS.with_borrow_mut(|plans| {
            if let Some(known) = of(plans).get(&n) {
                return known.clone();
            }
            // Emptied at once: what is still in use comes back, and nobody has to keep an
            // order.
            if plans.samples() + n > KEPT {
                *plans = Self::default();
            }
            let made = make();
            of(plans).insert(n, made.clone());
            made
        })
    }

    fn samples(&self) -> usize {
        self.forward.keys().chain(self.inverse.keys()).chain(self.complex.keys()).sum()
    }
}

/// Scratch memory for transforms of any length, and the plans used last.
#[derive(Default)]
pub struct Fourier {
    forward: Option<Arc<dyn RealToComplex<f64>>>,
    inverse: Option<Arc<dyn ComplexToReal<f64>>>,
    scratch: Vec<Complex>,
    padded: Vec<f64>,
}

impl Fourier {
    /// Without any memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The one-sided spectrum `X[k] = Σ x[n] e^(−j2πkn/N)`, `k = 0 … N/2`, into
    /// `spectrum`. No samples give an empty spectrum.
    pub fn spectrum(&mut self, samples: &[f64], spectrum: &mut Vec<Complex>) {
        self.spectrum_of(samples.iter().copied(), spectrum);
    }

    /// The spectrum of samples that are made on the way.
    pub(crate) fn spectrum_of(
        &mut self,
        samples: impl Iterator<Item = f64>,
        spectrum: &mut Vec<Complex>,
    ) {
        self.padded_spectrum_of(samples, 0, spectrum);
    }

    /// The spectrum of samples that are made on the way and of zeros after them, up to
    /// `n` if they are fewer.
    pub(crate) fn padded_spectrum_of(
        &mut self,
        samples: impl Iterator<Item = f64>,
        n: usize,
        spectrum: &mut Vec<Complex>,
    ) {
        self.padded.clear();
        self.padded.extend(samples);
        let n = n.max(self.padded.len());
        self.padded.resize(n, 0.0);
        if n == 0 {
            spectrum.clear();
            return;
        }

        let kept = self.forward.take().filter(|plan| plan.len() == n);
        let plan = kept.unwrap_or_else(|| Plans::forward(n));
        spectrum.resize(n / 2 + 1, Complex::default());
        self.scratch.resize(plan.get_scratch_len(), Complex::default());

        // The lengths are the plan's own, so it cannot refuse.
        let done =
            plan.process_with_scratch(&mut self.padded, spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        self.forward = Some(plan);
    }

    /// `n` real samples from their one-sided spectrum (`n/2 + 1` values), scaled by
    /// `1/n`. The imaginary parts of the first and, for even `n`, the last value are
    /// ignored.
    ///
    /// # Panics
    /// When the spectrum does not have `n/2 + 1` values.
    pub fn samples(&mut self, spectrum: &[Complex], n: usize) -> Vec<f64> {
        let mut samples = vec![0.0; n];
        self.unscaled(&mut spectrum.to_vec(), &mut samples);
        samples.iter_mut().for_each(|sample| *sample /= n as f64);
        samples
    }

    /// `n` times the samples; the spectrum is used up.
    fn unscaled(&mut self, spectrum: &mut [Complex], samples: &mut [f64]) {
        let n = samples.len();
        if n == 0 {
            return;
        }

        assert_eq!(
            spectrum.len(),
            n / 2 + 1,
            "the spectrum of {n} samples has {} values",
            n / 2 + 1
        );
        let kept = self.inverse.take().filter(|plan| plan.len() == n);
        let plan = kept.unwrap_or_else(|| Plans::inverse(n));
        spectrum[0].im = 0.0;
        if n.is_multiple_of(2) {
            spectrum[n / 2].im = 0.0;
        }

        self.scratch.resize(plan.get_scratch_len(), Complex::default());
        let done = plan.process_with_scratch(spectrum, samples, &mut self.scratch);
        debug_assert!(done.is_ok());
        self.inverse = Some(plan);
    }

    /// The magnitude of the analytic signal, `|x + jHx|`, over the whole length (no
    /// padding, so that the values are those of `scipy.signal.hilbert`; the transform is
    /// circular, which shows at the ends).
    pub fn analytic_magnitude(&mut self, samples: &[f64]) -> Vec<f64> {
        let n = samples.len();
        let mut spectrum = Vec::new();
        let mut quadrature = memory::zeros(n);
        self.spectrum(samples, &mut spectrum);

        // Hx lags by a quarter of a cycle; 0 Hz and half the rate have no quadrature.
        for value in &mut spectrum {
            *value = Complex::new(value.im, -value.re);
        }

        if let Some(constant) = spectrum.first_mut() {
            *constant = Complex::default();
        }

        if let Some(half) = spectrum.get_mut(n.div_ceil(2)) {
            *half = Complex::default();
        }

        self.unscaled(&mut spectrum, &mut quadrature);
        let scale = 1.0 / n as f64;
        for (value, sample) in quadrature.iter_mut().zip(samples) {
            let turned = *value * scale;
            *value = (sample * sample + turned * turned).sqrt();
        }

        quadrature
    }
}

/// The spectra of complex series of one length, such as signals shifted down in frequency.
pub(crate) struct ComplexFourier {
    plan: Arc<dyn Fft<f64>>,
    scratch: Vec<Complex>,
}

impl ComplexFourier {
    /// For series of `n` values.
    pub(crate) fn new(n: usize) -> Self {
        let plan = Plans::complex(n);
        let scratch = vec![Complex::default(); plan.get_inplace_scratch_len()];
        Self { plan, scratch }
    }

    /// The spectrum of `n` values in their place; that of negative frequencies is its
    /// second half.
    ///
    /// # Panics
    /// When there are not `n` values.
    pub(crate) fn transform(&mut self, values: &mut [Complex]) {
        self.plan.process_with_scratch(values, &mut self.scratch);
    }
}

/// The smallest even number from `n` on that has no prime factor above 5: transforms of
/// such lengths are fast.
pub fn fast_length(n: usize) -> usize {
    let smooth =
        |&length: &usize| length.is_multiple_of(2) && without(length, &[2, 3, 5]) == 1;
    (n.max(2)..).find(smooth).unwrap_or(n)
}

/// Whether a length is even and has no prime factor above 13. Transforms of others can
/// take five times as long.
pub fn is_fast_length(length: usize) -> bool {
    length > 0 && length.is_multiple_of(2) && without(length, &[2, 3, 5, 7, 11, 13]) == 1
}

/// What is left of a number above 0 when some factors are divided out of it.
fn without(number: usize, factors: &[usize]) -> usize {
    factors.iter().fold(number, |mut rest, &factor| {
        while rest.is_multiple_of(factor) {
            rest /= factor;
        }
        rest
    })
}

/// The frequency of each value of a one-sided spectrum of `n` samples, in the unit of
/// `rate`.
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
    fn real_series_have_the_spectrum_of_complex_ones() {
        let samples = crate::dsp::random::normals(3, 90);
        let mut values: Vec<Complex> =
            samples.iter().map(|&x| Complex::new(0.0, x)).collect();
        let mut spectrum = Vec::new();
        Fourier::new().spectrum(&samples, &mut spectrum);
        ComplexFourier::new(90).transform(&mut values);
        for (bin, value) in spectrum.iter().enumerate() {
            let turned = Complex::new(-value.im, value.re);
            assert!((values[bin] - turned).norm() < 1e-12, "{bin}");
        }
    }

    #[test]
    fn fast_lengths() {
        assert_eq!(
            [0, 1, 3, 7999, 8000, 5038, 14].map(fast_length),
            [2, 2, 4, 8000, 8000, 5120, 16]
        );
        for (length, fast) in [
            (0, false),
            (1, false),
            (2, true),
            (15, false),
            (34, false),
            (7280, true),
            (7997, false),
        ] {
            assert_eq!(is_fast_length(length), fast, "{length}");
        }
    }

    #[test]
    fn many_lengths_are_forgotten_again() {
        let mut fourier = Fourier::new();
        for n in [1 << 20, 3 << 19, 1 << 21, 1 << 10] {
            let mut spectrum = Vec::new();
            fourier.spectrum(&vec![1.0; n], &mut spectrum);
            assert_eq!(spectrum[0].re, n as f64);
        }
        assert!(PLANS.with_borrow(|plans| plans.samples()) <= KEPT);
    }

    #[test]
    fn the_bits_of_a_spectrum_do_not_depend_on_what_was_transformed_before() {
        // One planner for all lengths gives 389 samples other bits after 107, and 551
        // after 576.
        let lengths = [107, 389, 576, 551, 1000];
        let spectrum_of = |n: usize| {
            let mut spectrum = Vec::new();
            Fourier::new()
                .spectrum(&crate::dsp::random::normals(n as u64, n), &mut spectrum);
            spectrum
        };
        let alone = |n: usize| std::thread::spawn(move || spectrum_of(n)).join().unwrap();
        for n in lengths {
            assert!(alone(n) == spectrum_of(n), "{n}");
        }
    }

    #[test]
    fn the_analytic_signal_has_the_signal_as_its_real_part() {
        // A cosine at 0 Hz or half the rate has no quadrature; others turn by a quarter
        // of a cycle.
        for n in [1_usize, 2, 5, 6, 9, 100] {
            let alternating: Vec<f64> =
                (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
            if n % 2 == 0 {
                assert!(
                    Fourier::new()
                        .analytic_magnitude(&alternating)
                        .iter()
                        .all(|x| (x - 1.0).abs() < 1e-14),
                    "{n}"
                );
            }
            assert!(
                Fourier::new()
                    .analytic_magnitude(&vec![2.0; n])
                    .iter()
                    .all(|x| (x - 2.0).abs() < 1e-14),
                "{n}"
            );
        }
        assert!(Fourier::new().analytic_magnitude(&[]).is_empty());
    }

    #[test]
    fn the_analytic_signal_of_a_sine_is_its_amplitude() {
        let samples: Vec<f64> = (0..64)
            .map(|i| 3.0 * (i as f64 * std::f64::consts::PI / 8.0).sin())
            .collect();
        for magnitude in Fourier::new().analytic_magnitude(&samples) {
            assert!((magnitude - 3.0).abs() < 1e-13);
        }
    }
}
