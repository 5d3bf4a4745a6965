//! What electrodes pick up besides the muscle, and what amplifiers do to it.

use std::f64::consts::PI;

use crate::dsp::design::{Band, butterworth};
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
    /// The root mean square of slow movement of the base line (below about 5 Hz), in
    /// volts.
    pub wander: f64,
    /// Mains hum.
    pub hum: Option<Hum>,
    /// Spikes of an electrode that pops.
    pub spikes: Option<Spikes>,
    /// The heart.
    pub heart: Option<Heart>,
    /// Jolts of a cable: when, in seconds, and how high, in volts. Each swings at 4 Hz
    /// and dies away within a second.
    pub jolts: Vec<(f64, f64)>,
    /// The cut-off of the amplifier's high-pass (Butterworth, second order, one pass), in
    /// hertz.
    pub high_pass_hz: Option<f64>,
    /// The voltage beyond which the amplifier does not go, on either side.
    pub clip: Option<f64>,
    /// What the device does with the signal before it stores it.
    pub treatment: Treatment,
    /// Where the radio link drops out and the device stores 0: from and to, in seconds.
    pub dropouts: Vec<(f64, f64)>,
    /// Where samples are missing: from and to, in seconds.
    pub gaps: Vec<(f64, f64)>,
}

/// Spikes of one sample at random times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spikes {
    /// Their height in volts; the sign is random.
    pub height: f64,
    /// How many come in a second. Their intervals vary evenly between half and one and a
    /// half times the mean.
    pub per_s: f64,
}

/// Heart beats: a QRS complex of some 80 ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heart {
    /// The height of the R wave in volts.
    pub height: f64,
    /// How many beats come in a second; their intervals vary by ± 5 %.
    pub per_s: f64,
}

/// What a device does with a signal before it stores it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Treatment {
    /// Nothing.
    #[default]
    Raw,
    /// It rectifies.
    Rectified,
    /// It rectifies and smooths with a low-pass (Butterworth, second order, one pass) of
    /// this cut-off in hertz.
    Enveloped(f64),
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
    /// Adds everything to samples in volts, in the order in which it happens: noise,
    /// wander, hum, heart, spikes and jolts at the electrodes; high-pass, offset and
    /// clipping in the amplifier; the device's own treatment; then dropouts and gaps. A
    /// cut-off at half the sampling rate or above changes nothing.
    pub fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let mut seeds = SplitMix64::new(seed);
        let (noise_seed, wander_seed, phase_seed) =
            (seeds.bits(), seeds.bits(), seeds.bits());
        add(samples, &normals(noise_seed, samples.len()), self.noise);
        if self.wander > 0.0 {
            add(samples, &slow(wander_seed, rate, samples.len()), self.wander);
        }
        if let Some(hum) = &self.hum {
            hum.add_to(samples, rate, phase_seed);
        }
        if let Some(heart) = &self.heart {
            heart.add_to(samples, rate, seeds.bits());
        }
        if let Some(spikes) = &self.spikes {
            spikes.add_to(samples, rate, seeds.bits());
        }
        for &(time_s, height) in &self.jolts {
            let swing =
                |t: f64| height * libm::exp(-6.0 * t) * libm::sin(2.0 * PI * 4.0 * t);
            pulse(samples, rate, time_s, (0.0, 1.0), swing);
        }
        if let Some(cutoff_hz) = self.high_pass_hz {
            filter(samples, Band::HighPass(cutoff_hz), rate);
        }
        let clip = self.clip.unwrap_or(f64::INFINITY);
        samples
            .iter_mut()
            .for_each(|sample| *sample = (*sample + self.offset).clamp(-clip, clip));
        self.treatment.change(samples, rate);
        fill(samples, rate, &self.dropouts, 0.0);
        fill(samples, rate, &self.gaps, f64::NAN);
    }
}

impl Spikes {
    fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let mut generator = SplitMix64::new(seed);
        for time_s in times(&mut generator, rate.seconds(samples.len()), self.per_s, 0.5)
        {
            let sign = if generator.uniform() < 0.5 { -1.0 } else { 1.0 };
            if let Some(sample) = samples.get_mut(rate.samples(time_s)) {
                *sample += sign * self.height;
            }
        }
    }
}

