//! One epoch: where it lies, whether it is used, and what was measured in it.

use std::ops::Range;

use super::{FEWEST, Quantity};
use crate::dsp::spectrum::Moments;
use crate::words::percent;

/// One epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// Its samples.
    pub span: Range<usize>,
    /// Its centre in seconds after the first sample of the channel.
    pub time_s: f64,
    /// Whether it was used, or why not.
    pub state: EpochState,
    /// The share of its samples that are clipped, 0 … 1.
    pub clipped_share: f64,
    /// The moments of its spectrum within the band; `None` when it was left out.
    pub moments: Option<Moments>,
    values: [Option<f64>; Quantity::COUNT],
}

/// Whether an epoch was used, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochState {
    /// Used.
    Used,
    /// It holds a gap.
    Gap,
    /// More of its samples are clipped than `analysis.quality.most_clipped`.
    Clipped,
    /// It is rest.
    Quiet,
    /// It is too short for a spectrum as the others have it.
    Short,
    /// It was under way when the recording began or ended.
    Cut,
}

impl EpochState {
    /// Why epochs are left out, each with its word.
    pub(super) const LEFT_OUT: [(Self, &'static str); 5] = [
        (Self::Gap, "gaps"),
        (Self::Clipped, "clipping"),
        (Self::Quiet, "rest"),
        (Self::Short, "too short"),
        (Self::Cut, "cut off"),
    ];
}

impl Epoch {
    /// An epoch of which nothing is known yet.
    pub(super) fn empty(span: Range<usize>, time_s: f64, state: EpochState) -> Self {
        Self {
            span,
            time_s,
            state,
            clipped_share: 0.0,
            moments: None,
            values: [None; Quantity::COUNT],
        }
    }

    /// A quantity; `None` where it cannot be computed, and that of a spectrum also when
    /// the epoch was left out.
    pub fn value(&self, quantity: Quantity) -> Option<f64> {
        self.values[quantity.place()]
    }

    pub(super) fn set(&mut self, quantity: Quantity, value: Option<f64>) {
        self.values[quantity.place()] = value.filter(|value| value.is_finite());
    }

    /// The root mean square, 0 in a gap.
    pub(super) fn level(&self) -> f64 {
        self.value(Quantity::Rms).unwrap_or(0.0)
    }
}

/// How many of some shares of clipped samples are above 0, and the largest, in words: "
/// (3 of them with clipped samples, at most 0.3 %)"; nothing where none is.
pub(in crate::analysis) fn clipped_words(shares: impl Iterator<Item = f64>) -> String {
    let touched: Vec<f64> = shares.filter(|share| *share > 0.0).collect();
    let Some(most) = touched.iter().copied().reduce(f64::max) else {
        return String::new();
    };
    format!(
        " ({} of them with clipped samples, at most {} %)",
        touched.len(),
        percent(most)
    )
}

/// A tenth of some epochs, at least three where there are six, and one.
pub(super) fn tenth(epochs: usize) -> usize {
    (epochs / 10).max(FEWEST.min(epochs / 2)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_no_numbers_are_none() {
        let mut one = Epoch::empty(0..1, 0.0, EpochState::Used);
        one.set(Quantity::Mdf, Some(f64::NAN));
        one.set(Quantity::Mnf, Some(f64::INFINITY));
        assert_eq!((one.value(Quantity::Mdf), one.value(Quantity::Mnf)), (None, None));
    }
}
