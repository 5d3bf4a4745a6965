//! The signals of a recording on one time axis: a row a muscle, the left side above the
//! right one, both at one scale.

use minijinja::Value;
use serde::Serialize;

use super::subject::{Column, Subjects};
use crate::outcome::{Figure, FigurePlace, Layer};
use crate::report::figure::axis::Axis;
use crate::report::figure::path::{Place, push_line, short, simplified};
use crate::report::format::{escaped, number};
use crate::session::RecordingFindings;

/// The width of a drawing, and the height of the lane of one side.
const WIDTH: f64 = 1000.0;
const LANE: f64 = 50.0;
/// How much of a lane the largest sample reaches, to either side of its middle.
const REACH: f64 = 23.0;
/// More rows than so many are drawn at half the height.
const MANY: usize = 8;

/// The picture of a recording.
#[derive(Debug, Serialize)]
pub(super) struct Signals {
    title: String,
    caption: String,
    rows: Vec<SignalRow>,
    /// Where the ticks of the time axis stand, in per cent of the width, and their words.
    ticks: Vec<(String, String)>,
    sides: [bool; 2],
    dense: bool,
}

/// A muscle.
#[derive(Debug, Serialize)]
struct SignalRow {
    name: String,
    /// The channels, the left one first.
    channels: Vec<(&'static str, String)>,
    /// What the height of a lane is.
    scale: String,
    drawing: Value,
}

/// The channels of a muscle that share a scale.
struct Row<'a> {
    name: String,
    lanes: Vec<Lane<'a>>,
}

/// One channel.
struct Lane<'a> {
    column: Column,
    channel: &'a str,
    figure: &'a Figure,
    bursts: Option<&'a Figure>,
}

impl Signals {
    /// `None` where nothing was drawn; `columns` says how finely.
    pub(super) fn of(recording: &RecordingFindings, columns: usize) -> Option<Self> {
        let figures = || recording.outcomes.iter().flat_map(|outcome| &outcome.figures);
        let first = figures().find(|figure| figure.place == FigurePlace::Signal)?;
        let rows = rows(recording);
        let time = time(recording, &rows)?;
        let ticks = time
            .ticks("")
            .into_iter()
            .map(|tick| (short(100.0 * time.share(tick.value)), tick.text));
        let has = |column| {
            rows.iter().flat_map(|row| &row.lanes).any(|lane| lane.column == column)
        };
        let sides = [has(Column::Left), has(Column::Right)];
        let drawn: Vec<SignalRow> =
            rows.iter().map(|row| row.drawn(&time, columns)).collect();
        Some(Self {
            title: first.title.clone(),
            caption: first.caption.clone(),
            ticks: ticks.collect(),
            sides,
            dense: drawn.len() > MANY,
            rows: drawn,
        })
    }
}

/// The channels by muscle, in the order of the file.
fn rows(recording: &RecordingFindings) -> Vec<Row<'_>> {
    let subjects = Subjects::of(recording);
    let figures = || recording.outcomes.iter().flat_map(|outcome| &outcome.figures);
    let mut rows: Vec<Row<'_>> = Vec::new();
    for figure in figures().filter(|figure| figure.place == FigurePlace::Signal) {
        let Some(channel) = figure.channel.as_deref() else { continue };
        let subject = subjects.find(Some(channel));
        let bursts = figures().find(|other| {
            other.place == FigurePlace::Bursts && other.channel == figure.channel
        });
        let lane = Lane { column: subject.column, channel, figure, bursts };
        match rows.iter_mut().find(|row| row.name == subject.name) {
            Some(row) => row.lanes.push(lane),
            None => rows.push(Row { name: subject.name, lanes: vec![lane] }),
        }
    }
    for row in &mut rows {
        row.lanes.sort_by_key(|lane| lane.column);
    }
    rows
}

