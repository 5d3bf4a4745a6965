//! The chunks of a RIFF, RF64, BW64 or Wave64 file.
//!
//! Lengths in a file are never trusted: every chunk is cut to what the file holds, and a
//! recorder that did not close its file (a `data` chunk of length 0, −1 or more than
//! there is) loses nothing.

use crate::error::{Error, ErrorKind, Result};

/// One chunk, cut to what the file holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub(super) id: [u8; 4],
    /// The byte of the file at which it begins.
    pub(super) at: usize,
    pub(super) body: &'a [u8],
}

/// What a file holds.
pub(super) struct Container<'a> {
    /// Its name for people.
    pub(super) name: &'static str,
    pub(super) format: Chunk<'a>,
    pub(super) samples: Chunk<'a>,
    /// Every other chunk, in order.
    pub(super) others: Vec<Chunk<'a>>,
    pub(super) warnings: Vec<String>,
}

/// How a container stores its chunks.
struct ContainerStyle {
    name: &'static str,
    /// The bytes of the file before its first chunk, and the name of its form in them.
    start: usize,
    form: &'static [u8],
    form_at: usize,
    /// The bytes of a chunk before its body.
    header: usize,
    /// What a chunk's beginning is rounded up to.
    align: usize,
}

const RIFF: ContainerStyle = ContainerStyle {
    name: "RIFF",
    start: 12,
    form: b"WAVE",
    form_at: 8,
    header: 8,
    align: 2,
};
const RF64: ContainerStyle = ContainerStyle { name: "RF64", ..RIFF };
const BW64: ContainerStyle = ContainerStyle { name: "BW64", ..RIFF };
const WAVE64: ContainerStyle = ContainerStyle {
    name: "Wave64",
    start: 40,
    form: b"wave",
    form_at: 24,
    header: 24,
    align: 8,
};

/// The GUID with which a Wave64 file begins.
const WAVE64_GUID: &[u8] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

/// Names that surely begin a chunk: one found after an odd body tells that it was padded,
/// and after a "data" of length 0 that it is really empty.
const KNOWN: &[&[u8; 4]] = &[
    b"fmt ", b"data", b"LIST", b"bext", b"iXML", b"cue ", b"fact", b"ds64", b"JUNK",
    b"PAD ", b"id3 ", b"_PMX", b"smpl",
];

/// Whether a file begins like one of them, or like a relative that is refused with a
/// reason.
pub(super) fn recognises(head: &[u8]) -> bool {
    head.starts_with(WAVE64_GUID)
        || [b"RIFF", b"RF64", b"BW64", b"RIFX"].iter().any(|id| head.starts_with(*id))
}

/// Finds the chunks.
pub(super) fn walk(bytes: &[u8]) -> Result<Container<'_>> {
    let style = style(bytes)?;
    let mut walker = Walker {
        bytes,
        style,
        long: None,
        format: None,
        samples: None,
        others: Vec::new(),
        warnings: Vec::new(),
    };
    walker.walk();
    walker.finish()
}

fn refused(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::Load, message).with_hint(hint)
}

fn style(bytes: &[u8]) -> Result<&'static ContainerStyle> {
    let style = match bytes.get(..4) {
        Some(b"RIFF") => &RIFF,
        Some(b"RF64") => &RF64,
        Some(b"BW64") => &BW64,
        Some(b"RIFX") => {
            let hint = "convert it to a little-endian WAV (sox in.wav out.wav)";
            return Err(refused("a big-endian RIFX file is not read (byte 0)", hint));
        }
        _ if bytes.starts_with(WAVE64_GUID) => &WAVE64,
        _ => {
            return Err(refused(
                "the file does not begin with RIFF, RF64, BW64 or a Wave64 GUID (byte 0)",
                "is it a WAV?",
            ));
        }
    };
    let form = bytes.get(style.form_at..style.form_at + 4).unwrap_or_default();
    if form == style.form {
        return Ok(style);
    }
    let form = String::from_utf8_lossy(form).into_owned();
    let message = format!(
        "this {} file holds {form:?} and no WAVE (byte {})",
        style.name, style.form_at
    );
    Err(refused(message, "export the recording as WAV or CSV"))
}

/// The 64-bit lengths of RF64 and BW64.
struct LongLengths {
    samples: u64,
    /// Those of other chunks, by their names.
    table: Vec<([u8; 4], u64)>,
}

struct Walker<'a> {
    bytes: &'a [u8],
    style: &'static ContainerStyle,
    long: Option<LongLengths>,
    format: Option<Chunk<'a>>,
    samples: Option<Chunk<'a>>,
    others: Vec<Chunk<'a>>,
    warnings: Vec<String>,
}

