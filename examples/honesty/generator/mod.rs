//! Surface EMG from motor units, written from the literature and from nothing else in
//! this project.
//!
//! - A pool of motor units with exponential thresholds, rates that rise with the drive
//!   and intervals that scatter (Fuglevand, Winter & Patla 1993, J Neurophysiol 70:2470).
//! - Action potentials as Hermite–Rodriguez functions (Lo Conte, Merletti & Sandri 1994,
//!   IEEE Trans Biomed Eng 41:1147), their sizes by the size of the unit and its depth.
//! - A common drive that wanders (De Luca & Erim 1994, Trends Neurosci 17:299).
//! - Strides whose times and strengths differ and remember each other (Hausdorff et al.
//!   1995, J Appl Physiol 78:349).
//!
//! [`Muscle`] makes EMG of a [`Drive`], [`Pickup`] adds what electrodes and amplifiers
//! do, [`recording`] makes what the analyses take.

mod drive;
mod heart;
mod muscle;
mod pickup;

pub(crate) use drive::{Drive, Strides};
pub(crate) use heart::{Heart, Rhythm};
pub(crate) use muscle::Muscle;
pub(crate) use pickup::Pickup;

use soleus::signal::{Channel, Recording};
use soleus::units::{Hertz, Unit};

/// A sampling rate that is written down here and therefore one.
pub(crate) fn hertz(rate: f64) -> Hertz {
    Hertz::new(rate).unwrap_or_else(|| unreachable!("a rate above 0"))
}

/// A recording in volts of channels that are named as a laboratory would.
pub(crate) fn recording(
    rate: f64,
    channels: impl IntoIterator<Item = (&'static str, Vec<f64>)>,
) -> Recording {
    let channel = |(name, samples)| Channel::new(name, Unit::VOLT, hertz(rate), samples);
    Recording::new(channels.into_iter().map(channel).collect())
}
