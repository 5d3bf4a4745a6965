//! The contractions of a reference recording, one by one: how strong each was, and what
//! speaks against it.

use std::ops::Range;

use super::highest_means;
use crate::analysis::quality::{Assessment, clipped};
use crate::dsp::design::{Band, butterworth};
use crate::dsp::gaps::stretches;
use crate::dsp::stats::median;
use crate::outcome::Verdict;
use crate::signal::Trace;
use crate::words::percent;

/// A contraction falls below this share of the strongest one between two trials; weaker
/// ones in the same recording may be another movement, and are none.
pub(super) const SAME_MOVEMENT: f64 = 0.5;
/// How far the envelope carries an artefact, in seconds.
const CARRIED_S: f64 = 0.15;
/// Motion and jumps of the electrode have most of what the band-pass leaves of them below
/// this, in hertz; muscle has little.
const SLOW_HZ: f64 = 60.0;
/// How much more lies below than in the rest of the activity, where it is no muscle: in
/// 35 real channels of gait, lifting and holds no 0.8 s had more than 1.15 times the
/// typical share.
const SLOW_EXCESS: f64 = 1.25;
/// Pieces in which a jump is not drowned by the muscle around it, in seconds; they count
/// where they also have so many times the level of activity.
const PIECE_S: f64 = 0.2;
const TOWERING: f64 = 1.5;
/// More than this is slow whatever the rest has: muscle has 1.0 to 1.5 (35 real channels),
/// a jump of the electrode 2.7.
const SLOW_ANYWAY: f64 = 2.0;
/// The fast part of activity is above this share of its highest.
const ACTIVE_SHARE: f64 = 0.35;
/// Below this rate, in hertz, the two bands cannot be told apart.
const LEAST_RATE_HZ: f64 = 250.0;
/// Clipping of more than this share of the samples lowers their mean.
const CLIPPED_SHARE: f64 = 0.005;

/// A contraction of a reference recording.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MaximalTrial {
    pub(super) recording: String,
    /// The highest mean over the window without an artefact; with it, where there is no
    /// other.
    pub(super) level: f64,
    /// When that window begins, in seconds on the file's clock.
    pub(super) at_s: f64,
    pub(super) fault: Option<TrialFault>,
    /// When a higher window begins that an artefact makes; it was left out.
    pub(super) artefact_s: Option<f64>,
}

/// What speaks against a trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TrialFault {
    /// This share of the samples is clipped, so that the level is too low.
    Clipped(f64),
    /// An artefact makes its level too high.
    Artefact,
    /// The channel is bad in this recording, and why.
    Unsound(String),
}

impl TrialFault {
    /// What it is and what it does to activation.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Clipped(share) => format!(
                "is clipped ({} % of its samples), which makes activation too large",
                percent(*share)
            ),
            Self::Artefact => {
                "holds an artefact of motion or of an electrode, which makes activation \
                 too small"
                    .to_owned()
            }
            Self::Unsound(reason) => {
                format!("is of a channel that is bad there: {reason}")
            }
        }
    }
}

/// The trials of a channel in a reference recording, in the order of time.
pub(super) fn trials(
    recording: &str,
    trace: &Trace,
    window: usize,
    assessment: &Assessment,
) -> Vec<MaximalTrial> {
    let means = highest_means(&trace.envelope, window);
    let disturbed = Disturbed::look(trace, window, assessment).windows(means.len());
    let is_sound = |at: &usize| !disturbed[*at];
    let top = highest(&means, 0..means.len(), is_sound)
        .or_else(|| highest(&means, 0..means.len(), |_| true));
    let Some((_, top)) = top else { return Vec::new() };

    let clipped = clipped(&trace.raw, trace.rails);
    let trial = |run: Range<usize>| {
        let (any, level) = highest(&means, run.clone(), |_| true)?;
        let sound = highest(&means, run, is_sound);
        let (at, level) = sound.unwrap_or((any, level));
        let within = &clipped[at..at + window];
        let share = within.iter().filter(|&&clipped| clipped).count() as f64;
        let fault = fault(share / window as f64, sound.is_some(), assessment);
        let artefact_s = (at != any && disturbed[any]).then(|| trace.time_s(any));
        let (recording, at_s) = (recording.to_owned(), trace.time_s(at));
        Some(MaximalTrial { recording, level, at_s, fault, artefact_s })
    };
    runs(&means, SAME_MOVEMENT * top).into_iter().filter_map(trial).collect()
}

fn fault(clipped: f64, is_sound: bool, assessment: &Assessment) -> Option<TrialFault> {
    if !is_sound {
        return Some(TrialFault::Artefact);
    }
    if clipped > CLIPPED_SHARE {
        return Some(TrialFault::Clipped(clipped));
    }
    let reason = assessment.reasons.first();
    let bad = reason.filter(|_| assessment.verdict == Verdict::Bad);
    bad.map(|reason| TrialFault::Unsound(reason.text.clone()))
}

/// The highest of the means whose place is wanted, and that place.
fn highest(
    means: &[f64],
    within: Range<usize>,
    wanted: impl Fn(&usize) -> bool,
) -> Option<(usize, f64)> {
    within
        .filter(|&at| means[at].is_finite())
        .filter(|at| wanted(at))
        .map(|at| (at, means[at]))
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// Where the means stay at or above a level.
fn runs(means: &[f64], level: f64) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), None);
    for (at, &mean) in means.iter().chain([&f64::NAN]).enumerate() {
        match (start, mean >= level) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What is no muscle in a channel.
struct Disturbed<'a> {
    trace: &'a Trace,
    window: usize,
    /// How far the envelope carries it.
    carried: usize,
    /// Spikes and knocks.
    pulses: Vec<Range<usize>>,
}

