//! Two muscles of one leg in the same cycles, or over the whole recording, normalised
//! alike.

use super::super::Digest;
use super::super::cycles::{CycleCourse, CycleState, GaitPhase, Stride};
use super::super::pieces;
use super::indices::Overlap;
use crate::dsp::gaps::stretches;
use crate::dsp::precision::Precision;
use crate::dsp::rhythm::Rhythm;

/// What envelopes are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CoupleReference {
    /// The reference of the session.
    Session,
    /// The peak of each channel in the recording.
    Peak,
}

impl CoupleReference {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Session => "the reference of the session",
            Self::Peak => {
                "each channel's own peak in this recording, for lack of a reference of both, \
                 and its error is in no interval"
            }
        }
    }
}

/// Two channels of one leg.
pub(super) struct Couple<'a> {
    pub(super) one: &'a Digest,
    pub(super) other: &'a Digest,
    pub(super) reference: CoupleReference,
    pub(super) units: CoupleUnits,
}

/// What indices are made of: the cycles that both channels use, or all that both have of
/// the recording.
pub(super) enum CoupleUnits {
    /// Cycles, each with both curves as shares of their references.
    Cycles(Vec<(Stride, [Vec<f64>; 2])>),
    /// The whole recording.
    Whole(WholeCourse),
}

/// Both channels over the whole recording, as shares of their references.
pub(super) struct WholeCourse {
    /// The stretches in which neither has a gap.
    pub(super) runs: Vec<[Vec<f64>; 2]>,
    /// What both have in common in short pieces of equal length, nothing in a gap.
    pub(super) pieces: Vec<Overlap>,
    /// The rhythm of both together, in pieces.
    pub(super) rhythm: Option<Rhythm>,
}

impl CoupleUnits {
    /// What they are called.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Cycles(_) => "cycles",
            Self::Whole(_) => "the whole recording",
        }
    }

    /// Both curves of each unit in a phase; nothing where the phase is not known.
    pub(super) fn of_phase(&self, phase: GaitPhase) -> Vec<[&[f64]; 2]> {
        match self {
            Self::Cycles(cycles) => {
                let inside = cycles.iter().filter_map(|(stride, [one, other])| {
                    // Areas go from the first point of a phase to the first one of the
                    // next.
                    let points = phase.points(stride)?;
                    Some([
                        one.get(points.start..points.end + 1)?,
                        other.get(points.start..points.end + 1)?,
                    ])
                });
                inside.collect()
            }
            Self::Whole(course) if phase == GaitPhase::Whole => {
                let both = course.runs.iter();
                both.map(|[one, other]| [one.as_slice(), other.as_slice()]).collect()
            }
            Self::Whole(_) => Vec::new(),
        }
    }

    /// How precisely the logarithm of a ratio of sums over them is known, of a phase.
    pub(super) fn precision(
        &self,
        phase: GaitPhase,
        of: &dyn Fn(&Overlap) -> [f64; 2],
    ) -> Result<Precision, &'static str> {
        let parts = |overlaps: &[Overlap]| -> (Vec<f64>, Vec<f64>) {
            overlaps.iter().map(of).map(|[above, below]| (above, below)).unzip()
        };
        match self {
            Self::Cycles(_) => {
                let cycles = self.of_phase(phase);
                let overlaps: Vec<Overlap> = cycles
                    .iter()
                    .map(|[one, other]| Overlap::measure(one, other))
                    .collect();
                let (above, below) = parts(&overlaps);
                Precision::of_members(&above, &below)
            }
            Self::Whole(course) => {
                let (above, below) = parts(&course.pieces);
                Precision::of_level(pieces::sums_of(
                    [&above, &below],
                    course.rhythm.as_ref(),
                ))
            }
        }
    }
}

