//! From raw to clean, polarity kept: detrending, filters, mains removal.
//!
//! A recipe lists [`Step`]s. [`Chain::design`] turns them into kernels for one sampling
//! rate, and [`Chain::run_together`] cleans the channels of a recording, stretch by
//! stretch: nothing is filtered across a gap.
//!
//! A new step is a file with its settings (a [`Conditioner`]) and what they are designed
//! into (a [`Kernel`]), and four lines in this one.

use std::fmt::Debug;
use std::ops::Range;

use crate::choice::choice;
use crate::error::Result;
use crate::units::Hertz;

mod band_pass;
mod band_stop;
mod butterworth;
mod chain;
mod detrend;
mod filter;
mod group;
mod high_pass;
mod low_pass;
mod mains;
mod notch;
mod phase;
mod phrases;

pub use crate::dsp::design::Cutoff;
pub use band_pass::BandPass;
pub use band_stop::BandStop;
pub use chain::Chain;
pub use detrend::{Detrend, DetrendKind};
pub use filter::Filter;
pub use group::Cleaned;
pub use high_pass::HighPass;
pub use low_pass::LowPass;
pub use mains::{HumEvidence, Mains, MainsKernel, SettledMains};
pub use notch::Notch;
pub use phase::Phase;
pub use phrases::HIGHEST_SHARE;

choice! {
    /// A conditioning step as a recipe names it: `{ band-pass = { low_hz = 20 } }`.
    pub enum Step as Conditioner by conditioner {
        /// Takes out the offset, or a straight line.
        Detrend(Detrend),
        /// Keeps what lies above a cut-off.
        HighPass(HighPass),
        /// Keeps what lies below a cut-off.
        LowPass(LowPass),
        /// Keeps what lies between two edges.
        BandPass(BandPass),
        /// Takes out what lies between two edges.
        BandStop(BandStop),
        /// Takes out one frequency.
        Notch(Notch),
        /// Takes out mains lines that stand out.
        Mains(Mains),
    }
}

/// A conditioning step with its settings.
pub trait Conditioner {
    /// Its name in the recipe.
    fn name(&self) -> &'static str;

    /// What it does to signals, for the short methods: "signals were …".
    fn in_short(&self) -> String;

    /// The step for one sampling rate. Everything that can be wrong with the settings is
    /// wrong here.
    ///
    /// # Errors
    /// Names the setting, its value, the limit and a value that works.
    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>>;
}

/// A step designed for one sampling rate.
pub trait Kernel: Debug + Send + Sync {
    /// What was decided, as a phrase for the report and the methods paragraph.
    fn describe(&self) -> String;

    /// Processes one channel in place, and says what was found: nothing where there is
    /// nothing to say.
    ///
    /// `stretches` are what lies between the gaps, each as long as [`Kernel::shortest`]
    /// at least; samples outside them are `NaN` and stay so.
    fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String>;

    /// The fewest samples without a gap that it can process.
    fn shortest(&self) -> usize {
        1
    }

    /// Whether samples could be processed as they come.
    fn streams(&self) -> bool {
        false
    }

    /// The magnitude response after all passes at a frequency in hertz; 1 for a step that
    /// is no filter.
    fn gain(&self, _frequency_hz: f64) -> f64 {
        1.0
    }

    /// The coefficients a1 and a2 of the denominators of its sections, where it is a
    /// filter that runs forward and backward in time.
    fn two_way(&self) -> Vec<[f64; 2]> {
        Vec::new()
    }

    /// The step as one that looks at all channels of a recording before it changes one;
    /// `None` for a step that takes each channel for itself.
    fn mains(&self) -> Option<&MainsKernel> {
        None
    }

    /// How a chain may do faster what [`Kernel::run`] does, with the same bits.
    fn shortcut(&self) -> Shortcut<'_> {
        Shortcut::None
    }
}

/// What a chain may do in place of [`Kernel::run`], for many channels at a time.
#[derive(Debug, Clone, Copy)]
pub enum Shortcut<'a> {
    /// Nothing: the channels are processed one by one.
    None,
    /// Subtract the mean of every channel, which a filter that follows does on the way.
    Mean,
    /// Let the filter run over several channels together.
    Filter(&'a Filter),
}
