//! What came out of one session: everything that a report shows and the tables hold.
//!
//! Findings are written as `report.json` and read back when a session need not be
//! computed again, so they hold nothing that depends on time, machine or order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::head::StudyHead;
use super::provenance::Provenance;
use super::reported::Reporting;
use super::task::task_of;
use crate::dsp::gaps::stretches;
use crate::outcome::{Measure, Note, Outcome, Verdict};
use crate::signal::{Channel, Kind, Label, Muscle, RateSource, Recording, Side};
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
    /// What the study says of itself.
    #[serde(default, skip_serializing_if = "StudyHead::is_empty")]
    pub head: StudyHead,
    /// The recordings, in the order of their names.
    pub recordings: Vec<RecordingFindings>,
    /// The reference of every channel, where activation has one, in words.
    pub references: Vec<String>,
    /// What a reader should know about the session as a whole.
    pub notes: Vec<Note>,
    /// The methods paragraph, one sentence an entry, written by the steps that ran.
    pub methods: Vec<String>,
    /// The short methods, how was recorded, and what reports are asked to tell.
    #[serde(default, skip_serializing_if = "Reporting::is_empty")]
    pub reporting: Reporting,
    /// In what it differs from the standard recipe, and what was left out.
    #[serde(default, skip_serializing_if = "Provenance::is_empty")]
    pub provenance: Provenance,
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

impl Role {
    /// The word in `study.toml`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Mvc => "mvc",
            Self::Rest => "rest",
            Self::Ignore => "ignore",
        }
    }
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
    /// BLAKE3 of its event file, where the study names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_blake3: Option<String>,
    /// What is wrong with its event file or rows of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events_left_out: Vec<String>,
    /// What it is for.
    pub role: Role,
    /// Its task: recordings of one task are compared.
    #[serde(default)]
    pub task: String,
    /// Its heading, where the study gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
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
    /// Those of a recording that was not looked at yet.
    pub(super) fn nothing_yet(recording: &str, file: &str, role: Role) -> Self {
        Self {
            recording: recording.to_owned(),
            file: file.to_owned(),
            bytes: 0,
            blake3: String::new(),
            events_blake3: None,
            events_left_out: Vec::new(),
            role,
            task: task_of(recording, "", ""),
            title: None,
            status: Status::Done,
            reading: None,
            channels: Vec::new(),
            processing: Vec::new(),
            found: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Every measure of every analysis, in the order of the report and of `measures.csv`.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.outcomes.iter().flat_map(|outcome| &outcome.measures)
    }

    /// The measure of a name of one channel, or of a pair (`"SOL_L ~ SOL_R"`, left
    /// first). `None` where no analysis that ran has it; a measure that could not be
    /// computed is there, with an empty value and the reason as its note.
    pub fn measure(&self, name: &str, channel: &str) -> Option<&Measure> {
        self.measures()
            .find(|row| row.name == name && row.channel.as_deref() == Some(channel))
    }

    /// What one analysis said, by its name in the recipe; `None` where it did not run.
    pub fn outcome(&self, analysis: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.analysis == analysis)
    }

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

impl Reading {
    /// How a recording was read.
    pub(super) fn describe(recording: &Recording) -> Self {
        let Recording { channels, .. } = recording;
        let starts = channels.iter().map(|channel| channel.start_s);
        Self {
            format: recording.format.to_owned(),
            dialect: recording.dialect.clone(),
            warnings: recording.warnings.clone(),
            duration_s: channels.iter().map(Channel::duration_s).fold(0.0, f64::max),
            start_s: starts.reduce(f64::min).unwrap_or(0.0),
            events: recording.events.len(),
        }
    }
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

impl ChannelFindings {
    /// A channel as it was understood, without a verdict.
    pub fn describe(channel: &Channel) -> Self {
        let Label { name, muscle, side, kind } = channel.label.clone();
        Self {
            name,
            muscle,
            side,
            kind,
            unit: channel.unit.clone(),
            rate_hz: channel.rate,
            rate_from: channel.rate_source,
            samples: channel.samples.len(),
            gaps: gaps(&channel.samples),
            missing: channel.missing(),
            verdict: None,
            reasons: Vec::new(),
        }
    }
}

/// How many stretches of samples are missing.
fn gaps(samples: &[f64]) -> usize {
    let present = stretches(samples);
    match (present.first(), present.last()) {
        (Some(first), Some(last)) => {
            let between = present.len() - 1;
            let before = usize::from(first.start > 0);
            between + before + usize::from(last.end < samples.len())
        }
        _ => usize::from(!samples.is_empty()),
    }
}
