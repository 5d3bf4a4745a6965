//! The recordings that a page shows, where they stand on it, and what they are called.

use crate::report::words;
use crate::session::{ChannelFindings, Findings, RecordingFindings, Role, Status};
use crate::signal::{Kind, Muscle};
use crate::words::capitalised;

/// The recordings with a section of their own: all but those left out.
pub(super) fn shown(findings: &Findings) -> Vec<&RecordingFindings> {
    findings
        .recordings
        .iter()
        .filter(|recording| !matches!(recording.status, Status::Skipped(_)))
        .collect()
}

/// The address of the section of a recording on the page.
pub(in crate::report) fn anchor(index: usize) -> String {
    format!("recording-{}", index + 1)
}

/// What a recording is called where there is little room: its heading, its task where no
/// other one has it, or its name.
pub(super) fn short_name(
    all: &[&RecordingFindings],
    recording: &RecordingFindings,
) -> String {
    if let Some(title) = &recording.title {
        return title.clone();
    }
    let is_task = recording.role == Role::Task;
    let alike = |other: &&&RecordingFindings| {
        other.role == recording.role && (!is_task || other.task == recording.task)
    };
    match (all.iter().filter(alike).count(), recording.role) {
        (0 | 1, Role::Mvc) => "Maximum".to_owned(),
        (0 | 1, Role::Rest) => "Rest".to_owned(),
        (0 | 1, _) if !recording.task.is_empty() => capitalised(&recording.task),
        _ => recording.recording.clone(),
    }
}

/// "2 more muscles or channels and 1 more recording": what there was no room for.
pub(super) fn beyond(muscles: usize, recordings: usize) -> Option<String> {
    let more = |count: usize, one: &str, many: &str| {
        (count > 0)
            .then(|| format!("{count} more {}", if count == 1 { one } else { many }))
    };
    let muscles = more(muscles, "muscle or channel", "muscles or channels");
    let recordings = more(recordings, "recording", "recordings");
    let parts: Vec<String> = muscles.into_iter().chain(recordings).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// The EMG channels of a recording, which have verdicts.
pub(super) fn judged(
    recording: &RecordingFindings,
) -> impl Iterator<Item = &ChannelFindings> {
    recording.channels.iter().filter(|channel| channel.kind == Kind::Emg)
}

/// The muscle of a channel, or its name.
pub(super) fn muscle_or_name(channel: &ChannelFindings) -> String {
    let muscle = words::muscle(channel.muscle.map(Muscle::name), None);
    if muscle.is_empty() { channel.name.clone() } else { muscle }
}

/// The muscles of several recordings, each once: soleus and its neighbours first, the
/// others in the order of the files; a channel without a muscle by its name.
pub(super) fn muscles(recordings: &[&RecordingFindings]) -> Vec<String> {
    let mut muscles: Vec<(u8, String)> = Vec::new();
    for channel in recordings.iter().flat_map(|recording| judged(recording)) {
        let name = muscle_or_name(channel);
        if muscles.iter().all(|(_, known)| *known != name) {
            muscles.push((Muscle::neighbourhood(channel.muscle), name));
        }
    }
    muscles.sort_by_key(|(distance, _)| *distance);
    muscles.into_iter().map(|(_, name)| name).collect()
}
