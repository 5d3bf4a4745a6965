//! The course of quality: the level of each second, and what is wrong in it.

use std::ops::Range;

use super::super::blocks::Blocks;
use super::super::heart::HeartBeats;
use super::super::scan::Scan;
use super::{Fault, Pulses, Quality};
use crate::words::spoken;

/// How long an epoch is, in seconds.
pub(super) const EPOCH_S: f64 = 1.0;
/// How many of the worst epochs are named.
const NAMED: usize = 5;

/// The epochs of one channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgedSeconds {
    /// The root mean square of `clean` in each epoch, in the unit of the channel; `None`
    /// where there are no samples.
    pub level: Vec<Option<f64>>,
    /// What is wrong, with the number of the epoch; ordered by it.
    pub flagged: Vec<(usize, Fault)>,
}

impl JudgedSeconds {
    /// The epochs of a channel with these flat stretches and pulses, in which it has
    /// these squares of `clean`.
    pub(super) fn judge(
        settings: &Quality,
        scan: &Scan<'_>,
        squares: &Blocks,
        flat: &[Range<usize>],
        pulses: &Pulses,
    ) -> Self {
        let trace = scan.trace;
        let length = trace.rate.samples(EPOCH_S).max(1);
        let mut flagged = of_samples(settings, scan, squares, length);

        let epochs =
            |stretch: &Range<usize>| stretch.start / length..=(stretch.end - 1) / length;
        flagged.extend(flat.iter().flat_map(epochs).map(|k| (k, Fault::Flat)));
        let epoch = |time_s: &f64| trace.rate.samples(*time_s) / length;
        flagged.extend(pulses.spikes_s.iter().map(epoch).map(|k| (k, Fault::Spikes)));
        // A spike that towers is a knock as well, and told once.
        let spiked = |k: &usize| flagged.contains(&(*k, Fault::Spikes));
        let knocks = pulses.knocks.iter().map(|knock| &knock.span);
        let knocks: Vec<usize> = knocks.flat_map(epochs).filter(|k| !spiked(k)).collect();
        flagged.extend(knocks.into_iter().map(|k| (k, Fault::Knocks)));
        let beats = pulses.heart.iter().flat_map(HeartBeats::all);
        flagged.extend(beats.map(|place| (place / length, Fault::Heart)));
        flagged.sort_unstable();
        flagged.dedup();

        let level = |k: usize| {
            (squares.counts[k] > 0.0)
                .then(|| (squares.sums[k] / squares.counts[k]).sqrt())
        };
        Self { level: (0..squares.counts.len()).map(level).collect(), flagged }
    }

    /// How many faults each epoch has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.level.len()];
        for (k, _) in &self.flagged {
            counts.get_mut(*k).into_iter().for_each(|count| *count += 1);
        }
        counts
    }

    /// The share of epochs with a fault, 0 … 1; `None` without epochs.
    pub fn flagged_share(&self) -> Option<f64> {
        let counts = self.counts();
        let flagged = counts.iter().filter(|&&count| count > 0).count();
        (!counts.is_empty()).then(|| flagged as f64 / counts.len() as f64)
    }

    /// The worst epochs in words: "worst: from 3 s (clipping, spikes), from 7 s (flat)";
    /// `None` when all are well.
    pub(super) fn worst(&self, start_s: f64) -> Option<String> {
        let counts = self.counts();
        let mut order: Vec<usize> =
            (0..counts.len()).filter(|&k| counts[k] > 0).collect();
        order.sort_by_key(|&k| (std::cmp::Reverse(counts[k]), k));
        order.truncate(NAMED);
        order.sort_unstable();
        let words = |k: usize| {
            let words = self
                .flagged
                .iter()
                .filter(|(at, _)| *at == k)
                .map(|(_, fault)| fault.word());
            let words: Vec<&str> = words.collect();
            format!(
                "from {} s ({})",
                spoken(start_s + k as f64 * EPOCH_S),
                words.join(", ")
            )
        };
        let named: Vec<String> = order.into_iter().map(words).collect();
        (!named.is_empty()).then(|| format!("worst: {}", named.join(", ")))
    }
}

/// What the samples of each epoch tell by themselves: missing ones, clipping, motion.
fn of_samples(
    settings: &Quality,
    scan: &Scan<'_>,
    squares: &Blocks,
    length: usize,
) -> Vec<(usize, Fault)> {
    let (raw, mean) = (&scan.trace.raw, scan.raw.mean());
    let [sums, deviations] = Blocks::sum(raw, &scan.raw_stretches, length, |x| {
        [x - mean, (x - mean) * (x - mean)]
    });
    let typical = squares.mean().unwrap_or(0.0);

    let mut flagged = Vec::new();
    for (k, samples) in raw.chunks(length).enumerate() {
        let count = sums.counts[k];
        if count < samples.len() as f64 {
            flagged.push((k, Fault::Missing));
        }
        if scan.rails.touched_by(samples) {
            flagged.push((k, Fault::Clipping));
        }

        // What the filters took away.
        let variance = deviations.sums[k] / count - (sums.sums[k] / count).powi(2);
        let outside = variance - squares.sums[k] / squares.counts[k].max(1.0);
        if outside > settings.motion_check * variance.max(typical) {
            flagged.push((k, Fault::Motion));
        }
    }
    flagged
}
