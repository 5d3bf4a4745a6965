//! Power spectra and what is read from them.
//!
//! A [`PowerSpectrum`] is a one-sided power spectral density; a [`Band`] of it gives moments, mean
//! and median frequency and the other indices. The densities are those of `scipy.signal.periodogram`
//! and `scipy.signal.welch` (Welch 1967): `|X|² / (rate · Σ window²)`, doubled except at 0 Hz and at
//! half the sampling rate, so that their sum times the spacing is the mean square.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fourier::{Complex, Fourier};
use super::sums::{first_moment, sum_of};

/// The weights of the samples of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// All samples alike: the smallest variance of mean and median frequency for single epochs.
    #[default]
    Boxcar,
    /// A raised cosine, periodic as in `scipy.signal.get_window("hann", n)`: less leakage.
    Hann,
}

impl Window {
    /// The weights of `n` samples.
    pub fn weights(self, n: usize) -> Vec<f64> {
        let hann = |k: usize| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * k as f64 / n as f64);
        match self {
            Self::Boxcar => vec![1.0; n],
            Self::Hann if n == 1 => vec![1.0],
            Self::Hann => (0..n).map(hann).collect(),
        }
    }

    /// Its name in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Boxcar => "boxcar",
            Self::Hann => "Hann",
        }
    }
}

/// How a record is cut into segments whose spectra are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// The samples of a segment (at least 1; 0 counts as 1).
    pub length: usize,
    /// The samples that a segment shares with the next (at most `length` − 1).
    pub overlap: usize,
    /// The weights of the samples.
    pub window: Window,
    /// Whether the mean of each segment is removed first.
    pub demean: bool,
}

/// Weights of one length, their squares' sum, and what they are for.
#[derive(Clone)]
struct Weighing {
    window: Window,
    length: usize,
    /// Empty where all weights are 1.
    weights: Rc<[f64]>,
    energy: f64,
}

thread_local! {
    /// The windows used last: a cosine a sample costs more than a transform.
    static WEIGHINGS: RefCell<VecDeque<Weighing>> = RefCell::default();
}

/// How many windows a thread keeps.
const KEPT: usize = 4;

impl Weighing {
    fn of(window: Window, length: usize) -> Self {
        if window == Window::Boxcar {
            return Self { window, length, weights: Rc::default(), energy: length as f64 };
        }
        WEIGHINGS.with_borrow_mut(|kept| {
            if let Some(known) = kept.iter().find(|known| known.window == window && known.length == length) {
                return known.clone();
            }
            let weights: Rc<[f64]> = window.weights(length).into();
            let energy = weights.iter().map(|weight| weight * weight).sum();
            let made = Self { window, length, weights, energy };
            kept.truncate(KEPT - 1);
            kept.push_front(made.clone());
            made
        })
    }
}

/// Estimates power spectra of segments of one length; plans and buffers are kept between calls.
pub struct Estimator {
    segments: Segments,
    rate_hz: f64,
    weights: Rc<[f64]>,
    scale: f64,
    fourier: Fourier,
    transform: Vec<Complex>,
    spectrum: PowerSpectrum,
}

impl Estimator {
    /// An estimator for segments sampled at `rate_hz`.
    pub fn new(segments: Segments, rate_hz: f64) -> Self {
        let length = segments.length.max(1);
        let segments = Segments { length, overlap: segments.overlap.min(length - 1), ..segments };
        let Weighing { weights, energy, .. } = Weighing::of(segments.window, length);
        Self {
            segments,
            rate_hz,
            weights,
            scale: 1.0 / (rate_hz * energy),
            fourier: Fourier::new(),
            transform: Vec::new(),
            spectrum: PowerSpectrum { spacing_hz: rate_hz / length as f64, density: Vec::new() },
        }
    }

    /// The distance of two frequencies of the spectra, in hertz.
    pub fn spacing_hz(&self) -> f64 {
        self.rate_hz / self.segments.length as f64
    }

