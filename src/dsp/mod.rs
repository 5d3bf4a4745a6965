//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

pub mod bootstrap;
pub mod correlation;
pub mod fourier;
pub mod gaps;
pub mod random;
pub mod regression;
pub mod spectrum;
pub mod stats;
