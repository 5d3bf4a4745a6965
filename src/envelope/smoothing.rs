//! The low-pass that several envelopes share.

use crate::dsp::design::{Band, Cutoff, DesignError, butterworth};
use crate::dsp::zero_phase::{Edge, ZeroPhase};
use crate::error::{Error, Result, Stage};
use crate::units::Hertz;

/// A low-pass by its settings, and the variant of the recipe that they stand in.
pub(super) struct Smoothing {
    pub(super) variant: &'static str,
    pub(super) cutoff_hz: f64,
    pub(super) order: usize,
    pub(super) cutoff: Cutoff,
}

impl Smoothing {
    pub(super) fn design(&self, rate: Hertz) -> Result<ZeroPhase> {
        let band =
            self.cutoff.band(self.order, Band::LowPass(self.cutoff_hz), rate.hz(), 2);
        let sos = butterworth(self.order, band, rate.hz())
            .map_err(|reason| self.refusal(reason, rate))?;
        Ok(ZeroPhase::new(sos, Edge::Odd))
    }

    fn refusal(&self, reason: DesignError, rate: Hertz) -> Error {
        let Self { variant, cutoff_hz, order, .. } = self;
        let (key, hint) = match reason {
            DesignError::Order(_) => {
                (format!("order = {order}"), "try order = 2".to_owned())
            }
            _ => (
                format!("cutoff_hz = {cutoff_hz}"),
                format!("try cutoff_hz = {}", 6.0_f64.min(0.1 * rate.hz())),
            ),
        };
        Error::new(Stage::Plan, format!("envelope.{variant}.{key}: {reason}"))
            .with_hint(hint)
    }

    /// What lies within one period of the cut-off from an end is extrapolated.
    pub(super) fn edge_samples(&self, rate: Hertz) -> usize {
        rate.samples(1.0 / self.cutoff_hz)
    }

    pub(super) fn describe(&self) -> String {
        let where_ = match self.cutoff {
            Cutoff::Effective => "after both passes",
            Cutoff::Nominal => "in each pass",
        };
        format!(
            "a zero-phase Butterworth low-pass of order {} with its −3 dB point at {} Hz {where_}",
            self.order, self.cutoff_hz
        )
    }
}
