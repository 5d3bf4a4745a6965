//! Where a channel is active, and how loud it is where it is not: what tells a
//! signal-to-noise ratio, and which epochs hold anything.
//!
//! A recording that mostly rests has no percentile that is activity, and one that never
//! rests none that is rest. Where the session has a recording of rest, what exceeds twice
//! its level is active; else the bursts say it, as far as they leave any rest.

use std::ops::Range;

use crate::dsp::stats::{median, quantile};
use crate::dsp::sums::sum_of;
use crate::signal::Trace;
use crate::units::Hertz;

/// The pieces whose levels are compared, in seconds.
const PIECE_S: f64 = 0.1;
/// Pieces that exceed rest so many times (6 dB) are active: the root mean squares of 100
/// ms of noise scatter by 8 to 18 %.
const ACTIVE: f64 = 2.0;
/// Beside active pieces those are active, too, that exceed rest so many times (3 dB).
const BESIDE: f64 = std::f64::consts::SQRT_2;
/// Where no piece stands out, a channel that exceeds rest so many times as a whole is
/// weakly active throughout.
const THROUGHOUT: f64 = 1.5;
/// How far from a burst rest begins, in seconds: bursts fade, and filters ring.
const GUARD_S: f64 = 0.1;
/// The least rest between bursts that tells how loud it is, in seconds.
const LEAST_REST_S: f64 = 1.0;
/// Bursts are told from what lies between them by so many times its level (8 dB, the
/// default of `snr_poor_db`): the ups and downs of a hold are no bursts.
const STANDING_OUT: f64 = 2.5;
/// Pauses up to so long do not part two contractions, in seconds.
const PAUSE_S: f64 = 0.3;

/// Where a channel is active, and its level at rest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ActiveParts {
    /// What is active, in samples, in order and apart from each other; nothing where the
    /// channel rests throughout.
    pub(super) spans: Vec<Range<usize>>,
    /// How many samples are there, active or not.
    pub(super) samples: usize,
    /// The root mean square of the active parts; 0 without any.
    pub(super) level: f64,
    /// The 95th percentile of the root mean squares of their pieces; 0 without any.
    pub(super) strong: f64,
    /// The root mean square at rest.
    pub(super) rest: f64,
    /// Whether a recording of rest told that.
    pub(super) is_known: bool,
}

/// A piece of `clean` of 0.1 s.
pub(super) struct Piece {
    /// Its samples.
    pub(super) span: Range<usize>,
    /// Its root mean square, no lower than can be told of rest.
    pub(super) level: f64,
}

impl ActiveParts {
    /// What exceeds a known rest.
    pub(super) fn above(rest: f64, pieces: &[Piece]) -> Self {
        let mut active: Vec<bool> =
            pieces.iter().map(|piece| piece.level > ACTIVE * rest).collect();
        let as_loud = |k: usize| pieces[k].level > BESIDE * rest;
        for k in 1..pieces.len() {
            active[k] |= active[k - 1] && as_loud(k);
        }
        for k in (1..pieces.len()).rev() {
            active[k - 1] |= active[k] && as_loud(k - 1);
        }
        let none = !active.contains(&true);
        if none && level_of(pieces.iter()) > THROUGHOUT * rest {
            active.fill(true);
        }
        let is_active = |k: usize| active[k];
        Self { rest, is_known: true, ..Self::gather(pieces, is_active) }
    }

    /// What lies in bursts; `None` where they leave no rest, or do not stand out of it.
    pub(super) fn of_bursts(
        pieces: &[Piece],
        bursts: &[Range<usize>],
        rate: Hertz,
    ) -> Option<Self> {
        let guard = rate.samples(GUARD_S);
        let near = |piece: &Piece| {
            let from = piece.span.start.saturating_sub(guard);
            overlap(&(from..piece.span.end + guard), bursts) > 0
        };
        let quiet: Vec<f64> =
            pieces.iter().filter(|piece| !near(piece)).map(|piece| piece.level).collect();
        if (quiet.len() as f64) * PIECE_S < LEAST_REST_S - 1e-9 {
            return None;
        }
        // Rest is as loud as it mostly is. Where it never lasts for a second, as in gait, or
        // weak activity was missed, it is as loud as the quiet parts are: beside bursts, too,
        // where the only pauses are those between a weak and a strong one.
        let (middle, low) = (median(&quiet)?, quantile(&quiet, 0.05)?);
        let second = (1.0 / PIECE_S) as usize;
        let lasts = pieces.split(near).any(|run| run.len() >= second);
        let levels: Vec<f64> = pieces.iter().map(|piece| piece.level).collect();
        let quietest = low.min(quantile(&levels, 0.05)?);
        let rest = if lasts && middle <= 2.0 * low { middle } else { quietest };

        let inside =
            |k: usize| 2 * overlap(&pieces[k].span, bursts) >= pieces[k].span.len();
        let found = Self { rest, ..Self::gather(pieces, inside) };
        (rest > 0.0 && found.level >= STANDING_OUT * rest).then_some(found)
    }