impl Heart {
    fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let wave = |t: f64, centre: f64, width: f64| {
            libm::exp(-0.5 * ((t - centre) / width) * ((t - centre) / width))
        };
        let beat = |t: f64| {
            self.height
                * (wave(t, 0.0, 0.008)
                    - 0.2 * wave(t, -0.025, 0.006)
                    - 0.35 * wave(t, 0.025, 0.008))
        };
        let mut generator = SplitMix64::new(seed);
        for time_s in times(&mut generator, rate.seconds(samples.len()), self.per_s, 0.05)
        {
            pulse(samples, rate, time_s, (0.06, 0.06), beat);
        }
    }
}

impl Treatment {
    fn change(self, samples: &mut [f64], rate: Hertz) {
        if self != Self::Raw {
            samples.iter_mut().for_each(|sample| *sample = sample.abs());
        }
        if let Self::Enveloped(cutoff_hz) = self {
            filter(samples, Band::LowPass(cutoff_hz), rate);
            // The filter swings a little below 0 behind steep falls; a device stores none
            // of that.
            samples.iter_mut().for_each(|sample| *sample = sample.max(0.0));
        }
    }
}

/// Every `factor`-th sample, as a device takes them that does not filter before: what
/// lies above half the new rate is folded back.
pub fn undersampled(samples: &[f64], factor: usize) -> Vec<f64> {
    samples.iter().step_by(factor.max(1)).copied().collect()
}

/// A channel that also picks up `gain` times its neighbour, sample by sample, over as
/// many samples as both have.
pub fn with_crosstalk(own: &[f64], neighbour: &[f64], gain: f64) -> Vec<f64> {
    own.iter().zip(neighbour).map(|(own, neighbour)| own + gain * neighbour).collect()
}

