//! Figures as SVG: drawn from data, the same bytes everywhere, readable on a phone and in
//! print.
//!
//! The drawing is 440 units wide, so that its text stays legible on a phone, where it is
//! shown at three quarters of its size. Colours are those of Okabe & Ito (2008), which
//! people with any colour vision can tell apart; right sides and ends are dashed or
//! square as well.

use crate::outcome::{Figure, Layer, Panel, Stand, Tone};

pub(crate) mod axis;
mod legend;
pub(crate) mod path;

use super::format::escaped;
use axis::{Axis, drawable, extent};
use legend::{legend, legend_rows};
use path::{Place, dots, line, place, push_line, push_thinned, share_a_column, short};

/// The width of every drawing.
pub(crate) const WIDTH: f64 = 440.0;
/// The size of the text in a drawing.
const TEXT: f64 = 12.5;
const ROW: f64 = 18.0;
const PLOT_HEIGHT: f64 = 190.0;
const PANEL_HEIGHT: f64 = 110.0;
const INK: &str = "#1d2733";
const GREY: &str = "#55616d";
const GRID: &str = "#e4e8ec";

/// A figure as an SVG element that scales to its container.
///
/// Values that are not finite break lines and leave out dots and bars. A figure without
/// any value becomes an empty box that says so. Text from files is escaped.
pub fn svg(figure: &Figure) -> String {
    match Frame::of(figure) {
        Some(frame) => frame.draw(figure),
        None => empty(figure),
    }
}

/// The opening of an SVG element with its description for people who cannot see it.
pub(crate) fn opening(height: f64, title: &str, caption: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\" \
         font-size=\"{TEXT}\" fill=\"{GREY}\">\
         <title>{}</title><desc>{}</desc>",
        short(WIDTH),
        short(height),
        escaped(title),
        escaped(caption)
    )
}

fn empty(figure: &Figure) -> String {
    let middle = short(WIDTH / 2.0);
    format!(
        "{}<rect x=\".5\" y=\".5\" width=\"439\" height=\"79\" rx=\"4\" fill=\"#fff\" \
         stroke=\"{GRID}\"/>\
         <text x=\"{middle}\" y=\"44\" text-anchor=\"middle\">Nothing to draw: there are \
         no values.</text></svg>",
        opening(80.0, &figure.title, &figure.caption)
    )
}

/// The width that a text takes, estimated: fonts differ from machine to machine.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * TEXT * 0.56
}

/// The text, cut with an ellipsis where it would be wider than `room`.
pub(crate) fn cut(text: &str, room: f64) -> String {
    let fits = (room / (TEXT * 0.56)).max(1.0) as usize;
    if text.chars().count() <= fits {
        return text.to_owned();
    }
    let kept: String = text.chars().take(fits.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The text, cut in its middle where it is longer: names of muscles differ at both ends.
fn cut_inside(text: &str, most: usize) -> String {
    let symbols: Vec<char> = text.chars().collect();
    if symbols.len() <= most {
        return text.to_owned();
    }
    let (head, tail) = ((most - 1) / 2, most / 2);
    let start: String = symbols[..head].iter().collect();
    let end: String = symbols[symbols.len() - tail..].iter().collect();
    format!("{}…{}", start.trim_end(), end.trim_start())
}

/// A text element, escaped.
pub(crate) fn text(x: f64, y: f64, anchor: &str, content: &str) -> String {
    let anchor = if anchor == "start" {
        String::new()
    } else {
        format!(" text-anchor=\"{anchor}\"")
    };
    format!(
        "<text x=\"{}\" y=\"{}\"{anchor}>{}</text>",
        short(x),
        short(y),
        escaped(content)
    )
}

/// The colour of a meaning.
pub(crate) fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Signal => "#56b4e9",
        Tone::Envelope | Tone::Fit => INK,
        Tone::Left => "#0072b2",
        Tone::Right => "#d55e00",
        Tone::First => "#009e73",
        Tone::Last => "#b3578a",
        Tone::Muted => "#98a2ac",
    }
}

