//! Clocks whose steps vary though the samples were taken evenly: a timer that is read late,
//! packets of rows stamped one after the other, whole milliseconds at odd rates.
//!
//! Rows over time give the rate; only a pause that is far longer than the usual one tells
//! of rows that were lost.

use super::fault::{ClockFault, irregular};
use super::hole::{FILL, Hole};

/// So many steps show how a clock runs.
const FEWEST: usize = 50;
/// A step is a pause when it is so many times as long as usual.
const PAUSE: f64 = 2.5;
/// Steps of which there are fewer than this share, and that cover half of the time, are
/// pauses, and not how the clock runs.
const RARE: f64 = 0.005;
/// Pauses may be so many of the steps.
const PAUSES: f64 = 0.01;
/// The standard deviation of fine steps, in steps, above which the samples themselves
/// were not taken evenly.
const WILD: f64 = 0.45;
/// In packets many of the steps, this share of them, are shorter than that share of the
/// mean one.
const MANY: f64 = 0.4;
const PACKED: f64 = 0.3;
/// So many rows of one time show that a clock ticks.
const ROWS_OF_A_TICK: usize = 5;
/// How far the mean number of rows in a packet may be from a whole one.
const EVEN_PACKETS: f64 = 0.05;
/// Into so many parts the record is cut, whose rates may differ by this share.
const PARTS: usize = 8;
const DRIFT: f64 = 0.1;

/// What such a clock says.
pub(in crate::load::csv) struct Uneven {
    /// Rows over time, in hertz.
    pub(in crate::load::csv) rate_hz: f64,
    /// How far the true rate may be from it, in hertz.
    pub(in crate::load::csv) tolerance_hz: f64,
    /// Where rows are missing.
    pub(in crate::load::csv) holes: Vec<Hole>,
}

/// A step between two known times.
#[derive(Clone, Copy)]
struct Step {
    after: usize,
    rows: f64,
    seconds: f64,
}

impl Step {
    fn between(pair: &[(usize, f64)]) -> Self {
        let [(before, start), (row, end)] = [pair[0], pair[1]];
        Self { after: row - 1, rows: (row - before) as f64, seconds: end - start }
    }

    /// The rows that were lost in a pause, a whole number of packets.
    fn hole(&self, rows: f64, packet: f64) -> Option<Hole> {
        let missing = ((rows / packet).round() * packet) as usize;
        (missing > 0).then_some(Hole { after: self.after, missing })
    }
}

fn missing(holes: &[Hole]) -> usize {
    holes.iter().fold(0, |sum, hole| sum.saturating_add(hole.missing))
}

impl Uneven {
    /// Reads times that do not fall and are not all the same.
    ///
    /// # Errors
    /// When the rows were not taken at one rate.
    pub(in crate::load::csv) fn read(
        known: &[(usize, f64)],
        resolution: f64,
    ) -> Result<Self, ClockFault> {
        let steps: Vec<Step> = known.windows(2).map(Step::between).collect();
        if steps.len() < FEWEST {
            return Err(irregular(known));
        }
        let usual = usual(&steps);
        let longest = longest(&steps, usual, resolution);
        let is_pause = |step: &Step| step.seconds > longest;
        // What comes behind a pause comes as late as ever behind what was lost.
        let without_pause = |step: &Step| match is_pause(step) {
            true => Step { seconds: usual, ..*step },
            false => *step,
        };
        let going: Vec<Step> =
            between_ticks(&steps, usual).iter().map(without_pause).collect();
        let pauses: Vec<&Step> = steps.iter().filter(|step| is_pause(step)).collect();
        let (rows, seconds) = total(&going);
        let rate_hz = rows / seconds;
        let few = pauses.len() as f64 <= (PAUSES * steps.len() as f64).max(2.0);
        if !(few && rate_hz.is_finite() && rate_hz > 0.0)
            || is_wild(&going, resolution, rate_hz)
            || drifts(&going, resolution.max(usual), rate_hz)
        {
            return Err(irregular(known));
        }
        let packet = packet(&going, usual);
        let hole = |pause: &&Step| pause.hole((pause.seconds - usual) * rate_hz, packet);
        let holes: Vec<Hole> = pauses.iter().filter_map(hole).collect();
        if missing(&holes) > FILL * known.len().max(100) {
            let row = pauses.first().map_or(0, |pause| pause.after + 1);
            return Err(ClockFault::Leap { row });
        }
        let tolerance_hz = rate_hz * (resolution.max(usual) / seconds).max(1e-7);
        Ok(Self { rate_hz, tolerance_hz, holes })
    }
}

/// The longest step that is no pause. A clock that ticks in its own last digit, many rows a
/// tick, leaves out no tick.
fn longest(steps: &[Step], usual: f64, resolution: f64) -> f64 {
    let many = steps.len() > ROWS_OF_A_TICK * ticks(steps, usual);
    match many && (usual - resolution).abs() < 0.1 * resolution {
        true => 1.5 * usual,
        false => PAUSE * usual + resolution,
    }
}

fn ticks(steps: &[Step], usual: f64) -> usize {
    steps.iter().filter(|step| step.seconds >= 0.5 * usual).count()
}

/// How many rows come at once, where their number is always the same; else one.
fn packet(steps: &[Step], usual: f64) -> f64 {
    let rows = total(steps).0 / ticks(steps, usual).max(1) as f64;
    let is_whole = (rows - rows.round()).abs() < EVEN_PACKETS;
    if is_whole { rows.round().max(1.0) } else { 1.0 }
}

