//! The low-pass that several envelopes share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dsp::design::{Band, DesignError, butterworth, effective};
use crate::dsp::zero_phase::{Edge, ZeroPhase};
use crate::error::{Error, Result, Stage};
use crate::units::Hertz;

/// Where the −3 dB points of a filter lie that runs forward and backward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cutoff {
    /// At the frequency asked for, after both passes (Winter 2009; Robertson & Dowling 2003).
    #[default]
    Effective,
    /// At the frequency asked for in each pass, as SciPy and MATLAB have it: −6 dB after both.
    Nominal,
}

impl Cutoff {
    /// The band to design for two passes.
    pub(super) fn band(self, order: usize, asked: Band, rate: Hertz) -> Band {
        match self {
            Self::Effective => effective(order, asked, rate.hz(), 2),
            Self::Nominal => asked,
        }
    }
}

/// A low-pass by its settings, and the variant of the recipe that they stand in.
pub(super) struct Smoothing {
    pub(super) variant: &'static str,
    pub(super) cutoff_hz: f64,
    pub(super) order: usize,
    pub(super) cutoff: Cutoff,
}

impl Smoothing {
    pub(super) fn design(&self, rate: Hertz) -> Result<ZeroPhase> {
        let band = self.cutoff.band(self.order, Band::LowPass(self.cutoff_hz), rate);
        let sos = butterworth(self.order, band, rate.hz()).map_err(|reason| self.refusal(reason, rate))?;
        Ok(ZeroPhase::new(sos, Edge::Odd))
    }

    fn refusal(&self, reason: DesignError, rate: Hertz) -> Error {
        let Self { variant, cutoff_hz, order, .. } = self;
        let (key, hint) = match reason {
            DesignError::Order(_) => (format!("order = {order}"), "try order = 2".to_owned()),
            _ => (format!("cutoff_hz = {cutoff_hz}"), format!("try cutoff_hz = {}", 6.0_f64.min(0.1 * rate.hz()))),
        };
        Error::new(Stage::Plan, format!("envelope.{variant}.{key}: {reason}")).with_hint(hint)
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
