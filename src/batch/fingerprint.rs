//! What a session's results depend on, as one BLAKE3 hash: inputs, event files, study
//! entries, recipe and build.

use std::path::Path;

use serde::Serialize;

use crate::recipe::Recipe;
use crate::session::{RecordingInput, SessionInput};
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
    recordings: Vec<(&'a RecordingInput, String, Option<String>)>,
}

/// The fingerprint of a session whose files have these hashes.
pub(super) fn of_session(
    input: &SessionInput,
    recipe: &Recipe,
    rate: Option<Hertz>,
    hash_of: impl Fn(&RecordingInput) -> String,
) -> String {
    let event_hash =
        |recording: &RecordingInput| recording.event_file().map(|path| of_file(&path));
    let recordings = input
        .recordings
        .iter()
        .map(|recording| (recording, hash_of(recording), event_hash(recording)))
        .collect();
    let (subject, session) = (&input.subject, &input.session);
    of_value(&Dependencies { build: BUILD, recipe, rate, subject, session, recordings })
}

/// The fingerprint of anything that can be written down.
pub(super) fn of_value(value: &impl Serialize) -> String {
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default()).to_hex().to_string()
}

/// The BLAKE3 of a file; empty where it cannot be read.
pub(super) fn of_file(path: &Path) -> String {
    let hashed = || {
        blake3::Hasher::new()
            .update_reader(std::fs::File::open(path)?)
            .map(|hasher| hasher.finalize())
    };
    hashed().map(|hash: blake3::Hash| hash.to_hex().to_string()).unwrap_or_default()
}
