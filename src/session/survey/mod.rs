//! The plan of a run without running: what the recordings are, what belongs together, what
//! is missing, odd or left out.

mod odd;

use std::fmt;
use std::path::Path;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use super::findings::{ChannelFindings, Findings, RecordingFindings, Role, Status};
use super::manifest::{Heard, Manifest, RecordingInput, SessionInput};
use super::understand::{FileRead, open};
use crate::contacts::Contacts;
use crate::dsp::sums::root_mean_square;
use crate::error::ErrorKind;
use crate::outcome::Measure;
use crate::signal::{Channel, Kind, Muscle, Recording, Side};
use crate::units::{Hertz, Unit};

/// Everything that a run over some input would read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Survey {
    /// The sessions in the order of subject and session.
    pub sessions: Vec<SurveyedSession>,
    /// What sessions lack that most of them have, a line each.
    pub missing: Vec<String>,
    /// What differs from its sisters, a line each; it stands among the reasons of its
    /// recording, too.
    pub odd: Vec<String>,
    /// What speaks of no single recording: misspelt names, questions, files that are not
    /// read.
    pub warnings: Vec<String>,
    /// Files and folders that could not be looked at.
    pub left_out: Vec<NotSurveyed>,
}

/// A session of a survey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SurveyedSession {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The trials of maximal contraction that are the reference of its tasks.
    pub references: Vec<String>,
    /// Tasks that most sessions have and this one has not.
    pub missing: Vec<String>,
    /// The recordings, in the order of their files.
    pub recordings: Vec<SurveyedRecording>,
}

/// A recording of a survey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SurveyedRecording {
    /// The file, relative to the folder of its session.
    pub file: String,
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// Its task: recordings of one task are compared.
    pub task: String,
    /// What it is for.
    pub role: Role,
    /// Whether a run would analyse it.
    pub status: SurveyStatus,
    /// How long it is, in seconds.
    pub duration_s: Option<f64>,
    /// The sampling rate of its EMG channels in hertz; the highest of several.
    pub rate_hz: Option<f64>,
    /// All sampling rates of its EMG channels, in hertz.
    pub rates_hz: Vec<f64>,
    /// Its EMG channels.
    pub channels: Vec<SurveyedChannel>,
    /// How many events it has.
    pub events: usize,
    /// The file that its events are read from.
    pub events_file: Option<String>,
    /// What is wrong, odd or asked, one thing an entry.
    pub reasons: Vec<String>,
    /// The reason among them that says it may be in another unit than its sisters.
    #[serde(skip)]
    pub other_unit: Option<String>,
    /// Whether its name may say another role.
    #[serde(skip)]
    pub is_asked: bool,
    /// The names of all channels, EMG or not.
    #[serde(skip)]
    pub names: Vec<String>,
    /// BLAKE3 of the file.
    #[serde(skip)]
    blake3: String,
}

/// Whether a run would analyse a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SurveyStatus {
    /// It would.
    Read,
    /// It cannot be read, or holds no EMG.
    Failed,
    /// It is no recording.
    #[serde(rename = "left out")]
    LeftOut,
}

/// An EMG channel of a survey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SurveyedChannel {
    /// Its name in the file.
    pub name: String,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known.
    pub side: Option<Side>,
    /// The root mean square of its samples about their mean, in `unit`.
    pub amplitude: Option<f64>,
    /// The unit.
    pub unit: Unit,
}

/// What stands out in a session beside the others of its study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The file, relative to the folder of its session; empty of the session as a whole.
    pub file: String,
    /// What it is.
    pub about: RemarkAbout,
}

/// What stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemarkAbout {
    /// Tasks that most sessions have and this one has not.
    Missing(Vec<String>),
    /// A recording may be in another unit than its sisters: a sentence.
    OtherUnit(String),
    /// It differs from them in something else: a sentence.
    Odd(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, session, file, about } = self;
        match about {
            RemarkAbout::Missing(tasks) => {
                let tasks = tasks.join(", ");
                write!(f, "{subject} {session} has no {tasks}, which most have")
            }
            RemarkAbout::OtherUnit(reason) | RemarkAbout::Odd(reason) => {
                write!(f, "{subject} {session}, {file}: {reason}")
            }
        }
    }
}

