//! The cycles of a channel: its envelope from the beginning of each cycle to its end, at
//! 101 points.

use std::ops::Range;

use super::super::scan::{ClippingTolerance, Scan};
use super::{POINTS, Stride, Strides};
use crate::dsp::stats::{extremes, mean};
use crate::dsp::time_normalisation::{Interpolation, between};

/// The cycles of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct CycleCourse {
    /// What the cycles of its leg were taken from, and where they lie; or why there are
    /// none.
    pub strides: Result<Strides, String>,
    /// The cycles in order, those left out as well.
    pub cycles: Vec<Cycle>,
    /// The stances that events tell without telling a whole cycle, as those of a single
    /// step on a force plate.
    pub stances: Vec<Stance>,
}

/// From a touchdown to the lift-off after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stance {
    /// The touchdown, in seconds of the recording's own clock.
    pub from_s: f64,
    /// The lift-off.
    pub to_s: f64,
    /// The mean of the envelope between both, in the unit of the channel.
    pub mean: f64,
}

/// One cycle of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// Where it lies.
    pub stride: Stride,
    /// Whether it is used, and why not.
    pub state: CycleState,
    /// The share of its samples that are clipped, 0 … 1; 0 where the samples were not at
    /// hand.
    pub clipped_share: f64,
    /// The envelope at 0, 1, … 100 % of the cycle, in the unit of the channel; empty
    /// where the cycle is left out.
    pub curve: Vec<f64>,
}

/// Whether a cycle is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CycleState {
    /// It is.
    Used,
    /// Its duration is unlike that of the others.
    Odd,
    /// It begins before the recording or ends after it.
    Outside,
    /// It holds a gap, or touches one.
    Gap,
    /// More of its samples are clipped than `analysis.quality.most_clipped`.
    Clipped,
}

impl CycleState {
    /// Why a cycle is left out; `None` of a used one.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Used => None,
            Self::Odd => Some("its duration is unlike that of the others"),
            Self::Outside => Some("it reaches beyond the recording"),
            Self::Gap => Some("it holds a gap"),
            Self::Clipped => Some("too many of its samples are clipped"),
        }
    }
}

impl CycleState {
    /// Why so many cycles are left out.
    pub(super) fn reason_of(self, count: usize) -> Option<&'static str> {
        if count == 1 {
            return self.reason();
        }
        match self {
            Self::Used => None,
            Self::Odd => Some("their durations are unlike those of the others"),
            Self::Outside => Some("they reach beyond the recording"),
            Self::Gap => Some("they hold gaps"),
            Self::Clipped => Some("too many of their samples are clipped"),
        }
    }
}

/// A series of which cycles are cut out.
struct Sampled<'a> {
    values: &'a [f64],
    rate_hz: f64,
    start_s: f64,
}

impl CycleCourse {
    /// No cycles yet, and why; the stances between these times are kept.
    pub(super) fn none(scan: &Scan<'_>, stances: &[(f64, f64)], reason: String) -> Self {
        let trace = scan.trace;
        let stance = |&(from_s, to_s): &(f64, f64)| {
            let place =
                |time_s: f64| ((time_s - trace.start_s) * trace.rate.hz()).round();
            let (from, to) = (place(from_s), place(to_s));
            if from < 0.0 || to <= from {
                return None;
            }
            let inside = trace.envelope.get(from as usize..to as usize)?;
            mean(inside).filter(|mean| mean.is_finite()).map(|mean| Stance {
                from_s,
                to_s,
                mean,
            })
        };
        Self {
            strides: Err(reason),
            cycles: Vec::new(),
            stances: stances.iter().filter_map(stance).collect(),
        }
    }

    /// The cycles of a channel whose samples are at hand.
    pub(super) fn cut(
        scan: &Scan<'_>,
        strides: Strides,
        interpolation: Interpolation,
    ) -> Self {
        let trace = scan.trace;
        let series = Sampled {
            values: &trace.envelope,
            rate_hz: trace.rate.hz(),
            start_s: trace.start_s,
        };
        Self::cut_series(&series, &Usable::of(scan), strides, interpolation)
    }

    /// The cycles of a channel whose envelope was kept until the rhythm of its leg was
    /// known.
    pub(super) fn cut_later(
        kept: &KeptEnvelope,
        strides: Strides,
        interpolation: Interpolation,
    ) -> Self {
        let values: Vec<f64> = kept.samples.iter().copied().map(f64::from).collect();
        let series =
            Sampled { values: &values, rate_hz: kept.rate_hz, start_s: kept.start_s };
        Self::cut_series(&series, &kept.usable, strides, interpolation)
    }

