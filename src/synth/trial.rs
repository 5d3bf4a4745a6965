//! Trials with one onset, as detectors of onset are compared by: rest, then activity from
//! a known sample on.

use std::f64::consts::PI;

use super::Spectrum;
use crate::dsp::random::{SplitMix64, normals};
use crate::units::Hertz;

/// One trial of 2 s at 1000 samples a second, whose rest has a standard deviation of 1
/// and whose activity begins at sample 1000. Trials of the same number share their random
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// The number of the trial.
    pub number: u64,
    /// The ratio of activity to rest in dB; `None` for rest alone.
    pub snr_db: Option<f64>,
    /// The length of the linear rise in samples; 0 is a step.
    pub ramp: usize,
    /// What the rest sounds like.
    pub rest: Rest,
    /// The root mean square of a hum of 50 Hz as a share of that of the activity, or of
    /// the rest without one.
    pub hum: f64,
    /// The height of heart beats in standard deviations of the rest, 1.2 a second.
    pub beats: f64,
}

/// The spectrum of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// All frequencies alike, as electrodes and amplifiers make it.
    White,
    /// That of the activity, as a muscle that does not rest quite makes it.
    Coloured,
}

impl Trial {
    /// The first sample of activity. In a ramp it is still silent.
    pub const ONSET: usize = 1000;
    /// The number of samples.
    pub const SAMPLES: usize = 2000;

    /// A trial of activity and rest alone.
    pub fn new(number: u64, snr_db: f64, ramp: usize, rest: Rest) -> Self {
        Self { number, snr_db: Some(snr_db), ramp, rest, hum: 0.0, beats: 0.0 }
    }

    /// The sampling rate.
    pub fn rate() -> Hertz {
        Hertz::new(1000.0).unwrap_or_else(|| unreachable!("1000 Hz is a rate"))
    }

    /// The samples.
    pub fn samples(&self) -> Vec<f64> {
        let rest_seed = 900_000_u64.wrapping_add(self.number);
        let mut samples = match self.rest {
            Rest::White => normals(rest_seed, Self::SAMPLES),
            Rest::Coloured => coloured(rest_seed),
        };
        if let Some(snr_db) = self.snr_db {
            let level = libm::pow(10.0, snr_db / 20.0);
            let activity = coloured(1000_u64.wrapping_add(self.number));
            for (i, (sample, activity)) in samples.iter_mut().zip(activity).enumerate() {
                *sample += activity * level * self.gain(i);
            }
        }
        self.disturb(&mut samples);
        samples
    }

    fn gain(&self, at: usize) -> f64 {
        match at.checked_sub(Self::ONSET) {
            None => 0.0,
            Some(_) if self.ramp == 0 => 1.0,
            Some(elapsed) => (elapsed as f64 / self.ramp as f64).min(1.0),
        }
    }

    fn disturb(&self, samples: &mut [f64]) {
        let mut random = SplitMix64::new(500_000_u64.wrapping_add(self.number));
        let (phase, first) = (2.0 * PI * random.uniform(), random.uniform() / 1.2);
        let level = libm::pow(10.0, self.snr_db.unwrap_or(0.0) / 20.0);
        for (i, sample) in samples.iter_mut().enumerate() {
            let time = i as f64 / 1000.0;
            *sample += self.hum
                * level
                * 2.0_f64.sqrt()
                * libm::sin(2.0 * PI * 50.0 * time + phase);
            // A QRS complex as the second derivative of a Gaussian, some 40 ms long, of
            // height 1.
            let from_beat = ((time - first) * 1.2).rem_euclid(1.0);
            let distance = from_beat.min(1.0 - from_beat) / 1.2 / 0.01;
            *sample += self.beats
                * (1.0 - distance * distance)
                * libm::exp(-0.5 * distance * distance);
        }
    }
}

/// EMG of the gastrocnemius, with a standard deviation of exactly 1.
fn coloured(seed: u64) -> Vec<f64> {
    let mut samples = Spectrum::GASTROCNEMIUS.noise(seed, Trial::rate(), Trial::SAMPLES);
    let n = Trial::SAMPLES as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let deviation =
        (samples.iter().map(|sample| (sample - mean) * (sample - mean)).sum::<f64>() / n)
            .sqrt();
    samples.iter_mut().for_each(|sample| *sample /= deviation);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(samples: &[f64]) -> f64 {
        samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64
    }

    #[test]
    fn activity_is_as_loud_as_it_says() {
        let mut ratio = 0.0;
        for number in 0..20 {
            let samples = Trial::new(number, 20.0, 0, Rest::White).samples();
            ratio += power(&samples[1000..]) / power(&samples[..1000]) / 20.0;
        }
        assert!((ratio - 101.0).abs() < 5.0, "{ratio}");
        let rest =
            Trial { snr_db: None, ..Trial::new(1, 0.0, 0, Rest::Coloured) }.samples();
        assert!((power(&rest) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ramps_hum_and_beats() {
        let plain = Trial::new(3, 10.0, 0, Rest::White);
        let (step, ramp) = (plain.samples(), Trial { ramp: 100, ..plain }.samples());
        assert_eq!((&step[..1000], &step[1100..]), (&ramp[..1000], &ramp[1100..]));
        assert!(power(&ramp[1000..1050]) < power(&step[1000..1050]));
        let added = |trial: Trial| -> Vec<f64> {
            trial.samples().iter().zip(&step).map(|(a, b)| a - b).collect()
        };
        // Whole periods of the hum have its power: 20 % of the activity's root mean
        // square.
        assert!((power(&added(Trial { hum: 0.2, ..plain })) - 0.04 * 10.0).abs() < 1e-9);
        let beats = added(Trial { beats: 5.0, ..plain });
        assert!(
            beats.iter().any(|beat| *beat > 4.5)
                && beats.iter().filter(|beat| **beat > 1.0).count() < 60
        );
    }
}
