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
        let held = self.roles.iter().filter(|(word, _)| holds(stem, word));
        let longest = held.max_by_key(|(word, _)| word.len());
        longest.map(|(word, role)| (word.as_str(), *role))
    }

    /// Names muscle, side and unit of a channel by its words. What measures something else
    /// (`Wade Acc X`) has no muscle.
    pub(super) fn name(&self, channel: &mut Channel) {
        let symbol = channel.unit.symbol().to_lowercase();
        let unit =
            self.units.iter().find(|(written, _)| written.to_lowercase() == symbol);
        if let Some((_, unit)) = unit {
            express_in(channel, unit);
        }
        let is_voltage = [Unit::VOLT, Unit::ARBITRARY].contains(&channel.unit);
        let label = &mut channel.label;
        let may_be_emg =
            label.kind == Kind::Emg || label.kind == Kind::Other && is_voltage;
        if let Some(muscle) = longest(&self.muscles, &label.name).filter(|_| may_be_emg) {
            (label.muscle, label.kind) = (Some(muscle), Kind::Emg);
        }
        label.side = longest(&self.sides, &label.name).or(label.side);
    }
}

/// What the longest of the words means that a name holds.
fn longest<T: Copy>(words: &BTreeMap<String, T>, name: &str) -> Option<T> {
    let held = words.iter().filter(|(word, _)| holds(name, word));
    held.max_by_key(|(word, _)| word.len()).map(|(_, meaning)| *meaning)
}

/// Gives a channel a unit that its file does not say: of voltages in volts.
pub(super) fn express_in(channel: &mut Channel, unit: &str) {
    let Some(volts) = Unit::voltage(unit) else {
        channel.unit = Unit::other(unit.to_owned());
        return;
    };
    // Dividing by the whole number 1000 or 1 000 000 rounds once; multiplying by 0.001
    // would round twice.
    let per_volt = (1.0 / volts).round();
    channel.samples.iter_mut().for_each(|sample| *sample /= per_volt);
    channel.rails = channel.rails.map(|(low, high)| (low / per_volt, high / per_volt));
    channel.unit = Unit::VOLT;
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
        let mut moved = Channel::new("Wade Acc X", Unit::other("g"), rate, vec![1.0]);
        vocabulary.name(&mut moved);
        assert_eq!((moved.label.muscle, moved.label.kind), (None, Kind::Acceleration));
        assert_eq!(vocabulary.role("S01_Vollkraft2"), Some(("vollkraft", Role::Mvc)));
        assert_eq!(vocabulary.role("halbvollkraft"), None);
        assert_eq!(vocabulary.task("Zehenstand".into()), "heel raise");
    }
}
