//! What stands out among the recordings of a study: what is missing, and what differs from
//! its sisters.

use std::collections::{BTreeMap, BTreeSet};

use super::{SurveyStatus, SurveyedChannel, SurveyedRecording, SurveyedSession};
use crate::dsp::stats::median;
use crate::session::findings::Role;
use crate::session::task::{is_person, key};
use crate::signal::{Muscle, Side};
use crate::words::spoken;

/// A task is missed where this share of at least so many sessions have it.
const MOST: f64 = 0.5;
const SESSIONS: usize = 3;
/// So many recordings of a task show how long it is.
const SISTERS: usize = 3;
/// A recording shorter than this share of the usual length is odd.
const SHORT: f64 = 1.0 / 3.0;
/// So many copies of a file are named.
const NAMED: usize = 3;
/// So many times larger or smaller is another unit.
const OTHER_UNIT: f64 = 300.0;

/// Says of every session what it lacks, and of every recording what is odd; the latter
/// once more as lines.
pub(super) fn tell(sessions: &mut [SurveyedSession]) -> Vec<String> {
    missing(sessions);
    let other_units = other_units(sessions);
    for ((at, place), note) in &other_units {
        sessions[*at].recordings[*place].other_unit = Some(note.clone());
    }
    let notes = [
        short(sessions),
        other_units,
        other_muscles(sessions),
        near_names(sessions),
        near_visits(sessions),
        copies(sessions),
        twins(sessions),
        of_others(sessions),
        without_reference(sessions),
    ];
    let mut notes: Notes = notes.into_iter().flatten().collect();
    notes.sort_by_key(|(place, _)| *place);
    let mut lines = Vec::with_capacity(notes.len());
    for (place, note) in notes {
        let name = sessions[place.0].name();
        let recording = &mut sessions[place.0].recordings[place.1];
        lines.push(format!("{name}, {}: {note}", recording.file));
        recording.reasons.push(note);
    }
    lines
}

/// A recording: its session and its place there.
type Place = (usize, usize);
type Notes = Vec<(Place, String)>;

fn all(
    sessions: &[SurveyedSession],
) -> impl Iterator<Item = (Place, &SurveyedRecording)> {
    sessions.iter().enumerate().flat_map(|(at, session)| {
        let recordings = session.recordings.iter().enumerate();
        recordings.map(move |(place, recording)| ((at, place), recording))
    })
}

fn ready(
    sessions: &[SurveyedSession],
) -> impl Iterator<Item = (Place, &SurveyedRecording)> {
    all(sessions).filter(|(_, recording)| recording.is_ready())
}

/// The name under which recordings are expected: the role, where it is one, else the task.
fn kind(recording: &SurveyedRecording) -> &str {
    match recording.role {
        Role::Task | Role::Ignore => &recording.task,
        role => role.key(),
    }
}

fn missing(sessions: &mut [SurveyedSession]) {
    let mut of_kind: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    // Notes are no recordings, and what cannot be read is there.
    for ((at, _), recording) in
        all(sessions).filter(|(_, one)| one.status != SurveyStatus::LeftOut)
    {
        of_kind.entry(kind(recording).to_owned()).or_default().insert(at);
    }
    let held: BTreeSet<usize> = of_kind.values().flatten().copied().collect();
    if held.len() < SESSIONS {
        return;
    }
    for (kind, there) in of_kind {
        if there.len() as f64 > MOST * held.len() as f64 {
            let lacking = held.difference(&there);
            lacking.for_each(|at| sessions[*at].missing.push(kind.clone()));
        }
    }
}

/// Recordings much shorter than others of their task.
fn short(sessions: &[SurveyedSession]) -> Notes {
    let mut lengths: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (_, recording) in ready(sessions) {
        lengths.entry(kind(recording)).or_default().extend(recording.duration_s);
    }
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let of_task = lengths.get(kind(recording)).filter(|of| of.len() >= SISTERS)?;
        let (usual, seconds) = (median(of_task)?, recording.duration_s?);
        (seconds < SHORT * usual).then(|| {
            let task = kind(recording);
            (
                place,
                format!("only {seconds:.1} s long; the usual {task} has {usual:.1} s"),
            )
        })
    };
    ready(sessions).filter_map(note).collect()
}

/// What a channel is, for comparison with those of other recordings: muscle and side, or
/// the name where they are not known, and the unit.
type Measured<'a> = (Option<Muscle>, Option<Side>, &'a str, &'a str);

fn measured(channel: &SurveyedChannel) -> Measured<'_> {
    let name = if channel.muscle.is_some() { "" } else { channel.name.as_str() };
    (channel.muscle, channel.side, name, channel.unit.symbol())
}

