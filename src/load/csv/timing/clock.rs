//! A time column → sampling rate, start and holes.
//!
//! The rate comes from the whole record, because times are often printed with so few
//! digits that two neighbours say little; it is rounded to a rate that recorders have
//! when the digits allow. Clocks whose steps vary are in [`uneven`](super::uneven).

use super::fault::{ClockFault, irregular};
use super::hole::{FILL, Hole};
use super::uneven::Uneven;

/// What a time column says.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load::csv) struct Clock {
    /// The sampling rate in hertz: a rate that recorders have where the times allow it,
    /// else as measured.
    pub(in crate::load::csv) rate_hz: f64,
    /// The rate that the times themselves give, in hertz.
    pub(in crate::load::csv) measured_hz: f64,
    /// How far the true rate may be from the measured one, in hertz.
    pub(in crate::load::csv) tolerance_hz: f64,
    /// The first time.
    pub(in crate::load::csv) start: f64,
    /// Whether times lie off the grid by more than digits that were left out explain.
    pub(in crate::load::csv) uneven: bool,
    /// Where rows are missing.
    pub(in crate::load::csv) holes: Vec<Hole>,
}

/// The share of rows that may lie off the grid before the column counts as irregular.
const OFF_GRID: f64 = 0.01;
/// How many steps, spread over the record, tell the middle one.
const MIDDLE_OF: usize = 50_000;

/// How far a time may lie from its place on the grid, in steps, in a clock that needs no
/// closer look.
const EVEN: f64 = 0.05;
/// By how much half of the steps of a steady clock may differ, in steps.
const STEADY: f64 = 0.05;

/// So many slips of one distance are a rate, and no lost rows.
const SLIPS: usize = 3;

/// Reads the times of the rows, in seconds. A time that is not a number is passed over.
pub(in crate::load::csv) fn read(times: &[f64]) -> Result<Clock, ClockFault> {
    even(times).map_or_else(|| closely(times), Ok)
}

/// By how much a rate that is told may differ from the times, as a share.
const TOLD_APART: f64 = 0.01;

impl Clock {
    /// The same where header or user tell the rate: coarse times then show lost rows that
    /// they do not show alone. Taken only where the rows and those lost fill the time.
    pub(in crate::load::csv) fn told(self, times: &[f64], rate_hz: f64) -> Self {
        let known: Vec<(usize, f64)> = times
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, time)| time.is_finite())
            .collect();
        let (Some(&(first, start)), Some(&(last, end))) = (known.first(), known.last())
        else {
            return self;
        };
        let is_near = (rate_hz - self.measured_hz).abs() <= TOLD_APART * rate_hz;
        let resolution = resolution(&known);
        if !is_near || resolution * rate_hz <= 0.3 {
            return self;
        }
        let Ok(holes) = holes(&known, resolution, 1.0 / rate_hz) else { return self };
        let missing: usize = holes.iter().map(|hole| hole.missing).sum();
        let filled = (last - first + missing) as f64 - (end - start) * rate_hz;
        match filled.abs() <= 1.0 + 2.0 * resolution * rate_hz {
            true => Self { holes, ..self },
            false => self,
        }
    }
}

/// The clock of times that all lie on one grid: what [`closely`] says of them, in one
/// pass.
///
/// Such times rise, every step is close to the mean one, and none is late enough for a
/// hole.
fn even(times: &[f64]) -> Option<Clock> {
    let (&[start, ..], &[.., end]) = (times, times) else {
        return None;
    };
    let seconds = end - start;
    let step = seconds / (times.len() - 1) as f64;
    // Times so large that their digits hardly hold a step are for the closer look.
    let is_fine = step > 1e-10 * start.abs().max(end.abs()) && step.is_finite();
    if !is_fine || times.len() < 100 {
        return None;
    }
    let tolerance = EVEN * step;
    let on_grid = |row: usize, time: f64| {
        usize::from((time - (start + row as f64 * step)).abs() <= tolerance)
    };
    let all_even = times.chunks(4096).enumerate().all(|(chunk, part)| {
        let from = 4096 * chunk;
        part.iter()
            .enumerate()
            .map(|(row, time)| on_grid(from + row, *time))
            .sum::<usize>()
            == part.len()
    });
    if !all_even {
        return None;
    }
    let last: Vec<(usize, f64)> =
        times.iter().copied().enumerate().skip(times.len() - 100).collect();
    Some(clock((0, start), (times.len() - 1, end), resolution(&last), Vec::new()))
}

