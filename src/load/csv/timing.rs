//! Which rate, start and holes every channel has: from its header, its time column or the
//! user.

use std::borrow::Cow;

use super::super::Hints;
use super::clock::{self, Clock, ClockFault, Hole};
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn};
use super::numbers::is_blank;
use super::table::SampleTable;
use crate::error::{Error, ErrorKind, Result};
use crate::signal::RateSource;
use crate::units::Hertz;

/// When the samples of a channel were taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnTiming {
    /// The sampling rate.
    pub(super) rate: Hertz,
    /// How it became known.
    pub(super) source: RateSource,
    /// The same in words.
    pub(super) words: String,
    /// Whether it was estimated from times that lie on no even grid.
    pub(super) uneven: bool,
    /// The time of the first row, in seconds.
    pub(super) start_s: f64,
    /// Where rows are missing.
    pub(super) holes: Vec<Hole>,
}

/// The clocks of a file.
#[derive(Debug)]
pub(super) struct Clocks {
    /// Every time column with what it says.
    times: Vec<(usize, Clock)>,
    /// The missing rows that a counter shows, where there is no time column.
    counted: Vec<Hole>,
}

/// Decides what the columns without a telling name hold: a first column that runs evenly
/// is a clock or a counter.
pub(super) fn assign_roles(header: &mut Header, table: &SampleTable) {
    let unnamed = |column: &FileColumn| column.written.is_empty();
    let has_time = header.columns.iter().any(|column| column.role == ColumnRole::Time);
    let several = header.columns.len() > 1;
    let (Some(column), Some(values)) =
        (header.columns.first_mut(), table.columns.first())
    else {
        return;
    };
    if !unnamed(column) || has_time || !several {
        return;
    }
    let rising = values.windows(2).all(|pair| pair[0] < pair[1]);
    let even =
        clock::read(values).is_ok_and(|clock| clock.holes.len() * 100 <= values.len());
    column.role = match (clock::counted(values).is_some(), rising && even) {
        (true, _) => ColumnRole::Counter,
        (false, true) => ColumnRole::Time,
        (false, false) => ColumnRole::Channel,
    };
}

impl Clocks {
    /// Reads every time column.
    ///
    /// # Errors
    /// When a time column runs backwards, stands still or fits no sampling rate.
    pub(super) fn read(
        header: &Header,
        table: &SampleTable,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let mut times = Vec::new();
        for (index, column) in header.columns.iter().enumerate() {
            let written = trimmed(&table.columns[index]);
            if column.role != ColumnRole::Time
                || written.is_empty()
                || is_of_nothing(header, index)
            {
                continue;
            }
            let scale = scale(column, written, warnings);
            let seconds = match scale {
                1.0 => Cow::Borrowed(written),
                _ => Cow::Owned(written.iter().map(|time| time / scale).collect()),
            };
            let clock = clock::read(&seconds)
                .map_err(|fault| explain(&fault, (column, index), table))?;
            times.push((index, clock));
        }

        let counted = if times.is_empty() { counted(header, table) } else { None };
        let clocks = Self { times, counted: counted.unwrap_or_default() };
        clocks.report_holes(warnings);
        Ok(clocks)
    }

