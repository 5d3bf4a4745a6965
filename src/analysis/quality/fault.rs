//! What can be wrong with a channel, and how it is said.

use crate::outcome::Verdict;

/// What can be wrong with a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// No samples, or nothing beyond rounding.
    Silent,
    /// Samples are missing.
    Missing,
    /// Stretches of equal samples.
    Flat,
    /// Stretches with less than any electrode gives.
    Dropout,
    /// Samples at the limit of the range.
    Clipping,
    /// Mains hum.
    Mains,
    /// Nothing but mains hum.
    MainsOnly,
    /// An offset that wanders or settles, slower than anything moves.
    Drift,
    /// Much power below 20 Hz.
    Motion,
    /// Activity stands out little from rest.
    Noise,
    /// Nothing but noise.
    NoiseOnly,
    /// As quiet as the recording of rest of its session.
    NoActivity,
    /// Activity where rest was recorded.
    Restless,
    /// A level that is not that of the muscle in its unit.
    Unit,
    /// Slow drift over a flat spectrum, as inputs have to which nothing is connected.
    OpenInput,
    /// Most of the power is one tone.
    Tone,
    /// Much noise at rest.
    Baseline,
    /// A large offset.
    Offset,
    /// Hardly longer than what filters guess at its ends.
    Short,
    /// Much of it lies beside gaps.
    Gaps,
    /// Short pulses.
    Spikes,
    /// What is over in a quarter of a second and towers above all activity.
    Knocks,
    /// Beats of a heart.
    Heart,
    /// Rectified before it was recorded.
    Rectified,
    /// Rectified and smoothed before it was recorded.
    Enveloped,
    /// The sampling rate is too low.
    SlowRate,
    /// An earlier high-pass took some of the EMG.
    HighPass,
    /// Another channel holds the same samples.
    Duplicate,
    /// Another channel holds some of the same signal.
    Crosstalk,
}

impl Fault {
    /// Whether a channel with it is no raw EMG, so that nothing is to be read from its
    /// spectrum or level.
    pub fn is_no_emg(self) -> bool {
        matches!(
            self,
            Self::Silent
                | Self::MainsOnly
                | Self::NoiseOnly
                | Self::NoActivity
                | Self::OpenInput
                | Self::Tone
                | Self::Rectified
                | Self::Enveloped
        )
    }

    /// What it is called beside the time of an epoch.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing samples",
            Self::Flat => "flat",
            Self::Clipping => "clipping",
            Self::Motion => "power outside the band",
            Self::Spikes => "spikes",
            Self::Knocks => "knocks",
            Self::Heart => "heart beats",
            _ => "other",
        }
    }
}

/// One thing that was found wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What it is.
    pub fault: Fault,
    /// The verdict that it leads to.
    pub verdict: Verdict,
    /// It in words, with its figures.
    pub text: String,
}

impl Reason {
    /// Whether it makes the channel no EMG: hum that filtering took out does not.
    pub fn is_no_emg(&self) -> bool {
        let taken_out = self.fault == Fault::MainsOnly && self.verdict != Verdict::Bad;
        self.fault.is_no_emg() && !taken_out
    }
}
