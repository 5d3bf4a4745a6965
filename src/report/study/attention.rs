//! What somebody has to look at, with a link to it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::report_address;
use crate::outcome::Verdict;
use crate::report::html::recording_anchor;
use crate::report::words::Chip;
use crate::study::{Need, NeedWeight, RecordingState, SessionLine};

/// So many stand on the page; the others are folded.
const FIRST: usize = 8;

/// What is to be looked at: the most important, and the others.
#[derive(Debug, Serialize)]
pub(super) struct Attention<'a> {
    first: Vec<NeedView<'a>>,
    others: Vec<NeedView<'a>>,
}

#[derive(Debug, Serialize)]
struct NeedView<'a> {
    chip: Chip,
    /// Person, visit and recording.
    name: String,
    address: Option<String>,
    what: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Attention<'a> {
    pub(super) fn of(needs: &'a [Need], sessions: &[SessionLine]) -> Self {
        let lines: BTreeMap<(&str, &str), &SessionLine> = sessions
            .iter()
            .map(|line| ((&*line.subject, &*line.session), line))
            .collect();
        let view = |need: &'a Need| {
            let line = lines.get(&(&*need.subject, &*need.session));
            let recording = line.map(|line| short_name(line, &need.recording));
            let parts = [&*need.subject, &*need.session, recording.unwrap_or_default()];
            NeedView {
                chip: chip(need.weight),
                name: parts
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · "),
                address: line.map(|line| address(line, &need.recording)),
                what: need.what.trim_end_matches('.'),
                hint: need.hint.as_deref(),
            }
        };
        let mut first: Vec<NeedView<'_>> = needs.iter().map(view).collect();
        let others = first.split_off(first.len().min(FIRST));
        Self { first, others }
    }
}

fn chip(weight: NeedWeight) -> Chip {
    match weight {
        NeedWeight::Failed => Chip::FAILED,
        NeedWeight::Bad => Chip::of(Some(Verdict::Bad)),
        NeedWeight::OtherUnit | NeedWeight::Odd => {
            Chip { sign: "!", word: "odd", style: "check" }
        }
        NeedWeight::Missing => Chip { sign: "–", word: "missing", style: "none" },
    }
}

/// The task of a recording, where no other of its session has it; else its name.
fn short_name<'a>(line: &'a SessionLine, name: &'a str) -> &'a str {
    let Some(own) = line.recordings.iter().find(|one| one.recording == name) else {
        return name;
    };
    let alike = line.recordings.iter().filter(|one| one.task == own.task).count();
    if alike == 1 && !own.task.is_empty() { &own.task } else { name }
}

/// The section of a recording, or the report where it has none.
fn address(line: &SessionLine, recording: &str) -> String {
    let read = line.recordings.iter().filter(|one| one.state != RecordingState::LeftOut);
    let place = read.enumerate().find(|(_, one)| one.recording == recording);
    let anchor =
        place.map_or(String::new(), |(place, _)| format!("#{}", recording_anchor(place)));
    report_address(&line.folder) + &anchor
}