/// The dashes of a line that is to be told from another without its colour.
fn dashes(tone: Tone) -> &'static str {
    match tone {
        Tone::Right | Tone::Last => " stroke-dasharray=\"7 3\"",
        _ => "",
    }
}

/// Right sides and ends have square dots.
fn cap(tone: Tone) -> &'static str {
    match tone {
        Tone::Right | Tone::Last => "square",
        _ => "round",
    }
}

fn stroke_width(tone: Tone) -> &'static str {
    match tone {
        Tone::Signal => "1",
        Tone::Muted => "1.2",
        _ => "1.8",
    }
}

/// The horizontal axis: numbers, or the named places of bars.
#[derive(Clone)]
enum Across {
    Numbers(Axis),
    Places(Vec<String>),
}

/// Where the axes of a figure lie in its drawing.
struct Frame {
    across: Across,
    up: Axis,
    left: f64,
    top: f64,
    height: f64,
}

impl Frame {
    /// The frame for a figure, `None` when nothing in it can be drawn.
    fn of(figure: &Figure) -> Option<Self> {
        let up = Axis::rounded(joined(figure.layers.iter().map(heights))?, 5);
        let places = places(&figure.layers);
        let below = figure.below.iter().flat_map(|panel| &panel.layers);
        let across = if places.is_empty() {
            Across::Numbers(Axis::tight(
                joined(figure.layers.iter().chain(below).map(positions))?,
                6,
            ))
        } else {
            Across::Places(places)
        };
        let frame = Self {
            across,
            left: widest_tick(&up, &figure.y_label) + 8.0,
            up,
            top: 0.0,
            height: PLOT_HEIGHT,
        };
        let widest = figure
            .below
            .iter()
            .filter_map(|panel| frame.panel(panel))
            .map(|panel| panel.left);
        let left = widest.fold(frame.left, f64::max);
        Some(Self { left, top: head(&figure.layers), ..frame })
    }

    /// The frame for what is drawn below, `None` when nothing in it can be drawn.
    fn panel(&self, panel: &Panel) -> Option<Self> {
        let up = Axis::rounded(joined(panel.layers.iter().map(heights))?, 3);
        let left = self.left.max(widest_tick(&up, &panel.y_label) + 8.0);
        let top = self.bottom() + head(&panel.layers) + 2.0;
        Some(Self { across: self.across.clone(), up, left, top, height: PANEL_HEIGHT })
    }

