//! The lines before the samples → names, units, rates and roles of the columns.

use std::collections::BTreeSet;

use super::dialect::CsvDialect;
use super::keys::{self, Keyed};
use super::names::{self, ColumnRole, FileColumn, Named};
use super::numbers::cell as cell_value;
use super::rows::{Delimiter, HeaderLine};
use super::stated;
use super::vendor::{self, Vendor};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::Label;
use crate::units::Unit;

/// The longest line that is shown where it states the rate, in bytes.
const LONGEST_SHOWN: usize = 60;
/// The longest symbol of a unit that is not known, in characters.
const LONGEST_UNIT: usize = 24;

/// What the header says.
#[derive(Debug)]
pub(super) struct Header {
    /// The columns, in the order of the file.
    pub(super) columns: Vec<FileColumn>,
    /// The rate that the header states for the whole file, in hertz, and the words it
    /// does so with.
    pub(super) rate: Option<(f64, String)>,
    /// Whether the columns have names.
    pub(super) named: bool,
    /// The program that wrote the file, where its layout is known.
    pub(super) vendor: Option<Vendor>,
    /// How the header was read.
    pub(super) findings: Vec<String>,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
}

/// Understands the header of a table with `dialect.columns` columns.
///
/// # Errors
/// When the line of names holds more names than the table has columns.
pub(super) fn understand(dialect: &CsvDialect) -> Result<Header> {
    let vendor = vendor::recognise(&dialect.header);
    let mut sorted = Sorted::sort(dialect);
    let too_wide = |line: &HeaderLine| merged(line, dialect).len() > dialect.columns;
    if sorted.names.is_some_and(too_wide) && !keys::read(dialect, None).columns.is_empty()
    {
        sorted.names = None;
    }
    let keyed = keys::read(dialect, sorted.names);
    let mut columns = columns(dialect, &sorted, &keyed, vendor)?;
    let contradictions = contradictions(&columns, sorted.units);
    let units_from = fill_units(&mut columns, sorted.units, &keyed);
    let named = sorted.names.is_some() || !keyed.columns.is_empty();
    if let Some(line) = sorted.rates {
        fill_rates(&mut columns, line, dialect.decimal);
    }
    let labelled = vendor::fill_from_labels(&mut columns, &dialect.header);
    let units_from = if labelled { "in the \"Label:\" lines" } else { units_from };
    let mut warnings = contradictions;
    let in_json = keyed.rate.map(|rate| (rate, "from the header".to_owned()));
    let rate = in_json.or_else(|| whole_rate(dialect, &sorted, vendor, &mut warnings));
    let mut findings = vec![header_words(dialect)];
    findings.extend(vendor.map(|vendor| format!("layout: {}", vendor.words())));
    findings.push(format!("units: {units_from}{}", units_of(&columns)));
    Ok(Header { columns, rate, named, vendor, findings, warnings })
}

/// The different units of the columns of samples, as the file writes them.
fn units_of(columns: &[FileColumn]) -> String {
    let of_samples = columns.iter().filter(|one| one.role == ColumnRole::Channel);
    let mut known = BTreeSet::new();
    let units = of_samples.map(|column| column.unit.as_str());
    let units: Vec<&str> =
        units.filter(|unit| !unit.is_empty() && known.insert(*unit)).collect();
    match units.len() {
        0 => String::new(),
        1..=MOST_UNITS => format!(" ({})", units.join(", ")),
        many => format!(" ({many} different ones)"),
    }
}

/// So many units are named.
const MOST_UNITS: usize = 6;

fn header_words(dialect: &CsvDialect) -> String {
    match dialect.header.len() {
        0 => "header: none".into(),
        1 => "header: 1 line".into(),
        lines => format!("header: {lines} lines"),
    }
}

/// The lines of a header by what they are for.
struct Sorted<'d> {
    names: Option<&'d HeaderLine>,
    group: Option<&'d HeaderLine>,
    units: Option<&'d HeaderLine>,
    rates: Option<&'d HeaderLine>,
}