/// The time axis: the whole recording.
fn time(recording: &RecordingFindings, rows: &[Row<'_>]) -> Option<Axis> {
    let read = recording
        .reading
        .as_ref()
        .map(|reading| (reading.start_s, reading.start_s + reading.duration_s));
    let (mut from, mut to) = read.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
    for layer in
        rows.iter().flat_map(|row| &row.lanes).flat_map(|lane| &lane.figure.layers)
    {
        if let Layer::Band { x, .. } = layer {
            let known = || x.iter().copied().filter(|time| time.is_finite());
            from = known().fold(from, f64::min);
            to = known().fold(to, f64::max);
        }
    }
    (from < to).then(|| Axis::tight((from, to), 8))
}

impl Row<'_> {
    fn drawn(&self, time: &Axis, columns: usize) -> SignalRow {
        let one_unit = self
            .lanes
            .iter()
            .all(|lane| lane.figure.y_label == self.lanes[0].figure.y_label);
        let most = self.lanes.iter().map(Lane::largest).fold(0.0, f64::max);
        let height = LANE * self.lanes.len() as f64;
        let names: Vec<&str> = self.lanes.iter().map(|lane| lane.channel).collect();
        let mut svg = format!(
            "<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\"><title>{}\
             </title>",
            short(WIDTH),
            short(height),
            escaped(&format!(
                "{}: signal and envelope of {}",
                self.name,
                names.join(", ")
            ))
        );
        let mut scales: Vec<String> = Vec::new();
        for (place, lane) in self.lanes.iter().enumerate() {
            let full = if one_unit { most } else { lane.largest() };
            lane.draw(&mut svg, (place as f64 + 0.5) * LANE, full, (time, columns));
            let scale = scale_words(full, &lane.figure.y_label);
            if !scales.contains(&scale) {
                scales.push(scale);
            }
        }
        svg.push_str("</svg>");
        let side = |column: Column| match column {
            Column::Left => "left",
            Column::Right => "right",
            Column::One | Column::Both => "",
        };
        SignalRow {
            name: self.name.clone(),
            channels: self
                .lanes
                .iter()
                .map(|lane| (side(lane.column), lane.channel.to_owned()))
                .collect(),
            scale: scales.join(", "),
            drawing: Value::from_safe_string(svg),
        }
    }
}

/// "± 312 µV": how far a lane reaches.
fn scale_words(full: f64, label: &str) -> String {
    let unit = label.rsplit_once('(').map_or("", |(_, unit)| unit.trim_end_matches(')'));
    match (unit, full) {
        (_, full) if full <= 0.0 => String::new(),
        ("V", full) if full < 1e-3 => format!("± {} µV", number(1e6 * full)),
        ("V", full) if full < 1.0 => format!("± {} mV", number(1e3 * full)),
        _ => format!("± {} {unit}", number(full)),
    }
}

impl Lane<'_> {
    /// The largest magnitude of the signal.
    fn largest(&self) -> f64 {
        let edges = self.figure.layers.iter().flat_map(|layer| match layer {
            Layer::Band { low, high, .. } => [low.as_slice(), high.as_slice()],
            Layer::Line { y, .. } => [y.as_slice(), &[]],
            _ => [&[][..], &[]],
        });
        let known = edges.flatten().filter(|value| value.is_finite());
        known.fold(0.0, |largest, value| value.abs().max(largest))
    }

    fn draw(&self, svg: &mut String, middle: f64, full: f64, on: (&Axis, usize)) {
        let (time, columns) = on;
        let class = class(self.column);
        let y = |value: f64| middle - REACH * value / full.max(f64::MIN_POSITIVE);
        let top = middle - LANE / 2.0;
        svg.push_str(&format!("<g class=\"{class}\">"));
        for layer in &self.figure.layers {
            match layer {
                Layer::Stretch { from, to, .. } => {
                    svg.push_str(&block("gap", time, (*from, *to), (top, LANE)));
                }
                Layer::Band { x, low, high, .. } => {
                    svg.push_str("<path class=\"s\" d=\"");
                    let edges = x.iter().zip(low.iter().zip(high));
                    let edges = edges.map(|(x, (low, high))| (*x, y(*high), y(*low)));
                    push_bars(svg, edges, time, columns);
                    svg.push_str("\"/>");
                }
                Layer::Line { x, y: values, .. } => {
                    svg.push_str("<path class=\"e\" d=\"");
                    push_envelope(
                        svg,
                        x.iter().zip(values.iter().map(|v| y(*v))),
                        (time, columns),
                    );
                    svg.push_str("\"/>");
                }
                _ => {}
            }
        }
        for layer in self.bursts.iter().flat_map(|figure| &figure.layers) {
            match layer {
                Layer::Stretch { from, to, .. } => {
                    let foot = top + LANE - 4.0;
                    svg.push_str(&block("b", time, (*from, *to), (foot, 3.0)));
                }
                Layer::Band { x, .. } => {
                    for span in x.chunks(3).filter(|span| span.len() > 1) {
                        let foot = top + LANE - 6.0;
                        let ends = (span[0], span[1]);
                        svg.push_str(&block("d", time, ends, (foot, 5.0)));
                    }
                }
                _ => {}
            }
        }
        svg.push_str("</g>");
    }
}

