//! Quality: whether a channel can be trusted, with the figures that say so.
//!
//! Mains, motion, clipping, flat stretches and offset are judged on `raw`, because filters hide them;
//! signal against noise on `clean`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::scan::Scan;
use super::{Analysis, Digest, Digests, Limits, spoken};
use crate::dsp::spectrum::PowerSpectrum;
use crate::error::Result;
use crate::outcome::{Note, Outcome};

mod assessment;
mod clipping;
mod rows;
mod spectra;

pub use assessment::{Assessment, Contrast, Mains, Rest};
pub(super) use clipping::Rails;
pub use clipping::{clipped, flat_samples};
pub use spectra::mains;

use assessment::percent;

pub(super) const SILENT: &str = "no signal: the channel never changes";

/// The limits beyond which a channel is to be checked or is bad.
///
/// Where no publication gives a limit it is a proposal of this project, to be set as the laboratory sees fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quality {
    /// A signal-to-noise ratio below this is to be checked, in dB. White noise raises the mean frequency of
    /// simulated EMG by about 9 % at 10 dB and 1.4 % at 20 dB.
    pub snr_good_db: f64,
    /// Signal and noise closer than this cannot be told apart by amplitude, in dB: the channel is bad when its
    /// spectrum is that of noise too. (Proposal)
    pub snr_poor_db: f64,
    /// The spectrum is that of noise when the density in the upper fifth of the band lies less than this below
    /// the mean density, in dB (after the SN ratio of Sinderby et al. 1995). (Proposal)
    pub noise_shape_db: f64,
    /// A share of mains in the power from 10 to 450 Hz above this is to be checked, 0 … 1. (Proposal)
    pub mains_check: f64,
    /// A share of mains above this is bad, 0 … 1. (Proposal)
    pub mains_bad: f64,
    /// A share of the power below 20 Hz above this is to be checked, 0 … 1. (Proposal)
    pub motion_check: f64,
    /// A share of clipped samples above this is to be checked, 0 … 1. (Proposal)
    pub clipped_check: f64,
    /// A share of clipped samples above this is bad, 0 … 1. (Proposal)
    pub clipped_bad: f64,
    /// Noise at rest above this is to be checked, in volts; only where the signal has the level of skin
    /// (recalled from recording practice: up to 5 µV is good).
    pub baseline_check_v: f64,
    /// Equal samples for at least this long are a flat stretch, in seconds. (Proposal)
    pub flat_s: f64,
}

impl Default for Quality {
    fn default() -> Self {
        Self {
            snr_good_db: 15.0,
            snr_poor_db: 8.0,
            noise_shape_db: 3.0,
            mains_check: 0.05,
            mains_bad: 0.2,
            motion_check: 0.1,
            clipped_check: 1e-4,
            clipped_bad: 0.01,
            baseline_check_v: 10e-6,
            flat_s: 0.02,
        }
    }
}

impl Quality {
    /// Checks the settings.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        limits("analysis.quality.snr_good_db", 0.0, 100.0, default.snr_good_db).check(self.snr_good_db)?;
        limits("analysis.quality.snr_poor_db", 0.0, 100.0, default.snr_poor_db).check(self.snr_poor_db)?;
        limits("analysis.quality.noise_shape_db", 0.0, 100.0, default.noise_shape_db).check(self.noise_shape_db)?;
        limits("analysis.quality.mains_check", 0.0, 1.0, default.mains_check).check(self.mains_check)?;
        limits("analysis.quality.mains_bad", 0.0, 1.0, default.mains_bad).check(self.mains_bad)?;
        limits("analysis.quality.motion_check", 0.0, 1.0, default.motion_check).check(self.motion_check)?;
        limits("analysis.quality.clipped_check", 0.0, 1.0, default.clipped_check).check(self.clipped_check)?;
        limits("analysis.quality.clipped_bad", 0.0, 1.0, default.clipped_bad).check(self.clipped_bad)?;
        limits("analysis.quality.baseline_check_v", 0.0, 1.0, default.baseline_check_v).check(self.baseline_check_v)?;
        limits("analysis.quality.flat_s", 0.001, 10.0, default.flat_s).check(self.flat_s)
    }
}

/// What is known of the quality of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Whether it can be trusted, and why.
    pub assessment: Assessment,
    /// The mean spectrum of `raw`; `None` for less than a second without a gap.
    pub raw: Option<PowerSpectrum>,
    /// The mean spectrum of `clean`; `None` as for `raw`.
    pub clean: Option<PowerSpectrum>,
    /// The root mean square of `clean`, fragments included; `NaN` for no samples.
    pub level: f64,
}

impl Quality {
    /// Judges a channel.
    pub(super) fn judgement(&self, scan: &Scan<'_>) -> Judgement {
        let trace = scan.trace;
        let raw = spectra::mean(trace.rate, &trace.raw, &scan.raw_stretches);
        let clean = raw.as_ref().and_then(|_| spectra::mean(trace.rate, &trace.clean, &scan.clean_stretches));
        let [squares] = Blocks::of(&trace.clean, &scan.clean_stretches, trace.clean.len(), |x| [x * x]);
        let level = squares.mean().map_or(f64::NAN, f64::sqrt);
        Judgement { assessment: self.assess_with(scan, raw.as_ref()), raw, clean, level }
    }
}

impl Analysis for Quality {
    fn name(&self) -> &'static str {
        "quality"
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("quality");
        for channel in recording.channels {
            outcome.measures.extend(self.measures(channel));
            outcome.figures.extend(self.figure(channel));
        }
        outcome.notes.extend(amplified(recording.channels));
        outcome
    }

    fn describe(&self) -> String {
        format!(
            "Channels were checked for mains (check above {} %, bad above {} % of the power from 10 to 450 Hz), power \
             below 20 Hz (check above {} %), clipping (check above {} %, bad above {} % of the samples), flat and \
             missing stretches, and the signal-to-noise ratio between the most active (95th percentile of the root mean \
             squares of 100 ms) and the quietest part (check below {} dB).",
            percent(self.mains_check),
            percent(self.mains_bad),
            percent(self.motion_check),
            percent(self.clipped_check),
            percent(self.clipped_bad),
            spoken(self.snr_good_db)
        )
    }
}

/// The root mean square in volts above which surface EMG has been amplified, or is in another unit.
const MORE_THAN_SKIN_V: f64 = 0.01;

/// A caution about levels that surface EMG does not have on the skin, where it is some millivolts at most.
fn amplified(channels: &[Digest]) -> Option<Note> {
    let names: Vec<&str> = channels
        .iter()
        .filter(|channel| channel.unit.is_volt() && channel.quality.level > MORE_THAN_SKIN_V)
        .map(|channel| channel.label.name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        Note::caution(format!(
            "{}: above 10 mV, more than surface EMG has on the skin: the file may hold amplified volts (give the gain in \
             study.toml) or another unit. Ratios and % of MVC do not depend on it.",
            names.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_checked() {
        assert!(Quality::default().check().is_ok());
        let error = Quality { mains_bad: 20.0, ..Quality::default() }.check().unwrap_err();
        assert!(error.message().contains("analysis.quality.mains_bad = 20"), "{error}");
    }
}
