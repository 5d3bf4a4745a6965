//! Everybody in one row: how each recording of each visit went, and the outcomes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::values::{ValueCell, axis, range, value};
use super::{changes, report_address};
use crate::outcome::Verdict;
use crate::report::figure::axis::Axis;
use crate::report::html::recording_anchor;
use crate::report::words::Chip;
use crate::session::Role;
use crate::study::{
    RecordingLine, RecordingState, SessionLine, StudyChange, people, visit_order,
};
use crate::words::counted;

/// So many signs a row are told apart; of more, each visit has its counts.
const SIGNS: usize = 24;

/// The table of all persons.
#[derive(Debug, Serialize)]
pub(super) struct Everybody {
    /// What the signs of a visit are of, in their order; empty where they are counted.
    tasks: Vec<String>,
    visits: Vec<String>,
    outcomes: Vec<OutcomeHead>,
    rows: Vec<PersonRow>,
    /// How many persons have something bad, failed or missing.
    to_look_at: usize,
}

#[derive(Debug, Serialize)]
struct OutcomeHead {
    title: String,
    of: String,
    /// The ends of the axis.
    range: String,
}

#[derive(Debug, Serialize)]
struct PersonRow {
    subject: String,
    needs: bool,
    visits: Vec<Option<VisitCell>>,
    values: Vec<ValueCell>,
}

#[derive(Debug, Serialize)]
struct VisitCell {
    address: String,
    /// Its name, where the head of the column does not say it.
    name: Option<String>,
    marks: Vec<Mark>,
}

/// The worst of the recordings of one task, or how many of a visit share it.
#[derive(Debug, Serialize)]
struct Mark {
    chip: Chip,
    /// What is good, bad or missing.
    of: String,
    address: Option<String>,
    /// How many, where signs are counted.
    count: Option<usize>,
}

/// The first of what may be wrong with a recording.
const MISSING: Chip = Chip { sign: "–", word: "missing", style: "none" };

impl Everybody {
    pub(super) fn of(sessions: &[SessionLine], outcomes: &[StudyChange]) -> Self {
        let people = people(sessions);
        let tasks = tasks(sessions);
        let visits = Visits::of(&people);
        let is_counted = tasks.len() * visits.names.len() > SIGNS;
        let axes: Vec<Option<Axis>> = outcomes.iter().map(axis).collect();
        let row = |(place, (subject, lines)): (usize, &(&str, Vec<&SessionLine>))| {
            let cell = |at: usize| {
                let line = visits.line(lines, at)?;
                Some(visit_cell(line, &tasks, is_counted, visits.is_by_place))
            };
            let values = outcomes.iter().zip(&axes);
            PersonRow {
                subject: (*subject).to_owned(),
                needs: lines.iter().any(|line| needs(line)),
                visits: (0..visits.names.len()).map(cell).collect(),
                values: values
                    .map(|(outcome, axis)| value(outcome, axis.as_ref(), place))
                    .collect(),
            }
        };
        let rows: Vec<PersonRow> = people.iter().enumerate().map(row).collect();
        let heads = outcomes.iter().zip(&axes).map(|(outcome, axis)| OutcomeHead {
            title: changes::title(outcome),
            of: changes::of(outcome),
            range: axis.as_ref().map_or(String::new(), |axis| range(outcome, axis)),
        });
        Self {
            tasks: if is_counted {
                Vec::new()
            } else {
                tasks.iter().map(Task::name).collect()
            },
            visits: visits.names,
            outcomes: heads.collect(),
            to_look_at: rows.iter().filter(|row| row.needs).count(),
            rows,
        }
    }
}

/// The columns of visits: by their names where people share them, else by their place.
struct Visits {
    names: Vec<String>,
    is_by_place: bool,
}

impl Visits {
    fn of(people: &[(&str, Vec<&SessionLine>)]) -> Self {
        let all: BTreeSet<&str> = people
            .iter()
            .flat_map(|(_, lines)| lines.iter().map(|line| &*line.session))
            .collect();
        let most = people.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        if all.len() > most {
            let names = (1..=most).map(|place| format!("Visit {place}")).collect();
            return Self { names, is_by_place: true };
        }
        let mut names: Vec<&str> = all.into_iter().collect();
        names.sort_by_cached_key(|name| visit_order(name));
        Self { names: names.into_iter().map(str::to_owned).collect(), is_by_place: false }
    }

