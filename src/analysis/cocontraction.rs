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
use super::{Analysis, Digest, Digests, Ground};
use crate::dsp::bootstrap::{Draws, Resampling, bca_interval, block_length, drawn};
use crate::dsp::circular::{Circular, difference};
use crate::outcome::fact::{Fact, Relative};
use crate::outcome::{Course, Measure, Note, Outcome, Section};
use crate::settings::LARGEST_SEED;
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

/// The fewest cycles or blocks of which an interval is made.
const FEWEST: usize = 5;

/// The settings of co-contraction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoContraction {
    /// The pairs of muscles that are compared on each leg, by their English names: an
    /// agonist and an antagonist.
    pub pairs: Vec<[Muscle; 2]>,
    /// How many replicates are drawn for an interval.
    #[schemars(range(min = 100, max = 100_000))]
    pub replicates: usize,
    /// The seed of the generator (SplitMix64).
    #[schemars(range(max = LARGEST_SEED))]
    pub seed: u64,
}

impl Default for CoContraction {
    fn default() -> Self {
        let calf = [
            Muscle::Soleus,
            Muscle::GastrocnemiusMedialis,
            Muscle::GastrocnemiusLateralis,
            Muscle::Gastrocnemius,
        ];
        Self {
            pairs: calf.map(|muscle| [muscle, Muscle::TibialisAnterior]).into(),
            replicates: 2000,
            seed: 2024,
        }
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
        let mut draws = Drawn {
            resampling: Resampling { replicates: self.replicates, seed: self.seed },
            kept: Vec::new(),
        };
        let (couples, calves) =
            (self.couples(recording.channels), calves(recording.channels));
        for (one, other, couple) in &couples {
            outcome.measures.extend(index_rows((one, other), couple, &mut draws));
            outcome.figures.extend(couple.as_ref().ok().and_then(figures::overlap));
        }
        for (one, other, couple) in &calves {
            outcome.measures.extend(share_rows((one, other), couple, &mut draws));
            outcome.courses.extend(couple.as_ref().ok().and_then(shares));
        }
        outcome.notes.extend(notes(&couples, &calves));
        outcome
    }

    fn describe(&self) -> String {
        format!(
            "Co-contraction of two muscles of a leg was told by the common area of their \
             normalised envelopes (Falconer & \
             Winter 1985), the mean of smaller over larger times their sum (Rudolph et \
             al. 2000), the wasted contraction \
             (Banks et al. 2017) and Jaccard's index; soleus and gastrocnemius were \
             compared by the ratio of their mean \
             normalised envelopes. Intervals are bias-corrected and accelerated from {} \
             bootstrap replicates of cycles, or \
             of blocks of 1 s where there are no cycles (SplitMix64, seed {}).",
            self.replicates, self.seed
        )
    }
}

/// What was drawn for intervals: pairs of one leg mostly share it.
struct Drawn {
    resampling: Resampling,
    kept: Vec<Draws>,
}

impl Drawn {
    fn draws(&mut self, size: usize) -> &Draws {
        let known = self.kept.iter().position(|draws| draws.sizes() == [size]);
        let place = known.unwrap_or_else(|| {
            self.kept.push(self.resampling.draw(&[size]));
            self.kept.len() - 1
        });
        &self.kept[place]
    }

    /// The ratio of two sums over members, and its interval; in blocks where members that
    /// follow each other are alike.
    fn ratio(&mut self, members: &[[f64; 2]]) -> Option<(f64, Option<(f64, f64)>)> {
        let total = |members: &[[f64; 2]]| {
            members.iter().fold([0.0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]])
        };
        let of = |[above, below]: [f64; 2]| above / below;
        let all = total(members);
        let estimate = Some(of(all)).filter(|ratio| ratio.is_finite())?;
        let each: Vec<f64> = members
            .iter()
            .map(|member| of(*member))
            .filter(|ratio| ratio.is_finite())
            .collect();
        let blocks: Vec<[f64; 2]> =
            members.chunks(block_length(&each)).map(total).collect();
        if blocks.len() < FEWEST {
            return Some((estimate, None));
        }
        let mut replicates =
            self.draws(blocks.len()).replicates(|times| of(drawn(&blocks, times)));
        replicates.retain(|ratio| ratio.is_finite());
        let jackknife =
            blocks.iter().map(|one| of([all[0] - one[0], all[1] - one[1]])).collect();
        Some((estimate, bca_interval(&replicates, estimate, &[jackknife])))
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
    draws: &mut Drawn,
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
        let overlaps = overlaps(couple, phase);
        if overlaps.is_empty() {
            continue;
        }

