//! `run.json`: what was asked, what was read, how every session went, and when. The only
//! file of a run that holds times. Its paths lead from its folder on, so that they hold
//! where a study is moved with its output inside.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::write::Staged;
use super::{BUILD, Made, Order, fingerprint};
use crate::error::Result;
use crate::files::{self, PathsFrom};
use crate::session::{
    Findings, Manifest, RecordingFindings, RecordingInput, Role, SessionInput, Status,
};
use crate::table::CsvLocale;
use crate::units::Hertz;

/// The most bytes of a record of a run.
pub(super) const MOST_OF_A_RECORD: u64 = 1 << 30;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// `soleus`: a folder that holds this file is an output and is never read as input.
    pub program: String,
    /// The program's version.
    pub version: String,
    /// The fingerprint of the program's sources.
    pub build: String,
    /// `running` until everything was tried, then `done`, or `stopped` where somebody ended
    /// it before; a run that was killed stays
    /// `running`, and the tables beside it are those of the run before.
    pub status: String,
    /// Which run into this folder it is, counted from 1: the tables appear together with
    /// the record that says `done` or `stopped`.
    pub generation: u64,
    /// The command line, as it runs in the folder of this file.
    pub command: Vec<String>,
    /// What was asked beside the recipe.
    pub options: Option<RunOptions>,
    /// When the run began, UTC.
    pub started: String,
    /// When it ended, UTC.
    pub finished: Option<String>,
    /// How long it took, in seconds.
    pub seconds: Option<f64>,
    /// The recipe as run.
    pub recipe: serde_json::Value,
    /// BLAKE3 of the recipe as run.
    pub recipe_fingerprint: String,
    /// What a user should know about the input as a whole.
    pub warnings: Vec<String>,
    /// What could not be looked at.
    pub left_out: Vec<LeftOutRecord>,
    /// The recipe file and every `study.toml` that were read.
    pub settings: Vec<ReadFile>,
    /// BLAKE3 of every file beside this one.
    pub outputs: BTreeMap<String, String>,
    /// The sessions in the order of subject and session.
    pub sessions: Vec<SessionRecord>,
}

/// What was asked of a run beside its recipe: with it, all that its results depend on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// Files, folders and patterns.
    pub inputs: Vec<String>,
    /// A `study.toml` for everything found.
    pub study: Option<String>,
    /// The settings of the command line that are in the recipe.
    pub set: Vec<String>,
    /// The sampling rate of files that do not say.
    pub rate_hz: Option<Hertz>,
    /// Whether event files may lie outside the folder of their study.
    pub allow_outside: bool,
    /// Whether processed signals were asked for.
    pub save_signals: bool,
    /// Whose spreadsheets read the text tables.
    pub csv_locale: Option<CsvLocale>,
}

/// A file that was read beside the recordings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReadFile {
    /// The file.
    pub file: String,
    /// BLAKE3 of what was read; empty where it could not be read.
    pub blake3: String,
}

/// What a run could not look at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOutRecord {
    /// The file or folder.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Whether it was asked for by name.
    pub named: bool,
}

/// One session of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionRecord {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// Its folder below `sessions/`.
    pub folder: String,
    /// `done`, `partly` (some recordings failed), `failed` (none succeeded) or `skipped`
    /// (no recording in it).
    pub status: String,
    /// Whether the results of an earlier run were used.
    pub reused: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What the results depend on.
    pub fingerprint: String,
    /// BLAKE3 of every file in its folder.
    pub outputs: BTreeMap<String, String>,
    /// The recordings in the order of their names.
    pub recordings: Vec<RecordingRecord>,
}

/// One recording of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingRecord {
    /// Its name in the tables.
    pub recording: String,
    /// The file.
    pub file: String,
    /// What it is for.
    pub role: Role,
    /// `done`, `skipped` or `failed`.
    pub status: String,
    /// The size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
    /// The event file that the study names for it.
    pub events: Option<ReadFile>,
    /// Why it failed or was skipped.
    pub error: Option<String>,
    /// What is wrong with its events.
    #[serde(skip)]
    pub events_left_out: Vec<String>,
    /// What helps.
    pub hint: Option<String>,
    /// What a user should know before trusting the numbers.
    pub warnings: Vec<String>,
}

impl RunRecord {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "run.json";

    /// The record of a run that begins now.
    pub(super) fn begin(order: &Order, manifest: &Manifest) -> Self {
        let mut from_out = PathsFrom::new(&order.out);
        let left_out = manifest.left_out.iter().map(|left_out| LeftOutRecord {
            path: from_out.path(&left_out.path),
            reason: left_out.reason.clone(),
            named: left_out.named,
        });
        Self {
            program: "soleus".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: BUILD.to_owned(),
            status: "running".to_owned(),
            generation: generation_before(&order.out) + 1,
            command: order.command.clone(),
            started: now(),
            recipe: serde_json::to_value(&order.recipe).unwrap_or_default(),
            recipe_fingerprint: fingerprint::of_value(&order.recipe),
            warnings: manifest.warnings.clone(),
            left_out: left_out.collect(),
            options: Some(RunOptions::of(order, &mut from_out)),
            settings: settings(order, manifest, &mut from_out),
            ..Self::default()
        }
    }

    /// The run was stopped: what it has not done, the next one will.
    pub(super) fn stop(&mut self) {
        self.status = "stopped".to_owned();
        self.warnings.push(
            "the run was stopped before everything was processed; the same command goes on \
             where it was"
                .to_owned(),
        );
    }

