//! How loud a channel is in a recording of rest, and what of it is no rest.

use std::ops::Range;

use super::super::active::{Piece, level_of, pieces};
use super::super::scan::Scan;
use super::spectra;
use crate::dsp::spectrum::PowerSpectrum;
use crate::dsp::stats::median;
use crate::dsp::sums::sum_of;
use crate::signal::Trace;

/// Pieces of 0.1 s that exceed the median one so many times are no rest (6 dB).
const LOUD: f64 = 2.0;
/// A single piece so loud (8 dB), or half a second so much louder than rest (4 dB), is
/// activity: the root mean squares of 100 ms of noise scatter by 8 to 18 %.
const TWITCH: f64 = 2.5;
const SWELL: f64 = 1.6;
const SWELL_PIECES: usize = 5;
/// A second that is louder than rest holds activity, which is slow, too: what is slow is
/// motion only where it exceeds so many times what is fast in the same second (EMG has
/// half of it).
const MOTION_BESIDE_ACTIVITY: f64 = 2.0;
/// What is slow is told by means of so many seconds, in which 50 Hz vanish.
const SLOW_S: f64 = 0.02;

/// What a recording of rest shows of a channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestingLevel {
    /// The root mean square of `clean` without what exceeds twice the median of 100 ms,
    /// in the unit of the channel.
    pub rms: f64,
    /// How long it exceeds that, in seconds.
    pub loud_s: f64,
    /// The highest root mean square of 100 ms, in the unit of the channel.
    pub loudest: f64,
    /// Whether any of it is activity rather than noise.
    pub is_restless: bool,
    /// The root mean square of what is slow in the recorded signal about a straight line,
    /// in the worst second in which no activity explains it, in the unit of the channel; 0
    /// without any.
    pub slow: f64,
    /// How far the upper fifth of the band lies below the mean density, in dB; `None`
    /// without a spectrum.
    pub shape_db: Option<f64>,
}

impl RestingLevel {
    /// The rest of a channel; `None` for less than 0.2 s, or without any signal.
    pub(super) fn measure(scan: &Scan<'_>, raw: Option<&PowerSpectrum>) -> Option<Self> {
        let trace = scan.trace;
        let pieces = pieces(scan.trace, scan.floor(), &scan.clean_stretches);
        let levels: Vec<f64> = pieces.iter().map(|piece| piece.level).collect();
        let middle =
            median(&levels).filter(|&middle| middle > 0.0 && levels.len() > 1)?;
        let is_loud = |piece: &&Piece| piece.level > LOUD * middle;
        let rms = level_of(pieces.iter().filter(|piece| !is_loud(piece)));
        let loudest = levels.iter().copied().fold(0.0, f64::max);
        let swells = pieces
            .windows(SWELL_PIECES)
            .any(|half_second| level_of(half_second.iter()) > SWELL * rms);
        let loud: usize =
            pieces.iter().filter(is_loud).map(|piece| piece.span.len()).sum();
        Some(Self {
            rms,
            loud_s: trace.rate.seconds(loud),
            loudest,
            is_restless: swells || loudest > TWITCH * rms,
            slow: slow(trace, &scan.raw_stretches, rms),
            shape_db: raw.and_then(|raw| spectra::shape(raw, trace.rate.hz())),
        })
    }
}

/// How far what is slow strays from a straight line in the worst second, those left out in
/// which that is activity.
fn slow(trace: &Trace, stretches: &[Range<usize>], rest: f64) -> f64 {
    let length = trace.rate.samples(SLOW_S).max(1);
    let second = length * (1.0 / SLOW_S).round() as usize;
    let mut worst = 0.0_f64;
    for stretch in stretches {
        let seconds = trace.raw[stretch.clone()].chunks_exact(second);
        for (raw, clean) in seconds.zip(trace.clean[stretch.clone()].chunks(second)) {
            let blocks = raw.chunks_exact(length);
            let means: Vec<f64> =
                blocks.map(|block| sum_of(block, |x| x) / length as f64).collect();
            let spread = spread_about_line(&means);
            let fast = (sum_of(clean, |x| x * x) / clean.len() as f64).sqrt();
            if !(fast > LOUD * rest && spread < MOTION_BESIDE_ACTIVITY * fast) {
                worst = worst.max(spread);
            }
        }
    }
    worst
}

/// The root mean square of values about their least squares line.
fn spread_about_line(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let (middle, mean) = ((n - 1.0) / 2.0, values.iter().sum::<f64>() / n);
    let (mut both, mut own) = (0.0, 0.0);
    for (k, value) in values.iter().enumerate() {
        let (x, y) = (k as f64 - middle, value - mean);
        both += x * y;
        own += y * y;
    }
    let times = n * (n * n - 1.0) / 12.0;
    ((own - both * both / times).max(0.0) / n).sqrt()
}
