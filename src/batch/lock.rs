//! One run at a time writes into an output folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::files;

/// The lock is held through the system, which frees it when its process dies in whatever
/// way; the file tells who holds it.
pub(super) const NAME: &str = ".lock-of-soleus";

/// An output folder that nobody else writes into.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the folder, which is made where it is missing.
    ///
    /// # Errors
    /// When another run has it, or it cannot be written.
    pub(super) fn take(out: &Path, now: &str) -> Result<Self> {
        let failed = |error: std::io::Error| super::write::failed(out, &error);
        fs::create_dir_all(out).map_err(failed)?;
        let path = out.join(NAME);
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(held(&mut file, out)),
                // A file system without locks: two runs at once are then the user's.
                Err(TryLockError::Error(_)) => {}
            }
            let mut lock = Self { file, path: path.clone() };
            // The run before may have removed it between our opening and our locking.
            if lock.is_in_place() {
                lock.sign(now).map_err(failed)?;
                return Ok(lock);
            }
        }
    }

    fn sign(&mut self, now: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        write!(self.file, "process {} since {now}", std::process::id())
    }

    /// Whether the folder is still the one that was taken.
    pub(super) fn is_in_place(&self) -> bool {
        same_file(&self.file, &self.path)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.is_in_place() {
            // One that cannot be removed is taken over by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |found: fs::Metadata| (found.dev(), found.ino());
    let (ours, there) = (file.metadata().map(number), fs::metadata(path).map(number));
    matches!((ours, there), (Ok(ours), Ok(there)) if ours == there)
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.is_file()
}

/// Who is writing into a folder just now: the process and since when.
pub(super) fn holder(out: &Path) -> Option<String> {
    let mut file = files::open(&out.join(NAME)).ok()?;
    let is_held = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    is_held.then(|| signed(&mut file))
}

/// Who holds a lock, where it can be read.
fn signed(file: &mut File) -> String {
    let mut holder = String::new();
    let _ = file.take(200).read_to_string(&mut holder);
    holder
}

fn held(file: &mut File, out: &Path) -> Error {
    let holder = signed(file);
    let holder = if holder.is_empty() { String::new() } else { format!(" ({holder})") };
    let said = format!("another run{holder} is writing into {}", out.display());
    Error::new(ErrorKind::Write, said)
        .with_hint("wait until it is done, or name another folder with -o")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_after_the_dead() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let first = Lock::take(&out, "noon").unwrap();
        let error = Lock::take(&out, "later").unwrap_err().to_string();
        let pid = std::process::id();
        assert!(
            error.contains(&format!("another run (process {pid} since noon)")),
            "{error}"
        );
        assert_eq!(holder(&out), Some(format!("process {pid} since noon")));
        drop(first);
        assert!(!out.join(NAME).exists());
        // What a killed run left holds nobody up.
        fs::write(out.join(NAME), "process 1 since the flood").unwrap();
        assert_eq!(holder(&out), None);
        let next = Lock::take(&out, "now").unwrap();
        assert!(next.is_in_place());
        fs::remove_dir_all(&out).unwrap();
        assert!(!next.is_in_place());
    }
}
