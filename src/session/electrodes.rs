//! What was recorded with, as the study tells it: no file of samples knows it, and
//! reports of EMG are asked for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What the methods ask of a study, as remarks for a first `study.toml`.
pub const QUESTIONS: &str = "
# What the methods of a report ask for; fill in what you know.
# [electrodes]
# type = \"bipolar, self-adhesive\"
# material = \"Ag/AgCl\"
# shape = \"round\"
# size_mm = 10
# distance_mm = 20
# placement = \"SENIAM\"
# skin = \"shaved, alcohol\"
# reference = \"ankle\"
# crosstalk = \"small electrodes\"
# amplifier = \"model, gain, input impedance\"
# filters = \"10–500 Hz\"
# bits = 16
# [protocol]
# instructions = \"what the person was told\"
# posture = \"standing\"
# load_kg = 0
# pace = \"free\"
# maximum = \"three trials of 3 s\"
";

/// Electrodes, their place and the amplifier; none of it changes a number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Electrodes {
    /// What they are: bipolar or single, self-adhesive or dry, their maker.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What they are made of, such as Ag/AgCl.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Their shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// The size of what conducts, along the fibres, in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<f64>,
    /// The distance between the centres of two electrodes, in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_mm: Option<f64>,
    /// Where they were placed and along what, such as "SENIAM, along the fibres".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<String>,
    /// How the skin was prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skin: Option<String>,
    /// The reference electrode and its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What was done against crosstalk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crosstalk: Option<String>,
    /// The amplifier: model, gain, input impedance, common mode rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amplifier: Option<String>,
    /// The filters of the amplifier, before the signal was sampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<String>,
    /// The resolution of the converter in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<u32>,
}

impl Electrodes {
    pub(super) fn check(&self) -> Result<()> {
        let lengths = [("size_mm", self.size_mm), ("distance_mm", self.distance_mm)];
        let is_wrong = |length: f64| !length.is_finite() || length <= 0.0;
        let wrong = lengths.into_iter().find(|(_, length)| length.is_some_and(is_wrong));
        match wrong {
            Some((key, Some(length))) => Err(Error::new(
                ErrorKind::Study,
                format!("[electrodes]: {key} = {length} must be finite and above 0"),
            )
            .with_hint("lengths are in millimetres, e.g. 20")),
            _ => Ok(()),
        }
    }

    /// The same with what is said nearer to the recordings, key by key.
    pub(super) fn overlaid_by(self, over: &Self) -> Self {
        let over = over.clone();
        Self {
            kind: over.kind.or(self.kind),
            material: over.material.or(self.material),
            shape: over.shape.or(self.shape),
            size_mm: over.size_mm.or(self.size_mm),
            distance_mm: over.distance_mm.or(self.distance_mm),
            placement: over.placement.or(self.placement),
            skin: over.skin.or(self.skin),
            reference: over.reference.or(self.reference),
            crosstalk: over.crosstalk.or(self.crosstalk),
            amplifier: over.amplifier.or(self.amplifier),
            filters: over.filters.or(self.filters),
            bits: over.bits.or(self.bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QUESTIONS;
    use crate::session::Study;

    #[test]
    fn the_questions_are_keys_of_a_study() {
        let answered: String =
            QUESTIONS.lines().skip(2).map(|line| format!("{}\n", &line[2..])).collect();
        let study = Study::from_toml(&answered).unwrap();
        let written = toml::to_string(&study.electrodes).unwrap();
        assert_eq!(written.lines().count(), 12, "every key is asked for: {written}");
        assert!(study.protocol.is_some());
        assert_eq!(Study::from_toml(QUESTIONS).unwrap(), Study::default());
    }
}
