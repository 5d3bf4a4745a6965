//! Short pulses: electrodes that pop, stimuli, hearts.
//!
//! A pulse stands alone: it is over within milliseconds and towers above what surrounds
//! it on **both** sides, so that the edge of a burst is none. Pulses that follow each
//! other within a quarter of a second are left alone, because single motor units fire at
//! 5 Hz and more.

use crate::dsp::stats::median;
use crate::units::Hertz;

/// The maxima of a Gaussian signal over a piece are about this many standard deviations
/// (between 1.2 for EMG and 1.8 for white noise).
const PIECE_OVER_DEVIATION: f64 = 1.5;
/// A spike is over within two pieces of this length on either side: 10 ms.
const SPIKE_PIECE_S: f64 = 0.005;
/// How many of these pieces are one of those in which hearts are looked for: a QRS
/// complex lasts some 80 ms.
const BEAT_PIECES: usize = 4;
/// How far a beat stands out from its surroundings, in standard deviations: less than a
/// spike, since beats come again.
const BEAT_DEVIATIONS: f64 = 6.0;
/// Motor units fire faster than this.
const ALONE_S: f64 = 0.25;
/// The intervals of hearts, in seconds: 2 to 0.7 a second.
const BEAT_INTERVALS_S: (f64, f64) = (0.5, 1.0 / 0.7);
/// The fewest intervals that can be called regular.
const FEWEST_INTERVALS: usize = 5;

/// Short pulses of a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pulses {
    /// The times of spikes after the first sample, in seconds; empty where they are the
    /// beats of a heart.
    pub spikes_s: Vec<f64>,
    /// The times of regular pulses, in seconds; empty where there are none.
    pub beats_s: Vec<f64>,
    /// How often regular pulses come, in hertz; `None` where there are none.
    pub beats_hz: Option<f64>,
}

impl Pulses {
    /// The pulses of a filtered signal. Spikes are higher than `least`, and than
    /// `deviations` robust standard deviations of what surrounds them.
    pub(super) fn find(clean: &[f64], rate: Hertz, deviations: f64, least: f64) -> Self {
        let size = rate.samples(SPIKE_PIECE_S).max(1);
        let highest = |piece: &[f64]| {
            piece.iter().fold(0.0, |top, x| if x.abs() > top { x.abs() } else { top })
        };
        let fine: Vec<f64> = clean.chunks(size).map(highest).collect();
        let coarse: Vec<f64> = fine.chunks(BEAT_PIECES).map(highest).collect();
        let seconds =
            |size: usize| move |piece: usize| (piece as f64 + 0.5) * rate.seconds(size);
        let beats_s: Vec<f64> = PulseShape { deviations: BEAT_DEVIATIONS, drop: 2.0 }
            .found(&coarse)
            .map(seconds(size * BEAT_PIECES))
            .collect();
        if let Some(beats_hz) = regular(&beats_s) {
            return Self { spikes_s: Vec::new(), beats_s, beats_hz: Some(beats_hz) };
        }
        let found: Vec<f64> = PulseShape { deviations, drop: 3.0 }
            .found(&fine)
            .filter(|&piece| fine[piece] > least)
            .map(seconds(size))
            .collect();
        Self { spikes_s: alone(&found), ..Self::default() }
    }
}

/// How a pulse stands out.
struct PulseShape {
    /// Its height over the robust standard deviation of what surrounds it.
    deviations: f64,
    /// Its height over what follows and precedes it three to six pieces away.
    drop: f64,
}

impl PulseShape {
    fn found<'a>(&'a self, pieces: &'a [f64]) -> impl Iterator<Item = usize> + 'a {
        (0..pieces.len()).filter(move |&k| self.is_at(pieces, k))
    }

