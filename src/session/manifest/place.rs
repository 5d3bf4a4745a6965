//! Subject and session of a file: what the study says, then BIDS-like names, then folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::role::is_of_a_role;
use super::studies::StudyFile;
use super::{FOLDERS_ABOVE, FoundFile, Placed, StudyAt};
use crate::session::study::Study;
use crate::session::task::{is_person, is_visit};

/// Where a recording belongs: sessions with equal places are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SessionPlace {
    pub(super) subject: String,
    pub(super) session: String,
    /// Keeps folders apart that happen to give the same names.
    folder: PathBuf,
}

/// Places every file. Where folders would fall together as one subject and session
/// (`S01/pre` and `S02/pre` given as inputs of their own), the folders above the inputs
/// tell them apart.
pub(super) fn apart(files: Vec<(FoundFile, Option<StudyAt>)>) -> Vec<Placed> {
    let places = |above: usize| -> Vec<SessionPlace> {
        files.iter().map(|(file, study)| place(file, study.as_deref(), above)).collect()
    };
    let collide = |places: &[SessionPlace]| {
        let folders: BTreeSet<&SessionPlace> = places.iter().collect();
        let names: BTreeSet<_> =
            folders.iter().map(|place| (&place.subject, &place.session)).collect();
        names.len() < folders.len()
    };
    let flat = Flat::of(&files);
    let places = |above: usize| {
        let mut places = places(above);
        places.iter_mut().zip(&files).for_each(|(place, (file, study))| {
            flat.name(place, file, study.as_deref());
        });
        places
    };
    let chosen = (0..=FOLDERS_ABOVE)
        .map(places)
        .find(|places| !collide(places))
        .unwrap_or_else(|| places(0));
    chosen
        .into_iter()
        .zip(files)
        .map(|(place, (file, study))| (place, file, study))
        .collect()
}

/// Subject and session of a file: what the study says, then BIDS-like names, then folders
/// from `above` levels above the input on.
fn place(file: &FoundFile, study: Option<&StudyFile>, above: usize) -> SessionPlace {
    let said = |of: fn(&Study) -> &Option<String>| {
        study.and_then(|study| study.chain().find_map(|one| of(&one.study).clone()))
    };
    let names: Vec<String> = file
        .path
        .components()
        .rev()
        .map(|part| part.as_os_str().to_string_lossy().into())
        .collect();
    let subject = names.iter().find_map(|name| entity(name, "sub-"));
    let session = names.iter().find_map(|name| entity(name, "ses-"));
    let mut folder = file.path.parent().map(Path::to_path_buf).unwrap_or_default();
    // Trials of reference in a folder of their own belong to the session above it.
    let own = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if is_of_a_role(&own) && folder != file.root {
        folder.pop();
    }
    let root = file.root.ancestors().nth(above).unwrap_or(&file.root);
    let (folder_subject, folder_session) = by_folder(&folder, root);
    let bids = subject.is_some();
    let session_of_folder = if bids { "1".to_owned() } else { folder_session };
    SessionPlace {
        subject: said(|study| &study.subject).or(subject).unwrap_or(folder_subject),
        session: said(|study| &study.session).or(session).unwrap_or(session_of_folder),
        folder: if bids { dataset_of(&file.path) } else { folder },
    }
}

/// The folder that holds a file's `sub-…` folder; the file's own where only its name
/// speaks of a subject.
fn dataset_of(path: &Path) -> PathBuf {
    let is_subject = |folder: &&Path| {
        folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sub-"))
    };
    let subject = path.ancestors().skip(1).find(is_subject);
    subject
        .and_then(Path::parent)
        .or(path.parent())
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// `sub-01` of `sub-01_ses-02_task-heelraise_emg.csv`.
fn entity(name: &str, key: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or(name);
    stem.split('_')
        .find(|part| part.len() > key.len() && part.starts_with(key))
        .map(str::to_owned)
}

/// `P03/visit1` is session `visit1` of subject `P03`; a folder alone is a subject with
/// session `1`.
fn by_folder(folder: &Path, root: &Path) -> (String, String) {
    let below: Vec<String> = folder
        .strip_prefix(root)
        .unwrap_or(folder)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into())
        .collect();
    match below.split_last() {
        None => (
            root.file_name()
                .map_or_else(|| "1".into(), |name| name.to_string_lossy().into()),
            "1".into(),
        ),
        Some((only, [])) => (only.clone(), "1".into()),
        // Folders of visits that hold folders of people.
        Some((person, [visit])) if is_person(person) && is_visit(visit) => {
            (person.clone(), visit.clone())
        }
        Some((last, before)) => (before.join("-"), last.clone()),
    }
}

/// Folders that hold the recordings of several people or visits, told by the names of the
/// files: `S01_V1_hold.csv` beside `S02_V1_hold.csv`.
struct Flat {
    /// The folders, and whether their files tell visits.
    folders: BTreeMap<PathBuf, bool>,
}

impl Flat {
    fn of(files: &[(FoundFile, Option<StudyAt>)]) -> Self {
        let mut people: BTreeMap<PathBuf, [BTreeSet<String>; 2]> = BTreeMap::new();
        for (file, _) in files {
            let Some(folder) = file.path.parent() else { continue };
            let [persons, visits] = people.entry(folder.to_owned()).or_default();
            let (person, visit) = named(&file.path);
            persons.extend(person);
            visits.extend(visit);
        }
        let is_flat = |(folder, [persons, visits]): (PathBuf, [BTreeSet<String>; 2])| {
            let own =
                folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (persons.len() > 1 && !is_person(&own) && !is_visit(&own))
                .then_some((folder, visits.len() > 1))
        };
        Self { folders: people.into_iter().filter_map(is_flat).collect() }
    }

    /// Person and visit of a file in such a folder, where no study says others.
    fn name(
        &self,
        place: &mut SessionPlace,
        file: &FoundFile,
        study: Option<&StudyFile>,
    ) {
        let folder = file.path.parent().unwrap_or(&file.path);
        let (Some(has_visits), (Some(person), visit)) =
            (self.folders.get(folder), named(&file.path))
        else {
            return;
        };
        let says = |of: fn(&Study) -> &Option<String>| {
            study.is_some_and(|study| study.chain().any(|one| of(&one.study).is_some()))
        };
        if !says(|study| &study.subject) {
            place.subject = person;
        }
        if !says(|study| &study.session) {
            place.session = visit.filter(|_| *has_visits).unwrap_or_else(|| "1".into());
        }
    }
}

/// The person and the visit that the name of a file begins with, or holds: `S01_V1_hold`.
fn named(path: &Path) -> (Option<String>, Option<String>) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let parts: Vec<&str> =
        stem.split(['_', '-', ' ', '.']).filter(|part| !part.is_empty()).collect();
    let joined: Vec<String> = parts.windows(2).map(|pair| pair.concat()).collect();
    let all =
        || parts.iter().map(|part| (*part).to_owned()).chain(joined.iter().cloned());
    (all().find(|part| is_person(part)), all().find(|part| is_visit(part)))
}
