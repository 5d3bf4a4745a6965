//! Force plates and foot switches, and when a foot is on them.
//!
//! A channel is in contact from where it rises to `on` until it falls to `off`, which is
//! lower, so that noise makes no contact of its own.

use super::Contacts;
use super::load::Load;
use crate::signal::{Channel, Kind};

/// The usual threshold of a force plate, in newtons.
const ON_NEWTON: f64 = 20.0;
/// Its largest share of the range, for plates whose numbers are no newtons.
const ON_SHARE: f64 = 0.05;
/// Both thresholds in standard deviations of the unloaded sensor, at least.
const ON_NOISE: f64 = 6.0;
const OFF_NOISE: f64 = 4.0;
/// The threshold of a switch, as a share of its range.
pub(super) const SWITCH_SHARE: f64 = 0.5;
/// The time for which the highest load has to be reached, in seconds: one sample is no
/// load.
const TOP_S: f64 = 0.05;
/// Shorter contacts are none, in seconds.
const SHORTEST_CONTACT_S: f64 = 0.1;
/// Pauses that are no longer do not end a contact, in seconds: switches bounce, and no
/// swing is that short.
const LONGEST_BOUNCE_S: f64 = 0.15;

/// A foot on the ground, in seconds of the recording's own clock; an end that the
/// recording does not hold is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contact {
    /// Touchdown.
    pub(super) from_s: Option<f64>,
    /// Lift-off.
    pub(super) to_s: Option<f64>,
}

/// A sensor below a foot, with its contacts in order.
pub(super) struct Sensor<'a> {
    pub(super) channel: &'a Channel,
    pub(super) contacts: Vec<Contact>,
}

impl<'a> Sensor<'a> {
    /// The contacts of a channel; `None` where it is no sensor below a foot.
    pub(super) fn read(channel: &'a Channel, settings: &Contacts) -> Option<Self> {
        tells_contact(channel)
            .then(|| Self { channel, contacts: contacts(channel, settings) })
    }
}

/// Words of the names of forces below a foot; other forces, as those of a dynamometer,
/// tell no contact.
const BELOW_A_FOOT: [&str; 9] =
    ["fz", "fp", "grf", "vgrf", "plate", "fsr", "insole", "vertical", "pedal"];
/// Words of forces along the floor, of moments and of places.
const NOT_VERTICAL: [&str; 10] =
    ["fx", "fy", "mx", "my", "mz", "torque", "moment", "cop", "copx", "copy"];

/// Whether a channel tells when a foot is on the ground: a foot switch, or a vertical
/// force below a foot.
fn tells_contact(channel: &Channel) -> bool {
    let name = channel.label.name.to_lowercase();
    let letters = |run: &str| {
        run.chars().filter(|symbol| symbol.is_alphabetic()).collect::<String>()
    };
    // `F2Z` and `Fz1` are forces along z.
    let has = |words: &[&str]| {
        name.split(|symbol: char| !symbol.is_alphanumeric())
            .any(|run| words.contains(&letters(run).as_str()))
    };
    match channel.label.kind {
        Kind::FootSwitch => true,
        Kind::Force => has(&BELOW_A_FOOT) && !has(&NOT_VERTICAL),
        _ => false,
    }
}

fn contacts(channel: &Channel, settings: &Contacts) -> Vec<Contact> {
    let Some(load) = Load::measure(channel, TOP_S) else {
        return Vec::new();
    };
    let (on, off) = thresholds(settings, channel, &load);
    let bounce = channel.rate.samples(LONGEST_BOUNCE_S);
    let shortest = channel.rate.samples(SHORTEST_CONTACT_S);

    let loaded = without_bounces(load.above(&channel.samples, on, off), bounce);

    let count = channel.samples.len();
    let contact = |(from, to): (usize, usize)| Contact {
        from_s: (from > 0).then(|| channel.time_s(from)),
        to_s: (to < count).then(|| channel.time_s(to)),
    };
    let long_enough = loaded.into_iter().filter(|(from, to)| to - from >= shortest);
    long_enough.map(contact).collect()
}

/// Where contact begins and ends, above the unloaded level: what is usual, and beyond the
/// noise at least.
fn thresholds(settings: &Contacts, channel: &Channel, load: &Load) -> (f64, f64) {
    let in_newtons = channel.unit.symbol().trim().eq_ignore_ascii_case("n");
    let usual = match channel.label.kind {
        Kind::Force if in_newtons => ON_NEWTON.min(ON_SHARE * load.range),
        Kind::Force => ON_SHARE * load.range,
        _ => SWITCH_SHARE * load.range,
    };
    let on = settings.on.unwrap_or(usual.max(ON_NOISE * load.noise));

    // A user who says where contact begins knows the noise.
    let beyond_noise = if settings.on.is_none() { OFF_NOISE * load.noise } else { 0.0 };
    let off = settings.off.unwrap_or((on / 2.0).max(beyond_noise));
    (on, off)
}

/// Joins stretches with at most `bounce` samples between them.
fn without_bounces(stretches: Vec<(usize, usize)>, bounce: usize) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(stretches.len());
    for (from, to) in stretches {
        match joined.last_mut() {
            Some(last) if from - last.1 <= bounce => last.1 = to,
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The contacts of several sensors below one foot: those that overlap, or follow each
/// other at once, are one.
pub(super) fn joined(mut contacts: Vec<Contact>) -> Vec<Contact> {
    let from = |contact: &Contact| contact.from_s.unwrap_or(f64::NEG_INFINITY);
    let to = |contact: &Contact| contact.to_s.unwrap_or(f64::INFINITY);
    contacts.sort_by(|one, other| from(one).total_cmp(&from(other)));

    let mut joined: Vec<Contact> = Vec::with_capacity(contacts.len());
    for contact in contacts {
        match joined.last_mut() {
            Some(last) if from(&contact) <= to(last) + LONGEST_BOUNCE_S => {
                if to(&contact) > to(last) {
                    last.to_s = contact.to_s;
                }
            }
            _ => joined.push(contact),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sensors_below_one_foot_are_one_contact() {
        let contacts = |ends: &[(Option<f64>, Option<f64>)]| -> Vec<Contact> {
            ends.iter().map(|&(from_s, to_s)| Contact { from_s, to_s }).collect()
        };
        let several = contacts(&[
            (Some(1.0), Some(1.4)),
            (Some(1.2), Some(1.7)),
            (Some(2.0), None),
            (None, Some(0.5)),
        ]);
        assert_eq!(
            joined(several),
            contacts(&[(None, Some(0.5)), (Some(1.0), Some(1.7)), (Some(2.0), None)])
        );
    }
}
