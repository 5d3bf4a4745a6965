//! What is compared of both sides: levels of the recording, of its cycles and of its
//! bursts.

use std::collections::BTreeMap;

use super::super::Digest;
use super::super::amplitude::{self, Level};
use super::super::blocks::Blocks;
use super::super::bursts::MuscleBurst;
use super::super::cycles::{CYCLE_MEAN, CYCLE_PEAK, Cycle, CycleCourse, follows};
use super::super::pairs::OTHER_EPOCHS;
use super::super::pieces::Pieces;
use super::facts::{BURST_DURATION, BURST_MNF, BURST_PEAK, MDF_MEAN};
use super::members::Members;
use super::{Pair, strides};
use crate::dsp::dependence::Dependence;
use crate::dsp::precision::Precision;
use crate::dsp::stats::{mean, standard_deviation};

/// A quantity above 0 of both sides.
pub(super) struct ComparedQuantity {
    /// Its name, behind the index in the name of a measure.
    pub(super) name: &'static str,
    /// Its values, left and right.
    pub(super) values: [f64; 2],
    /// How precisely their ratio is known.
    pub(super) uncertainty: Uncertainty,
    /// How much it varies within each side, in per cent with the number of members, where
    /// its members are cycles or bursts.
    pub(super) variations: Option<[(f64, usize); 2]>,
}

