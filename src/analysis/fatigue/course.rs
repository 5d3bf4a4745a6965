//! The epochs of a channel: amplitude and spectrum of each, and which of them are used.

use std::iter::StepBy;
use std::ops::Range;

use super::super::scan::Scan;
use super::Fatigue;
use crate::dsp::regression::Line;
use crate::dsp::spectrum::{Estimator, PowerSpectrum};
use crate::dsp::stats::quantile;
use crate::dsp::sums::sums_of;
use crate::signal::Trace;
use crate::units::Unit;

/// The epochs of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The epochs in order, those that were left out included.
    pub epochs: Vec<Epoch>,
    /// The mean spectra of the first and the last used epochs; `None` when no epoch was used.
    pub ends: Option<Ends>,
    /// The band in hertz.
    pub band_hz: (f64, f64),
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its centre in seconds after the first sample of the channel.
    pub time_s: f64,
    /// Whether it was used, or why not.
    pub state: State,
    /// Its root mean square, in the unit of the channel (0 when it holds a gap).
    pub rms: f64,
    /// Its average rectified value, in the unit of the channel (0 when it holds a gap).
    pub arv: f64,
    /// Its mean frequency in hertz; `None` when it was left out.
    pub mnf: Option<f64>,
    /// Its median frequency in hertz; `None` when it was left out.
    pub mdf: Option<f64>,
}

/// Whether an epoch was used, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Used.
    Used,
    /// It holds a gap.
    Gap,
    /// It holds clipped samples.
    Clipped,
    /// It is rest.
    Quiet,
}

/// The mean spectra of the first and the last used epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The mean spectrum of the first ones.
    pub first: PowerSpectrum,
    /// The mean spectrum of the last ones.
    pub last: PowerSpectrum,
    /// How many epochs each of them holds: a tenth of all, at least one.
    pub epochs: usize,
}

impl Course {
    /// The epochs that were used.
    pub fn used(&self) -> impl Iterator<Item = &Epoch> + Clone {
        self.epochs.iter().filter(|epoch| epoch.state == State::Used)
    }

    /// How many epochs were left out for a reason.
    pub fn count(&self, state: State) -> usize {
        self.epochs.iter().filter(|epoch| epoch.state == state).count()
    }

    /// The change of a quantity over time; `None` for fewer than three epochs or when it cannot be computed.
    pub fn line(&self, quantity: Quantity) -> Option<Line> {
        let (times, values): (Vec<f64>, Vec<f64>) =
            self.used().filter_map(|epoch| Some((epoch.time_s, quantity.of(epoch)?))).unzip();
        Line::fit(&times, &values)
    }

    /// A quantity of all epochs that were used.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        self.used().filter_map(|epoch| quantity.of(epoch)).collect()
    }

    /// FInsm5 of the last used epochs over that of the first (Dimitrov et al. 2006), from their mean spectra.
    pub fn finsm5_ratio(&self) -> Option<f64> {
        let ends = self.ends.as_ref()?;
        let index = |spectrum: &PowerSpectrum| spectrum.band(self.band_hz.0, self.band_hz.1).finsm(5);
        Some(index(&ends.last)? / index(&ends.first)?).filter(|ratio| ratio.is_finite())
    }
}

/// What is followed over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Mean frequency.
    Mnf,
    /// Median frequency.
    Mdf,
    /// Average rectified value.
    Arv,
    /// Root mean square.
    Rms,
}

impl Quantity {
    pub(super) const ALL: [Self; 4] = [Self::Mnf, Self::Mdf, Self::Arv, Self::Rms];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mnf => "mnf",
            Self::Mdf => "mdf",
            Self::Arv => "arv",
            Self::Rms => "rms",
        }
    }

    pub(super) fn unit(self, samples: &Unit) -> Unit {
        if matches!(self, Self::Mnf | Self::Mdf) { Unit::HERTZ } else { samples.clone() }
    }

    pub(super) fn of(self, epoch: &Epoch) -> Option<f64> {
        match self {
            Self::Mnf => epoch.mnf,
            Self::Mdf => epoch.mdf,
            Self::Arv => Some(epoch.arv),
            Self::Rms => Some(epoch.rms),
        }
    }
}

/// The epochs of a channel. A channel shorter than an epoch has none; a silent one has only quiet ones.
pub fn course(trace: &Trace, settings: &Fatigue) -> Course {
    course_of(&Scan::of(trace), settings)
}

/// The epochs of a channel that was looked at already.
pub(in crate::analysis) fn course_of(scan: &Scan<'_>, settings: &Fatigue) -> Course {
    let trace = scan.trace;
    let length = trace.rate.samples(settings.epoch_s).max(1);
    let step = ((length as f64 * (1.0 - settings.overlap)).round() as usize).max(1);
    let (starts, mut epochs) = judged(scan, length, step, settings.quiet_share);
    let estimator = Estimator::new(settings.segments(length, trace.rate), trace.rate.hz());
    let ends = Spectra { trace, settings, estimator }.fill(&mut epochs, starts, length);
    Course { epochs, ends, band_hz: settings.band(trace.rate) }
}

