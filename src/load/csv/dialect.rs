//! Which character separates the cells, which the decimals, and where the samples begin.
//!
//! Decided by what makes the most lines into rows of numbers of one width: many lines
//! from the beginning, some from the middle and some from the end of the file.

use std::collections::BTreeMap;

use super::numbers::cell;
use super::rows::{Delimiter, HeaderLine, TextRow, TextRows};
use super::stated::is_rate_word;
use super::timing::moment;

/// A table with words holds at least so many rows.
const FEWEST_WITH_WORDS: f64 = 3.0;
/// How much of the beginning is looked at, and how much of middle and end, in bytes.
pub(super) const HEAD: usize = 1 << 18;
pub(super) const ELSEWHERE: usize = 1 << 14;
/// How many lines of the beginning are looked at.
const LINES: usize = 600;
/// Headers up to so many bytes are read, in steps so many times as long.
const LONGEST_HEADER: usize = 1 << 26;
const LONGER: usize = 16;

/// The layout of a file.
#[derive(Debug)]
pub(super) struct CsvDialect {
    /// What separates the cells.
    pub(super) delimiter: Delimiter,
    /// The decimal sign.
    pub(super) decimal: u8,
    /// How many cells a line of samples has.
    pub(super) columns: usize,
    /// The lines before the samples, remarks included.
    pub(super) header: Vec<HeaderLine>,
    /// Where the samples begin, in bytes.
    pub(super) body: usize,
    /// The line on which they begin, counted from 1.
    pub(super) body_line: usize,
    /// The cells of that line.
    pub(super) example: Vec<String>,
    /// Which columns hold words.
    pub(super) words: Vec<bool>,
}

impl CsvDialect {
    /// Whether a column holds times as `10:15:22`.
    pub(super) fn holds_times_of_day(&self, column: usize) -> bool {
        self.example.get(column).is_some_and(|cell| cell.contains(':'))
    }

    /// The same in a text that begins on another line of the file.
    pub(super) fn beginning_on(mut self, line: usize) -> Self {
        self.header.iter_mut().for_each(|one| one.line += line - 1);
        self.body_line += line - 1;
        self
    }
}

/// The dialect of a text, or `None` when no line of it holds numbers and nothing else.
pub(super) fn recognise(text: &str) -> Option<CsvDialect> {
    let usual = recognise_in(&sampled(text, HEAD));
    let longer = || {
        let lengths = std::iter::successors(Some(HEAD), |length| Some(length * LONGER));
        let fits = |length: &usize| *length < LONGER * text.len().min(LONGEST_HEADER);
        lengths
            .take_while(fits)
            .find_map(|length| recognise_within(&sampled(text, length), usize::MAX))
    };
    usual.or_else(longer)
}

/// The dialect of a text of which the beginning and perhaps some lines from elsewhere are
/// given; `None` where its samples begin behind that.
pub(super) fn recognise_in(samples: &[&str]) -> Option<CsvDialect> {
    recognise_within(samples, LINES)
}

/// The same, by so many lines of each of them.
fn recognise_within(samples: &[&str], lines: usize) -> Option<CsvDialect> {
    let best = |count: fn(&[&str], usize, Delimiter, u8) -> Guess| {
        let tried =
            candidates().into_iter().filter(|(sign, _)| is_worth_a_try(*sign, samples));
        let guesses = tried.map(|(sign, decimal)| count(samples, lines, sign, decimal));
        // Of equals the first is meant, and `max_by` takes the last.
        guesses.rev().max_by(|one, other| {
            one.score.total_cmp(&other.score).then(one.columns.cmp(&other.columns))
        })
    };
    let numeric = best(Guess::of_numbers).filter(|guess| guess.score > 0.0);
    let mut best = match numeric {
        Some(guess) if 2.0 * guess.score >= guess.lines as f64 => guess,
        few => {
            let with_words = best(Guess::with_words).filter(|guess| {
                few.as_ref().is_none_or(|few| guess.score > 2.0 * few.score)
                    && guess.score >= FEWEST_WITH_WORDS
            });
            with_words.or(few)?
        }
    };
    if best.delimiter == Delimiter::Byte(b',')
        && best.columns == 2
        && is_decimal_comma(samples[0], lines)
    {
        best = Guess { delimiter: Delimiter::None, decimal: b',', columns: 1, ..best };
    }
    if best.columns == 1 {
        // Keys and their values, or a number and a remark, may have them between them.
        let stands =
            |byte: &u8| samples.iter().any(|text| text.as_bytes().contains(byte));
        let sign = [b'\t', b';'].into_iter().find(stands).map(Delimiter::Byte);
        best.delimiter = sign.unwrap_or(Delimiter::None);
    }
    best.find_words(samples, lines);
    locate(samples[0], lines, &best)
}

