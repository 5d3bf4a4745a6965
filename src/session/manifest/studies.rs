//! The `study.toml` files that speak of the recordings, and what in them speaks of none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folders::slashes;
use super::walk::shown;
use super::{FOLDERS_ABOVE, FoundFile, Placed};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::session::head::StudyHead;
use crate::session::pattern::Pattern;
use crate::session::study::{
    ChannelEntry, Design, EventEntry, NamedEntries, RecordingEntry, Study, SubjectEntry,
};
use crate::session::vocabulary::Vocabulary;
use crate::signal::Legs;

/// A study with its folder.
#[derive(Debug)]
pub(super) struct StudyFile {
    pub(super) study: Study,
    pub(super) folder: PathBuf,
    path: PathBuf,
    /// BLAKE3 of the text that was read.
    blake3: String,
    entries: NamedEntries,
    /// The one in the next folder above that has one.
    above: Option<StudyAt>,
}

/// A study that many recordings share.
pub(super) type StudyAt = Arc<StudyFile>;

impl StudyFile {
    fn read(path: &Path, above: Option<StudyAt>) -> Result<StudyAt> {
        let text = files::read_text(path, files::MOST_OF_SETTINGS).map_err(|error| {
            Error::new(ErrorKind::Study, format!("cannot read the study: {error}"))
                .in_file(path)
        })?;
        let study = Study::from_toml(&text).map_err(|error| error.in_file(path))?;
        let path = files::absolute(path);
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let blake3 = blake3::hash(text.as_bytes()).to_hex().to_string();
        let entries = NamedEntries::of(&study);
        Ok(Arc::new(Self { study, folder, path, blake3, entries, above }))
    }

    /// This one and those in folders above it, which it adds to and outweighs key by key:
    /// the nearest first.
    pub(super) fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |study| study.above.as_deref())
    }

    /// What is said of a recording, and the folder of the file that names its events.
    pub(super) fn entry(&self, file: &Path) -> (RecordingEntry, PathBuf) {
        let (above, folder) = match &self.above {
            Some(above) => above.entry(file),
            None => (RecordingEntry::default(), self.folder.clone()),
        };
        let below = slashes(file.strip_prefix(&self.folder).unwrap_or(file));
        let own = self.entries.entry(&self.study, &below);
        let folder = if own.events.is_some() { self.folder.clone() } else { folder };
        (above.overlaid_by(&own), folder)
    }

    /// What is said of channels.
    pub(super) fn channels(&self) -> BTreeMap<String, ChannelEntry> {
        let mut channels =
            self.above.as_ref().map(|above| above.channels()).unwrap_or_default();
        for (name, own) in &self.study.channels {
            let above = channels.remove(name).unwrap_or_default();
            channels.insert(name.clone(), above.overlaid_by(own));
        }
        channels
    }

    /// The words of this study.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        let above = self.above.as_ref().map(|above| above.vocabulary());
        above.unwrap_or_default().overlaid_by(&self.study.vocabulary)
    }

    /// What is said of a person.
    pub(super) fn person(&self, subject: &str) -> SubjectEntry {
        let above = self.above.as_ref().map(|above| above.person(subject));
        let own = self.study.subjects.get(subject);
        above.unwrap_or_default().overlaid_by(own.unwrap_or(&SubjectEntry::default()))
    }

    /// What the heads of pages say.
    pub(super) fn head(&self) -> StudyHead {
        let above = self.above.as_ref().map(|above| above.head());
        above.unwrap_or_default().overlaid_by(&self.study.head())
    }

    /// The legs of a person.
    pub(super) fn legs(&self, subject: &str) -> Legs {
        let above =
            self.above.as_ref().map(|above| above.legs(subject)).unwrap_or_default();
        let own = self.study.legs(subject);
        Legs {
            involved: own.involved.or(above.involved),
            dominant: own.dominant.or(above.dominant),
        }
    }

    /// Its name in messages.
    fn shown(&self, placed: &[Placed]) -> String {
        let mut roots = placed.iter().map(|(_, found, _)| found.root.as_path());
        let root = roots.find(|root| self.path.starts_with(root));
        shown(&self.path, root.unwrap_or(&self.folder))
    }
}

/// The `study.toml` files already read.
pub(super) struct Studies {
    given: Option<StudyAt>,
    by_folder: BTreeMap<PathBuf, Option<StudyAt>>,
}

impl Studies {
    pub(super) fn new(given: Option<&Path>) -> Result<Self> {
        let given = given.map(|path| StudyFile::read(path, None)).transpose()?;
        Ok(Self { given, by_folder: BTreeMap::new() })
    }

    /// The study that speaks of a file: the given one, or the nearest `study.toml` beside
    /// or above the file with those above it, so that a file means the same however it is
    /// named; not further up than some folders above the input.
    pub(super) fn about(&mut self, file: &FoundFile) -> Result<Option<StudyAt>> {
        if let Some(given) = &self.given {
            return Ok(Some(given.clone()));
        }
        let top =
            file.root.ancestors().take(FOLDERS_ABOVE + 1).last().unwrap_or(&file.root);
        match file.path.parent() {
            Some(folder) => self.beside_or_above(folder, top),
            None => Ok(None),
        }
    }

