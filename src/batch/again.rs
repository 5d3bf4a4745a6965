//! A run computed again from the inputs as they are: what comes out otherwise than it
//! stands in the output.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind::NotFound};
use std::path::PathBuf;

use super::written::WrittenRun;
use super::{Progress, fingerprint};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::table::{self, CsvLocale, TableDifference};

/// The most bytes of a table whose values are compared.
const MOST_OF_A_TABLE: u64 = 4 << 30;

/// What differs when everything is computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgainDifference {
    /// A session that is no longer in the inputs.
    SessionGone(String),
    /// A session that the inputs did not have.
    SessionNew(String),
    /// A value, row or column of a table, by the name of its file.
    Table(String, TableDifference),
    /// A table that cannot be compared, and why.
    NotCompared(String, String),
    /// Another file that comes out with other bytes than were written.
    File(String),
}

impl WrittenRun {
    /// Computes everything again in a place that is removed, and tells what comes out
    /// otherwise. `false` where the run was stopped before its end.
    ///
    /// # Errors
    /// When nothing can be computed: an input is gone, or there is no room.
    pub fn compute_again(
        &self,
        progress: &dyn Progress,
        mut tell: impl FnMut(AgainDifference),
    ) -> Result<bool> {
        let place = tempfile::Builder::new().prefix("soleus-verify-").tempdir();
        let place = place.map_err(|error| {
            let said = format!("there is no place to compute everything again: {error}");
            Error::new(ErrorKind::Write, said)
                .with_hint("name a folder with room in the variable TMPDIR")
        })?;
        let out = place.path().join("out");
        let record = super::run(&self.order(&out)?, progress)?.record;
        if record.status == "stopped" {
            return Ok(false);
        }
        self.compare(&Self { out, record }, &mut tell);
        Ok(true)
    }

    fn compare(&self, again: &Self, tell: &mut impl FnMut(AgainDifference)) {
        let (old, new) = (self.folders(), again.folders());
        for folder in old.difference(&new) {
            tell(AgainDifference::SessionGone((*folder).to_owned()));
        }
        for folder in new.difference(&old) {
            tell(AgainDifference::SessionNew((*folder).to_owned()));
        }
        let tables = table::TABLES.map(|table| table.csv_file());
        for name in &tables {
            self.compare_table(again, name, tell);
        }
        // Reports name the build, so that all of another one differ.
        if self.is_of_this_build() {
            let new: BTreeMap<String, String> = again.hashes().collect();
            let others = self.hashes().filter(|(name, _)| !tables.contains(name));
            others
                .filter(|(name, hash)| new.get(name).is_some_and(|new| new != hash))
                .for_each(|(name, _)| tell(AgainDifference::File(name)));
        }
    }

    fn folders(&self) -> BTreeSet<&str> {
        self.record.sessions.iter().map(|session| session.folder.as_str()).collect()
    }

    /// Compares the values of a table as it stands with those that come out.
    fn compare_table(
        &self,
        again: &Self,
        name: &str,
        tell: &mut impl FnMut(AgainDifference),
    ) {
        let (was, is) = (self.out.join(name), again.out.join(name));
        let options = self.record.options.as_ref();
        let locale = options.and_then(|options| options.csv_locale.as_ref());
        let separator = locale.map_or(',', CsvLocale::separator);
        if let Err(error) = compare_files(separator, was, is, |difference| {
            tell(AgainDifference::Table(name.to_owned(), difference));
        }) {
            let reason = match error.kind() {
                NotFound => "it is missing".to_owned(),
                _ => error.to_string(),
            };
            tell(AgainDifference::NotCompared(name.to_owned(), reason));
        }
    }
}

fn compare_files(
    separator: char,
    was: PathBuf,
    is: PathBuf,
    tell: impl FnMut(TableDifference),
) -> io::Result<()> {
    let (old, new) = (files::open(&was)?, files::open(&is)?);
    if old.metadata()?.len() > MOST_OF_A_TABLE {
        return Err(io::Error::other("it is too long for a table"));
    }
    match fingerprint::of_file(&was) == fingerprint::of_file(&is) {
        true => Ok(()),
        false => table::compare_tables(separator, old, new, tell),
    }
}
