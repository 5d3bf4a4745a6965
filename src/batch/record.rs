//! `run.json`: what was asked, what was read, how every session went, and when. The only
//! file of a run that holds times.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{BUILD, Order, fingerprint, write_whole};
use crate::error::Result;
use crate::recipe::Recipe;
use crate::session::{Findings, RecordingFindings, Role, SessionInput, Status};

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// `soleus`: a folder that holds this file is an output and is never read as input.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The fingerprint of the program's sources.
    pub build: &'static str,
    /// `running` until everything was tried, then `done`; a run that was killed stays
    /// `running`.
    pub status: &'static str,
    /// The command line.
    pub command: Vec<String>,
    /// When the run began, UTC.
    pub started: String,
    /// When it ended, UTC.
    pub finished: Option<String>,
    /// How long it took, in seconds.
    pub seconds: Option<f64>,
    /// The recipe as run.
    pub recipe: Recipe,
    /// BLAKE3 of the recipe as run.
    pub recipe_fingerprint: String,
    /// What a user should know about the input as a whole.
    pub warnings: Vec<String>,
    /// The sessions in the order of subject and session.
    pub sessions: Vec<SessionRecord>,
}

/// One session of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionRecord {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// Its folder below `sessions/`.
    pub folder: String,
    /// `done`, `partly` (some recordings failed), `failed` (none succeeded) or `skipped`
    /// (no recording in it).
    pub status: &'static str,
    /// Whether the results of an earlier run were used.
    pub reused: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What the results depend on.
    pub fingerprint: String,
    /// The recordings in the order of their names.
    pub recordings: Vec<RecordingRecord>,
}

/// One recording of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordingRecord {
    /// Its name in the tables.
    pub recording: String,
    /// The file as it was found.
    pub file: String,
    /// What it is for.
    pub role: Role,
    /// `done`, `skipped` or `failed`.
    pub status: &'static str,
    /// The size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
    /// Why it failed or was skipped.
    pub error: Option<String>,
    /// What helps.
    pub hint: Option<String>,
    /// What a user should know before trusting the numbers.
    pub warnings: Vec<String>,
}

impl RunRecord {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "run.json";

    /// The record of a run that begins now.
    pub(super) fn begin(order: &Order) -> Self {
        Self {
            program: "soleus",
            version: env!("CARGO_PKG_VERSION"),
            build: BUILD,
            status: "running",
            command: order.command.clone(),
            started: now(),
            finished: None,
            seconds: None,
            recipe: order.recipe.clone(),
            recipe_fingerprint: fingerprint::of_value(&order.recipe),
            warnings: Vec::new(),
            sessions: Vec::new(),
        }
    }

    pub(super) fn end(&mut self, elapsed: Duration) {
        self.status = "done";
        self.finished = Some(now());
        self.seconds = Some(elapsed.as_secs_f64());
    }

    pub(super) fn write(&self, out: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        write_whole(&out.join(Self::FILE_NAME), text.as_bytes())
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

impl SessionRecord {
    pub(super) fn new(
        input: &SessionInput,
        findings: &Findings,
        reused: bool,
        elapsed: Duration,
    ) -> Self {
        let recordings = findings.recordings.iter();
        Self {
            subject: input.subject.clone(),
            session: input.session.clone(),
            folder: input.folder.clone(),
            status: status_of(findings),
            reused,
            seconds: elapsed.as_secs_f64(),
            fingerprint: findings.fingerprint.clone(),
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
        Self {
            recording: recording.recording.clone(),
            file: path_of(&recording.file, input),
            role: recording.role,
            status,
            bytes: recording.bytes,
            blake3: recording.blake3.clone(),
            error,
            hint,
            warnings: reading.map(|read| read.warnings.clone()).unwrap_or_default(),
        }
    }
}

/// The file of a recording as it was found.
fn path_of(file: &str, input: &SessionInput) -> String {
    let same = input.recordings.iter().find(|recording| recording.file == file);
    same.map_or_else(|| file.to_owned(), |found| found.path.display().to_string())
}

fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