/// Tab, semicolon and comma come before blanks, which may stand around any of them.
fn candidates() -> [(Delimiter, u8); 10] {
    let (tab, semicolon, comma) =
        (Delimiter::Byte(b'\t'), Delimiter::Byte(b';'), Delimiter::Byte(b','));
    [
        (tab, b'.'),
        (tab, b','),
        (semicolon, b'.'),
        (semicolon, b','),
        (comma, b'.'),
        (comma, b','),
        (Delimiter::Byte(b'|'), b'.'),
        (Delimiter::Byte(b'|'), b','),
        (Delimiter::Blanks, b'.'),
        (Delimiter::Blanks, b','),
    ]
}

/// Whether a delimiter can tell more than the first one does: without a place where it
/// stands, it cannot.
fn is_worth_a_try(delimiter: Delimiter, samples: &[&str]) -> bool {
    let stands = |byte: u8| {
        samples.iter().any(|sample| memchr::memchr(byte, sample.as_bytes()).is_some())
    };
    match delimiter {
        Delimiter::Byte(b'\t') | Delimiter::None => true,
        Delimiter::Byte(byte) => stands(byte),
        Delimiter::Blanks => stands(b' ') || stands(b'\t'),
    }
}

/// Whole lines from the beginning, the middle and the end.
pub(super) fn sampled(text: &str, length: usize) -> Vec<&str> {
    let head = whole_lines(text, 0, length);
    let mut samples = vec![head];
    if text.len() > head.len() + 4 * ELSEWHERE {
        samples.push(whole_lines(text, text.len() / 2, ELSEWHERE));
        samples.push(whole_lines(text, text.len() - ELSEWHERE, ELSEWHERE));
    }
    samples
}

fn whole_lines(text: &str, from: usize, length: usize) -> &str {
    let bytes = text.as_bytes();
    let start = match from {
        0 => 0,
        _ => memchr::memchr(b'\n', &bytes[from..]).map_or(text.len(), |at| from + at + 1),
    };
    if text.len() - start <= length {
        return &text[start..];
    }
    let end = memchr::memchr(b'\n', &bytes[start + length..])
        .map_or(text.len(), |at| start + length + at + 1);
    &text[start..end]
}

#[derive(Debug)]
struct Guess {
    delimiter: Delimiter,
    decimal: u8,
    columns: usize,
    /// How many of the lines are rows of samples; less where cells of them are no numbers.
    score: f64,
    /// How many lines that are no remarks were looked at.
    lines: usize,
    /// Which columns hold words.
    words: Vec<bool>,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellSort {
    Number,
    Nothing,
    Word,
    /// Digits with something that makes them no number.
    Spoiled,
}

impl CellSort {
    fn of(text: &str, decimal: u8) -> Self {
        match cell(text, decimal) {
            Some(value) if value.is_nan() => Self::Nothing,
            Some(_) => Self::Number,
            None => Self::of_text(text),
        }
    }

