//! Verdicts of channels, and what is said of one that could not be processed.

use std::collections::HashMap;

use super::findings::{ChannelFindings, RecordingFindings};
use crate::analysis::amplitude::{ARV, ENVELOPE_MEAN, ENVELOPE_PEAK, RMS};
use crate::analysis::quality::VERDICT;
use crate::error::Error;
use crate::outcome::fact::Fact;
use crate::outcome::{Measure, Outcome, Verdict};
use crate::signal::Label;

/// Copies the verdicts of the quality analysis to the channels.
pub(super) fn take_verdicts(findings: &mut RecordingFindings) {
    let RecordingFindings { channels, outcomes, .. } = findings;
    let names = channels.iter().map(|channel| channel.name.clone()).enumerate();
    // The first channel of a name counts.
    let places: HashMap<String, usize> =
        names.rev().map(|(at, name)| (name, at)).collect();
    let measures = outcomes.iter().flat_map(|outcome| &outcome.measures);
    for measure in measures.filter(|measure| measure.name == VERDICT.name) {
        let place = measure.channel.as_ref().and_then(|name| places.get(name));
        let Some(channel) = place.and_then(|&at| channels.get_mut(at)) else { continue };
        channel.verdict = measure.verdict;
        channel.reasons = measure.note.iter().map(|note| note.to_string()).collect();
    }
}

/// A channel that could not be processed is bad, and says why.
pub(super) fn refuse(findings: &mut RecordingFindings, name: &str, error: &Error) {
    let RecordingFindings { channels, outcomes, .. } = findings;
    for channel in channels.iter_mut().filter(|channel| channel.name == name) {
        channel.verdict = Some(Verdict::Bad);
        channel.reasons = vec![error.message().to_owned()];
        miss_levels(outcomes, channel, error);
        add_verdict(outcomes, channel, error);
    }
}

/// The levels that every channel has are missing, with the reason.
fn miss_levels(outcomes: &mut [Outcome], channel: &ChannelFindings, error: &Error) {
    let levels = [RMS, ARV, ENVELOPE_MEAN, ENVELOPE_PEAK];
    let missing = levels.map(|fact| missing(&fact, channel, error));
    if let Some(amplitude) = find(outcomes, "amplitude") {
        amplitude.measures.extend(missing);
    }
}

fn add_verdict(outcomes: &mut Vec<Outcome>, channel: &ChannelFindings, error: &Error) {
    let missing = missing(&VERDICT, channel, error);
    let measure = Measure { verdict: channel.verdict, ..missing };
    match find(outcomes, "quality") {
        Some(quality) => quality.measures.push(measure),
        None => {
            outcomes.push(Outcome { measures: vec![measure], ..Outcome::new("quality") })
        }
    }
}

fn missing(fact: &Fact, channel: &ChannelFindings, error: &Error) -> Measure {
    Measure::new(fact, &label(channel), &channel.unit, f64::NAN)
        .noted(error.message().to_owned())
}

fn find<'a>(outcomes: &'a mut [Outcome], analysis: &str) -> Option<&'a mut Outcome> {
    outcomes.iter_mut().find(|outcome| outcome.analysis == analysis)
}

fn label(channel: &ChannelFindings) -> Label {
    Label {
        name: channel.name.clone(),
        muscle: channel.muscle,
        side: channel.side,
        kind: channel.kind,
    }
}
