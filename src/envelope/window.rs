//! The centred window that several envelopes move over the signal.

use crate::dsp::moving;
use crate::error::{Error, Result, Stage};
use crate::units::Hertz;

/// A centred window of an odd number of samples.
#[derive(Debug)]
pub(super) struct MovingWindow {
    seconds: f64,
    samples: usize,
}

impl MovingWindow {
    /// The window of the kind of envelope of that name.
    pub(super) fn design(kind: &str, seconds: f64, rate: Hertz) -> Result<Self> {
        if seconds > 0.0 && seconds <= 60.0 {
            let samples = moving::window(seconds, rate.hz());
            return Ok(Self { seconds, samples });
        }
        let text =
            format!("envelope.{kind}.window_s = {seconds} is not above 0 and at most 60");
        Err(Error::new(Stage::Plan, text).with_hint("try window_s = 0.1"))
    }

    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    /// At the ends of a stretch half of the window is missing.
    pub(super) fn edge_samples(&self) -> usize {
        self.samples / 2
    }

    pub(super) fn describe(&self) -> String {
        let Self { seconds, samples } = self;
        format!("a centred window of {seconds} s ({samples} samples)")
    }
}
