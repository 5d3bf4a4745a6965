//! The page of a session as its template sees it.

use serde::Serialize;

use super::about::About;
use super::methods::Methods;
use super::numbers::Numbers;
use super::opening::Opening;
use super::recording::{Drawing, NoteView, RecordingView};
use super::shown::{anchor, judged, short_name, shown};
use crate::outcome::{Note, Weight};
use crate::report::format::bytes;
use crate::report::words;
use crate::session::{Findings, Protocol, RecordingFindings, Role, Status};

/// The columns of all signals together, and the most and fewest of one.
const SIGNAL_COLUMNS: usize = 12_000;
const MOST_COLUMNS: usize = 400;
const FEWEST_COLUMNS: usize = 100;
/// The bytes of all other figures, of which a recording has no more than such a share.
const FIGURE_BYTES: usize = 240_000;
const FEWEST_SHARES: usize = 2;
/// The main numbers of so many recordings stand before their sections.
const MAIN_AT_ONCE: usize = 8;
/// How many cautions stand on the first screen.
const CAUTIONS_AT_ONCE: usize = 5;

/// The page of a session.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    title: String,
    study: Option<String>,
    protocol: Option<String>,
    subject: String,
    session: String,
    version: String,
    fingerprint: String,
    opening: Opening,
    /// What limits what may be said, the most important first.
    care: Vec<Finding>,
    notes: usize,
    failures: Vec<FailureLine>,
    findings: Vec<Finding>,
    numbers: Vec<MainNumbers>,
    /// How many recordings have their main numbers in their own sections instead.
    main_below: usize,
    normalisation: Vec<String>,
    /// How each part of a recording is read.
    leads: Vec<(&'static str, &'static str)>,
    recordings: Vec<RecordingView>,
    methods: Option<Methods>,
    about: About,
    recipe: String,
    inputs: Vec<Input>,
}

#[derive(Debug, Serialize)]
struct FailureLine {
    anchor: String,
    recording: String,
    first_line: String,
}

/// A note and the recordings that it was made for.
#[derive(Debug, Clone, Serialize)]
struct Finding {
    #[serde(flatten)]
    note: NoteView,
    recordings: Vec<String>,
}

/// The main numbers of one recording.
#[derive(Debug, Serialize)]
struct MainNumbers {
    recording: String,
    numbers: Numbers,
}

#[derive(Debug, Serialize)]
struct Input {
    file: String,
    size: String,
    blake3: String,
}

impl Page {
    /// The page of a session.
    pub(crate) fn of(findings: &Findings) -> Self {
        let shown = shown(findings);
        let mut numbers = main_numbers(findings, &shown);
        let main_below = if numbers.len() > MAIN_AT_ONCE { numbers.len() } else { 0 };
        numbers.truncate(if main_below > 0 { 0 } else { MAIN_AT_ONCE });
        let drawing = Drawing { main: main_below > 0, ..drawing(&shown) };
        let recordings: Vec<_> = shown
            .iter()
            .enumerate()
            .map(|(index, recording)| {
                RecordingView::of(recording, anchor(index), &drawing)
            })
            .collect();
        let collected = collected(findings);
        let (care, notes) = (care(&shown, &collected), collected.len());
        Self {
            title: heading(findings),
            study: findings.head.title.clone(),
            protocol: findings.head.protocol.as_ref().map(Protocol::describe),
            subject: findings.subject.clone(),
            session: findings.session.clone(),
            version: findings.version.clone(),
            fingerprint: findings.fingerprint.clone(),
            opening: Opening::of(findings),
            care,
            notes,
            failures: failures(&shown),
            findings: collected,
            numbers,
            main_below,
            normalisation: findings.references.clone(),
            leads: leads(&shown),
            recordings,
            methods: Methods::of(findings),
            about: About::of(findings),
            recipe: recipe(findings),
            inputs: findings.recordings.iter().map(Input::of).collect(),
        }
    }
}

impl Input {
    fn of(recording: &RecordingFindings) -> Self {
        Self {
            file: recording.file.clone(),
            size: bytes(recording.bytes),
            blake3: recording.blake3.clone(),
        }
    }
}

fn heading(findings: &Findings) -> String {
    let parts = [findings.subject.as_str(), findings.session.as_str()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "Session".to_owned() } else { parts.join(" · ") }
}

/// The processed tasks, or every processed recording when there is no task.
fn main_recordings(findings: &Findings) -> Vec<&RecordingFindings> {
    let done: Vec<_> = findings
        .recordings
        .iter()
        .filter(|recording| recording.status == Status::Done)
        .collect();
    let tasks: Vec<_> =
        done.iter().copied().filter(|recording| recording.role == Role::Task).collect();
    if tasks.is_empty() { done } else { tasks }
}

fn main_numbers(findings: &Findings, shown: &[&RecordingFindings]) -> Vec<MainNumbers> {
    let of = |recording: &&RecordingFindings| {
        let numbers = Numbers::main(recording)?;
        Some(MainNumbers { recording: short_name(shown, recording), numbers })
    };
    main_recordings(findings).iter().filter_map(of).collect()
}

