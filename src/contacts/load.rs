//! The load of a sensor: above its unloaded level, whichever sign the device gives it.

use crate::dsp::stats::{median, quantiles};
use crate::signal::{Channel, Kind};

/// The largest share of the samples between a third and two thirds of the range: a foot
/// comes and goes quickly.
const MOST_BETWEEN: f64 = 0.4;
/// The distance of the quartiles of normally distributed noise, in standard deviations.
const QUARTILES_APART: f64 = 1.349;

/// How a sensor tells its load.
pub(super) struct Load {
    base: f64,
    sign: f64,
    /// From its lowest to its highest value, in the unit of the channel.
    pub(super) range: f64,
    /// The standard deviation of the unloaded sensor.
    pub(super) noise: f64,
}

impl Load {
    /// The load of a channel, between the levels that it reaches for `top_s` seconds at
    /// least. `None` where it does not go back and forth between two levels: noise and
    /// sway lie in the middle.
    pub(super) fn measure(channel: &Channel, top_s: f64) -> Option<Self> {
        let sorted = sorted(&channel.samples);
        let rank = channel.rate.samples(top_s).min(sorted.len().checked_sub(1)? / 2);
        let (low, high) = (sorted[rank], sorted[sorted.len() - 1 - rank]);
        let range = high - low;

        // The samples between two shares of the range.
        let between = |from: f64, to: f64| {
            let place = |share: f64| {
                sorted.partition_point(|&sample| sample < low + share * range)
            };
            &sorted[place(from)..place(to)]
        };
        let middle = between(1.0 / 3.0, 2.0 / 3.0).len() as f64 / sorted.len() as f64;

        // Unloaded, a plate is near 0: the load goes to where it goes further.
        let downwards = channel.label.kind == Kind::Force && low.abs() > high.abs();
        let (unloaded, sign) =
            if downwards { (between(0.9, 2.0), -1.0) } else { (between(-1.0, 0.1), 1.0) };

        let load = Self { base: median(unloaded)?, sign, range, noise: noise(unloaded) };
        (range > 0.0 && middle < MOST_BETWEEN).then_some(load)
    }

    /// The stretches, in samples, that begin at `on` above the base and end at `off`. A
    /// gap ends one.
    pub(super) fn above(
        &self,
        samples: &[f64],
        on: f64,
        off: f64,
    ) -> Vec<(usize, usize)> {
        let (mut stretches, mut begun) = (Vec::new(), None);
        for (k, sample) in samples.iter().enumerate() {
            let load = self.sign * (sample - self.base);
            match begun {
                None if load >= on => begun = Some(k),
                Some(from) if load.is_nan() || load <= off => {
                    stretches.push((from, k));
                    begun = None;
                }
                _ => {}
            }
        }
        stretches.extend(begun.map(|from| (from, samples.len())));
        stretches
    }
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> =
        samples.iter().copied().filter(|sample| sample.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The standard deviation of the bulk of some values, whatever the others are.
fn noise(values: &[f64]) -> f64 {
    quantiles(values, [0.25, 0.75])
        .map_or(0.0, |[low, high]| (high - low) / QUARTILES_APART)
}
