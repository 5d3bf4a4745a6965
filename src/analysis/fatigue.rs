//! Fatigue: how the spectrum and the amplitude of `clean` change over the epochs of a
//! recording.
//!
//! "Fatigue" is the name of the indices (mean and median frequency, FInsm5, amplitude
//! over time); they also change with force, length, temperature and electrode, and are no
//! diagnosis.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan::Scan;
use super::{Analysis, AtHand, Digests, band, picture};
use crate::dsp::spectrum::{MedianRule, Segments, Window};
use crate::dsp::stats::extremes;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::fact::Fact;
use crate::outcome::{Outcome, Section};
use crate::signal::{Event, Trace};
use crate::units::Hertz;
use crate::words::spoken;

mod correlation;
mod course;
mod epoch;
mod facts;
mod figures;
mod headline;
pub mod jasa;
mod layout;
mod methods;
mod notes;
mod quantity;
mod rows;
mod sides;
mod spectra;
mod statistics;
mod trends;
mod whitening;

pub use correlation::Likeness;
pub use course::{EpochCourse, QuietestSecond, course};
pub(super) use course::{course_of, judged};
pub(super) use epoch::clipped_words;
pub use epoch::{Epoch, EpochState};
pub use facts::{MEASURES, SECTION};
pub(super) use layout::windows;
pub use layout::{Epochs, Events, Task};
pub(super) use notes::is_uneven;
pub use quantity::Quantity;
pub use spectra::Ends;
pub(super) use statistics::MDF;
pub use trends::{Change, EpochMean, Trend, Trends};

/// The fewest epochs of which a mean or a slope is made.
const FEWEST: usize = 3;
/// The fewest frequencies in the band from which a median is read.
const FEWEST_BINS: f64 = 8.0;

/// The settings of the fatigue analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fatigue {
    /// How a recording is cut into epochs: `auto`, `windows`, `contractions` or
    /// `{ events = { start = "touchdown", end = "liftoff" } }`.
    pub epochs: Epochs,
    /// The length of a window in seconds; spectra of contractions are not longer. Longer
    /// epochs have steadier spectra: the standard deviation of the median frequency is
    /// 5.3 Hz at 1 s and 10.7 Hz at 0.25 s (simulated EMG).
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "s"))]
    pub epoch_s: f64,
    /// The share of a window that it has in common with the next. The intervals of means
    /// and slopes take into account that overlapping windows are not independent.
    #[schemars(range(min = 0.0, max = 0.9))]
    pub overlap: f64,
    /// The part of each contraction that is used, as shares of its duration: its
    /// beginning and end are movement of force.
    #[schemars(inner(range(min = 0.0, max = 1.0)))]
    pub contraction_part: [f64; 2],
    /// How the spectrum of an epoch is estimated.
    pub estimator: Method,
    /// The segments of Welch's method in seconds, half overlapped; at most an epoch.
    #[schemars(range(min = 0.05, max = 60.0), extend("unit" = "s"))]
    pub segment_s: f64,
    /// How many tapers the multitaper estimator has.
    #[schemars(range(min = 1, max = 20))]
    pub tapers: usize,
    /// The weights of the samples of an epoch or segment.
    pub window: Window,
    /// The lower end of the band in hertz.
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub low_hz: f64,
    /// The upper end of the band in hertz; without it the lower of 450 Hz and 0.45 of the
    /// sampling rate.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub high_hz: Option<f64>,
    /// How the median frequency is read between two frequencies.
    pub median: MedianRule,
    /// The low and the high frequencies whose powers are compared, in hertz.
    #[schemars(inner(inner(range(min = 0.0, max = 1e4))), extend("unit" = "Hz"))]
    pub ratio_bands_hz: [[f64; 2]; 2],
    /// Whether the wavelet indices of González-Izal et al. (2010) are computed.
    pub wavelets: bool,
    /// Whether amplitude is also told of the whitened signal (Clancy & Hogan 1994).
    pub whitening: bool,
    /// Epochs whose root mean square is below this share of the 95th percentile are rest
    /// and left out.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub quiet_share: f64,
    /// Epochs whose signal-to-noise ratio is lower are counted and warned about, in dB:
    /// noise raises the mean frequency.
    #[schemars(range(min = 0.0, max = 60.0), extend("unit" = "dB"))]
    pub snr_check_db: f64,
    /// The drop whose time is told, in per cent of the beginning.
    #[schemars(range(min = 0.1, max = 90.0), extend("unit" = "%"))]
    pub drop_percent: f64,
}

/// How the spectrum of an epoch is estimated.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One segment as long as the epoch: with a boxcar the smallest variance of mean and
    /// median.
    #[default]
    Periodogram,
    /// The mean of several shorter segments (Welch 1967).
    Welch,
    /// The mean over orthogonal sine tapers (Riedel & Sidorenko 1995).
    Multitaper,
}

