//! The spectra of the epochs and what is read from them.

use super::epoch::tenth;
use super::layout::fast_length_below;
use super::{Epoch, EpochState, Fatigue, Method, Quantity};
use crate::dsp::multitaper::Multitaper;
use crate::dsp::spectrogram::InstantaneousMean;
use crate::dsp::spectrum::{Estimator, PowerSpectrum, Segments, Window};
use crate::dsp::wavelet::WaveletEstimator;
use crate::units::Hertz;

/// The length of the columns of the spectrogram, in seconds (256 samples at 1000 Hz).
pub(super) const COLUMN_S: f64 = 0.256;

/// Five wavelet scales halve a signal five times.
const SCALES: usize = 32;

/// The mean spectra of the first and the last used epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The mean spectrum of the first ones.
    pub first: PowerSpectrum,
    /// The mean spectrum of the last ones.
    pub last: PowerSpectrum,
    /// How many epochs each of them holds: a tenth of all, at least three where there are
    /// six, and one.
    pub epochs: usize,
}

/// Estimates the spectra of epochs that share their length, or its part that is
/// transformed.
pub(super) struct Spectra<'a> {
    settings: &'a Fatigue,
    band_hz: (f64, f64),
    segment: usize,
    estimator: AnyEstimator,
    /// The wavelet indices of the middle of an epoch, and how many samples that is.
    wavelets: Option<(WaveletEstimator, usize)>,
    instantaneous: InstantaneousMean,
}

enum AnyEstimator {
    Segments(Estimator),
    Tapers(Multitaper, PowerSpectrum),
}

impl AnyEstimator {
    fn spacing_hz(&self) -> f64 {
        match self {
            Self::Segments(estimator) => estimator.spacing_hz(),
            Self::Tapers(_, mean) => mean.spacing_hz,
        }
    }

    /// The spectrum of an epoch: of more than one segment, the mean of half overlapping
    /// ones.
    fn spectrum(&mut self, samples: &[f64], segment: usize) -> Option<&PowerSpectrum> {
        match self {
            Self::Segments(estimator) => estimator.mean([samples]),
            Self::Tapers(multitaper, mean) => {
                mean.density.clear();
                let mut count = 0.0_f64;
                for piece in samples.windows(segment).step_by((segment / 2).max(1)) {
                    add(&mut mean.density, &multitaper.estimate(piece)?.density, 1.0);
                    count += 1.0;
                }
                mean.density.iter_mut().for_each(|power| *power /= count);
                (count > 0.0).then_some(&*mean)
            }
        }
    }
}

impl<'a> Spectra<'a> {
    pub(super) fn new(rate: Hertz, segment: usize, settings: &'a Fatigue) -> Self {
        let estimator = match settings.estimator {
            Method::Multitaper => {
                let spacing_hz = rate.hz() / segment as f64;
                let mean = PowerSpectrum { spacing_hz, density: Vec::new() };
                AnyEstimator::Tapers(
                    Multitaper::new(settings.tapers, segment, rate.hz()),
                    mean,
                )
            }
            Method::Periodogram | Method::Welch => AnyEstimator::Segments(
                Estimator::new(settings.segments(segment, rate), rate.hz()),
            ),
        };
        let column = rate.samples(COLUMN_S).max(1);
        let columns = Segments {
            length: column,
            overlap: column - column / 4,
            window: Window::Hann,
            demean: true,
        };
        Self {
            settings,
            band_hz: settings.band(rate),
            segment,
            estimator,
            wavelets: settings.wavelets.then(|| {
                let length = SCALES * fast_length_below(segment / SCALES);
                (WaveletEstimator::new(length, rate.hz()), length)
            }),
            instantaneous: InstantaneousMean::new(
                columns,
                rate.hz(),
                settings.band(rate),
            ),
        }
    }

    pub(super) fn spacing_hz(&self) -> f64 {
        self.estimator.spacing_hz()
    }

