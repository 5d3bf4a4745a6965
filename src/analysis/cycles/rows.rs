//! The cycles of a channel in rows of the tables.

use super::super::Digest;
use super::super::rows::{Found, Rows};
use super::alike::{AlikeCycles, words};
use super::facts::{
    BURST_DURATION_PERCENT, BURST_OFFSET_PERCENT, BURST_ONSET_PERCENT,
    BURST_PEAK_PERCENT, COEFFICIENT_OF_VARIATION, CYCLE_COUNT, CYCLE_DURATION,
    CYCLE_MEAN, CYCLE_PEAK, MULTIPLE_CORRELATION, STANCE_DURATION, STANCE_MEAN,
    STANCE_PERCENT, VARIANCE_RATIO,
};
use super::{BurstTiming, Cycle, CycleCourse, CycleState, GaitPhase, Stance, timings};
use crate::dsp::circular::Circular;
use crate::dsp::dependence::Dependence;
use crate::dsp::ensemble::Ensemble;
use crate::dsp::stats::{mean, t_95};
use crate::outcome::fact::Fact;
use crate::outcome::{ChannelCycle, ChannelCycles, Measure};

/// The fewest cycles of which the variation is told.
const FEWEST: usize = 3;
/// The fewest cycles of which an interval is made.
const FEWEST_FOR_AN_INTERVAL: usize = 5;

/// Why nothing can be said of a channel's cycles, where that is so.
pub(super) fn obstacle(channel: &Digest, course: &CycleCourse) -> Option<String> {
    if let Some(reason) = channel.no_emg() {
        return Some(reason.to_owned());
    }
    if let Err(reason) = &course.strides {
        return Some(reason.clone());
    }
    let reasons: Vec<&str> =
        course.cycles.iter().filter_map(|cycle| cycle.state.reason()).collect();
    match (course.used().next(), reasons.first()) {
        (None, Some(first)) if reasons.iter().all(|reason| reason == first) => {
            Some(format!("of every cycle: {first}"))
        }
        (None, _) => Some("every cycle is left out".into()),
        _ => None,
    }
}

/// The measures of a channel.
pub(super) fn measures(
    channel: &Digest,
    course: &CycleCourse,
    alike: &AlikeCycles<'_>,
) -> Vec<Measure> {
    let used: Vec<&Cycle> = course.used().collect();
    let mut rows = Rows::new(channel, obstacle(channel, course));

    rows.add_always(&CYCLE_COUNT, count(course, used.len()));
    add_stances(&mut rows, channel, course);
    add_durations(&mut rows, course, (&used, alike));
    for (fact, answer) in variations(&used, alike.in_curves()) {
        rows.add(&fact, answer.map(told));
    }
    add_levels(&mut rows, (&used, alike));
    for (fact, answer) in timing_of_bursts(channel, (&used, alike)) {
        rows.add(&fact, answer.map(told));
    }
    rows.made()
}

