//! Symmetry: the left channel of a muscle compared with the right one of the same
//! recording.
//!
//! Electrode placement and skin alone make the volts of two legs differ, so that sides
//! are compared in activation where both have a maximal reference; what is in volts stands
//! beside it, and no side is named in it. No limit separates symmetric from asymmetric.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::curves::CurveComparison;
use super::fatigue::{EpochCourse, Quantity, Task};
use super::quality::are_copies;
use super::{Analysis, AtHand, Digest, Digests, Ground};
use crate::dsp::bootstrap::{Draws, Resampling};
use crate::dsp::dependence::Dependence;
use crate::outcome::fact::Fact;
use crate::outcome::{Measure, Note, Outcome, Section, Text};
use crate::settings::LARGEST_SEED;
use crate::signal::Legs;
use crate::words::capitalised;

mod agreement;
mod contrast;
mod facts;
mod figures;
mod headline;
mod indices;
mod members;
mod quantities;
mod rows;
mod strides;
mod timing;
mod waveform;

pub use facts::{MEASURES, SECTION};
use waveform::Curved;

pub use indices::{angle, gait_asymmetry, index, limb_symmetry, over_max};

/// A left and a right channel of one muscle.
pub type Pair<'a> = super::pairs::Pair<'a, Comparable>;

/// The pairs of a recording, and what is to be said about channels that found no partner
/// or had a choice.
pub fn pairs(channels: &[Digest]) -> (Vec<Pair<'_>>, Vec<Note>) {
    super::pairs::pairs(channels, |channel| channel.parts.symmetry.as_ref())
}

/// The fewest blocks of which an interval is made.
const FEWEST_BLOCKS: usize = 5;

/// The settings of the comparison of sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Symmetry {
    /// How many replicates are drawn.
    #[schemars(range(min = 100, max = 100_000))]
    pub replicates: usize,
    /// The seed of the generator (SplitMix64): the same seed gives the same interval.
    #[schemars(range(max = LARGEST_SEED))]
    pub seed: u64,
    /// How far the envelopes are moved against each other, in seconds.
    #[schemars(range(min = 0.01, max = 60.0), extend("unit" = "s"))]
    pub max_lag_s: f64,
    /// What the cycles of both sides are compared in.
    pub curves: Curves,
    /// How the cycles of both sides are compared point by point.
    pub test: CurveComparison,
}

/// What curves of both sides are compared in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Curves {
    /// Activation where both sides have a maximal reference, else shape: in volts two
    /// legs differ through skin and electrode placement alone.
    #[default]
    Auto,
    /// Per cent of the reference.
    Activation,
    /// Per cent of each side's own mean over the cycle: electrode placement and skin do
    /// not matter, nor does the level. Where a part of one side is larger, its rest is
    /// smaller.
    Shape,
    /// The unit of the file.
    Amplitude,
}

impl Default for Symmetry {
    fn default() -> Self {
        Self {
            replicates: 2000,
            seed: 2024,
            max_lag_s: 1.0,
            curves: Curves::Auto,
            test: CurveComparison::default(),
        }
    }
}

impl Symmetry {
    /// Compares the cycles of both sides point by point, or says why not.
    fn compare_curves(
        &self,
        curved: Curved<'_>,
        alike: Dependence,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), String> {
        outcome.figures.extend(figures::overlay(&curved));
        let test = curved.test(&self.test, alike, self.seed)?;
        outcome.notes.extend(curved.notes(&test));
        outcome.figures.extend(curved.figure(&test));
        outcome.curve_tests.push(test);
        Ok(())
    }

    /// How alike cycles are that follow each other, in all pairs together.
    fn alike(&self, pairs: &[Pair<'_>]) -> Dependence {
        let curved = pairs.iter().filter_map(|pair| Curved::new(*pair, self.curves));
        Dependence::joined(curved.flatten().map(|curved| curved.dependence))
    }

    fn resampling(&self) -> Resampling {
        Resampling { replicates: self.replicates, seed: self.seed }
    }
}

/// What is compared of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparable {
    /// The median frequency, an epoch a block.
    medians: Blocks,
    /// Where the epochs lie.
    epochs: Vec<Range<usize>>,
    /// What they are: windows, contractions, parts between events.
    kind: std::mem::Discriminant<Task>,
}

