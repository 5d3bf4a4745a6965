//! When a recording began, by its clock or a line of its header.

use super::super::dialect::CsvDialect;
use super::super::names::{self, key};
use super::moment;

/// The moment of the first row, in seconds since 1970 on the clock of the recorder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load::csv) struct Began(pub(in crate::load::csv) f64);

impl Began {
    /// What a line of the header with a date in it says: `ExcelDateTime=`.
    pub(in crate::load::csv) fn in_header(dialect: &CsvDialect) -> Option<Self> {
        dialect.header.iter().find_map(|line| {
            let first = line.cells.first()?;
            let is_date = ["exceldatetime"].contains(&key(first).as_str());
            let value = line.cells.get(1).filter(|_| is_date)?;
            names::number(value).and_then(moment::of_serial_days).map(Self)
        })
    }

    /// For people.
    pub(in crate::load::csv) fn words(self) -> Option<String> {
        moment::words(self.0)
    }

    /// The seconds from one moment to another.
    pub(in crate::load::csv) fn between(
        one: Option<&Self>,
        other: Option<&Self>,
    ) -> Option<f64> {
        Some(other?.0 - one?.0)
    }
}
