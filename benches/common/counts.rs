//! How many channels the filters are measured with.

/// One sensor, a pair of legs, a grid.
pub(crate) const COUNTS: [usize; 3] = [1, 8, 32];

/// As many channels as the largest count, each in its own memory.
pub(crate) fn repeated(channels: &[Vec<f64>]) -> Vec<Vec<f64>> {
    channels.iter().cycle().take(COUNTS[COUNTS.len() - 1]).cloned().collect()
}

/// All samples.
pub(crate) fn samples(channels: &[&[f64]]) -> u64 {
    channels.iter().map(|channel| channel.len() as u64).sum()
}
