//! What is to be said about the cycles of each leg, in words.

use super::super::Digest;
use super::strides::NO_EVENTS;
use super::testable::alternates;
use super::{CycleCourse, CycleOrigin, CycleState, Cycles, Strides};
use crate::dsp::stats::median;
use crate::outcome::Note;
use crate::signal::{Event, Mark, Side};
use crate::words::{capitalised, percent, spoken};

/// The median durations of both legs differ at most so many times.
const UNLIKE: f64 = 1.25;
/// Stance is some 60 % of a walking stride and 35 % of a running one.
const STANCE_PERCENT: (f64, f64) = (20.0, 85.0);
/// Few cycles say little about how a movement varies.
pub(super) const FEW: usize = 6;

/// What is to be said of the cycles of every leg.
pub(super) fn legs(
    settings: &Cycles,
    courses: &[(&Digest, &CycleCourse)],
    events: &[Event],
) -> Vec<Note> {
    let mut notes = Vec::new();
    for side in [Some(Side::Left), Some(Side::Right), None] {
        let of_leg: Vec<&CycleCourse> = courses
            .iter()
            .filter(|(channel, _)| channel.label.side == side)
            .map(|(_, course)| *course)
            .collect();
        // Channels of a leg share its cycles; what is left out differs from one to the
        // other.
        let Some(course) =
            of_leg.iter().find(|course| course.strides.is_ok()).or(of_leg.first())
        else {
            continue;
        };
        let leg = side
            .map_or(String::new(), |side| format!("{} leg: ", capitalised(side.word())));
        match &course.strides {
            Ok(strides) => {
                notes.extend(leg_notes(&leg, strides, &of_leg, contacts(events, side)))
            }
            Err(reason) if reason == NO_EVENTS => {
                let text = format!(
                    "{leg}no cycles: there are no events, and no muscle rises and falls regularly."
                );
                notes.push(Note::info(capitalised(&text)));
            }
            Err(reason) => notes.push(Note::info(capitalised(&closed(&format!(
                "{leg}no cycles, because {reason}"
            ))))),
        }
    }
    notes.extend(shared_events(settings, courses, events));
    notes.extend(unlike(courses));
    notes
}

fn contacts(events: &[Event], side: Option<Side>) -> usize {
    let mine = |event: &&Event| {
        event.mark() == Some(Mark::Touchdown)
            && (event.leg() == side || event.leg().is_none())
    };
    events.iter().filter(mine).count()
}

fn leg_notes(
    leg: &str,
    strides: &Strides,
    courses: &[&CycleCourse],
    touchdowns: usize,
) -> Vec<Note> {
    let mut notes = vec![Note::info(capitalised(&(told(leg, strides, courses) + ".")))];
    if matches!(strides.origin, CycleOrigin::Rhythm { .. }) {
        notes.push(of_rhythm(leg, strides, touchdowns));
    }
    if courses.iter().any(|course| alternates(course)) {
        notes.push(Note::caution(capitalised(&format!(
            "{leg}every other cycle is alike, and neighbours are not: do the events hold \
             the touchdowns of both feet? \
             Name the side of every event."
        ))));
    }
    let used = courses.iter().map(|course| course.used().count()).max();
    notes.extend(few(leg, used.unwrap_or(0)));
    notes
}

/// How many cycles a leg has, from what, and what was left out.
fn told(leg: &str, strides: &Strides, courses: &[&CycleCourse]) -> String {
    let usual = strides.strides.iter().filter(|stride| !stride.odd);
    let durations: Vec<f64> = usual.map(|stride| stride.duration_s()).collect();
    let count = strides.strides.len();
    let mut text = format!(
        "{leg}{} {}, median {} s",
        if count == 1 { "one cycle".to_owned() } else { format!("{count} cycles") },
        strides.origin.words(),
        spoken(median(&durations).unwrap_or(0.0))
    );

    if let Some(stance) = stance(strides) {
        text += &format!(", stance {} % of it", spoken(stance));
    }
    text += &left_out(courses);
    text += &clipped(courses);
    if strides.doubled > 0 {
        text += &format!(
            "; {} of the events, told twice within 0.15 s, were taken once",
            strides.doubled
        );
    }
    text
}

/// The median share of stance in per cent; `None` where no lift-off is known.
fn stance(strides: &Strides) -> Option<f64> {
    let stances: Vec<f64> =
        strides.strides.iter().filter_map(|stride| stride.stance_percent()).collect();
    median(&stances)
}

fn of_rhythm(leg: &str, strides: &Strides, touchdowns: usize) -> Note {
    let plate = match touchdowns {
        0 => String::new(),
        1 => " A single touchdown of this leg was recorded, which makes no cycle.".into(),
        many => format!(" {many} touchdowns of this leg were recorded and not used."),
    };
    Note::caution(capitalised(&format!(
        "{leg}the cycles follow the rhythm of the muscle, so that 0 % is its rise and \
         not a heel strike; timing \
         within the cycle is relative to it.{plate}{}",
        unused(strides, touchdowns)
    )))
}

/// A caution where too few cycles are used to tell how they vary.
fn few(leg: &str, count: usize) -> Option<Note> {
    let how_many = if count == 1 {
        "a single cycle says nothing about variation".into()
    } else {
        format!("{count} cycles only")
    };
    (1..FEW).contains(&count).then(|| {
        Note::caution(capitalised(&format!(
            "{leg}{how_many}. How much cycles vary is known from some {FEW} on, better from 20."
        )))
    })
}

