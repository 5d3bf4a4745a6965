//! The course of a channel in rows of the table and in words.

use super::super::quality::SILENT;
use super::super::{Digest, spoken};
use super::{Course, FEWEST, Fatigue, Followed, Quantity, State};
use crate::dsp::regression::Line;
use crate::dsp::stats::{mean, mean_interval, standard_deviation};
use crate::outcome::{self, FEWEST_FOR_A_TREND, Measure, Note};
use crate::units::Unit;

/// The change of every quantity over time.
pub(super) struct Lines([Option<Line>; 4]);

impl Lines {
    pub(super) fn of(course: &Course) -> Self {
        Self(Quantity::ALL.map(|quantity| course.line(quantity)))
    }

    pub(super) fn of_quantity(&self, quantity: Quantity) -> Option<Line> {
        let found = Quantity::ALL.into_iter().zip(self.0).find(|(known, _)| *known == quantity);
        found.and_then(|(_, line)| line)
    }
}

/// Why nothing can be said, where that is so.
fn obstacle(channel: &Digest, course: &Course) -> Option<String> {
    let used = course.used().count();
    if channel.silent {
        return Some(SILENT.into());
    }
    if let Some(reason) = channel.quality.assessment.no_emg() {
        return Some(reason.into());
    }
    if course.epochs.is_empty() {
        return Some("the recording is shorter than one epoch".into());
    }
    if used > 0 || course.count(State::Quiet) < course.epochs.len() {
        return (used < FEWEST).then(|| format!("needs at least {FEWEST} epochs; {}", tally(course)));
    }
    Some("no signal is left after filtering".into())
}

fn tally(course: &Course) -> String {
    let words = [(State::Gap, "gaps"), (State::Clipped, "clipping"), (State::Quiet, "rest")];
    let left_out = words.map(|(state, word)| (course.count(state), word));
    let left_out: Vec<String> =
        left_out.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} ({word})")).collect();
    let used = format!("{} of {} epochs used", course.used().count(), course.epochs.len());
    if left_out.is_empty() { used } else { format!("{used}, left out: {}", left_out.join(", ")) }
}

pub(super) fn measures(channel: &Digest, course: &Course, lines: &Lines) -> Vec<Measure> {
    let obstacle = obstacle(channel, course);
    let finish = |name: String, unit: Unit, row: Option<Measure>| {
        let missing = |reason: String| Measure::missing(&channel.label, name.clone(), unit.clone(), reason);
        match (&obstacle, row) {
            (Some(reason), _) => missing(reason.clone()),
            (None, Some(row)) => row,
            (None, None) => missing("cannot be computed from these epochs".into()),
        }
    };
    let mut rows = Vec::new();
    for quantity in [Quantity::Mnf, Quantity::Mdf] {
        let name = format!("{}_mean", quantity.name());
        rows.push(finish(name.clone(), Unit::HERTZ, mean_row(channel, course, quantity, name)));
    }
    for quantity in Quantity::ALL {
        let (name, unit) = (format!("{}_slope", quantity.name()), quantity.unit(&channel.unit).per_second());
        rows.push(finish(name.clone(), unit.clone(), slope_row(channel, lines.of_quantity(quantity), name, unit)));
    }
    for quantity in Quantity::ALL {
        let name = format!("{}_slope_normalised", quantity.name());
        rows.push(finish(
            name.clone(),
            Unit::PERCENT_PER_SECOND,
            normalised_row(channel, lines.of_quantity(quantity), name),
        ));
    }
    rows.push(finish("finsm5_ratio".into(), Unit::ONE, finsm5_row(channel, course)));
    rows
}

fn mean_row(channel: &Digest, course: &Course, quantity: Quantity, name: String) -> Option<Measure> {
    let values = course.values(quantity);
    let (low, high) = mean_interval(&values)?;
    let spread = standard_deviation(&values)?;
    let row = Measure::of(&channel.label, name, mean(&values)?, Unit::HERTZ).within(low, high).from_n(values.len());
    Some(row.noted(format!("standard deviation {} Hz; {}", spoken(spread), tally(course))))
}

fn slope_row(channel: &Digest, line: Option<Line>, name: String, unit: Unit) -> Option<Measure> {
    let line = line?;
    let (low, high) = line.slope_interval()?;
    Some(Measure::of(&channel.label, name, line.slope, unit).within(low, high).from_n(line.n))
}

fn normalised_row(channel: &Digest, line: Option<Line>, name: String) -> Option<Measure> {
    let line = line?;
    let row = Measure::of(&channel.label, name, line.normalised_slope()?, Unit::PERCENT_PER_SECOND).from_n(line.n);
    Some(match line.fieller_interval() {
        Some((low, high)) => row.within(low, high),
        None => row.noted("no interval: the value at the beginning cannot be told from 0"),
    })
}

