//! `run.json`: what was asked, what was read, how every session went, and when. The only
//! file of a run that holds times.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::write::Staged;
use super::{BUILD, Made, Order, fingerprint};
use crate::error::Result;
use crate::files;
use crate::recipe::Recipe;
use crate::session::{Findings, LeftOut, RecordingFindings, Role, SessionInput, Status};

/// The most bytes of a record of a run.
pub(super) const MOST_OF_A_RECORD: u64 = 1 << 30;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// `soleus`: a folder that holds this file is an output and is never read as input.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The fingerprint of the program's sources.
    pub build: &'static str,
    /// `running` until everything was tried, then `done`, or `stopped` where somebody ended
    /// it before; a run that was killed stays
    /// `running`, and the tables beside it are those of the run before.
    pub status: &'static str,
    /// Which run into this folder it is, counted from 1: the tables appear together with
    /// the record that says `done` or `stopped`.
    pub generation: u64,
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
    /// What could not be looked at.
    pub left_out: Vec<LeftOut>,
    /// BLAKE3 of every file beside this one.
    pub outputs: BTreeMap<String, String>,
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
    /// BLAKE3 of every file in its folder.
    pub outputs: BTreeMap<String, String>,
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
            generation: generation_before(&order.out) + 1,
            command: order.command.clone(),
            started: now(),
            finished: None,
            seconds: None,
            recipe: order.recipe.clone(),
            recipe_fingerprint: fingerprint::of_value(&order.recipe),
            warnings: Vec::new(),
            left_out: Vec::new(),
            outputs: BTreeMap::new(),
            sessions: Vec::new(),
        }
    }

    /// The run was stopped: what it has not done, the next one will.
    pub(super) fn stop(&mut self) {
        self.status = "stopped";
        self.warnings.push(
            "the run was stopped before everything was processed; the same command goes on \
             where it was"
                .to_owned(),
        );
    }

    pub(super) fn end(&mut self, elapsed: Duration, outputs: BTreeMap<String, String>) {
        if self.status == "running" {
            self.status = "done";
        }
        self.outputs = outputs;
        self.finished = Some(now());
        self.seconds = Some(elapsed.as_secs_f64());
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

impl SessionRecord {
    pub(super) fn new(input: &SessionInput, findings: &Findings, made: Made) -> Self {
        let recordings = findings.recordings.iter();
        Self {
            subject: input.subject.clone(),
            session: input.session.clone(),
            folder: input.folder.clone(),
            status: status_of(findings),
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
