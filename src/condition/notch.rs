//! Notch: takes out one frequency.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::phase::Phase;
use super::phrases::{ends, explain, number, rounded};
use super::{Conditioner, Kernel};
use crate::dsp::design;
use crate::dsp::zero_phase::Edge;
use crate::error::Result;
use crate::units::Hertz;

/// Settings of the notch, as SciPy's `iirnotch`.
///
/// It takes out the EMG around its frequency as well and rings after bursts; mains
/// removal does neither.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Notch {
    /// The frequency that is taken out, in hertz, below half the sampling rate.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub frequency_hz: f64,
    /// The quality factor: the frequency over the width between the −3 dB points of one
    /// pass.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e4))]
    pub q: f64,
    /// In which directions of time the filter runs.
    pub phase: Phase,
    /// How the ends are continued when the phase is zero.
    pub edge: Edge,
}

impl Default for Notch {
    fn default() -> Self {
        Self {
            frequency_hz: 50.0,
            q: 30.0,
            phase: Phase::default(),
            edge: Edge::default(),
        }
    }
}

impl Conditioner for Notch {
    fn name(&self) -> &'static str {
        "notch"
    }

    fn in_short(&self) -> String {
        let (frequency, phase) = (number(self.frequency_hz), self.phase.word());
        format!("notch-filtered at {frequency} Hz ({phase})")
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>> {
        let sos = design::notch(self.frequency_hz, self.q, rate.hz())
            .map_err(|error| explain(error, &["frequency_hz"]))?;
        Ok(Box::new(Filter::new(sos, self.phase, self.edge, rate, self.describe())))
    }
}

impl Notch {
    fn describe(&self) -> String {
        let level = match self.phase {
            Phase::Zero => "−6 dB after both passes",
            Phase::Causal => "−3 dB",
        };
        let (frequency, q, width) = (
            number(self.frequency_hz),
            number(self.q),
            rounded(self.frequency_hz / self.q),
        );
        let (phase, ends) = (self.phase.word(), ends(self.phase, self.edge));
        format!(
            "{phase} notch at {frequency} Hz, quality factor {q} ({width} Hz wide at {level}), \
             {ends}"
        )
    }
}
