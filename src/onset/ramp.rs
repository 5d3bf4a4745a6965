//! Onsets that rise: the amplitude of the activity grows linearly, and onset and length
//! of the ramp are found together.
//!
//! A proposal of this project in the spirit of Staude (2001). Detectors of steps are late
//! by about half of a ramp; at 15 dB and above this one is not.

use std::iter::StepBy;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::segments::Energy;
use super::step::StepDetector;
use super::whitening::{White, Whitening};
use super::{Detect, DetectWhite, Moment, Stretch, profile};
use crate::dsp::sums::dot;
use crate::units::Hertz;

/// Half the 95 % quantile of χ² with one degree of freedom, rounded as usual: what a
/// likelihood interval may lose.
const LOSS: f64 = 1.92;
/// The stride in which onsets beside a coarse one are tried first, in seconds:
/// likelihoods of ramps change slowly.
const STRIDE_S: f64 = 0.008;
/// The lengths that are tried, as shares of the longest: 1 to 200 ms.
const SHARES: [f64; 12] =
    [0.005, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0];

/// What an onset may look like, in samples.
#[derive(Debug, Clone, PartialEq)]
pub struct RampShape {
    /// The lengths of ramp that are tried, 1 and more.
    pub lengths: Vec<usize>,
    /// The length at which the search begins: 100 ms.
    pub expected: usize,
    /// How much of the activity after the ramp tells its level.
    pub plateau: usize,
    /// How much of the end is always left for that.
    pub least_plateau: usize,
}

/// The most likely onset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Onset {
    /// The first sample of the ramp.
    pub at: usize,
    /// The length of the ramp in samples; 0 when the activity is not louder than the rest
    /// and nothing was fitted.
    pub length: usize,
    /// The earliest onset whose log-likelihood, whatever the length, is at most 1.92
    /// below the largest.
    pub low: usize,
    /// The latest one.
    pub high: usize,
}

/// The onset of the one burst in white samples with mean 0, whose `base` is quiet. The
/// search begins at the most likely step. `None` for fewer than 41 samples, for a base
/// outside of them or empty, and where no length fits.
pub fn onset(white: &[f64], base: Range<usize>, shape: &RampShape) -> Option<Onset> {
    if base.is_empty() || base.end > white.len() {
        return None;
    }
    let step = profile::change(white, 20)?.at;
    let rest = Energy::sum(white).variance(base.start, base.end);
    let found = risen(
        &white[base.start..],
        step.saturating_sub(base.start),
        rest,
        shape,
        &Places::ALL,
    )?;
    let from = |at: usize| at + base.start;
    // A step before the base can only be returned as it is.
    let at = if found.length == 0 { step } else { from(found.at) };
    Some(Onset {
        at,
        length: found.length,
        low: from(found.low).min(at),
        high: from(found.high).max(at),
    })
}

/// Which onsets are tried: so many samples before and after a coarse one, in strides that
/// are narrowed down in the end.
struct Places {
    before: usize,
    after: usize,
    stride: usize,
}

impl Places {
    const ALL: Self = Self { before: usize::MAX, after: usize::MAX, stride: 1 };
}

/// The onset from a coarse one: twice, the level after the ramp is measured and all
/// onsets and lengths compared.
fn risen(
    white: &[f64],
    coarse: usize,
    rest: f64,
    shape: &RampShape,
    places: &Places,
) -> Option<Onset> {
    let (n, energy) = (white.len(), Energy::sum(white));
    let squares: Vec<f64> = white.iter().map(|sample| sample * sample).collect();
    let mut found =
        Onset { at: coarse, length: shape.expected, low: coarse, high: coarse };

    for last_time in [false, true] {
        let Range { start, end } = shape.plateau_after(&found, n);
        let loud = if start < end { energy.variance(start, end) } else { rest };
        if !(rest > 0.0 && loud > rest) {
            return Some(Onset { length: 0, low: found.at, high: found.at, ..found });
        }

        let levels = RampLevels::new(&squares[..end], &energy, rest, loud);
        let first = coarse.saturating_sub(places.before);
        let last = coarse.saturating_add(places.after).min(end);
        found = levels.fitted(&shape.lengths, (first..last).step_by(places.stride))?;
        if last_time && places.stride > 1 {
            found =
                levels.narrowed(&found, &shape.lengths, places.stride, first..last)?;
        }
    }

    Some(found)
}