/// What could not be looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NotSurveyed {
    /// The file or folder.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Survey {
    /// Reads every recording of a manifest once, and says what they are together.
    pub fn read(manifest: &Manifest, rate: Option<Hertz>, contacts: &Contacts) -> Self {
        let session = |input: &SessionInput| SurveyedSession::read(input, rate, contacts);
        let mut sessions: Vec<SurveyedSession> =
            manifest.sessions.par_iter().map(session).collect();
        let odd = odd::tell(&mut sessions);
        let missing = sessions.iter().filter_map(SurveyedSession::lacking);
        let missing = missing.map(|remark| remark.to_string()).collect();
        let left_out = manifest.left_out.iter().map(|left_out| NotSurveyed {
            path: left_out.shown.clone(),
            reason: left_out.reason.clone(),
        });
        let left_out = left_out.collect();
        let known = sessions.iter().flat_map(|session| &session.recordings);
        let known = known.flat_map(|one| one.names.iter().map(String::as_str)).collect();
        let unknown = manifest.unknown_channels(&known);
        let warnings = manifest.warnings.iter().cloned().chain(unknown).collect();
        Self { sessions, missing, odd, warnings, left_out }
    }

    /// What is missing in sessions, and odd in recordings beside each other.
    pub fn remarks(mut sessions: Vec<SurveyedSession>) -> Vec<Remark> {
        odd::tell(&mut sessions);
        let of_session = |session: &SurveyedSession| -> Vec<Remark> {
            let odd = session.recordings.iter().flat_map(|one| {
                let odd = |reason: &String| {
                    let about = match one.other_unit.as_ref() == Some(reason) {
                        true => RemarkAbout::OtherUnit(reason.clone()),
                        false => RemarkAbout::Odd(reason.clone()),
                    };
                    session.remark(&one.file, about)
                };
                one.reasons.iter().map(odd).collect::<Vec<_>>()
            });
            session.lacking().into_iter().chain(odd).collect()
        };
        sessions.iter().flat_map(of_session).collect()
    }

    /// Every recording, in order.
    pub fn recordings(&self) -> impl Iterator<Item = &SurveyedRecording> {
        self.sessions.iter().flat_map(|session| &session.recordings)
    }
}

impl SurveyedSession {
    /// Person and visit.
    fn name(&self) -> String {
        format!("{} {}", self.subject, self.session)
    }

    fn lacking(&self) -> Option<Remark> {
        (!self.missing.is_empty())
            .then(|| self.remark("", RemarkAbout::Missing(self.missing.clone())))
    }

    fn remark(&self, file: &str, about: RemarkAbout) -> Remark {
        Remark {
            subject: self.subject.clone(),
            session: self.session.clone(),
            file: file.to_owned(),
            about,
        }
    }

    /// Those of a session that a run has read.
    pub fn of_findings(findings: &Findings) -> Self {
        let recording = |found| SurveyedRecording::of_findings(found, findings);
        Self {
            subject: findings.subject.clone(),
            session: findings.session.clone(),
            references: Vec::new(),
            missing: Vec::new(),
            recordings: findings.recordings.iter().map(recording).collect(),
        }
    }

    fn read(input: &SessionInput, rate: Option<Hertz>, contacts: &Contacts) -> Self {
        let read = |recording: &RecordingInput| {
            SurveyedRecording::read(recording, input, rate, contacts)
        };
        let recordings: Vec<SurveyedRecording> =
            input.recordings.par_iter().map(read).collect();
        let is_reference =
            |one: &&SurveyedRecording| one.role == Role::Mvc && one.is_ready();
        Self {
            subject: input.subject.clone(),
            session: input.session.clone(),
            references: recordings
                .iter()
                .filter(is_reference)
                .map(|one| one.file.clone())
                .collect(),
            missing: Vec::new(),
            recordings,
        }
    }
}

impl SurveyedRecording {
    /// A task of which nothing else is known.
    pub(crate) fn named(task: &str) -> Self {
        Self {
            file: String::new(),
            subject: String::new(),
            session: String::new(),
            task: task.to_owned(),
            role: Role::Task,
            status: SurveyStatus::Read,
            duration_s: None,
            rate_hz: None,
            rates_hz: Vec::new(),
            channels: Vec::new(),
            events: 0,
            events_file: None,
            reasons: Vec::new(),
            other_unit: None,
            is_asked: false,
            names: Vec::new(),
            blake3: String::new(),
        }
    }

