//! A channel looked at once: what several analyses would otherwise look for again and
//! again.

use std::ops::Range;

use super::active::ActiveParts;
use super::coarse::CoarseSteps;
use super::heart::HeartBeats;
use super::knocks::Knock;
use super::picture::Picture;
use super::rails::{Rails, flat_runs};
use crate::dsp::gaps::stretches;
use crate::dsp::stats::SampleSummary;
use crate::signal::Trace;
use crate::units::Hertz;

/// Why nothing is said of a silent channel.
pub(super) const SILENT: &str = "no signal: the channel never changes beyond rounding";

/// Deviations below this have squares that no number holds exactly.
const LEAST_RANGE: f64 = 1e-150;

/// The share of clipped samples with which epochs and cycles are still used, where no
/// setting says otherwise.
pub(super) const MOST_CLIPPED: f64 = 0.005;

/// A signal that does not change for so long is none, in seconds.
const FLAT_S: f64 = 0.05;
/// One that does not change for so long was lost, in seconds: levels leave it out.
const LOST_S: f64 = 0.25;
/// A code that stays for so many seconds, and so many times as long as any other does, is
/// not like the rests of its recording.
const STUCK_S: f64 = 1.0;
const STUCK_OVER_NEXT: usize = 4;
/// How much is left out beside it, in seconds.
const RINGING_S: f64 = 0.1;

/// A single peak that clips stays at the limit for so long at most, in seconds: it costs a
/// short epoch 1 % of its level, and leaving the epoch out costs it all.
const CLIPPED_PEAK_S: f64 = 0.003;

/// How many clipped samples an epoch or cycle may hold and still be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClippingTolerance {
    share: f64,
    peak: usize,
}

impl ClippingTolerance {
    fn new(share: f64, rate: Hertz) -> Self {
        let peak = if share > 0.0 { rate.samples(CLIPPED_PEAK_S) } else { 0 };
        Self { share, peak }
    }

    /// Whether so many clipped samples are too many for a span.
    pub(super) fn is_exceeded_by(self, clipped: usize, span: &Range<usize>) -> bool {
        clipped > self.peak && clipped as f64 > self.share * span.len() as f64
    }
}

/// A trace with what its samples show at first sight. It lives only while a
/// [`super::Digest`] is made of it.
pub(super) struct Scan<'a> {
    /// The channel itself.
    pub(super) trace: &'a Trace,
    /// How much of `raw` is there, and between which values.
    pub(super) raw: SampleSummary,
    /// Whether the channel says nothing: no samples, or nothing beyond rounding once its
    /// mean is gone.
    pub(super) silent: bool,
    /// The steps of its converter, where they are too coarse to show rest.
    pub(super) coarse: Option<CoarseSteps>,
    /// Where samples count as clipped.
    pub(super) rails: Rails,
    /// The clipped samples with which an epoch or cycle is still used.
    pub(super) tolerance: ClippingTolerance,
    /// The stretches between the gaps of `raw`.
    pub(super) raw_stretches: Vec<Range<usize>>,
    /// The stretches between the gaps of `clean`.
    pub(super) clean_stretches: Vec<Range<usize>>,
    /// The stretches of `clean` without fragments, those that are shorter than
    /// `edge_samples`, and without what was lost: what never changes in `raw` for a quarter
    /// of a second.
    pub(super) clean_kept: Vec<Range<usize>>,
    /// The stretches of `clean` without fragments and without anything that never changes in
    /// `raw`, such as dropouts that were filled with zeros: it is neither rest nor activity,
    /// and filters ring beside it.
    pub(super) sounding: Vec<Range<usize>>,
    /// The stretches between the gaps of `envelope`.
    pub(super) envelope_stretches: Vec<Range<usize>>,
    /// The stretches of `envelope` without `edge_samples` at every end that is no end of
    /// the recording: there its filter had to guess what was missing. Levels are taken
    /// from what remains, so that short dropouts make them less certain and not wrong; what
    /// was lost is no part of it either.
    pub(super) envelope_kept: Vec<Range<usize>>,
    /// What figures show of it.
    pub(super) picture: Picture,
    /// The beats of a heart in it; `None` where there are none, or nobody listened.
    pub(super) heart: Option<HeartBeats>,
    /// What is short and towers above all activity; empty where nobody listened.
    pub(super) knocks: Vec<Knock>,
    /// Where it is active; `None` where nobody looked, or it cannot be told.
    pub(super) active: Option<ActiveParts>,
    /// Whether its recording is one of rest.
    pub(super) at_rest: bool,
}

impl<'a> Scan<'a> {
    /// Looks at a channel.
    pub(super) fn look(trace: &'a Trace) -> Self {
        let [raw_stretches, clean_stretches, envelope_stretches] =
            [&trace.raw, &trace.clean, &trace.envelope].map(|samples| stretches(samples));
        let (raw, picture) = Picture::take(trace, &raw_stretches, &envelope_stretches);
        let whole = |stretch: &&Range<usize>| {
            stretch.len() >= trace.edge_samples || stretch.len() == trace.clean.len()
        };
        let clean_kept: Vec<Range<usize>> =
            clean_stretches.iter().filter(whole).cloned().collect();
        let coarse = CoarseSteps::find(trace, &raw_stretches);
        let rails = Rails::find(&trace.raw, trace.rails, (raw.low, raw.high));
        let flat = unchanging(trace, (coarse, rails), FLAT_S);
        let lost: Vec<Range<usize>> = flat
            .iter()
            .filter(|run| run.len() >= trace.rate.samples(LOST_S))
            .cloned()
            .collect();
        let ringing = trace.rate.samples(RINGING_S);
        Self {
            trace,
            raw,
            silent: !varies(&raw),
            coarse,
            rails,
            tolerance: ClippingTolerance::new(MOST_CLIPPED, trace.rate),
            raw_stretches,
            sounding: without(&flat, ringing, &clean_kept),
            clean_kept: without(&lost, ringing, &clean_kept),
            clean_stretches,
            envelope_kept: without(
                &lost,
                trace.edge_samples.max(ringing),
                &without_margins(
                    &envelope_stretches,
                    trace.envelope.len(),
                    trace.edge_samples,
                ),
            ),
            envelope_stretches,
            picture,
            heart: None,
            knocks: Vec::new(),
            active: None,
            at_rest: false,
        }
    }

