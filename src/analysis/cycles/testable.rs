//! Whether cycles may be tested against those of another leg, visit or person.

use super::{Course, Origin, State};
use crate::dsp::ensemble::Ensemble;
use crate::dsp::stats::mean;
use crate::dsp::waveform::circular_lag;

/// Legs whose envelopes agree best at such a lag take turns, in per cent of the cycle.
const TURNS: isize = 20;
/// Neighbours that are so many times further apart than cycles with one between them take turns: for cycles that vary at
/// random, both are equally far apart.
const UNLIKE_NEIGHBOURS: f64 = 2.0;
/// The fewest pairs of cycles from which this is told.
const FEWEST_PAIRS: usize = 4;

/// Why the cycles of a channel cannot be tested against others; `None` where they can.
pub(in crate::analysis) fn untestable(course: &Course) -> Option<&'static str> {
    let strides = course.strides.as_ref().ok()?;
    if matches!(strides.origin, Origin::Rhythm { .. }) {
        return Some("each leg's cycles follow its own muscle, whose scatter would pass for a difference");
    }
    alternates(course).then_some("every other cycle is alike, as if the touchdowns of both feet began one")
}

/// Why the cycles of both legs cannot be tested against each other, where they lie at the same times.
pub(in crate::analysis) fn take_turns(sides: [&Course; 2]) -> Option<&'static str> {
    let starts = |course: &Course| course.cycles.iter().map(|cycle| cycle.stride.from_s).collect::<Vec<f64>>();
    if starts(sides[0]) != starts(sides[1]) {
        return None;
    }
    let [left, right] = [Ensemble::of(&sides[0].curves())?, Ensemble::of(&sides[1].curves())?];
    let lag = circular_lag(&left.mean, &right.mean)?.lag;
    (lag.abs() >= TURNS)
        .then_some("the events name no side, and the legs are active at different times of these cycles")
}

/// Whether every other cycle is alike and neighbours are not: where a cycle begins at the touchdowns of both feet, it is
/// half a stride.
pub(super) fn alternates(course: &Course) -> bool {
    let apart = |by: usize| {
        let pairs = course.cycles.iter().zip(course.cycles.iter().skip(by));
        let used = pairs.filter(|(one, other)| one.state == State::Used && other.state == State::Used);
        let squares: Vec<f64> = used
            .filter_map(|(one, other)| {
                mean(&one.curve.iter().zip(&other.curve).map(|(a, b)| (a - b) * (a - b)).collect::<Vec<f64>>())
            })
            .collect();
        mean(&squares).filter(|_| squares.len() >= FEWEST_PAIRS)
    };
    apart(1).zip(apart(2)).is_some_and(|(neighbours, next)| neighbours > UNLIKE_NEIGHBOURS * next)
}
