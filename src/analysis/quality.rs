//! Quality: whether a channel can be trusted, with the figures that say so.
//!
//! Mains, motion, clipping, flat stretches and offset are judged on `raw`, because
//! filters hide them; signal against noise on `clean`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Analysis, Digest, Digests, Ground};
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::fact::Fact;
use crate::outcome::{Note, Outcome, Section};
use crate::words::{percent, spoken};

mod across;
mod assessment;
mod at_rest;
mod epochs;
mod fault;
mod hum;
mod judgement;
mod local;
mod neighbours;
mod origin;
mod pulses;
mod ratios;
mod rest_judgement;
mod rows;
mod shape;
mod spectra;

pub use across::{RecordedLevel, SessionLevels};
pub use assessment::Assessment;
pub use at_rest::RestingLevel;
pub use epochs::JudgedSeconds;
pub use fault::{Fault, Reason};
pub use judgement::Judgement;
pub use local::LocalDistribution;
use neighbours::COMPARED;
pub(super) use neighbours::are_copies;
pub use pulses::Pulses;
pub use ratios::Ratios;
pub(crate) use rows::VERDICT;
pub use rows::{MEASURES, SECTION};
pub use shape::{Distribution, SpectralShape};
pub use spectra::{ActiveTime, ActivityContrast, MainsHum, RestSource, mains};

pub(super) use super::scan::MOST_CLIPPED;

pub use super::rails::{clipped, flat_runs, flat_samples};

pub(super) use super::scan::SILENT;

/// About how many samples show how all of them are distributed.
const SHOWN: usize = 4096;

