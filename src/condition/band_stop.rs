//! Band-stop: takes out all between two edges.

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

/// Settings of the Butterworth band-stop.
///
/// It takes out the EMG in its band as well, where the soleus is strong; mains removal
/// keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BandStop {
    /// The lower edge in hertz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub low_hz: f64,
    /// The upper edge in hertz, below half the sampling rate.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub high_hz: f64,
    /// The order of one pass, as in SciPy's `butter`; the filter has twice as
    /// many poles.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// In which directions of time the filter runs.
    pub phase: Phase,
    /// After how many passes the gain at the edges is −3 dB.
    pub cutoff: Cutoff,
    /// How the ends are continued when the phase is zero.
    pub edge: Edge,
}

impl Default for BandStop {
    fn default() -> Self {
        Self {
            low_hz: 48.0,
            high_hz: 52.0,
            order: 2,
            phase: Phase::default(),
            cutoff: Cutoff::default(),
            edge: Edge::default(),
        }
    }
}

impl Conditioner for BandStop {
    fn name(&self) -> &'static str {
        "band-stop"
    }

    fn in_short(&self) -> String {
        let Self { low_hz, high_hz, order, phase, .. } = self;
        let (low, high) = (number(*low_hz), number(*high_hz));
        format!("freed of {low} to {high} Hz ({})", in_short(*phase, *order))
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>> {
        let Self { low_hz, high_hz, order, phase, cutoff, edge } = *self;
        let band = Band::BandStop(low_hz, high_hz);
        let asked = Butterworth {
            step: self.name(),
            keys: &["low_hz", "high_hz"],
            band,
            order,
            phase,
            cutoff,
            edge,
        };
        Ok(Box::new(asked.design(rate)?))
    }
}
