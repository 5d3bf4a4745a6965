//! One measure of every muscle as dots with their intervals, left and right on one axis.

use crate::outcome::Measure;
use crate::report::figure::axis::{Axis, Tick, drawable, extent};
use crate::report::figure::path::short;
use crate::report::figure::{cut, text};
use crate::report::format::{escaped, for_people, number};
use crate::report::words;
use crate::session::RecordingFindings;
use crate::signal::{Muscle, Side};

const WIDTH: f64 = 360.0;
/// Where the axis begins and ends.
const FROM: f64 = 134.0;
const TO: f64 = 345.0;
/// The height of one dot's line, and of the axis below all.
const LINE: f64 = 15.0;
const FOOT: f64 = 20.0;
/// So many channels are drawn.
const DOTS: usize = 6;

/// The values of a measure; `None` where no channel has one.
pub(super) fn svg(recording: &RecordingFindings, measure: &str) -> Option<String> {
    let is_known = |row: &&Measure| {
        row.name == measure && row.value.is_some_and(drawable) && row.side.is_some()
    };
    let mut rows: Vec<&Measure> = recording.measures().filter(is_known).collect();
    rows.sort_by_key(|row| Muscle::neighbourhood(row.muscle));
    rows.truncate(DOTS);
    let (factor, unit) = for_people(rows.first()?.unit.symbol());
    let ends = rows.iter().flat_map(|row| {
        let (low, high) = row.interval.unwrap_or_default();
        [row.value.unwrap_or_default(), low, high].map(|end| factor * end)
    });
    // 0 is where "no change" and "no activity" lie.
    let axis = Axis::rounded(extent(ends.chain([0.0]).filter(|end| drawable(*end)))?, 3);

    let foot = LINE * rows.len() as f64 + 8.0;
    let title = words::measure(measure);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         class=\"dots\" font-size=\"12\"><title>{}</title><desc>{}</desc>",
        short(WIDTH),
        short(foot + FOOT),
        escaped(&title),
        escaped(&described(&rows, factor, unit))
    );
    svg += &grid(&axis, foot, unit);
    let mut muscle = None;
    for (place, row) in rows.iter().enumerate() {
        let y = LINE * place as f64 + 12.0;
        if row.muscle != muscle || place == 0 {
            let name = words::muscle(row.muscle.map(Muscle::name), None);
            svg += &text(0.0, y + 4.0, "start", &cut(&name, FROM - 6.0));
            muscle = row.muscle;
        }
        svg += &dot(&axis, factor, row, y);
    }
    Some(svg + "</svg>")
}

fn x(axis: &Axis, value: f64) -> f64 {
    FROM + axis.share(value) * (TO - FROM)
}

fn grid(axis: &Axis, foot: f64, unit: &str) -> String {
    let ticks = axis.ticks("");
    let tick = |tick: &Tick| {
        let at = x(axis, tick.value);
        let class = if tick.value == 0.0 { "zero" } else { "grid" };
        format!(
            "<path class=\"{class}\" d=\"M{0} 2V{1}\"/>{2}",
            short(at),
            short(foot),
            text(at, foot + 14.0, "middle", &tick.text)
        )
    };
    let unit = text(0.0, foot + 14.0, "start", unit);
    ticks.iter().map(tick).collect::<String>() + &unit
}

/// A dot on the left, a square on the right, with the interval.
fn dot(axis: &Axis, factor: f64, row: &Measure, y: f64) -> String {
    let at = x(axis, factor * row.value.unwrap_or_default());
    let side = if row.side == Some(Side::Right) { "right" } else { "left" };
    let interval = row.interval.map_or(String::new(), |(low, high)| {
        format!(
            "<path class=\"line {side}\" d=\"M{} {}H{}\"/>",
            short(x(axis, factor * low)),
            short(y),
            short(x(axis, factor * high))
        )
    });
    let mark = match row.side {
        Some(Side::Right) => format!(
            "<rect class=\"{side}\" x=\"{}\" y=\"{}\" width=\"8\" height=\"8\"/>",
            short(at - 4.0),
            short(y - 4.0)
        ),
        _ => format!(
            "<circle class=\"{side}\" cx=\"{}\" cy=\"{}\" r=\"4.5\"/>",
            short(at),
            short(y)
        ),
    };
    interval + &mark
}

/// The values in words, for people who cannot see them.
fn described(rows: &[&Measure], factor: f64, unit: &str) -> String {
    let one = |row: &&Measure| {
        let name = words::muscle(row.muscle.map(Muscle::name), row.side);
        let value = number(factor * row.value.unwrap_or_default());
        let interval = row.interval.map_or(String::new(), |(low, high)| {
            format!(" ({} to {})", number(factor * low), number(factor * high))
        });
        format!("{name}: {value} {unit}{interval}")
    };
    rows.iter().map(one).collect::<Vec<_>>().join("; ")
}
