//! Events told by channels that are no sensors: pulses with the name of an event, and
//! columns of codes.

use super::SensorEvents;
use super::load::Load;
use super::sensors::SWITCH_SHARE;
use crate::signal::{Channel, Event, Kind, Label};

/// The pulses of channels that are called like an event (`Heel strike R`, `RHS`) or like
/// one of `names`: an event at each rise over half of the range.
pub(super) fn pulses(channels: &[Channel], names: &[String]) -> SensorEvents {
    let mut found = SensorEvents::default();
    for channel in channels.iter().filter(|channel| channel.label.kind == Kind::Other) {
        let Label { name, side, .. } = &channel.label;
        let event = |time_s: f64| Event { time_s, label: name.clone(), side: *side };
        let is_named = event(0.0).mark().is_some()
            || names.iter().any(|name| event(0.0).is_labelled(name));
        if !is_named {
            found.findings.extend(codes(channel));
            continue;
        }
        let Some(load) = Load::measure(channel, 0.0) else {
            continue;
        };
        let rises = rises(channel, &load);
        found.findings.push(format!("{name}: {} rises, taken for events", rises.len()));
        found.events.extend(rises.into_iter().map(event));
    }
    found
}

/// The times at which a channel rises over half of its range.
fn rises(channel: &Channel, load: &Load) -> Vec<f64> {
    let on = SWITCH_SHARE * load.range;
    let off = SWITCH_SHARE / 2.0 * load.range;
    let high = load.above(&channel.samples, on, off);
    // What is high from the first sample on did not rise there.
    let rose = high.into_iter().filter(|(from, _)| *from > 0);
    rose.map(|(from, _)| channel.time_s(from)).collect()
}

/// The most codes that a column of events has.
const MOST_CODES: usize = 8;
/// What columns of codes are called.
const COLUMNS_OF_CODES: [&str; 5] = ["event", "events", "marker", "markers", "ereignis"];

/// What is to be said of a column of numbers that is called one of events, and most often
/// blank or 0: which number means what is not known.
fn codes(channel: &Channel) -> Option<String> {
    let name = &channel.label.name;
    name.to_lowercase()
        .split(|symbol: char| !symbol.is_alphanumeric())
        .find(|word| COLUMNS_OF_CODES.contains(word))?;

    let samples = channel.samples.iter().copied();
    let mut codes: Vec<f64> =
        samples.filter(|code| code.is_finite() && *code != 0.0).collect();
    let rare = !codes.is_empty() && 2 * codes.len() < channel.samples.len();
    codes.sort_by(f64::total_cmp);
    codes.dedup();

    let named: Vec<String> = codes.iter().map(f64::to_string).collect();
    (rare && named.len() <= MOST_CODES).then(|| {
        format!(
            "{name}: looks like a column of events, but nothing says what its numbers ({}) mean; \
             an event file with `time_s,label,side` can",
            named.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{RateSource, Side};
    use crate::units::{Hertz, Unit};

    fn channel(name: &str, samples: Vec<f64>) -> Channel {
        Channel {
            label: Label { kind: Kind::Other, ..Label::parse(name, "") },
            rate: Hertz::new(100.0).unwrap(),
            rate_source: RateSource::Header,
            uneven_clock: false,
            start_s: 10.0,
            unit: Unit::other(String::new()),
            rails: None,
            excluded: 0,
            samples,
        }
    }

    #[test]
    fn codes_of_events_are_asked_for() {
        let codes = |name: &str, values: [f64; 2]| {
            let mut column = channel(name, vec![f64::NAN; 500]);
            (column.samples[50], column.samples[110]) = (values[0], values[1]);
            pulses(&[column], &[]).findings
        };
        assert!(codes("Event", [2.0, 1.0])[0].contains("its numbers (1, 2) mean"));
        assert!(codes("Knee angle", [2.0, 1.0]).is_empty());
        assert!(codes("Event", [0.0, f64::NAN]).is_empty());
    }

    #[test]
    fn pulses_with_the_name_of_an_event_are_events() {
        let mut samples = vec![0.0; 500];
        [50, 51, 160, 270].iter().for_each(|&k| samples[k] = 1.0);
        let pulse = |name: &str| channel(name, samples.clone());
        let found = pulses(&[pulse("RHS"), pulse("EMG 3")], &[]);
        let times: Vec<f64> = found.events.iter().map(|event| event.time_s).collect();
        assert_eq!(
            (times, found.events[0].leg()),
            (vec![10.5, 11.6, 12.7], Some(Side::Right))
        );
        assert!(pulses(&[pulse("Sync out")], &[]).events.is_empty());
        assert_eq!(
            pulses(&[pulse("Sync out")], &["sync-out".to_owned()]).events.len(),
            3
        );
    }
}
