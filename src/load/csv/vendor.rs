//! What is particular about the exports of some programs.

use super::names::{self, ColumnRole, FileColumn, Named};
use super::rows::HeaderLine;
use super::timing::clock;

/// A program whose layout is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vendor {
    /// Delsys Trigno Discover: sensors, modes, channels with units, rates, one line each.
    Discover,
    /// Delsys EMGworks: a column `X[s]` before every channel, optionally `Label: …` lines
    /// above.
    EmgWorks,
    /// Vicon Nexus: `Devices`, the rate, devices, channels, units, one line each.
    Nexus,
}

/// The program that wrote a header.
pub(super) fn recognise(header: &[HeaderLine]) -> Option<Vendor> {
    let first = header.first()?;
    let starts = |line: &HeaderLine, word: &str| {
        line.cells.first().is_some_and(|cell| cell == word)
    };
    if first.cells.iter().any(|cell| cell.contains("Trigno Discover")) {
        return Some(Vendor::Discover);
    }
    if starts(first, "Devices") && header.iter().any(|line| starts(line, "Frame")) {
        return Some(Vendor::Nexus);
    }
    let times =
        header.last()?.cells.iter().filter(|cell| cell.as_str() == "X[s]").count();
    (times > 0 || header.iter().any(is_label)).then_some(Vendor::EmgWorks)
}

impl Vendor {
    /// Its name for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Discover => "Delsys Trigno Discover",
            Self::EmgWorks => "Delsys EMGworks",
            Self::Nexus => "Vicon Nexus, devices",
        }
    }

    /// Whether a line above the names holds the sensor of every channel.
    pub(super) fn has_groups(self) -> bool {
        matches!(self, Self::Discover | Self::Nexus)
    }

    /// Name and unit of a column. In Discover whatever the last brackets hold is a unit.
    pub(super) fn split(self, written: &str) -> Named {
        let inner = names::bracketed(written);
        match (self, inner) {
            (Self::Discover, Some((name, unit))) => {
                let unit = (!unit.trim().is_empty()).then(|| unit.trim().to_owned());
                Named { name: name.trim().to_owned(), unit, rate_hz: None }
            }
            _ => names::split(written),
        }
    }

    /// The rate of the whole file, which Nexus writes alone on the second line.
    pub(super) fn rate(self, header: &[HeaderLine]) -> Option<(f64, String)> {
        let line =
            header.get(1).filter(|line| self == Self::Nexus && line.filled() == 1)?;
        let rate = line
            .cells
            .first()?
            .parse::<f64>()
            .ok()
            .filter(|rate| rate.is_finite() && *rate > 0.0)?;
        Some((rate, format!("from header line {} (\"{}\")", line.line, line.cells[0])))
    }
}

/// Whether a header line is neither names nor units nor a rate in a known layout.
pub(super) fn is_remark(line: &HeaderLine) -> bool {
    let first = line.cells.iter().find(|cell| !cell.is_empty());
    is_label(line)
        || first.is_some_and(|cell| {
            cell.starts_with("sensor mode") || cell.starts_with("sep=")
        })
}

/// Whether a header line is `Label: … Sampling frequency: … Number of points: …`.
pub(super) fn is_label(line: &HeaderLine) -> bool {
    line.cells.first().is_some_and(|cell| {
        cell.starts_with("Label:") && cell.contains("Sampling frequency:")
    })
}

/// Fills rate, unit and promised length from `Label: …` lines, each of them for the
/// channel it names.
///
/// Says whether there were units among them.
pub(super) fn fill_from_labels(
    columns: &mut [FileColumn],
    header: &[HeaderLine],
) -> bool {
    let mut units = false;
    for line in header.iter().filter(|line| is_label(line)) {
        let text = line.cells.join(", ");
        let name = between(&text, "Label:", "Sampling frequency:").unwrap_or_default();
        let untouched = |column: &&mut FileColumn| {
            column.role == ColumnRole::Channel && column.promised.is_none()
        };
        let Some(column) =
            columns.iter_mut().filter(untouched).find(|column| column.name == name)
        else {
            continue;
        };
        column.rate_hz =
            between(&text, "Sampling frequency:", "Number of points:").and_then(rate);
        column.promised = between(&text, "Number of points:", "start:")
            .and_then(|points| points.parse().ok());
        if let Some(unit) = between(&text, "Unit:", "Domain Unit:")
            .filter(|unit| column.unit.is_empty() && *unit != "-")
        {
            column.unit = unit.to_owned();
            units = true;
        }
    }
    units
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner.trim())
}

/// EMGworks prints seven digits, which is not all of 1259.2593.
fn rate(text: &str) -> Option<f64> {
    let rate: f64 = text.parse().ok().filter(|rate: &f64| rate.is_finite())?;
    Some(if rate > 0.0 {
        clock::nominal(rate, rate * 5e-7).unwrap_or(rate)
    } else {
        rate
    })
}