    fn beside_or_above(&mut self, folder: &Path, top: &Path) -> Result<Option<StudyAt>> {
        if !folder.starts_with(top) {
            return Ok(None);
        }
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(known.clone());
        }
        let above = match folder.parent() {
            Some(parent) => self.beside_or_above(parent, top)?,
            None => None,
        };
        let path = folder.join("study.toml");
        let study = match path.exists() {
            true => Some(StudyFile::read(&path, above)?),
            false => above,
        };
        self.by_folder.insert(folder.to_owned(), study.clone());
        Ok(study)
    }
}

/// Where an event file may lie: beside the `study.toml` or beside the recording.
pub(super) fn event_places(
    name: &str,
    study_folder: &Path,
    recording: &Path,
) -> [PathBuf; 2] {
    [study_folder, recording.parent().unwrap_or(study_folder)]
        .map(|folder| files::absolute(&folder.join(name)))
}

/// All files that a study names as event files: no recordings.
pub(super) fn event_files(found: &[(FoundFile, Option<StudyAt>)]) -> BTreeSet<PathBuf> {
    // One look for each folder of recordings, however many these are.
    let mut folders: BTreeMap<(&Path, &Path), (&StudyFile, &Path)> = BTreeMap::new();
    for (file, study) in found {
        if let (Some(study), Some(folder)) = (study, file.path.parent()) {
            folders.insert((&study.folder, folder), (study, &file.path));
        }
    }
    let mut files = BTreeSet::new();
    let in_chains = folders.into_values().flat_map(|(study, recording)| {
        study.chain().map(move |study| (study, recording))
    });
    for (study, recording) in in_chains {
        for entry in study.study.recordings.values() {
            if let Some(EventEntry::File(name)) = &entry.events {
                files.extend(event_places(name, &study.folder, recording));
            }
        }
    }
    files
}

/// The studies that speak of some recording, each once.
fn studies(placed: &[Placed]) -> Vec<&StudyFile> {
    let by_folder: BTreeMap<&Path, &StudyFile> = placed
        .iter()
        .filter_map(|(_, _, study)| study.as_deref())
        .flat_map(StudyFile::chain)
        .map(|study| (study.folder.as_path(), study))
        .collect();
    by_folder.into_values().collect()
}

/// The `study.toml` files that speak of some recording, and the BLAKE3 of each.
pub(super) fn read_studies(placed: &[Placed]) -> Vec<(PathBuf, String)> {
    let read = |study: &StudyFile| (study.path.clone(), study.blake3.clone());
    studies(placed).into_iter().map(read).collect()
}

/// The title of the study: that of the outermost folder that has one.
pub(super) fn title(placed: &[Placed]) -> Option<String> {
    studies(placed).into_iter().find_map(|study| study.study.title.clone())
}

/// The design of the study; the first one where several are said, with a warning.
pub(super) fn design(placed: &[Placed]) -> (Option<Design>, Option<String>) {
    let mut different: Vec<&Design> = Vec::new();
    for design in studies(placed).iter().filter_map(|study| study.study.design.as_ref()) {
        if !different.contains(&design) {
            different.push(design);
        }
    }
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
    let names: BTreeSet<_> =
        placed.iter().filter_map(|(_, file, _)| file.path.file_name()).collect();
    let people: BTreeSet<&str> =
        placed.iter().map(|(place, ..)| place.subject.as_str()).collect();
    let is_found = |study: &StudyFile, name: &str| {
        let path = Path::new(name);
        let is_one = match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            None => path.file_name().is_some_and(|name| names.contains(name)),
            Some(_) => placed.iter().any(|(_, file, _)| file.path.ends_with(path)),
        };
        is_one || study.folder.join(name).exists()
    };

    let mut warnings = BTreeSet::new();
    for study in studies(placed) {
        let file = study.shown(placed);
        let plain = study.study.recordings.keys().filter(|name| !Pattern::is_in(name));
        for name in plain.filter(|name| !is_found(study, name)) {
            let said = format!("[recordings.\"{name}\"] fits no file");
            warnings.insert(format!("{file}: {said}"));
        }
        // A part of a study need not hold everybody.
        let is_whole =
            placed.iter().any(|(_, found, _)| study.folder.starts_with(&found.root));
        let idle = study.entries.without_a_file(|| {
            placed.iter().map(|(_, found, _)| {
                slashes(found.path.strip_prefix(&study.folder).unwrap_or(&found.path))
            })
        });
        for name in idle.into_iter().filter(|_| is_whole) {
            let said = format!("[recordings.\"{name}\"] fits no file");
            warnings.insert(format!("{file}: {said}"));
        }
        let nobody = study.study.subjects.keys();
        for name in nobody.filter(|name| is_whole && !people.contains(name.as_str())) {
            let said = format!("[subjects.{name}] is nobody of this study");
            warnings.insert(format!("{file}: {said}"));
        }
    }
    warnings.into_iter().collect()
}
