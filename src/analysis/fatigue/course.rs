//! The epochs of a channel: amplitude and spectrum of each, and which of them are used.

use super::super::active::ActiveParts;
use super::super::scan::Scan;
use super::epoch::tenth;
use super::layout::{EpochLayout, EpochPlace, Task};
use super::spectra::{Ends, Spectra};
use super::{Epoch, EpochState, Fatigue, Quantity, whitening};
use crate::dsp::spectrum::{MedianRule, Window, periodogram};
use crate::dsp::stats::{median, quantile};
use crate::dsp::sums::{sum_of, sums_of};
use crate::signal::{Event, Trace};

/// The epochs of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochCourse {
    /// What the epochs are.
    pub task: Task,
    /// The epochs in order, those that were left out included.
    pub epochs: Vec<Epoch>,
    /// The quietest second; `None` without one.
    pub rest: Option<QuietestSecond>,
    /// The root mean square at rest, where a recording of rest tells it.
    pub known_rest: Option<f64>,
    /// How much the slow envelope (3 Hz) varies within the used epochs, as a coefficient
    /// of variation: about 0.1 for a steady force; `None` without one.
    pub variation: Option<f64>,
    /// Where the first used epoch begins, in seconds after the first sample of the
    /// channel; 0 without one.
    pub begin_s: f64,
    /// Where the last used epoch ends, in seconds after the first sample of the channel;
    /// 0 without one.
    pub end_s: f64,
    /// The mean spectra of the first and the last used epochs; `None` when no epoch was
    /// used.
    pub ends: Option<Ends>,
    /// The band in hertz.
    pub band_hz: (f64, f64),
    /// The distance of two frequencies of the spectra, in hertz.
    pub spacing_hz: f64,
}

/// The quietest second of a channel, which may be rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuietestSecond {
    /// Its root mean square, in the unit of the channel.
    pub rms: f64,
    /// Its median frequency in hertz; `None` without power in the band.
    pub mdf_hz: Option<f64>,
}

/// The least distance of activity from the quietest second for that to be rest whatever
/// its spectrum, in dB.
const REST_DB: f64 = 15.0;
/// The least distance where the spectrum is that of noise, in dB.
const NOISE_DB: f64 = 6.0;
/// How many times as high as that of activity the median frequency of noise is at least:
/// white noise between 10 and 450 Hz has 230 Hz, EMG some 100.
const NOISE_SPECTRUM: f64 = 1.5;

impl EpochCourse {
    /// The epochs that were used.
    pub fn used(&self) -> impl Iterator<Item = &Epoch> + Clone {
        self.epochs.iter().filter(|epoch| epoch.state == EpochState::Used)
    }

    /// Those of them that share no samples: all, unless windows overlap.
    pub fn apart(&self) -> impl Iterator<Item = &Epoch> + Clone {
        let mut free = 0;
        self.used().filter(move |epoch| {
            let apart = epoch.span.start >= free;
            free = if apart { epoch.span.end } else { free };
            apart
        })
    }

    /// The root mean square of noise, where a recording of rest tells it, or else the
    /// quietest second: it lies 15 dB below activity, or 6 dB and has the spectrum of
    /// noise. The quietest second of a hold is activity as well.
    pub fn noise(&self) -> Option<f64> {
        self.known_rest.or_else(|| self.quiet_noise())
    }

    fn quiet_noise(&self) -> Option<f64> {
        let rest = self.rest?;
        let active = quantile(&self.values(Quantity::Rms), 0.95)?;
        let below_db = 20.0 * libm::log10(active / rest.rms);
        let median = median(&self.values(Quantity::Mdf));
        let is_noise = rest
            .mdf_hz
            .zip(median)
            .is_some_and(|(rest, active)| rest >= NOISE_SPECTRUM * active);
        (rest.rms > 0.0 && (below_db >= REST_DB || (below_db >= NOISE_DB && is_noise)))
            .then_some(rest.rms)
    }

    /// How many epochs were left out for a reason.
    pub fn count(&self, state: EpochState) -> usize {
        self.epochs.iter().filter(|epoch| epoch.state == state).count()
    }