    fn line<'a>(&self, lines: &[&'a SessionLine], at: usize) -> Option<&'a SessionLine> {
        let is_here = |line: &&&SessionLine| line.session == self.names[at];
        match self.is_by_place {
            true => lines.get(at).copied(),
            false => lines.iter().find(is_here).copied(),
        }
    }
}

/// What recordings of a column have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Task {
    role: u8,
    task: String,
}

impl Task {
    fn of(recording: &RecordingLine) -> Self {
        let (role, task) = match recording.role {
            Role::Mvc => (0, ""),
            Role::Rest => (1, ""),
            _ => (2, &*recording.task),
        };
        Self { role, task: task.to_owned() }
    }

    /// Whether it is what a session lacks: a task, or a role.
    fn is_called(&self, missing: &str) -> bool {
        match self.role {
            0 => missing == Role::Mvc.key(),
            1 => missing == Role::Rest.key(),
            _ => missing == self.task,
        }
    }

    fn name(&self) -> String {
        match self.role {
            0 => "maximum".to_owned(),
            1 => "rest".to_owned(),
            _ => self.task.clone(),
        }
    }
}

/// Maximum and rest first, then the tasks.
fn tasks(sessions: &[SessionLine]) -> Vec<Task> {
    let recordings = sessions.iter().flat_map(read);
    let tasks: BTreeSet<Task> = recordings.map(|(_, one)| Task::of(one)).collect();
    tasks.into_iter().collect()
}

/// The recordings of a session with their places in its report.
fn read(line: &SessionLine) -> impl Iterator<Item = (usize, &RecordingLine)> {
    let read = line.recordings.iter().filter(|one| one.state != RecordingState::LeftOut);
    read.enumerate()
}

/// Whether something of a session is bad, failed or missing.
fn needs(line: &SessionLine) -> bool {
    !line.missing.is_empty()
        || read(line).any(|(_, one)| weight(one) > 2 || one.is_other_unit)
}

fn chip(recording: &RecordingLine) -> Chip {
    match recording.state {
        RecordingState::Judged(_) if recording.is_other_unit => {
            Chip { sign: "!", word: "another unit?", style: "check" }
        }
        RecordingState::Judged(verdict) => Chip::of(verdict),
        RecordingState::Failed => Chip::FAILED,
        RecordingState::LeftOut => Chip::SKIPPED,
    }
}

/// How bad a recording is.
fn weight(recording: &RecordingLine) -> u8 {
    match recording.state {
        RecordingState::Failed => 4,
        RecordingState::Judged(Some(Verdict::Bad)) => 3,
        RecordingState::Judged(Some(Verdict::Check)) => 2,
        RecordingState::Judged(Some(Verdict::Good)) if recording.is_other_unit => 2,
        RecordingState::Judged(Some(Verdict::Good)) => 1,
        RecordingState::Judged(None) | RecordingState::LeftOut => 0,
    }
}

fn visit_cell(
    line: &SessionLine,
    tasks: &[Task],
    is_counted: bool,
    is_by_place: bool,
) -> VisitCell {
    let address = report_address(&line.folder);
    let marks = if is_counted {
        counted_marks(line)
    } else {
        tasks.iter().map(|task| mark(line, task, &address)).collect()
    };
    VisitCell { name: is_by_place.then(|| line.session.clone()), marks, address }
}

fn mark(line: &SessionLine, task: &Task, address: &str) -> Mark {
    let of_task = read(line).filter(|(_, one)| Task::of(one) == *task);
    // Of equally bad ones the first.
    let worst =
        of_task.collect::<Vec<_>>().into_iter().rev().max_by_key(|(_, one)| weight(one));
    let is_missing = line.missing.iter().any(|missing| task.is_called(missing));
    let (chip, place) = match worst {
        Some((place, one)) => (chip(one), Some(place)),
        None if is_missing => (MISSING, None),
        None => (Chip { sign: "", word: "not recorded", style: "none" }, None),
    };
    Mark {
        chip,
        of: task.name(),
        address: place.map(|place| format!("{address}#{}", recording_anchor(place))),
        count: None,
    }
}

