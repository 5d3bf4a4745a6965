//! Characters → numbers: single cells, and whole plain tables on all cores.
//!
//! Both ways share one parser, so that a table read fast and the same table read slowly have the same
//! bits, which are those of `str::parse`.

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

/// A blank cell inside a table: not a number, and told from a written `NaN` by its payload.
pub(super) const BLANK: f64 = f64::from_bits(0x7ff8_0000_0000_0b1a);
/// A written infinity inside a table, likewise.
pub(super) const INFINITE: f64 = f64::from_bits(0x7ff8_0000_0000_0b1b);

/// Whether a value of a table was a blank cell.
pub(super) fn is_blank(value: f64) -> bool {
    value.to_bits() == BLANK.to_bits()
}

/// Whether a value of a table was a written infinity.
pub(super) fn is_infinite(value: f64) -> bool {
    value.to_bits() == INFINITE.to_bits()
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// What the digits before `n` further ones are worth.
const TENS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The number in a cell; [`BLANK`], [`INFINITE`] or `NaN` where the cell says that there is none; `None` for text.
pub(super) fn cell(text: &str, decimal: u8) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim();
    if text.is_empty() {
        return Some(BLANK);
    }
    whole_number(text.as_bytes(), decimal).or_else(|| marker(text)).or_else(|| odd_number(text, decimal))
}

fn whole_number(text: &[u8], decimal: u8) -> Option<f64> {
    number(text, decimal).filter(|&(_, length)| length == text.len()).map(|(value, _)| value)
}

/// What programs write where a value is missing.
fn marker(text: &str) -> Option<f64> {
    let word = text.to_ascii_lowercase();
    match word.as_str() {
        "nan" | "-nan" | "+nan" | "na" | "n/a" | "null" | "none" | "-" | "--" | "---" | "#n/a" | "#nv" | "#wert!"
        | "1.#qnan" | "-1.#ind" | "1.#ind" | "-1.#qnan" => Some(f64::NAN),
        "inf" | "+inf" | "-inf" | "infinity" | "+infinity" | "-infinity" | "1.#inf" | "-1.#inf" | "∞" | "-∞" => {
            Some(INFINITE)
        }
        _ => None,
    }
}

/// Numbers in rare clothes: Fortran's `1.5D+03`, a typographic minus, a clock time.
fn odd_number(text: &str, decimal: u8) -> Option<f64> {
    if text.len() > 64 {
        return None;
    }
    if text.contains(':') {
        return clock_time(text, decimal);
    }
    let plain = text.replace(['d', 'D'], "e").replace('\u{2212}', "-");
    whole_number(plain.as_bytes(), decimal)
}

/// Seconds since midnight of `hh:mm:ss.sss` or `mm:ss.sss`, a date before it left aside.
fn clock_time(text: &str, decimal: u8) -> Option<f64> {
    let clock = text.rsplit([' ', 'T']).next()?;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    parts.iter().try_fold(0.0, |seconds, part| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit() || byte == decimal || byte == b'.');
        let value = whole_number(part.as_bytes(), decimal).or_else(|| whole_number(part.as_bytes(), b'.'));
        value.filter(|_| digits).map(|value| seconds * 60.0 + value)
    })
}

/// The number at the beginning of `text` and its length in bytes.
///
/// One pass over the digits; exact whenever the digits are below 2^53 and the power of ten is at most
/// 22 (Clinger 1990), else left to `fast-float2`.
#[inline(always)]
pub(super) fn number(text: &[u8], decimal: u8) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative || text.first() == Some(&b'+'));
    let first = at;
    let mut mantissa = 0_u64;
    at = digits(text, at, &mut mantissa);
    let mut count = at - first;
    let mut power = 0_i32;
    if text.get(at) == Some(&decimal) {
        let fraction = at + 1;
        at = digits(text, up_to_eight(text, fraction, &mut mantissa), &mut mantissa);
        count += at - fraction;
        power = -((at - fraction).min(9999) as i32);
    }
    if count == 0 {
        return None;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let (exponent, end) = exponent(text, at + 1)?;
        power = power.saturating_add(exponent);
        at = end;
    }
    // 19 digits always fit into 64 bits.
    if count > 19 || mantissa >= 1 << 53 || power.unsigned_abs() > 22 {
        return rounded(&text[..at], decimal).map(|value| (value, at));
    }
    let exact = mantissa as f64;
    let scale = POWERS[power.unsigned_abs() as usize];
    let value = if power < 0 { exact / scale } else { exact * scale };
    Some((if negative { -value } else { value }, at))
}

#[inline]
fn digits(text: &[u8], mut at: usize, mantissa: &mut u64) -> usize {
    while let Some(&byte) = text.get(at) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    at
}

