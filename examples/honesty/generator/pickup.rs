//! What electrodes, amplifiers and converters add.

use std::f64::consts::PI;

use soleus::dsp::random::SplitMix64;

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

/// Heart beats below electrodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heart {
    /// Beats a minute.
    pub(crate) rate: f64,
    /// The height of the R wave in volts.
    pub(crate) height: f64,
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

impl Heart {
    /// Q, R, S and T as bells (McSharry et al. 2003, IEEE Trans Biomed Eng 50:289), at
    /// intervals that scatter by 4 %.
    fn beat(&self, seed: u64, rate: f64, samples: &mut [f64]) {
        const WAVES: [(f64, f64, f64); 4] = [
            (-0.025, 0.010, -0.12),
            (0.0, 0.010, 1.0),
            (0.025, 0.010, -0.25),
            (0.26, 0.050, 0.2),
        ];
        let mut random = SplitMix64::new(seed ^ 0x6865);
        let period = 60.0 / self.rate;
        let mut at_s = period * random.uniform();
        while at_s < samples.len() as f64 / rate + 1.0 {
            for (delay, width, height) in WAVES {
                let bell = |t: f64| self.height * height * (-0.5 * t * t).exp();
                let middle = at_s + delay;
                let first = ((middle - 4.0 * width) * rate).max(0.0) as usize;
                let last = ((middle + 4.0 * width) * rate).max(0.0) as usize;
                let last = last.min(samples.len());
                let span = samples.get_mut(first..last).unwrap_or_default();
                for (at, sample) in (first..).zip(span) {
                    *sample += bell((at as f64 / rate - middle) / width);
                }
            }
            at_s += period * (1.0 + 0.04 * random.normal());
        }
    }
}
