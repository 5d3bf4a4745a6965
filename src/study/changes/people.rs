//! The values of every person in the first and the last visit, or why there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{PersonChange, StudyChange};
use crate::analysis::dictionary;
use crate::dsp::stats::{mean, median};
use crate::outcome::fact::{Known, Relative};
use crate::outcome::{FEWEST_FOR_A_TREND, Verdict};
use crate::session::{Role, SubjectEntry};
use crate::signal::{Muscle, Side};
use crate::study::chosen::{is_slope, speaks_of_change};
use crate::study::{
    MeasureRow, RecordingLine, RecordingState, SessionLine, people, visit_order,
};

/// The visits of every person in their order, and what the tasks of the study are.
pub(super) struct People<'a> {
    visits: Vec<(&'a str, Vec<&'a str>)>,
    persons: &'a BTreeMap<String, SubjectEntry>,
    /// The recordings of a task in a visit of a person.
    recordings: BTreeMap<[&'a str; 3], Vec<&'a RecordingLine>>,
    /// Person, visit and recording where the unit is in doubt.
    doubted: BTreeSet<[&'a str; 3]>,
    tasks: BTreeMap<&'a str, TaskKind>,
}

/// How often a task has repetitions, and how long it is.
#[derive(Default)]
struct TaskKind {
    moving: usize,
    durations: Vec<f64>,
}

impl TaskKind {
    /// Whether most of its recordings have repetitions, cycles or a rhythm.
    fn is_moving(&self) -> bool {
        2 * self.moving > self.durations.len()
    }
}

impl<'a> People<'a> {
    pub(super) fn of(
        sessions: &'a [SessionLine],
        persons: &'a BTreeMap<String, SubjectEntry>,
    ) -> Self {
        let mut recordings: BTreeMap<_, Vec<&RecordingLine>> = BTreeMap::new();
        let mut visits: Vec<(&str, Vec<&str>)> = people(sessions)
            .into_iter()
            .map(|(subject, lines)| {
                (subject, lines.iter().map(|line| &*line.session).collect())
            })
            .collect();
        let mut tasks: BTreeMap<&str, TaskKind> = BTreeMap::new();
        let mut doubted = BTreeSet::new();
        for line in sessions {
            let of_line = |one: &'a RecordingLine| {
                [&*line.subject, &*line.session, &*one.recording]
            };
            let in_doubt = line.recordings.iter().filter(|one| one.is_other_unit);
            doubted.extend(in_doubt.map(of_line));
            let is_task = |one: &&RecordingLine| one.role == Role::Task;
            for recording in line.recordings.iter().filter(is_task) {
                let kind = tasks.entry(&recording.task).or_default();
                kind.moving += usize::from(recording.is_moving);
                kind.durations.extend(recording.duration_s);
                let place = [&*line.subject, &*line.session, &*recording.task];
                recordings.entry(place).or_default().push(recording);
            }
        }
        for (_, of_person) in &mut visits {
            of_person.sort_by_cached_key(|visit| visit_order(visit));
        }
        Self { visits, persons, recordings, doubted, tasks }
    }

    /// The groups of the study, where there are several.
    pub(super) fn groups(&self) -> Vec<&str> {
        let groups: BTreeSet<&str> =
            self.visits.iter().filter_map(|(subject, _)| self.group(subject)).collect();
        if groups.len() > 1 { groups.into_iter().collect() } else { Vec::new() }
    }

    pub(super) fn group(&self, subject: &str) -> Option<&str> {
        self.persons.get(subject)?.group.as_deref()
    }

    /// The values of all persons, or why there are none.
    pub(super) fn change(
        &self,
        measure: &str,
        rows: &[&MeasureRow],
    ) -> Result<StudyChange, String> {
        let of_measure: Vec<&MeasureRow> =
            rows.iter().copied().filter(|row| *row.measure == *measure).collect();
        let reason = |row: &MeasureRow| self.why_silent(row);
        let speaking = of_measure.iter().copied().filter(|row| reason(row).is_none());
        let Some(muscle) = commonest(speaking.clone().filter_map(|row| row.muscle))
        else {
            return Err(why_absent(&of_measure, reason));
        };
        let of_muscle: Vec<&MeasureRow> =
            speaking.filter(|row| row.muscle == Some(muscle)).collect();
        let task = self.task(measure, &of_muscle);
        let is_of_task = |row: &&MeasureRow| *row.task == *task;
        let values = Values::of(of_muscle.iter().copied().filter(is_of_task));
        let notes = of_measure.iter().copied().filter(is_of_task);
        let notes = notes.filter(|row| row.muscle == Some(muscle));
        let notes: BTreeMap<(&str, &str), String> =
            notes.filter_map(|row| Some((visit_of(row), reason(row)?))).collect();
        let untold = |subject: &str, visit: &str| {
            let note = notes.get(&(subject, visit)).cloned();
            note.unwrap_or_else(|| self.why_untold([subject, visit, &task], muscle))
        };

        let is_of_sides = dictionary::known(measure).is_some_and(Known::is_of_sides);
        let by_involved = is_of_sides && self.all_involved();
        let person = |(subject, visits): &(&str, Vec<&str>)| {
            let found = values.person(subject, visits, untold);
            if by_involved && self.involved(subject) == Some(Side::Right) {
                found.mirrored()
            } else {
                found
            }
        };
        Ok(StudyChange {
            measure: measure.into(),
            muscle,
            unit: of_muscle[0].unit.clone(),
            visits: self.names(),
            people: self.visits.iter().map(person).collect(),
            mean: None,
            groups: Vec::new(),
            by_involved,
            task,
        })
    }

    fn involved(&self, subject: &str) -> Option<Side> {
        self.persons.get(subject)?.involved
    }

    fn all_involved(&self) -> bool {
        self.visits.iter().all(|(subject, _)| self.involved(subject).is_some())
    }

    /// Why a row says nothing.
    fn why_silent(&self, row: &MeasureRow) -> Option<String> {
        let epochs = row.n.unwrap_or(0);
        let place = [&*row.subject, &*row.session, &*row.recording];
        let said = match row.value {
            None => row.note.as_deref().unwrap_or("it could not be computed"),
            Some(_) if self.doubted.contains(&place) => {
                "it may be in another unit than the others"
            }
            Some(_) if row.quality == Some(Verdict::Bad) => "its channel is bad",
            Some(_) if row.relative_to == Some(Relative::OwnPeak) => {
                "no maximum was recorded, so it is relative to its own peak"
            }
            Some(_) if !speaks_of_change(row) => {
                return Some(format!(
                    "it rests on {epochs} epochs, of which {FEWEST_FOR_A_TREND} are needed"
                ));
            }
            Some(_) => return None,
        };
        Some(said.to_owned())
    }

    /// Why a visit has no row of a muscle in a task.
    fn why_untold(&self, place: [&str; 3], muscle: Muscle) -> String {
        let recordings = self.recordings.get(&place).map_or(&[][..], Vec::as_slice);
        let failed = recordings.iter().find(|one| one.state == RecordingState::Failed);
        match (failed, recordings) {
            (Some(failed), _) => format!("{} could not be read", failed.file),
            (None, []) => "it was not recorded".to_owned(),
            (None, _) => format!("no value of the {} there", muscle.name()),
        }
    }

    /// The task that an outcome is taken of: of slopes the longest that is held, of others
    /// the commonest that moves; else the commonest.
    fn task(&self, measure: &str, rows: &[&MeasureRow]) -> Arc<str> {
        let mut people: BTreeMap<&Arc<str>, BTreeSet<&str>> = BTreeMap::new();
        for row in rows {
            people.entry(&row.task).or_default().insert(&row.subject);
        }
        let is_slope = is_slope(measure);
        let rank = |task: &str, people: usize| {
            let kind = self.tasks.get(task);
            let moving = kind.is_some_and(TaskKind::is_moving);
            let seconds = kind.and_then(|kind| median(&kind.durations)).unwrap_or(0.0);
            let length = if is_slope { seconds.round() as usize } else { 0 };
            (moving != is_slope, length, people)
        };
        // Of equal ones the first.
        let best = people.iter().rev().max_by_key(|(task, who)| rank(task, who.len()));
        best.map_or("".into(), |(task, _)| (*task).clone())
    }

    /// The first and the last visit, where all who have two call them the same.
    fn names(&self) -> Option<[Arc<str>; 2]> {
        let several = self.visits.iter().filter(|(_, visits)| visits.len() > 1);
        let ends: BTreeSet<[&str; 2]> = several
            .filter_map(|(_, visits)| Some([*visits.first()?, *visits.last()?]))
            .collect();
        let mut ends = ends.into_iter();
        let only = ends.next().filter(|_| ends.len() == 0)?;
        Some(only.map(Arc::from))
    }
}

