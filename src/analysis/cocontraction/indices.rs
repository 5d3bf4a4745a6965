//! The indices of co-contraction of two normalised envelopes.
//!
//! They do not say the same: Falconer & Winter's and Jaccard's are about shapes,
//! Rudolph's and the wasted contraction about levels. Both envelopes are in the same unit
//! (shares of the same kind of reference), 0 or more.

use super::facts::{FALCONER_WINTER, JACCARD, RUDOLPH, WASTED};
use crate::outcome::fact::Fact;

/// What two envelopes have in common over a stretch: sums of which every index is made.
/// Sums of stretches add up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Overlap {
    /// The area below the smaller one.
    pub smaller: f64,
    /// The area below the larger one.
    pub larger: f64,
    /// The area below the first one.
    pub first: f64,
    /// The area below the second one.
    pub second: f64,
    /// The sum of the smaller value at each point.
    pub wasted: f64,
    /// The sum of (smaller/larger)·(smaller + larger) at each point; 0 where both are 0.
    pub rudolph: f64,
    /// How many points there are.
    pub points: f64,
}

impl Overlap {
    /// Of two envelopes at the same points, areas by the trapezoid rule; what one has
    /// more than the other is left out.
    pub fn measure(first: &[f64], second: &[f64]) -> Self {
        let mut sums = Self::default();
        let count = first.len().min(second.len());
        for (k, (&a, &b)) in first.iter().zip(second).enumerate() {
            let (smaller, larger) = (a.min(b), a.max(b));
            // The ends count half; a single point has no area.
            let weight = if k == 0 || k + 1 == count { 0.5 } else { 1.0 }
                * f64::from(u8::from(count > 1));
            sums.smaller += weight * smaller;
            sums.larger += weight * larger;
            sums.first += weight * a;
            sums.second += weight * b;
            sums.wasted += smaller;
            sums.rudolph +=
                if larger > 0.0 { smaller / larger * (smaller + larger) } else { 0.0 };
            sums.points += 1.0;
        }
        sums
    }

    /// Falconer & Winter (1985): twice the common area over the sum of both areas, in per
    /// cent, 0 …
    /// 100. It is 100 for two equal envelopes however small they are. `None` where both
    ///      are 0.
    pub fn falconer_winter(&self) -> Option<f64> {
        Self::ratio(OverlapIndex::FalconerWinter.parts(self))
            .map(|ratio| OverlapIndex::FalconerWinter.factor() * ratio)
    }

    /// Rudolph et al. (2000): the mean of (smaller/larger)·(smaller + larger), 0 … 2 for
    /// shares of a maximum.
    pub fn rudolph(&self) -> Option<f64> {
        Self::ratio(OverlapIndex::Rudolph.parts(self))
    }

    /// The wasted contraction (Banks et al. 2017): the mean of the smaller one.
    pub fn wasted(&self) -> Option<f64> {
        Self::ratio(OverlapIndex::Wasted.parts(self))
    }

    /// Jaccard's index: the common area over the area below the larger one, 0 … 1.
    pub fn jaccard(&self) -> Option<f64> {
        Self::ratio(OverlapIndex::Jaccard.parts(self))
    }

    fn ratio([above, below]: [f64; 2]) -> Option<f64> {
        Some(above / below).filter(|ratio| ratio.is_finite())
    }
}

/// An index of co-contraction: a ratio of two sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlapIndex {
    /// See [`Overlap::falconer_winter`].
    FalconerWinter,
    /// See [`Overlap::rudolph`].
    Rudolph,
    /// See [`Overlap::wasted`].
    Wasted,
    /// See [`Overlap::jaccard`].
    Jaccard,
}

impl OverlapIndex {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::FalconerWinter, Self::Rudolph, Self::Wasted, Self::Jaccard];

    /// What is known of its measure.
    pub fn fact(self) -> Fact {
        match self {
            Self::FalconerWinter => FALCONER_WINTER,
            Self::Rudolph => RUDOLPH,
            Self::Wasted => WASTED,
            Self::Jaccard => JACCARD,
        }
    }

    /// What it is a ratio of: above and below the line.
    pub fn parts(self, overlap: &Overlap) -> [f64; 2] {
        let both = overlap.first + overlap.second;
        match self {
            Self::FalconerWinter => [2.0 * overlap.smaller, both],
            Self::Rudolph => [overlap.rudolph, overlap.points],
            Self::Wasted => [overlap.wasted, overlap.points],
            Self::Jaccard => [overlap.smaller, overlap.larger],
        }
    }

    /// What the ratio cannot exceed, where something is a part of what is below it.
    pub fn most(self) -> f64 {
        match self {
            Self::FalconerWinter | Self::Jaccard => 1.0,
            Self::Rudolph | Self::Wasted => f64::INFINITY,
        }
    }

    /// What the ratio is multiplied with: 100 for an index in per cent.
    pub fn factor(self) -> f64 {
        if self == Self::FalconerWinter { 100.0 } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    #[test]
    fn equal_envelopes_overlap_and_separate_ones_do_not() {
        let same = Overlap::measure(&[0.1, 0.3, 0.2], &[0.1, 0.3, 0.2]);
        assert_eq!((same.falconer_winter(), same.jaccard()), (Some(100.0), Some(1.0)));
        let apart = Overlap::measure(&[0.0, 0.4, 0.0, 0.0], &[0.0, 0.0, 0.3, 0.0]);
        assert_eq!(
            (apart.falconer_winter(), apart.jaccard(), apart.wasted()),
            (Some(0.0), Some(0.0), Some(0.0))
        );
        let silent = Overlap::measure(&[0.0; 4], &[0.0; 4]);
        assert_eq!(
            (silent.falconer_winter(), silent.jaccard(), silent.rudolph()),
            (None, None, Some(0.0))
        );
        assert_eq!(Overlap::measure(&[], &[]).wasted(), None);
    }

    #[test]
    fn indices_do_not_know_the_order_and_shapes_not_the_gain() {
        let mut generator = SplitMix64::new(4);
        for _ in 0..100 {
            let a: Vec<f64> = (0..30).map(|_| generator.uniform()).collect();
            let b: Vec<f64> = (0..30).map(|_| generator.uniform()).collect();
            let (one, other) = (Overlap::measure(&a, &b), Overlap::measure(&b, &a));
            let half: [Vec<f64>; 2] =
                [&a, &b].map(|curve| curve.iter().map(|value| value / 2.0).collect());
            let half = Overlap::measure(&half[0], &half[1]);
            for index in OverlapIndex::ALL {
                let value =
                    |overlap: &Overlap| Overlap::ratio(index.parts(overlap)).unwrap();
                assert!((value(&one) - value(&other)).abs() < 1e-14);
                let by = if matches!(
                    index,
                    OverlapIndex::FalconerWinter | OverlapIndex::Jaccard
                ) {
                    1.0
                } else {
                    0.5
                };
                assert!((value(&half) - by * value(&one)).abs() < 1e-14);
            }
            assert!((0.0..=100.0).contains(&one.falconer_winter().unwrap()));
        }
    }
}
