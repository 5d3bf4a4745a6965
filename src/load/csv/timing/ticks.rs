//! What the numbers of a time column count: seconds, milliseconds, days; from when on.

use std::borrow::Cow;

use super::super::names::{self, FileColumn};
use super::began::Began;
use super::moment;

/// Units of time: how many make a second, and the word.
const UNITS: [(f64, &str); 6] = [
    (1.0, "seconds"),
    (1e3, "milliseconds"),
    (1e6, "microseconds"),
    (1e9, "nanoseconds"),
    (1.0 / 60.0, "minutes"),
    (1.0 / DAY_S, "days"),
];
const DAY_S: f64 = 86_400.0;
/// Rates that times without a unit may give, in hertz.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 20.0..=2e5;
/// Seconds since 1970 of moments between 1998 and 2100.
const SINCE_1970: std::ops::Range<f64> = 9e8..4.1e9;
/// Where clocks begin again: a day, half a day and an hour in seconds and milliseconds,
/// 16 and 32 bits.
const ROUNDS: [f64; 8] = [
    86_400.0,
    43_200.0,
    3600.0,
    86_400e3,
    43_200e3,
    65_536.0,
    4_294_967_296.0,
    4_294_967.296,
];
/// A clock that begins again does so within so many usual steps of both ends, or so much
/// of its round: a pause may lie there.
const AT_THE_END: f64 = 50.0;
const NEAR_THE_END: f64 = 0.01;
/// Longer tables with whole steps are milliseconds and no days.
const LONGEST_DIARY: usize = 400;

/// Times in seconds, and what was understood of them.
pub(in crate::load::csv) struct Ticks<'t> {
    /// The times in seconds; of clocks that count from a moment, since the first row.
    pub(in crate::load::csv) seconds: Cow<'t, [f64]>,
    /// The moment of the first row, for people.
    pub(in crate::load::csv) began: Option<Began>,
    /// What was assumed.
    pub(in crate::load::csv) doubt: Option<String>,
}

/// The times of a column in seconds; `clock_text` says that they were written as
/// `10:15:22`, `stated` is the rate that the header or the user gives.
pub(in crate::load::csv) fn read<'t>(
    column: &FileColumn,
    times: &'t [f64],
    clock_text: bool,
    stated: Option<f64>,
) -> Ticks<'t> {
    let times = unwrapped(times);
    let first = times.iter().copied().find(|time| time.is_finite()).unwrap_or(0.0);
    let written = if clock_text { Some(1.0) } else { unit(column) };
    let (per_second, doubt) = match written {
        Some(per_second) => (per_second, None),
        None => guessed(&times, first, stated),
    };
    let begin = began(first, per_second);
    if begin.is_none() && per_second == 1.0 {
        return Ticks { seconds: times, began: None, doubt };
    }
    let zero = if begin.is_some() { first } else { 0.0 };
    let second = |time: &f64| {
        let seconds = (time - zero) / per_second;
        // Large numbers hold no more digits than millionths of a second.
        if begin.is_some() { (seconds * 1e6).round() / 1e6 } else { seconds }
    };
    let seconds = times.iter().map(second).collect();
    Ticks { seconds: Cow::Owned(seconds), began: begin.map(Began), doubt }
}

/// Seconds since 1970 of the first time, where the clock counts from there.
fn began(first: f64, per_second: f64) -> Option<f64> {
    let days = moment::of_serial_days(first).filter(|_| per_second == 1.0 / DAY_S);
    let seconds = Some(first / per_second);
    days.or(seconds.filter(|first| SINCE_1970.contains(first)))
}

/// What the unit of a column, or its name, says.
fn unit(column: &FileColumn) -> Option<f64> {
    let by_name = || {
        let lower = column.name.to_lowercase();
        let mut words = lower.split(|symbol: char| !symbol.is_alphanumeric());
        words.find_map(|word| match word {
            "ms" | "millis" | "milliseconds" | "millisekunden" | "msec" => Some(1e3),
            "us" | "µs" | "micros" | "microseconds" | "usec" => Some(1e6),
            "ns" | "nanos" | "nanoseconds" => Some(1e9),
            "s" | "sec" | "secs" | "seconds" | "sekunden" => Some(1.0),
            "min" | "minutes" | "minuten" => Some(1.0 / 60.0),
            _ => None,
        })
    };
    names::per_second(&column.unit).or_else(by_name)
}

/// The unit that a moment, the rate that is stated or else the steps tell.
fn guessed(times: &[f64], first: f64, stated: Option<f64>) -> (f64, Option<String>) {
    let rate = rate(times);
    let is_moment = |per_second: f64| {
        began(first, per_second).is_some() && (1.0..=2e5).contains(&(rate * per_second))
    };
    let moments = || UNITS.into_iter().map(|unit| unit.0);
    // A moment stays one where rows are days apart; what may be days of a spreadsheet may
    // be seconds of a day as well.
    let ticks = |per_second: f64| PLAUSIBLE.contains(&(rate * per_second));
    let is_of_days = !(ticks(1.0) || ticks(1e3) && times.len() > LONGEST_DIARY);
    let stays = |per_second: f64| {
        began(first, per_second).is_some()
            && (per_second >= 1.0 || per_second == 1.0 / DAY_S && is_of_days)
    };
    let moment = moments().find(|unit| is_moment(*unit));
    if let Some(per_second) = moment.or_else(|| moments().find(|unit| stays(*unit))) {
        return (per_second, None);
    }
    let agrees = |per_second: f64| {
        stated.is_some_and(|stated| (0.8..=1.25).contains(&(rate * per_second / stated)))
    };
    let plausible = |per_second: f64| PLAUSIBLE.contains(&(rate * per_second));
    let by_rate = UNITS.into_iter().find(|unit| agrees(unit.0));
    let Some((per_second, word)) =
        by_rate.or_else(|| UNITS.into_iter().find(|unit| plausible(unit.0)))
    else {
        return (1.0, None);
    };
    let doubt = (per_second != 1.0).then(|| {
        format!(
            "the time column has no unit; its steps of {} are taken as {word}",
            (1e4 / rate).round() / 1e4
        )
    });
    (per_second, doubt)
}

