//! The table of reliability: `reliability.csv`, how much a measure differs between two
//! visits of the same persons.
//!
//! The standard error of measurement is that of differences between visits, and the
//! minimal detectable change is what a single person has to change by to exceed it in 95
//! of 100 cases (Weir 2005). Both describe the study's own persons and visits, and say
//! nothing about what a change means.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Row;
use super::comparisons::{task_of, visit_order};
use crate::dsp::stats::{chi_square_quantile, mean, mean_interval};
use crate::signal::{Muscle, Side};

/// The measures whose reliability is told: those that compare sides or times and need no
/// volts.
const TOLD: [&str; 8] = [
    "gait_asymmetry.",
    "difference.",
    "ensemble_",
    "trend_symmetry",
    "burst_",
    "activation_",
    "falconer_winter",
    "soleus_gastrocnemius_ratio",
];

/// The fewest persons with two visits.
const FEWEST: usize = 2;

/// One row of `reliability.csv`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReliabilityRow {
    /// The task.
    pub task: String,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`; empty of pairs.
    pub side: Option<Side>,
    /// The other muscle of a pair of one leg; empty else.
    pub partner: String,
    /// The measure.
    pub measure: String,
    /// The unit of all values.
    pub unit: String,
    /// How many persons have two visits.
    pub persons: usize,
    /// The mean of the second visit minus the first one.
    pub mean_change: f64,
    /// The lower end of its 95 % interval; empty for two persons.
    pub ci_low: Option<f64>,
    /// The upper end of its 95 % interval.
    pub ci_high: Option<f64>,
    /// The standard error of measurement: the standard deviation of the changes over √2.
    pub sem: f64,
    /// The minimal detectable change of one person, 1.96·√2·SEM.
    pub mdc: f64,
    /// The lower end of the 95 % interval of `mdc`.
    pub mdc_low: Option<f64>,
    /// The upper end of the 95 % interval of `mdc`.
    pub mdc_high: Option<f64>,
}

/// The columns of the table.
pub const RELIABILITY_COLUMNS: [&str; 14] = [
    "task",
    "muscle",
    "side",
    "partner",
    "measure",
    "unit",
    "persons",
    "mean_change",
    "ci_low",
    "ci_high",
    "sem",
    "mdc",
    "mdc_low",
    "mdc_high",
];

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    task: String,
    muscle: Option<Muscle>,
    side: Option<Side>,
    partner: String,
    measure: &'a str,
    unit: &'a str,
}

/// The reliability of the measures of a study whose persons have two visits at least: the
/// first and the last of them, in the order of their names.
pub fn reliability<'a>(rows: &[&'a Row]) -> Vec<ReliabilityRow> {
    let mut visits: BTreeMap<Key<'a>, BTreeMap<&'a str, BTreeMap<&'a str, f64>>> =
        BTreeMap::new();
    // What is relative to a recording's own peak compares no recordings.
    let is_own =
        |row: &Row| row.note.as_ref().is_some_and(|note| note.contains("own peak"));
    let is_told = |row: &&Row| {
        TOLD.iter().any(|name| row.measure.starts_with(name)) && !is_own(row)
    };
    for row in rows.iter().copied().filter(is_told) {
        let (Some(value), Some(muscle)) = (row.value, row.muscle) else {
            continue;
        };
        let key = Key {
            task: task_of(&row.recording),
            muscle: Some(muscle),
            side: row.side,
            partner: partner(row),
            measure: &row.measure,
            unit: &row.unit,
        };
        let of_person = visits.entry(key).or_default().entry(&row.subject).or_default();
        // The first recording of a task speaks for its visit.
        of_person.entry(&row.session).or_insert(value);
    }
    visits.into_iter().filter_map(|(key, persons)| row_of(key, &persons)).collect()
}

/// The other channel of a pair on one leg, without the words of its side: rows of both
/// sides of one muscle have none.
fn partner(row: &Row) -> String {
    let channel = row.channel.as_deref().unwrap_or_default();
    match (row.side, channel.split_once(" ~ ")) {
        (Some(_), Some((_, other))) => other.to_owned(),
        _ => String::new(),
    }
}

fn row_of(
    key: Key<'_>,
    persons: &BTreeMap<&str, BTreeMap<&str, f64>>,
) -> Option<ReliabilityRow> {
    let change = |visits: &BTreeMap<&str, f64>| {
        let first = visits.iter().min_by_key(|(visit, _)| visit_order(visit))?;
        let last = visits.iter().max_by_key(|(visit, _)| visit_order(visit))?;
        (visits.len() > 1).then(|| last.1 - first.1)
    };
    let changes: Vec<f64> = persons.values().filter_map(change).collect();
    let n = changes.len();
    if n < FEWEST {
        return None;
    }
    let centre = mean(&changes)?;
    let squares: f64 =
        changes.iter().map(|change| (change - centre) * (change - centre)).sum();
    let freedom = n as f64 - 1.0;
    let sem = (squares / freedom / 2.0).sqrt();
    let mdc = 1.96 * std::f64::consts::SQRT_2 * sem;
    let bound = |p: f64| {
        chi_square_quantile(p, freedom).map(|quantile| mdc * (freedom / quantile).sqrt())
    };
    let interval = mean_interval(&changes).filter(|_| n > 2);
    Some(ReliabilityRow {
        task: key.task,
        muscle: key.muscle,
        side: key.side,
        partner: key.partner,
        measure: key.measure.to_owned(),
        unit: key.unit.to_owned(),
        persons: n,
        mean_change: centre,
        ci_low: interval.map(|(low, _)| low),
        ci_high: interval.map(|(_, high)| high),
        sem,
        mdc,
        mdc_low: bound(0.975),
        mdc_high: bound(0.025),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(subject: &str, session: &str, value: f64) -> Row {
        Row {
            subject: subject.into(),
            session: session.into(),
            recording: "gait_1".into(),
            channel: Some("L SOL ~ R SOL".into()),
            muscle: Some(Muscle::Soleus),
            side: None,
            analysis: "symmetry".into(),
            measure: "gait_asymmetry.cycle_mean".into(),
            value: Some(value),
            unit: "%".into(),
            ci_low: None,
            ci_high: None,
            n: None,
            quality: None,
            note: None,
        }
    }

    #[test]
    fn the_change_that_a_person_has_to_exceed() {
        let rows = [
            row("1", "a", 10.0),
            row("1", "b", 12.0),
            row("2", "a", 5.0),
            row("2", "b", 3.0),
            row("3", "a", 9.0),
        ];
        let found = reliability(&rows.iter().collect::<Vec<_>>());
        let [one] = &found[..] else { panic!("{found:?}") };
        // Changes of 2 and −2: a standard deviation of √8, so a standard error of
        // measurement of 2.
        assert_eq!((one.persons, one.mean_change, one.ci_low), (2, 0.0, None));
        assert!(
            (one.sem - 2.0).abs() < 1e-12
                && (one.mdc - 1.96 * 8.0_f64.sqrt()).abs() < 1e-12
        );
        assert!(
            one.mdc_low.unwrap() < one.mdc && one.mdc_high.unwrap() > 20.0 * one.mdc,
            "{one:?}"
        );
        assert!(reliability(&rows[..3].iter().collect::<Vec<_>>()).is_empty());
    }
}
