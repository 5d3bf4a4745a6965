//! When a recording began, by its clock or a line of its header.

use super::dialect::CsvDialect;
use super::moment;
use super::names::{self, key};

/// The moment of the first row, in seconds since 1970 on the clock of the recorder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Began(pub(super) f64);

impl Began {
    /// What a line of the header with a date in it says: `ExcelDateTime=`.
    pub(super) fn in_header(dialect: &CsvDialect) -> Option<Self> {
        dialect.header.iter().find_map(|line| {
            let first = line.cells.first()?;
            let is_date = ["exceldatetime"].contains(&key(first).as_str());
            let value = line.cells.get(1).filter(|_| is_date)?;
            names::number(value).and_then(moment::of_serial_days).map(Self)
        })
    }

    /// For people.
    pub(super) fn words(self) -> Option<String> {
        moment::words(self.0)
    }

    /// The seconds from one moment to another.
    pub(super) fn between(one: Option<&Self>, other: Option<&Self>) -> Option<f64> {
        Some(other?.0 - one?.0)
    }
}
