//! Many sessions: found, scheduled, reused where nothing changed, written whole, errors
//! kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;

use crate::columns::TableRow;
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;
use crate::report;
use crate::session::{self, Findings, Manifest, RecordingFindings, Search, SessionInput};
use crate::signal::Trace;
use crate::study::{
    self, CurveAnswers, MeasureRow, PairInRecording, PersonCurve, SessionLine, Texts,
};
use crate::table::{self, BurstRow, ClusterRow, CycleRow, EnsembleRow};
use crate::units::Hertz;

mod fingerprint;
mod overview;
mod record;
mod write;

pub use fingerprint::BUILD;
use overview::StudyFindings;
pub use record::{RecordingRecord, RunRecord, SessionRecord};
pub use write::write_whole;
use write::write_whole_with;

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Order {
    /// Files, folders and patterns.
    pub inputs: Vec<PathBuf>,
    /// The output folder.
    pub out: PathBuf,
    /// A `study.toml` for everything found.
    pub study: Option<PathBuf>,
    /// The recipe.
    pub recipe: Recipe,
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// Recordings at the same time; `None`: the processors.
    pub jobs: Option<usize>,
    /// Compute sessions anew although nothing changed.
    pub force: bool,
    /// Also write every recording's clean signal, envelope and activation.
    pub save_signals: bool,
    /// The command line, for `run.json`.
    pub command: Vec<String>,
}

/// Told how far a run is; called from several threads.
pub trait Progress: Sync {
    /// The run begins.
    fn begin(&self, sessions: usize, recordings: usize);
    /// A recording is done, failed or skipped.
    fn recording(&self, session: &str, recording: &RecordingFindings);
    /// A whole session was reused.
    fn reused(&self, session: &str, recordings: usize);
    /// Everything was tried.
    fn end(&self);
}

/// How a run went.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Everything that `run.json` says.
    pub record: RunRecord,
    /// Session folders of earlier runs that are no longer in the input; they stay on
    /// disk.
    pub left_over: Vec<String>,
}

/// One session, when it is done.
pub(crate) struct Done {
    record: SessionRecord,
    line: SessionLine,
    /// The names of all channels of its files.
    channels: BTreeSet<String>,
    collected: Collected,
}

/// What the study takes from its sessions.
#[derive(Default)]
struct Collected {
    measures: Vec<MeasureRow>,
    bursts: Vec<BurstRow>,
    cycles: Vec<CycleRow>,
    ensembles: Vec<EnsembleRow>,
    clusters: Vec<ClusterRow>,
    pairs: Vec<PairInRecording>,
    curves: Vec<PersonCurve>,
}

impl Collected {
    fn from_session(
        input: &SessionInput,
        findings: &Findings,
        texts: &mut Texts,
    ) -> Self {
        Self {
            measures: study::measure_rows(findings, texts),
            bursts: table::burst_rows(findings, texts),
            cycles: table::cycle_rows(findings, texts),
            ensembles: table::ensemble_rows(findings, texts),
            clusters: table::cluster_rows(findings),
            pairs: study::coherence_pairs(findings),
            curves: study::person_curves(input, findings),
        }
    }

    fn append(&mut self, mut other: Self) {
        self.measures.append(&mut other.measures);
        self.bursts.append(&mut other.bursts);
        self.cycles.append(&mut other.cycles);
        self.ensembles.append(&mut other.ensembles);
        self.clusters.append(&mut other.clusters);
        self.pairs.append(&mut other.pairs);
        self.curves.append(&mut other.curves);
    }
}

