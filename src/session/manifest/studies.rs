//! The `study.toml` files that speak of the recordings, and what in them speaks of none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::place::FOLDERS_ABOVE;
use super::walk::absolute;
use super::{FoundFile, Placed, StudyAt};
use crate::error::{Error, ErrorKind, Result};
use crate::session::study::{Design, EventEntry, Study};

/// The `study.toml` files already read.
pub(super) struct Studies {
    given: Option<StudyAt>,
    by_folder: BTreeMap<PathBuf, Option<Study>>,
}

impl Studies {
    pub(super) fn new(given: Option<&Path>) -> Result<Self> {
        let given = given
            .map(|path| {
                let folder =
                    absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
                read_study(path).map(|study| (study, folder))
            })
            .transpose()?;
        Ok(Self { given, by_folder: BTreeMap::new() })
    }

    /// The study that speaks of a file, with its folder: the given one, or the nearest
    /// `study.toml` beside or above the file, so that a file means the same however it is
    /// named; not further up than some folders above the input.
    pub(super) fn about(&mut self, file: &FoundFile) -> Result<Option<StudyAt>> {
        if let Some(given) = &self.given {
            return Ok(Some(given.clone()));
        }
        let top =
            file.root.ancestors().take(FOLDERS_ABOVE + 1).last().unwrap_or(&file.root);
        for folder in
            file.path.ancestors().skip(1).take_while(|folder| folder.starts_with(top))
        {
            if !self.by_folder.contains_key(folder) {
                let path = folder.join("study.toml");
                let study = if path.is_file() { Some(read_study(&path)?) } else { None };
                self.by_folder.insert(folder.to_owned(), study);
            }
            if let Some(Some(study)) = self.by_folder.get(folder) {
                return Ok(Some((study.clone(), folder.to_owned())));
            }
        }
        Ok(None)
    }
}

fn read_study(path: &Path) -> Result<Study> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(ErrorKind::Study, format!("cannot read the study: {error}"))
            .in_file(path)
    })?;
    Study::from_toml(&text).map_err(|error| error.in_file(path))
}

/// Where an event file may lie: beside the `study.toml` or beside the recording.
pub(super) fn event_places(
    name: &str,
    study_folder: &Path,
    recording: &Path,
) -> [PathBuf; 2] {
    [study_folder, recording.parent().unwrap_or(study_folder)]
        .map(|folder| absolute(&folder.join(name)))
}

pub(super) fn event_files(found: &[(FoundFile, Option<StudyAt>)]) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for (file, study) in found {
        let Some((study, folder)) = study else {
            continue;
        };
        for entry in study.recordings.values() {
            if let Some(EventEntry::File(name)) = &entry.events {
                files.extend(event_places(name, folder, &file.path));
            }
        }
    }
    files
}

/// The design of the study; the first one where several are said, with a warning.
pub(super) fn design(placed: &[Placed]) -> (Option<Design>, Option<String>) {
    let designs =
        placed.iter().filter_map(|(_, _, study)| study.as_ref()?.0.design.as_ref());
    let mut different: Vec<&Design> = Vec::new();
    designs.for_each(|design| {
        if !different.contains(&design) {
            different.push(design)
        }
    });
    let warning =
        || "several study.toml give different designs; the first one is used".to_owned();
    (
        different.first().map(|design| (*design).clone()),
        (different.len() > 1).then(warning),
    )
}

/// Recordings and persons that a study names and that are nowhere: most often a misspelt
/// name.
pub(super) fn unmatched(placed: &[Placed]) -> Vec<String> {
    let mut warnings = BTreeSet::new();
    for (_, _, study) in placed {
        let Some((study, folder)) = study else {
            continue;
        };
        for name in
            study.recordings.keys().filter(|name| !name.contains(['*', '?', '[', '{']))
        {
            let found = placed.iter().any(|(_, file, _)| file.path.ends_with(name))
                || folder.join(name).exists();
            if !found {
                warnings.insert(format!(
                    "{}: [recordings.\"{name}\"] fits no file",
                    folder.join("study.toml").display()
                ));
            }
        }
        // A part of a study need not hold everybody.
        let is_whole = placed.iter().any(|(_, file, _)| folder.starts_with(&file.root));
        let is_nobody = |name: &&String| {
            is_whole && placed.iter().all(|(place, ..)| place.subject != **name)
        };
        for name in study.subjects.keys().filter(is_nobody) {
            let study = folder.join("study.toml");
            warnings.insert(format!(
                "{}: [subjects.{name}] is nobody of this study",
                study.display()
            ));
        }
    }
    warnings.into_iter().collect()
}
