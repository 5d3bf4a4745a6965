//! What a header says in other ways than by a line of names: keys and their values
//! (`ChannelTitle=`, `CHANNEL_NAMES`, `Measure unit:`), JSON in a remark, names and units
//! below each other.

use serde_json::Value;

use super::dialect::CsvDialect;
use super::names::{self, ColumnRole, key};
use super::rows::HeaderLine;
use super::stated;
use crate::signal::Kind;

/// Keys of a line of names, as letters and digits in lower case.
const NAMES: &[&str] = &[
    "channeltitle",
    "channeltitles",
    "channelname",
    "channelnames",
    "channels",
    "channel",
    "kanalname",
    "kanalnamen",
    "kanaltitel",
    "kanäle",
    "labels",
    "signals",
    "names",
];
/// Keys of a line of units.
const UNITS: &[&str] = &[
    "unitname",
    "unitnames",
    "units",
    "unit",
    "channelunits",
    "yunitlabel",
    "einheit",
    "einheiten",
    "unités",
    "unidades",
    "unità",
];
/// Keys of the unit of the whole file.
const UNIT_OF_ALL: &[&str] = &[
    "measureunit",
    "unitofmeasure",
    "unitofmeasurement",
    "measurementunit",
    "unit",
    "units",
    "unitàdimisura",
    "unitadimisura",
    "unitdimisura",
    "einheit",
    "unidad",
    "unité",
];
/// So many lines with keys in capitals make a list of keys.
const KEYS: usize = 3;
/// Words behind the number of channels, before the list of their names and units.
const LISTED: &[&str] = &["channels", "channel", "kanäle", "canaux", "canales", "canali"];
/// Columns of a recorder's own lines in JSON that hold no sensor.
const RUNNING_NUMBER: &str = "nSeq";

/// What a header says of its columns and of the whole file.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    /// Of every column what is said of it; empty where only a line of names tells.
    pub(super) columns: Vec<KeyedColumn>,
    /// The rate of the whole file, in hertz.
    pub(super) rate: Option<f64>,
    /// The unit of all columns without one.
    pub(super) unit: Option<String>,
}

/// What is said of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyedColumn {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) kind: Option<Kind>,
    pub(super) role: Option<ColumnRole>,
}

/// Reads what a header says beside its line of names, which may be there too.
pub(super) fn read(dialect: &CsvDialect, names: Option<&HeaderLine>) -> Keyed {
    let unit = dialect.header.iter().find_map(unit_of_all);
    let columns = || match names {
        Some(names) => listed(dialect, names).or_else(|| units_in_rows(dialect)),
        None => in_rows(dialect),
    };
    let keyed = of_json(dialect)
        .or_else(|| columns().map(|columns| Keyed { columns, ..Keyed::default() }));
    Keyed { unit, ..keyed.unwrap_or_default() }
}

/// Whether a header is a list of keys in capitals with their values (Qualisys).
pub(super) fn lists_keys(header: &[HeaderLine]) -> bool {
    let with_parts = |line: &&HeaderLine| {
        is_capitals(line) && line.cells.first().is_some_and(|cell| cell.contains('_'))
    };
    header.iter().filter(with_parts).count() >= KEYS
}

/// Whether a line begins with a word in capitals: `FREQUENCY`, `NO_OF_SAMPLES`.
pub(super) fn is_capitals(line: &HeaderLine) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c == '_';
    line.cells.first().is_some_and(|cell| cell.len() > 4 && cell.chars().all(is_capital))
}

/// Whether a line begins with a key: such a line never holds the names of all columns.
pub(super) fn is_keyed(line: &HeaderLine) -> bool {
    let Some(first) = line.cells.first() else { return false };
    let word = key(first);
    first.ends_with(['=', ':'])
        || (first.contains('_') && NAMES.contains(&word.as_str()))
        || (!first.is_empty() && has_numbers_alone(&line.cells[1..]))
}

fn has_numbers_alone(cells: &[String]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| names::number(cell).is_some())
}

/// `Measure unit: V`: a key, one value, which is a unit.
fn unit_of_all(line: &HeaderLine) -> Option<String> {
    let text = line.cells.join(" ");
    let two = match &line.cells[..] {
        [name, value, rest @ ..] if rest.iter().all(String::is_empty) => {
            Some((&**name, &**value))
        }
        _ => None,
    };
    let (name, value) = text.split_once([':', '=']).or(two)?;
    let value = names::bare_unit(value.trim_end_matches([',', ';'])).to_owned();
    (UNIT_OF_ALL.contains(&key(name).as_str()) && names::is_unit(&value)).then_some(value)
}

/// How many columns hold something: the last one may be what a trailing sign makes.
fn filled(dialect: &CsvDialect) -> usize {
    let last_is_blank = dialect.example.last().is_some_and(String::is_empty);
    dialect.columns - usize::from(last_is_blank && dialect.columns > 1)
}

