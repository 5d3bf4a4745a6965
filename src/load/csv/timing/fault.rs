//! What is wrong with the times of a column.

/// Why a time column cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load::csv) enum ClockFault {
    /// Fewer than two times.
    TooShort,
    /// The time of a row is earlier than that of the row before it.
    Backwards { row: usize },
    /// The time never changes.
    Standing,
    /// The time does not change for so many rows from one on, where it does elsewhere.
    Stalled { row: usize, rows: usize },
    /// The steps between the rows fit no sampling rate.
    Irregular { shortest: f64, longest: f64 },
    /// More rows are missing than a recording can lack.
    Leap { row: usize },
}

/// The fault of times whose steps fit no rate.
pub(in crate::load::csv) fn irregular(known: &[(usize, f64)]) -> ClockFault {
    let steps = known.windows(2).map(|pair| pair[1].1 - pair[0].1);
    let (shortest, longest) = steps
        .fold((f64::INFINITY, 0.0_f64), |(low, high), step| {
            (low.min(step), high.max(step))
        });
    ClockFault::Irregular { shortest, longest }
}
