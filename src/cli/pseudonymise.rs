//! `soleus pseudonymise`: a copy of a study with codes for names.

use std::process::ExitCode;

use super::args::Pseudonymise;
use super::{NOTHING_DONE, SOME_FAILED};
use crate::error::Result;
use crate::pseudonymise::{PseudonymOrder, Pseudonymised, pseudonymise};
use crate::words::{counted, shortened};

/// The most characters of a list of persons.
const LONGEST_LIST: usize = 800;

pub(super) fn run(arguments: Pseudonymise) -> Result<ExitCode> {
    let Pseudonymise { inputs, out, key } = arguments;
    let order = PseudonymOrder { inputs, out, key };
    let done = pseudonymise(&order)?;
    tell_files(&done);
    tell_end(&done, &order);
    Ok(status(&done))
}

fn tell_files(done: &Pseudonymised) {
    for (file, reason) in &done.left_out {
        tell!("left out: {}: {reason}", file.display());
    }
    for note in &done.notes {
        tell!("note: {note}");
    }
}

fn tell_end(done: &Pseudonymised, order: &PseudonymOrder) {
    tell!(
        "wrote {} of {} to {}; the key is {}: keep it apart",
        counted(done.files, "file"),
        counted(done.persons.len(), "person"),
        order.out.display(),
        order.key.display()
    );
    // Whether these are persons is for somebody to see: folders tell subjects.
    let persons: Vec<&str> = done.persons.iter().map(String::as_str).collect();
    tell!("taken for persons: {}", shortened(&persons.join(", "), LONGEST_LIST));
    tell!(
        "names were replaced as they stand in folders and study.toml, in any order and \
         case; look yourself for initials, other spellings, dates, and what else tells who \
         somebody is. Only recordings, their event files and study.toml were copied"
    );
}

fn status(done: &Pseudonymised) -> ExitCode {
    match (done.files, done.left_out.len()) {
        (0, _) => ExitCode::from(NOTHING_DONE),
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(SOME_FAILED),
    }
}
