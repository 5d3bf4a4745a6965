//! How the measures of tasks are distributed over a study: a dot a value, by muscle and
//! side.

use std::collections::BTreeMap;

use super::chosen::distributions;
use super::{MeasureRow, SessionLine};
use crate::signal::{Muscle, Side};
use crate::units::Unit;

/// How one measure is distributed over the study.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureSpread {
    /// The measure's name as in the tables.
    pub measure: String,
    /// The unit of all its values.
    pub unit: Unit,
    /// One strip each, from top to bottom.
    pub strips: Vec<SpreadStrip>,
}

/// The values of one muscle and side.
#[derive(Debug, Clone, PartialEq)]
pub struct SpreadStrip {
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is one and known.
    pub side: Option<Side>,
    /// The first quartile, the median and the third quartile.
    pub quartiles: (f64, f64, f64),
    /// One dot each, in any order; values that are not finite are left out.
    pub dots: Vec<Dot>,
}

/// One value of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// The value.
    pub value: f64,
    /// The session as it is called on the page.
    pub session: String,
    /// The name of the session's folder in `sessions/`.
    pub folder: String,
    /// The recording.
    pub recording: String,
    /// The channel.
    pub channel: String,
}

impl SpreadStrip {
    /// The dots that lie more than one and a half interquartile ranges outside the
    /// quartiles (Tukey 1977).
    pub fn outliers(&self) -> Vec<&Dot> {
        let (first, _, third) = self.quartiles;
        let reach = 1.5 * (third - first);
        let outside = |value: f64| value < first - reach || value > third + reach;
        let there = self.dots.iter().filter(|dot| dot.value.is_finite());
        there.filter(|dot| outside(dot.value)).collect()
    }
}

/// The values of one measure, muscle, side and unit, as positions among rows.
#[derive(Debug, Clone, PartialEq)]
pub struct StripRows {
    /// The first quartile, the median and the third quartile.
    pub quartiles: (f64, f64, f64),
    /// The rows, at least one.
    pub rows: Vec<usize>,
}

/// The sessions of a study by person and visit.
type Sessions<'a> = BTreeMap<(&'a str, &'a str), &'a SessionLine>;

fn by_name(sessions: &[SessionLine]) -> Sessions<'_> {
    sessions.iter().map(|line| ((&*line.subject, &*line.session), line)).collect()
}

/// The rows whose distributions are shown: those of tasks that have a value.
pub fn distributed<'a>(
    rows: &[&'a MeasureRow],
    sessions: &[SessionLine],
) -> Vec<&'a MeasureRow> {
    let sessions = by_name(sessions);
    let is_of_a_task = |row: &MeasureRow| {
        let session = sessions.get(&(&*row.subject, &*row.session));
        session.is_some_and(|line| line.tasks.contains(&*row.recording))
    };
    let shown = distributions();
    rows.iter()
        .copied()
        .filter(|row| {
            row.value.is_some() && shown.iter().any(|name| *name == *row.measure)
        })
        .filter(|row| is_of_a_task(row))
        .collect()
}

/// The distributions that strips make together, in the order of their measures; `rows`
/// are those that the strips count.
pub fn spreads(
    rows: &[&MeasureRow],
    strips: &[StripRows],
    sessions: &[SessionLine],
) -> Vec<MeasureSpread> {
    let sessions = by_name(sessions);
    let mut found: Vec<MeasureSpread> = Vec::new();
    for of_strip in strips {
        let members: Vec<&MeasureRow> =
            of_strip.rows.iter().map(|&at| rows[at]).collect();
        let Some(first) = members.first() else { continue };
        let strip = SpreadStrip {
            muscle: first.muscle,
            side: first.side,
            quartiles: of_strip.quartiles,
            dots: members.iter().map(|row| dot(row, &sessions)).collect(),
        };
        spread_of(first, &mut found).strips.push(strip);
    }
    let order = distributions();
    found.sort_by_key(|spread| order.iter().position(|name| *name == spread.measure));
    found
}

/// The distribution that a row belongs to, made where it is the first of it.
fn spread_of<'a>(
    row: &MeasureRow,
    found: &'a mut Vec<MeasureSpread>,
) -> &'a mut MeasureSpread {
    let is_same = |spread: &MeasureSpread| {
        *spread.measure == *row.measure && spread.unit.symbol() == &*row.unit
    };
    let at = found.iter().position(is_same).unwrap_or(found.len());
    if at == found.len() {
        found.push(MeasureSpread {
            measure: row.measure.to_string(),
            unit: Unit::other(row.unit.to_string()),
            strips: Vec::new(),
        });
    }
    &mut found[at]
}

fn dot(row: &MeasureRow, sessions: &Sessions<'_>) -> Dot {
    let session = sessions.get(&(&*row.subject, &*row.session));
    Dot {
        value: row.value.unwrap_or(f64::NAN),
        session: format!("{} {}", row.subject, row.session),
        folder: session.map(|line| line.folder.clone()).unwrap_or_default(),
        recording: row.recording.to_string(),
        channel: row.channel.as_deref().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_lie_beyond_one_and_a_half_interquartile_ranges() {
        let dot = |value: f64| Dot {
            value,
            session: "S01".into(),
            folder: "S01".into(),
            recording: "hold".into(),
            channel: "SOL".into(),
        };
        let values = [1.0, 2.0, 3.0, 5.0, 6.0, 5.0001, -1.0001, f64::NAN];
        let strip = SpreadStrip {
            muscle: None,
            side: None,
            quartiles: (1.25, 2.0, 2.75),
            dots: values.map(dot).to_vec(),
        };
        let outliers: Vec<_> = strip.outliers().iter().map(|dot| dot.value).collect();
        assert_eq!(outliers, [6.0, 5.0001, -1.0001]);
    }
}
