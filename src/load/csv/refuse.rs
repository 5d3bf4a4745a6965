//! Files that are no continuous recording, and files without numbers: what they are and
//! what to do.

use super::super::Hints;
use super::dialect::CsvDialect;
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn, key};
use super::numbers::cell;
use super::roles;
use super::rows::{Delimiter, TextRows};
use super::table::{SampleTable, wrong_cell};
use super::timing::{clock, ticks};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::Label;

/// How many lines of a file without numbers are looked at.
const LINES: usize = 200;
/// The slowest rate at which a table with words is taken for a recording by its times, in
/// hertz.
const SLOWEST: f64 = 20.0;
/// So many numbers of a kind show how a column is written.
const FEW: usize = 5;
/// A table of so many rows with a clock is a recording, whatever words stand in it.
const LONG: usize = 100;

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

/// Refuses numbers with a mark between thousands (`1.864` for 1864): in a column that holds
/// numbers of one to three digits beside such with three digits behind the decimal sign,
/// and no other ones.
pub(super) fn thousands(
    samples: &[&str],
    dialect: &CsvDialect,
    header: &Header,
) -> Result<()> {
    let mut writings = vec![Writings::default(); dialect.columns];
    for (place, sample) in samples.iter().enumerate() {
        let (body, line) = match place {
            0 => (sample.get(dialect.body..).unwrap_or_default(), dialect.body_line),
            _ => (*sample, 0),
        };
        let mut rows = TextRows::new(body, dialect.delimiter, line.max(1));
        for _ in 0..LINES {
            let Some(row) = rows.advance() else { break };
            for (writings, cell) in writings.iter_mut().zip(&row.cells) {
                let line = (place == 0).then_some(row.line);
                writings.take(cell.trim().trim_matches('"'), dialect.decimal, line);
            }
        }
    }
    let Some(index) = writings.iter().position(Writings::are_thousands) else {
        return Ok(());
    };
    let name = header.columns.get(index).map_or("", |column| column.written.as_str());
    let example = &writings[index].example;
    let sign = char::from(dialect.decimal);
    let message = format!(
        "\"{example}\" in the column \"{name}\" has a mark between thousands: numbers without \
         '{sign}' stand beside it"
    );
    let error = Error::new(ErrorKind::Load, message).at_column(index + 1).with_hint(
        "it looks like numbers with thousands separators; write them without (in a \
         spreadsheet: a number format without separators, then save again)",
    );
    Err(match writings[index].line {
        Some(line) => error.at_line(line),
        None => error,
    })
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Default)]
struct Writings {
    /// With three digits behind the sign and one to three before it.
    marked: usize,
    /// With one to three digits and no sign.
    short: usize,
    others: usize,
    /// The first marked one, and its line.
    example: String,
    line: Option<usize>,
}

