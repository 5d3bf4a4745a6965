//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

mod complex;
pub mod design;
pub mod detrend;
pub mod fourier;
pub mod gaps;
pub mod line;
pub mod moving;
pub mod random;
pub mod sine_fit;
pub mod sos;
pub mod tkeo;
pub mod zero_phase;
