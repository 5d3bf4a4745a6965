//! What came out of one session: everything that a report shows and the tables hold.
//!
//! Findings are written as `report.json` and read back when a session need not be
//! computed again, so they hold nothing that depends on time, machine or order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{Note, Outcome, Verdict};
use crate::signal::{Kind, Muscle, RateSource, Side};
use crate::units::{Hertz, Unit};

/// Everything that came out of one session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The program's version.
    pub version: String,
    /// BLAKE3 of inputs, events, study entries, recipe and build: equal fingerprints,
    /// equal findings.
    pub fingerprint: String,
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The recordings, in the order of their names.
    pub recordings: Vec<RecordingFindings>,
    /// The reference of every channel, where activation has one, in words.
    pub references: Vec<String>,
    /// What a reader should know about the session as a whole.
    pub notes: Vec<Note>,
    /// The methods paragraph, one sentence an entry, written by the steps that ran.
    pub methods: Vec<String>,
    /// The recipe as run.
    pub recipe: serde_json::Value,
}

impl Findings {
    /// How many recordings failed.
    pub fn failed(&self) -> usize {
        self.recordings
            .iter()
            .filter(|recording| matches!(recording.status, Status::Failed(_)))
            .count()
    }

    /// How many recordings were processed.
    pub fn done(&self) -> usize {
        self.recordings
            .iter()
            .filter(|recording| recording.status == Status::Done)
            .count()
    }
}

/// What a recording is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What is to be analysed.
    #[default]
    Task,
    /// A maximal voluntary contraction: the reference of the session's tasks.
    Mvc,
    /// Rest.
    Rest,
    /// Not to be read.
    Ignore,
}

/// Everything that came out of one recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordingFindings {
    /// Its name in the tables: the file's name without extension, unless two files share
    /// it.
    pub recording: String,
    /// The file, relative to the folder of the session.
    pub file: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
    /// What it is for.
    pub role: Role,
    /// Whether it was processed.
    pub status: Status,
    /// How the file was read; `None` when it could not be.
    pub reading: Option<Reading>,
    /// Every channel of the file, EMG or not.
    pub channels: Vec<ChannelFindings>,
    /// What was decided, one step an entry, for every sampling rate of EMG channels in
    /// the file.
    pub processing: Vec<String>,
    /// What the steps found on the way, in words: mains lines removed, an envelope that
    /// fell below 0.
    pub found: Vec<String>,
    /// What the analyses say.
    pub outcomes: Vec<Outcome>,
}

impl RecordingFindings {
    /// The worst verdict among its EMG channels.
    pub fn verdict(&self) -> Option<Verdict> {
        self.channels.iter().filter_map(|channel| channel.verdict).max()
    }
}

/// Whether a recording was processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Processed.
    Done,
    /// Left out because it is no recording (an event file), with what it is.
    Skipped(String),
    /// It failed, and why.
    Failed(Failure),
}

/// Why a recording failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong, with the place in the file.
    pub message: String,
    /// What helps.
    pub hint: Option<String>,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The format's name.
    pub format: String,
    /// How it was understood, one finding an entry.
    pub dialect: Vec<String>,
    /// What a user should know before trusting the numbers.
    pub warnings: Vec<String>,
    /// The duration of the longest channel in seconds.
    pub duration_s: f64,
    /// The time of the first sample on the file's own clock, in seconds.
    pub start_s: f64,
    /// How many events belong to the recording.
    pub events: usize,
}

/// A channel of a file, as it was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelFindings {
    /// Its name in the file.
    pub name: String,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known.
    pub side: Option<Side>,
    /// What it measures; only EMG is analysed.
    pub kind: Kind,
    /// Its unit.
    pub unit: Unit,
    /// Its sampling rate.
    pub rate_hz: Hertz,
    /// How the rate became known.
    pub rate_from: RateSource,
    /// The number of samples, gaps included.
    pub samples: usize,
    /// How many stretches of samples are missing.
    pub gaps: usize,
    /// How many samples are missing.
    pub missing: usize,
    /// Whether it can be trusted (EMG channels of processed recordings).
    pub verdict: Option<Verdict>,
    /// The reasons for the verdict, in words.
    pub reasons: Vec<String>,
}
