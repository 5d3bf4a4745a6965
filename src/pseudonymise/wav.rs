//! A WAV without names: what its texts say (`LIST`, `iXML`, `bext` and their like) is
//! replaced, what is no text and no sound is left out.

use super::names::Names;
use super::text;
use crate::error::{Error, ErrorKind, Result};

/// Chunks of numbers, which name nobody.
const NUMBERS: [&[u8; 4]; 8] =
    [b"fmt ", b"fact", b"data", b"cue ", b"smpl", b"PEAK", b"inst", b"plst"];
/// Chunks that are one text.
const TEXTS: [&[u8; 4]; 4] = [b"iXML", b"aXML", b"axml", b"_PMX"];
/// The fields of a broadcast extension that are texts, up to its numbers.
const BROADCAST_FIELDS: [usize; 3] = [256, 32, 32];
/// Where the free text of a broadcast extension begins.
const BROADCAST_TEXT: usize = 602;

/// The same sound without names, and the chunks that were left out.
///
/// # Errors
/// When the file is no plain RIFF, or ends within its samples.
pub(super) fn replaced(
    bytes: &[u8],
    names: &Names,
    own: &str,
) -> Result<(Vec<u8>, Vec<String>)> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(refused("of WAV only plain RIFF is pseudonymised"));
    }
    let in_text = |text: &str| names.replaced(text, own, false);
    let (mut body, mut left_out) = (b"WAVE".to_vec(), Vec::new());
    for (id, chunk) in chunks(&bytes[12..])? {
        let replaced = match &id {
            _ if NUMBERS.contains(&&id) => chunk.to_vec(),
            _ if TEXTS.contains(&&id) => text::one(chunk, in_text),
            b"LIST" => list(chunk, in_text)?,
            b"bext" => broadcast(chunk, in_text),
            _ => {
                left_out.push(String::from_utf8_lossy(&id).trim().to_owned());
                continue;
            }
        };
        push(&mut body, &id, &replaced)?;
    }
    let mut riff = Vec::with_capacity(body.len() + 8);
    push(&mut riff, b"RIFF", &body)?;
    // Padding says nothing.
    left_out.retain(|id| !["JUNK", "PAD", "FLLR"].contains(&id.as_str()));
    Ok((riff, left_out))
}

fn refused(said: &str) -> Error {
    Error::new(ErrorKind::Load, said)
        .with_hint("write it anew as a plain WAV: sox in.wav out.wav")
}

/// The chunks of a RIFF or the entries of a `LIST`.
fn chunks(mut rest: &[u8]) -> Result<Vec<([u8; 4], &[u8])>> {
    let mut chunks = Vec::new();
    while rest.len() >= 8 {
        let (id, length, after) = (&rest[..4], &rest[4..8], &rest[8..]);
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
        let Some((body, next)) = after.split_at_checked(length as usize) else {
            return Err(refused("the file ends within a chunk"));
        };
        chunks.push(([id[0], id[1], id[2], id[3]], body));
        rest = next.get(length as usize % 2..).unwrap_or_default();
    }
    Ok(chunks)
}

fn push(file: &mut Vec<u8>, id: &[u8; 4], body: &[u8]) -> Result<()> {
    let length =
        u32::try_from(body.len()).map_err(|_| refused("the file is too long"))?;
    file.extend(id);
    file.extend(length.to_le_bytes());
    file.extend(body);
    file.extend(std::iter::repeat_n(0, body.len() % 2));
    Ok(())
}

/// Titles and comments (`INFO`), and what markers are called (`adtl`), whose texts follow
/// their numbers.
fn list(chunk: &[u8], in_text: impl Fn(&str) -> String) -> Result<Vec<u8>> {
    let kind = chunk.get(..4).unwrap_or_default();
    let mut list = kind.to_vec();
    for (id, body) in chunks(&chunk[kind.len()..])? {
        let numbers = match (kind, &id) {
            (b"adtl", b"ltxt") => 20,
            (b"adtl", _) => 4,
            _ => 0,
        };
        let (numbers, words) = body.split_at(numbers.min(body.len()));
        let replaced = text::one(words, &in_text);
        push(&mut list, &id, &[numbers, &replaced].concat())?;
    }
    Ok(list)
}

/// A broadcast extension: three fields of fixed length, numbers, and a text to its end.
fn broadcast(chunk: &[u8], in_text: impl Fn(&str) -> String) -> Vec<u8> {
    let (mut replaced, mut rest) = (Vec::new(), chunk);
    for length in BROADCAST_FIELDS {
        let (field, after) = rest.split_at(length.min(rest.len()));
        let mut field_replaced = text::one(field, &in_text);
        field_replaced.resize(field.len(), 0);
        replaced.extend(field_replaced);
        rest = after;
    }
    let numbers = BROADCAST_TEXT.min(chunk.len()) - replaced.len();
    let (numbers, words) = rest.split_at(numbers);
    replaced.extend(numbers);
    replaced.extend(text::one(words, &in_text));
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        push(&mut bytes, id, body).unwrap();
        bytes
    }

    #[test]
    fn texts_change_and_numbers_stay() {
        let names = Names::new(&[("Maria Muster".to_owned(), "P001".to_owned())]);
        let info = [&b"INFO"[..], &chunk(b"INAM", b"Muster walks\0")].concat();
        let labels = [&b"adtl"[..], &chunk(b"labl", b"\x01\0\0\0maria\0")].concat();
        let mut extension = vec![0; 610];
        extension[..12].copy_from_slice(b"Maria Muster");
        extension[602..608].copy_from_slice(b"muster");
        let wave =
            |parts: &[Vec<u8>]| chunk(b"RIFF", &[&b"WAVE"[..], &parts.concat()].concat());
        let data = chunk(b"data", b"Maria: sound");
        let file = wave(&[
            chunk(b"fmt ", &[1; 16]),
            chunk(b"LIST", &info),
            chunk(b"LIST", &labels),
            chunk(b"bext", &extension),
            chunk(b"iXML", b"<NOTE>Muster, Maria</NOTE>"),
            chunk(b"id3 ", b"TIT2 Maria"),
            chunk(b"JUNK", b"...."),
            data.clone(),
        ]);
        let (replaced, left_out) = super::replaced(&file, &names, "P001").unwrap();
        assert_eq!(left_out, ["id3"]);
        let text = String::from_utf8_lossy(&replaced);
        assert!(text.contains("P001 walks\0") && text.contains("<NOTE>P001</NOTE>"));
        assert_eq!(text.matches("Maria").count(), 1, "{text}");
        assert!(!text.contains("uster") && !text.contains("maria"), "{text}");
        assert!(replaced.ends_with(&data));
        let chunks = chunks(&replaced[12..]).unwrap();
        assert_eq!(chunks.len(), 6);
        assert_eq!(chunks[3].1.len(), 608, "a name of six letters became one of four");
        assert_eq!(
            replaced.len() - 8,
            u32::from_le_bytes(replaced[4..8].try_into().unwrap()) as usize
        );
    }

    #[test]
    fn other_containers_are_refused() {
        let names = Names::default();
        for bytes in [&b"RF64\xff\xff\xff\xffWAVE"[..], b"riff\x2e\x91", b""] {
            assert!(replaced(bytes, &names, "").is_err());
        }
        let cut = b"RIFF\x20\0\0\0WAVEdata\x20\0\0\0\x01\x02";
        assert!(replaced(cut, &names, "").is_err());
    }
}
