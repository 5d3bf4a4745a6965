//! Two muscles of one leg in the same cycles, or over the whole recording, normalised
//! alike.

use super::super::Digest;
use super::super::cycles::{CycleCourse, CycleState, GaitPhase, Stride};

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
                "each channel's own peak in this recording, for lack of a reference of both"
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

/// What is resampled: the cycles that both channels use, or blocks of the recording.
pub(super) enum CoupleUnits {
    /// Cycles, each with both curves as shares of their references.
    Cycles(Vec<(Stride, [Vec<f64>; 2])>),
    /// Blocks of a second without a gap in either channel.
    Blocks(Vec<[Vec<f64>; 2]>),
}

impl CoupleUnits {
    /// What they are called.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Cycles(_) => "cycles",
            Self::Blocks(_) => "blocks of 1 s",
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
            Self::Blocks(blocks) if phase == GaitPhase::Whole => blocks
                .iter()
                .map(|[one, other]| [one.as_slice(), other.as_slice()])
                .collect(),
            Self::Blocks(_) => Vec::new(),
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
            cycles(one, other, levels).map_or_else(|| blocks(one, other, levels), Ok)?;
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

/// Blocks of a second in which neither channel has a gap.
fn blocks(one: &Digest, other: &Digest, levels: [f64; 2]) -> Result<CoupleUnits, String> {
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
    let length = a.rate_hz.round().max(2.0) as usize;
    let pairs = a.envelope.chunks_exact(length).zip(b.envelope.chunks_exact(length));
    let whole = pairs.filter(|(a, b)| a.iter().chain(*b).all(|value| value.is_finite()));
    let found: Vec<_> =
        whole.map(|(a, b)| [scaled(a, levels[0]), scaled(b, levels[1])]).collect();
    if found.is_empty() {
        Err("no second without a gap in one of the channels".into())
    } else {
        Ok(CoupleUnits::Blocks(found))
    }
}
