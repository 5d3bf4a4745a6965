//! The cycles of both legs beside each other.

use super::super::Digest;
use super::super::cycles::{Course, Cycle, Origin, Strides};
use super::{FEWEST_BLOCKS, Pair};
use crate::dsp::waveform::circular_lag;

/// Legs whose envelopes agree best at such a lag take turns, in per cent of the cycle.
const ALTERNATE: isize = 20;

/// The cycles of both sides, where both have some that are used.
pub(super) fn used<'a>(pair: Pair<'a>) -> Option<[&'a Course; 2]> {
    let of = |course: Option<&'a Course>| course.filter(|course| course.used().next().is_some());
    Some([of(pair.left.cycles.as_ref())?, of(pair.right.cycles.as_ref())?])
}

/// Why there are no cycles of both sides to compare, where at least events or a rhythm tell some of both.
pub(super) fn none_left(pair: Pair<'_>) -> Option<String> {
    let left_out = |side: &Digest| {
        let course = side.cycles.as_ref()?;
        let reason = course.cycles.first()?.state.reason()?;
        course
            .used()
            .next()
            .is_none()
            .then(|| format!("{}: every cycle is left out, the first because {reason}", side.label.name))
    };
    left_out(pair.left).or_else(|| left_out(pair.right))
}

/// Why the cycles of both sides cannot be tested against each other, though they lie upon each other.
pub(super) fn untestable(sides: [&Course; 2], means: [&[f64]; 2]) -> Option<String> {
    let strides = |course: &Course| course.strides.as_ref().ok().cloned();
    let (left, right) = (strides(sides[0])?, strides(sides[1])?);
    if matches!(left.origin, Origin::Rhythm { .. }) {
        return Some(
            "each leg's cycles follow its own muscle, whose scatter would pass for a difference of the legs".into(),
        );
    }
    let starts = |strides: &Strides| strides.strides.iter().map(|stride| stride.from_s).collect::<Vec<f64>>();
    let alternate = circular_lag(means[0], means[1]).is_some_and(|found| found.lag.abs() >= ALTERNATE);
    (starts(&left) == starts(&right) && alternate)
        .then(|| "the events name no side, and the legs are active at different times of these cycles".into())
}

/// Why the cycles of both sides cannot be laid upon each other.
pub(super) fn obstacle(sides: [&Course; 2]) -> Option<String> {
    let [left, right] = sides.map(|side| side.strides.as_ref());
    match (left, right) {
        (Ok(left), Ok(right)) if left.origin.is_like(&right.origin) => None,
        (Ok(left), Ok(right)) => {
            let (left, right) = (left.origin.words(), right.origin.words());
            Some(format!("the cycles of the left leg go {left}, those of the right leg {right}"))
        }
        (Err(reason), _) | (_, Err(reason)) => Some(reason.clone()),
    }
}

/// The strides of both legs that follow each other: each used left one with the used right one that begins in it. `None`
/// where there are too few of them, or where more than a third of the cycles would find no partner.
pub(super) fn couples<'a>(sides: [&'a Course; 2]) -> Option<Vec<(&'a Cycle, &'a Cycle)>> {
    let [left, right]: [Vec<&Cycle>; 2] = sides.map(|side| side.used().collect());
    let partner = |one: &&'a Cycle| {
        let first = right.partition_point(|other| other.stride.from_s < one.stride.from_s);
        let other = right.get(first).filter(|other| other.stride.from_s < one.stride.to_s)?;
        Some((*one, *other))
    };
    let found: Vec<_> = left.iter().filter_map(partner).collect();
    let most = left.len().max(right.len());
    (found.len() >= FEWEST_BLOCKS && 3 * found.len() >= 2 * most).then_some(found)
}
