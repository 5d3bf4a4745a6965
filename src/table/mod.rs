//! Tables: the long table of measures, processed signals as columns, and what the study page counts.
//!
//! Text tables are written with `csv`; Parquet and the distributions over a study with `polars`
//! (feature `tables`).

use serde::Serialize;

use crate::outcome::{Measure, Verdict};
use crate::session::{Findings, RecordingFindings};

#[cfg(feature = "tables")]
mod frame;
mod signals;

#[cfg(feature = "tables")]
pub use frame::{Distribution, FrameError, distributions, measures_parquet, signals_parquet, traces_parquet};
pub use signals::{Column, signals_csv};

/// One row of `measures.csv` and `measures.parquet`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The recording's name.
    pub recording: String,
    /// The channel, or both of a pair joined by ` ~ `, left first.
    pub channel: Option<String>,
    /// The muscle's English name.
    pub muscle: Option<&'static str>,
    /// `left` or `right`.
    pub side: Option<&'static str>,
    /// The analysis.
    pub analysis: String,
    /// The measure.
    pub measure: String,
    /// The value; empty when it cannot be computed.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: String,
    /// The lower end of the 95 % interval.
    pub ci_low: Option<f64>,
    /// The upper end of the 95 % interval.
    pub ci_high: Option<f64>,
    /// How many observations the value rests on.
    pub n: Option<u64>,
    /// The verdict of the channel, the worse of a pair.
    pub quality: Option<&'static str>,
    /// What belongs beside the number.
    pub note: Option<String>,
}

/// The rows of a session, in the order of recordings and analyses.
pub fn rows(findings: &Findings) -> Vec<Row> {
    let of = |recording: &RecordingFindings| {
        let measures = recording.outcomes.iter().flat_map(|outcome| {
            outcome.measures.iter().map(|measure| row(findings, recording, &outcome.analysis, measure))
        });
        measures.collect::<Vec<_>>()
    };
    findings.recordings.iter().flat_map(of).collect()
}

fn row(findings: &Findings, recording: &RecordingFindings, analysis: &str, measure: &Measure) -> Row {
    Row {
        subject: findings.subject.clone(),
        session: findings.session.clone(),
        recording: recording.recording.clone(),
        channel: measure.channel.clone(),
        muscle: measure.muscle.map(|muscle| muscle.name()),
        side: measure.side.map(|side| side.word()),
        analysis: analysis.to_owned(),
        measure: measure.name.to_string(),
        value: measure.value,
        unit: measure.unit.symbol().to_owned(),
        ci_low: measure.interval.map(|(low, _)| low),
        ci_high: measure.interval.map(|(_, high)| high),
        n: measure.n.map(|n| n as u64),
        quality: measure.verdict.or_else(|| verdict_of(recording, measure.channel.as_deref()?)).map(Verdict::word),
        note: measure.note.as_ref().map(ToString::to_string),
    }
}

/// The verdict of a channel, or the worse one of a pair.
fn verdict_of(recording: &RecordingFindings, channel: &str) -> Option<Verdict> {
    let named = |name: &str| recording.channels.iter().find(|channel| channel.name == name)?.verdict;
    named(channel).or_else(|| channel.split(" ~ ").filter_map(named).max())
}

/// The rows as CSV with a header line, UTF-8, numbers as short as they read back to the same bits.
///
/// # Errors
/// When `out` cannot be written.
pub fn measures_csv(rows: &[Row], out: impl std::io::Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if rows.is_empty() {
        writer.write_record(COLUMNS)?;
    }
    for row in rows {
        writer.serialize(row)?;
    }
    writer.flush()
}

/// The columns of the long table.
pub const COLUMNS: [&str; 15] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "analysis",
    "measure",
    "value",
    "unit",
    "ci_low",
    "ci_high",
    "n",
    "quality",
    "note",
];
