//! Whether cycles may be tested against those of another leg, visit or person.

use super::{Cycle, CycleCourse, CycleOrigin, CycleState};
use crate::dsp::ensemble::Ensemble;
use crate::dsp::stats::mean;
use crate::dsp::waveform::circular_lag;

/// Legs whose envelopes agree best at such a lag take turns, in per cent of the cycle.
const TURNS: isize = 20;
/// Neighbours whose squared distance is so many times that of cycles with one between
/// them take turns. Where cycles vary at random both are alike: of ten cycles 1 % go
/// beyond 4 times, of six 1 % beyond 10 times.
const UNLIKE: f64 = 4.0;
const UNLIKE_OF_FEW: f64 = 10.0;
/// The fewest pairs of cycles from which this is told, and those that are no longer few.
const FEWEST_PAIRS: usize = 4;
const MANY_PAIRS: usize = 8;

/// Why the cycles of a channel cannot be tested against others; `None` where they can.
pub(in crate::analysis) fn untestable(course: &CycleCourse) -> Option<&'static str> {
    let strides = course.strides.as_ref().ok()?;
    if matches!(strides.origin, CycleOrigin::Rhythm { .. }) {
        return Some(
            "each leg's cycles follow its own muscle, whose scatter would pass for a difference",
        );
    }
    alternates(course).then_some(
        "every other cycle is alike, as if the touchdowns of both feet began one",
    )
}

/// Why the cycles of both legs cannot be tested against each other, where they lie at the
/// same times.
pub(in crate::analysis) fn take_turns(sides: [&CycleCourse; 2]) -> Option<&'static str> {
    let starts = |course: &CycleCourse| {
        course.cycles.iter().map(|cycle| cycle.stride.from_s).collect::<Vec<f64>>()
    };
    if starts(sides[0]) != starts(sides[1]) {
        return None;
    }
    let [left, right] = [
        Ensemble::from_curves(&sides[0].curves())?,
        Ensemble::from_curves(&sides[1].curves())?,
    ];
    let lag = circular_lag(&left.mean, &right.mean)?.lag;
    (lag.abs() >= TURNS).then_some(
        "the events name no side, and the legs are active at different times of these cycles",
    )
}

/// Whether every other cycle is alike and neighbours are not, in their envelopes or
/// durations: where a cycle begins at the touchdowns of both feet, it is half a stride.
/// Not asked where every event says its leg.
pub(super) fn alternates(course: &CycleCourse) -> bool {
    let cycles = &course.cycles;
    let is_used = |cycle: &Cycle| cycle.state == CycleState::Used;
    let shapes = |one: &Cycle, other: &Cycle| {
        let squares: Vec<f64> =
            one.curve.iter().zip(&other.curve).map(|(a, b)| (a - b) * (a - b)).collect();
        mean(&squares).filter(|_| is_used(one) && is_used(other))
    };
    let durations = |one: &Cycle, other: &Cycle| {
        let apart = one.stride.duration_s() - other.stride.duration_s();
        Some(apart * apart)
    };
    let sided = course.strides.as_ref().is_ok_and(|strides| strides.sided);
    !sided && (turn_about(cycles, shapes) || turn_about(cycles, durations))
}

/// Whether neighbours are much further apart than cycles with one between them.
fn turn_about(cycles: &[Cycle], apart: impl Fn(&Cycle, &Cycle) -> Option<f64>) -> bool {
    let at = |by: usize| -> Vec<f64> {
        cycles
            .iter()
            .zip(cycles.iter().skip(by))
            .filter_map(|(one, other)| apart(one, other))
            .collect()
    };
    let (neighbours, next) = (at(1), at(2));
    let unlike = if next.len() < MANY_PAIRS { UNLIKE_OF_FEW } else { UNLIKE };
    let distances =
        mean(&neighbours).zip(mean(&next)).filter(|_| next.len() >= FEWEST_PAIRS);
    distances.is_some_and(|(neighbours, next)| neighbours > unlike * next)
}

#[cfg(test)]
mod tests {
    use super::super::{Stride, Strides};
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// Cycles whose level and duration are those of the two given, in turns, with some
    /// scatter.
    fn course(
        levels: [f64; 2],
        durations: [f64; 2],
        count: usize,
        seed: u64,
    ) -> CycleCourse {
        let mut random = SplitMix64::new(seed);
        let mut from_s = 0.0;
        let cycles: Vec<Cycle> = (0..count)
            .map(|k| {
                let to_s = from_s + durations[k % 2] * (1.0 + 0.02 * random.normal());
                let stride = Stride { from_s, to_s, liftoff_s: None, odd: false };
                from_s = to_s;
                let level = levels[k % 2] * (1.0 + 0.2 * random.normal());
                Cycle {
                    stride,
                    state: CycleState::Used,
                    clipped_share: 0.0,
                    curve: vec![level; 101],
                }
            })
            .collect();
        let strides = cycles.iter().map(|cycle| cycle.stride).collect();
        let origin = CycleOrigin::Events("touchdown".into());
        let strides =
            Strides { origin, strides, instead_of: None, sided: false, doubled: 0 };
        CycleCourse { strides: Ok(strides), cycles, stances: Vec::new() }
    }

    #[test]
    fn half_strides_are_told() {
        for seed in 0..50 {
            assert!(alternates(&course([2.0, 0.5], [1.0, 1.0], 14, seed)), "{seed}");
            assert!(alternates(&course([1.0, 1.0], [1.0, 1.2], 14, seed)), "{seed}");
        }
    }

    #[test]
    fn whole_strides_are_not() {
        for count in [6, 9, 10, 20] {
            let alarms = (0..1000)
                .filter(|&seed| alternates(&course([1.0, 1.0], [1.0, 1.0], count, seed)))
                .count();
            assert!(alarms < 40, "{alarms} of 1000 for {count} cycles");
        }
    }
}