/// Channels a thousand times larger or smaller than the same muscle elsewhere.
fn other_units(sessions: &[SurveyedSession]) -> Notes {
    let mut levels: BTreeMap<Measured<'_>, Vec<f64>> = BTreeMap::new();
    for channel in ready(sessions).flat_map(|(_, recording)| &recording.channels) {
        let level = channel.amplitude.filter(|level| *level > 0.0);
        levels.entry(measured(channel)).or_default().extend(level);
    }
    let times = |channel: &SurveyedChannel| {
        let others = levels.get(&measured(channel)).filter(|of| of.len() >= SISTERS)?;
        let times = channel.amplitude? / median(others)?;
        let is_odd = times > OTHER_UNIT || times > 0.0 && times * OTHER_UNIT < 1.0;
        is_odd.then_some(times)
    };
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let odd =
            |channel: &SurveyedChannel| Some((channel.name.clone(), times(channel)?));
        let odd: Vec<(String, f64)> = recording.channels.iter().filter_map(odd).collect();
        let (_, first) = odd.first()?;
        let names: Vec<&str> = odd.iter().map(|(name, _)| name.as_str()).collect();
        let gain = libm::pow(10.0, libm::round(libm::log10(*first)));
        Some((
            place,
            format!(
                "{}: {} times as large as in the other recordings: another unit? if so, say \
                 gain = {gain} under [recordings.\"{}\"] in a study.toml beside it",
                names.join(", "),
                spoken(*first),
                recording.file
            ),
        ))
    };
    ready(sessions).filter_map(note).collect()
}

/// A muscle and its side.
type Sided = (Muscle, Option<Side>);

/// Recordings that lack muscles which most of their task have.
fn other_muscles(sessions: &[SurveyedSession]) -> Notes {
    let mut counts: BTreeMap<&str, (usize, BTreeMap<Sided, usize>)> = BTreeMap::new();
    for (_, recording) in ready(sessions) {
        let (recordings, muscles) = counts.entry(kind(recording)).or_default();
        *recordings += 1;
        for muscle in muscles_of(recording) {
            *muscles.entry(muscle).or_default() += 1;
        }
    }
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let (recordings, muscles) = counts.get(kind(recording))?;
        let own = muscles_of(recording);
        let usual = |count: usize| {
            *recordings >= SISTERS && count as f64 > MOST * *recordings as f64
        };
        let lacking: Vec<String> = muscles
            .iter()
            .filter(|(muscle, count)| usual(**count) && !own.contains(*muscle))
            .map(|((muscle, side), _)| named(*muscle, *side))
            .collect();
        (!lacking.is_empty()).then(|| {
            (place, format!("without {}, which others have", lacking.join(", ")))
        })
    };
    ready(sessions).filter_map(note).collect()
}

fn muscles_of(recording: &SurveyedRecording) -> BTreeSet<(Muscle, Option<Side>)> {
    let known = |channel: &SurveyedChannel| Some((channel.muscle?, channel.side));
    recording.channels.iter().filter_map(known).collect()
}

fn named(muscle: Muscle, side: Option<Side>) -> String {
    let side = side.map_or(String::new(), |side| format!(" {}", side.word()));
    format!("{}{side}", muscle.name())
}

/// Tasks whose names are those of much more frequent ones but for a letter.
fn near_names(sessions: &[SurveyedSession]) -> Notes {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, recording) in all(sessions).filter(|(_, one)| one.role == Role::Task) {
        *counts.entry(&recording.task).or_default() += 1;
    }
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let own = *counts.get(recording.task.as_str())?;
        let near = counts.iter().find(|(task, count)| {
            **count >= SISTERS.max(3 * own) && is_nearly(task, &recording.task)
        });
        near.map(|(task, _)| {
            (
                place,
                format!(
                    "its task \"{}\" is \"{task}\" but for a letter or sign: if it is the same, \
                     say task = \"{task}\" in study.toml",
                    recording.task
                ),
            )
        })
    };
    all(sessions).filter(|(_, one)| one.role == Role::Task).filter_map(note).collect()
}

/// Visits whose names are those of more frequent ones but for a letter.
fn near_visits(sessions: &[SurveyedSession]) -> Notes {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for session in sessions {
        *counts.entry(&session.session).or_default() += 1;
    }
    let note = |(at, session): (usize, &SurveyedSession)| {
        let own = *counts.get(session.session.as_str())?;
        let mut near = counts.iter().filter(|(visit, count)| {
            **count >= 2 * own && is_a_letter_apart(visit, &session.session)
        });
        let (visit, _) = near.next().filter(|_| !session.recordings.is_empty())?;
        let said = format!(
            "its visit \"{}\" is \"{visit}\" but for a letter: one visit or two?",
            session.session
        );
        Some(((at, 0), said))
    };
    sessions.iter().enumerate().filter_map(note).collect()
}

/// Whether two names are one but for a letter or for signs between letters.
fn is_nearly(one: &str, other: &str) -> bool {
    is_a_letter_apart(one, other) || one != other && key(one) == key(other)
}

