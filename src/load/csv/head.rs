//! The beginning of a file, and some lines from its middle and end: what its layout is
//! recognised from without reading it all.
//!
//! Only for text that needs no translation; all else goes the way through the whole text.

use std::io;

use memchr::{memchr, memchr_iter};

use super::dialect::{CsvDialect, ELSEWHERE, HEAD};
use crate::load::source::ByteSource;
use crate::load::text;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The longest line that is looked for.
const LINE: usize = 1 << 16;

/// Lines from the beginning of a file and from elsewhere.
pub(super) struct Head {
    /// Where the text begins: behind a byte order mark.
    pub(super) begin: usize,
    /// Whole lines from the beginning, and, in a long file, from middle and end.
    texts: Vec<String>,
}

/// Reads them; `None` where the file is not plain UTF-8 with lines of usual length.
pub(super) fn read(source: &mut ByteSource<'_>) -> io::Result<Option<Head>> {
    let first = source.part(0, HEAD + MARK.len() + LINE)?;
    if !text::is_text(&first[..first.len().min(1 << 16)]) {
        return Ok(None);
    }
    let begin = if first.starts_with(MARK) { MARK.len() } else { 0 };
    let length = source.length() - begin;
    let mut texts = vec![
        lines(&first[begin..], 0, HEAD, first.len() < source.length()).and_then(text),
    ];
    if length > HEAD + 4 * ELSEWHERE {
        let middle = source.part(begin + length / 2, 2 * LINE)?;
        let goes_on = begin + length / 2 + middle.len() < source.length();
        texts.push(lines(&middle, next_line(&middle), ELSEWHERE, goes_on).and_then(text));
        let end = source.part(begin + length - ELSEWHERE, ELSEWHERE)?;
        texts.push(lines(&end, next_line(&end), ELSEWHERE, false).and_then(text));
    }
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    Ok(texts.map(|texts| Head { begin, texts }))
}

impl Head {
    pub(super) fn samples(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }

    /// The first rows of numbers.
    pub(super) fn rows(&self, dialect: &CsvDialect) -> &str {
        self.texts.first().and_then(|text| text.get(dialect.body..)).unwrap_or_default()
    }

    /// The encoding in the reader's words, of a file whose rows are plain.
    pub(super) fn encoding(&self, dialect: &CsvDialect) -> &'static str {
        let header = self
            .texts
            .first()
            .and_then(|text| text.get(..dialect.body))
            .unwrap_or_default();
        match (self.begin > 0, header.is_ascii()) {
            (true, _) => "UTF-8 with byte order mark",
            (false, true) => "ASCII",
            (false, false) => "UTF-8",
        }
    }
}

fn next_line(part: &[u8]) -> usize {
    memchr(b'\n', part).map_or(part.len(), |at| at + 1)
}

/// Lines from `start` on up to the first end behind `length` bytes.
fn lines(part: &[u8], start: usize, length: usize, goes_on: bool) -> Option<&[u8]> {
    let rest = &part[start..];
    if rest.len() <= length {
        return (!goes_on).then_some(rest);
    }
    match memchr(b'\n', &rest[length..]) {
        Some(end) => Some(&rest[..=length + end]),
        None => (!goes_on).then_some(rest),
    }
}

/// The text of lines that need no translation.
fn text(lines: &[u8]) -> Option<String> {
    let alone = |at: usize| lines.get(at + 1) != Some(&b'\n');
    if memchr(0, lines).is_some() || memchr_iter(b'\r', lines).any(alone) {
        return None;
    }
    std::str::from_utf8(lines).ok().map(str::to_owned)
}
