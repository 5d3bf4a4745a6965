//! Subject and session of a file: what the study says, then BIDS-like names, then folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::role::{is_of_a_role, speaks_of_a_role};
use super::studies::StudyFile;
use super::{FOLDERS_ABOVE, FoundFile, Placed, StudyAt};
use crate::session::study::Study;
use crate::session::task::{is_person, is_visit, key};

/// Where a recording belongs: sessions with equal places are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SessionPlace {
    pub(super) subject: String,
    pub(super) session: String,
    /// Keeps folders apart that happen to give the same names.
    folder: PathBuf,
}

/// Places every file, and says whose people are told by the names of files. Where folders
/// would fall together as one subject and session (`S01/pre` and `S02/pre` given as inputs
/// of their own), the folders above the inputs tell them apart.
pub(super) fn apart(
    files: Vec<(FoundFile, Option<StudyAt>)>,
) -> (Vec<Placed>, Vec<String>) {
    let flat = Flat::of(&files);
    let places = |above: usize| -> Vec<(SessionPlace, String)> {
        let place = |(file, study): &(FoundFile, Option<StudyAt>)| {
            place(file, study.as_deref(), &flat, above)
        };
        flat.adopted(files.iter().map(place).collect(), &files)
    };
    let collide = |places: &[(SessionPlace, String)]| {
        let folders: BTreeSet<&SessionPlace> =
            places.iter().map(|(place, _)| place).collect();
        let names: BTreeSet<_> =
            folders.iter().map(|place| (&place.subject, &place.session)).collect();
        names.len() < folders.len()
    };
    let chosen = (0..=FOLDERS_ABOVE)
        .map(places)
        .find(|places| !collide(places))
        .unwrap_or_else(|| places(0));
    let told = flat.describe().into_iter().chain(made_one(&places(0))).collect();
    let placed = chosen.into_iter().zip(files);
    let placed = placed.map(|((place, _), (file, study))| (place, file, study)).collect();
    (placed, told)
}

/// Persons whom folders or names tell apart and a study's `subject` does not.
fn made_one(places: &[(SessionPlace, String)]) -> Vec<String> {
    let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (place, own) in places.iter().filter(|(_, own)| is_person(own)) {
        people.entry(&place.subject).or_default().insert(own);
    }
    let several = people.into_iter().filter(|(_, own)| own.len() > 1);
    let told = several.map(|(subject, own)| {
        let own: Vec<&str> = own.into_iter().collect();
        format!(
            "study.toml says that {} are one person, {subject}; where they are not, say \
             subject in a study.toml of each",
            own.join(", ")
        )
    });
    told.collect()
}

/// Subject and session of a file: what the study says, then BIDS-like names, then names of
/// files in folders of several people, then folders from `above` levels above the input
/// on. The second name is that of the subject without a study.
fn place(
    file: &FoundFile,
    study: Option<&StudyFile>,
    flat: &Flat,
    above: usize,
) -> (SessionPlace, String) {
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
    let folder = session_folder(file);
    let root = file.root.ancestors().nth(above).unwrap_or(&file.root);
    let (folder_subject, folder_session) =
        flat.named(&file.path).unwrap_or_else(|| by_folder(&folder, root));
    let bids = subject.is_some();
    let session_of_folder = if bids { "1".to_owned() } else { folder_session };
    let own = subject.unwrap_or(folder_subject);
    let place = SessionPlace {
        subject: said(|study| &study.subject).unwrap_or_else(|| own.clone()),
        session: said(|study| &study.session).or(session).unwrap_or(session_of_folder),
        folder: if bids { dataset_of(&file.path) } else { folder },
    };
    (place, own)
}

/// The folder of a file's session: trials of reference in a folder of their own belong to
/// the one above it.
fn session_folder(file: &FoundFile) -> PathBuf {
    let folder = file.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let is_of_a_role = is_of_a_role(&last_name(&folder)) && folder != file.root;
    match folder.parent() {
        Some(above) if is_of_a_role => above.to_owned(),
        _ => folder,
    }
}

fn last_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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

/// Folders that hold the recordings of several people, told by the names of the files:
/// `S01_V1_hold.csv` beside `S02_V1_hold.csv`.
struct Flat {
    folders: BTreeMap<PathBuf, People>,
}

/// The people and visits that the names of the files of a folder tell.
#[derive(Default)]
struct People {
    persons: BTreeSet<String>,
    visits: BTreeSet<String>,
    files: usize,
    /// How many names tell a person.
    told: usize,
    /// How many say nothing else: `S1.csv` may be the first set as well.
    bare: usize,
    /// Whether the folder is one of reference trials or of rest, which are those of
    /// sessions elsewhere.
    is_of_a_role: bool,
}

