//! The figures of a recording by kind: one caption, and a small drawing a muscle with both
//! sides in the same axes.

use minijinja::Value;
use serde::Serialize;

use super::panel::{Sided, class, panel, stroke};
use super::subject::{Column, Subjects};
use crate::outcome::{Figure, FigurePlace, Layer, Outcome, Tone};
use crate::report::figure::svg;
use crate::signal::Side;

/// All figures of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Kind {
    title: String,
    caption: String,
    across: String,
    legend: Vec<LegendEntry>,
    panels: Vec<PanelView>,
    /// How many were not drawn to keep the page small.
    undrawn: usize,
}

/// A small drawing.
#[derive(Debug, Serialize)]
struct PanelView {
    name: String,
    detail: String,
    drawing: Value,
}

/// What a line, a dot or an area is.
#[derive(Debug, PartialEq, Serialize)]
struct LegendEntry {
    class: String,
    name: String,
}

/// How many bytes figures may still take.
pub(super) struct Room(pub(super) usize);

/// The figures of some analyses that belong to their sections, by kind.
pub(super) fn kinds(
    outcomes: &[&Outcome],
    subjects: &Subjects<'_>,
    room: &mut Room,
) -> Vec<Kind> {
    let mut kinds: Vec<(&str, Vec<&Figure>)> = Vec::new();
    let figures = outcomes.iter().flat_map(|outcome| &outcome.figures);
    for figure in figures.filter(|figure| figure.place == FigurePlace::Task) {
        match kinds.iter_mut().find(|(title, _)| *title == figure.title) {
            Some((_, alike)) => alike.push(figure),
            None => kinds.push((&figure.title, vec![figure])),
        }
    }
    kinds.iter().map(|(title, alike)| Kind::of(title, alike, subjects, room)).collect()
}

/// The figures of one muscle.
struct Group<'a> {
    name: String,
    figures: Vec<(Column, &'a Figure)>,
}

impl Kind {
    fn of(
        title: &str,
        figures: &[&Figure],
        subjects: &Subjects<'_>,
        room: &mut Room,
    ) -> Self {
        let mut captions: Vec<&str> = Vec::new();
        for figure in figures {
            if !captions.contains(&figure.caption.as_str()) {
                captions.push(&figure.caption);
            }
        }
        let mut panels = Vec::new();
        let mut undrawn = 0;
        let groups = groups(figures, subjects);
        let sided = groups.iter().flat_map(|group| &group.figures);
        let sided = sided
            .into_iter()
            .any(|(column, _)| *column < Column::Both && *column > Column::One);
        for group in groups {
            let drawn = group.drawn(title);
            let size = drawn.drawing.as_str().map_or(0, str::len);
            if size > room.0 {
                undrawn += 1;
                continue;
            }
            room.0 -= size;
            panels.push(drawn);
        }
        Self {
            title: title.to_owned(),
            caption: captions.join(" "),
            across: figures
                .first()
                .map_or(String::new(), |figure| figure.x_label.clone()),
            legend: if panels.is_empty() { Vec::new() } else { legend(figures, sided) },
            panels,
            undrawn,
        }
    }
}

/// One group a muscle, both sides in it where they have the same axes.
fn groups<'a>(figures: &[&'a Figure], subjects: &Subjects<'_>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for &figure in figures {
        let subject = subjects.find(figure.channel.as_deref());
        let fits = |group: &&mut Group<'_>| {
            let sides = [Column::Left, Column::Right];
            group.name == subject.name
                && sides.contains(&subject.column)
                && group.figures.iter().all(|(column, other)| {
                    sides.contains(column)
                        && *column != subject.column
                        && other.y_label == figure.y_label
                })
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.figures.push((subject.column, figure)),
            None => groups.push(Group {
                name: subject.name,
                figures: vec![(subject.column, figure)],
            }),
        }
    }
    for group in &mut groups {
        group.figures.sort_by_key(|(column, _)| *column);
    }
    groups
}

impl Group<'_> {
    fn drawn(&self, title: &str) -> PanelView {
        let side = |column: Column| match column {
            Column::Left => Some(Side::Left),
            Column::Right => Some(Side::Right),
            Column::One | Column::Both => None,
        };
        let sided: Vec<Sided<'_>> = self
            .figures
            .iter()
            .map(|(column, figure)| (side(*column), *figure))
            .collect();
        let has_bars = sided.iter().any(|(_, figure)| {
            figure.layers.iter().any(|layer| matches!(layer, Layer::Bars { .. }))
        });
        let words = format!("{title}: {}", self.name);
        let drawing = match panel(&words, &sided) {
            Some(drawing) if !has_bars => drawing,
            _ => self.figures.iter().map(|(_, figure)| svg(figure)).collect(),
        };
        let mut details: Vec<String> = Vec::new();
        for (side, figure) in &sided {
            let side = side
                .filter(|_| sided.iter().any(|(_, other)| other.detail != figure.detail));
            let detail = match side {
                _ if figure.detail.is_empty() => continue,
                Some(side) => format!("{}: {}", side.word(), figure.detail),
                None => figure.detail.clone(),
            };
            if !details.contains(&detail) {
                details.push(detail);
            }
        }
        PanelView {
            name: self.name.clone(),
            detail: details.join("; "),
            drawing: Value::from_safe_string(drawing),
        }
    }
}

/// What the layers are, each once; the sides are told once for the whole page.
fn legend(figures: &[&Figure], sided: bool) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    let below = figures.iter().filter_map(|figure| figure.below.as_ref());
    let below = below.flat_map(|panel| &panel.layers);
    for layer in figures.iter().flat_map(|figure| &figure.layers).chain(below) {
        let (kind, name, tone) = match layer {
            Layer::Line { name, tone, .. } => ("k", name, *tone),
            Layer::Points { name, tone, .. } => ("k p", name, *tone),
            Layer::Band { name, tone, .. } => ("k w", name, *tone),
            Layer::Stretch { name, .. } => ("k w", name, Tone::Muted),
            _ => continue,
        };
        if name.is_empty() || matches!(tone, Tone::Left | Tone::Right) {
            continue;
        }
        let class = if sided { format!("o{}", stroke(tone)) } else { class(None, tone) };
        let entry = LegendEntry { class: format!("{kind} {class}"), name: name.clone() };
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}
