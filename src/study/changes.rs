//! What changed from the first to the last visit: an outcome of the study, person by person
//! and on average.
//!
//! The units are persons: the mean change has the interval of paired differences
//! (Student 1908). Where several outcomes are looked at, one has clearly changed only if an
//! interval wide enough for all of them excludes 0 (Bonferroni; Dunn 1961).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chosen::{default_outcomes, is_slope, speaks_of_change};
use super::{MeasureRow, RecordingLine, SessionLine, visit_order};
use crate::analysis::dictionary;
use crate::dsp::stats::{mean, mean_interval, median, standard_deviation, t_quantile};
use crate::outcome::{Text, Verdict};
use crate::session::Role;
use crate::signal::{Muscle, Side};

/// The fewest persons for an interval.
const FEWEST: usize = 3;

/// An outcome of the study in the first and the last visit of every person.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyChange {
    /// The measure.
    pub measure: Arc<str>,
    /// The muscle; of both sides the mean of those that both visits have.
    pub muscle: Muscle,
    /// The task.
    pub task: Arc<str>,
    /// The unit of all values.
    pub unit: Arc<str>,
    /// The names of both visits, where all persons have the same.
    pub visits: Option<[Arc<str>; 2]>,
    /// The persons, in the order of the sessions; one without a second visit or without
    /// values has its reason.
    pub people: Vec<PersonChange>,
    /// The mean over those who have both values; `None` where nobody has.
    pub mean: Option<MeanChange>,
}

/// The values of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonChange {
    /// Who.
    pub subject: Arc<str>,
    /// The value of the first visit.
    pub first: Option<f64>,
    /// The value of the last visit.
    pub last: Option<f64>,
    /// Why the person takes no part in the mean.
    pub left_out: Option<String>,
}

/// A mean change over persons.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanChange {
    /// How many persons.
    pub persons: usize,
    /// The means of both visits.
    pub means: [f64; 2],
    /// The mean of last minus first.
    pub change: f64,
    /// Its 95 % interval; `None` below three persons.
    pub interval: Option<(f64, f64)>,
    /// Whether an interval that is wide enough for all outcomes excludes 0.
    pub is_clear: bool,
}

/// The changes of the outcomes that are asked for, by the names of their measures, or else
/// of those that the facts of the measures say; none of measures that no recording has.
pub fn changes(
    rows: &[&MeasureRow],
    sessions: &[SessionLine],
    asked: &[String],
) -> Vec<StudyChange> {
    let wanted: Vec<Text> = match asked {
        [] => default_outcomes(),
        names => names.iter().map(|name| name.clone().into()).collect(),
    };
    let people = People::of(sessions);
    let mut changes: Vec<StudyChange> =
        wanted.iter().filter_map(|measure| people.change(measure, rows)).collect();
    let several = changes.len();
    for change in &mut changes {
        change.mean = mean_change(&change.people, several);
    }
    changes
}

/// What is to be said of outcomes that are asked for and are no measures.
pub fn unknown_outcomes(asked: &[String]) -> Vec<String> {
    let unknown = asked.iter().filter(|name| dictionary::known(name).is_none());
    let line = |name: &String| {
        let near = dictionary::nearest(name);
        let hint = match near.is_empty() {
            true => "`soleus measures` lists them".to_owned(),
            false => format!("did you mean `{}`?", near.join("` or `")),
        };
        format!("[design] outcomes: \"{name}\" is no measure; {hint}")
    };
    unknown.map(line).collect()
}

/// Outcomes that are asked for, are measures, and have no value that could be shown.
pub fn absent_outcomes(asked: &[String], found: &[StudyChange]) -> Vec<String> {
    let is_absent = |name: &&String| {
        dictionary::known(name).is_some()
            && found.iter().all(|change| *change.measure != ***name)
    };
    let line = |name: &String| {
        format!("[design] outcomes: no recording has a value of {name} that can be shown")
    };
    asked.iter().filter(is_absent).map(line).collect()
}

