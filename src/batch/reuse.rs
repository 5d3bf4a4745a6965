//! The results of an earlier run, where nothing that they depend on has changed and they
//! are as they were written.

use std::path::Path;

use super::{Order, Outputs, fingerprint, signals};
use crate::report;
use crate::session::{Findings, SessionInput, Status};

/// The findings of an earlier run that are still those of a session, with the files that
/// were written of them.
pub(super) fn earlier(
    input: &SessionInput,
    order: &Order,
    folder: &Path,
) -> Option<(Findings, Outputs)> {
    if order.force {
        return None;
    }
    let written = Outputs::read(folder);
    let is_whole = |name: &str| written.is_whole(folder, name);
    if !report::WRITERS.iter().all(|writer| is_whole(writer.file_name())) {
        return None;
    }
    let findings = read(folder)?;
    let has_signals = || {
        let mut done =
            findings.recordings.iter().filter(|one| one.status == Status::Done);
        done.all(|one| is_whole(&signals::name(&one.recording)))
    };
    let is_same = (!order.save_signals || has_signals())
        && findings.fingerprint == fingerprint::of_files(input, order);
    if !is_same {
        return None;
    }
    // Signals that somebody removed since, and nobody asks for, are no outputs any more.
    let mut outputs = written.clone();
    outputs.retain(|name| folder.join(name).is_file());
    if outputs != written {
        outputs.write(folder).ok()?;
    }
    Some((findings, outputs))
}

/// The signals of an earlier run that belong to these findings, since nothing has changed
/// that they depend on.
pub(super) fn earlier_signals(findings: &Findings, folder: &Path) -> Outputs {
    let mut outputs = Outputs::read(folder);
    let earlier = read(folder).map(|findings| findings.fingerprint);
    let is_same = earlier.as_ref() == Some(&findings.fingerprint);
    let whole = outputs.clone();
    outputs.retain(|name| {
        is_same && name.starts_with(signals::FOLDER) && whole.is_whole(folder, name)
    });
    outputs
}

fn read(folder: &Path) -> Option<Findings> {
    let name = report::Writer::file_name(&report::Json);
    serde_json::from_slice(&std::fs::read(folder.join(name)).ok()?).ok()
}
