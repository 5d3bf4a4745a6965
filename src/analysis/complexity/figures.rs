//! The figure of a course.

use super::super::{Digest, picture};
use super::{ComplexityCourse, ComplexityIndex, FEWEST};
use crate::outcome::{Figure, FigurePlace, Layer, Tone};

/// Fuzzy entropy and determinism over time: they answer the same question from opposite
/// sides.
pub(super) fn course(channel: &Digest, course: &ComplexityCourse) -> Option<Figure> {
    if channel.no_emg().is_some() {
        return None;
    }
    let mut layers = picture::shaded("gap", &course.gaps_s);
    for (index, name, factor, tone) in [
        (
            ComplexityIndex::RecurrenceDeterminism,
            "determinism (share)",
            0.01,
            Tone::Muted,
        ),
        (ComplexityIndex::FuzzyEntropy, "fuzzy entropy (nats)", 1.0, Tone::Signal),
    ] {
        layers.extend(
            followed(channel, course, index, name, factor, tone).into_iter().flatten(),
        );
    }
    let is_drawn = layers.iter().any(|layer| matches!(layer, Layer::Points { .. }));
    is_drawn.then(|| Figure {
        title: "Fuzzy entropy and determinism".into(),
        channel: Some(channel.label.name.clone()),
        detail: String::new(),
        place: FigurePlace::Task,
        caption: "Fuzzy entropy and the determinism of recurrence of each epoch with the \
                  fitted lines and their 95 % \
                  intervals; look for a steady change that is larger than the interval is wide."
            .into(),
        x_label: "time (s)".into(),
        y_label: "index".into(),
        layers,
        below: None,
    })
}

fn followed(
    channel: &Digest,
    course: &ComplexityCourse,
    index: ComplexityIndex,
    name: &str,
    factor: f64,
    tone: Tone,
) -> Option<[Layer; 3]> {
    let line = course.line(index)?;
    let (times, values) = course.values(index);
    if times.len() < FEWEST {
        return None;
    }
    let scaled = |values: Vec<f64>| {
        values.into_iter().map(|value| factor * value).collect::<Vec<_>>()
    };
    let (low, high): (Vec<f64>, Vec<f64>) = line.intervals_at(&times).into_iter().unzip();
    let fit = scaled(times.iter().map(|&t| line.at(t)).collect());
    let x: Vec<f64> = times.iter().map(|t| channel.start_s + t).collect();
    Some([
        Layer::Band {
            name: String::new(),
            x: x.clone(),
            low: scaled(low),
            high: scaled(high),
            tone: Tone::Fit,
        },
        Layer::Points { name: name.into(), x: x.clone(), y: scaled(values), tone },
        Layer::Line { name: format!("{name}: fit"), x, y: fit, tone: Tone::Fit },
    ])
}