    fn is_at(&self, pieces: &[f64], k: usize) -> bool {
        let height = pieces[k];
        let before =
            |distance: usize| k.checked_sub(distance).map_or(0.0, |at| pieces[at]);
        let after = |distance: usize| pieces.get(k + distance).copied().unwrap_or(0.0);
        let highest = (1..=2)
            .all(|distance| before(distance) <= height && after(distance) < height);
        if !highest
            || (3..=6).any(|distance| {
                self.drop * before(distance).max(after(distance)) > height
            })
        {
            return false;
        }
        let sides = [
            &pieces[k.saturating_sub(20)..k.saturating_sub(2)],
            pieces.get(k + 3..).unwrap_or_default(),
        ];
        // Few pieces at an end of the recording say nothing; pieces without any signal
        // are gaps.
        let level = |side: &[f64]| {
            let side: Vec<f64> =
                side.iter().copied().take(18).filter(|&piece| piece > 0.0).collect();
            median(&side).filter(|_| side.len() >= 6)
        };
        let level = sides.into_iter().filter_map(level).reduce(f64::max);
        level.is_some_and(|level| height > self.deviations / PIECE_OVER_DEVIATION * level)
    }
}

/// The times without another one close by.
fn alone(times: &[f64]) -> Vec<f64> {
    let far = |k: usize, other: Option<&f64>| {
        other.is_none_or(|other| (times[k] - other).abs() >= ALONE_S)
    };
    let is_alone = |&k: &usize| {
        far(k, k.checked_sub(1).and_then(|k| times.get(k))) && far(k, times.get(k + 1))
    };
    (0..times.len()).filter(is_alone).map(|k| times[k]).collect()
}

/// How often the times come, when most of their intervals are alike and as long as those
/// of a heart.
fn regular(times: &[f64]) -> Option<f64> {
    let intervals: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let possible: Vec<f64> = intervals
        .iter()
        .copied()
        .filter(|&interval| interval < BEAT_INTERVALS_S.1)
        .collect();
    let typical = median(&possible).filter(|&typical| typical >= BEAT_INTERVALS_S.0)?;
    let alike = possible
        .iter()
        .filter(|&&interval| (interval / typical - 1.0).abs() < 0.2)
        .count();
    (alike >= FEWEST_INTERVALS && 10 * alike >= 7 * intervals.len())
        .then(|| 1.0 / typical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn pulses(samples: &[f64]) -> Pulses {
        Pulses::find(samples, Hertz::new(1000.0).unwrap(), 8.0, 4.0)
    }

    #[test]
    fn noise_and_steps_of_its_level_hold_no_pulses() {
        for seed in 0..20 {
            let noise = normals(seed, 20_000);
            assert_eq!(pulses(&noise), Pulses::default());
            let steps: Vec<f64> = noise
                .iter()
                .enumerate()
                .map(|(k, x)| if k / 700 % 2 == 0 { *x } else { 50.0 * x })
                .collect();
            assert_eq!(pulses(&steps), Pulses::default());
        }
    }

    #[test]
    fn pulses_are_found_where_they_are() {
        let mut samples = normals(3, 20_000);
        let places = [1000, 4200, 9990, 15_555];
        places.iter().for_each(|&place| samples[place] = -25.0);
        let found = pulses(&samples).spikes_s;
        assert_eq!(found.len(), places.len());
        for (found, place) in found.iter().zip(places) {
            assert!((found - place as f64 / 1000.0).abs() <= 0.005, "{found} {place}");
        }
    }

    #[test]
    fn motor_units_are_no_spikes_and_beats_are_regular() {
        let with = |period: usize| {
            let mut samples = normals(4, 20_000);
            samples
                .iter_mut()
                .skip(200)
                .step_by(period)
                .for_each(|sample| *sample = 30.0);
            pulses(&samples)
        };
        assert_eq!(with(120), Pulses::default());
        let beats = with(840);
        assert!(
            beats.spikes_s.is_empty()
                && (beats.beats_hz.unwrap() * 0.84 - 1.0).abs() < 0.03,
            "{beats:?}"
        );
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        for samples in [
            vec![],
            vec![1.0],
            vec![f64::NAN; 500],
            vec![0.0; 500],
            vec![f64::INFINITY; 50],
        ] {
            assert_eq!(pulses(&samples), Pulses::default());
        }
    }
}