impl PersonChange {
    /// With left and right exchanged.
    fn mirrored(self) -> Self {
        let [first, last] =
            [self.first, self.last].map(|value| value.map(|value| -value));
        Self { first, last, ..self }
    }
}

/// The soleus, else the muscle of most rows.
fn commonest(muscles: impl Iterator<Item = Muscle>) -> Option<Muscle> {
    let mut counts: BTreeMap<Muscle, usize> = BTreeMap::new();
    muscles.for_each(|muscle| *counts.entry(muscle).or_default() += 1);
    let rank = |(muscle, count): &(Muscle, usize)| (*muscle == Muscle::Soleus, *count);
    counts.into_iter().rev().max_by_key(rank).map(|(muscle, _)| muscle)
}

fn visit_of(row: &MeasureRow) -> (&str, &str) {
    (&row.subject, &row.session)
}

/// Why no row of a measure can be shown: what most of them say.
fn why_absent(
    rows: &[&MeasureRow],
    reason: impl Fn(&MeasureRow) -> Option<String>,
) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for reason in rows.iter().filter_map(|row| reason(row)) {
        *counts.entry(reason).or_default() += 1;
    }
    match counts.into_iter().rev().max_by_key(|(_, count)| *count) {
        _ if rows.is_empty() => "no recording has it".to_owned(),
        Some((reason, _)) => reason,
        None => "the muscle of no channel is known".to_owned(),
    }
}

