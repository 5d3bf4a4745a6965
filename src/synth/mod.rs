//! Simulated recordings with known truth, for tests, benches and the demonstration study.
//!
//! Everything follows from a seed: the same seed gives the same recording on every
//! machine, up to the last bits of a Fourier transform, which vanish when samples are
//! written as whole microvolts.

mod activity;
mod faults;
mod files;
mod gait;
mod spectrum;
mod study;
mod trial;

pub use activity::{Contraction, SimulatedFatigue, heel_raises, level, with_tonic_rests};
pub use faults::{Faults, Heart, Hum, Spikes, Treatment, undersampled, with_crosstalk};
pub use gait::{Raised, Walk};
pub use spectrum::{Expected, Mixture, Spectrum};
pub use study::study;
pub use trial::{Rest, Trial};

use crate::dsp::random::SplitMix64;
use crate::units::Hertz;

/// One simulated EMG channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The seed of everything random.
    pub seed: u64,
    /// The sampling rate.
    pub rate: Hertz,
    /// The duration in seconds.
    pub seconds: f64,
    /// The spectrum of the rested muscle.
    pub spectrum: Spectrum,
    /// When and how strongly the muscle is active.
    pub contractions: Vec<Contraction>,
    /// How the muscle tires.
    pub fatigue: SimulatedFatigue,
    /// What else the electrodes pick up.
    pub faults: Faults,
}

/// What is true of a simulated channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The expected root mean square of the muscle's own EMG at each sample, without any
    /// fault.
    pub level: Vec<f64>,
    /// The contractions, whose `from_s` and `to_s` are the true onsets and offsets.
    pub contractions: Vec<Contraction>,
    /// The change of the spectrum from the first onset to the last offset; `None` without
    /// a contraction.
    pub trend: Option<SlowTrend>,
}

/// The spectrum at the beginning of an activity and how it changes, from the model and
/// not from samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlowTrend {
    /// The mean frequency at the beginning, in hertz.
    pub mnf_hz: f64,
    /// The median frequency at the beginning, in hertz.
    pub mdf_hz: f64,
    /// The least-squares slope of the mean frequency, in hertz per second.
    pub mnf_slope: f64,
    /// The least-squares slope of the median frequency, in hertz per second.
    pub mdf_slope: f64,
}

impl Simulation {
    /// A muscle like the soleus (Spectrum 40/100 Hz) at rest, with 2 µV of electrode
    /// noise.
    pub fn soleus(seed: u64, rate: Hertz, seconds: f64) -> Self {
        let faults = Faults { noise: 2e-6, ..Faults::default() };
        Self {
            seed,
            rate,
            seconds,
            spectrum: Spectrum::SOLEUS,
            contractions: Vec::new(),
            fatigue: SimulatedFatigue::default(),
            faults,
        }
    }

    /// The EMG with the electrodes' noise at a moment of an activity, as a mixture of
    /// spectra.
    pub fn mixture(&self, time_s: f64) -> Mixture {
        let level = level(&self.contractions, time_s) * self.fatigue.growth(time_s);
        Mixture {
            spectrum: self.spectrum.compressed(self.fatigue.compression(time_s)),
            power: level * level,
            noise_power: self.faults.noise * self.faults.noise,
            nyquist_hz: self.rate.nyquist(),
        }
    }

    /// The course of mean and median frequency within a band over the seconds of an
    /// activity: the model's own, with the electrodes' noise. `None` unless a second fits
    /// in.
    ///
    /// Within a band frequencies fall less than the spectrum is compressed (methods: c =
    /// 0.8 leaves 0.823 of the mean frequency between 10 and 450 Hz).
    pub fn trend(
        &self,
        from_s: f64,
        to_s: f64,
        low_hz: f64,
        high_hz: f64,
    ) -> Option<SlowTrend> {
        let times: Vec<f64> = (0..)
            .map(|i| from_s + 0.5 + f64::from(i))
            .take_while(|time| time + 0.5 <= to_s)
            .collect();
        let mixtures: Vec<Mixture> =
            times.iter().map(|&time| self.mixture(time)).collect();
        let means: Vec<f64> =
            mixtures.iter().map(|mixture| mixture.mean_hz(low_hz, high_hz)).collect();
        let medians: Vec<f64> =
            mixtures.iter().map(|mixture| mixture.median_hz(low_hz, high_hz)).collect();
        Some(SlowTrend {
            mnf_hz: *means.first()?,
            mdf_hz: *medians.first()?,
            mnf_slope: slope(&times, &means),
            mdf_slope: slope(&times, &medians),
        })
    }
}

