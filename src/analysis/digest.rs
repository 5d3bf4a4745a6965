//! What remains of a channel when its samples are gone.

use super::picture::Picture;
use super::quality::{Judgement, SILENT};
use super::scan::Scan;
use super::thinned::Thinned;
use super::{
    Analyses, activity, amplitude, coherence, complexity, cycles, fatigue, symmetry,
};
use crate::outcome::fact::Fact;
use crate::outcome::{Measure, Text};
use crate::signal::{Event, Label, Legs, Trace};
use crate::units::{Hertz, Unit};

/// Everything that the analyses need of one channel, made once while its samples are at
/// hand: some hundred kilobytes a minute, where the trace has some ten megabytes.
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
    /// Whether it can be trusted.
    pub quality: Judgement,
    /// How strong it is.
    pub amplitude: amplitude::Levels,
    /// How it changes; `None` where that is not asked for.
    pub fatigue: Option<fatigue::Followed>,
    /// What is compared with the other side; `None` where that is not asked for, or the
    /// side is not known.
    pub symmetry: Option<symmetry::Comparable>,
    /// When it is active; `None` where that is not asked for.
    pub activity: Option<activity::Bursts>,
    /// How irregular it is; `None` where that is not asked for.
    pub complexity: Option<complexity::Course>,
    /// What it does cycle by cycle; `None` where that is not asked for.
    pub cycles: Option<cycles::Course>,
    /// The spectra of its segments; `None` where that is not asked for, or its muscle is
    /// not compared.
    pub coherence: Option<coherence::Segmented>,
    /// Its envelope at about 100 Hz; `None` where nothing compares channels.
    pub(super) thinned: Option<Thinned>,
    pub(super) picture: Picture,
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

impl Analyses {
    /// Everything that the analyses that are turned on need of a channel. The events are
    /// those of its recording.
    pub fn digest(&self, trace: &Trace, events: &[Event]) -> Digest {
        let scan = Scan::of(trace);
        let Label { muscle, side, .. } = trace.label;
        let symmetry = self.symmetry.on().filter(|_| muscle.is_some() && side.is_some());
        let course = (self.fatigue.on().is_some() || symmetry.is_some())
            .then(|| fatigue::course_of(&scan, events, &self.epochs()));
        let symmetry = symmetry
            .zip(course.as_ref())
            .map(|(settings, course)| settings.comparable(&scan, course));
        Digest {
            label: trace.label.clone(),
            unit: trace.unit.clone(),
            rate: trace.rate,
            start_s: trace.start_s,
            silent: scan.silent,
            reference: None,
            quality: self.quality.judgement(&scan),
            amplitude: amplitude::Levels::of(&scan),
            fatigue: self
                .fatigue
                .on()
                .zip(course)
                .map(|(settings, course)| settings.followed(&scan, course)),
            symmetry,
            activity: self
                .activity
                .on()
                .map(|settings| settings.bursts(&scan, self.epochs().band(trace.rate))),
            complexity: self.complexity.on().map(|settings| settings.course_of(&scan)),
            cycles: self.cycles.on().map(|settings| settings.course_of(&scan, events)),
            coherence: self.coherence.on().and_then(|settings| settings.segmented(&scan)),
            thinned: self.compares_channels().then(|| Thinned::of(&scan)),
            picture: scan.picture,
        }
    }

    /// Adds what a channel can only know of the other channels of its recording: the
    /// rhythm of its leg.
    pub fn complete(&self, channels: &mut [Digest]) {
        if let Some(settings) = self.cycles.on() {
            settings.complete(channels);
        }
    }

    fn compares_channels(&self) -> bool {
        self.cycles.on().is_some()
            || self.symmetry.on().is_some()
            || self.cocontraction.on().is_some()
    }
}
