//! Short pulses: electrodes that pop, stimuli, hearts.
//!
//! A spike stands alone: it is over within milliseconds and towers above what surrounds
//! it on **both** sides, so that the edge of a burst is none. Pulses that follow each
//! other within a quarter of a second are left alone, because single motor units fire at
//! 5 Hz and more.

use super::super::heart::HeartBeats;
use super::super::knocks::Knock;
use super::super::scan::Scan;
use crate::dsp::stats::median;
use crate::units::Hertz;

/// The maxima of a Gaussian signal over a piece are about this many standard deviations
/// (between 1.2 for EMG and 1.8 for white noise).
const PIECE_OVER_DEVIATION: f64 = 1.5;
/// A spike is over within two pieces of this length on either side: 10 ms.
const SPIKE_PIECE_S: f64 = 0.005;
/// Motor units fire faster than this.
const ALONE_S: f64 = 0.25;
/// Spikes so near to a beat of a heart are part of it, in seconds.
const BEAT_S: f64 = 0.1;

/// Short pulses of a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pulses {
    /// The times of spikes after the first sample, in seconds, without the beats of a
    /// heart.
    pub spikes_s: Vec<f64>,
    /// What is longer and towers above all activity, in order.
    pub knocks: Vec<Knock>,
    /// The beats of a heart: those that are no bursts; `None` where there are none.
    pub heart: Option<HeartBeats>,
}

impl Pulses {
    /// The pulses of a channel. Spikes are higher than `least`, and than `deviations`
    /// robust standard deviations of what surrounds them.
    pub(super) fn find(scan: &Scan<'_>, deviations: f64, least: f64) -> Self {
        let trace = scan.trace;
        let mut spikes_s = spikes(&trace.clean, trace.rate, deviations, least);
        let heart = scan.heart.clone();
        for beat in heart.iter().flat_map(HeartBeats::all) {
            let beat_s = trace.rate.seconds(beat);
            spikes_s.retain(|spike_s| (spike_s - beat_s).abs() > BEAT_S);
        }
        Self { spikes_s, knocks: scan.knocks.clone(), heart }
    }
}

/// The times of spikes in a filtered signal.
fn spikes(clean: &[f64], rate: Hertz, deviations: f64, least: f64) -> Vec<f64> {
    let size = rate.samples(SPIKE_PIECE_S).max(1);
    let highest = |piece: &[f64]| {
        piece.iter().fold(0.0, |top, x| if x.abs() > top { x.abs() } else { top })
    };
    let pieces: Vec<f64> = clean.chunks(size).map(highest).collect();
    let shape = SpikeShape { deviations, drop: 3.0 };
    let found: Vec<f64> = shape
        .found(&pieces)
        .filter(|&piece| pieces[piece] > least)
        .map(|piece| (piece as f64 + 0.5) * rate.seconds(size))
        .collect();
    alone(&found)
}

/// How a spike stands out.
struct SpikeShape {
    /// Its height over the robust standard deviation of what surrounds it.
    deviations: f64,
    /// Its height over what follows and precedes it three to six pieces away.
    drop: f64,
}

impl SpikeShape {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn found(samples: &[f64]) -> Vec<f64> {
        spikes(samples, Hertz::new(1000.0).unwrap(), 8.0, 4.0)
    }

    #[test]
    fn noise_and_steps_of_its_level_hold_no_pulses() {
        for seed in 0..20 {
            let noise = normals(seed, 20_000);
            assert!(found(&noise).is_empty());
            let steps: Vec<f64> = noise
                .iter()
                .enumerate()
                .map(|(k, x)| if k / 700 % 2 == 0 { *x } else { 50.0 * x })
                .collect();
            assert!(found(&steps).is_empty());
        }
    }

    #[test]
    fn pulses_are_found_where_they_are() {
        let mut samples = normals(3, 20_000);
        let places = [1000, 4200, 9990, 15_555];
        places.iter().for_each(|&place| samples[place] = -25.0);
        let found = found(&samples);
        assert_eq!(found.len(), places.len());
        for (found, place) in found.iter().zip(places) {
            assert!((found - place as f64 / 1000.0).abs() <= 0.005, "{found} {place}");
        }
    }

    #[test]
    fn motor_units_are_no_spikes() {
        let mut samples = normals(4, 20_000);
        samples.iter_mut().skip(200).step_by(120).for_each(|sample| *sample = 30.0);
        assert!(found(&samples).is_empty());
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
            assert!(found(&samples).is_empty());
        }
    }
}
