//! What electrodes, amplifiers and converters add.

use std::f64::consts::PI;

use soleus::dsp::random::SplitMix64;

use super::heart::Heart;

/// Everything that is no EMG; all of it is 0 or absent unless it is set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pickup {
    /// White noise, root mean square in volts.
    pub(crate) noise: f64,
    /// Hum: amplitude in volts and frequency.
    pub(crate) hum: Option<(f64, f64)>,
    /// A heart.
    pub(crate) heart: Option<Heart>,
    /// An offset in volts that settles with a time constant in seconds.
    pub(crate) settling: Option<(f64, f64)>,
    /// A constant offset in volts.
    pub(crate) offset: f64,
    /// The rails in volts.
    pub(crate) rails: Option<(f64, f64)>,
    /// The step of the converter in volts.
    pub(crate) step: Option<f64>,
}

impl Pickup {
    /// White noise alone.
    pub(crate) fn noise(rms: f64) -> Self {
        Self { noise: rms, ..Self::default() }
    }

    /// What is recorded of a muscle's EMG.
    pub(crate) fn of(&self, seed: u64, rate: f64, mut emg: Vec<f64>) -> Vec<f64> {
        let mut random = SplitMix64::new(seed ^ 0x7069_636b);
        let phase = 2.0 * PI * random.uniform();
        for (place, sample) in emg.iter_mut().enumerate() {
            let time = place as f64 / rate;
            *sample += self.offset + self.noise * random.normal();
            if let Some((amplitude, hz)) = self.hum {
                *sample += amplitude * (2.0 * PI * hz * time + phase).sin();
            }
            if let Some((volts, seconds)) = self.settling {
                *sample += volts * (-time / seconds).exp();
            }
        }
        if let Some(heart) = self.heart {
            heart.beat(seed, rate, &mut emg);
        }
        self.converted(emg)
    }

    fn converted(&self, mut samples: Vec<f64>) -> Vec<f64> {
        for sample in &mut samples {
            if let Some((low, high)) = self.rails {
                *sample = sample.clamp(low, high);
            }
            if let Some(step) = self.step {
                *sample = (*sample / step).round() * step;
            }
        }
        samples
    }
}
