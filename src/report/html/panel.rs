//! One small drawing of a kind of figure: both sides of a muscle in the same axes.
//!
//! Colours and lines are classes of the page's style sheet; coordinates are whole numbers
//! relative to the last one, so that a page of many figures stays small.

use crate::outcome::{Figure, Layer, Panel, Stand, Tone};
use crate::report::figure::axis::{Axis, drawable, extent};
use crate::report::figure::path::{Place, dots, line, push_line, short, simplified};
use crate::report::format::escaped;
use crate::signal::Side;

const WIDTH: f64 = 600.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 578.0;
const HEIGHT: f64 = 180.0;
const BELOW: f64 = 90.0;
/// The room of the label above a plot, and of the ticks below the lowest one.
const HEAD: f64 = 42.0;
const FOOT: f64 = 28.0;
/// A line keeps at most two heights in so many units of the width.
const COLUMN: i64 = 4;
/// Dots that are more than these stand on a grid, where they overlap anyway.
const MANY_DOTS: usize = 150;
const GRID: i64 = 5;

/// A figure with the side whose colour it has.
pub(super) type Sided<'a> = (Option<Side>, &'a Figure);

/// Both sides, or one, in the same axes; `None` where there is nothing that lines, dots
/// and areas can show.
pub(super) fn panel(title: &str, figures: &[Sided<'_>]) -> Option<String> {
    let above: Vec<SidedLayers<'_>> =
        figures.iter().map(|(side, figure)| (*side, &figure.layers[..])).collect();
    let below: Vec<(Option<Side>, &Panel)> = figures
        .iter()
        .filter_map(|(side, figure)| Some((*side, figure.below.as_ref()?)))
        .collect();
    let lower: Vec<SidedLayers<'_>> =
        below.iter().map(|(side, panel)| (*side, &panel.layers[..])).collect();
    let across = span(above.iter().chain(&lower), positions)?;
    let plot = Plot {
        across: Axis::tight(across, 5),
        up: Axis::rounded(span(above.iter(), heights)?, 3),
        top: HEAD,
        height: HEIGHT,
        slack: 8,
    };
    let second = span(lower.iter(), heights).map(|range| Plot {
        across: plot.across.clone(),
        up: Axis::rounded(range, 2),
        top: plot.bottom() + HEAD + 4.0,
        height: BELOW,
        slack: 8,
    });
    let last = second.as_ref().unwrap_or(&plot);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\"><title>{}</title>",
        short(WIDTH),
        short(last.bottom() + FOOT),
        escaped(title)
    );
    plot.draw(&mut svg, &figures[0].1.y_label, &above);
    if let (Some(second), Some((_, panel))) = (&second, below.first()) {
        second.draw(&mut svg, &panel.y_label, &lower);
    }
    last.foot(&mut svg, &figures[0].1.x_label);
    svg.push_str("</svg>");
    Some(svg)
}

/// The layers of a figure with its side.
type SidedLayers<'a> = (Option<Side>, &'a [Layer]);

/// One range over all layers.
fn span<'a>(
    layers: impl Iterator<Item = &'a SidedLayers<'a>>,
    of: fn(&Layer) -> Vec<f64>,
) -> Option<(f64, f64)> {
    extent(layers.flat_map(|(_, layers)| *layers).flat_map(of))
}

fn positions(layer: &Layer) -> Vec<f64> {
    match layer {
        Layer::Line { x, .. } | Layer::Points { x, .. } | Layer::Band { x, .. } => {
            x.clone()
        }
        _ => Vec::new(),
    }
}

fn heights(layer: &Layer) -> Vec<f64> {
    let shown = |x: &[f64], y: &[f64]| -> Vec<f64> {
        x.iter().zip(y).filter(|(x, _)| drawable(**x)).map(|(_, y)| *y).collect()
    };
    match layer {
        Layer::Line { x, y, .. } | Layer::Points { x, y, .. } => shown(x, y),
        Layer::Band { x, low, high, .. } => [shown(x, low), shown(x, high)].concat(),
        _ => Vec::new(),
    }
}

