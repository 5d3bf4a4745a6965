//! Samples as they are stored → numbers.

use super::layout::{Encoding, SampleLayout};
use super::riff::Chunk;
use crate::error::{Error, ErrorKind, Result};
use crate::memory;

/// The samples of every channel.
pub(super) struct Decoded {
    pub(super) channels: Vec<Vec<f64>>,
    /// The lowest and highest value that the converter can give.
    pub(super) rails: Option<(f64, f64)>,
    /// How they were stored, in the reader's words.
    pub(super) description: String,
}

/// Decodes the samples; full scale becomes `full_scale`. A frame that the file cuts short
/// is left out, an infinite sample becomes a gap, each with a warning.
pub(super) fn decode(
    chunk: &Chunk,
    layout: &SampleLayout,
    full_scale: f64,
    warnings: &mut Vec<String>,
) -> Result<Decoded> {
    let frame = layout.width * layout.channels;
    let (whole, rest) = chunk.body.split_at(chunk.body.len() - chunk.body.len() % frame);
    if whole.is_empty() {
        let message = format!(
            "the \"data\" chunk at byte {} holds {} bytes, not one sample of each of {} \
             channels ({frame} bytes)",
            chunk.at,
            rest.len(),
            layout.channels
        );
        return Err(Error::new(ErrorKind::Load, message)
            .with_hint("the recording is empty; record or export it again"));
    }
    if !rest.is_empty() {
        warnings.push(format!(
            "the last {} bytes are no whole sample of every channel and were left out",
            rest.len()
        ));
    }
    Ok(match layout.encoding {
        Encoding::Integer => integers(whole, layout, full_scale),
        Encoding::Float => floats(whole, layout, full_scale, warnings),
    })
}

fn integers(bytes: &[u8], layout: &SampleLayout, full_scale: f64) -> Decoded {
    let Bits { valid, scale, place } = bits(bytes, layout);
    // Powers of two, so that the division is exact.
    let step = full_scale / libm::ldexp(1.0, scale as i32 - 1);
    let channels = match layout.width {
        1 => planes(bytes, layout.channels, |[byte]: [u8; 1]| {
            f64::from(i16::from(byte) - 128) * step
        }),
        2 => planes(bytes, layout.channels, |word| {
            f64::from(i16::from_le_bytes(word)) * step
        }),
        3 => planes(bytes, layout.channels, |word| f64::from(three_bytes(word)) * step),
        _ => planes(bytes, layout.channels, |word| {
            f64::from(i32::from_le_bytes(word)) * step
        }),
    };
    // The converter has one code less above zero than below.
    let highest = full_scale * (1.0 - libm::ldexp(1.0, 1 - valid as i32));
    let description =
        format!("{valid}-bit integers{place}; full scale is 2^{}", scale - 1);
    Decoded { channels, rails: Some((-full_scale, highest)), description }
}

fn three_bytes([low, middle, high]: [u8; 3]) -> i32 {
    i32::from_le_bytes([0, low, middle, high]) >> 8
}

/// Which bits of the stored ones the converter filled.
struct Bits {
    valid: u32,
    /// Full scale is 2^(scale − 1).
    scale: u32,
    place: &'static str,
}

/// Where some of the stored bits are said to be valid: they are the upper ones by the
/// standard (the others are 0), and the lower ones with some writers. Samples that are
/// neither use all bits, whatever the header says.
fn bits(bytes: &[u8], layout: &SampleLayout) -> Bits {
    let stored = 8 * layout.width as u32;
    let valid = layout.bits;
    if valid == stored {
        return Bits { valid, scale: stored, place: "" };
    }
    let (unit, half) = (1_i64 << (stored - valid), 1_i64 << (valid - 1));
    if whole_numbers(bytes, layout.width).all(|sample| sample % unit == 0) {
        Bits { valid, scale: stored, place: " in the upper bits of a wider word" }
    } else if whole_numbers(bytes, layout.width)
        .all(|sample| (-half..half).contains(&sample))
    {
        Bits { valid, scale: valid, place: " in the lower bits of a wider word" }
    } else {
        Bits { valid: stored, scale: stored, place: "" }
    }
}

/// The samples of all channels as they are stored, 1 to 4 bytes each.
fn whole_numbers(bytes: &[u8], width: usize) -> impl Iterator<Item = i64> {
    bytes.chunks_exact(width).map(move |sample| {
        let mut word = [0; 8];
        word[8 - width..].copy_from_slice(sample);
        let number = i64::from_le_bytes(word) >> (64 - 8 * width);
        // A sample of one byte is stored without a sign.
        if width == 1 { i64::from(sample[0]) - 128 } else { number }
    })
}

