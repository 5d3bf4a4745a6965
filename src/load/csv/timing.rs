//! Which rate, start and holes every channel has: from its header, its time column or the
//! user.

use std::borrow::Cow;

use super::super::Hints;
use super::clock::{self, Clock, Fault, Hole};
use super::header::Header;
use super::names::{self, Column, Role};
use super::numbers::is_blank;
use super::table::Table;
use crate::error::{Error, Result, Stage};
use crate::signal::RateSource;
use crate::units::Hertz;

/// When the samples of a channel were taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timing {
    /// The sampling rate.
    pub(super) rate: Hertz,
    /// How it became known.
    pub(super) source: RateSource,
    /// The same in words.
    pub(super) words: String,
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
pub(super) fn assign_roles(header: &mut Header, table: &Table) {
    let unnamed = |column: &Column| column.written.is_empty();
    let has_time = header.columns.iter().any(|column| column.role == Role::Time);
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
        (true, _) => Role::Counter,
        (false, true) => Role::Time,
        (false, false) => Role::Channel,
    };
}

impl Clocks {
    /// Reads every time column.
    ///
    /// # Errors
    /// When a time column runs backwards, stands still or fits no sampling rate.
    pub(super) fn read(
        header: &Header,
        table: &Table,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let mut times = Vec::new();
        let left_out = |column: Option<&Column>| {
            column.and_then(|column| column.rate_hz).is_some_and(|rate| rate <= 0.0)
        };
        for (index, column) in header.columns.iter().enumerate() {
            let next = header.columns.get(index + 1);
            if column.role != Role::Time || left_out(next) {
                continue;
            }
            let written = trimmed(&table.columns[index]);
            if written.is_empty() {
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
        let counter =
            header.columns.iter().position(|column| column.role == Role::Counter);
        let counted = counter
            .filter(|_| times.is_empty())
            .and_then(|index| clock::counted(&table.columns[index]));
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
                    "{missing} rows are missing at {count} places ({reason}, first after row {}); they are kept as gaps",
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
    fn of(&self, index: usize) -> Option<&(usize, Clock)> {
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
    ) -> Result<Timing> {
        let clock = self.of(index);
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
        Ok(Timing { rate, source, words, start_s, holes })
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
        let (column, clock) = self.of(index)?;
        let rate = Hertz::new(clock.rate_hz)?;
        Some((
            rate,
            RateSource::TimeColumn,
            time_words(rate, clock, &header.columns[*column], *column),
        ))
    }

    /// A warning when the time column of a channel contradicts the rate of its header.
    pub(super) fn contradiction(&self, index: usize, timing: &Timing) -> Option<String> {
        let (_, clock) = self.of(index)?;
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
        self.of(index).is_some_and(|(_, clock)| {
            // Times that lie exactly on the grid of a common rate leave no doubt, however
            // few they are.
            let exact = (clock.measured_hz - clock.rate_hz).abs() <= 1e-6 * clock.rate_hz;
            !exact && clock.tolerance_hz > 0.002 * clock.rate_hz
        })
    }

    /// A warning when the times tell the rate of a channel only roughly.
    pub(super) fn doubt(&self, index: usize, timing: &Timing) -> Option<String> {
        let (_, clock) =
            self.of(index).filter(|_| timing.source == RateSource::TimeColumn)?;
        self.is_rough(index).then(|| {
            format!(
                "the times have so few digits that the rate is known to ±{:.2} Hz only; give it with --rate or rate_hz if you know it better",
                clock.tolerance_hz
            )
        })
    }
}

fn trimmed(values: &[f64]) -> &[f64] {
    let end = values.iter().rposition(|value| !is_blank(*value)).map_or(0, |at| at + 1);
    &values[..end]
}

fn time_words(rate: Hertz, clock: &Clock, column: &Column, index: usize) -> String {
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
fn scale(column: &Column, times: &[f64], warnings: &mut Vec<String>) -> f64 {
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
        Stage::Load,
        "the file does not tell its sampling rate: it has neither a time column nor a rate in its header",
    )
    .with_hint("give it as rate_hz in study.toml ([recordings.\"FILE\"] rate_hz = 1000), or with --rate 1000")
}

fn explain(fault: &Fault, (column, index): (&Column, usize), table: &Table) -> Error {
    let name = if column.written.is_empty() {
        String::new()
    } else {
        format!(" \"{}\"", column.written)
    };
    let times = &table.columns[index];
    let at = |row: usize| {
        (
            times.get(row.saturating_sub(1)).copied().unwrap_or(f64::NAN),
            times.get(row).copied().unwrap_or(f64::NAN),
        )
    };
    let (message, row) = match *fault {
        Fault::TooShort => {
            (format!("the time column{name} holds fewer than two times"), None)
        }
        Fault::Standing => (format!("the time column{name} never changes"), None),
        Fault::Stalled { row, rows } => {
            let (_, time) = at(row);
            (
                format!("the time column{name} stands still at {time} for {rows} rows"),
                Some(row),
            )
        }
        Fault::Backwards { row } => {
            let (before, time) = at(row);
            (
                format!("the time column{name} runs backwards, from {before} to {time}"),
                Some(row),
            )
        }
        Fault::Leap { row } => {
            let (before, time) = at(row);
            (format!("the time column{name} leaps from {before} to {time}"), Some(row))
        }
        Fault::Irregular { shortest, longest } => (
            format!(
                "the time column{name} fits no sampling rate: its steps are {shortest} s to {longest} s"
            ),
            None,
        ),
    };
    let error = Error::new(Stage::Load, message).at_column(index + 1);
    let error = row.map_or(error.clone(), |row| error.at_line(table.line(row)));
    error.with_hint("samples must be evenly spaced; export the recording again, or delete the time column and give rate_hz in study.toml")
}