impl RampShape {
    /// The samples after a ramp that tell the level of the activity, of `n` in all.
    fn plateau_after(&self, ramp: &Onset, n: usize) -> Range<usize> {
        let start = (ramp.at.saturating_add(ramp.length))
            .min(n.saturating_sub(self.least_plateau));
        start..start.saturating_add(self.plateau).min(n)
    }
}

/// Samples whose variances at rest and in activity are known.
struct RampLevels<'a> {
    squares: &'a [f64],
    energy: &'a Energy,
    rest: f64,
    loud: f64,
    rest_log: f64,
    loud_log: f64,
}

/// The variances of a ramp from rest to activity.
struct RampVariances {
    /// One over each of them.
    inverse: Vec<f64>,
    /// The sum of their logarithms.
    logs: f64,
}

impl<'a> RampLevels<'a> {
    fn new(squares: &'a [f64], energy: &'a Energy, rest: f64, loud: f64) -> Self {
        let (rest_log, loud_log) = (libm::log(rest), libm::log(loud));
        Self { squares, energy, rest, loud, rest_log, loud_log }
    }

    /// The best onset within a stride of one that was found. An interval that reaches
    /// further has the steps of a stride.
    fn narrowed(
        &self,
        found: &Onset,
        lengths: &[usize],
        stride: usize,
        places: Range<usize>,
    ) -> Option<Onset> {
        let near = (found.at + 1).saturating_sub(stride).max(places.start)
            ..(found.at + stride).min(places.end);
        let narrowed = self.fitted(lengths, near.clone().step_by(1))?;
        let low = if narrowed.low > near.start {
            narrowed.low
        } else {
            found.low.min(narrowed.low)
        };
        let high = if narrowed.high + 1 < near.end {
            narrowed.high
        } else {
            found.high.max(narrowed.high)
        };
        Some(Onset { low, high, ..narrowed })
    }

    /// The best of some onsets and lengths.
    fn fitted(&self, lengths: &[usize], places: StepBy<Range<usize>>) -> Option<Onset> {
        let end = self.squares.len();
        let mut profile = vec![f64::NEG_INFINITY; places.len()];
        let (mut best, mut at, mut length) = (f64::NEG_INFINITY, None, 0);

        for &ramp in lengths.iter().filter(|&&ramp| 0 < ramp && ramp < end) {
            let variances = self.variances(ramp);
            let fitting = places.clone().take_while(|on| on + ramp < end);
            for (profile, on) in profile.iter_mut().zip(fitting) {
                let likelihood = self.likelihood(on, &variances);
                *profile = profile.max(likelihood);
                if likelihood > best {
                    (best, at, length) = (likelihood, Some(on), ramp);
                }
            }
        }

        let allowed =
            profile.iter().zip(places).filter(|(profile, _)| **profile >= best - LOSS);
        let (low, high) = allowed
            .fold((usize::MAX, 0), |(low, high), (_, on)| (low.min(on), high.max(on)));
        Some(Onset { at: at?, length, low, high })
    }

    /// The variances of a ramp of a length: its amplitude grows linearly.
    fn variances(&self, length: usize) -> RampVariances {
        let variance = |i: usize| {
            let share = (i as f64 + 0.5) / length as f64;
            self.rest + (self.loud - self.rest) * share * share
        };
        let variances: Vec<f64> = (0..length).map(variance).collect();
        RampVariances {
            inverse: variances.iter().map(|variance| 1.0 / variance).collect(),
            logs: length as f64 * self.rest_log + sum_of_logs(&variances, self.rest),
        }
    }

