//! Beats of another shape, where one is due.

use std::ops::Range;

use super::HeartBeats;
use super::search::{COURSE_S, HIGHER, highest};
use crate::dsp::sums::sum_of;
use crate::onset::Sought;
use crate::units::Hertz;

/// A beat lasts no longer, in seconds: one that begins in a ventricle takes 0.12 to 0.2 s.
const LONGEST_S: f64 = 0.2;
/// No beat comes so shortly after another, in seconds.
const REFRACTORY_S: f64 = 0.25;
/// A beat is due in a pause of so many usual intervals; where it is longer, a burst hides
/// some.
const PAUSE: Range<f64> = 1.5..3.2;
/// The least pause between a beat and an end of the recording in which one is due, in
/// usual intervals.
const AT_END: f64 = 0.5;
/// The share of its power that a beat keeps in moving means over so many seconds: most at
/// 25 Hz, little at 100 Hz.
const SLOW: f64 = 0.3;
const MEAN_S: f64 = 0.01;

/// What a burst is to the beats that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// What is left of one of them.
    OfKnown,
    /// Where no beat is known though no heart pauses for so long.
    Due,
    /// Where no beat comes.
    Elsewhere,
}

impl HeartBeats {
    /// Whether a burst is what is left of a beat that is known, or a beat of another shape
    /// or cut by an end: as short, slow and low as a beat, in a pause that no heart makes.
    /// Such a beat is kept among the others.
    pub(in super::super) fn takes(
        &mut self,
        burst: &Range<usize>,
        sought: &Sought<'_>,
    ) -> bool {
        let (part, rate) = (&sought.clean[burst.clone()], sought.rate);
        let is_like_a_beat = rate.seconds(burst.len()) <= LONGEST_S
            && highest(part) < HIGHER * self.height
            && is_slow(part, rate);
        if !is_like_a_beat {
            return false;
        }
        let middle = burst.start + burst.len() / 2;
        let stretch = sought.stretches.iter().find(|stretch| stretch.contains(&middle));
        let place = stretch.map_or(Place::Elsewhere, |it| self.place(middle, it, rate));
        if place == Place::Due {
            let place = self.unlike.partition_point(|&beat| beat < middle);
            self.unlike.insert(place, middle);
        }
        place != Place::Elsewhere
    }

    fn place(&self, middle: usize, stretch: &Range<usize>, rate: Hertz) -> Place {
        let next = self.places.partition_point(|&beat| beat <= middle);
        let known = |at: Option<usize>| {
            let beat = at.and_then(|at| self.places.get(at)).copied();
            beat.filter(|beat| stretch.contains(beat))
        };
        let (before, after) = (known(next.checked_sub(1)), known(Some(next)));
        let distance = |beat: &usize| rate.seconds(beat.abs_diff(middle));
        let nearest = [before, after].iter().flatten().map(distance).reduce(f64::min);
        let pause = |from: usize, to: usize| rate.seconds(to - from) / self.usual_s;
        let pauses = match (before, after) {
            (Some(before), Some(after)) => PAUSE.contains(&pause(before, after)),
            (Some(before), None) => pause(before, stretch.end) > AT_END,
            (None, Some(after)) => pause(stretch.start, after) > AT_END,
            (None, None) => false,
        };
        match nearest {
            Some(nearest) if nearest < COURSE_S => Place::OfKnown,
            Some(nearest) if nearest >= REFRACTORY_S && pauses => Place::Due,
            _ => Place::Elsewhere,
        }
    }
}

/// Whether most of the power is slow.
fn is_slow(part: &[f64], rate: Hertz) -> bool {
    let length = rate.samples(MEAN_S).max(1);
    let square = |x: f64| x * x;
    let means = part.windows(length.min(part.len()));
    let slow: f64 =
        means.map(|near| square(near.iter().sum::<f64>() / near.len() as f64)).sum();
    slow > SLOW * sum_of(part, square)
}
