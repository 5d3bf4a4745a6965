//! Files as they lie on the disk: where a path leads, and reading no more than is meant to
//! be read.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The most bytes of a recipe or a `study.toml`.
pub(crate) const MOST_OF_SETTINGS: u64 = 16 << 20;
/// The most bytes of an event file.
pub(crate) const MOST_OF_EVENTS: u64 = 256 << 20;

/// Where a path leads once links and `..` are followed, so that two paths to one place are
/// equal; what is not there yet lies below the last folder that is.
pub(crate) fn place(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut place = PathBuf::new();
    for component in absolute.components() {
        if component == Component::ParentDir {
            place.pop();
        } else {
            place.push(component);
            place = fs::canonicalize(&place).unwrap_or(place);
        }
    }
    place
}

/// Opens a regular file.
///
/// # Errors
/// As the system; and for anything else than a file: a pipe may never begin and a device
/// never end.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() {
        return File::open(path);
    }
    Err(io::Error::other(format!("it is {}, not a regular file", described(kind))))
}

/// What a place holds that is no regular file.
pub(crate) fn described(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something else" }
}

/// The bytes of a regular file that has at most so many.
///
/// # Errors
/// As [`open`]; and for a longer file.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let said = format!("it is longer than {} MB", most >> 20);
        return Err(io::Error::other(said));
    }
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// As [`read`]; and for bytes that are not UTF-8.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let not_text = |_| io::Error::other("it is not UTF-8 text");
    String::from_utf8(read(path, most)?).map_err(not_text)
}

/// The first bytes of a regular file, at most so many.
///
/// # Errors
/// As [`open`].
pub(crate) fn head(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last bytes of a regular file, at most so many.
///
/// # Errors
/// As [`open`].
#[cfg(feature = "cli")]
pub(crate) fn tail(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use io::{Seek, SeekFrom};
    let (mut file, mut bytes) = (open(path)?, Vec::new());
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_to_one_place_are_equal() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        assert_eq!(place(&root.join("a/../a/./b")), root.join("a/b"));
        assert_eq!(place(&root.join("new/../a/x/y")), root.join("a/x/y"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("a/b"), root.join("link")).unwrap();
            assert_eq!(place(&root.join("link/c")), root.join("a/b/c"));
            // Above where a link leads, not above the link.
            assert_eq!(place(&root.join("link/../c")), root.join("a/c"));
        }
    }

    #[test]
    fn no_more_is_read_than_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        File::create(&path).unwrap().set_len(3 << 20).unwrap();
        assert_eq!(read(&path, 3 << 20).unwrap().len(), 3 << 20);
        let error = read(&path, 2 << 20).unwrap_err().to_string();
        assert_eq!(error, "it is longer than 2 MB");
        assert_eq!(head(&path, 9).unwrap(), vec![0; 9]);
        #[cfg(feature = "cli")]
        assert_eq!(tail(&path, 2).unwrap(), vec![0; 2]);
        let error = read(folder.path(), 9).unwrap_err().to_string();
        assert_eq!(error, "it is a folder, not a regular file");
        assert!(read(Path::new("/dev/null"), 9).is_err());
    }
}
