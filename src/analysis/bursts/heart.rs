//! Beats of a heart below the electrodes, which are no bursts of the muscle.
//!
//! A beat is known by its shape: the QRS complex looks alike each time, comes at the
//! intervals of a heart, and stands alone, at rest on both sides. Bursts of a muscle differ
//! from each other, as noise does, however regular they are.

use std::borrow::Cow;
use std::ops::Range;

use crate::dsp::stats::median;
use crate::dsp::sums::{dot, sum_of};
use crate::units::Hertz;

/// Beats are looked for in pieces of this length, in seconds.
const PIECE_S: f64 = 0.02;
/// A beat is the highest of so many pieces to either side.
const APART: usize = 3;
/// The pieces on either side that tell the level beside a beat, beyond those.
const BESIDE: usize = 18;
/// How far a beat stands out of the higher one of the levels beside it; maxima of pieces
/// of noise scatter by less.
const STANDS_OUT: f64 = 2.0;
/// How far the shape reaches from its highest sample, in seconds: a QRS complex lasts
/// 0.08 to 0.12 s.
const REACH_S: f64 = 0.04;
/// How far two beats may be shifted against each other, in seconds.
const SHIFT_S: f64 = 0.015;
/// The correlation of a beat with the shape of all.
const ALIKE: f64 = 0.8;
/// The correlation of two beats, both of which hold noise, and of a beat with a shape that
/// is known.
const ALIKE_EACH: f64 = 0.6;
/// How many times as high as the usual beat, or as low, one may be.
const HIGHER: f64 = 2.0;
/// How far a beat reaches that is taken out: filters ring on beyond its shape. In seconds.
const COURSE_S: f64 = 0.1;
/// The intervals of hearts, in seconds: 180 to 40 a minute.
const INTERVALS_S: (f64, f64) = (1.0 / 3.0, 1.5);
/// How far an interval may be from the usual one, as a share of it.
const SCATTER: f64 = 0.2;
/// The fewest intervals alike, and their share of all that could be one.
const FEWEST: usize = 5;
const REGULAR: f64 = 0.6;
/// So many candidates are compared with each other to find the commonest shape.
const COMPARED: usize = 60;
/// What is left of a beat is no louder than what is beside it over this time, in seconds.
const SURROUNDINGS_S: f64 = 0.06;
/// Levels that differ by more are an edge of a burst, which nothing is levelled at.
const EDGE: f64 = 2.0;

/// Regular pulses of one shape, as a heart makes them (or a stimulator).
#[derive(Debug, Clone, PartialEq)]
pub struct HeartBeats {
    /// The samples of their highest deflections, in order.
    pub places: Vec<usize>,
    /// How many come in a minute.
    pub per_minute: f64,
    /// The shape of a beat about its highest deflection, of sum of squares 1.
    shape: Vec<f64>,
    /// The same with what lies beside it, for a beat that holds the shape once.
    course: Vec<f64>,
}

/// A signal with what a beat could look like in it.
struct Search<'a> {
    clean: &'a [f64],
    rate: Hertz,
    reach: usize,
    shift: usize,
}

impl HeartBeats {
    /// The beats in a filtered signal; `None` where too few pulses look alike, or they
    /// come at no regular intervals.
    pub(super) fn find(
        clean: &[f64],
        stretches: &[Range<usize>],
        rate: Hertz,
    ) -> Option<Self> {
        let search = Search {
            clean,
            rate,
            reach: rate.samples(REACH_S).max(2),
            shift: rate.samples(SHIFT_S),
        };
        let candidates: Vec<usize> =
            stretches.iter().flat_map(|stretch| search.candidates(stretch)).collect();
        if candidates.len() <= FEWEST {
            return None;
        }
        let shape = search.shape(&candidates)?;
        let clear: Vec<usize> = candidates
            .iter()
            .filter_map(|&place| search.aligned(place, &shape, ALIKE))
            .collect();
        let interval_s = usual_interval(&clear, rate)?;
        let course = search.course(&clear, &shape)?;
        let places = search.all(stretches, &clear, &shape);
        Some(Self { places, per_minute: 60.0 / interval_s, shape, course })
    }

    /// The signal without its beats: the shape is taken out of it at each, and what is left
    /// is no louder than its surroundings where it stands at rest.
    pub(super) fn without<'a>(
        beats: Option<&Self>,
        clean: &'a [f64],
        rate: Hertz,
    ) -> Cow<'a, [f64]> {
        let Some(beats) = beats else {
            return clean.into();
        };
        let mut signal = clean.to_vec();
        for &place in &beats.places {
            beats.take_out(&mut signal, place, rate.samples(SURROUNDINGS_S).max(1));
        }
        signal.into()
    }

    fn take_out(&self, signal: &mut [f64], place: usize, beside: usize) {
        let reach = self.shape.len() / 2;
        let (from, to) = (place - reach, place + reach + 1);
        let height = dot(&signal[from..to], &self.shape);
        let wide = self.course.len() / 2;
        let first = place.saturating_sub(wide);
        let course = &self.course[wide + first - place..];
        let part = signal[first..].iter_mut().zip(course);
        part.for_each(|(x, course)| *x -= height * course);
        let level =
            |part: &[f64]| root_mean_square(part).filter(|level| level.is_finite());
        let before = level(&signal[from.saturating_sub(beside)..from]);
        let behind = level(&signal[to..(to + beside).min(signal.len())]);
        let part = &mut signal[from..to];
        let levels = [before.or(behind), behind.or(before)];
        let ([Some(low), Some(high)], Some(left)) = (levels, level(part)) else {
            return;
        };
        if low.max(high) < EDGE * low.min(high) && left > low.max(high) {
            part.iter_mut().for_each(|x| *x *= low.max(high) / left);
        }
    }
}