    pub(super) fn end(&mut self, elapsed: Duration, outputs: BTreeMap<String, String>) {
        if self.status == "running" {
            self.status = "done".to_owned();
        }
        self.outputs = outputs;
        self.finished = Some(now());
        self.seconds = Some(elapsed.as_secs_f64());
    }

    /// Takes the sessions that were done, whose files are named from the output on.
    pub(super) fn take(&mut self, mut sessions: Vec<SessionRecord>, out: &Path) {
        let mut from_out = PathsFrom::new(out);
        let recordings = sessions.iter_mut().flat_map(|session| &mut session.recordings);
        for recording in recordings {
            let events = recording.events.iter_mut().map(|events| &mut events.file);
            for file in [&mut recording.file].into_iter().chain(events) {
                *file = from_out.path(Path::new(file.as_str()));
            }
        }
        self.sessions = sessions;
    }

    pub(super) fn write(&self, out: &Path) -> Result<()> {
        let mut staged = Staged::default();
        self.stage(out, &mut staged)?;
        staged.appear()
    }

    pub(super) fn stage(&self, out: &Path, staged: &mut Staged) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        staged.write(&out.join(Self::FILE_NAME), |file| file.write_all(text.as_bytes()))
    }

    /// Every recording with its session.
    pub fn recordings(&self) -> impl Iterator<Item = (&SessionRecord, &RecordingRecord)> {
        self.sessions.iter().flat_map(|session| {
            session.recordings.iter().map(move |recording| (session, recording))
        })
    }

    /// How many recordings have a status.
    pub fn count(&self, status: &str) -> usize {
        self.recordings().filter(|(_, recording)| recording.status == status).count()
    }
}

impl RunOptions {
    fn of(order: &Order, from_out: &mut PathsFrom) -> Self {
        Self {
            inputs: order.inputs.iter().map(|input| from_out.path(input)).collect(),
            study: order.study.as_ref().map(|study| from_out.path(study)),
            set: order.settings.clone(),
            rate_hz: order.rate,
            allow_outside: order.allow_outside,
            save_signals: order.save_signals,
            csv_locale: order.csv_locale.clone(),
        }
    }
}

/// The recipe file and the studies.
fn settings(
    order: &Order,
    manifest: &Manifest,
    from_out: &mut PathsFrom,
) -> Vec<ReadFile> {
    let recipe = order
        .recipe_file
        .iter()
        .map(|(path, text)| (path, blake3::hash(text.as_bytes()).to_hex().to_string()));
    let studies = manifest.studies.iter().map(|(path, blake3)| (path, blake3.clone()));
    let read = |(path, blake3): (&PathBuf, String)| ReadFile {
        file: from_out.path(path),
        blake3,
    };
    recipe.chain(studies).map(read).collect()
}

impl SessionRecord {
    pub(super) fn new(input: &SessionInput, findings: &Findings, made: Made) -> Self {
        let recordings = findings.recordings.iter();
        Self {
            subject: input.subject.clone(),
            session: input.session.clone(),
            folder: input.folder.clone(),
            status: status_of(findings).to_owned(),
            reused: made.reused,
            seconds: made.started.elapsed().as_secs_f64(),
            fingerprint: findings.fingerprint.clone(),
            outputs: made.outputs.into_files(),
            recordings: recordings
                .map(|recording| RecordingRecord::new(recording, input))
                .collect(),
        }
    }
}

fn status_of(findings: &Findings) -> &'static str {
    match (findings.done(), findings.failed()) {
        (0, 0) => "skipped",
        (0, _) => "failed",
        (_, 0) => "done",
        _ => "partly",
    }
}

impl RecordingRecord {
    fn new(recording: &RecordingFindings, input: &SessionInput) -> Self {
        let (status, error, hint) = match &recording.status {
            Status::Done => ("done", None, None),
            Status::Skipped(reason) => ("skipped", Some(reason.clone()), None),
            Status::Failed(failure) => {
                ("failed", Some(failure.message.clone()), failure.hint.clone())
            }
        };
        let reading = recording.reading.as_ref();
        let same = |one: &&RecordingInput| one.file == recording.file;
        let found = input.recordings.iter().find(same);
        let written = |path: &Path| path.to_string_lossy().into_owned();
        let events = found.and_then(RecordingInput::event_file);
        Self {
            recording: recording.recording.clone(),
            file: found.map_or_else(|| recording.file.clone(), |one| written(&one.path)),
            events: events.map(|path| ReadFile {
                file: written(&path),
                blake3: recording.events_blake3.clone().unwrap_or_default(),
            }),
            role: recording.role,
            status: status.to_owned(),
            bytes: recording.bytes,
            blake3: recording.blake3.clone(),
            error,
            events_left_out: recording.events_left_out.clone(),
            hint,
            warnings: reading.map(|read| read.warnings.clone()).unwrap_or_default(),
        }
    }
}

/// The number of the run before into a folder; 0 where there was none.
fn generation_before(out: &Path) -> u64 {
    #[derive(Deserialize)]
    struct Before {
        #[serde(default)]
        generation: u64,
    }
    let read = files::read(&out.join(RunRecord::FILE_NAME), MOST_OF_A_RECORD);
    let before =
        read.ok().and_then(|bytes| serde_json::from_slice::<Before>(&bytes).ok());
    before.map_or(0, |before| before.generation)
}

/// Now, UTC.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