/// Rows in one unit of the times.
fn rate(times: &[f64]) -> f64 {
    let known = || times.iter().copied().enumerate().filter(|(_, time)| time.is_finite());
    match (known().next(), known().next_back()) {
        (Some((first, start)), Some((last, end))) => {
            (last - first) as f64 / (end - start)
        }
        _ => f64::NAN,
    }
}

/// Times of a clock that begins again (at midnight, at 2^32) as one that goes on.
fn unwrapped(times: &[f64]) -> Cow<'_, [f64]> {
    let falls = times.windows(2).any(|pair| pair[1] < pair[0]);
    let usual = usual_step(times).filter(|_| falls);
    let Some(usual) = usual else { return Cow::Borrowed(times) };
    let fits = |near: f64, round: f64, before: f64, after: f64| {
        (round - before).abs() <= near && after.abs() <= near && after + round > before
    };
    let round = |before: f64, after: f64| {
        let near = |round: &f64| fits(AT_THE_END * usual, *round, before, after);
        let paused = |round: &f64| fits(NEAR_THE_END * round, *round, before, after);
        ROUNDS.into_iter().find(near).or_else(|| ROUNDS.into_iter().find(paused))
    };
    let (mut rounds, mut before) = (0.0, f64::NAN);
    let on = |&time: &f64| {
        if time < before {
            rounds += round(before, time).unwrap_or(0.0);
        }
        before = if time.is_finite() { time } else { before };
        time + rounds
    };
    Cow::Owned(times.iter().map(on).collect())
}

/// The middle of the steps that rise.
fn usual_step(times: &[f64]) -> Option<f64> {
    let steps = times.windows(2).map(|pair| pair[1] - pair[0]);
    let mut steps: Vec<f64> = steps.filter(|step| *step > 0.0).collect();
    let middle = steps.len() / 2;
    (!steps.is_empty()).then(|| *steps.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::super::super::header::column;
    use super::*;

    fn seconds(name: &str, times: &[f64], stated: Option<f64>) -> Vec<f64> {
        read(&column(name.into(), None), times, false, stated).seconds.into_owned()
    }

    #[test]
    fn the_unit_follows_from_name_moment_or_rate() {
        let steps = |from: f64, step: f64| -> Vec<f64> {
            (0..200).map(|row| from + f64::from(row) * step).collect()
        };
        for (name, times, stated, millisecond) in [
            ("time", steps(0.0, 0.001), None, 0.001),
            ("time", steps(3.0, 1.0), None, 0.001),
            ("timestamp", steps(1_741_079_722_345_000.0, 1000.0), None, 0.001),
            ("timestamp", steps(1_741_079_722_345.0, 1.0), None, 0.001),
            ("timestamp", steps(1_741_079_722_345_000_000.0, 1e6), None, 0.001),
            ("timestamp", steps(1_741_079_722.345, 0.001), None, 0.001),
            ("Zeit", steps(45_720.427, 1e-3 / DAY_S), None, 0.001),
            ("t", steps(0.0, 1000.0), None, 0.001),
            ("t", steps(0.0, 50.0), Some(20_000.0), 50e-6),
            ("micros", steps(0.0, 1000.0), None, 0.001),
            ("Time", steps(43_190.0, 0.001), None, 0.001),
            ("Time", steps(36_922.0, 0.001), None, 0.001),
        ] {
            let read = seconds(name, &times, stated);
            assert!((read[1] - read[0] - millisecond).abs() < 2e-6, "{name}: {read:?}");
        }
    }

    #[test]
    fn milliseconds_of_a_day_are_no_minutes_since_1970() {
        let times: Vec<f64> =
            (0..1000).map(|row| 43_190_000.0 + f64::from(row)).collect();
        let read = seconds("Time", &times, None);
        assert!((read[1] - read[0] - 0.001).abs() < 1e-9, "{:?}", &read[..2]);
    }

    #[test]
    fn a_pause_over_midnight_is_a_pause() {
        let mut times: Vec<f64> =
            (0..100).map(|row| 86_390.0 + f64::from(row) * 0.001).collect();
        times.extend((0..100).map(|row| 20.0 + f64::from(row) * 0.001));
        let goes_on = unwrapped(&times);
        assert!(goes_on.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn clocks_that_begin_again_go_on() {
        for round in ROUNDS {
            let times: Vec<f64> = (0..100)
                .map(|row| (round - 2.0 + f64::from(row) * 0.05) % round)
                .collect();
            let goes_on = unwrapped(&times);
            assert!(goes_on.windows(2).all(|pair| pair[0] < pair[1]), "{round}");
        }
        let backwards = [0.0, 0.1, 0.2, 0.1, 0.2];
        assert_eq!(*unwrapped(&backwards), backwards);
    }
}
