//! The body of a file → columns of numbers: plain tables on all cores, the others row by
//! row.

use std::io;

use super::dialect::CsvDialect;
use super::header::Header;
use super::marks::{Marks, Words, label};
use super::names::{ColumnRole, FileColumn, may_hold_events, unit};
use super::numbers::{self, BLANK};
use super::plain::{self, Extent, Plain, WordsOf};
use super::rows::{Delimiter, TextRow, TextRows};
use crate::error::{Error, ErrorKind, Result};
use crate::load::source::ByteSource;
use crate::memory;

/// A column without any number in so many rows may hold the words of events.
const BLANK_ROWS: usize = 20;

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
    /// The words in the columns.
    pub(super) marks: Marks,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
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
        self.marks
            .events
            .iter_mut()
            .for_each(|mark| mark.row = mark.row.saturating_sub(1));
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
            return Ok(of_plain(read, way.divisors, dialect, header));
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
    let words = |(column, of_words): (&FileColumn, &bool)| match of_words {
        true => WordsOf::Column,
        false if may_hold_events(&column.written) => WordsOf::Rows,
        false => WordsOf::None,
    };
    let words = header.columns.iter().zip(&dialect.words).map(words).collect();
    let plain =
        Plain::like(rows.lines().next()?, (delimiter, dialect.decimal), &divisors, words);
    Some(Way { plain, divisors })
}

/// Reads the samples of a plain table from the file itself; `None` where it is not plain.
pub(super) fn read_plain(
    source: &mut ByteSource<'_>,
    (dialect, header): (&CsvDialect, &Header),
    way: Way,
    extent: Extent,
) -> io::Result<Option<(SampleTable, Option<String>)>> {
    let Some(mut read) = way.plain.read(source, extent)? else {
        return Ok(None);
    };
    let fingerprint = read.fingerprint.take();
    Ok(Some((of_plain(read, way.divisors, dialect, header), fingerprint)))
}

