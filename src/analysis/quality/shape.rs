//! How the values of a channel are distributed, and what its spectrum looks like: by both
//! raw EMG is told from what was treated.

use crate::dsp::spectrum::PowerSpectrum;
use crate::dsp::stats::{median, quantiles};
use crate::dsp::sums::{sum_of, sums_of};
use crate::units::Hertz;

/// How the values of some samples are distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// The skewness: the mean cube of the deviations over the cube of their root mean
    /// square.
    pub skewness: f64,
    /// The root mean square over the average rectified value, the mean taken off: √(π/2) = 1.2533 for
    /// Gaussian samples, as of the interference pattern of many motor units; √2 for
    /// Laplacian ones.
    pub rms_over_arv: f64,
    /// The share of samples that are negative by more than a tenth of the standard
    /// deviation.
    pub negative_share: f64,
    /// How far the 5th percentile lies below the median, over how far the 95th lies above
    /// it: 1 for symmetric distributions, 0.47 or less for rectified noise.
    pub lean: f64,
}

impl Distribution {
    /// The distribution of samples, gaps left out; `None` when they do not vary, or by so
    /// little or so much that their squares cannot be told.
    pub fn measure(samples: &[f64]) -> Option<Self> {
        let there: Vec<f64> =
            samples.iter().copied().filter(|sample| !sample.is_nan()).collect();
        let n = there.len() as f64;
        let mean = sum_of(&there, |x| x) / n;
        let central = |x: f64| {
            let apart = x - mean;
            [apart.abs(), apart * apart, apart * apart * apart]
        };
        let [magnitude, variance, cubes] = sums_of(&there, central).map(|sum| sum / n);
        let [low, middle, high] = quantiles(&there, [0.05, 0.5, 0.95])?;
        let deviation = variance.sqrt();
        let negative = there.iter().filter(|&&sample| sample < -0.1 * deviation).count();
        let found = Self {
            skewness: cubes / (variance * deviation),
            rms_over_arv: deviation / magnitude,
            negative_share: negative as f64 / n,
            lean: (middle - low) / (high - middle),
        };
        (found.skewness.is_finite()
            && found.rms_over_arv.is_finite()
            && found.lean.is_finite())
        .then_some(found)
    }
}

/// What the spectrum of `raw` tells of its origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectralShape {
    /// The share of the power below 30 Hz, 0 … 1, the mean removed.
    pub slow_share: f64,
    /// The largest share of the power from 10 to 450 Hz that lies within 2 Hz of one
    /// frequency and above what lies 4 to 8 Hz beside it.
    pub tone_share: f64,
    /// That frequency, in hertz.
    pub tone_hz: f64,
    /// How far the density from 20 to 40 Hz lies below that from 60 to 150 Hz, in dB
    /// (medians, so that lines of the mains do not count).
    pub low_loss_db: Option<f64>,
    /// How far the density from 20 to 30 Hz lies below that from 40 to 60 Hz, an octave
    /// higher, in dB (medians).
    pub low_slope_db: Option<f64>,
    /// How far the density in the upper fifth of the band up to 450 Hz (0.45 of the rate
    /// at most) lies below that from 60 to 150 Hz, in dB; `None` where the two overlap.
    pub fall_db: Option<f64>,
    /// How many octaves the upper fifth lies above 60–150 Hz, over how many it does where
    /// the band ends at 450 Hz, 0 … 1.
    pub reach: f64,
    /// How far the density just below half the rate lies below the highest of bands of 20
    /// Hz, in dB.
    pub end_fall_db: Option<f64>,
}

impl SpectralShape {
    /// The shape of a spectrum; `None` without power.
    pub(super) fn measure(spectrum: &PowerSpectrum, rate: Hertz) -> Option<Self> {
        let (total, nyquist) = (spectrum.power(0.0, f64::INFINITY), rate.nyquist());
        let band = spectrum.power(10.0, 450.0);
        let (tone_hz, tone) = strongest_tone(spectrum);
        let top = (0.9 * nyquist).min(450.0);
        let upper = (top - 0.2 * (top - 20.0), top);
        let middle = typical(spectrum, 60.0, 150.0_f64.min(top));
        let highest = (0..20)
            .map(|k| 20.0 + 20.0 * f64::from(k))
            .filter(|hz| hz + 20.0 < 0.9 * nyquist);
        let highest =
            highest.filter_map(|hz| typical(spectrum, hz, hz + 20.0)).reduce(f64::max);
        let below = |high: Option<f64>, low: Option<f64>| decibels(high? / low?);
        (total > 0.0 && band > 0.0).then(|| Self {
            slow_share: spectrum.power(0.0, 30.0) / total,
            tone_share: (tone / band).min(1.0),
            tone_hz,
            low_loss_db: below(middle, typical(spectrum, 20.0, 40.0)),
            low_slope_db: below(
                typical(spectrum, 40.0, 60.0),
                typical(spectrum, 20.0, 30.0),
            ),
            fall_db: below(middle, typical(spectrum, upper.0, upper.1))
                .filter(|_| upper.0 > 150.0),
            reach: libm::log2((upper.0 + upper.1) / (60.0 + 150.0)).max(0.0)
                / libm::log2((364.0 + 450.0) / (60.0 + 150.0)),
            end_fall_db: below(highest, typical(spectrum, 0.9 * nyquist, 0.99 * nyquist)),
        })
    }
}

/// Where most power stands within 2 Hz above what stands beside, and how much: the slope
/// of what is slow is no tone.
fn strongest_tone(spectrum: &PowerSpectrum) -> (f64, f64) {
    let around = |hz: f64| spectrum.power(hz - 2.0, hz + 2.0);
    let tone = |hz: f64| (around(hz) - around(hz - 6.0).max(around(hz + 6.0))).max(0.0);
    let tones = (10..=450).map(f64::from).map(|hz| (hz, tone(hz)));
    tones.fold((0.0, 0.0), |best, tone| if tone.1 > best.1 { tone } else { best })
}

fn decibels(ratio: f64) -> Option<f64> {
    Some(10.0 * libm::log10(ratio)).filter(|value| value.is_finite())
}

/// The median density of a band.
fn typical(spectrum: &PowerSpectrum, low_hz: f64, high_hz: f64) -> Option<f64> {
    let inside = |k: &usize| (low_hz..=high_hz).contains(&spectrum.frequency(*k));
    let densities: Vec<f64> =
        (0..spectrum.density.len()).filter(inside).map(|k| spectrum.density[k]).collect();
    median(&densities)
}
