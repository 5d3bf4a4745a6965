//! What spectra and levels say of a channel: mains, motion, signal against noise.

use std::cmp::Ordering::Equal;
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
    /// How fast rest changes over how fast activity does, as the ratio of their mean
    /// frequencies (Hjorth 1970: mobility): about 1 where the quietest part is weak
    /// activity, 1.2 to 2 where it is the noise of electrodes and amplifiers. `None` where
    /// white noise would be no faster than this activity, as at low sampling rates.
    pub quickness: Option<f64>,
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

    /// Whether rest can be noise: a recording of rest tells it, its spectrum does, or
    /// that cannot be told.
    pub fn rests(&self) -> bool {
        self.source == RestSource::Recording
            || self.quickness.is_none_or(|quickness| quickness > QUICKER)
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

/// Noise changes at least so many times as fast as activity.
const QUICKER: f64 = 1.15;

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
    /// How many standard deviations of what lies beside it the hum has, if its spectrum
    /// is the mean of one segment.
    pub clearness: f64,
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
        clearness: clearness(spectrum, base_hz),
    };
    let (fifty, sixty) = (of(50.0), of(60.0));
    (total > 0.0).then_some(if sixty.share > fifty.share { sixty } else { fifty })
}

fn excess(spectrum: &PowerSpectrum, base_hz: f64) -> f64 {
    let above = |line: f64| {
        let [on, neighbours] = line_and_neighbours(spectrum, line);
        (on - neighbours).max(0.0)
    };
    // The sum of nothing is −0.
    0.0 + lines(spectrum, base_hz).map(above).sum::<f64>()
}

/// What a line and its harmonics exceed their neighbours by, in standard deviations of as
/// many neighbours: three values behind a Hann window have the scatter of one and a half.
fn clearness(spectrum: &PowerSpectrum, base_hz: f64) -> f64 {
    let (mut above, mut squares) = (0.0, 0.0);
    for line in lines(spectrum, base_hz) {
        let [on, neighbours] = line_and_neighbours(spectrum, line);
        above += on - neighbours;
        squares += neighbours * neighbours / 1.5;
    }
    above / squares.sqrt()
}

/// The power within 1 Hz of a line, and what its neighbours within 5 Hz would have there.
fn line_and_neighbours(spectrum: &PowerSpectrum, line: f64) -> [f64; 2] {
    let on = spectrum.band(line - 1.0, line + 1.0);
    let around = spectrum.band(line - 5.0, line + 5.0);
    let neighbours =
        (around.moment(0) - on.moment(0)) / (around.len() - on.len()).max(1) as f64;
    [on.moment(0), neighbours * on.len() as f64]
}

