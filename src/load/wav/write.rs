//! Signals → a WAV of 32-bit floats.

use std::io::Write;

use hound::Sample;

use super::metadata;
use crate::error::{Error, ErrorKind, Result};
use crate::units::Hertz;

/// Frames that are written at once.
const BLOCK: usize = 4096;

/// Writes channels of one length as a WAV of 32-bit floats, with their names (and the
/// exact rate, of which the header holds the nearest whole number) in an iXML chunk that
/// [`load`](super::super::load) reads back.
///
/// `NaN` stays `NaN`; the unit is not written, so samples in volts are read back as plain
/// numbers.
///
/// # Errors
/// Without channels or samples, when the lengths differ, when the file would exceed the 4
/// GiB of a WAV or has more than 16383 channels, when the rate rounds to no 32-bit number
/// above 0, and when writing fails.
pub fn write_wav(
    out: &mut dyn Write,
    rate: Hertz,
    channels: &[(&str, &[f64])],
) -> Result<()> {
    let frames = frames(channels)?;
    let header = header(rate, channels, frames)?;
    let failed =
        |error| Error::new(ErrorKind::Write, format!("cannot write the WAV: {error}"));
    out.write_all(&header).map_err(failed)?;
    let mut block = Vec::with_capacity(BLOCK.min(frames) * channels.len() * 4);
    for start in (0..frames).step_by(BLOCK) {
        block.clear();
        for frame in start..frames.min(start + BLOCK) {
            for (_, samples) in channels {
                (samples[frame] as f32)
                    .write(&mut block, 32)
                    .map_err(refused_by_hound)?;
            }
        }
        out.write_all(&block).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

/// Whether a file that begins with these bytes was written by [`write_wav`].
pub fn is_written_wav(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && metadata::is_ours(head)
}

fn refused_by_hound(error: hound::Error) -> Error {
    Error::new(ErrorKind::Write, format!("cannot write the WAV: {error}"))
}

fn refused(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::Write, message).with_hint(hint)
}

/// The length that all channels have.
fn frames(channels: &[(&str, &[f64])]) -> Result<usize> {
    let Some((first, samples)) = channels.first() else {
        return Err(refused(
            "there is no channel to write",
            "choose a file with EMG channels",
        ));
    };
    let other = channels.iter().find(|(_, other)| other.len() != samples.len());
    if let Some((name, other)) = other {
        let message = format!(
            "{first:?} has {} samples and {name:?} {}",
            samples.len(),
            other.len()
        );
        return Err(refused(
            message,
            "a WAV has one rate and one length; write the channels to files of their own",
        ));
    }
    if samples.is_empty() {
        return Err(refused(
            format!("{first:?} has no samples"),
            "there is nothing to write",
        ));
    }
    Ok(samples.len())
}

/// Everything before the samples.
fn header(rate: Hertz, channels: &[(&str, &[f64])], frames: usize) -> Result<Vec<u8>> {
    let ixml = ixml(rate, channels);
    let Lengths { frame, samples, whole } =
        Lengths::count(channels.len(), frames, ixml.len())?;
    let hertz = whole_hertz(rate, frame)?;
    let per_second = hertz * u32::from(frame);

    let mut header = Vec::with_capacity(ixml.len() + 66);
    put(&mut header, b"RIFF", &[&whole.to_le_bytes(), b"WAVE"]);
    // Length of the chunk, format (3 is IEEE 754), channels; rate, bytes a second and a
    // frame; bits a sample, no extension.
    let count = channels.len() as u16;
    put(
        &mut header,
        b"fmt ",
        &[&18_u32.to_le_bytes(), &3_u16.to_le_bytes(), &count.to_le_bytes()],
    );
    put(
        &mut header,
        &hertz.to_le_bytes(),
        &[&per_second.to_le_bytes(), &frame.to_le_bytes()],
    );
    put(&mut header, &32_u16.to_le_bytes(), &[&0_u16.to_le_bytes()]);
    put(&mut header, b"fact", &[&4_u32.to_le_bytes(), &(frames as u32).to_le_bytes()]);
    put(&mut header, b"iXML", &[&(ixml.len() as u32).to_le_bytes(), &ixml]);
    put(&mut header, b"data", &[&samples.to_le_bytes()]);
    Ok(header)
}

/// The body of the iXML chunk, blanks at its end: chunks begin at even bytes.
fn ixml(rate: Hertz, channels: &[(&str, &[f64])]) -> Vec<u8> {
    let names: Vec<&str> = channels.iter().map(|(name, _)| *name).collect();
    let mut ixml = metadata::ixml(&names, rate).into_bytes();
    ixml.resize(ixml.len().next_multiple_of(2), b' ');
    ixml
}

/// The lengths that the header states, in bytes.
struct Lengths {
    /// One sample of every channel.
    frame: u16,
    /// All samples.
    samples: u32,
    /// The file without its first eight bytes.
    whole: u32,
}

impl Lengths {
    fn count(channels: usize, frames: usize, ixml: usize) -> Result<Self> {
        let too_many = |_| {
            let message =
                format!("a WAV holds 16383 channels of 32-bit floats, not {channels}");
            refused(message, "write CSV or Parquet")
        };
        let frame = u16::try_from(channels * 4).map_err(too_many)?;

        let samples = frames as u64 * u64::from(frame);
        // fmt 8 + 18, fact 8 + 4, iXML 8 + …, data 8, and WAVE 4.
        let whole = samples + ixml as u64 + 58;
        let too_long = |_| {
            let message =
                format!("{whole} bytes are more than the 4 GiB that a WAV holds");
            refused(message, "write CSV or Parquet")
        };
        let whole = u32::try_from(whole).map_err(too_long)?;
        Ok(Self { frame, samples: samples as u32, whole })
    }
}

/// The nearest whole rate, of which the bytes a second have to fit 32 bits.
fn whole_hertz(rate: Hertz, frame: u16) -> Result<u32> {
    let hertz = rate.hz().round();
    if (1.0..=f64::from(u32::MAX / u32::from(frame))).contains(&hertz) {
        return Ok(hertz as u32);
    }
    let message = format!("a WAV cannot hold a rate of {rate}");
    Err(refused(message, "write CSV or Parquet"))
}

fn put(header: &mut Vec<u8>, name: &[u8], fields: &[&[u8]]) {
    header.extend_from_slice(name);
    fields.iter().for_each(|field| header.extend_from_slice(field));
}
