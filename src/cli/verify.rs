//! `soleus verify`: whether the files of a run are as they were written, and what comes
//! out when everything is computed again.

use std::path::Path;
use std::process::ExitCode;

use super::args::Verify;
use super::progress::Terminal;
use super::{SOME_FAILED, STOPPED, print_bytes, stop};
use crate::batch::{AgainDifference, CheckedFile, FileState, WrittenRun};
use crate::error::Result;
use crate::files::PathsFrom;
use crate::table::TableDifference;
use crate::words::{counted, harmless, shortened};

/// How many values that differ are named, and how many whole rows.
const NAMED_VALUES: usize = 100;
const NAMED_ROWS: usize = 20;
/// How many files of others are named.
const NAMED_FOREIGN: usize = 20;
/// The most characters of a value that is shown.
const LONGEST_VALUE: usize = 80;

/// What was found wrong so far, and what is said at the end.
#[derive(Default)]
struct Verdicts {
    wrong: bool,
    summary: Vec<String>,
}

pub(super) fn run(arguments: &Verify) -> Result<ExitCode> {
    let run = WrittenRun::open(&arguments.out)?;
    if let Some(unfinished) = unfinished(&run) {
        print(&unfinished)?;
        return Ok(ExitCode::from(SOME_FAILED));
    }
    let mut verdicts = Verdicts::default();
    print(&outputs(&run, &mut verdicts))?;
    if arguments.inputs {
        print(&inputs(&run, &mut verdicts))?;
        let Some(again) = again(&run, &mut verdicts) else {
            print(&["stopped before everything was computed again".to_owned()])?;
            return Ok(ExitCode::from(STOPPED));
        };
        // The heading alone says nothing.
        print(if again.len() > 1 { &again } else { &[] })?;
    }
    print(&[verdicts.summary.join("; ")])?;
    Ok(if verdicts.wrong { ExitCode::from(SOME_FAILED) } else { ExitCode::SUCCESS })
}

/// Prints lines, each of which stays one whatever a name in it holds.
fn print(lines: &[String]) -> Result<ExitCode> {
    let line = |line: &String| line.replace('\n', "\\n") + "\n";
    let text: String = lines.iter().map(line).collect();
    print_bytes(harmless(&text).as_bytes())
}

/// What is said of a run that has not ended: its record tells no output yet.
fn unfinished(run: &WrittenRun) -> Option<Vec<String>> {
    if run.record.status != "running" {
        return None;
    }
    let (out, started) = (run.out.display(), &run.record.started);
    let said = match run.writer() {
        Some(holder) => format!("a run ({holder}) is writing into {out}"),
        None => format!("the run of {started} into {out} did not end: it was killed"),
    };
    let hint = "  hint: files can be verified when a run has ended; run it again with \
                soleus run --from";
    let record = run.out.join("run.json");
    Some(vec![
        format!("running: {said}"),
        format!("{hint} {} -o {out}", record.display()),
    ])
}

fn outputs(run: &WrittenRun, verdicts: &mut Verdicts) -> Vec<String> {
    let record = &run.record;
    let written = record.finished.as_ref().unwrap_or(&record.started);
    let (out, version) = (run.out.display(), &record.version);
    let mut lines = vec![format!("outputs in {out}, of {written} by soleus {version}:")];
    if record.status == "stopped" {
        lines.push("note: the run was stopped before everything was processed".into());
    }
    for other in run.other_versions() {
        lines.push(format!("changed  run.json (it says {version}, a report {other})"));
        verdicts.wrong = true;
    }
    let checked = run.check_outputs();
    lines.extend(checked.iter().map(|one| line(one, one.file.clone())));
    verdicts.count(&checked, "output");
    if checked.is_empty() {
        lines.push("run.json names no output, so that none can be verified".into());
        verdicts.wrong = true;
    }

    let foreign = run.foreign_files();
    let named = foreign.iter().take(NAMED_FOREIGN);
    lines.extend(named.map(|name| format!("note: this run did not write {name}")));
    if let more @ 1.. = foreign.len().saturating_sub(NAMED_FOREIGN) {
        lines.push(format!("note: nor {more} more"));
    }
    lines
}

fn inputs(run: &WrittenRun, verdicts: &mut Verdicts) -> Vec<String> {
    let mut from_here = PathsFrom::new(Path::new("."));
    let checked = run.check_inputs();
    verdicts.count(&checked, "input");
    let shown = |one: &CheckedFile| line(one, from_here.path(&run.path(&one.file)));
    ["inputs:".to_owned()].into_iter().chain(checked.iter().map(shown)).collect()
}

