//! Filters as second-order sections, and running them forward in time.
//!
//! Very low cut-offs (3 Hz at 4 kHz) only survive rounding as sections in double
//! precision, never as one polynomial of high order. The sections run in the transposed
//! direct form II of the `biquad` crate.

use std::f64::consts::PI;

use biquad::{Biquad, Coefficients, DirectForm2Transposed};

/// One second-order section, `H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondOrderSection {
    /// The numerator's constant.
    pub b0: f64,
    /// The numerator's coefficient of one sample's delay.
    pub b1: f64,
    /// The numerator's coefficient of two samples' delay.
    pub b2: f64,
    /// The denominator's coefficient of one sample's delay.
    pub a1: f64,
    /// The denominator's coefficient of two samples' delay.
    pub a2: f64,
}

impl SecondOrderSection {
    /// Whether all coefficients are finite and both poles lie inside the unit circle
    /// (Jury's conditions).
    pub fn is_stable(&self) -> bool {
        let finite = [self.b0, self.b1, self.b2, self.a1, self.a2]
            .iter()
            .all(|coefficient| coefficient.is_finite());
        finite && self.a2.abs() < 1.0 && self.a1.abs() < 1.0 + self.a2
    }

    /// The gain of a constant.
    fn constant_gain(&self) -> f64 {
        (self.b0 + self.b1 + self.b2) / (1.0 + self.a1 + self.a2)
    }

    /// The magnitude response at an angle in radians a sample.
    fn gain(&self, angle: f64) -> f64 {
        let (cos, sin) = (libm::cos(angle), libm::sin(angle));
        let cos_2 = libm::cos(2.0 * angle);
        let sin_2 = libm::sin(2.0 * angle);
        let numerator = libm::hypot(
            self.b0 + self.b1 * cos + self.b2 * cos_2,
            self.b1 * sin + self.b2 * sin_2,
        );
        let denominator = libm::hypot(
            1.0 + self.a1 * cos + self.a2 * cos_2,
            self.a1 * sin + self.a2 * sin_2,
        );
        numerator / denominator
    }

    fn coefficients(&self) -> Coefficients<f64> {
        Coefficients { a1: self.a1, a2: self.a2, b0: self.b0, b1: self.b1, b2: self.b2 }
    }
}

/// A stable filter as a cascade of second-order sections.
#[derive(Debug, Clone, PartialEq)]
pub struct Sos {
    sections: Vec<SecondOrderSection>,
}

impl Sos {
    /// A filter from its sections, or `None` unless there is one at least and all are
    /// stable.
    pub fn new(sections: Vec<SecondOrderSection>) -> Option<Self> {
        (!sections.is_empty() && sections.iter().all(SecondOrderSection::is_stable))
            .then_some(Self { sections })
    }

    /// The sections in the order in which they run.
    pub fn sections(&self) -> &[SecondOrderSection] {
        &self.sections
    }

    /// The number of coefficients of the same filter as one fraction: its order plus one.
    /// Sections of first order (of odd designs) count as one.
    pub fn taps(&self) -> usize {
        let without = |last: fn(&SecondOrderSection) -> f64| {
            self.sections.iter().filter(|section| last(section) == 0.0).count()
        };
        2 * self.sections.len() + 1
            - without(|section| section.b2).min(without(|section| section.a2))
    }

    /// The magnitude response of one pass at a frequency (1 = unchanged). Both
    /// frequencies are in hertz.
    pub fn gain(&self, frequency_hz: f64, rate_hz: f64) -> f64 {
        let angle = 2.0 * PI * frequency_hz / rate_hz;
        self.sections.iter().map(|section| section.gain(angle)).product()
    }

    /// The states of the sections after a constant 1 since ever, as SciPy's `sosfilt_zi`.
    ///
    /// A filter that starts from these states times its first sample has no step at its
    /// beginning.
    pub fn steady_state(&self) -> Vec<[f64; 2]> {
        // A constant leaves each section as another one, at which the next has settled.
        let mut level = 1.0;
        let settle = |section: &SecondOrderSection| {
            let output = level * section.constant_gain();
            let state =
                [output - section.b0 * level, section.b2 * level - section.a2 * output];
            level = output;
            state
        };
        self.sections.iter().map(settle).collect()
    }

    /// A runnable cascade at rest.
    pub fn cascade(&self) -> Cascade {
        Cascade {
            sections: self.sections.clone(),
            running: self
                .sections
                .iter()
                .map(|section| DirectForm2Transposed::new(section.coefficients()))
                .collect(),
            steady_state: self.steady_state(),
        }
    }

    /// Filters forward in time and in place, from rest, as SciPy's `sosfilt`. A `NaN`
    /// poisons what follows it.
    ///
    /// ```
    /// use soleus::dsp::design::{Band, butterworth};
    ///
    /// let filter = butterworth(2, Band::LowPass(6.0), 1000.0)?;
    /// let mut step = vec![1.0; 2000];
    /// filter.filter(&mut step);
    /// assert!(step[0] < 1e-3 && (step[1999] - 1.0).abs() < 1e-9);
    /// # Ok::<(), soleus::dsp::design::DesignError>(())
    /// ```
    pub fn filter(&self, samples: &mut [f64]) {
        self.cascade().run(samples);
    }
}

