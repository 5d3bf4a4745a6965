//! The change of the variance that is most likely, by its profile likelihood; and all
//! changes of a stretch, by the same likelihood on intervals of many lengths.

use std::collections::BTreeSet;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::segments::{Energy, first_best};
use super::whitening::{White, Whitening};
use super::{Detect, DetectWhite, Stretch};

/// Longer intervals are searched in so many steps, and then around the best of them.
const STEPS: usize = 256;

/// A change of the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// The first sample with the new variance.
    pub at: usize,
    /// By how much the log-likelihood is above that of no change.
    pub gain: f64,
}

/// How all changes are searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitSearch {
    /// The fewest samples before and after a change.
    pub guard: usize,
    /// The least gain of the log-likelihood.
    pub penalty: f64,
    /// The samples of the longest interval.
    pub longest: usize,
}

/// The change of white samples with mean 0 whose Gaussian likelihood with two variances
/// is largest: `argmax −½(j ln v(0:j) + (N−j) ln v(j:N))`, `guard` samples from both ends
/// at least. `None` where none is left.
pub fn change(white: &[f64], guard: usize) -> Option<Split> {
    split(&Energy::sum(white), 0..white.len(), guard, usize::MAX)
}

/// All changes in order: the best change of each of a fixed set of intervals (seeded
/// binary segmentation: Kovács, Bühlmann, Li & Munk 2023), from which the narrowest
/// interval above the penalty is taken and all that hold its change are left out
/// (Baranowski, Chen & Fryzlewicz 2019), and so on; then each is located between its
/// neighbours.
pub fn changes(white: &[f64], search: SplitSearch) -> Vec<Split> {
    all(&Energy::sum(white), search)
}

fn all(energy: &Energy, search: SplitSearch) -> Vec<Split> {
    let SplitSearch { guard, penalty, longest } = search;
    let mut candidates: Vec<(Range<usize>, Split)> =
        intervals(energy.samples(), guard.max(1).saturating_mul(2), longest)
            .filter_map(|interval| {
                Some((interval.clone(), split(energy, interval, guard, STEPS)?))
            })
            .filter(|(_, split)| split.gain >= penalty)
            .collect();

    // The narrowest first: a wide interval may hold several changes, and the best single
    // one of it may lie between them.
    candidates.sort_by(|(a, one), (b, other)| {
        a.len().cmp(&b.len()).then(other.gain.total_cmp(&one.gain))
    });
    let mut found = BTreeSet::new();
    for (interval, split) in candidates {
        if found.range(interval.start + 1..interval.end).next().is_none() {
            found.insert(split.at);
        }
    }

    let found: Vec<usize> = found.into_iter().collect();
    let mut changes = located(energy, &found, guard, longest / 2);
    changes.retain(|change| change.gain >= penalty);
    changes
}

/// Changes whose place is roughly known, each where it is most likely between its
/// neighbours and within `reach`.
pub(super) fn located(
    energy: &Energy,
    rough: &[usize],
    guard: usize,
    reach: usize,
) -> Vec<Split> {
    let mut changes: Vec<Split> = Vec::with_capacity(rough.len());
    for (i, &at) in rough.iter().enumerate() {
        let before =
            changes.last().map_or(0, |split| split.at).max(at.saturating_sub(reach));
        let after = rough
            .get(i + 1)
            .copied()
            .unwrap_or(energy.samples())
            .min(at.saturating_add(reach));
        // A change that is left out would lend its activity to the rest before it:
        // crowded ones need less room.
        let crowded = || split(energy, before..after, 1, STEPS);
        changes.extend(split(energy, before..after, guard, STEPS).or_else(crowded));
    }
    changes
}

