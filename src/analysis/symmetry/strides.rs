//! The cycles of both legs beside each other.

use super::super::cycles::{Course, Cycle};
use super::{FEWEST_BLOCKS, Pair};

/// The cycles of both sides, where both have some that are used.
pub(super) fn used<'a>(pair: Pair<'a>) -> Option<[&'a Course; 2]> {
    let of = |course: Option<&'a Course>| course.filter(|course| course.used().next().is_some());
    Some([of(pair.left.cycles.as_ref())?, of(pair.right.cycles.as_ref())?])
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
