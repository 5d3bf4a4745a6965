//! What stands out of rest, but is weak beside the bursts around it.

use std::ops::Range;

use super::steps::Steps;
use crate::onset::tidy::runs;

/// Shorter ones are not told, in seconds.
const SHORTEST_S: f64 = 0.05;
/// From this share of the way from rest to the strong level of these seconds on, weak
/// activity that lasts so many seconds, with rest on both sides, is a burst all the same: a
/// single strong peak nearby does not make it rest.
const OF_ITS_OWN: f64 = 0.22;
const LASTING_S: f64 = 0.08;

/// Takes what is a burst of its own out of what was left out. `height` is the share of the
/// way from rest to the strong level that an amplitude has at a step.
pub(super) fn of_their_own(
    faint: &mut Vec<Range<usize>>,
    height: impl Fn(usize, f64) -> f64,
    steps: &Steps,
) -> Vec<Range<usize>> {
    let is_burst = |run: &mut Range<usize>| {
        let middle = usize::midpoint(run.start, run.end);
        run.len() >= steps.lasting(LASTING_S)
            && height(middle, steps.mean_power(run).sqrt()) >= OF_ITS_OWN
    };
    faint.extract_if(.., is_burst).collect()
}

/// The runs of steps above rest of which no part is a burst, although they are louder than
/// what may still be rest: `most_at_rest` is that amplitude at a step.
pub(super) fn left_out(
    above_rest: &[bool],
    bursts: &[Range<usize>],
    most_at_rest: impl Fn(usize) -> f64,
    steps: &Steps,
) -> Vec<Range<usize>> {
    let is_burst = |run: &Range<usize>| {
        let next = bursts.partition_point(|burst| burst.end <= run.start);
        bursts.get(next).is_some_and(|burst| burst.start < run.end)
    };
    let is_loud = |run: &Range<usize>| {
        let limit = most_at_rest(usize::midpoint(run.start, run.end));
        steps.mean_power(run) > limit * limit
    };
    let mut left = runs(above_rest);
    left.retain(|run| {
        run.len() >= steps.lasting(SHORTEST_S) && !is_burst(run) && is_loud(run)
    });
    left
}
