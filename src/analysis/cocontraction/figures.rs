//! Two muscles of a leg over the cycle, and what they have in common.

use super::super::Digest;
use super::super::cycles::Stride;
use super::couples::{Couple, CoupleUnits};
use crate::dsp::ensemble::{Ensemble, percents};
use crate::outcome::{Figure, Layer, Tone};
use crate::words::capitalised;

/// The mean cycles of both muscles, and the area that they have in common; `None` without
/// cycles.
pub(super) fn overlap(couple: &Couple<'_>) -> Option<Figure> {
    let CoupleUnits::Cycles(cycles) = &couple.units else {
        return None;
    };
    let (one, other) = (mean(cycles, 0)?, mean(cycles, 1)?);
    let common: Vec<f64> =
        one.iter().zip(&other).map(|(one, other)| one.min(*other)).collect();
    let line =
        |name: String, y: Vec<f64>, tone| Layer::Line { name, x: percents(), y, tone };
    let muscles = [couple.one, couple.other].map(muscle);
    let side =
        couple.one.label.side.map_or(String::new(), |side| format!(", {}", side.word()));

    Some(Figure {
        title: format!("{} and {}{side}", capitalised(muscles[0]), muscles[1]),
        caption: format!(
            "The mean of {} cycles of both muscles, and the area that they have in \
             common; 100 % is {}.",
            cycles.len(),
            couple.reference.words()
        ),
        x_label: "cycle (%)".into(),
        y_label: "envelope (%)".into(),
        layers: vec![
            Layer::Band {
                name: "in common".into(),
                x: percents(),
                low: vec![0.0; common.len()],
                high: common,
                tone: Tone::Muted,
            },
            line(name(couple.one), one, Tone::First),
            line(name(couple.other), other, Tone::Last),
        ],
        below: None,
    })
}

/// The mean curve of one of both muscles, in per cent.
fn mean(cycles: &[(Stride, [Vec<f64>; 2])], which: usize) -> Option<Vec<f64>> {
    let curves: Vec<&[f64]> =
        cycles.iter().map(|(_, curves)| curves[which].as_slice()).collect();
    let ensemble = Ensemble::from_curves(&curves)?;
    Some(ensemble.mean.iter().map(|value| 100.0 * value).collect())
}

fn muscle(channel: &Digest) -> &'static str {
    channel.label.muscle.map_or("", |muscle| muscle.name())
}

fn name(channel: &Digest) -> String {
    format!("{} ({})", muscle(channel), channel.label.name)
}
