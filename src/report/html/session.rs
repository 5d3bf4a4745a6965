//! The page of a session as its template sees it.

use serde::Serialize;

use super::recording::{NoteView, RecordingView};
use super::table::Table;
use crate::outcome::{Note, Verdict, Weight};
use crate::report::format::bytes;
use crate::report::references::cited;
use crate::report::words::Chip;
use crate::session::{Findings, Protocol, RecordingFindings, Role, Status};
use crate::words::counted;

/// How many findings are shown before the rest is folded away.
const FINDINGS_AT_ONCE: usize = 8;

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
    chip: Chip,
    extent: Option<String>,
    sentences: Vec<String>,
    counts: Vec<(Chip, String)>,
    /// What limits the whole session, before any number.
    cautions: Vec<String>,
    failures: Vec<FailureLine>,
    findings: Vec<Finding>,
    more_findings: Vec<Finding>,
    contents: Vec<ContentsLine>,
    headlines: Option<Table>,
    pairs: Option<Table>,
    normalisation: Vec<String>,
    recordings: Vec<RecordingView>,
    left_out: Vec<LeftOut>,
    methods: String,
    literature: Vec<&'static str>,
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
#[derive(Debug, Serialize)]
struct Finding {
    #[serde(flatten)]
    note: NoteView,
    recordings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ContentsLine {
    anchor: String,
    name: String,
    chip: Chip,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    file: String,
    reason: String,
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
        let recordings: Vec<_> = shown
            .iter()
            .enumerate()
            .map(|(index, recording)| RecordingView::of(recording, anchor(index)))
            .collect();
        let contents = recordings.iter().map(contents_line).collect();
        let main = main_recordings(findings);
        let methods = findings.methods.join(" ");
        let (first, more) = split(collected(findings));
        Self {
            title: heading(findings),
            study: findings.head.title.clone(),
            protocol: findings.head.protocol.as_ref().map(Protocol::describe),
            subject: findings.subject.clone(),
            session: findings.session.clone(),
            version: findings.version.clone(),
            fingerprint: findings.fingerprint.clone(),
            chip: overall(findings),
            extent: extent(findings),
            sentences: sentences(findings),
            counts: counts(findings),
            cautions: cautions(findings),
            failures: failures(&shown),
            findings: first,
            more_findings: more,
            contents,
            headlines: Table::of_channels(&main),
            pairs: Table::of_pairs(&main),
            normalisation: findings.references.clone(),
            recordings,
            left_out: left_out(findings),
            literature: cited(&methods),
            methods,
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

/// The recordings with a section of their own: all but those left out.
fn shown(findings: &Findings) -> Vec<&RecordingFindings> {
    findings
        .recordings
        .iter()
        .filter(|recording| !matches!(recording.status, Status::Skipped(_)))
        .collect()
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

fn anchor(index: usize) -> String {
    format!("recording-{}", index + 1)
}

fn contents_line(recording: &RecordingView) -> ContentsLine {
    ContentsLine {
        anchor: recording.anchor.clone(),
        name: recording.name.clone(),
        chip: recording.chip,
    }
}

fn verdicts(findings: &Findings) -> Vec<Verdict> {
    let channels = findings.recordings.iter().flat_map(|recording| &recording.channels);
    channels.filter_map(|channel| channel.verdict).collect()
}

/// The worst verdict among all channels; at best `check` when a recording failed.
fn overall(findings: &Findings) -> Chip {
    let worst = verdicts(findings).into_iter().max();
    match worst {
        None if findings.failed() > 0 => Chip { word: "no result", ..Chip::FAILED },
        None => Chip::NONE,
        Some(worst) if findings.failed() > 0 => Chip::of(Some(worst.max(Verdict::Check))),
        worst => Chip::of(worst),
    }
}

/// How many channels share the worst verdict, where it is not good.
fn extent(findings: &Findings) -> Option<String> {
    let verdicts = verdicts(findings);
    let worst = verdicts.iter().max().filter(|worst| **worst > Verdict::Good)?;
    let count = verdicts.iter().filter(|verdict| *verdict == worst).count();
    Some(format!("in {count} of {}", counted(verdicts.len(), "EMG channel")))
}

fn counts(findings: &Findings) -> Vec<(Chip, String)> {
    let verdicts = verdicts(findings);
    let count = |verdict: Verdict| {
        let count = verdicts.iter().filter(|other| **other == verdict).count();
        (Chip::of(Some(verdict)), count)
    };
    let counts = [Verdict::Good, Verdict::Check, Verdict::Bad].map(count);
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(chip, count)| (chip, counted(count, "channel")))
        .collect()
}

/// The state of the session in plain sentences.
fn sentences(findings: &Findings) -> Vec<String> {
    let (done, failed) = (findings.done(), findings.failed());
    let mut sentences = vec![match (done, failed) {
        (0, 0) => "There was no recording to process.".to_owned(),
        (done, 0) => format!("{} processed.", counted(done, "recording")),
        (done, failed) => {
            format!(
                "{done} of {} processed, {failed} failed.",
                counted(done + failed, "recording")
            )
        }
    }];
    let verdicts = verdicts(findings);
    let good = verdicts.iter().filter(|verdict| **verdict == Verdict::Good).count();
    let together = if done > 1 { ", all recordings counted" } else { "" };
    match verdicts.len() {
        0 => {}
        all if all == good => {
            sentences.push("Nothing stands against any EMG channel.".to_owned())
        }
        all => sentences.push(format!(
            "Nothing stands against {good} of {}{together}.",
            counted(all, "EMG channel")
        )),
    }
    sentences
}

/// The cautions of the session; what limits single recordings stands further down.
fn cautions(findings: &Findings) -> Vec<String> {
    let notes = findings.notes.iter();
    let cautions = notes.filter(|note| note.weight == Weight::Caution);
    cautions.map(|note| note.text.clone()).collect()
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

/// Every note of the session and its recordings but the session's cautions, which stand
/// above, each text once, cautions first.
fn collected(findings: &Findings) -> Vec<Finding> {
    let mut collected: Vec<Finding> = Vec::new();
    let told_above = |note: &&Note| note.weight == Weight::Caution;
    for note in findings.notes.iter().filter(|note| !told_above(note)) {
        collect(&mut collected, note, None);
    }
    for recording in &findings.recordings {
        for note in recording.outcomes.iter().flat_map(|outcome| &outcome.notes) {
            collect(&mut collected, note, Some(&recording.recording));
        }
    }
    collected.sort_by_key(|finding| !finding.note.caution);
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

fn split(mut findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
    let more = findings.split_off(findings.len().min(FINDINGS_AT_ONCE));
    (findings, more)
}

fn left_out(findings: &Findings) -> Vec<LeftOut> {
    let line = |recording: &RecordingFindings| match &recording.status {
        Status::Skipped(reason) => {
            Some(LeftOut { file: recording.file.clone(), reason: reason.clone() })
        }
        Status::Done | Status::Failed(_) => None,
    };
    findings.recordings.iter().filter_map(line).collect()
}

/// The recipe as TOML, which can be run again; as JSON where it holds what TOML cannot.
fn recipe(findings: &Findings) -> String {
    toml::to_string_pretty(&findings.recipe)
        .unwrap_or_else(|_| format!("{:#}", findings.recipe))
}
