//! The centred window that several envelopes move over the signal.

use crate::dsp::moving;
use crate::units::Hertz;

/// A centred window of an odd number of samples.
#[derive(Debug)]
pub(super) struct MovingWindow {
    seconds: f64,
    samples: usize,
}

impl MovingWindow {
    pub(super) fn new(seconds: f64, rate: Hertz) -> Self {
        Self { seconds, samples: moving::window(seconds, rate.hz()) }
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