fn closely(times: &[f64]) -> Result<Clock, ClockFault> {
    let known: Vec<(usize, f64)> =
        times.iter().copied().enumerate().filter(|(_, time)| time.is_finite()).collect();
    let (&(first, start), &(_, end)) = match (known.first(), known.last()) {
        (Some(first), Some(last)) if known.len() > 1 => (first, last),
        _ => return Err(ClockFault::TooShort),
    };
    if let Some(pair) = known.windows(2).find(|pair| pair[1].1 < pair[0].1) {
        return Err(ClockFault::Backwards { row: pair[1].0 });
    }
    if end <= start {
        return Err(ClockFault::Standing);
    }
    if let Some((row, rows)) = stalled(&known) {
        return Err(ClockFault::Stalled { row, rows });
    }
    let resolution = resolution(&known);
    let steady = steady_step(&known, resolution)
        .and_then(|step| Some((step, holes(&known, resolution, step).ok()?)));
    if let Some((step, holes)) = steady {
        let [first, last] = ends(&known, resolution, step);
        // Between two ticks of a coarse clock the rows count to one.
        let unsure = if first.0 == known[0].0 { resolution } else { step };
        let clock = clock(first, last, unsure, holes);
        let start = known[0].1 - known[0].0 as f64 / clock.rate_hz;
        let uneven = is_uneven(&known, resolution, &clock);
        return Ok(Clock { start, uneven, ..clock });
    }
    let Uneven { rate_hz, tolerance_hz, holes } = Uneven::read(&known, resolution)?;
    let start = start - first as f64 / rate_hz;
    Ok(Clock { rate_hz, measured_hz: rate_hz, tolerance_hz, start, uneven: true, holes })
}

/// The first and the last row that tell the rate: where one time stands in many rows, those
/// at which it changes.
fn ends(known: &[(usize, f64)], resolution: f64, step: f64) -> [(usize, f64); 2] {
    let (first, last) = (known[0], known[known.len() - 1]);
    let mut ticks = known.windows(2).filter(|pair| pair[1].1 > pair[0].1);
    let of_ticks = ticks.next().zip(ticks.next_back());
    match of_ticks.filter(|_| resolution > 2.0 * step) {
        Some((early, late)) => [early[1], late[1]],
        None => [first, last],
    }
}

/// Whether times lie off the grid of a clock's own rate by more than their digits explain,
/// as those of a program that reads a timer do. Where rows are missing, only whole steps
/// can be told.
fn is_uneven(known: &[(usize, f64)], resolution: f64, clock: &Clock) -> bool {
    let (first, start) = known[0];
    let step = 1.0 / clock.measured_hz;
    let tolerance = 1.1 * resolution + EVEN * step;
    let off = |&(row, time): &(usize, f64)| {
        let at = (row - first) as f64 * step;
        let late = time - start - at;
        if clock.holes.is_empty() { late } else { late - (late / step).round() * step }
    };
    known.iter().any(|one| off(one).abs() > tolerance)
}

/// The longest run of rows with one time, where it is far longer than runs are: times of
/// few digits stay the same for some rows all along.
fn stalled(known: &[(usize, f64)]) -> Option<(usize, usize)> {
    let runs = || known.chunk_by(|a, b| a.1 == b.1);
    let usual = known.len() as f64 / runs().count() as f64;
    let longest = runs().max_by_key(|run| run.len())?;
    (longest.len() as f64 > 3.0 * usual + 20.0).then(|| (longest[0].0, longest.len()))
}

fn clock(
    (first, start): (usize, f64),
    (last, end): (usize, f64),
    resolution: f64,
    holes: Vec<Hole>,
) -> Clock {
    let between = holes.iter().filter(|hole| (first..last).contains(&hole.after));
    let missing: usize = between.map(|hole| hole.missing).sum();
    let seconds = end - start;
    let measured_hz = (last - first + missing) as f64 / seconds;
    let tolerance_hz = measured_hz * (resolution / seconds).max(1e-7);
    let rate_hz = nominal(measured_hz, tolerance_hz).unwrap_or(measured_hz);
    // The first rows may lack a time.
    let start = start - first as f64 / rate_hz;
    Clock { rate_hz, measured_hz, tolerance_hz, start, uneven: false, holes }
}