/// The class of a layer: its colour by side, its line by meaning.
pub(super) fn class(side: Option<Side>, tone: Tone) -> String {
    let colour = match (side, tone) {
        (_, Tone::Left) | (Some(Side::Left), _) => "l",
        (_, Tone::Right) | (Some(Side::Right), _) => "r",
        _ => "n",
    };
    format!("{colour}{}", stroke(tone))
}

/// The class of a line by its meaning.
pub(super) fn stroke(tone: Tone) -> &'static str {
    match tone {
        Tone::Fit => " f",
        Tone::Muted => " u",
        Tone::First => " a",
        Tone::Last => " z",
        _ => "",
    }
}

/// Axes at their place in the drawing.
struct Plot {
    across: Axis,
    up: Axis,
    top: f64,
    height: f64,
    /// How far a line may lie from where it was, in tenths of a unit.
    slack: i64,
}

impl Plot {
    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn x(&self, value: f64) -> f64 {
        (LEFT + self.across.share(value) * (RIGHT - LEFT)).round()
    }

    fn y(&self, value: f64) -> f64 {
        (self.bottom() - self.up.share(value) * self.height).round()
    }

    fn place(&self, x: f64, y: f64) -> Option<Place> {
        (drawable(x) && drawable(y))
            .then(|| (10 * self.x(x) as i64, 10 * self.y(y) as i64))
    }

