//! The quality of the channels as small multiples: one row a channel.

use minijinja::Value;
use serde::Serialize;

use super::panel::spark;
use super::shown::judged;
use crate::outcome::{Figure, FigurePlace, Layer, Measure, Section};
use crate::report::format::{ShownQuantity, quantity};
use crate::report::words::{self, Chip};
use crate::session::RecordingFindings;
use crate::signal::Muscle;

/// What stands for and against each channel.
#[derive(Debug, Serialize)]
pub(super) struct Quality {
    title: &'static str,
    lead: &'static str,
    /// What the small drawings show, where there are any.
    drawn: Option<Drawn>,
    head: Vec<String>,
    rows: Vec<QualityRow>,
}

#[derive(Debug, Serialize)]
struct Drawn {
    title: String,
    caption: String,
    /// The highest frequency.
    reach: String,
}

#[derive(Debug, Serialize)]
struct QualityRow {
    name: String,
    of: String,
    drawing: Option<Value>,
    cells: Vec<QualityCell>,
    chip: Chip,
    reasons: Vec<String>,
}

#[derive(Debug, Serialize)]
struct QualityCell {
    head: String,
    shown: Option<ShownQuantity>,
    reason: Option<String>,
}

impl Quality {
    /// `None` without an EMG channel.
    pub(super) fn of(recording: &RecordingFindings, section: &Section) -> Option<Self> {
        let figures = figures(recording);
        let reach = figures.iter().flat_map(|figure| &figure.layers).filter_map(last_x);
        let reach = reach.fold(0.0, f64::max);
        let all = || recording.outcomes.iter().flat_map(|outcome| &outcome.measures);
        let names: Vec<&str> = section
            .tables
            .iter()
            .flat_map(|names| names.iter().copied())
            .filter(|name| all().any(|found| found.name == *name))
            .collect();
        let row = |channel: &crate::session::ChannelFindings| {
            let of = words::muscle(channel.muscle.map(Muscle::name), channel.side);
            let figure = figures
                .iter()
                .find(|figure| figure.channel.as_ref() == Some(&channel.name));
            let cell = |name: &&str| {
                let found = all().find(|found| {
                    found.name == *name && found.channel.as_ref() == Some(&channel.name)
                });
                cell(name, found)
            };
            QualityRow {
                drawing: figure.map(|figure| {
                    let title = format!("{}: {}", figure.title, channel.name);
                    Value::from_safe_string(spark(&title, figure, reach, channel.side))
                }),
                name: channel.name.clone(),
                of,
                cells: names.iter().map(cell).collect(),
                chip: Chip::of(channel.verdict),
                reasons: channel.reasons.clone(),
            }
        };
        let rows: Vec<QualityRow> = judged(recording).map(row).collect();
        (!rows.is_empty()).then(|| Self {
            title: section.title,
            lead: section.lead,
            drawn: figures.first().map(|figure| Drawn {
                title: figure.title.clone(),
                caption: figure.caption.clone(),
                reach: format!("{reach:.0}"),
            }),
            head: names.iter().map(|name| words::measure(name)).collect(),
            rows,
        })
    }
}

/// The figures that stand beside the channels.
fn figures(recording: &RecordingFindings) -> Vec<&Figure> {
    let figures = recording.outcomes.iter().flat_map(|outcome| &outcome.figures);
    figures.filter(|figure| figure.place == FigurePlace::Quality).collect()
}

fn last_x(layer: &Layer) -> Option<f64> {
    match layer {
        Layer::Line { x, .. } => x.last().copied().filter(|x| x.is_finite()),
        _ => None,
    }
}

fn cell(name: &str, found: Option<&Measure>) -> QualityCell {
    let shown = found.and_then(quantity);
    let reason = found.filter(|_| shown.is_none()).and_then(|found| found.note.as_ref());
    QualityCell {
        head: words::measure(name),
        reason: reason.map(ToString::to_string),
        shown,
    }
}