    /// The same, where epochs and cycles with another share of clipped samples are used.
    pub(super) fn tolerating(self, most_clipped: f64) -> Self {
        let tolerance = ClippingTolerance::new(most_clipped, self.trace.rate);
        Self { tolerance, ..self }
    }

    /// What never changes in `raw` for so many seconds, and is no rest that the steps of
    /// the converter hide.
    pub(super) fn flat(&self, seconds: f64) -> Vec<Range<usize>> {
        unchanging(self.trace, (self.coarse, self.rails), seconds)
    }

    /// What never changes in `raw` behind coarse steps for a second and more, and for much
    /// longer than anything else there: rest, or a signal that was lost, which the samples
    /// do not tell apart.
    pub(super) fn stuck(&self) -> Option<Range<usize>> {
        let coarse = self.coarse?;
        let shortest = self.trace.rate.samples(FLAT_S).max(10);
        let mut runs = flat_runs(&self.trace.raw, shortest);
        runs.retain(|run| coarse.hides(&self.trace.raw, run));
        runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
        let next = runs.get(1).map_or(shortest, Range::len);
        let least = self.trace.rate.samples(STUCK_S).max(STUCK_OVER_NEXT * next);
        runs.into_iter().next().filter(|run| run.len() >= least)
    }

    /// The least root mean square that rest can be told to have.
    pub(super) fn floor(&self) -> f64 {
        self.coarse.map_or(0.0, |coarse| coarse.floor)
    }

    /// The same with the beats of a heart and with knocks, where there are some.
    pub(super) fn listening(self) -> Self {
        let find =
            || HeartBeats::find(&self.trace.clean, &self.sounding, self.trace.rate);
        let heart = (!self.silent).then(find).flatten();
        let (clean, rate) = (&self.trace.clean, self.trace.rate);
        let knocks = Knock::find(clean, heart.as_ref(), rate);
        Self { heart, knocks, ..self }
    }

    /// How many of some samples are clipped; 0 where these are not there.
    pub(super) fn clipped_count(&self, span: &Range<usize>) -> usize {
        self.trace.raw.get(span.clone()).map_or(0, |raw| self.rails.count(raw))
    }
}

/// Whether samples change by more than rounding, and by so much that their squares are
/// numbers above 0.
fn varies(samples: &SampleSummary) -> bool {
    let (range, largest) =
        (samples.high - samples.low, samples.high.abs().max(samples.low.abs()));
    samples.count > 0 && range > 4.0 * f64::EPSILON * largest && range > LEAST_RANGE
}

/// The runs of `raw` that never change for so many seconds: all of them with fine steps,
/// and with coarse ones those that are no rest.
fn unchanging(
    trace: &Trace,
    (coarse, rails): (Option<CoarseSteps>, Rails),
    seconds: f64,
) -> Vec<Range<usize>> {
    let mut runs = flat_runs(&trace.raw, trace.rate.samples(seconds).max(10));
    if let Some(coarse) = coarse {
        let clipped = |run: &Range<usize>| rails.touched_by(&trace.raw[run.clone()]);
        runs.retain(|run| clipped(run) || !coarse.hides(&trace.raw, run));
    }
    runs
}

/// Some stretches without what is flat, and so many samples beside it in which filters
/// ring.
fn without(
    flat: &[Range<usize>],
    guard: usize,
    stretches: &[Range<usize>],
) -> Vec<Range<usize>> {
    let mut kept = Vec::new();
    for stretch in stretches {
        let mut from = stretch.start;
        for run in
            flat.iter().filter(|run| run.start < stretch.end && run.end > stretch.start)
        {
            kept.push(from..run.start.saturating_sub(guard).max(from));
            from = run.end.saturating_add(guard).min(stretch.end).max(from);
        }
        kept.push(from..stretch.end);
    }
    kept.retain(|stretch| !stretch.is_empty());
    kept
}

/// Takes `margin` samples off every end of a stretch that is no end of the `count`
/// samples.
fn without_margins(
    stretches: &[Range<usize>],
    count: usize,
    margin: usize,
) -> Vec<Range<usize>> {
    let inner = |stretch: &Range<usize>| {
        let start = if stretch.start > 0 { stretch.start + margin } else { 0 };
        let end =
            if stretch.end < count { stretch.end.saturating_sub(margin) } else { count };
        (start < end).then_some(start..end)
    };
    stretches.iter().filter_map(inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_gaps_is_left_out() {
        let kept = without_margins(&[0..10, 12..15, 16..17, 20..30], 30, 2);
        assert_eq!(kept, [0..8, 22..30]);
        assert_eq!(without_margins(&[0..3, 3..3], 3, 2), vec![0..3]);
        assert_eq!(without_margins(&[0..3, 3..3], 9, 0), vec![0..3]);
    }
}
