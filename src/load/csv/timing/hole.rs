//! Rows that are missing.

/// How many missing rows are filled at most, as a multiple of the rows there are.
pub(in crate::load::csv) const FILL: usize = 20;

/// Missing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load::csv) struct Hole {
    /// The row after which they are missing.
    pub(in crate::load::csv) after: usize,
    /// How many.
    pub(in crate::load::csv) missing: usize,
}