    fn of_text(text: &str) -> Self {
        let has = |is: fn(char) -> bool| text.contains(is);
        let is_word = has(char::is_alphabetic) || !has(|c| c.is_ascii_digit());
        if is_word || moment::date(text).is_some() { Self::Word } else { Self::Spoiled }
    }
}

impl Guess {
    /// Counts the lines that hold numbers and nothing else.
    fn of_numbers(
        samples: &[&str],
        lines: usize,
        delimiter: Delimiter,
        decimal: u8,
    ) -> Self {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        let mut looked_at = 0;
        for sample in samples {
            let mut rows = TextRows::new(sample, delimiter, 1);
            let mut left = lines;
            while left > 0 {
                let Some(row) = rows.advance() else { break };
                if row.is_blank() {
                    continue;
                }
                left -= 1;
                looked_at += usize::from(!row.is_comment());
                if is_numeric(&row, decimal) {
                    *widths.entry(row.cells.len()).or_default() += 1;
                }
            }
        }
        let (columns, rows) = widths
            .into_iter()
            .max_by_key(|&(columns, rows)| (rows, columns))
            .unwrap_or((0, 0));
        let words = vec![false; columns];
        Self { delimiter, decimal, columns, score: rows as f64, lines: looked_at, words }
    }

    /// Counts the lines in which some columns hold words and all others numbers.
    fn with_words(
        samples: &[&str],
        lines: usize,
        delimiter: Delimiter,
        decimal: u8,
    ) -> Self {
        let rows = sorts(samples, lines, delimiter, decimal);
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.contains(&CellSort::Number)) {
            *widths.entry(row.len()).or_default() += 1;
        }
        let columns = widths
            .into_iter()
            .max_by_key(|&(columns, rows)| (rows, columns))
            .map_or(0, |w| w.0);
        let mut guess = Self {
            delimiter,
            decimal,
            columns,
            score: 0.0,
            lines: rows.len(),
            words: Vec::new(),
        };
        guess.words = guess.words_among(&rows);
        let samples: Vec<&Vec<CellSort>> =
            rows.iter().filter(|row| guess.is_sample(row)).collect();
        let count = |sort: CellSort| -> usize {
            samples
                .iter()
                .map(|row| row.iter().filter(|cell| **cell == sort).count())
                .sum()
        };
        let (numbers, words) = (count(CellSort::Number), count(CellSort::Word));
        guess.score =
            samples.len() as f64 * numbers as f64 / (numbers + words).max(1) as f64;
        guess
    }

    /// Finds the columns that hold words where there are any.
    fn find_words(&mut self, samples: &[&str], lines: usize) {
        if self.score < self.lines as f64 {
            let rows = sorts(samples, lines, self.delimiter, self.decimal);
            self.words = self.words_among(&rows);
        }
    }

    /// The columns that hold more words than numbers, in the rows that hold a number in
    /// most of the columns that are filled in most rows.
    fn words_among(&self, rows: &[Vec<CellSort>]) -> Vec<bool> {
        let wide: Vec<&Vec<CellSort>> =
            rows.iter().filter(|row| row.len() == self.columns).collect();
        let numeric: Vec<usize> = (0..self.columns)
            .filter(|column| 2 * count(&wide, *column, CellSort::Number) > wide.len())
            .collect();
        let is_row = |row: &&Vec<CellSort>| {
            let is_number = |column: &&usize| row[**column] == CellSort::Number;
            2 * numeric.iter().filter(is_number).count() >= numeric.len()
        };
        let rows: Vec<&Vec<CellSort>> = wide.iter().copied().filter(is_row).collect();
        let is_of_words = |column: usize| {
            let of = |sort| count(&rows, column, sort);
            of(CellSort::Word) > of(CellSort::Number) + of(CellSort::Spoiled)
        };
        (0..self.columns).map(is_of_words).collect()
    }

    /// Whether a row holds a number, and words only where they belong.
    fn is_sample(&self, row: &[CellSort]) -> bool {
        let numeric = row.iter().zip(&self.words).filter(|(_, words)| !**words);
        let mut sorts = numeric.map(|(cell, _)| *cell);
        let fits = |sort| matches!(sort, CellSort::Number | CellSort::Nothing);
        row.len() == self.columns
            && sorts.clone().any(|sort| sort == CellSort::Number)
            && sorts.all(fits)
    }
}

/// In how many rows a column holds this.
fn count(rows: &[&Vec<CellSort>], column: usize, sort: CellSort) -> usize {
    rows.iter().filter(|row| row[column] == sort).count()
}

