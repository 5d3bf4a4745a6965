//! Samples as they are stored → numbers. Integers and 32-bit floats through `hound`, 64-bit floats here.

use std::io::Read;

use hound::{Sample, WavReader};

use super::layout::{Encoding, Layout};
use super::riff::Chunk;
use crate::error::{Error, Result, Stage};

/// The samples of every channel.
pub(super) struct Decoded {
    pub(super) channels: Vec<Vec<f64>>,
    /// The lowest and highest value that the converter can give.
    pub(super) rails: Option<(f64, f64)>,
    /// How they were stored, in the reader's words.
    pub(super) description: String,
}

/// Decodes the samples; full scale becomes `full_scale`. A frame that the file cuts short is left out, an infinite
/// sample becomes a gap, each with a warning.
pub(super) fn decode(chunk: &Chunk, layout: &Layout, full_scale: f64, warnings: &mut Vec<String>) -> Result<Decoded> {
    let frame = layout.width * layout.channels;
    let (whole, rest) = chunk.body.split_at(chunk.body.len() - chunk.body.len() % frame);
    if whole.is_empty() {
        let message = format!(
            "the \"data\" chunk at byte {} holds {} bytes, not one sample of each of {} channels ({frame} bytes)",
            chunk.at,
            rest.len(),
            layout.channels
        );
        return Err(Error::new(Stage::Load, message).with_hint("the recording is empty; record or export it again"));
    }
    if !rest.is_empty() {
        warnings.push(format!("the last {} bytes are no whole sample of every channel and were left out", rest.len()));
    }
    let failed = |error: hound::Error| {
        let message = format!("the \"data\" chunk at byte {} cannot be decoded: {error}", chunk.at);
        Error::new(Stage::Load, message).with_hint("export the file with 16, 24 or 32 bits")
    };
    match (layout.encoding, layout.width) {
        (Encoding::Integer, _) => integers(whole, layout, full_scale).map_err(failed),
        (Encoding::Float, 8) => Ok(floats(doubles(whole, layout), layout, full_scale, warnings)),
        (Encoding::Float, _) => {
            let channels = interleaved::<f32>(whole, layout, f64::from).map_err(failed)?;
            Ok(floats(channels, layout, full_scale, warnings))
        }
    }
}

fn integers(bytes: &[u8], layout: &Layout, full_scale: f64) -> hound::Result<Decoded> {
    let mut channels = interleaved::<i32>(bytes, layout, f64::from)?;
    let Bits { valid, scale, place } = bits(&channels, layout);
    // Powers of two, so that the division is exact.
    let step = full_scale / libm::ldexp(1.0, scale as i32 - 1);
    channels.iter_mut().flatten().for_each(|sample| *sample *= step);
    // The converter has one code less above zero than below.
    let highest = full_scale * (1.0 - libm::ldexp(1.0, 1 - valid as i32));
    let description = format!("{valid}-bit integers{place}; full scale is 2^{}", scale - 1);
    Ok(Decoded { channels, rails: Some((-full_scale, highest)), description })
}

/// Which bits of the stored ones the converter filled.
struct Bits {
    valid: u32,
    /// Full scale is 2^(scale − 1).
    scale: u32,
    place: &'static str,
}

/// Where some of the stored bits are said to be valid: they are the upper ones by the standard (the others are 0),
/// and the lower ones with some writers. Samples that are neither use all bits, whatever the header says.
fn bits(channels: &[Vec<f64>], layout: &Layout) -> Bits {
    let stored = 8 * layout.width as u32;
    let valid = layout.bits;
    let (unit, half) = (1_i64 << (stored - valid), libm::ldexp(1.0, valid as i32 - 1));
    let samples = || channels.iter().flatten();
    if valid == stored {
        Bits { valid, scale: stored, place: "" }
    } else if samples().all(|sample| *sample as i64 % unit == 0) {
        Bits { valid, scale: stored, place: " in the upper bits of a wider word" }
    } else if samples().all(|sample| (-half..half).contains(sample)) {
        Bits { valid, scale: valid, place: " in the lower bits of a wider word" }
    } else {
        Bits { valid: stored, scale: stored, place: "" }
    }
}

fn floats(mut channels: Vec<Vec<f64>>, layout: &Layout, full_scale: f64, warnings: &mut Vec<String>) -> Decoded {
    let mut infinite = 0_usize;
    for sample in channels.iter_mut().flatten() {
        *sample *= full_scale;
        if sample.is_infinite() {
            infinite += 1;
            *sample = f64::NAN;
        }
    }
    if infinite > 0 {
        warnings.push(format!("{infinite} infinite samples are taken as gaps"));
    }
    Decoded { channels, rails: None, description: format!("{}-bit floats", layout.bits) }
}

/// The samples of each channel, through `hound`.
///
/// `hound` refuses many legal headers and counts in 32 bits, so it reads parts of at most 1 GiB behind a header
/// made for it: one channel, so that any number of channels fits.
fn interleaved<S: Sample>(bytes: &[u8], layout: &Layout, number: impl Fn(S) -> f64) -> hound::Result<Vec<Vec<f64>>> {
    let frame = layout.width * layout.channels;
    let mut channels: Vec<Vec<f64>> = (0..layout.channels).map(|_| Vec::with_capacity(bytes.len() / frame)).collect();
    for part in bytes.chunks(((1 << 30) / frame).max(1) * frame) {
        let header = header(layout, part.len());
        let mut samples = WavReader::new(header.as_slice().chain(part))?.into_samples::<S>();
        for _ in 0..part.len() / frame {
            for channel in &mut channels {
                if let Some(sample) = samples.next() {
                    channel.push(number(sample?));
                }
            }
        }
    }
    Ok(channels)
}

/// The shortest header that `hound` understands.
fn header(layout: &Layout, length: usize) -> Vec<u8> {
    let (width, length) = (layout.width as u16, length as u32);
    let tag: u16 = if layout.encoding == Encoding::Float { 3 } else { 1 };
    let mut header = Vec::with_capacity(44);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(length + 36).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    header.extend_from_slice(&tag.to_le_bytes());
    header.extend_from_slice(&1_u16.to_le_bytes());
    header.extend_from_slice(&1_u32.to_le_bytes());
    header.extend_from_slice(&u32::from(width).to_le_bytes());
    header.extend_from_slice(&width.to_le_bytes());
    header.extend_from_slice(&(8 * width).to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&length.to_le_bytes());
    header
}

/// 64-bit floats, which `hound` does not read.
fn doubles(bytes: &[u8], layout: &Layout) -> Vec<Vec<f64>> {
    let (samples, _) = bytes.as_chunks::<8>();
    let channel = |index| samples.iter().skip(index).step_by(layout.channels).copied().map(f64::from_le_bytes);
    (0..layout.channels).map(|index| channel(index).collect()).collect()
}
