//! Which rate, start and holes every channel has: from its header, its time column or the
//! user.

pub(super) mod began;
pub(super) mod clock;
pub(super) mod counter;
mod fault;
pub(super) mod hole;
pub(super) mod moment;
pub(super) mod ticks;
mod uneven;

use std::cmp::Ordering;

use super::super::Hints;
use super::dialect::CsvDialect;
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn};
use super::numbers::without_end;
use super::table::SampleTable;
use crate::error::{Error, ErrorKind, Result};
use crate::signal::RateSource;
use crate::units::Hertz;
use began::Began;
use clock::Clock;
use fault::ClockFault;
use hole::Hole;
use ticks::Ticks;

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
#[derive(Debug, Default)]
pub(super) struct Clocks {
    /// Every time column that is one, with what it says.
    times: Vec<TimeColumn>,
    /// The missing rows that a counter shows.
    counted: Option<Vec<Hole>>,
    /// When the first row was taken, of clocks that count from a moment.
    pub(super) began: Option<Began>,
}

/// A time column and what it says.
#[derive(Debug)]
struct TimeColumn {
    index: usize,
    /// Time columns without a channel between them are of one group.
    group: usize,
    clock: Clock,
}

impl TimeColumn {
    /// How badly it tells the rate, beside another.
    fn roughness_beside(&self, other: &Self) -> Ordering {
        let of = |clock: &Clock| clock.tolerance_hz / clock.rate_hz;
        let (one, other) = (&self.clock, &other.clock);
        one.uneven.cmp(&other.uneven).then(of(one).total_cmp(&of(other)))
    }
}

impl Clocks {
    /// Reads every time column.
    ///
    /// # Errors
    /// When no time column can be used though there are some, and neither header nor user
    /// tell the rate.
    pub(super) fn read(
        (header, dialect): (&Header, &CsvDialect),
        table: &SampleTable,
        hints: &Hints,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let mut clocks = Self { counted: counted(header, table), ..Self::default() };
        let mut unusable = Vec::new();
        let mut group = 0;
        for (index, column) in header.columns.iter().enumerate() {
            group += usize::from(column.role == ColumnRole::Channel);
            let written = without_end(&table.columns[index]);
            if column.role != ColumnRole::Time
                || written.is_empty()
                || is_of_nothing(header, index)
            {
                continue;
            }
            let is_text = dialect.holds_times_of_day(index);
            let stated = stated_rate(index, header).or(hints.rate.map(Hertz::hz));
            let by_day = ticks::read(column, written, is_text, stated);
            let read = match clock::read(&by_day.seconds) {
                Ok(clock) => Ok((clock, by_day.began, by_day.doubt)),
                Err(fault) => month_first(column, written, is_text).ok_or(fault),
            };
            match read {
                Ok((clock, began, doubt)) => {
                    let clock = match stated {
                        Some(rate) => clock.told(&by_day.seconds, rate),
                        None => clock,
                    };
                    clocks.times.push(TimeColumn { index, group, clock });
                    clocks.began = clocks.began.take().or(began);
                    warnings.extend(doubt);
                }
                Err(fault) => {
                    unusable.push((stated, explain(&fault, (column, index), table)));
                }
            }
        }
        clocks.tell_unusable(unusable, warnings)?;
        clocks.report_holes(warnings);
        Ok(clocks)
    }

    /// A clock that fits no rate is an error where nothing else tells the rate.
    fn tell_unusable(
        &self,
        unusable: Vec<(Option<f64>, Error)>,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        for (stated, error) in unusable {
            if stated.is_none() && self.times.is_empty() {
                return Err(error);
            }
            warnings.push(format!("{}; it is not used", error.message()));
        }
        Ok(())
    }

