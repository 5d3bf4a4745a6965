//! What a number in per cent of a reference inherits from it: its error, and its doubts.

use std::collections::HashMap;

use crate::analysis::{Digest, ReferenceStanding, dictionary};
use crate::outcome::fact::Relative;
use crate::outcome::{Measure, Outcome, Verdict};

/// Gives every number that rests on references what they say of it.
pub(super) fn inherit(outcomes: &mut [Outcome], channels: &[Digest]) {
    // The first channel of a name counts.
    let named: HashMap<&str, &Digest> =
        channels.iter().rev().map(|one| (one.label.name.as_str(), one)).collect();
    let rows = outcomes.iter_mut().flat_map(|outcome| &mut outcome.measures);
    for row in rows.filter(|row| row.value.is_some() && is_activation(row)) {
        let Some(name) = row.channel.clone() else { continue };
        match of(&name, &named)[..] {
            [one] => inherit_one(row, &one.standing),
            ref both => inherit_pair(row, both),
        }
    }
}

/// Whether a row is in per cent of the session's reference, or made of such.
pub(super) fn is_activation(row: &Measure) -> bool {
    let usual = dictionary::known(&row.name).map(|known| known.fact.relative_to);
    row.relative_to.or(usual) == Some(Relative::Reference)
}

/// The channel of a name, or both of a pair.
fn of<'a>(name: &str, named: &HashMap<&str, &'a Digest>) -> Vec<&'a Digest> {
    let find = |name: &str| named.get(name).copied();
    match find(name) {
        Some(one) => vec![one],
        None => name.split(" ~ ").filter_map(find).collect(),
    }
}

fn inherit_one(row: &mut Measure, standing: &ReferenceStanding) {
    if let (Some(value), Some(interval)) = (row.value, row.interval) {
        row.interval = Some(standing.widen(value, interval));
        if standing.is_maximum {
            add(row, scatter_words(standing));
        }
    }
    if standing.is_maximum && row.unit.symbol() == "%" && row.value > Some(100.0) {
        add(row, "above 100 %: more than the reference, a mean over its window");
    }
    doubt(row, standing);
}

/// The error of both references is in the interval of a pair already.
fn inherit_pair(row: &mut Measure, channels: &[&Digest]) {
    let standings = channels.iter().map(|channel| &channel.standing);
    if row.interval.is_some() && standings.clone().any(|standing| standing.is_maximum) {
        let least = standings.clone().find(|standing| standing.reach.is_none());
        let words = least.or(standings.clone().next()).map_or("", scatter_words);
        add(row, words);
    }
    for channel in channels {
        doubt(row, &channel.standing);
    }
}

fn scatter_words(standing: &ReferenceStanding) -> &'static str {
    match standing.reach {
        Some(_) => {
            "the scatter of the reference's trials is in this interval: half the difference \
             of the two best, and with four times its weight the usual one, 7 %"
        }
        None => "the reference's own error is not in this interval: it has one trial",
    }
}

fn doubt(row: &mut Measure, standing: &ReferenceStanding) {
    if !standing.remark.is_empty() {
        add(row, &standing.remark);
    }
    if standing.is_doubtful {
        row.verdict = row.verdict.max(Some(Verdict::Check));
    }
}

/// Adds to what stands beside a number.
fn add(row: &mut Measure, words: &str) {
    let note = match row.note.take() {
        Some(note) if note.contains(words) => note.into_owned(),
        Some(note) => format!("{note}; {words}"),
        None => words.to_owned(),
    };
    row.note = Some(note.into());
}
