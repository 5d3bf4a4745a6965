//! Events told by channels of the recording itself: pulses with the name of an event, and
//! columns of codes.

use super::contacts::{Contacts, Load, SWITCH_SHARE};
use crate::signal::{Channel, Event, Kind};

/// The pulses of channels that are called like an event (`Heel strike R`, `RHS`) or like
/// one of `labels`: an event at each rise over half of the range.
pub(super) fn pulses(channels: &[Channel], labels: &[&str]) -> Contacts {
    let mut found = Contacts::default();
    for channel in channels.iter().filter(|channel| channel.label.kind == Kind::Other) {
        let name = &channel.label.name;
        let event =
            |time_s: f64| Event { time_s, label: name.clone(), side: channel.label.side };
        let is_named = event(0.0).mark().is_some()
            || labels.iter().any(|label| event(0.0).is_labelled(label));
        found.findings.extend(codes(channel).filter(|_| !is_named));
        let Some(load) = Load::of(channel, 0.0).filter(|_| is_named) else {
            continue;
        };
        let rises = load.above(
            &channel.samples,
            SWITCH_SHARE * load.range,
            SWITCH_SHARE / 2.0 * load.range,
        );
        // What is high from the first sample on did not rise there.
        let rises: Vec<f64> = rises
            .iter()
            .filter(|(from, _)| *from > 0)
            .map(|(from, _)| channel.time_s(*from))
            .collect();
        found.findings.push(format!("{name}: {} rises, taken for events", rises.len()));
        found.events.extend(rises.into_iter().map(event));
    }
    found
}

/// The most codes that a column of events has.
const MOST_CODES: usize = 8;

/// What is to be said of a column of numbers that is called one of events, and most often
/// blank or 0: which number means what is not known.
fn codes(channel: &Channel) -> Option<String> {
    let name = &channel.label.name;
    let is_one =
        |word: &str| ["event", "events", "marker", "markers", "ereignis"].contains(&word);
    name.to_lowercase()
        .split(|symbol: char| !symbol.is_alphanumeric())
        .find(|word| is_one(word))?;
    let mut set: Vec<f64> = channel
        .samples
        .iter()
        .copied()
        .filter(|code| code.is_finite() && *code != 0.0)
        .collect();
    let rare = !set.is_empty() && 2 * set.len() < channel.samples.len();
    set.sort_by(f64::total_cmp);
    set.dedup();
    let named: Vec<String> = set.iter().map(f64::to_string).collect();
    (rare && named.len() <= MOST_CODES).then(|| {
        format!(
            "{name}: looks like a column of events, but nothing says what its numbers ({}) mean; an event file with \
             `time_s,label,side` can",
            named.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Label, RateSource, Side};
    use crate::units::{Hertz, Unit};

    fn channel(name: &str, samples: Vec<f64>) -> Channel {
        Channel {
            label: Label { kind: Kind::Other, ..Label::parse(name, "") },
            rate: Hertz::new(100.0).unwrap(),
            rate_source: RateSource::Header,
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
        assert_eq!(pulses(&[pulse("Sync out")], &["sync-out"]).events.len(), 3);
    }
}
