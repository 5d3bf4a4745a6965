//! Rows that are missing.

/// How many missing rows are filled at most, as a multiple of the rows there are.
pub(super) const FILL: usize = 20;

/// Missing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    /// The row after which they are missing.
    pub(super) after: usize,
    /// How many.
    pub(super) missing: usize,
}
