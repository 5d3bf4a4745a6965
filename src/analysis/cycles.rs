//! Cycles: a movement that is repeated, one cycle upon the other.
//!
//! A cycle of a leg begins with the touchdown of its own foot and ends with the next one.
//! Touchdowns come from events (an event file, `study.toml`, cues) or from force plates
//! and foot switches, as the recording was understood. Where there are none, cycles may be taken from the rhythm of a
//! muscle, from one rise to the next, which is no heel strike and is never called so.
//! Every cycle of the envelope is brought to 101 points, 0 to 100 %, before cycles are
//! averaged (Winter & Yack 1987).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan::Scan;
use super::{Analysis, Digest, Digests, Ground};
use crate::dsp::time_normalisation::Interpolation;
use crate::outcome::fact::Fact;
use crate::outcome::{Outcome, Section};
use crate::settings::WORD;
use crate::signal::{Event, Muscle, Side};

mod alike;
mod course;
mod facts;
mod figures;
mod headline;
mod notes;
mod rhythm;
mod rows;
mod strides;
mod testable;
mod timing;

pub use crate::dsp::ensemble::POINTS;
pub use course::{Cycle, CycleCourse, CycleState, GaitPhase, Stance};
pub(super) use course::{KeptEnvelope, follows};
pub(super) use facts::{
    BURST_DURATION_PERCENT, BURST_OFFSET_PERCENT, BURST_ONSET_PERCENT,
    BURST_PEAK_PERCENT, CYCLE_MEAN, CYCLE_PEAK,
};
pub use facts::{MEASURES, SECTION};
pub(super) use figures::swing;
pub use strides::{Stride, Strides};
pub(super) use testable::{take_turns, untestable};
pub use timing::{BurstTiming, timings};

/// The settings of the cycles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cycles {
    /// What cycles are taken from.
    pub from: CycleSource,
    /// The label of the events at which a cycle begins. Without it every usual name of a
    /// touchdown is known (touchdown, heel strike, initial contact, foot strike, RHS,
    /// L_IC, …).
    #[schemars(regex(pattern = WORD))]
    pub start: Option<String>,
    /// The label of the events that part a cycle in two phases. Without it every usual
    /// name of a lift-off is known.
    #[schemars(regex(pattern = WORD))]
    pub part: Option<String>,
    /// How the envelope is found between its samples.
    pub interpolation: Interpolation,
    /// Cycles whose duration lies further from the median than so many median absolute
    /// deviations (times 1.4826), and than 5 %, are left out.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub most_deviant: f64,
}

/// What cycles are taken from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum CycleSource {
    /// Events where they make a whole cycle, else the rhythm of a muscle where it has
    /// one.
    #[default]
    Auto,
    /// Events alone.
    Events,
    /// The rhythm of a muscle, whatever the events say.
    Rhythm,
}

impl Default for Cycles {
    fn default() -> Self {
        Self {
            from: CycleSource::Auto,
            start: None,
            part: None,
            interpolation: Interpolation::Linear,
            most_deviant: 3.0,
        }
    }
}

/// What the cycles of a leg were taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CycleOrigin {
    /// Events with this label.
    Events(String),
    /// The rises of a channel.
    Rhythm {
        /// The channel.
        channel: String,
        /// Its muscle, where it is known.
        muscle: Option<Muscle>,
    },
}

impl CycleOrigin {
    /// From where to where a cycle goes, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Events(label) => format!("from {label} to {label}"),
            Self::Rhythm { channel, muscle } => {
                let of = muscle.map_or("the channel", Muscle::name);
                format!(
                    "from one rise of {of} ({channel}) to the next, which is no heel strike"
                )
            }
        }
    }

    /// Whether cycles of two legs begin at the same point of the movement.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Events(one), Self::Events(other)) => one == other,
            (Self::Rhythm { muscle: one, .. }, Self::Rhythm { muscle: other, .. }) => {
                one == other
            }
            _ => false,
        }
    }
}

impl Cycles {
    /// The cycles of a channel that events tell, cut while its samples are at hand.
    pub(super) fn course_of(&self, scan: &Scan<'_>, events: &[Event]) -> CycleCourse {
        if self.from == CycleSource::Rhythm {
            return CycleCourse::none(
                scan,
                &[],
                "cycles are taken from the rhythm of a muscle".into(),
            );
        }
        let side = scan.trace.label.side;
        match Strides::from_events(self, events, side) {
            Ok(strides) => match CycleCourse::cut(scan, strides, self.interpolation) {
                course
                    if course
                        .cycles
                        .iter()
                        .all(|cycle| cycle.state == CycleState::Outside) =>
                {
                    CycleCourse::none(scan, &[], outside(scan, events))
                }
                course => course,
            },
            Err(reason) => CycleCourse::none(scan, &self.stances_s(events, side), reason),
        }
    }

    /// Gives the legs the cycles of the rhythm of one of their muscles where events make
    /// none, for no leg: cycles of two legs that begin at different points of the
    /// movement could not be compared.
    pub(super) fn complete(&self, channels: &mut [Digest]) {
        let from_events = |channel: &Digest| {
            channel.cycles.as_ref().is_some_and(|course| course.strides.is_ok())
        };
        if !self.takes_rhythm() || channels.iter().any(from_events) {
            return;
        }

        for side in [None, Some(Side::Left), Some(Side::Right)] {
            let waits = |channel: &&Digest| channel.label.side == side && waits(channel);
            let leg: Vec<&Digest> = channels.iter().filter(waits).collect();
            let Some(strides) = Strides::from_rhythm(self, &leg) else {
                continue;
            };
            for channel in channels.iter_mut().filter(|channel| waits(&&**channel)) {
                self.cut(channel, &strides);
            }
        }
    }

