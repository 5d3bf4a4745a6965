//! When a simulated muscle is active, and how it tires.

use std::f64::consts::PI;

use crate::dsp::random::SplitMix64;

/// One contraction. Its level rises and falls along half a cosine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contraction {
    /// The true onset in seconds, where the rise begins.
    pub from_s: f64,
    /// The true offset in seconds, where the fall ends.
    pub to_s: f64,
    /// How long it takes to rise, in seconds; 0 is a step.
    pub rise_s: f64,
    /// How long it takes to fall, in seconds; 0 is a step.
    pub fall_s: f64,
    /// The root mean square of the EMG at its height, in volts.
    pub rms: f64,
}

impl Contraction {
    /// The root mean square at a time, in volts.
    pub fn level(&self, time_s: f64) -> f64 {
        if !(self.from_s..self.to_s).contains(&time_s) {
            return 0.0;
        }
        let ramp = |elapsed: f64, duration: f64| {
            if elapsed < duration {
                0.5 - 0.5 * libm::cos(PI * elapsed / duration)
            } else {
                1.0
            }
        };
        self.rms
            * ramp(time_s - self.from_s, self.rise_s)
                .min(ramp(self.to_s - time_s, self.fall_s))
    }

    /// The same contraction, later and at another strength.
    #[must_use]
    pub fn changed(self, lag_s: f64, factor: f64) -> Self {
        Self {
            from_s: self.from_s + lag_s,
            to_s: self.to_s + lag_s,
            rms: self.rms * factor,
            ..self
        }
    }
}

/// The level of all contractions at a time: that of the strongest one.
pub fn level(contractions: &[Contraction], time_s: f64) -> f64 {
    contractions.iter().map(|contraction| contraction.level(time_s)).fold(0.0, f64::max)
}

/// Heel raises: `count` equal contractions, of which each begins `period_s` after the one
/// before. Each lasts 55 % of the period, a quarter of that rising and a third falling.
pub fn heel_raises(
    count: usize,
    first_s: f64,
    period_s: f64,
    rms: f64,
) -> Vec<Contraction> {
    let active_s = 0.55 * period_s;
    let one = Contraction {
        from_s: first_s,
        to_s: first_s + active_s,
        rise_s: active_s / 4.0,
        fall_s: active_s / 3.0,
        rms,
    };
    (0..count).map(|i| one.changed(i as f64 * period_s, 1.0)).collect()
}

/// The same contractions, in order, with tonic activity in what lies between them up to
/// `seconds`: muscles do not rest alike. Each rest has a level of its own, log-uniform
/// between two shares of the contraction that follows (of the last one after it).
///
/// ```
/// use soleus::synth::{heel_raises, level, with_tonic_rests};
///
/// let raises = heel_raises(5, 1.0, 2.0, 100e-6);
/// let all = with_tonic_rests(&raises, 12.0, 1, (0.01, 0.12));
/// assert_eq!(all.len(), 11);
/// let rests = [0.5, 2.5, 4.5].map(|time_s| level(&all, time_s));
/// assert!(rests.iter().all(|rest| (1e-6..12e-6).contains(rest)) && rests[0] != rests[1]);
/// ```
pub fn with_tonic_rests(
    contractions: &[Contraction],
    seconds: f64,
    seed: u64,
    (least, most): (f64, f64),
) -> Vec<Contraction> {
    let mut random = SplitMix64::new(seed ^ 0x746f_6e69);
    let ends = contractions.iter().map(|one| one.to_s);
    let begins = contractions.iter().map(|one| one.from_s).chain([seconds]);
    let levels = contractions.iter().chain(contractions.last()).map(|one| one.rms);

    let rests = std::iter::once(0.0).chain(ends).zip(begins).zip(levels);
    let mut all = contractions.to_vec();
    for ((from_s, to_s), rms) in rests {
        let share = least * libm::pow(most / least, random.uniform());
        let rest =
            Contraction { from_s, to_s, rise_s: 0.0, fall_s: 0.0, rms: share * rms };
        all.extend((from_s < to_s).then_some(rest));
    }
    all
}

/// How a muscle tires: its spectrum shifts down and its amplitude grows, evenly with
/// time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SimulatedFatigue {
    /// When it begins, in seconds.
    pub from_s: f64,
    /// By which share of themselves all frequencies fall in a second (down to 0.3 of
    /// them).
    pub compression_per_s: f64,
    /// By which share of itself the amplitude grows in a second.
    pub growth_per_s: f64,
}

impl SimulatedFatigue {
    /// The factor of all frequencies at a time.
    pub fn compression(&self, time_s: f64) -> f64 {
        (1.0 - self.compression_per_s * (time_s - self.from_s).max(0.0)).max(0.3)
    }

    /// The factor of the amplitude at a time.
    pub fn growth(&self, time_s: f64) -> f64 {
        (1.0 + self.growth_per_s * (time_s - self.from_s).max(0.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contraction_rises_holds_and_falls() {
        let one =
            Contraction { from_s: 1.0, to_s: 3.0, rise_s: 0.5, fall_s: 1.0, rms: 2.0 };
        for (time, level) in [
            (0.9, 0.0),
            (1.0, 0.0),
            (1.25, 1.0),
            (1.5, 2.0),
            (1.9, 2.0),
            (2.5, 1.0),
            (3.0, 0.0),
        ] {
            assert!((one.level(time) - level).abs() < 1e-12, "{time}");
        }
        let step = Contraction { rise_s: 0.0, fall_s: 0.0, ..one };
        assert_eq!(
            (step.level(1.0), step.level(2.999), step.level(3.0)),
            (2.0, 2.0, 0.0)
        );
    }

    #[test]
    fn heel_raises_come_regularly() {
        let raises = heel_raises(10, 1.0, 2.0, 1e-4);
        assert_eq!(raises.len(), 10);
        assert!((raises[9].from_s - 19.0).abs() < 1e-12);
        assert!(raises.windows(2).all(|pair| pair[0].to_s < pair[1].from_s));
        assert!((level(&raises, 5.5) - 1e-4).abs() < 1e-12);
    }

    #[test]
    fn fatigue_begins_when_it_begins() {
        let fatigue =
            SimulatedFatigue { from_s: 2.0, compression_per_s: 0.01, growth_per_s: 0.02 };
        assert_eq!((fatigue.compression(1.0), fatigue.growth(1.0)), (1.0, 1.0));
        assert!((fatigue.compression(12.0) - 0.9).abs() < 1e-12);
        assert!((fatigue.growth(12.0) - 1.2).abs() < 1e-12);
        assert_eq!(fatigue.compression(1e6), 0.3);
    }
}
