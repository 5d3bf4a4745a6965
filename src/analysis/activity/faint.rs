//! What stands out of rest and is no burst, in words: too weak beside others, or not seen
//! by most detectors.

use std::ops::Range;

use super::super::Digest;
use super::Bursts;
use crate::words::spoken;

/// How much is not counted, where there is some.
pub(super) fn faint(channel: &Digest, bursts: &Bursts) -> Option<String> {
    let samples: usize = bursts.faint.iter().map(Range::len).sum();
    let (count, are) = match bursts.faint.len() {
        0 => return None,
        1 => ("1 weak or uncertain stretch".to_owned(), "is"),
        count => (format!("{count} weak or uncertain stretches"), "are"),
    };
    Some(format!(
        "{count} of activity ({} s) beside them {are} not counted",
        spoken(channel.rate.seconds(samples))
    ))
}
