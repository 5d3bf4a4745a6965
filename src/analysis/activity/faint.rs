//! What stands out of rest and is too weak for a burst, in words.

use std::ops::Range;

use super::super::Digest;
use super::Bursts;
use crate::words::spoken;

/// How much is not counted, where there is some.
pub(super) fn faint(channel: &Digest, bursts: &Bursts) -> Option<String> {
    let samples: usize = bursts.faint.iter().map(Range::len).sum();
    let (count, are) = match bursts.faint.len() {
        0 => return None,
        1 => ("1 weaker stretch".to_owned(), "is"),
        count => (format!("{count} weaker stretches"), "are"),
    };
    Some(format!(
        "{count} of activity ({} s) beside them {are} not counted",
        spoken(channel.rate.seconds(samples))
    ))
}
