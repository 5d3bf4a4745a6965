//! The figures of the comparison.

use super::super::amplitude::Level;
use super::super::{Digest, picture};
use super::Pair;
use crate::dsp::stats::extremes;
use crate::outcome::{Figure, Layer, Tone};

/// The mean envelopes of all pairs in the unit of the first.
pub(super) fn bars(pairs: &[Pair<'_>]) -> Option<Figure> {
    let unit = &pairs.first()?.left.unit;
    let alike: Vec<&Pair<'_>> =
        pairs.iter().filter(|pair| pair.left.unit == *unit && pair.right.unit == *unit).collect();
    let [left, right] = [0, 1].map(|side| -> Vec<Option<Level>> {
        alike.iter().map(|pair| Level::of(&pair.sides[side].envelope, 1.0)).collect()
    });
    let values = |levels: &[Option<Level>]| -> Vec<f64> {
        levels.iter().map(|level| level.map_or(f64::NAN, |level| level.value)).collect()
    };
    let largest = extremes(&values(&left)).1.max(extremes(&values(&right)).1).max(0.0);
    let (factor, symbol) = picture::scale(unit, largest);
    let scaled = |(low, high): (f64, f64)| (low * factor, high * factor);
    let layer = |name: &str, tone: Tone, levels: &[Option<Level>]| Layer::Bars {
        name: name.into(),
        places: alike.iter().map(|pair| pair.muscle.name().into()).collect(),
        values: values(levels).iter().map(|value| value * factor).collect(),
        intervals: levels.iter().map(|level| level.as_ref()?.interval.map(scaled)).collect(),
        tone,
    };
    Some(Figure {
        title: "Left and right".into(),
        caption: "The mean envelope of both sides of each muscle with its 95 % interval over blocks of the recording."
            .into(),
        x_label: "muscle".into(),
        y_label: format!("mean envelope ({symbol})"),
        layers: vec![layer("left", Tone::Left, &left), layer("right", Tone::Right, &right)],
    })
}

/// The envelopes of both sides over time.
pub(super) fn envelopes(pair: Pair<'_>) -> Option<Figure> {
    if pair.left.unit != pair.right.unit {
        return None;
    }
    let largest = pair.left.picture.largest_envelope.max(pair.right.picture.largest_envelope);
    let (factor, unit) = picture::scale(&pair.left.unit, largest);
    let line = |side: &Digest, name: &str, tone: Tone| side.picture.line(factor, name, tone);
    Some(Figure {
        title: format!("{}: left and right envelope", pair.muscle.name()),
        caption: "The envelopes of both sides over time; look for differences in height, shape and timing.".into(),
        x_label: "time (s)".into(),
        y_label: format!("envelope ({unit})"),
        layers: vec![line(pair.left, "left", Tone::Left), line(pair.right, "right", Tone::Right)],
    })
}
