//! The courses of both sides of a muscle compared.

use super::super::Digest;
use super::super::pairs::{OTHER_EPOCHS, Pair, pairs};
use super::super::rows::{Found, Rows};
use super::notes::{obstacle, too_few};
use super::{Followed, Quantity, facts};
use crate::dsp::interval::{Estimate, difference};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Note};
use crate::words::spoken;

/// The differences of the normalised slopes, left minus right, and what that of the
/// median frequency says.
pub(super) fn differences(channels: &[Digest]) -> (Vec<Measure>, Vec<Note>) {
    let (pairs, _) = pairs(channels, |channel| channel.parts.fatigue.as_ref());
    let rows = pairs.iter().flat_map(|pair| measures(*pair)).collect();

    (rows, pairs.iter().filter_map(|pair| note(*pair)).collect())
}

fn measures(pair: Pair<'_, Followed>) -> Vec<Measure> {
    let mut rows = Rows::new_pair([pair.left, pair.right], obstacle_of(pair));
    for quantity in Quantity::COMPARED {
        let found = compared(pair, quantity).map(|Estimate { value, interval }| {
            Found::new(value, fewer_epochs(pair)).within(Some(interval)).noted(
                "left minus right: above 0 when the left rises more, or falls less",
            )
        });
        let part = Some(quantity.statistics().difference.name);
        let missing = "a side has no normalised slope with an interval";
        rows.add_part(&facts::DIFFERENCE, part, found.ok_or(missing));
    }
    rows.made()
}

/// Why sides cannot be compared, where that is so.
fn obstacle_of(pair: Pair<'_, Followed>) -> Option<String> {
    let kinds = pair.sides.map(|side| std::mem::discriminant(&side.course.task));
    if kinds[0] != kinds[1] {
        return Some(OTHER_EPOCHS.to_owned());
    }
    let mut sides = [pair.left, pair.right].into_iter().zip(pair.sides);
    sides.find_map(|(side, followed)| {
        let course = &followed.course;
        let reason = obstacle(side, course).or_else(|| too_few(course))?;
        Some(format!("{}: {reason}", side.label.name))
    })
}

/// What the difference of the slopes of the median frequency says, where both have the
/// epochs for it.
fn note(pair: Pair<'_, Followed>) -> Option<Note> {
    if obstacle_of(pair).is_some() || fewer_epochs(pair) < FEWEST_FOR_A_TREND {
        return None;
    }
    let Estimate { value, interval: (low, high) } = compared(pair, Quantity::Mdf)?;

    let [left, right] = [pair.left, pair.right].map(|side| side.label.name.as_str());
    let (difference, low, high) = (60.0 * value, 60.0 * low, 60.0 * high);
    let found = if low <= 0.0 && high >= 0.0 {
        format!("the slopes of {left} and {right} do not differ beyond chance")
    } else {
        format!("the slopes of {left} and {right} differ")
    };
    Some(Note::info(format!(
        "{}, median frequency: {found}: left minus right {} % per minute (95 % interval {} \
         to {}).",
        pair.muscle.name(),
        spoken(difference),
        spoken(low),
        spoken(high)
    )))
}

/// The normalised slope of a quantity on the left minus that on the right.
fn compared(pair: Pair<'_, Followed>, quantity: Quantity) -> Option<Estimate> {
    let [left, right] = pair.sides.map(|side| estimate(side, quantity));

    difference(left?, right?)
}

/// How many epochs the less certain side rests on.
fn fewer_epochs(pair: Pair<'_, Followed>) -> usize {
    let [left, right] = pair.sides.map(|side| side.course.used().count());

    left.min(right)
}

fn estimate(followed: &Followed, quantity: Quantity) -> Option<Estimate> {
    let line = followed.trends.of_quantity(quantity)?.line;
    Some(Estimate { value: line.normalised_slope()?, interval: line.fieller_interval()? })
}
