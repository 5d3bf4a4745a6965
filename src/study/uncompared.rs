//! Who takes no part in the comparison of visits, and why: nobody is left out in silence.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::is_compared;
use super::{MeasureRow, VisitComparison, visit_order};
use crate::session::{
    Role, SurveyStatus, SurveyedChannel, SurveyedRecording, SurveyedSession,
};
use crate::signal::{Muscle, Side};

/// The words before every reason.
const NOT_COMPARED: &str = "not compared: ";

/// What a channel has in common with that of another visit: muscle and side, else its
/// name.
type Identity<'a> = (Option<(Muscle, Side)>, &'a str);

/// One row for each person, task or channel that another visit lacks, that could not be
/// read there, or of which no measure has an interval in both; none in a study in which
/// nobody has two visits.
pub fn uncompared(
    sessions: &[SurveyedSession],
    rows: &[&MeasureRow],
    compared: &[VisitComparison],
) -> Vec<VisitComparison> {
    let mut people: BTreeMap<&str, Vec<&SurveyedSession>> = BTreeMap::new();
    for session in sessions.iter().filter(|one| tasks(one).next().is_some()) {
        people.entry(&session.subject).or_default().push(session);
    }
    if people.values().all(|visits| visits.len() < 2) {
        return Vec::new();
    }
    let reasons = Reasons::new(rows, compared);
    let mut found = Vec::new();
    for (subject, mut visits) in people {
        visits.sort_by_cached_key(|visit| visit_order(&visit.session));
        match visits[..] {
            [visit] => {
                let reason = format!("{} is the only visit", visit.session);
                found.push(row((subject, ""), ["", &visit.session], &reason));
            }
            _ => found.extend(reasons.of_person(subject, &visits)),
        }
    }
    found
}

fn tasks(session: &SurveyedSession) -> impl Iterator<Item = &SurveyedRecording> {
    session
        .recordings
        .iter()
        .filter(|one| one.role == Role::Task && one.status != SurveyStatus::LeftOut)
}

/// What is known of comparisons, looked up by person, task and visit.
struct Reasons<'a> {
    compared: BTreeSet<[&'a str; 3]>,
    /// Why a measure that is compared has no value or no interval.
    notes: BTreeMap<[&'a str; 3], &'a str>,
}

impl<'a> Reasons<'a> {
    fn new(rows: &[&'a MeasureRow], compared: &'a [VisitComparison]) -> Self {
        let key = |one: &'a VisitComparison| [&*one.subject, &*one.task, &*one.session];
        let without = rows.iter().filter(|row| {
            is_compared(&row.measure) && (row.value.is_none() || row.ci_low.is_none())
        });
        let note = |row: &&'a MeasureRow| {
            let key = [&*row.subject, &*row.task, &*row.session];
            Some((key, row.note.as_deref()?))
        };
        Self {
            compared: compared.iter().map(key).collect(),
            notes: without.filter_map(note).collect(),
        }
    }

    fn of_person(
        &self,
        subject: &'a str,
        visits: &[&'a SurveyedSession],
    ) -> Vec<VisitComparison> {
        let names: BTreeSet<&str> =
            visits.iter().flat_map(|visit| tasks(visit)).map(|one| &*one.task).collect();
        let of_task = |task: &'a str| {
            // The visits beside the first in which the task could be read.
            let first = visits.iter().find(|visit| is_read(visit, task));
            let others = first.into_iter().flat_map(move |first| {
                let others =
                    visits.iter().filter(move |visit| visit.session != first.session);
                others
                    .flat_map(move |visit| self.of_visit((subject, task), [first, visit]))
            });
            others.collect::<Vec<_>>()
        };
        names.into_iter().flat_map(of_task).collect()
    }

    fn of_visit(
        &self,
        (subject, task): (&'a str, &'a str),
        [first, visit]: [&'a SurveyedSession; 2],
    ) -> Vec<VisitComparison> {
        let (before, now) = (first.session.as_str(), visit.session.as_str());
        let row = |reason: &str| row((subject, task), [before, now], reason);
        if !is_read(visit, task) {
            let reason = match of(visit, task).next() {
                Some(failed) => format!("{} could not be read", failed.file),
                None => format!("{now} has no recording of {task}"),
            };
            return vec![row(&reason)];
        }
        let (there, here) = (channels(first, task), channels(visit, task));
        let lacks = |visit: &str, channel: &Identity<'_>| {
            let reason = format!("{visit} has no {}", words(*channel));
            of_channel(row(&reason), *channel)
        };
        let gone = there.difference(&here).map(|channel| lacks(now, channel));
        let new = here.difference(&there).map(|channel| lacks(before, channel));
        let mut found: Vec<VisitComparison> = gone.chain(new).collect();
        if !self.compared.contains(&[subject, task, now]) {
            let note = |visit: &'a str| self.notes.get(&[subject, task, visit]).copied();
            let reason = note(now).or_else(|| note(before));
            found
                .push(row(reason.unwrap_or("no measure has an interval in both visits")));
        }
        found
    }
}

fn is_read(visit: &SurveyedSession, task: &str) -> bool {
    of(visit, task).any(SurveyedRecording::is_ready)
}

fn of<'a>(
    visit: &'a SurveyedSession,
    task: &'a str,
) -> impl Iterator<Item = &'a SurveyedRecording> {
    tasks(visit).filter(move |one| one.task == task)
}