impl Comparable {
    /// What is compared of a channel with the epochs of this course.
    fn of_course(course: &EpochCourse) -> Self {
        let medians = || course.epochs.iter().map(|epoch| epoch.value(Quantity::Mdf));
        let medians = Blocks {
            sums: medians().map(|median| median.unwrap_or(0.0)).collect(),
            counts: medians()
                .map(|median| f64::from(u8::from(median.is_some())))
                .collect(),
        };
        let epochs = course.epochs.iter().map(|epoch| epoch.span.clone()).collect();
        let kind = std::mem::discriminant(&course.task);
        Self { medians, epochs, kind }
    }
}

impl Analysis for Symmetry {
    type Part = Comparable;

    fn name(&self) -> &'static str {
        "symmetry"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Bursts, Ground::Cycles, Ground::Epochs, Ground::Envelope]
    }

    fn part(&self, at_hand: &AtHand<'_>) -> Option<Comparable> {
        let label = &at_hand.trace().label;
        let paired = label.muscle.is_some() && label.side.is_some();
        let course = at_hand.epochs.as_ref().filter(|_| paired)?;
        Some(Comparable::of_course(course))
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("symmetry");
        let (pairs, notes) = pairs(recording.channels);
        outcome.notes.extend(notes);

        // Muscles that share a reason share a sentence.
        let mut untested: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut comparison = Comparison {
            settings: self,
            legs: recording.legs,
            alike: self.alike(&pairs),
            alike_members: quantities::alike(&pairs),
            drawn: Vec::new(),
        };
        for pair in &pairs {
            if let Err(reason) = comparison.compare(*pair, &mut outcome) {
                untested.entry(reason).or_default().push(pair.muscle.name());
            }
        }

        let told = headline::headline(&pairs, recording.legs, &outcome.measures);
        outcome.headlines.extend(told);
        outcome.notes.extend(what_it_is(&pairs));
        outcome.notes.extend(untested.into_iter().map(|(reason, muscles)| {
            let muscles = capitalised(&muscles.join(", "));
            Note::info(format!(
                "{muscles}: no test where in the cycle the sides differ: {reason}."
            ))
        }));
        outcome.notes.extend(waveform::caution(&outcome.curve_tests));
        outcome.notes.extend(waveform::equal(&outcome.curve_tests));
        outcome.notes.extend(of_one_person(&outcome));
        outcome
    }

    fn in_short(&self) -> String {
        "left against right (Robinson et al. 1987)".to_owned()
    }

    fn describe(&self) -> String {
        let Self { replicates, seed, max_lag_s, .. } = self;
        format!(
            "Left and right channels of a muscle were compared by the symmetry index \
             (Robinson et al. 1987), the ratio, \
             the symmetry angle (Zifchock et al. 2008), the logarithmic gait asymmetry \
             (Plotnik et al. 2005) and the \
             difference over the larger side; 95 % intervals of levels of the recording \
             are Student's t intervals of the logarithm of left over right, over the \
             whole cycles of a rhythm of each side, neighbours that are alike counted \
             for fewer (Welch 1947), else over the slowest waves of the difference \
             (Lazarus et al. 2018); those of what is measured of epochs, cycles or \
             bursts over these, each for as many as are independent (Marriott & Pope \
             1954). Phases and mean cycles have expanded percentiles (Hesterberg 2015) of \
             {replicates} bootstrap replicates of cycles (SplitMix64, seed {seed}). \
             Envelopes were compared by their highest correlation within ± {max_lag_s} s, \
             beside what independent sides have, mean cycles by circular correlation, trend \
             symmetry (Crenshaw & Richards 2006) and the normalised symmetry index \
             (Gouwanda & Senanayake 2011)."
        )
    }

    fn describe_tests(&self) -> Option<String> {
        Some(self.test.describe())
    }
}

/// How many sets of draws are kept: the pairs of a recording nearly always share one.
const MOST_DRAWN: usize = 8;

/// The comparison of one recording, with what was drawn for its intervals.
struct Comparison<'a> {
    settings: &'a Symmetry,
    legs: Legs,
    /// How alike the cycles of all muscles are that follow each other.
    alike: Dependence,
    /// How alike neighbouring members of each quantity are, in all pairs together.
    alike_members: BTreeMap<&'static str, Dependence>,
    drawn: Vec<Draws>,
}

