//! Short pulses that stand alone, whatever their shape.

use std::ops::Range;

use crate::dsp::stats::median;
use crate::units::Hertz;

/// Pulses are looked for in pieces of this length, in seconds.
const PIECE_S: f64 = 0.02;
/// A pulse is the highest of so many pieces to either side.
const APART: usize = 3;
/// The pieces on either side that tell the level beside a pulse, beyond those.
const BESIDE: usize = 18;
/// How far a pulse stands out of the higher one of the levels beside it; maxima of pieces
/// of noise scatter by less.
const STANDS_OUT: f64 = 2.0;

/// The highest samples of the pulses of a stretch that stand alone.
pub(super) fn lone(clean: &[f64], stretch: &Range<usize>, rate: Hertz) -> Vec<usize> {
    let size = rate.samples(PIECE_S).max(1);
    let samples = &clean[stretch.clone()];
    let highest = |piece: &[f64]| piece.iter().fold(0.0, |top: f64, x| top.max(x.abs()));
    let pieces: Vec<f64> = samples.chunks(size).map(highest).collect();
    let top = |piece: usize| {
        let from = stretch.start + piece * size;
        let part = &clean[from..(from + size).min(stretch.end)];
        let top = part.iter().position(|x| x.abs() == pieces[piece]);
        from + top.unwrap_or(0)
    };
    (0..pieces.len()).filter(|&k| stands_alone(&pieces, k)).map(top).collect()
}

/// Whether a piece is higher than those near it.
fn is_highest(pieces: &[f64], k: usize) -> bool {
    let near = &pieces[k.saturating_sub(APART)..(k + APART + 1).min(pieces.len())];
    pieces[k] > 0.0 && near.iter().all(|other| *other <= pieces[k])
}

/// Whether a piece is higher than those near it, and stands out of what lies on both
/// sides.
fn stands_alone(pieces: &[f64], k: usize) -> bool {
    let height = pieces[k];
    if !is_highest(pieces, k) {
        return false;
    }
    let before = &pieces[k.saturating_sub(APART + BESIDE)..k.saturating_sub(APART)];
    let behind = pieces.get(k + APART + 1..).unwrap_or_default();
    let behind = &behind[..behind.len().min(BESIDE)];
    // A burst on one side may fill half of the pieces; rest must be next to the beat.
    let level = |side: &[f64]| median(side).filter(|_| 3 * side.len() >= BESIDE);
    let next = [before.last(), behind.first()].into_iter().flatten();
    let levels = [level(before), level(behind)].into_iter().flatten();
    let lowest = levels.fold(f64::INFINITY, f64::min);
    lowest.is_finite()
        && height > STANDS_OUT * lowest
        && next.fold(0.0, |top: f64, x| top.max(*x)) * STANDS_OUT / 1.5 < height
}