/// The smallest step of the last digit with which the last times are printed.
///
/// Programs that print a fixed number of significant digits give the earlier times more
/// decimals, so only times as large as the last one count, unless these are few (a last
/// time of 1.000).
fn resolution(known: &[(usize, f64)]) -> f64 {
    let recent: Vec<f64> = known.iter().rev().take(100).map(|&(_, time)| time).collect();
    let largest = recent.first().map_or(0.0, |time| time.abs());
    let decade = libm::pow(10.0, libm::floor(libm::log10(largest)));
    let large: Vec<f64> =
        recent.iter().copied().filter(|time| time.abs() >= decade).collect();
    let counting = if large.len() >= 4 { large } else { recent };
    let digits = counting.into_iter().map(decimals).max().unwrap_or(0);
    libm::pow(10.0, -f64::from(digits))
}

fn decimals(value: f64) -> i32 {
    let whole = |digits: &i32| {
        let scaled = value.abs() * libm::pow(10.0, f64::from(*digits));
        (scaled - scaled.round()).abs() <= scaled * 2e-15 + 1e-12
    };
    (0..15).find(whole).unwrap_or(15)
}

/// The time between two rows of a clock that runs evenly; `None` where the steps vary by
/// more than their digits explain.
///
/// Where the digits are fine or nearly every step is the same, it is the mean of the
/// steps that are close to the middle one (pauses do not count); where they are coarse,
/// that of the whole record.
fn steady_step(known: &[(usize, f64)], resolution: f64) -> Option<f64> {
    let steps = || {
        known
            .windows(2)
            .map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0) as f64)
    };
    let stride = known.len().div_ceil(MIDDLE_OF).max(1);
    let some: Vec<f64> = steps().step_by(stride).collect();
    let middle = median(&some);
    let close = steps().filter(|step| (step - middle).abs() <= 0.3 * middle);
    let (sum, count) =
        close.fold((0.0, 0_usize), |(sum, count), step| (sum + step, count + 1));
    let nearly_all = (known.len() - 1 - count) as f64 <= 0.02 * known.len() as f64;
    let fine = resolution <= 0.3 * middle;
    if let Some(step) = slipping_step(known, middle, resolution).filter(|_| !fine) {
        return Some(step);
    }
    if middle > 0.0 && (fine || (nearly_all && steps().all(|step| step >= 0.7 * middle)))
    {
        let apart: Vec<f64> = some.iter().map(|step| (step - middle).abs()).collect();
        let is_steady = median(&apart) <= STEADY * middle + resolution;
        return is_steady.then_some(sum / count as f64);
    }
    let whole = {
        let [first, last] =
            ends(known, resolution, slope(known[0], known[known.len() - 1]));
        slope(first, last)
    };
    let on_multiples = |step: f64| {
        middle > 0.0 && step >= 0.7 * middle && off_multiple(step, middle) <= 0.05
    };
    match is_even(known, resolution, whole) {
        true => Some(whole),
        false => steps().all(on_multiples).then_some(middle),
    }
}

/// The step of times of few digits at a rate that is no whole number of them: the middle
/// one, and every so many rows a digit more (`2, 4, 6, 9 ms` of 497 Hz). Rows that were
/// lost fall as they like between these.
fn slipping_step(known: &[(usize, f64)], middle: f64, resolution: f64) -> Option<f64> {
    let extra = |pair: &[(usize, f64)]| pair[1].1 - pair[0].1 - middle;
    let is_slip = |pair: &&[(usize, f64)]| {
        extra(pair) > 0.5 * resolution && extra(pair) < 1.5 * resolution
    };
    let slips: Vec<usize> =
        known.windows(2).filter(is_slip).map(|pair| pair[1].0).collect();
    let apart: Vec<f64> =
        slips.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    let usual = median(&apart);
    let near = |rows: &&f64| (**rows - usual).abs() <= 2.0;
    let (sum, count) = apart
        .iter()
        .filter(near)
        .fold((0.0, 0), |(sum, count), rows| (sum + rows, count + 1));
    let is_regular = count >= SLIPS && count * 4 >= apart.len() * 3;
    let ticks = middle >= 0.9 * resolution;
    let shorter = known.windows(2).any(|pair| extra(pair) < -0.5 * resolution);
    (ticks && is_regular && !shorter).then(|| middle + resolution * count as f64 / sum)
}

