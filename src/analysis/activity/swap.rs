//! A hint that left and right were exchanged.
//!
//! The calf pushes the body forward: soleus and gastrocnemius are active while their own
//! foot is on the ground. Where both legs have events of touchdown and both channels of a
//! muscle are active in the stance of the other leg, labels or cables may have been
//! exchanged. One recording without such events says nothing about it.

use super::super::Digest;
use super::{Bursts, PIECE_S};
use crate::dsp::stats::{mean, median};
use crate::outcome::Note;
use crate::signal::{Event, Mark, Muscle, Side};

/// Stance takes so much of a stride (Perry & Burnfield 2010).
const STANCE: f64 = 0.6;
/// Strides of walking and running, in seconds.
const STRIDE_S: (f64, f64) = (0.4, 2.5);
/// The fewest strides of each leg.
const FEWEST: usize = 3;
/// By how much the preference for the stance of the other leg has to exceed that for the
/// own one. (Proposal)
const CLEARLY: f64 = 0.2;

/// Hints for the muscles of the calf that were recorded on both sides.
pub(super) fn hints(channels: &[(&Digest, &Bursts)], events: &[Event]) -> Vec<Note> {
    let (left, right) = (strides(events, Side::Left), strides(events, Side::Right));
    if left.len() < FEWEST || right.len() < FEWEST {
        return Vec::new();
    }
    let of_side = |side| {
        let calf = move |channel: &Digest| {
            channel.label.muscle.is_some_and(Muscle::is_calf)
                && channel.label.side == Some(side)
        };
        channels.iter().filter(move |(channel, _)| calf(channel))
    };
    let pairs = of_side(Side::Left)
        .flat_map(|one| of_side(Side::Right).map(move |other| (one, other)));
    let pairs = pairs.filter(|(one, other)| one.0.label.muscle == other.0.label.muscle);
    let swapped = pairs.filter(|(one, other)| {
        let excess = |(channel, bursts): &(&Digest, &Bursts),
                      own: &[(f64, f64)],
                      others: &[(f64, f64)]| {
            Some(preference(channel, bursts, others)? - preference(channel, bursts, own)?)
        };
        excess(one, &left, &right).is_some_and(|excess| excess > CLEARLY)
            && excess(other, &right, &left).is_some_and(|excess| excess > CLEARLY)
    });
    let hint = |(one, other): (&(&Digest, &Bursts), &(&Digest, &Bursts))| {
        Note::caution(format!(
            "{} and {} are active while the foot of the other leg is on the ground: were \
             left and right exchanged? \
             Compare the labels with the electrodes and the events.",
            one.0.label.name, other.0.label.name
        ))
    };
    swapped.map(hint).collect()
}

/// From touchdown to touchdown of a leg, in seconds.
fn strides(events: &[Event], side: Side) -> Vec<(f64, f64)> {
    let touchdown = |event: &&Event| {
        event.mark() == Some(Mark::Touchdown) && event.leg() == Some(side)
    };
    let mut times: Vec<f64> =
        events.iter().filter(touchdown).map(|event| event.time_s).collect();
    times.sort_by(f64::total_cmp);
    let strides = times.windows(2).map(|pair| (pair[0], pair[1]));
    strides
        .filter(|(from, to)| (STRIDE_S.0..=STRIDE_S.1).contains(&(to - from)))
        .collect()
}

/// How much stronger a channel is in stance than in the rest of the strides: from −1
/// (silent in stance) to 1, the median of the strides.
fn preference(channel: &Digest, bursts: &Bursts, strides: &[(f64, f64)]) -> Option<f64> {
    let level = |from_s: f64, to_s: f64| {
        let piece = |time_s: f64| ((time_s - channel.start_s) / PIECE_S).round();
        let (from, to) = (piece(from_s), piece(to_s));
        if from < 0.0 || to <= from {
            return None;
        }
        let levels = bursts.levels.get(from as usize..to as usize)?;
        mean(levels).filter(|level| level.is_finite())
    };
    let of_stride = |&(from, to): &(f64, f64)| {
        let off = from + STANCE * (to - from);
        let (stance, swing) = (level(from, off)?, level(off, to)?);
        Some((stance - swing) / (stance + swing))
            .filter(|preference| preference.is_finite())
    };
    let found: Vec<f64> = strides.iter().filter_map(of_stride).collect();
    (found.len() >= FEWEST).then(|| median(&found)).flatten()
}
