//! Where an output may be written: never over a recording, nor over what somebody else
//! wrote.

use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::record::RunRecord;
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::report::{StudyPage, WRITERS};
use crate::session::{Manifest, is_output_folder};
use crate::table;

/// A folder that holds `run.json` is an output and never read: recordings in it would be
/// lost to the next run.
///
/// # Errors
/// When a recording lies in the output, however both are named.
pub(super) fn refuse_above_input(manifest: &Manifest, out: &Path) -> Result<()> {
    let place = files::place(out);
    let mut recordings = manifest.sessions.iter().flat_map(|session| &session.recordings);
    let inside = |path: &Path| files::place(path).starts_with(&place);
    match recordings.find(|recording| inside(&recording.path)) {
        Some(recording) => Err(Error::new(
            ErrorKind::Arguments,
            format!(
                "the output folder {} holds the recording {}",
                out.display(),
                recording.path.display()
            ),
        )
        .with_hint(
            "outputs are never read as input; name a folder of its own, e.g. -o reports",
        )),
        None => Ok(()),
    }
}

/// # Errors
/// When the folder is no output of ours and holds a file that would be overwritten.
pub(super) fn refuse_files_of_others(manifest: &Manifest, out: &Path) -> Result<()> {
    if is_output_folder(out) {
        return Ok(());
    }
    match outputs(manifest).find(|name| out.join(name).symlink_metadata().is_ok()) {
        Some(name) => Err(Error::new(
            ErrorKind::Arguments,
            format!("{} is there, and soleus did not write it", out.join(name).display()),
        )
        .with_hint("move it away, or name a folder of its own, e.g. -o reports")),
        None => Ok(()),
    }
}

/// Every file that a run writes, relative to its folder, but for signals.
fn outputs(manifest: &Manifest) -> impl Iterator<Item = PathBuf> {
    let tables =
        table::TABLES.iter().flat_map(|table| [table.csv_file(), table.parquet_file()]);
    let others = [table::DICTIONARY_FILE, StudyPage::FILE_NAME, RunRecord::FILE_NAME];
    let reports = manifest.sessions.iter().flat_map(|session| {
        let folder = Path::new("sessions").join(&session.folder);
        WRITERS.iter().map(move |writer| folder.join(writer.file_name()))
    });
    tables.chain(others.map(str::to_owned)).map(PathBuf::from).chain(reports)
}

/// # Errors
/// When the folder was removed or replaced since the run began, or reports in it were.
pub(super) fn refuse_a_removed_one(
    lock: &Lock,
    record: &RunRecord,
    out: &Path,
) -> Result<()> {
    let gone = record.sessions.iter().filter(|session| {
        let folder = out.join("sessions").join(&session.folder);
        session.outputs.keys().any(|name| !folder.join(name).is_file())
    });
    let gone = gone.count();
    if lock.is_in_place() && gone == 0 {
        return Ok(());
    }
    let said = format!(
        "{} was removed or changed while soleus ran: results of {gone} of {} sessions are \
         gone",
        out.display(),
        record.sessions.len()
    );
    Err(Error::new(ErrorKind::Write, said).with_hint("run the same command again"))
}
