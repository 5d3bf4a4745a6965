//! Files that are no continuous recording, and files without numbers: what they are and
//! what to do.

use super::clock;
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn, key};
use super::numbers::cell;
use super::rows::{Delimiter, TextRows};
use super::table::{SampleTable, wrong_cell};
use crate::error::{Error, ErrorKind, Result};

/// How many lines of a file without numbers are looked at.
const LINES: usize = 200;

/// Columns of event files that are neither times nor signals.
const EVENT_WORDS: &[&str] = &[
    "label",
    "event",
    "events",
    "side",
    "leg",
    "foot",
    "type",
    "trialtype",
    "code",
    "marker",
    "name",
    "description",
];

/// Refuses a table of which every column is a time, or a time and its label.
pub(super) fn events(header: &Header) -> Result<()> {
    let is_label = |name: &str| EVENT_WORDS.contains(&key(name).as_str());
    let columns = || {
        header.columns.iter().filter(|column| {
            column.role != ColumnRole::Counter && !column.written.is_empty()
        })
    };
    let is_time = |column: &FileColumn| {
        column.role == ColumnRole::Time
            || names::per_second(&column.unit).is_some()
            || is_label(&column.name)
    };
    if !header.named
        || columns().count() < 2
        || !columns().all(is_time)
        || header.vendor.is_some()
    {
        return Ok(());
    }
    let names: Vec<&str> = columns().map(|column| column.written.as_str()).collect();
    Err(event_file(&names))
}

fn event_file(names: &[&str]) -> Error {
    let names = names.join(", ");
    let message = format!("this is a file of events ({names}), not a recording");
    let hint = "name it in study.toml beside the recording it belongs to: \
                [recordings.\"FILE\"] events = \"THIS FILE\"";
    Error::new(ErrorKind::NotARecording, message).with_hint(hint)
}

/// Refuses evoked sweeps: a first row of stimulus intensities, then a time column that
/// starts again.
pub(super) fn sweeps(table: &SampleTable, header: &Header) -> Result<()> {
    let (Some((time, sweeps)), false) = (table.columns.split_first(), header.named)
    else {
        return Ok(());
    };
    if sweeps.len() < 3
        || time.len() < 4
        || time.len() > 20_000
        || clock::read(&time[1..]).is_err()
    {
        return Ok(());
    }
    let first: Vec<f64> = sweeps.iter().map(|sweep| sweep[0]).collect();
    let sorted = first.windows(2).all(|pair| pair[0] <= pair[1]);
    let repeated = first.windows(2).any(|pair| pair[0] == pair[1]);
    let starts_again = time[0].is_nan() || time[0] >= time[1];
    if !(sorted
        && repeated
        && starts_again
        && first[0] > 0.0
        && first[0] < first[first.len() - 1])
    {
        return Ok(());
    }
    let (count, from, to) = (sweeps.len(), time[1], time[time.len() - 1]);
    let message = format!(
        "these are {count} evoked sweeps (row 1: stimulus intensity, column 1: time from \
         {from} to {to}), not a continuous recording"
    );
    Err(Error::new(ErrorKind::NotARecording, message).with_hint(
        "soleus run takes continuous recordings; leave this file out (role \
                    = \"ignore\" in study.toml)",
    ))
}