/// At most eight digits at once, as eight bytes of one word (Lemire 2018, "Quickly parsing eight digits").
#[inline]
fn up_to_eight(text: &[u8], at: usize, mantissa: &mut u64) -> usize {
    let Some(&word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) else { return at };
    let digits = u64::from_le_bytes(word) ^ 0x3030_3030_3030_3030;
    // The first byte above 9 sets its high bit; what its carry does to later bytes does not matter.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8;
    if count == 0 {
        return at;
    }
    let ones = digits << (64 - 8 * count);
    let tens = ones.wrapping_mul(2561) >> 8 & 0x00ff_00ff_00ff_00ff;
    let hundreds = tens.wrapping_mul(6_553_601) >> 16 & 0x0000_ffff_0000_ffff;
    let value = hundreds.wrapping_mul(42_949_672_960_001) >> 32;
    *mantissa = mantissa.wrapping_mul(TENS[count as usize]).wrapping_add(value);
    at + count as usize
}

fn exponent(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = text.get(at) == Some(&b'-');
    let first = at + usize::from(negative || text.get(at) == Some(&b'+'));
    let length = text.get(first..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let add = |sum: i32, byte: &u8| (sum * 10 + i32::from(byte - b'0')).min(100_000);
    let value = text[first..first + length].iter().fold(0, add);
    Some((if negative { -value } else { value }, first + length))
}

fn rounded(text: &[u8], decimal: u8) -> Option<f64> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    if decimal == b'.' {
        return fast_float2::parse(text).ok();
    }
    let dotted: Vec<u8> = text.iter().map(|&byte| if byte == decimal { b'.' } else { byte }).collect();
    fast_float2::parse(dotted).ok()
}

/// A table in which every line holds the same number of unquoted cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    /// The byte between two cells.
    pub(super) delimiter: u8,
    /// The decimal sign.
    pub(super) decimal: u8,
    /// The cells of every line.
    pub(super) columns: usize,
}

/// About how many bytes a core takes at a time.
const BLOCK: usize = 1 << 20;

impl Plain {
    /// The columns of a table, or `None` at the first line that is not plain.
    pub(super) fn columns(&self, body: &[u8]) -> Option<Vec<Vec<f64>>> {
        self.columns_in_blocks(body.trim_ascii_end_of_lines(), BLOCK)
    }

    fn columns_in_blocks(&self, body: &[u8], size: usize) -> Option<Vec<Vec<f64>>> {
        let blocks = blocks(body, size);
        let rows: Vec<usize> = blocks.par_iter().map(|block| lines(block)).collect();
        let total: usize = rows.iter().sum();
        let mut columns = vec![vec![0.0; total]; self.columns];
        let mut places: Vec<Vec<&mut [f64]>> = rows.iter().map(|_| Vec::with_capacity(self.columns)).collect();
        for column in &mut columns {
            let mut rest = column.as_mut_slice();
            for (place, &count) in places.iter_mut().zip(&rows) {
                let (here, after) = rest.split_at_mut(count);
                place.push(here);
                rest = after;
            }
        }
        let read = |(block, mut place): (&&[u8], Vec<&mut [f64]>)| self.read_block(block, &mut place);
        blocks.par_iter().zip(places).map(read).collect::<Option<()>>()?;
        Some(columns)
    }

    /// Reads the lines of a block into its part of every column.
    fn read_block(&self, block: &[u8], columns: &mut [&mut [f64]]) -> Option<()> {
        let last = self.columns.checked_sub(1)?;
        let rows = columns[0].len();
        let mut at = 0;
        for row in 0..rows {
            for (index, column) in columns.iter_mut().enumerate() {
                let (value, end) = self.plain_cell(block, at)?;
                column[row] = value;
                at = if index < last { self.after_delimiter(block, end)? } else { after_line(block, end)? };
            }
        }
        (at >= block.len()).then_some(())
    }

    #[inline(always)]
    fn plain_cell(&self, block: &[u8], mut at: usize) -> Option<(f64, usize)> {
        while block.get(at) == Some(&b' ') {
            at += 1;
        }
        match number(&block[at..], self.decimal) {
            Some((value, length)) if self.ends_cell(block.get(at + length)) => Some((value, at + length)),
            _ => self.odd_cell(block, at),
        }
    }

    #[inline]
    fn ends_cell(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|&byte| byte == self.delimiter || byte == b'\n' || byte == b'\r')
    }

    #[cold]
    fn odd_cell(&self, block: &[u8], at: usize) -> Option<(f64, usize)> {
        let length = block[at..].iter().take_while(|byte| !self.ends_cell(Some(byte))).count();
        let text = std::str::from_utf8(&block[at..at + length]).ok()?;
        // A quoted cell may hold the delimiter.
        (!text.contains('"')).then(|| cell(text, self.decimal)).flatten().map(|value| (value, at + length))
    }

    #[inline]
    fn after_delimiter(&self, block: &[u8], at: usize) -> Option<usize> {
        (block.get(at) == Some(&self.delimiter)).then_some(at + 1)
    }
}

#[inline]
fn after_line(block: &[u8], mut at: usize) -> Option<usize> {
    if block.get(at) == Some(&b'\r') {
        at += 1;
    }
    match block.get(at) {
        Some(b'\n') => Some(at + 1),
        None => Some(at),
        Some(_) => None,
    }
}