impl Writings {
    fn take(&mut self, text: &str, decimal: u8, line: Option<usize>) {
        let size = text.trim_start_matches('-');
        let is_short = |digits: &str| {
            (1..=3).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        match size.split_once(char::from(decimal)) {
            _ if size.is_empty() => {}
            None if is_short(size) => self.short += 1,
            Some((whole, rest))
                if is_short(whole)
                    && !whole.starts_with('0')
                    && rest.len() == 3
                    && is_short(rest) =>
            {
                if self.marked == 0 {
                    (self.example, self.line) = (text.to_owned(), line);
                }
                self.marked += 1;
            }
            _ => self.others += 1,
        }
    }

    fn are_thousands(&self) -> bool {
        self.marked >= FEW && self.short >= FEW && self.others == 0
    }
}

/// Refuses tables with words in every row and no clock: results of trials.
pub(super) fn trials(
    table: &SampleTable,
    (header, dialect): (&Header, &CsvDialect),
    hints: &Hints,
) -> Result<()> {
    if let Some(column) = table.marks.turns.and_then(|index| header.columns.get(index)) {
        let message = format!(
            "the words in the column \"{}\" take turns from row to row: a long table, in which \
             one column holds the samples of several channels",
            column.written
        );
        return Err(Error::new(ErrorKind::Load, message).with_hint(
            "write one column for each channel (pandas: pivot; R: reshape or pivot_wider)",
        ));
    }
    let Some(index) = dialect.words.iter().position(|words| *words) else {
        return Ok(());
    };
    let written: Vec<&str> =
        header.columns.iter().map(|column| column.written.as_str()).collect();
    if is_of_onsets(&written) {
        return Err(event_file(&written));
    }
    let long = table.rows() >= LONG;
    let is_clock = |column: &FileColumn| column.role == ColumnRole::Time;
    let counts = header.columns.iter().any(|column| column.role == ColumnRole::Counter);
    let has_signal = !header.named || header.columns.iter().any(roles::says_signal);
    let by_clock = has_signal && header.columns.iter().any(is_clock);
    let by_rate = hints.rate.is_some() || header.rate.is_some();
    if long && (by_clock || ticks_evenly(header, table)) || by_rate && (long || counts) {
        return Ok(());
    }
    if names_events(&written) {
        return Err(event_file(&written));
    }
    let name = written.get(index).copied().unwrap_or_default();
    Err(table_of_trials(name, index, &dialect.example[index]))
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
    // A number here and there makes no table.
    let cells = || lines.iter().flat_map(|line| &line.cells);
    let numbers = cells().filter(|cell| is_number(cell)).count();
    if rows.len() < 3 && numbers * 5 < cells().count() {
        return only_text(&lines);
    }
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
    table_of_trials(name(index), index, &first.cells[index])
}

/// Whether a column of times ticks evenly and as fast as EMG is sampled: a table of days or
/// trials has times, too.
fn ticks_evenly(header: &Header, table: &SampleTable) -> bool {
    let times = header.columns.iter().zip(&table.columns);
    let times = times.filter(|(column, _)| column.role == ColumnRole::Time);
    times.into_iter().any(|(column, values)| {
        let seconds = ticks::read(column, values, false, None).seconds;
        clock::read(&seconds).is_ok_and(|clock| !clock.uneven && clock.rate_hz >= SLOWEST)
    })
}

/// Whether columns are those of events in BIDS, whatever stands beside them.
fn is_of_onsets(written: &[&str]) -> bool {
    let has = |word: &str| written.iter().any(|name| key(name) == word);
    has("onset") && has("duration")
}

/// Whether columns with these names tell times and what happened then.
fn names_events(written: &[&str]) -> bool {
    let has = |words: &[&str]| {
        written.iter().any(|name| words.contains(&key(&names::split(name).name).as_str()))
    };
    has(&["time", "onset", "t", "times", "timestamp", "start"]) && has(EVENT_WORDS)
}

fn table_of_trials(name: &str, index: usize, text: &str) -> Error {
    let column = match name {
        "" => format!("column {}", index + 1),
        name => format!("column {} (\"{name}\")", index + 1),
    };
    let message = format!(
        "this is a table with text in {column} (\"{text}\"), such as values per trial, not a \
         continuous recording"
    );
    Error::new(ErrorKind::NotARecording, message).with_hint(
        "if it is a recording, give its rate (--rate 1000, or rate_hz in study.toml); else leave \
         the file out (role = \"ignore\" in study.toml)",
    )
}

fn only_text(lines: &[TextLine]) -> Error {
    // In prose a word here and there is like a name.
    let names = |line: &TextLine| line.cells.iter().filter(|cell| is_name(cell)).count();
    let is_header = |line: &TextLine| match names(line) {
        0 => false,
        names => (names > 1 || lines.len() < 3) && 2 * names >= line.cells.len(),
    };
    if !lines.iter().any(is_header) {
        let message =
            "the file holds text and no line of numbers: notes, not a recording";
        return Error::new(ErrorKind::NotARecording, message).with_hint(
            "if it should be one, export it again as CSV: one line for each sample, one \
             column for each channel",
        );
    }
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

/// Whether a cell can be the name of a column: one that says time, a unit, a muscle or EMG.
fn is_name(cell: &str) -> bool {
    let named = names::split(cell);
    let label = Label::parse(&named.name, named.unit.as_deref().unwrap_or_default());
    named.unit.is_some()
        || label.muscle.is_some()
        || names::role(&named.name, named.unit.as_deref()) != ColumnRole::Channel
        || cell.to_lowercase().contains("emg")
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
