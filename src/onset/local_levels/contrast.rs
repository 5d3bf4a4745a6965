//! Whether activity and rest are two things, or the ups and downs of one.

use std::ops::Range;

use super::steps::{Steps, averaged};
use crate::dsp::stats::normal_quantile;

/// From this ratio of the powers on they are two, in dB: no steady contraction varies so
/// much.
const CLEAR_DB: f64 = 9.0;
/// Below this one they are one.
const LEAST_DB: f64 = 3.0;
/// In between the levels of 0.2 s must lie so many standard deviations apart (Ashman's D;
/// Ashman, Bird & Zepf 1994): a level that rises evenly, cut in two, has 3.46,
const APART: f64 = 3.5;
/// and so many times as many as one that varies normally: the highest of many always lie
/// far above the others, in two halves 2.65, a hundredth of them 3.7.
const ABOVE_NORMAL: f64 = 1.3;
/// The pieces whose levels are compared, in seconds.
const PIECE_S: f64 = 0.2;

/// Whether what lies in the bursts is something else than what lies between them.
pub(super) fn is_clear(steps: &Steps, bursts: &[Range<usize>]) -> bool {
    let count = steps.powers.len();
    let rests = complement(bursts, count);
    let power = |spans: &[Range<usize>]| {
        let sum: f64 = spans.iter().flat_map(|span| &steps.powers[span.clone()]).sum();
        sum / spans.iter().map(Range::len).sum::<usize>() as f64
    };
    if rests.is_empty() || bursts.is_empty() {
        return false;
    }
    let ratio_db = 10.0 * libm::log10(power(bursts) / power(&rests));
    ratio_db >= CLEAR_DB
        || ratio_db >= LEAST_DB && {
            let width = steps.lasting(PIECE_S);
            let pieces = averaged(&steps.powers, width);
            let [active, quiet] =
                [bursts, &rests].map(|spans| levels(&pieces, spans, width));
            let share = active.len() as f64 / (active.len() + quiet.len()) as f64;
            apart(&active, &quiet) >= APART.max(ABOVE_NORMAL * apart_by_chance(share))
        }
}

/// What lies between spans.
fn complement(spans: &[Range<usize>], count: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(spans.iter().map(|span| span.end));
    let ends = spans.iter().map(|span| span.start).chain([count]);
    starts.zip(ends).map(|(from, to)| from..to).filter(|span| !span.is_empty()).collect()
}

/// The levels in dB of the pieces that lie within spans; of a short span that in its
/// middle.
fn levels(pieces: &[f64], spans: &[Range<usize>], width: usize) -> Vec<f64> {
    let inner = |span: &Range<usize>| {
        let margin = width / 2;
        if span.len() > width {
            span.start + margin..span.end - margin
        } else {
            let middle = usize::midpoint(span.start, span.end);
            middle..middle + 1
        }
    };
    let powers = spans.iter().flat_map(|span| &pieces[inner(span)]);
    powers.map(|power| 10.0 * libm::log10(power.max(f64::MIN_POSITIVE))).collect()
}

/// The distance of two means in units of the common standard deviation.
fn apart(one: &[f64], other: &[f64]) -> f64 {
    let moments = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (mean, squares / values.len() as f64)
    };
    let ((high, scatter), (low, other_scatter)) = (moments(one), moments(other));
    (high - low) / (0.5 * (scatter + other_scatter)).max(1e-9).sqrt()
}

/// The distance of the highest values, so large a share of all, from the others where all
/// vary normally.
fn apart_by_chance(share: f64) -> f64 {
    let cut = normal_quantile(1.0 - share);
    let density = libm::exp(-0.5 * cut * cut) / std::f64::consts::TAU.sqrt();
    // Means and variances of both parts of a normal distribution that is cut in two.
    let (above, below) = (density / share, -density / (1.0 - share));
    let variance = |mean: f64| 1.0 + cut * mean - mean * mean;
    (above - below) / (0.5 * (variance(above) + variance(below))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_many_lie_far_above_the_others() {
        // By 10⁷ normal numbers (numpy).
        for (share, expected) in [(0.5, 2.646), (0.1, 2.937), (0.01, 3.744)] {
            let found = apart_by_chance(share);
            assert!((found - expected).abs() < 0.03, "{share}: {found}");
        }
    }
}
