//! The body of a file → columns of numbers: plain tables on all cores, the others row by
//! row.

use std::collections::BTreeSet;
use std::io;

use super::dialect::CsvDialect;
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn, may_hold_events, unit};
use super::numbers::{self, BLANK};
use super::plain::{self, Extent, Plain};
use super::rows::{Delimiter, TextRow, TextRows};
use super::timing::moment;
use crate::error::{Error, ErrorKind, Result};
use crate::load::source::ByteSource;

/// A column without any number in so many rows may hold the words of events.
const BLANK_ROWS: usize = 20;
/// A column of words with more changes than this, and than one in ten rows, tells no
/// events.
const MOST_EVENTS: usize = 20;

/// The numbers of a file.
#[derive(Debug)]
pub(super) struct SampleTable {
    /// The columns, all of one length; see [`numbers::BLANK`].
    pub(super) columns: Vec<Vec<f64>>,
    /// What the numbers of each column have been divided by already.
    pub(super) divisors: Vec<f64>,
    /// Whether every number of a column is known to be finite.
    pub(super) finite: Vec<bool>,
    /// The line of the first row.
    first_line: usize,
    /// The line of every row, where they do not simply follow each other.
    lines: Option<Vec<usize>>,
    /// The words in columns of events.
    pub(super) marks: Vec<EventCell>,
    /// Columns of words that are no events: the same one in every row, or ever another.
    pub(super) remarks: Vec<usize>,
    /// A column whose words take turns from row to row.
    pub(super) turns: Option<usize>,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
}

/// A word in a column of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventCell {
    /// The column.
    pub(super) column: usize,
    /// The row in which the word stands, or stands first where several follow each other.
    pub(super) row: usize,
    /// The word.
    pub(super) label: String,
}

impl SampleTable {
    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Without a first row that holds nothing but the number of the rows below it, as
    /// AcqKnowledge writes one.
    pub(super) fn without_counts(mut self) -> Self {
        let below = self.rows().saturating_sub(1) as f64;
        let mut first =
            self.columns.iter().zip(&self.divisors).map(|(column, divisor)| {
                column.first().map_or(f64::NAN, |value| value * divisor)
            });
        let is_count = |value: f64| value.is_nan() || (value - below).abs() < 0.5;
        let has_any =
            self.columns.iter().any(|column| column.first().is_some_and(|x| !x.is_nan()));
        if below < 2.0 || !has_any || !first.by_ref().all(is_count) {
            return self;
        }
        for column in &mut self.columns {
            column.remove(0);
        }
        self.marks.iter_mut().for_each(|mark| mark.row = mark.row.saturating_sub(1));
        match &mut self.lines {
            Some(lines) if !lines.is_empty() => self.first_line = lines.remove(0),
            _ => self.first_line += 1,
        }
        self
    }

    /// The line of a row, counted from 1.
    pub(super) fn line(&self, row: usize) -> usize {
        match &self.lines {
            Some(lines) => lines.get(row).copied().unwrap_or(self.first_line),
            None => self.first_line + row,
        }
    }
}

/// Reads the samples.
///
/// # Errors
/// At the first cell that is no number and no sign for a missing value, and at the first
/// row with the wrong number of cells.
pub(super) fn read(
    text: &str,
    dialect: &CsvDialect,
    header: &Header,
) -> Result<SampleTable> {
    let body = &text[dialect.body..];
    if let Some(way) = way(dialect, header, body) {
        let extent = Extent {
            begin: 0,
            rows: body.len() / shortest_row(body) + 1,
            fingerprint: false,
        };
        // Memory is read without an error.
        if let Ok(Some(read)) =
            way.plain.read(&mut ByteSource::from_bytes(body.as_bytes()), extent)
        {
            return Ok(of_plain(read, way.divisors, dialect));
        }
    }
    RowReader::new(dialect, header).read(body)
}

/// How a table is written whose lines are plain.
pub(super) struct Way {
    plain: Plain,
    divisors: Vec<f64>,
}

/// How the table is written that begins with `rows`; `None` where lines cannot be plain.
pub(super) fn way(dialect: &CsvDialect, header: &Header, rows: &str) -> Option<Way> {
    let delimiter = match dialect.delimiter {
        Delimiter::Byte(delimiter) => delimiter,
        Delimiter::None => b'\t',
        Delimiter::Blanks => return None,
    };
    // What a column without a name holds is decided by its numbers.
    let is_channel = |column: &&FileColumn| {
        column.role == ColumnRole::Channel && !column.written.is_empty()
    };
    let divisor = |column: &FileColumn| {
        Some(column).filter(is_channel).map_or(1.0, |column| unit(&column.unit).1)
    };
    let divisors: Vec<f64> = header.columns.iter().map(divisor).collect();
    let plain = Plain::like(rows.lines().next()?, delimiter, dialect.decimal, &divisors);
    Some(Way { plain, divisors })
}