    fn right(&self) -> f64 {
        WIDTH - 14.0
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn x(&self, value: f64) -> f64 {
        let share = match &self.across {
            Across::Numbers(axis) => axis.share(value),
            Across::Places(places) => {
                ((value + 0.5) / places.len() as f64).clamp(0.0, 1.0)
            }
        };
        self.left + share * (self.right() - self.left)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - self.up.share(value) * self.height
    }

    fn place(&self, x: f64, y: f64) -> Option<Place> {
        (drawable(x) && drawable(y)).then(|| place(self.x(x), self.y(y)))
    }

    fn draw(&self, figure: &Figure) -> String {
        let panel =
            figure.below.as_ref().and_then(|panel| Some((panel, self.panel(panel)?)));
        let lowest = panel.as_ref().map_or(self, |(_, frame)| frame);
        let (names, foot) = lowest.foot(figure);
        let mut svg = opening(lowest.bottom() + foot, &figure.title, &figure.caption);
        self.plot(&figure.y_label, &figure.layers, 0.0, &mut svg);
        if let Some((panel, frame)) = &panel {
            frame.plot(&panel.y_label, &panel.layers, self.bottom() + 2.0, &mut svg);
        }
        svg.push_str(&names);
        svg.push_str("</svg>");
        svg
    }

    /// The head from `top` on, and what is drawn below it.
    fn plot(&self, y_label: &str, layers: &[Layer], top: f64, svg: &mut String) {
        svg.push_str(&text(
            0.0,
            top + 13.0,
            "start",
            &cut(&self.up.label(y_label), WIDTH),
        ));
        svg.push_str(&legend(layers, top));
        svg.push_str(&self.grid(y_label));
        self.layers(layers, svg);
        svg.push_str(&self.base_line());
    }

    fn grid(&self, y_label: &str) -> String {
        let ticks = self.up.ticks(y_label);
        let ends = (place(self.left, 0.0).0, place(self.right(), 0.0).0);
        let grid: String = ticks
            .iter()
            .map(|tick| place(0.0, self.y(tick.value)).1)
            .map(|y| line(&[(ends.0, y), (ends.1, y)]))
            .collect();
        let numbers: String = ticks
            .iter()
            .map(|tick| {
                text(self.left - 6.0, self.y(tick.value) + 4.0, "end", &tick.text)
            })
            .collect();
        format!("<path d=\"{grid}\" stroke=\"{GRID}\"/>{numbers}")
    }

    /// The line at zero, or at the foot where zero is not shown.
    fn base_line(&self) -> String {
        let zero_inside = self.up.low <= 0.0 && self.up.high >= 0.0;
        let y = self.y(if zero_inside { 0.0 } else { self.up.low });
        let path = line(&[place(self.left, y), place(self.right(), y)]);
        format!("<path d=\"{path}\" stroke=\"#8a949e\"/>")
    }

    /// What stands below the plot, and how much room it takes.
    fn foot(&self, figure: &Figure) -> (String, f64) {
        match &self.across {
            Across::Numbers(axis) => (self.number_foot(axis, &figure.x_label), 40.0),
            Across::Places(places) => self.place_foot(places, &figure.x_label),
        }
    }

    fn number_foot(&self, axis: &Axis, label: &str) -> String {
        let mut foot = String::new();
        let mut marks = String::new();
        for tick in axis.ticks(label) {
            let (x, bottom) = (self.x(tick.value), self.bottom());
            marks.push_str(&line(&[place(x, bottom), place(x, bottom + 4.0)]));
            foot.push_str(&text(x, bottom + 17.0, "middle", &tick.text));
        }
        let middle = (self.left + self.right()) / 2.0;
        let label = cut(&axis.label(label), self.right() - self.left);
        format!(
            "<path d=\"{marks}\" stroke=\"#8a949e\"/>{foot}{}",
            text(middle, self.bottom() + 34.0, "middle", &label)
        )
    }

    /// Names of places in up to three rows, or slanted where they are many.
    fn place_foot(&self, places: &[String], label: &str) -> (String, f64) {
        let room = (self.right() - self.left) / places.len() as f64;
        let (names, height) = if room < 52.0 {
            self.slanted(places)
        } else {
            self.wrapped(places, room - 6.0)
        };
        let middle = (self.left + self.right()) / 2.0;
        let label_room = if label.is_empty() { 0.0 } else { 18.0 };
        let label = text(
            middle,
            self.bottom() + height + 12.0,
            "middle",
            &cut(label, self.right() - self.left),
        );
        (if label_room > 0.0 { names + &label } else { names }, height + label_room + 2.0)
    }

    fn wrapped(&self, places: &[String], room: f64) -> (String, f64) {
        let columns: Vec<Vec<String>> =
            places.iter().map(|name| wrap(name, room)).collect();
        let rows = columns.iter().map(Vec::len).max().unwrap_or(1);
        let mut names = String::new();
        for (index, column) in columns.iter().enumerate() {
            for (row, name) in column.iter().enumerate() {
                let y = self.bottom() + 16.0 + 15.0 * row as f64;
                names.push_str(&text(self.x(index as f64), y, "middle", name));
            }
        }
        (names, 8.0 + 15.0 * rows as f64)
    }

    fn slanted(&self, places: &[String]) -> (String, f64) {
        let every = places.len().div_ceil(24);
        let mut names = String::new();
        let mut longest = 0.0_f64;
        for (index, name) in places.iter().enumerate().step_by(every) {
            let name = cut_inside(name, 15);
            longest = longest.max(text_width(&name));
            let (x, y) = (short(self.x(index as f64) + 4.0), short(self.bottom() + 14.0));
            let name = escaped(&name);
            names.push_str(&format!(
                "<text transform=\"translate({x} {y})rotate(-50)\" \
                 text-anchor=\"end\">{name}</text>"
            ));
        }
        (names, 14.0 + 0.8 * longest)
    }

    fn layers(&self, layers: &[Layer], svg: &mut String) {
        let groups =
            layers.iter().filter(|layer| matches!(layer, Layer::Bars { .. })).count();
        let mut group = 0;
        for layer in layers {
            self.layer(layer, (group, groups), svg);
            group += usize::from(matches!(layer, Layer::Bars { .. }));
        }
    }

    fn layer(&self, layer: &Layer, group: (usize, usize), svg: &mut String) {
        match layer {
            Layer::Line { x, y, tone, .. } => self.line(x, y, *tone, svg),
            Layer::Points { x, y, tone, .. } => svg.push_str(&self.points(x, y, *tone)),
            Layer::Band { x, low, high, tone, .. } => {
                self.band((x, low, high), *tone, svg)
            }
            Layer::Stretch { from, to, .. } => svg.push_str(&self.stretch(*from, *to)),
            Layer::Words { text, x, y, stand } => {
                svg.push_str(&self.words(text, (*x, *y), *stand))
            }
            Layer::Bars { places, values, intervals, tone, .. } => {
                for (index, (name, value)) in places.iter().zip(values).enumerate() {
                    svg.push_str(&self.bar(
                        name,
                        *value,
                        intervals.get(index).copied().flatten(),
                        group,
                        *tone,
                    ));
                }
            }
        }
    }

    fn line(&self, x: &[f64], y: &[f64], tone: Tone, svg: &mut String) {
        svg.push_str("<path d=\"");
        push_thinned(svg, x.iter().zip(y).map(|(x, y)| self.place(*x, *y)));
        svg.push_str(&format!(
            "\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\"{}/>",
            colour(tone),
            stroke_width(tone),
            dashes(tone)
        ));
    }

    fn points(&self, x: &[f64], y: &[f64], tone: Tone) -> String {
        let places = x.iter().zip(y).filter_map(|(x, y)| self.place(*x, *y)).collect();
        format!(
            "<path d=\"{}\" stroke=\"{}\" stroke-width=\"5\" stroke-linecap=\"{}\" \
             opacity=\".75\"/>",
            dots(places),
            colour(tone),
            cap(tone)
        )
    }

    fn band(
        &self,
        (x, low, high): (&[f64], &[f64], &[f64]),
        tone: Tone,
        svg: &mut String,
    ) {
        let edge = |((x, low), high): ((&f64, &f64), &f64)| {
            let lower = self.place(*x, *low)?;
            drawable(*high).then(|| (lower, (lower.0, place(0.0, self.y(*high)).1)))
        };
        svg.push_str("<path d=\"");
        push_outlines(svg, x.iter().zip(low).zip(high).map(edge));
        let opacity = if tone == Tone::Signal { "" } else { " opacity=\".22\"" };
        let colour = colour(tone);
        svg.push_str(&format!(
            "\" fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\".7\"{opacity}/>"
        ));
    }

    fn words(&self, words: &str, (x, y): (f64, f64), stand: Stand) -> String {
        if !drawable(x) || !drawable(y) {
            return String::new();
        }
        let (x, y) = (self.x(x), self.y(y) + 4.0);
        match stand {
            Stand::Right => text(x + 6.0, y, "start", &cut(words, WIDTH - x - 6.0)),
            Stand::Left => text(x - 6.0, y, "end", &cut(words, x - self.left)),
        }
    }

    fn stretch(&self, from: f64, to: f64) -> String {
        if !drawable(from) || !drawable(to) || matches!(self.across, Across::Places(_)) {
            return String::new();
        }
        let (left, right) = (self.x(from.min(to)), self.x(from.max(to)));
        let (y, width) = (short(self.top), short((right - left).max(0.6)));
        let (x, height) = (short(left), short(self.height));
        format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             fill=\"{INK}\" opacity=\".1\"/>"
        )
    }

