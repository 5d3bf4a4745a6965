//! By how much one channel is later than another, from the slope of their phase.

use std::f64::consts::{PI, TAU};

use super::{CrossSpectrum, Z_95, neighbours};

/// A delay from the slope of the phase in a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// How many bins it rests on.
    pub bins: usize,
    /// By how many seconds the second channel is later; below 0 where it is earlier.
    pub delay_s: f64,
    /// Its standard error in seconds.
    pub error_s: f64,
    /// Its 95 % interval in seconds.
    pub interval_s: (f64, f64),
    /// The phase that the line has at 0 Hz, in radians from −π to π: about 0 for a plain
    /// delay, ±π where one channel is inverted.
    pub phase: f64,
}

/// A bin that counts.
struct Point {
    bin: usize,
    hertz: f64,
    phase: f64,
    coherence: f64,
    weight: f64,
}

/// The bins on both sides whose coherence tells how much the phase of a bin varies.
const AROUND: usize = 5;

impl Delay {
    /// From the kept bins between two frequencies in hertz, both included, and of these
    /// the ones whose coherence exceeds `above`; 0 takes all. `None` for fewer than three
    /// bins or two segments.
    ///
    /// The phases are unwrapped, a step between neighbours being π at most, and fitted by
    /// a line with weights of `C/(1 − C)`: the phase of L segments varies by `(1 − C)/(2
    /// L C)` (Rosenberg et al. 1989). The error takes that from the mean coherence of the
    /// bins around, less its bias 1/L: that of a bin alone makes its weight high and its
    /// variance low by the same chance. It counts what neighbouring bins of a window have
    /// in common. Where bins without coherence are taken too, their phases are any, the
    /// unwrapping may miss a turn, and the error is too small.
    pub fn fit(
        spectrum: &CrossSpectrum,
        low_hz: f64,
        high_hz: f64,
        above: f64,
    ) -> Option<Self> {
        let points = Self::points(spectrum, low_hz, high_hz, above)?;
        let sum = |term: &dyn Fn(&Point) -> f64| {
            points.iter().map(|point| point.weight * term(point)).sum::<f64>()
        };
        let weights = sum(&|_| 1.0);
        let middle = sum(&|point| point.hertz) / weights;
        let mean = sum(&|point| point.phase) / weights;
        let spread = sum(&|point| (point.hertz - middle).powi(2));
        let slope = sum(&|point| (point.hertz - middle) * (point.phase - mean)) / spread;
        let acts = Self::actions(&points, middle, spectrum.segments() as f64);
        let error_s = Self::variance(&points, &acts, spectrum).sqrt() / spread / TAU;
        let (delay_s, half) = (-slope / TAU, Z_95 * error_s);

        (points.len() > 2 && delay_s.is_finite() && error_s.is_finite()).then(|| Self {
            bins: points.len(),
            delay_s,
            error_s,
            interval_s: (delay_s - half, delay_s + half),
            phase: wrapped(mean - slope * middle),
        })
    }

    fn points(
        spectrum: &CrossSpectrum,
        low_hz: f64,
        high_hz: f64,
        above: f64,
    ) -> Option<Vec<Point>> {
        let coherence = spectrum.coherence()?;
        let grid = spectrum.grid();
        let mut points: Vec<Point> = Vec::new();
        for bin in grid.band(low_hz, high_hz) {
            let value = coherence.values[bin];
            let (true, Some(phase)) = (value > above, spectrum.phase(bin)) else {
                continue;
            };
            let last = points.last().map_or(phase, |point| point.phase);
            // A coherence of 1 would leave no weight to the others.
            let weight = value / (1.0 - value).max(f64::EPSILON);
            let hertz = grid.frequency_hz(bin);
            let phase = last + wrapped(phase - last);
            points.push(Point { bin, hertz, phase, coherence: value, weight });
        }

        Some(points)
    }

    /// How far a standard error of each phase moves the slope, times the spread.
    fn actions(points: &[Point], middle: f64, segments: f64) -> Vec<f64> {
        let action = |(i, point): (usize, &Point)| {
            let around =
                &points[i.saturating_sub(AROUND)..(i + AROUND + 1).min(points.len())];
            let mean = around.iter().map(|other| other.coherence).sum::<f64>()
                / around.len() as f64;
            let coherence = ((segments * mean - 1.0) / (segments - 1.0)).clamp(0.0, 1.0);
            // Phases of no coherence are uniform.
            let variance =
                ((1.0 - coherence) / (2.0 * segments * coherence)).min(PI * PI / 3.0);
            point.weight * (point.hertz - middle) * variance.sqrt()
        };
        points.iter().enumerate().map(action).collect()
    }

    /// The variance of the slope, times the squared spread.
    fn variance(points: &[Point], acts: &[f64], spectrum: &CrossSpectrum) -> f64 {
        let correlations = neighbours::squared(spectrum.grid().window);
        let shared = |i: usize, j: usize| {
            correlations.get(points[j].bin - points[i].bin - 1).unwrap_or(&0.0)
        };
        let with_next = |i: usize| -> f64 {
            let next = i + 1..points.len().min(i + 3);
            next.map(|j| shared(i, j) * acts[i] * acts[j]).sum()
        };
        let own: f64 = acts.iter().map(|act| act * act).sum();
        own + 2.0 * (0..points.len()).map(with_next).sum::<f64>()
    }
}

/// An angle in (−π, π].
fn wrapped(angle: f64) -> f64 {
    let turns = (angle / TAU).round();
    let rest = angle - turns * TAU;
    if rest <= -PI { rest + TAU } else { rest }
}
