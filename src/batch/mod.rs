//! Many sessions: found, scheduled, reused where nothing changed, written whole, errors
//! kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;
use crate::report;
use crate::session::{
    self, Findings, Manifest, RecordingFindings, Search, SessionInput, Sharing, Status,
    Survey, SurveyedSession,
};
use crate::signal::Trace;
use crate::study::{
    self, CurveAnswers, MeasureRow, PairInRecording, PersonCurve, SessionLine, Texts,
    VisitComparison,
};
use crate::table::{self, BurstRow, ClusterRow, CsvLocale, CycleRow, EnsembleRow};
use crate::units::Hertz;

mod again;
mod fingerprint;
mod lock;
mod outputs;
mod overview;
mod place;
mod record;
mod reuse;
mod signals;
mod tables;
mod verify;
mod version;
mod write;
mod written;

pub use again::AgainDifference;
pub use fingerprint::BUILD;
use lock::Lock;
use outputs::Outputs;
use overview::StudyFindings;
pub use record::{
    LeftOutRecord, ReadFile, RecordingRecord, RunOptions, RunRecord, SessionRecord,
};
pub use verify::{CheckedFile, FileState};
use write::Staged;
pub use write::write_whole;
pub use written::WrittenRun;

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Order {
    /// Files, folders and patterns.
    pub inputs: Vec<PathBuf>,
    /// The output folder.
    pub out: PathBuf,
    /// A `study.toml` for everything found.
    pub study: Option<PathBuf>,
    /// Whether event files may lie outside the folder of their study.
    pub allow_outside: bool,
    /// The recipe.
    pub recipe: Recipe,
    /// The `PATH=VALUE` settings of the command line that are in it.
    pub settings: Vec<String>,
    /// The file that it was read from, and its text.
    pub recipe_file: Option<(PathBuf, String)>,
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// Recordings at the same time; `None`: the processors.
    pub jobs: Option<usize>,
    /// Compute sessions anew although nothing changed.
    pub force: bool,
    /// Also write every recording's clean signal, envelope and activation.
    pub save_signals: bool,
    /// Whose spreadsheets read the text tables; `None`: everybody's programs.
    pub csv_locale: Option<CsvLocale>,
    /// The command line as it runs in the output folder, for `run.json`.
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
    /// Whether somebody wants the run to end with what is done.
    fn is_stopped(&self) -> bool {
        false
    }
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
    surveyed: SurveyedSession,
    /// Whether a recording found no room in memory beside others: it is tried again alone.
    lacks_room: bool,
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
/// output folder that cannot be written, that another run is writing into or that is
/// removed on the way. A recording that fails is no error of the run: it is counted in the
/// summary.
pub fn run(order: &Order, progress: &dyn Progress) -> Result<Summary> {
    let started = Instant::now();
    order.recipe.check()?;
    if order.save_signals {
        signals::refuse_a_build_without_them()?;
    }
    let manifest = session::find(
        &order.inputs,
        &Search {
            study: order.study.as_deref(),
            out: Some(&order.out),
            allow_outside: order.allow_outside,
        },
    )?;
    place::refuse_above_input(&manifest, &order.out)?;
    place::refuse_files_of_others(&manifest, &order.out)?;
    version::refuse_a_newer_one(&order.out)?;
    let lock = Lock::take(&order.out, &record::now())?;
    write::sweep(&order.out);

    let mut record = RunRecord::begin(order, &manifest);
    record.write(&order.out)?;
    let recordings =
        manifest.sessions.iter().map(|session| session.recordings.len()).sum();
    progress.begin(manifest.sessions.len(), recordings);
    let texts = Mutex::default();
    let one = |input: &SessionInput| {
        let session = match progress.is_stopped() {
            true => Err(stopped()),
            false => side_by_side(input, order, progress, &texts),
        };
        session.unwrap_or_else(|error| unwritten(input, &error, (&order.out, &texts)))
    };
    let threads = threads(order)?;
    let mut done: Vec<Done> =
        threads.install(|| manifest.sessions.par_iter().map(one).collect());
    for (input, done) in manifest.sessions.iter().zip(&mut done) {
        if done.lacks_room && !progress.is_stopped() {
            *done = threads.install(|| alone(input, order, progress, &texts));
        }
    }
    progress.end();
    if progress.is_stopped() {
        record.stop();
    }
    finish(done, &manifest, order, (record, started), &lock)
}

/// What a session says that was not begun, or not ended, when the run was stopped.
fn stopped() -> Error {
    Error::new(ErrorKind::Process, "not processed, since the run was stopped")
        .with_hint("run the same command again: what is done is not computed again")
}

fn threads(order: &Order) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(order.jobs.unwrap_or(0));
    pool.build().map_err(|error| {
        let said = format!("cannot start {:?} threads: {error}", order.jobs);
        Error::new(ErrorKind::Process, said)
    })
}

