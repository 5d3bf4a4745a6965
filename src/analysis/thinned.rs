//! The envelope of a channel at about 100 Hz: enough for whatever compares channels with
//! each other once their samples are gone.

use std::ops::Range;

use super::scan::Scan;
use crate::dsp::sums::sum_of;

/// The rate to which envelopes are thinned: twenty values a cycle at 5 Hz.
const ENVELOPE_HZ: f64 = 100.0;

/// An envelope of means over pieces of equal length. A gap anywhere in a piece makes its
/// mean a gap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thinned {
    /// The means, in the unit of the channel.
    pub(super) envelope: Vec<f64>,
    /// Pieces a second.
    pub(super) rate_hz: f64,
}

impl Thinned {
    /// The envelope of a channel.
    pub(super) fn thin(scan: &Scan<'_>) -> Self {
        let (envelope, rate_hz) = (&scan.trace.envelope, scan.trace.rate.hz());
        let piece = ((rate_hz / ENVELOPE_HZ).floor() as usize).max(1);
        let mut thinned = vec![f64::NAN; envelope.len() / piece];
        for stretch in &scan.envelope_kept {
            let inside: Range<usize> = stretch.start.div_ceil(piece)..stretch.end / piece;
            for (place, mean) in
                thinned.iter_mut().enumerate().take(inside.end).skip(inside.start)
            {
                *mean = sum_of(&envelope[place * piece..(place + 1) * piece], |sample| {
                    sample
                }) / piece as f64;
            }
        }
        Self { envelope: thinned, rate_hz: rate_hz / piece as f64 }
    }
}