/// The value of each side in each visit of a person; the first recording of a task speaks
/// for its visit.
struct Values<'a>(BTreeMap<(&'a str, &'a str), BTreeMap<Option<Side>, f64>>);

impl<'a> Values<'a> {
    fn of(rows: impl Iterator<Item = &'a MeasureRow>) -> Self {
        let mut values: BTreeMap<_, BTreeMap<Option<Side>, f64>> = BTreeMap::new();
        for row in rows {
            if let Some(value) = row.value {
                values.entry(visit_of(row)).or_default().entry(row.side).or_insert(value);
            }
        }
        Self(values)
    }

    fn person(
        &self,
        subject: &str,
        visits: &[&str],
        untold: impl Fn(&str, &str) -> String,
    ) -> PersonChange {
        let ends = [visits.first(), visits.last().filter(|_| visits.len() > 1)];
        let sides = ends.map(|visit| self.0.get(&(subject, *visit?)));
        let both: BTreeSet<Option<Side>> = match sides {
            [Some(first), Some(last)] => {
                first.keys().filter(|side| last.contains_key(side)).copied().collect()
            }
            [Some(only), None] | [None, Some(only)] => only.keys().copied().collect(),
            [None, None] => BTreeSet::new(),
        };
        let value = |sides: Option<&BTreeMap<Option<Side>, f64>>| {
            let values: Vec<f64> =
                both.iter().filter_map(|side| sides?.get(side).copied()).collect();
            mean(&values)
        };
        let [first, last] = sides.map(value);
        let lacking = |(visit, value): (Option<&&str>, Option<f64>)| {
            let visit = visit.filter(|_| value.is_none())?;
            Some(format!("no value in {visit}: {}", untold(subject, visit)))
        };
        let left_out = match (ends[0], visits.len()) {
            (Some(only), 1) => Some(format!("{only} is the only visit")),
            _ if sides.iter().all(Option::is_some) && both.is_empty() => {
                Some("no side has a value in both visits".to_owned())
            }
            _ => ends.into_iter().zip([first, last]).find_map(lacking),
        };
        PersonChange { subject: subject.into(), first, last, left_out }
    }
}
