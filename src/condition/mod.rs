//! From raw to clean, polarity kept: detrending, filters, mains removal.
//!
//! A recipe lists [`Step`]s. [`Chain::design`] turns them into kernels for one sampling
//! rate, and [`Chain::run_together`] cleans the channels of a recording, stretch by
//! stretch: nothing is filtered across a gap.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::units::Hertz;

mod band_pass;
mod band_stop;
mod chain;
mod detrend;
mod filter;
mod high_pass;
mod low_pass;
mod mains;
mod notch;

pub use band_pass::{BandPass, STANDARD_HIGH_HZ};
pub use band_stop::BandStop;
pub use chain::{Chain, Cleaned};
pub use detrend::{Detrend, Trend};
pub use filter::{Filter, HIGHEST_SHARE, Phase};

pub use crate::dsp::design::Cutoff;
pub use high_pass::HighPass;
pub use low_pass::LowPass;
pub use mains::{Mains, MainsKernel};
pub use notch::Notch;

/// A conditioning step as a recipe names it: `{ band-pass = { low_hz = 20 } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
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

impl Step {
    /// The step's settings as something that can be designed.
    pub fn conditioner(&self) -> &dyn Conditioner {
        match self {
            Self::Detrend(step) => step,
            Self::HighPass(step) => step,
            Self::LowPass(step) => step,
            Self::BandPass(step) => step,
            Self::BandStop(step) => step,
            Self::Notch(step) => step,
            Self::Mains(step) => step,
        }
    }
}

/// A conditioning step with its settings.
pub trait Conditioner {
    /// Its name in the recipe.
    fn name(&self) -> &'static str;

    /// The step for one sampling rate. Everything that can be wrong with the settings is
    /// wrong here.
    fn design(&self, rate: Hertz) -> Result<Kernel>;
}

/// A step designed for one sampling rate.
#[derive(Debug, Clone)]
pub enum Kernel {
    /// Subtracts a trend.
    Detrend(Trend),
    /// A high-pass, low-pass, band-pass, band-stop or notch.
    Filter(Filter),
    /// Mains removal.
    Mains(MainsKernel),
}

impl Kernel {
    /// Whether samples could be processed as they come.
    pub fn streams(&self) -> bool {
        match self {
            Self::Detrend(_) => false,
            Self::Filter(filter) => filter.streams(),
            Self::Mains(_) => false,
        }
    }

    /// What was decided, as a phrase for the report and the methods paragraph.
    pub fn describe(&self) -> String {
        match self {
            Self::Detrend(trend) => trend.describe().to_owned(),
            Self::Filter(filter) => filter.describe().to_owned(),
            Self::Mains(mains) => mains.describe(),
        }
    }

    /// The fewest samples without a gap that it can process.
    pub fn shortest(&self) -> usize {
        match self {
            Self::Detrend(_) => 1,
            Self::Filter(filter) => filter.shortest(),
            Self::Mains(mains) => mains.shortest(),
        }
    }

    /// The magnitude response after all passes at a frequency in hertz; 1 for a step that
    /// is no filter.
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        match self {
            Self::Detrend(_) | Self::Mains(_) => 1.0,
            Self::Filter(filter) => filter.gain(frequency_hz),
        }
    }
}
