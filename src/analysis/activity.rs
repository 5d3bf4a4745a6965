//! Activity: when a muscle is active, burst by burst, and what its bursts have in common.
//!
//! Bursts are found in `clean` by the consensus of the detectors of `onset`; their levels
//! are those of `envelope`, and their mean frequency is that of `clean`. EMG shows when a
//! muscle is driven, not what the limb does: repetitions are contractions that look
//! alike, and no measure here says anything about blood flow or metabolism.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::rails::flat_runs;
use super::scan::Scan;
use super::{Analysis, Digests, Limits};
use crate::error::Result;
use crate::onset::{Baseline, Consensus, Detector};
use crate::outcome::Outcome;
use crate::units::Hertz;

mod bursts;
pub mod exposure;
mod figures;
mod notes;
pub mod repetitions;
mod rows;
mod series;
mod swap;
mod timing;

pub use bursts::{Burst, SHORTEST_FOR_MNF_S, Shape, mean_frequency};
pub use series::Series;
pub(super) use series::variation;
pub use timing::{Bout, Timing, median_interval, per_minute_of_bouts};

/// The pieces of time whose levels are distributed, in seconds (Jonsson 1982).
const PIECE_S: f64 = 0.1;

/// A burst that begins or ends this close to a gap or to an end of the recording may
/// reach beyond it: detectors look at windows of some 50 ms. In seconds.
const EDGE_S: f64 = 0.05;

/// The settings of the search for bursts and of what is said of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Activity {
    /// How bursts are found.
    pub bursts: Consensus,
    /// Bursts that a smaller share of the detectors sees are marked, and a channel whose
    /// mean lies below it gets a caution, 0 … 1. (Proposal)
    pub agreement_check: f64,
    /// Bursts with longer pauses between them belong to different bouts, in seconds, 0.1
    /// … 600.
    pub longest_pause_s: f64,
    /// Pauses below this share of the reference are counted, in per cent, 0 … 100.
    /// (Recalled from Veiersted et al. 1990)
    pub rest_percent: f64,
    /// The shortest pause that is counted, in seconds, 0.1 … 60. (Veiersted et al. 1990)
    pub shortest_rest_s: f64,
    /// Whether repetitions, such as heel raises, are counted.
    pub repetitions: Counting,
}

/// When repetitions are counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Where a channel shows at least five of them, of like duration and 1.5 to 10 s
    /// apart, with rest between them.
    #[default]
    Auto,
    /// Whatever they look like.
    Always,
    /// Not at all.
    Never,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            bursts: Consensus::default(),
            agreement_check: 0.6,
            longest_pause_s: 3.0,
            rest_percent: 0.5,
            shortest_rest_s: 0.2,
            repetitions: Counting::Auto,
        }
    }
}

/// A signal that does not change for so long is none, in seconds.
const FLAT_S: f64 = 0.05;
/// How much is left out beside it, in seconds.
const RINGING_S: f64 = 0.1;

/// When a channel is active.
#[derive(Debug, Clone, PartialEq)]
pub struct Bursts {
    /// The bursts in order.
    pub bursts: Vec<Burst>,
    /// What was taken for rest; `None` where there was too little to find bursts by.
    pub rest: Option<Baseline>,
    /// The stretches in which bursts were looked for, in samples.
    pub stretches: Vec<Range<usize>>,
    /// The mean of the envelope in pieces of 0.1 s, in the unit of the channel; a piece
    /// with a gap is `NaN`.
    pub levels: Vec<f64>,
    /// What rises and falls of the slow envelope; `None` where that is not asked for, or
    /// the rate is too low for it.
    pub series: Option<Series>,
}

impl Activity {
    /// Checks the settings.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        self.bursts.check()?;
        limits("analysis.activity.agreement_check", 0.0, 1.0, default.agreement_check)
            .check(self.agreement_check)?;
        limits("analysis.activity.longest_pause_s", 0.1, 600.0, default.longest_pause_s)
            .check(self.longest_pause_s)?;
        limits("analysis.activity.rest_percent", 0.0, 100.0, default.rest_percent)
            .check(self.rest_percent)?;
        limits("analysis.activity.shortest_rest_s", 0.1, 60.0, default.shortest_rest_s)
            .check(self.shortest_rest_s)
    }

    /// When a channel is active; mean frequencies are those between the frequencies of
    /// `band_hz`.
    pub(super) fn bursts(&self, scan: &Scan<'_>, band_hz: (f64, f64)) -> Bursts {
        let trace = scan.trace;
        let stretches = without_flat(scan);
        // What never changes has no activity, and a threshold above nothing would call
        // rounding a burst.
        let found = if scan.silent {
            crate::onset::Found::default()
        } else {
            self.bursts.find(&trace.clean, &stretches, trace.rate)
        };
        let edge = trace.rate.samples(EDGE_S);
        let mut bursts: Vec<Burst> = Vec::with_capacity(found.bursts.len());
        for one in found.bursts {
            let span = one.on.at..one.off.at;
            let stretch = stretches
                .iter()
                .find(|stretch| stretch.start <= span.start && span.end <= stretch.end);
            let Some(stretch) = stretch else { continue };
            let from = bursts
                .last()
                .map_or(stretch.start, |last| stretch.start.max(last.found.off.at));
            bursts.push(Burst {
                whole: one.on.low > stretch.start + edge
                    && one.off.high + edge < stretch.end,
                shape: Shape::of(&trace.envelope, span.clone(), from, trace.rate),
                mnf_hz: mean_frequency(&trace.clean[span], band_hz, trace.rate),
                found: one,
            });
        }
        let series = self.repetitions != Counting::Never && !scan.silent;
        let series =
            series.then(|| Series::of(&trace.clean, &stretches, trace.rate)).flatten();
        Bursts { bursts, rest: found.rest, levels: levels(scan), stretches, series }
    }
}

