//! High-pass: takes out offset, drift and movement artefacts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::butterworth::Butterworth;
use super::phase::Phase;
use super::phrases::{in_short, number};
use super::{Conditioner, Kernel};
use crate::dsp::design::{Band, Cutoff, HIGHEST_ORDER};
use crate::dsp::zero_phase::Edge;
use crate::error::Result;
use crate::units::Hertz;

/// Settings of the Butterworth high-pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HighPass {
    /// The cut-off in hertz, below half the sampling rate. SENIAM and ISEK advise 10 to
    /// 20 Hz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// The order of one pass, as in SciPy's `butter`.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// In which directions of time the filter runs.
    pub phase: Phase,
    /// After how many passes the gain at the cut-off is −3 dB.
    pub cutoff: Cutoff,
    /// How the ends are continued when the phase is zero.
    pub edge: Edge,
}

impl Default for HighPass {
    fn default() -> Self {
        Self {
            cutoff_hz: 20.0,
            order: 4,
            phase: Phase::default(),
            cutoff: Cutoff::default(),
            edge: Edge::default(),
        }
    }
}

impl Conditioner for HighPass {
    fn name(&self) -> &'static str {
        "high-pass"
    }

    fn in_short(&self) -> String {
        let Self { cutoff_hz, order, phase, .. } = self;
        format!("high-passed at {} Hz ({})", number(*cutoff_hz), in_short(*phase, *order))
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>> {
        let Self { cutoff_hz, order, phase, cutoff, edge } = *self;
        let band = Band::HighPass(cutoff_hz);
        let asked = Butterworth {
            step: self.name(),
            keys: &["cutoff_hz"],
            band,
            order,
            phase,
            cutoff,
            edge,
        };
        Ok(Box::new(asked.design(rate)?))
    }
}