/// The error for a file in which no line holds numbers and nothing else.
pub(super) fn without_numbers(text: &str) -> Error {
    let is_empty = |symbol: char| symbol.is_whitespace() || ",;\"".contains(symbol);
    if text.chars().all(is_empty) {
        let message = "the file holds no values, only separators and blanks";
        return Error::new(ErrorKind::Load, message)
            .with_hint("export the recording again");
    }
    let lines = widest(text);
    let has_numbers = |line: &TextLine| line.cells.iter().any(|text| is_number(text));
    let rows: Vec<&TextLine> =
        lines.iter().filter(|line| !line.comment && has_numbers(line)).collect();
    let names = lines.iter().take_while(|line| !has_numbers(line)).last();
    let wrong = |row: &&TextLine| row.cells.iter().position(|cell| !is_number(cell));
    let Some((first, index)) = rows.first().and_then(|row| Some((row, wrong(row)?)))
    else {
        return only_text(&lines);
    };

    let name = |index: usize| {
        names.and_then(|line| line.cells.get(index)).map_or("", String::as_str)
    };
    let spoiled = !first.cells[index].chars().any(char::is_alphabetic);
    if spoiled || rows.len() < 3 {
        return wrong_cell(&first.cells[index], (first.line, index), name(index), b'.');
    }
    let named: Vec<&str> = (0..first.cells.len()).map(name).collect();
    if names_events(&named) {
        return event_file(&named);
    }
    table_of_trials(name(index), index, first)
}

/// Whether columns with these names tell times and what happened then.
fn names_events(written: &[&str]) -> bool {
    let has = |words: &[&str]| {
        written.iter().any(|name| words.contains(&key(&names::split(name).name).as_str()))
    };
    has(&["time", "onset", "t", "times", "timestamp", "start"]) && has(EVENT_WORDS)
}

fn table_of_trials(name: &str, index: usize, row: &TextLine) -> Error {
    let column = match name {
        "" => format!("column {}", index + 1),
        name => format!("column {} (\"{name}\")", index + 1),
    };
    let message = format!(
        "this is a table with text in {column} (\"{}\"), such as values per trial, not a \
         continuous recording",
        row.cells[index]
    );
    Error::new(ErrorKind::NotARecording, message).with_hint(
        "if it is a recording, delete the columns of text; else leave the file out (role \
         = \"ignore\" in study.toml)",
    )
}

fn only_text(lines: &[TextLine]) -> Error {
    let header =
        lines.len() < 3 && lines.iter().all(|line| line.cells.len() > 1 || line.comment);
    let message = match header {
        true => "the file holds a header and no samples",
        false => "no line of the file holds numbers alone",
    };
    Error::new(ErrorKind::Load, message).with_hint(
        "a recording is a table with one line for each sample and one column for each \
         channel; export it again as CSV",
    )
}

fn is_number(text: &str) -> bool {
    [b'.', b',']
        .into_iter()
        .any(|decimal| cell(text, decimal).is_some_and(|value| !value.is_nan()))
}

struct TextLine {
    line: usize,
    comment: bool,
    cells: Vec<String>,
}

/// The lines as the delimiter splits them that makes the most of them equally wide.
fn widest(text: &str) -> Vec<TextLine> {
    let delimiters = [
        Delimiter::Byte(b'\t'),
        Delimiter::Byte(b';'),
        Delimiter::Byte(b','),
        Delimiter::Blanks,
    ];
    let all = delimiters.map(|delimiter| lines(text, delimiter));
    let consistent = |lines: &Vec<TextLine>| {
        let width = lines.last().map_or(0, |line| line.cells.len());
        let alike = lines.iter().filter(|line| line.cells.len() == width).count();
        if width > 1 { alike } else { 0 }
    };
    // Of equals, `max_by_key` takes the last; the first is meant.
    all.into_iter().rev().max_by_key(consistent).unwrap_or_default()
}

fn lines(text: &str, delimiter: Delimiter) -> Vec<TextLine> {
    let mut rows = TextRows::new(text, delimiter, 1);
    let mut lines = Vec::new();
    while let Some(row) = rows.advance() {
        let cells = row.cells.iter().map(|cell| {
            cell.trim().trim_matches('"').trim_start_matches(['#', '%']).trim().to_owned()
        });
        let line = TextLine {
            line: row.line,
            comment: row.is_comment(),
            cells: cells.collect(),
        };
        if line.cells.iter().any(|cell| !cell.is_empty()) {
            lines.push(line);
        }
        if lines.len() == LINES {
            break;
        }
    }
    lines
}
