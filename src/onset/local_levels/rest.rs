//! How quiet a muscle is when it rests, which differs from rest to rest.

use super::course::Course;
use super::steps::{Steps, averaged};
use crate::dsp::stats::quantile;

/// How often rest is looked for, in seconds.
pub(super) const BLOCK_S: f64 = 5.0;
/// The shortest rest, in seconds, and the fewest degrees of freedom of one: the quietest
/// of many shorter ones says nothing about them.
const SHORTEST_S: f64 = 0.2;
const LEAST_FREEDOM: f64 = 16.0;
/// What is this much louder than the quietest rest (12 dB of power) is no rest.
const NO_REST: f64 = 16.0;
/// Rest is about as quiet up to twice the power (3 dB).
const AS_QUIET: f64 = 2.0;
/// 80 dB below the loud parts nothing is noise any more.
const SILENCE: f64 = 1e-8;
/// The quietest of the windows of a block lies about so many standard deviations below
/// their mean.
const QUIETEST_OF_MANY: f64 = 2.2;

/// The amplitude of rest in the course of a stretch: the quietest 0.2 s of every 5 s,
/// where they rest, and what lies between them. `None` where nothing but silence is.
pub(super) fn course(steps: &Steps, known_rest: Option<f64>) -> Option<Course> {
    let width = steps
        .lasting(SHORTEST_S)
        .max((LEAST_FREEDOM / steps.freedom).ceil() as usize)
        .min(steps.powers.len().max(1));
    let loud = loud(&steps.powers)?;
    let quietest = quietest(steps, width, SILENCE * loud);
    // The smallest of many is smaller than most.
    let usual = 1.0 + QUIETEST_OF_MANY * (2.0 / (steps.freedom * width as f64)).sqrt();

    let lowest = quietest.iter().flatten().copied().reduce(f64::min)?;
    let floor = known_rest.map_or(lowest, |rest| rest * rest / usual);
    let limit = (NO_REST * floor).min((floor * loud).sqrt()).max(AS_QUIET * floor);

    let at_rest = |power: &Option<f64>| {
        power.filter(|power| *power <= limit).map(|power| (power * usual).sqrt())
    };
    let mut found: Vec<Option<f64>> = quietest.iter().map(at_rest).collect();
    // Where the muscle never rests, what is known of its rest from elsewhere stands.
    if found.iter().all(Option::is_none) {
        found.fill(known_rest);
    }
    Course::through(&medians(&found), steps.lasting(BLOCK_S))
}

/// The middle one of what is known of a block and of those beside it.
fn medians(known: &[Option<f64>]) -> Vec<Option<f64>> {
    let middle = |index: usize| {
        let near = index.saturating_sub(1)..(index + 2).min(known.len());
        let mut near: Vec<f64> = known[near].iter().flatten().copied().collect();
        near.sort_unstable_by(f64::total_cmp);
        // Of two the quieter: the other may hold activity.
        near.get(near.len().saturating_sub(1) / 2).copied()
    };
    (0..known.len()).map(middle).collect()
}

/// The power of the loud parts, silence left out.
fn loud(powers: &[f64]) -> Option<f64> {
    let loudest =
        powers.iter().copied().filter(|power| power.is_finite()).fold(0.0, f64::max);
    let sounding: Vec<f64> =
        powers.iter().copied().filter(|power| *power > 1e-12 * loudest).collect();
    quantile(&sounding, 0.95).filter(|loud| *loud > 0.0)
}

/// The power of the quietest window of every block that is not silent.
fn quietest(steps: &Steps, width: usize, silence: f64) -> Vec<Option<f64>> {
    let block = steps.lasting(BLOCK_S);
    let means = averaged(&steps.powers, width);
    let inside = width / 2..(means.len() + 1).saturating_sub(width - width / 2);
    let of_block = |(index, powers): (usize, &[f64])| {
        let windows = powers.iter().copied().enumerate();
        let whole = windows.filter(|(at, power)| {
            inside.contains(&(index * block + at)) && *power > silence
        });
        whole.map(|(_, power)| power).reduce(f64::min)
    };
    means.chunks(block).enumerate().map(of_block).collect()
}
