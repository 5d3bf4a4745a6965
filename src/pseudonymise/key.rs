//! The key: which code stands for whom, as CSV with the columns `original` and `code`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

use super::names;
use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::files;

/// The most characters of a code.
const LONGEST_CODE: usize = 64;
const HEADER: [&str; 2] = ["original", "code"];

/// The key in a file.
pub(super) struct KeyFile {
    path: PathBuf,
    /// What is there already, which stays as it is.
    written: Vec<u8>,
    codes: BTreeMap<String, String>,
    new: Vec<(String, String)>,
}

/// Whether a code can stand in the name of a folder and lead nowhere else.
fn is_code(code: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !code.is_empty() && code.len() <= LONGEST_CODE && code.chars().all(fits)
}

impl KeyFile {
    /// The key in a file, an empty one where there is none.
    ///
    /// # Errors
    /// When the file is there and no key.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let wrong = |said: String| {
            Error::new(ErrorKind::Arguments, said)
                .in_file(path)
                .with_hint("a key has the columns original,code; name another file")
        };
        let written = match files::read(path, files::MOST_OF_SETTINGS) {
            Err(error) if error.kind() == NotFound && !path.is_symlink() => Vec::new(),
            Err(error) => return Err(wrong(format!("cannot read the key: {error}"))),
            Ok(bytes) => bytes,
        };
        let mut codes = BTreeMap::new();
        if !written.is_empty() {
            let mut reader = csv::Reader::from_reader(written.as_slice());
            let is_key = reader.headers().is_ok_and(|header| header.iter().eq(HEADER));
            if !is_key {
                return Err(wrong("the file is there, and it is no key".to_owned()));
            }
            for row in reader.records() {
                let row = row.map_err(|error| wrong(error.to_string()))?;
                if !is_code(&row[1]) {
                    return Err(wrong(format!(
                        "the code of {:?} is {:?}: a code is letters, digits, - and _",
                        &row[0], &row[1]
                    )));
                }
                codes.insert(row[0].to_owned(), row[1].to_owned());
            }
        }
        if let Some(code) = codes.values().find(|code| codes.contains_key(*code)) {
            return Err(wrong(format!("the code {code:?} is the name of a person")));
        }
        let different: BTreeSet<&String> = codes.values().collect();
        if different.len() < codes.len() {
            return Err(wrong("two persons have one code".to_owned()));
        }
        Ok(Self { path: path.to_owned(), written, codes, new: Vec::new() })
    }

    /// Gives a code to everybody who has none. Their order is that of a hash, so that
    /// codes say nothing of the alphabet.
    pub(super) fn extend(&mut self, persons: &BTreeSet<String>) {
        let unknown = persons.iter().filter(|name| !self.codes.contains_key(*name));
        let mut unknown: Vec<&String> = unknown.collect();
        unknown.sort_by_cached_key(|name| *blake3::hash(name.as_bytes()).as_bytes());
        let mut taken: BTreeSet<String> = self.codes.values().cloned().collect();
        let mut numbers = 1..;
        let mut known = KnownCodes::of(&self.codes);
        for name in unknown {
            // An earlier visit in another case or order, or without accents.
            if let Some(code) = known.code(name) {
                self.codes.insert(name.clone(), code);
                continue;
            }
            let free = numbers.by_ref().map(|number| format!("P{number:03}"));
            // Nobody gets a code that somebody else is called.
            let is_name =
                |code: &String| persons.contains(code) || self.codes.contains_key(code);
            let mut free = free.filter(|code| !is_name(code));
            let Some(code) = free.find(|code| taken.insert(code.clone())) else { return };
            self.codes.insert(name.clone(), code.clone());
            known.add(name, &code);
            self.new.push((name.clone(), code));
        }
    }

    /// Everybody in the key, with their codes.
    pub(super) fn persons(&self) -> Vec<(String, String)> {
        self.codes.iter().map(|(name, code)| (name.clone(), code.clone())).collect()
    }

    /// Which of some names have one code, since they are alike.
    pub(super) fn of_one_person(&self, names: &BTreeSet<String>) -> Vec<Vec<String>> {
        let mut by_code: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for name in names {
            by_code.entry(self.code(name)).or_default().push(name.clone());
        }
        by_code.into_values().filter(|names| names.len() > 1).collect()
    }

    /// The code of a person.
    pub(super) fn code(&self, person: &str) -> &str {
        self.codes.get(person).map_or("", String::as_str)
    }

    /// Adds the new codes to the file; what stands there stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self) -> Result<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(vec![]);
        let rows = self.new.iter().map(|(name, code)| [name.as_str(), code.as_str()]);
        let header = self.written.is_empty().then_some(HEADER);
        for row in header.into_iter().chain(rows) {
            writer.write_record(row).map_err(|error| self.unwritten(&error))?;
        }
        let rows = writer.into_inner().map_err(|error| self.unwritten(&error))?;
        let mut bytes = self.written.clone();
        if bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        bytes.extend(rows);
        write_whole(&self.path, &bytes)
    }

    fn unwritten(&self, error: &dyn std::fmt::Display) -> Error {
        let said = format!("cannot write the key: {error}");
        Error::new(ErrorKind::Write, said).in_file(&self.path)
    }
}

