//! Fatigue: how the spectrum and the amplitude of `clean` change over the epochs of a recording.
//!
//! "Fatigue" is the name of the indices (mean and median frequency, FInsm5, amplitude over time); they also
//! change with force, length, temperature and electrode, and are no diagnosis.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan::Scan;
use super::{Analysis, Digest, Digests, Limits, picture, spoken};
use crate::dsp::spectrum::{MedianRule, Segments, Window};
use crate::dsp::stats::extremes;
use crate::error::{Error, Result, Stage};
use crate::outcome::Outcome;
use crate::units::Hertz;

mod course;
mod figures;
mod rows;

pub use course::{Course, Ends, Epoch, Quantity, State, course};
pub(super) use course::{course_of, judged};
pub(super) use rows::is_uneven;

use rows::Lines;

/// The fewest epochs of which a mean or a slope is made.
const FEWEST: usize = 3;
/// The fewest frequencies in the band from which a median is read.
const FEWEST_BINS: f64 = 8.0;

/// The settings of the fatigue analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fatigue {
    /// The length of an epoch in seconds, 0.1 … 60. Longer epochs have steadier spectra: the standard
    /// deviation of the median frequency is 5.3 Hz at 1 s and 10.7 Hz at 0.25 s (simulated EMG).
    pub epoch_s: f64,
    /// The share of an epoch that it has in common with the next, 0 … 0.9. Overlapping epochs are not
    /// independent, which makes the intervals too narrow.
    pub overlap: f64,
    /// How the spectrum of an epoch is estimated.
    pub estimator: Method,
    /// The segments of Welch's method in seconds, half overlapped; at most an epoch.
    pub segment_s: f64,
    /// The weights of the samples of an epoch or segment.
    pub window: Window,
    /// The lower end of the band in hertz.
    pub low_hz: f64,
    /// The upper end of the band in hertz; without it the lower of 450 Hz and 0.45 of the sampling rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_hz: Option<f64>,
    /// How the median frequency is read between two frequencies.
    pub median: MedianRule,
    /// Epochs whose root mean square is below this share of the 95th percentile are rest and left out, 0 … 1.
    pub quiet_share: f64,
}

/// How the spectrum of an epoch is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One segment as long as the epoch: with a boxcar the smallest variance of mean and median.
    #[default]
    Periodogram,
    /// The mean of several shorter segments (Welch 1967).
    Welch,
}

impl Default for Fatigue {
    fn default() -> Self {
        Self {
            epoch_s: 1.0,
            overlap: 0.0,
            estimator: Method::Periodogram,
            segment_s: 0.25,
            window: Window::Boxcar,
            low_hz: 10.0,
            high_hz: None,
            median: MedianRule::Interpolated,
            quiet_share: 0.1,
        }
    }
}

impl Fatigue {
    /// Checks the settings that are wrong at any sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        limits("analysis.fatigue.epoch_s", 0.1, 60.0, default.epoch_s).check(self.epoch_s)?;
        limits("analysis.fatigue.overlap", 0.0, 0.9, default.overlap).check(self.overlap)?;
        limits("analysis.fatigue.quiet_share", 0.0, 1.0, default.quiet_share).check(self.quiet_share)?;
        limits("analysis.fatigue.low_hz", 0.1, 1000.0, default.low_hz).check(self.low_hz)?;
        let segment = default.segment_s.min(self.epoch_s);
        if self.estimator == Method::Welch {
            limits("analysis.fatigue.segment_s", 0.05, self.epoch_s, segment).check(self.segment_s)?;
        }
        match self.high_hz {
            Some(high) if high.is_nan() || high <= self.low_hz => {
                let message =
                    format!("analysis.fatigue.high_hz = {high} is not above analysis.fatigue.low_hz = {}", self.low_hz);
                let hint = format!("analysis.fatigue.high_hz = {} works", self.low_hz.max(45.0) * 10.0);
                Err(Error::new(Stage::Plan, message).with_hint(hint))
            }
            _ => Ok(()),
        }
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// When the band does not fit below half the rate, or when an epoch is too short to resolve it; names the
    /// key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        let (nyquist, highest) = (rate.nyquist(), (0.9 * rate.nyquist()).min(450.0));
        let error = |message: String, works: String| Err(Error::new(Stage::Plan, message).with_hint(works));
        if let Some(high) = self.high_hz.filter(|&high| high > nyquist) {
            let message =
                format!("analysis.fatigue.high_hz = {high} is above {nyquist} Hz, half the sampling rate of {rate}");
            return error(message, format!("analysis.fatigue.high_hz = {highest} works"));
        }
        let width = self.band(rate).1 - self.low_hz;
        if width <= 0.0 {
            let message = format!(
                "analysis.fatigue.low_hz = {} leaves no band below {highest} Hz at the sampling rate of {rate}",
                self.low_hz
            );
            return error(message, format!("analysis.fatigue.low_hz = {} works", highest / 10.0));
        }
        let (key, seconds) = match self.estimator {
            Method::Periodogram => ("epoch_s", self.epoch_s),
            Method::Welch => ("segment_s", self.segment_s),
        };
        if width * seconds < FEWEST_BINS {
            let shortest = FEWEST_BINS / width;
            let message = format!(
                "analysis.fatigue.{key} = {seconds} is too short for the band of {width} Hz: at least {} s",
                spoken(shortest)
            );
            return error(message, format!("analysis.fatigue.{key} = {} works", (10.0 * shortest).ceil() / 10.0));
        }
        Ok(())
    }

    /// The band in hertz at a sampling rate.
    pub fn band(&self, rate: Hertz) -> (f64, f64) {
        (self.low_hz, self.high_hz.unwrap_or_else(|| (0.45 * rate.hz()).min(450.0)))
    }

    fn segments(&self, epoch: usize, rate: Hertz) -> Segments {
        let length = match self.estimator {
            Method::Periodogram => epoch,
            Method::Welch => rate.samples(self.segment_s).clamp(1, epoch.max(1)),
        };
        Segments { length, overlap: length / 2, window: self.window, demean: true }
    }
}