    fn bar(
        &self,
        name: &str,
        value: f64,
        interval: Option<(f64, f64)>,
        group: (usize, usize),
        tone: Tone,
    ) -> String {
        let Across::Places(places) = &self.across else {
            return String::new();
        };
        let Some(index) = places.iter().position(|place| place == name) else {
            return String::new();
        };
        let room = (self.right() - self.left) / places.len() as f64;
        let width = (0.72 * room / group.1 as f64).min(46.0);
        let left = self.x(index as f64) + width * (group.0 as f64 - group.1 as f64 / 2.0);
        if !drawable(value) {
            return text(left + width / 2.0, self.y(0.0) - 4.0, "middle", "–");
        }
        let (top, foot) = (self.y(value.max(0.0)), self.y(value.min(0.0)));
        let (x, y, height) = (short(left), short(top), short((foot - top).max(0.5)));
        let (inner, colour) = (short((width - 2.0).max(1.0)), colour(tone));
        let bar = format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{inner}\" height=\"{height}\" fill=\"{colour}\"/>"
        );
        bar + &self.whisker(left + (width - 2.0) / 2.0, interval)
    }

    fn whisker(&self, x: f64, interval: Option<(f64, f64)>) -> String {
        let Some((low, high)) =
            interval.filter(|(low, high)| drawable(*low) && drawable(*high))
        else {
            return String::new();
        };
        let (low, high) = (self.y(low), self.y(high));
        let cap = |y: f64| line(&[place(x - 4.0, y), place(x + 4.0, y)]);
        let path = line(&[place(x, low), place(x, high)]) + &cap(low) + &cap(high);
        format!("<path d=\"{path}\" stroke=\"{INK}\" stroke-width=\"1.4\"/>")
    }
}

