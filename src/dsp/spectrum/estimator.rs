//! Spectra of segments and their average.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PowerSpectrum;
use super::window::{Weighing, Window};
use crate::dsp::fourier::{Complex, Fourier};
use crate::dsp::sums::sum_of;

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

impl Segments {
    /// With a length and an overlap that can be.
    fn possible(self) -> Self {
        let length = self.length.max(1);
        Self { length, overlap: self.overlap.min(length - 1), ..self }
    }

    /// The whole segments of a stretch.
    fn cut(self, stretch: &[f64]) -> impl Iterator<Item = &[f64]> {
        stretch.windows(self.length).step_by(self.length - self.overlap)
    }
}

/// How the spectra of segments become one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Averaging {
    /// Their mean at each frequency (Welch 1967).
    #[default]
    Mean,
    /// Their median at each frequency over its [bias](median_bias): short artefacts do
    /// not count. It is that of `scipy.signal.welch` with `average="median"` (Allen et
    /// al. 2012).
    Median,
}

/// The median of `n` densities of noise over their mean, `1 − 1/2 + 1/3 − … ` up to the
/// last odd term that `n` reaches (Allen et al. 2012): 1 for one, ln 2 for very many. An
/// even `n` counts as the odd one below it, as in SciPy.
///
/// ```
/// assert!((soleus::dsp::spectrum::median_bias(7) - 0.759_523_809_523_809_5).abs() < 1e-15);
/// ```
pub fn median_bias(n: usize) -> f64 {
    let even = (2..n).step_by(2).map(|i| i as f64);
    1.0 + even.map(|i| 1.0 / (i + 1.0) - 1.0 / i).sum::<f64>()
}

/// Estimates power spectra of segments of one length; plans and buffers are kept between
/// calls.
pub struct Estimator {
    segments: Segments,
    /// The samples of a transform: those of a segment and zeros.
    length: usize,
    averaging: Averaging,
    rate_hz: f64,
    weights: Rc<[f64]>,
    scale: f64,
    fourier: Fourier,
    transform: Vec<Complex>,
    spectrum: PowerSpectrum,
    /// The densities of all segments, where their median is wanted.
    apart: Vec<f64>,
}

impl Estimator {
    /// An estimator for segments sampled at `rate_hz`.
    pub fn new(segments: Segments, rate_hz: f64) -> Self {
        let segments = segments.possible();
        let Weighing { weights, energy, .. } =
            Weighing::cached(segments.window, segments.length);
        Self {
            segments,
            length: segments.length,
            averaging: Averaging::Mean,
            rate_hz,
            weights,
            scale: 1.0 / (rate_hz * energy),
            fourier: Fourier::new(),
            transform: Vec::new(),
            spectrum: PowerSpectrum {
                spacing_hz: rate_hz / segments.length as f64,
                density: Vec::new(),
            },
            apart: Vec::new(),
        }
    }

    /// With zeros after each segment, up to transforms of `length` samples (`nfft` in
    /// SciPy): frequencies lie closer, which resolves no more. Lengths below that of a
    /// segment count as it.
    ///
    /// ```
    /// use soleus::dsp::spectrum::{Estimator, Segments, Window};
    ///
    /// let window = Window::Hamming;
    /// let segments = Segments { length: 250, overlap: 125, window, demean: true };
    /// assert_eq!(Estimator::new(segments, 1000.0).padded(256).spacing_hz(), 3.90625);
    /// ```
    #[must_use]
    pub fn padded(mut self, length: usize) -> Self {
        self.length = length.max(self.segments.length);
        self.spectrum.spacing_hz = self.spacing_hz();
        self
    }

    /// With another way to average the segments.
    #[must_use]
    pub fn averaging(mut self, averaging: Averaging) -> Self {
        self.averaging = averaging;
        self
    }

    /// The distance of two frequencies of the spectra, in hertz.
    pub fn spacing_hz(&self) -> f64 {
        self.rate_hz / self.length as f64
    }

