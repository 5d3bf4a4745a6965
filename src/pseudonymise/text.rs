//! Text without names, in the encoding that it had, and a `study.toml` without names.

use toml::{Table, Value};

use super::names::Names;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Study;

/// A text file without names; every other byte is as it was.
///
/// # Errors
/// When its encoding does not show, so that names in it would not be found.
pub(super) fn replaced(bytes: &[u8], names: &Names, own: &str) -> Result<Vec<u8>> {
    let in_text = |text: &str| names.replaced(text, own, false);
    Ok(match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units = utf16(rest, u16::from_le_bytes, in_text);
            [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect()
        }
        [0xfe, 0xff, rest @ ..] => {
            let units = utf16(rest, u16::from_be_bytes, in_text);
            [0xfe, 0xff].into_iter().chain(units.flat_map(u16::to_be_bytes)).collect()
        }
        _ if bytes.contains(&0) => {
            let said = "it is no text of one byte a character, and says not which";
            return Err(Error::new(ErrorKind::Load, said).with_hint("save it as UTF-8"));
        }
        _ => in_lines(bytes, in_text),
    })
}

fn utf16(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    replaced: impl Fn(&str) -> String,
) -> impl Iterator<Item = u16> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    replaced(&text).encode_utf16().collect::<Vec<_>>().into_iter()
}

/// Line by line, since lines of numbers, which hold no name, are nearly all of them.
fn in_lines(bytes: &[u8], replaced: impl Fn(&str) -> String) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_words = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
        if line.iter().any(is_words) {
            text.extend(one(line, &replaced));
        } else {
            text.extend(line);
        }
    }
    text
}

/// A piece of text in UTF-8, or in one byte a character, as texts of western Europe are.
pub(super) fn one(bytes: &[u8], replaced: impl Fn(&str) -> String) -> Vec<u8> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return replaced(text).into_bytes();
    }
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let byte = |character: char| u8::try_from(character).unwrap_or(b'?');
    replaced(&text).chars().map(byte).collect()
}

/// A `study.toml` whose keys and texts hold no names. Comments, which may hold anything,
/// are left out.
///
/// # Errors
/// When it is no study, or none any more.
pub(super) fn study(text: &str, names: &Names) -> Result<String> {
    let wrong =
        |error: &dyn std::fmt::Display| Error::new(ErrorKind::Study, error.to_string());
    let table: Table = toml::from_str(text).map_err(|error| wrong(&error))?;
    let table = in_table(table, names)?;
    let text = toml::to_string(&table).map_err(|error| wrong(&error))?;
    Study::from_toml(&text)?;
    Ok(text)
}

fn in_table(table: Table, names: &Names) -> Result<Table> {
    let mut replaced = Table::new();
    for (key, value) in table {
        let key = names.replaced(&key, "", true);
        if replaced.insert(key.clone(), in_value(value, names)?).is_some() {
            let said = format!("two entries would be {key}: they name one person twice");
            return Err(Error::new(ErrorKind::Study, said));
        }
    }
    Ok(replaced)
}

fn in_value(value: Value, names: &Names) -> Result<Value> {
    Ok(match value {
        Value::String(text) => Value::String(names.replaced(&text, "", true)),
        Value::Array(values) => {
            let values = values.into_iter().map(|value| in_value(value, names));
            Value::Array(values.collect::<Result<_>>()?)
        }
        Value::Table(table) => Value::Table(in_table(table, names)?),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&[("Maria Müller".to_owned(), "P001".to_owned())])
    }

    #[test]
    fn every_encoding_stays_what_it_is() {
        let (text, expected) = ("Name;Müller, Maria\n1;µ\n", "Name;P001\n1;µ\n");
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), expected.as_bytes().to_vec()),
            (latin(text), latin(expected)),
            (utf16(text, u16::to_le_bytes), utf16(expected, u16::to_le_bytes)),
            (utf16(text, u16::to_be_bytes), utf16(expected, u16::to_be_bytes)),
        ] {
            assert_eq!(replaced(&bytes, &names(), "P001").unwrap(), expected);
        }
    }

    #[test]
    fn what_would_hide_a_name_is_refused() {
        let text: Vec<u8> =
            "Name;Maria".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(replaced(&text, &names(), "P001").is_err());
        let twice = "[subjects.\"Maria Müller\"]\n[subjects.\"Müller, Maria\"]\n";
        assert!(study(twice, &names()).is_err());
    }

    #[test]
    fn a_study_keeps_what_it_says() {
        let text = "# of Maria\nsubject = \"Maria Müller\"\n[subjects.\"maria \
                    müller\"]\ngroup = \"a\"\n[recordings.\"Müller*.csv\"]\nfrom_s = 12.0\n";
        let study = study(text, &names()).unwrap();
        let read = Study::from_toml(&study).unwrap();
        assert_eq!(read.subject.as_deref(), Some("P001"));
        assert_eq!(read.subjects["P001"].group.as_deref(), Some("a"));
        assert_eq!(read.recordings["P001*.csv"].from_s, Some(12.0));
        assert!(names().remaining(&study).is_none());
    }
}