/// Where epochs of `length` samples begin, every `step` samples, and their amplitudes: which of them are used, and why
/// the others are not.
pub(in crate::analysis) fn judged(
    scan: &Scan<'_>,
    length: usize,
    step: usize,
    quiet_share: f64,
) -> (StepBy<Range<usize>>, Vec<Epoch>) {
    let trace = scan.trace;
    let starts = (0..(trace.clean.len() + 1).saturating_sub(length)).step_by(step);
    let amplitude = |start: usize| {
        let span = start..start + length;
        let hit = trace.raw.get(span.clone()).is_some_and(|raw| scan.rails.touched_by(raw));
        let time_s = trace.rate.seconds(start) + trace.rate.seconds(length) / 2.0;
        Epoch::of(&trace.clean[span], time_s, hit)
    };
    let mut epochs: Vec<Epoch> = starts.clone().map(amplitude).collect();
    leave_out_rest(&mut epochs, quiet_share);
    (starts, epochs)
}

impl Epoch {
    fn of(samples: &[f64], time_s: f64, clipped: bool) -> Self {
        let n = samples.len() as f64;
        let [squares, magnitudes] = sums_of(samples, |x| [x * x, x.abs()]);
        let gap = f64::is_nan(magnitudes);
        let state = match (gap, clipped) {
            (true, _) => State::Gap,
            (_, true) => State::Clipped,
            _ => State::Used,
        };
        let kept = |value: f64| if gap { 0.0 } else { value };
        Self { time_s, state, rms: kept((squares / n).sqrt()), arv: kept(magnitudes / n), mnf: None, mdf: None }
    }
}

fn leave_out_rest(epochs: &mut [Epoch], quiet_share: f64) {
    // Clipped epochs show what activity is, although nothing else is taken from them: without them the rest between
    // clipped contractions would pass for the contraction.
    let whole: Vec<f64> = epochs.iter().filter(|epoch| epoch.state != State::Gap).map(|epoch| epoch.rms).collect();
    let Some(active) = quantile(&whole, 0.95) else { return };
    for epoch in epochs.iter_mut().filter(|epoch| epoch.state == State::Used) {
        if epoch.rms <= 0.0 || epoch.rms < quiet_share * active {
            epoch.state = State::Quiet;
        }
    }
}

struct Spectra<'a> {
    trace: &'a Trace,
    settings: &'a Fatigue,
    estimator: Estimator,
}

impl Spectra<'_> {
    /// Mean and median frequency of every used epoch, and the mean spectra of the first and last ones.
    fn fill(self, epochs: &mut [Epoch], starts: impl Iterator<Item = usize>, length: usize) -> Option<Ends> {
        let Self { trace, settings, mut estimator } = self;
        let used = epochs.iter().filter(|epoch| epoch.state == State::Used).count();
        let size = (used / 10).max(1);
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let (low, high) = settings.band(trace.rate);
        let kept = epochs.iter_mut().zip(starts).filter(|(epoch, _)| epoch.state == State::Used);
        for (rank, (epoch, start)) in kept.enumerate() {
            let samples = &trace.clean[start..start + length];
            let Some(spectrum) = estimator.mean([samples]) else { continue };
            let band = spectrum.band(low, high);
            epoch.mnf = band.mean_frequency();
            epoch.mdf = band.median_frequency(settings.median);
            if rank < size {
                add(&mut first, &spectrum.density, size);
            }
            if rank + size >= used {
                add(&mut last, &spectrum.density, size);
            }
        }
        let spacing_hz = estimator.spacing_hz();
        let spectrum = |density| PowerSpectrum { spacing_hz, density };
        (used > 0).then(|| Ends { first: spectrum(first), last: spectrum(last), epochs: size })
    }
}

fn add(sum: &mut Vec<f64>, density: &[f64], size: usize) {
    sum.resize(density.len(), 0.0);
    sum.iter_mut().zip(density).for_each(|(sum, power)| *sum += power / size as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(rms: f64, state: State) -> Epoch {
        Epoch { time_s: 0.0, state, rms, arv: rms, mnf: None, mdf: None }
    }

    #[test]
    fn rest_is_told_from_activity() {
        let mut epochs = [1.0, 1.1, 0.05, 0.9, 0.0].map(|rms| epoch(rms, State::Used));
        leave_out_rest(&mut epochs, 0.1);
        let quiet = epochs.map(|epoch| epoch.state == State::Quiet);
        assert_eq!(quiet, [false, false, true, false, true]);
        let mut silent = [epoch(0.0, State::Used), epoch(0.0, State::Gap)];
        leave_out_rest(&mut silent, 0.1);
        assert_eq!(silent.map(|epoch| epoch.state), [State::Quiet, State::Gap]);
    }

    #[test]
    fn a_gap_goes_before_clipping() {
        assert_eq!(Epoch::of(&[1.0, f64::NAN], 0.0, true).state, State::Gap);
        assert_eq!(Epoch::of(&[1.0, -1.0], 0.0, true).state, State::Clipped);
        let used = Epoch::of(&[3.0, -4.0], 0.0, false);
        assert_eq!((used.state, used.arv, used.rms), (State::Used, 3.5, 12.5_f64.sqrt()));
    }
}