    /// The mean spectrum of all whole segments in the stretches (slices without `NaN`), or `None`
    /// when no stretch holds a segment. No segment reaches across two stretches. (Welch 1967)
    pub fn welch<'a>(&mut self, stretches: impl IntoIterator<Item = &'a [f64]>) -> Option<PowerSpectrum> {
        self.mean(stretches).cloned()
    }

    /// [`Estimator::welch`], lent until the next call: for many short stretches, one after another, it needs no memory
    /// of its own for each.
    ///
    /// ```
    /// use soleus::dsp::spectrum::{Estimator, Segments, Window};
    ///
    /// let segments = Segments { length: 8, overlap: 0, window: Window::Boxcar, demean: true };
    /// let mut estimator = Estimator::new(segments, 8.0);
    /// let alternating = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
    /// assert!(estimator.mean([&alternating[..]]).is_some_and(|spectrum| spectrum.density[4] > 0.99));
    /// assert!(estimator.mean([&alternating[..5]]).is_none());
    /// ```
    pub fn mean<'a>(&mut self, stretches: impl IntoIterator<Item = &'a [f64]>) -> Option<&PowerSpectrum> {
        let mut density = std::mem::take(&mut self.spectrum.density);
        density.clear();
        density.resize(self.segments.length / 2 + 1, 0.0);
        let mut count = 0_usize;
        let step = self.segments.length - self.segments.overlap;
        for stretch in stretches {
            for segment in stretch.windows(self.segments.length).step_by(step) {
                self.add(segment, &mut density);
                count += 1;
            }
        }
        if count > 1 {
            density.iter_mut().for_each(|power| *power /= count as f64);
        }
        self.spectrum.density = density;
        (count > 0).then_some(&self.spectrum)
    }

    fn add(&mut self, samples: &[f64], density: &mut [f64]) {
        let n = samples.len();
        let mean = if self.segments.demean { sum_of(samples, |sample| sample) / n as f64 } else { 0.0 };
        if self.weights.is_empty() {
            self.fourier.spectrum_of(samples.iter().map(|sample| sample - mean), &mut self.transform);
        } else {
            let weighed = samples.iter().zip(self.weights.iter()).map(|(sample, weight)| (sample - mean) * weight);
            self.fourier.spectrum_of(weighed, &mut self.transform);
        }
        // 0 Hz and half the rate have no twin among the negative frequencies.
        let inner = 1..n.div_ceil(2);
        let double = 2.0 * self.scale;
        for (power, value) in density[inner.clone()].iter_mut().zip(&self.transform[inner.clone()]) {
            *power += value.norm_sqr() * double;
        }
        density[0] += self.transform[0].norm_sqr() * self.scale;
        if n.is_multiple_of(2) {
            density[inner.end] += self.transform[inner.end].norm_sqr() * self.scale;
        }
    }
}

/// The spectrum of one stretch of samples as a single segment, its mean removed
/// (`scipy.signal.periodogram` with `detrend="constant"`). `None` for no samples.
pub fn periodogram(samples: &[f64], rate_hz: f64, window: Window) -> Option<PowerSpectrum> {
    let segments = Segments { length: samples.len(), overlap: 0, window, demean: true };
    (!samples.is_empty()).then(|| Estimator::new(segments, rate_hz).welch([samples])).flatten()
}

/// A one-sided power spectral density.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerSpectrum {
    /// The distance of two frequencies, in hertz.
    pub spacing_hz: f64,
    /// The density at 0, 1, 2, … times the spacing: squared unit of the samples per hertz.
    pub density: Vec<f64>,
}

impl PowerSpectrum {
    /// The frequency of a value, in hertz.
    pub fn frequency(&self, k: usize) -> f64 {
        k as f64 * self.spacing_hz
    }

    /// The values from `low_hz` to `high_hz`, both included; empty when no frequency lies between them.
    pub fn band(&self, low_hz: f64, high_hz: f64) -> Band<'_> {
        // A hair of tolerance, so that 10 Hz is in the band from 10 Hz whatever the spacing's rounding.
        let first = (low_hz / self.spacing_hz - 1e-9).ceil().max(0.0) as usize;
        let end = ((high_hz / self.spacing_hz + 1e-9).floor().max(-1.0) + 1.0) as usize;
        let end = end.min(self.density.len());
        let first = first.min(end);
        Band { first, spacing_hz: self.spacing_hz, density: &self.density[first..end] }
    }

    /// The power between two frequencies, both included: squared unit of the samples.
    pub fn power(&self, low_hz: f64, high_hz: f64) -> f64 {
        self.band(low_hz, high_hz).moment(0)
    }
}

