//! Files appear whole: written beside their place under another name, put on the disk,
//! then renamed; several of one run together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".soleus-";

/// Files that appear together, in the order in which they were written.
#[derive(Debug, Default)]
pub(super) struct Staged {
    files: Vec<(NamedTempFile, PathBuf)>,
}

impl Staged {
    /// Writes a file beside its place, in a folder that is there.
    ///
    /// # Errors
    /// When it cannot be written; what is there stays as it is.
    pub(super) fn write(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<()> {
        let failed = |error: io::Error| failed(path, &error);
        let folder = folder_of(path);
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any other file: the user's mask decides.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder).map_err(failed)?;
        write(file.as_file_mut()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        self.files.push((file, path.to_owned()));
        Ok(())
    }

    /// The BLAKE3 of each by its name.
    pub(super) fn hashes(&self) -> BTreeMap<String, String> {
        let of = |(file, path): &(NamedTempFile, PathBuf)| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), super::fingerprint::of_file(file.path()))
        };
        self.files.iter().map(of).collect()
    }

    /// Lets all of them appear, the first one first; each replaces an earlier file of its
    /// name at once.
    ///
    /// # Errors
    /// When one cannot be renamed; those before it have appeared.
    pub(super) fn appear(self) -> Result<()> {
        let mut folders = BTreeSet::new();
        for (file, path) in self.files {
            file.persist(&path).map_err(|error| failed(&path, &error.error))?;
            folders.insert(folder_of(&path).to_owned());
        }
        for folder in folders {
            // Where a folder cannot be put on the disk, its files still are.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

/// Writes a file whole, with its folders; an earlier file of that name is replaced at
/// once.
///
/// # Errors
/// When a folder or file cannot be written; an earlier file is then still there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(folder_of(path)).map_err(|error| failed(path, &error))?;
    let mut staged = Staged::default();
    staged.write(path, |file| file.write_all(bytes))?;
    staged.appear()
}

/// Makes a folder below an output, but never the output itself: one that is removed or moved
/// during a run is not begun again without its record.
///
/// # Errors
/// When a folder cannot be made.
pub(super) fn make_below(out: &Path, folder: &Path) -> Result<()> {
    let mut place = out.to_owned();
    for part in folder.strip_prefix(out).unwrap_or(folder).components() {
        place.push(part);
        match fs::create_dir(&place) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(&place, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// That a file or folder cannot be written.
pub(super) fn failed(path: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: make room, then run the same command again"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "you may not write there: name another folder"
        }
        _ => "is there room on the disk, and may you write there?",
    };
    Error::new(ErrorKind::Write, format!("cannot write the file: {error}"))
        .in_file(path)
        .with_hint(hint)
}

/// Removes what a killed run left unfinished below an output folder.
pub(super) fn sweep(out: &Path) {
    let unfinished = walkdir::WalkDir::new(out)
        .max_depth(4)
        .into_iter()
        .filter_map(std::result::Result::ok)
        .filter(|entry| {
            entry.file_type().is_file()
                && entry.file_name().to_string_lossy().starts_with(UNFINISHED)
        });
    for entry in unfinished {
        // One that cannot be removed does no harm: its name is never read.
        let _ = fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_and_leftovers_swept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        fs::write(folder.path().join("a/.soleus-x"), "half").unwrap();
        sweep(folder.path());
        let names: Vec<_> = fs::read_dir(folder.path().join("a"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["b.txt"]);
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn an_output_that_is_gone_is_not_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let session = out.join("sessions/a");
        assert!(make_below(&out, &session).is_err() && !out.exists());
        fs::create_dir(&out).unwrap();
        for _ in 0..2 {
            make_below(&out, &session).unwrap();
        }
        fs::remove_dir_all(&out).unwrap();
        let mut staged = Staged::default();
        assert!(staged.write(&session.join("a.txt"), |_| Ok(())).is_err());
        assert!(!out.exists());
    }

    #[test]
    fn staged_files_appear_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
        write_whole(&one, b"old").unwrap();
        let mut staged = Staged::default();
        staged.write(&one, |file| file.write_all(b"new")).unwrap();
        staged.write(&two, |file| file.write_all(b"new")).unwrap();
        assert!(fs::read(&one).unwrap() == b"old" && !two.exists());
        staged.appear().unwrap();
        assert!(fs::read(&one).unwrap() == b"new" && fs::read(&two).unwrap() == b"new");

        let mut broken = Staged::default();
        broken.write(&one, |file| file.write_all(b"newer")).unwrap();
        assert!(broken.write(&two, |_| Err(io::Error::other("full"))).is_err());
        drop(broken);
        assert_eq!(fs::read(&one).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