    fn draw(&self, svg: &mut String, label: &str, layers: &[SidedLayers<'_>]) {
        self.grid(svg, label);
        for (side, layers) in layers {
            layers.iter().for_each(|layer| self.layer(svg, *side, layer));
        }
    }

    fn grid(&self, svg: &mut String, label: &str) {
        let ticks = self.up.ticks(label);
        let (left, right) = (10 * LEFT as i64, 10 * RIGHT as i64);
        let grid: String = ticks
            .iter()
            .map(|tick| 10 * self.y(tick.value) as i64)
            .map(|y| line(&[(left, y), (right, y)]))
            .collect();
        svg.push_str(&format!("<path class=\"g\" d=\"{grid}\"/><g class=\"y\">"));
        for tick in ticks {
            let y = short(self.y(tick.value) + 7.0);
            svg.push_str(&format!("<text x=\"68\" y=\"{y}\">{}</text>", tick.text));
        }
        let (label, y) = (escaped(&self.up.label(label)), short(self.top - 22.0));
        svg.push_str(&format!("</g><text x=\"0\" y=\"{y}\">{label}</text>"));
    }

    fn foot(&self, svg: &mut String, label: &str) {
        svg.push_str("<g class=\"x\">");
        let y = short(self.bottom() + 22.0);
        for tick in self.across.ticks(label) {
            let x = short(self.x(tick.value));
            svg.push_str(&format!("<text x=\"{x}\" y=\"{y}\">{}</text>", tick.text));
        }
        svg.push_str("</g>");
    }

    fn layer(&self, svg: &mut String, side: Option<Side>, layer: &Layer) {
        let (kind, tone, path) = match layer {
            Layer::Line { x, y, tone, .. } => ("", *tone, self.line(x, y)),
            Layer::Points { x, y, tone, .. } => ("p ", *tone, self.points(x, y)),
            Layer::Band { x, low, high, tone, .. } => {
                ("w ", *tone, self.band(x, low, high))
            }
            Layer::Stretch { from, to, .. } => {
                ("w ", Tone::Muted, self.stretch(*from, *to))
            }
            Layer::Words { text, x, y, stand } => {
                return self.words(svg, text, (*x, *y), *stand);
            }
            Layer::Bars { .. } => return,
        };
        if !path.is_empty() {
            let class = class(side, tone);
            svg.push_str(&format!("<path class=\"{kind}{class}\" d=\"{path}\"/>"));
        }
    }

    fn line(&self, x: &[f64], y: &[f64]) -> String {
        let mut path = String::new();
        let places: Vec<Option<Place>> =
            x.iter().zip(y).map(|(x, y)| self.place(*x, *y)).collect();
        for run in places.split(Option::is_none).filter(|run| !run.is_empty()) {
            let run: Vec<Place> = run.iter().copied().flatten().collect();
            push_line(&mut path, simplified(&thinned(&run), self.slack));
        }
        path
    }

    fn points(&self, x: &[f64], y: &[f64]) -> String {
        let mut places: Vec<Place> =
            x.iter().zip(y).filter_map(|(x, y)| self.place(*x, *y)).collect();
        if places.len() > MANY_DOTS {
            let snap = |at: i64| (at / (10 * GRID)) * 10 * GRID;
            places.iter_mut().for_each(|place| *place = (snap(place.0), snap(place.1)));
        }
        dots(places)
    }

    fn band(&self, x: &[f64], low: &[f64], high: &[f64]) -> String {
        let mut path = String::new();
        let edges: Vec<Option<(Place, Place)>> = x
            .iter()
            .zip(low.iter().zip(high))
            .map(|(x, (low, high))| Some((self.place(*x, *low)?, self.place(*x, *high)?)))
            .collect();
        for run in edges.split(Option::is_none).filter(|run| !run.is_empty()) {
            let run: Vec<(Place, Place)> = run.iter().copied().flatten().collect();
            let edge = |of: fn(&(Place, Place)) -> Place| -> Vec<Place> {
                simplified(
                    &thinned(&run.iter().map(of).collect::<Vec<Place>>()),
                    self.slack,
                )
            };
            let back = edge(|(low, _)| *low).into_iter().rev();
            push_line(&mut path, edge(|(_, high)| *high).into_iter().chain(back));
            path.push('z');
        }
        path
    }

    fn stretch(&self, from: f64, to: f64) -> String {
        if !drawable(from) || !drawable(to) {
            return String::new();
        }
        let (left, right) = (self.x(from.min(to)), self.x(from.max(to)));
        let width = short((right - left).max(1.0));
        let (left, top, height) = (short(left), short(self.top), short(self.height));
        format!("M{left} {top}h{width}v{height}h-{width}z")
    }

    fn words(&self, svg: &mut String, words: &str, (x, y): (f64, f64), stand: Stand) {
        if !drawable(x) || !drawable(y) {
            return;
        }
        let (x, anchor) = match stand {
            Stand::Right => (self.x(x) + 8.0, ""),
            Stand::Left => (self.x(x) - 8.0, " class=\"y\""),
        };
        let (x, y) = (short(x), short(self.y(y) + 7.0));
        svg.push_str(&format!(
            "<text{anchor} x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(words)
        ));
    }
}

/// Of the places of one column only the first, the highest, the lowest and the last, in
/// their order.
fn thinned(run: &[Place]) -> Vec<Place> {
    let mut kept: Vec<Place> = Vec::new();
    let column = |place: &Place| place.0.div_euclid(10 * COLUMN);
    for places in run.chunk_by(|one, other| column(one) == column(other)) {
        let of = |index: usize| places.get(index).copied();
        let highest = (0..places.len()).min_by_key(|&index| places[index].1);
        let lowest = (0..places.len()).max_by_key(|&index| places[index].1);
        let mut ends = [highest.unwrap_or(0), lowest.unwrap_or(0)];
        ends.sort_unstable();
        kept.extend(ends.into_iter().filter_map(of));
    }
    let ends = [run.first(), run.last()];
    if kept.first() != ends[0] {
        kept.splice(0..0, ends[0].copied());
    }
    if kept.last() != ends[1] {
        kept.extend(ends[1]);
    }
    kept.dedup();
    kept
}

/// A spectrum as a row of small ones: no axes, heights from `range.0` to `range.1`.
pub(super) fn spark(
    title: &str,
    figure: &Figure,
    reach: f64,
    side: Option<Side>,
) -> String {
    let plot = Plot {
        across: Axis::tight((0.0, reach.max(1.0)), 5),
        up: Axis::tight((-80.0, 0.0), 2),
        top: 0.0,
        height: 60.0,
        slack: 20,
    };
    let mut svg = format!(
        "<svg class=\"spark\" viewBox=\"{} 0 {} 60\" preserveAspectRatio=\"none\" \
         role=\"img\"><title>{}</title>",
        short(LEFT),
        short(RIGHT - LEFT),
        escaped(title)
    );
    figure.layers.iter().for_each(|layer| plot.layer(&mut svg, side, layer));
    svg.push_str("</svg>");
    svg
}
