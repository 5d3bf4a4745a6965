//! A left and a right sample that are resampled together or each for itself, and the
//! interval of what is made of both.

use crate::dsp::bootstrap::{Draws, drawn, percentile_interval};

/// What a member adds to the sums of its side: two numbers, such as a value and a count,
/// or a sine and a cosine.
pub(super) type ContrastMember = [f64; 2];

/// Both samples, and what is made of their sums.
#[derive(Debug, Clone)]
pub(super) struct Contrast {
    left: Vec<ContrastMember>,
    right: Vec<ContrastMember>,
    /// Whether the members of both sides belong together, so that they are drawn
    /// together.
    paired: bool,
    of: fn(ContrastMember, ContrastMember) -> f64,
}

impl Contrast {
    /// Of two samples; those that belong together have equal lengths.
    pub(super) fn new(
        samples: [Vec<ContrastMember>; 2],
        paired: bool,
        of: fn(ContrastMember, ContrastMember) -> f64,
    ) -> Self {
        let [left, right] = samples;
        Self { paired: paired && left.len() == right.len(), left, right, of }
    }

    /// How many members the smaller sample has.
    pub(super) fn fewest(&self) -> usize {
        self.left.len().min(self.right.len())
    }

    /// How many members are drawn: of both sides together, or of each.
    pub(super) fn sizes(&self) -> Vec<usize> {
        if self.paired {
            vec![self.left.len()]
        } else {
            vec![self.left.len(), self.right.len()]
        }
    }

    /// What is made of both samples.
    pub(super) fn estimate(&self) -> f64 {
        (self.of)(total(&self.left), total(&self.right))
    }

    /// The percentiles 2.5 and 97.5 from draws of these sizes.
    pub(super) fn percentiles(&self, draws: &Draws) -> Option<(f64, f64)> {
        let mut replicates = draws.replicates(|times| self.replicate(times));
        replicates.retain(|replicate| replicate.is_finite());
        percentile_interval(&replicates)
    }

    fn replicate(&self, times: &[f64]) -> f64 {
        let (left, right) =
            if self.paired { (times, times) } else { times.split_at(self.left.len()) };
        (self.of)(drawn(&self.left, left), drawn(&self.right, right))
    }
}

/// The difference of two means.
pub(super) fn difference(left: ContrastMember, right: ContrastMember) -> f64 {
    left[0] / left[1] - right[0] / right[1]
}

fn total(members: &[ContrastMember]) -> ContrastMember {
    members.iter().fold([0.0; 2], |sum, member| [sum[0] + member[0], sum[1] + member[1]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::bootstrap::Resampling;
    use crate::dsp::random::SplitMix64;

    #[test]
    fn paired_members_cancel_what_both_sides_share() {
        let mut generator = SplitMix64::new(9);
        let shared: Vec<ContrastMember> =
            (0..20).map(|_| [1.0 + generator.uniform(), 1.0]).collect();
        let later = shared.iter().map(|&[sum, count]| [sum + 2.0, count]).collect();
        let apart = Contrast::new([later, shared], true, difference);
        let draws = Resampling { replicates: 200, seed: 1 }.draw(&apart.sizes());
        let (low, high) = apart.percentiles(&draws).unwrap();
        assert!((low - 2.0).abs() < 1e-12 && (high - 2.0).abs() < 1e-12);
        assert!((apart.estimate() - 2.0).abs() < 1e-12);
    }
}
