//! A plan in words, for people.

use std::fmt::Write as _;

use super::super::{aligned, section};
use crate::session::{
    Role, Survey, SurveyStatus, SurveyedChannel, SurveyedRecording, SurveyedSession,
};
use crate::signal::{Muscle, Side};
use crate::words::counted;

/// The plan as text: sessions with their recordings, then what is missing, odd, asked
/// and left out.
pub(super) fn describe(survey: &Survey) -> String {
    let mut text = summary(survey);
    for session in &survey.sessions {
        let _ = writeln!(text, "\n{} {}", session.subject, session.session);
        let rows: Vec<Vec<String>> = session.recordings.iter().map(row).collect();
        for line in aligned(&rows) {
            let _ = writeln!(text, "  {}", line.trim_end());
        }
        if !session.missing.is_empty() {
            let _ = writeln!(text, "  missing: {}", session.missing.join(", "));
        }
        for recording in &session.recordings {
            for reason in &recording.reasons {
                let _ = writeln!(text, "  {}: {reason}", recording.file);
            }
        }
    }
    let left_out: Vec<String> = survey
        .left_out
        .iter()
        .map(|one| format!("{}: {}", one.path, one.reason))
        .collect();
    section(&mut text, "left out", &left_out);
    section(&mut text, "about the whole", &survey.warnings);
    text
}

fn summary(survey: &Survey) -> String {
    // Notes alone are no visit.
    let has_any = |session: &&SurveyedSession| {
        session.recordings.iter().any(|one| one.status != SurveyStatus::LeftOut)
    };
    let sessions = || survey.sessions.iter().filter(has_any);
    let mut people: Vec<&str> =
        sessions().map(|session| session.subject.as_str()).collect();
    people.dedup();
    let count = |status: SurveyStatus| {
        survey.recordings().filter(|one| one.status == status).count()
    };
    let seconds =
        survey.recordings().filter_map(|one| one.duration_s).fold(0.0, |a, b| a + b);
    let mut text = format!(
        "{}, {}, {} to be processed ({:.1} min)",
        counted(people.len(), "person"),
        counted(sessions().count(), "session"),
        counted(count(SurveyStatus::Read), "recording"),
        seconds / 60.0
    );
    for (status, what) in [
        (SurveyStatus::Failed, "cannot be read"),
        (SurveyStatus::LeftOut, "left out as no recording"),
    ] {
        if count(status) > 0 {
            let _ = write!(text, ", {}: {what}", counted(count(status), "file"));
        }
    }
    text.push('\n');
    text
}

fn row(recording: &SurveyedRecording) -> Vec<String> {
    let rates: Vec<String> =
        recording.rates_hz.iter().map(|rate| format!("{rate} Hz")).collect();
    let seconds = |seconds: f64| format!("{seconds:.1} s");
    vec![
        recording.file.clone(),
        purpose(recording),
        recording.duration_s.map_or(String::new(), seconds),
        rates.join(", "),
        muscles(&recording.channels),
        amplitude(&recording.channels),
        events(recording),
    ]
}

fn purpose(recording: &SurveyedRecording) -> String {
    match recording.role {
        _ if recording.status == SurveyStatus::Failed => "FAILED".into(),
        _ if recording.status == SurveyStatus::LeftOut => "no recording".into(),
        Role::Task => format!("task {}", recording.task),
        Role::Mvc => "reference".into(),
        role => role.key().into(),
    }
}

fn events(recording: &SurveyedRecording) -> String {
    match (&recording.events_file, recording.events) {
        (None, 0) => String::new(),
        (None, count) => counted(count, "event"),
        (Some(file), count) => format!("{} ({file})", counted(count, "event")),
    }
}

/// `soleus left, right; tibialis anterior left`.
fn muscles(channels: &[SurveyedChannel]) -> String {
    let mut groups: Vec<(Option<Muscle>, Vec<&str>)> = Vec::new();
    for channel in channels {
        let side = side(channel);
        match groups.iter_mut().find(|(muscle, _)| *muscle == channel.muscle) {
            Some((_, sides)) => sides.push(side),
            None => groups.push((channel.muscle, vec![side])),
        }
    }
    let words = groups.iter().map(|(muscle, sides)| of_muscle(*muscle, sides));
    words.collect::<Vec<_>>().join("; ")
}

/// What tells a channel from others of its muscle.
fn side(channel: &SurveyedChannel) -> &str {
    match channel.muscle {
        Some(_) => channel.side.map_or("", Side::word),
        None => channel.name.as_str(),
    }
}

fn of_muscle(muscle: Option<Muscle>, sides: &[&str]) -> String {
    let name = muscle.map_or("unknown:", Muscle::name);
    format!("{name} {}", sides.join(", ")).trim_end().to_owned()
}

/// The range of the root mean squares.
fn amplitude(channels: &[SurveyedChannel]) -> String {
    let levels = channels.iter().filter_map(|channel| channel.amplitude);
    let (low, high) = levels.fold((f64::INFINITY, 0.0_f64), |(low, high), level| {
        (low.min(level), high.max(level))
    });
    let Some(channel) = channels.first().filter(|_| low.is_finite()) else {
        return String::new();
    };
    let (scale, unit) = shown_in(channel);
    match low == high {
        true => format!("{:.3} {unit}", high * scale),
        false => format!("{:.3} to {:.3} {unit}", low * scale, high * scale),
    }
}

fn shown_in(channel: &SurveyedChannel) -> (f64, &str) {
    match channel.unit.symbol() {
        "V" => (1e6, "µV"),
        other => (1.0, other),
    }
}
