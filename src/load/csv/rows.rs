//! Lines → cells, with the place of every line.

use ::csv::{Reader, ReaderBuilder, StringRecord};

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// Any number of blanks and tabs.
    Blanks,
    /// Nothing: one number a line.
    None,
}

impl Delimiter {
    /// What stands between two cells.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Byte(b',') => ",",
            Self::Byte(b';') => ";",
            Self::Byte(b'\t') => "\t",
            _ => " ",
        }
    }

    /// Its name for people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Byte(b',') => "comma",
            Self::Byte(b';') => "semicolon",
            Self::Byte(b'\t') => "tab",
            Self::Byte(_) => "vertical bar",
            Self::Blanks => "blanks",
            Self::None => "none (one column)",
        }
    }
}

/// The cells of one line that is not blank.
#[derive(Debug)]
pub(super) struct TextRow<'r> {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// Where it begins, in bytes.
    pub(super) offset: usize,
    /// The cells, as they stand in the file (quotes of the CSV kind taken off).
    pub(super) cells: Vec<&'r str>,
}

impl TextRow<'_> {
    /// Whether nothing stands in it but signs between cells.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Whether this line is a remark.
    pub(super) fn is_comment(&self) -> bool {
        self.cells.first().is_some_and(|cell| is_comment(cell))
    }
}

fn is_comment(text: &str) -> bool {
    let text = text.trim_start();
    let begins = |signs: &[&str]| signs.iter().any(|sign| text.starts_with(sign));
    // `#N/A` and its kin are cells, no remarks.
    begins(&["%", "//"]) || (begins(&["#"]) && !begins(&["#N", "#WERT", "#DIV"]))
}

/// A line before the samples.
#[derive(Debug, Clone)]
pub(super) struct HeaderLine {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// Whether it was a remark; its sign is taken off.
    pub(super) comment: bool,
    /// Its cells, without blanks around them.
    pub(super) cells: Vec<String>,
}

impl HeaderLine {
    pub(super) fn read(row: &TextRow<'_>) -> Self {
        let comment = row.is_comment();
        let mut cells: Vec<String> = row.cells.iter().map(|cell| clean(cell)).collect();
        if comment && let Some(first) = cells.first_mut() {
            *first = first.trim_start_matches(['#', '%', '/']).trim().to_owned();
            if first.is_empty() && cells.len() > 1 {
                cells.remove(0);
            }
        }
        Self { line: row.line, comment, cells }
    }

    /// How many cells are not blank.
    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

fn clean(cell: &str) -> String {
    let bare = cell.trim().trim_matches('"');
    let quoted = bare.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    quoted.unwrap_or(bare).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads rows one after the other; blank lines are passed over.
pub(super) struct TextRows<'t> {
    text: &'t str,
    reader: Cells<'t>,
    first_line: usize,
}

enum Cells<'t> {
    Quoted { reader: Box<Reader<&'t [u8]>>, record: StringRecord },
    Lines { delimiter: Delimiter, at: usize, line: usize },
}

impl<'t> TextRows<'t> {
    /// The rows of `text`, whose first line is number `first_line` of the file.
    pub(super) fn new(text: &'t str, delimiter: Delimiter, first_line: usize) -> Self {
        let reader = match delimiter {
            Delimiter::Byte(byte) => {
                let mut habits = ReaderBuilder::new();
                habits.delimiter(byte).flexible(true).has_headers(false);
                let reader = Box::new(habits.from_reader(text.as_bytes()));
                Cells::Quoted { reader, record: StringRecord::new() }
            }
            Delimiter::Blanks | Delimiter::None => {
                Cells::Lines { delimiter, at: 0, line: first_line }
            }
        };
        Self { text, reader, first_line }
    }

    /// The next row.
    pub(super) fn advance(&mut self) -> Option<TextRow<'_>> {
        match &mut self.reader {
            Cells::Quoted { reader, record } => {
                if !reader.read_record(record).ok()? {
                    return None;
                }
                let place = record.position()?;
                let (offset, skipped) =
                    after_blank_lines(self.text, place.byte() as usize);
                let line = place.line() as usize + skipped + self.first_line - 1;
                Some(TextRow { line, offset, cells: record.iter().collect() })
            }
            Cells::Lines { delimiter, at, line } => {
                next_line(self.text, *delimiter, at, line)
            }
        }
    }
}

/// The reader's position of a record stands before the blank lines that it passed over.
fn after_blank_lines(text: &str, at: usize) -> (usize, usize) {
    let blank = text.as_bytes()[at.min(text.len())..]
        .iter()
        .take_while(|byte| matches!(byte, b'\n' | b'\r'));
    blank.fold((at, 0), |(at, lines), byte| (at + 1, lines + usize::from(*byte == b'\n')))
}

fn next_line<'t>(
    text: &'t str,
    delimiter: Delimiter,
    at: &mut usize,
    line: &mut usize,
) -> Option<TextRow<'t>> {
    while *at < text.len() {
        let (offset, number) = (*at, *line);
        let rest = &text[offset..];
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        *at = offset + length + 1;
        *line += 1;
        let content = rest[..length].trim();
        if !content.is_empty() {
            let cells = match delimiter {
                Delimiter::None => vec![content],
                _ => content.split_whitespace().collect(),
            };
            return Some(TextRow { line: number, offset, cells });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: Delimiter) -> Vec<(usize, Vec<String>)> {
        let mut rows = TextRows::new(text, delimiter, 1);
        let mut all = Vec::new();
        while let Some(row) = rows.advance() {
            assert!(
                text[row.offset..]
                    .trim_start_matches([' ', '\t', '"'])
                    .starts_with(row.cells[0])
            );
            all.push((row.line, row.cells.iter().map(|cell| cell.to_string()).collect()));
        }
        all
    }

    #[test]
    fn lines_keep_their_numbers_across_blank_lines_and_quotes() {
        let text = "a,\"b\nc\"\r\n\r\n\n1,2\n\n3,4";
        let expected = [(1, ["a", "b\nc"]), (5, ["1", "2"]), (7, ["3", "4"])];
        assert_eq!(
            all(text, Delimiter::Byte(b',')),
            expected.map(|(line, row)| (line, row.map(String::from).to_vec()))
        );
        let rows = all("\n 1   2\n\n\t3\t4 \n", Delimiter::Blanks);
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(rows[1].1, ["3", "4"]);
    }

    #[test]
    fn remarks_are_told_from_missing_values() {
        assert!(is_comment("# fs=1000") && is_comment(" % x") && is_comment("// y"));
        assert!(!is_comment("#N/A") && !is_comment("-1"));
    }
}
