//! Characters → numbers, with the bits of `str::parse`.

use super::timing::moment;

/// A blank cell inside a table: not a number, and told from a written `NaN` by its
/// payload.
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

/// Without the blank cells below a column that ended before the others.
pub(super) fn without_end(values: &[f64]) -> &[f64] {
    let end = values.iter().rposition(|value| !is_blank(*value)).map_or(0, |at| at + 1);
    &values[..end]
}

/// Powers of ten that a double holds exactly.
pub(super) const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// What the digits before `n` further ones are worth.
pub(super) const TENS: [u64; 9] =
    [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The number in a cell; [`BLANK`], [`INFINITE`] or `NaN` where the cell says that there
/// is none; `None` for text.
pub(super) fn cell(text: &str, decimal: u8) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim();
    if text.is_empty() {
        return Some(BLANK);
    }
    whole_number(text.as_bytes(), decimal)
        .or_else(|| marker(text))
        .or_else(|| odd_number(text, decimal))
}

fn whole_number(text: &[u8], decimal: u8) -> Option<f64> {
    number(text, decimal)
        .filter(|&(_, length)| length == text.len())
        .map(|(value, _)| value)
}

/// The bytes of `-infinity`.
const LONGEST_MARKER: usize = 9;

/// What programs write where a value is missing.
fn marker(text: &str) -> Option<f64> {
    if text.len() > LONGEST_MARKER {
        return None;
    }
    let word = text.to_ascii_lowercase();
    match word.as_str() {
        "nan" | "-nan" | "+nan" | "na" | "n/a" | "null" | "none" | "-" | "--" | "---"
        | "#n/a" | "#nv" | "#wert!" | "1.#qnan" | "-1.#ind" | "1.#ind" | "-1.#qnan" => {
            Some(f64::NAN)
        }
        "inf" | "+inf" | "-inf" | "infinity" | "+infinity" | "-infinity" | "1.#inf"
        | "-1.#inf" | "∞" | "-∞" => Some(INFINITE),
        _ => None,
    }
}

/// Numbers in rare clothes: Fortran's `1.5D+03`, a typographic minus, a clock time.
fn odd_number(text: &str, decimal: u8) -> Option<f64> {
    if text.len() > 64 {
        return None;
    }
    if text.contains(':') {
        return moment::seconds(text, decimal);
    }
    if !text.contains(['d', 'D', '\u{2212}']) {
        return None;
    }
    let plain = text.replace(['d', 'D'], "e").replace('\u{2212}', "-");
    whole_number(plain.as_bytes(), decimal)
}

/// The number at the beginning of `text` and its length in bytes.
///
/// One pass over the digits; exact whenever the digits are below 2^53 and the power of
/// ten is at most 22 (Clinger 1990), else left to `fast-float2`.
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

/// At most eight digits at once, as eight bytes of one word.
#[inline]
fn up_to_eight(text: &[u8], at: usize, mantissa: &mut u64) -> usize {
    let Some(&word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) else {
        return at;
    };
    let digits = u64::from_le_bytes(word) ^ 0x3030_3030_3030_3030;
    let count = other_bytes(digits).trailing_zeros() / 8;
    if count == 0 {
        return at;
    }
    let value = eight_digits(digits << (64 - 8 * count));
    *mantissa = mantissa.wrapping_mul(TENS[count as usize]).wrapping_add(value);
    at + count as usize
}

/// Marks the first byte above 9 with its high bit; what its carry does to later bytes
/// does not matter.
#[inline(always)]
pub(super) fn other_bytes(digits: u64) -> u64 {
    (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
}

/// The number that eight bytes of 0 to 9 make (Lemire 2018, "Quickly parsing eight
/// digits").
#[inline(always)]
pub(super) fn eight_digits(ones: u64) -> u64 {
    let tens = ones.wrapping_mul(2561) >> 8 & 0x00ff_00ff_00ff_00ff;
    let hundreds = tens.wrapping_mul(6_553_601) >> 16 & 0x0000_ffff_0000_ffff;
    hundreds.wrapping_mul(42_949_672_960_001) >> 32
}

fn exponent(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = text.get(at) == Some(&b'-');
    let first = at + usize::from(negative || text.get(at) == Some(&b'+'));
    let length =
        text.get(first..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
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
    let dotted: Vec<u8> =
        text.iter().map(|&byte| if byte == decimal { b'.' } else { byte }).collect();
    fast_float2::parse(dotted).ok()
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
            ("2024-05-01 10:00:00.250", b'.', 1_714_557_600.25),
            ("1e400", b'.', f64::INFINITY),
        ] {
            assert_eq!(cell(text, decimal), Some(value), "{text}");
        }
        assert!(cell("-0", b'.').unwrap().is_sign_negative());
    }

    #[test]
    fn text_is_no_number() {
        for text in [
            "abc",
            "1.2.3",
            "1,234.5",
            "1e",
            "e5",
            ".",
            "+",
            "1 234",
            "0x10",
            "12:34:56:78",
            "1:-2",
        ] {
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
    }
}
