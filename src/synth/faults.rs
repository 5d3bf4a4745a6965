//! What electrodes pick up besides the muscle, and what amplifiers do to it.

use std::f64::consts::PI;

use crate::dsp::fourier::{Fourier, frequencies};
use crate::dsp::random::{SplitMix64, normals};
use crate::units::Hertz;

/// What is wrong with a recording. The default is nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// The root mean square of white noise, in volts.
    pub noise: f64,
    /// A constant, in volts.
    pub offset: f64,
    /// The root mean square of slow movement of the base line (below about 5 Hz), in volts.
    pub wander: f64,
    /// Mains hum.
    pub hum: Option<Hum>,
    /// The voltage beyond which the amplifier does not go, on either side.
    pub clip: Option<f64>,
    /// Where samples are missing: from and to, in seconds.
    pub gaps: Vec<(f64, f64)>,
}

/// Mains hum.
#[derive(Debug, Clone, PartialEq)]
pub struct Hum {
    /// The frequency at the beginning, in hertz.
    pub frequency_hz: f64,
    /// How much the frequency rises in a second, in hertz.
    pub drift_hz_per_s: f64,
    /// Harmonics (1 is the fundamental) with their amplitudes in volts.
    pub harmonics: Vec<(usize, f64)>,
}

impl Faults {
    /// Adds everything to samples in volts: noise, wander, hum and offset, then clips, then cuts the gaps.
    pub fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let mut seeds = SplitMix64::new(seed);
        let (noise_seed, wander_seed, phase_seed) = (seeds.bits(), seeds.bits(), seeds.bits());
        add(samples, &normals(noise_seed, samples.len()), self.noise);
        if self.wander > 0.0 {
            add(samples, &slow(wander_seed, rate, samples.len()), self.wander);
        }
        if let Some(hum) = &self.hum {
            hum.add_to(samples, rate, phase_seed);
        }
        let clip = self.clip.unwrap_or(f64::INFINITY);
        samples.iter_mut().for_each(|sample| *sample = (*sample + self.offset).clamp(-clip, clip));
        for &(from_s, to_s) in &self.gaps {
            let (from, to) = (rate.samples(from_s).min(samples.len()), rate.samples(to_s).min(samples.len()));
            samples[from..to.max(from)].fill(f64::NAN);
        }
    }
}

impl Hum {
    fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let mut generator = SplitMix64::new(seed);
        for &(harmonic, amplitude) in &self.harmonics {
            let phase = generator.uniform();
            for (i, sample) in samples.iter_mut().enumerate() {
                let time = rate.seconds(i);
                let turns = (self.frequency_hz + 0.5 * self.drift_hz_per_s * time) * time * harmonic as f64 + phase;
                *sample += amplitude * libm::sin(2.0 * PI * (turns - turns.floor()));
            }
        }
    }
}

fn add(samples: &mut [f64], noise: &[f64], rms: f64) {
    for (sample, noise) in samples.iter_mut().zip(noise) {
        *sample += rms * noise;
    }
}

/// Noise below about 5 Hz with an expected variance of 1.
fn slow(seed: u64, rate: Hertz, n: usize) -> Vec<f64> {
    let (mut fourier, mut spectrum) = (Fourier::new(), Vec::new());
    fourier.spectrum(&normals(seed, n), &mut spectrum);
    let gain = |hz: f64| if hz > 0.0 { 1.0 / (1.0 + libm::pow(hz / 3.0, 8.0)) } else { 0.0 };
    let gains: Vec<f64> = frequencies(n, rate.hz()).into_iter().map(gain).collect();
    let power = 2.0 * gains.iter().map(|gain| gain * gain).sum::<f64>() / n.max(1) as f64;
    let scale = if power > 0.0 { 1.0 / power.sqrt() } else { 0.0 };
    spectrum.iter_mut().zip(gains).for_each(|(value, gain)| *value *= gain * scale);
    fourier.samples(&spectrum, n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(faults: &Faults) -> Vec<f64> {
        let mut samples = vec![0.0; 20_000];
        faults.add_to(&mut samples, Hertz::new(1000.0).unwrap(), 5);
        samples
    }

    fn power(samples: &[f64]) -> f64 {
        samples.iter().map(|x| x * x).sum::<f64>() / samples.len() as f64
    }

    #[test]
    fn no_fault_changes_nothing() {
        assert!(added(&Faults::default()).iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn every_fault_has_the_size_it_says() {
        let hum = Hum { frequency_hz: 50.0, drift_hz_per_s: 0.0, harmonics: vec![(1, 2.0), (3, 1.0)] };
        let found = power(&added(&Faults { hum: Some(hum), ..Faults::default() }));
        assert!((found - 2.5).abs() < 1e-9, "{found}");
        // Within 3 standard errors: 3·√(2/20000) for white noise, and 20 s of 3 Hz hold some 120 values.
        assert!((power(&added(&Faults { noise: 1.0, ..Faults::default() })) - 1.0).abs() < 0.03);
        assert!(
            (power(&added(&Faults { wander: 1.0, ..Faults::default() })) - 1.0).abs() < 3.0 * (2.0_f64 / 120.0).sqrt()
        );
        let offset = added(&Faults { offset: 0.5, ..Faults::default() });
        assert!(offset.iter().all(|sample| *sample == 0.5));
    }

    #[test]
    fn clipping_and_gaps_come_last() {
        let faults = Faults { noise: 1.0, clip: Some(0.8), gaps: vec![(1.0, 1.3), (19.9, 40.0)], ..Faults::default() };
        let samples = added(&faults);
        assert_eq!(samples.iter().filter(|sample| sample.is_nan()).count(), 400);
        assert!(samples.iter().all(|sample| sample.is_nan() || sample.abs() <= 0.8));
        assert!(samples.iter().filter(|sample| sample.abs() == 0.8).count() > 1000);
    }
}