impl<'d> Sorted<'d> {
    fn sort(dialect: &'d CsvDialect) -> Self {
        let lines = &dialect.header;
        let rates = lines.iter().rfind(|line| is_rates(line, dialect.columns));
        let candidate = |line: &&HeaderLine| {
            is_wide(line, dialect)
                && !is_rates(line, dialect.columns)
                && !vendor::is_remark(line)
        };
        let below = |line: &HeaderLine| {
            lines.iter().any(|names| {
                names.line < line.line
                    && candidate(&names)
                    && names.filled() + 1 >= line.filled()
            })
        };
        let is_units =
            |line: &&HeaderLine| is_units(line) || (has_units(line) && below(line));
        // One channel beside two counters fills one cell of three.
        let whole =
            |line: &&HeaderLine| line.cells.len() == dialect.columns && below(line);
        let units =
            lines.iter().rfind(|line| is_units(line) && (candidate(line) || whole(line)));
        let lists_keys = keys::lists_keys(lines);
        let is_name = |line: &&HeaderLine| {
            let is_key = keys::is_keyed(line) || lists_keys && keys::is_capitals(line);
            candidate(line)
                && !is_units(line)
                && !is_key
                && stated::rate(line, b'.').is_none()
        };
        // A remark is the line of names only where no other line is.
        let plain = lines.iter().rfind(|line| !line.comment && is_name(line));
        let names =
            plain.or_else(|| lines.iter().rfind(|line| line.comment && is_name(line)));
        let units =
            units.filter(|units| names.is_some_and(|names| names.line < units.line));
        let above = |line: &&HeaderLine| {
            names.is_some_and(|names| line.line < names.line)
                && line.cells.len() * 2 > dialect.columns
                && line.filled() > 0
                && !vendor::is_remark(line)
                && !is_rates(line, dialect.columns)
        };
        Self { names, group: lines.iter().rfind(above), units, rates }
    }
}

/// Whether a line has a cell for about every column.
fn is_wide(line: &HeaderLine, dialect: &CsvDialect) -> bool {
    let cells = merged(line, dialect).len();
    let columns = dialect.columns;
    let all_but_one = columns > 2 && cells + 1 == columns;
    (cells >= columns || line.filled() * 5 >= columns * 4 || all_but_one)
        && line.filled() * 2 >= columns.min(line.cells.len())
}

/// Whether a line below the names holds units, known ones among them. None of their own
/// have `-`, `no_units` and blank cells.
fn has_units(line: &HeaderLine) -> bool {
    let cells = || line.cells.iter().filter(|cell| !cell.is_empty());
    let known = cells().filter(|cell| names::is_unit(cell)).count();
    let absent = cells().filter(|cell| names::is_no_unit(cell)).count();
    let short = |cell: &String| cell.chars().count() <= LONGEST_UNIT;
    known > 0 && (known + absent) * 5 >= cells().count() * 2 && cells().all(short)
}

fn is_units(line: &HeaderLine) -> bool {
    let mut cells = line.cells.iter().filter(|cell| !cell.is_empty());
    let words = ["unit", "units", "einheit", "einheiten"];
    line.filled() > 0
        && cells.all(|cell| {
            names::is_unit(cell) || words.contains(&names::key(cell).as_str())
        })
}

/// Whether a line states a rate for every column: `1000 Hz, 1000 Hz`, or `Sample rate,
/// 1000, 1000`.
fn is_rates(line: &HeaderLine, columns: usize) -> bool {
    let filled: Vec<&String> =
        line.cells.iter().filter(|cell| !cell.is_empty()).collect();
    let all_hertz = filled.iter().all(|cell| names::hertz(cell).is_some());
    let keyed = line.cells.first().is_some_and(|cell| stated::is_key(cell));
    let all_numbers = filled
        .iter()
        .skip(1)
        .all(|cell| cell.parse::<f64>().is_ok() || names::hertz(cell).is_some());
    (all_hertz && !filled.is_empty() && line.cells.len() == columns)
        || (keyed && all_numbers && filled.len() > 2)
}

/// The cells of a line; in a table separated by blanks a unit in brackets belongs to the
/// name before it.
fn merged(line: &HeaderLine, dialect: &CsvDialect) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for cell in &line.cells {
        match cells.last_mut() {
            Some(last)
                if dialect.delimiter == Delimiter::Blanks
                    && cell.starts_with(['(', '[']) =>
            {
                last.push(' ');
                last.push_str(cell);
            }
            _ => cells.push(cell.clone()),
        }
    }
    while cells.len() > dialect.columns && cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

