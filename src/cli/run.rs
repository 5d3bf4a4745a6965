//! `soleus run`: recordings in, reports and tables out.

use std::process::ExitCode;

use super::args::RunArguments;
use super::progress::{Quiet, Terminal};
use super::{NOTHING_DONE, SOME_FAILED, STOPPED, command, from, read_recipe, stop};
use crate::batch::{self, Order, Progress, Summary};
use crate::error::Result;

pub(super) fn run(arguments: RunArguments) -> Result<ExitCode> {
    let quiet = arguments.quiet;
    let terminal = Terminal::default();
    let progress: &dyn Progress = if quiet { &Quiet } else { &terminal };
    let order = order(arguments)?;
    stop::listen(
        "stopping after the recordings at work, then the tables of what is done are written",
    );
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

/// What is asked: by the arguments, or by the record of an earlier run.
fn order(arguments: RunArguments) -> Result<Order> {
    let command = command::of(&arguments);
    let (jobs, force) = (arguments.jobs.map(usize::from), arguments.force);
    if let Some(from) = &arguments.from {
        return Ok(Order { jobs, force, command, ..from::order(&arguments, from)? });
    }
    let (recipe, recipe_file) = read_recipe(&arguments.processing)?;
    Ok(Order {
        inputs: arguments.inputs,
        out: arguments.out,
        study: arguments.origin.study,
        allow_outside: arguments.origin.allow_outside,
        recipe,
        recipe_file,
        rate: arguments.origin.rate,
        jobs,
        force,
        save_signals: arguments.save_signals,
        command,
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
