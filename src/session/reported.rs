//! How a session was recorded and processed, as reports of EMG are asked to tell it.

use serde::{Deserialize, Serialize};

/// The short methods, how was recorded, and what of it is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reporting {
    /// How was recorded, for the short methods.
    pub recorded_in_short: Vec<MethodsPassage>,
    /// How was recorded, for the whole methods.
    pub recorded: Vec<MethodsPassage>,
    /// How was processed, in short, one sentence an entry, written by the steps that ran.
    pub in_short: Vec<String>,
    /// What reports are asked to tell.
    pub items: Vec<ReportingItem>,
}

/// A piece of a text: words, or a gap that nobody filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodsPassage {
    /// The words, with the blanks and signs around them; of a gap what is missing.
    pub text: String,
    /// The key of `study.toml` that fills the gap; `None` of words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Something that a report is asked to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingItem {
    /// Its area.
    pub area: ReportingArea,
    /// What is asked.
    pub name: String,
    /// Who asks.
    pub asked_by: String,
    /// Who told it.
    pub told_by: ToldBy,
    /// What was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The key of `study.toml` that tells it, or would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The areas of CEDE-Check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportingArea {
    /// What the person did.
    Task,
    /// Where the electrodes were.
    Placement,
    /// What the electrodes were.
    Electrodes,
    /// How signals were acquired and processed.
    Signals,
}

/// Who told an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToldBy {
    /// The recipe as run.
    Recipe,
    /// The files of the recordings.
    Recordings,
    /// `study.toml`.
    Study,
    /// Nobody yet.
    Nobody,
}

impl Reporting {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The items that nobody told.
    pub fn missing(&self) -> impl Iterator<Item = &ReportingItem> {
        self.items.iter().filter(|item| item.told_by == ToldBy::Nobody)
    }
}