impl Comparison<'_> {
    /// Everything that is said of a pair; or why its cycles were not tested, where there
    /// are some of both sides.
    fn compare(
        &mut self,
        pair: Pair<'_>,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), String> {
        outcome.measures.extend(self.indices(pair));
        outcome.measures.extend(self.timing(pair));
        let curved = Curved::new(pair, self.settings.curves);
        outcome.measures.extend(self.waveforms(pair, curved.as_ref()));
        let tested = curved
            .map(|curved| self.settings.compare_curves(curved?, self.alike, outcome))
            .unwrap_or(Ok(()));
        outcome.measures.extend(self.agreement(pair));
        outcome.notes.extend(quality_notes(pair));
        tested
    }

    /// The draws of blocks for samples of these sizes.
    fn draws(&mut self, sizes: &[usize]) -> &Draws {
        let known = self.drawn.iter().position(|draws| draws.sizes() == sizes);
        let place = known.unwrap_or_else(|| {
            self.drawn.truncate(MOST_DRAWN - 1);
            self.drawn.insert(0, self.settings.resampling().draw(sizes));
            0
        });
        &self.drawn[place]
    }
}

/// What the comparison of sides can say at all.
fn what_it_is(pairs: &[Pair<'_>]) -> Vec<Note> {
    if pairs.is_empty() {
        return vec![Note::info(
            "No muscle was recorded on both sides, so there is nothing to compare.",
        )];
    }
    let (known, unknown): (Vec<Pair<'_>>, Vec<Pair<'_>>) =
        pairs.iter().copied().partition(|pair| pair.has_maxima());
    let names = |pairs: &[Pair<'_>]| {
        let names: Vec<&str> = pairs.iter().map(|pair| pair.muscle.name()).collect();
        capitalised(&names.join(", "))
    };
    let told = (!known.is_empty()).then(|| {
        Note::info(format!(
            "{}: the sides are compared in activation; what is in volts stands in the \
             details, since electrode placement and skin alone make the volts of two legs \
             differ.",
            names(&known)
        ))
    });
    let caution = (!unknown.is_empty()).then(|| {
        Note::caution(format!(
            "{}: no side is named the larger one, because there is no reference (a trial \
             of role mvc) of both sides: electrode placement and skin alone make the volts \
             of two legs differ. Compare them within one session only.",
            names(&unknown)
        ))
    });
    caution.into_iter().chain(told).collect()
}

fn of_one_person(outcome: &Outcome) -> Option<Note> {
    (!outcome.curve_tests.is_empty()).then(|| {
        Note::info(
            "Where in the cycle sides differ was tested on strides of one person: it \
             says nothing about other people. \
             Several muscles are several tests, for which nothing was corrected.",
        )
    })
}

fn quality_notes(pair: Pair<'_>) -> Vec<Note> {
    let copied = are_copies(pair.left, pair.right).then(|| {
        let (one, other) = (&pair.left.label.name, &pair.right.label.name);
        Note::caution(format!(
            "{one} and {other} hold the same signal, so that comparing them says nothing."
        ))
    });
    let bad = |side: &&Digest| side.is_bad();
    let note = |side: &Digest| {
        let (name, muscle) = (&side.label.name, pair.muscle.name());
        Note::caution(format!(
            "{muscle}: {name} is bad, so its comparison with the other side says little."
        ))
    };
    [pair.left, pair.right].into_iter().filter(bad).map(note).chain(copied).collect()
}

/// Which side is no EMG, and why; `None` when both are.
fn obstacle(pair: Pair<'_>) -> Option<String> {
    let reason = |side: &Digest| {
        side.no_emg().map(|reason| format!("{}: {reason}", side.label.name))
    };
    [pair.left, pair.right].into_iter().find_map(reason)
}

impl Pair<'_> {
    /// Whether both sides have a reference that was meant to be a maximum.
    fn has_maxima(self) -> bool {
        let known = |side: &Digest| side.reference.is_some() && side.standing.is_maximum;
        known(self.left) && known(self.right)
    }

    /// A row of both sides, in the unit of the left one.
    fn row(self, fact: &Fact, value: f64) -> Measure {
        let labels = [&self.left.label, &self.right.label];
        Measure::new_pair(fact, labels, &self.left.unit, value)
    }

    /// A row without a value, and why.
    fn missing(self, fact: &Fact, reason: impl Into<Text>) -> Measure {
        self.row(fact, f64::NAN).noted(reason)
    }
}