/// The used cycles of a channel, and how alike those of all channels are.
type UsedCycles<'a> = (&'a [&'a Cycle], &'a AlikeCycles<'a>);

fn add_durations(
    rows: &mut Rows<'_>,
    course: &CycleCourse,
    (used, alike): UsedCycles<'_>,
) {
    let average = |of: fn(&Cycle) -> Option<f64>| {
        average(&values(used, of), alike.in_value(of)).map(told)
    };
    rows.add(&CYCLE_DURATION, average(|cycle| Some(cycle.stride.duration_s())));
    if course.cycles.iter().any(|cycle| cycle.stride.liftoff_s.is_some()) {
        rows.add(&STANCE_PERCENT, average(|cycle| cycle.stride.stance_percent()));
    }
}

fn add_levels(rows: &mut Rows<'_>, (used, alike): UsedCycles<'_>) {
    let peak = |cycle: &Cycle| Some(cycle.peak());
    let peaks = values(used, peak);
    rows.add(&CYCLE_PEAK, average(&peaks, alike.in_value(peak)).map(told));

    for phase in GaitPhase::ALL {
        let of = |cycle: &Cycle| cycle.phase_mean(phase);
        let means = values(used, of);
        if phase == GaitPhase::Whole || !means.is_empty() {
            let found = average(&means, alike.in_value(of)).map(told);
            rows.add_part(&CYCLE_MEAN, phase.part(), found);
        }
    }
}

fn values(used: &[&Cycle], of: impl Fn(&Cycle) -> Option<f64>) -> Vec<f64> {
    used.iter().filter_map(|cycle| of(cycle)).collect()
}

fn count(course: &CycleCourse, used: usize) -> Found {
    let count = Found::new(used as f64, course.cycles.len());
    match &course.strides {
        Ok(strides) => count.noted(strides.origin.words()),
        Err(reason) => count.noted(reason.clone()),
    }
}

/// The stances that were recorded without a whole cycle.
fn add_stances(rows: &mut Rows<'_>, channel: &Digest, course: &CycleCourse) {
    if course.stances.is_empty() || channel.no_emg().is_some() {
        return;
    }

    let of = |value: fn(&Stance) -> f64| {
        let values: Vec<f64> = course.stances.iter().map(value).collect();
        Found::new(mean(&values).unwrap_or(f64::NAN), values.len())
            .noted("of the stances, none of them part of a whole cycle")
    };
    rows.add_always(&STANCE_DURATION, of(|stance| stance.to_s - stance.from_s));
    rows.add_always(&STANCE_MEAN, of(|stance| stance.mean));
}

/// A mean over cycles.
struct OfCycles {
    value: f64,
    interval: Option<(f64, f64)>,
    n: usize,
    /// How alike neighbours are.
    alike: Dependence,
}

/// A value of cycles, or why there is none.
type Answer = Result<OfCycles, String>;

fn told(found: OfCycles) -> Found {
    let OfCycles { value, interval, n, alike } = found;
    let few = n < FEWEST_FOR_AN_INTERVAL && interval.is_none();
    let note = words(alike, n, interval).filter(|_| !few);
    Found::new(value, n).within(interval).noted_if(note)
}

/// The mean of the cycles with its t interval.
fn average(values: &[f64], alike: Dependence) -> Answer {
    let value = mean(values).ok_or("no cycle has it")?;
    let interval = alike.mean_interval(values).filter(|_| values.len() >= FEWEST);
    Ok(OfCycles { value, interval, n: values.len(), alike })
}

/// How much the cycles vary.
fn variations(used: &[&Cycle], alike: Dependence) -> [(Fact, Answer); 3] {
    let curves: Vec<&[f64]> = used.iter().map(|cycle| cycle.curve.as_slice()).collect();
    let found = |of: fn(&Ensemble) -> Option<f64>| -> Answer {
        if curves.len() < FEWEST {
            let there = if curves.len() == 1 { "there is one" } else { "there are two" };
            return Err(format!("needs {FEWEST} cycles at least, {there}"));
        }
        let value = Ensemble::from_curves(&curves)
            .and_then(|ensemble| of(&ensemble))
            .ok_or("the envelope does not vary over the cycle")?;
        let interval = jackknife(&curves, value, of);
        let interval = interval.and_then(|of| wider(of, (value, curves.len()), alike));
        Ok(OfCycles { value, interval, n: curves.len(), alike })
    };
    [
        (VARIANCE_RATIO, at_most_one(found(Ensemble::variance_ratio))),
        (COEFFICIENT_OF_VARIATION, found(Ensemble::coefficient_of_variation)),
        (MULTIPLE_CORRELATION, correlation_of(found(Ensemble::variance_ratio))),
    ]
}

/// Cycles that share nothing have a ratio of 1, so that no interval reaches beyond.
fn at_most_one(ratio: Answer) -> Answer {
    ratio.map(|found| {
        let most = 1.0_f64.max(found.value);
        let interval = found.interval.map(|(low, high)| (low, high.min(most)));
        OfCycles { interval, ..found }
    })
}

/// The interval of a measure of variation for cycles that are alike: wider by as much as
/// fewer of them are independent, and further up by as much as they vary less among each
/// other than they would apart.
fn wider(
    (low, high): (f64, f64),
    (value, count): (f64, usize),
    alike: Dependence,
) -> Option<(f64, f64)> {
    let by = alike.widening(count)?;
    let n = count as f64;
    let apart = n / (n - 1.0) * (1.0 - 1.0 / alike.effective(count));
    let power = |end: f64| value * libm::pow(end / value, by);
    Some((power(low), power(high) / apart)).filter(|(low, high)| low <= high)
}

/// The coefficient of multiple correlation is a function of the variance ratio, and so is
/// its interval.
fn correlation_of(ratio: Answer) -> Answer {
    let of = |ratio: f64| (1.0 - ratio).max(0.0).sqrt();
    ratio.map(|found| OfCycles {
        value: of(found.value),
        interval: found.interval.map(|(low, high)| (of(high), of(low))),
        ..found
    })
}

/// The 95 % interval of a measure of variation by the jackknife of its logarithm (Efron &
/// Tibshirani 1993).
fn jackknife(
    curves: &[&[f64]],
    value: f64,
    of: fn(&Ensemble) -> Option<f64>,
) -> Option<(f64, f64)> {
    let n = curves.len();
    if n < FEWEST_FOR_AN_INTERVAL || value <= 0.0 {
        return None;
    }
    let without = |left_out: usize| {
        let rest: Vec<&[f64]> =
            (0..n).filter(|&k| k != left_out).map(|k| curves[k]).collect();
        Some(libm::log(of(&Ensemble::from_curves(&rest)?)?))
    };
    let logarithms: Vec<f64> = (0..n).map(without).collect::<Option<_>>()?;
    let middle = mean(&logarithms)?;
    let squares: f64 =
        logarithms.iter().map(|value| (value - middle) * (value - middle)).sum();
    let reach = t_95(n as f64 - 1.0)? * (squares * (n as f64 - 1.0) / n as f64).sqrt();
    Some((value * libm::exp(-reach), value * libm::exp(reach)))
        .filter(|(low, high)| low.is_finite() && high.is_finite())
}

/// When in the cycle the muscle is active.
fn timing_of_bursts(
    channel: &Digest,
    (used, alike): UsedCycles<'_>,
) -> [(Fact, Answer); 4] {
    let timings: Vec<BurstTiming> =
        timings(channel, used.iter().copied()).into_iter().flatten().collect();
    let no_burst = "no burst begins in any of the cycles";
    let of = |value: fn(&BurstTiming) -> f64| -> (Vec<f64>, Dependence) {
        (timings.iter().map(value).collect(), alike.in_bursts(value))
    };
    let peak =
        |cycle: &Cycle| Some(cycle.peak_percent()).filter(|percent| percent.is_finite());
    let peaks = (values(used, peak), alike.in_value(peak));
    let (durations, alike) = of(|timing| timing.duration);
    let duration = match durations.is_empty() {
        true => Err(no_burst.to_owned()),
        false => average(&durations, alike),
    };
    [
        (BURST_ONSET_PERCENT, phase(of(|timing| timing.onset), no_burst)),
        (BURST_OFFSET_PERCENT, phase(of(|timing| timing.offset), no_burst)),
        (BURST_DURATION_PERCENT, duration),
        (BURST_PEAK_PERCENT, phase(peaks, "no cycle has a peak")),
    ]
}

/// The circular mean of phases, or why there is none.
fn phase((phases, alike): (Vec<f64>, Dependence), none: &str) -> Answer {
    let circular = Circular::measure(&phases, 100.0).ok_or(none)?;
    let value = circular.mean().ok_or("the phases point in all directions")?;
    let n = phases.len();
    let interval = circular.mean_interval().filter(|_| n >= FEWEST_FOR_AN_INTERVAL);
    let wider = interval.and_then(|(low, high)| {
        let by = alike.widening(n)?;
        Some((value + by * (low - value), value + by * (high - value)))
    });
    // An interval of the whole circle says nothing.
    let interval = wider.filter(|(low, high)| high - low < 100.0);
    Ok(OfCycles { value, interval, n, alike })
}

/// The cycles of a channel one by one, and their ensemble; `None` where no cycle is
/// known. `untestable` says why they cannot be tested against others.
pub(super) fn cycles(
    channel: &Digest,
    course: &CycleCourse,
    untestable: Option<&'static str>,
) -> Option<ChannelCycles> {
    let strides = course.strides.as_ref().ok()?;
    let mut timings = timings(channel, course.cycles.iter()).into_iter();
    let no_emg = channel.no_emg();
    let row = |cycle: &Cycle| {
        let timing = timings.next().flatten();
        let used = cycle.state == CycleState::Used && no_emg.is_none();
        let (stride, finite) =
            (cycle.stride, |value: f64| Some(value).filter(|value| value.is_finite()));
        ChannelCycle {
            start_s: stride.from_s,
            end_s: stride.to_s,
            liftoff_s: stride.liftoff_s,
            left_out: cycle
                .state
                .reason()
                .or(no_emg)
                .map(|reason| reason.to_owned().into()),
            mean: finite(cycle.mean()).filter(|_| used),
            peak: finite(cycle.peak()).filter(|_| used),
            peak_percent: finite(cycle.peak_percent()).filter(|_| used),
            onset_percent: timing.map(|timing| timing.onset).filter(|_| used),
            offset_percent: timing.map(|timing| timing.offset).filter(|_| used),
        }
    };
    let rows = course.cycles.iter().map(row).collect();
    let ensemble = Ensemble::from_curves(&course.curves())
        .filter(|_| obstacle(channel, course).is_none());
    let (mean, deviation) =
        ensemble.map(|ensemble| (ensemble.mean, ensemble.deviation)).unwrap_or_default();
    Some(ChannelCycles {
        channel: channel.label.name.clone(),
        muscle: channel.label.muscle,
        side: channel.label.side,
        unit: channel.unit.clone(),
        reference: channel.reference,
        origin: strides.origin.words().into(),
        untestable: untestable.map(Into::into),
        cycles: rows,
        mean,
        deviation,
    })
}