impl<'a> Walker<'a> {
    fn walk(&mut self) {
        let mut at = self.style.start;
        while let Some((id, declared)) = self.header(at) {
            if !is_name(id) && self.style.header == RIFF.header {
                self.warnings.push(format!(
                    "what follows from byte {at} on is no chunk and was left out"
                ));
                return;
            }
            let body_at = at + self.style.header;
            let length = if &id == b"data" {
                self.length_of_samples(body_at, declared)
            } else {
                self.length(at, id, declared)
            };
            self.keep(Chunk { id, at, body: &self.bytes[body_at..body_at + length] });
            at = self.next(body_at + length);
        }
    }

    /// The name and the declared length of the chunk at a byte.
    fn header(&self, at: usize) -> Option<([u8; 4], u64)> {
        let header = self.bytes.get(at..at.checked_add(self.style.header)?)?;
        let id = header.first_chunk::<4>().copied()?;
        if self.style.header == RIFF.header {
            return Some((id, u64::from(u32_at(header, 4)?)));
        }
        // A Wave64 length counts the chunk's own header.
        let length = u64_at(header, 16)?;
        Some((id, if length == 0 { 0 } else { length.saturating_sub(24) }))
    }

    /// The length of a chunk that holds no samples, cut to the file.
    fn length(&mut self, at: usize, id: [u8; 4], declared: u64) -> usize {
        let left = self.bytes.len() - at - self.style.header;
        let declared = self.long_length(id, declared);
        match usize::try_from(declared) {
            Ok(length) if length <= left => length,
            _ => {
                let name = String::from_utf8_lossy(&id).into_owned();
                self.warnings.push(format!(
                    "the {name:?} chunk at byte {at} is longer than the file"
                ));
                left
            }
        }
    }

    /// A length of −1 stands in the table of RF64.
    fn long_length(&self, id: [u8; 4], declared: u64) -> u64 {
        let long = self.long.as_ref().filter(|_| declared == u64::from(u32::MAX));
        let in_table =
            long.and_then(|long| long.table.iter().find(|(name, _)| *name == id));
        in_table.map_or(declared, |(_, length)| *length)
    }

    /// The length of the `data` chunk; from the size of the file where the recorder did
    /// not write it.
    fn length_of_samples(&mut self, body_at: usize, declared: u64) -> usize {
        let left = self.bytes.len() - body_at;
        let long = self.long.as_ref().filter(|_| declared == u64::from(u32::MAX));
        let declared = long.map_or(declared, |long| long.samples);
        let is_empty = declared == 0 && (left == 0 || self.is_known(body_at));
        match usize::try_from(declared) {
            Ok(length) if length <= left && (length > 0 || is_empty) => length,
            _ => {
                let at = body_at - self.style.header;
                self.warnings.push(format!(
                    "the recorder did not close the file: the \"data\" chunk at byte \
                     {at} says {declared} bytes, and the \
                     {left} bytes up to the end of the file are read"
                ));
                left
            }
        }
    }

    fn keep(&mut self, chunk: Chunk<'a>) {
        match &chunk.id {
            b"fmt " if self.format.is_none() => self.format = Some(chunk),
            b"data" if self.samples.is_none() => self.samples = Some(chunk),
            b"data" => self.warnings.push(format!(
                "a second \"data\" chunk at byte {} was left out",
                chunk.at
            )),
            b"ds64" => self.long = long_lengths(chunk.body),
            _ => self.others.push(chunk),
        }
    }

    /// Where the next chunk begins: chunks of odd length are followed by a pad byte,
    /// which some writers forget.
    fn next(&self, end: usize) -> usize {
        let padded = end.next_multiple_of(self.style.align);
        let forgotten = padded != end && !self.is_known(padded) && self.is_known(end);
        if forgotten { end } else { padded }
    }

    /// Whether a chunk that everybody knows begins at a byte.
    fn is_known(&self, at: usize) -> bool {
        self.header(at).is_some_and(|(id, _)| KNOWN.contains(&&id))
    }

    fn finish(self) -> Result<Container<'a>> {
        let missing = |name: &str, what: &str| {
            let message = format!(
                "there is no \"{name}\" chunk, which {what}, in {} bytes",
                self.bytes.len()
            );
            refused(message, "the file is damaged or cut short; export or copy it again")
        };
        let format = self
            .format
            .ok_or_else(|| missing("fmt ", "says how the samples are stored"))?;
        let samples = self.samples.ok_or_else(|| missing("data", "holds the samples"))?;
        Ok(Container {
            name: self.style.name,
            format,
            samples,
            others: self.others,
            warnings: self.warnings,
        })
    }
}

fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// The `ds64` chunk: sizes of the file and of `data`, a count, and a table of other
/// chunks.
fn long_lengths(body: &[u8]) -> Option<LongLengths> {
    let samples = u64_at(body, 8)?;
    let table = body.get(28..).unwrap_or_default().chunks_exact(12);
    let table = table.filter_map(|entry| {
        Some((entry.first_chunk::<4>().copied()?, u64_at(entry, 4)?))
    });
    Some(LongLengths { samples, table: table.collect() })
}

/// The little-endian number at a byte.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// The little-endian number at a byte.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}
