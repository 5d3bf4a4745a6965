//! Columns → channels: gaps, units, names.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Hints;
use super::dialect::CsvDialect;
use super::header::Header;
use super::marks::EventCell;
use super::names::{ColumnRole, FileColumn, per_second, unit};
use super::numbers::{is_blank, is_infinite, without_end};
use super::table::SampleTable;
use super::timing::began::Began;
use super::timing::hole::Hole;
use super::timing::{Clocks, ColumnTiming};
use super::untold::{self, first_few};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::{Channel, Event, Kind, Label};
use crate::units::Hertz;

/// A channel that ends so many seconds before the others of its clock, or more, lost its
/// signal; less is how recorders stop.
const EARLY_S: f64 = 0.1;

/// The channels of a file, how they were read, and what the user should know.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// The channels in the order of the file.
    pub(super) channels: Vec<Channel>,
    /// The words of columns of events, on the file's own clock.
    pub(super) events: Vec<Event>,
    /// How the file was read.
    pub(super) findings: Vec<String>,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
    /// When the first row was taken, where the clock tells.
    pub(super) began: Option<Began>,
}

/// Makes the channels.
///
/// # Errors
/// When there is none, or the rate of one is not known.
pub(super) fn assemble(
    (header, dialect): (&Header, &CsvDialect),
    mut table: SampleTable,
    hints: &Hints,
) -> Result<Channels> {
    let mut made = Channels::default();
    let clocks = Clocks::read((header, dialect), &table, hints, &mut made.warnings)?;

    let chosen = chosen(header, &table, &mut made);
    if chosen.is_empty() {
        return Err(Error::new(
            ErrorKind::Load,
            "the file holds no channel, only times or counters",
        )
        .with_hint("a recording has at least one column of samples"));
    }
    let labels = labels(header, &chosen, &mut made.warnings);
    tell_unused_rate(header, &clocks, &chosen, hints, &mut made.warnings);

    made.events = events(header, &table, &clocks, hints, &mut made.findings)?;
    let mut report = Report::default();
    for (&index, label) in chosen.iter().zip(labels) {
        let timing = clocks.timing(index, header, hints)?;
        report.timing(&clocks, index, &timing);
        let samples = std::mem::take(&mut table.columns[index]);
        let column = Samples {
            samples,
            divided: table.divisors[index] != 1.0,
            finite: table.finite[index],
        };
        let channel = channel(label, &header.columns[index], column, timing, &mut report);
        made.channels.push(channel);
    }
    made.findings.extend(
        clocks
            .began
            .and_then(Began::words)
            .map(|began| format!("began: {began}; times count from there")),
    );
    made.began = clocks.began;
    if header.named {
        let has_kind: Vec<bool> =
            chosen.iter().map(|&index| header.columns[index].kind.is_some()).collect();
        let (findings, cautions) = untold::decide(&mut made.channels, &has_kind);
        made.findings.extend(findings);
        made.warnings.extend(cautions);
    }
    report.early_ends(&mut made.channels);
    report.finish(&mut made);

    Ok(made)
}

/// The words in columns of events, each at the time of its row.
fn events(
    header: &Header,
    table: &SampleTable,
    clocks: &Clocks,
    hints: &Hints,
    findings: &mut Vec<String>,
) -> Result<Vec<Event>> {
    let mut events = Vec::with_capacity(table.marks.events.len());
    let mut columns: BTreeMap<usize, Vec<&EventCell>> = BTreeMap::new();
    for mark in &table.marks.events {
        columns.entry(mark.column).or_default().push(mark);
    }
    // Remarks may stand behind the last column.
    for (index, marks) in columns {
        let nearest = index.min(header.columns.len() - 1);
        let timing = clocks.timing(nearest, header, hints)?;
        let beside =
            times_beside(header, table, index).filter(|_| clocks.began.is_none());
        events.extend(marks.iter().map(|mark| {
            let own = beside.as_ref().and_then(|times| times.seconds(mark.row));
            if let Some(time_s) = own {
                return Event { time_s, label: mark.label.clone(), side: None };
            }
            let missing: usize = timing
                .holes
                .iter()
                .filter(|hole| hole.after < mark.row)
                .map(|hole| hole.missing)
                .sum();
            let time_s = timing.start_s + timing.rate.seconds(mark.row + missing);
            Event { time_s, label: mark.label.clone(), side: None }
        }));
        let place = header.columns.get(index).map_or_else(
            || "behind the last column".into(),
            |column| format!("in the column \"{}\"", shown(column, index)),
        );
        let at = beside.map_or(String::new(), |times| {
            format!(", at the times in \"{}\"", times.column.written)
        });
        findings.push(format!("events: {} {place}{at}", marks.len()));
    }
    events.sort_by(|one, other| one.time_s.total_cmp(&other.time_s));
    Ok(events)
}