/// The limits beyond which a channel is to be checked or is bad.
///
/// Where no publication gives a limit it is a proposal of this project, to be set as the
/// laboratory sees fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quality {
    /// A signal-to-noise ratio below this is to be checked, in dB. White noise raises the
    /// mean frequency of simulated EMG by about 9 % at 10 dB and 1.4 % at 20 dB.
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub snr_good_db: f64,
    /// Signal and noise closer than this cannot be told apart by amplitude, in dB: the
    /// channel is bad when its spectrum is that of noise too. (Proposal)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub snr_poor_db: f64,
    /// The spectrum is that of noise when the density in the upper fifth of the band lies
    /// less than this below the mean density, in dB (after the SN ratio of Sinderby et
    /// al. 1995). (Proposal)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub noise_shape_db: f64,
    /// A share of mains in the power from 10 to 450 Hz above this is to be checked.
    /// (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub mains_check: f64,
    /// A share of mains above this is bad. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub mains_bad: f64,
    /// A share of the power below 20 Hz above this is to be checked. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub motion_check: f64,
    /// A share of clipped samples above this is to be checked. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub clipped_check: f64,
    /// A share of clipped samples above this is bad. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub clipped_bad: f64,
    /// An epoch (fatigue, complexity) or cycle with a larger share of clipped samples is
    /// left out; one with fewer is kept, and said to hold some. Above 0, a single peak (3
    /// ms) is kept in short ones, too. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub most_clipped: f64,
    /// Noise at rest above this is to be checked, in volts; only where the signal has the
    /// level of skin (recalled from recording practice: up to 5 µV is good).
    #[schemars(range(min = 0.0, max = 1.0), extend("unit" = "V"))]
    pub baseline_check_v: f64,
    /// Equal samples for at least this long are a flat stretch, in seconds. (Proposal)
    #[schemars(range(min = 0.001, max = 10.0), extend("unit" = "s"))]
    pub flat_s: f64,
    /// A share of mains above this is nothing but mains: the channel is no EMG.
    /// (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub mains_only: f64,
    /// Filtered levels of 100 ms below this are dropouts, in volts; only where the signal
    /// has the level of skin. (Proposal: electrodes alone give about 1 µV)
    #[schemars(range(min = 0.0, max = 1.0), extend("unit" = "V"))]
    pub dropout_v: f64,
    /// Pulses higher than this many robust standard deviations of what surrounds them,
    /// and over within 10 ms, are spikes. (Proposal)
    #[schemars(range(min = 3.0, max = 1000.0))]
    pub spike_deviations: f64,
    /// Spikes are also higher than this many times the level of activity (the 95th
    /// percentile of the root mean squares of 100 ms), since single motor units stand out
    /// of rest like them. (Proposal; two of 25 muscles in gait have one such peak)
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub spike_over_activity: f64,
    /// More spikes a minute than this are to be checked. (Proposal)
    #[schemars(range(min = 0.0, max = 1e6), extend("unit" = "1/min"))]
    pub spikes_check_per_min: f64,
    /// A share of the power below 30 Hz above this is no raw EMG: an envelope, or an open
    /// input. (Proposal; in raw EMG of 26 muscles in gait it was 0.35 at most)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub slow_share: f64,
    /// The slow spectrum of an open input falls less than this from 60–150 Hz to the
    /// upper fifth of the band, in dB. (Proposal; inputs without electrodes fell by 1 to 4 dB,
    /// EMG by 6 to 33)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub open_fall_db: f64,
    /// Samples that are never negative and whose 5th percentile within tenths of a second
    /// lies nearer to the median than this share of the distance of the 95th are
    /// rectified: 0.48 for rectified Gaussian noise, 0.28 to 0.43 for rectified muscles, 1
    /// for raw EMG whatever its offset. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rectified_lean: f64,
    /// A share of the power within 2 Hz of one frequency above this is a tone and no EMG.
    /// (Proposal; EMG has 0.15 at most)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub tone_bad: f64,
    /// The density from 20 to 40 Hz lies more than this below that from 60 to 150 Hz when
    /// an earlier high-pass took some of the EMG, in dB. (Proposal; the spectrum of
    /// Shwedyk et al. 1977 gives −1 to 4 dB, EMG of gait up to 7 dB; high-passes above 20
    /// Hz, the limit of SENIAM, Hermens et al. 2000)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub low_loss_db: f64,
    /// A sampling rate below this is to be checked, in hertz: half of it would lie below
    /// half of the band of surface EMG (to 500 Hz: Hermens et al. 2000; Merletti 1999).
    #[schemars(range(min = 0.0, max = 1e6), extend("unit" = "Hz"))]
    pub rate_least_hz: f64,
    /// Below this rate, in hertz, the spectrum must have fallen by `end_fall_db` at half
    /// of it (twice the upper end of the band of surface EMG, 500 Hz: Hermens et al.
    /// 2000; Merletti 1999).
    #[schemars(range(min = 0.0, max = 1e6), extend("unit" = "Hz"))]
    pub rate_check_hz: f64,
    /// How far the spectrum must have fallen just below half the rate, in dB. (Proposal)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "dB"))]
    pub end_fall_db: f64,
    /// Two channels whose samples correlate by more than this are one channel twice.
    /// (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub duplicate_correlation: f64,
    /// Two channels whose samples correlate by more than this share signal. (Proposal,
    /// after the cross-correlations of Winter et al. 1994; muscles of one leg in gait had
    /// 0.2 at most)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub crosstalk_correlation: f64,
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
            most_clipped: MOST_CLIPPED,
            baseline_check_v: 10e-6,
            flat_s: 0.02,
            mains_only: 0.7,
            dropout_v: 0.1e-6,
            spike_deviations: 8.0,
            spike_over_activity: 5.0,
            spikes_check_per_min: 3.0,
            slow_share: 0.95,
            open_fall_db: 5.0,
            rectified_lean: 0.55,
            tone_bad: 0.5,
            low_loss_db: 9.0,
            rate_least_hz: 500.0,
            rate_check_hz: 1000.0,
            end_fall_db: 15.0,
            duplicate_correlation: 0.999,
            crosstalk_correlation: 0.3,
        }
    }
}

impl Analysis for Quality {
    type Part = ();

