//! The courses of both sides of a muscle compared.

use super::super::Digest;
use super::super::pairs::{Pair, pairs};
use super::notes::obstacle;
use super::{Followed, Quantity};
use crate::dsp::interval::{Estimate, difference};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Note};
use crate::units::Unit;
use crate::words::spoken;

/// The quantities whose normalised slopes are compared.
const COMPARED: [Quantity; 4] =
    [Quantity::Mnf, Quantity::Mdf, Quantity::Arv, Quantity::Rms];

/// The differences of the normalised slopes, left minus right, and what that of the
/// median frequency says.
pub(super) fn differences(channels: &[Digest]) -> (Vec<Measure>, Vec<Note>) {
    let (pairs, _) = pairs(channels, |channel| channel.parts.fatigue.as_ref());
    let rows = pairs
        .iter()
        .flat_map(|pair| COMPARED.map(|quantity| row(*pair, quantity)))
        .collect();
    (rows, pairs.iter().filter_map(|pair| note(*pair)).collect())
}

/// What the difference of the slopes of the median frequency says, where both have the
/// epochs for it.
fn note(pair: Pair<'_, Followed>) -> Option<Note> {
    let row = row(pair, Quantity::Mdf);
    let (difference, (low, high)) = (60.0 * row.value?, row.interval?);
    if row.n.is_none_or(|n| n < FEWEST_FOR_A_TREND) {
        return None;
    }
    let [left, right] = [pair.left, pair.right].map(|side| side.label.name.as_str());
    let (low, high) = (60.0 * low, 60.0 * high);
    let found = if low <= 0.0 && high >= 0.0 {
        format!("the slopes of {left} and {right} do not differ beyond chance")
    } else {
        format!("the slopes of {left} and {right} differ")
    };
    Some(Note::info(format!(
        "{}, median frequency: {found}: left minus right {} % per minute (95 % interval {} to {}).",
        pair.muscle.name(),
        spoken(difference),
        spoken(low),
        spoken(high)
    )))
}

fn row(pair: Pair<'_, Followed>, quantity: Quantity) -> Measure {
    let name = format!("difference.{}_slope_normalised", quantity.name());
    let of_pair = |value: f64| {
        Measure::of_pair(
            &pair.left.label,
            &pair.right.label,
            name.clone(),
            value,
            Unit::PERCENT_PER_SECOND,
        )
    };
    let missing = |reason: String| of_pair(f64::NAN).noted(reason);
    for (side, followed) in [pair.left, pair.right].into_iter().zip(pair.sides) {
        if let Some(reason) = obstacle(side, &followed.course) {
            return missing(format!("{}: {reason}", side.label.name));
        }
    }
    let [left, right] = pair.sides.map(|side| estimate(side, quantity));
    match left.zip(right).and_then(|(left, right)| difference(left, right)) {
        None => missing("a side has no normalised slope with an interval".into()),
        Some(found) => {
            let n = pair.sides.map(|side| side.course.used().count());
            let row = of_pair(found.value)
                .within(found.interval.0, found.interval.1)
                .from_n(n[0].min(n[1]));
            row.noted("left minus right: above 0 when the left rises more, or falls less")
        }
    }
}

fn estimate(followed: &Followed, quantity: Quantity) -> Option<Estimate> {
    let line = followed.trends.of_quantity(quantity)?.line;
    Some(Estimate { value: line.normalised_slope()?, interval: line.fieller_interval()? })
}
