//! The tables of cycles: `cycles.csv` with one row a cycle, `ensembles.csv` with one row
//! a per cent of the mean cycle.

use std::sync::Arc;

use serde::Serialize;

use super::Texts;
use crate::outcome::{ChannelCycles, CycleRow as Cycle};
use crate::session::Findings;
use crate::signal::{Muscle, Side};

/// One row of `cycles.csv`; the fields are its columns, in their order. Times are on the
/// file's own clock in seconds; levels are those of the envelope, in volts or the file's
/// unit, and empty where the cycle is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CycleRow {
    /// Who was recorded.
    pub subject: Arc<str>,
    /// Which visit.
    pub session: Arc<str>,
    /// The recording's name.
    pub recording: Arc<str>,
    /// The channel.
    pub channel: Arc<str>,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// Which cycle of its leg, from 1.
    pub cycle: usize,
    /// Its beginning.
    pub start_s: f64,
    /// The beginning of the next one.
    pub end_s: f64,
    /// The lift-off, where it is known.
    pub liftoff_s: Option<f64>,
    /// The mean of the envelope.
    pub mean: Option<f64>,
    /// Its highest point.
    pub peak: Option<f64>,
    /// Where in the cycle that lies, in per cent.
    pub peak_percent: Option<f64>,
    /// Where the strongest burst begins, in per cent.
    pub onset_percent: Option<f64>,
    /// Where it ends, in per cent.
    pub offset_percent: Option<f64>,
    /// Why the cycle is left out; empty of a used one.
    pub left_out: Option<Arc<str>>,
}

/// The columns of the table of cycles.
pub const CYCLE_COLUMNS: [&str; 16] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "cycle",
    "start_s",
    "end_s",
    "liftoff_s",
    "mean",
    "peak",
    "peak_percent",
    "onset_percent",
    "offset_percent",
    "left_out",
];

/// One row of `ensembles.csv`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnsembleRow {
    /// Who was recorded.
    pub subject: Arc<str>,
    /// Which visit.
    pub session: Arc<str>,
    /// The recording's name.
    pub recording: Arc<str>,
    /// The channel.
    pub channel: Arc<str>,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// How many cycles were averaged.
    pub cycles: usize,
    /// Where in the cycle, 0 … 100.
    pub percent: usize,
    /// The mean envelope of the cycles.
    pub mean: f64,
    /// Its standard deviation over the cycles; empty of a single one.
    pub sd: Option<f64>,
    /// The unit of both.
    pub unit: Arc<str>,
    /// The mean in per cent of the reference; empty where there is none.
    pub activation: Option<f64>,
}

/// The columns of the table of mean cycles.
pub const ENSEMBLE_COLUMNS: [&str; 12] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "cycles",
    "percent",
    "mean",
    "sd",
    "unit",
    "activation",
];

/// The channels with cycles of a session, each with the name of its recording.
fn channels(findings: &Findings) -> impl Iterator<Item = (&str, &ChannelCycles)> {
    findings.recordings.iter().flat_map(|recording| {
        let of_recording = recording.outcomes.iter().flat_map(|outcome| &outcome.cycles);
        of_recording.map(|found| (recording.recording.as_str(), found))
    })
}

/// The cycles of a session, in the order of recordings, channels and time.
pub fn cycle_rows(findings: &Findings, texts: &mut Texts) -> Vec<CycleRow> {
    let mut rows = Vec::new();
    for (recording, found) in channels(findings) {
        let row = |(k, cycle): (usize, &Cycle)| CycleRow {
            subject: texts.of(&findings.subject),
            session: texts.of(&findings.session),
            recording: texts.of(recording),
            channel: texts.of(&found.channel),
            muscle: found.muscle,
            side: found.side,
            cycle: k + 1,
            start_s: cycle.start_s,
            end_s: cycle.end_s,
            liftoff_s: cycle.liftoff_s,
            mean: cycle.mean,
            peak: cycle.peak,
            peak_percent: cycle.peak_percent,
            onset_percent: cycle.onset_percent,
            offset_percent: cycle.offset_percent,
            left_out: cycle.left_out.as_deref().map(|reason| texts.of(reason)),
        };
        rows.extend(found.cycles.iter().enumerate().map(row));
    }
    rows
}

/// The mean cycles of a session, in the order of recordings and channels.
pub fn ensemble_rows(findings: &Findings, texts: &mut Texts) -> Vec<EnsembleRow> {
    let mut rows = Vec::new();
    for (recording, found) in channels(findings) {
        let row = |(percent, (mean, sd)): (usize, (&f64, &f64))| EnsembleRow {
            subject: texts.of(&findings.subject),
            session: texts.of(&findings.session),
            recording: texts.of(recording),
            channel: texts.of(&found.channel),
            muscle: found.muscle,
            side: found.side,
            cycles: found.used(),
            percent,
            mean: *mean,
            sd: Some(*sd).filter(|_| found.used() > 1),
            unit: texts.of(found.unit.symbol()),
            activation: found.reference.map(|reference| 100.0 * (mean / reference)),
        };
        rows.extend(found.mean.iter().zip(&found.deviation).enumerate().map(row));
    }
    rows
}
