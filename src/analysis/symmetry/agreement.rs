//! How well the envelopes of both sides agree, and how far apart in time.

use super::super::thinned::Thinned;
use super::facts::{ENVELOPE_CORRELATION, ENVELOPE_CORRELATION_LIMIT, ENVELOPE_LAG};
use super::{Comparison, Pair, obstacle};
use crate::dsp::correlation::{BestLag, best_lag};
use crate::dsp::largest_correlation::{limit_by_cycles, limit_by_shifts};
use crate::outcome::Measure;
use crate::words::spoken;

/// How often independent sides exceed the limit.
const ALPHA: f64 = 0.05;
/// The rate at which cycles are exchanged: twice what an envelope of 6 Hz needs.
const EXCHANGED_HZ: f64 = 25.0;
/// The longest part of a recording of which cycles are exchanged, in samples.
const LONGEST: usize = 20_000;
/// The fewest cycles with which a recording is taken for rhythmic.
const RHYTHMIC: usize = 5;

/// What chance makes of the highest correlation.
struct ChanceLimit {
    /// The limit, where the recording is long enough for one.
    limit: Option<f64>,
    /// What the sides may share below it.
    sides: &'static str,
    /// Why there is no limit.
    missing: &'static str,
}

impl Comparison<'_> {
    /// The highest correlation of the envelopes, what chance makes of it, and the lag at
    /// which they have it.
    pub(super) fn agreement(&self, pair: Pair<'_>) -> [Measure; 3] {
        let rows = |reason: &str| {
            [&ENVELOPE_CORRELATION, &ENVELOPE_CORRELATION_LIMIT, &ENVELOPE_LAG]
                .map(|fact| pair.missing(fact, reason.to_owned()))
        };
        if pair.left.rate != pair.right.rate {
            return rows(&format!(
                "the sides have different sampling rates, {} and {}",
                pair.left.rate, pair.right.rate
            ));
        }
        if let Some(reason) = obstacle(pair) {
            return rows(&reason);
        }
        if !pair.same_clock() {
            return rows("the sides begin at different times");
        }
        let Some((one, other)) =
            pair.left.thinned.as_ref().zip(pair.right.thinned.as_ref())
        else {
            return rows("not kept");
        };
        let shorter = one.envelope.len().min(other.envelope.len());
        let limit =
            ((self.settings.max_lag_s * one.rate_hz).round() as usize).min(shorter / 4);
        match best_lag(&one.envelope, &other.envelope, limit) {
            Some(best) => agreement_rows(pair, [one, other], limit, best),
            None => rows(
                "an envelope does not vary or has no samples that the other side has too",
            ),
        }
    }
}

fn agreement_rows(
    pair: Pair<'_>,
    sides: [&Thinned; 2],
    limit: usize,
    best: BestLag,
) -> [Measure; 3] {
    let rate_hz = sides[0].rate_hz;
    let range = spoken(limit as f64 / rate_hz);
    let chance = ChanceLimit::find(pair, sides, limit);
    let at_zero = best
        .at_zero
        .map_or(String::new(), |zero| format!("; {} without moving them", spoken(zero)));
    let correlation = pair.row(&ENVELOPE_CORRELATION, best.correlation).noted(format!(
        "the highest correlation within ± {range} s, which has no interval; {}{at_zero}",
        chance.beside(best.correlation)
    ));
    let limit = match chance.limit {
        Some(limit) => pair.row(&ENVELOPE_CORRELATION_LIMIT, limit).noted(format!(
            "what the highest correlation within ± {range} s of {} exceeds in 5 % of cases",
            chance.sides
        )),
        None => pair.missing(&ENVELOPE_CORRELATION_LIMIT, chance.missing),
    };
    let lag = if best.at_limit {
        let reason = format!("the correlation has no peak within ± {range} s");
        pair.missing(&ENVELOPE_LAG, reason)
    } else if chance.is_chance(best.correlation) {
        pair.missing(
            &ENVELOPE_LAG,
            "the correlation is not beyond that of independent sides",
        )
    } else {
        pair.row(&ENVELOPE_LAG, best.refined / rate_hz)
            .noted("positive when the right is later")
    };
    [correlation, limit, lag]
}

impl ChanceLimit {
    /// Of sides with cycles by exchanging those of the right one: moving it would find the
    /// rhythm again.
    fn find(pair: Pair<'_>, [left, right]: [&Thinned; 2], limit: usize) -> Self {
        let cycles = cycles_of(pair);
        if cycles.len() < RHYTHMIC {
            return Self {
                limit: limit_by_shifts(&left.envelope, &right.envelope, limit, ALPHA),
                sides: INDEPENDENT,
                missing: "the recording is too short to know what independent sides have: \
                          twelve times the longest lag, in both directions, are needed",
            };
        }

        let by = ((left.rate_hz / EXCHANGED_HZ).floor() as usize).max(1);
        let [left, right] = [left, right].map(|side| coarse(&side.envelope, by));
        let rate_hz = pair.right.thinned.as_ref().map_or(f64::NAN, |side| side.rate_hz);
        let place =
            |time_s: f64| (time_s - pair.right.start_s) * rate_hz / by as f64 - 0.5;
        let places = cycles.iter().map(|&(from_s, to_s)| (place(from_s), place(to_s)));
        let inside =
            |&(from, to): &(f64, f64)| from >= 0.0 && to <= right.len() as f64 - 1.0;
        let places: Vec<(f64, f64)> = places.filter(inside).collect();
        Self {
            limit: limit_by_cycles(&left, &right, &places, (limit / by, ALPHA)),
            sides: "sides that share the rhythm of their cycles and nothing else",
            missing: "fewer than ten cycles to exchange, without which it is not known what \
                      sides have that share their rhythm alone",
        }
    }

    /// Whether the correlation is that of sides that share nothing at all.
    fn is_chance(&self, correlation: f64) -> bool {
        self.sides == INDEPENDENT && self.limit.is_some_and(|limit| correlation <= limit)
    }

    /// How a correlation lies to the limit, in words.
    fn beside(&self, correlation: f64) -> String {
        match self.limit {
            Some(limit) if correlation > limit => {
                format!("beyond the {} of {}", spoken(limit), self.sides)
            }
            Some(limit) => format!("not beyond the {} of {}", spoken(limit), self.sides),
            None => format!("no limit: {}", self.missing),
        }
    }
}

/// Sides that share nothing.
const INDEPENDENT: &str = "independent sides";

/// The cycles of the right side that follow each other, where both sides have some.
fn cycles_of(pair: Pair<'_>) -> Vec<(f64, f64)> {
    let there = |side: &super::super::Digest| {
        side.cycles.as_ref().is_some_and(|course| course.used().next().is_some())
    };
    if ![pair.left, pair.right].into_iter().all(there) {
        return Vec::new();
    }
    let course = pair.right.cycles.as_ref();
    let strides = course.and_then(|course| course.strides.as_ref().ok());
    let strides = strides.map_or(&[][..], |strides| &strides.strides);
    strides.iter().filter(|one| !one.odd).map(|one| (one.from_s, one.to_s)).collect()
}

/// Means of so many samples, of as many as are looked at.
fn coarse(envelope: &[f64], by: usize) -> Vec<f64> {
    let mean = |piece: &[f64]| piece.iter().sum::<f64>() / by as f64;
    envelope.chunks_exact(by).take(LONGEST).map(mean).collect()
}
