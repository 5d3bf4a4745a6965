//! A channel while its samples are at hand.

use super::fatigue::EpochCourse;
use super::scan::Scan;
use crate::signal::{Event, Trace};

/// A channel while its samples are at hand: what an analysis makes its part of.
pub struct AtHand<'a> {
    /// The channel with what its samples show at first sight.
    pub(super) scan: Scan<'a>,
    /// The events of its recording.
    pub(super) events: &'a [Event],
    /// The epochs of its median frequency; `None` where nothing stands on them.
    pub(super) epochs: Option<EpochCourse>,
}

impl<'a> AtHand<'a> {
    /// The channel: its samples as they were recorded (`raw`), filtered (`clean`) and
    /// smoothed (`envelope`).
    pub fn trace(&self) -> &'a Trace {
        self.scan.trace
    }

    /// The events of its recording, on the recording's own clock.
    pub fn events(&self) -> &'a [Event] {
        self.events
    }
}