impl Search<'_> {
    /// The highest samples of short pulses that stand alone.
    fn candidates(&self, stretch: &Range<usize>) -> Vec<usize> {
        self.tops(stretch, stands_alone)
    }

    /// The beats among all pulses, once their shape is known: also those beside bursts.
    fn all(
        &self,
        stretches: &[Range<usize>],
        clear: &[usize],
        shape: &[f64],
    ) -> Vec<usize> {
        let height = |place: usize| dot(self.about(place), shape);
        let heights: Vec<f64> = clear.iter().map(|&place| height(place)).collect();
        let usual = median(&heights).unwrap_or(0.0);
        let is_usual = |place: &usize| {
            let height = height(*place) / usual;
            height * HIGHER > 1.0 && height < HIGHER
        };
        let pulses = stretches.iter().flat_map(|stretch| self.tops(stretch, is_highest));
        let mut places: Vec<usize> = pulses
            .filter_map(|place| self.aligned(place, shape, ALIKE_EACH))
            .filter(is_usual)
            .collect();
        places.dedup();
        places
    }

    /// The middle of the beats and of what lies beside them, each relative to its height.
    fn course(&self, clear: &[usize], shape: &[f64]) -> Option<Vec<f64>> {
        let wide = self.rate.samples(COURSE_S);
        let course = |&place: &usize| {
            let part = self.clean.get(place.checked_sub(wide)?..=place + wide)?;
            let height = dot(self.about(place), shape);
            part.iter().all(|x| x.is_finite()).then_some((part, height))
        };
        let courses: Vec<(&[f64], f64)> = clear.iter().filter_map(course).collect();
        let typical = |at: usize| {
            let values: Vec<f64> =
                courses.iter().map(|(part, height)| part[at] / height).collect();
            median(&values)
        };
        (0..=2 * wide).map(typical).collect()
    }

    /// The highest samples of the pieces of a stretch that are picked.
    fn tops(
        &self,
        stretch: &Range<usize>,
        is_picked: fn(&[f64], usize) -> bool,
    ) -> Vec<usize> {
        let size = self.rate.samples(PIECE_S).max(1);
        let samples = &self.clean[stretch.clone()];
        let highest =
            |piece: &[f64]| piece.iter().fold(0.0, |top: f64, x| top.max(x.abs()));
        let pieces: Vec<f64> = samples.chunks(size).map(highest).collect();
        let place = |piece: usize| {
            let from = stretch.start + piece * size;
            let part = &self.clean[from..(from + size).min(stretch.end)];
            let top = part.iter().position(|x| x.abs() == pieces[piece]);
            from + top.unwrap_or(0)
        };
        let whole = |place: &usize| {
            let room = self.reach + 2 * self.shift;
            *place >= stretch.start + room && place + room < stretch.end
        };
        (0..pieces.len())
            .filter(|&k| is_picked(&pieces, k))
            .map(place)
            .filter(whole)
            .collect()
    }

    fn about(&self, place: usize) -> &[f64] {
        &self.clean[place - self.reach..=place + self.reach]
    }

    /// The commonest shape of some pulses; `None` where they do not look alike.
    fn shape(&self, candidates: &[usize]) -> Option<Vec<f64>> {
        let count = candidates.len().min(COMPARED);
        let some: Vec<usize> =
            (0..count).map(|i| candidates[i * candidates.len() / count]).collect();
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
        let typical = |at: usize| {
            let values: Vec<f64> = aligned.iter().map(|one| one[at]).collect();
            median(&values).unwrap_or(0.0)
        };
        let shape: Vec<f64> = (0..=2 * self.reach).map(typical).collect();
        (aligned.len() > FEWEST).then(|| unit(&shape)).flatten()
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

/// Whether a piece is higher than those near it.
fn is_highest(pieces: &[f64], k: usize) -> bool {
    let near = &pieces[k.saturating_sub(APART)..(k + APART + 1).min(pieces.len())];
    pieces[k] > 0.0 && near.iter().all(|other| *other <= pieces[k])
}

/// Whether a piece is higher than those near it, and stands out of what lies on both
/// sides.
fn stands_alone(pieces: &[f64], k: usize) -> bool {
    let height = pieces[k];
    if !is_highest(pieces, k) {
        return false;
    }
    let before = &pieces[k.saturating_sub(APART + BESIDE)..k.saturating_sub(APART)];
    let behind = pieces.get(k + APART + 1..).unwrap_or_default();
    let behind = &behind[..behind.len().min(BESIDE)];
    // A burst on one side may fill half of the pieces; rest must be next to the beat.
    let level = |side: &[f64]| median(side).filter(|_| 3 * side.len() >= BESIDE);
    let next = [before.last(), behind.first()].into_iter().flatten();
    let levels = [level(before), level(behind)].into_iter().flatten();
    let lowest = levels.fold(f64::INFINITY, f64::min);
    lowest.is_finite()
        && height > STANDS_OUT * lowest
        && next.fold(0.0, |top: f64, x| top.max(*x)) * STANDS_OUT / 1.5 < height
}

/// The same with a sum of squares of 1.
fn unit(samples: &[f64]) -> Option<Vec<f64>> {
    let size = dot(samples, samples).sqrt();
    (size > 0.0 && size.is_finite()).then(|| samples.iter().map(|x| x / size).collect())
}

fn root_mean_square(samples: &[f64]) -> Option<f64> {
    let squares = sum_of(samples, |x| x * x);
    (!samples.is_empty()).then(|| (squares / samples.len() as f64).sqrt())
}

/// The usual interval in seconds, where most of those that could be one are alike. Longer
/// ones hold beats that bursts hide.
fn usual_interval(places: &[usize], rate: Hertz) -> Option<f64> {
    let intervals: Vec<f64> = places
        .windows(2)
        .map(|pair| rate.seconds(pair[1] - pair[0]))
        .filter(|interval| *interval < INTERVALS_S.1)
        .collect();
    let usual = median(&intervals).filter(|usual| *usual >= INTERVALS_S.0)?;
    let alike = |interval: &&f64| (**interval / usual - 1.0).abs() < SCATTER;
    let alike = intervals.iter().filter(alike).count();
    (alike >= FEWEST && alike as f64 >= REGULAR * intervals.len() as f64).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};

    const RATE: f64 = 1000.0;

    fn find(samples: &[f64]) -> Option<HeartBeats> {
        let whole = 0..samples.len();
        HeartBeats::find(samples, &[whole], Hertz::new(RATE).unwrap())
    }

    /// Adds a wave of three phases at some places.
    fn beat(samples: &mut [f64], places: &[usize], height: f64) {
        for &place in places {
            for (n, sample) in samples.iter_mut().enumerate().skip(place - 60).take(121) {
                let t = (n as f64 - place as f64) / 9.0;
                *sample += height * (1.0 - t * t) * (-0.5 * t * t).exp();
            }
        }
    }

    fn beats(seconds: usize) -> Vec<usize> {
        let mut random = SplitMix64::new(5);
        let beat = |k: usize| 400 + 850 * k + (30.0 * random.uniform()) as usize;
        (0..seconds * 1000 / 900 - 1).map(beat).collect()
    }

    #[test]
    fn beats_are_found_beside_bursts_and_taken_out() {
        let mut samples = normals(2, 20_000);
        for burst in samples.chunks_mut(2500) {
            burst[..900].iter_mut().for_each(|sample| *sample *= 60.0);
        }
        let plain = samples.clone();
        let truth = beats(20);
        beat(&mut samples, &truth, 30.0);
        let found = find(&samples).unwrap();
        let at_rest = truth.iter().filter(|&&at| (960..2440).contains(&(at % 2500)));
        assert!(found.places.len() >= at_rest.count() - 2, "{:?}", found.places);
        assert!((found.per_minute / 70.0 - 1.0).abs() < 0.05, "{}", found.per_minute);
        let without =
            HeartBeats::without(Some(&found), &samples, Hertz::new(RATE).unwrap());
        for &place in
            found.places.iter().filter(|&&at| (1000..2400).contains(&(at % 2500)))
        {
            let part = place - 50..place + 50;
            let [left, there] = [&without[part.clone()], &plain[part]]
                .map(|x| root_mean_square(x).unwrap());
            assert!(left < 1.6 * there, "{place}: {left} {there}");
        }
        assert_eq!(without[..800], samples[..800]);
    }

    #[test]
    fn bursts_are_no_beats_however_short_and_regular() {
        for seed in 0..50 {
            let mut samples = normals(seed, 30_000);
            for (k, sample) in samples.iter_mut().enumerate() {
                *sample *= if k % 800 < 90 { 40.0 } else { 1.0 };
            }
            assert_eq!(find(&samples), None, "{seed}");
            assert_eq!(find(&normals(seed, 20_000)), None);
        }
    }

    #[test]
    fn pulses_at_odd_times_and_nothing_are_no_beats() {
        let mut random = SplitMix64::new(9);
        let mut samples = normals(3, 40_000);
        let places: Vec<usize> =
            (0..12).map(|k| 500 + 3000 * k + random.index(2400)).collect();
        beat(&mut samples, &places, 30.0);
        assert_eq!(find(&samples), None);
        for samples in [vec![], vec![1.0], vec![0.0; 5000], vec![f64::NAN; 500]] {
            assert_eq!(find(&samples), None);
        }
    }
}