impl<'a> Couple<'a> {
    /// Both channels beside each other, or why not.
    pub(super) fn lay_together(
        one: &'a Digest,
        other: &'a Digest,
    ) -> Result<Self, String> {
        for channel in [one, other] {
            if let Some(reason) = channel.no_emg() {
                return Err(format!("{}: {reason}", channel.label.name));
            }
        }
        let reference = match (one.reference, other.reference) {
            (Some(_), Some(_)) => CoupleReference::Session,
            _ => CoupleReference::Peak,
        };
        let level = |channel: &Digest| match reference {
            CoupleReference::Session => channel.reference,
            CoupleReference::Peak => channel.amplitude.envelope_peak,
        };
        let levels = [one, other].map(|channel| level(channel).unwrap_or(f64::NAN));
        if !levels.iter().all(|level| *level > 0.0) {
            return Err("an envelope has no peak".into());
        }
        let units =
            cycles(one, other, levels).map_or_else(|| whole(one, other, levels), Ok)?;
        Ok(Self { one, other, reference, units })
    }
}

fn scaled(values: &[f64], level: f64) -> Vec<f64> {
    values.iter().map(|value| value / level).collect()
}

/// The cycles that both channels use; `None` where there are none.
fn cycles(one: &Digest, other: &Digest, levels: [f64; 2]) -> Option<CoupleUnits> {
    let of = |course: &CycleCourse| course.strides.is_ok();
    let (one, other) = (
        one.cycles.as_ref().filter(|course| of(course))?,
        other.cycles.as_ref().filter(|course| of(course))?,
    );
    let both = one.cycles.iter().zip(&other.cycles).filter(|(one, other)| {
        one.state == CycleState::Used
            && other.state == CycleState::Used
            && one.stride.from_s == other.stride.from_s
    });
    let found: Vec<_> = both
        .map(|(a, b)| {
            (a.stride, [scaled(&a.curve, levels[0]), scaled(&b.curve, levels[1])])
        })
        .collect();
    (!found.is_empty()).then_some(CoupleUnits::Cycles(found))
}

/// All of the recording in which neither channel has a gap.
fn whole(one: &Digest, other: &Digest, levels: [f64; 2]) -> Result<CoupleUnits, String> {
    let (a, b) = one
        .thinned
        .as_ref()
        .zip(other.thinned.as_ref())
        .ok_or("the envelopes were not kept")?;
    if a.rate_hz != b.rate_hz || one.start_s != other.start_s {
        return Err(format!(
            "the channels have different sampling rates or clocks, {} and {}",
            one.rate, other.rate
        ));
    }
    let (a, b) = (scaled(&a.envelope, levels[0]), scaled(&b.envelope, levels[1]));
    let sum: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    // A second at least: of less no index is told.
    let shortest = one.thinned.as_ref().map_or(0.0, |thinned| thinned.rate_hz) as usize;
    let runs: Vec<[Vec<f64>; 2]> = stretches(&sum)
        .into_iter()
        .filter(|run| run.len() >= shortest.max(2))
        .map(|run| [a[run.clone()].to_vec(), b[run].to_vec()])
        .collect();
    if runs.is_empty() {
        return Err("no second without a gap in one of the channels".into());
    }
    let (pieces, rhythm) = in_pieces([&a, &b], &sum, shortest as f64);
    Ok(CoupleUnits::Whole(WholeCourse { runs, pieces, rhythm }))
}

/// What both have in common in pieces, and the rhythm of their sum.
fn in_pieces(
    [a, b]: [&[f64]; 2],
    sum: &[f64],
    rate_hz: f64,
) -> (Vec<Overlap>, Option<Rhythm>) {
    let (length, pieces_hz) = pieces::length(rate_hz, sum.len());
    let length = length.max(2);
    let levels: Vec<f64> =
        sum.chunks_exact(length).map(|piece| piece.iter().sum()).collect();
    let both = a.chunks_exact(length).zip(b.chunks_exact(length)).zip(&levels);
    let overlap = |((a, b), level): ((&[f64], &[f64]), &f64)| {
        if level.is_finite() { Overlap::measure(a, b) } else { Overlap::default() }
    };
    let found = both.map(overlap).collect();
    (found, pieces::rhythm_of(&levels, pieces_hz.min(rate_hz / length as f64)))
}
