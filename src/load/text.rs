//! Bytes → characters, of recordings and of event files: which encoding, and whether this
//! is text at all.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GBK, ISO_8859_2, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252,
};
use memchr::{memchr, memchr_iter, memrchr};

use crate::error::{Error, ErrorKind, Result};

/// The longest line that a table of samples can have, in bytes.
const LONGEST_LINE: usize = 1 << 20;

/// The characters of a file, every line ended by `\n` (a `\r` may stand before it).
#[derive(Debug)]
pub(super) struct Text<'a> {
    /// The characters, without a byte order mark.
    pub(super) characters: Cow<'a, str>,
    /// The encoding, in the reader's words.
    pub(super) encoding: &'static str,
}

/// Whether bytes are text: few control characters, or UTF-16 as spreadsheets write it.
pub(super) fn is_text(head: &[u8]) -> bool {
    if utf16_order(head).is_some() {
        return true;
    }
    let control = |byte: &&u8| {
        **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a)
    };
    // A stray NUL gets its own message with its place; a file full of them is no text.
    head.iter().filter(control).count() * 50 <= head.len() + 100
}

/// The characters of a file that is read at a stage.
///
/// UTF-8 and UTF-16 (with or without byte order mark) are recognised, and the usual
/// encodings of eastern Asia and central Europe; whatever else is text is Latin-1, or the
/// Windows-1252 that extends it.
///
/// # Errors
/// When the file is empty or no text, with the line of a NUL byte or of a line that is too
/// long for a table.
pub(super) fn decode(bytes: &[u8], stage: ErrorKind) -> Result<Text<'_>> {
    if bytes.is_empty() {
        return Err(Error::new(stage, "the file is empty"));
    }
    if !is_text(&bytes[..bytes.len().min(1 << 16)]) {
        return Err(Error::new(
            stage,
            "this is no text file: it holds bytes that no text has",
        )
        .with_hint(
            "export it as CSV; soleus does not read the recorder's own binary format",
        ));
    }
    let (characters, encoding) = characters(bytes);
    let characters = with_newlines(without_end_mark(characters));
    refuse_nul(&characters, stage)?;
    refuse_long_lines(&characters, stage)?;
    Ok(Text { characters, encoding })
}

fn characters(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return (String::from_utf8_lossy(rest), "UTF-8 with byte order mark");
    }
    match utf16_order(bytes) {
        Some(ByteOrder::Little) => {
            (utf16(bytes, u16::from_le_bytes), "UTF-16 (little-endian)")
        }
        Some(ByteOrder::Big) => (utf16(bytes, u16::from_be_bytes), "UTF-16 (big-endian)"),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => {
                (Cow::Borrowed(text), if text.is_ascii() { "ASCII" } else { "UTF-8" })
            }
            Err(_) => other(bytes),
        },
    }
}

/// How much of a text tells its encoding, in bytes.
const TELLING: usize = 1 << 16;

/// Text that is no Unicode: of Asia or central Europe where the bytes say so, else of
/// western Europe.
fn other(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    if let Some(asian) = guessed(bytes) {
        return asian;
    }
    let is_extended = bytes.iter().any(|byte| (0x80..=0x9F).contains(byte));
    let name = if is_extended { "Windows-1252" } else { "Latin-1" };
    (WINDOWS_1252.decode_without_bom_handling(bytes).0, name)
}

/// Signs of western Europe that stand in units: a text that has no others says nothing.
const SIGNS: [u8; 8] =
    [b'\xB5', b'\xB0', b'\xB1', b'\xB2', b'\xB3', b'\xB7', b'\xBA', b'\xA0'];

