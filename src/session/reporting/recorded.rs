//! How was recorded, as sentences with gaps.

use std::collections::BTreeSet;

use super::from_study::{FromStudy, OfElectrodes, OfTask};
use super::{MethodsPassage, Ran};
use crate::session::findings::ChannelFindings;
use crate::session::methods::listed;
use crate::signal::{Kind, Side};
use crate::words::spoken;

/// How was recorded, in short.
pub(super) fn in_short(
    task: &OfTask,
    electrodes: &OfElectrodes,
    ran: Ran<'_>,
) -> Vec<MethodsPassage> {
    let OfElectrodes { kind, size, distance, placement, skin, .. } = electrodes;
    let mut text = Sentences::beginning(&what(ran));
    text.say(" Electrodes: ", &[kind, size, distance, placement, skin]);
    text.say(" Task: ", &[&task.instructions, &task.posture]);
    text.0
}

/// The same with all that reports are asked to tell.
pub(super) fn whole(
    task: &OfTask,
    electrodes: &OfElectrodes,
    ran: Ran<'_>,
) -> Vec<MethodsPassage> {
    let OfElectrodes { kind, size, distance, placement, skin, reference, .. } =
        electrodes;
    let OfElectrodes { crosstalk, amplifier, filters, bits, .. } = electrodes;
    let mut text = Sentences::beginning(&what(ran));
    text.say(
        " Electrodes: ",
        &[kind, size, distance, placement, skin, reference, crosstalk],
    );
    text.say(" Acquisition: ", &[amplifier, filters, bits]);
    let mut told = vec![&task.instructions, &task.posture, &task.load];
    told.extend(&task.maximum);
    text.say(" Task: ", &told);
    text.0
}

struct Sentences(Vec<MethodsPassage>);

impl Sentences {
    fn beginning(words: &str) -> Self {
        Self(vec![MethodsPassage { text: words.to_owned(), key: None }])
    }

    /// A sentence of what was told, with gaps for what was not.
    fn say(&mut self, beginning: &str, told: &[&FromStudy]) {
        for (place, asked) in told.iter().enumerate() {
            self.words(if place == 0 { beginning } else { "; " });
            match &asked.words {
                Some(words) => self.words(words),
                None => self.0.push(MethodsPassage {
                    text: format!("{}: not told", asked.name),
                    key: Some(asked.key.to_owned()),
                }),
            }
        }
        self.words(".");
    }

    /// Words behind words are one passage.
    fn words(&mut self, words: &str) {
        match self.0.last_mut() {
            Some(MethodsPassage { text, key: None }) => text.push_str(words),
            _ => self.0.push(MethodsPassage { text: words.to_owned(), key: None }),
        }
    }
}

/// "Surface EMG of soleus on both sides was sampled at 1000 Hz."
fn what(ran: Ran<'_>) -> String {
    format!("Surface EMG of {} was sampled at {}.", muscles(ran), rates(ran))
}

/// The EMG channels of what was processed.
pub(super) fn channels(ran: Ran<'_>) -> impl Iterator<Item = &ChannelFindings> {
    let channels = ran.done().flat_map(|recording| &recording.channels);
    channels.filter(|channel| channel.kind == Kind::Emg)
}

/// The muscles and their sides; how many channels there are where one has no muscle.
pub(super) fn muscles(ran: Ran<'_>) -> String {
    let mut names: Vec<String> = Vec::new();
    for channel in channels(ran) {
        match channel.muscle.map(|muscle| muscle.name().to_owned()) {
            Some(name) if !names.contains(&name) => names.push(name),
            _ => {}
        }
    }
    if names.is_empty() || !all_known(ran) {
        let names: BTreeSet<&str> =
            channels(ran).map(|channel| channel.name.as_str()).collect();
        let count = names.len();
        return format!("{count} channel{}", if count == 1 { "" } else { "s" });
    }
    let has = |side| channels(ran).any(|channel| channel.side == Some(side));
    let sides = match (has(Side::Left), has(Side::Right)) {
        (true, true) => " on both sides",
        (true, false) => " on the left side",
        (false, true) => " on the right side",
        (false, false) => "",
    };
    format!("{}{sides}", listed(names).unwrap_or_default())
}

/// Whether every EMG channel has a muscle.
pub(super) fn all_known(ran: Ran<'_>) -> bool {
    channels(ran).all(|channel| channel.muscle.is_some())
}

pub(super) fn rates(ran: Ran<'_>) -> String {
    let mut rates: Vec<f64> = channels(ran).map(|channel| channel.rate_hz.hz()).collect();
    rates.sort_by(f64::total_cmp);
    let mut rates: Vec<String> = rates.into_iter().map(spoken).collect();
    rates.dedup();
    format!("{} Hz", listed(rates).unwrap_or_default())
}
