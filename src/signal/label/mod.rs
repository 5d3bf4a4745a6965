//! From a channel's name to muscle, side and kind.
//!
//! A name is cut into words ([`words`]); every way to read them as a muscle with or
//! without a side is collected ([`reading`]); where several remain, the other names of
//! the file decide ([`neighbours`]). The abbreviations themselves are the table in
//! [`muscle`].

mod fold;
mod kind;
mod muscle;
mod neighbours;
mod reading;
mod side;
mod words;

pub use kind::Kind;
pub use muscle::Muscle;
pub use side::{Legs, Side};

use std::borrow::Borrow;
use std::collections::HashSet;

use neighbours::Neighbours;
use reading::NameReading;
use serde::{Deserialize, Serialize};
use words::Name;

use crate::units::Unit;

/// A channel's name in the file, and what was understood from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The name as in the file, without its unit.
    pub name: String,
    /// The muscle, where the name tells or the user said.
    pub muscle: Option<Muscle>,
    /// The side, where the name tells or the user said.
    pub side: Option<Side>,
    /// What the channel measures.
    pub kind: Kind,
}

impl Label {
    /// What the names of one file mean; each is a name without its unit, and the unit's
    /// symbol (empty where the file has none).
    ///
    /// Case, blanks, `_`, `-`, `.` and a leading or trailing side do not matter. The
    /// names are read together: `GM` is the medial gastrocnemius beside `GL` and the
    /// gluteus medius beside `GMAX`, `GAL` the left gastrocnemius beside `GAR`. Where no
    /// channel of the file can be told to be EMG (a single unnamed column, `channel 1`,
    /// `CH2`), those in volts or in no unit are taken as EMG; else those in a voltage in
    /// which EMG stands beside them.
    pub fn parse_all(names: &[(&str, &str)]) -> Vec<Self> {
        let all: HashSet<&str> = names.iter().map(|(name, _)| *name).collect();
        let paired: Vec<(&str, Option<Side>)> =
            names.iter().map(|(name, _)| side::of_a_pair(name, &all)).collect();
        let pairs = names.iter().zip(&paired);
        let names: Vec<Name> = pairs
            .map(|(&(text, unit), &(bare, _))| Name::new(bare, unit).called(text))
            .collect();
        let readings: Vec<Vec<NameReading>> =
            names.iter().map(reading::readings).collect();
        let readings = in_company(&names, readings);
        let neighbours = Neighbours::new(&readings);
        let chosen: Vec<Option<NameReading>> =
            readings.iter().map(|readings| neighbours.choose(readings)).collect();
        let kinds: Vec<Option<Kind>> = names
            .iter()
            .zip(&chosen)
            .map(|(name, reading)| kind::tell(name, reading.as_ref()))
            .collect();
        let emg = names.iter().zip(&kinds).filter(|(_, kind)| **kind == Some(Kind::Emg));
        let units_of_emg: HashSet<&str> = emg.map(|(name, _)| name.unit).collect();
        let understood = names.iter().zip(chosen).zip(kinds);
        let mut labels: Vec<Self> = understood
            .map(|((name, reading), kind)| {
                Self::new(
                    name,
                    reading,
                    kind.unwrap_or_else(|| kind::unnamed(name, &units_of_emg)),
                )
            })
            .collect();
        for (label, (_, side)) in labels.iter_mut().zip(paired) {
            label.side = label.side.or(side.filter(|_| label.muscle.is_some()));
        }
        labels
    }

    /// What a name means on its own; see [`Label::parse_all`], which lets the other names
    /// of the file decide.
    pub fn parse(name: &str, unit: &str) -> Self {
        let name = Name::new(name, unit);
        let readings = in_company(&[&name], vec![reading::readings(&name)]);
        let reading = Neighbours::new(&[]).choose(&readings.concat());
        let kind = kind::tell(&name, reading.as_ref())
            .unwrap_or_else(|| kind::unnamed(&name, &HashSet::new()));
        Self::new(&name, reading, kind)
    }

    /// Whether a name or its unit tells what a channel measures.
    pub(crate) fn tells_kind(name: &str, unit: &str) -> bool {
        let name = Name::new(name, unit);
        kind::tell(&name, reading::readings(&name).first()).is_some()
    }

    /// A force plate or an accelerometer has a side, and no muscle.
    fn new(name: &Name, reading: Option<NameReading>, kind: Kind) -> Self {
        let reading = reading.filter(|_| kind == Kind::Emg);
        let side = match &reading {
            Some(reading) => reading.side,
            None => name.spelled_side(),
        };
        Self {
            name: name.text.to_owned(),
            muscle: reading.map(|reading| reading.muscle),
            side,
            kind,
        }
    }
}

/// The readings without those that are muscles only beside others in the same voltage.
fn in_company<'n>(
    names: &[impl Borrow<Name<'n>>],
    readings: Vec<Vec<NameReading>>,
) -> Vec<Vec<NameReading>> {
    let units = || names.iter().map(|name| name.borrow().unit);
    let is_muscle = |all: &Vec<NameReading>| all.iter().any(|one| !one.needs_company());
    let beside = units().zip(&readings).filter(|(_, readings)| is_muscle(readings));
    let company: HashSet<&str> = beside
        .map(|(unit, _)| unit)
        .filter(|unit| Unit::voltage(unit).is_some())
        .collect();
    let kept = units().zip(readings).map(|(unit, mut readings)| {
        readings.retain(|one| !one.needs_company() || company.contains(unit));
        readings
    });
    kept.collect()
}

#[cfg(test)]
mod tests;
