//! What the heads of pages say of a study: its name, and how was recorded.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::electrodes::Electrodes;
use crate::error::{Error, ErrorKind, Result};
use crate::words::spoken;

/// How was recorded, in the user's words: a sentence, or its parts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Protocol {
    /// A sentence.
    Words(String),
    /// Its parts.
    Parts(ProtocolParts),
}

/// The parts of a protocol; none of them changes a number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProtocolParts {
    /// The angle of the knee in degrees; 0 is straight.
    pub knee_deg: Option<f64>,
    /// The angle of the ankle in degrees; 0 is the foot at a right angle to the leg.
    pub ankle_deg: Option<f64>,
    /// The external load in kilograms.
    pub load_kg: Option<f64>,
    /// The pace, in words.
    pub pace: Option<String>,
    /// What the person was told to do.
    pub instructions: Option<String>,
    /// The posture, and what was fixed.
    pub posture: Option<String>,
    /// How the maximal contractions were made: trials, their duration, rest between them,
    /// encouragement.
    pub maximum: Option<String>,
}

/// What the heads of pages say of a study.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StudyHead {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// What was recorded with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub electrodes: Option<Electrodes>,
}

// Written out, because an untagged enum would lose the key that is wrong in the table.
impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ProtocolVisitor)
    }
}

struct ProtocolVisitor;

impl<'de> Visitor<'de> for ProtocolVisitor {
    type Value = Protocol;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a sentence, or a table of knee_deg, ankle_deg, load_kg, pace, instructions, \
             posture and maximum",
        )
    }

    fn visit_str<E>(self, words: &str) -> std::result::Result<Protocol, E> {
        Ok(Protocol::Words(words.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        table: A,
    ) -> std::result::Result<Protocol, A::Error> {
        ProtocolParts::deserialize(MapAccessDeserializer::new(table)).map(Protocol::Parts)
    }
}

impl Protocol {
    /// The protocol as a sentence without its full stop; how maximal contractions were made
    /// stands with the methods.
    pub fn describe(&self) -> String {
        match self {
            Self::Words(words) => words.trim().trim_end_matches('.').to_owned(),
            Self::Parts(parts) => parts.describe(),
        }
    }

    /// The same with what is said nearer to the recordings: part by part.
    fn overlaid_by(self, over: &Self) -> Self {
        match (self, over) {
            (Self::Parts(own), Self::Parts(over)) => Self::Parts(own.overlaid_by(over)),
            (_, over) => over.clone(),
        }
    }
}

impl ProtocolParts {
    pub(super) fn check(&self) -> Result<()> {
        let numbers = [
            ("knee_deg", self.knee_deg),
            ("ankle_deg", self.ankle_deg),
            ("load_kg", self.load_kg),
        ];
        let wrong = numbers
            .into_iter()
            .find(|(_, value)| value.is_some_and(|value| !value.is_finite()));
        wrong.map_or(Ok(()), |(key, _)| {
            Err(Error::new(ErrorKind::Study, format!("[protocol]: {key} must be finite")))
        })
    }

    fn describe(&self) -> String {
        let number = |words: &str, value: Option<f64>, unit: &str| {
            value.map(|value| format!("{words} {}{unit}", spoken(value)))
        };
        let words = |words: &str, value: &Option<String>| {
            plain(value.as_ref()).map(|value| format!("{words} {value}"))
        };
        let parts = [
            plain(self.posture.as_ref()),
            number("knee at", self.knee_deg, "°"),
            number("ankle at", self.ankle_deg, "°"),
            number("load", self.load_kg, " kg"),
            words("pace", &self.pace),
            words("instructions:", &self.instructions),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn overlaid_by(self, over: &Self) -> Self {
        Self {
            knee_deg: over.knee_deg.or(self.knee_deg),
            ankle_deg: over.ankle_deg.or(self.ankle_deg),
            load_kg: over.load_kg.or(self.load_kg),
            pace: over.pace.clone().or(self.pace),
            instructions: over.instructions.clone().or(self.instructions),
            posture: over.posture.clone().or(self.posture),
            maximum: over.maximum.clone().or(self.maximum),
        }
    }
}

impl StudyHead {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with what is said nearer to the recordings.
    pub(super) fn overlaid_by(self, over: &Self) -> Self {
        let protocol = match (self.protocol, &over.protocol) {
            (Some(own), Some(over)) => Some(own.overlaid_by(over)),
            (own, over) => over.clone().or(own),
        };
        let electrodes = match (self.electrodes, &over.electrodes) {
            (Some(own), Some(over)) => Some(own.overlaid_by(over)),
            (own, over) => over.clone().or(own),
        };
        Self { title: over.title.clone().or(self.title), protocol, electrodes }
    }
}

/// What somebody wrote, on one line and without the stop at its end; `None` where nothing
/// is left.
pub(super) fn plain(words: Option<&String>) -> Option<String> {
    let words: Vec<&str> = words?.split_whitespace().collect();
    let words = words.join(" ");
    let words = words.trim_end_matches('.');
    (!words.is_empty()).then(|| words.to_owned())
}