/// The class that colours a side.
fn class(column: Column) -> &'static str {
    match column {
        Column::Left => "l",
        Column::Right => "r",
        Column::One | Column::Both => "n",
    }
}

/// A stretch of time as a rectangle.
fn block(
    class: &str,
    time: &Axis,
    (from, to): (f64, f64),
    (top, height): (f64, f64),
) -> String {
    let (left, right) = (WIDTH * time.share(from), WIDTH * time.share(to));
    let (left, width) = (left.round(), (right - left).round().max(1.0));
    let (left, top) = (short(left), short(top.round()));
    format!(
        "<path class=\"{class}\" d=\"M{left} {top}h{0}v{1}h-{0}z\"/>",
        short(width),
        short(height)
    )
}

/// Writes the smallest and largest of each column as a bar, one step from the last.
fn push_bars(
    text: &mut String,
    edges: impl Iterator<Item = (f64, f64, f64)>,
    time: &Axis,
    columns: usize,
) {
    let step = (WIDTH / columns.max(1) as f64).round().max(1.0);
    let mut bars: Vec<(i64, i64, i64)> = Vec::new();
    for (x, top, foot) in edges {
        if !(x.is_finite() && top.is_finite() && foot.is_finite()) {
            continue;
        }
        let column = ((WIDTH * time.share(x) / step).floor() * step) as i64;
        let (top, foot) = (top.round() as i64, foot.round() as i64);
        match bars.last_mut() {
            Some(last) if last.0 == column => {
                *last = (column, last.1.min(top), last.2.max(foot));
            }
            _ => bars.push((column, top, foot)),
        }
    }
    let mut at = (0, 0);
    for (x, top, foot) in bars {
        let foot = foot.max(top + 1);
        let (dx, dy) = (x - at.0, top - at.1);
        let blank = if dy < 0 { "" } else { " " };
        text.push_str(&format!("m{dx}{blank}{dy}v{}", foot - top));
        at = (x, foot);
    }
}

/// Writes the envelope as a line, a gap breaking it.
fn push_envelope<'a>(
    text: &mut String,
    points: impl Iterator<Item = (&'a f64, f64)>,
    (time, columns): (&Axis, usize),
) {
    let step = (WIDTH / columns.max(1) as f64).round().max(1.0);
    let mut run: Vec<Place> = Vec::new();
    let end = |run: &mut Vec<Place>, text: &mut String| {
        push_line(text, simplified(run, 5));
        run.clear();
    };
    for (x, y) in points {
        if x.is_finite() && y.is_finite() {
            let x = (10.0 * (WIDTH * time.share(*x) / step).round() * step) as i64;
            if run.last().is_none_or(|last| last.0 != x) {
                run.push((x, 10 * y.round() as i64));
            }
        } else {
            end(&mut run, text);
        }
    }
    end(&mut run, text);
}