/// Times of events in a column of their own.
struct EventTimes<'t> {
    column: &'t FileColumn,
    values: &'t [f64],
}

impl EventTimes<'_> {
    fn seconds(&self, row: usize) -> Option<f64> {
        let value = self.values.get(row).copied().filter(|value| value.is_finite())?;
        Some(value / per_second(&self.column.unit).unwrap_or(1.0))
    }
}

/// The times that stand before the words of a column, a list beside the samples:
/// `Event time, Event`.
fn times_beside<'t>(
    header: &'t Header,
    table: &'t SampleTable,
    words: usize,
) -> Option<EventTimes<'t>> {
    let column = header.columns.get(words.checked_sub(1)?)?;
    let values = without_end(&table.columns[words - 1]);
    let name = column.name.to_lowercase();
    let is_of_times = ["time", "onset", "zeit"].iter().any(|word| name.contains(word));
    let is_list = values.len() * 2 < table.rows() && !values.is_empty();
    (is_of_times && is_list).then_some(EventTimes { column, values })
}

/// What a column is for.
enum ColumnUse {
    /// A channel.
    Channel,
    /// Nothing, and worth telling in its list.
    Other,
    Empty,
    Rateless,
    /// Nothing that is worth telling.
    Untold,
}

impl ColumnUse {
    fn decide(
        column: &FileColumn,
        index: usize,
        table: &SampleTable,
        of_events: &BTreeSet<usize>,
    ) -> Self {
        match column.role {
            ColumnRole::Counter | ColumnRole::Other => return Self::Other,
            ColumnRole::Time => return Self::Untold,
            ColumnRole::Channel => {}
        }
        let blank = table.columns[index].iter().all(|value| is_blank(*value));
        if table.marks.remarks.contains(&index) {
            return Self::Other;
        }
        if blank && column.written.is_empty() {
            Self::Untold
        } else if column.rate_hz.is_some_and(|rate| rate <= 0.0) {
            Self::Rateless
        } else if !blank {
            Self::Channel
        } else if of_events.contains(&index) {
            Self::Untold
        } else {
            Self::Empty
        }
    }
}

/// The columns that are channels; why others are none is told.
fn chosen(header: &Header, table: &SampleTable, made: &mut Channels) -> Vec<usize> {
    let mut chosen = Vec::new();
    let (mut others, mut empty, mut rateless) = (Vec::new(), Vec::new(), Vec::new());
    let of_events = table.marks.columns();
    for (index, column) in header.columns.iter().enumerate() {
        let is_of_times = of_events.contains(&(index + 1))
            && times_beside(header, table, index + 1).is_some();
        if is_of_times {
            others.push(shown(column, index));
            continue;
        }
        match ColumnUse::decide(column, index, table, &of_events) {
            ColumnUse::Channel => chosen.push(index),
            ColumnUse::Other => others.push(shown(column, index)),
            ColumnUse::Empty => empty.push(full_name(column, index)),
            ColumnUse::Rateless => rateless.push(format!(
                "{} ({} Hz)",
                full_name(column, index),
                column.rate_hz.unwrap_or_default()
            )),
            ColumnUse::Untold => {}
        }
    }

    if !others.is_empty() {
        made.findings.push(format!("not channels: {}", others.join(", ")));
    }
    let mut left_out = |reason: &str, names: &[String]| {
        if !names.is_empty() {
            let names = first_few(names);
            made.warnings.push(format!("left out, because {reason}: {names}"));
        }
    };
    left_out("they hold no sample", &empty);
    left_out("the header states no possible sampling rate", &rateless);
    chosen
}