    /// The log-likelihood of rest up to an onset, a ramp, and activity to the end,
    /// without what does not depend on them.
    fn likelihood(&self, on: usize, ramp: &RampVariances) -> f64 {
        let (off, end) = (on + ramp.inverse.len(), self.squares.len());
        let before = on as f64 * self.rest_log + self.energy.between(0, on) / self.rest;
        let during = ramp.logs + dot(&self.squares[on..off], &ramp.inverse);
        let after = (end - off) as f64 * self.loud_log
            + self.energy.between(off, end) / self.loud;
        -0.5 * (before + during + after)
    }
}

/// The sum of the logarithms of values over a unit: of products of eight, where these are
/// numbers.
fn sum_of_logs(values: &[f64], unit: f64) -> f64 {
    let of_eight = |values: &[f64]| {
        let product: f64 = values.iter().map(|value| value / unit).product();
        let each = || values.iter().map(|value| libm::log(value / unit)).sum();
        if product.is_normal() { libm::log(product) } else { each() }
    };
    values.chunks(8).map(of_eight).sum()
}

/// Settings of onsets and offsets as ramps: bursts are found by their steps and refined
/// where they are loud enough. It looks at 1000 to 2000 samples a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ramp {
    /// How bursts are found.
    pub step: StepDetector,
    /// The longest ramp in seconds; twelve lengths from a 200th of it are tried.
    #[schemars(range(min = 0.005, max = 2.0), extend("unit" = "s"))]
    pub longest_ramp_s: f64,
    /// How much of the activity beside a ramp tells its level, in seconds.
    #[schemars(range(min = 0.01, max = 5.0), extend("unit" = "s"))]
    pub plateau_s: f64,
    /// How much rest beside a burst is looked at, in seconds.
    #[schemars(range(min = 0.01, max = 10.0), extend("unit" = "s"))]
    pub rest_s: f64,
    /// A burst with a lower signal-to-noise ratio, after whitening and in dB, keeps its
    /// steps: below, ramps are found with a spread of 30 ms and more
    /// (`ref_onset_ramp.json`).
    #[schemars(range(min = -60.0, max = 60.0), extend("unit" = "dB"))]
    pub least_snr_db: f64,
}

impl Default for Ramp {
    fn default() -> Self {
        Self {
            step: StepDetector::default(),
            longest_ramp_s: 0.2,
            plateau_s: 0.2,
            rest_s: 0.5,
            least_snr_db: 12.0,
        }
    }
}

/// Onset and offset of a burst with what the likelihood allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refined {
    /// The first active sample.
    pub on: Moment,
    /// The first sample that is no longer active.
    pub off: Moment,
}

impl Detect for Ramp {
    fn name(&self) -> &'static str {
        "ramp"
    }

    /// All bursts of a stretch, also those that touch its ends; none where it cannot be
    /// made white: silence, samples that are not finite, or fewer than 20 quiet samples.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.bursts_made_white(stretch)
    }

    fn on_white(&self) -> Option<&dyn DetectWhite> {
        Some(self)
    }
}

impl DetectWhite for Ramp {
    fn whitening(&self) -> &Whitening {
        &self.step.whitening
    }

    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>> {
        let refined =
            self.refined(Some(white), white.length(), &self.step.bursts_of_white(white));
        refined.into_iter().map(|burst| burst.on.at..burst.off.at).collect()
    }
}

impl Ramp {
    /// Bursts that any detector found, in order and not overlapping, with onsets and
    /// offsets refined and their likelihood intervals: one for each, as they were where
    /// the stretch cannot be made white. What touches an end of the stretch stays there;
    /// a burst below the least signal-to-noise ratio keeps its moments and gets
    /// intervals.
    pub fn refine(&self, stretch: &Stretch<'_>, bursts: &[Range<usize>]) -> Vec<Refined> {
        self.refined(
            self.step.whitening.white(stretch).as_ref(),
            stretch.samples.len(),
            bursts,
        )
    }