impl Default for Fatigue {
    fn default() -> Self {
        Self {
            epochs: Epochs::Auto,
            epoch_s: 1.0,
            overlap: 0.0,
            contraction_part: [0.1, 0.9],
            estimator: Method::Periodogram,
            segment_s: 0.25,
            tapers: 5,
            window: Window::Boxcar,
            low_hz: band::LOW_HZ,
            high_hz: None,
            median: MedianRule::Interpolated,
            ratio_bands_hz: [[15.0, 45.0], [95.0, 500.0]],
            wavelets: true,
            whitening: false,
            quiet_share: 0.1,
            snr_check_db: 15.0,
            drop_percent: 10.0,
        }
    }
}

impl Fatigue {
    /// A segment of Welch's method is at most an epoch.
    fn check_segment(&self) -> Result<()> {
        if self.estimator != Method::Welch || self.segment_s <= self.epoch_s {
            return Ok(());
        }
        let said = format!("must be at most epoch_s = {}", self.epoch_s);
        let works = Self::default().segment_s.min(self.epoch_s);
        Err(Error::about(ErrorKind::Plan, "segment_s", self.segment_s, said)
            .with_hint(format!("segment_s = {works} works")))
    }

    fn check_band(&self) -> Result<()> {
        let Some(high) = self.high_hz else {
            return self.check_open_band();
        };
        if high > self.low_hz {
            return Ok(());
        }
        let said = format!("is not above low_hz = {}", self.low_hz);
        let works = if self.low_hz < 225.0 { 450.0 } else { 2.0 * self.low_hz };
        let hint =
            format!("high_hz = {works} works where half the sampling rate is higher");
        Err(Error::about(ErrorKind::Plan, "high_hz", high, said).with_hint(hint))
    }

    /// A band without an upper end of its own ends at the usual one, whatever the rate.
    fn check_open_band(&self) -> Result<()> {
        if self.low_hz < band::HIGHEST_HZ {
            return Ok(());
        }
        let said = format!(
            "is not below {} Hz, where a band without high_hz ends",
            band::HIGHEST_HZ
        );
        Err(Error::about(ErrorKind::Plan, "low_hz", self.low_hz, said)
            .with_hint(format!("low_hz = {} works", band::LOW_HZ)))
    }

    /// Spectra of an epoch or segment have enough frequencies in a band that is so wide.
    fn check_resolution(&self, width: f64) -> Result<()> {
        let (key, seconds) = match self.estimator {
            Method::Periodogram | Method::Multitaper => ("epoch_s", self.epoch_s),
            Method::Welch => ("segment_s", self.segment_s),
        };
        if width * seconds >= FEWEST_BINS {
            return Ok(());
        }
        let shortest = FEWEST_BINS / width;
        let said = format!(
            "is too short for the band of {width} Hz: at least {} s",
            spoken(shortest)
        );
        let hint = format!("{key} = {} works", (10.0 * shortest).ceil() / 10.0);
        Err(Error::about(ErrorKind::Plan, key, seconds, said).with_hint(hint))
    }

    /// The band in hertz at a sampling rate.
    pub fn band(&self, rate: Hertz) -> (f64, f64) {
        (self.low_hz, self.high_hz.unwrap_or_else(|| band::high_hz(rate)))
    }

    /// The fewest samples whose spectrum has enough frequencies in the band.
    fn fewest_samples(&self, rate: Hertz) -> usize {
        let (low_hz, high_hz) = self.band(rate);
        ((FEWEST_BINS / (high_hz - low_hz) * rate.hz()).ceil() as usize).max(1)
    }

    fn segments(&self, epoch: usize, rate: Hertz) -> Segments {
        let length = match self.estimator {
            Method::Periodogram | Method::Multitaper => epoch,
            Method::Welch => rate.samples(self.segment_s).clamp(1, epoch.max(1)),
        };
        Segments { length, overlap: length / 2, window: self.window, demean: true }
    }
}

/// That the two ends of a part or band rise.
fn rises(key: &str, [from, to]: [f64; 2], works: [f64; 2]) -> Result<()> {
    if from < to {
        return Ok(());
    }
    let value = format!("[{from}, {to}]");
    let hint = format!("{key} = [{}, {}] works", works[0], works[1]);
    Err(Error::about(ErrorKind::Plan, key, value, "does not rise").with_hint(hint))
}

/// The course of one channel, how it changes, and what its figures show beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The epochs.
    pub course: EpochCourse,
    /// How they change.
    pub trends: Trends,
    /// The gaps of `clean` on the file's own clock.
    gaps_s: Vec<(f64, f64)>,
    /// The largest magnitude of `clean`.
    largest: f64,
}

/// The epochs of a channel and how they change. The events are those of the recording, on
/// its own clock.
pub fn follow(trace: &Trace, events: &[Event], settings: &Fatigue) -> Followed {
    let scan = Scan::look(trace);
    let course = course_of(&scan, events, settings);
    settings.followed(&scan, course)
}

impl Fatigue {
    /// The settings by which the median frequency of a channel is told to analyses that
    /// stand on it, whatever is asked of this one.
    pub(super) fn medians_only() -> Self {
        Self { wavelets: false, ..Self::default() }
    }