fn shown(column: &FileColumn, index: usize) -> String {
    if column.written.is_empty() {
        format!("column {}", index + 1)
    } else {
        column.written.clone()
    }
}

/// A channel's name with its sensor's.
fn full_name(column: &FileColumn, index: usize) -> String {
    match (column.group.as_str(), column.name.as_str()) {
        (_, "") => format!("channel {}", index + 1),
        ("", name) => name.to_owned(),
        (group, name) if name.starts_with(group) => name.to_owned(),
        (group, name) => format!("{group}: {name}"),
    }
}

/// Unique names and what they mean.
fn labels(header: &Header, chosen: &[usize], warnings: &mut Vec<String>) -> Vec<Label> {
    // Without a line of names channels are counted as they stand, clocks left out.
    let number = |place: usize, index: usize| if header.named { index } else { place };
    let names = chosen
        .iter()
        .enumerate()
        .map(|(place, &index)| full_name(&header.columns[index], number(place, index)));
    let unique = unique(names, warnings);

    let unit = |&index: &usize| header.columns[index].unit.as_str();
    let pairs: Vec<(&str, &str)> =
        unique.iter().map(String::as_str).zip(chosen.iter().map(unit)).collect();
    let mut labels = Label::parse_all(&pairs);
    for (label, &index) in labels.iter_mut().zip(chosen) {
        if let Some(kind) = header.columns[index].kind {
            label.kind = kind;
            label.muscle = label.muscle.filter(|_| kind == Kind::Emg);
        }
    }
    if !header.named {
        labels.iter_mut().for_each(|label| label.kind = Kind::Emg);
        warnings.push(
            "the file has no names; every column of samples is taken as EMG (name muscles \
             and sides in study.toml)"
                .into(),
        );
    }
    labels
}

/// Names of which none is there twice: later ones are counted.
fn unique(
    names: impl Iterator<Item = String>,
    warnings: &mut Vec<String>,
) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let (mut unique, mut twins) = (Vec::<String>::new(), Vec::new());
    for name in names {
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let mut candidate =
            if *count == 1 { name.clone() } else { format!("{name} ({count})") };
        // A column may be called `EMG (2)` in the file.
        while !taken.insert(candidate.clone()) {
            *count += 1;
            candidate = format!("{name} ({count})");
        }
        if candidate != name {
            twins.push(candidate.clone());
        }
        unique.push(candidate);
    }
    if !twins.is_empty() {
        warnings.push(format!(
            "several columns have the same name; the later ones are called {}",
            first_few(&twins)
        ));
    }
    unique
}

/// Says so when the user gives a rate that the file contradicts: it is meant for files
/// that do not say.
fn tell_unused_rate(
    header: &Header,
    clocks: &Clocks,
    chosen: &[usize],
    hints: &Hints,
    warnings: &mut Vec<String>,
) {
    let Some(user) = hints.rate else { return };
    let certain = chosen.iter().filter(|&&index| !clocks.is_rough(index));
    let stated =
        certain.filter_map(|&index| clocks.stated(index, header)).map(|(rate, ..)| rate);
    if let Some(other) =
        stated.into_iter().find(|rate| (rate.hz() - user.hz()).abs() > 1e-6 * user.hz())
    {
        warnings.push(format!(
            "the file gives a sampling rate of {other} itself; {user}, given by the \
             user, is for channels without one"
        ));
    }
}

/// The numbers of a column.
struct Samples {
    samples: Vec<f64>,
    /// Whether they have been divided by what their unit asks for.
    divided: bool,
    /// Whether they are known to be finite.
    finite: bool,
}

