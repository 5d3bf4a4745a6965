//! WAV.

use super::{Format, Hints};
use crate::error::{Error, Result, Stage};
use crate::signal::Recording;

/// RIFF and its relatives.
pub(super) struct Wav;

impl Format for Wav {
    fn name(&self) -> &'static str {
        "WAV"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["wav", "wave", "w64", "rf64", "bwf"]
    }

    fn recognises(&self, _head: &[u8]) -> bool {
        false
    }

    fn read(&self, _bytes: &[u8], _hints: &Hints) -> Result<Recording> {
        Err(Error::new(Stage::Load, "not written yet"))
    }
}