fn columns(
    dialect: &CsvDialect,
    sorted: &Sorted<'_>,
    keyed: &Keyed,
    vendor: Option<Vendor>,
) -> Result<Vec<FileColumn>> {
    let mut written = sorted.names.map(|line| merged(line, dialect)).unwrap_or_default();
    if sorted.names.is_none()
        && keyed.columns.is_empty()
        && let Some(line) = halved(dialect)
    {
        return Err(decimal_commas(dialect, line));
    }
    // LabVIEW names its column of comments, which rows without any do not have.
    if written.len() == dialect.columns + 1
        && written.last().is_some_and(|name| names::may_hold_events(name))
    {
        written.pop();
    }
    if written.len() > dialect.columns {
        return Err(too_many_names(dialect, sorted, written.len()));
    }
    if has_row_names(&written, dialect) {
        written.insert(0, String::new());
    }
    let text = |index: usize| written.get(index).cloned().unwrap_or_default();
    let mut columns: Vec<FileColumn> =
        (0..dialect.columns).map(|index| column(text(index), vendor)).collect();
    if let Some(first) = columns.first_mut()
        && dialect.columns > 1
        && sorted.names.is_some()
    {
        // The row numbers that data frames write have no name.
        if first.written.is_empty() {
            first.role = ColumnRole::Counter;
        } else if keys::is_time_unit(&first.written) {
            first.role = ColumnRole::Time;
        }
    }
    keep_sides_in_pairs(&mut columns);
    fill_keyed(&mut columns, keyed);
    leave_raw_twins(&mut columns);
    leave_counts(&mut columns);
    leave_derived_twins(&mut columns);
    if vendor.is_some_and(Vendor::has_groups)
        || has_twins(&columns)
        || groups_tell(&columns, sorted.group)
    {
        fill_groups(&mut columns, sorted.group);
    }
    Ok(columns)
}

/// Whether the rows begin with their numbers, which have no cell in the line of names, as
/// R writes them.
fn has_row_names(written: &[String], dialect: &CsvDialect) -> bool {
    let [first, .., last] = &dialect.example[..] else { return false };
    written.len() > 1
        && written.len() + 1 == dialect.columns
        && !written.contains(&String::new())
        && !last.is_empty()
        && matches!(first.as_str(), "0" | "1")
}

/// What keys and values of the header say of the columns.
fn fill_keyed(columns: &mut [FileColumn], keyed: &Keyed) {
    for (column, said) in columns.iter_mut().zip(&keyed.columns) {
        if !said.name.is_empty() {
            *column = self::column(said.name.clone(), None);
        }
        column.kind = said.kind;
        column.role = said.role.unwrap_or(column.role);
        if !said.unit.is_empty() {
            names::bare_unit(&said.unit).clone_into(&mut column.unit);
        }
    }
    let without = |column: &&mut FileColumn| {
        column.unit.is_empty()
            && column.role == ColumnRole::Channel
            && !column.name.is_empty()
    };
    if let Some(unit) = &keyed.unit {
        columns
            .iter_mut()
            .filter(without)
            .for_each(|column| column.unit.clone_from(unit));
    }
}

/// `SOL_V` beside `SOL_H` is a side (vänster, venstre) and no volts.
fn keep_sides_in_pairs(columns: &mut [FileColumn]) {
    let written: BTreeSet<&str> =
        columns.iter().map(|column| column.written.as_str()).collect();
    let sided = |column: &FileColumn| {
        let muscle = column.written.strip_suffix("_V")?;
        let has_other = written.contains(format!("{muscle}_H").as_str());
        has_other.then(|| column.written.clone())
    };
    let sided: Vec<Option<String>> = columns.iter().map(sided).collect();
    for (column, name) in columns.iter_mut().zip(sided) {
        if let Some(name) = name {
            (column.name, column.unit) = (name, String::new());
        }
    }
}

/// Where one signal stands there raw and calibrated, the latter is meant.
fn leave_raw_twins(columns: &mut [FileColumn]) {
    let calibrated: BTreeSet<String> = columns
        .iter()
        .filter_map(|column| column.name.strip_suffix("_CAL").map(str::to_owned))
        .collect();
    for column in columns {
        if column.name.strip_suffix("_RAW").is_some_and(|name| calibrated.contains(name))
        {
            column.role = ColumnRole::Other;
        }
    }
}

/// `CH1_raw` without a unit beside `CH1` in volts is the same signal in counts.
fn leave_counts(columns: &mut [FileColumn]) {
    let in_volts: BTreeSet<String> = columns
        .iter()
        .filter(|column| Unit::voltage(&column.unit).is_some())
        .map(|column| column.name.to_lowercase())
        .collect();
    for column in columns.iter_mut().filter(|column| column.unit.is_empty()) {
        let lower = column.name.to_lowercase();
        if lower.strip_suffix("raw").is_some_and(|name| in_volts.contains(&bare(name))) {
            column.role = ColumnRole::Other;
        }
    }
}

/// Words of what is computed from a signal.
const DERIVED: &str = "rms|iemg|integrated|arv|mav|abs|env|envelope|linear|rect|rectified|\
                       smooth|smoothed|filt|filtered|processed|lp|hp|bp|notch|hilbert|tkeo|\
                       fwr|le|mdf|mnf|median freq|mean freq|activation|%mvc";

