//! Where the copy of a file lies, and where nothing may be written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::names::Names;
use super::{Original, PseudonymOrder};
use crate::error::{Error, ErrorKind, Result};
use crate::files;

/// # Errors
/// When the copy is there already or would be read as input, or the key would be given
/// away with the copy or be read as a recording.
pub(super) fn refuse(order: &PseudonymOrder) -> Result<()> {
    let (out, key) = (&order.out, &order.key);
    if is_occupied(out) {
        let said = format!("{} is there and not empty", out.display());
        return wrong(said, "name a folder that is empty or not yet there");
    }
    let (out_place, key_place) = (files::place(out), files::place(key));
    if key_place.starts_with(&out_place) {
        let said = format!("the key {} would lie in the copy", key.display());
        return wrong(said, "keep it apart: name a file in another folder with --key");
    }
    for input in &order.inputs {
        let folder = files::place(&root_of(input));
        if out_place.starts_with(&folder) {
            let said = format!("the copy {} would lie in the input", out.display());
            return wrong(said, "name a folder of its own with -o");
        }
        if key_place.starts_with(&folder) {
            let said = format!("the key {} lies in the input", key.display());
            return wrong(
                said,
                "keep it apart: name a file in another folder with --key",
            );
        }
    }
    Ok(())
}

fn wrong(said: String, hint: &str) -> Result<()> {
    Err(Error::new(ErrorKind::Arguments, said).with_hint(hint))
}

fn is_occupied(folder: &Path) -> bool {
    let holds = std::fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some());
    holds || folder.is_file()
}

/// Two files whose copies would have one name.
pub(super) fn two_of_one_name(place: &Path) -> Error {
    let said = format!("two files would be {} in the copy", place.display());
    Error::new(ErrorKind::Arguments, said).with_hint("rename one of them")
}

/// The folder that an input stands for.
fn root_of(input: &Path) -> PathBuf {
    let whole = files::absolute(input);
    let is_pattern = input.to_string_lossy().contains(['*', '?', '[', '{']);
    if whole.is_dir() || !whole.exists() && !is_pattern {
        return whole;
    }
    let mut above = whole.ancestors().skip(1);
    above.find(|folder| folder.is_dir()).unwrap_or(&whole).to_owned()
}

/// Where copies lie.
pub(super) struct CopyPlaces<'a> {
    /// The folder that the copy stands for.
    base: PathBuf,
    names: &'a Names,
}

impl<'a> CopyPlaces<'a> {
    /// The copy stands for the folder above all inputs; for the one above that, where its
    /// own name is a person's.
    pub(super) fn of(
        inputs: &[PathBuf],
        originals: &[Original],
        persons: &BTreeMap<String, String>,
        names: &'a Names,
    ) -> Self {
        let folders = originals.iter().filter_map(|original| original.path.parent());
        let roots = inputs.iter().map(|input| root_of(input));
        let mut all = roots.chain(folders.map(Path::to_owned));
        let mut base = all.next().unwrap_or_default();
        for folder in all {
            while !folder.starts_with(&base) && base.pop() {}
        }
        let name = base.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| persons.values().any(|person| *person == name)) {
            base.pop();
        }
        Self { base, names }
    }

    /// The place of a file's copy, from the folder of the copy on.
    ///
    /// # Errors
    /// When its name is no text, or it lies elsewhere.
    pub(super) fn of_copy(&self, path: &Path, own: &str) -> Result<PathBuf> {
        let wrong = |said: &str, hint: &str| {
            Error::new(ErrorKind::Arguments, said).in_file(path).with_hint(hint)
        };
        let below =
            path.strip_prefix(&self.base).ok().filter(|below| below.is_relative());
        let below = below.ok_or_else(|| {
            wrong("it lies on another drive than the others", "copy it beside them")
        })?;
        let part = |part: &std::ffi::OsStr| {
            let text = part.to_str();
            let text = text.ok_or_else(|| wrong("its name is no text", "rename it"))?;
            Ok(self.names.replaced(text, own, true))
        };
        below.iter().map(part).collect()
    }
}