        let mut add = |fact: Fact, factor: f64, of: &dyn Fn(&Overlap) -> [f64; 2]| {
            let members: Vec<[f64; 2]> = overlaps.iter().map(of).collect();
            let row = ratio_row(pair, &fact, (factor, &members), draws);
            rows.push(told_of(row, couple, phase));
        };
        for index in OverlapIndex::ALL {
            add(index.fact(), index.factor(), &|overlap| index.parts(overlap));
        }
        let level = |area: f64, overlap: &Overlap| [area, overlap.points - 1.0];
        add(AGONIST_MEAN, 100.0, &|overlap| level(overlap.first, overlap));
        add(ANTAGONIST_MEAN, 100.0, &|overlap| level(overlap.second, overlap));
    }
    rows
}

/// The overlaps of the cycles or blocks of a couple in a phase.
fn overlaps(couple: &Couple<'_>, phase: GaitPhase) -> Vec<Overlap> {
    let units = couple.units.of_phase(phase);
    units.iter().map(|[one, other]| Overlap::measure(one, other)).collect()
}

/// The row of a phase, with what it is of and what is its 100 %.
fn told_of(row: Measure, couple: &Couple<'_>, phase: GaitPhase) -> Measure {
    let note =
        format!("of {}; 100 % is {}", couple.units.word(), couple.reference.words());
    let row = row.of_part(phase.part()).noted(note);
    match couple.reference {
        CoupleReference::Peak => row.relative_to(Relative::OwnPeak),
        _ => row,
    }
}

/// The row of a ratio of sums over members, times a factor.
fn ratio_row(
    pair: Leg<'_>,
    fact: &Fact,
    (factor, members): (f64, &[[f64; 2]]),
    draws: &mut Drawn,
) -> Measure {
    match draws.ratio(members) {
        None => row(pair, fact, f64::NAN).noted("both envelopes are 0"),
        Some((value, interval)) => {
            let row = row(pair, fact, factor * value).from_n(members.len());
            interval.map_or(row.clone(), |(low, high)| {
                row.within(factor * low, factor * high)
            })
        }
    }
}

/// How soleus and gastrocnemius share the work, and which of both comes first.
fn share_rows(
    pair: Leg<'_>,
    couple: &std::result::Result<Couple<'_>, String>,
    draws: &mut Drawn,
) -> Vec<Measure> {
    let couple = match couple {
        Ok(couple) => couple,
        Err(reason) => {
            let row = row(pair, &SOLEUS_GASTROCNEMIUS_RATIO, f64::NAN);
            return vec![row.noted(reason.clone())];
        }
    };

    let mut rows = Vec::new();
    for phase in GaitPhase::ALL {
        let areas = overlaps(couple, phase);
        let members: Vec<[f64; 2]> =
            areas.iter().map(|overlap| [overlap.first, overlap.second]).collect();
        if !members.is_empty() {
            let row =
                ratio_row(pair, &SOLEUS_GASTROCNEMIUS_RATIO, (1.0, &members), draws);
            rows.push(told_of(row, couple, phase));
        }
    }
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

    #[test]
    fn a_ratio_of_sums_lies_in_its_interval() {
        let mut draws = Drawn {
            resampling: Resampling { replicates: 500, seed: 1 },
            kept: Vec::new(),
        };
        let members: Vec<[f64; 2]> = crate::dsp::random::normals(3, 40)
            .iter()
            .map(|z| [1.0 + 0.1 * z, 2.0])
            .collect();
        let (value, interval) = draws.ratio(&members).unwrap();
        let (low, high) = interval.unwrap();
        assert!(low < value && value < high && high - low < 0.05, "{low} {value} {high}");
        assert_eq!(draws.ratio(&members[..4]).unwrap().1, None);
        assert_eq!(draws.ratio(&[[0.0, 0.0]]), None);
    }
}
