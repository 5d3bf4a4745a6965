//! What the nervous system asks of a muscle, from 0 to 1.

use std::f64::consts::PI;
use std::ops::Range;

use soleus::dsp::random::SplitMix64;

/// The drive of each sample, and when it is on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drive {
    /// Samples a second.
    pub(crate) rate: f64,
    /// From 0 (rest) to 1.
    pub(crate) level: Vec<f64>,
    /// The samples in which it is above 0, in order.
    pub(crate) active: Vec<Range<usize>>,
}

/// How a muscle walks or rises on its toes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strides {
    /// The mean duration of a stride in seconds.
    pub(crate) seconds: f64,
    /// The part of a stride in which the muscle is active.
    pub(crate) active: Range01,
    /// The standard deviation of the logarithms of the strides' strengths.
    pub(crate) scatter: f64,
    /// The correlation of neighbouring strengths.
    pub(crate) memory: f64,
    /// Where in a stride the recording begins, from 0 to 1.
    pub(crate) phase: f64,
}

/// A part of a stride, from 0 to 1.
pub(crate) type Range01 = (f64, f64);

impl Strides {
    /// A calf muscle in walking: active from 8 to 62 % of the stride (Perry 1992), its
    /// strengths scatter by a sixth.
    pub(crate) const WALK: Self = Self {
        seconds: 1.1,
        active: (0.08, 0.62),
        scatter: 0.16,
        memory: 0.0,
        phase: 0.0,
    };

    /// Heel raises, one in three seconds.
    pub(crate) const RAISES: Self = Self {
        seconds: 3.0,
        active: (0.1, 0.65),
        scatter: 0.12,
        memory: 0.0,
        phase: 0.0,
    };
}

impl Drive {
    /// Nothing.
    pub(crate) fn rest(rate: f64, seconds: f64) -> Self {
        let level = vec![0.0; (rate * seconds).round() as usize];
        Self { rate, level, active: Vec::new() }
    }

    /// A hold: a level with a common drive that wanders by `wander` (a standard
    /// deviation as a share of the level) below 2 Hz.
    pub(crate) fn hold(
        seed: u64,
        rate: f64,
        seconds: f64,
        level: f64,
        wander: f64,
    ) -> Self {
        let mut drive = Self::rest(rate, seconds);
        let slow = slow_noise(seed, rate, drive.level.len(), 2.0);
        for (sample, slow) in drive.level.iter_mut().zip(slow) {
            *sample = (level * (1.0 + wander * slow)).clamp(0.0, 1.0);
        }
        drive.active.push(0..drive.level.len());
        drive
    }

    /// Bursts of one level with straight ramps; times in seconds.
    pub(crate) fn bursts(
        rate: f64,
        seconds: f64,
        bursts: &[(f64, f64)],
        level: f64,
        ramp_s: f64,
    ) -> Self {
        let mut drive = Self::rest(rate, seconds);
        let n = drive.level.len();
        for &(from_s, to_s) in bursts {
            let (from, to) = ((from_s * rate).round(), (to_s * rate).round());
            let span = (from as usize).min(n)..(to as usize).min(n);
            let ramp = (ramp_s * rate).max(1.0);
            for at in span.clone() {
                let edge = (at as f64 - from + 1.0).min(to - at as f64);
                let share = level * (edge / ramp).min(1.0);
                drive.level[at] = drive.level[at].max(share);
            }
            drive.active.push(span);
        }
        drive
    }

    /// Strides for so long.
    pub(crate) fn strides(
        seed: u64,
        rate: f64,
        seconds: f64,
        level: f64,
        strides: &Strides,
    ) -> Self {
        let mut drive = Self::rest(rate, seconds);
        let n = drive.level.len();
        let mut random = SplitMix64::new(seed);
        let mut memory = random.normal();
        let mut at = -strides.phase * strides.seconds;
        while at < seconds {
            memory = strides.memory * memory
                + (1.0 - strides.memory.powi(2)).sqrt() * random.normal();
            let length = strides.seconds * (1.0 + 0.03 * random.normal());
            let strength = (level * (strides.scatter * memory).exp()).min(1.0);
            let (from, to) = strides.active;
            let span = at + from * length..at + to * length;
            drive.arch(&span, strength, rate, n);
            at += length;
        }
        drive
    }

    /// A slow rise and a faster fall, as a calf's in stance.
    fn arch(&mut self, span: &Range<f64>, strength: f64, rate: f64, n: usize) {
        let first = (span.start * rate).ceil().max(0.0) as usize;
        let last = ((span.end * rate).ceil().max(0.0) as usize).min(n);
        for at in first..last {
            let phase = (at as f64 / rate - span.start) / (span.end - span.start);
            let warped = phase.clamp(0.0, 1.0).powf(1.5);
            self.level[at] = strength * (PI * warped).sin().max(0.0);
        }
        if first < last {
            self.active.push(first..last);
        }
    }

    /// Standing: a drive that sways with the body below 0.6 Hz, mostly above 0.
    pub(crate) fn sway(seed: u64, rate: f64, seconds: f64, level: f64) -> Self {
        let mut drive = Self::hold(seed, rate, seconds, level, 0.0);
        let slow = slow_noise(seed ^ 0x51, rate, drive.level.len(), 0.6);
        for (sample, slow) in drive.level.iter_mut().zip(slow) {
            *sample = (level * (0.4 * slow).exp()).clamp(0.0, 1.0);
        }
        drive
    }
}

/// Noise of standard deviation 1 below a frequency: two poles of one time constant.
fn slow_noise(seed: u64, rate: f64, n: usize, below_hz: f64) -> Vec<f64> {
    let mut random = SplitMix64::new(seed ^ 0x5107);
    let keep = (-2.0 * PI * below_hz / rate).exp();
    let settle = (5.0 * rate / below_hz) as usize;
    let (mut first, mut second) = (0.0, 0.0);
    // The variance of two equal poles in a row, driven by white noise.
    let gain = ((1.0 - keep * keep).powi(3) / (1.0 + keep * keep)).sqrt();
    let mut next = || {
        first = keep * first + random.normal();
        second = keep * second + first;
        gain * second
    };
    for _ in 0..settle {
        next();
    }
    (0..n).map(|_| next()).collect()
}
