//! The detectors as a choice: each by its name in the recipe.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::whitening::{White, Whitening};
use super::{
    ChangePoint, DoubleThreshold, EnergyThreshold, HodgesBui, Lidierth, ModifiedHodges,
    Profile, Ramp, SingleThreshold, Step, Stretch, TwoState,
};
use crate::error::Result;

macro_rules! detectors {
    ($($(#[doc = $what:literal])+ $detector:ident = $name:literal,)+) => {
        /// A detector of bursts with its settings.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Detector {
            $($(#[doc = $what])+ $detector($detector),)+
        }

        impl Detector {
            /// Every detector with its defaults.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$detector($detector::default()),)+]
            }

            /// Its name in the recipe.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$detector(_) => $name,)+
                }
            }

            /// All bursts of a stretch, in samples from its beginning.
            pub fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
                match self {
                    $(Self::$detector(detector) => detector.bursts(stretch),)+
                }
            }

            /// Checks the settings.
            ///
            /// # Errors
            /// Names the key, its value, the limits and a value that works.
            pub fn check(&self) -> Result<()> {
                match self {
                    $(Self::$detector(detector) => detector.check(),)+
                }
            }
        }
    };
}

detectors! {
    /// A threshold on the low-passed rectified signal.
    SingleThreshold = "single-threshold",
    /// A threshold on forward means (Hodges & Bui 1996).
    HodgesBui = "hodges-bui",
    /// The same with a causal filter (Yuvaraj et al. 2023).
    ModifiedHodges = "modified-hodges",
    /// A threshold that must hold (Lidierth 1986).
    Lidierth = "lidierth",
    /// The double threshold (Bonato et al. 1998).
    DoubleThreshold = "double-threshold",
    /// A threshold on the Teager–Kaiser energy (Solnik et al. 2010).
    EnergyThreshold = "energy-threshold",
    /// The sequential generalised likelihood ratio of a step (Staude 2001).
    Step = "step",
    /// The most likely steps of the variance.
    Profile = "profile",
    /// The most likely ramps.
    Ramp = "ramp",
    /// Bayesian change points (Barry & Hartigan 1993; Tenan et al. 2017).
    ChangePoint = "change-point",
    /// A hidden Markov model of rest and activity.
    TwoState = "two-state",
}

impl Detector {
    /// How it whitens, when it looks at a stretch that was made white and not at the
    /// samples themselves.
    pub(super) fn whitening(&self) -> Option<&Whitening> {
        match self {
            Self::Step(Step { whitening, .. })
            | Self::Profile(Profile { whitening, .. })
            | Self::Ramp(Ramp { step: Step { whitening, .. }, .. })
            | Self::ChangePoint(ChangePoint { whitening, .. })
            | Self::TwoState(TwoState { whitening, .. }) => Some(whitening),
            _ => None,
        }
    }

    /// The bursts of a stretch that was made white as it asks for; none for one that
    /// looks at the samples.
    pub(super) fn of_white(&self, white: &White) -> Vec<Range<usize>> {
        match self {
            Self::Step(detector) => detector.of_white(white),
            Self::Profile(detector) => detector.of_white(white),
            Self::Ramp(detector) => detector.of_white(white),
            Self::ChangePoint(detector) => detector.of_white(white),
            Self::TwoState(detector) => detector.of_white(white),
            _ => Vec::new(),
        }
    }
}
