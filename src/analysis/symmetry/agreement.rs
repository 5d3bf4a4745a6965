//! How well the envelopes of both sides agree, and how far apart in time.

use super::super::cycles::Stride;
use super::super::pieces::rhythm_of;
use super::super::thinned::Thinned;
use super::facts::{ENVELOPE_CORRELATION, ENVELOPE_CORRELATION_LIMIT, ENVELOPE_LAG};
use super::{Comparison, Pair, obstacle};
use crate::dsp::correlation::{BestLag, best_lag};
use crate::dsp::largest_correlation::{limit_by_rounds, limit_by_shifts};
use crate::dsp::rhythm::Rhythm;
use crate::dsp::stats::median;
use crate::outcome::Measure;
use crate::words::spoken;

/// How often independent sides exceed the limit.
const ALPHA: f64 = 0.05;
/// The rate at which rounds are exchanged: twice what an envelope of 6 Hz needs.
const EXCHANGED_HZ: f64 = 25.0;
/// The longest part of a recording of which rounds are exchanged, in samples.
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
    let chance = ChanceLimit::find(pair, sides, (limit, best.correlation));
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
    /// Of sides with a rhythm by exchanging the strengths of the rounds of the right one:
    /// moving it would find the rhythm again.
    fn find(
        pair: Pair<'_>,
        [left, right]: [&Thinned; 2],
        (limit, highest): (usize, f64),
    ) -> Self {
        let by = ((left.rate_hz / EXCHANGED_HZ).floor() as usize).max(1);
        let sides = [left, right].map(|side| coarse(&side.envelope, by));
        let Some(period) = period(pair, &sides, right.rate_hz / by as f64) else {
            return Self {
                limit: limit_by_shifts(&left.envelope, &right.envelope, limit, ALPHA),
                sides: INDEPENDENT,
                missing: "the recording is too short to know what independent sides have: \
                          twelve times the longest lag, in both directions, are needed",
            };
        };

        let [left, right] = sides;
        let cuts = Rhythm::of_period(&right, period).cuts;
        let lags = limit / by;
        // The coarse envelopes hold the highest correlation between their lags, where the
        // exchanged ones have it, too.
        let between = |limit: f64| {
            let coarse = best_lag(&left, &right, lags)?.correlation;
            Some((limit + highest - coarse).min(1.0))
        };
        Self {
            limit: limit_by_rounds(&left, &right, &cuts, (lags, ALPHA)).and_then(between),
            sides: "sides that share the times of their cycles and nothing else",
            missing: "both sides follow a rhythm, which alone makes them alike, and with \
                      fewer than eleven active cycles it is not known how much",
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

/// The period of sides that both have a rhythm, in samples of their coarse envelopes: that
/// of the right one's cycles, where both sides have some, else that of its envelope.
fn period(pair: Pair<'_>, sides: &[Vec<f64>; 2], rate_hz: f64) -> Option<usize> {
    let durations = durations_s(pair);
    if durations.len() >= RHYTHMIC {
        let samples = median(&durations)? * rate_hz;
        return Some((samples.round() as usize).max(1));
    }
    let [left, right] = sides.each_ref().map(|side| rhythm_of(side, rate_hz));
    left.and(right).map(|right| right.period)
}

/// The durations of the cycles of the right side, where both sides have some.
fn durations_s(pair: Pair<'_>) -> Vec<f64> {
    let there = |side: &super::super::Digest| {
        side.cycles.as_ref().is_some_and(|course| course.used().next().is_some())
    };
    if ![pair.left, pair.right].into_iter().all(there) {
        return Vec::new();
    }
    let course = pair.right.cycles.as_ref();
    let strides = course.and_then(|course| course.strides.as_ref().ok());
    let strides = strides.map_or(&[][..], |strides| &strides.strides);
    strides.iter().filter(|one| !one.odd).map(Stride::duration_s).collect()
}

/// Means of so many samples, of as many as are looked at.
fn coarse(envelope: &[f64], by: usize) -> Vec<f64> {
    let mean = |piece: &[f64]| piece.iter().sum::<f64>() / by as f64;
    envelope.chunks_exact(by).take(LONGEST).map(mean).collect()
}