    fn report_holes(&self, warnings: &mut Vec<String>) {
        let of_times = self.times.iter().map(|time| match self.counter_instead(time) {
            Some(holes) => (holes, "a jump in the counter"),
            None => (&time.clock.holes, "a jump in the time column"),
        });
        let alone = self.counted.iter().filter(|_| self.times.is_empty());
        let all = of_times.chain(alone.map(|holes| (holes, "a jump in the counter")));
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

    /// What a counter says of missing rows, where the clock beside it cannot tell.
    fn counter_instead(&self, time: &TimeColumn) -> Option<&Vec<Hole>> {
        let is_sure = !time.clock.uneven && !is_rough(&time.clock);
        self.counted.as_ref().filter(|_| !is_sure)
    }

    /// The clock of a column: the best of the group of time columns that is the nearest on
    /// its left, else of the first group.
    fn time_of(&self, index: usize) -> Option<&TimeColumn> {
        let left = self.times.partition_point(|time| time.index < index);
        let group = self.times.get(left.saturating_sub(1))?.group;
        // Groups stand one behind the other.
        let first = self.times.partition_point(|time| time.group < group);
        let of_group = self.times[first..].iter().take_while(|time| time.group == group);
        of_group.min_by(|one, other| one.roughness_beside(other))
    }

    fn clock_of(&self, index: usize) -> Option<&Clock> {
        self.time_of(index).map(|time| &time.clock)
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
        let start_s = clock.map_or(hints.start_s.unwrap_or(0.0), |clock| clock.start);
        let holes = self.holes(index);
        let uneven =
            source == RateSource::TimeColumn && clock.is_some_and(|clock| clock.uneven);
        Ok(ColumnTiming { rate, source, words, uneven, start_s, holes })
    }

    /// The rows that are missing before samples of a column.
    fn holes(&self, index: usize) -> Vec<Hole> {
        let Some(time) = self.time_of(index) else {
            return self.counted.clone().unwrap_or_default();
        };
        self.counter_instead(time).unwrap_or(&time.clock.holes).clone()
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
        let TimeColumn { index, clock, .. } = self.time_of(index)?;
        let rate = Hertz::new(clock.rate_hz)?;
        let words = time_words(rate, clock, &header.columns[*index], *index);
        Some((rate, RateSource::TimeColumn, words))
    }

    /// A warning when the time column of a channel contradicts the rate of its header.
    pub(super) fn contradiction(
        &self,
        index: usize,
        timing: &ColumnTiming,
    ) -> Option<String> {
        let clock = self.clock_of(index)?;
        let (rate, measured) = (timing.rate.hz(), clock.measured_hz);
        let apart = (rate - measured).abs() > clock.tolerance_hz.max(0.005 * rate);
        let (says, used) = match timing.source {
            RateSource::Header => ("the header states", "the header"),
            RateSource::User => ("the user gives", "what the user gives"),
            _ => return None,
        };
        let rate = timing.rate;
        apart.then(|| {
            format!("{says} {rate}, the times give {measured:.4} Hz; {used} is used")
        })
    }

    /// Whether the times tell the rate of a channel only roughly.
    pub(super) fn is_rough(&self, index: usize) -> bool {
        self.clock_of(index).is_some_and(|clock| clock.uneven || is_rough(clock))
    }

    /// A warning when the times tell the rate of a channel only roughly.
    pub(super) fn doubt(&self, index: usize, timing: &ColumnTiming) -> Option<String> {
        let clock =
            self.clock_of(index).filter(|_| timing.source == RateSource::TimeColumn)?;
        let why = match (clock.uneven, is_rough(clock)) {
            (true, _) => "the steps between the times vary, so that",
            (false, true) => "the times have so few digits that",
            (false, false) => return None,
        };
        Some(format!(
            "{why} the rate, {} from all rows over the whole time, is known to ±{:.2} Hz only; \
             give it with --rate or rate_hz if you know it better",
            timing.rate, clock.tolerance_hz
        ))
    }
}

/// The clock of times whose dates go on only where the month comes first, and what is said
/// of it.
fn month_first(
    column: &FileColumn,
    times: &[f64],
    is_text: bool,
) -> Option<(Clock, Option<Began>, Option<String>)> {
    if !is_text {
        return None;
    }
    let exchanged = times.iter().map(|&time| match time.is_finite() {
        true => moment::month_first(time),
        false => Some(time),
    });
    let exchanged: Vec<f64> = exchanged.collect::<Option<_>>()?;
    let Ticks { seconds, began, .. } = ticks::read(column, &exchanged, true, None);
    let clock = clock::read(&seconds).ok()?;
    let said = "the month comes first in the dates: only so they go on";
    Some((clock, began, Some(said.to_owned())))
}

/// Whether a clock tells the rate only roughly. Times that lie exactly on the grid of a
/// common rate leave no doubt, however few they are.
fn is_rough(clock: &Clock) -> bool {
    let exact = (clock.measured_hz - clock.rate_hz).abs() <= 1e-6 * clock.rate_hz;
    !exact && clock.tolerance_hz > 0.002 * clock.rate_hz
}

/// The rate that the header states for a column or the whole file, in hertz.
fn stated_rate(index: usize, header: &Header) -> Option<f64> {
    let own = header.columns.get(index + 1).and_then(|column| column.rate_hz);
    own.or(header.rate.as_ref().map(|(rate, _)| *rate)).filter(|rate| *rate > 0.0)
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
    if let Some(numbers) = sub_frames(header, table, counter) {
        return counter::read(&numbers);
    }
    counter::read(without_end(&table.columns[counter]))
}

/// Running numbers of samples within frames: frame times samples a frame, and sub-frame.
fn sub_frames(header: &Header, table: &SampleTable, frame: usize) -> Option<Vec<f64>> {
    let is_sub = |column: &FileColumn| names::key(&column.name) == "subframe";
    header.columns.get(frame + 1).filter(|column| is_sub(column))?;
    let (frames, subs) = (&table.columns[frame], &table.columns[frame + 1]);
    let of_frame = subs.iter().copied().fold(0.0, f64::max) + 1.0;
    Some(frames.iter().zip(subs).map(|(frame, sub)| frame * of_frame + sub).collect())
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
        "samples must be evenly spaced; export the recording again, or, where they are and only \
         the times are not, give the rate: --rate 1000, or rate_hz in study.toml",
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