/// Lines of names and units behind a key each.
fn in_rows(dialect: &CsvDialect) -> Option<Vec<KeyedColumn>> {
    let is_word = |cell: &str| cell.chars().any(char::is_alphabetic);
    let (offset, titles) = behind_key(dialect, NAMES, is_word)?;
    let mut columns = vec![KeyedColumn::default(); dialect.columns];
    for (column, title) in columns.iter_mut().skip(offset).zip(&titles) {
        column.name.clone_from(title);
    }
    for keys in [&["range"][..], UNITS] {
        fill_units(dialect, keys, &mut columns);
    }
    Some(columns)
}

/// A line of units behind their key.
fn units_in_rows(dialect: &CsvDialect) -> Option<Vec<KeyedColumn>> {
    let mut columns = vec![KeyedColumn::default(); dialect.columns];
    fill_units(dialect, UNITS, &mut columns);
    columns.iter().any(|column| !column.unit.is_empty()).then_some(columns)
}

fn fill_units(dialect: &CsvDialect, keys: &[&str], columns: &mut [KeyedColumn]) {
    let has_unit = |cell: &str| names::is_unit(last_word(cell));
    let Some((offset, units)) = behind_key(dialect, keys, has_unit) else { return };
    for (column, unit) in columns.iter_mut().skip(offset).zip(&units) {
        let unit = last_word(unit);
        if names::is_unit(unit) {
            unit.clone_into(&mut column.unit);
        }
    }
}

/// The values behind the first of some keys, some of which are as they must be.
fn behind_key(
    dialect: &CsvDialect,
    keys: &[&str],
    is_value: impl Fn(&str) -> bool,
) -> Option<(usize, Vec<String>)> {
    let mut lines = dialect.header.iter().filter(|line| {
        line.cells.first().is_some_and(|first| keys.contains(&key(first).as_str()))
    });
    lines.find_map(|line| {
        values(line, dialect).filter(|(_, of)| of.iter().any(|cell| is_value(cell)))
    })
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

/// The cells behind a key, and the column of the first of them.
fn values(line: &HeaderLine, dialect: &CsvDialect) -> Option<(usize, Vec<String>)> {
    let mut values = line.cells.get(1..)?.to_vec();
    let columns = filled(dialect);
    while values.len() >= columns && values.last().is_some_and(String::is_empty) {
        values.pop();
    }
    let offset = columns.checked_sub(values.len()).filter(|offset| *offset <= 1)?;
    Some((offset, values))
}

/// The names and units of so many channels below each other: `3 channels`, then a line for
/// each name and each unit.
fn listed(dialect: &CsvDialect, names: &HeaderLine) -> Option<Vec<KeyedColumn>> {
    let single = |line: &HeaderLine| match line.filled() {
        1 => line.cells.iter().find(|cell| !cell.is_empty()).cloned(),
        _ => None,
    };
    let count = |line: &HeaderLine| {
        let text = single(line)?;
        let (number, word) = text.split_once(' ')?;
        let count: usize = number.parse().ok()?;
        LISTED.contains(&word.to_lowercase().as_str()).then_some(count)
    };
    let (at, count) = dialect
        .header
        .iter()
        .enumerate()
        .find_map(|(at, line)| count(line).map(|count| (at, count)))?;
    let list: Vec<String> = dialect
        .header
        .get(at + 1..at + 1 + 2 * count)?
        .iter()
        .map_while(single)
        .collect();
    let is_channel = |cell: &String| {
        !cell.is_empty() && names::role(cell, None) == ColumnRole::Channel
    };
    let places: Vec<usize> = (0..names.cells.len())
        .filter(|&index| {
            is_channel(&names.cells[index]) && !is_time_unit(&names.cells[index])
        })
        .collect();
    if count == 0 || list.len() != 2 * count || places.len() != count {
        return None;
    }
    let mut columns = vec![KeyedColumn::default(); dialect.columns];
    for (&place, pair) in places.iter().zip(list.chunks_exact(2)) {
        let column = columns.get_mut(place)?;
        column.name.clone_from(&pair[0]);
        if names::is_unit(&pair[1]) {
            column.unit.clone_from(&pair[1]);
        }
    }
    Some(columns)
}

/// Whether a column of times is called by its unit alone.
pub(super) fn is_time_unit(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "min"
            | "minutes"
            | "minuten"
            | "hours"
            | "h"
            | "s"
            | "sec"
            | "seconds"
            | "ms"
            | "msec"
            | "milliseconds"
            | "us"
            | "usec"
            | "µs"
            | "microseconds"
    )
}

/// A line of JSON in a remark: of each device its columns, sensors and rate (OpenSignals).
fn of_json(dialect: &CsvDialect) -> Option<Keyed> {
    let line = dialect.header.iter().find(|line| {
        line.comment && line.cells.first().is_some_and(|cell| cell.starts_with('{'))
    })?;
    let text = line.cells.join(dialect.delimiter.text());
    let Ok(Value::Object(devices)) = serde_json::from_str(&text) else { return None };
    let mut devices: Vec<(&String, &Value)> = devices.iter().collect();
    // The columns stand in the order of the text.
    devices.sort_by_key(|(name, _)| text.find(name.as_str()));
    let columns: Vec<KeyedColumn> =
        devices.iter().flat_map(|(_, device)| of_device(device)).collect();
    let rate =
        devices.iter().find_map(|(_, device)| device.get("sampling rate")?.as_f64());
    let fits = [dialect.columns, filled(dialect)].contains(&columns.len());
    (rate.is_some() || fits).then_some(Keyed {
        columns: if fits { columns } else { Vec::new() },
        rate: rate.filter(|rate| *rate > 0.0),
        unit: None,
    })
}

