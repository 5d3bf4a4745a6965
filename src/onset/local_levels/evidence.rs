//! Whether a burst is more than rest happens to be.

use std::ops::Range;

use super::steps::Steps;

/// The log-likelihood that one of all bursts must gain over rest.
const GAIN: f64 = 7.0;
/// A burst lies so far above rest in power (3 dB): rest itself drifts.
const LEAST_RATIO: f64 = 2.0;
/// A burst may begin in every piece of so many seconds.
const EVERY_S: f64 = 0.05;

/// Whether the power of a burst is too large for rest, whose amplitude at a step is
/// given. In long recordings more happens by chance: as many bursts as might have begun
/// are allowed for (Bonferroni).
pub(super) fn is_enough(
    burst: &Range<usize>,
    rest: impl Fn(usize) -> f64,
    steps: &Steps,
) -> bool {
    let rest = rest(usize::midpoint(burst.start, burst.end)).powi(2);
    let sum: f64 = steps.powers[burst.clone()].iter().sum();
    let ratio = sum / burst.len() as f64 / rest;
    let gain =
        0.5 * steps.freedom * burst.len() as f64 * (ratio - 1.0 - libm::log(ratio));
    let chances = steps.powers.len() as f64 * steps.seconds / EVERY_S;
    ratio >= LEAST_RATIO && gain >= GAIN + libm::log(chances.max(1.0))
}
