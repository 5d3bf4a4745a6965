//! Where the epochs of a channel lie: windows of a hold, whole contractions, or parts
//! between events.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::blocks::Blocks;
use super::super::bursts::repetitions::{
    Repetition, SlowLevels, find, periods, slow_envelope, sorted_out,
};
use super::super::scan::Scan;
use super::{EpochState, Fatigue};
use crate::dsp::fourier::is_fast_length;
use crate::dsp::stats::{mean, median, standard_deviation};
use crate::settings::NOT_BLANK;
use crate::signal::Event;
use crate::units::Hertz;

/// How a recording is cut into epochs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Epochs {
    /// One epoch a contraction where a channel shows separate contractions, windows where
    /// it does not.
    #[default]
    Auto,
    /// Windows of `epoch_s`, for holds.
    Windows,
    /// One epoch a contraction, whatever the channel looks like.
    Contractions,
    /// One epoch from each event to the next: a phase of a cycle, or a contraction that
    /// was marked.
    Events(Events),
}

/// The events between which epochs lie. Events of the other side than the channel's do
/// not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// The label of the events at which epochs begin; capitals do not matter.
    #[schemars(regex(pattern = NOT_BLANK))]
    pub start: String,
    /// The label of those at which they end; without it an epoch ends where the next one
    /// begins.
    #[schemars(regex(pattern = NOT_BLANK))]
    #[serde(default)]
    pub end: Option<String>,
    /// The part of the time between both that is used, as shares of it: `[0.2, 0.6]` is
    /// 20 to 60 % of a cycle.
    #[schemars(inner(range(min = 0.0, max = 1.0)))]
    #[serde(default = "whole")]
    pub part: [f64; 2],
}

impl Events {
    /// All the time between both.
    pub(super) const WHOLE: [f64; 2] = [0.0, 1.0];
}

fn whole() -> [f64; 2] {
    Events::WHOLE
}

/// What the epochs of a channel are.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Windows of equal length.
    Windows,
    /// Whole contractions.
    Contractions {
        /// The median of their durations in seconds.
        typical_s: f64,
        /// The median of the times from one to the next in seconds; 0 of a single one.
        period_s: f64,
        /// Whether they look like contractions, with rest between them; where they were
        /// asked for they need not.
        separate: bool,
    },
    /// Parts between events.
    Events {
        /// Why there is none, in words.
        why_none: Option<String>,
    },
}

/// The epochs of a channel before they are looked at.
pub(super) struct EpochLayout {
    pub(super) task: Task,
    pub(super) places: Vec<EpochPlace>,
    /// The samples of a spectrum. Epochs that are longer get the mean of several, half
    /// overlapped.
    pub(super) segment: usize,
    /// The slow envelope; `None` where the sampling rate is too low for it, or no stretch
    /// is long enough.
    pub(super) slow: Option<SlowEnvelope>,
}

/// A slow envelope of the magnitudes of a channel, a value a piece of 0.01 s; `NaN` in
/// gaps.
pub(super) struct SlowEnvelope {
    pub(super) envelope: Vec<f64>,
    /// The samples of a piece.
    pub(super) piece: usize,
}

/// Where an epoch lies, and why it is left out where that is known before it is looked
/// at.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::analysis) struct EpochPlace {
    pub(super) span: Range<usize>,
    pub(super) left_out: Option<EpochState>,
}

/// The pieces of which contractions are made, in seconds.
const PIECE_S: f64 = 0.01;
/// How close to the beginning of what was recorded a contraction may seem to begin that
/// began before: the slow envelope does not see more.
const EDGE_PIECES: usize = 15;
/// The fewest contractions that are taken for such without being asked for.
const FEWEST: usize = 5;
/// The shortest ones, in seconds, in the median: shorter ones have no spectrum to speak
/// of.
const SHORTEST_S: f64 = 0.25;
/// The largest share of the top that the base may have: between contractions the muscle
/// rests, by 12 dB at least. The force of a hold that rises or falls goes up and down as
/// well, and never comes so low.
const LARGEST_BASE: f64 = 0.25;
/// How much longer than the median the longest may be: a hold among short contractions is
/// a hold.
const LONGEST: f64 = 4.0;
/// The shortest epochs, as the shortest windows that can be asked for, in seconds.
const SHORTEST_EPOCH_S: f64 = 0.1;
/// Spectra of contractions are not made shorter than this share of the median for the
/// sake of a short one.
const SHORTEST_SHARE: f64 = 0.5;

