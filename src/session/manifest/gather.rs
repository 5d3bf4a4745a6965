//! From placed files to sessions with their recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::beside::Beside;
use super::folders::{Folders, slashes};
use super::place::SessionPlace;
use super::role::{NamedRole, is_of_a_role, named_role};
use super::studies::StudyFile;
use super::{FoundFile, Manifest, Placed, RecordingInput, Search, SessionInput, StudyAt};
use crate::session::Role;
use crate::session::study::{ChannelEntry, RecordingEntry, SubjectEntry};
use crate::session::task::{own_words, task_of};
use crate::session::vocabulary::Vocabulary;
use crate::signal::Legs;

pub(super) fn gather(
    placed: Vec<Placed>,
    search: &Search<'_>,
    beside: &mut Beside,
) -> Manifest {
    let mut sessions: BTreeMap<SessionPlace, Vec<(FoundFile, Option<StudyAt>)>> =
        BTreeMap::new();
    for (place, file, study) in placed {
        sessions.entry(place).or_default().push((file, study));
    }
    let names = sessions.keys().map(|place| [&*place.subject, &*place.session]);
    let mut folders = Folders::of(names);
    let sessions = sessions.into_iter().filter_map(|(place, files)| {
        let studies = files.iter().filter_map(|(_, study)| study.as_deref());
        let head = studies.clone().map(StudyFile::head).find(|head| !head.is_empty());
        let person = studies
            .map(|study| study.person(&place.subject))
            .find(|person| *person != SubjectEntry::default())
            .unwrap_or_default();
        let all = recordings(files, (&place.subject, &place.session));
        let (ignored, mut recordings): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|recording| recording.role == Role::Ignore);
        name_apart(&mut recordings);
        for recording in &mut recordings {
            recording.allow_outside = search.allow_outside;
            recording.events_beside = beside.of(&recording.path);
        }
        let folder = folders.take([&place.subject, &place.session]);
        let input = SessionInput {
            subject: place.subject,
            session: place.session,
            folder,
            head: head.unwrap_or_default(),
            person,
            recordings,
            ignored: ignored.into_iter().map(|recording| recording.file).collect(),
        };
        (!input.recordings.is_empty()).then_some(input)
    });
    Manifest { sessions: sessions.collect(), ..Manifest::default() }
}

fn recordings(
    files: Vec<(FoundFile, Option<StudyAt>)>,
    names: (&str, &str),
) -> Vec<RecordingInput> {
    let folder = common_folder(files.iter().map(|(file, _)| file.path.as_path()));
    let of = |(file, study)| recording(file, study, names, &folder);
    files.into_iter().map(of).collect()
}

/// Gives recordings that share their stem their whole path for a name, and those that then
/// still share one a number.
fn name_apart(recordings: &mut [RecordingInput]) {
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    for recording in recordings.iter() {
        *stems.entry(recording.recording.to_lowercase()).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = stems
        .iter()
        .filter(|(_, count)| **count == 1)
        .map(|(stem, _)| stem.clone())
        .collect();
    for recording in recordings {
        if stems.get(&recording.recording.to_lowercase()).is_some_and(|&count| count > 1)
        {
            let whole = recording.file.replace('/', "-");
            let mut numbered = std::iter::once(whole.clone())
                .chain((2..).map(|k| format!("{whole}-{k}")));
            let free = numbered.find(|name| taken.insert(name.to_lowercase()));
            recording.recording = free.unwrap_or(whole);
        }
    }
}

fn recording(
    file: FoundFile,
    study: Option<StudyAt>,
    (subject, session): (&str, &str),
    folder: &Path,
) -> RecordingInput {
    let relative = slashes(file.path.strip_prefix(folder).unwrap_or(&file.path));
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let said = Said::of(study.as_deref(), &file.path, subject);
    let task = said.task(&stem, subject, session);
    // What the study says needs no name.
    let above = folder_name(&file.path);
    let bare = own_words(&stem, subject, session);
    let named = said.entry.role.is_none().then(|| said.named_role(&stem, &bare, &above));
    let named_role = named.as_ref().map(|named| named.role);
    let role = said.entry.role.or(named_role).unwrap_or_default();
    RecordingInput {
        recording: stem,
        file: relative,
        path: file.path,
        role,
        task,
        role_hint: named.and_then(|named| named.hint),
        entry: said.entry,
        study_folder: said.folder,
        events_beside: None,
        channels: said.channels,
        legs: said.legs,
        vocabulary: said.vocabulary,
        allow_outside: false,
    }
}

/// What the study says of a recording.
#[derive(Default)]
struct Said {
    entry: RecordingEntry,
    folder: Option<PathBuf>,
    channels: BTreeMap<String, ChannelEntry>,
    legs: Legs,
    vocabulary: Vocabulary,
}

impl Said {
    fn of(study: Option<&StudyFile>, file: &Path, subject: &str) -> Self {
        let Some(study) = study else { return Self::default() };
        let (entry, folder) = study.entry(file);
        Self {
            entry,
            folder: Some(folder),
            channels: study.channels(),
            legs: study.legs(subject),
            vocabulary: study.vocabulary(),
        }
    }

    fn task(&self, stem: &str, subject: &str, session: &str) -> String {
        let named = || self.vocabulary.task(task_of(stem, subject, session));
        self.entry.task.clone().unwrap_or_else(named)
    }

    /// The role by the words of the study, else by the name, else by the folder: `MVC`
    /// speaks for the files in it.
    fn named_role(&self, stem: &str, bare: &str, above: &str) -> NamedRole {
        if let Some((word, role)) = self.vocabulary.role(stem) {
            return NamedRole::by_word(word, role);
        }
        match named_role(bare) {
            NamedRole { hint: None, .. } if is_of_a_role(above) => named_role(above),
            named => named,
        }
    }
}

fn folder_name(file: &Path) -> String {
    let above = file.parent().and_then(Path::file_name).unwrap_or_default();
    above.to_string_lossy().into_owned()
}

fn common_folder<'a>(mut paths: impl Iterator<Item = &'a Path>) -> PathBuf {
    let first = paths.next().and_then(Path::parent);
    let mut common = first.map(Path::to_path_buf).unwrap_or_default();
    for path in paths {
        while !path.starts_with(&common) && common.pop() {}
    }
    common
}
