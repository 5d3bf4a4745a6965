//! WAV and its relatives: RIFF, RF64, BW64 and Wave64.
//!
//! [`riff`] finds the chunks, [`layout`] reads how the samples are stored, [`decode`]
//! turns them into numbers, [`metadata`] reads channel names and cue points, and this
//! file puts the recording together.

use super::{Format, FullScale, Hints};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::{Channel, Label, RateSource, Recording};
use crate::units::{Hertz, Unit};

mod decode;
mod layout;
mod metadata;
mod riff;
mod write;

pub use write::{is_written_wav, write_wav};

use decode::Decoded;
use layout::{Encoding, SampleLayout};
use metadata::Metadata;
use riff::Container;

/// The bytes of a sample of most files.
const USUAL_WIDTH: usize = 2;

/// RIFF and its relatives.
pub(super) struct Wav;

impl Format for Wav {
    fn name(&self) -> &'static str {
        "WAV"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["wav", "wave", "w64", "rf64", "bwf"]
    }

    fn recognises(&self, head: &[u8]) -> bool {
        riff::recognises(head)
    }

    fn room(&self, head: &[u8], bytes: u64) -> u64 {
        let layout = riff::walk(head).and_then(|read| SampleLayout::read(&read.format));
        let width = layout.map_or(USUAL_WIDTH, |layout| layout.width);
        let samples = bytes / width as u64;
        bytes.saturating_add(samples.saturating_mul(size_of::<f64>() as u64))
    }

    fn read(&self, bytes: &[u8], hints: &Hints) -> Result<Recording> {
        let mut container = riff::walk(bytes)?;
        let layout = SampleLayout::read(&container.format)?;
        let metadata = Metadata::read(&container.others);
        let mut warnings = std::mem::take(&mut container.warnings);
        let clock = WavClock::decide(&layout, &metadata, hints, &mut warnings)?;
        let scale = SampleScale::read(hints.full_scale.as_ref())?;
        let decoded =
            decode::decode(&container.samples, &layout, scale.value, &mut warnings)?;
        let dialect = dialect(
            &container,
            &layout,
            &metadata,
            &clock,
            &decoded,
            hints.full_scale.as_ref(),
        );
        let events = metadata.events(clock.rate, clock.start_s);
        let channels = channels(decoded, &metadata, &clock, &scale);
        Ok(Recording { format: self.name(), dialect, channels, events, warnings })
    }
}

/// The rate, where it comes from, and the time of the first sample.
struct WavClock {
    rate: Hertz,
    source: RateSource,
    start_s: f64,
}

impl WavClock {
    fn decide(
        layout: &SampleLayout,
        metadata: &Metadata,
        hints: &Hints,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let start_s = hints.start_s.unwrap_or(0.0);
        let rounded = f64::from(layout.rate);
        // The header has room for a whole number only; `soleus` writes 1259.2593 Hz
        // beside it.
        let exact = metadata.rate_hz.filter(|exact| exact.round() == rounded);
        let of_file = Hertz::new(exact.unwrap_or(rounded));
        match (hints.rate, of_file) {
            (Some(rate), Some(of_file)) if rate != of_file => {
                warnings.push(format!(
                    "the file gives a sampling rate of {of_file} itself; {rate}, given \
                     by the user, is for files without one"
                ));
                Ok(Self { rate: of_file, source: RateSource::Header, start_s })
            }
            (_, Some(rate)) => Ok(Self { rate, source: RateSource::Header, start_s }),
            (Some(rate), None) => Ok(Self { rate, source: RateSource::User, start_s }),
            (None, None) => {
                let message = format!(
                    "the \"fmt \" chunk at byte {} gives a sampling rate of 0 Hz",
                    layout.at
                );
                let hint = "give the rate: rate_hz in study.toml, or --rate";
                Err(Error::new(ErrorKind::Load, message).with_hint(hint))
            }
        }
    }
}

/// What full scale means: a value in a unit that is volts wherever it can be.
struct SampleScale {
    value: f64,
    unit: Unit,
}

impl SampleScale {
    fn read(full_scale: Option<&FullScale>) -> Result<Self> {
        let Some(FullScale { value, unit }) = full_scale else {
            return Ok(Self { value: 1.0, unit: Unit::ARBITRARY });
        };
        if !value.is_finite() || *value <= 0.0 {
            let message = format!(
                "full_scale = {{ value = {value}, unit = \"{unit}\" }} is no scale"
            );
            return Err(Error::new(ErrorKind::Load, message)
                .with_hint("value must be finite and above 0"));
        }
        Ok(match Unit::voltage(unit) {
            Some(volts) => Self { value: value * volts, unit: Unit::VOLT },
            None => Self { value: *value, unit: Unit::other(unit.trim()) },
        })
    }
}

/// How the file was read, in the reader's words.
fn dialect(
    container: &Container,
    layout: &SampleLayout,
    metadata: &Metadata,
    clock: &WavClock,
    decoded: &Decoded,
    full_scale: Option<&FullScale>,
) -> Vec<String> {
    let source =
        if clock.source == RateSource::User { "as given" } else { "from the header" };
    let full_scale = match (full_scale, layout.encoding) {
        (Some(FullScale { value, unit }), _) => format!("full scale is {value} {unit}"),
        (None, Encoding::Integer) => {
            "full scale is 1 (no unit: give full_scale in study.toml)".into()
        }
        (None, Encoding::Float) => {
            "samples as they are in the file (no unit: give full_scale in study.toml)"
                .into()
        }
    };
    let mut lines = vec![
        format!("container: {}", container.name),
        format!("samples: {}", decoded.description),
        full_scale,
        format!("rate: {} {source}", clock.rate),
    ];
    lines.extend(metadata.names_from.map(|chunk| format!("channel names: from {chunk}")));
    lines.extend(metadata.remarks.iter().cloned());
    lines
}

fn channels(
    decoded: Decoded,
    metadata: &Metadata,
    clock: &WavClock,
    scale: &SampleScale,
) -> Vec<Channel> {
    let names: Vec<String> = metadata.channel_names(decoded.channels.len());
    let unit = if scale.unit == Unit::ARBITRARY { "" } else { scale.unit.symbol() };
    let named: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), unit)).collect();
    let labels = Label::parse_all(&named);
    let channel = |(label, samples)| Channel {
        label,
        rate: clock.rate,
        rate_source: clock.source,
        uneven_clock: false,
        start_s: clock.start_s,
        unit: scale.unit.clone(),
        rails: decoded.rails,
        excluded: 0,
        samples,
    };
    labels.into_iter().zip(decoded.channels).map(channel).collect()
}
