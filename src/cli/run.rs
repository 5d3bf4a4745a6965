//! `soleus run`: recordings in, reports and tables out.

use std::process::ExitCode;

use super::args::RunArguments;
use super::progress::{Quiet, Terminal};
use super::{NOTHING_DONE, SOME_FAILED, STOPPED, command, from, read_recipe, stop};
use crate::batch::{self, Order, Progress, RecordingRecord, Summary};
use crate::error::Result;

/// So many recordings of which the same is to be said are told together.
const ALIKE: usize = 4;

pub(super) fn run(arguments: RunArguments) -> Result<ExitCode> {
    let quiet = arguments.quiet;
    let terminal = Terminal::default();
    let progress: &dyn Progress = if quiet { &Quiet } else { &terminal };
    let from::Repeated { order, is_all_there } = asked(arguments)?;
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
        || !is_all_there
        // What was asked for by name and could not be looked at is a failure, too.
        || record.left_out.iter().any(|left_out| left_out.named)
        || record.recordings().any(|(_, recording)| lacks_events(recording));
    Ok(match (record.count("done"), some_failed) {
        (0, _) => ExitCode::from(NOTHING_DONE),
        (_, true) => ExitCode::from(SOME_FAILED),
        (_, false) => ExitCode::SUCCESS,
    })
}

/// Whether the events that the study names for a recording could not be read.
fn lacks_events(recording: &RecordingRecord) -> bool {
    recording.events.as_ref().is_some_and(|file| file.blake3.is_empty())
}

/// What is asked: by the arguments, or by the record of an earlier run.
fn asked(arguments: RunArguments) -> Result<from::Repeated> {
    let Some(from) = &arguments.from else {
        return Ok(from::Repeated { order: order(arguments)?, is_all_there: true });
    };
    let mut asked = from::asked(&arguments, from)?;
    asked.order.command = command::of(&arguments);
    asked.order.jobs = arguments.jobs.map(usize::from);
    asked.order.force = arguments.force;
    Ok(asked)
}

fn order(arguments: RunArguments) -> Result<Order> {
    let command = command::of(&arguments);
    let (jobs, force) = (arguments.jobs.map(usize::from), arguments.force);
    let (recipe, recipe_file) = read_recipe(&arguments.processing)?;
    let settings = arguments.processing.set;
    Ok(Order {
        settings,
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
        csv_locale: arguments.csv_locale,
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
    let is_told = |recording: &RecordingRecord| {
        recording.status == "failed" || recording.status == "skipped" && !quiet
    };
    let mut told: Vec<Told<'_>> = Vec::new();
    let recordings = summary.record.recordings();
    for (session, recording) in recordings.filter(|(_, recording)| is_told(recording)) {
        let one = Told::of(&session.folder, recording);
        match told.iter_mut().find(|other| other.is_like(&one)) {
            // What went wrong with a session is said once, not for each recording.
            Some(other) if other.places.last() == one.places.last() => {}
            Some(other) => other.places.extend(one.places),
            None => told.push(one),
        }
    }
    told.iter().for_each(Told::tell);
}

/// What was said of one or many recordings.
struct Told<'a> {
    status: &'a str,
    /// The message without the name of the file.
    alike: &'a str,
    hint: Option<&'a str>,
    /// The sessions, and the message of each.
    places: Vec<(&'a str, &'a str)>,
}

impl Told<'_> {
    fn of<'a>(session: &'a str, recording: &'a RecordingRecord) -> Told<'a> {
        let error = recording.error.as_deref().unwrap_or_default();
        let name = recording.file.rsplit(['/', '\\']).next().unwrap_or_default();
        Told {
            status: &recording.status,
            alike: error.strip_prefix(name).unwrap_or(error),
            hint: recording.hint.as_deref(),
            places: vec![(session, error)],
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.status, self.alike, self.hint) == (other.status, other.alike, other.hint)
    }

    /// One line for each recording, where they are few; else one for all.
    fn tell(&self) {
        if self.places.len() < ALIKE {
            for (session, error) in &self.places {
                tell!("{}: {session}: {error}", self.status);
            }
        } else {
            self.tell_together();
        }
        if let Some(hint) = self.hint {
            tell!("  hint: {hint}");
        }
    }

    fn tell_together(&self) {
        let files: Vec<String> =
            self.places.iter().map(|place| self.file(*place)).collect();
        let what = self.alike.trim_start_matches([':', ' ']);
        tell!("{}: {} recordings: {what}", self.status, files.len());
        tell!("  in: {}", files.join(", "));
    }

    fn file(&self, (session, error): (&str, &str)) -> String {
        match error.strip_suffix(self.alike) {
            Some("") | None => session.to_owned(),
            Some(file) => format!("{session}/{file}"),
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