/// What the cells of lines that are no remarks hold.
fn sorts(
    samples: &[&str],
    lines: usize,
    delimiter: Delimiter,
    decimal: u8,
) -> Vec<Vec<CellSort>> {
    let mut sorts = Vec::new();
    for sample in samples {
        let mut rows = TextRows::new(sample, delimiter, 1);
        let mut left = lines;
        while left > 0 {
            let Some(row) = rows.advance() else { break };
            if row.is_blank() {
                continue;
            }
            left -= 1;
            if !row.is_comment() {
                let cells = row.cells.iter().map(|text| CellSort::of(text, decimal));
                sorts.push(cells.collect());
            }
        }
    }
    sorts
}

/// Whether a line holds numbers and nothing else.
fn is_numeric(row: &TextRow<'_>, decimal: u8) -> bool {
    let values: Option<Vec<f64>> =
        row.cells.iter().map(|text| cell(text, decimal)).collect();
    values.is_some_and(|values| values.iter().any(|value| !value.is_nan()))
}

/// Whether `0,123` on every line is one number: the line of names has no comma, or the
/// second halves have the leading zeros of decimals.
fn is_decimal_comma(head: &str, lines: usize) -> bool {
    let mut rows = TextRows::new(head, Delimiter::Byte(b','), 1);
    let (mut names, mut leading_zero, mut all_integers) = (0, false, true);
    for _ in 0..lines {
        let Some(row) = rows.advance() else { break };
        if row.is_comment() {
            continue;
        }
        if is_numeric(&row, b'.') {
            let integer = |cell: &&str| {
                cell.trim()
                    .trim_start_matches('-')
                    .bytes()
                    .all(|byte| byte.is_ascii_digit())
            };
            all_integers &= row.cells.iter().all(integer) && row.cells.len() == 2;
            leading_zero |= row
                .cells
                .get(1)
                .is_some_and(|cell| cell.len() > 1 && cell.starts_with('0'));
        } else {
            names = row.cells.len();
        }
    }
    // Tabs between the cells of the header leave commas to the numbers.
    let has_tabs = head.as_bytes().contains(&b'\t');
    all_integers && (names == 1 || has_tabs || (names == 0 && leading_zero))
}

/// Finds the first line of samples and keeps the lines before it; `None` where none of the
/// first lines is one.
fn locate(head: &str, count: usize, guess: &Guess) -> Option<CsvDialect> {
    let mut rows = TextRows::new(head, guess.delimiter, 1);
    let mut lines: Vec<(HeaderLine, usize, bool)> = Vec::new();
    for _ in 0..count {
        let Some(row) = rows.advance() else { break };
        let sorts: Vec<CellSort> =
            row.cells.iter().map(|text| CellSort::of(text, guess.decimal)).collect();
        let numeric = guess.is_sample(&sorts) && !row.is_comment();
        lines.push((HeaderLine::read(&row), row.offset, numeric));
    }
    let first = first_of_body(&lines, guess)?;
    let (line, body, _) = lines.get(first)?;
    let (body, body_line, example) = (*body, line.line, line.cells.clone());
    let header = lines.into_iter().take(first).map(|(line, ..)| line).collect();
    Some(CsvDialect {
        delimiter: guess.delimiter,
        decimal: guess.decimal,
        columns: guess.columns,
        header,
        body,
        body_line,
        example,
        words: guess.words.clone(),
    })
}

/// The first line of numbers that more lines of numbers follow; back over lines that are
/// samples with something wrong in them, so that the mistake is told instead of taken for
/// a header.
fn first_of_body(lines: &[(HeaderLine, usize, bool)], guess: &Guess) -> Option<usize> {
    let rows: Vec<usize> =
        (0..lines.len()).filter(|&index| !lines[index].0.comment).collect();
    let good = |place: usize| rows.get(place).is_none_or(|&index| lines[index].2);
    let start =
        (0..rows.len()).find(|&place| good(place) && good(place + 1) && good(place + 2));
    let mut start = start.or_else(|| (0..rows.len()).find(|&place| good(place)))?;
    while start > 0 && is_damaged_row(lines, rows[start - 1], guess) {
        start -= 1;
    }
    rows.get(start).copied()
}

