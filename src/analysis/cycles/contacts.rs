//! When a foot is on the ground, told from force plates and foot switches.
//!
//! A channel is in contact from where it rises to `on` until it falls to `off`, which is
//! lower, so that noise makes no contact of its own. Contacts of several sensors below
//! one foot are one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dsp::stats::{mean, median, quantiles};
use crate::error::{Error, Result, Stage};
use crate::signal::{Channel, Event, Kind, Mark, Muscle, Side};
use crate::words::spoken;

/// When a force plate or foot switch counts as loaded.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// The load at which contact begins, above that of the unloaded sensor, in the unit
    /// of the channel. Without it: 20 N of a force in newtons, 5 % of the range at most;
    /// half of the range of a foot switch; six standard deviations of the unloaded sensor
    /// at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<f64>,
    /// The load at which it ends, below `on`; without it half of `on`, or four standard
    /// deviations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off: Option<f64>,
}

/// The usual threshold of a force plate, in newtons.
const ON_NEWTON: f64 = 20.0;
/// Its largest share of the range, for plates whose numbers are no newtons.
const ON_SHARE: f64 = 0.05;
/// Both thresholds in standard deviations of the unloaded sensor, at least.
const ON_NOISE: f64 = 6.0;
const OFF_NOISE: f64 = 4.0;
/// The threshold of a switch, as a share of its range.
pub(super) const SWITCH_SHARE: f64 = 0.5;
/// The largest share of the samples between a third and two thirds of the range: a foot
/// comes and goes quickly.
const MOST_BETWEEN: f64 = 0.4;
/// The time for which the highest load has to be reached, in seconds: one sample is no
/// load.
const TOP_S: f64 = 0.05;
/// Shorter contacts are none, in seconds.
const SHORTEST_CONTACT_S: f64 = 0.1;
/// Pauses that are no longer do not end a contact, in seconds: switches bounce, and no
/// swing is that short.
const LONGEST_BOUNCE_S: f64 = 0.15;
/// How much more active the muscles of the standing leg have to be, so that a plate is
/// given to a leg by them.
const CLEARLY: f64 = 1.5;

/// The events that force plates and foot switches tell, and what is to be said about
/// them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contacts {
    /// Touchdown and lift-off of each contact that was recorded from or to there.
    pub events: Vec<Event>,
    /// What was found, a sensor or leg an entry.
    pub findings: Vec<String>,
}

/// From touchdown to lift-off in seconds; an end that the recording does not hold is
/// `None`.
type Span = (Option<f64>, Option<f64>);

/// A sensor with its contacts.
struct Sensor<'a> {
    channel: &'a Channel,
    spans: Vec<Span>,
}

