//! What a number or a figure is of: a muscle or several, and on which side.

use std::collections::HashMap;

use super::shown::{judged, muscle_or_name};
use crate::session::{ChannelFindings, RecordingFindings};
use crate::signal::Side;

/// The column in which a number stands beside the others of its muscle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// No side, or none that is known.
    One,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// Left and right together.
    Both,
}

/// A muscle or several of them, and the column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) column: Column,
}

/// The channels of a recording by name.
pub(super) struct Subjects<'a> {
    channels: HashMap<&'a str, Subject>,
}

impl<'a> Subjects<'a> {
    pub(super) fn of(recording: &'a RecordingFindings) -> Self {
        let mut count: HashMap<(String, Option<Side>), usize> = HashMap::new();
        let place = |channel: &ChannelFindings| (muscle_or_name(channel), channel.side);
        for channel in judged(recording) {
            *count.entry(place(channel)).or_default() += 1;
        }
        let subject = |channel: &'a ChannelFindings| {
            let (muscle, side) = place(channel);
            // Several electrodes on one muscle are told apart by the name in the file.
            let several =
                count.get(&(muscle.clone(), side)).is_some_and(|&many| many > 1);
            let name = match several {
                true => format!("{muscle} ({})", channel.name),
                false => muscle,
            };
            (channel.name.as_str(), Subject { name, column: column(side) })
        };
        Self { channels: recording.channels.iter().map(subject).collect() }
    }

    /// What a channel, or the names of several joined by ` ~ `, is of.
    pub(super) fn find(&self, channel: Option<&str>) -> Subject {
        let Some(channel) = channel else {
            return Subject { name: "Whole recording".to_owned(), column: Column::One };
        };
        if let Some(subject) = self.channels.get(channel) {
            return subject.clone();
        }
        let parts: Option<Vec<&Subject>> =
            channel.split(" ~ ").map(|part| self.channels.get(part)).collect();
        parts
            .and_then(|parts| joined(&parts))
            .unwrap_or_else(|| Subject { name: channel.to_owned(), column: Column::One })
    }
}

fn column(side: Option<Side>) -> Column {
    match side {
        Some(Side::Left) => Column::Left,
        Some(Side::Right) => Column::Right,
        None => Column::One,
    }
}

/// One muscle on both sides, or several muscles of one side; `None` of any other mixture.
fn joined(parts: &[&Subject]) -> Option<Subject> {
    let (first, others) = parts.split_first()?;
    let one_muscle = others.iter().all(|part| part.name == first.name);
    let one_side = others.iter().all(|part| part.column == first.column);
    if one_muscle && !one_side {
        return Some(Subject { name: first.name.clone(), column: Column::Both });
    }
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    one_side.then(|| Subject { name: names.join(" ~ "), column: first.column })
}