fn line(checked: &CheckedFile, file: String) -> String {
    match &checked.state {
        FileState::Same => format!("ok       {file}"),
        FileState::Changed(None) => format!("changed  {file}"),
        FileState::Changed(Some(reason)) => format!("changed  {file} ({reason})"),
        FileState::Missing => format!("missing  {file}"),
    }
}

impl Verdicts {
    fn count(&mut self, checked: &[CheckedFile], noun: &str) {
        let missing = checked.iter().filter(|one| one.state == FileState::Missing);
        let same = checked.iter().filter(|one| one.state == FileState::Same).count();
        let missing = missing.count();
        let changed = checked.len() - same - missing;
        let mut said = format!("{same} of {} ok", counted(checked.len(), noun));
        for (count, word) in [(changed, "changed"), (missing, "missing")] {
            if count > 0 {
                said += &format!(", {count} {word}");
            }
        }
        self.wrong |= same < checked.len();
        self.summary.push(said);
    }
}

/// The differences that are named, values before whole rows, and how many there are.
#[derive(Default)]
struct Differences {
    values: Vec<String>,
    rows: Vec<String>,
    count: usize,
    /// Whether sessions are gone, and whether there are new ones.
    sessions: [bool; 2],
}

impl Differences {
    fn take(&mut self, difference: &AgainDifference) {
        use TableDifference::{RowGone, RowNew};
        self.count += 1;
        self.sessions[0] |= matches!(difference, AgainDifference::SessionGone(_));
        self.sessions[1] |= matches!(difference, AgainDifference::SessionNew(_));
        let (lines, most) = match difference {
            AgainDifference::Table(_, RowGone(_) | RowNew(_)) => {
                (&mut self.rows, NAMED_ROWS)
            }
            _ => (&mut self.values, NAMED_VALUES),
        };
        if lines.len() < most {
            lines.push(described(difference));
        }
    }

    fn lines(self) -> Vec<String> {
        let renamed = "note: sessions are named after their folders: was one renamed?";
        let note = (self.sessions == [true; 2]).then(|| renamed.to_owned());
        let mut lines = self.values;
        lines.extend(self.rows);
        if let more @ 1.. = self.count - lines.len() {
            lines.push(format!("and {}", counted(more, "more deviation")));
        }
        note.into_iter().chain(lines).collect()
    }
}

/// What comes out otherwise; `None` where somebody stopped it.
fn again(run: &WrittenRun, verdicts: &mut Verdicts) -> Option<Vec<String>> {
    stop::listen("stopping after the recordings at work");
    let mut lines = vec!["computed again:".to_owned()];
    if !run.is_of_this_build() {
        let note = "note: another build of soleus made the run: only the tables are \
                    compared, and last digits may differ";
        lines.push(note.to_owned());
    }
    let mut found = Differences::default();
    let computed =
        run.compute_again(&Terminal::default(), |difference| found.take(&difference));
    let said = match (computed, found.count) {
        (Ok(false), _) => return None,
        (Ok(true), 0) => "everything comes out the same".to_owned(),
        (Ok(true), count) => counted(count, "deviation"),
        (Err(error), _) => {
            let said = format!("nothing could be computed again: {error}");
            lines.extend(said.lines().map(str::to_owned));
            verdicts.wrong = true;
            "nothing computed again".to_owned()
        }
    };
    verdicts.wrong |= found.count > 0;
    verdicts.summary.push(said);
    lines.extend(found.lines());
    Some(lines)
}

fn described(difference: &AgainDifference) -> String {
    match difference {
        AgainDifference::SessionGone(folder) => {
            format!("session {folder} is no longer in the inputs")
        }
        AgainDifference::SessionNew(folder) => {
            format!("session {folder} is in the inputs and was not in the run")
        }
        AgainDifference::Table(table, difference) => {
            format!("{table}: {}", in_table(difference))
        }
        AgainDifference::NotCompared(table, reason) => {
            format!("{table} cannot be compared: {reason}")
        }
        AgainDifference::File(file) => format!("{file} comes out otherwise"),
    }
}

fn in_table(difference: &TableDifference) -> String {
    match difference {
        TableDifference::Value { row, column, was, is } => {
            format!("{row}: {column} is {}, comes out as {}", shown(was), shown(is))
        }
        TableDifference::RowGone(row) => format!("{row}: no such row comes out"),
        TableDifference::RowNew(row) => format!("{row}: the row is missing"),
        TableDifference::ColumnGone(column) => format!("no column {column} comes out"),
        TableDifference::ColumnNew(column) => format!("the column {column} is missing"),
    }
}

/// A value of a table.
fn shown(value: &str) -> String {
    match value {
        "" => "empty".to_owned(),
        _ => shortened(value, LONGEST_VALUE).into_owned(),
    }
}
