//! What somebody has to look at before the numbers of a study are used, the most important
//! first, each with what helps.

use std::collections::BTreeMap;

use super::{RecordingLine, RecordingState, SessionLine};
use crate::outcome::Verdict;
use crate::session::{Remark, RemarkAbout};

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// How much it matters.
    pub weight: NeedWeight,
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The recording; empty of a session as a whole.
    pub recording: String,
    /// What is wrong: a sentence without a full stop.
    pub what: String,
    /// What helps, where that is known.
    pub hint: Option<String>,
}

/// How much something matters: the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedWeight {
    /// A recording that could not be processed: its numbers are missing.
    Failed,
    /// A recording that may be in another unit: its numbers mislead everywhere.
    OtherUnit,
    /// A recording none of whose channels, or not all, can be trusted.
    Bad,
    /// A recording that most have and one has not.
    Missing,
    /// A recording that differs from its sisters in something else.
    Odd,
}

/// What is to be looked at in a study; cautions of channels that may be used stand with
/// their sessions.
pub fn needs(sessions: &[SessionLine], remarks: &[Remark]) -> Vec<Need> {
    let of_session = |line: &SessionLine| -> Vec<Need> {
        let of_recordings =
            line.recordings.iter().filter_map(|one| of_recording(line, one));
        of_recordings.chain(of_nothing(line)).collect()
    };
    let mut needs: Vec<Need> = sessions.iter().flat_map(of_session).collect();
    let lines: BTreeMap<[&str; 2], &SessionLine> =
        sessions.iter().map(|line| ([&*line.subject, &*line.session], line)).collect();
    needs.extend(remarks.iter().map(|remark| {
        of_remark(remark, lines.get(&[&*remark.subject, &*remark.session]).copied())
    }));
    // A stable sort: what weighs the same keeps the order of the sessions.
    needs.sort_by_key(|need| need.weight);
    needs
}

fn of_recording(line: &SessionLine, recording: &RecordingLine) -> Option<Need> {
    let weight = match recording.state {
        RecordingState::Failed => NeedWeight::Failed,
        RecordingState::Judged(Some(Verdict::Bad)) => NeedWeight::Bad,
        _ => return None,
    };
    Some(Need {
        weight,
        subject: line.subject.clone(),
        session: line.session.clone(),
        recording: recording.recording.clone(),
        what: recording.reasons.first().cloned().unwrap_or_default(),
        hint: recording.hint.clone(),
    })
}

/// Of a session all of whose files were left out: its row shows nothing.
fn of_nothing(line: &SessionLine) -> Option<Need> {
    let is_left_out = |one: &RecordingLine| one.state == RecordingState::LeftOut;
    let first = line.recordings.first()?;
    let why = first.reasons.first().map_or("", String::as_str);
    line.recordings.iter().all(is_left_out).then(|| Need {
        weight: NeedWeight::Failed,
        subject: line.subject.clone(),
        session: line.session.clone(),
        recording: String::new(),
        what: format!("none of its files is a recording: {why}"),
        hint: None,
    })
}

fn of_remark(remark: &Remark, line: Option<&SessionLine>) -> Need {
    let (weight, what) = match &remark.about {
        RemarkAbout::Missing(tasks) => (
            NeedWeight::Missing,
            format!("{} is missing, which most sessions have", tasks.join(", ")),
        ),
        RemarkAbout::OtherUnit(reason) => (NeedWeight::OtherUnit, reason.clone()),
        RemarkAbout::Odd(reason) => (NeedWeight::Odd, reason.clone()),
    };
    let own =
        line.and_then(|line| line.recordings.iter().find(|one| one.file == remark.file));
    Need {
        weight,
        subject: remark.subject.clone(),
        session: remark.session.clone(),
        recording: own.map_or(&remark.file, |one| &one.recording).clone(),
        what,
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Role;

    fn recording(name: &str, state: RecordingState, reason: &str) -> RecordingLine {
        RecordingLine {
            file: format!("a/{name}.csv"),
            recording: name.to_owned(),
            task: name.to_owned(),
            role: Role::Task,
            state,
            reasons: vec![reason.to_owned()],
            hint: Some("record again".to_owned()),
            is_other_unit: false,
            is_moving: false,
            duration_s: None,
        }
    }

    #[test]
    fn a_session_without_any_recording_is_named() {
        let left_out = recording("notes", RecordingState::LeftOut, "has no samples");
        let good = recording("walk", RecordingState::Judged(Some(Verdict::Good)), "");
        let told = |recordings: Vec<RecordingLine>| {
            let found =
                needs(&[SessionLine { recordings, ..SessionLine::default() }], &[]);
            found.into_iter().map(|need| need.what).collect::<Vec<_>>()
        };
        let expected = "none of its files is a recording: has no samples";
        assert_eq!(told(vec![left_out.clone()]), [expected]);
        assert!(told(vec![left_out, good]).is_empty() && told(Vec::new()).is_empty());
    }

    #[test]
    fn what_lost_most_comes_first_and_what_is_good_or_fair_is_not_told() {
        let judged = |verdict| RecordingState::Judged(Some(verdict));
        let line = SessionLine {
            subject: "S1".into(),
            session: "V1".into(),
            recordings: vec![
                recording("walk", judged(Verdict::Bad), "SOL_L: clipped"),
                recording("hold", judged(Verdict::Check), "SOL_L: mains"),
                recording("rest", judged(Verdict::Good), ""),
                recording("raise", RecordingState::Failed, "no table"),
            ],
            ..SessionLine::default()
        };
        let about = |file: &str, about| Remark {
            subject: "S1".into(),
            session: "V1".into(),
            file: file.into(),
            about,
        };
        let remarks = [
            about("", RemarkAbout::Missing(vec!["hold".into()])),
            about("a/walk.csv", RemarkAbout::Odd("a copy".into())),
            about("a/walk.csv", RemarkAbout::OtherUnit("1000 times as large".into())),
        ];
        let told: Vec<(String, String)> = needs(&[line], &remarks)
            .into_iter()
            .map(|need| (need.recording, need.what))
            .collect();
        let expected = [
            ("raise", "no table"),
            ("walk", "1000 times as large"),
            ("walk", "SOL_L: clipped"),
            ("", "hold is missing, which most sessions have"),
            ("walk", "a copy"),
        ];
        assert_eq!(told, expected.map(|(name, what)| (name.to_owned(), what.to_owned())));
    }
}
