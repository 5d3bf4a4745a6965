//! `soleus run`: recordings in, reports and tables out.

use std::process::ExitCode;

use super::args::RunArguments;
use super::progress::{Quiet, Terminal};
use super::{NOTHING_DONE, SOME_FAILED, STOPPED, read_recipe, stop};
use crate::batch::{self, Order, Progress, Summary};
use crate::error::Result;

pub(super) fn run(arguments: RunArguments) -> Result<ExitCode> {
    let recipe = read_recipe(&arguments.processing)?;
    let terminal = Terminal::default();
    let progress: &dyn Progress = if arguments.quiet { &Quiet } else { &terminal };
    let quiet = arguments.quiet;
    let order = Order {
        inputs: arguments.inputs,
        out: arguments.out,
        study: arguments.origin.study,
        allow_outside: arguments.origin.allow_outside,
        recipe,
        rate: arguments.origin.rate,
        jobs: arguments.jobs.map(usize::from),
        force: arguments.force,
        save_signals: arguments.save_signals,
        command: std::env::args().collect(),
    };
    stop::listen();
    let summary = batch::run(&order, progress)?;
    tell(&summary, &order, quiet);
    let record = &summary.record;
    if record.status == "stopped" {
        return Ok(ExitCode::from(STOPPED));
    }
    let some_failed = record.count("failed") > 0
        // What was asked for by name and could not be looked at is a failure, too.
        || record.left_out.iter().any(|left_out| left_out.named);
    Ok(match (record.count("done"), some_failed) {
        (0, _) => ExitCode::from(NOTHING_DONE),
        (_, true) => ExitCode::from(SOME_FAILED),
        (_, false) => ExitCode::SUCCESS,
    })
}

/// What went wrong, what was left out, and where to look.
fn tell(summary: &Summary, order: &Order, quiet: bool) {
    tell_recordings(summary, quiet);
    for warning in &summary.record.warnings {
        tell!("warning: {warning}");
    }
    for folder in &summary.left_over {
        tell!(
            "note: sessions/{folder} is of an earlier run and no longer in the input; it \
             was left as it is"
        );
    }
    if !quiet {
        tell_end(summary, order);
    }
}

/// The recordings that failed or were skipped, with their reasons.
fn tell_recordings(summary: &Summary, quiet: bool) {
    for (session, recording) in summary.record.recordings() {
        let failed = recording.status == "failed";
        if !failed && (recording.status != "skipped" || quiet) {
            continue;
        }
        let error = recording.error.as_deref().unwrap_or_default();
        tell!("{}: {}: {error}", recording.status, session.folder);
        if let Some(hint) = &recording.hint {
            tell!("  hint: {hint}");
        }
    }
}

/// How many were done, how long it took, and where to look.
fn tell_end(summary: &Summary, order: &Order) {
    let record = &summary.record;
    let (done, failed) = (record.count("done"), record.count("failed"));
    let reused = record.sessions.iter().filter(|session| session.reused).count();

    let mut line = format!("{done} of {} recordings done", record.recordings().count());
    if failed > 0 {
        line += &format!(", {failed} failed");
    }
    if reused > 0 {
        line += &format!(", {reused} of {} sessions unchanged", record.sessions.len());
    }
    let seconds = record.seconds.unwrap_or_default();
    let index = order.out.join("index.html");
    tell!("{line} in {seconds:.1} s: open {}", index.display());
}
