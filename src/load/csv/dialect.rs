//! Which character separates the cells, which the decimals, and where the samples begin.
//!
//! Decided by what makes the most lines into rows of numbers of one width: many lines
//! from the beginning, some from the middle and some from the end of the file.

use std::collections::BTreeMap;

use super::numbers::cell;
use super::rows::{Delimiter, HeaderLine, TextRow, TextRows};
use super::stated::is_rate_word;

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
    let mut best: Option<Guess> = None;
    for (delimiter, decimal) in candidates()
        .into_iter()
        .filter(|(delimiter, _)| is_worth_a_try(*delimiter, samples))
    {
        let guess = Guess::count(samples, lines, delimiter, decimal);
        if best
            .as_ref()
            .is_none_or(|best| (guess.rows, guess.columns) > (best.rows, best.columns))
        {
            best = Some(guess);
        }
    }
    let mut best = best.filter(|best| best.rows > 0)?;
    if best.delimiter == Delimiter::Byte(b',')
        && best.columns == 2
        && is_decimal_comma(samples[0], lines)
    {
        best = Guess { delimiter: Delimiter::None, decimal: b',', columns: 1, ..best };
    }
    if best.columns == 1 {
        best.delimiter = Delimiter::None;
    }
    locate(samples[0], lines, &best)
}

/// Tab, semicolon and comma come before blanks, which may stand around any of them.
fn candidates() -> [(Delimiter, u8); 8] {
    let (tab, semicolon, comma) =
        (Delimiter::Byte(b'\t'), Delimiter::Byte(b';'), Delimiter::Byte(b','));
    [
        (tab, b'.'),
        (tab, b','),
        (semicolon, b'.'),
        (semicolon, b','),
        (comma, b'.'),
        (comma, b','),
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
fn sampled(text: &str, length: usize) -> Vec<&str> {
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
    rows: usize,
}

impl Guess {
    fn count(samples: &[&str], lines: usize, delimiter: Delimiter, decimal: u8) -> Self {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for sample in samples {
            let mut rows = TextRows::new(sample, delimiter, 1);
            for _ in 0..lines {
                let Some(row) = rows.advance() else { break };
                if is_numeric(&row, decimal) {
                    *widths.entry(row.cells.len()).or_default() += 1;
                }
            }
        }
        let (columns, rows) = widths
            .into_iter()
            .max_by_key(|&(columns, rows)| (rows, columns))
            .unwrap_or((0, 0));
        Self { delimiter, decimal, columns, rows }
    }
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
    all_integers && (names == 1 || (names == 0 && leading_zero))
}

/// Finds the first line of samples and keeps the lines before it; `None` where none of the
/// first lines is one.
fn locate(head: &str, count: usize, guess: &Guess) -> Option<CsvDialect> {
    let mut rows = TextRows::new(head, guess.delimiter, 1);
    let mut lines: Vec<(HeaderLine, usize, bool)> = Vec::new();
    for _ in 0..count {
        let Some(row) = rows.advance() else { break };
        let numeric = is_numeric(&row, guess.decimal) && row.cells.len() == guess.columns;
        lines.push((HeaderLine::read(&row), row.offset, numeric));
    }
    let first = first_of_body(&lines, guess)?;
    let (line, body, _) = lines.get(first)?;
    let (body, body_line) = (*body, line.line);
    let header = lines.into_iter().take(first).map(|(line, ..)| line).collect();
    Some(CsvDialect {
        delimiter: guess.delimiter,
        decimal: guess.decimal,
        columns: guess.columns,
        header,
        body,
        body_line,
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
    let keyed = line.cells.iter().any(|cell| is_rate_word(cell));
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
