//! How many cycles each leg made, in one sentence.

use super::super::Digest;
use super::super::headline::by_side;
use super::notes::FEW;
use super::{CycleCourse, CycleOrigin, Strides};
use crate::dsp::stats::median;
use crate::outcome::{Headline, HeadlineKind};
use crate::signal::Side;
use crate::words::spoken;

/// What the legs say together; `None` without cycles, or with few whose rhythm may be
/// chance.
pub(super) fn headline(courses: &[(&Digest, &CycleCourse)]) -> Option<Headline> {
    let legs: Vec<(Option<Side>, &Strides)> = [Some(Side::Left), Some(Side::Right), None]
        .into_iter()
        .filter_map(|side| Some((side, of_leg(courses, side)?)))
        .collect();
    let is_from_events =
        |strides: &Strides| matches!(strides.origin, CycleOrigin::Events(_));
    // Legs whose cycles come from elsewhere are not counted beside those of events.
    let from_events = legs.iter().any(|(_, strides)| is_from_events(strides));
    let told: Vec<_> =
        legs.iter().filter(|(_, leg)| is_from_events(leg) == from_events).collect();
    let counts: Vec<(Option<Side>, f64)> =
        told.iter().map(|(side, leg)| (*side, leg.strides.len() as f64)).collect();
    let durations = told.iter().flat_map(|(_, leg)| &leg.strides);
    let durations: Vec<f64> = durations.map(super::strides::Stride::duration_s).collect();
    let most = told.iter().map(|(_, leg)| leg.strides.len()).max()?;
    if !from_events && most < FEW {
        return None;
    }
    let every_s = spoken(median(&durations)?);

    let counts = by_side(&counts, "");
    let (kind, text) = match from_events {
        true => (
            HeadlineKind::Cycles,
            format!("Cycles from events: {counts}, one every {every_s} s."),
        ),
        false => (
            HeadlineKind::Rhythm,
            format!("A rhythm of the muscles: {counts} cycles, one every {every_s} s."),
        ),
    };
    Some(Headline { kind, text, detail: String::new(), shows: None })
}

fn of_leg<'a>(
    courses: &[(&Digest, &'a CycleCourse)],
    side: Option<Side>,
) -> Option<&'a Strides> {
    let of_leg = courses.iter().filter(|(channel, _)| channel.label.side == side);
    let strides = of_leg.filter_map(|(_, course)| course.strides.as_ref().ok());
    strides.into_iter().find(|strides| !strides.strides.is_empty())
}
