//! What spectra and levels say of a channel: mains, motion, signal against noise.

use std::ops::Range;

use super::super::active::ActiveParts;
use super::super::scan::Scan;
use crate::dsp::spectrum::{Estimator, PowerSpectrum, Segments, Window};
use crate::dsp::stats::quantiles;
use crate::dsp::sums::sum_of;
use crate::units::Hertz;

/// Activity compared with rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActivityContrast {
    /// The root mean square of what is active, in the unit of the channel: of what
    /// exceeds a known rest, or of the bursts; where neither tells, as `strong`.
    pub active: f64,
    /// The 95th percentile of the root mean squares of 100 ms of what is active, of the
    /// whole channel where nothing tells that, in the unit of the channel.
    pub strong: f64,
    /// The root mean square of rest, in the unit of the channel.
    pub rest: f64,
    /// Where rest was found.
    pub source: RestSource,
    /// How far the upper fifth of the band lies below the mean density, in dB; `None`
    /// without a spectrum.
    pub shape_db: Option<f64>,
    /// The share of the levels of 100 ms that are dropouts, were the unit volts: below
    /// `dropout_v`.
    pub dropout_share: f64,
    /// How much of the channel is active; `None` where nothing tells it.
    pub time: Option<ActiveTime>,
}

/// How much of a channel is active.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActiveTime {
    /// How long, in seconds.
    pub active_s: f64,
    /// Of how many seconds without gaps.
    pub of_s: f64,
    /// In how many contractions: pauses up to 0.3 s part none.
    pub contractions: usize,
}

impl ActivityContrast {
    /// The contrast that a channel has whose active parts are known.
    pub(super) fn of_parts(self, parts: &ActiveParts, rate: Hertz) -> Self {
        let time = Some(ActiveTime {
            active_s: rate.seconds(parts.count()),
            of_s: rate.seconds(parts.samples),
            contractions: parts.contractions(rate.hz()),
        });
        let is_active = !parts.spans.is_empty();
        Self {
            active: if is_active { parts.level } else { self.active },
            strong: if is_active { parts.strong } else { self.strong },
            rest: parts.rest,
            source: match (parts.is_known, self.source) {
                (true, _) => RestSource::Recording,
                (false, RestSource::Second) => RestSource::BetweenBursts,
                (false, _) => RestSource::BetweenShortBursts,
            },
            time,
            ..self
        }
    }

    /// Whether a recording of rest tells that nothing of the channel is active.
    pub fn rests_throughout(&self) -> bool {
        self.time.is_some_and(|time| time.contractions == 0)
    }

    /// The signal-to-noise ratio `20 log10(active/rest)` in dB; `None` when rest is
    /// silent: no amplifier has 160 dB, so that what is left there is rounding.
    pub fn snr_db(&self) -> Option<f64> {
        (self.rest > 1e-8 * self.active)
            .then(|| 20.0 * libm::log10(self.active / self.rest))
    }

    /// The ratio of the signal alone to noise, `10 log10((active² − rest²)/rest²)` in dB;
    /// `None` when rest is perfectly silent or as strong as activity.
    pub fn corrected_snr_db(&self) -> Option<f64> {
        let ratio = self.active / self.rest;
        (self.rest > 0.0 && ratio > 1.0).then(|| 10.0 * libm::log10(ratio * ratio - 1.0))
    }
}

/// Where rest was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestSource {
    /// A recording of rest of the same session.
    Recording,
    /// What lies between the bursts of a recording that has a quiet second.
    BetweenBursts,
    /// What lies between the bursts of a recording without a quiet second.
    BetweenShortBursts,
    /// The quietest second.
    Second,
    /// The 5th percentile of the root mean squares of 100 ms: the recording has no quiet
    /// second.
    Percentile,
}

/// Mains hum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MainsHum {
    /// The mains frequency that fits better: 50 or 60 Hz.
    pub base_hz: f64,
    /// Its power and that of its harmonics above the neighbourhood, over the power from
    /// 10 to 450 Hz, 0 … 1.
    pub share: f64,
}

/// The share of mains in a power spectrum: the power within 1 Hz of a mains frequency and
/// of its harmonics below 450 Hz that exceeds the mean of the neighbours within 5 Hz,
/// over the power from 10 to 450 Hz. The larger of the shares of 50 and 60 Hz; `None`
/// without power.
pub fn mains(spectrum: &PowerSpectrum) -> Option<MainsHum> {
    let total = spectrum.power(10.0, 450.0);
    let of = |base_hz: f64| MainsHum {
        base_hz,
        share: (excess(spectrum, base_hz) / total).min(1.0),
    };
    let (fifty, sixty) = (of(50.0), of(60.0));
    (total > 0.0).then_some(if sixty.share > fifty.share { sixty } else { fifty })
}

