//! A session among others: how its recordings went, how good its channels are, and the
//! numbers to show at a glance.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::{at_a_glance, has_its_epochs};
use crate::analysis::dictionary;
use crate::outcome::fact::{Direction, Known, Relative};
use crate::outcome::{HeadlineKind, Measure, Verdict};
use crate::session::{Findings, RecordingFindings, Remark, RemarkAbout, Role, Status};
use crate::signal::{Kind, Muscle};
use crate::units::Unit;

/// How many numbers a session shows at a glance.
const HEADLINES: usize = 6;

/// One session of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionLine {
    /// Who was recorded.
    pub subject: String,
    /// Which visit; may be empty.
    pub session: String,
    /// The name of its folder in `sessions/`.
    pub folder: String,
    /// The names of its recordings that are tasks.
    pub tasks: BTreeSet<String>,
    /// How many recordings were processed.
    pub done: usize,
    /// How many recordings failed.
    pub failed: usize,
    /// How many files were left out because they are no recordings.
    pub skipped: usize,
    /// How many EMG channels are good.
    pub good: usize,
    /// How many EMG channels are to be used with care.
    pub check: usize,
    /// How many EMG channels are not to be trusted.
    pub bad: usize,
    /// The numbers to show at a glance.
    pub headlines: Vec<Headline>,
    /// Its recordings, in the order of its report.
    pub recordings: Vec<RecordingLine>,
    /// Tasks that most sessions have and this one has not.
    pub missing: Vec<String>,
}

/// How a recording of a session went.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingLine {
    /// The file, relative to the folder of its session.
    pub file: String,
    /// Its name.
    pub recording: String,
    /// Its task.
    pub task: String,
    /// What it is for.
    pub role: Role,
    /// What became of it.
    pub state: RecordingState,
    /// Why it is not good, the worst first.
    pub reasons: Vec<String>,
    /// What can be done about it, where the reason for its failure says so.
    pub hint: Option<String>,
    /// Whether it may be in another unit than its sisters.
    pub is_other_unit: bool,
    /// Whether it has repetitions, cycles or a rhythm.
    pub is_moving: bool,
    /// How long it is, in seconds.
    pub duration_s: Option<f64>,
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingState {
    /// It was processed; with the worst verdict of its channels.
    Judged(Option<Verdict>),
    /// It could not be processed.
    Failed,
    /// It is no recording.
    LeftOut,
}

/// A number to show at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The measure's name as in the tables.
    pub measure: String,
    /// What it was measured on: a muscle and its side, or a channel.
    pub of: String,
    /// The value in `unit`; `None` when it could not be computed.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: Unit,
    /// The 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// Why the value is missing.
    pub note: Option<String>,
}

impl SessionLine {
    /// What findings say of their session; `folder` is its folder in `sessions/`.
    pub fn summarise(folder: &str, findings: &Findings) -> Self {
        let channels =
            findings.recordings.iter().flat_map(|recording| &recording.channels);
        let verdicts: Vec<Verdict> =
            channels.filter_map(|channel| channel.verdict).collect();
        let count = |verdict| verdicts.iter().filter(|&&other| other == verdict).count();
        Self {
            subject: findings.subject.clone(),
            session: findings.session.clone(),
            folder: folder.to_owned(),
            tasks: tasks(findings).map(|task| task.recording.clone()).collect(),
            done: findings.done(),
            failed: findings.failed(),
            skipped: findings.recordings.len() - findings.done() - findings.failed(),
            good: count(Verdict::Good),
            check: count(Verdict::Check),
            bad: count(Verdict::Bad),
            headlines: headlines(findings),
            recordings: findings.recordings.iter().map(RecordingLine::of).collect(),
            missing: Vec::new(),
        }
    }

    /// Takes over what stands out in it beside the others.
    pub fn take(&mut self, remark: &Remark) {
        match &remark.about {
            RemarkAbout::Missing(tasks) => self.missing.clone_from(tasks),
            RemarkAbout::OtherUnit(_) => {
                let of_file = |one: &&mut RecordingLine| one.file == remark.file;
                if let Some(one) = self.recordings.iter_mut().find(of_file) {
                    one.is_other_unit = true;
                }
            }
            RemarkAbout::Odd(_) => {}
        }
    }
}

