//! `soleus demo`: a small simulated study with known truth.

use std::path::Path;
use std::process::ExitCode;

use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::synth;

pub(super) fn run(folder: &Path) -> Result<ExitCode> {
    let occupied =
        std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || folder.is_file() {
        return Err(Error::new(
            ErrorKind::Arguments,
            format!("{} is there and not empty", folder.display()),
        )
        .with_hint("name a folder that is empty or not yet there"));
    }
    let files = synth::study();
    for (path, bytes) in &files {
        write_whole(&folder.join(path), bytes)?;
    }
    tell!(
        "wrote {} files to {}; next: soleus run {} -o reports",
        files.len(),
        folder.display(),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}
