//! Rest and activity as two states whose levels are those of their neighbourhood.
//!
//! Rest is not one level: the quiet between two bursts of a calf muscle may be twice that
//! between the next two. Nor is activity: push-ups reach a twelfth of what walking does.
//! So a step of 10 ms is active where its energy is more likely under a level half way
//! from rest to the strong level of these seconds than under one little above rest, and
//! what changes must be worth a change (Viterbi 1967). A likelihood of a change alone
//! bridges the rests that differ; two levels do not.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edges::{self, Neighbourhood};
use super::tidy::runs;
use super::viterbi::{self, Ways};
use super::{Dated, Detect, Stretch, Surroundings};
use crate::dsp::sums::sum_of;
use crate::error::{Error, ErrorKind, Result};

mod contrast;
mod course;
mod evidence;
mod faint;
mod rest;
mod steps;
mod strong;
mod valleys;

use course::Course;
use steps::Steps;
use strong::Strong;

/// The logarithm of how unlikely a change is.
const CHANGE: f64 = 4.5;
/// At first everything counts that is clearly above rest: these multiples of its
/// amplitude.
const FIRST: [f64; 2] = [1.2, 2.2];
/// Rest is never expected below this multiple of its amplitude, and activity not below
/// that multiple of what is expected of rest: at low signal-to-noise ratios both are near.
const LEAST: [f64; 2] = [1.1, 1.35];
/// Shorter bursts are none, in seconds.
const SHORTEST_S: f64 = 0.05;

/// What of the signal a detector looks at. They err in different ways, so that one
/// confirms another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// The power of the signal.
    #[default]
    Power,
    /// The power of its slope, in which motion and heart beats are small.
    Slope,
    /// The median of the powers of 50 ms, in which nothing short is seen.
    Median,
}

impl Look {
    /// What is looked at.
    pub fn word(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Slope => "slope",
            Self::Median => "median",
        }
    }
}

/// Settings of the two states with local levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LocalLevels {
    /// What it looks at.
    pub look: Look,
    /// What may still be rest, as a share of the way from local rest to the local strong
    /// level: an envelope that falls below 15 % is seen as a rest by most people.
    /// (Proposal, from real recordings)
    #[schemars(range(min = 0.0, max = 0.9))]
    pub rest_share: f64,
    /// What is expected of activity, as a share of the same way, above `rest_share`.
    /// (Proposal, from real recordings)
    #[schemars(range(min = 0.05, max = 1.0))]
    pub active_share: f64,
}

impl Default for LocalLevels {
    fn default() -> Self {
        Self { look: Look::Power, rest_share: 0.15, active_share: 0.5 }
    }
}

impl Detect for LocalLevels {
    fn name(&self) -> &'static str {
        "local-levels"
    }

    fn check_together(&self) -> Result<()> {
        if self.active_share > self.rest_share {
            return Ok(());
        }
        let said = format!("must be above rest_share = {}", self.rest_share);
        let default = Self::default().active_share;
        let works = if self.rest_share < default { default } else { 1.0 };
        Err(Error::about(ErrorKind::Plan, "active_share", self.active_share, said)
            .with_hint(format!("active_share = {works} works")))
    }

    /// All bursts of a stretch, also those that touch its ends; none where nothing but
    /// silence is, and where rest and activity are not clearly two things: the ups and
    /// downs of a contraction that is held are no bursts.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        let dated = self.dated(stretch, &Surroundings::default());
        dated.bursts.into_iter().map(|burst| burst.on.at..burst.off.at).collect()
    }

    fn spans(
        &self,
        stretch: &Stretch<'_>,
        beside: &Surroundings<'_>,
    ) -> Vec<Range<usize>> {
        self.found(stretch, beside).map_or_else(Vec::new, |found| found.bursts)
    }

    fn dated(&self, stretch: &Stretch<'_>, beside: &Surroundings<'_>) -> Dated {
        let Some(Found { bursts, faint, rest }) = self.found(stretch, beside) else {
            return Dated::default();
        };
        let length = stretch.rate.samples(steps::STEP_S).max(steps::FEWEST);
        let rest = |sample: usize| rest.at(sample / length);
        let near = Neighbourhood { stretch, two_way: beside.two_way };
        Dated { bursts: edges::dated(&near, &bursts, rest), faint }
    }
}