    fn cut_series(
        series: &Sampled<'_>,
        usable: &Usable,
        strides: Strides,
        interpolation: Interpolation,
    ) -> Self {
        let cycle = |stride: &Stride| {
            series.cycle(*stride, interpolation, |span| usable.state(span))
        };
        let cycles = strides.strides.iter().map(cycle).collect();
        Self { strides: Ok(strides), cycles, stances: Vec::new() }
    }

    /// The cycles that are used.
    pub fn used(&self) -> impl Iterator<Item = &Cycle> + Clone {
        self.cycles.iter().filter(|cycle| cycle.state == CycleState::Used)
    }

    /// The curves of the used cycles.
    pub fn curves(&self) -> Vec<&[f64]> {
        self.used().map(|cycle| cycle.curve.as_slice()).collect()
    }
}

/// The envelope of a channel whose cycles are those of a rhythm that is not known yet,
/// and what of it may be used.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::analysis) struct KeptEnvelope {
    /// In single precision: seven digits are more than any envelope has.
    samples: Vec<f32>,
    rate_hz: f64,
    start_s: f64,
    usable: Usable,
}

impl KeptEnvelope {
    /// That of a channel whose samples are at hand.
    pub(in crate::analysis) fn of(scan: &Scan<'_>) -> Self {
        let trace = scan.trace;
        Self {
            samples: trace.envelope.iter().map(|value| *value as f32).collect(),
            rate_hz: trace.rate.hz(),
            start_s: trace.start_s,
            usable: Usable::of(scan),
        }
    }
}

/// What of a channel may be used for cycles.
#[derive(Debug, Clone, PartialEq)]
struct Usable {
    /// The stretches of the envelope without what lies beside gaps.
    kept: Vec<Range<usize>>,
    /// The clipped samples, in order.
    clipped: Vec<usize>,
    /// Those with which a cycle is still used.
    tolerance: ClippingTolerance,
}

impl Usable {
    fn of(scan: &Scan<'_>) -> Self {
        let raw = &scan.trace.raw;
        let is_clipped = |at: &usize| scan.rails.touched_by(&raw[*at..=*at]);
        let any = scan.rails.touched_by(raw);
        let clipped = (0..if any { raw.len() } else { 0 }).filter(is_clipped).collect();
        Self { kept: scan.envelope_kept.clone(), clipped, tolerance: scan.tolerance }
    }

    /// Whether a span of samples is used, and the share of it that is clipped.
    fn state(&self, span: &Range<usize>) -> (CycleState, f64) {
        let within = self
            .kept
            .iter()
            .any(|stretch| stretch.start <= span.start && span.end <= stretch.end);
        let before = |end: usize| self.clipped.partition_point(|at| *at < end);
        let count = before(span.end) - before(span.start);
        let share = count as f64 / span.len().max(1) as f64;
        let state = match within {
            false => CycleState::Gap,
            true if self.tolerance.is_exceeded_by(count, span) => CycleState::Clipped,
            true => CycleState::Used,
        };
        (state, share)
    }
}

impl Sampled<'_> {
    fn cycle(
        &self,
        stride: Stride,
        interpolation: Interpolation,
        state: impl Fn(&Range<usize>) -> (CycleState, f64),
    ) -> Cycle {
        let left_out = |state: CycleState, clipped_share: f64| Cycle {
            stride,
            state,
            clipped_share,
            curve: Vec::new(),
        };
        let place = |time_s: f64| (time_s - self.start_s) * self.rate_hz;
        // A millionth of a sample is rounding of the times.
        let (from, to) = (place(stride.from_s), place(stride.to_s));
        if from < -1e-6 || to > self.values.len() as f64 - 1.0 + 1e-6 {
            return left_out(CycleState::Outside, 0.0);
        }
        if stride.odd {
            return left_out(CycleState::Odd, 0.0);
        }
        // The next touchdown is the 100 % of this cycle; both may lie between two
        // samples.
        let first = (from + 1e-6).floor().max(0.0);
        let span =
            first as usize..((to - 1e-6).ceil() as usize + 1).min(self.values.len());
        let inside =
            ((from - first).max(0.0), (to - first).min((span.len().max(1) - 1) as f64));
        let (state, clipped_share) = state(&span);
        match (state, between(&self.values[span.clone()], inside, POINTS, interpolation))
        {
            (CycleState::Used, Some(curve)) => {
                // A spline may swing below 0, an envelope does not.
                Cycle {
                    stride,
                    state,
                    clipped_share,
                    curve: curve.into_iter().map(|value| value.max(0.0)).collect(),
                }
            }
            (CycleState::Used, None) => left_out(CycleState::Gap, clipped_share),
            (state, _) => left_out(state, clipped_share),
        }
    }
}

impl Cycle {
    /// The mean of the envelope over the cycle.
    pub fn mean(&self) -> f64 {
        part_mean(&self.curve, 0..POINTS - 1)
    }

