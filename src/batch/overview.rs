//! The study page: filled from the sessions' findings and the table of measures.

use std::io::Write as _;
use std::path::Path;

use super::record::RunRecord;
use super::write::Staged;
use crate::error::{Error, ErrorKind, Result};
use crate::report::StudyPage;
use crate::study::{
    self, CurveAnswers, MeasureRow, MeasureSpread, Reliability, SessionLine, StripRows,
    VisitComparison, visit_order,
};
#[cfg(feature = "tables")]
use crate::table;

/// What the page shows of the study as a whole.
pub(super) struct StudyFindings<'a> {
    pub(super) rows: &'a [&'a MeasureRow],
    pub(super) comparisons: Vec<VisitComparison>,
    pub(super) reliability: Vec<Reliability>,
    pub(super) curves: CurveAnswers,
    /// The name of the study, where it has one.
    pub(super) title: Option<String>,
}

/// Writes `index.html` beside its place.
pub(super) fn write(
    mut sessions: Vec<SessionLine>,
    record: &RunRecord,
    found: StudyFindings<'_>,
    out: &Path,
    staged: &mut Staged,
) -> Result<()> {
    sessions
        .sort_by_cached_key(|line| (line.subject.clone(), visit_order(&line.session)));
    let page = StudyPage {
        title: found.title.unwrap_or_else(|| "Study".to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        distributions: distributions(found.rows, &sessions)?,
        comparisons: found.comparisons,
        reliability: found.reliability,
        curves: found.curves,
        sessions,
        warnings: record.warnings.clone(),
        files: files(staged),
    };
    let mut html = Vec::new();
    page.write(&mut html).map_err(|error| failed(&error.to_string()))?;
    staged.write(&out.join(StudyPage::FILE_NAME), |file| file.write_all(&html))
}

fn failed(error: &str) -> Error {
    Error::new(ErrorKind::Write, format!("cannot make the study page: {error}"))
}

/// The files beside the page: the tables with their dictionary, and the record of the run,
/// which is written last.
fn files(staged: &Staged) -> Vec<String> {
    staged.hashes().into_keys().chain([RunRecord::FILE_NAME.to_owned()]).collect()
}

fn distributions(
    rows: &[&MeasureRow],
    sessions: &[SessionLine],
) -> Result<Vec<MeasureSpread>> {
    let rows = study::distributed(rows, sessions);
    Ok(study::spreads(&rows, &strips(&rows)?, sessions))
}

/// Distributions need the tables of polars; a build without them has none.
#[cfg(not(feature = "tables"))]
fn strips(_: &[&MeasureRow]) -> Result<Vec<StripRows>> {
    Ok(Vec::new())
}

#[cfg(feature = "tables")]
fn strips(rows: &[&MeasureRow]) -> Result<Vec<StripRows>> {
    table::strips(rows).map_err(|error| failed(&error.to_string()))
}
