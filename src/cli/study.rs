//! `soleus study`: a study file checked, and its schema.

use std::path::Path;
use std::process::ExitCode;

use super::args::StudyAction;
use super::{SOME_FAILED, print_bytes, print_json, read_text};
use crate::error::Result;
use crate::files;
use crate::session::{self, Manifest, Protocol, Search, Study};
use crate::study::unknown_outcomes;
use crate::words::{counted, harmless};

pub(super) fn run(action: StudyAction) -> Result<ExitCode> {
    match action {
        StudyAction::Schema => print_json(&Study::schema()),
        StudyAction::Check { file } => check(&file),
    }
}

/// Reads a study, and holds the names in it against the folder in which it lies.
fn check(file: &Path) -> Result<ExitCode> {
    let study =
        Study::from_toml(&read_text(file)?).map_err(|error| error.in_file(file))?;
    let mut lines = vec![match said(&study) {
        said if said.is_empty() => "the study is right; it says nothing".to_owned(),
        said => format!("the study is right; it speaks of {}", said.join(", ")),
    }];

    let place = files::absolute(file);
    let folder = place.parent().unwrap_or(Path::new("/"));
    let search = Search { study: Some(file), ..Search::default() };
    let found = session::find(&[folder.to_owned()], &search);
    lines.push(match &found {
        Ok(found) => format!("below its folder are {}", counts(found)),
        Err(error) => format!("names were not held against files: {}", error.message()),
    });
    let outcomes = study.design.iter().flat_map(|design| &design.outcomes).cloned();
    let outcomes = unknown_outcomes(&outcomes.collect::<Vec<_>>());
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_its_own = |line: &&String| line.contains(&format!("{name}: ["));
    let warnings = found.map(|found| found.warnings).unwrap_or_default();
    let mut misspelt = warnings.iter().filter(is_its_own).chain(&outcomes).peekable();
    let status = match misspelt.peek() {
        Some(_) => ExitCode::from(SOME_FAILED),
        None => ExitCode::SUCCESS,
    };
    misspelt.for_each(|line| tell!("warning: {line}"));
    print_bytes(harmless(&(lines.join("\n") + "\n")).as_bytes()).map(|_| status)
}

/// What a study speaks of.
fn said(study: &Study) -> Vec<String> {
    let words = [
        study.vocabulary.muscles.len(),
        study.vocabulary.sides.len(),
        study.vocabulary.tasks.len(),
        study.vocabulary.roles.len(),
        study.vocabulary.units.len(),
    ];
    let heads = [
        study.title.as_ref().map(|title| format!("\"{title}\"")),
        study.protocol.as_ref().map(|protocol: &Protocol| protocol.describe()),
        study.electrodes.as_ref().map(|_| "the electrodes".to_owned()),
        study.subject.as_ref().map(|subject| format!("the person {subject}")),
        study.session.as_ref().map(|session| format!("the visit {session}")),
        study.design.as_ref().map(|_| "its [design]".to_owned()),
    ];
    let several = [
        (study.subjects.len(), "[subjects] entry"),
        (study.channels.len(), "[channels] entry"),
        (study.recordings.len(), "[recordings] entry"),
        (words.iter().sum(), "[vocabulary] entry"),
    ];
    let several = several.into_iter().filter(|(count, _)| *count > 0);
    let counted = several.map(|(count, noun)| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {}", noun.replace("entry", "entries")),
    });
    heads.into_iter().flatten().chain(counted).collect()
}

fn counts(found: &Manifest) -> String {
    let recordings = found.sessions.iter().map(|session| session.recordings.len()).sum();
    let sessions = counted(found.sessions.len(), "session");
    format!("{} of {sessions}", counted(recordings, "recording"))
}
