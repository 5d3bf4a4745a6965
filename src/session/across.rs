//! What the recordings of a session say of each other's channels.

use super::digested::Digested;
use super::findings::Role;
use crate::analysis::KnownRest;
use crate::analysis::quality::{Fault, RecordedLevel, SessionLevels};

/// Adds to every channel what the other recordings say against its level: another unit,
/// another gain, rest that is none.
pub(super) fn compare(session: &mut [Digested]) {
    let levels: SessionLevels = session.iter().flat_map(levels).collect();
    for digested in session.iter_mut() {
        let (recording, role) =
            (digested.findings.recording.clone(), digested.findings.role);
        for digest in digested.digests_mut() {
            let level = RecordedLevel::measure(digest, &recording, role == Role::Mvc);
            if let Some(doubt) = level.and_then(|level| level.doubt(&levels)) {
                digest.doubt_level(doubt);
            }
        }
    }
    doubt_rests(session);
}

/// The recording, with each of its channels whose unit may be another one.
pub(super) fn of_doubtful_unit(
    digested: &Digested,
) -> impl Iterator<Item = (&str, &str)> {
    let recording = digested.findings.recording.as_str();
    let digests = digested.digests().iter();
    let doubted = digests.filter(|one| one.quality.assessment.has(Fault::Unit));
    doubted.map(move |one| (recording, one.label.name.as_str()))
}

/// Adds to recordings of rest that another recording does not take them for its rest.
fn doubt_rests(session: &mut [Digested]) {
    let refuted = refuted_rests(session);
    for digested in session.iter_mut().filter(|one| one.findings.role == Role::Rest) {
        let recording = digested.findings.recording.clone();
        for digest in digested.digests_mut() {
            let is_it = |one: &&Refuted| {
                one.rest == recording && one.channel == digest.label.name
            };
            if let Some(Refuted { by, .. }) = refuted.iter().find(is_it) {
                digest.doubt_level(format!(
                    "level: {by} has quieter parts than this recording of rest: another \
                     gain, or the muscle did not rest"
                ));
            }
        }
    }
}

fn levels(digested: &Digested) -> Vec<RecordedLevel> {
    let (recording, role) = (&digested.findings.recording, digested.findings.role);
    let level = |digest| RecordedLevel::measure(digest, recording, role == Role::Mvc);
    digested.digests().iter().filter_map(level).collect()
}

/// A recording of rest that another recording does not take for the rest of a channel.
struct Refuted {
    rest: String,
    channel: String,
    by: String,
}

fn refuted_rests(session: &[Digested]) -> Vec<Refuted> {
    let mut refuted = Vec::new();
    for digested in session {
        for digest in digested.digests() {
            // One whose own level is doubted refutes nothing.
            let is_sound = !digest.quality.assessment.has(Fault::Unit);
            let doubted = |rest: &&KnownRest| rest.doubt.is_some() && is_sound;
            let Some(rest) = digest.rest.as_ref().filter(doubted) else { continue };
            refuted.push(Refuted {
                rest: rest.recording.clone(),
                channel: digest.label.name.clone(),
                by: digested.findings.recording.clone(),
            });
        }
    }
    refuted
}
