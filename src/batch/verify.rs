//! Whether the files of a run still are what they were: outputs and inputs by their
//! hashes, and what else lies in the output.

use std::collections::BTreeSet;
use std::io::ErrorKind::NotFound;
use std::path::Path;

use walkdir::WalkDir;

use super::outputs::{self, Outputs};
use super::record::{ReadFile, RunRecord, SessionRecord};
use super::written::WrittenRun;
use super::{fingerprint, lock};
use crate::files;
use crate::report;

/// A file that was compared with the hash in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// The file, as the record names it.
    pub file: String,
    /// What became of it.
    pub state: FileState,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// It is as it was.
    Same,
    /// It has other bytes, or cannot be read for the reason given.
    Changed(Option<String>),
    /// It is not there.
    Missing,
}

impl WrittenRun {
    /// Every output by its hash, those of the study first.
    pub fn check_outputs(&self) -> Vec<CheckedFile> {
        let lists = self.record.sessions.iter().filter_map(list_of);
        let mut outputs: Vec<(String, String)> = self.hashes().chain(lists).collect();
        outputs.sort_by_cached_key(|(name, _)| (name.contains('/'), name.clone()));
        let check = |(name, hash): (String, String)| {
            let state = match self.link_to(&name) {
                Some(link) => FileState::Changed(Some(link)),
                None => state_of(&self.out.join(&name), None, &hash),
            };
            CheckedFile { file: name, state }
        };
        outputs.into_iter().map(check).collect()
    }

    /// What is said of an output that lies behind a link: a run writes files and folders, so
    /// that what stands there is somebody else's, whatever its bytes are today.
    fn link_to(&self, name: &str) -> Option<String> {
        let mut places =
            Path::new(name).ancestors().filter(|part| *part != Path::new(""));
        let link = places.find(|part| self.out.join(part).is_symlink())?;
        Some(match link == Path::new(name) {
            true => "it is a link now".to_owned(),
            false => format!("{} is a link now", files::slashes(link)),
        })
    }

    /// The versions that reports name and the record does not: whoever changed one of them
    /// did not change the other.
    pub fn other_versions(&self) -> BTreeSet<String> {
        #[derive(serde::Deserialize)]
        struct WrittenReport {
            version: String,
        }
        let name = report::Writer::file_name(&report::Json);
        let written = self
            .record
            .sessions
            .iter()
            .filter(|session| session.outputs.contains_key(name));
        let reports = written.filter_map(|session| {
            let file = files::open(&self.out.join(place_of(session, name))).ok()?;
            serde_json::from_reader(std::io::BufReader::new(file)).ok()
        });
        let versions = reports.map(|WrittenReport { version }| version);
        versions.filter(|version| *version != self.record.version).collect()
    }

    /// Every recording, event file, recipe and `study.toml` that was read, each once.
    pub fn check_inputs(&self) -> Vec<CheckedFile> {
        let settings = self.record.settings.iter().map(ReadFile::parts);
        let recordings = self.record.recordings().flat_map(|(_, recording)| {
            let own = (&recording.file, Some(recording.bytes), &recording.blake3);
            [own].into_iter().chain(recording.events.iter().map(ReadFile::parts))
        });
        let mut known = BTreeSet::new();
        // What could not be read has no hash, and no results.
        let files = settings
            .chain(recordings)
            .filter(|(file, _, hash)| !hash.is_empty() && known.insert(*file));
        let check = |(file, bytes, hash): (&String, Option<u64>, &String)| {
            let state = state_of(&self.path(file), bytes, hash);
            CheckedFile { file: file.clone(), state }
        };
        files.map(check).collect()
    }

    /// The hash of every output, but for the hidden lists.
    pub(super) fn hashes(&self) -> impl Iterator<Item = (String, String)> {
        let pair = |(name, hash): (&String, &String)| (name.clone(), hash.clone());
        let of_sessions = self.record.sessions.iter().flat_map(|session| {
            let place = |(name, hash): (&String, &String)| {
                (place_of(session, name), hash.clone())
            };
            session.outputs.iter().map(place)
        });
        self.record.outputs.iter().map(pair).chain(of_sessions)
    }

    /// Files and folders in the output that are not of this run. A folder that holds
    /// nothing of it stands for what is below.
    pub fn foreign_files(&self) -> Vec<String> {
        let lists = self.record.sessions.iter().filter_map(list_of);
        let hidden = [RunRecord::FILE_NAME, lock::NAME].map(str::to_owned);
        let names = self.hashes().chain(lists).map(|(name, _)| name).chain(hidden);
        let mut own = BTreeSet::new();
        for name in names {
            own.extend(Path::new(&name).ancestors().map(Path::to_owned));
        }

        let mut foreign = Vec::new();
        let mut walk =
            WalkDir::new(&self.out).min_depth(1).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let Ok(entry) = entry else { continue };
            let name = entry.path().strip_prefix(&self.out).unwrap_or(entry.path());
            if own.contains(name) {
                continue;
            }
            let mut name = files::slashes(name);
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
                name.push('/');
            }
            foreign.push(name);
        }
        foreign
    }

    /// Who is writing into the folder just now.
    pub fn writer(&self) -> Option<String> {
        lock::holder(&self.out)
    }
}

impl ReadFile {
    fn parts(&self) -> (&String, Option<u64>, &String) {
        (&self.file, None, &self.blake3)
    }
}

fn place_of(session: &SessionRecord, name: &str) -> String {
    format!("sessions/{}/{name}", session.folder)
}

/// The hidden list of a session's files, and its hash; none where nothing was written.
fn list_of(session: &SessionRecord) -> Option<(String, String)> {
    if session.outputs.is_empty() {
        return None;
    }
    let text = Outputs::from_files(session.outputs.clone()).text();
    let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
    Some((place_of(session, outputs::NAME), hash))
}

fn state_of(path: &Path, bytes: Option<u64>, hash: &str) -> FileState {
    match files::open(path).and_then(|file| file.metadata()) {
        Err(error) if error.kind() == NotFound && !path.is_symlink() => {
            FileState::Missing
        }
        Err(error) => FileState::Changed(Some(error.to_string())),
        Ok(there) if bytes.is_some_and(|bytes| bytes != there.len()) => {
            FileState::Changed(None)
        }
        Ok(_) if fingerprint::of_file(path) == hash => FileState::Same,
        Ok(_) => FileState::Changed(None),
    }
}
