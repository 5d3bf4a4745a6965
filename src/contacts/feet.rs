//! The touchdowns and lift-offs of each foot, from all the sensors below it.

use super::legs::Leg;
use super::sensors::{Contact, Sensor, joined};
use super::{Contacts, SensorEvents};
use crate::signal::{Channel, Event, Mark, Side};
use crate::words::spoken;

/// The sensors below the left foot, the right one, and the only one.
#[derive(Default)]
struct Feet<'a> {
    left: Vec<Sensor<'a>>,
    right: Vec<Sensor<'a>>,
    only: Vec<Sensor<'a>>,
}

/// The contacts that the channels of a recording tell. `known` are its other events: a
/// leg whose touchdowns they name keeps them.
pub(super) fn contacts(
    settings: &Contacts,
    channels: &[Channel],
    known: &[Event],
) -> SensorEvents {
    let mut found = SensorEvents::default();
    let mut feet = Feet::default();
    for channel in channels {
        if let Some(sensor) = Sensor::read(channel, settings) {
            found.findings.extend(feet.assign(sensor, channels));
        }
    }
    found.add(Some(Side::Left), &feet.left, known);
    found.add(Some(Side::Right), &feet.right, known);
    found.add(None, &feet.only, known);
    found
}

impl<'a> Feet<'a> {
    /// Gives a sensor with contacts to the foot on it, and says what is not plain about
    /// it.
    fn assign(&mut self, sensor: Sensor<'a>, channels: &[Channel]) -> Option<String> {
        let name = &sensor.channel.label.name;
        if sensor.contacts.is_empty() {
            return Some(format!("{name}: no contact of a foot was found"));
        }
        match Leg::tell(&sensor, channels) {
            Leg::Said(side) => {
                self.take(sensor, side);
                None
            }
            Leg::Only => {
                self.only.push(sensor);
                None
            }
            Leg::ByMuscles(side, times) => {
                let words = by_muscles(name, side, times);
                self.take(sensor, side);
                Some(words)
            }
            Leg::Unknown => Some(unknown(name)),
        }
    }

    fn take(&mut self, sensor: Sensor<'a>, side: Side) {
        match side {
            Side::Left => self.left.push(sensor),
            Side::Right => self.right.push(sensor),
        }
    }
}

fn by_muscles(name: &str, side: Side, times: f64) -> String {
    let (side, times) = (side.word(), spoken(times));
    format!(
        "{name}: taken for the {side} leg, whose calf muscles are {times} times as active \
         in its contact as those of the other leg, each relative to its own mean \
         (study.toml can say it: [channels] \"{name}\" = {{ side = \"{side}\" }})"
    )
}

fn unknown(name: &str) -> String {
    format!(
        "{name}: a contact, and nothing says of which leg; study.toml can: \
         [channels] \"{name}\" = {{ side = \"left\" }}"
    )
}