/// Processes everything found in the inputs and writes reports and tables.
///
/// # Errors
/// When nothing can be done at all: a wrong recipe, no input, a wrong `study.toml`, an
/// output folder that cannot be written. A recording that fails is no error of the run: it
/// is counted in the summary.
pub fn run(order: &Order, progress: &dyn Progress) -> Result<Summary> {
    let started = Instant::now();
    order.recipe.check()?;
    let manifest = session::find(
        &order.inputs,
        &Search { study: order.study.as_deref(), out: Some(&order.out) },
    )?;
    let mut record = RunRecord::begin(order);
    record.warnings.clone_from(&manifest.warnings);
    refuse_output_above_input(&manifest, &order.out)?;
    write::sweep(&order.out);
    record.write(&order.out)?;
    let recordings =
        manifest.sessions.iter().map(|session| session.recordings.len()).sum();
    progress.begin(manifest.sessions.len(), recordings);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(order.jobs.unwrap_or(0))
        .build()
        .map_err(|error| {
            Error::new(
                ErrorKind::Process,
                format!("cannot start {:?} threads: {error}", order.jobs),
            )
        })?;
    let texts = Mutex::default();
    let one = |input: &SessionInput| {
        one_session(input, order, progress, &texts)
            .unwrap_or_else(|error| unwritten(input, &error, &texts))
    };
    let done: Vec<Done> =
        pool.install(|| manifest.sessions.par_iter().map(one).collect());
    progress.end();
    finish(done, &manifest, order, record, started)
}

/// A folder that holds `run.json` is an output and never read: recordings in it would be
/// lost to the next run.
fn refuse_output_above_input(manifest: &Manifest, out: &Path) -> Result<()> {
    let absolute: PathBuf = std::path::absolute(out)
        .unwrap_or_else(|_| out.to_owned())
        .components()
        .collect();
    let mut recordings = manifest.sessions.iter().flat_map(|session| &session.recordings);
    match recordings.find(|recording| recording.path.starts_with(&absolute)) {
        Some(recording) => Err(Error::new(
            ErrorKind::Arguments,
            format!(
                "the output folder {} holds the recording {}",
                out.display(),
                recording.path.display()
            ),
        )
        .with_hint(
            "outputs are never read as input; name a folder of its own, e.g. -o reports",
        )),
        None => Ok(()),
    }
}

fn finish(
    done: Vec<Done>,
    manifest: &Manifest,
    order: &Order,
    mut record: RunRecord,
    started: Instant,
) -> Result<Summary> {
    let (mut collected, mut lines, mut channels) =
        (Collected::default(), Vec::new(), BTreeSet::new());
    for session in done {
        channels.extend(session.channels);
        collected.append(session.collected);
        lines.push(session.line);
        record.sessions.push(session.record);
    }
    let curves = compared_curves(manifest, &collected, order);
    record.warnings.extend(unknown_channels(manifest, &channels));
    record.warnings.extend(curves.warnings.iter().cloned());
    for (task, test) in &curves.tests {
        collected.clusters.extend(table::rows_of_test(test, "", "", task));
    }

    let rows: Vec<&MeasureRow> = collected.measures.iter().collect();
    let found = StudyFindings {
        rows: &rows,
        comparisons: study::compare_visits(&rows),
        reliability: study::reliabilities(&rows),
        curves,
    };
    write_tables(&collected, &found, &order.out)?;
    let left_over = left_over(manifest, &order.out);
    overview::write(lines, &record, found, &order.out)?;
    record.end(started.elapsed());
    record.write(&order.out)?;
    Ok(Summary { record, left_over })
}

/// Channels of a study that no file has: most often a misspelt name.
fn unknown_channels(manifest: &Manifest, known: &BTreeSet<String>) -> Vec<String> {
    let recordings = manifest.sessions.iter().flat_map(|session| &session.recordings);
    let entries = recordings
        .flat_map(|recording| recording.channels.iter())
        .filter(|(_, entry)| !entry.ignore);
    let named: BTreeSet<&String> = entries.map(|(name, _)| name).collect();
    let unknown = named.into_iter().filter(|name| !known.contains(*name));
    unknown
        .map(|name| format!("study.toml names the channel \"{name}\", which no file has"))
        .collect()
}

