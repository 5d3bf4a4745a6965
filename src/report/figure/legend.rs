//! The legend of a drawing: what its lines, dots and areas are.

use super::path::short;
use super::{INK, ROW, WIDTH, cap, colour, cut, dashes, stroke_width, text, text_width};
use crate::outcome::{Layer, Tone};

/// An entry of the legend: its name and its sign, drawn at the origin.
pub(super) struct LegendEntry {
    name: String,
    sign: String,
}

fn entry(layer: &Layer) -> Option<LegendEntry> {
    let (name, sign) = match layer {
        Layer::Line { name, tone, .. } => {
            let (colour, width, dashes) =
                (colour(*tone), stroke_width(*tone), dashes(*tone));
            (
                name,
                format!(
                    "<path d=\"M0 0h17\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>"
                ),
            )
        }
        Layer::Points { name, tone, .. } => {
            let (colour, cap) = (colour(*tone), cap(*tone));
            (
                name,
                format!(
                    "<path d=\"M8.5 0h0\" stroke=\"{colour}\" stroke-width=\"6\" \
                     stroke-linecap=\"{cap}\"/>"
                ),
            )
        }
        Layer::Band { name, tone, .. } => {
            let opacity = if *tone == Tone::Signal { "" } else { " opacity=\".3\"" };
            (name, square(colour(*tone), opacity))
        }
        Layer::Bars { name, tone, .. } => (name, square(colour(*tone), "")),
        Layer::Stretch { name, .. } => (name, square(INK, " opacity=\".15\"")),
        Layer::Words { .. } => return None,
    };
    (!name.is_empty()).then(|| LegendEntry { name: cut(name, WIDTH - 24.0), sign })
}

fn square(colour: &str, opacity: &str) -> String {
    format!(
        "<rect x=\"3\" y=\"-5\" width=\"12\" height=\"10\" fill=\"{colour}\"{opacity}/>"
    )
}

/// The legend's entries, each once, in rows that fit the width.
pub(super) fn legend_rows(layers: &[Layer]) -> Vec<Vec<LegendEntry>> {
    let mut rows: Vec<Vec<LegendEntry>> = Vec::new();
    let mut room = 0.0;
    for entry in layers.iter().filter_map(entry) {
        if rows
            .iter()
            .flatten()
            .any(|other| other.name == entry.name && other.sign == entry.sign)
        {
            continue;
        }
        let width = entry_width(&entry);
        if width > room {
            rows.push(Vec::new());
            room = WIDTH;
        }
        room -= width;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    rows
}

fn entry_width(entry: &LegendEntry) -> f64 {
    22.0 + text_width(&entry.name) + 14.0
}

/// The legend, in rows from below the first one of a head that begins at `top`.
pub(super) fn legend(layers: &[Layer], top: f64) -> String {
    let mut legend = String::new();
    for (row, entries) in legend_rows(layers).iter().enumerate() {
        let y = top + 13.0 + ROW * (row + 1) as f64;
        let mut x = 0.0;
        for entry in entries {
            let (at, middle) = (short(x), short(y - 4.0));
            legend.push_str(&format!(
                "<g transform=\"translate({at} {middle})\">{}</g>",
                entry.sign
            ));
            legend.push_str(&text(x + 22.0, y, "start", &entry.name));
            x += entry_width(entry);
        }
    }
    legend
}