    /// Everything spectral of every used epoch, and the mean spectra of the first and
    /// last ones.
    pub(super) fn fill(&mut self, clean: &[f64], epochs: &mut [Epoch]) -> Option<Ends> {
        let used = epochs.iter().filter(|epoch| epoch.state == EpochState::Used).count();
        let size = tenth(used);
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for (rank, epoch) in
            epochs.iter_mut().filter(|epoch| epoch.state == EpochState::Used).enumerate()
        {
            let samples = &clean[epoch.span.clone()];
            self.times(samples, epoch);
            let Some(spectrum) = self.estimator.spectrum(samples, self.segment) else {
                continue;
            };
            read(spectrum, self.band_hz, self.settings, epoch);
            if rank < size {
                add(&mut first, &spectrum.density, 1.0 / size as f64);
            }
            if rank + size >= used {
                add(&mut last, &spectrum.density, 1.0 / size as f64);
            }
        }
        let spacing_hz = self.spacing_hz();
        let spectrum = |density| PowerSpectrum { spacing_hz, density };
        (used > 0).then(|| Ends {
            first: spectrum(first),
            last: spectrum(last),
            epochs: size,
        })
    }

    /// What is read from time and frequency together.
    fn times(&mut self, samples: &[f64], epoch: &mut Epoch) {
        epoch.set(Quantity::InstantaneousMnf, self.instantaneous.mean(samples));
        let Some((wavelets, length)) = &mut self.wavelets else {
            return;
        };
        let from = samples.len().saturating_sub(*length) / 2;
        let Some(samples) = samples.get(from..from + *length) else {
            return;
        };
        let indices = wavelets.estimate(samples);
        epoch.set(Quantity::Wire51, indices.wire51);
        epoch.set(Quantity::Wirm1551, indices.wirm1551);
        epoch.set(Quantity::Wirm1522, indices.wirm1522);
        epoch.set(Quantity::Wirm1m51, indices.wirm1m51);
        epoch.set(Quantity::Wirw51, indices.wirw51);
    }
}

/// What is read from the spectrum of an epoch.
fn read(
    spectrum: &PowerSpectrum,
    (low_hz, high_hz): (f64, f64),
    settings: &Fatigue,
    epoch: &mut Epoch,
) {
    let band = spectrum.band(low_hz, high_hz);
    let moments = band.moments();
    epoch.set(Quantity::Mnf, moments.mean_frequency());
    epoch.set(Quantity::Mdf, band.median_frequency(settings.median));
    epoch.set(Quantity::PeakFrequency, band.peak_frequency());
    epoch.set(Quantity::SpectralEntropy, band.entropy());
    epoch.set(
        Quantity::LowHighRatio,
        low_high_ratio(spectrum, (low_hz, high_hz), settings),
    );
    epoch.set(Quantity::Finsm2, moments.finsm(2));
    epoch.set(Quantity::Finsm3, moments.finsm(3));
    epoch.set(Quantity::Finsm4, moments.finsm(4));
    epoch.set(Quantity::Finsm5, moments.finsm(5));
    epoch.moments = Some(moments);
}

/// The power of the low over that of the high frequencies, as far as they lie in the
/// band; `None` where that is less than half of either, or has fewer than three
/// frequencies.
fn low_high_ratio(
    spectrum: &PowerSpectrum,
    (from_hz, to_hz): (f64, f64),
    settings: &Fatigue,
) -> Option<f64> {
    let bands = settings.ratio_bands_hz.map(|[low, high]| {
        let (from, to) = (low.max(from_hz), high.min(to_hz));
        let enough =
            to - from >= 0.5 * (high - low) && spectrum.band(from, to).len() >= 3;
        enough.then_some((from, to))
    });
    let [low, high] = bands;
    spectrum.frequency_ratio(low?, high?)
}

fn add(sum: &mut Vec<f64>, density: &[f64], weight: f64) {
    sum.resize(density.len(), 0.0);
    sum.iter_mut().zip(density).for_each(|(sum, power)| *sum += weight * power);
}