fn off_multiple(value: f64, unit: f64) -> f64 {
    let ratio = value / unit;
    (ratio - ratio.round()).abs()
}

fn slope(first: (usize, f64), last: (usize, f64)) -> f64 {
    (last.1 - first.1) / (last.0 - first.0) as f64
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        return f64::NAN;
    }
    *sorted.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Whether every row lies where rows at an even step lie, as far as the digits can tell.
fn is_even(known: &[(usize, f64)], resolution: f64, step: f64) -> bool {
    let [(first, start), _] = ends(known, resolution, step);
    let tolerance = 1.1 * resolution + 0.3 * step;
    known.iter().all(|&(row, time)| {
        (time - start - (row as f64 - first as f64) * step).abs() <= tolerance
    })
}

/// Follows the times along the grid; a row that comes too late leaves a hole before it.
fn holes(
    known: &[(usize, f64)],
    resolution: f64,
    step: f64,
) -> Result<Vec<Hole>, ClockFault> {
    // Where times come twice, the digits were cut off: no place on the grid is certain.
    let comes_twice = || known.windows(2).any(|pair| pair[1].1 - pair[0].1 < 0.5 * step);
    let on_grid = off_multiple(step, resolution) < 1e-6
        && step >= 0.9 * resolution
        && !comes_twice();
    let slack = if on_grid { 0.0 } else { resolution };
    let mut holes = Vec::new();
    let (mut off, mut total) = (0_usize, 0_usize);

    let mut expected = known[0].1;
    for pair in known.windows(2) {
        let ((before, _), (row, time)) = (pair[0], pair[1]);
        expected += (row - before) as f64 * step;
        let late = time - expected;
        if late > 0.5 * step + slack {
            let missing = (late / step).round();
            total = total.saturating_add(missing as usize);
            if total > FILL * known.len().max(100) {
                return Err(ClockFault::Leap { row });
            }
            if missing >= 1.0 {
                holes.push(Hole { after: row - 1, missing: missing as usize });
            }
            expected = time;
        } else if late < -(0.5 * step + slack) {
            off += 1;
            expected = time;
        } else {
            // A clock whose step is known to a few digits only drifts slowly; that is no
            // hole.
            expected += 0.05 * late;
        }
    }

    let limit = OFF_GRID * known.len() as f64;
    if off as f64 > limit || holes.len() as f64 > (10.0 * limit).max(2.0) {
        return Err(irregular(known));
    }
    Ok(holes)
}

/// Rates that recorders have, in hertz; Delsys' are multiples of 2000/27.
const COMMON: &[f64] = &[
    1000.0, 2000.0, 1500.0, 1024.0, 2048.0, 500.0, 512.0, 1200.0, 2500.0, 3000.0, 4000.0,
    4096.0, 5000.0, 10_000.0, 1259.2593, 1111.1111, 1925.9259, 1777.7778, 2148.1481,
    2222.2222, 4370.3704, 4444.4444, 518.5185, 370.3704, 148.1481, 74.0741, 100.0, 200.0,
    250.0, 256.0, 300.0, 400.0, 600.0, 800.0, 960.0, 1080.0, 3200.0,
];

/// The rate that recorders have within `tolerance` of a measured one: the nearest common
/// one, else the roundest.
pub(in crate::load::csv) fn nominal(measured: f64, tolerance: f64) -> Option<f64> {
    let distance = |rate: &f64| (rate - measured).abs();
    let common = COMMON.iter().copied().filter(|rate| distance(rate) <= tolerance);
    let round = || {
        [100.0, 50.0, 25.0, 10.0, 5.0, 1.0]
            .into_iter()
            .map(|unit| (measured / unit).round() * unit)
    };
    let delsys = || {
        let rate = (measured * 27.0 / 1000.0).round() * 1000.0 / 27.0;
        (rate * 1e4).round() / 1e4
    };
    common.min_by(|a, b| distance(a).total_cmp(&distance(b))).or_else(|| {
        round()
            .chain(std::iter::once(delsys()))
            .find(|rate| *rate > 0.0 && distance(rate) <= tolerance)
    })
}

#[cfg(test)]
mod tests;