/// Reads the samples of a plain table from the file itself; `None` where it is not plain.
pub(super) fn read_plain(
    source: &mut ByteSource<'_>,
    dialect: &CsvDialect,
    way: Way,
    extent: Extent,
) -> io::Result<Option<(SampleTable, Option<String>)>> {
    let Some(mut read) = way.plain.read(source, extent)? else {
        return Ok(None);
    };
    let fingerprint = read.fingerprint.take();
    Ok(Some((of_plain(read, way.divisors, dialect), fingerprint)))
}

fn of_plain(read: plain::Read, divisors: Vec<f64>, dialect: &CsvDialect) -> SampleTable {
    let plain::Read { columns, finite, .. } = read;
    SampleTable {
        columns,
        divisors,
        finite,
        first_line: dialect.body_line,
        lines: None,
        marks: Vec::new(),
        remarks: Vec::new(),
        turns: None,
        warnings: Vec::new(),
    }
}

/// The bytes of the shortest of the first rows: what the room for all of them is
/// estimated from.
pub(super) fn shortest_row(rows: &str) -> usize {
    rows.lines().take(1000).map(str::len).filter(|length| *length > 0).min().unwrap_or(0)
        + 1
}

/// Reads row by row and says where something is wrong.
struct RowReader<'h> {
    dialect: &'h CsvDialect,
    header: &'h Header,
    columns: Vec<Vec<f64>>,
    lines: Vec<usize>,
    marks: Vec<EventCell>,
    /// The word in the row before, of each column and of what stands behind the last one.
    words: Vec<Option<String>>,
    /// In how many rows each of these holds a word.
    filled: Vec<usize>,
    /// Rows that ended early: where they began to, and with how many cells.
    short: Option<Short>,
}

#[derive(Clone, Copy)]
struct Short {
    row: usize,
    line: usize,
    cells: usize,
}

impl<'h> RowReader<'h> {
    fn new(dialect: &'h CsvDialect, header: &'h Header) -> Self {
        let count = dialect.columns;
        let (columns, words) = (vec![Vec::new(); count], vec![None; count + 1]);
        Self {
            dialect,
            header,
            columns,
            lines: Vec::new(),
            marks: Vec::new(),
            words,
            filled: vec![0; count + 1],
            short: None,
        }
    }

    fn read(mut self, body: &str) -> Result<SampleTable> {
        let mut rows =
            TextRows::new(body, self.dialect.delimiter, self.dialect.body_line);
        while let Some(row) = rows.advance() {
            if !row.is_comment() {
                self.take(&row)?;
            }
        }
        let warnings = self.end_of_short_rows();
        let (divisors, finite) =
            (vec![1.0; self.columns.len()], vec![false; self.columns.len()]);
        let remarks = self.remarks();
        let turns = remarks.iter().copied().find(|column| self.takes_turns(*column));
        self.marks.retain(|mark| !remarks.contains(&mark.column));
        let (first_line, lines) = (self.dialect.body_line, Some(self.lines));
        Ok(SampleTable {
            remarks,
            turns,
            columns: self.columns,
            divisors,
            finite,
            first_line,
            lines,
            marks: self.marks,
            warnings,
        })
    }

    fn take(&mut self, row: &TextRow<'_>) -> Result<()> {
        let behind = self.behind(row);
        self.check_width(row, behind.is_some())?;
        for index in 0..self.columns.len() {
            let text = row.cells.get(index).copied().unwrap_or_default();
            let value = match numbers::cell(text, self.dialect.decimal) {
                Some(value) if !self.dialect.words[index] || value.is_nan() => {
                    self.words[index] = None;
                    value
                }
                _ => {
                    self.take_word(text, (row.line, index))?;
                    BLANK
                }
            };
            self.columns[index].push(value);
        }
        self.take_behind(behind);
        self.lines.push(row.line);
        Ok(())
    }

