//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

mod complex;
pub mod design;
pub mod detrend;
pub mod fourier;
pub mod gaps;
pub mod random;
pub mod sos;
pub mod zero_phase;