fn counted_marks(line: &SessionLine) -> Vec<Mark> {
    let mut counts: BTreeMap<u8, (Chip, usize)> = BTreeMap::new();
    for (_, recording) in read(line) {
        counts.entry(weight(recording)).or_insert((chip(recording), 0)).1 += 1;
    }
    let mut marks: Vec<(Chip, usize)> = counts.into_values().collect();
    if !line.missing.is_empty() {
        marks.push((MISSING, line.missing.len()));
    }
    let mark = |(chip, count): (Chip, usize)| Mark {
        chip,
        of: counted(count, "recording"),
        address: None,
        count: Some(count),
    };
    marks.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(task: &str, role: Role, state: RecordingState) -> RecordingLine {
        RecordingLine {
            file: format!("{task}.csv"),
            recording: task.to_owned(),
            task: task.to_owned(),
            role,
            state,
            reasons: Vec::new(),
            hint: None,
            is_other_unit: false,
            is_moving: false,
            duration_s: None,
        }
    }

    fn line(subject: &str, session: &str, recordings: Vec<RecordingLine>) -> SessionLine {
        SessionLine {
            subject: subject.into(),
            session: session.into(),
            folder: format!("{subject}_{session}"),
            recordings,
            ..SessionLine::default()
        }
    }

    fn signs(row: &PersonRow, visit: usize) -> Vec<&'static str> {
        let cell = row.visits[visit].as_ref().unwrap();
        cell.marks.iter().map(|mark| mark.chip.sign).collect()
    }

    #[test]
    fn a_sign_is_that_of_the_worst_recording_and_leads_to_it() {
        let good = RecordingState::Judged(Some(Verdict::Good));
        let bad = RecordingState::Judged(Some(Verdict::Bad));
        let one = line(
            "S1",
            "V1",
            vec![
                recording("skipped", Role::Task, RecordingState::LeftOut),
                recording("max", Role::Mvc, good),
                recording("walk", Role::Task, good),
                recording("walk", Role::Task, bad),
            ],
        );
        let two =
            SessionLine { missing: vec!["walk".into()], ..line("S1", "V2", vec![]) };
        let three = line("S2", "V1", vec![recording("walk", Role::Task, good)]);
        let shown = Everybody::of(&[one, two, three], &[]);
        assert_eq!(
            (&shown.visits[..], shown.to_look_at),
            (&["V1".into(), "V2".into()][..], 1)
        );
        assert_eq!(shown.tasks, ["maximum", "walk"]);
        assert_eq!(signs(&shown.rows[0], 0), ["✓", "✕"]);
        let mark = &shown.rows[0].visits[0].as_ref().unwrap().marks[1];
        let address = mark.address.as_deref();
        assert_eq!(address, Some("sessions/S1_V1/report.html#recording-3"));
        assert_eq!(signs(&shown.rows[0], 1), ["", "–"]);
        assert!(shown.rows[1].visits[1].is_none(), "a visit that was not made");
    }

    #[test]
    fn dates_of_visits_are_columns_by_their_place() {
        let sessions = [
            line("S1", "2024-01-01", vec![]),
            line("S1", "2024-02-01", vec![]),
            line("S2", "2024-03-05", vec![]),
        ];
        let shown = Everybody::of(&sessions, &[]);
        assert_eq!(shown.visits, ["Visit 1", "Visit 2"]);
        let cell = shown.rows[1].visits[0].as_ref().unwrap();
        assert_eq!(cell.name.as_deref(), Some("2024-03-05"));
    }

    #[test]
    fn many_signs_are_counted() {
        let good = RecordingState::Judged(Some(Verdict::Good));
        let tasks = (0..30).map(|at| recording(&format!("t{at:02}"), Role::Task, good));
        let shown = Everybody::of(&[line("S1", "V1", tasks.collect())], &[]);
        let cell = shown.rows[0].visits[0].as_ref().unwrap();
        assert_eq!((cell.marks.len(), cell.marks[0].count), (1, Some(30)));
        assert!(shown.tasks.is_empty());
    }
}