    fn read(
        input: &RecordingInput,
        session: &SessionInput,
        rate: Option<Hertz>,
        contacts: &Contacts,
    ) -> Self {
        let mut this = Self::unread(input, session);
        let FileRead { blake3, understood, .. } = match open(input, rate, contacts) {
            Ok(read) => read,
            Err(error) => {
                return this.failed(SurveyStatus::Failed, error.text_of(&input.file));
            }
        };
        this.blake3 = blake3;
        match understood {
            Ok(understood) => this.take(understood.recording),
            Err(error) => {
                let status = match error.kind() {
                    ErrorKind::NotARecording => SurveyStatus::LeftOut,
                    _ => SurveyStatus::Failed,
                };
                let hint = error.hint().map_or(String::new(), |hint| format!("; {hint}"));
                this = this.failed(status, format!("{}{hint}", error.message()));
            }
        }
        this
    }

    fn of_findings(found: &RecordingFindings, session: &Findings) -> Self {
        let is_emg = |channel: &&ChannelFindings| channel.kind == Kind::Emg;
        let emg: Vec<&ChannelFindings> = found.channels.iter().filter(is_emg).collect();
        let seconds =
            |channel: &&ChannelFindings| channel.rate_hz.seconds(channel.samples);
        let channel = |channel: &&ChannelFindings| SurveyedChannel {
            name: channel.name.clone(),
            muscle: channel.muscle,
            side: channel.side,
            amplitude: level(found, channel),
            unit: channel.unit.clone(),
        };
        Self {
            file: found.file.clone(),
            subject: session.subject.clone(),
            session: session.session.clone(),
            role: found.role,
            status: match found.status {
                Status::Done => SurveyStatus::Read,
                Status::Skipped(_) => SurveyStatus::LeftOut,
                Status::Failed(_) => SurveyStatus::Failed,
            },
            duration_s: emg.iter().map(seconds).reduce(f64::max),
            channels: emg.iter().map(channel).collect(),
            blake3: found.blake3.clone(),
            ..Self::named(&found.task)
        }
    }

    /// What its name and the study say of it.
    fn unread(input: &RecordingInput, session: &SessionInput) -> Self {
        let asked = input.role_hint.as_ref().filter(|hint| hint.heard != Heard::Taken);
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned())
        };
        Self {
            file: input.file.clone(),
            subject: session.subject.clone(),
            session: session.session.clone(),
            role: input.role,
            events_file: input.event_file().as_deref().and_then(name),
            is_asked: asked.is_some_and(|hint| hint.heard == Heard::Asked),
            reasons: asked.map(|hint| hint.describe()).into_iter().collect(),
            ..Self::named(&input.task)
        }
    }

    fn failed(self, status: SurveyStatus, reason: String) -> Self {
        let reasons = [vec![reason], self.reasons].concat();
        Self { status, reasons, ..self }
    }

    /// Whether a run would analyse it.
    pub fn is_ready(&self) -> bool {
        self.status == SurveyStatus::Read
    }

    fn take(&mut self, recording: Recording) {
        let Recording { channels, events, warnings, .. } = recording;
        self.names = channels.iter().map(|channel| channel.label.name.clone()).collect();
        let is_emg = |channel: &&Channel| channel.label.kind == Kind::Emg;
        self.events = events.len();
        self.reasons.extend(warnings);
        for channel in channels.iter().filter(is_emg) {
            let seconds = channel.rate.seconds(channel.samples.len());
            self.duration_s =
                Some(self.duration_s.map_or(seconds, |most| most.max(seconds)));
            let rate = channel.rate.hz();
            self.rate_hz = Some(self.rate_hz.map_or(rate, |most| most.max(rate)));
            if !self.rates_hz.contains(&rate) {
                self.rates_hz.push(rate);
            }
            self.channels.push(SurveyedChannel::of(channel));
        }
        if self.channels.is_empty() {
            self.status = SurveyStatus::Failed;
            self.reasons.insert(0, "no channel of it is EMG".into());
        }
    }
}

/// The first level that was found of a channel, in its unit.
fn level(found: &RecordingFindings, channel: &ChannelFindings) -> Option<f64> {
    let is_of_it = |row: &&Measure| {
        row.channel.as_deref() == Some(&*channel.name) && row.unit == channel.unit
    };
    found.measures().find(is_of_it)?.value
}

impl SurveyedChannel {
    fn of(channel: &Channel) -> Self {
        let known: Vec<f64> =
            channel.samples.iter().copied().filter(|sample| sample.is_finite()).collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let about: Vec<f64> = known.into_iter().map(|sample| sample - mean).collect();
        Self {
            name: channel.label.name.clone(),
            muscle: channel.label.muscle,
            side: channel.label.side,
            amplitude: root_mean_square(&about),
            unit: channel.unit.clone(),
        }
    }
}