/// Codes by what the ways to write a name have in common.
struct KnownCodes(BTreeMap<String, String>);

impl KnownCodes {
    fn of(codes: &BTreeMap<String, String>) -> Self {
        let mut known = Self(BTreeMap::new());
        codes.iter().for_each(|(name, code)| known.add(name, code));
        known
    }

    fn add(&mut self, name: &str, code: &str) {
        for way in names::alike(name) {
            self.0.entry(way).or_insert_with(|| code.to_owned());
        }
    }

    fn code(&self, name: &str) -> Option<String> {
        names::alike(name).iter().find_map(|way| self.0.get(way).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persons(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Before, a code of `../somebody` wrote over the input of another person.
    #[test]
    fn a_code_leads_nowhere_and_names_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.csv");
        for row in [
            "Max,../Eve",
            "Max,/elsewhere",
            "Max,a/b",
            "Max,",
            "Max,..",
            "Max,Max",
            "Max,Eve\nEve,E1",
        ] {
            std::fs::write(&path, format!("original,code\n{row}\n")).unwrap();
            assert!(KeyFile::read(&path).is_err(), "{row}");
        }
        std::fs::write(&path, "original,code\nMax,S-01_a\n").unwrap();
        assert_eq!(KeyFile::read(&path).unwrap().code("Max"), "S-01_a");
    }

    #[test]
    fn codes_stay_and_new_ones_follow() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.csv");
        let mut key = KeyFile::read(&path).unwrap();
        key.extend(&persons(&["Ada, \"A\"", "Bea", "P001"]));
        key.write().unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        assert!(first.starts_with("original,code\n") && first.lines().count() == 4);
        let mut again = KeyFile::read(&path).unwrap();
        assert_eq!(again.persons(), key.persons());
        again.extend(&persons(&["Bea", "Cleo"]));
        again.write().unwrap();
        let second = std::fs::read_to_string(&path).unwrap();
        assert!(second.starts_with(&first) && second.lines().count() == 5, "{second}");
        assert_eq!(again.code("Bea"), key.code("Bea"));
        let codes: BTreeSet<_> = again.persons().into_iter().map(|one| one.1).collect();
        assert!(codes.len() == 4 && !codes.contains("P001"), "{codes:?}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.csv");
        for text in ["a,b\n1,2\n", "original,code\nA,P1\nB,P1\n", "original,code\nA\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(KeyFile::read(&path).is_err(), "{text}");
        }
        assert!(KeyFile::read(folder.path()).is_err());
    }
}
