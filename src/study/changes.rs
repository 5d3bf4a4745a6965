//! What changed from the first to the last visit: an outcome of the study, person by person
//! and on average.
//!
//! The units are persons: the mean change has the interval of paired differences
//! (Student 1908). Where several outcomes are looked at, one has clearly changed only if an
//! interval wide enough for all of them excludes 0 (Bonferroni; Dunn 1961).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chosen::default_outcomes;
use super::{MeasureRow, SessionLine};
use crate::analysis::dictionary;
use crate::dsp::stats::{mean, mean_interval, standard_deviation, t_quantile};
use crate::outcome::Text;
use crate::session::SubjectEntry;
use crate::signal::Muscle;

mod people;

use people::People;

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
    /// The same in every group, where the study has several.
    pub groups: Vec<(String, Option<MeanChange>)>,
    /// Whether the values are of the involved minus the other side, and not of the left
    /// minus the right one.
    pub by_involved: bool,
}

/// What changed in a study, and of which outcomes that cannot be told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StudyChanges {
    /// The outcomes that have values.
    pub found: Vec<StudyChange>,
    /// The others, by their measures, with the reason.
    pub absent: Vec<(Text, String)>,
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
    /// The means of both visits without their signs: of an index of sides how unequal they
    /// are, whichever is larger.
    pub sizes: [f64; 2],
    /// Whether an interval that is wide enough for all outcomes excludes 0.
    pub is_clear: bool,
}

/// The changes of the outcomes that are asked for, by the names of their measures, or else
/// of those that the facts of the measures say; `persons` is what the study says of people.
pub fn changes(
    rows: &[&MeasureRow],
    sessions: &[SessionLine],
    asked: &[String],
    persons: &BTreeMap<String, SubjectEntry>,
) -> StudyChanges {
    let people = People::of(sessions, persons);
    let mut changes = StudyChanges::default();
    for measure in wanted(asked) {
        match people.change(&measure, rows) {
            Ok(change) => changes.found.push(change),
            Err(reason) => changes.absent.push((measure, reason)),
        }
    }
    let groups = people.groups();
    let several = changes.found.len() * groups.len().max(1);
    for change in &mut changes.found {
        if !groups.is_empty() {
            name_those_without_a_group(change, &people);
        }
        change.mean = mean_change(change.people.iter(), several);
        change.groups = groups
            .iter()
            .map(|group| {
                let own = |one: &&PersonChange| people.group(&one.subject) == Some(group);
                let mean = mean_change(change.people.iter().filter(own), several);
                ((*group).to_owned(), mean)
            })
            .collect();
    }
    changes
}

fn name_those_without_a_group(change: &mut StudyChange, people: &People<'_>) {
    for one in change.people.iter_mut().filter(|one| people.group(&one.subject).is_none())
    {
        one.left_out.get_or_insert_with(|| "no group in [subjects]".to_owned());
    }
}

