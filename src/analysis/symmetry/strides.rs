//! The cycles of both legs beside each other.

use super::super::Digest;
use super::super::cycles::{self, Cycle, CycleCourse};
use super::super::quality::are_copies;
use super::{FEWEST_BLOCKS, Pair};

/// The cycles of both sides, where both have some that are used.
pub(super) fn used<'a>(pair: Pair<'a>) -> Option<[&'a CycleCourse; 2]> {
    let of = |course: Option<&'a CycleCourse>| {
        course.filter(|course| course.used().next().is_some())
    };
    Some([of(pair.left.cycles.as_ref())?, of(pair.right.cycles.as_ref())?])
}

/// Why there are no cycles of both sides to compare, where at least events or a rhythm
/// tell some of both.
pub(super) fn none_left(pair: Pair<'_>) -> Option<String> {
    let left_out = |side: &Digest| {
        let course = side.cycles.as_ref()?;
        let reason = course.cycles.first()?.state.reason()?;
        course.used().next().is_none().then(|| {
            format!(
                "{}: every cycle is left out, the first because {reason}",
                side.label.name
            )
        })
    };
    left_out(pair.left).or_else(|| left_out(pair.right))
}

/// Why the cycles of both sides cannot be tested against each other, though they lie upon
/// each other.
pub(super) fn untestable(pair: Pair<'_>, sides: [&CycleCourse; 2]) -> Option<String> {
    let copied = || {
        are_copies(pair.left, pair.right).then_some("both channels hold the same signal")
    };
    let reason = sides
        .into_iter()
        .find_map(cycles::untestable)
        .or_else(|| cycles::take_turns(sides))
        .or_else(copied);
    reason.map(str::to_owned)
}

/// Why the cycles of both sides cannot be laid upon each other.
pub(super) fn obstacle(sides: [&CycleCourse; 2]) -> Option<String> {
    let [left, right] = sides.map(|side| side.strides.as_ref());
    match (left, right) {
        (Ok(left), Ok(right)) if left.origin.is_like(&right.origin) => None,
        (Ok(left), Ok(right)) => {
            let (left, right) = (left.origin.words(), right.origin.words());
            Some(format!(
                "the cycles of the left leg go {left}, those of the right leg {right}"
            ))
        }
        (Err(reason), _) | (_, Err(reason)) => Some(reason.clone()),
    }
}

/// The strides of both legs that follow each other: each used left one with the used
/// right one that begins in it. `None` where there are too few of them, or where more
/// than a third of the cycles would find no partner.
pub(super) fn couples<'a>(
    sides: [&'a CycleCourse; 2],
) -> Option<Vec<(&'a Cycle, &'a Cycle)>> {
    let [left, right]: [Vec<&Cycle>; 2] = sides.map(|side| side.used().collect());
    let partner = |one: &&'a Cycle| {
        let first =
            right.partition_point(|other| other.stride.from_s < one.stride.from_s);
        let other =
            right.get(first).filter(|other| other.stride.from_s < one.stride.to_s)?;
        Some((*one, *other))
    };
    let found: Vec<_> = left.iter().filter_map(partner).collect();
    let most = left.len().max(right.len());
    (found.len() >= FEWEST_BLOCKS && 3 * found.len() >= 2 * most).then_some(found)
}
