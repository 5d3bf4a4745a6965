//! The files below the inputs that may be recordings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::{FoundFile, Search};
use crate::error::{Error, ErrorKind, Result};
use crate::load;

pub(super) fn expand(input: &Path, search: &Search<'_>) -> Result<Vec<FoundFile>> {
    let text = input.to_string_lossy();
    if input.is_file() {
        let path = absolute(input);
        let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
        return Ok(vec![FoundFile { path, root }]);
    }
    if input.is_dir() {
        let root = absolute(input);
        return Ok(walk(&root, search)
            .into_iter()
            .map(|path| FoundFile { path, root: root.clone() })
            .collect());
    }
    if text.contains(['*', '?', '[']) {
        return expand_pattern(input, search);
    }
    Err(Error::new(
        ErrorKind::Arguments,
        format!("there is no file or folder {}", input.display()),
    ))
}

fn expand_pattern(input: &Path, search: &Search<'_>) -> Result<Vec<FoundFile>> {
    let pattern = absolute(input);
    let matcher = GlobBuilder::new(&pattern.to_string_lossy())
        .literal_separator(true)
        .build()
        .map_err(|error| {
            Error::new(
                ErrorKind::Arguments,
                format!("{} is no pattern: {error}", input.display()),
            )
        })?
        .compile_matcher();
    let root: PathBuf = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let files = walk(&root, search);
    Ok(files
        .into_iter()
        .filter(|path| {
            path.ancestors()
                .any(|ancestor| ancestor != root && matcher.is_match(ancestor))
        })
        .map(|path| FoundFile { path, root: root.clone() })
        .collect())
}

/// The files below a folder that may be recordings. Hidden files, output folders and the
/// companions of recordings (BIDS sidecars, read-me and licence texts) are not.
fn walk(root: &Path, search: &Search<'_>) -> Vec<PathBuf> {
    let wanted = |path: &PathBuf| load::has_known_extension(path) && !is_companion(path);
    files_below(root, search).filter(wanted).collect()
}

/// Every file below a folder that is neither hidden nor part of an output.
fn files_below(
    root: &Path,
    search: &Search<'_>,
) -> impl Iterator<Item = PathBuf> + use<> {
    let out = search.out.map(absolute);
    let wanted = move |entry: &walkdir::DirEntry| {
        let hidden =
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let output = entry.file_type().is_dir()
            && (out.as_deref() == Some(entry.path()) || is_output_folder(entry.path()));
        !hidden && !output
    };
    WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(wanted)
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
}

/// Whether a folder holds the `run.json` of an earlier run.
pub fn is_output_folder(folder: &Path) -> bool {
    let Ok(bytes) = std::fs::read(folder.join("run.json")) else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    head.contains("\"program\": \"soleus\"")
}

fn is_companion(path: &Path) -> bool {
    let stem =
        path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let sidecar = ["_channels", "_electrodes", "_events", "_scans", "_sessions"]
        .iter()
        .any(|end| stem.ends_with(end));
    let text = ["readme", "license", "licence", "copying", "changelog"]
        .iter()
        .any(|start| stem.starts_with(start));
    sidecar || text || stem == "participants"
}

/// Extensions of recordings that are not read yet.
const NOT_READ: [&str; 18] = [
    "edf", "bdf", "c3d", "mat", "xlsx", "xls", "ods", "hpf", "otb+", "otb4", "adicht",
    "acq", "emt", "dat", "asc", "vhdr", "xdf", "gz",
];

/// How many files of other formats lie in the inputs, so that nobody takes them for
/// processed.
pub(super) fn not_read(inputs: &[PathBuf], search: &Search<'_>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for input in inputs.iter().filter(|input| input.is_dir()) {
        for path in files_below(&absolute(input), search) {
            let extension = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .to_ascii_lowercase();
            // A format that has come since is read, whatever the list says.
            let is_read = load::has_known_extension(&path);
            if !is_read && NOT_READ.contains(&extension.as_str()) {
                *counts.entry(extension).or_default() += 1;
            }
        }
    }
    let line = |(extension, count): (String, usize)| {
        format!(
            "{count} files with the extension {extension} were left out: soleus does not \
             read them yet; export CSV"
        )
    };
    counts.into_iter().map(line).collect()
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    // Symbolic links stay as the user wrote them; `.` and doubled separators go.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components().collect()
}