fn channel(
    label: Label,
    column: &FileColumn,
    samples: Samples,
    timing: ColumnTiming,
    report: &mut Report,
) -> Channel {
    let Samples { mut samples, divided, finite } = samples;
    let rows = samples.len();
    samples.truncate(without_end(&samples).len());
    let samples = with_holes(samples, &timing.holes);
    let finite = finite && samples.len() == rows;

    let (samples, every, first) =
        if finite { (samples, 1, 0) } else { every_nth(samples, &timing.holes) };
    let rate = Hertz::new(timing.rate.hz() / every as f64).unwrap_or(timing.rate);
    if every > 1 {
        report.slower(&label.name, every, rate);
    }

    let (unit, divisor) = unit(&column.unit);
    let divisor = if divided { 1.0 } else { divisor };
    let samples = match finite && divisor == 1.0 {
        true => samples,
        false => report.gaps(&label.name, samples, divisor),
    };
    report.promised(&label.name, column, samples.len());
    Channel {
        label,
        rate,
        rate_source: timing.source,
        uneven_clock: timing.uneven,
        start_s: timing.start_s + timing.rate.seconds(first),
        unit,
        rails: None,
        excluded: 0,
        samples,
    }
}

/// With a gap wherever rows are missing.
fn with_holes(samples: Vec<f64>, holes: &[Hole]) -> Vec<f64> {
    let inside: Vec<&Hole> =
        holes.iter().filter(|hole| hole.after + 1 < samples.len()).collect();
    if inside.is_empty() {
        return samples;
    }
    let missing: usize = inside.iter().map(|hole| hole.missing).sum();
    let mut filled = Vec::with_capacity(samples.len() + missing);
    let mut from = 0;
    for hole in inside {
        filled.extend_from_slice(&samples[from..=hole.after]);
        filled.resize(filled.len() + hole.missing, f64::NAN);
        from = hole.after + 1;
    }
    filled.extend_from_slice(&samples[from..]);
    filled
}

/// The samples of a slower channel that stands in every n-th row, n, and the row of the
/// first one.
fn every_nth(samples: Vec<f64>, holes: &[Hole]) -> (Vec<f64>, usize, usize) {
    let written: Vec<usize> =
        (0..samples.len()).filter(|&row| !is_blank(samples[row])).take(4).collect();
    let &[first, second, third, ..] = written.as_slice() else {
        return (samples, 1, 0);
    };
    let every = second - first;
    if every < 2 || third - second != every || !holes.is_empty() {
        return (samples, 1, 0);
    }
    let on_grid = |row: usize| row >= first && (row - first).is_multiple_of(every);
    if !(0..samples.len()).all(|row| on_grid(row) != is_blank(samples[row])) {
        return (samples, 1, 0);
    }
    (samples.into_iter().skip(first).step_by(every).collect(), every, first)
}

/// What is worth telling about all channels together.
#[derive(Debug, Default)]
struct Report {
    rates: Vec<(String, usize)>,
    missing: Vec<String>,
    infinite: Vec<String>,
    promised: Vec<String>,
    slower: Vec<String>,
    ended: Vec<String>,
    doubts: Vec<String>,
}

impl Report {
    fn timing(&mut self, clocks: &Clocks, index: usize, timing: &ColumnTiming) {
        match self.rates.iter_mut().find(|(words, _)| *words == timing.words) {
            Some((_, count)) => *count += 1,
            None => self.rates.push((timing.words.clone(), 1)),
        }
        for doubt in clocks
            .contradiction(index, timing)
            .into_iter()
            .chain(clocks.doubt(index, timing))
        {
            if !self.doubts.contains(&doubt) {
                self.doubts.push(doubt);
            }
        }
    }

    fn slower(&mut self, name: &str, every: usize, rate: Hertz) {
        self.slower
            .push(format!("{name} has a value in every {every}th row only: {rate}"));
    }

    /// Tells a channel that is shorter than its header says.
    fn promised(&mut self, name: &str, column: &FileColumn, held: usize) {
        if let Some(promised) = column.promised.filter(|promised| *promised > held) {
            self.promised.push(format!("\"{name}\" {promised}, the file holds {held}"));
        }
    }