/// The comparisons of the study's design, where it has one.
fn compared_curves(
    manifest: &Manifest,
    collected: &Collected,
    order: &Order,
) -> CurveAnswers {
    let settings = order.recipe.analysis.symmetry.on().cloned().unwrap_or_default();
    let (test, seed) = (&settings.test, settings.seed);
    let compare = |design| study::compare_curves(design, &collected.curves, test, seed);
    manifest.design.as_ref().map(compare).unwrap_or_default()
}

fn write_tables(
    collected: &Collected,
    found: &StudyFindings<'_>,
    out: &Path,
) -> Result<()> {
    let pooled = study::pool_coherence(&collected.pairs);
    write_csv(out, &collected.measures)?;
    write_csv(out, &collected.bursts)?;
    write_csv(out, &collected.cycles)?;
    write_csv(out, &collected.ensembles)?;
    write_csv(out, &collected.clusters)?;
    write_csv(out, &table::coherence_rows(&pooled))?;
    write_csv(out, &found.comparisons)?;
    write_csv(out, &found.reliability)?;
    write_dictionary(out)?;
    write_parquet(out, found.rows)
}

/// Writes what every measure and column of the tables says.
fn write_dictionary(out: &Path) -> Result<()> {
    let failed = |error: serde_json::Error| {
        Error::new(ErrorKind::Write, format!("cannot make the dictionary: {error}"))
    };
    let dictionary = table::measure_dictionary().map_err(failed)?;
    let mut text = serde_json::to_vec_pretty(&dictionary).map_err(failed)?;
    text.push(b'\n');
    write_whole(&out.join(table::DICTIONARY_FILE), &text)
}

fn write_csv<R: TableRow>(out: &Path, rows: &[R]) -> Result<()> {
    write_whole_with(&out.join(R::TABLE.csv_file()), |file| table::csv_of(rows, file))
}

#[cfg(feature = "tables")]
fn write_parquet<R: TableRow>(out: &Path, rows: &[&R]) -> Result<()> {
    let parquet = table::parquet_of(rows).map_err(|error| {
        let said = format!("cannot make the table of {}: {error}", R::TABLE.name);
        Error::new(ErrorKind::Write, said)
    })?;
    write_whole(&out.join(R::TABLE.parquet_file()), &parquet)
}

#[cfg(not(feature = "tables"))]
fn write_parquet<R: TableRow>(_: &Path, _: &[&R]) -> Result<()> {
    Ok(())
}

fn one_session(
    input: &SessionInput,
    order: &Order,
    progress: &dyn Progress,
    texts: &Mutex<Texts>,
) -> Result<Done> {
    let started = Instant::now();
    let folder = order.out.join("sessions").join(&input.folder);
    if let Some(findings) = reusable(input, order, &folder) {
        progress.reused(&input.folder, input.recordings.len());
        return Ok(done(input, &findings, true, started, texts));
    }
    let signals = folder.join("signals");
    remove_signals(&signals);
    let findings = findings_of(input, order, progress, &signals);
    write_reports(&findings, &folder)?;
    Ok(done(input, &findings, false, started, texts))
}

fn findings_of(
    input: &SessionInput,
    order: &Order,
    progress: &dyn Progress,
    signals: &Path,
) -> Findings {
    let save =
        |recording: &str, traces: &[Trace]| save_signals(signals, recording, traces);
    let mut findings = session::run(
        input,
        &session::Request {
            recipe: &order.recipe,
            rate: order.rate,
            finished: &|recording| progress.recording(&input.folder, recording),
            traces: order.save_signals.then_some(&save),
        },
    );
    // The files were hashed while they were read.
    findings.fingerprint = fingerprint(input, order, |recording| {
        let same =
            findings.recordings.iter().find(|findings| findings.file == recording.file);
        same.map(|findings| findings.blake3.clone()).unwrap_or_default()
    });
    findings
}

