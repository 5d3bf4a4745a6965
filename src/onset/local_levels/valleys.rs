//! Valleys within bursts, and pauses that are none.

use std::ops::Range;

use super::steps::Steps;
use crate::dsp::stats::median;

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
/// this many times as high as rest (18 dB),
const ABOVE_REST: f64 = 8.0;
/// and as most of the quieter pauses (20 dB).
const ABOVE_PAUSES: f64 = 10.0;
/// Which of the pauses that is: a quarter of them are quieter.
const QUIETER: usize = 4;

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
/// a weak one that follows: other pauses are much quieter. `rest` is its amplitude at a
/// step.
pub(super) fn joined(
    bursts: &[Range<usize>],
    rest: impl Fn(usize) -> f64,
    steps: &Steps,
) -> Vec<Range<usize>> {
    let pauses: Vec<Pause> =
        bursts.windows(2).map(|pair| Pause::between(&pair[0], &pair[1], steps)).collect();
    let quiet = ABOVE_PAUSES * quieter(&pauses);
    let mut joined: Vec<Range<usize>> = bursts.iter().take(1).cloned().collect();
    for (pause, pair) in pauses.iter().zip(bursts.windows(2)) {
        let weaker = level(&pair[0], steps).min(level(&pair[1], steps));
        let goes_on = pause.level > LIKE_ITS_BURSTS * weaker
            && pause.level > ABOVE_REST * rest(pause.middle)
            && pause.usual > quiet;
        match joined.last_mut() {
            Some(last) if goes_on => last.end = pair[1].end,
            _ => joined.push(pair[1].clone()),
        }
    }
    joined
}

/// What lies between two bursts.
struct Pause {
    middle: usize,
    /// The root mean square of its steps.
    level: f64,
    /// The root of their median power.
    usual: f64,
}

impl Pause {
    /// Of a few steps little is known: those beside them belong to it.
    fn between(one: &Range<usize>, next: &Range<usize>, steps: &Steps) -> Self {
        let middle = usize::midpoint(one.end, next.start);
        let reach = steps.lasting(0.5 * SHORTEST_S);
        let span = one.end.min(middle.saturating_sub(reach))
            ..next.start.max((middle + reach).min(steps.powers.len()));
        let usual = median(&steps.powers[span.clone()]).unwrap_or(0.0).sqrt();
        Self { middle, level: level(&span, steps), usual }
    }
}

/// The level that a quarter of the pauses do not exceed.
fn quieter(pauses: &[Pause]) -> f64 {
    let mut levels: Vec<f64> = pauses.iter().map(|pause| pause.usual).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.get(levels.len().saturating_sub(1) / QUIETER).copied().unwrap_or(0.0)
}

/// The root mean square of some steps.
fn level(span: &Range<usize>, steps: &Steps) -> f64 {
    steps.mean_power(span).sqrt()
}
