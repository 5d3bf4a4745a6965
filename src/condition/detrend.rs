//! Detrending: takes out the offset, or a straight line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel};
use crate::dsp::detrend;
use crate::error::Result;
use crate::units::Hertz;

/// What is subtracted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Trend {
    /// The mean of all samples that are present.
    #[default]
    Mean,
    /// The straight line of least squares through all samples that are present, at their
    /// true positions.
    Linear,
}

/// Settings of detrending.
///
/// One trend is taken from the whole recording, also across gaps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Detrend {
    /// `"mean"` or `"linear"`.
    pub kind: Trend,
}

impl Conditioner for Detrend {
    fn name(&self) -> &'static str {
        "detrend"
    }

    fn design(&self, _rate: Hertz) -> Result<Kernel> {
        Ok(Kernel::Detrend(self.kind))
    }
}

impl Trend {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Mean => "mean subtracted",
            Self::Linear => "straight line of least squares subtracted",
        }
    }

    pub(super) fn run(self, samples: &mut [f64]) {
        match self {
            Self::Mean => detrend::mean(samples),
            Self::Linear => detrend::linear(samples),
        }
    }
}
