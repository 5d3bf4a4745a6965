//! When bursts begin and end.

/// A burst.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreedBurst {
    /// The first active sample.
    pub on: Moment,
    /// The first sample that is no longer active.
    pub off: Moment,
    /// The share of the detectors that see it, 0 … 1: those that find activity in at
    /// least half of it.
    pub agreement: f64,
}

/// When a burst begins or ends, in samples from the beginning of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The sample: the median of the detectors.
    pub at: usize,
    /// The earliest that a detector says.
    pub low: usize,
    /// The latest.
    pub high: usize,
}