    /// Scales the samples and makes every kind of missing value the same gap.
    fn gaps(&mut self, name: &str, mut samples: Vec<f64>, divisor: f64) -> Vec<f64> {
        let (mut missing, mut infinite) = (0_usize, 0_usize);
        for sample in &mut samples {
            if sample.is_finite() {
                *sample /= divisor;
                continue;
            }
            infinite += usize::from(is_infinite(*sample) || sample.is_infinite());
            missing += 1;
            *sample = f64::NAN;
        }
        if missing > 0 {
            self.missing.push(format!("{name} {missing}"));
        }
        if infinite > 0 {
            self.infinite.push(format!("{name} {infinite}"));
        }
        samples
    }

    /// Gives channels of EMG that end before others of the same clock a gap up to their end,
    /// and tells them. Others may be slower ones whose rate nothing says.
    fn early_ends(&mut self, channels: &mut [Channel]) {
        let mut ends: BTreeMap<[u64; 2], usize> = BTreeMap::new();
        let clock =
            |channel: &Channel| [channel.rate.hz(), channel.start_s].map(f64::to_bits);
        let is_emg = |channel: &&mut Channel| channel.label.kind == Kind::Emg;
        for channel in channels.iter_mut().filter(is_emg) {
            let end = ends.entry(clock(channel)).or_default();
            *end = (*end).max(channel.samples.len());
        }
        for channel in channels.iter_mut().filter(is_emg) {
            let missing = ends[&clock(channel)] - channel.samples.len();
            let seconds = channel.rate.seconds(missing);
            if seconds >= EARLY_S {
                channel.samples.resize(channel.samples.len() + missing, f64::NAN);
                let rounded = (100.0 * seconds).round() / 100.0;
                self.ended.push(format!("{} {rounded} s", channel.label.name));
            }
        }
    }

    fn finish(self, made: &mut Channels) {
        let several = self.rates.len() > 1;
        for (words, count) in self.rates {
            let channels =
                if count == 1 { "1 channel".into() } else { format!("{count} channels") };
            made.findings.push(if several {
                format!("rate: {words} ({channels})")
            } else {
                format!("rate: {words}")
            });
        }
        made.findings.extend(self.slower.into_iter().map(|text| format!("rate: {text}")));
        made.warnings.extend(self.doubts);
        let mut tell = |what: &str, of: &[String]| {
            if !of.is_empty() {
                made.warnings.push(format!("{what}: {}", first_few(of)));
            }
        };
        tell("missing samples, kept as gaps", &self.missing);
        tell("infinite values, kept as gaps", &self.infinite);
        tell("ended before the others, the rest is a gap", &self.ended);
        tell("the header promises more samples than the file holds", &self.promised);
    }
}

#[cfg(test)]
mod tests {
    use super::super::numbers::BLANK;
    use super::*;

    #[test]
    fn blank_cells_at_the_end_are_no_gaps() {
        assert_eq!(without_end(&[1.0, BLANK, 2.0, BLANK, BLANK]).len(), 3);
        assert_eq!(without_end(&[1.0, f64::NAN]).len(), 2);
    }

    #[test]
    fn missing_rows_become_gaps_in_their_place() {
        let filled = with_holes(
            vec![1.0, 2.0, 3.0],
            &[Hole { after: 0, missing: 2 }, Hole { after: 2, missing: 5 }],
        );
        assert_eq!(filled.len(), 5);
        assert!(
            filled[0] == 1.0
                && filled[1].is_nan()
                && filled[2].is_nan()
                && filled[3..] == [2.0, 3.0]
        );
    }

    #[test]
    fn a_slower_channel_between_blank_cells_has_its_own_rate() {
        let samples: Vec<f64> = (0..30)
            .map(|row| if row % 10 == 3 { f64::from(row) } else { BLANK })
            .collect();
        assert_eq!(
            every_nth(without_end(&samples).to_vec(), &[]),
            (vec![3.0, 13.0, 23.0], 10, 3)
        );
        let gaps = vec![1.0, BLANK, 2.0, 3.0, BLANK, 4.0];
        assert_eq!(every_nth(gaps, &[]).1, 1);
    }
}