/// The step of which longer ones make half of the time, rare pauses left aside.
fn usual(steps: &[Step]) -> f64 {
    let mut rising: Vec<f64> =
        steps.iter().map(|step| step.seconds).filter(|step| *step > 0.0).collect();
    rising.sort_by(f64::total_cmp);
    let few = (RARE * rising.len() as f64).max(1.0) as usize;
    loop {
        let half = rising.iter().sum::<f64>() / 2.0;
        let mut passed = 0.0;
        let middle = rising.iter().copied().find(|step| {
            passed += step;
            passed >= half
        });
        let Some(middle) = middle else { return 0.0 };
        let long = rising.len() - rising.partition_point(|step| *step < 0.5 * middle);
        if long > few || long == rising.len() {
            return middle;
        }
        rising.truncate(rising.len() - long);
    }
}

/// The steps from one tick to another, which hold as many rows as their time says.
fn between_ticks(steps: &[Step], usual: f64) -> &[Step] {
    let is_tick = |step: &Step| step.seconds >= 0.5 * usual;
    let first = steps.iter().position(is_tick).map_or(0, |at| at + 1);
    let last = steps.iter().rposition(is_tick).map_or(0, |at| at + 1);
    if last > first { &steps[first..last] } else { steps }
}

fn total(steps: &[Step]) -> (f64, f64) {
    steps.iter().fold((0.0, 0.0), |(rows, seconds), step| {
        (rows + step.rows, seconds + step.seconds)
    })
}

/// Whether fine steps that are no packets vary so much that no late reading explains it.
fn is_wild(steps: &[Step], resolution: f64, rate_hz: f64) -> bool {
    let lengths: Vec<f64> =
        steps.iter().map(|step| rate_hz * step.seconds / step.rows).collect();
    let short = lengths.iter().filter(|length| **length < PACKED).count();
    let is_packed = short as f64 > MANY * lengths.len() as f64;
    let variance = lengths.iter().map(|step| (step - 1.0).powi(2)).sum::<f64>()
        / lengths.len() as f64;
    let coarse = resolution * rate_hz > PACKED;
    !is_packed && !coarse && variance > WILD * WILD
}

/// Whether parts of the record have other rates than the whole.
fn drifts(steps: &[Step], unsure: f64, rate_hz: f64) -> bool {
    let length = (steps.len() / PARTS).max(1);
    steps.chunks_exact(length).any(|part| {
        let (rows, seconds) = total(part);
        (rows / rate_hz - seconds).abs() > DRIFT * seconds + unsure
    })
}

#[cfg(test)]
mod tests {
    use super::super::clock::read;
    use super::*;

    /// Random numbers with a standard deviation of one.
    fn normals(seed: u64, count: usize) -> Vec<f64> {
        let mut state = seed;
        let mut uniform = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
    }

    fn stamped(rows: usize, time: impl Fn(usize) -> f64, digits: i32) -> Vec<f64> {
        let scale = 10_f64.powi(digits);
        (0..rows).map(|row| (time(row) * scale).floor() / scale).collect()
    }

    #[test]
    fn jitter_that_adds_up_loses_no_rows() {
        for (seed, digits) in [(1, 3), (2, 3), (3, 6)] {
            let jitter = normals(seed, 12_000);
            let mut time = 0.0;
            let times: Vec<f64> = jitter
                .iter()
                .map(|late| {
                    time += 1.004e-3 + 0.22e-3 * late;
                    (time * 10_f64.powi(digits)).floor() / 10_f64.powi(digits)
                })
                .collect();
            let clock = read(&times).unwrap();
            let rows_over_time = 11_999.0 / (times[11_999] - times[0]);
            assert!((clock.rate_hz / rows_over_time - 1.0).abs() < 2e-4, "{clock:?}");
            assert!(clock.holes.is_empty() && clock.uneven, "{:?}", clock.holes);
        }
    }

    #[test]
    fn rows_in_packets_have_the_rate_of_rows_over_time() {
        for packet in [4, 10, 40] {
            let time = |row: usize| {
                let late = (row / packet * packet) as f64 / 200.0;
                late + (row % packet) as f64 * 1e-5
            };
            let mut times = stamped(2000, time, 6);
            let clock = read(&times).unwrap();
            assert!((clock.rate_hz - 200.0).abs() < 0.5, "{packet}: {clock:?}");
            assert!(clock.holes.is_empty(), "{packet}: {:?}", clock.holes);
            times.drain(800..800 + 5 * packet);
            let holes = read(&times).unwrap().holes;
            assert_eq!(holes.len(), 1, "{packet}: {holes:?}");
            assert_eq!((holes[0].after, holes[0].missing), (799, 5 * packet));
        }
    }

    #[test]
    fn whole_seconds_and_milliseconds_count_rows() {
        for (rate, digits, tolerance) in
            [(1000.0, 0, 0.2), (250.0, 0, 0.1), (1500.0, 3, 0.2), (1925.93, 3, 0.3)]
        {
            let times = stamped(15_000, |row| 0.345 + row as f64 / rate, digits);
            let clock = read(&times).unwrap();
            assert!((clock.rate_hz - rate).abs() < tolerance, "{rate}: {clock:?}");
            assert!(clock.holes.is_empty(), "{rate}: {:?}", clock.holes);
        }
    }

    #[test]
    fn samples_at_any_times_are_refused() {
        let noise = normals(5, 4000);
        let mut time = 0.0;
        let mut next = |step: f64| {
            time += step;
            time
        };
        let random: Vec<f64> =
            noise.iter().map(|x| next(0.02 * x.abs() + 1e-4)).collect();
        assert!(matches!(read(&random), Err(ClockFault::Irregular { .. })));
        let slowing: Vec<f64> = (0..4000)
            .map(|row| 1e-3 * f64::from(row) + 1e-7 * f64::from(row * row))
            .collect();
        assert!(matches!(
            read(&slowing),
            Err(ClockFault::Irregular { .. } | ClockFault::Leap { .. })
        ));
    }
}
