//! Co-contraction: how much two muscles of one leg are active together, and how soleus
//! and gastrocnemius share the work.
//!
//! Envelopes are read as shares of the session's reference; without one, of each
//! channel's own peak, which is said. The indices are not interchangeable, and the levels
//! stand beside them: two equal envelopes that are next to nothing have the largest index
//! of shape. Crosstalk between neighbours raises all of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cycles::{GaitPhase, timings};
use super::pairs::channel;
use super::{Analysis, Digest, Digests, Ground, pieces};
use crate::dsp::circular::{Circular, difference};
use crate::outcome::fact::{Fact, Relative};
use crate::outcome::{Course, Measure, Note, Outcome, Section};
use crate::signal::{Muscle, Side};
use crate::units::Unit;

mod couples;
mod facts;
mod figures;
mod indices;

use couples::{Couple, CoupleReference, CoupleUnits};
use facts::{
    AGONIST_MEAN, ANTAGONIST_MEAN, ONSET_DIFFERENCE_PERCENT, SOLEUS_GASTROCNEMIUS_RATIO,
};
pub use facts::{MEASURES, SECTION};
pub use indices::{Overlap, OverlapIndex};

/// The fewest cycles of which the interval of an onset is made.
const FEWEST: usize = 5;

/// The settings of co-contraction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoContraction {
    /// The pairs of muscles that are compared on each leg, by their English names: an
    /// agonist and an antagonist.
    pub pairs: Vec<[Muscle; 2]>,
}

impl Default for CoContraction {
    fn default() -> Self {
        let calf = [
            Muscle::Soleus,
            Muscle::GastrocnemiusMedialis,
            Muscle::GastrocnemiusLateralis,
            Muscle::Gastrocnemius,
        ];
        Self { pairs: calf.map(|muscle| [muscle, Muscle::TibialisAnterior]).into() }
    }
}

/// A pair of channels that is compared, and whether that is possible.
type FoundCouple<'a> = (&'a Digest, &'a Digest, std::result::Result<Couple<'a>, String>);

impl CoContraction {
    /// The pairs of a recording, leg by leg.
    fn couples<'a>(&self, channels: &'a [Digest]) -> Vec<FoundCouple<'a>> {
        let legs = [Some(Side::Left), Some(Side::Right), None];
        let pairs = legs
            .into_iter()
            .flat_map(|side| self.pairs.iter().map(move |pair| (side, pair)));
        let found = pairs.filter_map(|(side, &[agonist, antagonist])| {
            let (one, other) =
                (channel(channels, agonist, side)?, channel(channels, antagonist, side)?);
            Some((one, other, Couple::lay_together(one, other)))
        });
        found.collect()
    }
}

/// Soleus and each part of gastrocnemius of every leg.
fn calves(channels: &[Digest]) -> Vec<FoundCouple<'_>> {
    let heads = [
        Muscle::GastrocnemiusMedialis,
        Muscle::GastrocnemiusLateralis,
        Muscle::Gastrocnemius,
    ];
    let legs = [Some(Side::Left), Some(Side::Right), None];
    let pairs = legs.into_iter().flat_map(|side| heads.map(|head| (side, head)));
    let found = pairs.filter_map(|(side, head)| {
        let (one, other) =
            (channel(channels, Muscle::Soleus, side)?, channel(channels, head, side)?);
        Some((one, other, Couple::lay_together(one, other)))
    });
    found.collect()
}

impl Analysis for CoContraction {
    type Part = ();

    fn name(&self) -> &'static str {
        "cocontraction"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Bursts, Ground::Cycles, Ground::Envelope]
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("cocontraction");
        let (couples, calves) =
            (self.couples(recording.channels), calves(recording.channels));
        for (one, other, couple) in &couples {
            outcome.measures.extend(index_rows((one, other), couple));
            outcome.figures.extend(couple.as_ref().ok().and_then(figures::overlap));
        }
        for (one, other, couple) in &calves {
            outcome.measures.extend(share_rows((one, other), couple));
            outcome.courses.extend(couple.as_ref().ok().and_then(shares));
        }
        outcome.notes.extend(notes(&couples, &calves));
        outcome
    }

    fn in_short(&self) -> String {
        "co-contraction (Falconer & Winter 1985)".to_owned()
    }

    fn describe(&self) -> String {
        "Co-contraction of two muscles of a leg was told by the common area of their \
             normalised envelopes (Falconer & \
             Winter 1985), the mean of smaller over larger times their sum (Rudolph et \
             al. 2000), the wasted contraction \
             (Banks et al. 2017) and Jaccard's index; soleus and gastrocnemius were \
             compared by the ratio of their mean \
             normalised envelopes. Intervals are Student's t intervals of the logarithm \
             over cycles, neighbours that are alike counted for fewer; where there are \
             none, over the whole cycles of a rhythm of both envelopes, else over the \
             slowest waves of the recording (Lazarus et al. 2018)."
            .into()
    }
}

/// Two channels of one leg.
type Leg<'a> = (&'a Digest, &'a Digest);

