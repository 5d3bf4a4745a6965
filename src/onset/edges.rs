//! When bursts that are there begin and end.
//!
//! Presence is decided elsewhere; here edges that exist are dated. The amplitude rises
//! linearly from the rest beside the burst to the level behind the edge, and onset and
//! length of that ramp are the most likely ones together, as in [`super::ramp`]. Onsets
//! are looked for in the signal whose ringing lies behind them, offsets in the same
//! backward in time.

use std::ops::Range;

use super::bandwidth::flat_width_hz;
use super::ringing::moved_behind;
use super::{DatedBurst, Moment, Stretch};
use crate::units::Hertz;

/// The resolution, in seconds.
const BIN_S: f64 = 0.002;
/// The rest beside an edge that tells its level: from so far before to so far before, in
/// seconds.
const REST_S: [f64; 2] = [0.23, 0.03];
/// How far an edge may move out of the burst and into it, in seconds: a ramp of 200 ms
/// reaches the share that counts as activity after about 70 ms.
const OUT_S: f64 = 0.08;
const IN_S: f64 = 0.1;
/// And out of it at most through so large a share of the pause.
const OUT_SHARE: f64 = 1.0 / 3.0;
/// The lengths of ramp that are tried, in seconds.
const RAMPS_S: [f64; 9] = [0.004, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2];
/// Where the level behind the edge is measured first, and for how long, in seconds.
const EXPECTED_S: f64 = 0.08;
const PLATEAU_S: f64 = 0.2;
/// A filter has settled after so long, in seconds.
const SETTLED_S: f64 = 0.5;
/// Below this ratio of the powers an edge stays where it is.
const LEAST_RATIO: f64 = 1.3;
/// Rest may be so much quieter beside a burst than in its neighbourhood.
const QUIETER: f64 = 0.7;
/// Half the 95 % quantile of χ² with one degree of freedom.
const LOSS: f64 = 1.92;

/// What edges are dated in.
pub(super) struct Neighbourhood<'a> {
    pub(super) stretch: &'a Stretch<'a>,
    /// See [`super::Surroundings::two_way`].
    pub(super) two_way: &'a [[f64; 2]],
}

/// The onset and the offset of each span; `rest` is the amplitude of rest at a sample.
/// Ends of the stretch stay where they are.
pub(super) fn dated(
    near: &Neighbourhood<'_>,
    spans: &[Range<usize>],
    rest: impl Fn(usize) -> f64,
) -> Vec<DatedBurst> {
    let count = near.stretch.samples.len();
    let date = |(index, span): (usize, &Range<usize>)| {
        let before = index.checked_sub(1).map_or(0, |before| spans[before].end);
        let after = spans.get(index + 1).map_or(count, |next| next.start);
        let power = QUIETER * rest(span.start).powi(2);
        let on = Edge { at: span.start, free: before, burst: span.end, rest: power };
        // Backward in time an offset is an onset.
        let off = Edge {
            at: count - span.end,
            free: count - after,
            burst: count - span.start,
            rest: power,
        };
        let on = near.dated(&on, |from, to| near.forward(from, to));
        let off = near.dated(&off, |from, to| near.backward(from, to));
        let turned =
            Moment { at: count - off.at, low: count - off.high, high: count - off.low };
        if on.at < turned.at {
            DatedBurst { span: span.clone(), on, off: turned }
        } else {
            DatedBurst::exactly(span.clone())
        }
    };
    spans.iter().enumerate().map(date).collect()
}

/// An onset to be dated, in samples in the direction of time in which it is one.
struct Edge {
    at: usize,
    /// Where the pause before it begins.
    free: usize,
    /// Where its burst ends.
    burst: usize,
    /// The least power of rest.
    rest: f64,
}

impl Neighbourhood<'_> {
    fn rate(&self) -> Hertz {
        self.stretch.rate
    }

    /// Samples whose ringing lies behind what they rang at.
    fn forward(&self, from: usize, to: usize) -> Vec<f64> {
        let early = from.saturating_sub(self.rate().samples(SETTLED_S));
        let mut samples = self.stretch.samples[early..to].to_vec();
        moved_behind(&mut samples, self.two_way);
        samples.split_off(from - early)
    }

    /// The same for samples backward in time, counted from the end.
    fn backward(&self, from: usize, to: usize) -> Vec<f64> {
        let count = self.stretch.samples.len();
        let early = from.saturating_sub(self.rate().samples(SETTLED_S));
        let mut samples = self.stretch.samples[count - to..count - early].to_vec();
        samples.reverse();
        moved_behind(&mut samples, self.two_way);
        samples.split_off(from - early)
    }

    /// The most likely onset near one that was found coarsely, where it is no end of the
    /// stretch.
    fn dated(&self, edge: &Edge, samples: impl Fn(usize, usize) -> Vec<f64>) -> Moment {
        if edge.at == 0 {
            return Moment::exactly(0);
        }
        let length = self.rate().samples(BIN_S).max(1);
        let bins = |seconds: f64| self.rate().samples(seconds) / length;
        let from = edge.at.saturating_sub(self.rate().samples(REST_S[0])).max(edge.free);
        let to = (edge.at + self.rate().samples(IN_S + RAMPS_S[8] + PLATEAU_S))
            .min(edge.burst);

        let samples = samples(from, to);
        let square = |bin: &[f64]| {
            bin.iter().map(|sample| sample * sample).sum::<f64>() / length as f64
        };
        let powers: Vec<f64> = samples.chunks_exact(length).map(square).collect();
        let coarse = (edge.at - from) / length;
        let out = (self.rate().seconds(edge.at - edge.free) * OUT_SHARE).min(OUT_S);
        let Some(rising) = Rising::new(&powers, coarse, edge.rest, bins) else {
            return Moment::exactly(edge.at);
        };
        let places = coarse.saturating_sub(bins(out))..coarse + bins(IN_S) + 1;
        // So many independent values a bin holds, over two.
        let weight = flat_width_hz(self.rate()) * self.rate().seconds(length);
        let found = rising.most_likely(places, LOSS / weight.min(0.5 * length as f64));
        let place = |bin: usize| from + bin * length;
        found.map_or(Moment::exactly(edge.at), |[at, low, high]| Moment {
            at: place(at),
            low: place(low),
            high: place(high),
        })
    }
}

