//! When in its cycle a muscle is active: its strongest burst of each cycle, in per cent
//! of the cycle.

use super::super::Digest;
use super::super::bursts::MuscleBurst;
use super::{Cycle, Stride};

/// The strongest burst that begins in a cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstTiming {
    /// Where it begins, in per cent of the cycle, 0 … 100.
    pub onset: f64,
    /// Where it ends, in per cent of the cycle, 0 … 100; a burst that reaches into the
    /// next cycle ends early there.
    pub offset: f64,
    /// How long it is, in per cent of the cycle.
    pub duration: f64,
}

/// The strongest burst of each of these cycles; `None` where none begins in the cycle
/// whose ends were both recorded, and where it lasts longer than the cycle.
pub fn timings<'a>(
    channel: &Digest,
    cycles: impl Iterator<Item = &'a Cycle>,
) -> Vec<Option<BurstTiming>> {
    let bursts = channel.bursts.as_ref().map_or(&[][..], |found| &found.bursts);
    cycles.map(|cycle| timing(channel, bursts, &cycle.stride)).collect()
}

fn timing(
    channel: &Digest,
    bursts: &[MuscleBurst],
    stride: &Stride,
) -> Option<BurstTiming> {
    let time_s = |sample: usize| channel.start_s + channel.rate.seconds(sample);
    let area = |burst: &MuscleBurst| burst.shape.map_or(0.0, |shape| shape.area);
    let first = bursts.partition_point(|burst| time_s(burst.found.on.at) < stride.from_s);
    let inside = bursts[first..]
        .iter()
        .take_while(|burst| time_s(burst.found.on.at) < stride.to_s);
    let strongest = inside
        .filter(|burst| burst.whole)
        .max_by(|one, other| area(one).total_cmp(&area(other)))?;
    let onset = stride.percent(time_s(strongest.found.on.at));
    let end = stride.percent(time_s(strongest.found.off.at));
    // What lasts longer than a cycle is several bursts in one, and no phase of it.
    (end - onset <= 100.0).then(|| BurstTiming {
        onset,
        offset: end.rem_euclid(100.0),
        duration: end - onset,
    })
}