fn floats(
    bytes: &[u8],
    layout: &SampleLayout,
    full_scale: f64,
    warnings: &mut Vec<String>,
) -> Decoded {
    let mut infinite = 0_usize;
    let mut finite = |value: f64| {
        infinite += usize::from(value.is_infinite());
        if value.is_infinite() { f64::NAN } else { value }
    };
    let channels = match layout.width {
        4 => planes(bytes, layout.channels, |word| {
            finite(f64::from(f32::from_le_bytes(word)) * full_scale)
        }),
        _ => planes(bytes, layout.channels, |word| {
            finite(f64::from_le_bytes(word) * full_scale)
        }),
    };
    if infinite > 0 {
        warnings.push(format!("{infinite} infinite samples are taken as gaps"));
    }
    Decoded { channels, rails: None, description: format!("{}-bit floats", layout.bits) }
}

/// How many frames are taken apart together, so that they are still in the nearest cache
/// for the last channel.
const TILE: usize = 512;

/// The samples of each channel, of `W` bytes each.
fn planes<const W: usize>(
    bytes: &[u8],
    channels: usize,
    mut number: impl FnMut([u8; W]) -> f64,
) -> Vec<Vec<f64>> {
    let (samples, _) = bytes.as_chunks::<W>();
    let frames = samples.len() / channels;
    let mut planes: Vec<Vec<f64>> =
        (0..channels).map(|_| memory::zeros(frames)).collect();
    for (tile, from) in samples.chunks(TILE * channels).zip((0..frames).step_by(TILE)) {
        for (index, plane) in planes.iter_mut().enumerate() {
            let places = plane[from..].iter_mut();
            for (place, frame) in places.zip(tile.chunks_exact(channels)) {
                *place = number(frame[index]);
            }
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

    use super::*;

    fn layout(encoding: Encoding, channels: usize, width: usize) -> SampleLayout {
        SampleLayout {
            at: 12,
            encoding,
            channels,
            rate: 1000,
            width,
            bits: 8 * width as u32,
        }
    }

    #[test]
    fn integers_are_those_of_hound() {
        let mut random = crate::dsp::random::SplitMix64::new(5);
        for (width, channels, frames) in
            [(1, 3, 700), (2, 1, 1), (2, 8, 1500), (3, 5, 513), (4, 2, 1024)]
        {
            let spec = WavSpec {
                channels: channels as u16,
                sample_rate: 1000,
                bits_per_sample: 8 * width as u16,
                sample_format: SampleFormat::Int,
            };
            let mut file = std::io::Cursor::new(Vec::new());
            let mut writer = WavWriter::new(&mut file, spec).unwrap();
            for _ in 0..channels * frames {
                writer.write_sample((random.bits() as i32) >> (32 - 8 * width)).unwrap();
            }
            writer.finalize().unwrap();
            let bytes = file.into_inner();
            let expected: Vec<f64> = WavReader::new(bytes.as_slice())
                .unwrap()
                .into_samples::<i32>()
                .map(|s| f64::from(s.unwrap()))
                .collect();
            let stored = &bytes[bytes.len() - channels * frames * width..];
            let decoded = integers(
                stored,
                &layout(Encoding::Integer, channels, width),
                libm::ldexp(1.0, 8 * width as i32 - 1),
            );
            for (index, channel) in decoded.channels.iter().enumerate() {
                let expected: Vec<f64> =
                    expected.iter().skip(index).step_by(channels).copied().collect();
                assert_eq!(*channel, expected, "{width} bytes, channel {index}");
            }
            let whole: Vec<f64> =
                whole_numbers(stored, width).map(|sample| sample as f64).collect();
            assert_eq!(whole, expected, "{width} bytes");
        }
    }

    #[test]
    fn an_infinite_float_is_a_gap_and_is_counted() {
        let bytes: Vec<u8> = [1.5_f32, f32::INFINITY, f32::NAN, -2.0]
            .into_iter()
            .flat_map(f32::to_le_bytes)
            .collect();
        let mut warnings = Vec::new();
        let decoded = floats(&bytes, &layout(Encoding::Float, 2, 4), 2.0, &mut warnings);
        assert_eq!(decoded.channels[0][0], 3.0);
        assert!(decoded.channels[0][1].is_nan() && decoded.channels[1][0].is_nan());
        assert_eq!(decoded.channels[1][1], -4.0);
        assert_eq!(warnings, ["1 infinite samples are taken as gaps"]);
    }
}