/// The room of what stands above a plot: the label of its axis, and its legend.
fn head(layers: &[Layer]) -> f64 {
    ROW * (1 + legend_rows(layers).len()) as f64 + 9.0
}

fn widest_tick(axis: &Axis, label: &str) -> f64 {
    axis.ticks(label).iter().map(|tick| text_width(&tick.text)).fold(0.0, f64::max)
}

/// The values of a layer that the vertical axis must hold, from the smallest to the
/// largest.
fn heights(layer: &Layer) -> Option<(f64, f64)> {
    match layer {
        Layer::Line { x, y, .. } | Layer::Points { x, y, .. } => shown(x, y),
        Layer::Band { x, low, high, .. } => joined([shown(x, low), shown(x, high)]),
        Layer::Bars { values, intervals, .. }
            if values.iter().any(|value| drawable(*value)) =>
        {
            let ends = intervals.iter().flatten().flat_map(|(low, high)| [*low, *high]);
            extent(values.iter().copied().chain(ends).chain([0.0]))
        }
        Layer::Bars { .. } | Layer::Stretch { .. } | Layer::Words { .. } => None,
    }
}

/// The heights of points that have a horizontal position.
fn shown(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    extent(x.iter().zip(y).filter(|(x, _)| drawable(**x)).map(|(_, y)| *y))
}

/// The horizontal positions of a layer that the axis must hold, from the first to the
/// last.
fn positions(layer: &Layer) -> Option<(f64, f64)> {
    match layer {
        Layer::Line { x, .. } | Layer::Points { x, .. } | Layer::Band { x, .. } => {
            extent(x.iter().copied())
        }
        Layer::Bars { .. } | Layer::Stretch { .. } | Layer::Words { .. } => None,
    }
}

/// One range over all.
fn joined(ranges: impl IntoIterator<Item = Option<(f64, f64)>>) -> Option<(f64, f64)> {
    extent(ranges.into_iter().flatten().flat_map(|(low, high)| [low, high]))
}

/// The names of places in the order in which the layers of bars first name them.
fn places(layers: &[Layer]) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for layer in layers {
        let Layer::Bars { places: named, .. } = layer else {
            continue;
        };
        for name in named {
            if !places.contains(name) {
                places.push(name.clone());
            }
        }
    }
    places
}

/// Writes the outlines of a lower and an upper edge, which a gap ends; of the places that
/// share a column one unit wide only the lowest and the highest stay.
fn push_outlines(text: &mut String, edges: impl Iterator<Item = Option<(Place, Place)>>) {
    let mut run: Vec<(Place, Place)> = Vec::new();
    for edge in edges {
        match (edge, run.last_mut()) {
            (None, _) => {
                push_outline(text, &run);
                run.clear();
            }
            // Downwards is larger in SVG, so the lower edge of a column is the largest
            // ordinate.
            (Some((low, high)), Some(last)) if share_a_column(last.0, low) => {
                last.0.1 = last.0.1.max(low.1);
                last.1.1 = last.1.1.min(high.1);
            }
            (Some(edge), _) => run.push(edge),
        }
    }
    push_outline(text, &run);
}

