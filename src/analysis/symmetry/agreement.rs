//! How well the envelopes of both sides agree, and how far apart in time.

use super::super::thinned::Thinned;
use super::facts::{ENVELOPE_CORRELATION, ENVELOPE_LAG};
use super::{Comparison, FEWEST_BLOCKS, Pair, obstacle};
use crate::dsp::bootstrap::{drawn, percentile_interval};
use crate::dsp::correlation::{BestLag, Products, best_lag, overlap};
use crate::outcome::Measure;
use crate::outcome::fact::Fact;
use crate::words::spoken;

impl Comparison<'_> {
    /// The highest correlation of the envelopes, and the lag at which they have it.
    pub(super) fn agreement(&mut self, pair: Pair<'_>) -> [Measure; 2] {
        let rows = |reason: &str| {
            [&ENVELOPE_CORRELATION, &ENVELOPE_LAG]
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
            Some(best) => self.agreement_rows(pair, [one, other], limit, best),
            None => rows(
                "an envelope does not vary or has no samples that the other side has too",
            ),
        }
    }

    fn agreement_rows(
        &mut self,
        pair: Pair<'_>,
        sides: [&Thinned; 2],
        limit: usize,
        best: BestLag,
    ) -> [Measure; 2] {
        let rate_hz = sides[0].rate_hz;
        let range = spoken(limit as f64 / rate_hz);
        let (left, right) = overlap(&sides[0].envelope, &sides[1].envelope, best.lag);
        let blocks = self.blocks(left, right, rate_hz);
        let pairs: usize = blocks.iter().map(Products::pairs).sum();
        let n = (pairs as f64 / rate_hz / self.settings.block_s).ceil() as usize;
        let row = |fact: &Fact, value: f64| pair.row(fact, value).from_n(n);
        let at_zero = best.at_zero.map_or(String::new(), |zero| {
            format!("; {} without moving them", spoken(zero))
        });
        let mut correlation = row(&ENVELOPE_CORRELATION, best.correlation)
            .noted(format!("the highest correlation within ± {range} s{at_zero}"));
        if let Some((low, high)) = self.correlation_interval(&blocks) {
            correlation = correlation.within(low, high);
        }
        let lag = if best.at_limit {
            let reason = format!("the correlation has no peak within ± {range} s");
            pair.missing(&ENVELOPE_LAG, reason)
        } else {
            row(&ENVELOPE_LAG, best.refined / rate_hz)
                .noted("positive when the right is later")
        };
        [correlation, lag]
    }

    /// The blocks that hold pairs of samples.
    fn blocks(&self, left: &[f64], right: &[f64], rate_hz: f64) -> Vec<Products> {
        let length = ((self.settings.block_s * rate_hz).round() as usize).max(1);
        let blocks = left
            .chunks(length)
            .zip(right.chunks(length))
            .map(|(left, right)| Products::sum(left, right));
        blocks.filter(|products| products.pairs() > 0).collect()
    }

    fn correlation_interval(&mut self, blocks: &[Products]) -> Option<(f64, f64)> {
        if blocks.len() < FEWEST_BLOCKS {
            return None;
        }
        let sums: Vec<[f64; 6]> = blocks.iter().map(Products::sums).collect();
        let statistic = |times: &[f64]| {
            Products::from(drawn(&sums, times)).correlation().unwrap_or(f64::NAN)
        };
        percentile_interval(&self.draws(&[blocks.len()]).replicates(statistic))
    }
}