/// The sessions of each person, both in the order of the page.
pub fn people(sessions: &[SessionLine]) -> Vec<(&str, Vec<&SessionLine>)> {
    let mut people: Vec<(&str, Vec<&SessionLine>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for line in sessions {
        let place = *places.entry(&line.subject).or_insert_with(|| {
            people.push((&line.subject, Vec::new()));
            people.len() - 1
        });
        people[place].1.push(line);
    }
    people
}

impl RecordingLine {
    fn of(found: &RecordingFindings) -> Self {
        let told = found.outcomes.iter().flat_map(|outcome| &outcome.headlines);
        Self {
            file: found.file.clone(),
            recording: found.recording.clone(),
            task: found.task.clone(),
            role: found.role,
            is_other_unit: false,
            state: match found.status {
                Status::Done => RecordingState::Judged(found.verdict()),
                Status::Failed(_) => RecordingState::Failed,
                Status::Skipped(_) => RecordingState::LeftOut,
            },
            reasons: match &found.status {
                Status::Failed(failure) => vec![failure.message.clone()],
                Status::Skipped(reason) => vec![reason.clone()],
                Status::Done => doubts(found),
            },
            hint: match &found.status {
                Status::Failed(failure) => failure.hint.clone(),
                _ => None,
            },
            is_moving: told.map(|headline| headline.kind).any(HeadlineKind::is_moving),
            duration_s: found.reading.as_ref().map(|reading| reading.duration_s),
        }
    }
}

/// What stands against the channels of a recording, the worst first.
fn doubts(found: &RecordingFindings) -> Vec<String> {
    let judged = found.channels.iter().filter(|channel| channel.kind == Kind::Emg);
    let mut doubts: Vec<(Verdict, String)> = judged
        .filter_map(|channel| {
            let verdict = channel.verdict.filter(|verdict| *verdict > Verdict::Good)?;
            Some((verdict, format!("{}: {}", channel.name, channel.reasons.first()?)))
        })
        .collect();
    doubts.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    doubts.into_iter().map(|(_, doubt)| doubt).collect()
}

/// A measure and the recording it is of.
type Found<'a> = (&'a RecordingFindings, &'a Measure);

/// The numbers at a glance, of the soleus where it was recorded.
fn headlines(findings: &Findings) -> Vec<Headline> {
    let tasks: Vec<&RecordingFindings> = tasks(findings).collect();
    let glance = at_a_glance();
    let has_name = |found: &Found<'_>, known: &Known| found.1.name == known.name();
    let all = || tasks.iter().flat_map(|recording| measures(recording));
    let speaking: Vec<Found<'_>> = all()
        .filter(|(recording, measure)| speaks(recording, measure))
        .filter(|found| glance.iter().flatten().any(|known| has_name(found, known)))
        .collect();
    let any_soleus = speaking.iter().any(|(_, measure)| is_soleus(measure));
    let is_wanted = |measure: &Measure| !any_soleus || is_soleus(measure);
    let wanted: Vec<Found<'_>> =
        speaking.into_iter().filter(|(_, measure)| is_wanted(measure)).collect();
    let first = |place: &Vec<Known>| {
        let of = |known: &Known| {
            let found = wanted.iter().copied();
            found.filter(|found| has_name(found, known)).collect::<Vec<Found<'_>>>()
        };
        place.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    };
    let named = glance.iter().flat_map(first);
    named
        .take(HEADLINES)
        .map(|(recording, measure)| headline(measure, name_among(recording, &tasks)))
        .collect()
}

fn tasks(findings: &Findings) -> impl Iterator<Item = &RecordingFindings> {
    findings.recordings.iter().filter(|recording| recording.role == Role::Task)
}

fn measures(recording: &RecordingFindings) -> impl Iterator<Item = Found<'_>> {
    let measures = recording.outcomes.iter().flat_map(|outcome| &outcome.measures);
    measures.map(move |measure| (recording, measure))
}

/// Whether a value can stand alone: it is there, no channel of it is bad, and a slope has
/// the epochs for it.
fn speaks(recording: &RecordingFindings, measure: &Measure) -> bool {
    let names = measure.channel.as_deref().unwrap_or_default();
    let bad = |name: &str| {
        recording
            .channels
            .iter()
            .any(|channel| channel.name == name && channel.verdict == Some(Verdict::Bad))
    };
    measure.value.is_some()
        && measure.relative_to != Some(Relative::OwnPeak)
        && has_its_epochs(measure)
        && !bad(names)
        && !names.split(" ~ ").any(bad)
}

fn is_soleus(measure: &Measure) -> bool {
    measure.muscle == Some(Muscle::Soleus)
}

/// What a recording is called among the others of its session: nothing where it is the
/// only one, its task where no other is of the same, else its name.
fn name_among(
    recording: &RecordingFindings,
    all: &[&RecordingFindings],
) -> Option<String> {
    let task = &recording.task;
    let alike = all.iter().filter(|other| other.task == *task).count();
    match (all.len(), alike) {
        (..=1, _) => None,
        (_, ..=1) => Some(task.clone()),
        _ => Some(recording.recording.clone()),
    }
}

/// What limits what may be read from a number at a glance.
fn limit(measure: &Measure) -> Option<&'static str> {
    let known = dictionary::known(&measure.name)?;
    if known.direction() == Some(Direction::NO_SIDE) {
        return Some("in volts: skin and electrodes alone make two legs differ");
    }
    (measure.verdict > Some(Verdict::Good)).then_some("reference in doubt")
}

fn headline(measure: &Measure, recording: Option<String>) -> Headline {
    let muscle = measure.muscle.map(Muscle::name);
    let side = measure.side.map(|side| side.word());
    let words: Vec<&str> = [muscle, side].into_iter().flatten().collect();
    let of = if words.is_empty() {
        measure.channel.clone().unwrap_or_default()
    } else {
        words.join(" ")
    };
    let of = match recording {
        Some(recording) => format!("{of} ({recording})"),
        None => of,
    };
    let of = limit(measure).map_or(of.clone(), |limit| format!("{of} ({limit})"));
    Headline {
        measure: measure.name.to_string(),
        of,
        value: measure.value,
        unit: measure.unit.clone(),
        interval: measure.interval,
        note: measure.note.as_ref().map(ToString::to_string),
    }
}