/// Half of each interval is shared with the next of its length; lengths are halved.
fn intervals(
    n: usize,
    shortest: usize,
    longest: usize,
) -> impl Iterator<Item = Range<usize>> {
    let lengths = std::iter::successors(Some(longest.min(n)), |length| Some(length / 2));
    lengths.take_while(move |&length| length > shortest).flat_map(move |length| {
        let starts = (0..n - length).step_by((length / 2).max(1)).chain([n - length]);
        starts.map(move |start| start..start + length)
    })
}

fn split(
    energy: &Energy,
    interval: Range<usize>,
    guard: usize,
    steps: usize,
) -> Option<Split> {
    let guard = guard.max(1);
    let (first, end) =
        (interval.start.saturating_add(guard), interval.end.checked_sub(guard)?);
    let likelihood = |at: usize| {
        -0.5 * (energy.cost(interval.start, at) + energy.cost(at, interval.end))
    };
    let stride = (interval.len() / steps).max(1);
    let coarse = first_best((first..end).step_by(stride), likelihood)?;
    let around = coarse.saturating_sub(stride - 1).max(first)..(coarse + stride).min(end);
    let at = if stride > 1 { first_best(around, likelihood)? } else { coarse };
    Some(Split {
        at,
        gain: likelihood(at) + 0.5 * energy.cost(interval.start, interval.end),
    })
}

/// Settings of the search for all changes of the variance by profile likelihood. It looks
/// at 1000 to 2000 samples a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// How the samples are whitened.
    pub whitening: Whitening,
    /// The least time before and after a change, in seconds: 20 samples at 1000 a second.
    #[schemars(range(min = 0.001, max = 1.0), extend("unit" = "s"))]
    pub guard_s: f64,
    /// The gain of the log-likelihood that a change takes, in multiples of the logarithm
    /// of the number of samples. 1 is that of Schwarz (1978) for a place and a variance;
    /// EMG is not as Gaussian as that. (Proposal)
    #[schemars(range(min = 0.1, max = 100.0))]
    pub penalty: f64,
    /// The longest interval in seconds; longer bursts and pauses are found by their
    /// edges. (Proposal)
    #[schemars(range(min = 1.0, max = 600.0), extend("unit" = "s"))]
    pub longest_s: f64,
    /// A segment is active when its whitened power lies this far above that of rest, in
    /// dB. (Proposal)
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "dB"))]
    pub rise_db: f64,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            whitening: Whitening::default(),
            guard_s: 0.02,
            penalty: 2.0,
            longest_s: 10.0,
            rise_db: 3.0,
        }
    }
}

impl Detect for Profile {
    fn name(&self) -> &'static str {
        "profile"
    }

    /// All bursts of a stretch, also those that touch its ends; none where it cannot be
    /// made white: silence, samples that are not finite, or fewer than 20 quiet samples.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.bursts_made_white(stretch)
    }

    fn on_white(&self) -> Option<&dyn DetectWhite> {
        Some(self)
    }
}

impl DetectWhite for Profile {
    fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>> {
        let (guard, longest) =
            (white.rate.samples(self.guard_s), white.rate.samples(self.longest_s));
        let penalty = self.penalty * libm::log(white.samples.len() as f64);
        let found = all(&white.energy, SplitSearch { guard, penalty, longest });
        let changes: Vec<usize> = found.into_iter().map(|split| split.at).collect();
        white.bursts(&changes, self.rise_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_cover_every_sample_at_every_length() {
        for (n, longest) in [(1000, 256), (1003, 5000), (50, 50), (3, 100), (0, 10)] {
            let all: Vec<Range<usize>> = intervals(n, 2, longest).collect();
            assert!(
                all.iter().all(|interval| interval.end <= n && interval.len() > 2),
                "{n}"
            );
            let lengths: BTreeSet<usize> = all.iter().map(Range::len).collect();
            for length in lengths {
                let covered = |i: usize| {
                    all.iter()
                        .any(|interval| interval.len() == length && interval.contains(&i))
                };
                assert!((0..n).all(covered), "{n}, {length}");
            }
        }
    }
}