/// A name without the signs behind it.
fn bare(name: &str) -> String {
    name.trim_end_matches([' ', '_', '-', '.', '(', '%']).to_owned()
}

/// Where a signal stands there and what was computed from it (`SOL`, `SOL_RMS`), the
/// signal is meant.
fn leave_derived_twins(columns: &mut [FileColumn]) {
    let mut names: BTreeSet<String> =
        columns.iter().map(|column| column.name.to_lowercase()).collect();
    let signal = |name: &String| {
        let signal = ["raw", "emg"].iter().find_map(|word| name.strip_suffix(word));
        signal.map(bare)
    };
    let raw: Vec<String> = names.iter().filter_map(signal).collect();
    // `envelope` alone is one of `raw`.
    names.extend(raw);
    let is_derived = |column: &FileColumn| {
        let lower = column.name.to_lowercase();
        // `RMS50`, `RMS 50ms`.
        let is_digit = |c: char| c.is_ascii_digit();
        let in_ms = lower.strip_suffix("ms").filter(|rest| rest.ends_with(is_digit));
        let lower = in_ms.unwrap_or(&lower).trim_end_matches(is_digit).trim_end();
        DERIVED.split('|').any(|word| {
            let own = lower.strip_suffix(word);
            own.is_some_and(|own| {
                let bare = bare(own);
                (own.is_empty() || bare.len() < own.len()) && names.contains(&bare)
            })
        })
    };
    let derived: Vec<bool> = columns.iter().map(is_derived).collect();
    for (column, derived) in columns.iter_mut().zip(derived) {
        if derived && column.role == ColumnRole::Channel {
            column.role = ColumnRole::Other;
        }
    }
}

/// Whether the line above the names tells muscles that the names do not tell.
fn groups_tell(columns: &[FileColumn], line: Option<&HeaderLine>) -> bool {
    let muscle = |name: &str| Label::parse(name, "").muscle.is_some();
    line.is_some_and(|line| {
        line.filled() < columns.len() && line.cells.iter().any(|cell| muscle(cell))
    }) && !columns.iter().any(|column| muscle(&column.name))
}

/// A column by its written name.
pub(super) fn column(written: String, vendor: Option<Vendor>) -> FileColumn {
    let Named { name, unit, rate_hz } = match vendor {
        Some(vendor) => vendor.split(&written),
        None => names::split(&written),
    };
    let role = names::role(&name, unit.as_deref());
    let unit = unit.unwrap_or_default();
    FileColumn {
        written,
        name,
        group: String::new(),
        unit,
        rate_hz,
        promised: None,
        kind: None,
        role,
    }
}

fn too_many_names(dialect: &CsvDialect, sorted: &Sorted<'_>, names: usize) -> Error {
    let message =
        format!("the header names {names} columns, the rows hold {}", dialect.columns);
    let hint = match dialect.delimiter {
        Delimiter::Blanks => {
            "names with blanks in them cannot be told apart; separate the columns by tab \
             or semicolon"
        }
        _ => "give every column one name, and every row as many cells",
    };
    let error = Error::new(ErrorKind::Load, message).with_hint(hint);
    sorted.names.map_or(error.clone(), |line| error.at_line(line.line))
}

/// The line of names, where the rows have exactly twice as many cells because their
/// decimal commas split them.
fn halved(dialect: &CsvDialect) -> Option<&HeaderLine> {
    let line = dialect.header.iter().rfind(|line| !line.comment)?;
    let commas = dialect.delimiter == Delimiter::Byte(b',');
    (commas
        && line.filled() == line.cells.len()
        && line.cells.len() * 2 == dialect.columns
        && stated::rate(line, b'.').is_none())
    .then_some(line)
}

fn decimal_commas(dialect: &CsvDialect, line: &HeaderLine) -> Error {
    let message = format!(
        "the header names {} columns, the rows hold {}",
        line.cells.len(),
        dialect.columns
    );
    Error::new(ErrorKind::Load, message).at_line(line.line).with_hint(
        "a decimal comma cannot be told from a comma between cells; export with \
         semicolons or with decimal points",
    )
}

fn has_twins(columns: &[FileColumn]) -> bool {
    let is_named = |column: &&FileColumn| {
        column.role == ColumnRole::Channel && !column.name.is_empty()
    };
    let mut seen = BTreeSet::new();
    columns.iter().filter(is_named).any(|column| !seen.insert(&column.name))
}