/// A sentence with its end.
fn closed(text: &str) -> String {
    if text.ends_with('?') { text.to_owned() } else { format!("{text}.") }
}

/// Why events that are there were not used.
fn unused(strides: &Strides, touchdowns: usize) -> String {
    let reason = strides
        .instead_of
        .as_ref()
        .filter(|reason| touchdowns != 1 && *reason != NO_EVENTS);
    reason.map_or(String::new(), |reason| {
        closed(&format!(" Events were not used: {reason}"))
    })
}

/// How many cycles were left out, and why; of the channel that lost most where channels
/// differ.
fn left_out(courses: &[&CycleCourse]) -> String {
    let counts =
        [CycleState::Odd, CycleState::Outside, CycleState::Gap, CycleState::Clipped].map(
            |state| {
                let count = |course: &&CycleCourse| {
                    course.cycles.iter().filter(|cycle| cycle.state == state).count()
                };
                let counts: Vec<usize> = courses.iter().map(count).collect();
                (
                    state,
                    counts.iter().copied().min().unwrap_or(0),
                    counts.iter().copied().max().unwrap_or(0),
                )
            },
        );
    let part = |(state, least, most): (CycleState, usize, usize)| {
        let how_many = if least == most {
            most.to_string()
        } else {
            format!("up to {most}, differing between channels,")
        };
        (most > 0).then(|| {
            format!("{how_many} because {}", state.reason_of(most).unwrap_or_default())
        })
    };
    let parts: Vec<String> = counts.into_iter().filter_map(part).collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("; left out: {}", parts.join(", "))
    }
}

/// How many cycles are used although a few of their samples are clipped; of the channel
/// that has most of them.
fn clipped(courses: &[&CycleCourse]) -> String {
    let shares = |course: &&CycleCourse| -> Vec<f64> {
        let shares = course.used().map(|cycle| cycle.clipped_share);
        shares.filter(|share| *share > 0.0).collect()
    };
    let Some(most) = courses.iter().map(shares).max_by_key(Vec::len) else {
        return String::new();
    };
    let largest = most.iter().copied().fold(0.0, f64::max);
    if most.is_empty() {
        return String::new();
    }
    let (count, largest) = (most.len(), percent(largest));
    format!(
        "; {count} of the used ones of a channel with clipped samples, at most {largest} %"
    )
}

/// Legs whose cycles last differently long, or whose stance is no share of a step: an
/// event is missing, told twice or given to the wrong leg, or a threshold does not fit.
fn unlike(courses: &[(&Digest, &CycleCourse)]) -> Vec<Note> {
    let of_leg = |side: Option<Side>| {
        let mut courses =
            courses.iter().filter(|(channel, _)| channel.label.side == side);
        courses.find_map(|(_, course)| course.strides.as_ref().ok())
    };
    let legs = [Some(Side::Left), Some(Side::Right), None];
    let stances = legs.into_iter().filter_map(|side| no_share(side, of_leg(side)?));

    let durations = unlike_durations(of_leg(legs[0]), of_leg(legs[1]));
    durations.into_iter().chain(stances).collect()
}

fn unlike_durations(left: Option<&Strides>, right: Option<&Strides>) -> Option<Note> {
    let duration = |strides: &Strides| {
        let durations = strides.strides.iter().map(|stride| stride.duration_s());
        median(&durations.collect::<Vec<f64>>())
    };
    let (left, right) = (duration(left?)?, duration(right?)?);

    (left.max(right) > UNLIKE * left.min(right)).then(|| {
        Note::caution(format!(
            "The cycles of the left leg last {} s, those of the right leg {} s: is an \
             event missing, doubled or given to \
             the other leg?",
            spoken(left),
            spoken(right)
        ))
    })
}

/// A caution where the stance of a leg is no share of a step.
fn no_share(side: Option<Side>, strides: &Strides) -> Option<Note> {
    let stance = stance(strides)
        .filter(|stance| !(STANCE_PERCENT.0..=STANCE_PERCENT.1).contains(stance))?;
    let leg =
        side.map_or(String::new(), |side| format!("{} leg: ", capitalised(side.word())));
    Some(Note::caution(capitalised(&format!(
        "{leg}stance is {} % of the cycle, which is no share of a step: compare events \
         and thresholds \
         (contacts.on, contacts.off) with the recording.",
        spoken(stance)
    ))))
}

/// Events without a side begin the cycles of both legs.
fn shared_events(
    settings: &Cycles,
    courses: &[(&Digest, &CycleCourse)],
    events: &[Event],
) -> Option<Note> {
    let has = |side: Side| {
        let from_events = |course: &CycleCourse| {
            course
                .strides
                .as_ref()
                .is_ok_and(|strides| matches!(strides.origin, CycleOrigin::Events(_)))
        };
        courses.iter().any(|(channel, course)| {
            channel.label.side == Some(side) && from_events(course)
        })
    };
    let mut starts = events.iter().filter(|event| settings.begins(event)).peekable();
    let unsided = starts.peek().is_some() && starts.all(|event| event.leg().is_none());
    (has(Side::Left) && has(Side::Right) && unsided).then(|| {
        Note::caution(
            "The events name no side, so that the cycles of both legs begin at the same \
             times. That is right for \
             movements that both legs make together; in walking, name the side of every event.",
        )
    })
}