    /// The pieces that are active, as parts.
    fn gather(pieces: &[Piece], is_active: impl Fn(usize) -> bool) -> Self {
        let active = || (0..pieces.len()).filter(|&k| is_active(k)).map(|k| &pieces[k]);
        let mut spans: Vec<Range<usize>> = Vec::new();
        for piece in active() {
            match spans.last_mut() {
                Some(last) if last.end == piece.span.start => last.end = piece.span.end,
                _ => spans.push(piece.span.clone()),
            }
        }
        let levels: Vec<f64> = active().map(|piece| piece.level).collect();
        Self {
            spans,
            samples: pieces.iter().map(|piece| piece.span.len()).sum(),
            level: level_of(active()),
            strong: quantile(&levels, 0.95).unwrap_or(0.0),
            rest: 0.0,
            is_known: false,
        }
    }

    /// The share of a span that is active, 0 … 1.
    pub(super) fn share_of(&self, span: &Range<usize>) -> f64 {
        overlap(span, &self.spans) as f64 / span.len().max(1) as f64
    }

    /// How many samples are active.
    pub(super) fn count(&self) -> usize {
        self.spans.iter().map(Range::len).sum()
    }

    /// How many contractions they are: what short pauses part is one.
    pub(super) fn contractions(&self, samples_per_second: f64) -> usize {
        let pause = (PAUSE_S * samples_per_second) as usize;
        let parted = |pair: &&[Range<usize>]| pair[1].start > pair[0].end + pause;
        let parts = self.spans.windows(2).filter(parted).count();
        parts + usize::from(!self.spans.is_empty())
    }
}

/// The whole pieces of the stretches of a trace, none quieter than `floor`.
pub(super) fn pieces(
    trace: &Trace,
    floor: f64,
    stretches: &[Range<usize>],
) -> Vec<Piece> {
    let length = trace.rate.samples(PIECE_S).max(1);
    let piece = |start: usize| {
        let span = start..start + length;
        let squares = sum_of(&trace.clean[span.clone()], |sample| sample * sample);
        Piece { span, level: (squares / length as f64).sqrt().max(floor) }
    };
    let mut pieces = Vec::new();
    for stretch in stretches {
        let starts = (stretch.start..stretch.end).step_by(length);
        pieces
            .extend(starts.take_while(|start| start + length <= stretch.end).map(piece));
    }
    pieces
}

/// The root mean square of pieces; 0 of none.
pub(super) fn level_of<'a>(pieces: impl Iterator<Item = &'a Piece> + Clone) -> f64 {
    let count = pieces.clone().count().max(1) as f64;
    (pieces.map(|piece| piece.level * piece.level).sum::<f64>() / count).sqrt()
}

/// How many samples of a span lie in some spans that are in order and apart.
fn overlap(span: &Range<usize>, others: &[Range<usize>]) -> usize {
    let first = others.partition_point(|other| other.end <= span.start);
    let inside = others[first..].iter().take_while(|other| other.start < span.end);
    inside.map(|other| other.end.min(span.end) - other.start.max(span.start)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_levels(levels: &[f64]) -> Vec<Piece> {
        let piece =
            |(k, &level): (usize, &f64)| Piece { span: 10 * k..10 * k + 10, level };
        levels.iter().enumerate().map(piece).collect()
    }

    #[test]
    fn what_exceeds_a_known_rest_is_active() {
        let found =
            ActiveParts::above(1.0, &of_levels(&[1.0, 1.5, 3.0, 1.9, 1.0, 1.9, 1.0]));
        assert!(found.spans.iter().eq([&(10..40)]) && found.is_known);
        let weak = ActiveParts::above(1.0, &of_levels(&[1.6; 5]));
        assert!(weak.spans.iter().eq([&(0..50)]), "weakly active throughout");
        let none = ActiveParts::above(1.0, &of_levels(&[1.1; 5]));
        assert!(none.spans.is_empty() && none.level == 0.0 && none.strong == 0.0);
    }

    #[test]
    fn shares_and_contractions() {
        let found = ActiveParts::above(
            1.0,
            &of_levels(&[1.0, 5.0, 5.0, 1.0, 5.0, 1.0, 1.0, 1.0, 5.0]),
        );
        assert_eq!(found.spans, [10..30, 40..50, 80..90]);
        assert_eq!((found.share_of(&(0..40)), found.count()), (0.5, 40));
        assert_eq!(found.contractions(50.0), 2, "a pause of 15 samples parts none");
        assert_eq!(overlap(&(0..100), &[]), 0);
    }
}
