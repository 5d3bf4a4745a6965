//! The processed signals of a session, which stand beside results that they belong to.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::outputs::Outputs;
use super::write::{Staged, make_below};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::Trace;

/// Where they lie below the folder of the session.
pub(super) const FOLDER: &str = "signals";

/// The name of a recording's signals, relative to the folder of the session.
pub(super) fn name(recording: &str) -> String {
    format!("{FOLDER}/{recording}.parquet")
}

/// Writes the signals of a recording, and notes that they are there.
pub(super) fn save(
    (out, folder): (&Path, &Path),
    recording: &str,
    traces: &[Trace],
    outputs: &Mutex<Outputs>,
) -> Result<()> {
    let bytes = encoded(traces)?;
    make_below(out, &folder.join(FOLDER))?;
    let mut staged = Staged::default();
    staged.write(&folder.join(name(recording)), |file| file.write_all(&bytes))?;
    staged.appear()?;
    let mut outputs = outputs.lock().unwrap_or_else(PoisonError::into_inner);
    outputs.note(name(recording), &bytes);
    Ok(())
}

/// # Errors
/// When this build can write none, which is better known before anything is computed.
pub(super) fn refuse_a_build_without_them() -> Result<()> {
    encoded(&[]).map(|_| ())
}

#[cfg(feature = "tables")]
fn encoded(traces: &[Trace]) -> Result<Vec<u8>> {
    crate::table::traces_parquet(traces).map_err(|error| {
        Error::new(ErrorKind::Write, format!("cannot make the table of signals: {error}"))
    })
}

#[cfg(not(feature = "tables"))]
fn encoded(_: &[Trace]) -> Result<Vec<u8>> {
    let said = "this build of soleus writes no Parquet, so that it cannot save signals";
    Err(Error::new(ErrorKind::Arguments, said).with_hint(
        "build with the feature `tables`, or use `soleus signals FILE -o OUT.csv`",
    ))
}

/// Keeps the earlier signals that belong to the results, and removes those that do not:
/// they would be taken for theirs.
pub(super) fn replace(earlier: Outputs, folder: &Path, outputs: &mut Outputs) {
    outputs.add(earlier);
    let kept: BTreeSet<String> = outputs.names().map(str::to_owned).collect();
    let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) else {
        return;
    };
    for path in entries.filter_map(std::result::Result::ok).map(|entry| entry.path()) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_ours = path.extension().is_some_and(|extension| extension == "parquet");
        if is_ours && !kept.contains(&name(&stem)) {
            // One that cannot be removed is named by no record.
            let _ = std::fs::remove_file(path);
        }
    }
}