/// What is found in a stretch, in samples.
struct Found {
    bursts: Vec<Range<usize>>,
    /// See [`Dated::faint`].
    faint: Vec<Range<usize>>,
    /// The amplitude of rest in steps.
    rest: Course,
}

impl LocalLevels {
    fn found(&self, stretch: &Stretch<'_>, beside: &Surroundings<'_>) -> Option<Found> {
        let steps = self.steps(stretch);
        // A level is known of the samples, not of their slope.
        let known = beside.known_rest.filter(|_| self.look != Look::Slope);
        let rest = rest::course(&steps, known)?;
        let towers = beside.towers.iter().map(|tower| steps.about(tower)).collect();
        let calm = steps.without_pulses(beside.towers);
        let (bursts, faint) = self.active(&steps, &calm, &rest, towers);

        let whole = || 0..steps.powers.len();
        // A pulse between two bursts does not make rest as loud as they are.
        let clear =
            contrast::is_clear(&steps, &bursts) || contrast::is_clear(&calm, &bursts);
        let (bursts, faint) = match known {
            _ if clear => (bursts, faint),
            // Rest is known from elsewhere, so that activity throughout can be told.
            Some(known) if throughout(&steps, known) => (vec![whole()], Vec::new()),
            _ => Default::default(),
        };
        let count = stretch.samples.len();
        let sample = |step: usize| {
            if step == steps.powers.len() { count } else { step * steps.length }
        };
        let placed = |spans: Vec<Range<usize>>| {
            spans.iter().map(|span| sample(span.start)..sample(span.end)).collect()
        };
        Some(Found { bursts: placed(bursts), faint: placed(faint), rest })
    }

    /// What is looked at.
    fn steps(&self, stretch: &Stretch<'_>) -> Steps {
        let mean_square = |samples: &[f64]| {
            sum_of(samples, |sample| sample * sample) / samples.len() as f64
        };
        let slope = |samples: &[f64]| {
            let squares = samples.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
            squares.sum::<f64>() / (samples.len() - 1) as f64
        };
        match self.look {
            Look::Power => Steps::new(stretch.samples, stretch.rate, mean_square),
            Look::Slope => Steps::new(stretch.samples, stretch.rate, slope),
            Look::Median => {
                let mut steps = Steps::new(stretch.samples, stretch.rate, mean_square);
                steps.powers = medians(&steps.powers);
                steps
            }
        }
    }

    /// The steps that are active: first whatever is clearly above rest, which tells how
    /// strong activity is (of `calm`, the steps without single pulses, and not where
    /// something towers), then what reaches its share of that; and what does not.
    fn active(
        &self,
        steps: &Steps,
        calm: &Steps,
        rest: &Course,
        towers: Vec<Range<usize>>,
    ) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        let first = path(steps, |step| FIRST.map(|factor| factor * rest.at(step)));
        let amplitudes = calm.amplitudes();
        let strong = Strong::beside(towers, steps, &amplitudes, &first);
        let Some(strong) = strong else {
            return Default::default();
        };

