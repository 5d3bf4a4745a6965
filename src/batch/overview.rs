//! The study page: filled from the sessions' findings and the table of measures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use super::record::RunRecord;
use super::write::Staged;
use crate::error::{Error, ErrorKind, Result};
use crate::report::StudyPage;
use crate::session::{Manifest, Remark, SubjectEntry};
use crate::study::{
    self, CurveAnswers, MeasureRow, MeasureSpread, Reliability, SessionLine, StripRows,
    VisitComparison, visit_order,
};
use crate::table;

/// What the page shows of the study as a whole.
pub(super) struct StudyFindings<'a> {
    pub(super) rows: &'a [&'a MeasureRow],
    pub(super) comparisons: Vec<VisitComparison>,
    pub(super) reliability: Vec<Reliability>,
    pub(super) curves: CurveAnswers,
    /// What stands out among its recordings.
    pub(super) remarks: Vec<Remark>,
    /// What is known of it.
    pub(super) manifest: &'a Manifest,
}

/// Writes `index.html` beside its place.
pub(super) fn write(
    mut sessions: Vec<SessionLine>,
    record: &mut RunRecord,
    found: StudyFindings<'_>,
    out: &Path,
    staged: &mut Staged,
) -> Result<()> {
    sessions
        .sort_by_cached_key(|line| (line.subject.clone(), visit_order(&line.session)));
    take_remarks(&mut sessions, &found.remarks);
    let told: BTreeSet<String> = found.remarks.iter().map(ToString::to_string).collect();
    let design = found.manifest.design.as_ref();
    let asked = design.map_or(&[][..], |design| &design.outcomes);
    let changes = study::changes(found.rows, &sessions, asked, &persons(found.manifest));
    record.warnings.extend(study::unknown_outcomes(asked));
    let page = StudyPage {
        title: found.manifest.title.clone().unwrap_or_else(|| "Study".to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        distributions: distributions(found.rows, &sessions)?,
        comparisons: found.comparisons,
        reliability: found.reliability,
        curves: found.curves,
        changes,
        needs: study::needs(&sessions, &found.remarks),
        sessions,
        warnings: record
            .warnings
            .iter()
            .filter(|line| !told.contains(*line))
            .cloned()
            .collect(),
        files: files(staged),
    };
    let mut html = Vec::new();
    page.write(&mut html).map_err(|error| failed(&error.to_string()))?;
    staged.write(&out.join(StudyPage::FILE_NAME), |file| file.write_all(&html))
}

/// What the study says of people, by their names.
fn persons(manifest: &Manifest) -> BTreeMap<String, SubjectEntry> {
    let sessions = manifest.sessions.iter();
    sessions.map(|input| (input.subject.clone(), input.person.clone())).collect()
}

/// Tells each session what stands out in it.
fn take_remarks(sessions: &mut [SessionLine], remarks: &[Remark]) {
    let mut of_session: BTreeMap<(String, String), Vec<&Remark>> = BTreeMap::new();
    for remark in remarks {
        let name = (remark.subject.clone(), remark.session.clone());
        of_session.entry(name).or_default().push(remark);
    }
    for line in sessions {
        let own = of_session.remove(&(line.subject.clone(), line.session.clone()));
        own.into_iter().flatten().for_each(|remark| line.take(remark));
    }
}

fn failed(error: &str) -> Error {
    Error::new(ErrorKind::Write, format!("cannot make the study page: {error}"))
}

/// The files beside the page: the tables with their dictionary, and the record of the run,
/// which is written last.
fn files(staged: &Staged) -> Vec<(String, String)> {
    let names = staged.hashes().into_keys().chain([RunRecord::FILE_NAME.to_owned()]);
    names
        .map(|name| {
            let what = what(&name);
            (name, what)
        })
        .collect()
}

/// What a file is, in a few words.
fn what(name: &str) -> String {
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    let table = table::TABLES.iter().find(|table| table.name == stem);
    match (table, name) {
        (_, RunRecord::FILE_NAME) => "how it was made: inputs, recipe, files".to_owned(),
        (_, table::DICTIONARY_FILE) => "what every measure and column is".to_owned(),
        (Some(table), _) if kind == "csv" => {
            format!("a row is {}", lower(table.row.trim_end_matches('.')))
        }
        (Some(_), _) => "the same, for programs".to_owned(),
        (None, _) => String::new(),
    }
}

/// Text with a small letter in front.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
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
