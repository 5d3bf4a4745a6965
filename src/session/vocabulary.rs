//! Words that a study adds to those that names are read by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::findings::Role;
use crate::signal::{Channel, Kind, Muscle, Side};
use crate::units::Unit;

/// Words by what they mean, in any case: `[vocabulary.muscles] wade = "gastrocnemius"`.
/// They come before those that are built in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vocabulary {
    /// Words in the names of channels that mean a muscle.
    #[serde(deserialize_with = "muscles_by_name")]
    pub muscles: BTreeMap<String, Muscle>,
    /// Words in the names of channels that mean a side.
    pub sides: BTreeMap<String, Side>,
    /// Tasks by other names for them.
    pub tasks: BTreeMap<String, String>,
    /// Words in the names of files that mean a role.
    pub roles: BTreeMap<String, Role>,
    /// Symbols of units by other spellings: `"Mikrovolt" = "µV"`.
    pub units: BTreeMap<String, String>,
}

impl Vocabulary {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with the words of a study nearer to the recordings.
    pub(super) fn overlaid_by(mut self, over: &Self) -> Self {
        self.muscles.extend(over.muscles.clone());
        self.sides.extend(over.sides.clone());
        self.tasks.extend(over.tasks.clone());
        self.roles.extend(over.roles.clone());
        self.units.extend(over.units.clone());
        self
    }

    /// What a task is called.
    pub(super) fn task(&self, task: String) -> String {
        let same =
            |(name, _): &(&String, &String)| name.to_lowercase() == task.to_lowercase();
        self.tasks.iter().find(same).map_or(task, |(_, name)| name.clone())
    }

    /// The role that a word of a file's name means, and the word.
    pub(super) fn role(&self, stem: &str) -> Option<(&str, Role)> {
        let found = self.roles.iter().find(|(word, _)| holds(stem, word));
        found.map(|(word, role)| (word.as_str(), *role))
    }

    /// Names muscle, side and unit of a channel by its words.
    pub(super) fn name(&self, channel: &mut Channel) {
        let label = &mut channel.label;
        let muscle = self.muscles.iter().find(|(word, _)| holds(&label.name, word));
        if let Some((_, muscle)) = muscle {
            (label.muscle, label.kind) = (Some(*muscle), Kind::Emg);
        }
        let side = self.sides.iter().find(|(word, _)| holds(&label.name, word));
        label.side = side.map(|(_, side)| *side).or(label.side);

        let symbol = channel.unit.symbol().to_lowercase();
        let unit =
            self.units.iter().find(|(written, _)| written.to_lowercase() == symbol);
        let Some((_, unit)) = unit else { return };
        match Unit::voltage(unit) {
            Some(volts) => {
                let per_volt = (1.0 / volts).round();
                channel.samples.iter_mut().for_each(|sample| *sample /= per_volt);
                channel.unit = Unit::VOLT;
            }
            None => channel.unit = Unit::other(unit.clone()),
        }
    }
}

/// The muscles that words mean.
fn muscles_by_name<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Muscle>, D::Error> {
    let names: BTreeMap<String, String> = BTreeMap::deserialize(deserializer)?;
    names.into_iter().map(|(word, name)| Ok((word, known_muscle(&name)?))).collect()
}

/// The muscle that a text means, or which there are.
pub(super) fn known_muscle<E: serde::de::Error>(name: &str) -> Result<Muscle, E> {
    Muscle::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Muscle::ALL.iter().map(|muscle| muscle.name()).collect();
        E::custom(format!(
            "`{name}` is no muscle known here, expected one of {}",
            known.join(", ")
        ))
    })
}

/// Whether a name holds a word, or several, as they are: between separators, digits or a
/// change from small to capital letters.
fn holds(name: &str, word: &str) -> bool {
    let (name, word) = (words(name), words(word));
    !word.is_empty() && name.windows(word.len()).any(|part| part == word)
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut last: Option<char> = None;
    for symbol in text.chars() {
        let cuts = last.is_some_and(|last| {
            last.is_numeric() != symbol.is_numeric()
                || last.is_lowercase() && symbol.is_uppercase()
        });
        if !symbol.is_alphanumeric() || cuts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| symbol.is_alphanumeric()) {
            word.extend(symbol.to_lowercase());
        }
        last = symbol.is_alphanumeric().then_some(symbol);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Hertz;

    #[test]
    fn words_of_a_study_name_channels_files_and_tasks() {
        let vocabulary: Vocabulary = toml::from_str(
            "[muscles]\nwade = \"gastrocnemius\"\n[sides]\n\"op seite\" = \"left\"\n\
             [tasks]\nzehenstand = \"heel raise\"\n[roles]\nvollkraft = \"mvc\"\n\
             [units]\nMikrovolt = \"µV\"\n",
        )
        .unwrap();
        let rate = Hertz::new(1000.0).unwrap();
        let unit = Unit::other("mikrovolt");
        let mut channel = Channel::new("Wade OP-Seite 2", unit, rate, vec![2.0, 3.0]);
        vocabulary.name(&mut channel);
        let label = &channel.label;
        assert_eq!(
            (label.muscle, label.side, label.kind),
            (Some(Muscle::Gastrocnemius), Some(Side::Left), Kind::Emg)
        );
        assert_eq!((channel.unit, channel.samples[0]), (Unit::VOLT, 2e-6));
        assert_eq!(vocabulary.role("S01_Vollkraft2"), Some(("vollkraft", Role::Mvc)));
        assert_eq!(vocabulary.role("halbvollkraft"), None);
        assert_eq!(vocabulary.task("Zehenstand".into()), "heel raise");
    }
}
