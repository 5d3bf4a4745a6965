//! Two muscles of a leg over the cycle, and what they have in common.

use super::couples::{Couple, Units};
use crate::dsp::ensemble::{Ensemble, percents};
use crate::outcome::{Figure, Layer, Tone};
use crate::words::capitalised;

/// The mean cycles of both muscles, and the area that they have in common; `None` without
/// cycles.
pub(super) fn overlap(couple: &Couple<'_>) -> Option<Figure> {
    let Units::Cycles(cycles) = &couple.units else {
        return None;
    };
    let mean = |which: usize| {
        let curves: Vec<&[f64]> =
            cycles.iter().map(|(_, curves)| curves[which].as_slice()).collect();
        Ensemble::from_curves(&curves).map(|ensemble| {
            ensemble.mean.iter().map(|value| 100.0 * value).collect::<Vec<f64>>()
        })
    };
    let (one, other) = (mean(0)?, mean(1)?);
    let common: Vec<f64> =
        one.iter().zip(&other).map(|(one, other)| one.min(*other)).collect();
    let name = |channel: &super::Digest| {
        let muscle = channel.label.muscle.map_or("", |muscle| muscle.name());
        format!("{muscle} ({})", channel.label.name)
    };
    let line = |name: String, y: Vec<f64>, tone: Tone| Layer::Line {
        name,
        x: percents(),
        y,
        tone,
    };
    let muscles = [couple.one, couple.other]
        .map(|channel| channel.label.muscle.map_or("", |muscle| muscle.name()));
    let side =
        couple.one.label.side.map_or(String::new(), |side| format!(", {}", side.word()));
    Some(Figure {
        title: format!("{} and {}{side}", capitalised(muscles[0]), muscles[1]),
        caption: format!(
            "The mean of {} cycles of both muscles, and the area that they have in common; 100 % is {}.",
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
