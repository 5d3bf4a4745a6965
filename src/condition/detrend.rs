//! Detrending: takes out the offset, or a straight line.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel, Shortcut};
use crate::dsp::detrend;
use crate::error::Result;
use crate::units::Hertz;

/// What is subtracted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DetrendKind {
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
    /// What is subtracted.
    pub kind: DetrendKind,
}

impl Conditioner for Detrend {
    fn name(&self) -> &'static str {
        "detrend"
    }

    fn in_short(&self) -> String {
        match self.kind {
            DetrendKind::Mean => "freed of their mean".to_owned(),
            DetrendKind::Linear => "freed of a straight line".to_owned(),
        }
    }

    fn design(&self, _rate: Hertz) -> Result<Box<dyn Kernel>> {
        Ok(Box::new(self.kind))
    }
}

impl Kernel for DetrendKind {
    fn describe(&self) -> String {
        match self {
            Self::Mean => "mean subtracted".to_owned(),
            Self::Linear => "straight line of least squares subtracted".to_owned(),
        }
    }

    /// The trend is that of all stretches together.
    fn run(&self, samples: &mut [f64], _stretches: &[Range<usize>]) -> Vec<String> {
        match self {
            Self::Mean => detrend::mean(samples),
            Self::Linear => detrend::linear(samples),
        }
        Vec::new()
    }

    fn shortcut(&self) -> Shortcut<'_> {
        match self {
            Self::Mean => Shortcut::Mean,
            Self::Linear => Shortcut::None,
        }
    }
}