    /// The times and values of a quantity in the epochs that were used and have it.
    pub fn points(&self, quantity: Quantity) -> (Vec<f64>, Vec<f64>) {
        points(self.used(), quantity)
    }

    /// A quantity of all epochs that were used.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        self.used().filter_map(|epoch| epoch.value(quantity)).collect()
    }

    /// How many epochs are the first and the last ones: a tenth each of those that share
    /// no samples, at least three where there are six, and one.
    pub fn tenth(&self) -> usize {
        tenth(self.apart().count())
    }
}

/// The times and values of a quantity in the epochs that have it.
pub(super) fn points<'a>(
    epochs: impl Iterator<Item = &'a Epoch>,
    quantity: Quantity,
) -> (Vec<f64>, Vec<f64>) {
    epochs.filter_map(|epoch| Some((epoch.time_s, epoch.value(quantity)?))).unzip()
}

/// The epochs of a channel. A channel shorter than an epoch has none; a silent one has
/// only quiet ones. The events are those of the recording, on its own clock.
pub fn course(trace: &Trace, events: &[Event], settings: &Fatigue) -> EpochCourse {
    course_of(&Scan::look(trace), events, settings)
}

/// The epochs of a channel that was looked at already.
pub(in crate::analysis) fn course_of(
    scan: &Scan<'_>,
    events: &[Event],
    settings: &Fatigue,
) -> EpochCourse {
    let trace = scan.trace;
    let EpochLayout { task, places, segment, slow } =
        EpochLayout::choose(scan, events, settings);
    let mut epochs = judged(scan, places, settings.quiet_share);
    let chosen = matches!(task, Task::Events { .. });
    if let Some(parts) = scan.active.as_ref().filter(|_| !chosen) {
        leave_out_inactive(&mut epochs, parts);
    }
    let mut spectra = Spectra::new(trace.rate, segment, settings);
    let ends = spectra.fill(&trace.clean, &mut epochs);
    if settings.whitening {
        whitening::fill(&trace.clean, &mut epochs);
    }
    let used = || {
        epochs
            .iter()
            .filter(|epoch| epoch.state == EpochState::Used)
            .map(|epoch| &epoch.span)
    };
    let variation = slow.and_then(|slow| slow.variation(used()));
    let mut used = used();
    let (first, last) = (used.next(), used.next_back());
    let begin_s = first.map_or(0.0, |span| trace.rate.seconds(span.start));
    let end_s = last.or(first).map_or(0.0, |span| trace.rate.seconds(span.end));
    let (band_hz, spacing_hz) = (settings.band(trace.rate), spectra.spacing_hz());
    let rest = QuietestSecond::find(trace, band_hz);
    let known = scan.active.as_ref().filter(|parts| parts.is_known);
    EpochCourse {
        task,
        rest,
        known_rest: known.map(|parts| parts.rest),
        variation,
        begin_s,
        end_s,
        ends,
        band_hz,
        spacing_hz,
        epochs,
    }
}

impl QuietestSecond {
    fn find(trace: &Trace, (low_hz, high_hz): (f64, f64)) -> Option<Self> {
        let second = trace.rate.samples(1.0).max(1);
        let level = |samples: &&[f64]| sum_of(samples, |x| x * x);
        // A gap makes the sum NaN, and nothing is quieter than 0.
        let there =
            trace.clean.chunks_exact(second).filter(|samples| level(samples) > 0.0);
        let quietest = there.min_by(|one, other| level(one).total_cmp(&level(other)))?;
        let spectrum = periodogram(quietest, trace.rate.hz(), Window::Boxcar)?;
        let mdf_hz =
            spectrum.band(low_hz, high_hz).median_frequency(MedianRule::Interpolated);
        Some(Self { rms: (level(&quietest) / second as f64).sqrt(), mdf_hz })
    }
}

/// The amplitudes of epochs: which of them are used, and why the others are not.
pub(in crate::analysis) fn judged(
    scan: &Scan<'_>,
    places: Vec<EpochPlace>,
    quiet_share: f64,
) -> Vec<Epoch> {
    let mut epochs: Vec<Epoch> =
        places.into_iter().map(|place| measured(scan, place)).collect();
    let is_active = |epoch: &Epoch| {
        scan.active.as_ref().is_none_or(|parts| parts.share_of(&epoch.span) > 0.0)
    };
    leave_out_rest(&mut epochs, quiet_share, is_active);
    epochs
}