impl SensorEvents {
    /// Adds the contacts of a foot, those of all its sensors joined.
    fn add(&mut self, side: Option<Side>, sensors: &[Sensor<'_>], known: &[Event]) {
        if sensors.is_empty() {
            return;
        }
        let name = |sensor: &Sensor<'_>| sensor.channel.label.name.clone();
        let names = sensors.iter().map(name).collect::<Vec<String>>().join(", ");
        let leg = side.map_or("leg".to_owned(), |side| format!("{} leg", side.word()));

        if known.iter().any(|event| is_touchdown_of(event, side)) {
            self.findings.push(format!(
                "{names}: not used, because events tell the touchdowns of the {leg}"
            ));
            return;
        }
        let of_all = sensors.iter().flat_map(|sensor| &sensor.contacts).copied();
        let contacts = joined(of_all.collect());

        self.events.extend(contacts.iter().flat_map(|contact| ends(contact, side)));
        let count = match contacts.len() {
            1 => "1 contact".to_owned(),
            count => format!("{count} contacts"),
        };
        self.findings.push(format!(
            "{names}: {count} of the {leg}, whose touchdowns and lift-offs were taken \
             from there"
        ));
    }
}

/// The touchdown and the lift-off of a contact, where they were recorded.
fn ends(contact: &Contact, side: Option<Side>) -> impl Iterator<Item = Event> + use<> {
    let event =
        move |label: &str, time_s: f64| Event { time_s, label: label.into(), side };
    let touchdown = contact.from_s.map(|time_s| event("touchdown", time_s));
    let liftoff = contact.to_s.map(|time_s| event("liftoff", time_s));
    touchdown.into_iter().chain(liftoff)
}

/// Whether an event is a touchdown of this leg, or of one that it does not name.
fn is_touchdown_of(event: &Event, side: Option<Side>) -> bool {
    event.mark() == Some(Mark::Touchdown)
        && (event.leg().is_none() || event.leg() == side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Label, RateSource};
    use crate::units::{Hertz, Unit};

    fn channel(name: &str, unit: &str, samples: Vec<f64>) -> Channel {
        Channel {
            label: Label::parse(name, unit),
            rate: Hertz::new(100.0).unwrap(),
            rate_source: RateSource::Header,
            uneven_clock: false,
            start_s: 10.0,
            unit: Unit::other(unit.to_owned()),
            rails: None,
            excluded: 0,
            samples,
        }
    }

    /// Contacts of 0.6 s, one a second, with noise.
    fn load(seed: u64, top: f64, offset: f64) -> Vec<f64> {
        let noise = crate::dsp::random::normals(seed, 500);
        let on = |k: usize| (20..80).contains(&(k % 100));
        (0..500)
            .map(|k| offset + 0.002 * top * noise[k] + if on(k) { top } else { 0.0 })
            .collect()
    }

    fn times(found: &SensorEvents, mark: Mark) -> Vec<f64> {
        let of = found.events.iter().filter(|event| event.mark() == Some(mark));
        of.map(|event| (100.0 * event.time_s).round() / 100.0).collect()
    }

    #[test]
    fn plates_of_both_signs_and_switches_tell_contacts() {
        for (name, unit, top, offset) in [
            ("Fz right", "N", 800.0, 3.0),
            ("F2Z_R", "N", -700.0, 1.3),
            ("Footswitch R", "V", 5.0, 0.1),
            ("FSR heel right", "", 0.7, 0.0),
        ] {
            let channel = channel(name, unit, load(3, top, offset));
            assert_eq!(channel.label.side, Some(Side::Right), "{name}");
            let found = contacts(&Contacts::default(), &[channel], &[]);
            assert_eq!(
                times(&found, Mark::Touchdown),
                [10.2, 11.2, 12.2, 13.2, 14.2],
                "{name}"
            );
            assert_eq!(
                times(&found, Mark::Liftoff),
                [10.8, 11.8, 12.8, 13.8, 14.8],
                "{name}"
            );
            assert!(found.events.iter().all(|event| event.side == Some(Side::Right)));
        }
    }

    #[test]
    fn a_noisy_plate_does_not_stay_loaded() {
        for spread in [4.0, 10.0, 15.0] {
            let noise = crate::dsp::random::normals(9, 500);
            let on = |k: usize| (20..80).contains(&(k % 100));
            let samples = (0..500)
                .map(|k| spread * noise[k] + if on(k) { 800.0 } else { 0.0 })
                .collect();
            let found =
                contacts(&Contacts::default(), &[channel("Fz right", "N", samples)], &[]);
            assert_eq!(
                times(&found, Mark::Touchdown),
                [10.2, 11.2, 12.2, 13.2, 14.2],
                "{spread}"
            );
            assert_eq!(
                times(&found, Mark::Liftoff),
                [10.8, 11.8, 12.8, 13.8, 14.8],
                "{spread}"
            );
        }
    }

    #[test]
    fn a_switch_that_bounces_closes_once() {
        let mut samples = load(4, 5.0, 0.0);
        (0..5)
            .flat_map(|step| 100 * step + 26..100 * step + 36)
            .for_each(|k| samples[k] = 0.0);
        let found =
            contacts(&Contacts::default(), &[channel("Footswitch R", "V", samples)], &[]);
        assert_eq!(times(&found, Mark::Touchdown), [10.2, 11.2, 12.2, 13.2, 14.2]);
        assert_eq!(times(&found, Mark::Liftoff), [10.8, 11.8, 12.8, 13.8, 14.8]);
    }

    #[test]
    fn noise_horizontal_forces_and_moments_tell_nothing() {
        let noise = channel("Fz left", "N", crate::dsp::random::normals(5, 500));
        let found = contacts(&Contacts::default(), &[noise], &[]);
        assert!(
            found.events.is_empty() && found.findings[0].contains("no contact"),
            "{found:?}"
        );
        for (name, unit) in
            [("Fx left", "N"), ("My1", "Nm"), ("left torque", "Nm"), ("Force left", "N")]
        {
            assert_eq!(
                contacts(
                    &Contacts::default(),
                    &[channel(name, unit, load(1, 90.0, 0.0))],
                    &[]
                ),
                SensorEvents::default()
            );
        }
    }

    #[test]
    fn a_recording_that_begins_in_contact_has_no_touchdown_there() {
        let samples = load(2, 500.0, 0.0)[50..].to_vec();
        let found =
            contacts(&Contacts::default(), &[channel("Fz left", "N", samples)], &[]);
        assert_eq!(
            times(&found, Mark::Touchdown).len() + 1,
            times(&found, Mark::Liftoff).len()
        );
    }

    #[test]
    fn events_of_the_user_come_first_and_unknown_legs_are_named() {
        let plate = || channel("Fz1", "N", load(2, 500.0, 0.0));
        let said = Event { time_s: 10.0, label: "heel strike".into(), side: None };
        let found = contacts(&Contacts::default(), &[plate()], &[said]);
        assert!(
            found.events.is_empty() && found.findings[0].contains("not used"),
            "{found:?}"
        );
        let emg = |name: &str| channel(name, "V", crate::dsp::random::normals(8, 500));
        let found =
            contacts(&Contacts::default(), &[plate(), emg("SOL_L"), emg("SOL_R")], &[]);
        assert!(
            found.events.is_empty()
                && found.findings[0].contains("nothing says of which leg"),
            "{found:?}"
        );
        let mut active = emg("SOL_L");
        (0..500)
            .filter(|k| (20..80).contains(&(k % 100)))
            .for_each(|k| active.samples[k] *= 20.0);
        let found = contacts(&Contacts::default(), &[plate(), active, emg("SOL_R")], &[]);
        assert_eq!(found.events[0].side, Some(Side::Left), "{found:?}");
    }
}