impl Contact {
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |message: String| {
            Err(Error::new(Stage::Plan, message)
                .with_hint("on = 20.0 and off = 10.0 work for newtons"))
        };
        match (self.on, self.off) {
            (Some(on), _) if !(on.is_finite() && on > 0.0) => {
                wrong(format!("analysis.cycles.contact.on = {on} must be above 0"))
            }
            (None, Some(off)) => wrong(format!(
                "analysis.cycles.contact.off = {off} needs analysis.cycles.contact.on"
            )),
            (Some(on), Some(off)) if !(off > 0.0 && off <= on) => wrong(format!(
                "analysis.cycles.contact.off = {off} must lie above 0 and not above on = {on}"
            )),
            _ => Ok(()),
        }
    }

    /// The contacts that the channels of a recording tell. `known` are its other events:
    /// a leg whose touchdowns they name keeps them.
    pub(super) fn contacts(&self, channels: &[Channel], known: &[Event]) -> Contacts {
        let mut found = Contacts::default();
        let mut legs: [Vec<Sensor<'_>>; 2] = Default::default();
        let mut of_any = Vec::new();
        for channel in channels.iter().filter(|channel| tells_contact(channel)) {
            let sensor = Sensor { channel, spans: self.spans(channel) };
            let name = &channel.label.name;
            if sensor.spans.is_empty() {
                found.findings.push(format!("{name}: no contact of a foot was found"));
                continue;
            }
            match channel.label.side.map_or_else(|| leg_of(&sensor, channels), Leg::Said) {
                Leg::Said(side) => legs[side as usize].push(sensor),
                Leg::Only => of_any.push(sensor),
                Leg::ByMuscles(side, times) => {
                    found.findings.push(format!(
                        "{name}: taken for the {} leg, whose calf muscles are {} times as active in its contact as those \
                         of the other leg, each relative to its own mean (study.toml can say it: [channels] \"{name}\" = {{ side = \"{}\" }})",
                        side.word(),
                        spoken(times),
                        side.word()
                    ));
                    legs[side as usize].push(sensor);
                }
                Leg::Unknown => found.findings.push(format!(
                    "{name}: a contact, and nothing says of which leg; study.toml can: [channels] \"{name}\" = {{ side = \"left\" }}"
                )),
            }
        }
        let [left, right] = legs;
        for (side, sensors) in
            [(Some(Side::Left), left), (Some(Side::Right), right), (None, of_any)]
        {
            found.add(side, &sensors, known);
        }
        found
    }

    /// The contacts of a sensor.
    fn spans(&self, channel: &Channel) -> Vec<Span> {
        let Some(load) = Load::of(channel, TOP_S) else {
            return Vec::new();
        };
        let (on, off) = self.thresholds(channel, &load);
        let (shortest, bounce) = (
            channel.rate.samples(SHORTEST_CONTACT_S),
            channel.rate.samples(LONGEST_BOUNCE_S),
        );
        let spans = joined(load.above(&channel.samples, on, off), bounce);
        let (count, time_s) =
            (channel.samples.len(), |sample: usize| channel.time_s(sample));
        let whole = |&(from, to): &(usize, usize)| to - from >= shortest;
        let span = |(from, to)| {
            ((from > 0).then(|| time_s(from)), (to < count).then(|| time_s(to)))
        };
        spans.into_iter().filter(whole).map(span).collect()
    }

    /// Where contact begins and ends, above the unloaded level: what is usual, and beyond
    /// the noise at least.
    fn thresholds(&self, channel: &Channel, load: &Load) -> (f64, f64) {
        let in_newtons = channel.unit.symbol().trim().eq_ignore_ascii_case("n");
        let usual = match channel.label.kind {
            Kind::Force if in_newtons => ON_NEWTON.min(ON_SHARE * load.range),
            Kind::Force => ON_SHARE * load.range,
            _ => SWITCH_SHARE * load.range,
        };
        let on = self.on.unwrap_or(usual.max(ON_NOISE * load.noise));
        let usual_off =
            (on / 2.0).max(if self.on.is_none() { OFF_NOISE * load.noise } else { 0.0 });
        (on, self.off.unwrap_or(usual_off))
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

/// The load of a sensor: above its unloaded level, whichever sign the device gives it.
pub(super) struct Load {
    base: f64,
    sign: f64,
    pub(super) range: f64,
    /// The standard deviation of the unloaded sensor.
    noise: f64,
}

impl Load {
    /// `None` where the sensor does not go back and forth between two levels: noise and
    /// sway lie in the middle.
    pub(super) fn of(channel: &Channel, top_s: f64) -> Option<Self> {
        let mut sorted: Vec<f64> =
            channel.samples.iter().copied().filter(|sample| sample.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = channel.rate.samples(top_s).min(sorted.len().checked_sub(1)? / 2);
        let (low, high) = (sorted[rank], sorted[sorted.len() - 1 - rank]);
        let range = high - low;
        let between = |from: f64, to: f64| {
            let place = |share: f64| {
                sorted.partition_point(|&sample| sample < low + share * range)
            };
            &sorted[place(from)..place(to)]
        };
        // Unloaded, a plate is near 0: the load goes to where it goes further.
        let downwards = channel.label.kind == Kind::Force && low.abs() > high.abs();
        let (unloaded, sign) =
            if downwards { (between(0.9, 2.0), -1.0) } else { (between(-1.0, 0.1), 1.0) };
        let middle = between(1.0 / 3.0, 2.0 / 3.0).len() as f64 / sorted.len() as f64;
        let base = median(unloaded)?;
        let noise = quantiles(unloaded, [0.25, 0.75])
            .map_or(0.0, |[low, high]| (high - low) / 1.349);
        (range > 0.0 && middle < MOST_BETWEEN).then_some(Self {
            base,
            sign,
            range,
            noise,
        })
    }

    /// The stretches, in samples, that begin at `on` above the base and end at `off`. A
    /// gap ends one.
    pub(super) fn above(
        &self,
        samples: &[f64],
        on: f64,
        off: f64,
    ) -> Vec<(usize, usize)> {
        let (mut spans, mut begun) = (Vec::new(), None);
        for (k, sample) in samples.iter().enumerate() {
            let load = self.sign * (sample - self.base);
            match begun {
                None if load >= on => begun = Some(k),
                Some(from) if load.is_nan() || load <= off => {
                    spans.push((from, k));
                    begun = None;
                }
                _ => {}
            }
        }
        spans.extend(begun.map(|from| (from, samples.len())));
        spans
    }
}

/// Joins stretches with at most `bounce` samples between them.
fn joined(spans: Vec<(usize, usize)>, bounce: usize) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from - last.1 <= bounce => last.1 = to,
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The leg that stands on a sensor.
enum Leg {
    /// The sensor's name or the study says it.
    Said(Side),
    /// Only one leg was recorded, or no side is known of any channel.
    Only,
    /// Its muscles are so many times as active in the contacts as those of the other leg.
    ByMuscles(Side, f64),
    /// Nothing says it.
    Unknown,
}

/// The leg on a sensor that does not say it: the calf pushes the body forward, so soleus
/// and gastrocnemius of the standing leg are active.
fn leg_of(sensor: &Sensor<'_>, channels: &[Channel]) -> Leg {
    let emg = || channels.iter().filter(|channel| channel.label.kind == Kind::Emg);
    let mut sides = emg().filter_map(|channel| channel.label.side);
    let first = sides.next();
    if sides.all(|side| Some(side) == first) {
        return Leg::Only;
    }
    let activity = |side: Side| {
        let calf = |channel: &&Channel| {
            channel.label.side == Some(side)
                && channel.label.muscle.is_some_and(Muscle::is_calf)
        };
        let found: Vec<f64> = emg()
            .filter(calf)
            .filter_map(|channel| activity_in(channel, &sensor.spans))
            .collect();
        mean(&found)
    };
    match (activity(Side::Left), activity(Side::Right)) {
        (Some(left), Some(right)) if left > CLEARLY * right => {
            Leg::ByMuscles(Side::Left, left / right)
        }
        (Some(left), Some(right)) if right > CLEARLY * left => {
            Leg::ByMuscles(Side::Right, right / left)
        }
        _ => Leg::Unknown,
    }
}

/// The mean rectified signal of a channel during contacts over that of the whole
/// recording.
fn activity_in(channel: &Channel, spans: &[Span]) -> Option<f64> {
    let present: Vec<f64> =
        channel.samples.iter().copied().filter(|sample| sample.is_finite()).collect();
    let middle = mean(&present)?;
    let rectified = |samples: &[f64]| -> Vec<f64> {
        samples
            .iter()
            .filter(|sample| sample.is_finite())
            .map(|sample| (sample - middle).abs())
            .collect()
    };
    let sample = |time_s: f64| {
        channel.rate.samples(time_s - channel.start_s).min(channel.samples.len())
    };
    let inside = spans.iter().flat_map(|&(from, to)| {
        let (from, to) =
            (from.map_or(0, sample), to.map_or(channel.samples.len(), sample));
        rectified(channel.samples.get(from..to).unwrap_or_default())
    });
    let inside: Vec<f64> = inside.collect();
    Some(mean(&inside)? / mean(&rectified(&present))?).filter(|share| share.is_finite())
}

impl Contacts {
    /// Adds the contacts of a leg, those of all its sensors joined.
    fn add(&mut self, side: Option<Side>, sensors: &[Sensor<'_>], known: &[Event]) {
        if sensors.is_empty() {
            return;
        }
        let names: Vec<&str> =
            sensors.iter().map(|sensor| sensor.channel.label.name.as_str()).collect();
        let (names, leg) = (
            names.join(", "),
            side.map_or("leg".to_owned(), |side| format!("{} leg", side.word())),
        );
        let said = |event: &Event| {
            event.mark() == Some(Mark::Touchdown)
                && (event.leg().is_none() || event.leg() == side)
        };
        if known.iter().any(said) {
            self.findings.push(format!(
                "{names}: not used, because events tell the touchdowns of the {leg}"
            ));
            return;
        }
        let spans = together(
            sensors.iter().flat_map(|sensor| sensor.spans.iter().copied()).collect(),
        );
        let count = spans.len();
        for (from, to) in spans {
            let event =
                |time_s: f64, label: &str| Event { time_s, label: label.into(), side };
            self.events.extend(from.map(|time_s| event(time_s, "touchdown")));
            self.events.extend(to.map(|time_s| event(time_s, "liftoff")));
        }
        let contacts =
            if count == 1 { "1 contact".to_owned() } else { format!("{count} contacts") };
        self.findings.push(format!(
            "{names}: {contacts} of the {leg}, whose touchdowns and lift-offs were taken from there"
        ));
    }
}

/// Contacts that overlap, or follow each other at once, are one.
fn together(mut spans: Vec<Span>) -> Vec<Span> {
    let (from, to) = (
        |span: &Span| span.0.unwrap_or(f64::NEG_INFINITY),
        |span: &Span| span.1.unwrap_or(f64::INFINITY),
    );
    spans.sort_by(|one, other| from(one).total_cmp(&from(other)));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if from(&span) <= to(last) + LONGEST_BOUNCE_S => {
                if to(&span) > to(last) {
                    last.1 = span.1;
                }
            }
            _ => joined.push(span),
        }
    }
    joined
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

    fn times(contacts: &Contacts, mark: Mark) -> Vec<f64> {
        let of = contacts.events.iter().filter(|event| event.mark() == Some(mark));
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
            let found = Contact::default().contacts(&[channel], &[]);
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
                Contact::default().contacts(&[channel("Fz right", "N", samples)], &[]);
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
            Contact::default().contacts(&[channel("Footswitch R", "V", samples)], &[]);
        assert_eq!(times(&found, Mark::Touchdown), [10.2, 11.2, 12.2, 13.2, 14.2]);
        assert_eq!(times(&found, Mark::Liftoff), [10.8, 11.8, 12.8, 13.8, 14.8]);
    }

    #[test]
    fn noise_horizontal_forces_and_moments_tell_nothing() {
        let noise = channel("Fz left", "N", crate::dsp::random::normals(5, 500));
        let found = Contact::default().contacts(&[noise], &[]);
        assert!(
            found.events.is_empty() && found.findings[0].contains("no contact"),
            "{found:?}"
        );
        for (name, unit) in
            [("Fx left", "N"), ("My1", "Nm"), ("left torque", "Nm"), ("Force left", "N")]
        {
            assert_eq!(
                Contact::default()
                    .contacts(&[channel(name, unit, load(1, 90.0, 0.0))], &[]),
                Contacts::default()
            );
        }
    }

    #[test]
    fn a_recording_that_begins_in_contact_has_no_touchdown_there() {
        let samples = load(2, 500.0, 0.0)[50..].to_vec();
        let found = Contact::default().contacts(&[channel("Fz left", "N", samples)], &[]);
        assert_eq!(
            times(&found, Mark::Touchdown).len() + 1,
            times(&found, Mark::Liftoff).len()
        );
    }

    #[test]
    fn events_of_the_user_come_first_and_unknown_legs_are_named() {
        let plate = || channel("Fz1", "N", load(2, 500.0, 0.0));
        let said = Event { time_s: 10.0, label: "heel strike".into(), side: None };
        let found = Contact::default().contacts(&[plate()], &[said]);
        assert!(
            found.events.is_empty() && found.findings[0].contains("not used"),
            "{found:?}"
        );
        let emg = |name: &str| channel(name, "V", crate::dsp::random::normals(8, 500));
        let found =
            Contact::default().contacts(&[plate(), emg("SOL_L"), emg("SOL_R")], &[]);
        assert!(
            found.events.is_empty()
                && found.findings[0].contains("nothing says of which leg"),
            "{found:?}"
        );
        let mut active = emg("SOL_L");
        (0..500)
            .filter(|k| (20..80).contains(&(k % 100)))
            .for_each(|k| active.samples[k] *= 20.0);
        let found = Contact::default().contacts(&[plate(), active, emg("SOL_R")], &[]);
        assert_eq!(found.events[0].side, Some(Side::Left), "{found:?}");
    }

    #[test]
    fn two_sensors_below_one_foot_are_one_contact() {
        let spans = vec![
            (Some(1.0), Some(1.4)),
            (Some(1.2), Some(1.7)),
            (Some(2.0), None),
            (None, Some(0.5)),
        ];
        assert_eq!(
            together(spans),
            [(None, Some(0.5)), (Some(1.0), Some(1.7)), (Some(2.0), None)]
        );
    }

    #[test]
    fn thresholds_are_checked() {
        assert!(Contact { on: Some(20.0), off: Some(10.0) }.check().is_ok());
        for wrong in [
            (Some(-1.0), None),
            (None, Some(3.0)),
            (Some(5.0), Some(6.0)),
            (Some(f64::NAN), None),
        ] {
            let error = Contact { on: wrong.0, off: wrong.1 }.check().unwrap_err();
            assert!(error.to_string().contains("analysis.cycles.contact.o"), "{error}");
        }
    }
}
