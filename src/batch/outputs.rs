//! The files of a session as they were written, by their hashes: what is reused must be
//! what was written, not what somebody made of it since.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use super::fingerprint;
use super::write::Staged;
use crate::error::Result;

/// Hidden, since it speaks to the next run alone.
pub(super) const NAME: &str = ".outputs.json";

/// The BLAKE3 of files by their names relative to a folder.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Outputs {
    files: BTreeMap<String, String>,
}

impl Outputs {
    /// Those of the session in a folder; none where nothing says what they are.
    pub(super) fn read(folder: &Path) -> Self {
        let bytes = std::fs::read(folder.join(NAME)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let mut staged = Staged::default();
        let text = self.text();
        staged.write(&folder.join(NAME), |file| file.write_all(text.as_bytes()))?;
        staged.appear()
    }

    /// As they are written.
    pub(super) fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    pub(super) fn from_files(files: BTreeMap<String, String>) -> Self {
        Self { files }
    }

    /// Notes a file that was written.
    pub(super) fn note(&mut self, name: String, bytes: &[u8]) {
        let hash = blake3::hash(bytes).to_hex().to_string();
        self.files.insert(name, hash);
    }

    /// Whether a file of a folder is as it was written.
    pub(super) fn is_whole(&self, folder: &Path, name: &str) -> bool {
        let written = self.files.get(name);
        written.is_some_and(|hash| *hash == fingerprint::of_file(&folder.join(name)))
    }

    /// Keeps the files whose names fit.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.files.retain(|name, _| keep(name));
    }

    /// Takes those of others that are not there yet.
    pub(super) fn add(&mut self, others: Self) {
        for (name, hash) in others.files {
            self.files.entry(name).or_insert(hash);
        }
    }

    /// Their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(super) fn into_files(self) -> BTreeMap<String, String> {
        self.files
    }
}

#[cfg(test)]
mod tests {
    use super::super::write_whole;
    use super::*;

    #[test]
    fn what_was_changed_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut outputs = Outputs::default();
        write_whole(&path, b"one").unwrap();
        outputs.note("a.txt".into(), b"one");
        outputs.write(folder.path()).unwrap();
        let read = Outputs::read(folder.path());
        assert!(read == outputs && read.is_whole(folder.path(), "a.txt"));
        for changed in [&b""[..], b"on", b"two"] {
            std::fs::write(&path, changed).unwrap();
            assert!(!read.is_whole(folder.path(), "a.txt"));
        }
        assert!(!read.is_whole(folder.path(), "b.txt"));
        assert_eq!(Outputs::read(&folder.path().join("none")), Outputs::default());
    }
}