    fn name(&self) -> &'static str {
        "quality"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Bursts]
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("quality");
        for (channel, found) in
            recording.channels.iter().zip(self.assessments(recording.channels))
        {
            outcome.measures.extend(self.measures(channel, &found));
            outcome.courses.extend(rows::courses(channel));
            outcome.figures.extend(self.figure(channel));
        }
        outcome.notes.extend(amplified(recording.channels));
        outcome.notes.extend(compared_in_part(recording.channels.len()));
        outcome.notes.extend(recording.channels.iter().filter_map(mostly_rest));
        outcome.notes.extend(recording.channels.iter().filter_map(doubted_rest));
        outcome
    }

    fn check_together(&self) -> Result<()> {
        if self.snr_good_db >= self.snr_poor_db {
            return Ok(());
        }
        let said = format!("must not be below snr_poor_db = {}", self.snr_poor_db);
        let hint = format!("snr_good_db = {} works", self.snr_poor_db);
        Err(Error::about(ErrorKind::Plan, "snr_good_db", self.snr_good_db, said)
            .with_hint(hint))
    }

    fn in_short(&self) -> String {
        "signal quality (noise, hum, motion, clipping, gaps)".to_owned()
    }

    fn describe(&self) -> String {
        format!(
            "Channels were checked for mains (check above {} %, bad above {} % of the \
             power from 10 to 450 Hz), power \
             below 20 Hz (check above {} %), clipping (check above {} %, bad above {} % \
             of the samples; epochs and cycles with more than {} % are left out), flat and \
             missing stretches, and the signal-to-noise ratio (check below {} dB) of what \
             is active to a recording of rest, without one to what lies between the \
             bursts, without bursts of the 95th percentile of the root mean squares of \
             100 ms to the quietest part; for spikes \
             above {} robust standard deviations, heart beats, \
             rectification, smoothing, earlier high-passes and low sampling rates; and \
             with each other for duplicates and \
             shared signal (correlations without lag above {} and {}).",
            percent(self.mains_check),
            percent(self.mains_bad),
            percent(self.motion_check),
            percent(self.clipped_check),
            percent(self.clipped_bad),
            percent(self.most_clipped),
            spoken(self.snr_good_db),
            spoken(self.spike_deviations),
            spoken(self.duplicate_correlation),
            spoken(self.crosstalk_correlation)
        )
    }
}

/// Channels that are active for a smaller share of their time mostly rest.
const MOSTLY_REST: f64 = 0.1;

/// That a channel mostly rests, or rests throughout.
fn mostly_rest(channel: &Digest) -> Option<Note> {
    let time = channel.quality.assessment.contrast?.time?;
    let name = &channel.label.name;
    let (active, of) = (spoken(time.active_s), spoken(time.of_s));
    if time.active_s > MOSTLY_REST * time.of_s {
        return None;
    }
    Some(Note::info(match time.contractions {
        0 => format!("{name}: at rest throughout, by the recording of rest."),
        1 => format!("{name}: mostly rest: one contraction of {active} s in {of} s."),
        count => format!(
            "{name}: mostly rest: {count} contractions, together {active} s of {of} s."
        ),
    }))
}

/// That the session's recording of rest is not that of a channel.
fn doubted_rest(channel: &Digest) -> Option<Note> {
    let doubt = rows::doubt_words(channel)?;
    Some(Note::caution(format!(
        "{}: {doubt}: it has another gain, is of another day, or the muscle did not rest \
         in it. Rest is what is quiet here.",
        channel.label.name
    )))
}

/// What is said where not every two channels were compared.
fn compared_in_part(channels: usize) -> Option<Note> {
    (channels > COMPARED + 1).then(|| {
        Note::info(format!(
            "{channels} channels: each was compared with the {COMPARED} before it for \
             duplicates and crosstalk, and with no other."
        ))
    })
}

/// The root mean square in volts above which surface EMG has been amplified, or is in
/// another unit.
const MORE_THAN_SKIN_V: f64 = 0.01;

/// A caution about levels that surface EMG does not have on the skin, where it is some
/// millivolts at most.
fn amplified(channels: &[Digest]) -> Option<Note> {
    let names: Vec<&str> = channels
        .iter()
        .filter(|channel| {
            channel.unit.is_volt() && channel.quality.level > MORE_THAN_SKIN_V
        })
        .map(|channel| channel.label.name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        Note::caution(format!(
            "{}: above 10 mV, more than surface EMG has on the skin: the file may hold \
             amplified volts (give the gain in \
             study.toml) or another unit. Ratios of channels of this file do not depend on it, \
             nor does % of MVC where the trials have the same factor.",
            names.join(", ")
        ))
    })
}
