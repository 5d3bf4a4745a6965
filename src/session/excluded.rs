//! What was left out of a session, and by whom.

use super::findings::{RecordingFindings, Status};
use super::manifest::{RecordingInput, SessionInput};
use super::provenance::{Excluded, ExcludedBy, Provenance, SetBy};
use crate::outcome::Verdict;
use crate::recipe::Recipe;
use crate::units::Hertz;

impl Provenance {
    pub(super) fn of(
        input: &SessionInput,
        recordings: &[RecordingFindings],
        (recipe, rate_hz): (&Recipe, Option<Hertz>),
    ) -> Self {
        let differences = recipe.differences().into_iter();
        Self {
            differences: differences.map(|one| (one, SetBy::Recipe)).collect(),
            rate_hz,
            excluded: excluded(input, recordings),
        }
    }
}

fn excluded(input: &SessionInput, recordings: &[RecordingFindings]) -> Vec<Excluded> {
    let mut all: Vec<Excluded> = input.ignored.iter().map(|file| ignored(file)).collect();
    all.extend(input.recordings.iter().flat_map(by_study));
    for channel in input.recordings.iter().flat_map(channels) {
        if !all.contains(&channel) {
            all.push(channel);
        }
    }
    all.extend(recordings.iter().flat_map(unread));
    all.extend(recordings.iter().filter_map(bad_channels));
    all
}

fn study(what: String, why: &str) -> Excluded {
    Excluded { what, by: ExcludedBy::Study, why: why.to_owned() }
}

fn ignored(file: &str) -> Excluded {
    study(file.to_owned(), "role = \"ignore\"")
}

/// The stretches that the study leaves out.
fn by_study(recording: &RecordingInput) -> Vec<Excluded> {
    let (file, entry) = (&recording.file, &recording.entry);
    let from =
        entry.from_s.map(|from| study(format!("{file} before {from} s"), "from_s"));
    let to = entry.to_s.map(|to| study(format!("{file} after {to} s"), "to_s"));
    let stretch =
        |[from, to]: &[f64; 2]| study(format!("{file} from {from} to {to} s"), "exclude");
    let stretches = entry.exclude.iter().map(stretch);
    from.into_iter().chain(to).chain(stretches).collect()
}

/// The channels that the study leaves out, wherever they are.
fn channels(recording: &RecordingInput) -> Vec<Excluded> {
    let ignored = recording.channels.iter().filter(|(_, entry)| entry.ignore);
    ignored
        .map(|(name, _)| study(format!("channel \"{name}\""), "ignore = true"))
        .collect()
}

/// Files and events that could not be read.
fn unread(recording: &RecordingFindings) -> Vec<Excluded> {
    let reading = |what: String, why: &str| Excluded {
        what,
        by: ExcludedBy::Reading,
        why: why.lines().next().unwrap_or_default().to_owned(),
    };
    let file = || recording.file.clone();
    let whole = match &recording.status {
        Status::Done => None,
        Status::Skipped(reason) => Some(reading(file(), reason)),
        Status::Failed(failure) => Some(reading(file(), &failure.message)),
    };
    let events = recording.events_left_out.iter();
    let events = events.map(|why| reading(format!("events of {}", recording.file), why));
    whole.into_iter().chain(events).collect()
}

/// The channels of a recording that the checks call bad, together: there may be many.
fn bad_channels(recording: &RecordingFindings) -> Option<Excluded> {
    let bad = recording.channels.iter().filter(|one| one.verdict == Some(Verdict::Bad));
    let bad: Vec<_> = bad.collect();
    let why = match bad[..] {
        [] => return None,
        [only] => only.reasons.join("; "),
        _ => format!("{} channels, each with its reasons", bad.len()),
    };
    let names: Vec<&str> = bad.iter().map(|channel| channel.name.as_str()).collect();
    let what = format!("{} in {}", names.join(", "), recording.file);
    Some(Excluded { what, by: ExcludedBy::Quality, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::findings::{ChannelFindings, Role};
    use crate::signal::Channel;
    use crate::units::Unit;

    #[test]
    fn bad_channels_of_a_recording_stand_together() {
        let rate = Hertz::new(1000.0).unwrap();
        let channel = |name: &str, verdict: Verdict| {
            let channel = Channel::new(name, Unit::VOLT, rate, vec![0.0]);
            let reasons = vec![format!("{name} is flat")];
            let verdict = Some(verdict);
            ChannelFindings { verdict, reasons, ..ChannelFindings::describe(&channel) }
        };
        let [bad, check] = [Verdict::Bad, Verdict::Check];
        let said = |channels: Vec<ChannelFindings>| {
            let nothing = RecordingFindings::nothing_yet("a", "a.csv", Role::Task);
            bad_channels(&RecordingFindings { channels, ..nothing })
                .map(|one| format!("{}: {}", one.what, one.why))
        };
        assert_eq!(said(vec![channel("A", check)]), None);
        let one = said(vec![channel("A", check), channel("B", bad)]);
        assert_eq!(one.as_deref(), Some("B in a.csv: B is flat"));
        let two = said(vec![channel("A", bad), channel("B", bad)]);
        let expected = "A, B in a.csv: 2 channels, each with its reasons";
        assert_eq!(two.as_deref(), Some(expected));
    }
}