fn push_outline(text: &mut String, run: &[(Place, Place)]) {
    if run.is_empty() {
        return;
    }
    let there = run.iter().map(|(_, high)| *high);
    let back = run.iter().rev().map(|(low, _)| *low);
    push_line(text, there.chain(back));
    text.push('z');
}

/// A name in up to three rows that fit the room.
fn wrap(name: &str, room: f64) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match rows.last_mut() {
            Some(row) if text_width(row) + text_width(word) + TEXT * 0.56 <= room => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    if rows.len() > 3 {
        let rest = rows.split_off(2).join(" ");
        rows.push(rest);
    }
    rows.iter().map(|row| cut(row, room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::FigurePlace;

    fn figure(layers: Vec<Layer>) -> Figure {
        Figure {
            title: "Course <b>".into(),
            channel: None,
            detail: String::new(),
            place: FigurePlace::Task,
            caption: "What & where".into(),
            x_label: "time (s)".into(),
            y_label: "frequency (Hz)".into(),
            layers,
            below: None,
        }
    }

    fn curve(y: Vec<f64>) -> Layer {
        Layer::Line {
            name: "left".into(),
            x: (0..y.len()).map(|index| index as f64).collect(),
            y,
            tone: Tone::Left,
        }
    }

    #[test]
    fn nothing_to_draw_is_said() {
        let bars = Layer::Bars {
            name: "left".into(),
            places: vec!["RMS".into()],
            values: vec![f64::NAN],
            intervals: vec![None],
            tone: Tone::Left,
        };
        let stretch = Layer::Stretch { name: "gap".into(), from: 0.0, to: 1.0 };
        for layers in [
            vec![],
            vec![curve(vec![])],
            vec![curve(vec![f64::NAN; 5])],
            vec![bars],
            vec![stretch],
        ] {
            assert!(svg(&figure(layers)).contains("Nothing to draw"));
        }
    }

    #[test]
    fn degenerate_curves_are_drawn() {
        let infinite = vec![1.0, f64::INFINITY, 2.0, f64::NAN, f64::MAX];
        for y in [vec![3.0], vec![3.0; 10], vec![0.0; 4], vec![1e-300, 1e299], infinite] {
            let drawn = svg(&figure(vec![curve(y)]));
            assert!(
                drawn.contains("<path d=\"M")
                    && !drawn.contains("NaN")
                    && !drawn.contains("inf"),
                "{drawn}"
            );
        }
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let path = |y: Vec<f64>| {
            svg(&figure(vec![curve(y)]))
                .split("stroke-linejoin")
                .next()
                .map(str::to_owned)
        };
        let broken = path(vec![1.0, 2.0, f64::NAN, 2.0, 1.0]).unwrap();
        let last = broken.rsplit("d=\"").next().unwrap();
        assert_eq!(last.matches('M').count(), 2, "{last}");
    }

    #[test]
    fn an_outline_in_one_pass_is_the_outline_of_all_columns() {
        let mut random = crate::report::Uniform(23);
        for length in 0..300 {
            let mut x = 0;
            let edges: Vec<Option<(Place, Place)>> = (0..length)
                .map(|_| {
                    x += (12.0 * random.next()) as i64;
                    let low = (100.0 * random.next()) as i64;
                    (random.next() > 0.05)
                        .then(|| ((x, low), (x, low - (30.0 * random.next()) as i64)))
                })
                .collect();
            let mut text = String::new();
            push_outlines(&mut text, edges.iter().copied());
            let mut plain = String::new();
            for run in edges.split(Option::is_none).filter(|run| !run.is_empty()) {
                let run: Vec<(Place, Place)> = run.iter().copied().flatten().collect();
                let columns: Vec<_> =
                    run.chunk_by(|one, other| share_a_column(one.0, other.0)).collect();
                let (first, lowest) =
                    (|column: &[(Place, Place)]| column[0].0.0, i64::MAX);
                let high = |column: &[(Place, Place)]| {
                    column.iter().fold(lowest, |high, edge| high.min(edge.1.1))
                };
                let low = |column: &[(Place, Place)]| {
                    column.iter().fold(-lowest, |low, edge| low.max(edge.0.1))
                };
                let there = columns.iter().map(|column| (first(column), high(column)));
                let back =
                    columns.iter().rev().map(|column| (first(column), low(column)));
                plain += &(line(&there.chain(back).collect::<Vec<_>>()) + "z");
            }
            assert_eq!(text, plain);
        }
    }

    #[test]
    fn a_point_lies_where_the_axes_say() {
        let frame = Frame::of(&figure(vec![curve(vec![0.0, 50.0, 100.0])])).unwrap();
        assert_eq!(frame.place(0.0, 0.0), Some(place(frame.left, frame.bottom())));
        assert_eq!(frame.place(2.0, 100.0), Some(place(frame.right(), frame.top)));
        let middle = ((frame.left + frame.right()) / 2.0, frame.top + PLOT_HEIGHT / 2.0);
        assert_eq!(frame.place(1.0, 50.0), Some(place(middle.0, middle.1)));
    }

    #[test]
    fn a_panel_below_shares_the_horizontal_axis() {
        let wide = Layer::Line {
            name: String::new(),
            x: vec![0.0, 4.0],
            y: vec![0.0, 12345.0],
            tone: Tone::Fit,
        };
        let panel = Panel { y_label: "t".into(), layers: vec![wide] };
        let both =
            Figure { below: Some(panel), ..figure(vec![curve(vec![0.0, 50.0, 100.0])]) };
        let upper = Frame::of(&both).unwrap();
        let lower = upper.panel(both.below.as_ref().unwrap()).unwrap();
        assert_eq!((upper.left, upper.x(2.0)), (lower.left, lower.x(2.0)));
        assert!(upper.x(4.0) == upper.right() && lower.top > upper.bottom());
        let drawn = svg(&both);
        assert_eq!(drawn.matches("time (s)").count(), 1, "{drawn}");
        let empty =
            Figure { below: Some(Panel { y_label: "t".into(), layers: vec![] }), ..both };
        assert!(svg(&empty).matches("stroke-linejoin").count() == 1);
    }

    #[test]
    fn text_from_files_is_escaped() {
        let line = Layer::Line {
            name: "<script>".into(),
            x: vec![0.0, 1.0],
            y: vec![0.0, 1.0],
            tone: Tone::Right,
        };
        let drawn = svg(&figure(vec![line]));
        assert!(
            !drawn.contains("<script")
                && !drawn.contains("<b>")
                && drawn.contains("&lt;script&gt;")
        );
        assert!(
            drawn
                .contains("<title>Course &lt;b&gt;</title><desc>What &amp; where</desc>")
        );
    }

    #[test]
    fn long_names_stay_apart_when_they_are_cut() {
        assert_eq!(cut_inside("gastrocnemius medialis", 15), "gastroc…edialis");
        assert_eq!(cut_inside("gastrocnemius lateralis", 15), "gastroc…teralis");
        assert_eq!(cut_inside("soleus", 15), "soleus");
        assert_eq!(cut("gastrocnemius", 8.0 * TEXT * 0.56), "gastroc…");
    }

    #[test]
    fn a_long_trace_stays_small() {
        let mut random = crate::report::Uniform(1);
        let noise: Vec<f64> = (0..200_000).map(|_| random.next() - 0.5).collect();
        let x: Vec<f64> = (0..200_000).map(|index| index as f64 / 2000.0).collect();
        let high: Vec<f64> = noise.iter().map(|value| value + 0.1).collect();
        let band = Layer::Band {
            name: "raw".into(),
            x: x.clone(),
            low: noise.clone(),
            high,
            tone: Tone::Signal,
        };
        let line = Layer::Line { name: "clean".into(), x, y: noise, tone: Tone::Fit };
        let size = svg(&figure(vec![band, line])).len();
        assert!(size < 30_000, "{size} bytes");
    }
}
