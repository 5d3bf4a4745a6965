//! Beats taken out of a signal.

use std::ops::Range;

use crate::dsp::sums::{dot, root_mean_square};
use crate::units::Hertz;

/// What is left of a beat is no louder than what is beside it over this time, in seconds.
const SURROUNDINGS_S: f64 = 0.06;
/// Levels that differ by more are an edge of a burst, which nothing is levelled at.
const EDGE: f64 = 2.0;
/// Takes the course of a beat at a place out of a signal, as high as its shape is there.
pub(super) fn subtract(signal: &mut [f64], place: usize, shape: &[f64], course: &[f64]) {
    let there = without_gaps(signal, place, course.len() / 2);
    let within = |template: &[f64]| {
        let reach = template.len() / 2;
        let from = there.start.max(place.saturating_sub(reach));
        from..there.end.min(place + reach + 1)
    };
    let part_of = |template: &[f64], span: &Range<usize>| {
        let first = span.start + template.len() / 2 - place;
        template[first..first + span.len()].to_vec()
    };
    let span = within(shape);
    let part = part_of(shape, &span);
    let height = dot(&signal[span], &part) / dot(&part, &part);

    let span = within(course);
    let part = part_of(course, &span);
    signal[span].iter_mut().zip(part).for_each(|(x, course)| *x -= height * course);
}

/// Makes what is left of a beat no louder than what lies beside it.
pub(super) fn level(signal: &mut [f64], place: usize, reach: usize, rate: Hertz) {
    let beside = rate.samples(SURROUNDINGS_S).max(1);
    let there = without_gaps(signal, place, reach + beside);
    let from = there.start.max(place.saturating_sub(reach));
    let to = there.end.min(place + reach + 1);
    let before = root_mean_square(&signal[there.start..from]);
    let behind = root_mean_square(&signal[to..there.end]);
    let part = &mut signal[from..to];
    let levels = [before.or(behind), behind.or(before)];
    let ([Some(low), Some(high)], Some(left)) = (levels, root_mean_square(part)) else {
        return;
    };
    if low.max(high) < EDGE * low.min(high) && left > low.max(high) {
        part.iter_mut().for_each(|x| *x *= low.max(high) / left);
    }
}

/// What lies about a place without a gap, as far as is asked.
fn without_gaps(signal: &[f64], place: usize, reach: usize) -> Range<usize> {
    let first = place.saturating_sub(reach);
    let last = (place + reach + 1).min(signal.len());
    let gap = |x: &f64| !x.is_finite();
    let before = signal[first..place].iter().rposition(gap);
    let behind = signal[place..last].iter().position(gap);
    before.map_or(first, |at| first + at + 1)..behind.map_or(last, |at| place + at)
}