/// The amplitudes of an epoch.
fn measured(scan: &Scan<'_>, EpochPlace { span, left_out }: EpochPlace) -> Epoch {
    let (trace, n) = (scan.trace, span.len() as f64);
    let [squares, magnitudes] = sums_of(&trace.clean[span.clone()], |x| [x * x, x.abs()]);
    let gap = f64::is_nan(magnitudes);
    let clipped = scan.clipped_count(&span);
    let clipped_share = clipped as f64 / span.len().max(1) as f64;
    let state = match (gap, scan.tolerance.is_exceeded_by(clipped, &span)) {
        (true, _) => EpochState::Gap,
        (_, true) => EpochState::Clipped,
        _ => left_out.unwrap_or(EpochState::Used),
    };
    let time_s = trace.rate.seconds(span.start) + trace.rate.seconds(span.len()) / 2.0;
    let envelope = trace
        .envelope
        .get(span.clone())
        .map(|envelope| sum_of(envelope, |value| value) / n);
    let mut epoch = Epoch::empty(span, time_s, state);
    epoch.clipped_share = clipped_share;
    if !gap && n > 0.0 {
        epoch.set(Quantity::Rms, Some((squares / n).sqrt()));
        epoch.set(Quantity::Arv, Some(magnitudes / n));
        epoch.set(Quantity::Envelope, envelope);
    }
    epoch
}

/// Leaves out epochs below a share of the level of activity: the 95th percentile of the
/// epochs that hold any.
fn leave_out_rest(
    epochs: &mut [Epoch],
    quiet_share: f64,
    is_active: impl Fn(&Epoch) -> bool,
) {
    // Clipped epochs show what activity is, although nothing else is taken from them:
    // without them the rest between clipped contractions would pass for the contraction.
    let whole: Vec<f64> = epochs
        .iter()
        .filter(|epoch| epoch.state != EpochState::Gap && is_active(epoch))
        .map(Epoch::level)
        .collect();
    let Some(active) = quantile(&whole, 0.95) else {
        return;
    };
    for epoch in epochs.iter_mut().filter(|epoch| epoch.state == EpochState::Used) {
        if epoch.level() <= 0.0 || epoch.level() < quiet_share * active {
            epoch.state = EpochState::Quiet;
        }
    }
}

/// Leaves out the epochs in which the channel is not active, or hardly: for less than half
/// the time for which it mostly is in those that hold activity. In gait all of them hold
/// some, and beside a single contraction those that it fills are what can be compared.
fn leave_out_inactive(epochs: &mut [Epoch], parts: &ActiveParts) {
    let shares: Vec<f64> =
        epochs.iter().map(|epoch| parts.share_of(&epoch.span)).collect();
    let active: Vec<f64> = shares.iter().copied().filter(|&share| share > 0.0).collect();
    let least = quantile(&active, 0.9).map_or(0.0, |usual| usual / 2.0);
    for (epoch, share) in epochs.iter_mut().zip(shares) {
        if epoch.state == EpochState::Used && (share <= 0.0 || share < least) {
            epoch.state = EpochState::Quiet;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(rms: f64, state: EpochState) -> Epoch {
        let mut epoch = Epoch::empty(0..1, 0.0, state);
        epoch.set(Quantity::Rms, Some(rms));
        epoch
    }

    #[test]
    fn rest_is_told_from_activity() {
        let mut epochs =
            [1.0, 1.1, 0.05, 0.9, 0.0].map(|rms| epoch(rms, EpochState::Used));
        leave_out_rest(&mut epochs, 0.1, |_| true);
        let quiet = epochs.map(|epoch| epoch.state == EpochState::Quiet);
        assert_eq!(quiet, [false, false, true, false, true]);
        let mut silent = [epoch(0.0, EpochState::Used), epoch(0.0, EpochState::Gap)];
        leave_out_rest(&mut silent, 0.1, |_| true);
        assert_eq!(silent.map(|epoch| epoch.state), [EpochState::Quiet, EpochState::Gap]);
    }
}
