//! Which measures a study compares, shows and summarises: what the facts of the measures
//! say of their use.

use super::MeasureRow;
use crate::analysis::dictionary::{self, is_for};
use crate::outcome::fact::{Known, MeasureKind, Relative, Use};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Text, Verdict};

/// Whether later visits are compared in a measure: in relative ones, because volts of
/// different days and electrodes compare nothing.
pub(super) fn is_compared(measure: &str) -> bool {
    is_for(measure, Use::Comparison)
}

/// Whether the page shows the comparison of a measure that rests on so many epochs: on
/// enough to say something.
pub(super) fn is_shown_compared(measure: &str, epochs: Option<u64>) -> bool {
    is_for(measure, Use::ShownComparison)
        && epochs.is_some_and(|n| n >= FEWEST_FOR_A_TREND as u64)
}

/// Whether the reliability of a measure is told: of those that compare sides or times and
/// need no volts. What is relative to a recording's own peak compares no recordings.
pub(super) fn is_reliable(row: &MeasureRow) -> bool {
    is_for(&row.measure, Use::Reliability) && row.relative_to != Some(Relative::OwnPeak)
}

/// Whether the page shows how a measure differs between visits.
pub(super) fn is_shown_between_visits(measure: &str) -> bool {
    is_for(measure, Use::ShownReliability)
}

/// The numbers of a session that are shown at a glance, in their order; of those that
/// share a place the first that has a value, which is the one that compares people.
pub(super) fn at_a_glance() -> Vec<Vec<Known>> {
    let known = dictionary::used_for(Use::Headline);
    let places = known.chunk_by(|one, other| one.0 == other.0);
    let place = |place: &[(u8, Known)]| {
        let mut known: Vec<Known> = place.iter().map(|(_, known)| *known).collect();
        known.sort_by_key(|known| !known.compares().people);
        known
    };
    places.map(place).collect()
}

/// Whether a measure has the epochs that it needs to stand alone.
pub(super) fn has_its_epochs(measure: &Measure) -> bool {
    !is_slope(&measure.name) || measure.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND)
}

/// What the study page opens with, where the study says nothing.
pub(super) fn default_outcomes() -> Vec<Text> {
    named(Use::Opening)
}

/// Whether a measure tells how something changes in a recording.
pub(super) fn is_slope(measure: &str) -> bool {
    let known = dictionary::known(measure);
    known.is_some_and(|known| known.fact.kind == MeasureKind::Slope)
}

/// Whether a value can be set beside that of another visit: it is there, its channel is
/// not bad, a slope has the epochs for it, and it is not relative to its own peak.
pub(super) fn speaks_of_change(row: &MeasureRow) -> bool {
    let has_its_epochs = row.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND as u64);
    row.value.is_some()
        && row.quality != Some(Verdict::Bad)
        && row.relative_to != Some(Relative::OwnPeak)
        && (!is_slope(&row.measure) || has_its_epochs)
}

/// The measures whose distributions over the study are shown, in their order.
pub(super) fn distributions() -> Vec<Text> {
    named(Use::Distribution)
}

/// The names of the measures of a use, in its order.
fn named(make: fn(u8) -> Use) -> Vec<Text> {
    dictionary::used_for(make).into_iter().map(|(_, known)| known.name()).collect()
}
