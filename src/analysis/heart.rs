//! Beats of a heart below the electrodes, which are no bursts of the muscle.
//!
//! A beat is known by its shape: the QRS complex looks alike each time, is slow beside the
//! potentials of a muscle, comes at the intervals of a heart, and stands alone, at rest on
//! both sides. Bursts of a muscle differ from each other, as noise does, however regular
//! they are. Once the shape is known, beats are found wherever it is; and in a pause that
//! no heart makes, what is as short, as slow and as low as a beat is one, whatever its
//! shape.

use std::borrow::Cow;
use std::ops::Range;

use crate::units::Hertz;
use crate::words::spoken;

mod due;
mod pulses;
mod rhythm;
mod search;
mod taken_out;

use rhythm::Rhythm;
use search::Search;

/// The pulses of a heart, as regular as those of most or as irregular as those of some; or
/// the regular ones of a stimulator.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartBeats {
    /// The samples in the middle of their shapes, in order.
    pub places: Vec<usize>,
    /// The samples in the middle of beats of another shape, in order: those that an end
    /// cuts, and those that begin elsewhere in the heart.
    pub unlike: Vec<usize>,
    /// The usual interval in seconds.
    usual_s: f64,
    /// The usual highest deflection, in the unit of the signal.
    height: f64,
    /// The shape of a beat about its place, of sum of squares 1.
    shape: Vec<f64>,
    /// The same with what lies beside it, for a beat that holds the shape once.
    course: Vec<f64>,
}

impl HeartBeats {
    /// The beats in the stretches of a filtered signal; `None` where too few pulses look
    /// alike, or they do not come as those of a heart.
    pub(super) fn find(
        clean: &[f64],
        stretches: &[Range<usize>],
        rate: Hertz,
    ) -> Option<Self> {
        let search = Search::new(clean, rate);
        let lone: Vec<usize> =
            stretches.iter().flat_map(|stretch| search.lone(stretch)).collect();
        let shape = search.commonest(&lone)?;
        let clear = search.clear(&lone, &shape);
        let rhythm = Rhythm::read(&clear, rate)?;
        let likeness = search.likeness(&clear, &shape, lone.len())?;
        if !rhythm.is_of_a_heart(&likeness) {
            return None;
        }
        Some(Self {
            places: search.all(stretches, &clear, &shape),
            unlike: Vec::new(),
            usual_s: rhythm.usual_s,
            height: search.usual_height(&clear)?,
            course: search.course(&clear, &shape)?,
            shape,
        })
    }

    /// How many beats come in a minute, by the median interval.
    pub fn per_minute(&self) -> f64 {
        60.0 / self.usual_s
    }

    /// The places of all beats, those of the usual shape first.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        self.places.iter().chain(&self.unlike).copied()
    }

    /// The beats in words: how many, how often, and how they are told.
    pub fn describe(&self) -> String {
        let others = match self.unlike.len() {
            0 => String::new(),
            others => format!(", and {others} of another shape where one was due"),
        };
        format!(
            "{} short pulses of one shape, {} a minute, as a heart makes them{others}",
            self.places.len(),
            spoken(self.per_minute())
        )
    }

    /// The signal without the beats of the usual shape: it is taken out at each, and what
    /// is left is no louder than its surroundings where it stands at rest.
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
            taken_out::subtract(&mut signal, place, &beats.shape, &beats.course);
            taken_out::level(&mut signal, place, beats.shape.len() / 2, rate);
        }
        signal.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};
    use crate::onset::Sought;

    const RATE: f64 = 1000.0;

    fn find(samples: &[f64]) -> Option<HeartBeats> {
        let whole = 0..samples.len();
        HeartBeats::find(samples, &[whole], Hertz::new(RATE).unwrap())
    }

    /// Adds a wave of three phases at some places.
    fn beat(samples: &mut [f64], places: &[usize], height: f64) {
        for &place in places {
            for (n, sample) in
                samples.iter_mut().enumerate().skip(place.saturating_sub(60)).take(121)
            {
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
        let per_minute = found.per_minute();
        assert!((per_minute / 70.0 - 1.0).abs() < 0.05, "{per_minute}");
        let without =
            HeartBeats::without(Some(&found), &samples, Hertz::new(RATE).unwrap());
        for &place in
            found.places.iter().filter(|&&at| (1000..2400).contains(&(at % 2500)))
        {
            let part = place - 50..place + 50;
            let [left, there] = [&without[part.clone()], &plain[part]]
                .map(|x| crate::dsp::sums::root_mean_square(x).unwrap());
            assert!(left < 1.6 * there, "{place}: {left} {there}");
        }
        assert_eq!(without[..800], samples[..800]);
    }

    /// Places with intervals of 0.8 s with such a coefficient of variation, the first at
    /// an end.
    fn irregular(seed: u64, variation: f64) -> Vec<usize> {
        let normals = normals(seed, 24);
        let interval = |x: &f64| (800.0 * (1.0 + variation * x)).max(350.0) as usize;
        let beats = normals.iter().scan(20, |at, x| {
            let beat = *at;
            *at += interval(x);
            Some(beat)
        });
        beats.take_while(|beat| *beat < 20_000).collect()
    }

    #[test]
    fn an_irregular_heart_is_one_and_a_beat_at_an_end_is_a_beat() {
        for seed in 0..20 {
            let mut samples = normals(seed, 20_000);
            let truth = irregular(seed + 100, 0.05 + 0.01 * seed as f64);
            beat(&mut samples, &truth, 30.0);
            let found = find(&samples).unwrap();
            let near = |beat: &&usize| {
                found.places.iter().any(|place| place.abs_diff(**beat) < 10)
            };
            assert_eq!(truth.iter().filter(near).count(), truth.len(), "{seed}");
            assert_eq!(found.places.len(), truth.len(), "{seed}");
        }
    }

    #[test]
    fn what_is_slow_where_a_beat_is_due_is_a_beat_and_nothing_else_is() {
        let mut samples = normals(7, 20_000);
        let truth: Vec<usize> = (0..24).map(|k| 400 + 800 * k).collect();
        let missing = truth[9];
        let kept: Vec<usize> =
            truth.iter().copied().filter(|beat| *beat != missing).collect();
        beat(&mut samples, &kept, 30.0);
        let span = missing - 60..missing + 60;
        let takes = |pulse: &dyn Fn(f64) -> f64, span: Range<usize>| {
            let mut signal = samples.clone();
            for n in span.clone() {
                signal[n] += pulse(n as f64 - missing as f64);
            }
            let mut found = find(&signal).unwrap();
            let rate = Hertz::new(RATE).unwrap();
            let clean = HeartBeats::without(Some(&found), &signal, rate).into_owned();
            let whole = 0..signal.len();
            let sought = Sought {
                clean: &clean,
                stretches: std::slice::from_ref(&whole),
                rate,
                known_rest: None,
                towers: &[],
                two_way: &[],
            };
            let is_beat = found.takes(&span, &sought);
            assert_eq!(found.unlike.len(), usize::from(is_beat));
            is_beat
        };
        let wide = |t: f64| 20.0 * (0.07 * t).sin() * (-0.0006 * t * t).exp();
        let fast = |t: f64| 20.0 * (0.6 * t).sin() * (-0.0008 * t * t).exp();
        assert!(takes(&wide, span.clone()));
        assert!(!takes(&fast, span.clone()), "as fast as a muscle");
        assert!(!takes(&|t| 6.0 * wide(t), span.clone()), "too high");
        assert!(!takes(&wide, span.start - 100..span.end + 100), "too long");
        assert!(!takes(&|_| 0.0, missing + 300..missing + 420), "between two beats");
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