    /// The text behind the last column: a remark, with whatever separates cells in it.
    fn behind(&self, row: &TextRow<'_>) -> Option<String> {
        let columns = self.dialect.columns;
        let extra = row.cells.get(columns..).filter(|extra| {
            extra.iter().any(|cell| numbers::cell(cell, self.dialect.decimal).is_none())
        })?;
        let own = row.cells[columns - 1];
        let goes_on = numbers::cell(own, self.dialect.decimal).is_none();
        let own = goes_on.then_some(own).into_iter();
        let separator = self.dialect.delimiter.text();
        let joined: Vec<&str> = own.chain(extra.iter().copied()).collect();
        Some(label(&joined.join(separator)).to_owned())
    }

    /// Takes the remark behind the last column as an event of its row; where that column
    /// holds words too, it is its word in full.
    fn take_behind(&mut self, behind: Option<String>) {
        let (row, columns) = (self.lines.len(), self.columns.len());
        let Some(label) = behind else {
            self.words[columns] = None;
            return;
        };
        let is_own = |mark: &EventCell| (mark.column, mark.row) == (columns - 1, row);
        let goes_on = self.marks.last().is_some_and(is_own);
        if goes_on {
            self.marks.pop();
        }
        let column = if goes_on { columns - 1 } else { columns };
        self.filled[columns] += 1;
        self.marks.push(EventCell { column, row, label });
    }

    /// Takes a cell that is no number: the name of an event where the column may hold any.
    fn take_word(&mut self, text: &str, (line, index): (usize, usize)) -> Result<()> {
        let column = self.header.columns.get(index);
        let name = column.map_or("", |column| column.written.as_str());
        let is_blank = || {
            let above = &self.columns[index];
            above.len() >= BLANK_ROWS && above.iter().all(|value| value.is_nan())
        };
        if !(self.dialect.words[index] || may_hold_events(name) || is_blank()) {
            return Err(wrong_cell(text, (line, index), name, self.dialect.decimal));
        }
        let label = label(text).to_owned();
        self.filled[index] += 1;
        // A word that stays is one event, where it comes first.
        if self.words[index].as_ref() != Some(&label) {
            let row = self.lines.len();
            self.marks.push(EventCell { column: index, row, label: label.clone() });
        }
        self.words[index] = Some(label);
        Ok(())
    }

    /// Whether few words follow each other in nearly every row.
    fn takes_turns(&self, column: usize) -> bool {
        let marks = || self.marks.iter().filter(|mark| mark.column == column);
        let words: BTreeSet<&str> = marks().map(|mark| mark.label.as_str()).collect();
        2 * marks().count() > self.lines.len()
            && words.len() <= MOST_EVENTS
            && self.lines.len() > 5 * words.len()
    }

    fn holds_dates(&self, column: usize) -> bool {
        let first = self.marks.iter().find(|mark| mark.column == column);
        first.is_some_and(|mark| moment::date(&mark.label).is_some())
    }

    /// Columns whose words tell no events: one word in all rows, or a new one in many.
    fn remarks(&self) -> Vec<usize> {
        let rows = self.lines.len();
        let is_remark = |column: &usize| {
            let marks = self.marks.iter().filter(|mark| mark.column == *column).count();
            let name = self.header.columns[*column].name.as_str();
            if is_person(name) || self.holds_dates(*column) {
                return true;
            }
            let is_everywhere = marks == 1 && self.filled[*column] == rows && rows > 1;
            is_everywhere || marks > MOST_EVENTS.max(rows / 10)
        };
        (0..self.columns.len()).filter(is_remark).collect()
    }

    fn check_width(&mut self, row: &TextRow<'_>, has_remark: bool) -> Result<()> {
        let columns = self.dialect.columns;
        let filled = row
            .cells
            .iter()
            .rposition(|cell| !cell.trim().is_empty())
            .map_or(0, |at| at + 1);
        if filled > columns && !has_remark {
            return Err(wrong_width(row.line, row.cells.len(), columns, self.dialect));
        }
        let cells = row.cells.len().min(columns);
        match self.short {
            None if cells < columns => {
                self.short = Some(Short { row: self.lines.len(), line: row.line, cells })
            }
            // Columns end for good; a row that is wider again shows that a cell was lost.
            Some(short) if cells > short.cells => {
                return Err(wrong_width(short.line, short.cells, columns, self.dialect));
            }
            _ => {}
        }
        Ok(())
    }

