//! The files below the inputs that may be recordings, and what could not be looked at.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::folders::slashes;
use super::{FoundFile, Search};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::load;
use crate::session::pattern::Pattern;

/// What could not be looked at, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name in messages, from the input on.
    pub shown: String,
    /// Why: a folder that may not be read, a link that leads nowhere, a pipe.
    pub reason: String,
    /// Whether it was asked for by name.
    pub named: bool,
}

impl LeftOut {
    /// In words.
    pub fn describe(&self) -> String {
        format!("{} was left out: {}", self.shown, self.reason)
    }
}

/// A walk through the inputs.
pub(super) struct Walk {
    /// Where the output is, which is never read.
    out: Option<PathBuf>,
    pub(super) left_out: Vec<LeftOut>,
    /// How many files have the extension of a format that is not read.
    not_read: BTreeMap<String, usize>,
    /// Folders in which nothing is.
    empty: Vec<String>,
}

impl Walk {
    pub(super) fn new(search: &Search<'_>) -> Self {
        let out = search.out.map(files::place);
        Self { out, left_out: Vec::new(), not_read: BTreeMap::new(), empty: Vec::new() }
    }

    /// The files that one input names.
    pub(super) fn expand(&mut self, input: &Path) -> Result<Vec<FoundFile>> {
        if input.is_file() {
            let path = files::absolute(input);
            let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
            return Ok(vec![FoundFile { path, root }]);
        }
        if input.is_dir() {
            let root = files::absolute(input);
            let found = self.recordings_below(&root).into_iter();
            return Ok(found
                .map(|path| FoundFile { path, root: root.clone() })
                .collect());
        }
        if let Ok(there) = input.symlink_metadata() {
            let reason = match input.metadata() {
                Ok(leads_to) => no_file(leads_to.file_type()),
                Err(error) if there.is_symlink() => leads_nowhere(&error),
                Err(error) => format!("it cannot be read: {error}"),
            };
            let path = files::absolute(input);
            let shown = shown(&path, path.parent().unwrap_or(&path));
            self.left_out.push(LeftOut { path, shown, reason, named: true });
            return Ok(Vec::new());
        }
        if Pattern::is_in(&input.to_string_lossy()) {
            return self.expand_pattern(input);
        }
        Err(Error::new(
            ErrorKind::Arguments,
            format!("there is no file or folder {}", input.display()),
        ))
    }

    fn expand_pattern(&mut self, input: &Path) -> Result<Vec<FoundFile>> {
        let whole = files::absolute(input);
        let pattern = Pattern::new(&crate::session::pattern::with_slashes(
            &whole.to_string_lossy(),
        ))
        .map_err(|what| {
            let what = format!("{} is no pattern: {what}", input.display());
            Error::new(ErrorKind::Arguments, what)
        })?;
        let root: PathBuf = whole
            .components()
            .take_while(|part| !Pattern::is_in(&part.as_os_str().to_string_lossy()))
            .collect();
        let fits = |path: &PathBuf| {
            let mut parts = path.ancestors().take_while(|part| *part != root);
            parts.any(|part| pattern.fits_path(part))
        };
        let found = self.recordings_below(&root).into_iter().filter(fits);
        Ok(found.map(|path| FoundFile { path, root: root.clone() }).collect())
    }

    /// The files below a folder that may be recordings. Hidden files, output folders and
    /// the companions of recordings (BIDS sidecars, read-me and licence texts) are not.
    fn recordings_below(&mut self, root: &Path) -> Vec<PathBuf> {
        let mut recordings = Vec::new();
        for path in self.files_below(root) {
            // A format that has come since is read, whatever the list says.
            if load::has_known_extension(&path) {
                if !is_companion(&path) {
                    recordings.push(path);
                }
                continue;
            }
            let extension = path.extension().unwrap_or_default();
            let extension = extension.to_string_lossy().to_ascii_lowercase();
            if NOT_READ.contains(&extension.as_str()) {
                *self.not_read.entry(extension).or_default() += 1;
            }
        }
        recordings
    }