/// The frequency in hertz of the clearest line within 1.5 Hz of another one, told between
/// the frequencies of a spectrum of Hann windows (Grandke 1983, IEEE Trans Instrum Meas
/// 32:350).
pub(super) fn line_hz(spectrum: &PowerSpectrum, near_hz: f64) -> Option<f64> {
    let place = |hz: f64| (hz / spectrum.spacing_hz).round() as usize;
    let size = |k: usize| spectrum.density.get(k).map(|power| power.sqrt());
    let near = place(near_hz - 1.5)..=place(near_hz + 1.5);
    let largest = near.max_by(|&a, &b| size(a).partial_cmp(&size(b)).unwrap_or(Equal))?;
    let (below, top, above) =
        (size(largest.checked_sub(1)?)?, size(largest)?, size(largest + 1)?);
    let between = |beside: f64| (2.0 * beside - top) / (beside + top);
    let off = if above > below { between(above) } else { -between(below) };
    let hz = (largest as f64 + off) * spectrum.spacing_hz;
    Some((100.0 * hz).round() / 100.0).filter(|hz| hz.is_finite())
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

/// The shortest stretch whose spectrum says something of its shape, in seconds.
const SHORTEST_S: f64 = 0.2;
/// Segments so long tell movement from what is slower, in seconds.
const SWAY_S: f64 = 4.0;
/// What is slower is no movement, in hertz: strides and repetitions come at 0.5 to 1 Hz
/// and shake electrodes at multiples of that.
pub(super) const MOVEMENT_HZ: f64 = 1.25;

/// How many segments are looked at together.
const PIECE: usize = 64;

/// The mean spectrum, made of the differences of neighbours: what an offset that drifts
/// or steps has in it stays at the frequencies where it is, instead of leaking into those
/// of the EMG. Its segments are as long as the longest stretch allows, a second at most;
/// `None` for less than 0.2 s.
pub(super) fn steady(
    rate: Hertz,
    samples: &[f64],
    stretches: &[Range<usize>],
) -> Option<PowerSpectrum> {
    let first = |buffer: &mut Vec<f64>, piece: &[f64]| {
        buffer.extend(piece.windows(2).map(|pair| pair[1] - pair[0]));
    };
    of_differences((rate, 1.0, 1), samples, stretches, first)
}

/// The share of the power below 20 Hz in that above 1.25 Hz (three frequencies of the
/// spectrum, where its segments have to be shorter than 2.4 s): movement without the drift
/// of an offset, which second differences keep out; `None` as of [`steady`].
pub(super) fn sway(
    rate: Hertz,
    samples: &[f64],
    stretches: &[Range<usize>],
) -> Option<f64> {
    let second = |buffer: &mut Vec<f64>, piece: &[f64]| {
        buffer.extend(piece.windows(3).map(|at| at[2] - 2.0 * at[1] + at[0]));
    };
    let spectrum = of_differences((rate, SWAY_S, 2), samples, stretches, second)?;
    let low_hz = MOVEMENT_HZ.max(3.0 * spectrum.spacing_hz);
    let total = spectrum.power(low_hz, f64::INFINITY);
    (total > 0.0).then(|| spectrum.power(low_hz, 20.0) / total)
}

/// The mean spectrum of samples, by their differences of an order, in segments that are
/// no longer than so many seconds.
fn of_differences(
    (rate, segment_s, order): (Hertz, f64, usize),
    samples: &[f64],
    stretches: &[Range<usize>],
    differ: impl Fn(&mut Vec<f64>, &[f64]),
) -> Option<PowerSpectrum> {
    let longest =
        stretches.iter().map(Range::len).max().unwrap_or(0).saturating_sub(order);
    let length = rate.samples(segment_s).min(longest);
    if length < rate.samples(SHORTEST_S).max(2) {
        return None;
    }

    let segments =
        Segments { length, overlap: length / 2, window: Window::Hann, demean: true };
    let mut estimator = Estimator::new(segments, rate.hz());
    let (mut sum, mut weight, mut buffer) = (Vec::new(), 0.0, Vec::new());
    for piece in stretches
        .iter()
        .flat_map(|stretch| samples[stretch.clone()].chunks(PIECE * length + order))
        .filter(|piece| piece.len() >= length + order)
    {
        buffer.clear();
        differ(&mut buffer, piece);
        let count =
            (buffer.len() / (length - length / 2)).saturating_sub(1).max(1) as f64;
        let found = estimator.mean([buffer.as_slice()])?;
        sum.resize(found.density.len(), 0.0);
        sum.iter_mut()
            .zip(&found.density)
            .for_each(|(sum, density)| *sum += count * density);
        weight += count;
    }
    let spacing_hz = rate.hz() / length as f64;
    let mut spectrum = PowerSpectrum { spacing_hz, density: sum };
    let step = std::f64::consts::PI * spectrum.spacing_hz / rate.hz();
    for (k, density) in spectrum.density.iter_mut().enumerate() {
        let gain = (2.0 * libm::sin(k as f64 * step)).powi(2 * order as i32);
        *density = if k > 0 { *density / (weight * gain) } else { 0.0 };
    }
    Some(spectrum)
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
    steady: Option<&PowerSpectrum>,
    dropout: f64,
) -> Option<ActivityContrast> {
    let trace = scan.trace;
    let tenth = trace.rate.samples(0.1).max(1);
    let floor = scan.floor() * scan.floor();
    let mut levels = Vec::new();
    let mut quietest = f64::INFINITY;
    for stretch in &scan.sounding {
        let squares = |block: &[f64]| {
            (sum_of(block, |sample| sample * sample) / tenth as f64).max(floor)
        };
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
    let shape_db = steady.and_then(|spectrum| shape(spectrum, trace.rate.hz()));
    let quickness = quickness(scan, rest, quantiles(&levels, [0.8])?[0]);
    let dropouts = levels.iter().filter(|&&level| level < dropout).count();
    let dropout_share = dropouts as f64 / levels.len() as f64;
    (levels.len() > 1 && active > 0.0).then_some(ActivityContrast {
        active,
        strong: active,
        rest,
        source,
        shape_db,
        quickness,
        dropout_share,
        time: None,
    })
}

/// How fast the quietest tenths of a second change over how fast those at `strong` and
/// above do.
fn quickness(scan: &Scan<'_>, rest: f64, strong: f64) -> Option<f64> {
    let trace = scan.trace;
    let tenth = trace.rate.samples(0.1).max(3);
    let (mut quiet, mut loud) = (Mobility::default(), Mobility::default());
    for stretch in &scan.sounding {
        for block in trace.clean[stretch.clone()].chunks_exact(tenth) {
            let power = sum_of(block, |sample| sample * sample) / tenth as f64;
            if power <= QUIET * QUIET * rest * rest {
                quiet.add(block, power);
            }
            if power >= strong * strong {
                loud.add(block, power);
            }
        }
    }
    let (quiet, loud) = (quiet.hz(trace.rate)?, loud.hz(trace.rate)?);
    // Of white noise in the band that the filters leave.
    let (low, high): (f64, f64) = (20.0, (0.45 * trace.rate.hz()).min(450.0));
    let white = ((high.powi(3) - low.powi(3)) / (3.0 * (high - low))).sqrt();
    (white > QUICKER * QUICKER * loud).then_some(quiet / loud)
}

/// Tenths of a second up to this times the level of rest show how fast rest changes.
const QUIET: f64 = 1.2;

/// The sums of a mean frequency.
#[derive(Default)]
struct Mobility {
    squares: f64,
    changes: f64,
}

impl Mobility {
    fn add(&mut self, samples: &[f64], power: f64) {
        let change = |pair: &[f64]| (pair[1] - pair[0]) * (pair[1] - pair[0]);
        let changes: f64 = samples.windows(2).map(change).sum();
        self.squares += power;
        self.changes += changes / (samples.len() - 1) as f64;
    }

    fn hz(&self, rate: Hertz) -> Option<f64> {
        let ratio = (self.changes / self.squares).sqrt();
        Some(ratio * rate.hz() / std::f64::consts::TAU).filter(|hz| *hz > 0.0)
    }
}

/// EMG falls from some 100 Hz on: a band that ends below this is as flat as noise.
const FALLS_WITHIN_HZ: f64 = 200.0;

/// How far the density in the upper fifth of the band from 20 Hz to 450 Hz (0.45 of the
/// rate at most) lies below the mean density of the band, in dB. About 0 for white noise;
/// `None` where the band ends too early to tell noise from EMG.
pub(super) fn shape(spectrum: &PowerSpectrum, rate_hz: f64) -> Option<f64> {
    let high =
        Some((0.45 * rate_hz).min(450.0)).filter(|high| *high >= FALLS_WITHIN_HZ)?;
    let (band, upper) =
        (spectrum.band(20.0, high), spectrum.band(high - 0.2 * (high - 20.0), high));
    let density = |power: f64, bins: usize| power / bins as f64;
    let ratio =
        density(band.moment(0), band.len()) / density(upper.moment(0), upper.len());
    Some(10.0 * libm::log10(ratio)).filter(|shape| shape.is_finite())
}