/// So many recordings are named in a warning.
const MOST_NAMED: usize = 12;

/// Writes what is said of all sessions together: every table, the page, and the record of
/// the run, which appear in one sweep.
fn finish(
    done: Vec<Done>,
    manifest: &Manifest,
    order: &Order,
    (mut record, started): (RunRecord, Instant),
    lock: &Lock,
) -> Result<Summary> {
    let (mut collected, mut channels) = (Collected::default(), BTreeSet::new());
    let (mut lines, mut sessions, mut surveyed) = (Vec::new(), Vec::new(), Vec::new());
    for session in done {
        channels.extend(session.channels);
        collected.append(session.collected);
        lines.push(session.line);
        surveyed.push(session.surveyed);
        sessions.push(session.record);
    }
    let events_left_out = of_events(&sessions);
    record.take(sessions, &order.out);
    record.warnings.extend(events_left_out);
    let visits = surveyed.iter().map(|one| (one.subject.as_str(), one.session.as_str()));
    record.warnings.extend(study::unordered(visits));
    let comparisons = compared_visits(&surveyed, &collected);
    let remarks = Survey::remarks(surveyed);
    record.warnings.extend(remarks.iter().map(ToString::to_string));
    let curves = compared_curves(manifest, &collected, order);
    let known = channels.iter().map(String::as_str).collect();
    record.warnings.extend(manifest.unknown_channels(&known));
    record.warnings.extend(curves.warnings.iter().cloned());
    for (task, test) in &curves.tests {
        collected.clusters.extend(table::rows_of_test(test, "", "", task));
    }

    let rows: Vec<&MeasureRow> = collected.measures.iter().collect();
    let found = StudyFindings {
        rows: &rows,
        comparisons,
        reliability: study::reliabilities(&rows),
        curves,
        remarks,
        manifest,
    };
    place::refuse_a_removed_one(lock, &record, &order.out)?;
    let mut staged = Staged::default();
    tables::write(&collected, &found, order, &mut staged)?;
    let left_over = left_over(manifest, &order.out);
    overview::write(lines, &mut record, found, &order.out, &mut staged)?;
    record.end(started.elapsed(), staged.hashes());
    record.stage(&order.out, &mut staged)?;
    staged.appear()?;
    Ok(Summary { record, left_over })
}

/// The comparisons of visits, and who takes no part in them.
fn compared_visits(
    sessions: &[SurveyedSession],
    collected: &Collected,
) -> Vec<VisitComparison> {
    let rows: Vec<&MeasureRow> = collected.measures.iter().collect();
    let mut compared = study::compare_visits(&rows);
    compared.extend(study::uncompared(sessions, &rows, &compared));
    compared
}

/// What is wrong with event files, one line for each that many recordings share.
fn of_events(sessions: &[SessionRecord]) -> Vec<String> {
    let mut by_line: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for session in sessions {
        for recording in &session.recordings {
            for line in &recording.events_left_out {
                let name = format!("{}/{}", session.folder, recording.recording);
                by_line.entry(line).or_default().push(name);
            }
        }
    }
    let line = |(line, names): (&str, Vec<String>)| format!("{}: {line}", named(&names));
    by_line.into_iter().map(line).collect()
}

/// The first names of many, and how many more there are.
fn named(names: &[String]) -> String {
    let shown = names.len().min(MOST_NAMED);
    match names.len() - shown {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..shown].join(", ")),
    }
}

/// The comparisons of the study's design, where it has one.
fn compared_curves(
    manifest: &Manifest,
    collected: &Collected,
    order: &Order,
) -> CurveAnswers {
    let settings = order.recipe.analysis.symmetry.on().cloned().unwrap_or_default();
    let (test, seed) = (&settings.test, settings.seed);
    let compare = |asked| study::compare_curves(asked, &collected.curves, test, seed);
    let asked = manifest.design.as_ref().and_then(|design| design.compare);
    asked.map(compare).unwrap_or_default()
}

/// A session beside others. Where they leave it no room in memory, nothing is written.
fn side_by_side(
    input: &SessionInput,
    order: &Order,
    progress: &dyn Progress,
    texts: &Mutex<Texts>,
) -> Result<Done> {
    let lacks_room = AtomicBool::new(false);
    one_session(input, order, (progress, Sharing::Beside(&lacks_room)), texts)
}

/// A session that found no room in memory beside others, when they are done.
fn alone(
    input: &SessionInput,
    order: &Order,
    progress: &dyn Progress,
    texts: &Mutex<Texts>,
) -> Done {
    let session =
        one_session(input, order, (&CountedBefore(progress), Sharing::Alone), texts);
    session.unwrap_or_else(|error| unwritten(input, &error, (&order.out, texts)))
}

/// Progress of recordings that were counted before.
struct CountedBefore<'a>(&'a dyn Progress);

