//! The shape that most of the pulses of a signal share, and where it is.

use std::f64::consts::PI;
use std::ops::Range;

use super::pulses;
use super::rhythm::{FEWEST, Likeness};
use crate::dsp::stats::median;
use crate::dsp::sums::{dot, root_mean_square};
use crate::units::Hertz;

/// How far the shape reaches from its middle, in seconds: a QRS complex lasts 0.08 to
/// 0.12 s.
const REACH_S: f64 = 0.04;
/// How far two beats may be shifted against each other, in seconds: the highest sample may
/// be of another wave of the same complex.
const SHIFT_S: f64 = 0.03;
/// The correlation of a beat with the shape of all.
const ALIKE: f64 = 0.8;
/// The correlation of two beats, both of which hold noise, and of a beat with a shape that
/// is known.
const ALIKE_EACH: f64 = 0.6;
/// The correlation of beats that are of one shape whatever is beside them.
const ONE_SHAPE: f64 = 0.95;
/// What is left of a beat once its shape is taken out, over what is beside it: noise alone.
const NOISE: f64 = 1.2;
/// How many times as high as the usual beat, or as low, one may be.
pub(super) const HIGHER: f64 = 2.0;
/// How far a beat reaches that is taken out: filters ring on beyond its shape. In seconds.
pub(super) const COURSE_S: f64 = 0.1;
/// The least share of the energy of a shape by which one that an end cuts is known.
const LEAST_PART: f64 = 0.3;
/// Two beats are never so near to each other, in seconds.
const APART_S: f64 = 0.15;
/// So many candidates are compared with each other to find the commonest shape.
const COMPARED: usize = 60;

/// A signal with what a beat could look like in it.
pub(super) struct Search<'a> {
    clean: &'a [f64],
    rate: Hertz,
    reach: usize,
    shift: usize,
}

impl<'a> Search<'a> {
    pub(super) fn new(clean: &'a [f64], rate: Hertz) -> Self {
        let (reach, shift) = (rate.samples(REACH_S).max(2), rate.samples(SHIFT_S));
        Self { clean, rate, reach, shift }
    }

    /// The highest samples of the pulses that stand alone, with room for a shape about
    /// them.
    pub(super) fn lone(&self, stretch: &Range<usize>) -> Vec<usize> {
        let room = self.reach + 2 * self.shift;
        let mut lone = pulses::lone(self.clean, stretch, self.rate);
        lone.retain(|place| *place >= stretch.start + room && place + room < stretch.end);
        lone
    }

    /// The commonest shape of some pulses; `None` where they do not look alike.
    pub(super) fn commonest(&self, lone: &[usize]) -> Option<Vec<f64>> {
        let count = lone.len().min(COMPARED);
        let some: Vec<usize> = (0..count).map(|i| lone[i * lone.len() / count]).collect();
        let shapes: Vec<Vec<f64>> =
            some.iter().filter_map(|&place| unit(self.about(place))).collect();
        let alike = |one: &[f64]| {
            shapes.iter().filter(|other| dot(one, other) > ALIKE_EACH).count()
        };
        let first = shapes.iter().max_by_key(|one| alike(one))?;

        let aligned: Vec<Vec<f64>> = some
            .iter()
            .filter_map(|&place| {
                unit(self.about(self.aligned(place, first, ALIKE_EACH)?))
            })
            .collect();
        let shape = middle(&aligned, 2 * self.reach + 1)?;
        (aligned.len() > FEWEST).then(|| unit(&shape)).flatten()
    }

    /// Where those of some pulses are that have a shape for sure.
    pub(super) fn clear(&self, lone: &[usize], shape: &[f64]) -> Vec<usize> {
        let mut clear: Vec<usize> =
            lone.iter().filter_map(|&place| self.aligned(place, shape, ALIKE)).collect();
        clear.dedup();
        clear
    }

    /// How much some pulses of so many are of one shape; `None` of fewer than two.
    pub(super) fn likeness(
        &self,
        clear: &[usize],
        shape: &[f64],
        of: usize,
    ) -> Option<Likeness> {
        let count = clear.len() as f64;
        let exact = clear.iter().filter(|&&place| self.is_exact(place, shape)).count();
        let hz = self.shared_hz(clear)?;
        Some(Likeness { of_all: count / of as f64, exact: exact as f64 / count, hz })
    }

    /// Whether nothing is left of a pulse without its shape but what lies beside it.
    fn is_exact(&self, place: usize, shape: &[f64]) -> bool {
        let part = self.about(place);
        let (height, power) = (dot(part, shape), dot(part, part));
        let left = ((power - height * height).max(0.0) / part.len() as f64).sqrt();
        let (from, to) = (place - self.reach, place + self.reach + 1);
        let before = self.clean.get(from - self.shift..from);
        let behind = self.clean.get(to..to + self.shift);
        let beside = [before, behind].into_iter().flatten().filter_map(root_mean_square);
        let level =
            beside.filter(|level| level.is_finite()).fold(f64::INFINITY, f64::min);
        height > ONE_SHAPE * power.sqrt() || left < NOISE * level
    }