/// Sections with their states: a filter that is running.
#[derive(Debug, Clone)]
pub struct Cascade {
    sections: Vec<SecondOrderSection>,
    running: Vec<DirectForm2Transposed<f64>>,
    steady_state: Vec<[f64; 2]>,
}

impl Cascade {
    /// Forgets everything: as after zeros since ever.
    pub fn rest(&mut self) {
        self.running.iter_mut().for_each(Biquad::reset_state);
    }

    /// Settles at a level: as after that constant since ever.
    pub fn settle(&mut self, level: f64) {
        for (section, state) in self.running.iter_mut().zip(&self.steady_state) {
            section.s1 = state[0] * level;
            section.s2 = state[1] * level;
        }
    }

    /// The output for the next sample.
    #[inline]
    pub fn step(&mut self, sample: f64) -> f64 {
        self.running.iter_mut().fold(sample, |sample, section| section.run(sample))
    }

    /// Filters the next samples in place.
    pub fn run(&mut self, samples: &mut [f64]) {
        // A look at the states after each sample would cost as much as the filter.
        for block in samples.chunks_mut(BLOCK) {
            for sample in block {
                *sample = self.step(*sample);
            }
            self.silence();
        }
    }

    /// Filters the next samples in place, from the last to the first.
    pub fn run_backwards(&mut self, samples: &mut [f64]) {
        for block in samples.rchunks_mut(BLOCK) {
            for sample in block.iter_mut().rev() {
                *sample = self.step(*sample);
            }
            self.silence();
        }
    }

    /// Lets states that have decayed to nothing be nothing. Over exact zeros they would
    /// shrink to subnormal numbers and stay there, and with those a processor is up to
    /// eighty times slower.
    fn silence(&mut self) {
        for section in &mut self.running {
            (section.s1, section.s2) = (silent(section.s1), silent(section.s2));
        }
    }

    /// The sections in the order in which they run.
    pub(super) fn sections(&self) -> &[SecondOrderSection] {
        &self.sections
    }

    /// The two states of a section.
    pub(super) fn state(&self, section: usize) -> [f64; 2] {
        [self.running[section].s1, self.running[section].s2]
    }

    /// Goes on from other states.
    pub(super) fn set_state(&mut self, section: usize, [s1, s2]: [f64; 2]) {
        (self.running[section].s1, self.running[section].s2) = (s1, s2);
    }
}

/// A state, or exactly nothing where it is next to nothing.
pub(super) fn silent(state: f64) -> f64 {
    if state.abs() < NOTHING { 0.0 } else { state }
}

/// How many samples run between two looks at the states.
pub(super) const BLOCK: usize = 1024;

/// Far below any voltage, and far enough above the subnormal numbers to be seen before
/// they are reached.
const NOTHING: f64 = 1e-200;

#[cfg(test)]
mod tests {
    use super::*;

    const SMOOTHING: SecondOrderSection =
        SecondOrderSection { b0: 0.25, b1: 0.25, b2: 0.0, a1: -0.5, a2: 0.0 };

    #[test]
    fn poles_on_or_outside_the_circle_are_refused() {
        for (a1, a2) in
            [(-2.0, 1.0), (0.0, 1.0), (-1.5, 0.4), (0.0, -1.1), (f64::NAN, 0.0)]
        {
            assert!(
                Sos::new(vec![SecondOrderSection { a1, a2, ..SMOOTHING }]).is_none(),
                "{a1} {a2}"
            );
        }
        assert!(Sos::new(Vec::new()).is_none());
    }

    #[test]
    fn a_first_order_section_counts_one_tap_less() {
        let second = SecondOrderSection { b2: 0.1, a2: 0.1, ..SMOOTHING };
        assert_eq!(Sos::new(vec![SMOOTHING]).map(|sos| sos.taps()), Some(2));
        assert_eq!(Sos::new(vec![SMOOTHING, second]).map(|sos| sos.taps()), Some(4));
        assert_eq!(Sos::new(vec![second, second]).map(|sos| sos.taps()), Some(5));
    }

    #[test]
    fn a_settled_cascade_keeps_a_constant() {
        let sos = Sos::new(vec![
            SMOOTHING,
            SecondOrderSection { b2: 0.1, a2: 0.1, ..SMOOTHING },
        ])
        .unwrap();
        let mut cascade = sos.cascade();
        cascade.settle(3.0);
        let expected = 3.0 * sos.gain(0.0, 1.0);
        for _ in 0..20 {
            assert!((cascade.step(3.0) - expected).abs() < 1e-14);
        }
        cascade.rest();
        assert_eq!(cascade.step(1.0), SMOOTHING.b0 * SMOOTHING.b0);
    }

    #[test]
    fn after_a_burst_silence_becomes_exact() {
        let sos = Sos::new(vec![SMOOTHING]).unwrap();
        let (mut forward, mut backward) = (vec![0.0; 20_000], vec![0.0; 20_000]);
        (forward[0], backward[19_999]) = (1.0, 1.0);
        sos.filter(&mut forward);
        sos.cascade().run_backwards(&mut backward);
        assert_eq!(forward[2], 0.1875);
        assert_eq!(forward[19_999], 0.0);
        assert!(forward.iter().filter(|sample| sample.is_subnormal()).count() < BLOCK);
        assert!(forward.iter().eq(backward.iter().rev()));
    }
}