fn lines(block: &[u8]) -> usize {
    memchr_iter(b'\n', block).count() + usize::from(!block.ends_with(b"\n") && !block.is_empty())
}

/// Cuts a body into blocks of whole lines.
fn blocks(body: &[u8], size: usize) -> Vec<&[u8]> {
    let mut blocks = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let wanted = size.min(rest.len());
        let end = memchr(b'\n', &rest[wanted..]).map_or(rest.len(), |offset| wanted + offset + 1);
        let (block, after) = rest.split_at(end);
        blocks.push(block);
        rest = after;
    }
    blocks
}

trait EndOfLines {
    fn trim_ascii_end_of_lines(&self) -> &[u8];
}

impl EndOfLines for [u8] {
    /// Without the line ends (and nothing else) at the end: a blank there may be a cell.
    fn trim_ascii_end_of_lines(&self) -> &[u8] {
        let end = self.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
        &self[..end]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn habits_of_writing_numbers() {
        for (text, decimal, value) in [
            ("1E-3", b'.', 0.001),
            (" +0.5 ", b'.', 0.5),
            ("-0,25", b',', -0.25),
            ("1.5D+03", b'.', 1500.0),
            (".5", b'.', 0.5),
            ("7.", b'.', 7.0),
            ("\u{2212}3.5", b'.', -3.5),
            ("\"0,001\"", b',', 0.001),
            ("00:01:02.5", b'.', 62.5),
            ("2024-05-01 10:00:00.250", b'.', 36000.25),
            ("1e400", b'.', f64::INFINITY),
        ] {
            assert_eq!(cell(text, decimal), Some(value), "{text}");
        }
        assert!(cell("-0", b'.').unwrap().is_sign_negative());
    }

    #[test]
    fn text_is_no_number() {
        for text in ["abc", "1.2.3", "1,234.5", "1e", "e5", ".", "+", "1 234", "0x10", "12:34:56:78", "1:-2"] {
            assert_eq!(cell(text, b'.'), None, "{text}");
        }
    }

    #[test]
    fn missing_values_are_told_apart() {
        assert!(is_blank(cell("  ", b'.').unwrap()));
        for text in ["NaN", "NA", "N/A", "null", "-", "---", "#N/A"] {
            let value = cell(text, b'.').unwrap();
            assert!(value.is_nan() && !is_blank(value), "{text}");
        }
        assert!(is_infinite(cell("-inf", b'.').unwrap()));
    }

    fn bits(columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
        columns.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
    }

    proptest! {
        #[test]
        fn a_number_has_the_bits_of_the_standard_library(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL) {
            for text in [format!("{value}"), format!("{value:e}"), format!("{value:.6}"), format!("{value:.17e}")] {
                let expected: f64 = text.parse().unwrap();
                prop_assert_eq!(cell(&text, b'.').map(f64::to_bits), Some(expected.to_bits()), "{}", text);
                let comma = text.replace('.', ",");
                prop_assert_eq!(cell(&comma, b',').map(f64::to_bits), Some(expected.to_bits()), "{}", comma);
            }
        }

        #[test]
        fn any_writing_of_digits_has_the_bits_of_the_standard_library(text in "[+-]?[0-9]{1,25}(\\.[0-9]{0,25})?([eE][+-]?[0-9]{1,3})?") {
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(cell(&text, b'.').map(f64::to_bits), Some(expected.to_bits()));
        }

        #[test]
        fn blocks_and_cells_give_the_same_table(
            rows in proptest::collection::vec(proptest::collection::vec((-1e6..1e6, 0..8_usize), 3), 1..60),
            block in 1..200_usize,
            end in prop_oneof![Just("\n"), Just("\r\n")],
        ) {
            let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|(value, digits)| match digits {
                7 => String::new(),
                _ => format!("{value:.digits$}"),
            }).collect()).collect();
            let body: String = texts.iter().map(|row| row.join(";") + end).collect();
            let body = body.as_bytes().trim_ascii_end_of_lines();
            let plain = Plain { delimiter: b';', decimal: b'.', columns: 3 };
            let expected: Vec<Vec<f64>> = (0..3).map(|column| texts.iter().map(|row| match row[column].as_str() {
                "" => BLANK,
                text => text.parse().unwrap(),
            }).collect()).collect();
            prop_assert_eq!(plain.columns_in_blocks(body, block).map(|columns| bits(&columns)), Some(bits(&expected)));
        }
    }

    #[test]
    fn a_line_that_is_not_plain_ends_the_fast_path() {
        let plain = Plain { delimiter: b',', decimal: b'.', columns: 2 };
        assert!(plain.columns(b"1,2\n3,4\n").is_some());
        for body in ["1,2\n3\n", "1,2\n3,4,5\n", "1,2\n# a remark\n", "1,2\n\n3,4\n", "1,\"2\"\n", "1,x\n"] {
            assert!(plain.columns(body.as_bytes()).is_none(), "{body:?}");
        }
    }
}