/// A row of two channels.
fn row(pair: Leg<'_>, fact: &Fact, value: f64) -> Measure {
    let labels = [&pair.0.label, &pair.1.label];
    Measure::new_pair(fact, labels, &pair.0.unit, value)
}

/// The rows of all indices of a pair, of the whole cycle and of its phases.
fn index_rows(
    pair: Leg<'_>,
    couple: &std::result::Result<Couple<'_>, String>,
) -> Vec<Measure> {
    let couple = match couple {
        Ok(couple) => couple,
        Err(reason) => {
            let missing = |index: OverlapIndex| {
                row(pair, &index.fact(), f64::NAN).noted(reason.clone())
            };
            return OverlapIndex::ALL.map(missing).into();
        }
    };

    let mut rows = Vec::new();
    for phase in GaitPhase::ALL {
        let mut add = |fact: Fact, (factor, most): (f64, f64), of: Parts<'_>| {
            rows.extend(ratio_row(couple, phase, &Ratio { fact, factor, most, of }));
        };
        for index in OverlapIndex::ALL {
            let scale = (index.factor(), index.most());
            add(index.fact(), scale, &|overlap| index.parts(overlap));
        }
        let level = |area: f64, overlap: &Overlap| [area, overlap.points - 1.0];
        let scale = (100.0, f64::INFINITY);
        add(AGONIST_MEAN, scale, &|overlap| level(overlap.first, overlap));
        add(ANTAGONIST_MEAN, scale, &|overlap| level(overlap.second, overlap));
    }
    rows
}

/// What is above and what is below the line, of what two envelopes have in common.
type Parts<'a> = &'a dyn Fn(&Overlap) -> [f64; 2];

/// A ratio of sums over cycles or the recording.
struct Ratio<'a> {
    fact: Fact,
    /// What it is multiplied with.
    factor: f64,
    /// What it cannot exceed before.
    most: f64,
    of: Parts<'a>,
}

/// The overlaps of the cycles or stretches of a couple in a phase.
fn overlaps(couple: &Couple<'_>, phase: GaitPhase) -> Vec<Overlap> {
    let units = couple.units.of_phase(phase);
    units.iter().map(|[one, other]| Overlap::measure(one, other)).collect()
}

/// The row of a ratio in a phase, with what it is of and what is its 100 %; `None` where
/// the phase is not known.
fn ratio_row(
    couple: &Couple<'_>,
    phase: GaitPhase,
    ratio: &Ratio<'_>,
) -> Option<Measure> {
    let overlaps = overlaps(couple, phase);
    let total =
        |sum: [f64; 2], [above, below]: [f64; 2]| [sum[0] + above, sum[1] + below];
    let [above, below] = overlaps.iter().map(ratio.of).fold([0.0; 2], total);
    if overlaps.is_empty() {
        return None;
    }
    let blank = row((couple.one, couple.other), &ratio.fact, f64::NAN);
    let value = above / below;
    if !value.is_finite() {
        return Some(told_of(blank, couple, phase, "both envelopes are 0"));
    }
    let row = Measure { value: Some(ratio.factor * value), ..blank };
    Some(match couple.units.precision(phase, ratio.of) {
        Err(reason) => {
            let n = match couple.units {
                CoupleUnits::Cycles(_) => Some(overlaps.len()),
                CoupleUnits::Whole(_) => None,
            };
            told_of(Measure { n, ..row }, couple, phase, reason)
        }
        Ok(precision) => {
            let reach = reference_reach(couple, phase, ratio);
            let far = |by: f64| libm::hypot(libm::log(by), reach);
            let (low, high) = precision.factors();
            let (low, high) = (libm::exp(-far(low)), libm::exp(far(high)));
            let end = |by: f64| ratio.factor * (value * by).min(ratio.most.max(value));
            let row = row.within(end(low), end(high)).from_n(precision.basis().count());
            told_of(row, couple, phase, &pieces::words(precision))
        }
    })
}

/// How far the logarithm of a ratio moves with the references of both muscles: half the
/// difference that either of both makes at the ends of its interval, squares added.
fn reference_reach(couple: &Couple<'_>, phase: GaitPhase, ratio: &Ratio<'_>) -> f64 {
    if couple.reference != CoupleReference::Session {
        return 0.0;
    }
    let units = couple.units.of_phase(phase);
    let moved = |by: [f64; 2]| {
        let times = |curve: &[f64], by: f64| {
            curve.iter().map(|value| by * value).collect::<Vec<f64>>()
        };
        let parts = units.iter().map(|[one, other]| {
            (ratio.of)(&Overlap::measure(&times(one, by[0]), &times(other, by[1])))
        });
        let [above, below] =
            parts.fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]]);
        libm::log(above / below)
    };
    let reaches = [couple.one, couple.other].map(|channel| channel.standing.reach);
    let half = |side: usize| {
        let reach = reaches[side].filter(|reach| *reach > 0.0)?;
        let by = |reach: f64| {
            let mut by = [1.0; 2];
            by[side] = libm::exp(reach);
            moved(by)
        };
        Some(0.5 * (by(reach) - by(-reach)).abs()).filter(|half| half.is_finite())
    };
    libm::hypot(half(0).unwrap_or(0.0), half(1).unwrap_or(0.0))
}