/// How the frequency that halves the power is read between two values of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MedianRule {
    /// Linear interpolation of the cumulative power over bins whose edges lie half-way between frequencies.
    #[default]
    Interpolated,
    /// The first frequency at which the cumulative power reaches a half, as most toolboxes have it.
    Bin,
}

/// A band of a power spectrum and the indices read from it. Indices of a band without power are `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band<'a> {
    first: usize,
    spacing_hz: f64,
    density: &'a [f64],
}

impl Band<'_> {
    fn values(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let frequency = |k: usize| (self.first + k) as f64 * self.spacing_hz;
        self.density.iter().enumerate().map(move |(k, &power)| (frequency(k), power))
    }

    /// How many frequencies the band holds.
    pub fn len(&self) -> usize {
        self.density.len()
    }

    /// Whether the band holds no frequency.
    pub fn is_empty(&self) -> bool {
        self.density.is_empty()
    }

    /// The spectral moment `Σ f^k P Δf`. A negative order leaves 0 Hz out.
    pub fn moment(&self, order: i32) -> f64 {
        let sum: f64 = match order {
            0 => self.total(),
            1 => self.spacing_hz * first_moment(self.density, -(self.first as f64), 0.0),
            _ => self.values().filter(|&(f, _)| order >= 0 || f > 0.0).map(|(f, power)| f.powi(order) * power).sum(),
        };
        sum * self.spacing_hz
    }

    fn ratio(&self, above: i32, below: i32) -> Option<f64> {
        let (above, below) = (self.moment(above), self.moment(below));
        (below > 0.0 && above.is_finite() && below.is_finite()).then(|| above / below)
    }

    /// The mean frequency `M1/M0` in hertz.
    pub fn mean_frequency(&self) -> Option<f64> {
        self.ratio(1, 0)
    }

    /// The frequency that halves the power, in hertz.
    pub fn median_frequency(&self, rule: MedianRule) -> Option<f64> {
        match rule {
            MedianRule::Interpolated => self.interpolated_median(),
            MedianRule::Bin => {
                let half = self.total() / 2.0;
                self.has_power().then(|| self.frequency_reaching(half)).flatten()
            }
        }
    }

    fn total(&self) -> f64 {
        sum_of(self.density, |power| power)
    }

    fn has_power(&self) -> bool {
        let total = self.total();
        total > 0.0 && total.is_finite()
    }

    fn frequency_reaching(&self, target: f64) -> Option<f64> {
        let mut sum = 0.0;
        let reached = |&(_, power): &(f64, f64)| {
            sum += power;
            sum >= target
        };
        self.values().find(reached).map(|(f, _)| f)
    }

    /// The first and last bin are cut at the band's own edges, so they have half the width.
    fn width(&self, k: usize) -> f64 {
        let ends = usize::from(k == 0) + usize::from(k + 1 == self.len());
        self.spacing_hz * (1.0 - 0.5 * ends as f64)
    }

    fn interpolated_median(&self) -> Option<f64> {
        let ends = self.density.first().zip(self.density.last()).map_or(0.0, |(first, last)| first + last);
        // A single value is both ends, and its bin has no width.
        let half = if self.len() > 1 { self.spacing_hz * (self.total() - 0.5 * ends) / 2.0 } else { 0.0 };
        if !(half > 0.0 && half.is_finite()) {
            return self.has_power().then(|| self.values().next()).flatten().map(|(f, _)| f);
        }
        let (mut sum, mut edge) = (0.0, self.first as f64 * self.spacing_hz);
        for (k, density) in self.density.iter().enumerate() {
            let (width, power) = (self.width(k), density * self.width(k));
            if sum + power >= half {
                return Some(edge + width * (half - sum) / power);
            }
            sum += power;
            edge += width;
        }
        Some(edge)
    }

    /// The frequency of the highest density, in hertz; the lowest of equals.
    pub fn peak_frequency(&self) -> Option<f64> {
        let higher = |best: (f64, f64), next: (f64, f64)| if next.1 > best.1 { next } else { best };
        self.has_power().then(|| self.values().reduce(higher)).flatten().map(|(f, _)| f)
    }

    /// The fatigue index `M₋₁/M_k` of Dimitrov et al. (2006), `k` = 2 … 5; FInsm5 has `k` = 5. Its value
    /// depends on band, filters and rate, so that only ratios within one recording mean something.
    pub fn finsm(&self, order: i32) -> Option<f64> {
        self.ratio(-1, order)
    }

    /// The variance of the frequencies, weighted by power: `M2/M0 − (M1/M0)²`, in Hz².
    pub fn frequency_variance(&self) -> Option<f64> {
        Some(self.ratio(2, 0)? - self.mean_frequency()?.powi(2))
    }

    /// The spectral deformation `Ω = √(M2/M0) / (M1/M0)` (Sinderby et al. 1995); 1 for a single line.
    pub fn deformation(&self) -> Option<f64> {
        Some(self.ratio(2, 0)?.sqrt() / self.mean_frequency()?)
    }

    /// The Shannon entropy of the normalised densities over its maximum: 0 for one line, 1 for a flat band.
    pub fn entropy(&self) -> Option<f64> {
        let total: f64 = self.density.iter().sum();
        let term = |power: f64| if power > 0.0 { -power / total * libm::log(power / total) } else { 0.0 };
        let sum: f64 = self.density.iter().map(|&power| term(power)).sum();
        (self.len() > 1 && self.has_power()).then(|| sum / libm::log(self.len() as f64))
    }

    /// The frequency below which `share` of the power lies, in hertz: linear interpolation of the
    /// cumulative power at the frequencies.
    pub fn edge_frequency(&self, share: f64) -> Option<f64> {
        let target = share * self.density.iter().sum::<f64>();
        let (mut sum, mut before) = (0.0, None);
        for (f, power) in self.values().filter(|_| self.has_power()) {
            if sum + power >= target {
                return Some(before.map_or(f, |lower: f64| lower + (f - lower) * (target - sum) / power));
            }
            sum += power;
            before = Some(f);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_scipy() {
        assert_eq!(Window::Boxcar.weights(3), [1.0; 3]);
        let expected = [0.0, 0.5, 1.0, 0.5];
        for (weight, expected) in Window::Hann.weights(4).iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-15);
        }
        assert_eq!(Window::Hann.weights(1), [1.0]);
        assert!(Window::Hann.weights(0).is_empty());
    }

    #[test]
    fn a_lent_spectrum_is_made_anew_each_time() {
        for (n, window) in [(1, Window::Boxcar), (2, Window::Hann), (9, Window::Hann), (1000, Window::Boxcar)] {
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
            let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
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
        assert_eq!(band.median_frequency(MedianRule::Interpolated), None);
        assert_eq!(band.median_frequency(MedianRule::Bin), None);
        assert_eq!((band.finsm(5), band.entropy(), band.peak_frequency()), (None, None, None));
        assert!(silent.band(600.0, 700.0).is_empty());
        assert!(silent.band(20.0, 10.0).is_empty());
    }

    #[test]
    fn one_line_is_its_own_median() {
        let spectrum = PowerSpectrum { spacing_hz: 10.0, density: vec![0.0, 0.0, 4.0, 0.0] };
        for rule in [MedianRule::Interpolated, MedianRule::Bin] {
            assert_eq!(spectrum.band(0.0, 30.0).median_frequency(rule), Some(20.0));
            assert_eq!(spectrum.band(20.0, 20.0).median_frequency(rule), Some(20.0));
        }
        assert_eq!(spectrum.band(0.0, 30.0).deformation(), Some(1.0));
    }

    #[test]
    fn compressing_the_spectrum_scales_the_indices() {
        // P(f/c)/c: mean and median × c, FInsm5 × c^-6 (methods §9), exact on a grid that is compressed too.
        let density: Vec<f64> = (0..200).map(|k| f64::from(k) * (-f64::from(k) / 30.0).exp()).collect();
        let whole = PowerSpectrum { spacing_hz: 1.0, density: density.clone() };
        let pressed = PowerSpectrum { spacing_hz: 0.8, density };
        let ratio = |index: fn(&Band<'_>) -> Option<f64>| {
            index(&pressed.band(0.0, 1e3)).unwrap() / index(&whole.band(0.0, 1e3)).unwrap()
        };
        assert!((ratio(|band| band.mean_frequency()) - 0.8).abs() < 1e-12);
        assert!((ratio(|band| band.median_frequency(MedianRule::Interpolated)) - 0.8).abs() < 1e-12);
        assert!((ratio(|band| band.finsm(5)) - 3.814_697_265_625).abs() < 1e-10);
    }
}