impl Hum {
    fn add_to(&self, samples: &mut [f64], rate: Hertz, seed: u64) {
        let mut generator = SplitMix64::new(seed);
        for &(harmonic, amplitude) in &self.harmonics {
            let phase = generator.uniform();
            for (i, sample) in samples.iter_mut().enumerate() {
                let time = rate.seconds(i);
                let turns = (self.frequency_hz + 0.5 * self.drift_hz_per_s * time)
                    * time
                    * harmonic as f64
                    + phase;
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

/// Random times: intervals vary evenly by `± spread` of their mean.
fn times(generator: &mut SplitMix64, seconds: f64, per_s: f64, spread: f64) -> Vec<f64> {
    let mut next = || (1.0 + spread * (2.0 * generator.uniform() - 1.0)) / per_s;
    let mut found = Vec::new();
    let mut time = next();
    while time < seconds {
        found.push(time);
        // A rate that is no number ends the list.
        let interval = next();
        time += if interval > 0.0 { interval } else { f64::INFINITY };
    }
    found
}

/// Adds a pulse at a time, which reaches from so much before to so much after it.
fn pulse(
    samples: &mut [f64],
    rate: Hertz,
    time_s: f64,
    reach_s: (f64, f64),
    shape: impl Fn(f64) -> f64,
) {
    let from = rate.samples((time_s - reach_s.0).max(0.0)).min(samples.len());
    let to = rate.samples(time_s + reach_s.1).min(samples.len());
    for (k, sample) in samples[from..to.max(from)].iter_mut().enumerate() {
        *sample += shape(rate.seconds(from + k) - time_s);
    }
}

fn filter(samples: &mut [f64], band: Band, rate: Hertz) {
    if let Ok(sections) = butterworth(2, band, rate.hz()) {
        sections.filter(samples);
    }
}

fn fill(samples: &mut [f64], rate: Hertz, stretches: &[(f64, f64)], value: f64) {
    for &(from_s, to_s) in stretches {
        let (from, to) = (
            rate.samples(from_s).min(samples.len()),
            rate.samples(to_s).min(samples.len()),
        );
        samples[from..to.max(from)].fill(value);
    }
}

/// Noise below about 5 Hz with an expected variance of 1.
fn slow(seed: u64, rate: Hertz, n: usize) -> Vec<f64> {
    let (mut fourier, mut spectrum) = (Fourier::new(), Vec::new());
    fourier.spectrum(&normals(seed, n), &mut spectrum);
    let gain = |hz: f64| {
        if hz > 0.0 { 1.0 / (1.0 + libm::pow(hz / 3.0, 8.0)) } else { 0.0 }
    };
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
        let hum = Hum {
            frequency_hz: 50.0,
            drift_hz_per_s: 0.0,
            harmonics: vec![(1, 2.0), (3, 1.0)],
        };
        let found = power(&added(&Faults { hum: Some(hum), ..Faults::default() }));
        assert!((found - 2.5).abs() < 1e-9, "{found}");
        // Within 3 standard errors: 3·√(2/20000) for white noise, and 20 s of 3 Hz hold
        // some 120 values.
        assert!(
            (power(&added(&Faults { noise: 1.0, ..Faults::default() })) - 1.0).abs()
                < 0.03
        );
        assert!(
            (power(&added(&Faults { wander: 1.0, ..Faults::default() })) - 1.0).abs()
                < 3.0 * (2.0_f64 / 120.0).sqrt()
        );
        let offset = added(&Faults { offset: 0.5, ..Faults::default() });
        assert!(offset.iter().all(|sample| *sample == 0.5));
    }

    #[test]
    fn clipping_and_gaps_come_last() {
        let faults = Faults {
            noise: 1.0,
            clip: Some(0.8),
            gaps: vec![(1.0, 1.3), (19.9, 40.0)],
            ..Faults::default()
        };
        let samples = added(&faults);
        assert_eq!(samples.iter().filter(|sample| sample.is_nan()).count(), 400);
        assert!(samples.iter().all(|sample| sample.is_nan() || sample.abs() <= 0.8));
        assert!(samples.iter().filter(|sample| sample.abs() == 0.8).count() > 1000);
    }

    #[test]
    fn pulses_are_as_high_and_as_many_as_they_say() {
        let spikes = added(&Faults {
            spikes: Some(Spikes { height: 2.0, per_s: 1.0 }),
            ..Faults::default()
        });
        let high = spikes.iter().filter(|sample| sample.abs() == 2.0).count();
        assert!(
            (15..=25).contains(&high)
                && spikes.iter().filter(|sample| **sample != 0.0).count() == high,
            "{high}"
        );
        let heart = added(&Faults {
            heart: Some(Heart { height: 2.0, per_s: 1.2 }),
            ..Faults::default()
        });
        let beats = heart
            .windows(3)
            .filter(|w| w[1] > 1.5 && w[1] >= w[0] && w[1] > w[2])
            .count();
        assert!((22..=25).contains(&beats), "{beats}");
        let jolts =
            added(&Faults { jolts: vec![(3.0, 2.0), (30.0, 9.0)], ..Faults::default() });
        let highest = jolts.iter().copied().fold(0.0, f64::max);
        // 2·exp(−6t)·sin(2π4t) is highest at t = atan(8π/6)/(8π) s.
        assert!(
            (highest - 1.4139).abs() < 0.01
                && jolts[..3000].iter().all(|sample| *sample == 0.0),
            "{highest}"
        );
    }

    #[test]
    fn devices_rectify_and_smooth() {
        let noise = Faults { noise: 1.0, ..Faults::default() };
        let raw = added(&noise);
        let rectified =
            added(&Faults { treatment: Treatment::Rectified, ..noise.clone() });
        assert!(
            raw.iter().zip(&rectified).all(|(raw, rectified)| raw.abs() == *rectified)
        );
        let smooth =
            added(&Faults { treatment: Treatment::Enveloped(5.0), ..noise.clone() });
        // The mean magnitude of noise, once the filter has risen.
        let mean = smooth[1000..].iter().sum::<f64>() / 19_000.0;
        assert!(
            (mean - (2.0 / PI).sqrt()).abs() < 0.03
                && smooth.iter().all(|sample| *sample >= 0.0),
            "{mean}"
        );
        let high = power(&added(&Faults { high_pass_hz: Some(100.0), ..noise.clone() }));
        // A fifth of the band up to 500 Hz is gone, a little less through the slope of
        // the filter.
        assert!((high - 0.8).abs() < 0.05, "{high}");
        let dropped = added(&Faults { dropouts: vec![(1.0, 1.5)], ..noise });
        assert_eq!(dropped.iter().filter(|sample| **sample == 0.0).count(), 500);
    }

    #[test]
    fn neighbours_and_lost_samples() {
        assert_eq!(with_crosstalk(&[1.0, 2.0, 3.0], &[10.0, 20.0], 0.5), [6.0, 12.0]);
        assert_eq!(undersampled(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), [1.0, 3.0, 5.0]);
        assert_eq!(undersampled(&[1.0, 2.0], 0), [1.0, 2.0]);
    }

    #[test]
    fn impossible_rates_add_nothing_and_end() {
        for per_s in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let faults =
                Faults { heart: Some(Heart { height: 1.0, per_s }), ..Faults::default() };
            assert!(
                added(&faults).iter().filter(|sample| **sample != 0.0).count() < 200,
                "{per_s}"
            );
        }
    }
}
