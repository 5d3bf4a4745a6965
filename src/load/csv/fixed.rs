//! Numbers with a fixed count of decimals, as nearly every program writes a column:
//! `-0.123456`.
//!
//! Such a number is read without a loop: the decimal sign is sought in eight bytes at
//! once, which also tells where the next cell begins, and the digits before and after it
//! are turned into numbers eight at a time.

use super::numbers::{POWERS, TENS, eight_digits, other_bytes};

/// The bytes that are looked at: up to seven before the decimal sign, the sign, eight
/// behind it.
const WINDOW: usize = 17;

/// How the numbers of one column are written, and what they are divided by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixed {
    /// The decimal sign in every byte.
    signs: u64,
    /// Marks the decimals and the byte behind them.
    mask: u64,
    /// What other than digits is under the mask: the byte behind the decimals.
    end: u64,
    /// Shifts the decimals to the end of a word.
    shift: u32,
    decimals: usize,
    /// Ten to the number of decimals.
    tens: u64,
    power: f64,
    /// What a number of this column is divided by.
    pub(super) divisor: f64,
}

impl Fixed {
    /// The way in which the example of a column is written; one that no number fits where
    /// it has no decimals or too many.
    pub(super) fn like(example: &[u8], decimal: u8, divisor: f64) -> Self {
        let point = example.iter().position(|byte| *byte == decimal);
        let behind = point.map_or(&[][..], |at| &example[at + 1..]);
        let decimals = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let signs = u64::from(decimal) * 0x0101_0101_0101_0101;
        if !(1..=7).contains(&decimals) {
            return Self {
                signs,
                mask: 0,
                end: 1,
                shift: 0,
                decimals: 0,
                tens: 1,
                power: 1.0,
                divisor,
            };
        }
        let bits = 8 * decimals as u32;
        Self {
            signs,
            mask: 0x8080_8080_8080_8080 >> (56 - bits),
            end: 0x80 << bits,
            shift: 64 - bits,
            decimals,
            tens: TENS[decimals],
            power: POWERS[decimals],
            divisor,
        }
    }

    /// The number at a place, divided, and where it ends; `None` where it is written in
    /// another way.
    ///
    /// Exact: at most seven digits before and seven behind the decimal sign are below
    /// 2^53.
    #[inline(always)]
    pub(super) fn number(&self, text: &[u8], at: usize) -> Option<(f64, usize)> {
        let window = text.get(at..)?.first_chunk::<WINDOW>()?;
        let head = word(window, 0)?;
        let sign = head ^ self.signs;
        let found =
            sign.wrapping_sub(0x0101_0101_0101_0101) & !sign & 0x8080_8080_8080_8080;
        let point = found.trailing_zeros() / 8;
        if !(1..8).contains(&point) {
            return None;
        }
        let behind = word(window, point as usize + 1)? ^ ZEROS;
        let negative = u64::from(window[0] == b'-');
        let before =
            (head ^ (negative * u64::from(b'-' ^ b'0')) ^ ZEROS) << (64 - 8 * point);
        if (other_bytes(behind) & self.mask) != self.end || other_bytes(before) != 0 {
            return None;
        }
        let digits =
            eight_digits(before) * self.tens + eight_digits(behind << self.shift);
        let size = digits as i64 as f64 / self.power;
        let value = f64::from_bits(size.to_bits() | (negative << 63));
        Some((value / self.divisor, at + point as usize + 1 + self.decimals))
    }
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

#[inline(always)]
fn word(window: &[u8; WINDOW], at: usize) -> Option<u64> {
    window.get(at..)?.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAIL: &str = ",1.5,2.5,3.5,4.5,5.5";

    #[test]
    fn other_writings_are_left_to_the_others() {
        let fixed = Fixed::like(b"1.250", b'.', 1.0);
        for text in [
            "+1.250",
            " 1.250",
            "1.25",
            "1.2500",
            "1,250",
            "12345678.250",
            ".250",
            "1.2-0",
            "1-.250",
            "--.250",
        ] {
            assert_eq!(
                fixed.number(format!("{text}{TAIL}").as_bytes(), 0),
                None,
                "{text}"
            );
        }
        assert_eq!(fixed.number(b"1.250,1", 0), None, "too near to the end");
        for example in ["7", "7.", "1.12345678", "abc", ""] {
            let none = Fixed::like(example.as_bytes(), b'.', 1.0);
            assert_eq!(
                none.number(format!("{example}{TAIL}").as_bytes(), 0),
                None,
                "{example}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_number_has_the_bits_of_the_standard_library(text in "-?[0-9]{1,6}\\.[0-9]{1,7}", divisor in prop_oneof![Just(1.0), Just(1e3), Just(1e6)]) {
            let fixed = Fixed::like(text.as_bytes(), b'.', divisor);
            let line = format!("9{text}{TAIL}");
            let expected = text.parse::<f64>().unwrap() / divisor;
            let (value, end) = fixed.number(line.as_bytes(), 1).unwrap();
            prop_assert_eq!((value.to_bits(), end), (expected.to_bits(), 1 + text.len()));
            let comma = Fixed::like(text.replace('.', ",").as_bytes(), b',', divisor);
            prop_assert_eq!(comma.number(line.replacen('.', ",", 1).replace(TAIL, ";1,5;2,5;3,5;4,5").as_bytes(), 1).map(|(value, _)| value.to_bits()), Some(expected.to_bits()));
        }

        #[test]
        fn any_text_is_a_number_of_the_standard_library_or_none(text in "[-+0-9.e \
                                                            ,]{17,30}", decimals in 1..8_usize) {
            let fixed = Fixed::like(format!("0.{}", "1".repeat(decimals)).as_bytes(), b'.', 1.0);
            if let Some((value, end)) = fixed.number(text.as_bytes(), 0) {
                prop_assert_eq!(text[..end].parse::<f64>().ok().map(f64::to_bits), Some(value.to_bits()));
            }
        }
    }
}
