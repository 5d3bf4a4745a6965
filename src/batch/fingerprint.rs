//! What a session's results depend on, as one BLAKE3 hash: inputs, event files, study
//! entries, recipe and build; and what its page tells of them: who set the recipe's keys,
//! and which files were ignored.

use std::path::Path;

use serde::Serialize;

use super::Order;
use crate::files;
use crate::recipe::Recipe;
use crate::session::{Findings, RecordingInput, SessionInput, StudyHead};
use crate::units::Hertz;

/// The fingerprint of the program's sources.
pub const BUILD: &str = env!("SOLEUS_BUILD");

#[derive(Serialize)]
struct Dependencies<'a> {
    build: &'static str,
    recipe: &'a Recipe,
    rate: Option<Hertz>,
    subject: &'a str,
    session: &'a str,
    head: &'a StudyHead,
    settings: &'a [String],
    ignored: &'a [String],
    recordings: Vec<(&'a RecordingInput, String, Option<String>)>,
}

/// The hashes of a recording and of its event file.
type Hashes = (String, Option<String>);

/// The fingerprint of a session whose files were hashed while they were read: what changed
/// since is not what the findings rest on.
pub(super) fn of_findings(
    input: &SessionInput,
    order: &Order,
    findings: &Findings,
) -> String {
    of_session(input, order, |recording| {
        let same =
            findings.recordings.iter().find(|findings| findings.file == recording.file);
        same.map(|found| (found.blake3.clone(), found.events_blake3.clone()))
            .unwrap_or_default()
    })
}

/// The fingerprint that a session would have with its files as they are now.
pub(super) fn of_files(input: &SessionInput, order: &Order) -> String {
    of_session(input, order, |recording| {
        let events = recording.event_file().map(|path| of_file(&path));
        (of_file(&recording.path), events)
    })
}

fn of_session(
    input: &SessionInput,
    order: &Order,
    hashes_of: impl Fn(&RecordingInput) -> Hashes,
) -> String {
    let with_hashes = |recording| {
        let (blake3, events) = hashes_of(recording);
        (recording, blake3, events)
    };
    let (subject, session) = (&input.subject, &input.session);
    of_value(&Dependencies {
        build: BUILD,
        recipe: &order.recipe,
        rate: order.rate,
        subject,
        session,
        head: &input.head,
        settings: &order.settings,
        ignored: &input.ignored,
        recordings: input.recordings.iter().map(with_hashes).collect(),
    })
}

/// The fingerprint of anything that can be written down.
pub(super) fn of_value(value: &impl Serialize) -> String {
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default()).to_hex().to_string()
}

/// The BLAKE3 of a file; empty where it cannot be read.
pub(super) fn of_file(path: &Path) -> String {
    let hashed = || {
        blake3::Hasher::new()
            .update_reader(files::open(path)?)
            .map(|hasher| hasher.finalize())
    };
    hashed().map(|hash: blake3::Hash| hash.to_hex().to_string()).unwrap_or_default()
}
