//! The recording that every bench works on: 8 channels × 60 s × 2000 Hz of simulated soleus EMG.

use soleus::synth::{Faults, Hum, Simulation, heel_raises, simulate};
use soleus::units::Hertz;

/// How many channels there are.
pub(crate) const CHANNELS: usize = 8;
/// How long they last, in seconds.
const SECONDS: f64 = 60.0;

/// The sampling rate of all benches.
pub(crate) fn rate() -> Result<Hertz, String> {
    Hertz::new(2000.0).ok_or_else(|| "the sampling rate of the benches is not above 0 Hz".to_owned())
}

/// The channels in volts: heel raises of 300 µV, an offset, hum at 50 Hz with one harmonic, electrode noise.
pub(crate) fn channels(rate: Hertz) -> Vec<Vec<f64>> {
    (0..CHANNELS).map(|channel| simulate(&simulation(channel, rate)).0).collect()
}

fn simulation(channel: usize, rate: Hertz) -> Simulation {
    let hum = Hum { frequency_hz: 50.02, drift_hz_per_s: 0.0, harmonics: vec![(1, 20e-6), (3, 8e-6)] };
    Simulation {
        contractions: heel_raises(29, 1.0, 2.0, 300e-6),
        faults: Faults { noise: 2e-6, offset: 1e-3, hum: Some(hum), ..Faults::default() },
        ..Simulation::soleus(channel as u64 + 1, rate, SECONDS)
    }
}
