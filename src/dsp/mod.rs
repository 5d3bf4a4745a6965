//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

pub mod fourier;
pub mod gaps;
pub mod random;