    pub(super) fn refined(
        &self,
        white: Option<&White>,
        length: usize,
        bursts: &[Range<usize>],
    ) -> Vec<Refined> {
        let mut refined: Vec<Refined> = Vec::with_capacity(bursts.len());
        for (i, burst) in bursts.iter().enumerate() {
            let free = refined.last().map_or(0, |last| last.off.at)
                ..bursts.get(i + 1).map_or(length, |next| next.start);
            let found = white.and_then(|white| self.edges(white, burst, &free));
            refined.push(found.unwrap_or(Refined {
                on: Moment::exactly(burst.start),
                off: Moment::exactly(burst.end),
            }));
        }
        refined
    }

    fn edges(
        &self,
        white: &White,
        burst: &Range<usize>,
        free: &Range<usize>,
    ) -> Option<Refined> {
        let n = white.samples.len();
        let (on, off) = (white.index(burst.start), white.index(burst.end));
        let (from, to) = (white.index(free.start), white.index(free.end));
        if !(from <= on && on < off && off <= to) {
            return None;
        }

        let power = white.energy.variance(on, off) / white.rest;
        let loud = power > 1.0 + libm::pow(10.0, self.least_snr_db / 10.0);
        let moment = |edge: Option<[usize; 3]>, coarse: usize| {
            let Some(edge) = edge else {
                return Moment::exactly(coarse);
            };
            let [at, low, high] = edge.map(|index| white.place(index));
            let at = if loud { at.clamp(free.start, free.end) } else { coarse };
            Moment { at, low: low.clamp(free.start, at), high: high.clamp(at, free.end) }
        };

        let onset = self.edge(white, &white.samples[from..off], on - from);
        let onset = onset.map(|found| found.map(|at| from + at));
        // Backward in time the offset is an onset, and what is earliest is the latest.
        let offset = self.edge(white, &white.backward[n - to..n - on], to - off);
        let offset = offset.map(|found| {
            let [at, low, high] = found.map(|at| to - at);
            [at, high, low]
        });

        let refined = Refined {
            on: moment(onset.filter(|_| burst.start > free.start), burst.start),
            off: moment(offset.filter(|_| burst.end < free.end), burst.end),
        };
        (refined.on.at < refined.off.at).then_some(refined)
    }

    /// Onset, earliest and latest, of a slice of white samples that is quiet up to
    /// `coarse` and active to its end.
    fn edge(&self, white: &White, slice: &[f64], coarse: usize) -> Option<[usize; 3]> {
        let samples = |seconds: f64| white.rate.samples(seconds);
        let longest = samples(self.longest_ramp_s).max(1);
        let shape = self.shape(white.rate);

        let start = coarse.saturating_sub(samples(self.rest_s));
        let reach = (2 * longest).saturating_add(shape.plateau);
        let slice = slice.get(start..slice.len().min(coarse.saturating_add(reach)))?;
        let coarse = coarse - start;

        let before = coarse.saturating_sub(longest);
        let local = if before >= samples(0.05) {
            Energy::sum(slice).variance(0, before)
        } else {
            white.rest
        };
        let places = Places {
            before: longest,
            after: longest / 2,
            stride: samples(STRIDE_S).max(1),
        };
        let found = risen(slice, coarse, local.max(white.floor), &shape, &places)?;
        (found.length > 0).then(|| [found.at, found.low, found.high].map(|at| start + at))
    }

    /// What an onset may look like at a rate.
    fn shape(&self, rate: Hertz) -> RampShape {
        let samples = |seconds: f64| rate.samples(seconds).max(1);
        let length = |share: &f64| samples(share * self.longest_ramp_s);
        let mut lengths: Vec<usize> = SHARES.iter().map(length).collect();
        lengths.dedup();
        RampShape {
            lengths,
            expected: samples(self.longest_ramp_s) / 2,
            plateau: samples(self.plateau_s),
            least_plateau: samples(self.plateau_s / 4.0),
        }
    }
}
