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

/// A path from the root of the file system on: `.` is gone and `..` followed; links stay as
/// the user wrote them, since their names name subjects and recordings.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts: Vec<Component<'_>> = absolute.components().collect();
    match parts.iter().rposition(|part| *part == Component::ParentDir) {
        // Above where a link leads, not above the link.
        Some(last) => {
            let above: PathBuf = parts[..=last].iter().collect();
            place(&above).join(parts[last + 1..].iter().collect::<PathBuf>())
        }
        None => parts.iter().collect(),
    }
}

/// How paths are written into an output: from its folder on, with `/` between the parts,
/// so that they hold where both are moved together.
#[cfg(feature = "batch")]
#[derive(Debug)]
pub(crate) struct PathsFrom {
    from: PathBuf,
    /// How each folder is reached.
    folders: std::collections::BTreeMap<PathBuf, Option<PathBuf>>,
}

#[cfg(feature = "batch")]
impl PathsFrom {
    /// From a folder on.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { from: place(folder), folders: std::collections::BTreeMap::new() }
    }

    /// The way to a path; the whole path where there is none, to another drive.
    pub(crate) fn path(&mut self, to: &Path) -> String {
        let to = absolute(to);
        let (Some(folder), Some(name)) = (to.parent(), to.file_name()) else {
            return slashes(&self.way(&to).unwrap_or(to));
        };
        // The folder itself or one above it.
        if to.is_dir() && !to.is_symlink() && self.from.starts_with(place(&to)) {
            return slashes(&self.way(&to).unwrap_or(to));
        }
        let known = self.folders.get(folder).cloned();
        let way = known.unwrap_or_else(|| self.way(folder));
        self.folders.insert(folder.to_owned(), way.clone());
        slashes(&way.map_or_else(|| to.clone(), |way| way.join(name)))
    }

    /// The way to a folder: up to the nearest one that holds both, and down from there.
    fn way(&self, to: &Path) -> Option<PathBuf> {
        to.ancestors().find_map(|above| {
            let up = self.from.strip_prefix(place(above)).ok()?.components().count();
            let down = to.strip_prefix(above).ok()?.components();
            Some(std::iter::repeat_n(Component::ParentDir, up).chain(down).collect())
        })
    }
}

/// The path that is written in the files of a folder; the other way round than
/// [`PathsFrom::path`].
#[cfg(feature = "batch")]
pub(crate) fn resolved(folder: &Path, written: &str) -> PathBuf {
    absolute(&place(folder).join(written))
}

/// A path as it is written, with `/` between the parts.
#[cfg(feature = "batch")]
pub(crate) fn slashes(path: &Path) -> String {
    let whole = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let text = whole.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
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
    #[cfg(feature = "batch")]
    fn paths_are_written_from_a_folder_on() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let out = root.join("study/out");
        fs::create_dir_all(&out).unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        let mut relative = PathsFrom::new(&root.join("other/../study/out"));
        for (path, way) in [
            ("study/out", "."),
            ("study", ".."),
            ("study/out/a.csv", "a.csv"),
            ("study/P1/a.csv", "../P1/a.csv"),
            ("study/P1/b.csv", "../P1/b.csv"),
            ("other/../study/./P1/a.csv", "../P1/a.csv"),
            ("other/x/*.csv", "../../other/x/*.csv"),
            ("", "../.."),
        ] {
            assert_eq!(relative.path(&root.join(path)), way, "{path}");
            let back = resolved(&out, way);
            assert_eq!(back, absolute(&root.join(path)), "{path}");
        }
        // The roots of two drives have nothing above them both; of one, the root.
        assert!(relative.path(Path::new("/")).ends_with(".."));
        #[cfg(unix)]
        {
            let link = root.join("link");
            std::os::unix::fs::symlink(root.join("study"), &link).unwrap();
            let mut by_link = PathsFrom::new(&link.join("out"));
            assert_eq!(by_link.path(&root.join("study/P1/a.csv")), "../P1/a.csv");
            assert_eq!(by_link.path(&link.join("P1/a.csv")), "../P1/a.csv");
            // A link that is an input itself keeps its name: it names a subject.
            assert_eq!(by_link.path(&link), "../../link");
            assert_eq!(absolute(&link.join("../x")), root.join("x"));
            assert_eq!(absolute(&link), link);
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