    /// The envelope of a channel whose cycles may turn out to be those of a rhythm.
    pub(super) fn kept_envelope(
        &self,
        scan: &Scan<'_>,
        course: &CycleCourse,
    ) -> Option<KeptEnvelope> {
        let waits = self.takes_rhythm() && course.strides.is_err() && !scan.silent;
        waits.then(|| KeptEnvelope::of(scan))
    }

    /// Cuts the cycles of a channel out of its envelope.
    fn cut(&self, channel: &mut Digest, strides: &Strides) {
        let Some(kept) = &channel.kept_envelope else {
            return;
        };
        let course = CycleCourse::cut_later(kept, strides.clone(), self.interpolation);
        let stances = channel.cycles.take().map(|course| course.stances);
        channel.cycles =
            Some(CycleCourse { stances: stances.unwrap_or_default(), ..course });
    }
}

/// Whether a channel has no cycles yet.
fn waits(channel: &Digest) -> bool {
    channel.cycles.as_ref().is_some_and(|course| course.strides.is_err())
}

/// Why the cycles of a channel cannot be tested against those of the same muscle of the
/// other leg.
fn out_of_turn(
    channel: &Digest,
    course: &CycleCourse,
    channels: &[Digest],
) -> Option<&'static str> {
    let (muscle, side) = (channel.label.muscle?, channel.label.side?);
    let is_other = |other: &&Digest| {
        other.label.muscle == Some(muscle)
            && other.label.side.is_some_and(|of| of != side)
    };
    channels
        .iter()
        .filter(is_other)
        .find_map(|other| take_turns([course, other.cycles.as_ref()?]))
}

/// Why events make no cycle that lie beyond the recording.
fn outside(scan: &Scan<'_>, events: &[Event]) -> String {
    let trace = scan.trace;
    let times = || events.iter().map(|event| event.time_s);
    let (first, last) = (
        times().fold(f64::INFINITY, f64::min),
        times().fold(f64::NEG_INFINITY, f64::max),
    );
    format!(
        "the events, from {first:.3} to {last:.3} s, leave no whole cycle within the \
         recording, which runs from {:.3} to \
         {:.3} s: do both have one clock?",
        trace.start_s,
        trace.time_s(trace.raw.len())
    )
}

impl Analysis for Cycles {
    type Part = ();

    fn name(&self) -> &'static str {
        "cycles"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Cycles, Ground::Bursts]
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("cycles");
        let courses = recording
            .channels
            .iter()
            .filter_map(|channel| Some((channel, channel.cycles.as_ref()?)));
        let courses: Vec<(&Digest, &CycleCourse)> = courses.collect();
        outcome.headlines.extend(headline::headline(&courses));
        outcome.notes.extend(notes::legs(self, &courses, recording.events));
        if courses
            .iter()
            .all(|(_, course)| course.strides.is_err() && course.stances.is_empty())
        {
            return outcome;
        }
        let alike = alike::AlikeCycles::new(&courses);
        for (channel, course) in courses {
            outcome.measures.extend(rows::measures(channel, course, &alike));
            let testable = untestable(course)
                .or_else(|| out_of_turn(channel, course, recording.channels));
            outcome.cycles.extend(rows::cycles(channel, course, testable));
            outcome.figures.extend(figures::ensemble(channel, course));
        }
        outcome
    }

    fn in_short(&self) -> String {
        format!("mean cycles of {POINTS} points")
    }

    fn describe(&self) -> String {
        let Self { interpolation, most_deviant, .. } = self;
        let how = match interpolation {
            Interpolation::Linear => "linear interpolation",
            Interpolation::Cubic => "a cubic spline",
            Interpolation::Pchip => {
                "monotone cubic interpolation (Fritsch & Butland 1984)"
            }
        };
        let from = match self.from {
            CycleSource::Auto => {
                "events, force plates or foot switches, else from the rhythm of a muscle"
            }
            CycleSource::Events => "events, force plates or foot switches",
            CycleSource::Rhythm => "the rhythm of a muscle",
        };
        format!(
            "Cycles were taken from {from}, those of each leg from its own; cycles with \
             gaps or clipping, and those \
             whose duration lay further from the median than {most_deviant} median \
             absolute deviations (scaled by \
             1.4826) and than 5 %, were left out. The envelope of each cycle was brought \
             to {POINTS} points by {how}. \
             Variance ratios follow Hershler & Milner (1978), coefficients of variation \
             Winter & Yack (1987) and \
             coefficients of multiple correlation Kadaba et al. (1989), with jackknife \
             intervals; phases of the cycle \
             were averaged on the circle (Fisher 1993)."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let read = |text: &str| toml::from_str::<Cycles>(text);
        assert_eq!(read("").unwrap(), Cycles::default());
        let settings =
            read("from = \"events\"\nstart = \"stim\"\ninterpolation = \"cubic\"")
                .unwrap();
        assert_eq!(
            (settings.from, settings.start.as_deref()),
            (CycleSource::Events, Some("stim"))
        );
    }
}