impl Flat {
    fn of(files: &[(FoundFile, Option<StudyAt>)]) -> Self {
        let mut folders: BTreeMap<PathBuf, People> = BTreeMap::new();
        for (file, _) in files {
            let folder = file.path.parent().map(Path::to_path_buf).unwrap_or_default();
            folders.entry(folder).or_default().take(&file.path);
        }
        for (folder, people) in &mut folders {
            people.is_of_a_role = speaks_of_a_role(&last_name(folder));
        }
        folders.retain(|folder, people| people.share(&last_name(folder)));
        Self { folders }
    }

    /// The places, in which trials of reference in a folder of their own lie with the
    /// session of their person and visit, wherever it is.
    fn adopted(
        &self,
        mut places: Vec<(SessionPlace, String)>,
        files: &[(FoundFile, Option<StudyAt>)],
    ) -> Vec<(SessionPlace, String)> {
        let of_a_role = |file: &FoundFile| {
            let people = file.path.parent().and_then(|folder| self.folders.get(folder));
            people.is_some_and(|people| people.is_of_a_role)
        };
        let name = |place: &SessionPlace| (key(&place.subject), key(&place.session));
        let alone: Vec<bool> = files.iter().map(|(file, _)| of_a_role(file)).collect();
        let homes: BTreeMap<(String, String), SessionPlace> = places
            .iter()
            .zip(&alone)
            .filter(|(_, alone)| !**alone)
            .map(|((place, _), _)| (name(place), place.clone()))
            .collect();
        // Whoever has one visit needs no number of it.
        let only = |person: &str| {
            let mut of = homes.iter().filter(|((subject, _), _)| subject == person);
            of.next().filter(|_| of.next().is_none()).map(|(_, home)| home)
        };
        for ((place, _), _) in places.iter_mut().zip(alone).filter(|(_, alone)| *alone) {
            let (person, visit) = name(place);
            if let Some(home) =
                homes.get(&(person.clone(), visit)).or_else(|| only(&person))
            {
                place.clone_from(home);
            }
        }
        places
    }

    /// Person and visit of a file in such a folder.
    fn named(&self, path: &Path) -> Option<(String, String)> {
        let people = self.folders.get(path.parent()?)?;
        let (person, visit) = named(path);
        let visit = visit.filter(|_| people.visits.len() > 1 || people.is_of_a_role);
        Some((person?, visit.unwrap_or_else(|| "1".into())))
    }

    fn describe(&self) -> Vec<String> {
        let line = |(folder, people): (&PathBuf, &People)| {
            let persons: Vec<&str> = people.persons.iter().map(String::as_str).collect();
            let count = match persons.len() {
                1 => "1 person".to_owned(),
                count => format!("{count} people"),
            };
            format!(
                "{}: the names of the files tell {count}: {}",
                last_name(folder),
                persons.join(", ")
            )
        };
        self.folders.iter().map(line).collect()
    }
}

impl People {
    fn take(&mut self, path: &Path) {
        let (person, visit) = named(path);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        self.files += 1;
        self.told += usize::from(person.is_some());
        self.bare += usize::from(is_person(&stem));
        self.persons.extend(person);
        self.visits.extend(visit);
    }

    /// Whether several people share the folder of this name.
    fn share(&self, folder: &str) -> bool {
        let is_told = 3 * self.told >= 2 * self.files && 2 * self.bare < self.files;
        let several =
            self.persons.len() > 1 || self.is_of_a_role && self.persons.len() == 1;
        several && is_told && !is_person(folder) && !is_visit(folder)
    }
}

/// The person and the visit that the name of a file begins with, or holds: `S01_V1_hold`.
fn named(path: &Path) -> (Option<String>, Option<String>) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let parts: Vec<&str> =
        stem.split(['_', '-', ' ', '.']).filter(|part| !part.is_empty()).collect();
    let joined: Vec<String> = parts.windows(2).map(|pair| pair.concat()).collect();
    let words = || parts.iter().copied().chain(joined.iter().map(String::as_str));
    let person = words().find(|word| is_person(word));
    // A letter alone is a visit right behind the person: elsewhere `t1` is a trial.
    let at = parts.iter().position(|part| Some(*part) == person);
    let behind = at.and_then(|at| parts.get(at + 1).copied());
    let is_spelt = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let spelt = words().find(|word| is_visit(word) && is_spelt(word));
    let visit = behind.filter(|word| is_visit(word)).or(spelt);
    (person.map(str::to_owned), visit.map(str::to_owned))
}
