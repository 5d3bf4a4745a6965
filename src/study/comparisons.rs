//! The same measure in several recordings and visits: each later one beside the first.
//!
//! Recordings of one person and one task are compared with the first of
//! them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chosen::{is_compared, is_shown_compared};
use super::{MeasureRow, visit_order};
use crate::columns::table_row;
use crate::dsp::interval::{Estimate, difference};
use crate::signal::{Muscle, Side};

table_row! {
    /// A measure of a later recording or visit beside that of the first of its task, or
    /// the reason why a person, task or channel is not compared.
    pub struct VisitComparison = "comparisons" {
        /// Who was recorded.
        subject: Arc<str>,
        /// The muscle's English name.
        muscle: Option<Muscle>,
        /// The side; empty of both sides together.
        side: Option<Side>,
        /// The channel in the recording.
        channel: Arc<str>,
        /// The measure.
        measure: Arc<str>,
        /// The unit of all values.
        unit: Arc<str>,
        /// The visit that it is compared with, the first of the task.
        first_session: Arc<str>,
        /// The recording that it is compared with.
        first_recording: Arc<str>,
        /// The value there, in the unit of this row.
        first_value: Option<f64>,
        /// Which visit.
        session: Arc<str>,
        /// The recording.
        recording: Arc<str>,
        /// The value, in the unit of this row.
        value: Option<f64>,
        /// The value minus the first one, in the unit of this row.
        difference: Option<f64>,
        /// The lower end of its 95 % interval, in the unit of this row.
        ci_low: Option<f64>,
        /// The upper end of its 95 % interval, in the unit of this row.
        ci_high: Option<f64>,
        /// How many epochs the less certain of both rests on.
        n: Option<u64>,
        /// The task of both.
        task: Arc<str>,
        /// Why there are no values: "not compared" and the reason.
        note: Option<Arc<str>>,
    }
}

/// What recordings must have in common to be compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct VisitSeries<'a> {
    subject: &'a str,
    task: &'a str,
    muscle: &'static str,
    side: &'static str,
    /// The channel's name, where muscle or side are not known.
    channel: &'a str,
    measure: &'a str,
}

impl VisitComparison {
    /// Whether the study page shows it; the others stand in the table.
    pub fn is_shown(&self) -> bool {
        is_shown_compared(&self.measure, self.n)
    }
}

/// The comparisons of all measures of a study, in their order. The interval of a
/// difference is made of the intervals of both values, which are independent (Zou & Donner
/// 2008); values without an interval are not compared.
pub fn compare_visits(rows: &[&MeasureRow]) -> Vec<VisitComparison> {
    let comparable = || {
        rows.iter().copied().filter_map(|row| Some((VisitSeries::comparable(row)?, row)))
    };
    let mut firsts: BTreeMap<VisitSeries<'_>, &MeasureRow> = BTreeMap::new();
    for (series, row) in comparable() {
        let first = firsts.entry(series).or_insert(row);
        if visit_order(&row.session) < visit_order(&first.session) {
            *first = row;
        }
    }

    comparable()
        .map(|(series, row)| (firsts[&series], row))
        .filter(|(first, row)| is_other_recording(first, row))
        .filter_map(|(first, row)| compared(first, row))
        .collect()
}

/// A second channel of the same muscle and side in one recording is no second recording.
fn is_other_recording(first: &MeasureRow, row: &MeasureRow) -> bool {
    first.session != row.session || first.recording != row.recording
}

impl<'a> VisitSeries<'a> {
    /// The series of a measure that is compared.
    fn comparable(row: &'a MeasureRow) -> Option<Self> {
        let channel = row.channel.as_deref()?;
        if !is_compared(&row.measure) || estimate(row).is_none() {
            return None;
        }
        let known = row.muscle.zip(row.side);
        Some(Self {
            subject: &row.subject,
            task: &row.task,
            muscle: known.map_or("", |(muscle, _)| muscle.name()),
            side: known.map_or("", |(_, side)| side.word()),
            channel: if known.is_some() { "" } else { channel },
            measure: &row.measure,
        })
    }
}

fn estimate(row: &MeasureRow) -> Option<Estimate> {
    Some(Estimate { value: row.value?, interval: (row.ci_low?, row.ci_high?) })
}

fn compared(first: &MeasureRow, row: &MeasureRow) -> Option<VisitComparison> {
    let (before, now) = (estimate(first)?, estimate(row)?);
    let Estimate { value: difference, interval: (ci_low, ci_high) } =
        difference(now, before)?;
    Some(VisitComparison {
        subject: row.subject.clone(),
        muscle: row.muscle,
        side: row.side,
        channel: row.channel.clone()?,
        measure: row.measure.clone(),
        unit: row.unit.clone(),
        first_session: first.session.clone(),
        first_recording: first.recording.clone(),
        first_value: Some(before.value),
        session: row.session.clone(),
        recording: row.recording.clone(),
        value: Some(now.value),
        difference: Some(difference),
        ci_low: Some(ci_low),
        ci_high: Some(ci_high),
        n: row.n.into_iter().chain(first.n).min(),
        task: row.task.clone(),
        note: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_visit_is_the_first_as_people_count() {
        let rows = [("10", 1.0), ("9", 2.0), ("11", 3.0)]
            .map(|(session, value)| row(session, "hold", "SOL_L", value));
        let rows: Vec<&MeasureRow> = rows.iter().collect();
        let found: Vec<_> = compare_visits(&rows)
            .iter()
            .map(|one| (one.first_session.to_string(), one.session.to_string()))
            .collect();
        assert_eq!(
            found,
            [("9", "10"), ("9", "11")].map(|(first, later)| (first.into(), later.into()))
        );
    }

    fn row(session: &str, recording: &str, channel: &str, value: f64) -> MeasureRow {
        MeasureRow {
            subject: "01".into(),
            session: session.into(),
            recording: recording.into(),
            channel: Some(channel.into()),
            muscle: Some(Muscle::Soleus),
            side: Some(Side::Left),
            analysis: "fatigue".into(),
            measure: "mdf_slope_normalised".into(),
            value: Some(value),
            unit: "%/s".into(),
            ci_low: Some(value - 0.3),
            ci_high: Some(value + 0.4),
            n: Some(60),
            quality: None,
            note: None,
            task: recording.into(),
            relative_to: None,
        }
    }

    #[test]
    fn later_recordings_are_compared_with_the_first() {
        let rows = [
            row("1", "hold", "L SOL", -0.2),
            row("1", "hold", "SOL L 2", -9.0),
            row("1", "raises", "L SOL", -0.9),
            row("2", "hold", "SOL_L", -0.5),
            MeasureRow { ci_low: None, ..row("3", "hold", "SOL_L", -0.5) },
        ];
        let rows: Vec<&MeasureRow> = rows.iter().collect();
        let found = compare_visits(&rows);
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!((&*one.first_session, &*one.session, one.n), ("1", "2", Some(60)));
        // Zou & Donner: −0.3 − √(0.3² + 0.4²) and −0.3 + √(0.4² + 0.3²).
        for (found, expected) in
            [(one.difference, -0.3), (one.ci_low, -0.8), (one.ci_high, 0.2)]
        {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{one:?}");
        }
    }
}
