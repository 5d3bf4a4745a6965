//! From raw to clean, polarity kept: detrending, filters, mains removal.

pub mod mains;

use std::ops::Range;

use crate::error::Result;
use crate::units::Hertz;

/// A conditioning step with its settings.
pub trait Conditioner {
    /// Its name in the recipe.
    fn name(&self) -> &'static str;

    /// The step for one sampling rate. Everything that can be wrong with the settings is wrong here.
    fn design(&self, rate: Hertz) -> Result<Kernel>;
}

/// A step designed for one sampling rate.
pub enum Kernel {}

impl Kernel {
    /// Whether samples could be processed as they come.
    pub fn streams(&self) -> bool {
        match *self {}
    }

    /// What was decided, as a phrase for the report and the methods paragraph.
    pub fn describe(&self) -> String {
        match *self {}
    }

    /// The fewest samples without a gap that it can process.
    pub fn shortest(&self) -> usize {
        match *self {}
    }

    /// Processes the stretches of `samples` in place, and says what it found (mains lines removed).
    pub fn run(&self, _samples: &mut [f64], _stretches: &[Range<usize>]) -> Vec<String> {
        match *self {}
    }
}
