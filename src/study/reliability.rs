//! How much a measure differs between two visits of the same persons.
//!
//! The standard error of measurement is that of differences between visits, and the
//! minimal detectable change is what a single person has to change by to exceed it in 95
//! of 100 cases (Weir 2005). Both describe the study's own persons and visits, and say
//! nothing about what a change means.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chosen::{is_reliable, is_shown_between_visits};
use super::{MeasureRow, visit_order};
use crate::columns::table_row;
use crate::dsp::stats::{chi_square_quantile, mean, mean_interval};
use crate::signal::{Muscle, Side};

/// The fewest persons with two visits.
const FEWEST: usize = 2;

/// The two-sided 95 % point of the normal distribution.
const Z: f64 = 1.96;

table_row! {
    /// A measure of a task in the first and the last visit of all persons that came twice.
    pub struct Reliability = "reliability" {
        /// The task.
        task: String,
        /// The muscle's English name.
        muscle: Option<Muscle>,
        /// The side; empty of both sides together.
        side: Option<Side>,
        /// The other muscle of a pair of one leg; empty else.
        partner: String,
        /// The measure.
        measure: Arc<str>,
        /// The unit of all values.
        unit: Arc<str>,
        /// How many persons have two visits.
        persons: usize,
        /// The mean of the last visit minus the first one, in the unit of this row.
        mean_change: f64,
        /// The lower end of its 95 % interval; empty for two persons.
        ci_low: Option<f64>,
        /// The upper end of its 95 % interval.
        ci_high: Option<f64>,
        /// The standard error of measurement, in the unit of this row: the standard
        /// deviation of the changes over √2.
        sem: f64,
        /// The minimal detectable change of one person, in the unit of this row:
        /// 1.96·√2·SEM.
        mdc: f64,
        /// The lower end of the 95 % interval of `mdc`.
        mdc_low: Option<f64>,
        /// The upper end of the 95 % interval of `mdc`.
        mdc_high: Option<f64>,
    }
}

/// What values must have in common to be those of one measure.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Repeated<'a> {
    task: String,
    muscle: Muscle,
    side: Option<Side>,
    partner: String,
    measure: &'a Arc<str>,
    unit: &'a Arc<str>,
}

/// The value of each visit of each person.
type Visits<'a> = BTreeMap<&'a str, BTreeMap<&'a str, f64>>;

/// The reliability of the measures of a study whose persons have two visits at least: the
/// first and the last of them, in the order of [`visit_order`].
pub fn reliabilities(rows: &[&MeasureRow]) -> Vec<Reliability> {
    let mut repeated: BTreeMap<Repeated<'_>, Visits<'_>> = BTreeMap::new();
    for row in rows.iter().copied().filter(|row| is_reliable(row)) {
        let (Some(value), Some(key)) = (row.value, Repeated::of_row(row)) else {
            continue;
        };
        let of_person = repeated.entry(key).or_default().entry(&row.subject).or_default();
        // The first recording of a task speaks for its visit.
        of_person.entry(&row.session).or_insert(value);
    }
    repeated.into_iter().filter_map(|(key, persons)| reliability(key, &persons)).collect()
}

impl<'a> Repeated<'a> {
    fn of_row(row: &'a MeasureRow) -> Option<Self> {
        Some(Self {
            task: row.task.to_string(),
            muscle: row.muscle?,
            side: row.side,
            partner: partner(row),
            measure: &row.measure,
            unit: &row.unit,
        })
    }
}

/// The other channel of a pair on one leg, without the words of its side: rows of both
/// sides of one muscle have none.
fn partner(row: &MeasureRow) -> String {
    let channel = row.channel.as_deref().unwrap_or_default();
    match (row.side, channel.split_once(" ~ ")) {
        (Some(_), Some((_, other))) => other.to_owned(),
        _ => String::new(),
    }
}

fn reliability(key: Repeated<'_>, persons: &Visits<'_>) -> Option<Reliability> {
    let changes: Vec<f64> = persons.values().filter_map(change).collect();
    if changes.len() < FEWEST {
        return None;
    }
    let mean_change = mean(&changes)?;
    let interval = mean_interval(&changes).filter(|_| changes.len() > 2);
    let sem = standard_error(&changes, mean_change);
    let mdc = Z * std::f64::consts::SQRT_2 * sem;

    let freedom = changes.len() as f64 - 1.0;
    let bound = |p: f64| {
        chi_square_quantile(p, freedom).map(|quantile| mdc * (freedom / quantile).sqrt())
    };
    Some(Reliability {
        task: key.task,
        muscle: Some(key.muscle),
        side: key.side,
        partner: key.partner,
        measure: key.measure.clone(),
        unit: key.unit.clone(),
        persons: changes.len(),
        mean_change,
        ci_low: interval.map(|(low, _)| low),
        ci_high: interval.map(|(_, high)| high),
        sem,
        mdc,
        mdc_low: bound(0.975),
        mdc_high: bound(0.025),
    })
}

/// The value of a person's last visit minus that of the first.
fn change(visits: &BTreeMap<&str, f64>) -> Option<f64> {
    let first = visits.iter().min_by_key(|(visit, _)| visit_order(visit))?;
    let last = visits.iter().max_by_key(|(visit, _)| visit_order(visit))?;
    (visits.len() > 1).then(|| last.1 - first.1)
}

/// The standard error of measurement: each of both visits adds its error to a change.
fn standard_error(changes: &[f64], centre: f64) -> f64 {
    let squares: f64 =
        changes.iter().map(|change| (change - centre) * (change - centre)).sum();
    let freedom = changes.len() as f64 - 1.0;
    (squares / freedom / 2.0).sqrt()
}

impl Reliability {
    /// Whether the study page shows it; the others stand in the table.
    pub fn is_shown(&self) -> bool {
        is_shown_between_visits(&self.measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(subject: &str, session: &str, value: f64) -> MeasureRow {
        MeasureRow {
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
            task: "hold".into(),
            relative_to: None,
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
        let found = reliabilities(&rows.iter().collect::<Vec<_>>());
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
        assert!(reliabilities(&rows[..3].iter().collect::<Vec<_>>()).is_empty());
    }
}
