//! When a muscle is active: detectors of onset and offset, each by its paper, and their consensus.
//!
//! Detectors work on stretches of clean EMG: band-passed, without offset, polarity kept, no gap in it. Positions are
//! samples; an interval `on..off` holds the active samples, so `on` is the first active one and `off` the first that is
//! not.

use std::ops::Range;

use crate::units::Hertz;

pub mod baseline;
pub mod consensus;
pub mod double_threshold;
pub mod energy;
pub mod hodges;
pub mod lidierth;
pub mod threshold;
pub mod tidy;

pub use baseline::{Baseline, Rest};
pub use double_threshold::DoubleThreshold;
pub use energy::EnergyThreshold;
pub use hodges::{HodgesBui, ModifiedHodges};
pub use lidierth::Lidierth;
pub use threshold::SingleThreshold;

pub use consensus::{Burst, Consensus, Found, Moment};

/// A stretch of clean EMG without gaps, and where it is quiet.
#[derive(Debug, Clone)]
pub struct Stretch<'a> {
    /// Band-passed samples without offset, polarity kept.
    pub samples: &'a [f64],
    /// The sampling rate.
    pub rate: Hertz,
    /// Where the muscle rests: the base line of all thresholds.
    pub quiet: Range<usize>,
}