        let way = |step: usize, share: f64| {
            let rest = rest.at(step);
            rest + share * (strong.at(step) - rest)
        };
        let active = path(steps, |step| {
            let quiet = way(step, self.rest_share).max(LEAST[0] * rest.at(step));
            [quiet, way(step, self.active_share).max(LEAST[1] * quiet)]
        });
        let height = |step: usize| {
            let (low, high) = (way(step, 0.0), way(step, 1.0));
            (amplitudes[step] - low) / (high - low).max(f64::MIN_POSITIVE)
        };
        let parts = runs(&active).into_iter();
        let parts: Vec<_> =
            parts.flat_map(|run| valleys::cut(run, height, steps)).collect();
        let mut bursts = valleys::joined(&parts, |step| rest.at(step), steps);
        bursts.retain(|burst| {
            burst.len() >= steps.lasting(SHORTEST_S)
                && evidence::is_enough(burst, |step| rest.at(step), steps)
        });
        let most_at_rest = |step| way(step, self.rest_share);
        let mut faint = faint::left_out(&first, &bursts, most_at_rest, steps);
        let usual_height = |step: usize, amplitude: f64| {
            let rest = rest.at(step);
            (amplitude - rest) / (strong.usual_at(step) - rest).max(f64::MIN_POSITIVE)
        };
        if !bursts.is_empty() {
            let mut own = faint::of_their_own(&mut faint, usual_height, steps);
            own.retain(|burst| evidence::is_enough(burst, |step| rest.at(step), steps));
            bursts.extend(own);
            bursts.sort_unstable_by_key(|burst| burst.start);
        }
        (bursts, faint)
    }
}

/// The active steps of the most likely path between two states, whose amplitudes at each
/// step are given, rest first.
fn path(steps: &Steps, levels: impl Fn(usize) -> [f64; 2]) -> Vec<bool> {
    let evidence = steps.powers.iter().enumerate().map(|(step, &power)| {
        let [quiet, active] = levels(step).map(|level| level * level);
        let gain = power * (1.0 / quiet - 1.0 / active) - libm::log(active / quiet);
        0.5 * steps.freedom * gain
    });
    viterbi::path(evidence, Ways::costing(CHANGE))
}

/// Whether even the quiet half of a stretch is far above a rest that is known.
fn throughout(steps: &Steps, rest: f64) -> bool {
    crate::dsp::stats::median(&steps.powers)
        .is_some_and(|power| power > 4.0 * rest * rest)
}