/// The measures that are asked for, each once; the usual ones where none of them is one.
fn wanted(asked: &[String]) -> Vec<Text> {
    let mut wanted: Vec<Text> = Vec::new();
    for name in asked.iter().filter(|name| dictionary::known(name).is_some()) {
        if wanted.iter().all(|other| **other != **name) {
            wanted.push(name.clone().into());
        }
    }
    if wanted.is_empty() { default_outcomes() } else { wanted }
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

fn mean_change<'a>(
    people: impl Iterator<Item = &'a PersonChange>,
    several: usize,
) -> Option<MeanChange> {
    let pairs: Vec<[f64; 2]> =
        people.filter_map(|person| Some([person.first?, person.last?])).collect();
    let of_visit = |at: usize, size: fn(f64) -> f64| {
        mean(&pairs.iter().map(|pair| size(pair[at])).collect::<Vec<_>>())
    };
    let changes: Vec<f64> = pairs.iter().map(|[first, last]| last - first).collect();
    let change = mean(&changes)?;
    let interval = mean_interval(&changes).filter(|_| changes.len() >= FEWEST);
    let wide = half_width(&changes, several).filter(|_| interval.is_some());
    Some(MeanChange {
        persons: changes.len(),
        means: [of_visit(0, |value| value)?, of_visit(1, |value| value)?],
        sizes: [of_visit(0, f64::abs)?, of_visit(1, f64::abs)?],
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
    use crate::outcome::Verdict;
    use crate::session::Role;
    use crate::signal::Side;
    use crate::study::{RecordingLine, RecordingState};

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
        let mut changes = changes(&rows, sessions, &[MDF.to_owned()], &BTreeMap::new());
        assert_eq!(changes.found.len(), 1, "{:?}", changes.absent);
        changes.found.remove(0)
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
        // Each once; the usual ones where none is a measure.
        let asked = [MDF, "no_measure", MDF, "rms"].map(str::to_owned);
        assert_eq!(wanted(&asked), [MDF, "rms"]);
        assert_eq!(wanted(&asked[1..2]), default_outcomes());
    }

    #[test]
    fn an_outcome_without_values_has_its_reason() {
        let few = MeasureRow { n: Some(14), ..row("S1", "V1", Side::Left, Some(-1.0)) };
        let nameless =
            MeasureRow { muscle: None, ..row("S1", "V1", Side::Left, Some(-1.0)) };
        let reason = |rows: &[&MeasureRow]| {
            let sessions = [session("S1", "V1")];
            let found = changes(rows, &sessions, &[MDF.to_owned()], &BTreeMap::new());
            assert_eq!(found.found, []);
            found.absent[0].1.clone()
        };
        assert_eq!(reason(&[&few]), "it rests on 14 epochs, of which 20 are needed");
        assert_eq!(reason(&[&nameless]), "the muscle of no channel is known");
        assert_eq!(reason(&[]), "no recording has it");
    }

    #[test]
    fn groups_have_means_of_their_own_and_involved_legs_come_first() {
        let index = "symmetry_index.activation_mean";
        let (mut rows, mut sessions) = (Vec::new(), Vec::new());
        let mut persons = BTreeMap::new();
        for at in 0..8 {
            let who = format!("S{at}");
            let involved = if at % 2 == 0 { Side::Left } else { Side::Right };
            let sign = if at % 2 == 0 { 1.0 } else { -1.0 };
            let group = if at < 4 { "training" } else { "control" };
            let change = if at < 4 { 10.0 + f64::from(at) } else { f64::from(at) - 5.5 };
            for (visit, value) in [("V1", -20.0), ("V2", change - 20.0)] {
                let of_pair = row(&who, visit, Side::Left, Some(sign * value));
                rows.push(MeasureRow {
                    measure: index.into(),
                    side: None,
                    n: None,
                    ..of_pair
                });
                sessions.push(session(&who, visit));
            }
            let entry = SubjectEntry {
                involved: Some(involved),
                group: Some(group.to_owned()),
                ..SubjectEntry::default()
            };
            persons.insert(who, entry);
        }
        let rows: Vec<&MeasureRow> = rows.iter().collect();
        let told = |persons: &BTreeMap<String, SubjectEntry>| {
            changes(&rows, &sessions, &[index.to_owned()], persons).found.remove(0)
        };
        let found = told(&persons);
        assert!(found.by_involved && found.groups.len() == 2);
        let means: Vec<(&str, f64, bool)> = found
            .groups
            .iter()
            .map(|(name, mean)| {
                let mean = mean.as_ref().unwrap();
                (name.as_str(), mean.change, mean.is_clear)
            })
            .collect();
        assert_eq!(means, [("control", 0.0, false), ("training", 11.5, true)]);
        // Of one whose leg is not known, sides are left and right for all.
        persons.get_mut("S3").unwrap().involved = None;
        persons.get_mut("S2").unwrap().group = None;
        let found = told(&persons);
        assert!(!found.by_involved);
        assert_eq!(found.people[2].left_out.as_deref(), Some("no group in [subjects]"));
        assert_eq!(found.groups[1].1.as_ref().unwrap().persons, 3);
        assert_eq!(found.mean.unwrap().sizes[0], 20.0);
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
        let [one, three] =
            [1, 3].map(|several| mean_change(people.iter(), several).unwrap());
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
        let mut failed = session("S6", "V1");
        failed.recordings[0].state = RecordingState::Failed;
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
            failed,
            session("S6", "V2"),
            SessionLine { recordings: Vec::new(), ..session("S7", "V1") },
            session("S7", "V2"),
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
                "no value in V1: no value of the soleus there",
                "no value in V1: hold.csv could not be read",
                "no value in V1: it was not recorded",
            ]
        );
        assert_eq!(found.mean, None);
    }
}