/// The course of one channel, and what its figures show beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The epochs.
    pub course: Course,
    /// The gaps of `clean` on the file's own clock.
    gaps_s: Vec<(f64, f64)>,
    /// The largest magnitude of `clean`.
    largest: f64,
}

impl Followed {
    pub(super) fn of(scan: &Scan<'_>, course: Course) -> Self {
        let clean = &scan.trace.clean;
        let (low, high) = extremes(clean);
        let gaps_s = picture::gaps(scan.trace, &scan.clean_stretches, clean.len());
        Self { course, gaps_s, largest: 0.0_f64.max(high).max(-low) }
    }
}

impl Analysis for Fatigue {
    fn name(&self) -> &'static str {
        "fatigue"
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("fatigue");
        let followed = recording.channels.iter().filter_map(|channel| Some((channel, channel.fatigue.as_ref()?)));
        let followed: Vec<(&Digest, &Followed)> = followed.collect();
        outcome.notes.extend(self.cautions(&followed));
        for (channel, followed) in followed {
            let (course, lines) = (&followed.course, Lines::of(&followed.course));
            outcome.measures.extend(rows::measures(channel, course, &lines));
            outcome.courses.extend(rows::courses(channel, course));
            outcome.notes.push(rows::note(channel, course, &lines));
            outcome.figures.extend(figures::course(channel, followed, &lines));
            outcome.figures.extend(figures::spectra(channel, followed));
        }
        outcome
    }

    fn describe(&self) -> String {
        let spectrum = match self.estimator {
            Method::Periodogram => format!("the {} periodogram", self.window.word()),
            Method::Welch => {
                format!("Welch's method ({} segments of {} s, half overlapped)", self.window.word(), self.segment_s)
            }
        };
        let high = self
            .high_hz
            .map_or("the lower of 450 Hz and 0.45 of the sampling rate".into(), |high| format!("{high} Hz"));
        let overlap = if self.overlap > 0.0 {
            format!(", overlapping by {} %", spoken(100.0 * self.overlap))
        } else {
            String::new()
        };
        let median = match self.median {
            MedianRule::Interpolated => "interpolated between frequencies",
            MedianRule::Bin => "read as the first frequency that reaches half the power",
        };
        format!(
            "Mean and median frequency ({median}) were computed from {spectrum} of epochs of {} s{overlap} between {} Hz \
             and {high}; epochs with gaps, clipping or a root mean square below {} % of the 95th percentile were left \
             out. Slopes are ordinary least squares over the epoch centres, normalised slopes relative to the \
             intercept with Fieller intervals, and FInsm5 (Dimitrov et al. 2006) is the ratio of the last to the first \
             tenth of the epochs.",
            self.epoch_s,
            self.low_hz,
            spoken(100.0 * self.quiet_share)
        )
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
        assert!(slow.to_string().contains("analysis.fatigue.low_hz = 10"), "{slow}");
    }

    #[test]
    fn welch_segments_fit_into_the_epoch() {
        let settings = Fatigue { estimator: Method::Welch, window: Window::Hann, ..Fatigue::default() };
        let segments = settings.segments(1000, Hertz::new(1000.0).unwrap());
        assert_eq!((segments.length, segments.overlap), (250, 125));
        assert!(settings.check().is_ok());
        assert!(Fatigue { segment_s: 2.0, ..settings }.check().is_err());
    }
}