fn of_plain(
    read: plain::Read,
    divisors: Vec<f64>,
    dialect: &CsvDialect,
    header: &Header,
) -> SampleTable {
    let plain::Read { columns, finite, runs, .. } = read;
    let rows = columns.first().map_or(0, Vec::len);
    let marks = Words::of_runs(columns.len(), runs).marks(header, rows);
    SampleTable {
        columns,
        divisors,
        finite,
        first_line: dialect.body_line,
        lines: None,
        marks,
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
    words: Words,
    /// Rows that ended early: where they began to, and with how many cells.
    short: Option<Short>,
}

/// The beginning of a text that may be long.
fn beginning(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

/// A line with one word and nothing else is a remark that nothing marks as one.
fn of_a_remark(error: Error, row: &TextRow<'_>) -> Error {
    let filled = row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    match filled {
        1 if row.cells.len() > 1 => error
            .with_hint("put # before a remark between the rows, or take the line out"),
        _ => error,
    }
}

/// A cell of more lines than this is no remark but a quote that nobody closed.
const LINES_OF_A_CELL: usize = 20;

fn refuse_open_quote(row: &TextRow<'_>) -> Result<()> {
    let is_open = |cell: &&str| {
        cell.len() > LINES_OF_A_CELL && cell.matches('\n').count() > LINES_OF_A_CELL
    };
    let Some(index) = row.cells.iter().position(is_open) else {
        return Ok(());
    };
    let error = Error::new(ErrorKind::Load, "a quote that begins here is never closed");
    Err(error
        .at_line(row.line)
        .at_column(index + 1)
        .with_hint("close it, or take it out: what follows it would be one cell"))
}

/// Lines of remarks between the rows.
#[derive(Default)]
struct Remarks {
    count: usize,
    first: Option<(usize, String)>,
}

impl Remarks {
    fn take(&mut self, row: &TextRow<'_>, delimiter: Delimiter) {
        self.count += 1;
        self.first.get_or_insert_with(|| (row.line, row.cells.join(delimiter.text())));
    }

    fn describe(self) -> Option<String> {
        let (line, first) = self.first?;
        let lines = match self.count {
            1 => "a remark between the rows was".to_owned(),
            count => format!("{count} remarks between the rows were"),
        };
        let first = beginning(&first);
        Some(format!(
            "{lines} left out (line {line}: \"{first}\"); where they are events, give them in \
             an event file"
        ))
    }
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
        Self {
            dialect,
            header,
            columns: vec![Vec::new(); count],
            lines: Vec::new(),
            words: Words::new(count),
            short: None,
        }
    }

    fn read(mut self, body: &str) -> Result<SampleTable> {
        let mut rows =
            TextRows::new(body, self.dialect.delimiter, self.dialect.body_line);
        let mut remarks = Remarks::default();
        let mut behind = None;
        while let Some(row) = rows.advance() {
            if row.is_comment() {
                remarks.take(&row, self.dialect.delimiter);
                continue;
            }
            let at = row.offset;
            if let Err(error) = self.take(&row) {
                behind = Some(self.behind_the_samples(&body[at..]).ok_or(error)?);
                break;
            }
        }
        let warnings = self.end_of_short_rows().into_iter();
        let warnings = warnings.chain(remarks.describe()).chain(behind).collect();
        let (divisors, finite) =
            (vec![1.0; self.columns.len()], vec![false; self.columns.len()]);
        let marks = self.words.marks(self.header, self.lines.len());
        let (first_line, lines) = (self.dialect.body_line, Some(self.lines));
        Ok(SampleTable {
            columns: self.columns,
            divisors,
            finite,
            first_line,
            lines,
            marks,
            warnings,
        })
    }

    /// What is said of a summary or another table below the samples, where no line of it is
    /// a row of samples.
    fn behind_the_samples(&mut self, rest: &str) -> Option<String> {
        let rows = self.lines.len();
        let is_time = |column: &FileColumn| column.role == ColumnRole::Time;
        let clock = self.header.columns.iter().position(is_time);
        self.short = self.short.filter(|short| short.row < rows);
        // The row that was not taken may have left cells.
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
        let mut below =
            TextRows::new(rest, self.dialect.delimiter, self.dialect.body_line);
        let (mut first, mut count, mut has_header) = (None, 0, false);
        while let Some(row) = below.advance() {
            let is_number =
                |cell: &&&str| numbers::cell(cell, self.dialect.decimal).is_some();
            let filled = || row.cells.iter().filter(|cell| !cell.trim().is_empty());
            let is_of_samples = filled().all(|cell| is_number(&cell))
                && filled().count() == self.dialect.columns;
            let begins = row.cells.first().is_some_and(|cell| is_number(&cell));
            // The names of another table, whose rows may be like those above.
            has_header |= first.is_none()
                && filled().count() > 1
                && !filled().any(|cell| is_number(&cell));
            // A row whose clock goes on is one of samples, whatever is wrong in it.
            let time = clock.and_then(|clock| row.cells.get(clock));
            let goes_on = first.is_none()
                && time.is_some_and(|cell| !cell.trim().is_empty() && is_number(&cell));
            if is_of_samples && !has_header || first.is_none() && begins || goes_on {
                return None;
            }
            let beginning = row.cells.first().copied().unwrap_or_default();
            first.get_or_insert_with(|| label(beginning).to_owned());
            count += 1;
        }
        let is_short = has_header || count * 10 < rows.max(50);
        let first = first.filter(|_| rows >= BLANK_ROWS && is_short)?;
        let what = if has_header { "another table" } else { "no samples" };
        Some(format!(
            "{count} lines below the samples, from \"{}\" on, are {what} and were left out",
            beginning(&first)
        ))
    }

    fn take(&mut self, row: &TextRow<'_>) -> Result<()> {
        refuse_open_quote(row)?;
        let behind = self.behind(row);
        self.check_width(row, behind.is_some())?;
        for index in 0..self.columns.len() {
            let text = row.cells.get(index).copied().unwrap_or_default();
            let value = match numbers::cell(text, self.dialect.decimal) {
                Some(value) if !self.dialect.words[index] || value.is_nan() => {
                    self.words.end(index);
                    value
                }
                _ => {
                    self.take_word(text, (row.line, index))
                        .map_err(|error| of_a_remark(error, row))?;
                    BLANK
                }
            };
            memory::push(&mut self.columns[index], value);
        }
        if let Some(label) = behind {
            self.words.take_behind(self.lines.len(), label);
        }
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
        self.words.take(index, self.lines.len(), label(text));
        Ok(())
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
    let advice = "write a number, or leave the cell empty (or write NaN) where a sample is missing";
    match text.chars().all(char::is_alphabetic) && !text.is_empty() {
        true => {
            format!("{advice}; a column of words is read where it is called \"label\"")
        }
        false => advice.into(),
    }
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
    use proptest::prelude::*;

    use super::super::{dialect, header};
    use super::*;

    /// Whether a plain table is the same one read row by row.
    fn same(plain: &SampleTable, by_rows: &SampleTable) -> bool {
        let divided = |value: f64, divisor: f64| {
            if value.is_finite() { value / divisor } else { value }
        };
        let columns = plain.columns.iter().zip(&by_rows.columns).zip(&plain.divisors);
        let mut bits = columns.flat_map(|((plain, by_rows), divisor)| {
            let pairs = plain.iter().zip(by_rows);
            pairs.map(|(one, row)| (one.to_bits(), divided(*row, *divisor).to_bits()))
        });
        let lines = |table: &SampleTable| -> Vec<usize> {
            (0..table.rows()).map(|row| table.line(row)).collect()
        };
        bits.all(|(one, row)| one == row)
            && lines(plain) == lines(by_rows)
            && plain.marks.events == by_rows.marks.events
            && plain.marks.remarks == by_rows.marks.remarks
            && plain.marks.turns == by_rows.marks.turns
    }

    proptest! {
        // Long enough for several blocks.
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn words_in_plain_tables_are_those_of_the_rows(
            cells in prop::collection::vec(
                prop_oneof!["rest|walk|#2 go|\"a b\"|\"a;b\"", "", "[0-9]{1,2}", Just("NaN".to_owned())], 1..40),
            lasts in 1..9000_usize,
            name in prop_oneof!["Marker", "Activity", "Comment (V)"],
            rows in 30..40_000_usize,
        ) {
            let mut text = format!("time;SOL (uV);{name}\n");
            for row in 0..rows {
                let word = &cells[row / lasts % cells.len()];
                text += &format!("{}.{:03};{}.5;{word}\n", row / 1000, row % 1000, row % 77);
            }
            let dialect = dialect::recognise(&text).unwrap();
            let header = header::understand(&dialect).unwrap();
            let body = &text[dialect.body..];
            let way = way(&dialect, &header, body).unwrap();
            let extent = Extent { begin: 0, rows: 100, fingerprint: false };
            let mut source = ByteSource::from_bytes(body.as_bytes());
            let plain = way.plain.read(&mut source, extent).unwrap();
            let by_rows = RowReader::new(&dialect, &header).read(body);
            prop_assert!(plain.is_some() || !dialect.words[2]);
            if let Some(plain) = plain {
                let plain = of_plain(plain, way.divisors, &dialect, &header);
                prop_assert!(same(&plain, &by_rows.unwrap()));
            }
        }
    }

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
