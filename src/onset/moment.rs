//! When bursts begin and end.

use std::ops::Range;

/// What a detector found in a stretch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dated {
    /// The bursts in order.
    pub bursts: Vec<DatedBurst>,
    /// What stands out of rest but was left out, since it is weak beside the bursts around
    /// it; in order.
    pub faint: Vec<Range<usize>>,
}

/// A burst as one detector sees it: where, and when it begins and ends. Dates may lie
/// within what was seen: a slow rise is seen before it is dated, or after.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedBurst {
    /// The samples that were seen to be active.
    pub span: Range<usize>,
    /// The first active sample.
    pub on: Moment,
    /// The first sample that is no longer active.
    pub off: Moment,
}

impl DatedBurst {
    /// A burst that begins and ends where it is seen.
    pub fn exactly(span: Range<usize>) -> Self {
        let (on, off) = (Moment::exactly(span.start), Moment::exactly(span.end));
        Self { span, on, off }
    }
}

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

impl Moment {
    /// A moment without doubt.
    pub fn exactly(at: usize) -> Self {
        Self { at, low: at, high: at }
    }
}
