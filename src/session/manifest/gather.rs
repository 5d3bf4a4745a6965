//! From placed files to sessions with their recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::beside::Beside;
use super::folders::{Folders, slashes};
use super::place::SessionPlace;
use super::role::{NamedRole, is_of_a_role, named_role};
use super::{FoundFile, Manifest, Placed, RecordingInput, Search, SessionInput, StudyAt};
use crate::session::Role;
use crate::session::study::{RecordingEntry, SubjectEntry};
use crate::session::task::{own_words, task_of};

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
        let person = studies
            .map(|study| study.person(&place.subject))
            .find(|person| *person != SubjectEntry::default())
            .unwrap_or_default();
        let mut recordings = recordings(files, (&place.subject, &place.session));
        for recording in &mut recordings {
            recording.allow_outside = search.allow_outside;
            recording.events_beside = beside.of(&recording.path);
        }
        let folder = folders.take([&place.subject, &place.session]);
        let input = SessionInput {
            subject: place.subject,
            session: place.session,
            folder,
            person,
            recordings,
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
    let mut recordings: Vec<_> = files
        .into_iter()
        .filter_map(|(file, study)| recording(file, study, names, &folder))
        .collect();
    name_apart(&mut recordings);
    recordings
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
) -> Option<RecordingInput> {
    let relative = slashes(file.path.strip_prefix(folder).unwrap_or(&file.path));
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let legs = study.as_ref().map(|found| found.legs(subject)).unwrap_or_default();
    let vocabulary = study.as_ref().map(|found| found.vocabulary()).unwrap_or_default();
    let (entry, channels, study_folder) = match study {
        Some(found) => {
            let (entry, folder) = found.entry(&file.path);
            (entry, found.channels(), Some(folder))
        }
        None => (RecordingEntry::default(), BTreeMap::new(), None),
    };
    let task = entry.task.clone();
    let task = task.unwrap_or_else(|| vocabulary.task(task_of(&stem, subject, session)));
    // A folder `MVC` speaks for the files in it.
    let above = file.path.parent().and_then(Path::file_name).unwrap_or_default();
    let above = above.to_string_lossy();
    // What the study says needs no name.
    let by_word = vocabulary.role(&stem);
    let named = entry.role.is_none().then(|| match by_word {
        Some((word, role)) => NamedRole::by_word(word, role),
        None => match named_role(&own_words(&stem, subject, session)) {
            NamedRole { hint: None, .. } if is_of_a_role(&above) => named_role(&above),
            named => named,
        },
    });
    let named_role = named.as_ref().map(|named| named.role);
    let role = entry.role.or(named_role).unwrap_or_default();
    (role != Role::Ignore).then_some(RecordingInput {
        recording: stem,
        file: relative,
        path: file.path,
        role,
        task,
        role_hint: named.and_then(|named| named.hint),
        entry,
        study_folder,
        events_beside: None,
        channels,
        legs,
        vocabulary,
        allow_outside: false,
    })
}

fn common_folder<'a>(mut paths: impl Iterator<Item = &'a Path>) -> PathBuf {
    let first = paths.next().and_then(Path::parent);
    let mut common = first.map(Path::to_path_buf).unwrap_or_default();
    for path in paths {
        while !path.starts_with(&common) && common.pop() {}
    }
    common
}
