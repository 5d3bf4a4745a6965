//! A recording as it was loaded: raw, at the rates of the file, with its gaps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Event, Label};
use crate::units::{Hertz, Unit};

/// How a channel's sampling rate became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RateSource {
    /// A header of the file states it.
    Header,
    /// Estimated from the file's time column, over the whole record.
    TimeColumn,
    /// The user gave it (`rate_hz` in `study.toml`, or `--rate`).
    User,
}

/// One channel of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its name in the file and what was understood from it.
    pub label: Label,
    /// Its own sampling rate.
    pub rate: Hertz,
    /// How that rate became known.
    pub rate_source: RateSource,
    /// Whether the times that the rate was estimated from lie on no even grid, like those
    /// that microcontrollers write.
    pub uneven_clock: bool,
    /// The time of its first sample on the file's own clock, in seconds (0 where the file
    /// has none).
    pub start_s: f64,
    /// The unit of the samples: [`Unit::VOLT`] wherever the file or the user gave a
    /// voltage.
    pub unit: Unit,
    /// The limits of the converter in the unit of the samples, where the file tells
    /// (integer WAV).
    pub rails: Option<(f64, f64)>,
    /// How many samples the user left out: gaps that do not speak against the channel.
    pub excluded: usize,
    /// The samples; `NaN` is a gap (a blank or `NaN` cell of the file, or left out by the
    /// user).
    pub samples: Vec<f64>,
}

impl Channel {
    /// A channel that begins at 0 s, of samples made or read by a program of one's own.
    ///
    /// Muscle, side and kind are understood from the name as those of a file's columns are
    /// ([`Label::parse`]); set `label` where it does not tell them. Give a voltage in
    /// [`Unit::VOLT`]: limits in microvolts are looked for in volts alone.
    pub fn new(name: &str, unit: Unit, rate: Hertz, samples: Vec<f64>) -> Self {
        Self {
            label: Label::parse(name, unit.symbol()),
            rate,
            rate_source: RateSource::User,
            uneven_clock: false,
            start_s: 0.0,
            unit,
            rails: None,
            excluded: 0,
            samples,
        }
    }

    /// Whether the true sampling rate may be off by up to 1 %: it was given by hand, or is
    /// that of an uneven clock.
    pub fn rate_is_rough(&self) -> bool {
        self.rate_source == RateSource::User || self.uneven_clock
    }

    /// The time of a sample on the file's own clock, in seconds.
    pub fn time_s(&self, sample: usize) -> f64 {
        self.start_s + self.rate.seconds(sample)
    }

    /// The duration in seconds.
    pub fn duration_s(&self) -> f64 {
        self.rate.seconds(self.samples.len())
    }

    /// How many samples are missing.
    pub fn missing(&self) -> usize {
        self.samples.iter().filter(|sample| sample.is_nan()).count()
    }
}

/// What a file held, and how it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The format's name, e.g. `CSV` or `WAV`.
    pub format: &'static str,
    /// How the file was read, one finding a line in the reader's words: `delimiter:
    /// semicolon`, `decimal sign: comma`, `rate: 1000 Hz from the time column "time
    /// (s)"`, …
    pub dialect: Vec<String>,
    /// The channels in the order of the file.
    pub channels: Vec<Channel>,
    /// Events on the file's own clock.
    pub events: Vec<Event>,
    /// What a user should know before trusting the numbers.
    pub warnings: Vec<String>,
}

impl Recording {
    /// A recording of channels, without events, that comes from no file.
    pub fn new(channels: Vec<Channel>) -> Self {
        Self {
            format: "memory",
            dialect: Vec::new(),
            channels,
            events: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