    /// One short row at the very end is an interrupted one; several are columns that
    /// ended before the others.
    fn end_of_short_rows(&mut self) -> Vec<String> {
        let Some(short) = self.short else {
            return Vec::new();
        };
        let (line, cells, columns) = (short.line, short.cells, self.dialect.columns);
        if short.row + 1 < self.lines.len() {
            return vec![format!(
                "from line {line} on the rows hold {cells} of {columns} cells: the other \
                 columns end there"
            )];
        }
        for column in &mut self.columns {
            column.pop();
        }
        self.lines.pop();
        vec![format!(
            "the last line ({line}) is incomplete, {cells} of {columns} cells, and was \
             left out: did the recorder stop?"
        )]
    }
}

/// Whether a column is called after the persons whose names it holds.
fn is_person(name: &str) -> bool {
    let words = [
        "subject",
        "subjectid",
        "participant",
        "participantid",
        "patient",
        "patientid",
        "person",
        "proband",
        "name",
        "id",
    ];
    words.contains(&names::key(name).as_str())
}

/// A remark without the mark before it, which tells the channel: `#* start`, `#2 start`.
fn label(text: &str) -> &str {
    let text = text.trim().trim_matches('"').trim();
    let behind = text.strip_prefix('#').and_then(|rest| rest.split_once(' '));
    let is_mark =
        |mark: &str| mark == "*" || mark.bytes().all(|byte| byte.is_ascii_digit());
    behind.filter(|(mark, _)| is_mark(mark)).map_or(text, |(_, label)| label.trim())
}

fn wrong_width(line: usize, cells: usize, columns: usize, dialect: &CsvDialect) -> Error {
    let separator = dialect.delimiter.word();
    Error::new(
        ErrorKind::Load,
        format!("the row has {}, all others have {columns}", counted(cells)),
    )
    .at_line(line)
    .with_hint(format!(
        "a {separator} too many or too few, or a decimal comma in a file separated by commas?"
    ))
}

fn counted(cells: usize) -> String {
    if cells == 1 { "1 cell".into() } else { format!("{cells} cells") }
}

/// The error for a cell that is no number.
pub(super) fn wrong_cell(
    text: &str,
    (line, index): (usize, usize),
    name: &str,
    decimal: u8,
) -> Error {
    let shown: String = text.trim().chars().take(40).collect();
    let place = if name.is_empty() {
        String::new()
    } else {
        format!(" in the column \"{name}\"")
    };
    let error = Error::new(ErrorKind::Load, format!("\"{shown}\"{place} is no number"))
        .at_line(line)
        .at_column(index + 1);
    error.with_hint(cell_hint(&shown, decimal))
}

fn cell_hint(text: &str, decimal: u8) -> String {
    let sign = char::from(decimal);
    let count = |sign: char| text.matches(sign).count();
    if is_thousands(text) {
        return "it looks like a number with thousands separators; write it without them"
            .into();
    }
    if count('.') + count(',') > 1
        && text
            .chars()
            .all(|character| character.is_ascii_digit() || ".,+-".contains(character))
    {
        return "a number has one decimal sign".into();
    }
    let other = if decimal == b'.' { ',' } else { '.' };
    if text.contains(other) && numbers::cell(text, other as u8).is_some() {
        return format!(
            "the other rows have '{sign}' as decimal sign; use the same one everywhere"
        );
    }
    "write a number, or leave the cell empty (or write NaN) where a sample is missing"
        .into()
}

/// Whether digits stand in groups of three: `1,234.5`, `1.234,5`, `1 234`, `1'234`.
fn is_thousands(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    [',', '.', ' ', '\'', '\u{a0}', '\u{202f}', '’'].into_iter().any(|separator| {
        let groups: Vec<&str> = text.split(separator).collect();
        let Some((last, inner)) = groups.split_last() else {
            return false;
        };
        let Some((first, middle)) = inner.split_first() else {
            return false;
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let last = last
            .split(['.', ','])
            .next()
            .filter(|whole| whole.len() == 3 && digits(whole));
        let sign_elsewhere =
            groups.len() > 2 || groups[1].len() > 3 || !matches!(separator, ',' | '.');
        last.is_some()
            && sign_elsewhere
            && (1..=3).contains(&first.len())
            && digits(first)
            && middle.iter().all(|group| group.len() == 3 && digits(group))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_separators_are_recognised() {
        for text in
            ["1,234.5", "1.234,5", "1 234", "1'234.25", "12.345.678", "-1,234,567"]
        {
            assert!(is_thousands(text), "{text}");
        }
        for text in ["1.2.3", "abc", "1,234", "1..2", "12"] {
            assert!(!is_thousands(text), "{text}");
        }
    }
}