/// Whether two words differ in one letter: another, one more, or two exchanged.
fn is_a_letter_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) =
        (one.chars().collect(), other.chars().collect());
    if one == other
        || one.len().abs_diff(other.len()) > 1
        || one.len().min(other.len()) < 3
    {
        return false;
    }
    let head = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let tail =
        one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let rest = |word: &[char]| word.len().saturating_sub(head + tail);
    let exchanged = one.len() == other.len()
        && head + 2 + tail >= one.len()
        && one.get(head) == other.get(head + 1)
        && one.get(head + 1) == other.get(head);
    let is_digit = |word: &[char]| word.get(head).is_some_and(char::is_ascii_digit);
    exchanged || rest(&one).max(rest(&other)) <= 1 && !is_digit(&one) && !is_digit(&other)
}

/// Files with the same bytes.
fn copies(sessions: &[SurveyedSession]) -> Notes {
    let mut places: BTreeMap<&str, Vec<(Place, &SurveyedRecording)>> = BTreeMap::new();
    for (place, recording) in ready(sessions) {
        places.entry(&recording.blake3).or_default().push((place, recording));
    }
    let mut notes = Vec::new();
    for same in places.into_values().filter(|same| same.len() > 1) {
        for (place, _) in &same {
            let others = same.iter().filter(|(other, _)| other != place).take(NAMED);
            let named: Vec<String> = others
                .map(|(_, one)| {
                    format!("{} of {} {}", one.file, one.subject, one.session)
                })
                .collect();
            let more = match same.len() - 1 - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let named = named.join(", ");
            notes.push((*place, format!("a copy: the same bytes as {named}{more}")));
        }
    }
    notes
}

/// Two channels of one muscle and side.
fn twins(sessions: &[SurveyedSession]) -> Notes {
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let mut seen: BTreeMap<(Muscle, Option<Side>), Vec<&str>> = BTreeMap::new();
        for channel in &recording.channels {
            if let Some(muscle) = channel.muscle {
                seen.entry((muscle, channel.side)).or_default().push(&channel.name);
            }
        }
        let ((muscle, side), names) =
            seen.into_iter().find(|(_, names)| names.len() > 1)?;
        let what = named(muscle, side);
        Some((
            place,
            format!(
                "{} are both {what}: say muscle and side under [channels] in study.toml",
                names.join(" and ")
            ),
        ))
    };
    ready(sessions).filter_map(note).collect()
}

/// Recordings that lie with one person and whose name begins with the code of another.
fn of_others(sessions: &[SurveyedSession]) -> Notes {
    let people: BTreeMap<String, &str> = sessions
        .iter()
        .filter(|session| is_person(&session.subject))
        .map(|session| (key(&session.subject), session.subject.as_str()))
        .collect();
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let name = recording.file.rsplit('/').next().unwrap_or_default();
        let code =
            name.split(['_', '-', ' ', '.']).next().filter(|code| is_person(code))?;
        let other =
            people.get(&key(code)).filter(|_| key(code) != key(&recording.subject))?;
        let own = &recording.subject;
        Some((
            place,
            format!("its name is one of {other}, and it lies with {own}: whose is it?"),
        ))
    };
    all(sessions).filter_map(note).collect()
}

/// Tasks without a reference, where another session of the person has one.
fn without_reference<'a>(sessions: &'a [SurveyedSession]) -> Notes {
    let of_session = |session: &'a SurveyedSession| {
        let reference = session.references.first()?;
        Some((session.subject.as_str(), (session.session.as_str(), reference.as_str())))
    };
    // The first session of a person that has one counts.
    let with: BTreeMap<&str, (&str, &str)> =
        sessions.iter().rev().filter_map(of_session).collect();
    let note = |(place, recording): (Place, &SurveyedRecording)| {
        let session: &SurveyedSession = &sessions[place.0];
        let is_first = session.recordings.iter().position(|one| one.role == Role::Task);
        if !session.references.is_empty() || is_first != Some(place.1) {
            return None;
        }
        let (visit, file) = with.get(recording.subject.as_str())?;
        Some((
            place,
            format!(
                "this session has no trial of maximal contraction; {file} of {visit} is one of \
                 the same person: if it is the reference of this session too, put a copy here"
            ),
        ))
    };
    ready(sessions).filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_letter_apart() {
        for (one, other) in
            [("hold", "hodl"), ("hold", "holde"), ("raise", "rise"), ("walk", "wolk")]
        {
            assert!(
                is_a_letter_apart(one, other) && is_a_letter_apart(other, one),
                "{one}"
            );
        }
        for (one, other) in
            [("hold", "hold"), ("hold", "walk"), ("hold30", "hold60"), ("a", "b")]
        {
            assert!(!is_a_letter_apart(one, other), "{one} {other}");
        }
    }
}