/// How finely signals are drawn, and how many bytes figures may take: the more of them
/// there are, the less each, so that no page is too large for a phone or a mail.
fn drawing(shown: &[&RecordingFindings]) -> Drawing {
    let channels = shown.iter().flat_map(|recording| judged(recording)).count().max(1);
    Drawing {
        columns: (SIGNAL_COLUMNS / channels).clamp(FEWEST_COLUMNS, MOST_COLUMNS),
        bytes: FIGURE_BYTES / shown.len().max(FEWEST_SHARES),
        main: false,
    }
}

/// How the parts are read that some recording has.
fn leads(shown: &[&RecordingFindings]) -> Vec<(&'static str, &'static str)> {
    let ran = |analysis: &&str| {
        let mut outcomes = shown.iter().flat_map(|recording| &recording.outcomes);
        outcomes.any(|outcome| outcome.analysis == *analysis)
    };
    let sections = words::sections().into_iter();
    let told = sections.filter(|section| section.analyses.iter().any(ran));
    told.map(|section| (section.title, section.lead)).collect()
}

fn failures(shown: &[&RecordingFindings]) -> Vec<FailureLine> {
    let line = |(index, recording): (usize, &&RecordingFindings)| match &recording.status
    {
        Status::Failed(failure) => Some(FailureLine {
            anchor: anchor(index),
            recording: recording.recording.clone(),
            first_line: failure.message.lines().next().unwrap_or_default().to_owned(),
        }),
        Status::Done | Status::Skipped(_) => None,
    };
    shown.iter().enumerate().filter_map(line).collect()
}

/// Every note of the session and its recordings, each text once: cautions of the session
/// first, then those that concern most recordings.
fn collected(findings: &Findings) -> Vec<Finding> {
    let mut collected: Vec<Finding> = Vec::new();
    for note in &findings.notes {
        collect(&mut collected, note, None);
    }
    for recording in &findings.recordings {
        for note in recording.outcomes.iter().flat_map(|outcome| &outcome.notes) {
            collect(&mut collected, note, Some(&recording.recording));
        }
    }
    // Those of the session name no recording.
    collected.sort_by_key(|finding| {
        let recordings = finding.recordings.len();
        (!finding.note.caution, recordings > 0, std::cmp::Reverse(recordings))
    });
    collected
}

fn collect(collected: &mut Vec<Finding>, note: &Note, recording: Option<&str>) {
    let caution = note.weight == Weight::Caution;
    let same = |finding: &&mut Finding| {
        finding.note.text == note.text && finding.note.caution == caution
    };
    let recording = recording.map(str::to_owned);
    match collected.iter_mut().find(same) {
        Some(finding) => finding
            .recordings
            .extend(recording.filter(|name| !finding.recordings.contains(name))),
        None => collected.push(Finding {
            note: note.into(),
            recordings: recording.into_iter().collect(),
        }),
    }
}

/// A caution of one leg, and what it says.
fn leg_and_rest(text: &str) -> Option<(&str, &str)> {
    let (leg, rest) = text.split_once(" leg: ")?;
    matches!(leg, "Left" | "Right").then_some((leg, rest))
}

fn is_of_the_other_leg(one: &Finding, other: &Finding) -> bool {
    match (leg_and_rest(&one.note.text), leg_and_rest(&other.note.text)) {
        (Some((leg, said)), Some((other_leg, same))) => {
            leg != other_leg && said == same && one.recordings == other.recordings
        }
        _ => false,
    }
}

/// The cautions that stand on the first screen, each with its first sentence: the whole
/// of it stands among all notes.
fn care(shown: &[&RecordingFindings], collected: &[Finding]) -> Vec<Finding> {
    let short = |name: &String| {
        let recording = shown.iter().find(|recording| recording.recording == *name);
        recording.map_or_else(|| name.clone(), |recording| short_name(shown, recording))
    };
    let in_short = |finding: &Finding| {
        let text = &finding.note.text;
        let end = text.find(". ").map_or(text.len(), |at| at + 1);
        Finding {
            note: NoteView { caution: true, text: text[..end].to_owned() },
            recordings: finding.recordings.iter().map(short).collect(),
        }
    };
    let mut care: Vec<Finding> = Vec::new();
    for finding in collected.iter().filter(|finding| finding.note.caution) {
        let one = in_short(finding);
        match care.iter_mut().find(|other| is_of_the_other_leg(other, &one)) {
            Some(other) => {
                let (_, said) = leg_and_rest(&one.note.text).unwrap_or_default();
                other.note.text = format!("Both legs: {said}");
            }
            None => care.push(one),
        }
    }
    care.truncate(CAUTIONS_AT_ONCE);
    care
}

/// The recipe as TOML, which can be run again; as JSON where it holds what TOML cannot.
fn recipe(findings: &Findings) -> String {
    toml::to_string_pretty(&findings.recipe)
        .unwrap_or_else(|_| format!("{:#}", findings.recipe))
}
