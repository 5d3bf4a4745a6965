//! In which directions of time a filter runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In which directions of time a filter runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Forward and backward: nothing is delayed, and onsets smear to both sides.
    #[default]
    Zero,
    /// Forward only, from rest, as a live display would: everything is delayed.
    Causal,
}

impl Phase {
    /// How often the filter runs over the samples.
    pub fn passes(self) -> usize {
        match self {
            Self::Zero => 2,
            Self::Causal => 1,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Zero => "zero-phase",
            Self::Causal => "causal",
        }
    }
}
