//! In what a session differs from what is usual: the recipe, the rate that was told, and
//! what was left out, by whom.

use serde::{Deserialize, Serialize};

use super::findings::{RecordingFindings, Status};
use super::manifest::{RecordingInput, SessionInput};
use crate::outcome::Verdict;
use crate::recipe::{Recipe, RecipeDifference};
use crate::units::Hertz;

/// What a session was done with beside the standard recipe, and without.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The keys of the recipe that have another value than the standard one, and who set
    /// them.
    pub differences: Vec<(RecipeDifference, SetBy)>,
    /// The sampling rate that was told for files that do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<Hertz>,
    /// What was left out.
    pub excluded: Vec<Excluded>,
}

/// Who set a key of the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// The recipe that was named.
    Recipe,
    /// The command line: `--set`.
    Command,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// What.
    pub what: String,
    /// By whom.
    pub by: ExcludedBy,
    /// Why, or by which key.
    pub why: String,
}

/// Who left something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExcludedBy {
    /// `study.toml`.
    Study,
    /// The program, which could not read it.
    Reading,
    /// The checks of quality: a channel called bad, whose numbers are shown and doubted.
    Quality,
}

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

    /// The same where these `PATH=VALUE` settings came from the command line.
    #[must_use]
    pub fn with_settings(mut self, settings: &[String]) -> Self {
        for (difference, by) in &mut self.differences {
            let leads_there = |setting: &String| {
                let path = setting.split('=').next().unwrap_or_default();
                let path = path.replace('[', ".").replace(']', "");
                is_within(path.trim(), &difference.key)
                    || is_within(&difference.key, path.trim())
            };
            if settings.iter().any(leads_there) {
                *by = SetBy::Command;
            }
        }
        self
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a path is another one, or leads into it.
fn is_within(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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

    fn origins(settings: &[&str]) -> Vec<(String, SetBy)> {
        let text = "[normalisation]\nreference = \"peak\"\n";
        let settings: Vec<String> = settings.iter().map(|&one| one.to_owned()).collect();
        let recipe = Recipe::from_toml(text, &settings).unwrap();
        let differences = recipe.differences().into_iter();
        let differences = differences.map(|one| (one, SetBy::Recipe)).collect();
        let provenance = Provenance { differences, ..Provenance::default() };
        let all = provenance.with_settings(&settings).differences.into_iter();
        all.map(|(one, by)| (one.key, by)).collect()
    }

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

    #[test]
    fn a_difference_says_who_set_it() {
        let [recipe, command] = [SetBy::Recipe, SetBy::Command];
        let peak = ("normalisation.reference".to_owned(), recipe);
        assert_eq!(origins(&[]), std::slice::from_ref(&peak));
        let low = ("conditioning.1.band-pass.low_hz".to_owned(), command);
        let settings = ["conditioning[1].band-pass.low_hz = 10"];
        assert_eq!(origins(&settings), [low, peak.clone()]);
        let envelope = ("envelope".to_owned(), command);
        let settings = ["envelope.moving-rms.window_s=0.2"];
        assert_eq!(origins(&settings), [envelope, peak]);
        // A name that only begins alike is another key.
        assert!(!is_within("envelope_more", "envelope") && is_within("a.b", "a"));
    }
}
