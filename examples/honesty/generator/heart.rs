//! A heart below the electrodes.

use soleus::dsp::random::SplitMix64;

/// The shortest interval between two beats, in seconds: below it a heart does not
/// conduct.
const REFRACTORY_S: f64 = 0.3;
/// Sinus intervals scatter by so much of themselves.
const SCATTER: f64 = 0.04;
/// When a premature beat comes, as a share of the usual interval.
const PREMATURE: f64 = 0.6;
/// Breaths a second.
const BREATHS_HZ: f64 = 0.25;

/// Q, R, S and T as bells: delay and width in seconds, height (McSharry et al. 2003, IEEE
/// Trans Biomed Eng 50:289).
const NORMAL: &[(f64, f64, f64)] = &[
    (-0.025, 0.010, -0.12),
    (0.0, 0.010, 1.0),
    (0.025, 0.010, -0.25),
    (0.26, 0.050, 0.2),
];
/// A beat that begins in a ventricle: wider, and the other way round.
const WIDE: &[(f64, f64, f64)] =
    &[(-0.02, 0.014, 0.7), (0.022, 0.015, -1.3), (0.3, 0.060, 0.4)];

/// Heart beats below electrodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heart {
    /// Beats a minute.
    pub(crate) rate: f64,
    /// The height of the R wave in volts.
    pub(crate) height: f64,
    /// How the beats follow each other.
    pub(crate) rhythm: Rhythm,
}

/// How beats follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rhythm {
    /// Intervals that scatter by 4 %.
    Sinus,
    /// The same, which swing with the breath by such a share to either side.
    Breathing(f64),
    /// Independent intervals with such a coefficient of variation, as in atrial
    /// fibrillation (Bootsma et al. 1970, Circulation 41:783).
    Fibrillation(f64),
    /// One beat of so many is premature, with a pause behind it that makes up for it.
    Ectopic {
        /// The share of such beats.
        share: f64,
        /// Whether they begin in a ventricle and so look different.
        wide: bool,
    },
}

/// A beat.
#[derive(Debug, Clone, Copy)]
struct Beat {
    at_s: f64,
    is_wide: bool,
}

impl Heart {
    /// A heart whose beats come as those of most do.
    pub(crate) fn sinus(rate: f64, height: f64) -> Self {
        Self { rate, height, rhythm: Rhythm::Sinus }
    }

    /// Adds its beats to a recording.
    pub(super) fn beat(&self, seed: u64, rate: f64, samples: &mut [f64]) {
        for beat in self.beats(seed, samples.len() as f64 / rate + 1.0) {
            let waves = if beat.is_wide { WIDE } else { NORMAL };
            for (delay, width, height) in waves {
                let bell = |t: f64| self.height * height * (-0.5 * t * t).exp();
                let middle = beat.at_s + delay;
                let first = ((middle - 4.0 * width) * rate).max(0.0) as usize;
                let last = ((middle + 4.0 * width) * rate).max(0.0) as usize;
                let last = last.min(samples.len());
                let span = samples.get_mut(first..last).unwrap_or_default();
                for (at, sample) in (first..).zip(span) {
                    *sample += bell((at as f64 / rate - middle) / width);
                }
            }
        }
    }

    fn beats(&self, seed: u64, seconds: f64) -> Vec<Beat> {
        let mut random = SplitMix64::new(seed ^ 0x6865);
        let period = 60.0 / self.rate;
        let mut at_s = period * random.uniform();
        let mut beats = Vec::new();
        while at_s < seconds {
            beats.push(Beat { at_s, is_wide: false });
            let interval_s = self.interval_s(at_s, random.normal());
            if let Rhythm::Ectopic { share, wide } = self.rhythm
                && random.uniform() < share
            {
                let early_s = at_s + (PREMATURE * interval_s).max(REFRACTORY_S);
                beats.push(Beat { at_s: early_s, is_wide: wide });
                at_s += interval_s;
            }
            at_s += interval_s;
        }
        beats
    }

    /// The interval that follows a beat.
    fn interval_s(&self, at_s: f64, scatter: f64) -> f64 {
        let period = 60.0 / self.rate;
        let interval_s = match self.rhythm {
            Rhythm::Fibrillation(variation) => {
                period * (variation * scatter - 0.5 * variation * variation).exp()
            }
            Rhythm::Breathing(swing) => {
                let breath = (2.0 * std::f64::consts::PI * BREATHS_HZ * at_s).sin();
                period * (1.0 + swing * breath + SCATTER * scatter)
            }
            _ => period * (1.0 + SCATTER * scatter),
        };
        interval_s.max(REFRACTORY_S)
    }
}