/// The medians of five neighbours each.
fn medians(values: &[f64]) -> Vec<f64> {
    let last = values.len().saturating_sub(1);
    let median = |at: usize| {
        // The ends stand for what lies beyond them.
        let mut near =
            [0, 1, 2, 3, 4].map(|k| values[(at + k).saturating_sub(2).min(last)]);
        near.sort_unstable_by(f64::total_cmp);
        near[2]
    };
    (0..values.len()).map(median).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;
    use crate::units::Hertz;

    /// EMG at 1000 Hz (noise behind a filter of first differences and a mean of three) of
    /// an amplitude in the course of time, with noise of 0.004.
    fn emg(seed: u64, seconds: usize, level: impl Fn(f64) -> f64) -> Vec<f64> {
        let white = normals(seed, 1000 * seconds + 3);
        let noise = normals(seed + 1000, 1000 * seconds);
        let shaped = white.windows(4).map(|w| 0.5 * (w[3] + w[2] + w[1] - w[0]));
        let shaped = shaped.zip(noise).take(1000 * seconds).enumerate();
        shaped
            .map(|(i, (x, noise))| level(i as f64 / 1000.0) * x + 0.004 * noise)
            .collect()
    }

    fn spans(samples: &[f64], known_rest: Option<f64>) -> Vec<Range<usize>> {
        let rate = Hertz::new(1000.0).unwrap();
        let beside = Surroundings { known_rest, ..Surroundings::default() };
        let stretch = Stretch { samples, rate, quiet: &[] };
        LocalLevels::default().spans(&stretch, &beside)
    }

    #[test]
    fn rests_that_differ_are_rests() {
        // Strides of 1 s whose rests are 1, 3, 6 and 12 % of the burst in turn.
        let rest = |time: f64| [0.01, 0.03, 0.06, 0.12][time as usize % 4];
        let level = |time: f64| if time.fract() < 0.5 { 1.0 } else { rest(time) };
        for seed in 0..10 {
            let found = spans(&emg(seed, 20, level), None);
            assert_eq!(found.len(), 20, "{seed}: {found:?}");
        }
    }

    #[test]
    fn weak_exercise_beside_strong_keeps_its_own_level() {
        let level = |time: f64| match (time, time.fract() < 0.5) {
            (_, false) => 0.0,
            (40.0..80.0, true) => 0.08,
            (_, true) => 1.0,
        };
        let found = spans(&emg(3, 120, level), None);
        let weak = found.iter().filter(|span| (42_000..78_000).contains(&span.start));
        assert_eq!(weak.count(), 36);
        // Within 1.5 s of a strong burst a weak one is none.
        assert!(found.len() >= 112, "{}", found.len());
    }

    #[test]
    fn a_hold_has_no_bursts_and_a_known_rest_says_that_it_is_active_throughout() {
        let wander = |time: f64| 0.5 * (1.0 + 0.2 * libm::sin(1.3 * time));
        for seed in 0..10 {
            let hold = emg(seed, 15, wander);
            assert!(spans(&hold, None).is_empty(), "{seed}");
            assert_eq!(spans(&hold, Some(0.004)), vec![0..hold.len()], "{seed}");
            let rest = emg(seed, 15, |_| 0.0);
            assert!(
                spans(&rest, None).is_empty() && spans(&rest, Some(0.004)).is_empty()
            );
        }
    }

    #[test]
    fn pulses_between_bursts_hide_none() {
        let level = |time: f64| if time.fract() < 0.4 { 1.0 } else { 0.0 };
        for seed in 0..10 {
            let clean = emg(seed, 12, level);
            let mut samples = clean.clone();
            (700..12_000).step_by(1000).for_each(|at| samples[at] = 40.0);
            let found = spans(&samples, None);
            let at_bursts = |found: &[Range<usize>]| {
                (0..12)
                    .filter(|k| found.iter().any(|it| it.contains(&(1000 * k + 200))))
                    .count()
            };
            assert_eq!(at_bursts(&found), 12, "{seed}: {found:?}");
        }
    }

    #[test]
    fn what_towers_hides_no_weaker_bursts() {
        let level = |time: f64| match time {
            2.6..2.75 | 6.6..6.75 => 20.0,
            _ if time.fract() < 0.4 => 1.0,
            _ => 0.0,
        };
        let towers = [2600..2760, 6600..6760];
        let beside = Surroundings { towers: &towers, ..Surroundings::default() };
        for seed in 0..10 {
            let samples = emg(seed, 9, level);
            let rate = Hertz::new(1000.0).unwrap();
            let stretch = Stretch { samples: &samples, rate, quiet: &[] };
            let found = LocalLevels::default().spans(&stretch, &beside);
            assert_eq!(found.len(), 11, "{seed}: {found:?}");
        }
    }

    #[test]
    fn rest_is_rest_however_long_it_lasts() {
        // Beside a real burst, so that activity and rest are told apart.
        for (seed, hz) in [(1_u64, 100_u32), (2, 250), (3, 1000)] {
            let rate = Hertz::new(f64::from(hz)).unwrap();
            let count = 1200 * hz as usize;
            let mut samples = normals(seed, count);
            samples[count / 2..count / 2 + 2 * hz as usize]
                .iter_mut()
                .for_each(|sample| *sample *= 50.0);
            let stretch = Stretch { samples: &samples, rate, quiet: &[] };
            let found = LocalLevels::default().spans(&stretch, &Surroundings::default());
            assert_eq!(found.len(), 1, "{hz}: {found:?}");
        }
    }

    #[test]
    fn a_burst_with_slow_ramps_is_one() {
        for ramp_s in [0.5, 1.0, 2.0] {
            let level = |time: f64| ((time - 3.0) / ramp_s).min((13.0 - time) / ramp_s);
            let samples = emg(7, 16, |time| level(time).clamp(0.0, 1.0));
            let found = spans(&samples, None);
            assert_eq!(found.len(), 1, "{ramp_s}: {found:?}");
        }
    }
}