/// Text of Asia, or of central and eastern Europe, where the bytes say so.
fn guessed(bytes: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    // Names stand in the first lines, and letters outside of ASCII perhaps nowhere else.
    let first = bytes.iter().position(|byte| !byte.is_ascii())?;
    let from = memrchr(b'\n', &bytes[..first]).map_or(0, |at| at + 1);
    let telling = &bytes[from..bytes.len().min(from + TELLING)];
    if has_polish_letters(telling) {
        return Some((WINDOWS_1250.decode_without_bom_handling(bytes).0, "windows-1250"));
    }
    if telling.iter().all(|byte| byte.is_ascii() || SIGNS.contains(byte)) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(telling, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let others =
        [SHIFT_JIS, EUC_JP, GBK, BIG5, EUC_KR, WINDOWS_1250, ISO_8859_2, WINDOWS_1251];
    if !others.contains(&guess) {
        return None;
    }
    let (characters, damaged) = guess.decode_without_bom_handling(bytes);
    // Katakana of half width are letters of western Europe.
    let half = |c: char| ('\u{ff61}'..='\u{ff9f}').contains(&c);
    (!damaged && !characters.contains(half)).then(|| (characters, guess.name()))
}

/// `P³aszczkowaty`: no language has a small 3 or 1 between letters, and Polish has `ł` and
/// `ą` in their places.
fn has_polish_letters(telling: &[u8]) -> bool {
    telling.windows(3).any(|three| {
        matches!(three[1], 0xB3 | 0xB9)
            && three[0].is_ascii_alphabetic()
            && three[2].is_ascii_alphabetic()
    })
}

#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

/// The byte order of UTF-16: from its mark, or from the zero in every second byte of
/// Latin text.
fn utf16_order(bytes: &[u8]) -> Option<ByteOrder> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(ByteOrder::Little),
        [0xFE, 0xFF, ..] => return Some(ByteOrder::Big),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    let zeros = |offset: usize| {
        head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count()
    };
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    match pairs {
        0..4 => None,
        _ if odd * 10 >= pairs * 9 && even == 0 => Some(ByteOrder::Little),
        _ if even * 10 >= pairs * 9 && odd == 0 => Some(ByteOrder::Big),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, str> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Cow::Owned(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Without the Ctrl-Z that DOS programs end a text with.
fn without_end_mark(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches('\u{1a}')),
        Cow::Owned(text) => Cow::Owned(text.trim_end_matches('\u{1a}').to_owned()),
    }
}

/// A `\r` that no `\n` follows ends a line as well (old Macintosh, half-converted files).
fn with_newlines(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n')) {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn refuse_nul(text: &str, stage: ErrorKind) -> Result<()> {
    let Some(at) = memchr(0, text.as_bytes()) else {
        return Ok(());
    };
    let line = memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1;
    Err(Error::new(stage, "there is a NUL byte in the text").at_line(line).with_hint(
        "the file is damaged (an interrupted copy?) or binary; export it again",
    ))
}

/// Looks for one line end in every stretch of the longest length, which leaves most of
/// the text unread.
fn refuse_long_lines(text: &str, stage: ErrorKind) -> Result<()> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while bytes.len() - start > LONGEST_LINE {
        let Some(end) = memrchr(b'\n', &bytes[start..=start + LONGEST_LINE]) else {
            let length = memchr(b'\n', &bytes[start..]).unwrap_or(bytes.len() - start);
            let line = memchr_iter(b'\n', &bytes[..start]).count() + 1;
            return Err(Error::new(
                stage,
                format!("the line is {length} characters long"),
            )
            .at_line(line)
            .with_hint(
                "a recording has one line for each sample, an event file one for \
                         each event",
            ));
        };
        start += end + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn polish_letters_among_others_are_told() {
        let bytes = b"czas,m. p\xB3aszczkowaty (\xB5V)\n0,1\n";
        let text = decode(bytes, ErrorKind::Load).unwrap();
        assert_eq!(text.characters.lines().next(), Some("czas,m. płaszczkowaty (µV)"));
        let volume = decode(b"flow (cm\xB3/s)\n0\n", ErrorKind::Load).unwrap();
        assert_eq!(volume.encoding, "Latin-1");
    }

    #[test]
    fn every_encoding_gives_the_same_characters() {
        let text = "time,SO [µV]\r\n0.001,1.5\r\n";
        let latin: Vec<u8> =
            text.chars().map(|character| character as u32 as u8).collect();
        let marked = format!("\u{feff}{text}");
        let cases = [
            (text.as_bytes().to_vec(), "UTF-8"),
            (marked.as_bytes().to_vec(), "UTF-8 with byte order mark"),
            (utf16_bytes(&marked, u16::to_le_bytes), "UTF-16 (little-endian)"),
            (utf16_bytes(&marked, u16::to_be_bytes), "UTF-16 (big-endian)"),
            (utf16_bytes(text, u16::to_le_bytes), "UTF-16 (little-endian)"),
            (latin, "Latin-1"),
        ];
        for (bytes, encoding) in cases {
            let decoded = decode(&bytes, ErrorKind::Load).unwrap();
            assert_eq!((&*decoded.characters, decoded.encoding), (text, encoding));
        }
    }

    #[test]
    fn signs_of_windows_are_no_controls() {
        let decoded = decode(b"M. sol\xe9aire \x96 \x80\n", ErrorKind::Load).unwrap();
        assert_eq!(
            (&*decoded.characters, decoded.encoding),
            ("M. soléaire – €\n", "Windows-1252")
        );
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line() {
        let decoded = decode(b"a\rb\r\nc\n\r", ErrorKind::Load).unwrap();
        assert_eq!(&*decoded.characters, "a\nb\nc\n\n");
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_place() {
        let refused = |bytes: &[u8]| decode(bytes, ErrorKind::Load).unwrap_err();
        let error = refused(b"time,SO\n0,1\n0.001,\x002\n").to_string();
        assert!(error.starts_with("line 3: there is a NUL byte"), "{error}");
        let noise: Vec<u8> =
            (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(refused(&noise).message().contains("no text file"));
    }
}