fn of_device(device: &Value) -> Vec<KeyedColumn> {
    let words = |name: &str| -> Vec<String> {
        let list = device.get(name).and_then(Value::as_array);
        let word = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
        list.map_or(Vec::new(), |list| list.iter().map(word).collect())
    };
    let (columns, sensors, labels) = (words("column"), words("sensor"), words("label"));
    let Some(first) = columns.len().checked_sub(sensors.len()) else { return Vec::new() };
    let column = |(index, name): (usize, &String)| {
        let Some(sensor) = index.checked_sub(first) else {
            let role = match name == RUNNING_NUMBER {
                true => ColumnRole::Counter,
                false => ColumnRole::Other,
            };
            let name = name.clone();
            return KeyedColumn { name, role: Some(role), ..KeyedColumn::default() };
        };
        let label = labels.get(sensor).filter(|label| !label.is_empty());
        KeyedColumn {
            name: label.unwrap_or(name).clone(),
            kind: kind(&sensors[sensor]),
            ..KeyedColumn::default()
        }
    };
    columns.iter().enumerate().map(column).collect()
}

/// What a sensor measures; nothing where its name does not tell.
fn kind(sensor: &str) -> Option<Kind> {
    match sensor.to_uppercase().as_str() {
        "" | "RAW" | "CUSTOM" | "OTHER" | "UNKNOWN" | "NONE" => None,
        "EMG" => Some(Kind::Emg),
        "XYZ" | "ACC" | "ACCELEROMETER" => Some(Kind::Acceleration),
        "GYR" | "GYRO" => Some(Kind::Gyroscope),
        "FSR" | "FORCE" | "LOAD" | "HANDGRIP" => Some(Kind::Force),
        _ => Some(Kind::Other),
    }
}

/// The rate that a line of keys states through the line of values below it.
pub(super) fn rate_below(header: &[HeaderLine], decimal: u8) -> Option<(f64, usize)> {
    header.windows(2).find_map(|pair| {
        let [keys, values] = pair else { return None };
        let place = keys.cells.iter().position(|cell| stated::is_key(cell))?;
        let all_words = keys.cells.iter().all(|cell| names::number(cell).is_none());
        let value =
            values.cells.get(place).filter(|_| all_words && keys.cells.len() > 2)?;
        let rate = names::hertz(value)
            .or_else(|| super::numbers::cell(value, decimal))
            .filter(|rate| rate.is_finite() && *rate > 0.0)?;
        Some((rate, values.line))
    })
}

#[cfg(test)]
mod tests {
    use super::super::dialect;
    use super::*;

    fn keyed(text: &str) -> Keyed {
        read(&dialect::recognise(text).unwrap(), None)
    }

    #[test]
    fn names_and_units_stand_behind_keys() {
        let rows = "0\t1.5\t2.5\n0.001\t1.25\t2\n0.002\t1\t2.25\n";
        let head = "Interval=\t0.001 s\nChannelTitle=\tSOL L\tTorque\nRange=\t10.000 mV\t5.000 V\n\
                    UnitName=\t*\tNm\n";
        let columns = keyed(&format!("{head}{rows}")).columns;
        let read: Vec<(&str, &str)> =
            columns.iter().map(|column| (&*column.name, &*column.unit)).collect();
        assert_eq!(read, [("", ""), ("SOL L", "mV"), ("Torque", "Nm")]);
    }

    #[test]
    fn json_in_a_remark_tells_sensors() {
        let json = r##"# {"00:07": {"sensor": ["EMG", "XYZ"], "column": ["nSeq", "DI", "CH1", "CH2"], "sampling rate": 500}}"##;
        let keyed =
            keyed(&format!("{json}\n0\t1\t512\t3\t\n1\t1\t513\t3\t\n2\t1\t511\t3\t\n"));
        assert_eq!(keyed.rate, Some(500.0));
        let kinds: Vec<Option<Kind>> =
            keyed.columns.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [None, None, Some(Kind::Emg), Some(Kind::Acceleration)]);
        assert_eq!(keyed.columns[0].role, Some(ColumnRole::Counter));
        assert_eq!(keyed.columns[2].name, "CH1");
    }

    #[test]
    fn lines_with_keys_hold_no_names() {
        let line = |cells: &[&str]| HeaderLine {
            line: 1,
            comment: false,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        for cells in
            [&["Range=", "5 mV"][..], &["Subject:", "Sol"], &["CHANNEL_GAIN", "1", "1"]]
        {
            assert!(is_keyed(&line(cells)), "{cells:?}");
        }
        for cells in [&["time", "SOL"][..], &["", "SOL"], &["SOL"], &["CH1", "CH2"]] {
            assert!(!is_keyed(&line(cells)), "{cells:?}");
        }
    }
}
