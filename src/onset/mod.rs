//! When a muscle is active: detectors of onset and offset, each by its paper, and their
//! consensus.
//!
//! Detectors work on stretches of clean EMG: band-passed, without offset, polarity kept,
//! no gap in it. Positions are samples; an interval `on..off` holds the active samples,
//! so `on` is the first active one and `off` the first that is not.

use std::ops::Range;

use crate::units::Hertz;

pub mod baseline;
pub mod change_point;
pub mod consensus;
pub mod detector;
pub mod double_threshold;
pub mod energy;
pub mod hodges;
pub mod lidierth;
pub mod profile;
pub mod ramp;
mod segments;
mod splice;
pub mod step;
pub mod threshold;
pub mod tidy;
pub mod two_state;
pub mod whitening;

pub use baseline::{Baseline, Rest};
pub use change_point::ChangePoint;
pub use consensus::{Burst, Consensus, Found, Moment};
pub use detector::Detector;
pub use double_threshold::DoubleThreshold;
pub use energy::EnergyThreshold;
pub use hodges::{HodgesBui, ModifiedHodges};
pub use lidierth::Lidierth;
pub use profile::Profile;
pub use ramp::Ramp;
pub use step::Step;
pub use threshold::SingleThreshold;
pub use two_state::TwoState;
pub use whitening::Whitening;

/// A stretch of clean EMG without gaps, and where it is quiet.
#[derive(Debug, Clone)]
pub struct Stretch<'a> {
    /// Band-passed samples without offset, polarity kept.
    pub samples: &'a [f64],
    /// The sampling rate.
    pub rate: Hertz,
    /// The pieces in which the muscle rests: the base line of all thresholds.
    pub quiet: &'a [Range<usize>],
}
