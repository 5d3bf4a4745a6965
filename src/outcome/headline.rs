//! What was found in a recording, in one sentence of a closed list.

use serde::{Deserialize, Serialize};

use super::Text;

/// A sentence for the first screen of a report, written by the analysis that found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Which sentence it is.
    pub kind: HeadlineKind,
    /// The sentence.
    pub text: String,
    /// The numbers behind it, with their intervals; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The measure whose values of all channels stand behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Text>,
}

/// The sentences that may be said, each under one condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadlineKind {
    /// Cycles were made from events or contacts.
    Cycles,
    /// Contractions that look alike were counted as repetitions.
    Repetitions,
    /// There is one burst.
    OneBurst,
    /// The muscle was never as quiet as the recording of rest.
    Throughout,
    /// A muscle rises and falls regularly, without events.
    Rhythm,
    /// There are several bursts.
    Bursts,
    /// Rest is known, and nothing exceeds it.
    Inactive,
    /// Rest could not be told from activity.
    ActivityUnknown,
    /// The interval of the slope of the median frequency lies below 0 in every channel.
    FrequencyFell,
    /// It lies above 0 in every channel.
    FrequencyRose,
    /// It holds 0 in some channels, or they turn in both ways.
    FrequencyPartly,
    /// It holds 0 in every channel.
    FrequencySteady,
    /// The interval of an index of activation excludes 0 by more than the usual error of
    /// the maxima.
    SidesDiffer,
    /// It excludes 0 and the usual error of the maxima explains it.
    SidesUncertain,
    /// Every interval holds 0.
    SidesAlike,
    /// No index has an interval.
    SidesUnknown,
    /// There is no reference of both sides, or no pair of channels that can be trusted.
    SidesNotCompared,
}

impl HeadlineKind {
    /// Whether it says what was done; the others say what came out.
    pub fn is_task(self) -> bool {
        self <= Self::ActivityUnknown
    }

    /// Whether it says that a movement was repeated.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Cycles | Self::Repetitions | Self::Rhythm)
    }

    /// Whether it says what was found, and not why nothing was.
    pub fn tells(self) -> bool {
        !matches!(
            self,
            Self::ActivityUnknown | Self::SidesUnknown | Self::SidesNotCompared
        )
    }
}
