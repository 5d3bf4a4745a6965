//! Plain tables, in which every line holds the same number of cells: read in blocks on
//! all cores, every number straight into its place, words where columns hold them.
//!
//! The cores take turns in reading a block. Whoever has the turn counts the lines of its
//! block, which tells the rows that are its own, and lets the next one read; so the
//! result does not depend on how many cores there are.

use std::io;
use std::sync::{Mutex, PoisonError};

use memchr::{memchr_iter, memchr2, memrchr};
use rayon::prelude::*;

use super::fixed::Fixed;
use super::marks::{BlockWords, Run};
use super::numbers::{BLANK, cell, number};
use crate::load::source::{BLOCK, ByteSource, Fingerprint};
use crate::memory;

/// How a plain table is written.
#[derive(Debug)]
pub(super) struct Plain {
    delimiter: u8,
    decimal: u8,
    columns: Vec<Fixed>,
    words: Vec<WordsOf>,
}

/// Which words a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordsOf {
    /// None: all cells are numbers.
    None,
    /// Words in some rows, numbers in others.
    Rows,
    /// Nothing but words; a number is one, too.
    Column,
}

/// The numbers of a plain table.
#[derive(Debug)]
pub(super) struct Read {
    /// The columns, all of one length, divided as asked.
    pub(super) columns: Vec<Vec<f64>>,
    /// Whether every number of a column is finite.
    pub(super) finite: Vec<bool>,
    /// The words, in rising rows for each column.
    pub(super) runs: Vec<Run>,
    /// The fingerprint of the whole source, where it was asked for.
    pub(super) fingerprint: Option<String>,
}

/// Where a table stands in a source, and how much room it needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// The byte at which the rows begin: in the first block.
    pub(super) begin: usize,
    /// How many rows there are, at a guess.
    pub(super) rows: usize,
    /// Whether the fingerprint is wanted.
    pub(super) fingerprint: bool,
}

impl Plain {
    /// The way in which a row is written; `divisors` and `words` have one entry for each
    /// column.
    pub(super) fn like(
        row: &str,
        (delimiter, decimal): (u8, u8),
        divisors: &[f64],
        words: Vec<WordsOf>,
    ) -> Self {
        let cells = row.trim_end_matches(['\r', '\n']).split(char::from(delimiter));
        let cells = cells.chain(std::iter::repeat(""));
        let like = |((cell, &divisor), words): ((&str, &f64), &WordsOf)| {
            // Where a number is a word, none is read as one.
            let example = if *words == WordsOf::Column { "" } else { cell };
            Fixed::like(example.as_bytes(), decimal, divisor)
        };
        let columns = cells.zip(divisors).zip(&words).map(like).collect();
        Self { delimiter, decimal, columns, words }
    }

    /// Reads a table, or says `None` where a line is not plain.
    pub(super) fn read(
        &self,
        source: &mut ByteSource<'_>,
        extent: Extent,
    ) -> io::Result<Option<Read>> {
        let mut room = extent.rows;
        loop {
            match self.read_into(room, source, extent)? {
                Attempt::Full => room *= 2,
                Attempt::NotPlain => return Ok(None),
                Attempt::Done(read) => return Ok(Some(read)),
            }
        }
    }

    fn read_into(
        &self,
        room: usize,
        source: &mut ByteSource<'_>,
        extent: Extent,
    ) -> io::Result<Attempt> {
        // Pages that no row is written to never become memory.
        let mut columns: Vec<Vec<f64>> =
            self.columns.iter().map(|_| memory::zeros(room)).collect();
        let cores =
            rayon::current_num_threads().min(source.length().div_ceil(BLOCK)).max(1);

        source.go_to(0)?;
        let turns = Mutex::new(Turns {
            source,
            begin: extent.begin,
            block: 0,
            rows: 0,
            carry: Vec::new(),
            rest: columns.iter_mut().map(Vec::as_mut_slice).collect(),
            state: TurnState::Going,
        });

        let work = |_| self.work(&turns, extent.fingerprint);
        let shares: Vec<Share> =
            (0..cores).into_par_iter().map(work).collect::<io::Result<_>>()?;
        let Turns { state, rows, .. } =
            turns.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(match state {
            TurnState::Full => Attempt::Full,
            TurnState::NotPlain => Attempt::NotPlain,
            TurnState::Going | TurnState::Ended => {
                Attempt::Done(self.joined(columns, rows, shares))
            }
        })
    }

    /// What all cores have read together.
    fn joined(
        &self,
        mut columns: Vec<Vec<f64>>,
        rows: usize,
        shares: Vec<Share>,
    ) -> Read {
        for column in &mut columns {
            column.truncate(rows);
            column.shrink_to_fit();
        }
        let mut all = Share::new(self.columns.len());
        shares.into_iter().for_each(|share| all.join(share));
        all.runs.sort_by_key(|run| run.row);
        let Share { finite, fingerprint, runs } = all;
        Read { columns, finite, runs, fingerprint: fingerprint.finish() }
    }

