//! Which channels are compared with each other: the left and the right one of a muscle.

use super::Digest;
use crate::outcome::Note;
use crate::signal::{Kind, Muscle, Side};

/// Why spectra of the sides are not compared where their epochs differ in kind.
pub(super) const OTHER_EPOCHS: &str =
    "the epochs of one side are whole contractions, those of the other windows of time";

/// A left and a right channel of one muscle, with what an analysis knows of each.
#[derive(Debug)]
pub struct Pair<'a, T> {
    /// The muscle.
    pub muscle: Muscle,
    /// The left channel.
    pub left: &'a Digest,
    /// The right channel.
    pub right: &'a Digest,
    /// What is compared of the left and of the right channel.
    pub(super) sides: [&'a T; 2],
}

// Derived ones would ask for `T: Clone`.
impl<T> Clone for Pair<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pair<'_, T> {}

impl<T> Pair<'_, T> {
    /// Whether both sides have one rate and begin with the same sample.
    pub(super) fn same_clock(&self) -> bool {
        let apart = (self.left.start_s - self.right.start_s).abs() * self.left.rate.hz();
        self.left.rate == self.right.rate && apart < 0.5
    }
}

/// The first EMG channel of a muscle and side.
pub(super) fn channel(
    channels: &[Digest],
    muscle: Muscle,
    side: Option<Side>,
) -> Option<&Digest> {
    let wanted = |channel: &&Digest| {
        let label = &channel.label;
        label.muscle == Some(muscle) && label.side == side && label.kind == Kind::Emg
    };
    channels.iter().find(wanted)
}

/// The pairs of a recording in the order in which the muscles appear, and what is to be
/// said about channels that found no partner or had a choice. Only EMG channels whose
/// muscle and side are known, and of which `part` is there, are paired: the first left
/// with the first right channel of a muscle, the second with the second, …
pub(super) fn pairs<T>(
    channels: &[Digest],
    part: impl Fn(&Digest) -> Option<&T>,
) -> (Vec<Pair<'_, T>>, Vec<Note>) {
    let (mut found, mut notes, mut muscles) = (Vec::new(), Vec::new(), Vec::new());
    for muscle in channels.iter().filter_map(|channel| channel.label.muscle) {
        if muscles.contains(&muscle) {
            continue;
        }
        muscles.push(muscle);
        let of = |side: Side| -> Vec<(&Digest, &T)> {
            let wanted = |channel: &&Digest| {
                let label = &channel.label;
                label.muscle == Some(muscle)
                    && label.side == Some(side)
                    && label.kind == Kind::Emg
            };
            channels
                .iter()
                .filter(wanted)
                .filter_map(|channel| Some((channel, part(channel)?)))
                .collect()
        };
        let (left, right) = (of(Side::Left), of(Side::Right));
        notes.extend(pairing_note(muscle, left.len(), right.len()));
        let pair = |((left, one), (right, other))| Pair {
            muscle,
            left,
            right,
            sides: [one, other],
        };
        found.extend(left.into_iter().zip(right).map(pair));
    }
    (found, notes)
}

fn pairing_note(muscle: Muscle, left: usize, right: usize) -> Option<Note> {
    let name = muscle.name();
    match (left, right) {
        (0, 0) | (1, 1) => None,
        (_, 0) => Some(Note::info(format!(
            "{name}: no right channel to compare the left one with."
        ))),
        (0, _) => Some(Note::info(format!(
            "{name}: no left channel to compare the right one with."
        ))),
        (l, r) => Some(Note::caution(format!(
            "{name}: {l} left and {r} right channels; they were paired in the order of the file{}.",
            if l == r { "" } else { ", and what was left over was not compared" }
        ))),
    }
}