impl EpochLayout {
    pub(super) fn choose(scan: &Scan<'_>, events: &[Event], settings: &Fatigue) -> Self {
        let (rate, (slow, stretches)) = (scan.trace.rate, SlowEnvelope::smooth(scan));
        let found = slow.as_ref().and_then(|slow| Contractions::find(slow, stretches));
        let layout = match &settings.epochs {
            Epochs::Windows => Self::windows(scan, settings),
            Epochs::Contractions => match found {
                Some(found) => found.layout(rate, settings),
                None => Self { places: Vec::new(), ..Self::windows(scan, settings) },
            },
            Epochs::Auto => match found.filter(|found| found.are_separate(rate)) {
                Some(found) => found.layout(rate, settings),
                None => Self::windows(scan, settings),
            },
            Epochs::Events(between) => between.layout(scan, events, settings),
        };
        Self { slow, ..layout }
    }

    fn windows(scan: &Scan<'_>, settings: &Fatigue) -> Self {
        let rate = scan.trace.rate;
        let length = rate.samples(settings.epoch_s).max(1);
        let step = (length as f64 * (1.0 - settings.overlap)).round() as usize;
        Self {
            task: Task::Windows,
            places: windows(scan.trace.clean.len(), length, step),
            segment: length,
            slow: None,
        }
    }
}

/// Windows of `length` samples of `count`, one every `step`, as far as they are whole.
pub(in crate::analysis) fn windows(
    count: usize,
    length: usize,
    step: usize,
) -> Vec<EpochPlace> {
    let starts = (0..(count + 1).saturating_sub(length)).step_by(step.max(1));
    starts
        .map(|start| EpochPlace { span: start..start + length, left_out: None })
        .collect()
}

/// The contractions of a channel, found in a slow envelope of pieces of 0.01 s as
/// repetitions are.
struct Contractions {
    found: Vec<Repetition>,
    levels: SlowLevels,
    /// The samples of a piece.
    piece: usize,
    /// The stretches of the channel, in pieces.
    stretches: Vec<Range<usize>>,
}

impl SlowEnvelope {
    /// The slow envelope of a channel, and its stretches without gaps, in pieces.
    fn smooth(scan: &Scan<'_>) -> (Option<Self>, Vec<Range<usize>>) {
        let trace = scan.trace;
        let piece = trace.rate.samples(PIECE_S).max(1);
        let [blocks] =
            Blocks::sum(&trace.clean, &scan.clean_kept, piece, |sample| [sample.abs()]);
        let means: Vec<f64> = blocks
            .sums
            .iter()
            .zip(&blocks.counts)
            .map(|(sum, count)| sum / count)
            .collect();
        let stretches = crate::dsp::gaps::stretches(&means);
        let rate = Hertz::new(trace.rate.hz() / piece as f64);
        let envelope = rate.and_then(|rate| slow_envelope(&means, &stretches, rate));
        (envelope.map(|envelope| Self { envelope, piece }), stretches)
    }

    /// How much it varies within some spans of samples, as a coefficient of variation;
    /// `None` for fewer than two pieces.
    pub(super) fn variation<'a>(
        &self,
        spans: impl Iterator<Item = &'a Range<usize>>,
    ) -> Option<f64> {
        let inside =
            |span: &Range<usize>| span.start.div_ceil(self.piece)..span.end / self.piece;
        let levels: Vec<f64> = spans
            .flat_map(|span| self.envelope.get(inside(span)).unwrap_or_default())
            .copied()
            .filter(|level| !level.is_nan())
            .collect();
        let (spread, mean) = standard_deviation(&levels).zip(mean(&levels))?;
        Some(spread / mean).filter(|variation| variation.is_finite())
    }
}

impl Contractions {
    fn find(slow: &SlowEnvelope, stretches: Vec<Range<usize>>) -> Option<Self> {
        let SlowEnvelope { envelope, piece } = slow;
        let levels = SlowLevels::measure(envelope)?;
        let found = sorted_out(&find(envelope, levels), envelope);
        Some(Self { found, levels, piece: *piece, stretches })
    }

    fn typical_s(&self, rate: Hertz) -> f64 {
        let lengths: Vec<f64> = self
            .found
            .iter()
            .map(|one| rate.seconds((one.off - one.on) * self.piece))
            .collect();
        median(&lengths).unwrap_or(0.0)
    }