fn finsm5_row(channel: &Digest, course: &Course) -> Option<Measure> {
    let size = course.ends.as_ref()?.epochs;
    let row =
        Measure::of(&channel.label, "finsm5_ratio", course.finsm5_ratio()?, Unit::ONE).from_n(course.used().count());
    let (low, high) = course.band_hz;
    let which = if size == 1 {
        "the last epoch over the first".into()
    } else {
        format!("the last {size} epochs over the first {size}")
    };
    Some(row.noted(format!("{which}, {low} to {} Hz", spoken(high))))
}

pub(super) fn courses(channel: &Digest, course: &Course) -> Vec<outcome::Course> {
    let of = |quantity: Quantity| outcome::Course {
        name: quantity.name().into(),
        channel: channel.label.name.clone(),
        unit: quantity.unit(&channel.unit),
        time_s: course.epochs.iter().map(|epoch| channel.start_s + epoch.time_s).collect(),
        value: course.epochs.iter().map(|epoch| quantity.of(epoch).filter(|_| epoch.state == State::Used)).collect(),
    };
    Quantity::ALL.map(of).into()
}

/// What the course of a channel says, or why it says nothing.
pub(super) fn note(channel: &Digest, course: &Course, lines: &Lines) -> Note {
    let name = &channel.label.name;
    match obstacle(channel, course) {
        Some(reason) => Note::caution(format!("{name}: no fatigue indices: {reason}.")),
        None => Note::info(format!("{name}: {}; {}.", finding(lines), tally(course))),
    }
}

impl Fatigue {
    /// What limits the courses, each caution with all the channels that it concerns.
    pub(super) fn cautions(&self, followed: &[(&Digest, &Followed)]) -> Vec<Note> {
        let usable: Vec<(&Digest, &Course)> = followed
            .iter()
            .map(|(channel, followed)| (*channel, &followed.course))
            .filter(|(channel, course)| obstacle(channel, course).is_none())
            .collect();
        let named = |concerned: &dyn Fn(&Digest, &Course) -> bool| {
            let names = usable.iter().filter(|(channel, course)| concerned(channel, course));
            let names: Vec<_> = names.map(|(channel, _)| channel.label.name.as_str()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let varying = named(&|_, course| varies(course)).map(|names| {
            format!(
                "{names}: the amplitude varies between epochs (coefficient of variation above 30 %, or more than a \
                 fifth of the epochs quiet), as in a dynamic or intermittent task: the spectrum then follows force and \
                 joint angle as well, so compare only the same phase."
            )
        });
        let slow = named(&|channel, _| channel.rate.hz() < 1000.0).map(|names| {
            format!(
                "{names}: sampled below 1000 Hz: the highest frequencies are missing, so mean and median frequency and \
                 FInsm5 are lower than at higher rates."
            )
        });
        let overlapping = (self.overlap > 0.0 && !usable.is_empty())
            .then(|| "epochs overlap, so the intervals of slopes are too narrow.".to_owned());
        [varying, slow, overlapping].into_iter().flatten().map(Note::caution).collect()
    }
}

/// Whether force was not constant, by the amplitudes of the epochs.
fn varies(course: &Course) -> bool {
    is_uneven(&course.values(Quantity::Rms), course.count(State::Quiet), course.epochs.len())
}

/// Whether the levels of the epochs that are used differ as in a task with changing force, or many of all are quiet.
pub(in crate::analysis) fn is_uneven(levels: &[f64], quiet: usize, epochs: usize) -> bool {
    let variation = standard_deviation(levels).zip(mean(levels)).map_or(0.0, |(spread, mean)| spread / mean);
    variation > 0.3 || 5 * quiet > epochs
}

/// "median frequency fell 0.41 %/s (95 % interval 0.32 to 0.5), 58 epochs"
fn finding(lines: &Lines) -> String {
    let line = lines.of_quantity(Quantity::Mdf);
    let found = line.and_then(|line| Some((line, line.normalised_slope()?, line.fieller_interval()?)));
    let Some((line, slope, (low, high))) = found else { return "median frequency has no slope".into() };
    if line.n < FEWEST_FOR_A_TREND {
        return format!(
            "{} epochs are too few to speak of a trend of the median frequency (its epochs scatter by some 5 %; {} are needed)",
            line.n, FEWEST_FOR_A_TREND
        );
    }
    let epochs = format!("{} epochs", line.n);
    if low <= 0.0 && high >= 0.0 {
        let (slope, low, high) = (spoken(slope), spoken(low), spoken(high));
        return format!(
            "median frequency shows no change beyond chance: {slope} %/s (95 % interval {low} to {high}), {epochs}"
        );
    }
    let (word, ends) = if slope < 0.0 { ("fell", (-high, -low)) } else { ("rose", (low, high)) };
    let (slope, low, high) = (spoken(slope.abs()), spoken(ends.0), spoken(ends.1));
    format!("median frequency {word} {slope} %/s (95 % interval {low} to {high}), {epochs}")
}
