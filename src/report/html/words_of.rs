//! What is said of a number beside it.

use crate::analysis::dictionary;
use crate::outcome::fact::{self, Relative};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Verdict};

/// What is said of a number whose reference is in doubt.
pub(super) fn doubt(measure: &Measure) -> Option<&'static str> {
    let is_in_doubt = measure.value.is_some() && measure.verdict > Some(Verdict::Good);
    is_in_doubt.then_some("reference in doubt")
}

/// What the interval says about the direction of a slope or a difference, without any
/// judgement.
pub(super) fn direction(measure: &Measure) -> Option<&'static str> {
    let (low, high) = measure.interval?;
    let known = dictionary::known(&measure.name)?;
    let words = known.direction()?;

    // A slope of a few epochs has an interval, and still nothing that a word should be
    // made of.
    let few = measure.n.is_none_or(|n| n < FEWEST_FOR_A_TREND);
    if known.fact.kind == fact::MeasureKind::Slope && few {
        return Some("too few epochs for a trend");
    }
    let names_side = words == fact::Direction::SIDES && (low > 0.0 || high < 0.0);
    if names_side && measure.relative_to == Some(Relative::OwnPeak) {
        return Some("no side named: each is over its own peak");
    }
    if names_side && doubt(measure).is_some() {
        return Some("no side named: reference in doubt");
    }
    Some(match (high < 0.0, low > 0.0) {
        (true, _) => words.below,
        (_, true) => words.above,
        _ => words.neither,
    })
}
