//! From placed files to sessions with their recordings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::place::SessionPlace;
use super::role::named_role;
use super::{FoundFile, Manifest, Placed, RecordingInput, SessionInput, StudyAt};
use crate::session::Role;
use crate::session::study::{RecordingEntry, Study};

pub(super) fn gather(placed: Vec<Placed>) -> Manifest {
    let mut sessions: BTreeMap<SessionPlace, Vec<(FoundFile, Option<StudyAt>)>> =
        BTreeMap::new();
    for (place, file, study) in placed {
        sessions.entry(place).or_default().push((file, study));
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let sessions = sessions.into_iter().filter_map(|(place, files)| {
        let studies: Vec<&Study> =
            files.iter().filter_map(|(_, study)| Some(&study.as_ref()?.0)).collect();
        let person = studies
            .iter()
            .find_map(|study| study.subjects.get(&place.subject).cloned())
            .unwrap_or_default();
        let recordings = recordings(files, &place.subject);
        let name = format!("{}_{}", safe(&place.subject), safe(&place.session));
        let count = taken.entry(name.to_lowercase()).or_default();
        *count += 1;
        let folder = if *count > 1 { format!("{name}-{count}") } else { name };
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
    subject: &str,
) -> Vec<RecordingInput> {
    let folder = common_folder(files.iter().map(|(file, _)| file.path.as_path()));
    let mut recordings: Vec<_> = files
        .into_iter()
        .filter_map(|(file, study)| recording(file, study, subject, &folder))
        .collect();
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    for recording in &recordings {
        *stems.entry(recording.recording.clone()).or_default() += 1;
    }
    for recording in &mut recordings {
        if stems.get(&recording.recording).is_some_and(|&count| count > 1) {
            recording.recording = recording.file.replace('/', "-");
        }
    }
    recordings
}

fn recording(
    file: FoundFile,
    study: Option<StudyAt>,
    subject: &str,
    folder: &Path,
) -> Option<RecordingInput> {
    let relative = slashes(file.path.strip_prefix(folder).unwrap_or(&file.path));
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let legs = study.as_ref().map(|(study, _)| study.legs(subject)).unwrap_or_default();
    let (entry, channels, study_folder) = match study {
        Some((study, study_folder)) => {
            let below =
                slashes(file.path.strip_prefix(&study_folder).unwrap_or(&file.path));
            (study.recording(&below), study.channels, Some(study_folder))
        }
        None => (RecordingEntry::default(), BTreeMap::new(), None),
    };
    // What the study says needs no name.
    let named = entry.role.is_none().then(|| named_role(&stem));
    let named_role = named.as_ref().map(|named| named.role);
    let role = entry.role.or(named_role).unwrap_or_default();
    (role != Role::Ignore).then_some(RecordingInput {
        recording: stem,
        file: relative,
        path: file.path,
        role,
        role_hint: named.and_then(|named| named.hint),
        entry,
        study_folder,
        channels,
        legs,
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

fn slashes(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

fn safe(name: &str) -> String {
    let kept = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' });
    let kept: String = kept.collect();
    let trimmed = kept.trim_matches('.');
    if trimmed.is_empty() { "-".into() } else { trimmed.to_owned() }
}