/// A sensor's name stands over its first column and holds until the next one.
fn fill_groups(columns: &mut [FileColumn], line: Option<&HeaderLine>) {
    let Some(line) = line else { return };
    let mut current = "";
    for (index, column) in columns.iter_mut().enumerate() {
        if let Some(group) = line.cells.get(index).filter(|group| !group.is_empty()) {
            current = group;
        }
        column.group = current.to_owned();
    }
}

fn fill_units(
    columns: &mut [FileColumn],
    line: Option<&HeaderLine>,
    keyed: &Keyed,
) -> &'static str {
    let in_keys = || {
        keyed.unit.is_some() || keyed.columns.iter().any(|column| !column.unit.is_empty())
    };
    let named = columns
        .iter()
        .any(|column| !column.unit.is_empty() && column.role == ColumnRole::Channel);
    let Some(line) = line else {
        return match named {
            true if in_keys() => "behind keys of the header",
            true => "in the names",
            false => "not in the file",
        };
    };
    for (column, cell) in columns.iter_mut().zip(&line.cells) {
        if column.unit.is_empty() && !cell.is_empty() && !names::is_no_unit(cell) {
            column.unit = names::bare_unit(cell).to_owned();
            column.role = match names::role(&column.name, Some(&column.unit)) {
                ColumnRole::Channel => column.role,
                role => role,
            };
        }
    }
    "in a row of their own"
}

/// Columns whose names have another unit than the row of units.
fn contradictions(columns: &[FileColumn], line: Option<&HeaderLine>) -> Vec<String> {
    let cells = line.map_or(&[][..], |line| &line.cells);
    let differ = |(column, cell): (&FileColumn, &String)| {
        let (own, other) = (column.unit.as_str(), names::bare_unit(cell));
        let is_other = !own.is_empty()
            && names::is_unit(other)
            && names::unit(own) != names::unit(other);
        is_other.then(|| {
            format!(
                "the name of \"{}\" says {own} and the row of units {other}; {own} is taken",
                column.name
            )
        })
    };
    columns.iter().zip(cells).filter_map(differ).collect()
}

fn fill_rates(columns: &mut [FileColumn], line: &HeaderLine, decimal: u8) {
    for (column, cell) in columns.iter_mut().zip(&line.cells) {
        let plain = || cell_value(cell, decimal).filter(|value| !value.is_nan());
        if let Some(rate) = names::hertz(cell).or_else(plain) {
            column.rate_hz = Some(rate);
        }
    }
}

/// Whether a line speaks of EMG (0), of nothing (1) or of another device (2).
fn speaks_of(line: &HeaderLine) -> u8 {
    let text = line.cells.join(" ").to_lowercase();
    let others =
        ["acc", "imu", "gyr", "force", "plate", "video", "camera", "frame", "marker"];
    match others.iter().any(|word| text.contains(word)) {
        _ if text.contains("emg") => 0,
        false => 1,
        true => 2,
    }
}

/// The rate that the header states for the whole file.
fn whole_rate(
    dialect: &CsvDialect,
    sorted: &Sorted<'_>,
    vendor: Option<Vendor>,
    warnings: &mut Vec<String>,
) -> Option<(f64, String)> {
    if let Some(rate) = vendor.and_then(|vendor| vendor.rate(&dialect.header)) {
        return Some(rate);
    }
    let per_column = sorted.rates.map(|line| line.line);
    let lines = dialect
        .header
        .iter()
        .filter(|line| Some(line.line) != per_column && !vendor::is_label(line));
    let stated: Vec<(f64, &HeaderLine)> = lines
        .filter_map(|line| stated::rate(line, dialect.decimal).map(|rate| (rate, line)))
        .collect();
    // The first of those that speak of EMG, else of no other device.
    let Some(&(rate, line)) = stated.iter().min_by_key(|(_, line)| speaks_of(line))
    else {
        let (rate, line) = keys::rate_below(&dialect.header, dialect.decimal)?;
        return Some((rate, format!("from header line {line}")));
    };
    if let Some((other, at)) =
        stated.iter().find(|(other, _)| (other - rate).abs() > 1e-6 * rate)
    {
        warnings.push(format!(
            "the header states two sampling rates, {rate} Hz on line {} and {other} Hz \
             on line {}; {rate} Hz is used",
            line.line, at.line
        ));
    }
    let words: Vec<&str> =
        line.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let words = words.join(" ");
    // A long line holds more than the rate: addresses, remarks.
    let shown = (words.len() <= LONGEST_SHOWN).then(|| format!(" (\"{words}\")"));
    Some((rate, format!("from header line {}{}", line.line, shown.unwrap_or_default())))
}