    /// Every file below a folder that is neither hidden nor part of an output.
    fn files_below(&mut self, root: &Path) -> Vec<PathBuf> {
        let out = self.out.clone();
        let wanted = |entry: &walkdir::DirEntry| {
            let hidden =
                entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
            let is_output = || {
                out.as_ref() == Some(&files::place(entry.path()))
                    || is_output_folder(entry.path())
            };
            !hidden && (!entry.file_type().is_dir() || !is_output())
        };
        let mut entries = WalkDir::new(root)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(wanted);
        let mut found = Vec::new();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if leads_above(&entry, root) => {
                    entries.skip_current_dir();
                    let (path, reason) = (entry.into_path(), ABOVE.to_owned());
                    let shown = shown(&path, root);
                    self.left_out.push(LeftOut { path, shown, reason, named: false });
                }
                Ok(entry) if entry.file_type().is_file() => found.push(entry.into_path()),
                Ok(entry) if entry.file_type().is_dir() => {
                    if entry.depth() > 0 && is_empty(entry.path()) {
                        self.empty.push(shown(entry.path(), root));
                    }
                }
                Ok(entry) if load::has_known_extension(entry.path()) => {
                    let reason = no_file(entry.file_type());
                    let path = entry.into_path();
                    let shown = shown(&path, root);
                    self.left_out.push(LeftOut { path, shown, reason, named: false });
                }
                Ok(_) => {}
                Err(error) => self.left_out.extend(unread(&error, root)),
            }
        }
        found
    }

    /// How many files of other formats lie in the inputs, so that nobody takes them for
    /// processed; and the folders in which nothing lies.
    pub(super) fn not_read(&self) -> Vec<String> {
        let line = |(extension, count): (&String, &usize)| {
            format!(
                "{count} files with the extension {extension} were left out: soleus does \
                 not read them yet; export CSV"
            )
        };
        let named = &self.empty[..self.empty.len().min(NAMED_EMPTY)];
        let more = match self.empty.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let empty = format!("nothing is in the folders {}{more}", named.join(", "));
        let empty = (!named.is_empty()).then_some(empty);
        self.not_read.iter().map(line).chain(empty).collect()
    }
}

/// How many empty folders are named.
const NAMED_EMPTY: usize = 10;

/// Whether nothing is in a folder that stands among folders, as those of visits do: an empty
/// one beside recordings is a place for something else.
fn is_empty(folder: &Path) -> bool {
    let entries = |folder: &Path| folder.read_dir().into_iter().flatten().flatten();
    let is_file =
        |entry: std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
    let among_files = || folder.parent().is_some_and(|above| entries(above).any(is_file));
    folder.read_dir().is_ok() && entries(folder).next().is_none() && !among_files()
}

/// What is said of a link that would bring again what the walk is in.
const ABOVE: &str = "it is a link to a folder above it";

/// Whether a folder in a walk is a link to one that holds the whole walk.
fn leads_above(entry: &walkdir::DirEntry, root: &Path) -> bool {
    entry.depth() > 0
        && entry.path_is_symlink()
        && entry.file_type().is_dir()
        && files::place(root).starts_with(files::place(entry.path()))
}

/// What a walk could not read; hidden files are not missed.
fn unread(error: &walkdir::Error, root: &Path) -> Option<LeftOut> {
    let path = error.path()?.to_owned();
    let hidden =
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let reason = match (error.loop_ancestor(), error.io_error()) {
        (Some(_), _) => ABOVE.to_owned(),
        (None, Some(error)) if path.is_symlink() => leads_nowhere(error),
        (None, Some(error)) => format!("it cannot be read: {error}"),
        (None, None) => "it cannot be read".to_owned(),
    };
    let (named, shown) = (error.depth() == 0, shown(&path, root));
    (named || !hidden).then_some(LeftOut { path, shown, reason, named })
}

/// A path in messages, which stand in outputs too: from the folder of the input on, so that
/// they do not depend on where a study lies.
pub(super) fn shown(path: &Path, root: &Path) -> String {
    match (path.strip_prefix(root), root.file_name()) {
        (Ok(below), Some(name)) => slashes(&Path::new(name).join(below)),
        _ => slashes(Path::new(path.file_name().unwrap_or(path.as_os_str()))),
    }
}

fn no_file(kind: std::fs::FileType) -> String {
    format!("it is {}, not a regular file", files::described(kind))
}

fn leads_nowhere(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is a link that leads nowhere".to_owned(),
        _ => format!("it is a link that cannot be followed: {error}"),
    }
}

/// Whether a folder holds the `run.json` of an earlier run.
pub fn is_output_folder(folder: &Path) -> bool {
    let head = files::head(&folder.join("run.json"), 200).unwrap_or_default();
    String::from_utf8_lossy(&head).contains("\"program\": \"soleus\"")
}

/// Whether a file's whole name says that it stands beside recordings; another one is
/// looked at.
fn is_companion(path: &Path) -> bool {
    let lower = |part: Option<&std::ffi::OsStr>| {
        part.unwrap_or_default().to_string_lossy().to_ascii_lowercase()
    };
    let (stem, extension) = (lower(path.file_stem()), lower(path.extension()));
    let sidecar = ["_channels", "_electrodes", "_events", "_scans", "_sessions"]
        .iter()
        .any(|end| stem.ends_with(end));
    let is_bids = extension == "tsv" || stem.starts_with("sub-");
    let texts = ["readme", "license", "licence", "copying", "changelog", "participants"];
    sidecar && is_bids || texts.contains(&stem.as_str())
}

/// Extensions of recordings that are not read yet.
const NOT_READ: [&str; 18] = [
    "edf", "bdf", "c3d", "mat", "xlsx", "xls", "ods", "hpf", "otb+", "otb4", "adicht",
    "acq", "emt", "dat", "asc", "vhdr", "xdf", "gz",
];
