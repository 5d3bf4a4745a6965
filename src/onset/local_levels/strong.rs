//! How strong a muscle is when it is active, which differs from exercise to exercise.

use std::ops::Range;

use super::course::Course;
use super::rest::BLOCK_S;
use super::steps::Steps;
use crate::dsp::stats::quantile;
use crate::onset::tidy::runs;

/// Of so many blocks of 5 s together the strong level is taken: tens of seconds.
const TOGETHER: usize = 4;
/// At least so many bursts, or so many seconds of activity, tell it.
const BURSTS: usize = 3;
const ACTIVITY_S: f64 = 5.0;
/// And at least so many seconds of activity.
const LEAST_S: f64 = 0.2;
/// The strong level is what so large a share of the active time lies below.
const SHARE: f64 = 0.95;
/// How far a peak reaches, in pieces and seconds.
const REACH: usize = 3;
const PIECE_S: f64 = 0.5;
/// What a single peak nearby counts for: a smoothed amplitude peaks above its level.
const PEAK: f64 = 0.75;

/// The strong level in the course of a stretch.
#[derive(Debug, Clone)]
pub(super) struct Strong {
    course: Course,
    /// The highest amplitude within 1.5 s of every piece, weighed.
    peaks: Vec<f64>,
    piece: usize,
}

impl Strong {
    /// Of activity beside what towers above it for a moment; of that, where nothing else
    /// is active.
    pub(super) fn beside(
        towers: Vec<Range<usize>>,
        steps: &Steps,
        amplitudes: &[f64],
        active: &[bool],
    ) -> Option<Self> {
        let whole = || Self::find(steps, amplitudes, active);
        if towers.is_empty() {
            return whole();
        }
        let (mut amplitudes, mut active) = (amplitudes.to_vec(), active.to_vec());
        for tower in towers {
            amplitudes[tower.clone()].fill(0.0);
            active[tower].fill(false);
        }
        Self::find(steps, &amplitudes, &active).or_else(whole)
    }

    /// Of amplitudes that are active or not: the quietest of those windows of 20 s around
    /// a block of 5 s that hold three bursts, so that weak exercise beside strong keeps
    /// its own level; all of the stretch where none does. `None` without activity.
    pub(super) fn find(
        steps: &Steps,
        amplitudes: &[f64],
        active: &[bool],
    ) -> Option<Self> {
        let everywhere = Activity { amplitudes, active, bursts: runs(active) };
        let all = quantile(&everywhere.levels(0..active.len()), SHARE)?;
        let block = steps.lasting(BLOCK_S);
        let count = active.len().div_ceil(block);

        let of_block = |index: usize| {
            let windows = (0..TOGETHER).map(|before| {
                let first = index.saturating_sub(before);
                let last = (index + TOGETHER - before).min(count);
                first * block..(last * block).min(active.len())
            });
            let told = windows.filter_map(|window| everywhere.told(steps, window));
            Some(told.reduce(f64::min).unwrap_or(all))
        };
        let course =
            Course::through(&(0..count).map(of_block).collect::<Vec<_>>(), block)?;
        let piece = steps.lasting(PIECE_S);
        Some(Self { course, peaks: peaks(amplitudes, piece), piece })
    }

    /// The level at a step: that of the tens of seconds around it, but not far below a
    /// peak nearby.
    pub(super) fn at(&self, step: usize) -> f64 {
        let peak = self.peaks.get(step / self.piece).copied().unwrap_or(0.0);
        self.course.at(step).max(peak)
    }

    /// The level of the tens of seconds around a step, whatever peaks nearby.
    pub(super) fn usual_at(&self, step: usize) -> f64 {
        self.course.at(step)
    }
}

/// The highest amplitudes near every piece, weighed.
fn peaks(amplitudes: &[f64], piece: usize) -> Vec<f64> {
    let highest = |piece: &[f64]| piece.iter().copied().fold(0.0, f64::max);
    let own: Vec<f64> = amplitudes.chunks(piece).map(highest).collect();
    let near = |at: usize| {
        let reach = at.saturating_sub(REACH)..(at + REACH + 1).min(own.len());
        PEAK * highest(&own[reach])
    };
    (0..own.len()).map(near).collect()
}

struct Activity<'a> {
    amplitudes: &'a [f64],
    active: &'a [bool],
    bursts: Vec<Range<usize>>,
}

impl Activity<'_> {
    /// The strong level of a window, where it holds enough activity to tell.
    fn told(&self, steps: &Steps, window: Range<usize>) -> Option<f64> {
        let first = self.bursts.partition_point(|burst| burst.end <= window.start);
        let last = self.bursts.partition_point(|burst| burst.start < window.end);
        let levels = self.levels(window);
        let often = last - first >= BURSTS && levels.len() >= steps.lasting(LEAST_S);
        (often || levels.len() >= steps.lasting(ACTIVITY_S))
            .then(|| quantile(&levels, SHARE))
            .flatten()
    }

    /// The amplitudes of the active steps of a window.
    fn levels(&self, window: Range<usize>) -> Vec<f64> {
        let steps = self.amplitudes[window.clone()].iter().zip(&self.active[window]);
        steps.filter(|(_, active)| **active).map(|(level, _)| *level).collect()
    }
}