fn is_damaged_row(
    lines: &[(HeaderLine, usize, bool)],
    index: usize,
    guess: &Guess,
) -> bool {
    let (line, _, numeric) = &lines[index];
    let value = |text: &String| cell(text, guess.decimal).filter(|value| !value.is_nan());
    let numbers = line.cells.iter().filter_map(value).count();
    let with_decimals = |text: &&String| {
        value(text).is_some() && text.as_bytes().contains(&guess.decimal)
    };
    let fractions = line.cells.iter().filter(with_decimals).count();
    let named = lines[..index].iter().any(|(earlier, ..)| {
        earlier.filled() * 2 >= guess.columns && earlier.cells.len() <= guess.columns && {
            !earlier.cells.iter().any(|cell| value(cell).is_some())
        }
    });
    let begins_with_key = line.cells.first().is_some_and(|first| {
        first.ends_with(['=', ':'])
            || (line.cells.len() > guess.columns && value(first).is_none())
    });
    let keyed = begins_with_key || line.cells.iter().any(|cell| is_rate_word(cell));
    if keyed || line.filled() < 2.min(guess.columns) {
        return false;
    }
    // A key and its value (`Subject,12`) stand above the names of a wider table.
    let wide = line.cells.len() >= guess.columns || guess.columns <= 2;
    *numeric && named && wide
        || (numbers > 0 && wide && (fractions > 0 || named) && !line.comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Delimiter, char, usize, usize) {
        let dialect = recognise(text).unwrap();
        (
            dialect.delimiter,
            char::from(dialect.decimal),
            dialect.columns,
            dialect.body_line,
        )
    }

    #[test]
    fn column_counts_decide_what_a_comma_is() {
        let semicolon = Delimiter::Byte(b';');
        assert_eq!(found("t;a\n0,001;1,234\n0,002;1,235\n"), (semicolon, ',', 2, 2));
        assert_eq!(found("t;a\n0.001;1.234\n0.002;1.235\n"), (semicolon, '.', 2, 2));
        assert_eq!(found("t,a\n1,234\n2,235\n"), (Delimiter::Byte(b','), '.', 2, 2));
        assert_eq!(found("SOL\n1,234\n2,235\n"), (Delimiter::None, ',', 1, 2));
        assert_eq!(found("0,023\n0,123\n"), (Delimiter::None, ',', 1, 1));
        assert_eq!(found("a\tb\n1,5\t2\n3,5\t4\n"), (Delimiter::Byte(b'\t'), ',', 2, 2));
        assert_eq!(found("  1.5   2\n  3.5   4\n"), (Delimiter::Blanks, '.', 2, 1));
        assert_eq!(found("a,b\n\"1,5\",\"2,5\"\n\"3\",\"4,25\"\n").2, 2);
    }

    #[test]
    fn a_mistake_in_the_first_samples_is_no_header() {
        assert_eq!(found("time,SOL\n0,abc\n1,2\n2,3\n3,4\n").3, 2);
        assert_eq!(found("time,SOL\n0,1\n1,x\n2,3\n3,4\n4,4\n").3, 2);
        assert_eq!(found("0.000,abc\n0.001,2\n0.002,3\n").3, 1);
    }

    /// Before, line 9001 was "no number".
    #[test]
    fn headers_are_as_long_as_they_are() {
        let remarks = "# a line of the header, of which there are many\n".repeat(9000);
        let rows: String = (0..4000).map(|k| format!("{k},{}.5\n", k % 7)).collect();
        let text = format!("{remarks}time,SOL\n{rows}");
        assert_eq!(found(&text), (Delimiter::Byte(b','), '.', 2, 9002));
        let names: Vec<String> = (0..40_000).map(|k| format!("EMG {k} (mV)")).collect();
        let row = vec!["0.5"; 40_000].join(",");
        let wide = format!("{}\n{row}\n{row}\n", names.join(","));
        assert_eq!(found(&wide).2, 40_000);
        let short = format!("{}a,b\n{rows}", "key;value\n".repeat(700));
        assert_eq!(found(&short).3, 702);
    }

    #[test]
    fn nothing_but_text_has_no_dialect() {
        assert!(recognise("time,SOL\na,b\n").is_none());
        assert!(recognise(",,,\n,,\n").is_none());
    }
}
