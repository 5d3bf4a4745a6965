//! Event files beside recordings: `walk_events.csv` of `walk.csv`, and `_events.tsv` of
//! BIDS.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Extensions of event files.
const EXTENSIONS: [&str; 3] = ["csv", "tsv", "txt"];
/// What stands at the end of their names.
const EVENTS: &str = "events";
/// What stands at the end of the name of a recording in BIDS, and not in that of its events.
const SUFFIX: &str = "_emg";

/// The event files of folders, each folder looked at once.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// By folder, then by the name of the recording in lower case.
    folders: BTreeMap<PathBuf, BTreeMap<String, PathBuf>>,
}

impl Beside {
    /// The event file of a recording.
    pub(super) fn of(&mut self, recording: &Path) -> Option<PathBuf> {
        let folder = recording.parent()?;
        let stem = recording.file_stem()?.to_string_lossy().to_lowercase();
        let listed = || listed(folder);
        let events = self.folders.entry(folder.to_owned()).or_insert_with(listed);
        let bare = stem.strip_suffix(SUFFIX).unwrap_or(&stem);
        let found = events.get(&stem).or_else(|| events.get(bare))?;
        (found != recording).then(|| found.clone())
    }

    /// The event files of all recordings: no recordings themselves.
    pub(super) fn all<'a>(
        &mut self,
        recordings: impl Iterator<Item = &'a Path>,
    ) -> BTreeSet<PathBuf> {
        recordings.filter_map(|recording| self.of(recording)).collect()
    }
}

/// The files of a folder that hold the events of a recording beside them.
fn listed(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let mut listed = BTreeMap::new();
    for path in paths {
        if let Some(recording) = recording_of(&path) {
            listed.entry(recording).or_insert(path);
        }
    }
    listed
}

/// The name of the recording whose events a file holds, by its own.
fn recording_of(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    let stem = path.file_stem()?.to_string_lossy().to_lowercase();
    let bare = stem.strip_suffix(EVENTS).filter(|_| EXTENSIONS.contains(&&*extension))?;
    let recording = bare.trim_end_matches(['_', '-', ' ', '.']);
    (recording.len() < bare.len() && !recording.is_empty()).then(|| recording.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_those_of_the_recording_whose_name_they_have() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["walk.csv", "Walk_events.csv", "a-events.txt", "sub-1_task-b_events.tsv"]
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let mut beside = Beside::default();
        let mut of = |name: &str| {
            let found = beside.of(&folder.path().join(name))?;
            Some(found.file_name()?.to_string_lossy().into_owned())
        };
        assert_eq!(of("walk.csv").as_deref(), Some("Walk_events.csv"));
        assert_eq!(of("a.wav").as_deref(), Some("a-events.txt"));
        assert_eq!(
            of("sub-1_task-b_emg.csv").as_deref(),
            Some("sub-1_task-b_events.tsv")
        );
        assert_eq!(of("Walk_events.csv"), None);
        assert_eq!(of("other.csv"), None);
    }
}