fn channels<'a>(visit: &'a SurveyedSession, task: &'a str) -> BTreeSet<Identity<'a>> {
    of(visit, task).flat_map(|one| &one.channels).map(identity).collect()
}

fn identity(channel: &SurveyedChannel) -> Identity<'_> {
    let known = channel.muscle.zip(channel.side);
    (known, if known.is_some() { "" } else { &channel.name })
}

fn words((known, name): Identity<'_>) -> String {
    match known {
        Some((muscle, side)) => format!("{} {}", muscle.name(), side.word()),
        None => name.to_owned(),
    }
}

fn of_channel(row: VisitComparison, (known, name): Identity<'_>) -> VisitComparison {
    VisitComparison {
        muscle: known.map(|(muscle, _)| muscle),
        side: known.map(|(_, side)| side),
        channel: name.into(),
        ..row
    }
}

fn row(
    (subject, task): (&str, &str),
    [first, visit]: [&str; 2],
    reason: &str,
) -> VisitComparison {
    let nothing = || "".into();
    VisitComparison {
        subject: subject.into(),
        muscle: None,
        side: None,
        channel: nothing(),
        measure: nothing(),
        unit: nothing(),
        first_session: first.into(),
        first_recording: nothing(),
        first_value: None,
        session: visit.into(),
        recording: nothing(),
        value: None,
        difference: None,
        ci_low: None,
        ci_high: None,
        n: None,
        task: task.into(),
        note: Some(format!("{NOT_COMPARED}{reason}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;

    fn recording(task: &str, status: SurveyStatus, sides: &[Side]) -> SurveyedRecording {
        let channel = |side: &Side| SurveyedChannel {
            name: format!("SOL {}", side.word()),
            muscle: Some(Muscle::Soleus),
            side: Some(*side),
            amplitude: None,
            unit: Unit::VOLT,
        };
        let mut recording = SurveyedRecording::named(task);
        recording.file = format!("{task}.csv");
        recording.status = status;
        recording.channels = sides.iter().map(channel).collect();
        recording
    }

    fn session(
        subject: &str,
        visit: &str,
        recordings: Vec<SurveyedRecording>,
    ) -> SurveyedSession {
        SurveyedSession {
            subject: subject.into(),
            session: visit.into(),
            references: Vec::new(),
            missing: Vec::new(),
            recordings,
        }
    }

    #[test]
    fn everybody_who_is_not_compared_is_named_with_the_reason() {
        use SurveyStatus::{Failed, LeftOut, Read};
        let both = [Side::Left, Side::Right];
        let one = |task, sides: &[Side]| recording(task, Read, sides);
        let sessions = [
            session("A", "v1", vec![one("hold", &both), one("walk", &both)]),
            session(
                "A",
                "v2",
                vec![one("hold", &both[..1]), recording("walk", Failed, &[])],
            ),
            session(
                "A",
                "v10",
                vec![one("hold", &both), recording("notes", LeftOut, &[])],
            ),
            session("B", "v1", vec![one("hold", &both)]),
        ];
        let compared = |visit: &str| VisitComparison {
            measure: "mdf_slope_normalised".into(),
            note: None,
            ..row(("A", "hold"), ["v1", visit], "")
        };
        let told = |compared: &[VisitComparison]| -> Vec<String> {
            let found = uncompared(&sessions, &[], compared);
            found
                .iter()
                .map(|one| {
                    let note = one.note.as_deref().unwrap();
                    format!("{} {} {}: {note}", one.subject, one.session, one.task)
                })
                .collect()
        };
        assert_eq!(
            told(&[compared("v2"), compared("v10")]),
            [
                "A v2 hold: not compared: v2 has no soleus right",
                "A v2 walk: not compared: walk.csv could not be read",
                "A v10 walk: not compared: v10 has no recording of walk",
                "B v1 : not compared: v1 is the only visit",
            ]
        );
        let without = told(&[compared("v2")]);
        assert!(without.contains(
            &"A v10 hold: not compared: no measure has an interval in both visits".into()
        ));
        assert!(uncompared(&sessions[..1], &[], &[]).is_empty());
    }
}
