//! Tables: the long table of measures, those of bursts, cycles and comparisons, processed
//! signals as columns, and what the study page counts.
//!
//! Text tables are written with `csv`; Parquet and the distributions over a study with
//! `polars` (feature `tables`).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::outcome::{Measure, Verdict};
use crate::session::{Findings, RecordingFindings};
use crate::signal::{Muscle, Side};

mod bursts;
mod clusters;
mod coherence;
mod comparisons;
mod cycles;
#[cfg(feature = "tables")]
mod frame;
mod reliability;
mod signals;

pub use bursts::{BURST_COLUMNS, BurstRow, burst_rows};
pub use clusters::{CLUSTER_COLUMNS, ClusterRow, cluster_rows, rows_of};
pub use coherence::{
    COHERENCE_COLUMNS, CoherenceRow, Pooled, coherence_pairs, coherence_rows,
};
pub use comparisons::{COMPARISON_COLUMNS, ComparisonRow, comparisons};
pub(crate) use comparisons::{task_of, visit_order};
pub use cycles::{
    CYCLE_COLUMNS, CycleRow, ENSEMBLE_COLUMNS, EnsembleRow, cycle_rows, ensemble_rows,
};
#[cfg(feature = "tables")]
pub use frame::{
    Distribution, FrameError, distributions, measures_parquet, signals_parquet,
    traces_parquet,
};
pub use reliability::{RELIABILITY_COLUMNS, ReliabilityRow, reliability};
pub use signals::{Column, signals_csv};

/// One row of `measures.csv` and `measures.parquet`; the fields are its columns, in their
/// order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Who was recorded.
    pub subject: Arc<str>,
    /// Which visit.
    pub session: Arc<str>,
    /// The recording's name.
    pub recording: Arc<str>,
    /// The channel, or both of a pair joined by ` ~ `, left first.
    pub channel: Option<Arc<str>>,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// The analysis.
    pub analysis: Arc<str>,
    /// The measure.
    pub measure: Arc<str>,
    /// The value; empty when it cannot be computed.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: Arc<str>,
    /// The lower end of the 95 % interval.
    pub ci_low: Option<f64>,
    /// The upper end of the 95 % interval.
    pub ci_high: Option<f64>,
    /// How many observations the value rests on.
    pub n: Option<u64>,
    /// The verdict of the channel, the worse of a pair.
    pub quality: Option<Verdict>,
    /// What belongs beside the number.
    pub note: Option<Arc<str>>,
}

/// The rows of a session, in the order of recordings and analyses.
pub fn rows(findings: &Findings, texts: &mut Texts) -> Vec<Row> {
    let outcomes =
        findings.recordings.iter().flat_map(|recording| recording.outcomes.iter());
    let mut rows =
        Vec::with_capacity(outcomes.map(|outcome| outcome.measures.len()).sum());
    for recording in &findings.recordings {
        for outcome in &recording.outcomes {
            let of =
                |measure| row(findings, recording, &outcome.analysis, measure, texts);
            rows.extend(outcome.measures.iter().map(of));
        }
    }
    rows
}

/// The texts of all rows of a table, each kept once: a study has thousands of rows and
/// few words.
#[derive(Debug, Default)]
pub struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn of(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}

fn row(
    findings: &Findings,
    recording: &RecordingFindings,
    analysis: &str,
    measure: &Measure,
    texts: &mut Texts,
) -> Row {
    Row {
        subject: texts.of(&findings.subject),
        session: texts.of(&findings.session),
        recording: texts.of(&recording.recording),
        channel: measure.channel.as_deref().map(|channel| texts.of(channel)),
        muscle: measure.muscle,
        side: measure.side,
        analysis: texts.of(analysis),
        measure: texts.of(&measure.name),
        value: measure.value,
        unit: texts.of(measure.unit.symbol()),
        ci_low: measure.interval.map(|(low, _)| low),
        ci_high: measure.interval.map(|(_, high)| high),
        n: measure.n.map(|n| n as u64),
        quality: measure
            .verdict
            .or_else(|| verdict_of(recording, measure.channel.as_deref()?)),
        note: measure.note.as_deref().map(|note| texts.of(note)),
    }
}

/// The verdict of a channel, or the worse one of a pair.
fn verdict_of(recording: &RecordingFindings, channel: &str) -> Option<Verdict> {
    let named = |name: &str| {
        recording.channels.iter().find(|channel| channel.name == name)?.verdict
    };
    named(channel).or_else(|| channel.split(" ~ ").filter_map(named).max())
}

/// Rows as CSV with a header line, UTF-8, numbers as short as they read back to the same
/// bits.
///
/// # Errors
/// When `out` cannot be written.
pub fn csv_of<R: Serialize>(
    columns: &[&str],
    rows: impl IntoIterator<Item = R>,
    out: impl std::io::Write,
) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    writer.write_record(columns)?;
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