    /// Whether the channel shows contractions with rest between them, and nothing else.
    fn are_separate(&self, rate: Hertz) -> bool {
        let typical_s = self.typical_s(rate);
        let longest = self.found.iter().map(|one| one.off - one.on).max().unwrap_or(0);
        self.found.len() >= FEWEST
            && self.levels.base <= LARGEST_BASE * self.levels.top
            && typical_s >= SHORTEST_S
            && rate.seconds(longest * self.piece) <= LONGEST * typical_s
    }

    fn layout(&self, rate: Hertz, settings: &Fatigue) -> EpochLayout {
        let [from, to] = settings.contraction_part;
        let place = |one: &Repetition| {
            let whole = one.on * self.piece..one.off * self.piece;
            // What is already there when the recording, or what follows a gap, begins did
            // not begin there.
            let begun = |stretch: &Range<usize>| {
                (stretch.start..stretch.start + EDGE_PIECES).contains(&one.on)
            };
            let cut = self.stretches.iter().any(begun);
            EpochPlace {
                span: part_of(whole, from, to),
                left_out: cut.then_some(EpochState::Cut),
            }
        };
        let period_s = median(&periods(&self.found))
            .map_or(0.0, |period| period * rate.seconds(self.piece));
        let (typical_s, separate) = (self.typical_s(rate), self.are_separate(rate));
        let task = Task::Contractions { typical_s, period_s, separate };
        unequal(task, self.found.iter().map(place).collect(), rate, settings)
    }
}

/// The samples of a part of a span.
fn part_of(span: Range<usize>, from: f64, to: f64) -> Range<usize> {
    let at = |share: f64| {
        span.start + (share.clamp(0.0, 1.0) * span.len() as f64).round() as usize
    };
    at(from)..at(to).max(at(from))
}

/// Epochs of unequal length share the length of their spectra, so that their indices can
/// be compared: that of the shortest, half the median at least, and an epoch's at most.
/// What is shorter is left out.
fn unequal(
    task: Task,
    mut places: Vec<EpochPlace>,
    rate: Hertz,
    settings: &Fatigue,
) -> EpochLayout {
    let lengths: Vec<f64> = places
        .iter()
        .filter(|place| place.left_out.is_none())
        .map(|place| place.span.len() as f64)
        .collect();
    let middle = median(&lengths).unwrap_or(0.0);
    let longest = rate.samples(settings.epoch_s).max(1);
    let usual = SHORTEST_SHARE * middle.min(longest as f64);
    let shortest = lengths.iter().copied().fold(f64::INFINITY, f64::min).max(usual);
    let least = settings.fewest_samples(rate).max(rate.samples(SHORTEST_EPOCH_S)).max(1);
    let segment = fast_length_below((shortest as usize).clamp(1, longest)).max(least);
    for place in places
        .iter_mut()
        .filter(|place| place.left_out.is_none() && place.span.len() < segment)
    {
        place.left_out = Some(EpochState::Short);
    }
    EpochLayout { task, places, segment, slow: None }
}

/// The longest length up to `n` that is transformed fast; `n` where there is none.
pub(super) fn fast_length_below(n: usize) -> usize {
    (1..=n).rev().find(|&length| is_fast_length(length)).unwrap_or(n)
}

impl Events {
    fn layout(
        &self,
        scan: &Scan<'_>,
        events: &[Event],
        settings: &Fatigue,
    ) -> EpochLayout {
        let trace = scan.trace;
        let mine = |event: &&Event| {
            event.leg().is_none()
                || trace.label.side.is_none()
                || event.leg() == trace.label.side
        };
        let mut mine: Vec<&Event> = events.iter().filter(mine).collect();
        mine.sort_by(|one, other| one.time_s.total_cmp(&other.time_s));
        let labelled = |label: &str| -> Vec<f64> {
            let wanted = |event: &&&Event| event.is_labelled(label);
            mine.iter().filter(wanted).map(|event| event.time_s).collect()
        };
        let starts = labelled(&self.start);
        let ends = self.end.as_ref().map(|end| labelled(end));
        let task =
            Task::Events { why_none: self.why_none(&mine, &starts, ends.as_deref()) };
        let places =
            spans_s(&starts, ends.as_deref()).into_iter().map(|(from_s, to_s)| {
                let sample =
                    |time_s: f64| ((time_s - trace.start_s) * trace.rate.hz()).round();
                let (from, to) = (sample(from_s), sample(to_s));
                let inside = from >= 0.0 && to <= trace.clean.len() as f64 && from < to;
                let whole = (from.max(0.0) as usize).min(trace.clean.len())
                    ..(to.max(0.0) as usize).min(trace.clean.len());
                let span = part_of(whole, self.part[0], self.part[1]);
                EpochPlace { span, left_out: (!inside).then_some(EpochState::Cut) }
            });
        unequal(task, places.collect(), trace.rate, settings)
    }

