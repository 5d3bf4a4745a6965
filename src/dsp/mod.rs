//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

pub mod autoregression;
pub mod bootstrap;
mod complex;
pub mod complexity;
pub mod correlation;
pub mod design;
pub mod detrend;
pub mod fourier;
pub mod gaps;
mod lanes;
pub mod line;
pub mod moving;
pub mod random;
pub mod regression;
pub mod sine_fit;
pub mod sos;
pub mod spectrum;
pub mod stats;
pub mod sums;
pub mod theil_sen;
pub mod tkeo;
pub mod zero_phase;
