//! The recordings that benches work on: 8 channels of simulated soleus EMG at 2000 Hz.

use soleus::synth::{Faults, Hum, Simulation, heel_raises, simulate};
use soleus::units::Hertz;

/// How many channels there are.
pub(crate) const CHANNELS: usize = 8;

/// The sampling rate of all benches.
pub(crate) fn rate() -> Result<Hertz, String> {
    Hertz::new(2000.0)
        .ok_or_else(|| "the sampling rate of the benches is not above 0 Hz".to_owned())
}

/// The channels in volts: heel raises of 300 µV, an offset, hum at 50 Hz with one
/// harmonic, electrode noise.
pub(crate) fn channels(rate: Hertz, seconds: f64) -> Vec<Vec<f64>> {
    let hum = Hum {
        frequency_hz: 50.02,
        drift_hz_per_s: 0.0,
        harmonics: vec![(1, 20e-6), (3, 8e-6)],
    };
    simulated(rate, seconds, Some(&hum))
}

/// The same channels with any hum, or without.
pub(crate) fn simulated(rate: Hertz, seconds: f64, hum: Option<&Hum>) -> Vec<Vec<f64>> {
    let one = |channel| Simulation {
        contractions: heel_raises((seconds / 2.0) as usize - 1, 1.0, 2.0, 300e-6),
        faults: Faults {
            noise: 2e-6,
            offset: 1e-3,
            hum: hum.cloned(),
            ..Faults::default()
        },
        ..Simulation::soleus(channel, rate, seconds)
    };
    (1..=CHANNELS as u64).map(|channel| simulate(&one(channel)).0).collect()
}
