//! The values of a person in the outcomes of a study: two dots on one axis for everybody.

use minijinja::Value;
use serde::Serialize;

use crate::report::figure::axis::{Axis, drawable, extent};
use crate::report::figure::path::short;
use crate::report::format::{escaped, for_people, number};
use crate::study::{PersonChange, StudyChange};
use crate::words::capitalised;

/// The drawing of a person's values.
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 16.0;
const EDGE: f64 = 6.0;

/// The values of a person in an outcome.
#[derive(Debug, Serialize)]
pub(super) struct ValueCell {
    /// The values in words.
    words: String,
    svg: Value,
}

/// One axis for all persons.
pub(super) fn axis(outcome: &StudyChange) -> Option<Axis> {
    let (factor, _) = for_people(outcome.unit.as_ref());
    let values = outcome.people.iter().flat_map(|one| [one.first, one.last]);
    let values =
        values.flatten().map(|value| factor * value).filter(|value| drawable(*value));
    Some(Axis::rounded(extent(values)?, 4))
}

pub(super) fn range(outcome: &StudyChange, axis: &Axis) -> String {
    let (_, unit) = for_people(outcome.unit.as_ref());
    let shown = format!("{} … {} {unit}", number(axis.low), number(axis.high));
    shown.trim_end().to_owned()
}

/// An open circle for the first visit, a full one for the last.
pub(super) fn value(
    outcome: &StudyChange,
    axis: Option<&Axis>,
    place: usize,
) -> ValueCell {
    let person = outcome.people.get(place);
    let words = person.map_or(String::new(), |person| in_words(outcome, person));
    let drawn = person
        .zip(axis)
        .map_or(String::new(), |(person, axis)| drawing(outcome, person, axis, &words));
    ValueCell { words, svg: Value::from_safe_string(drawn) }
}

fn in_words(outcome: &StudyChange, person: &PersonChange) -> String {
    let (factor, unit) = for_people(outcome.unit.as_ref());
    let shown =
        |value: f64| format!("{} {unit}", number(factor * value)).trim_end().to_owned();
    let values = match (person.first, person.last) {
        (Some(first), Some(last)) => {
            format!("{} to {}", number(factor * first), shown(last))
        }
        (Some(only), None) | (None, Some(only)) => shown(only),
        (None, None) => String::new(),
    };
    match &person.left_out {
        Some(reason) if values.is_empty() => capitalised(reason),
        Some(reason) => format!("{values}; {reason}"),
        None => values,
    }
}

fn drawing(
    outcome: &StudyChange,
    person: &PersonChange,
    axis: &Axis,
    words: &str,
) -> String {
    let (factor, _) = for_people(outcome.unit.as_ref());
    let x = |value: f64| EDGE + axis.share(factor * value) * (WIDTH - 2.0 * EDGE);
    let drawn = |value: &f64| drawable(factor * value);
    let [first, last] =
        [person.first, person.last].map(|value| value.filter(drawn).map(x));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
        short(WIDTH),
        short(HEIGHT),
        escaped(words)
    );
    if axis.low <= 0.0 && axis.high >= 0.0 {
        svg += &format!(
            "<path class=\"zero\" d=\"M{} 0v{}\"/>",
            short(x(0.0)),
            short(HEIGHT)
        );
    }
    let middle = short(HEIGHT / 2.0);
    if let Some((first, last)) = first.zip(last) {
        svg += &format!(
            "<path class=\"between\" d=\"M{} {middle}H{}\"/>",
            short(first),
            short(last)
        );
    }
    for (at, class) in [(first, "first"), (last, "last")] {
        if let Some(at) = at {
            svg += &format!(
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{middle}\" r=\"4\"/>",
                short(at)
            );
        }
    }
    svg + "</svg>"
}
