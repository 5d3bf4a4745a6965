//! A distribution as strips of dots: one strip a muscle and side, median and quartiles
//! behind the dots.

use crate::report::figure::axis::{Axis, drawable, extent};
use crate::report::figure::path::{dots, line, place, short};
use crate::report::figure::{WIDTH, opening, text};
use crate::report::format::escaped;
use crate::report::words;
use crate::signal::{Muscle, Side};
use crate::study::{Dot, MeasureSpread, SpreadStrip};

const LEFT: f64 = 24.0;
const RIGHT: f64 = WIDTH - 24.0;
const STRIP: f64 = 50.0;
const BLUE: &str = "#0072b2";
const VERMILLION: &str = "#d55e00";

/// The strips of a distribution as SVG, outliers numbered in the order of the list beside
/// it.
pub(super) fn svg(spread: &MeasureSpread) -> String {
    let title = words::measure(&spread.measure);
    let caption = "One dot a value, by muscle and side; bar from first to third \
                   quartile, line at the median.";
    let values = spread.strips.iter().flat_map(values);
    let Some(range) = extent(values) else {
        return opening(30.0, &title, caption)
            + &text(0.0, 18.0, "start", "There are no values.")
            + "</svg>";
    };
    let axis = Axis::rounded(range, 6);
    let foot = STRIP * spread.strips.len() as f64 + 6.0;
    let mut svg = opening(foot + 40.0, &title, caption);
    svg.push_str(&grid(&axis, foot, spread.unit.symbol()));
    let mut numbered = 0;
    for (index, strip) in spread.strips.iter().enumerate() {
        svg.push_str(&drawn(&axis, strip, STRIP * index as f64, &mut numbered));
    }
    svg + "</svg>"
}

/// What a strip is called.
pub(super) fn name(strip: &SpreadStrip) -> String {
    let name = words::muscle(strip.muscle.map(Muscle::name), strip.side);
    if name.is_empty() { "Unknown muscle".to_owned() } else { name }
}

fn values(strip: &SpreadStrip) -> Vec<f64> {
    let (first, median, third) = strip.quartiles;
    strip.dots.iter().map(|dot| dot.value).chain([first, median, third]).collect()
}

fn x(axis: &Axis, value: f64) -> f64 {
    LEFT + axis.share(value) * (RIGHT - LEFT)
}

fn grid(axis: &Axis, foot: f64, unit: &str) -> String {
    let label =
        if unit.is_empty() || unit == "1" { String::new() } else { format!("({unit})") };
    let ticks = axis.ticks(&label);
    let lines: String = ticks
        .iter()
        .map(|tick| {
            line(&[place(x(axis, tick.value), 0.0), place(x(axis, tick.value), foot)])
        })
        .collect();
    let numbers: String = ticks
        .iter()
        .map(|tick| text(x(axis, tick.value), foot + 16.0, "middle", &tick.text))
        .collect();
    let label = axis.label(&label);
    let label = label.replace(['(', ')'], "");
    format!(
        "<path d=\"{lines}\" stroke=\"#e4e8ec\"/>{numbers}{}",
        text((LEFT + RIGHT) / 2.0, foot + 33.0, "middle", label.trim())
    )
}

fn drawn(axis: &Axis, strip: &SpreadStrip, top: f64, numbered: &mut usize) -> String {
    let middle = top + 34.0;
    let count = strip.dots.iter().filter(|dot| drawable(dot.value)).count();
    let mut svg =
        text(LEFT, top + 16.0, "start", &format!("{} · n = {count}", name(strip)));
    svg.push_str(&quartiles(axis, strip, middle));
    let right = strip.side == Some(Side::Right);
    let (colour, cap) = if right { (VERMILLION, "square") } else { (BLUE, "round") };
    let swarm = dots(swarm(axis, strip, middle));
    svg.push_str(&format!(
        "<path d=\"{swarm}\" stroke=\"{colour}\" stroke-width=\"4.5\" \
         stroke-linecap=\"{cap}\" opacity=\".7\"/>"
    ));
    let mut last = f64::NEG_INFINITY;
    for dot in strip.outliers().into_iter().filter(|dot| drawable(dot.value)) {
        *numbered += 1;
        let at = x(axis, dot.value);
        let y = if (at - last).abs() < 16.0 { middle + 16.0 } else { middle - 6.0 };
        svg.push_str(&number(dot, *numbered, at, y));
        last = at;
    }
    svg
}

fn quartiles(axis: &Axis, strip: &SpreadStrip, middle: f64) -> String {
    let (first, median, third) = strip.quartiles;
    if ![first, median, third].into_iter().all(drawable) {
        return String::new();
    }
    let (left, width) =
        (short(x(axis, first)), short((x(axis, third) - x(axis, first)).max(1.0)));
    let line = line(&[
        place(x(axis, median), middle - 9.0),
        place(x(axis, median), middle + 9.0),
    ]);
    format!(
        "<rect x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"18\" rx=\"2\" fill=\"#dfe5ea\"/>\
         <path d=\"{line}\" stroke=\"#1d2733\" stroke-width=\"2\"/>",
        short(middle - 9.0)
    )
}

/// The number of an outlier; the list beside the drawing leads to its session.
fn number(dot: &Dot, number: usize, at: f64, y: f64) -> String {
    let name = escaped(&format!("{}, {}, {}", dot.session, dot.recording, dot.channel));
    let number = text(at, y, "middle", &number.to_string());
    format!("<g><title>{name}</title>{number}</g>")
}

/// Places of the dots: where two would touch, the later one moves up or down.
fn swarm(axis: &Axis, strip: &SpreadStrip, middle: f64) -> Vec<(i64, i64)> {
    let mut sorted: Vec<f64> =
        strip.dots.iter().map(|dot| dot.value).filter(|value| drawable(*value)).collect();
    sorted.sort_by(f64::total_cmp);
    let mut lanes = [0.0, -4.5, 4.5, -9.0, 9.0].map(|offset| (offset, f64::NEG_INFINITY));
    let mut places = Vec::with_capacity(sorted.len());
    for value in sorted {
        let at = x(axis, value);
        let free = lanes.iter().position(|(_, last)| at - last >= 4.5).unwrap_or(0);
        lanes[free].1 = at;
        places.push(place(at, middle + lanes[free].0));
    }
    places
}
