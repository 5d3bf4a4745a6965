//! Two muscles of a leg over the cycle, and what they have in common.

use super::super::Digest;
use super::super::cycles::Stride;
use super::couples::{Couple, CoupleUnits};
use crate::dsp::ensemble::{Ensemble, percents};
use crate::outcome::{Figure, FigurePlace, Layer, Tone};
use crate::words::counted;

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
    Some(Figure {
        title: "Two muscles of one leg".into(),
        channel: Some(format!("{} ~ {}", couple.one.label.name, couple.other.label.name)),
        detail: format!(
            "{}, 100 % is {}",
            counted(cycles.len(), "cycle"),
            couple.reference.words()
        ),
        place: FigurePlace::Task,
        caption:
            "The mean cycle of both muscles, the first thin and the second thick, and \
                  the area that they have in common."
                .into(),
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