    /// The highest point of the envelope.
    pub fn peak(&self) -> f64 {
        extremes(&self.curve).1
    }

    /// Where in the cycle it lies, in per cent.
    pub fn peak_percent(&self) -> f64 {
        let peak = self.peak();
        self.curve
            .iter()
            .position(|&value| value >= peak)
            .map_or(f64::NAN, |point| (point % (POINTS - 1)) as f64)
    }

    /// The mean of the envelope over a phase of the cycle; `None` where the lift-off is
    /// not known or the phase has no point.
    pub fn phase_mean(&self, phase: GaitPhase) -> Option<f64> {
        let points = phase.points(&self.stride)?;
        (!points.is_empty()).then(|| part_mean(&self.curve, points))
    }
}

fn part_mean(curve: &[f64], points: Range<usize>) -> f64 {
    curve.get(points).and_then(mean).unwrap_or(f64::NAN)
}

/// Whether the next of these cycles begins where this one ends: none was left out between
/// them.
pub(in crate::analysis) fn follows(cycles: &[&Cycle], at: usize) -> bool {
    let next = cycles.get(at + 1);
    next.is_some_and(|next| next.stride.from_s <= cycles[at].stride.to_s + 1e-6)
}

/// A part of the gait cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaitPhase {
    /// The whole cycle.
    Whole,
    /// The foot is on the ground: from touchdown to lift-off.
    Stance,
    /// The foot is in the air: from lift-off to the next touchdown.
    Swing,
}

impl GaitPhase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Stance, Self::Swing];

    /// The part of a measure that it is; none of the whole cycle.
    pub fn part(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Stance => Some("stance"),
            Self::Swing => Some("swing"),
        }
    }

    /// The points of a cycle that belong to it; the last one, which begins the next
    /// cycle, to none. `None` where the lift-off is not known.
    pub fn points(self, stride: &Stride) -> Option<Range<usize>> {
        // A lift-off on a point is the first one of swing, whatever its last digits.
        let first = |percent: f64| (percent - 1e-9).ceil().max(0.0) as usize;
        let off =
            || stride.stance_percent().map(|percent| first(percent).min(POINTS - 1));
        match self {
            Self::Whole => Some(0..POINTS - 1),
            Self::Stance => off().map(|off| 0..off),
            Self::Swing => off().map(|off| off..POINTS - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stride(from_s: f64, to_s: f64) -> Stride {
        Stride {
            from_s,
            to_s,
            liftoff_s: Some(from_s + 0.62 * (to_s - from_s)),
            odd: false,
        }
    }

    #[test]
    fn a_cycle_holds_both_touchdowns() {
        let values: Vec<f64> = (0..400).map(f64::from).collect();
        let series = Sampled { values: &values, rate_hz: 100.0, start_s: 1.0 };
        let cycle = series
            .cycle(stride(2.0, 3.0), Interpolation::Linear, |_| (CycleState::Used, 0.0));
        let expected: Vec<f64> = (100..=200).map(f64::from).collect();
        assert_eq!(cycle.curve, expected);
        let late = series.cycle(stride(2.004, 3.004), Interpolation::Linear, |_| {
            (CycleState::Used, 0.0)
        });
        assert!(
            late.curve
                .iter()
                .zip(&expected)
                .all(|(late, whole)| (late - whole - 0.4).abs() < 1e-9)
        );
        assert_eq!(
            (cycle.peak(), cycle.peak_percent(), cycle.mean()),
            (200.0, 0.0, 149.5)
        );
        assert_eq!(cycle.phase_mean(GaitPhase::Stance), Some(130.5));
        assert_eq!(cycle.phase_mean(GaitPhase::Swing), Some(180.5));
    }

    #[test]
    fn what_lies_beyond_the_recording_or_in_a_gap_is_left_out() {
        let mut values = vec![1.0; 400];
        values[250] = f64::NAN;
        let series = Sampled { values: &values, rate_hz: 100.0, start_s: 0.0 };
        let state = |from_s: f64, to_s: f64| {
            series
                .cycle(stride(from_s, to_s), Interpolation::Linear, |_| {
                    (CycleState::Used, 0.0)
                })
                .state
        };
        assert_eq!(state(-0.1, 1.0), CycleState::Outside);
        assert_eq!(state(3.0, 4.0), CycleState::Outside);
        assert_eq!(state(3.0, 3.99), CycleState::Used);
        assert_eq!(state(2.0, 3.0), CycleState::Gap);
        let odd = Stride { odd: true, ..stride(0.0, 1.0) };
        assert_eq!(
            series.cycle(odd, Interpolation::Linear, |_| (CycleState::Used, 0.0)).state,
            CycleState::Odd
        );
    }
}