/// The samples of a simulation in volts (`NaN` in a gap), and what is true of them. The
/// trend is that of the band from 20 Hz (the standard recipe keeps nothing below) to 450
/// Hz or 0.45 of the sampling rate, whichever is lower.
///
/// ```
/// use soleus::synth::{Contraction, Simulation, simulate};
/// use soleus::units::Hertz;
///
/// let rate = Hertz::new(1000.0).expect("a rate");
/// let contractions = vec![Contraction { from_s: 1.0, to_s: 2.0, rise_s: 0.1, fall_s: 0.1, rms: 100e-6 }];
/// let (samples, truth) = simulate(&Simulation { contractions, ..Simulation::soleus(1, rate, 3.0) });
/// assert_eq!(samples.len(), 3000);
/// assert_eq!(truth.level[500], 0.0);
/// assert!((truth.level[1500] - 100e-6).abs() < 1e-12);
/// ```
pub fn simulate(simulation: &Simulation) -> (Vec<f64>, Truth) {
    let (rate, n) = (simulation.rate, simulation.rate.samples(simulation.seconds));
    let mut seeds = SplitMix64::new(simulation.seed);
    let time = |i: usize| rate.seconds(i);
    let compressions: Vec<f64> =
        (0..n).map(|i| simulation.fatigue.compression(time(i))).collect();
    let noise = simulation.spectrum.changing_noise(seeds.bits(), rate, &compressions);
    let level: Vec<f64> = (0..n)
        .map(|i| {
            level(&simulation.contractions, time(i)) * simulation.fatigue.growth(time(i))
        })
        .collect();
    let mut samples: Vec<f64> =
        noise.iter().zip(&level).map(|(noise, level)| noise * level).collect();
    simulation.faults.add_to(&mut samples, rate, seeds.bits());
    let contractions = simulation.contractions.clone();
    let from_s =
        contractions.iter().map(|contraction| contraction.from_s).reduce(f64::min);
    let to_s = contractions.iter().map(|contraction| contraction.to_s).reduce(f64::max);
    let high_hz = 450.0_f64.min(0.45 * rate.hz());
    let trend =
        from_s.zip(to_s).and_then(|(from, to)| simulation.trend(from, to, 20.0, high_hz));
    (samples, Truth { level, contractions, trend })
}

/// The least-squares slope; 0 of fewer than two points.
fn slope(times: &[f64], values: &[f64]) -> f64 {
    let n = times.len() as f64;
    let (middle, mean) = (times.iter().sum::<f64>() / n, values.iter().sum::<f64>() / n);
    let shared: f64 =
        times.iter().zip(values).map(|(t, v)| (t - middle) * (v - mean)).sum();
    let spread: f64 = times.iter().map(|t| (t - middle) * (t - middle)).sum();
    if spread > 0.0 { shared / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(seed: u64, seconds: f64) -> Simulation {
        let contractions = vec![Contraction {
            from_s: 0.0,
            to_s: seconds,
            rise_s: 0.0,
            fall_s: 0.0,
            rms: 100e-6,
        }];
        Simulation {
            contractions,
            ..Simulation::soleus(seed, Hertz::new(1000.0).unwrap(), seconds)
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_recording_and_another_another() {
        assert_eq!(simulate(&hold(3, 2.0)), simulate(&hold(3, 2.0)));
        assert_ne!(simulate(&hold(3, 2.0)).0, simulate(&hold(4, 2.0)).0);
    }

    #[test]
    fn the_model_falls_less_within_a_band_than_it_is_compressed() {
        // scipy.integrate.quad: of the mean frequency within 10–450 Hz.
        let spectrum = Spectrum { low_hz: 60.0, high_hz: 120.0 };
        let mean = |c: f64| {
            let spectrum = spectrum.compressed(c);
            Mixture { spectrum, power: 1.0, noise_power: 0.0, nyquist_hz: 1e4 }
                .mean_hz(10.0, 450.0)
        };
        assert!(
            (mean(0.8) / mean(1.0) - 0.822_676_378).abs() < 1e-6,
            "{}",
            mean(0.8) / mean(1.0)
        );
        assert!(
            (mean(0.7) / mean(1.0) - 0.729_497_460).abs() < 1e-6,
            "{}",
            mean(0.7) / mean(1.0)
        );
    }

    #[test]
    fn nothing_is_true_of_silence() {
        let (samples, truth) =
            simulate(&Simulation::soleus(1, Hertz::new(500.0).unwrap(), 1.0));
        assert_eq!(samples.len(), 500);
        assert_eq!(truth.trend, None);
        assert!(
            simulate(&Simulation::soleus(1, Hertz::new(500.0).unwrap(), 0.0))
                .0
                .is_empty()
        );
    }
}