    /// The mean spectrum of all whole segments in the stretches (slices without `NaN`),
    /// or `None` when no stretch holds a segment. No segment reaches across two
    /// stretches. (Welch 1967)
    ///
    /// It is the median where [`Estimator::averaging`] says so.
    pub fn welch<'a>(
        &mut self,
        stretches: impl IntoIterator<Item = &'a [f64]>,
    ) -> Option<PowerSpectrum> {
        self.mean(stretches).cloned()
    }

    /// [`Estimator::welch`], lent until the next call: for many short stretches, one
    /// after another, it needs no memory of its own for each.
    ///
    /// ```
    /// use soleus::dsp::spectrum::{Estimator, Segments, Window};
    ///
    /// let segments = Segments { length: 8, overlap: 0, window: Window::Boxcar, demean: true };
    /// let mut estimator = Estimator::new(segments, 8.0);
    /// let alternating = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
    /// let spectrum = estimator.mean([&alternating[..]]);
    /// assert!(spectrum.is_some_and(|spectrum| spectrum.density[4] > 0.99));
    /// assert!(estimator.mean([&alternating[..5]]).is_none());
    /// ```
    pub fn mean<'a>(
        &mut self,
        stretches: impl IntoIterator<Item = &'a [f64]>,
    ) -> Option<&PowerSpectrum> {
        let mut density = std::mem::take(&mut self.spectrum.density);
        density.clear();
        density.resize(self.length / 2 + 1, 0.0);
        self.apart.clear();

        let (mut count, segments) = (0_usize, self.segments);
        for segment in stretches.into_iter().flat_map(|stretch| segments.cut(stretch)) {
            self.add(segment, &mut density);
            if self.averaging == Averaging::Median {
                self.apart.extend(&density);
                density.fill(0.0);
            }
            count += 1;
        }

        match self.averaging {
            Averaging::Mean if count > 1 => {
                density.iter_mut().for_each(|power| *power /= count as f64)
            }
            Averaging::Mean => {}
            Averaging::Median => medians(&self.apart, &mut density),
        }

        self.spectrum.density = density;
        (count > 0).then_some(&self.spectrum)
    }

    /// The spectra of the whole segments of one stretch, one after another, each lent to
    /// `of`.
    pub(in crate::dsp) fn each<'a, T>(
        &'a mut self,
        stretch: &'a [f64],
        of: impl Fn(&PowerSpectrum) -> T + 'a,
    ) -> impl Iterator<Item = T> + 'a {
        let segments = self.segments;
        segments.cut(stretch).filter_map(move |segment| self.mean([segment]).map(&of))
    }

    /// The middle of a segment in seconds after the first sample of its stretch.
    pub(in crate::dsp) fn middle_s(&self, segment: usize) -> f64 {
        let Segments { length, overlap, .. } = self.segments;
        (0.5 * length as f64 + (segment * (length - overlap)) as f64) / self.rate_hz
    }

    fn add(&mut self, samples: &[f64], density: &mut [f64]) {
        let mean = if self.segments.demean {
            sum_of(samples, |sample| sample) / samples.len() as f64
        } else {
            0.0
        };
        let fourier = &mut self.fourier;
        let transform = &mut self.transform;
        if self.weights.is_empty() {
            fourier.padded_spectrum_of(
                samples.iter().map(|sample| sample - mean),
                self.length,
                transform,
            );
        } else {
            let weighed = samples
                .iter()
                .zip(self.weights.iter())
                .map(|(sample, weight)| (sample - mean) * weight);
            fourier.padded_spectrum_of(weighed, self.length, transform);
        }

        add_powers(transform, self.length, self.scale, density);
    }
}

/// Adds the one-sided squared magnitudes of the transform of `n` samples, times `scale`.
pub(in crate::dsp) fn add_powers(
    transform: &[Complex],
    n: usize,
    scale: f64,
    density: &mut [f64],
) {
    // 0 Hz and half the rate have no twin among the negative frequencies.
    let inner = 1..n.div_ceil(2);
    let double = 2.0 * scale;
    for (power, value) in density[inner.clone()].iter_mut().zip(&transform[inner.clone()])
    {
        *power += value.norm_sqr() * double;
    }
    density[0] += transform[0].norm_sqr() * scale;
    if n.is_multiple_of(2) {
        density[inner.end] += transform[inner.end].norm_sqr() * scale;
    }
}

/// The unbiased medians over spectra that lie one after another.
fn medians(spectra: &[f64], density: &mut [f64]) {
    let bins = density.len();
    let count = spectra.len() / bins;
    let bias = median_bias(count);
    let mut column = Vec::with_capacity(count);
    for (k, power) in density.iter_mut().enumerate().filter(|_| count > 0) {
        column.clear();
        column.extend(spectra[k..].iter().step_by(bins));
        let (below, &mut upper, _) =
            column.select_nth_unstable_by(count / 2, f64::total_cmp);
        let lower = below
            .iter()
            .copied()
            .max_by(f64::total_cmp)
            .filter(|_| count.is_multiple_of(2));
        *power = (upper + lower.unwrap_or(upper)) / 2.0 / bias;
    }
}

/// The spectrum of one stretch of samples as a single segment, its mean removed
/// (`scipy.signal.periodogram` with `detrend="constant"`). `None` for no samples.
pub fn periodogram(
    samples: &[f64],
    rate_hz: f64,
    window: Window,
) -> Option<PowerSpectrum> {
    let segments = Segments { length: samples.len(), overlap: 0, window, demean: true };
    (!samples.is_empty())
        .then(|| Estimator::new(segments, rate_hz).welch([samples]))
        .flatten()
}
