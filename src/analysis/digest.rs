//! What remains of a channel when its samples are gone.

use super::ChannelParts;
use super::bursts::Bursts;
use super::cycles::{CycleCourse, KeptEnvelope};
use super::known::KnownRest;
use super::levels::Levels;
use super::picture::Picture;
use super::pieces::Pieces;
use super::quality::Judgement;
use super::scan::SILENT;
use super::standing::ReferenceStanding;
use super::thinned::Thinned;
use crate::outcome::fact::Fact;
use crate::outcome::{Measure, Text, Verdict};
use crate::signal::{Event, Label, Legs};
use crate::units::{Hertz, Unit};

/// Everything that the analyses need of one channel, made once while its samples are at
/// hand: some hundred kilobytes a minute, where the trace has some ten megabytes.
///
/// What several analyses stand on is a field of its own and there whichever of them is
/// reported; what a single one needs is its part.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// Its name in the file, muscle and side.
    pub label: Label,
    /// The unit of its samples.
    pub unit: Unit,
    /// The sampling rate.
    pub rate: Hertz,
    /// The time of the first sample on the file's own clock, in seconds.
    pub start_s: f64,
    /// Whether the channel says nothing: no samples, or one value for ever.
    pub silent: bool,
    /// What is 100 % of activation, in the channel's unit; `None` where there is no
    /// reference. It is known only when the whole session is digested.
    pub reference: Option<f64>,
    /// How far that reference can be trusted.
    pub standing: ReferenceStanding,
    /// Its level in the recording of rest of its session; `None` where there is none.
    pub rest: Option<KnownRest>,
    /// Whether it can be trusted.
    pub quality: Judgement,
    /// How strong it is.
    pub amplitude: Levels,
    /// When it is active; `None` where nothing stands on it.
    pub bursts: Option<Bursts>,
    /// What it does cycle by cycle; `None` where nothing stands on it.
    pub cycles: Option<CycleCourse>,
    /// Its envelope as long as the rhythm of its leg is not known; `None` where events
    /// make its cycles, and once [`Analyses::complete`](super::Analyses::complete) was here.
    pub(super) kept_envelope: Option<KeptEnvelope>,
    /// Its envelope at about 100 Hz; `None` where nothing stands on it.
    pub(super) thinned: Option<Thinned>,
    /// Sums over short pieces of it, for levels of several channels.
    pub(super) pieces: Pieces,
    pub(super) picture: Picture,
    /// What each analysis keeps of it for itself.
    pub parts: ChannelParts,
}

impl Digest {
    /// A row of this channel. A value that is not finite becomes empty.
    pub(super) fn row(&self, fact: &Fact, value: f64) -> Measure {
        Measure::new(fact, &self.label, &self.unit, value)
    }

    /// A row without a value, and why.
    pub(super) fn missing(&self, fact: &Fact, reason: impl Into<Text>) -> Measure {
        self.row(fact, f64::NAN).noted(reason)
    }

    /// Whether no number of it can be trusted.
    pub(super) fn is_bad(&self) -> bool {
        self.quality.assessment.verdict == Verdict::Bad
    }

    /// Why it is no EMG of which anything could be told; `None` where it is.
    pub(super) fn no_emg(&self) -> Option<&str> {
        if self.silent { Some(SILENT) } else { self.quality.assessment.no_emg() }
    }
}

/// The EMG channels of one recording, and its events.
#[derive(Debug, Clone, Copy)]
pub struct Digests<'a> {
    /// The channels in the order of the file.
    pub channels: &'a [Digest],
    /// Events on the recording's own clock.
    pub events: &'a [Event],
    /// What is known of the legs of the person.
    pub legs: Legs,
}

impl<'a> Digests<'a> {
    /// The channels of which an analysis kept its part, with that part.
    pub(super) fn with<T>(
        &self,
        part: impl Fn(&'a ChannelParts) -> Option<&'a T>,
    ) -> Vec<(&'a Digest, &'a T)> {
        let known = |channel: &'a Digest| Some((channel, part(&channel.parts)?));
        self.channels.iter().filter_map(known).collect()
    }
}