    /// Whether its epochs have the median frequencies of the defaults: what is told of
    /// them beside may differ.
    pub(super) fn has_usual_medians(&self) -> bool {
        let Self { ratio_bands_hz, wavelets, whitening, .. } = *self;
        let Self { snr_check_db, drop_percent, .. } = *self;
        let usual = Self {
            ratio_bands_hz,
            wavelets,
            whitening,
            snr_check_db,
            drop_percent,
            ..Self::default()
        };
        *self == usual
    }

    /// What is kept of a channel with these epochs.
    pub(super) fn followed(&self, scan: &Scan<'_>, course: EpochCourse) -> Followed {
        let clean = &scan.trace.clean;
        let (low, high) = extremes(clean);
        let gaps_s = picture::gaps(scan.trace, &scan.clean_stretches, clean.len());
        let trends = Trends::fit(&course, self);
        Followed { course, trends, gaps_s, largest: 0.0_f64.max(high).max(-low) }
    }
}

impl Analysis for Fatigue {
    type Part = Followed;

    fn name(&self) -> &'static str {
        "fatigue"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn part(&self, at_hand: &AtHand<'_>) -> Option<Followed> {
        let shared = at_hand.epochs.as_ref().filter(|_| self.has_usual_medians());
        let course = shared
            .cloned()
            .unwrap_or_else(|| course_of(&at_hand.scan, at_hand.events, self));
        Some(self.followed(&at_hand.scan, course))
    }

    fn check_together(&self) -> Result<()> {
        let default = Self::default();
        rises("contraction_part", self.contraction_part, default.contraction_part)?;
        if let Epochs::Events(events) = &self.epochs {
            let checked = rises("part", events.part, Events::WHOLE);
            checked.map_err(|error| error.under("events").under("epochs"))?;
        }
        let bands = self.ratio_bands_hz.into_iter().zip(default.ratio_bands_hz);
        for (place, (band, works)) in bands.enumerate() {
            rises(&format!("ratio_bands_hz[{place}]"), band, works)?;
        }
        self.check_segment()?;
        self.check_band()
    }

    fn check_rate(&self, rate: Hertz) -> Result<()> {
        let (nyquist, highest) = (rate.nyquist(), (0.9 * rate.nyquist()).min(450.0));
        if let Some(high) = self.high_hz.filter(|&high| high > nyquist) {
            let said = format!("is above {nyquist} Hz, half the sampling rate of {rate}");
            return Err(Error::about(ErrorKind::Plan, "high_hz", high, said)
                .with_hint(format!("high_hz = {highest} works")));
        }
        let width = self.band(rate).1 - self.low_hz;
        if width <= 0.0 {
            let said = format!(
                "leaves no band below {highest} Hz at the sampling rate of {rate}"
            );
            return Err(Error::about(ErrorKind::Plan, "low_hz", self.low_hz, said)
                .with_hint(format!("low_hz = {} works", highest / 10.0)));
        }
        self.check_resolution(width)
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("fatigue");
        let followed = recording.with(|parts| parts.fatigue.as_ref());
        outcome.notes.extend(self.cautions(&followed));
        for &(channel, followed) in &followed {
            outcome.measures.extend(self.rows(channel, followed));
            outcome.courses.extend(rows::courses(channel, &followed.course));
            outcome.notes.extend(notes::finding(channel, followed));
            outcome.figures.extend(figures::course(channel, followed));
            outcome.figures.extend(figures::amplitude(channel, followed));
            outcome.figures.extend(figures::spectra(channel, followed));
        }
        outcome.headlines.extend(headline::headline(&followed));
        let (differences, words) = sides::differences(recording.channels);
        outcome.measures.extend(differences);
        outcome.notes.extend(words);
        outcome.figures.extend(figures::jasa(&followed));
        outcome
    }

    fn in_short(&self) -> String {
        methods::in_short(self)
    }

    fn describe(&self) -> String {
        methods::paragraph(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_band_fits_every_rate() {
        for hz in [100.0, 500.0, 1000.0, 1259.2593, 2148.1481, 10_000.0] {
            let rate = Hertz::new(hz).unwrap();
            let (low, high) = Fatigue::default().band(rate);
            assert!(low == 10.0 && high <= 450.0 && high < rate.nyquist());
            assert!(Fatigue::default().check_rate(rate).is_ok(), "{hz}");
        }
        let slow = Fatigue::default().check_rate(Hertz::new(20.0).unwrap()).unwrap_err();
        assert!(slow.to_string().contains("low_hz = 10"), "{slow}");
    }

    #[test]
    fn welch_segments_fit_into_the_epoch() {
        let settings = Fatigue {
            estimator: Method::Welch,
            window: Window::Hann,
            ..Fatigue::default()
        };
        let segments = settings.segments(1000, Hertz::new(1000.0).unwrap());
        assert_eq!((segments.length, segments.overlap), (250, 125));
        assert!(settings.check_together().is_ok());
        assert!(Fatigue { segment_s: 2.0, ..settings }.check_together().is_err());
    }
}
