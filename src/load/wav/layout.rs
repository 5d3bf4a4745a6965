//! How the samples of a WAV are stored: its `fmt ` chunk.

use super::riff::{Chunk, u16_at, u32_at};
use crate::error::{Error, ErrorKind, Result};

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// A whole number; full scale is 2^(bits − 1).
    Integer,
    /// IEEE 754.
    Float,
}

/// How the samples are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct SampleLayout {
    /// The byte of the file at which the `fmt ` chunk begins.
    pub(super) at: usize,
    pub(super) encoding: Encoding,
    /// At least 1.
    pub(super) channels: usize,
    /// In hertz, 0 where the file does not say.
    pub(super) rate: u32,
    /// The bytes of one sample of one channel: 1 to 4 for integers, 4 or 8 for floats.
    pub(super) width: usize,
    /// The bits of them that the converter filled.
    pub(super) bits: u32,
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// The last bytes of the sub-format GUID of every format that has a number.
const SUBFORMAT: &[u8] = &[0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

impl SampleLayout {
    /// Reads the `fmt ` chunk.
    pub(super) fn read(chunk: &Chunk) -> Result<Self> {
        let damaged =
            |message| refused(chunk, message, "the file is damaged; export it again");
        let length = chunk.body.len();
        let fields = Fields::read(chunk.body).ok_or_else(|| {
            damaged(format!("is {length} bytes long and must be at least 16"))
        })?;
        let encoding = encoding(chunk, fields.tag)?;
        if fields.channels == 0 {
            return Err(damaged("says that there are 0 channels".into()));
        }

        let channels = usize::from(fields.channels);
        let width = fields.width(channels);
        if !fields.fit(encoding, width) {
            let message =
                format!("says {} bits in {width} bytes per sample", fields.bits);
            let hint = "export the file with 16, 24 or 32 bits";
            return Err(refused(chunk, message, hint));
        }
        let bits = u32::from(fields.valid.unwrap_or(fields.bits));
        Ok(Self { at: chunk.at, encoding, channels, rate: fields.rate, width, bits })
    }
}

/// The numbers in the chunk as they stand.
struct Fields {
    tag: u16,
    channels: u16,
    rate: u32,
    frame: u16,
    bits: u16,
    /// The valid bits of an extensible chunk, where they make sense.
    valid: Option<u16>,
}

impl Fields {
    fn read(body: &[u8]) -> Option<Self> {
        let bits = u16_at(body, 14)?;
        let mut fields = Self {
            tag: u16_at(body, 0)?,
            channels: u16_at(body, 2)?,
            rate: u32_at(body, 4)?,
            frame: u16_at(body, 12)?,
            bits,
            valid: None,
        };
        if fields.tag == EXTENSIBLE
            && body.get(26..40).is_some_and(|guid| guid == SUBFORMAT)
        {
            fields.valid = u16_at(body, 18).filter(|valid| (1..bits).contains(valid));
            fields.tag = u16_at(body, 24)?;
        }
        Some(fields)
    }

    /// The bytes of one sample: from the length of a frame where it fits, else from the
    /// bits.
    fn width(&self, channels: usize) -> usize {
        let frame = usize::from(self.frame);
        let from_bits = usize::from(self.bits).div_ceil(8);
        let fits = frame % channels == 0 && frame / channels >= from_bits;
        if fits && frame > 0 { frame / channels } else { from_bits }
    }

    /// Whether a sample of so many bytes can hold what the chunk says.
    fn fit(&self, encoding: Encoding, width: usize) -> bool {
        let bits = usize::from(self.bits);
        match encoding {
            Encoding::Integer => {
                (1..=4).contains(&width) && (1..=8 * width).contains(&bits)
            }
            Encoding::Float => (width == 4 || width == 8) && bits == 8 * width,
        }
    }
}

fn encoding(chunk: &Chunk, tag: u16) -> Result<Encoding> {
    let name = match tag {
        PCM => return Ok(Encoding::Integer),
        FLOAT => return Ok(Encoding::Float),
        2 => "Microsoft ADPCM",
        6 => "A-law",
        7 => "µ-law",
        0x11 => "IMA ADPCM",
        0x50 | 0x55 => "MPEG audio",
        EXTENSIBLE => "an unknown extension",
        _ => "an unknown format",
    };
    let message = format!("says that the samples are {name} (format {tag:#06x})");
    let hint = "compressed sound loses what EMG needs; export the recording as PCM or 32-bit float";
    Err(refused(chunk, message, hint))
}

fn refused(chunk: &Chunk, message: String, hint: &str) -> Error {
    Error::new(
        ErrorKind::Load,
        format!("the \"fmt \" chunk at byte {} {message}", chunk.at),
    )
    .with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(frame: u16, bits: u16) -> Fields {
        Fields { tag: PCM, channels: 2, rate: 1000, frame, bits, valid: None }
    }

    #[test]
    fn a_sample_is_as_wide_as_its_share_of_a_frame_where_that_can_be() {
        let width = |frame, bits, channels| fields(frame, bits).width(channels);
        // 12 and 24 bits in wider words.
        assert_eq!(width(4, 12, 2), 2);
        assert_eq!(width(8, 24, 2), 4);
        assert_eq!(width(6, 24, 2), 3);
        // A frame that does not divide, is too short or 0 says nothing.
        assert_eq!(width(5, 16, 2), 2);
        assert_eq!(width(2, 16, 2), 2);
        assert_eq!(width(0, 16, 2), 2);
        assert_eq!(width(0, 0, 2), 0);
    }

    #[test]
    fn an_extension_tells_the_format_only_where_it_is_one() {
        let mut body = vec![0; 40];
        body[..2].copy_from_slice(&EXTENSIBLE.to_le_bytes());
        body[14..16].copy_from_slice(&24_u16.to_le_bytes());
        body[18..20].copy_from_slice(&20_u16.to_le_bytes());
        body[24..26].copy_from_slice(&PCM.to_le_bytes());
        body[26..40].copy_from_slice(SUBFORMAT);
        let read = |body: &[u8]| {
            let fields = Fields::read(body).unwrap();
            (fields.tag, fields.valid)
        };
        assert_eq!(read(&body), (PCM, Some(20)));
        // More bits than there are say nothing.
        body[18..20].copy_from_slice(&24_u16.to_le_bytes());
        assert_eq!(read(&body), (PCM, None));
        // Another subformat, and a plain format in a long chunk, stay what they are.
        let mut other = body.clone();
        other[30] ^= 1;
        assert_eq!(read(&other), (EXTENSIBLE, None));
        body[..2].copy_from_slice(&FLOAT.to_le_bytes());
        assert_eq!(read(&body), (FLOAT, None));
    }

    #[test]
    fn every_format_that_is_refused_has_its_name() {
        let chunk = Chunk { id: *b"fmt ", at: 12, body: &[] };
        let named = |tag| encoding(&chunk, tag).unwrap_err().message().to_owned();
        for (tag, name) in [
            (2, "Microsoft ADPCM"),
            (6, "A-law"),
            (7, "µ-law"),
            (0x11, "IMA ADPCM"),
            (0x50, "MPEG audio"),
            (0x55, "MPEG audio"),
            (EXTENSIBLE, "an unknown extension"),
            (0x99, "an unknown format"),
        ] {
            assert!(named(tag).contains(name), "{tag:#x}: {}", named(tag));
        }
        assert!(named(2).contains("byte 12"));
    }
}