impl Progress for CountedBefore<'_> {
    fn begin(&self, _: usize, _: usize) {}
    fn recording(&self, _: &str, _: &RecordingFindings) {}
    fn reused(&self, _: &str, _: usize) {}
    fn end(&self) {}
    fn is_stopped(&self) -> bool {
        self.0.is_stopped()
    }
}

fn one_session(
    input: &SessionInput,
    order: &Order,
    (progress, sharing): (&dyn Progress, Sharing<'_>),
    texts: &Mutex<Texts>,
) -> Result<Done> {
    let started = Instant::now();
    let folder = order.out.join("sessions").join(&input.folder);
    if let Some((findings, outputs)) = reuse::earlier(input, order, &folder) {
        progress.reused(&input.folder, input.recordings.len());
        return Ok(done(
            input,
            &findings,
            Made { reused: true, started, outputs },
            texts,
        ));
    }
    let (findings, mut outputs) = findings_of(input, order, (progress, sharing), &folder);
    // Half a session is none: its earlier results stay.
    if progress.is_stopped() && findings.failed() > 0 {
        return Err(stopped());
    }
    if sharing.lacks_room() {
        return Ok(without_room(input, &findings, texts));
    }
    let before = reuse::earlier_signals(&findings, &folder);
    write::make_below(&order.out, &folder)?;
    write_reports(&findings, &folder, &mut outputs)?;
    // Only now that the new is there may the old go.
    signals::replace(before, &folder, &mut outputs);
    outputs.write(&folder)?;
    Ok(done(input, &findings, Made { reused: false, started, outputs }, texts))
}

/// How the results of a session came to be.
struct Made {
    reused: bool,
    started: Instant,
    outputs: Outputs,
}

/// What comes out of a session, and the signals that were written on the way.
fn findings_of(
    input: &SessionInput,
    order: &Order,
    (progress, sharing): (&dyn Progress, Sharing<'_>),
    folder: &Path,
) -> (Findings, Outputs) {
    let outputs = Mutex::new(Outputs::default());
    let save = |recording: &str, traces: &[Trace]| {
        signals::save((&order.out, folder), recording, traces, &outputs)
    };
    let mut findings = session::run(
        input,
        &session::Request {
            recipe: &order.recipe,
            rate: order.rate,
            finished: &|recording| {
                // One that finds no room is tried again.
                if recording.status == Status::Done || !sharing.lacks_room() {
                    progress.recording(&input.folder, recording);
                }
            },
            stops: &|| progress.is_stopped(),
            traces: order.save_signals.then_some(&save),
            sharing,
        },
    );
    findings.provenance = findings.provenance.with_settings(&order.settings);
    findings.fingerprint = fingerprint::of_findings(input, order, &findings);
    (findings, outputs.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn write_reports(
    findings: &Findings,
    folder: &Path,
    outputs: &mut Outputs,
) -> Result<()> {
    let mut staged = Staged::default();
    for writer in report::WRITERS {
        let mut bytes = Vec::new();
        let name = writer.file_name();
        writer.write(findings, &mut bytes).map_err(|error| {
            Error::new(ErrorKind::Write, format!("cannot make {name}: {error}"))
        })?;
        staged.write(&folder.join(name), |file| file.write_all(&bytes))?;
        outputs.note(name.to_owned(), &bytes);
    }
    staged.appear()
}

fn done(
    input: &SessionInput,
    findings: &Findings,
    made: Made,
    texts: &Mutex<Texts>,
) -> Done {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    let collected = Collected::from_session(input, findings, &mut texts);
    drop(texts);
    Done {
        record: SessionRecord::new(input, findings, made),
        collected,
        line: SessionLine::summarise(&input.folder, findings),
        surveyed: SurveyedSession::of_findings(findings),
        lacks_room: false,
        channels: findings
            .recordings
            .iter()
            .flat_map(|recording| &recording.channels)
            .map(|channel| channel.name.clone())
            .collect(),
    }
}

/// A session some of whose recordings found no room in memory beside others.
fn without_room(input: &SessionInput, findings: &Findings, texts: &Mutex<Texts>) -> Done {
    let made =
        Made { reused: false, started: Instant::now(), outputs: Outputs::default() };
    Done { lacks_room: true, ..done(input, findings, made, texts) }
}

/// A session whose results could not be written: its recordings count as failed, and the
/// run goes on.
fn unwritten(
    input: &SessionInput,
    error: &Error,
    (out, texts): (&Path, &Mutex<Texts>),
) -> Done {
    let failure = session::Failure {
        message: error.text_from(&out.join("sessions").join(&input.folder)),
        hint: error.hint().map(str::to_owned),
    };
    let made =
        Made { reused: false, started: Instant::now(), outputs: Outputs::default() };
    done(input, &session::failed(input, &failure), made, texts)
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
