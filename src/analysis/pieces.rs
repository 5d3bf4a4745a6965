//! Sums over short pieces of time, of which levels are made and how precisely they are
//! known.

use std::ops::RangeInclusive;

use super::blocks::Blocks;
use super::scan::Scan;
use crate::dsp::gaps::stretches;
use crate::dsp::moving;
use crate::dsp::precision::{Basis, PieceSums, Precision};
use crate::dsp::rhythm::Rhythm;
use crate::words::spoken;

/// The length of a piece in seconds.
const PIECE_S: f64 = 0.02;
/// How many pieces make one of those that slow waves are made of.
const TOGETHER: usize = 5;
/// The most pieces of a recording, so that those of a day stay small.
const MOST: usize = 1 << 16;
/// The periods of rhythms that are looked for, in seconds: from fast steps to slow
/// contractions.
const PERIODS_S: (f64, f64) = (0.4, 30.0);
/// What magnitudes are smoothed by where there is no envelope, in seconds.
const SMOOTH_S: f64 = 0.16;

/// The sums of a channel, and its rhythm.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pieces {
    /// The squares of `clean`.
    pub(super) squares: Blocks,
    /// The envelope.
    pub(super) envelope: Blocks,
    /// The rhythm of the envelope, in pieces; `None` where it has none.
    pub(super) rhythm: Option<Rhythm>,
}

impl Pieces {
    /// The sums of a channel, those of the magnitudes of `clean` behind them.
    pub(super) fn measure(scan: &Scan<'_>) -> (Self, Blocks) {
        let trace = scan.trace;
        let (length, pieces_hz) = length(trace.rate.hz(), trace.clean.len());
        let [squares, magnitudes] =
            Blocks::sum(&trace.clean, &scan.clean_kept, length, |x| [x * x, x.abs()]);
        let [envelope] =
            Blocks::sum(&trace.envelope, &scan.envelope_kept, length, |x| [x]);
        let rhythm = Rhythm::find(&means(&envelope), periods(pieces_hz));
        (Self { squares, envelope, rhythm }, magnitudes)
    }

    /// What is known of the precision of levels over these sums.
    pub(super) fn sums<'a>(&'a self, blocks: &'a Blocks) -> PieceSums<'a> {
        sums(blocks, self.rhythm.as_ref())
    }
}

/// The sums of a function of samples over pieces, gaps left out, with the rhythm of their
/// magnitudes; `second` is the number of samples in a second.
pub(super) fn of_samples(
    samples: &[f64],
    second: usize,
    value: impl Fn(f64) -> f64 + Copy,
) -> (Blocks, Option<Rhythm>) {
    let (length, pieces_hz) = length(second as f64, samples.len());
    let [blocks, magnitudes] =
        Blocks::sum(samples, &stretches(samples), length, |x| [value(x), x.abs()]);
    let window = moving::window(SMOOTH_S, pieces_hz).max(1);
    let smooth = moving::mean(&means(&magnitudes), window);
    (blocks, Rhythm::find(&smooth, periods(pieces_hz)))
}

/// Sums as their precision is made of them.
pub(super) fn sums<'a>(blocks: &'a Blocks, rhythm: Option<&'a Rhythm>) -> PieceSums<'a> {
    sums_of([&blocks.sums, &blocks.counts], rhythm)
}

/// The same of sums above and below a line.
pub(super) fn sums_of<'a>(
    [above, below]: [&'a [f64]; 2],
    rhythm: Option<&'a Rhythm>,
) -> PieceSums<'a> {
    PieceSums { above, below, together: TOGETHER, rhythm }
}

/// The rhythm of values of which so many make a second.
pub(super) fn rhythm_of(values: &[f64], per_second: f64) -> Option<Rhythm> {
    Rhythm::find(values, periods(per_second))
}

/// How many samples make a piece, and how many pieces a second.
pub(super) fn length(rate_hz: f64, samples: usize) -> (usize, f64) {
    let shortest = (PIECE_S * rate_hz).round() as usize;
    let length = shortest.max(samples.div_ceil(MOST)).max(1);
    (length, rate_hz / length as f64)
}

fn periods(pieces_hz: f64) -> RangeInclusive<usize> {
    let pieces = |seconds: f64| (seconds * pieces_hz).round() as usize;
    pieces(PERIODS_S.0)..=pieces(PERIODS_S.1)
}

fn means(blocks: &Blocks) -> Vec<f64> {
    blocks.sums.iter().zip(&blocks.counts).map(|(sum, count)| sum / count).collect()
}

/// What a 95 % interval rests on, in words.
pub(super) fn words(precision: Precision) -> String {
    let effective = precision.effective();
    let why = match precision.basis() {
        Basis::Waves(_) => "the level wanders",
        _ => "those that follow each other are alike",
    };
    let worth = if effective < precision.basis().count() as f64 {
        format!(", which count for {} because {why}", spoken(effective))
    } else {
        String::new()
    };
    let rests_on = match precision.basis() {
        Basis::Rounds(count) => format!("95 % interval from {count} whole cycles{worth}"),
        Basis::Couples(count) => {
            format!(
                "95 % interval from {count} whole cycles of both sides in pairs{worth}"
            )
        }
        Basis::Waves(count) => {
            format!(
                "95 % interval from the {count} slowest waves of the recording{worth}"
            )
        }
    };
    match precision.drift() {
        None => rests_on,
        Some(drift) => format!(
            "{rests_on}, because it drifts by about {} % from one part of the recording \
             to another, more than its faster changes explain: how far it would drift \
             in a longer one cannot be known",
            (100.0 * drift).round()
        ),
    }
}
