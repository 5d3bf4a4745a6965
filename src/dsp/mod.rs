//! Mathematics on slices. Nothing here knows of muscles, files or recipes.

pub mod fourier;
pub mod gaps;
pub mod line;
pub mod moving;
pub mod random;
pub mod sine_fit;
pub mod tkeo;
