//! The low-pass that several envelopes share.

use crate::dsp::design::{Band, Cutoff, DesignError, butterworth};
use crate::dsp::zero_phase::{Edge, ZeroPhase};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Hertz;

/// A low-pass by its settings.
pub(super) struct Smoothing {
    pub(super) cutoff_hz: f64,
    pub(super) order: usize,
    pub(super) cutoff: Cutoff,
}

/// The low-pass designed for one sampling rate.
#[derive(Debug)]
pub(super) struct SmoothingFilter {
    filter: ZeroPhase,
    edge_samples: usize,
    described: String,
}

/// Such a low-pass for the short methods.
pub(super) fn low_passed(cutoff_hz: f64, order: usize) -> String {
    format!("low-passed at {cutoff_hz} Hz (zero phase, order {order})")
}

impl Smoothing {
    pub(super) fn design(&self, rate: Hertz) -> Result<SmoothingFilter> {
        let asked = Band::LowPass(self.cutoff_hz);
        let band = self.cutoff.band(self.order, asked, rate.hz(), 2);
        let sos = butterworth(self.order, band, rate.hz())
            .map_err(|reason| self.refusal(&reason, rate))?;

        Ok(SmoothingFilter {
            filter: ZeroPhase::new(sos, Edge::Odd),
            // What lies within one period of the cut-off from an end is extrapolated.
            edge_samples: rate.samples(1.0 / self.cutoff_hz),
            described: self.describe(),
        })
    }

    fn refusal(&self, reason: &DesignError, rate: Hertz) -> Error {
        let Self { cutoff_hz, order, .. } = *self;
        let about = |key: &str, value: String, works: String| {
            Error::about(ErrorKind::Plan, key, value, format!("cannot be used: {reason}"))
                .with_hint(format!("{key} = {works} works"))
        };
        match reason {
            DesignError::Order(_) => about("order", order.to_string(), "2".into()),
            _ => {
                let works = 6.0_f64.min(0.1 * rate.hz());
                about("cutoff_hz", cutoff_hz.to_string(), works.to_string())
            }
        }
    }

    fn describe(&self) -> String {
        let Self { cutoff_hz, order, cutoff, .. } = self;
        let passes = match cutoff {
            Cutoff::Effective => "after both passes",
            Cutoff::Nominal => "in each pass",
        };
        format!(
            "a zero-phase Butterworth low-pass of order {order} with its −3 dB point at \
             {cutoff_hz} Hz {passes}"
        )
    }
}

impl SmoothingFilter {
    pub(super) fn filter(&self) -> &ZeroPhase {
        &self.filter
    }

    pub(super) fn edge_samples(&self) -> usize {
        self.edge_samples
    }

    pub(super) fn describe(&self) -> &str {
        &self.described
    }
}
