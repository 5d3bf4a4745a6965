//! All integration tests in one binary: each further one would link polars again.

mod architecture;
mod cli;
mod readme;