    /// The root mean square frequency of what the pulses have in common: that of the
    /// products of two halves of them, in which noise cancels.
    fn shared_hz(&self, clear: &[usize]) -> Option<f64> {
        let half = |first: usize| {
            let places = clear.iter().skip(first).step_by(2);
            let units: Vec<Vec<f64>> =
                places.filter_map(|&place| unit(self.about(place))).collect();
            middle(&units, 2 * self.reach + 1)
        };
        let slope = |x: &[f64]| -> Vec<f64> {
            x.windows(2).map(|pair| pair[1] - pair[0]).collect()
        };
        let (one, other) = (half(0)?, half(1)?);
        let squared = dot(&slope(&one), &slope(&other)) / dot(&one, &other);
        Some(self.rate.hz() / (2.0 * PI) * squared.max(0.0).sqrt())
    }

    /// The middle of the beats and of what lies beside them, each relative to its height.
    pub(super) fn course(&self, clear: &[usize], shape: &[f64]) -> Option<Vec<f64>> {
        let wide = self.rate.samples(COURSE_S);
        let course = |&place: &usize| {
            let part = self.clean.get(place.checked_sub(wide)?..=place + wide)?;
            let height = dot(self.about(place), shape);
            let relative: Vec<f64> = part.iter().map(|x| x / height).collect();
            relative.iter().all(|x| x.is_finite()).then_some(relative)
        };
        let courses: Vec<Vec<f64>> = clear.iter().filter_map(course).collect();
        middle(&courses, 2 * wide + 1)
    }

    /// The places of all beats of a known shape, also those that bursts or an end leave
    /// less clear.
    pub(super) fn all(
        &self,
        stretches: &[Range<usize>],
        clear: &[usize],
        shape: &[f64],
    ) -> Vec<usize> {
        let heights: Vec<f64> =
            clear.iter().map(|&place| dot(self.about(place), shape)).collect();
        let usual = median(&heights).unwrap_or(0.0);
        let apart = self.rate.samples(APART_S);
        let mut found: Vec<(usize, f64)> = Vec::new();
        for stretch in stretches {
            let matches = stretch.clone().filter_map(|place| {
                Some((place, self.matched(place, stretch, shape, usual)?))
            });
            for (place, strength) in matches {
                match found.last_mut() {
                    Some(last) if place - last.0 < apart => {
                        if strength > last.1 {
                            *last = (place, strength);
                        }
                    }
                    _ => found.push((place, strength)),
                }
            }
        }
        found.into_iter().map(|(place, _)| place).collect()
    }

    /// How strongly a place of a stretch has a shape, of what of it lies in the stretch;
    /// `None` where it has not, or is much higher or lower than usual.
    fn matched(
        &self,
        place: usize,
        stretch: &Range<usize>,
        shape: &[f64],
        usual: f64,
    ) -> Option<f64> {
        let from = stretch.start.max(place.saturating_sub(self.reach));
        let to = stretch.end.min(place + self.reach + 1);
        let first = from + self.reach - place;
        let (part, shape) = (&self.clean[from..to], &shape[first..first + to - from]);
        let product = dot(part, shape);
        if product <= 0.0 {
            return None;
        }
        let energy = if part.len() > 2 * self.reach { 1.0 } else { dot(shape, shape) };
        let higher = product / energy / usual;
        let is_usual = higher * HIGHER > 1.0 && higher < HIGHER;
        let strength = product / energy.sqrt();
        (is_usual
            && energy > LEAST_PART
            && strength > ALIKE_EACH * dot(part, part).sqrt())
        .then_some(strength)
    }

    /// The usual highest deflection of some beats.
    pub(super) fn usual_height(&self, clear: &[usize]) -> Option<f64> {
        let height = |&place: &usize| highest(self.about(place));
        median(&clear.iter().map(height).collect::<Vec<f64>>())
    }

    fn about(&self, place: usize) -> &[f64] {
        &self.clean[place - self.reach..=place + self.reach]
    }

    /// Where a pulse is most like a shape; `None` where it does not correlate by so much.
    fn aligned(&self, place: usize, shape: &[f64], enough: f64) -> Option<usize> {
        let alike = |place: usize| {
            let part = self.about(place);
            dot(part, shape) / dot(part, part).sqrt()
        };
        let near = (place - self.shift..=place + self.shift).map(|at| (alike(at), at));
        let (best, at) = near.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best > enough).then_some(at)
    }
}

/// The median at each place of some courses of one length; `None` of none.
fn middle(courses: &[Vec<f64>], length: usize) -> Option<Vec<f64>> {
    let typical = |at: usize| {
        let values: Vec<f64> = courses.iter().map(|one| one[at]).collect();
        median(&values)
    };
    (0..length).map(typical).collect()
}

/// The highest deflection of some samples, to whichever side.
pub(super) fn highest(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |top: f64, x| top.max(x.abs()))
}

/// The same with a sum of squares of 1.
fn unit(samples: &[f64]) -> Option<Vec<f64>> {
    let size = dot(samples, samples).sqrt();
    (size > 0.0 && size.is_finite()).then(|| samples.iter().map(|x| x / size).collect())
}
