//! Delimited text.

use super::{Format, Hints};
use crate::error::{Error, Result, Stage};
use crate::signal::Recording;

/// Delimited text of any habit.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "CSV"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "txt", "tsv"]
    }

    fn recognises(&self, _head: &[u8]) -> bool {
        true
    }

    fn read(&self, _bytes: &[u8], _hints: &Hints) -> Result<Recording> {
        Err(Error::new(Stage::Load, "not written yet"))
    }
}