    fn report_holes(&self, warnings: &mut Vec<String>) {
        let from_times = self
            .times
            .iter()
            .map(|(_, clock)| (&clock.holes, "a jump in the time column"));
        let all =
            from_times.chain(std::iter::once((&self.counted, "a jump in the counter")));
        let mut told = Vec::new();
        for (holes, reason) in all.filter(|(holes, _)| !holes.is_empty()) {
            let missing: usize = holes.iter().map(|hole| hole.missing).sum();
            let text = match holes.len() {
                1 => format!(
                    "{missing} rows are missing ({reason} after row {}); they are kept as a gap",
                    holes[0].after + 1
                ),
                count => format!(
                    "{missing} rows are missing at {count} places ({reason}, first after \
                     row {}); they are kept as gaps",
                    holes[0].after + 1
                ),
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
        warnings.extend(told);
    }

    /// The clock of a column: the nearest time column on its left, else the first one.
    fn clock_of(&self, index: usize) -> Option<&(usize, Clock)> {
        self.times
            .iter()
            .rev()
            .find(|(time, _)| *time < index)
            .or_else(|| self.times.first())
    }

    /// When the samples of a column were taken.
    ///
    /// # Errors
    /// When neither file nor user tell the rate.
    pub(super) fn timing(
        &self,
        index: usize,
        header: &Header,
        hints: &Hints,
    ) -> Result<ColumnTiming> {
        let clock = self.clock_of(index);
        let stated = self.stated(index, header);
        let user = hints
            .rate
            .map(|rate| (rate, RateSource::User, format!("{rate} as given by the user")));
        // What the user knows is better than times that tell the rate only roughly.
        let stated = stated.filter(|(_, source, _)| {
            user.is_none() || *source == RateSource::Header || !self.is_rough(index)
        });
        let Some((rate, source, words)) = stated.or(user) else {
            return Err(unknown_rate());
        };
        let start_s =
            clock.map_or(hints.start_s.unwrap_or(0.0), |(_, clock)| clock.start);
        let holes = clock.map_or(&self.counted, |(_, clock)| &clock.holes).clone();
        let uneven = source == RateSource::TimeColumn
            && clock.is_some_and(|(_, clock)| clock.uneven);
        Ok(ColumnTiming { rate, source, words, uneven, start_s, holes })
    }

    /// The rate that the file gives for a column.
    pub(super) fn stated(
        &self,
        index: usize,
        header: &Header,
    ) -> Option<(Hertz, RateSource, String)> {
        if let Some(rate) = header.columns[index].rate_hz.and_then(Hertz::new) {
            return Some((rate, RateSource::Header, format!("{rate} from the header")));
        }
        if let Some((rate, words)) = header
            .rate
            .as_ref()
            .and_then(|(rate, words)| Some((Hertz::new(*rate)?, words)))
        {
            return Some((rate, RateSource::Header, format!("{rate} {words}")));
        }
        let (column, clock) = self.clock_of(index)?;
        let rate = Hertz::new(clock.rate_hz)?;
        Some((
            rate,
            RateSource::TimeColumn,
            time_words(rate, clock, &header.columns[*column], *column),
        ))
    }

    /// A warning when the time column of a channel contradicts the rate of its header.
    pub(super) fn contradiction(
        &self,
        index: usize,
        timing: &ColumnTiming,
    ) -> Option<String> {
        let (_, clock) = self.clock_of(index)?;
        let (rate, measured) = (timing.rate.hz(), clock.measured_hz);
        let apart = (rate - measured).abs() > clock.tolerance_hz.max(0.005 * rate);
        (apart && timing.source == RateSource::Header).then(|| {
            format!(
                "the header states {}, the times give {measured:.4} Hz; the header is used",
                timing.rate
            )
        })
    }

    /// Whether the times tell the rate of a channel only roughly.
    pub(super) fn is_rough(&self, index: usize) -> bool {
        self.clock_of(index).is_some_and(|(_, clock)| {
            // Times that lie exactly on the grid of a common rate leave no doubt, however
            // few they are.
            let exact = (clock.measured_hz - clock.rate_hz).abs() <= 1e-6 * clock.rate_hz;
            !exact && clock.tolerance_hz > 0.002 * clock.rate_hz
        })
    }

    /// A warning when the times tell the rate of a channel only roughly.
    pub(super) fn doubt(&self, index: usize, timing: &ColumnTiming) -> Option<String> {
        let (_, clock) =
            self.clock_of(index).filter(|_| timing.source == RateSource::TimeColumn)?;
        self.is_rough(index).then(|| {
            format!(
                "the times have so few digits that the rate is known to ±{:.2} Hz only; \
                 give it with --rate or rate_hz if you know it better",
                clock.tolerance_hz
            )
        })
    }
}

/// Whether the column behind a time column has no possible rate: both hold nothing.
fn is_of_nothing(header: &Header, time: usize) -> bool {
    let next = header.columns.get(time + 1).and_then(|column| column.rate_hz);
    next.is_some_and(|rate| rate <= 0.0)
}

/// The rows that a counter shows to be missing.
fn counted(header: &Header, table: &SampleTable) -> Option<Vec<Hole>> {
    let is_counter = |column: &FileColumn| column.role == ColumnRole::Counter;
    let counter = header.columns.iter().position(is_counter)?;
    clock::counted(&table.columns[counter])
}

fn trimmed(values: &[f64]) -> &[f64] {
    let end = values.iter().rposition(|value| !is_blank(*value)).map_or(0, |at| at + 1);
    &values[..end]
}

fn time_words(rate: Hertz, clock: &Clock, column: &FileColumn, index: usize) -> String {
    let name = match column.written.as_str() {
        "" => format!("time column (column {})", index + 1),
        name => format!("time column \"{name}\""),
    };
    let measured = Hertz::new(clock.measured_hz)
        .map_or(String::new(), |measured| measured.to_string());
    match measured == rate.to_string() {
        true => format!("{rate} from the {name}"),
        false => format!("{rate} from the {name} (the times themselves give {measured})"),
    }
}

/// How many units of a time column make a second; where no unit is written, what gives a
/// rate of EMG.
fn scale(column: &FileColumn, times: &[f64], warnings: &mut Vec<String>) -> f64 {
    let word = names::key(&column.name);
    let by_name = matches!(word.as_str(), "ms" | "milliseconds").then_some(1e3);
    if let Some(scale) = names::per_second(&column.unit).or(by_name) {
        return scale;
    }
    if column.unit == "min" {
        return 1.0 / 60.0;
    }
    let Ok(clock) = clock::read(times) else {
        return 1.0;
    };
    if clock.rate_hz >= 20.0 || clock.rate_hz * 1e3 < 20.0 {
        return 1.0;
    }
    warnings.push(format!(
        "the time column has no unit; its steps of {:.4} are taken as milliseconds",
        1.0 / clock.rate_hz
    ));
    1e3
}

fn unknown_rate() -> Error {
    Error::new(
        ErrorKind::Load,
        "the file does not tell its sampling rate: it has neither a time column nor a \
         rate in its header",
    )
    .with_hint(
        "give it as rate_hz in study.toml ([recordings.\"FILE\"] rate_hz = 1000), \
                or with --rate 1000",
    )
}

/// The error for a time column, at the row where it goes wrong.
fn explain(
    fault: &ClockFault,
    (column, index): (&FileColumn, usize),
    table: &SampleTable,
) -> Error {
    let name = match column.written.as_str() {
        "" => String::new(),
        name => format!(" \"{name}\""),
    };
    let (what, row) = told(fault, &table.columns[index]);

    let message = format!("the time column{name} {what}");
    let error = Error::new(ErrorKind::Load, message).at_column(index + 1);
    let error = match row {
        Some(row) => error.at_line(table.line(row)),
        None => error,
    };
    error.with_hint(
        "samples must be evenly spaced; export the recording again, or delete the time column \
         and give rate_hz in study.toml",
    )
}

/// What is wrong with times, and in which row.
fn told(fault: &ClockFault, times: &[f64]) -> (String, Option<usize>) {
    let time = |row: usize| times.get(row).copied().unwrap_or(f64::NAN);
    let before = |row: usize| time(row.saturating_sub(1));
    match *fault {
        ClockFault::TooShort => ("holds fewer than two times".into(), None),
        ClockFault::Standing => ("never changes".into(), None),
        ClockFault::Stalled { row, rows } => {
            (format!("stands still at {} for {rows} rows", time(row)), Some(row))
        }
        ClockFault::Backwards { row } => {
            (format!("runs backwards, from {} to {}", before(row), time(row)), Some(row))
        }
        ClockFault::Leap { row } => {
            (format!("leaps from {} to {}", before(row), time(row)), Some(row))
        }
        ClockFault::Irregular { shortest, longest } => {
            let steps = format!("its steps are {shortest} s to {longest} s");
            (format!("fits no sampling rate: {steps}"), None)
        }
    }
}
