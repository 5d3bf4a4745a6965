//! Converters whose steps hide what rest holds: there a code that does not change is rest,
//! and no dropout.

use std::ops::Range;

use super::band;
use crate::dsp::random::SplitMix64;
use crate::dsp::stats::{extremes, median, picked_evenly, quantile};
use crate::signal::Trace;

/// How many samples tell the codes of a converter.
const PICKED: usize = 4000;
/// Codes closer together than this share of their range differ by rounding alone.
const ROUNDING: f64 = 1e-7;
/// So much of a step is one step.
const ONE_STEP: f64 = 1.5;
/// Pieces of so many seconds that change at all, of which the quietest show what a
/// converter tells of rest: no more than two steps where it is coarse. Noise of one step
/// (root mean square) has four and more.
const PIECE_S: f64 = 0.05;
const QUIETEST: f64 = 0.05;
const FEW_STEPS: f64 = 2.5;
/// Steps from this on, in volts, hide what electrodes alone give: the root mean square of
/// that is 1 µV, and codes change at a half step, 2.5 times as high.
const HIDING_V: f64 = 5e-6;
/// Only where what is recorded has the level of skin, in volts from peak to peak.
const SKIN_V: f64 = 0.02;

/// The steps of a converter that are too coarse to show rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CoarseSteps {
    /// A step, in the unit of the channel.
    pub(super) step: f64,
    /// The root mean square that the steps have of their own in `clean`, in the unit of
    /// the channel: √(1/12) of a step (Widrow & Kollár 2008, *Quantization Noise*), of
    /// which the usual band holds its share. No rest can be told to be quieter.
    pub(super) floor: f64,
    /// The code in the middle of all samples.
    idle: f64,
}

impl CoarseSteps {
    /// The steps of a channel with these stretches of `raw`; `None` where they are fine
    /// enough to show its rest.
    pub(super) fn find(trace: &Trace, stretches: &[Range<usize>]) -> Option<Self> {
        let picked = picked_evenly(&trace.raw, PICKED);
        let (step, idle) = (smallest_step(&picked)?, median(&picked)?);
        let length = trace.rate.samples(PIECE_S).max(10);
        let changes: Vec<f64> = stretches
            .iter()
            .flat_map(|stretch| trace.raw[stretch.clone()].chunks_exact(length))
            .map(extremes)
            .filter(|(low, high)| high > low)
            .map(|(low, high)| high - low)
            .collect();
        let shows_few = quantile(&changes, QUIETEST)? <= FEW_STEPS * step;
        let hides = trace.unit.is_volt()
            && step > HIDING_V * (1.0 - ROUNDING)
            && quantile(&changes, 1.0 - QUIETEST)? < SKIN_V;
        let (low_hz, high_hz) = band::usual(trace.rate);
        let share = (high_hz - low_hz) / (0.5 * trace.rate.hz());
        let floor = step * (share / 12.0).sqrt();
        (shows_few || hides).then_some(Self { step, floor, idle })
    }

    /// Whether a run of equal samples can be rest whose changes the steps hide: at the
    /// code in the middle, or a step beside what comes before or after it.
    pub(super) fn hides(self, raw: &[f64], run: &Range<usize>) -> bool {
        let code = raw[run.start];
        let near = |other: f64| (other - code).abs() <= ONE_STEP * self.step;
        let before = run.start.checked_sub(1).is_some_and(|at| near(raw[at]));
        near(self.idle) || before || raw.get(run.end).is_some_and(|&after| near(after))
    }

    /// Samples with noise of the level that the steps have of their own, which they would
    /// have had with finer ones: what looks for activity compares it with rest, of which
    /// the steps left nothing.
    pub(super) fn dithered(self, samples: &[f64]) -> Vec<f64> {
        let mut random = SplitMix64::new(0);
        let width = self.floor * 12.0_f64.sqrt();
        let noisy = |sample: &f64| sample + width * (random.uniform() - 0.5);
        samples.iter().map(noisy).collect()
    }
}

/// The smallest difference of values that is none of rounding; `None` where all are equal.
fn smallest_step(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let least = ROUNDING * (sorted.last()? - sorted.first()?);
    let steps = sorted.windows(2).map(|pair| pair[1] - pair[0]);
    steps.filter(|step| *step > least).reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;
    use crate::signal::{Kind, Label};
    use crate::units::{Hertz, Unit};

    /// Noise at rest with two bursts, in volts, as a converter gives it.
    fn trace(noise_v: f64, burst_v: f64, step_v: f64) -> Trace {
        let loud = |n: usize| (2000..4000).contains(&n) || (6000..8000).contains(&n);
        let level = |n: usize| if loud(n) { burst_v } else { noise_v };
        let code = |(n, x): (usize, f64)| (level(n) * x / step_v).round() * step_v;
        let raw: Vec<f64> =
            normals(5, 10_000).into_iter().enumerate().map(code).collect();
        Trace {
            label: Label {
                name: "SOL_L".into(),
                muscle: None,
                side: None,
                kind: Kind::Emg,
            },
            unit: Unit::VOLT,
            rate: Hertz::new(1000.0).unwrap(),
            start_s: 0.0,
            rails: None,
            excluded: 0,
            clean: raw.clone(),
            envelope: raw.iter().map(|x| x.abs()).collect(),
            raw,
            activation: None,
            edge_samples: 0,
            two_way: Vec::new(),
        }
    }

    fn found(trace: &Trace) -> Option<CoarseSteps> {
        let whole = 0..trace.raw.len();
        CoarseSteps::find(trace, std::slice::from_ref(&whole))
    }

    #[test]
    fn steps_that_show_rest_are_fine() {
        for (noise, burst, step) in [
            (2e-6, 1e-4, 1e-7),
            (2e-6, 1e-4, 1e-6),
            (5e-6, 5e-4, 4e-6),
            (2e-3, 0.1, 1.2e-3),
        ] {
            assert_eq!(found(&trace(noise, burst, step)), None, "{step}");
        }
        assert_eq!(found(&trace(0.0, 0.0, 1e-6)), None, "silence has no steps");
    }

    #[test]
    fn steps_that_hide_rest_are_coarse() {
        for (noise, burst, step) in [
            (1e-6, 5e-5, 5e-6),
            (1e-6, 5e-4, 1e-5),
            (5e-6, 5e-4, 1e-5),
            (2e-6, 5e-5, 5e-5),
        ] {
            let found = found(&trace(noise, burst, step)).unwrap();
            assert!((found.step / step - 1.0).abs() < 1e-6, "{found:?}");
            // 440 of 500 Hz.
            assert!((found.floor / step - 0.2708).abs() < 1e-3, "{found:?}");
        }
    }

    #[test]
    fn a_constant_code_is_rest_where_it_is_idle_or_a_step_beside_it() {
        let steps = CoarseSteps { step: 1.0, floor: 0.27, idle: 7.0 };
        let raw = [7.0, 7.0, 20.0, 3.0, 3.0, -4.0, 0.0, 0.0, 1.0, -9.0, -9.0, -9.0];
        let hidden = |run: Range<usize>| steps.hides(&raw, &run);
        assert!(hidden(0..2), "the idle code");
        assert!(!hidden(3..5), "a jump on either side");
        assert!(hidden(6..8), "a step beside it");
        assert!(!hidden(9..12), "a jump, and the end");
    }
}