    /// What one core does: takes turns until the table ends.
    fn work(
        &self,
        turns: &Mutex<Turns<'_, '_, '_>>,
        fingerprint: bool,
    ) -> io::Result<Share> {
        let lock = || turns.lock().unwrap_or_else(PoisonError::into_inner);
        let mut share = Share::new(self.columns.len());
        let mut tile = vec![0.0; STRIDE * self.columns.len()];
        let mut buffer = Vec::with_capacity(BLOCK + BLOCK / 4);
        loop {
            let Some(mut turn) = lock().next(&mut buffer)? else {
                return Ok(share);
            };
            if fingerprint {
                share.fingerprint.take(turn.block, &buffer[turn.carried..]);
            }
            let mut found = Found {
                finite: std::mem::take(&mut share.finite),
                words: BlockWords::from(turn.row, self.columns.len()),
            };
            let lines = &buffer[turn.lines.clone()];
            let read = self.read_lines(lines, &mut turn.places, &mut tile, &mut found);
            share.finite = found.finite;
            share.runs.append(&mut found.words.runs);
            if read.is_none() {
                lock().state = TurnState::NotPlain;
                return Ok(share);
            }
        }
    }

    /// Reads the lines of a block into its part of every column.
    fn read_lines(
        &self,
        lines: &[u8],
        places: &mut [&mut [f64]],
        tile: &mut [f64],
        found: &mut Found,
    ) -> Option<()> {
        let rows = places.first()?.len();
        let mut at = 0;
        for from in (0..rows).step_by(TILE) {
            let count = TILE.min(rows - from);
            at = self.read_tile(lines, at, (tile, count), found)?;
            for (place, column) in places.iter_mut().zip(tile.chunks_exact(STRIDE)) {
                place[from..from + count].copy_from_slice(&column[..count]);
            }
        }
        (at >= lines.len()).then_some(())
    }

    /// Reads a few rows, so many that they stay in the nearest cache whatever the places
    /// of the columns.
    fn read_tile(
        &self,
        lines: &[u8],
        mut at: usize,
        (tile, rows): (&mut [f64], usize),
        found: &mut Found,
    ) -> Option<usize> {
        let last = self.columns.len().checked_sub(1)?;
        for row in 0..rows {
            for (index, fixed) in self.columns.iter().enumerate() {
                let (value, end) = match fixed.number(lines, at) {
                    Some((value, end)) if self.ends_cell(lines.get(end)) => (value, end),
                    _ => self.other_cell(lines, at, index, found)?,
                };
                tile[index * STRIDE + row] = value;
                at = if index < last {
                    self.after_delimiter(lines, end)?
                } else {
                    after_line(lines, end)?
                };
            }
            found.words.row += 1;
        }
        Some(at)
    }

    fn other_cell(
        &self,
        lines: &[u8],
        mut at: usize,
        index: usize,
        found: &mut Found,
    ) -> Option<(f64, usize)> {
        if self.words[index] != WordsOf::None {
            return self.word_or_number(lines, at, index, found);
        }
        let quotes = usize::from(lines.get(at) == Some(&b'"'));
        at += quotes;
        while quotes == 0 && lines.get(at) == Some(&b' ') {
            at += 1;
        }
        let closed = |at: usize| {
            let is_closed = quotes == 0 || lines.get(at) == Some(&b'"');
            let end = at + quotes;
            (is_closed && self.ends_cell(lines.get(end))).then_some(end)
        };
        if let Some((value, end)) = self.columns[index].number(lines, at)
            && let Some(end) = closed(end)
        {
            return Some((value, end));
        }
        let number = number(lines.get(at..)?, self.decimal);
        let ended =
            number.and_then(|(value, length)| Some((value, closed(at + length)?)));
        let (value, end) = match ended {
            Some(ended) => ended,
            None => self.odd_cell(lines, at - quotes)?,
        };
        Some((self.divided(value, index, found), end))
    }

    fn divided(&self, value: f64, index: usize, found: &mut Found) -> f64 {
        if value.is_finite() {
            return value / self.columns[index].divisor;
        }
        found.finite[index] = false;
        value
    }

    fn word_or_number(
        &self,
        lines: &[u8],
        at: usize,
        index: usize,
        found: &mut Found,
    ) -> Option<(f64, usize)> {
        let (text, end) = self.text(lines, at)?;
        // A line that begins so is a remark.
        if index == 0 && (text.starts_with(['#', '%']) || text.starts_with("//")) {
            return None;
        }
        let is_number =
            |value: &f64| self.words[index] == WordsOf::Rows || value.is_nan();
        let number = match found.words.goes_on(index, text) {
            true => None,
            false => cell(text, self.decimal).filter(is_number),
        };
        match number {
            Some(_) => found.words.end(index),
            None => found.words.take(index, text),
        }
        Some((self.divided(number.unwrap_or(BLANK), index, found), end))
    }