/// The visits of every person in their order, and what the tasks of the study are.
struct People<'a> {
    visits: Vec<(&'a str, Vec<&'a str>)>,
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
    fn of(sessions: &'a [SessionLine]) -> Self {
        let mut visits: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut tasks: BTreeMap<&str, TaskKind> = BTreeMap::new();
        let mut doubted = BTreeSet::new();
        for line in sessions {
            let place = *places.entry(&line.subject).or_insert_with(|| {
                visits.push((&line.subject, Vec::new()));
                visits.len() - 1
            });
            visits[place].1.push(&line.session);
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
            }
        }
        for (_, of_person) in &mut visits {
            of_person.sort_by_cached_key(|visit| visit_order(visit));
        }
        Self { visits, doubted, tasks }
    }

    fn change(&self, measure: &str, rows: &[&MeasureRow]) -> Option<StudyChange> {
        let of_measure: Vec<&MeasureRow> =
            rows.iter().copied().filter(|row| *row.measure == *measure).collect();
        let is_doubted = |row: &MeasureRow| {
            self.doubted.contains(&[&*row.subject, &*row.session, &*row.recording])
        };
        let reason = |row: &MeasureRow| match is_doubted(row) {
            true => Some("it may be in another unit than the others".to_owned()),
            false => why_silent(row).map(str::to_owned),
        };
        let speaking = of_measure.iter().copied().filter(|row| reason(row).is_none());
        let muscle = commonest(speaking.clone().filter_map(|row| row.muscle))?;
        let of_muscle: Vec<&MeasureRow> =
            speaking.filter(|row| row.muscle == Some(muscle)).collect();
        let task = self.task(measure, &of_muscle)?;
        let values =
            Values::of(of_muscle.iter().copied().filter(|row| *row.task == *task));
        let notes = of_measure
            .iter()
            .filter(|row| *row.task == *task && row.muscle == Some(muscle));
        let notes: BTreeMap<(&str, &str), String> =
            notes.filter_map(|row| Some((visit_of(row), reason(row)?))).collect();
        let person = |(subject, visits): &(&str, Vec<&str>)| {
            values.person(subject, visits, &notes)
        };
        Some(StudyChange {
            measure: measure.into(),
            muscle,
            unit: of_muscle.first()?.unit.clone(),
            visits: self.names(),
            people: self.visits.iter().map(person).collect(),
            mean: None,
            task,
        })
    }

    /// The task that an outcome is taken of: of slopes the longest that is held, of others
    /// the commonest that moves; else the commonest.
    fn task(&self, measure: &str, rows: &[&MeasureRow]) -> Option<Arc<str>> {
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
        best.map(|(task, _)| (*task).clone())
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

/// Why a row says nothing.
fn why_silent(row: &MeasureRow) -> Option<&str> {
    match row.value {
        Some(_) if row.quality == Some(Verdict::Bad) => Some("its channel is bad"),
        Some(_) if !speaks_of_change(row) => {
            Some("it rests on too little, or on no reference")
        }
        Some(_) => None,
        None => Some(row.note.as_deref().unwrap_or("it could not be computed")),
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
        notes: &BTreeMap<(&str, &str), String>,
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
            let note = notes.get(&(subject, *visit)).map(String::as_str);
            Some(format!(
                "no value in {visit}: {}",
                note.unwrap_or("it was not recorded")
            ))
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

fn mean_change(people: &[PersonChange], several: usize) -> Option<MeanChange> {
    let pairs: Vec<[f64; 2]> =
        people.iter().filter_map(|person| Some([person.first?, person.last?])).collect();
    let of_visit =
        |at: usize| mean(&pairs.iter().map(|pair| pair[at]).collect::<Vec<_>>());
    let changes: Vec<f64> = pairs.iter().map(|[first, last]| last - first).collect();
    let change = mean(&changes)?;
    let interval = mean_interval(&changes).filter(|_| changes.len() >= FEWEST);
    let wide = half_width(&changes, several).filter(|_| interval.is_some());
    Some(MeanChange {
        persons: changes.len(),
        means: [of_visit(0)?, of_visit(1)?],
        change,
        interval,
        is_clear: wide.is_some_and(|half| change.abs() > half),
    })
}

/// Half the width of the interval of a mean where so many are looked at.
fn half_width(values: &[f64], several: usize) -> Option<f64> {
    let n = values.len() as f64;
    let t = t_quantile(1.0 - 0.025 / several.max(1) as f64, n - 1.0)?;
    Some(t * standard_deviation(values)? / n.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::RecordingState;

    const MDF: &str = "mdf_slope_normalised";

    fn row(subject: &str, session: &str, side: Side, value: Option<f64>) -> MeasureRow {
        MeasureRow {
            subject: subject.into(),
            session: session.into(),
            recording: "hold".into(),
            channel: Some("SOL".into()),
            muscle: Some(Muscle::Soleus),
            side: Some(side),
            analysis: "fatigue".into(),
            measure: MDF.into(),
            value,
            unit: "%/s".into(),
            ci_low: None,
            ci_high: None,
            n: Some(20),
            quality: Some(Verdict::Good),
            note: None,
            task: "hold".into(),
            relative_to: None,
        }
    }

    fn session(subject: &str, session: &str) -> SessionLine {
        let recording = RecordingLine {
            file: "hold.csv".into(),
            recording: "hold".into(),
            task: "hold".into(),
            role: Role::Task,
            state: RecordingState::Judged(Some(Verdict::Good)),
            reasons: Vec::new(),
            hint: None,
            is_other_unit: false,
            is_moving: false,
            duration_s: Some(30.0),
        };
        SessionLine {
            subject: subject.into(),
            session: session.into(),
            recordings: vec![recording],
            ..SessionLine::default()
        }
    }

    fn change_of(rows: &[MeasureRow], sessions: &[SessionLine]) -> StudyChange {
        let rows: Vec<&MeasureRow> = rows.iter().collect();
        let mut found = changes(&rows, sessions, &[MDF.to_owned()]);
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    fn study(values: &[[f64; 2]]) -> StudyChange {
        let (mut rows, mut sessions) = (Vec::new(), Vec::new());
        for (at, pair) in values.iter().enumerate() {
            for (visit, value) in ["V1", "V2"].into_iter().zip(pair) {
                let who = format!("S{at}");
                // Sides of which only the mean is the value.
                rows.push(row(&who, visit, Side::Left, Some(value - 0.1)));
                rows.push(row(&who, visit, Side::Right, Some(value + 0.1)));
                sessions.push(session(&who, visit));
            }
        }
        change_of(&rows, &sessions)
    }

    #[test]
    fn a_mean_change_has_the_interval_of_paired_differences() {
        let found = study(&[[-1.0, 0.0], [-2.0, -0.5], [-1.5, -1.0]]);
        let mean = found.mean.unwrap();
        // Changes 1, 1.5 and 0.5: mean 1, standard deviation 0.5, t(2) = 4.302653.
        let half = 4.302_652_729_9 * 0.5 / 3.0_f64.sqrt();
        let (low, high) = mean.interval.unwrap();
        assert_eq!((mean.persons, mean.change), (3, 1.0));
        assert!((low - (1.0 - half)).abs() < 1e-9 && (high - (1.0 + half)).abs() < 1e-9);
        assert!(!mean.is_clear, "the interval holds 0");
        assert_eq!(found.visits.unwrap().map(|name| name.to_string()), ["V1", "V2"]);
        assert!(study(&[[0.0, 1.0], [0.0, 1.1], [0.0, 0.9]]).mean.unwrap().is_clear);
    }

    #[test]
    fn outcomes_that_are_no_measures_and_those_without_values_are_told() {
        let asked = ["mdf_slope_normalized", MDF, "burst_count"].map(str::to_owned);
        assert_eq!(
            unknown_outcomes(&asked),
            ["[design] outcomes: \"mdf_slope_normalized\" is no measure; did you mean \
              `mdf_slope_normalised` or `mnf_slope_normalised`?"]
        );
        let found = study(&[[0.0, 1.0]]);
        assert_eq!(
            absent_outcomes(&asked, &[found]),
            [
                "[design] outcomes: no recording has a value of burst_count that can be shown"
            ]
        );
    }

    #[test]
    fn two_persons_have_no_interval_and_nothing_clear() {
        let mean = study(&[[0.0, 1.0], [0.0, 1.0]]).mean.unwrap();
        assert_eq!((mean.persons, mean.interval, mean.is_clear), (2, None, false));
    }

    #[test]
    fn several_outcomes_need_more() {
        // Changes whose 95 % interval just excludes 0.
        let people: Vec<PersonChange> = [0.1, 1.0, 1.9, 1.0]
            .iter()
            .map(|change| PersonChange {
                subject: "S".into(),
                first: Some(0.0),
                last: Some(*change),
                left_out: None,
            })
            .collect();
        let [one, three] = [1, 3].map(|several| mean_change(&people, several).unwrap());
        assert!(one.interval.unwrap().0 < 0.0 || one.is_clear);
        assert!(!three.is_clear && one.interval == three.interval);
    }

    #[test]
    fn a_recording_in_another_unit_takes_no_part() {
        let mut sessions = vec![session("S1", "V1"), session("S1", "V2")];
        let rows = [("V1", -1.0), ("V2", -900.0)]
            .map(|(visit, value)| row("S1", visit, Side::Left, Some(value)));
        assert_eq!(change_of(&rows, &sessions).mean.unwrap().change, -899.0);
        sessions[1].recordings[0].is_other_unit = true;
        let found = change_of(&rows, &sessions);
        let reason = found.people[0].left_out.as_deref().unwrap();
        assert_eq!(reason, "no value in V2: it may be in another unit than the others");
        assert_eq!((found.mean, found.people[0].last), (None, None));
    }

    #[test]
    fn who_takes_no_part_is_said_with_the_reason() {
        let rows = [
            row("S1", "V1", Side::Left, Some(-1.0)),
            row("S1", "V2", Side::Right, Some(-1.0)),
            row("S2", "V1", Side::Left, Some(-1.0)),
            row("S3", "V1", Side::Left, Some(-1.0)),
            MeasureRow {
                note: Some("fewer than 4 epochs".into()),
                ..row("S3", "V2", Side::Left, None)
            },
            row("S4", "V1", Side::Left, Some(-1.0)),
            MeasureRow {
                quality: Some(Verdict::Bad),
                ..row("S4", "V2", Side::Left, Some(3.0))
            },
            row("S5", "V2", Side::Left, Some(-1.0)),
        ];
        let sessions = [
            session("S1", "V1"),
            session("S1", "V2"),
            session("S2", "V1"),
            session("S3", "V1"),
            session("S3", "V2"),
            session("S4", "V1"),
            session("S4", "V2"),
            session("S5", "V1"),
            session("S5", "V2"),
        ];
        let found = change_of(&rows, &sessions);
        let reasons: Vec<&str> =
            found.people.iter().filter_map(|one| one.left_out.as_deref()).collect();
        assert_eq!(
            reasons,
            [
                "no side has a value in both visits",
                "V1 is the only visit",
                "no value in V2: fewer than 4 epochs",
                "no value in V2: its channel is bad",
                "no value in V1: it was not recorded",
            ]
        );
        assert_eq!(found.mean, None);
    }
}
