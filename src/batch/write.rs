//! Files appear whole: written beside their place under another name, then renamed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".soleus-";

/// Writes a file whole, with its folders; an earlier file of that name is replaced at
/// once.
///
/// # Errors
/// When a folder or file cannot be written; an earlier file is then still there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// The same for a file that is written piece by piece.
pub(super) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<()> {
    let failed = |error: io::Error| {
        Error::new(ErrorKind::Write, format!("cannot write the file: {error}"))
            .in_file(path)
            .with_hint("is there room on the disk, and may you write there?")
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
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
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
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
}
