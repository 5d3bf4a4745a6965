//! Where a signal comes from: whether it is raw EMG at all, and what was done to it
//! before it was recorded.

use super::super::spoken;
use super::assessment::{Assessment, percent};
use super::{Fault, Quality};
use crate::dsp::spectrum::PowerSpectrum;
use crate::dsp::stats::{median, quantiles};
use crate::dsp::sums::sums_of;
use crate::outcome::Verdict;
use crate::units::Hertz;

/// How many samples show how all of them are distributed.
const SHOWN: usize = 4096;

/// About `SHOWN` samples at equal distances over the whole of a channel.
pub(super) fn spread(samples: &[f64]) -> Vec<f64> {
    samples.iter().step_by(samples.len().div_ceil(SHOWN).max(1)).copied().collect()
}

/// How the values of some samples are distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// The skewness: the mean cube of the deviations over the cube of their root mean
    /// square.
    pub skewness: f64,
    /// The root mean square over the average rectified value: √(π/2) = 1.2533 for
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
    pub fn of(samples: &[f64]) -> Option<Self> {
        let there: Vec<f64> =
            samples.iter().copied().filter(|sample| !sample.is_nan()).collect();
        let n = there.len() as f64;
        let [sum, magnitudes, squares] = sums_of(&there, |x| [x, x.abs(), x * x]);
        let mean = sum / n;
        let central =
            |x: f64| [(x - mean) * (x - mean), (x - mean) * (x - mean) * (x - mean)];
        let [variance, cubes] = sums_of(&there, central).map(|sum| sum / n);
        let [low, middle, high] = quantiles(&there, [0.05, 0.5, 0.95])?;
        let deviation = variance.sqrt();
        let negative = there.iter().filter(|&&sample| sample < -0.1 * deviation).count();
        let found = Self {
            skewness: cubes / (variance * deviation),
            rms_over_arv: (squares / n).sqrt() / (magnitudes / n),
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
pub struct Shape {
    /// The share of the power below 30 Hz, 0 … 1, the mean removed.
    pub slow_share: f64,
    /// The largest share of the power from 10 to 450 Hz that lies within 2 Hz of one
    /// frequency.
    pub tone_share: f64,
    /// That frequency, in hertz.
    pub tone_hz: f64,
    /// How far the density from 20 to 40 Hz lies below that from 60 to 150 Hz, in dB
    /// (medians, so that lines of the mains do not count).
    pub low_loss_db: Option<f64>,
    /// How far the density in the upper fifth of the band up to 450 Hz (0.45 of the rate
    /// at most) lies below that from 60 to 150 Hz, in dB; `None` where the two overlap.
    pub fall_db: Option<f64>,
    /// How far the density just below half the rate lies below the highest of bands of 20
    /// Hz, in dB.
    pub end_fall_db: Option<f64>,
}

impl Shape {
    /// The shape of a spectrum; `None` without power.
    pub(super) fn of(spectrum: &PowerSpectrum, rate: Hertz) -> Option<Self> {
        let (total, nyquist) = (spectrum.power(0.0, f64::INFINITY), rate.nyquist());
        let band = spectrum.power(10.0, 450.0);
        let tones =
            (10..=450).map(f64::from).map(|hz| (hz, spectrum.power(hz - 2.0, hz + 2.0)));
        let (tone_hz, tone) = tones
            .fold((0.0, 0.0), |best, tone| if tone.1 > best.1 { tone } else { best });
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
            fall_db: below(middle, typical(spectrum, upper.0, upper.1))
                .filter(|_| upper.0 > 150.0),
            end_fall_db: below(highest, typical(spectrum, 0.9 * nyquist, 0.99 * nyquist)),
        })
    }
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

impl Quality {
    /// Judges whether a channel is raw EMG, and says whether it is.
    pub(super) fn judge_origin(&self, rate: Hertz, found: &mut Assessment) -> bool {
        let before = found.reasons.len();
        if let (Some(shape), Some(values)) = (found.shape, found.distribution) {
            self.judge_treatment(shape, values, found);
        }
        let raw = found.reasons.len() == before;
        if let Some(shape) = found.shape.filter(|_| raw) {
            self.judge_tone(shape, found);
            self.judge_band(shape, rate, found);
        }
        raw
    }

    fn judge_treatment(
        &self,
        shape: Shape,
        values: Distribution,
        found: &mut Assessment,
    ) {
        let slow = shape.slow_share > self.slow_share;
        let flat = shape.fall_db.is_some_and(|fall| fall < self.open_fall_db);
        let (below, negative) =
            (percent(shape.slow_share), percent(values.negative_share));
        if slow && values.negative_share < 0.01 {
            let text = format!(
                "already an envelope: {below} % of the power is below 30 Hz and {negative} % of the samples are \
                 negative; raw EMG is needed"
            );
            found.note(Fault::Enveloped, Verdict::Bad, text);
        } else if slow && flat {
            let text = format!(
                "no EMG: {below} % of the power is below 30 Hz and the spectrum is flat above 60 Hz, as of an input to \
                 which nothing is connected"
            );
            found.note(Fault::OpenInput, Verdict::Bad, text);
        } else if values.negative_share < 0.05 && values.lean < self.rectified_lean {
            let text = format!(
                "already rectified: {negative} % of the samples are negative and most lie near the lowest (lean {}; 1 \
                 for raw EMG); raw EMG is needed",
                spoken(values.lean)
            );
            found.note(Fault::Rectified, Verdict::Bad, text);
        }
    }

    fn judge_tone(&self, shape: Shape, found: &mut Assessment) {
        let hum = found.mains.is_some_and(|mains| mains.share > self.mains_check);
        if shape.tone_share > self.tone_bad && !hum {
            let text = format!(
                "no EMG: {} % of the power is within 2 Hz of {} Hz",
                percent(shape.tone_share),
                spoken(shape.tone_hz)
            );
            found.note(Fault::Tone, Verdict::Bad, text);
        }
    }

    fn judge_band(&self, shape: Shape, rate: Hertz, found: &mut Assessment) {
        if let Some(loss) = shape.low_loss_db.filter(|&loss| loss > self.low_loss_db) {
            let text = format!(
                "high-pass: the density from 20 to 40 Hz lies {} dB below that from 60 to 150 Hz, so an earlier filter \
                 took some of the EMG",
                spoken(loss)
            );
            found.note(Fault::HighPass, Verdict::Check, text);
        }
        let unfallen = shape
            .end_fall_db
            .filter(|&fall| fall < self.end_fall_db && rate.hz() < self.rate_check_hz);
        if rate.hz() < self.rate_least_hz {
            let text = format!(
                "sampling rate: {rate} leaves nothing above {} Hz",
                spoken(rate.nyquist())
            );
            found.note(Fault::SlowRate, Verdict::Check, text);
        } else if let Some(fall) = unfallen {
            let text = format!(
                "sampling rate: at {rate} the spectrum has fallen by {} dB only at half of it, so faster parts of the \
                 signal are missing or folded back",
                spoken(fall)
            );
            found.note(Fault::SlowRate, Verdict::Check, text);
        }
    }
}