/// How precisely the ratio of both sides is known.
pub(super) enum Uncertainty {
    /// From cycles or slow waves of the recording.
    Known(Precision),
    /// Not at all, and why.
    Unknown(&'static str),
    /// From members, and what a member is: `epochs`, `cycles`, `bursts`.
    OfMembers(Members, &'static str),
}

/// A quantity, or its name and why it cannot be compared.
pub(super) type QuantityOrReason = Result<ComparedQuantity, (&'static str, String)>;

/// The quantities of a pair that are there for every recording, then those of its cycles
/// and bursts where both sides have any.
pub(super) fn quantities(pair: Pair<'_>) -> Vec<QuantityOrReason> {
    let mut found =
        vec![rms(pair), envelope_mean(pair), envelope_peak(pair), median_frequency(pair)];
    found.push(activation_mean(pair));
    found.push(activation_peak(pair));
    if let Some(sides) = strides::used(pair) {
        found.push(of_cycles(CYCLE_MEAN.name, pair, sides, Cycle::mean));
        found.push(of_cycles(CYCLE_PEAK.name, pair, sides, Cycle::peak));
    }
    let bursts = [pair.left, pair.right]
        .map(|side| side.bursts.as_ref().map_or(&[][..], |found| &found.bursts));
    if bursts.iter().all(|bursts| bursts.iter().any(|burst| burst.whole)) {
        found.push(of_bursts(BURST_DURATION, pair, bursts, |burst, side| {
            Some(side.rate.seconds(burst.samples()))
        }));
        found.push(of_bursts(BURST_PEAK, pair, bursts, |burst, _| {
            Some(burst.shape?.peak)
        }));
        found.push(of_bursts(BURST_MNF, pair, bursts, |burst, _| burst.mnf_hz));
    }
    found
}

/// How alike neighbouring members of each quantity are, in all pairs together: those of
/// one pair are too few to tell.
pub(super) fn alike(pairs: &[Pair<'_>]) -> BTreeMap<&'static str, Dependence> {
    let mut found: BTreeMap<&str, Vec<Dependence>> = BTreeMap::new();
    for quantity in pairs.iter().flat_map(|pair| quantities(*pair)).flatten() {
        if let Uncertainty::OfMembers(members, _) = &quantity.uncertainty {
            found.entry(quantity.name).or_default().push(members.dependence());
        }
    }
    found.into_iter().map(|(name, each)| (name, Dependence::joined(each))).collect()
}

fn rms(pair: Pair<'_>) -> QuantityOrReason {
    let values = [pair.left, pair.right].map(|side| side.amplitude.rms);
    let found = of_level(amplitude::RMS.name, pair, values, |pieces| &pieces.squares);
    let of_root = |quantity: ComparedQuantity| {
        let uncertainty = match quantity.uncertainty {
            Uncertainty::Known(precision) => Uncertainty::Known(precision.of_root()),
            other => other,
        };
        ComparedQuantity { uncertainty, ..quantity }
    };
    found.map(of_root)
}

fn envelope_mean(pair: Pair<'_>) -> QuantityOrReason {
    let values = [pair.left, pair.right].map(|side| side.amplitude.envelope_mean);
    of_level(amplitude::ENVELOPE_MEAN.name, pair, values, |pieces| &pieces.envelope)
}

/// Why there is no activation to compare.
const NO_REFERENCES: &str = "no reference of both sides; their volts, which skin and \
    electrode placement alone make differ, stand in the details";

/// The mean envelope of each side in per cent of its reference.
fn activation_mean(pair: Pair<'_>) -> QuantityOrReason {
    if pair.left.reference.is_none() || pair.right.reference.is_none() {
        return Err((amplitude::ACTIVATION_MEAN.name, NO_REFERENCES.into()));
    }
    let values = [pair.left, pair.right].map(|side| {
        let reference = side.reference.unwrap_or(f64::NAN);
        side.amplitude.envelope_mean.map(|level| level.in_per_cent(reference))
    });
    of_level(amplitude::ACTIVATION_MEAN.name, pair, values, |pieces| &pieces.envelope)
}

/// A level of the recording.
fn of_level(
    name: &'static str,
    pair: Pair<'_>,
    levels: [Option<Level>; 2],
    blocks: impl Fn(&Pieces) -> &Blocks,
) -> QuantityOrReason {
    let values = levels.map(|level| level.map_or(f64::NAN, |level| level.value));
    let sums =
        [&pair.left.pieces, &pair.right.pieces].map(|side| side.sums(blocks(side)));
    let uncertainty = match Precision::of_ratio(sums, pair.same_clock()) {
        Ok(precision) => Uncertainty::Known(precision),
        Err(reason) => Uncertainty::Unknown(reason),
    };
    positive(pair, ComparedQuantity { name, values, uncertainty, variations: None })
}

fn envelope_peak(pair: Pair<'_>) -> QuantityOrReason {
    let values = [pair.left, pair.right]
        .map(|side| side.amplitude.envelope_peak.unwrap_or(f64::NAN));
    let note = "no interval: resampling makes none for a maximum";
    positive(
        pair,
        ComparedQuantity {
            name: amplitude::ENVELOPE_PEAK.name,
            values,
            uncertainty: Uncertainty::Unknown(note),
            variations: None,
        },
    )
}

fn median_frequency(pair: Pair<'_>) -> QuantityOrReason {
    if pair.sides[0].kind != pair.sides[1].kind {
        return Err((MDF_MEAN, OTHER_EPOCHS.into()));
    }
    let blocks = pair.sides.map(|side| &side.medians);
    if blocks[0].filled().min(blocks[1].filled()) < 3 {
        return Err((MDF_MEAN, "needs at least 3 epochs on both sides".into()));
    }
    of_epochs(MDF_MEAN, pair, blocks)
}

/// The peak of the envelope of each side in per cent of its reference.
fn activation_peak(pair: Pair<'_>) -> QuantityOrReason {
    let name = amplitude::ACTIVATION_PEAK.name;
    let (Some(left), Some(right)) = (pair.left.reference, pair.right.reference) else {
        return Err((name, NO_REFERENCES.into()));
    };
    let peaks = envelope_peak(pair).map_err(|(_, reason)| (name, reason))?;
    let values = [100.0 * peaks.values[0] / left, 100.0 * peaks.values[1] / right];
    Ok(ComparedQuantity { name, values, ..peaks })
}

/// A mean over epochs. Those of both sides belong together when the sides share rate and
/// clock, because they then hold the same seconds.
fn of_epochs(
    name: &'static str,
    pair: Pair<'_>,
    [left, right]: [&Blocks; 2],
) -> QuantityOrReason {
    let value = |blocks: &Blocks| blocks.mean().unwrap_or(f64::NAN);
    let paired = pair.same_clock() && left.counts.len() == right.counts.len();
    // Nothing over nothing is missing.
    let each = |blocks: &Blocks| -> Vec<f64> {
        blocks.sums.iter().zip(&blocks.counts).map(|(sum, count)| sum / count).collect()
    };
    let members = Members::new([each(left), each(right)], paired)
        .at(pair.sides.map(|side| side.epochs.clone()));
    let uncertainty = Uncertainty::OfMembers(members, "epochs");
    let values = [value(left), value(right)];
    positive(pair, ComparedQuantity { name, values, uncertainty, variations: None })
}

/// The mean of a value of each cycle. Strides of both legs that follow each other belong
/// together.
fn of_cycles(
    name: &'static str,
    pair: Pair<'_>,
    sides: [&CycleCourse; 2],
    of: fn(&Cycle) -> f64,
) -> QuantityOrReason {
    let couples = strides::couples(sides);
    let values = match &couples {
        Some(couples) => {
            let left: Vec<&Cycle> = couples.iter().map(|(left, _)| *left).collect();
            let parted = |value: &dyn Fn(usize) -> f64| parted(&left, value);
            [parted(&|at| of(couples[at].0)), parted(&|at| of(couples[at].1))]
        }
        None => sides.map(|side| {
            let used: Vec<&Cycle> = side.used().collect();
            parted(&used, &|at| of(used[at]))
        }),
    };
    of_members(name, pair, values, couples.is_some(), "cycles")
}

/// A value of each cycle, with a missing one where cycles between them were left out.
fn parted(cycles: &[&Cycle], value: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let of = |at: usize| {
        let last = at + 1 == cycles.len() || follows(cycles, at);
        std::iter::once(value(at)).chain((!last).then_some(f64::NAN))
    };
    (0..cycles.len()).flat_map(of).collect()
}

/// The mean of a value of each burst whose ends were both recorded.
fn of_bursts(
    name: &'static str,
    pair: Pair<'_>,
    [left, right]: [&[MuscleBurst]; 2],
    of: fn(&MuscleBurst, &Digest) -> Option<f64>,
) -> QuantityOrReason {
    let values = |bursts: &[MuscleBurst], side: &Digest| -> Vec<f64> {
        bursts
            .iter()
            .filter(|burst| burst.whole)
            .filter_map(|burst| of(burst, side))
            .collect()
    };
    of_members(
        name,
        pair,
        [values(left, pair.left), values(right, pair.right)],
        false,
        "bursts",
    )
}

fn of_members(
    name: &'static str,
    pair: Pair<'_>,
    values: [Vec<f64>; 2],
    paired: bool,
    of: &'static str,
) -> QuantityOrReason {
    let there = values.each_ref().map(|values| {
        let finite = values.iter().copied().filter(|value| value.is_finite());
        finite.collect::<Vec<f64>>()
    });
    let means = there.each_ref().map(|values| mean(values).unwrap_or(f64::NAN));
    let variation = |values: &[f64]| {
        let share = 100.0 * standard_deviation(values)? / mean(values)?;
        share.is_finite().then_some((share, values.len()))
    };
    let variations =
        variation(&there[0]).zip(variation(&there[1])).map(|(left, right)| [left, right]);
    let uncertainty = Uncertainty::OfMembers(Members::new(values, paired), of);
    positive(pair, ComparedQuantity { name, values: means, uncertainty, variations })
}

/// Whether a quantity has the unit of the channel, so that both sides need the same one.
fn is_level(name: &str) -> bool {
    ![MDF_MEAN, BURST_DURATION, BURST_MNF].contains(&name) && !is_activation(name)
}

/// Whether a quantity is in per cent of a reference.
pub(super) fn is_activation(name: &str) -> bool {
    [amplitude::ACTIVATION_MEAN.name, amplitude::ACTIVATION_PEAK.name].contains(&name)
}

/// Refuses what cannot be compared.
fn positive(pair: Pair<'_>, quantity: ComparedQuantity) -> QuantityOrReason {
    let refuse = |side: &Digest, what: &str| {
        Err((quantity.name, format!("{}: {what}", side.label.name)))
    };
    for (side, value) in [pair.left, pair.right].into_iter().zip(quantity.values) {
        if value.is_nan() {
            return refuse(side, "no samples that are far enough from a gap");
        }
        if value <= 0.0 {
            return refuse(side, "no signal");
        }
    }
    if is_level(quantity.name) && pair.left.unit != pair.right.unit {
        let reason = format!(
            "the sides have different units, {} and {}",
            pair.left.unit, pair.right.unit
        );
        return Err((quantity.name, reason));
    }
    Ok(quantity)
}