/// The mean magnitudes of all and of what is fast, of windows that begin at each sample.
struct Bands {
    all: Vec<f64>,
    fast: Vec<f64>,
}

/// How activity is in most of its windows.
struct TypicalActivity {
    ratio: f64,
    level: f64,
}

impl<'a> Disturbed<'a> {
    fn look(trace: &'a Trace, window: usize, assessment: &Assessment) -> Self {
        let spikes_s = assessment.pulses.spikes_s.iter();
        let spikes = spikes_s.map(|&time_s| trace.rate.samples(time_s));
        let knocks = assessment.pulses.knocks.iter().map(|knock| knock.span.clone());
        let pulses = spikes.map(|at| at..at + 1).chain(knocks).collect();
        Self { trace, window, carried: trace.rate.samples(CARRIED_S), pulses }
    }

    /// Of each place where a window may begin, whether an artefact reaches into it.
    fn windows(&self, count: usize) -> Vec<bool> {
        let mut found = vec![false; count];
        for span in self.pulses.iter().cloned().chain(self.slow()) {
            let from = span.start.saturating_sub(self.window + self.carried).min(count);
            found[from..(span.end + self.carried).min(count)].fill(true);
        }
        found
    }

    /// Where there is too much that is slow.
    fn slow(&self) -> Vec<Range<usize>> {
        let Some(fast) = self.fast() else { return Vec::new() };
        let bands = |window: usize| Bands {
            all: moving_means(&self.trace.clean, window),
            fast: moving_means(&fast, window),
        };
        let wide = bands(self.window + 2 * self.carried);
        let Some(typical) = self.typical(&wide) else { return Vec::new() };
        let limit = SLOW_ANYWAY.min(SLOW_EXCESS * typical.ratio);

        let step = (self.window / 10).max(1);
        let inner = self.carried..self.carried + self.window;
        let wide = wide.places(step).filter(|at| wide.ratio(*at) > limit);
        let wide = wide.map(|at| at + inner.start..at + inner.end).map(middle);
        let piece = self.trace.rate.samples(PIECE_S).max(1);
        let narrow = bands(piece);
        let towers = |at: &usize| {
            narrow.ratio(*at) > limit && narrow.all[*at] > TOWERING * typical.level
        };
        let narrow = narrow.places(step).filter(towers).map(|at| at..at + piece);
        wide.chain(narrow.collect::<Vec<_>>()).collect()
    }

    fn typical(&self, wide: &Bands) -> Option<TypicalActivity> {
        let step = (self.window / 10).max(1);
        let width = self.window + 2 * self.carried;
        let holds_pulse = |at: usize| {
            let touches =
                |pulse: &Range<usize>| pulse.start < at + width && at < pulse.end;
            self.pulses.iter().any(touches)
        };
        let may_be_muscle =
            |at: &usize| wide.ratio(*at) < SLOW_ANYWAY && !holds_pulse(*at);
        let places: Vec<usize> = wide.places(step).filter(may_be_muscle).collect();
        let highest = places.iter().fold(0.0, |top: f64, &at| top.max(wide.fast[at]));
        let active: Vec<usize> = places
            .into_iter()
            .filter(|&at| wide.fast[at] >= ACTIVE_SHARE * highest)
            .collect();
        let of = |value: &dyn Fn(usize) -> f64| {
            median(&active.iter().map(|&at| value(at)).collect::<Vec<f64>>())
        };
        let (ratio, level) = (of(&|at| wide.ratio(at))?, of(&|at| wide.all[at])?);
        Some(TypicalActivity { ratio, level })
    }

    /// What of the channel is fast; `None` where the rate is too low to tell.
    fn fast(&self) -> Option<Vec<f64>> {
        let rate_hz = self.trace.rate.hz();
        let fast = butterworth(2, Band::HighPass(SLOW_HZ), rate_hz).ok();
        let fast = fast.filter(|_| rate_hz >= LEAST_RATE_HZ)?;
        let mut filtered = self.trace.clean.clone();
        for stretch in stretches(&self.trace.clean) {
            fast.cascade().run(&mut filtered[stretch]);
        }
        Some(filtered)
    }
}

impl Bands {
    fn ratio(&self, at: usize) -> f64 {
        self.all[at] / self.fast[at]
    }

    /// Every so manieth window.
    fn places(&self, step: usize) -> impl Iterator<Item = usize> + use<> {
        (0..self.all.len()).step_by(step)
    }
}

/// The sample in the middle of a span.
fn middle(span: Range<usize>) -> Range<usize> {
    let middle = usize::midpoint(span.start, span.end);
    middle..middle + 1
}

/// The mean magnitude of each window; what is missing does not count.
fn moving_means(samples: &[f64], window: usize) -> Vec<f64> {
    let (mut sums, mut sum, mut count) = (vec![(0.0, 0_usize)], 0.0, 0);
    for sample in samples {
        if sample.is_finite() {
            (sum, count) = (sum + sample.abs(), count + 1);
        }
        sums.push((sum, count));
    }
    let mean = |at: usize| {
        let (before, after) = (sums[at], sums[at + window]);
        (after.0 - before.0) / (after.1 - before.1) as f64
    };
    (0..(samples.len() + 1).saturating_sub(window)).map(mean).collect()
}