/// The stretches of `clean` without what never changes in `raw`, such as dropouts that
/// were filled with zeros: it is no rest, and filters ring beside it.
fn without_flat(scan: &Scan<'_>) -> Vec<Range<usize>> {
    let trace = scan.trace;
    let guard = trace.rate.samples(RINGING_S);
    let flat = flat_runs(&trace.raw, trace.rate.samples(FLAT_S).max(10));
    let mut kept = Vec::new();
    for stretch in &scan.clean_kept {
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

/// The mean of the envelope in whole pieces of 0.1 s.
fn levels(scan: &Scan<'_>) -> Vec<f64> {
    let trace = scan.trace;
    let length = trace.rate.samples(PIECE_S).max(1);
    let [blocks] =
        Blocks::of(&trace.envelope, &scan.envelope_kept, length, |value| [value]);
    let level = |(sum, count): (&f64, &f64)| {
        if *count == length as f64 { sum / count } else { f64::NAN }
    };
    blocks.sums.iter().zip(&blocks.counts).map(level).collect()
}

impl Bursts {
    /// The active samples of each burst.
    pub fn spans(&self) -> Vec<Range<usize>> {
        self.bursts.iter().map(Burst::span).collect()
    }

    /// The durations of the bursts whose ends were both recorded, in seconds.
    pub fn durations_s(&self, rate: Hertz) -> Vec<f64> {
        self.bursts
            .iter()
            .filter(|burst| burst.whole)
            .map(|burst| rate.seconds(burst.samples()))
            .collect()
    }

    /// The share of the detectors that see a burst, in the mean; `None` without bursts.
    pub fn mean_agreement(&self) -> Option<f64> {
        let agreements: Vec<f64> =
            self.bursts.iter().map(|burst| burst.found.agreement).collect();
        crate::dsp::stats::mean(&agreements)
    }
}

impl Analysis for Activity {
    fn name(&self) -> &'static str {
        "activity"
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("activity");
        let looked_at = recording
            .channels
            .iter()
            .filter_map(|channel| Some((channel, channel.activity.as_ref()?)));
        let looked_at: Vec<_> = looked_at.collect();
        outcome.notes.extend(self.cautions(&looked_at));
        outcome.notes.extend(swap::hints(&looked_at, recording.events));
        for (channel, bursts) in looked_at {
            outcome.measures.extend(self.measures(channel, bursts));
            outcome.bursts.push(rows::bursts(channel, bursts));
            outcome.notes.push(notes::finding(channel, bursts));
            outcome.figures.extend(self.figure(channel, bursts));
        }
        outcome
    }

    fn describe(&self) -> String {
        let Self { bursts, longest_pause_s, rest_percent, shortest_rest_s, .. } = self;
        let Consensus { detectors, shortest_burst_s, shortest_gap_s, .. } = bursts;
        let names: Vec<&str> = detectors.iter().map(Detector::name).collect();
        let found = match &names[..] {
            [only] => format!("the detector {only}"),
            several => format!("the consensus of the detectors {}", several.join(", ")),
        };
        let repetitions = match self.repetitions {
            Counting::Never => String::new(),
            Counting::Auto | Counting::Always => format!(
                " Repetitions are rises and falls of an envelope of {} Hz between half and a quarter of the way from its \
                 5th to its 98th percentile; their decline is the slope of Theil (1950) over its intercept, with the \
                 interval of Sen (1968).",
                repetitions::CUTOFF_HZ
            ),
        };
        format!(
            "Bursts were found in the filtered signal by {found}; pauses shorter than \
             {shortest_gap_s} s were closed, then bursts shorter than {shortest_burst_s} s dropped; bouts are bursts with \
             pauses of at most {longest_pause_s} s. The distribution of the activation over pieces of {PIECE_S} s follows \
             Jonsson (1982), its pauses below {rest_percent} % of at least {shortest_rest_s} s Veiersted et al. \
             (1990).{repetitions}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_checked() {
        assert!(Activity::default().check().is_ok());
        let error = Activity { agreement_check: 2.0, ..Activity::default() }
            .check()
            .unwrap_err()
            .to_string();
        assert!(error.contains("analysis.activity.agreement_check = 2"), "{error}");
        let bursts = Consensus { shortest_gap_s: f64::NAN, ..Consensus::default() };
        let error =
            Activity { bursts, ..Activity::default() }.check().unwrap_err().to_string();
        assert!(
            error.contains("analysis.activity.bursts.shortest_gap_s = NaN"),
            "{error}"
        );
    }

    #[test]
    fn the_settings_of_the_search_have_a_table_of_their_own() {
        let read = |text: &str| toml::from_str::<super::super::Analyses>(text);
        let text = "[activity]\nrepetitions = \"always\"\n[activity.bursts]\ndetectors = [{ step = { threshold = 10 } }]";
        let settings = read(text).unwrap().activity;
        let settings = settings.on().unwrap();
        assert_eq!(
            (settings.bursts.detectors[0].name(), settings.repetitions),
            ("step", Counting::Always)
        );
        let wrong =
            read("[activity.bursts]\n\nshortest = 0.1\n").unwrap_err().to_string();
        assert!(
            wrong.contains("line 3, column 1") && wrong.contains("`shortest`"),
            "{wrong}"
        );
        let wrong =
            read("[activity]\n\nrest_percent = \"low\"\n").unwrap_err().to_string();
        assert!(wrong.contains("line 3, column 16"), "{wrong}");
    }
}