    #[inline]
    fn ends_cell(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|&byte| byte == self.delimiter || byte == b'\n' || byte == b'\r')
    }

    #[cold]
    fn odd_cell(&self, lines: &[u8], at: usize) -> Option<(f64, usize)> {
        let (text, end) = self.text(lines, at)?;
        cell(text, self.decimal).map(|value| (value, end))
    }

    /// The text of a cell without quotes around it, and where the cell ends; `None` where
    /// it holds quotes or line ends, or what is not ASCII, which tells the encoding.
    fn text<'l>(&self, lines: &'l [u8], at: usize) -> Option<(&'l str, usize)> {
        let rest = lines.get(at..)?;
        let quotes = usize::from(rest.first() == Some(&b'"'));
        let length = match quotes {
            0 => rest.iter().take_while(|byte| !self.ends_cell(Some(byte))).count(),
            _ => memchr2(b'"', b'\n', &rest[1..])?,
        };
        let (text, end) = (&rest[quotes..quotes + length], at + length + 2 * quotes);
        let is_whole = quotes == 0 || lines.get(end - 1) == Some(&b'"');
        let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
        let is_plain = is_whole && !text.contains(['"', '\r']);
        (is_plain && self.ends_cell(lines.get(end))).then_some((text, end))
    }

    #[inline]
    fn after_delimiter(&self, lines: &[u8], at: usize) -> Option<usize> {
        (lines.get(at) == Some(&self.delimiter)).then_some(at + 1)
    }
}

#[inline]
fn after_line(lines: &[u8], mut at: usize) -> Option<usize> {
    if lines.get(at) == Some(&b'\r') {
        at += 1;
    }
    match lines.get(at) {
        Some(b'\n') => Some(at + 1),
        None => Some(at),
        Some(_) => None,
    }
}

/// How many rows are read before they go to their columns, and how far apart the columns
/// are meanwhile.
const TILE: usize = 64;
/// No power of two, so that the columns do not contend for the same lines of the cache.
const STRIDE: usize = TILE + 8;

enum Attempt {
    /// There are more rows than there was room for.
    Full,
    NotPlain,
    Done(Read),
}

/// What is found in a block beside its numbers.
struct Found {
    finite: Vec<bool>,
    words: BlockWords,
}

/// What one core found out.
struct Share {
    finite: Vec<bool>,
    runs: Vec<Run>,
    fingerprint: Fingerprint,
}

impl Share {
    fn new(columns: usize) -> Self {
        Self {
            finite: vec![true; columns],
            runs: Vec::new(),
            fingerprint: Fingerprint::default(),
        }
    }

    fn join(&mut self, other: Self) {
        self.finite.iter_mut().zip(other.finite).for_each(|(all, one)| *all &= one);
        self.runs.extend(other.runs);
        self.fingerprint.join(other.fingerprint);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TurnState {
    Going,
    Ended,
    Full,
    NotPlain,
}

/// What the cores share.
struct Turns<'t, 's, 'c> {
    source: &'t mut ByteSource<'s>,
    begin: usize,
    block: usize,
    rows: usize,
    /// The beginning of a line whose end is in the next block.
    carry: Vec<u8>,
    /// The rows of every column that no block has taken yet.
    rest: Vec<&'c mut [f64]>,
    state: TurnState,
}

/// A block of whole lines and the places of its numbers.
struct Turn<'c> {
    block: usize,
    /// The bytes that the block before it left over.
    carried: usize,
    lines: std::ops::Range<usize>,
    /// The row of its first line.
    row: usize,
    places: Vec<&'c mut [f64]>,
}

