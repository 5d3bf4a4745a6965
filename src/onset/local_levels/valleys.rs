//! Valleys within bursts, and pauses that are none.

use std::ops::Range;

use super::steps::Steps;

/// A valley lies between peaks above this share of the way from rest to the strong level,
const PEAK: f64 = 0.4;
/// falls below this one,
const FLOOR: f64 = 0.2;
/// and reaches up to this one.
const EDGE: f64 = 0.25;
/// It lasts so long, in seconds, and so do pauses.
const SHORTEST_S: f64 = 0.06;

/// A pause is none where its level is above this share of that of the weaker of both
/// bursts beside it,
const LIKE_ITS_BURSTS: f64 = 0.33;
/// and this many times as high as rest (30 dB).
const ABOVE_REST: f64 = 32.0;

/// The part of a burst before a valley, cut out of it, and so on.
///
/// `height` is the smoothed amplitude at a step as a share of the way from rest to the
/// strong level.
pub(super) fn cut(
    burst: Range<usize>,
    height: impl Fn(usize) -> f64,
    steps: &Steps,
) -> Vec<Range<usize>> {
    let shortest = steps.lasting(SHORTEST_S).max(steps.smoothing());
    let (mut parts, mut start) = (Vec::new(), burst.start);
    let (mut risen, mut lowest): (bool, Option<usize>) = (false, None);

    for step in burst.clone() {
        let here = height(step);
        if here > PEAK {
            let valley =
                lowest.take().map(|lowest| around(lowest, &height, start..burst.end));
            let valley = valley.filter(|valley| valley.len() >= shortest);
            if let Some(valley) = valley.filter(|valley| risen && valley.start > start) {
                parts.push(start..valley.start);
                start = valley.end;
            }
            risen = true;
        } else if here < FLOOR
            && risen
            && lowest.is_none_or(|lowest| here < height(lowest))
        {
            lowest = Some(step);
        }
    }
    parts.push(start..burst.end);
    parts
}

/// The steps around the lowest one that lie in the valley.
fn around(
    lowest: usize,
    height: impl Fn(usize) -> f64,
    within: Range<usize>,
) -> Range<usize> {
    let low = |step: &usize| height(*step) < EDGE;
    let before = (within.start..lowest).rev().take_while(low).count();
    let after = (lowest + 1..within.end).take_while(low).count();
    lowest - before..lowest + 1 + after
}

/// Joins bursts where the muscle goes on, weaker but clearly active, between a burst and
/// a weak one that follows: rest is much quieter there. `rest` is its amplitude at a step.
pub(super) fn joined(
    bursts: &[Range<usize>],
    rest: impl Fn(usize) -> f64,
    steps: &Steps,
) -> Vec<Range<usize>> {
    let level = |span: &Range<usize>| {
        let powers = &steps.powers[span.clone()];
        (powers.iter().sum::<f64>() / powers.len().max(1) as f64).sqrt()
    };
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(bursts.len());
    let mut before = 0.0_f64;
    for burst in bursts {
        let own = level(burst);
        let pause = joined.last().map(|last| last.end..burst.start);
        let goes_on = pause.is_some_and(|pause| {
            // Of a few steps little is known: those beside them belong to it.
            let middle = usize::midpoint(pause.start, pause.end);
            let reach = steps.lasting(0.5 * SHORTEST_S);
            let pause = pause.start.min(middle.saturating_sub(reach))
                ..pause.end.max((middle + reach).min(steps.powers.len()));
            level(&pause)
                > (LIKE_ITS_BURSTS * before.min(own)).max(ABOVE_REST * rest(middle))
        });
        match joined.last_mut() {
            Some(last) if goes_on => last.end = burst.end,
            _ => joined.push(burst.clone()),
        }
        before = own;
    }
    joined
}