    fn why_none(
        &self,
        mine: &[&Event],
        starts: &[f64],
        ends: Option<&[f64]>,
    ) -> Option<String> {
        let missing = match (starts, ends, &self.end) {
            ([], ..) => &self.start,
            (_, Some([]), Some(end)) => end,
            ([_], None, _) => {
                return Some(format!(
                    "a single event \"{}\" begins an epoch and none ends it",
                    self.start
                ));
            }
            _ => return None,
        };
        let mut labels: Vec<&str> =
            mine.iter().map(|event| event.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        let there = match labels.as_slice() {
            [] => "there is no event for this channel".to_owned(),
            labels => format!("there are events \"{}\"", labels.join("\", \"")),
        };
        Some(format!(
            "no event of this channel's side is labelled \"{missing}\", \
             which the recipe names; {there}"
        ))
    }
}

/// From each start to the first end after it that comes before the next start, or to the
/// next start.
fn spans_s(starts: &[f64], ends: Option<&[f64]>) -> Vec<(f64, f64)> {
    let next = starts.iter().skip(1).copied();
    match ends {
        None => starts.iter().copied().zip(next).collect(),
        Some(ends) => {
            let limits = next.chain(std::iter::once(f64::INFINITY));
            let end_of = |(start, limit): (f64, f64)| {
                let end = *ends.get(ends.partition_point(|&end| end <= start))?;
                (end <= limit).then_some((start, end))
            };
            starts.iter().copied().zip(limits).filter_map(end_of).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_find_their_ends() {
        assert_eq!(spans_s(&[1.0, 2.0, 4.0], None), [(1.0, 2.0), (2.0, 4.0)]);
        assert_eq!(
            spans_s(&[1.0, 2.0, 4.0], Some(&[0.5, 1.5, 3.5, 3.8, 9.0])),
            [(1.0, 1.5), (2.0, 3.5), (4.0, 9.0)]
        );
        assert_eq!(spans_s(&[1.0, 2.0], Some(&[2.5])), [(2.0, 2.5)]);
        assert!(spans_s(&[], None).is_empty() && spans_s(&[3.0], Some(&[])).is_empty());
    }

    #[test]
    fn parts_stay_within_their_span() {
        assert_eq!(part_of(100..200, 0.1, 0.9), 110..190);
        assert_eq!(part_of(100..200, 0.0, 1.0), 100..200);
        assert_eq!(part_of(5..5, 0.2, 0.6), 5..5);
    }

    #[test]
    fn lengths_are_transformed_fast() {
        assert_eq!(
            [1, 7, 1000, 1001, 4001].map(fast_length_below),
            [1, 6, 1000, 1000, 4000]
        );
    }

    #[test]
    fn unequal_epochs_share_a_length() {
        let rate = Hertz::new(1000.0).unwrap();
        let place = |length: usize| EpochPlace { span: 0..length, left_out: None };
        let settings = Fatigue::default();
        let layout = unequal(
            Task::Windows,
            [900, 950, 1000, 300].map(place).into(),
            rate,
            &settings,
        );
        assert_eq!(layout.segment, 462);
        let short: Vec<_> = layout.places.iter().map(|place| place.left_out).collect();
        assert_eq!(short, [None, None, None, Some(EpochState::Short)]);
        // Spectra are not longer than a window, so that half of one is enough.
        assert_eq!(
            unequal(Task::Windows, [800, 2400, 4800].map(place).into(), rate, &settings)
                .segment,
            800
        );
        let ticks = unequal(Task::Windows, [20; 9].map(place).into(), rate, &settings);
        assert!(
            ticks.places.iter().all(|place| place.left_out == Some(EpochState::Short))
        );
        assert_eq!(
            unequal(Task::Windows, [4000, 5000].map(place).into(), rate, &settings)
                .segment,
            1000
        );
        assert!(unequal(Task::Windows, Vec::new(), rate, &settings).places.is_empty());
    }
}