impl<'c> Turns<'_, '_, 'c> {
    /// The next block, in a buffer that is used again and again.
    fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Turn<'c>>> {
        if self.state != TurnState::Going {
            return Ok(None);
        }
        let carried = self.carry.len();
        // Bytes beyond the carried ones are overwritten; only a buffer that grows is
        // filled with zeros.
        buffer.resize(carried + BLOCK, 0);
        buffer[..carried].copy_from_slice(&self.carry);
        let read = self.source.fill(&mut buffer[carried..])?;
        buffer.truncate(carried + read);
        let Some(lines) = self.lines(buffer, read < BLOCK) else {
            self.state = TurnState::NotPlain;
            return Ok(None);
        };
        let count = count(&buffer[lines.clone()]);
        if self.rest.iter().any(|rest| rest.len() < count) {
            self.state = TurnState::Full;
            return Ok(None);
        }
        let row = self.rows;
        self.rows += count;
        let places = self.rest.iter_mut().map(|rest| {
            let (here, after) = std::mem::take(rest).split_at_mut(count);
            *rest = after;
            here
        });
        let turn =
            Turn { block: self.block, carried, lines, row, places: places.collect() };
        self.block += 1;
        Ok(Some(turn))
    }

    /// The whole lines of a block; keeps what comes behind them. `None` where no line
    /// ends.
    fn lines(&mut self, buffer: &[u8], last: bool) -> Option<std::ops::Range<usize>> {
        let begin = if self.block == 0 { self.begin } else { 0 };
        self.carry.clear();
        if begin > buffer.len() {
            return None;
        }
        if last {
            self.state = TurnState::Ended;
            // A blank there may be a cell.
            let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
            let end =
                buffer.iter().rposition(|byte| !is_end(byte)).map_or(0, |at| at + 1);
            return Some(begin..end.max(begin));
        }
        let end = memrchr(b'\n', buffer)? + 1;
        self.carry.extend_from_slice(&buffer[end..]);
        (end >= begin).then_some(begin..end)
    }
}

fn count(lines: &[u8]) -> usize {
    memchr_iter(b'\n', lines).count()
        + usize::from(!lines.ends_with(b"\n") && !lines.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::numbers::BLANK;
    use super::*;

    fn read(body: &str, columns: usize) -> Option<Read> {
        let row = body.lines().next().unwrap_or_default();
        let plain = Plain::like(
            row,
            (b';', b'.'),
            &vec![1.0; columns],
            vec![WordsOf::None; columns],
        );
        let extent = Extent { begin: 0, rows: 1, fingerprint: true };
        plain.read(&mut ByteSource::from_bytes(body.as_bytes()), extent).unwrap()
    }

    fn bits(columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
        columns
            .iter()
            .map(|column| column.iter().map(|value| value.to_bits()).collect())
            .collect()
    }

    fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(work)
    }

    #[test]
    fn a_line_that_is_not_plain_ends_the_fast_path() {
        assert!(read("1;2\n3;4\n", 2).is_some());
        assert_eq!(
            read("1;\"2\"\n\"3\";4", 2).unwrap().columns,
            [[1.0, 3.0], [2.0, 4.0]]
        );
        for body in [
            "1;2\n3\n",
            "1;2\n3;4;5\n",
            "1;2\n# a remark\n",
            "1;2\n\n3;4\n",
            "1;\"2\n",
            "1;\"2\"\"\n",
            "1;x\n",
            "1;µ\n",
        ] {
            assert!(read(body, 2).is_none(), "{body:?}");
        }
        let long = format!("1;2\n{}", " ".repeat(2 * BLOCK));
        assert!(read(&long, 2).is_none());
    }

    #[test]
    fn many_blocks_are_the_same_on_any_number_of_cores() {
        let mut random = 1_u64;
        let mut number = || {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 40) as f64 / 1000.0 - 8000.0
        };
        let rows: Vec<[f64; 3]> =
            (0..60_000).map(|_| [number(), number(), number()]).collect();
        let body: String =
            rows.iter().map(|[a, b, c]| format!("{a:.3};{b:.6};{c}\r\n")).collect();
        assert!(body.len() > 4 * BLOCK);
        let expected: Vec<Vec<f64>> = (0..3)
            .map(|column| {
                let cell =
                    |line: &str| line.split(';').nth(column).unwrap().parse().unwrap();
                body.lines().map(cell).collect()
            })
            .collect();
        for threads in [1, 2, 5] {
            let read = with_threads(threads, || read(&body, 3)).unwrap();
            assert_eq!(bits(&read.columns), bits(&expected), "{threads}");
            assert_eq!(
                read.fingerprint.unwrap(),
                blake3::hash(body.as_bytes()).to_hex().to_string()
            );
            assert_eq!(read.finite, [true; 3]);
        }
    }

    proptest! {
        #[test]
        fn any_table_is_that_of_the_standard_library(
            rows in proptest::collection::vec(proptest::collection::vec((-1e6..1e6, 0..8_usize), 3), 1..60),
            end in prop_oneof![Just("\n"), Just("\r\n")],
        ) {
            let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|(value, digits)| match digits {
                7 => String::new(),
                _ => format!("{value:.digits$}"),
            }).collect()).collect();
            let body: String = texts.iter().map(|row| row.join(";") + end).collect();
            let expected: Vec<Vec<f64>> = (0..3).map(|column| texts.iter().map(|row| match row[column].as_str() {
                "" => BLANK,
                text => text.parse().unwrap(),
            }).collect()).collect();
            let read = read(&body, 3).unwrap();
            prop_assert_eq!(bits(&read.columns), bits(&expected));
            let finite: Vec<bool> = expected.iter().map(|column| column.iter().all(|value| value.is_finite())).collect();
            prop_assert_eq!(read.finite, finite);
        }
    }
}