fn write_reports(findings: &Findings, folder: &Path) -> Result<()> {
    for writer in report::WRITERS {
        let mut bytes = Vec::new();
        writer.write(findings, &mut bytes).map_err(|error| {
            let name = writer.file_name();
            Error::new(ErrorKind::Write, format!("cannot make {name}: {error}"))
        })?;
        write_whole(&folder.join(writer.file_name()), &bytes)?;
    }
    Ok(())
}

fn fingerprint(
    input: &SessionInput,
    order: &Order,
    hash_of: impl Fn(&session::RecordingInput) -> String,
) -> String {
    fingerprint::of_session(input, &order.recipe, order.rate, hash_of)
}

/// The findings of an earlier run, when nothing that they depend on has changed and all
/// files are there.
fn reusable(input: &SessionInput, order: &Order, folder: &Path) -> Option<Findings> {
    if order.force
        || !report::WRITERS.iter().all(|writer| folder.join(writer.file_name()).is_file())
    {
        return None;
    }
    let findings: Findings =
        serde_json::from_slice(&std::fs::read(folder.join("report.json")).ok()?).ok()?;
    let now =
        fingerprint(input, order, |recording| fingerprint::of_file(&recording.path));
    let signals_there = !order.save_signals
        || findings.recordings.iter().all(|recording| {
            recording.status != session::Status::Done
                || signals_path(&folder.join("signals"), &recording.recording).is_file()
        });
    (findings.fingerprint == now && signals_there).then_some(findings)
}

fn done(
    input: &SessionInput,
    findings: &Findings,
    reused: bool,
    started: Instant,
    texts: &Mutex<Texts>,
) -> Done {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    let collected = Collected::from_session(input, findings, &mut texts);
    drop(texts);
    Done {
        record: SessionRecord::new(input, findings, reused, started.elapsed()),
        collected,
        line: SessionLine::summarise(&input.folder, findings),
        channels: findings
            .recordings
            .iter()
            .flat_map(|recording| &recording.channels)
            .map(|channel| channel.name.clone())
            .collect(),
    }
}

/// A session whose results could not be written: its recordings count as failed, and the
/// run goes on.
fn unwritten(input: &SessionInput, error: &Error, texts: &Mutex<Texts>) -> Done {
    let failure = session::Failure {
        message: error.text_of(&input.folder),
        hint: error.hint().map(str::to_owned),
    };
    done(input, &session::failed(input, &failure), false, Instant::now(), texts)
}

/// Removes the signals of an earlier run, so that they do not stay beside results that
/// they do not belong to.
fn remove_signals(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(std::result::Result::ok).map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "parquet") {
            // One that cannot be removed is replaced or reported when it is written.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn signals_path(folder: &Path, recording: &str) -> PathBuf {
    folder.join(format!("{recording}.parquet"))
}

#[cfg(feature = "tables")]
fn save_signals(folder: &Path, recording: &str, traces: &[Trace]) -> Result<()> {
    let bytes = table::traces_parquet(traces).map_err(|error| {
        Error::new(ErrorKind::Write, format!("cannot make the table of signals: {error}"))
    })?;
    write_whole(&signals_path(folder, recording), &bytes)
}

#[cfg(not(feature = "tables"))]
fn save_signals(_: &Path, _: &str, _: &[Trace]) -> Result<()> {
    Err(Error::new(ErrorKind::Write, "this build of soleus writes no Parquet").with_hint(
        "build with the feature `tables`, or use `soleus signals FILE -o OUT.csv`",
    ))
}

/// Session folders on disk that this run did not write.
fn left_over(manifest: &Manifest, out: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(out.join("sessions")) else {
        return Vec::new();
    };
    let current: Vec<String> =
        manifest.sessions.iter().map(|session| session.folder.clone()).collect();
    let mut names: Vec<String> = entries
        .filter_map(std::result::Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !current.contains(name))
        .collect();
    names.sort();
    names
}
