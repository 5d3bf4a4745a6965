//! Which leg stands on a sensor that does not say it.

use super::sensors::{Contact, Sensor};
use crate::dsp::stats::mean;
use crate::signal::{Channel, Kind, Muscle, Side};

/// How much more active the muscles of the standing leg have to be, so that a plate is
/// given to a leg by them.
const CLEARLY: f64 = 1.5;

/// The leg that stands on a sensor.
pub(super) enum Leg {
    /// The sensor's name or the study says it.
    Said(Side),
    /// Only one leg was recorded, or no side is known of any channel.
    Only,
    /// Its muscles are so many times as active in the contacts as those of the other leg.
    ByMuscles(Side, f64),
    /// Nothing says it.
    Unknown,
}

impl Leg {
    /// The leg on a sensor, told by its name, the sides that were recorded, or the
    /// muscles.
    pub(super) fn tell(sensor: &Sensor<'_>, channels: &[Channel]) -> Self {
        if let Some(side) = sensor.channel.label.side {
            return Self::Said(side);
        }
        let mut sides = emg(channels).filter_map(|channel| channel.label.side);
        let first = sides.next();
        if sides.all(|side| Some(side) == first) {
            return Self::Only;
        }
        Self::by_muscles(&sensor.contacts, channels)
    }

    /// The calf pushes the body forward, so soleus and gastrocnemius of the standing leg
    /// are active.
    fn by_muscles(contacts: &[Contact], channels: &[Channel]) -> Self {
        let activity = |side: Side| {
            let found: Vec<f64> = emg(channels)
                .filter(|channel| channel.label.side == Some(side))
                .filter(|channel| channel.label.muscle.is_some_and(Muscle::is_calf))
                .filter_map(|channel| activity_in(channel, contacts))
                .collect();
            mean(&found)
        };
        match (activity(Side::Left), activity(Side::Right)) {
            (Some(left), Some(right)) if left > CLEARLY * right => {
                Self::ByMuscles(Side::Left, left / right)
            }
            (Some(left), Some(right)) if right > CLEARLY * left => {
                Self::ByMuscles(Side::Right, right / left)
            }
            _ => Self::Unknown,
        }
    }
}

fn emg(channels: &[Channel]) -> impl Iterator<Item = &Channel> {
    channels.iter().filter(|channel| channel.label.kind == Kind::Emg)
}

/// The mean rectified signal of a channel during contacts over that of the whole
/// recording.
fn activity_in(channel: &Channel, contacts: &[Contact]) -> Option<f64> {
    let samples = &channel.samples;
    let present: Vec<f64> =
        samples.iter().copied().filter(|sample| sample.is_finite()).collect();
    let middle = mean(&present)?;
    let rectified = |samples: &[f64]| -> Vec<f64> {
        let present = samples.iter().filter(|sample| sample.is_finite());
        present.map(|sample| (sample - middle).abs()).collect()
    };

    let place =
        |time_s: f64| channel.rate.samples(time_s - channel.start_s).min(samples.len());
    let inside: Vec<f64> = contacts
        .iter()
        .flat_map(|contact| {
            let from = contact.from_s.map_or(0, place);
            let to = contact.to_s.map_or(samples.len(), place);
            rectified(samples.get(from..to).unwrap_or_default())
        })
        .collect();

    let share = mean(&inside)? / mean(&rectified(&present))?;
    Some(share).filter(|share| share.is_finite())
}