/// The row of a phase, with what it is of, what is its 100 %, and what else is to be
/// said.
fn told_of(row: Measure, couple: &Couple<'_>, phase: GaitPhase, known: &str) -> Measure {
    let (word, words) = (couple.units.word(), couple.reference.words());
    let note = format!("of {word}; 100 % is {words}; {known}");
    let row = row.of_part(phase.part()).noted(note);
    match couple.reference {
        CoupleReference::Peak => row.relative_to(Relative::OwnPeak),
        _ => row,
    }
}

/// How soleus and gastrocnemius share the work, and which of both comes first.
fn share_rows(
    pair: Leg<'_>,
    couple: &std::result::Result<Couple<'_>, String>,
) -> Vec<Measure> {
    let couple = match couple {
        Ok(couple) => couple,
        Err(reason) => {
            let row = row(pair, &SOLEUS_GASTROCNEMIUS_RATIO, f64::NAN);
            return vec![row.noted(reason.clone())];
        }
    };

    let ratio = Ratio {
        fact: SOLEUS_GASTROCNEMIUS_RATIO,
        factor: 1.0,
        most: f64::INFINITY,
        of: &|overlap| [overlap.first, overlap.second],
    };
    let mut rows: Vec<Measure> = GaitPhase::ALL
        .into_iter()
        .filter_map(|phase| ratio_row(couple, phase, &ratio))
        .collect();
    rows.extend(onset_difference(pair));
    rows
}

/// By how much of the cycle the strongest burst of soleus begins after that of
/// gastrocnemius.
fn onset_difference(pair: Leg<'_>) -> Option<Measure> {
    let (one, other) = (pair.0.cycles.as_ref()?, pair.1.cycles.as_ref()?);
    let starts = |channel: &Digest, course: &super::cycles::CycleCourse| {
        timings(channel, course.cycles.iter())
    };
    let onsets = starts(pair.0, one).into_iter().zip(starts(pair.1, other));
    let apart: Vec<f64> = onsets
        .filter_map(|(one, other)| Some(difference(one?.onset, other?.onset, 100.0)))
        .collect();
    let circular = Circular::measure(&apart, 100.0)?;
    let value = difference(circular.mean()?, 0.0, 100.0);
    let found = row(pair, &ONSET_DIFFERENCE_PERCENT, value).from_n(apart.len());
    let found = found.noted("in % of the cycle: above 0 when soleus begins later");
    let reach = circular
        .mean_interval()
        .filter(|_| apart.len() >= FEWEST)
        .map(|(low, high)| (high - low) / 2.0);
    Some(reach.map_or(found.clone(), |reach| found.within(value - reach, value + reach)))
}

/// The ratio of soleus to gastrocnemius in each cycle.
fn shares(couple: &Couple<'_>) -> Option<Course> {
    let CoupleUnits::Cycles(cycles) = &couple.units else {
        return None;
    };
    let ratio = |[one, other]: &[Vec<f64>; 2]| {
        let overlap = Overlap::measure(one, other);
        Some(overlap.first / overlap.second).filter(|ratio| ratio.is_finite())
    };
    Some(Course {
        name: SOLEUS_GASTROCNEMIUS_RATIO.name.into(),
        channel: format!("{} ~ {}", couple.one.label.name, couple.other.label.name),
        unit: Unit::ONE,
        time_s: cycles.iter().map(|(stride, _)| stride.from_s).collect(),
        value: cycles.iter().map(|(_, curves)| ratio(curves)).collect(),
    })
}

fn notes(couples: &[FoundCouple<'_>], calves: &[FoundCouple<'_>]) -> Vec<Note> {
    let mut notes = Vec::new();
    if couples.is_empty() && calves.is_empty() {
        return notes;
    }
    let all =
        || couples.iter().chain(calves).filter_map(|(.., couple)| couple.as_ref().ok());
    if all().any(|couple| couple.reference == CoupleReference::Peak) {
        notes.push(Note::caution(
            "Co-contraction and the share of soleus and gastrocnemius use each channel's \
             own peak in this recording as its \
             100 %, because there is no reference of both muscles: they cannot be \
             compared with other recordings or people.",
        ));
    }
    for (one, other, couple) in couples {
        if let Err(reason) = couple {
            let pair = format!("{} and {}", one.label.name, other.label.name);
            notes.push(Note::info(format!(
                "{pair}: no co-contraction, because {reason}."
            )));
        }
    }
    if !couples.is_empty() {
        notes.push(Note::info(
            "The indices of co-contraction answer different questions and cannot replace \
             each other; crosstalk between \
             neighbouring muscles raises all of them.",
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let settings: CoContraction =
            toml::from_str("pairs = [[\"soleus\", \"peroneus longus\"]]").unwrap();
        assert_eq!(settings.pairs, [[Muscle::Soleus, Muscle::PeroneusLongus]]);
    }
}