/// Powers that rise from rest to a plateau.
struct Rising<'a> {
    powers: &'a [f64],
    /// The sums of the powers before each bin.
    sums: Vec<f64>,
    rest: f64,
    /// The lengths of ramp and of plateau, in bins.
    ramps: Vec<usize>,
    expected: usize,
    plateau: usize,
    coarse: usize,
}

impl<'a> Rising<'a> {
    /// `None` for fewer than eight bins.
    fn new(
        powers: &'a [f64],
        coarse: usize,
        least: f64,
        bins: impl Fn(f64) -> usize,
    ) -> Option<Self> {
        let mut sum = 0.0;
        let after = powers.iter().map(|power| {
            sum += power;
            sum
        });
        let sums: Vec<f64> = std::iter::once(0.0).chain(after).collect();
        let beside = coarse.saturating_sub(bins(REST_S[1]));
        let rest = if beside >= bins(REST_S[1]).max(1) {
            (sums[beside] / beside as f64).max(least)
        } else {
            least
        };
        let ramps = RAMPS_S.map(|seconds| bins(seconds).max(1)).to_vec();
        let (expected, plateau) = (bins(EXPECTED_S), bins(PLATEAU_S).max(1));
        (powers.len() >= 8).then_some(Self {
            powers,
            sums,
            rest,
            ramps,
            expected,
            plateau,
            coarse,
        })
    }

    /// The most likely onset, the earliest and the latest that lose no more than `loss`:
    /// twice, the level of the plateau being measured behind the ramp that was found.
    fn most_likely(&self, places: Range<usize>, loss: f64) -> Option<[usize; 3]> {
        let first = self.fitted(self.coarse + self.expected, &places, loss)?;
        let (at, length) = (first.0[0], first.1);
        self.fitted(at + length, &places, loss).map(|(found, _)| found)
    }

    /// The onset with its limits, and the length of its ramp.
    fn fitted(
        &self,
        behind: usize,
        places: &Range<usize>,
        loss: f64,
    ) -> Option<([usize; 3], usize)> {
        let start = behind.min(self.powers.len().saturating_sub(3));
        let end = (start + self.plateau).min(self.powers.len());
        let loud = (self.sums[end] - self.sums[start]) / (end - start) as f64;
        if !(self.rest > 0.0 && loud > LEAST_RATIO * self.rest) {
            return None;
        }

        let mut profile = vec![f64::NEG_INFINITY; places.len()];
        let (mut best, mut found) = (f64::NEG_INFINITY, None);
        for &length in &self.ramps {
            let ramp = PowerRamp::new(self.rest, loud, length);
            for (on, profile) in places.clone().zip(&mut profile) {
                if on + length > end {
                    break;
                }
                let likelihood = self.likelihood(on, end, &ramp);
                *profile = profile.max(likelihood);
                if likelihood > best {
                    (best, found) = (likelihood, Some((on, length)));
                }
            }
        }
        let (at, length) = found?;
        let allowed =
            places.clone().zip(&profile).filter(|(_, here)| **here >= best - loss);
        let (low, high) =
            allowed.fold((at, at), |(low, high), (on, _)| (low.min(on), high.max(on)));
        Some(([at, low, high], length))
    }

    /// The log-likelihood of rest up to a bin, a ramp, and the plateau up to `end`, for
    /// powers with two degrees of freedom each.
    fn likelihood(&self, on: usize, end: usize, ramp: &PowerRamp) -> f64 {
        let off = on + ramp.inverse.len();
        let before = on as f64 * libm::log(self.rest) + self.sums[on] / self.rest;
        let powers = self.powers[on..off].iter().zip(&ramp.inverse);
        let during =
            ramp.logs + powers.map(|(power, inverse)| power * inverse).sum::<f64>();
        let after = (end - off) as f64 * libm::log(ramp.loud)
            + (self.sums[end] - self.sums[off]) / ramp.loud;
        -(before + during + after)
    }
}

/// A ramp of the amplitude.
struct PowerRamp {
    loud: f64,
    /// One over the power of each bin.
    inverse: Vec<f64>,
    /// The sum of the logarithms of the powers.
    logs: f64,
}

impl PowerRamp {
    fn new(rest: f64, loud: f64, length: usize) -> Self {
        let power = |bin: usize| {
            let share = (bin as f64 + 0.5) / length as f64;
            rest + (loud - rest) * share * share
        };
        let powers: Vec<f64> = (0..length).map(power).collect();
        Self {
            loud,
            logs: powers.iter().map(|power| libm::log(*power)).sum(),
            inverse: powers.iter().map(|power| 1.0 / power).collect(),
        }
    }
}
