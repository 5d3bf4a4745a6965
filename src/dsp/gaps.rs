//! Stretches between gaps: nothing is ever filtered across a `NaN`.

use std::ops::Range;

/// The maximal runs without `NaN`, in order.
///
/// ```
/// let stretches = soleus::dsp::gaps::stretches(&[1.0, f64::NAN, 2.0, 3.0]);
/// assert_eq!(stretches, [0..1, 2..4]);
/// ```
pub fn stretches(samples: &[f64]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = next(samples, 0, false);
    while from < samples.len() {
        let to = next(samples, from, true);
        found.push(from..to);
        from = next(samples, to, false);
    }
    found
}

/// The first sample from `from` on that is missing, or is not; the length where there is
/// none.
fn next(samples: &[f64], from: usize, missing: bool) -> usize {
    let rest = &samples[from..];
    let skipped =
        if missing { (BLOCK * blocks_without_gap(rest)).min(rest.len()) } else { 0 };
    skipped
        + from
        + rest[skipped..].iter().take_while(|sample| sample.is_nan() != missing).count()
}

/// How many blocks from the beginning hold no gap.
fn blocks_without_gap(samples: &[f64]) -> usize {
    let (blocks, _) = samples.as_chunks::<BLOCK>();
    // A block is looked at as a whole: leaving it at its first gap would take its samples
    // one by one.
    let is_whole = |block: &&[f64; BLOCK]| {
        !block.iter().fold(false, |gap, sample| gap | sample.is_nan())
    };
    blocks.iter().take_while(is_whole).count()
}

/// How many samples are looked at together.
const BLOCK: usize = 64;

/// The samples that are no gap.
pub fn present(samples: &[f64]) -> impl Iterator<Item = f64> + Clone + '_ {
    samples.iter().copied().filter(|sample| !sample.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_and_empty_slices() {
        assert!(stretches(&[]).is_empty());
        assert!(stretches(&[f64::NAN, f64::NAN]).is_empty());
        assert_eq!(stretches(&[f64::NAN, 1.0, f64::NAN, 2.0]), [1..2, 3..4]);
        assert_eq!(present(&[f64::NAN, 1.0]).sum::<f64>(), 1.0);
    }

    #[test]
    fn stretches_of_any_length_are_those_seen_one_by_one() {
        for rarity in [2, 5, 60, 200, 5000] {
            let gap = |uniform: u64| uniform.is_multiple_of(rarity);
            let mut random = crate::dsp::random::SplitMix64::new(rarity);
            let samples: Vec<f64> = (0..3000)
                .map(|_| if gap(random.bits()) { f64::NAN } else { 1.0 })
                .collect();
            let there = |i: usize| samples.get(i).is_some_and(|sample| !sample.is_nan());
            let starts =
                (0..samples.len()).filter(|&i| there(i) && !(i > 0 && there(i - 1)));
            let ends = (1..=samples.len()).filter(|&i| !there(i) && there(i - 1));
            let expected: Vec<Range<usize>> =
                starts.zip(ends).map(|(from, to)| from..to).collect();
            assert_eq!(stretches(&samples), expected, "one in {rarity}");
        }
    }
}