fn excess(spectrum: &PowerSpectrum, base_hz: f64) -> f64 {
    let above = |line: f64| {
        let (on, around) = (
            spectrum.band(line - 1.0, line + 1.0),
            spectrum.band(line - 5.0, line + 5.0),
        );
        let neighbours =
            (around.moment(0) - on.moment(0)) / (around.len() - on.len()).max(1) as f64;
        (on.moment(0) - neighbours * on.len() as f64).max(0.0)
    };
    lines(spectrum, base_hz).map(above).sum()
}

/// The mains frequency and its harmonics up to 450 Hz whose neighbourhood is in the
/// spectrum.
pub(super) fn lines(
    spectrum: &PowerSpectrum,
    base_hz: f64,
) -> impl Iterator<Item = f64> + use<> {
    let top = spectrum.frequency(spectrum.density.len().saturating_sub(1));
    let harmonics = (1..=9).map(move |harmonic| f64::from(harmonic) * base_hz);
    harmonics.take_while(move |&line| line <= 450.0 && line + 5.0 <= top)
}

/// The mean spectrum over segments of one second, half overlapped, Hann; `None` for less
/// than a second.
pub(super) fn mean(
    rate: Hertz,
    samples: &[f64],
    stretches: &[Range<usize>],
) -> Option<PowerSpectrum> {
    let length = rate.samples(1.0);
    let segments =
        Segments { length, overlap: length / 2, window: Window::Hann, demean: true };
    Estimator::new(segments, rate.hz())
        .welch(stretches.iter().map(|stretch| &samples[stretch.clone()]))
}

/// The share of the power below 20 Hz.
pub(super) fn motion(spectrum: &PowerSpectrum) -> Option<f64> {
    let total = spectrum.power(0.0, f64::INFINITY);
    // 20 Hz itself belongs to the signal.
    (total > 0.0).then(|| spectrum.power(0.0, 20.0 - spectrum.spacing_hz / 2.0) / total)
}

/// Activity compared with rest, by the root mean squares of 100 ms.
pub(super) fn contrast(
    scan: &Scan<'_>,
    raw: Option<&PowerSpectrum>,
    dropout: f64,
) -> Option<ActivityContrast> {
    let trace = scan.trace;
    let tenth = trace.rate.samples(0.1).max(1);
    let mut levels = Vec::new();
    let mut quietest = f64::INFINITY;
    for stretch in &scan.clean_stretches {
        let squares =
            |block: &[f64]| sum_of(block, |sample| sample * sample) / tenth as f64;
        let powers: Vec<f64> =
            trace.clean[stretch.clone()].chunks_exact(tenth).map(squares).collect();
        let seconds =
            powers.windows(10).map(|second| (second.iter().sum::<f64>() / 10.0).sqrt());
        quietest = seconds.fold(quietest, f64::min);
        levels.extend(powers.iter().map(|power| power.sqrt()));
    }
    let [low, active] = quantiles(&levels, [0.05, 0.95])?;
    // A second at rest is about as quiet as its quietest tenths; a second of gait holds a
    // burst.
    let (rest, source) = if quietest <= 2.0 * low {
        (quietest, RestSource::Second)
    } else {
        (low, RestSource::Percentile)
    };
    let shape_db = raw.and_then(|spectrum| shape(spectrum, trace.rate.hz()));
    let dropouts = levels.iter().filter(|&&level| level < dropout).count();
    let dropout_share = dropouts as f64 / levels.len() as f64;
    (levels.len() > 1 && active > 0.0).then_some(ActivityContrast {
        active,
        strong: active,
        rest,
        source,
        shape_db,
        dropout_share,
        time: None,
    })
}

/// How far the density in the upper fifth of the band from 20 Hz to 450 Hz (0.45 of the
/// rate at most) lies below the mean density of the band, in dB. About 0 for white noise.
pub(super) fn shape(spectrum: &PowerSpectrum, rate_hz: f64) -> Option<f64> {
    let high = (0.45 * rate_hz).min(450.0);
    let (band, upper) =
        (spectrum.band(20.0, high), spectrum.band(high - 0.2 * (high - 20.0), high));
    let density = |power: f64, bins: usize| power / bins as f64;
    let ratio =
        density(band.moment(0), band.len()) / density(upper.moment(0), upper.len());
    Some(10.0 * libm::log10(ratio)).filter(|shape| shape.is_finite())
}
