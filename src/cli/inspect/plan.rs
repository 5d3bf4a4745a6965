//! `soleus inspect FOLDER`: the plan of a run without running.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::super::args::Inspect;
use super::super::{SOME_FAILED, print_bytes, print_json};
use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;
use crate::session::{
    self, Role, Survey, SurveyStatus, SurveyedChannel, SurveyedRecording,
};
use crate::signal::{Muscle, Side};
use crate::words::harmless;

/// Whether inputs are those of a run, and not one file.
pub(super) fn is_asked(inputs: &[PathBuf]) -> bool {
    let is_pattern = |path: &PathBuf| {
        !path.exists() && path.to_string_lossy().contains(['*', '?', '['])
    };
    inputs.len() > 1 || inputs.iter().any(|path| path.is_dir() || is_pattern(path))
}

pub(super) fn run(arguments: &Inspect) -> Result<ExitCode> {
    if arguments.schema {
        return print_json(&schemars::schema_for!(Survey).to_value());
    }
    let manifest = session::find(&arguments.inputs, &arguments.origin.search(None))?;
    let contacts = Recipe::default().contacts;
    let survey = Survey::read(&manifest, arguments.origin.rate, &contacts);
    if arguments.write_study {
        write_study(&arguments.inputs, &survey)?;
    }
    let printed = match arguments.json {
        true => print_json(&survey),
        false => print_bytes(harmless(&words::describe(&survey)).as_bytes()),
    }?;
    let some_failed =
        survey.recordings().any(|recording| recording.status == SurveyStatus::Failed);
    Ok(if some_failed { ExitCode::from(SOME_FAILED) } else { printed })
}

/// A `study.toml` for the whole folder, to be corrected by hand. An existing one is never
/// touched.
fn write_study(inputs: &[PathBuf], survey: &Survey) -> Result<()> {
    let wrong = |message: &str| Error::new(ErrorKind::Arguments, message.to_owned());
    let [folder] = inputs else {
        return Err(wrong("--write-study writes into one folder")
            .with_hint("name the folder of the whole study"));
    };
    let path = folder.join("study.toml");
    if path.symlink_metadata().is_ok() {
        return Err(Error::new(
            ErrorKind::Write,
            "there is a study already; it was left as it is",
        )
        .in_file(path));
    }
    write_whole(&path, study(survey).as_bytes())?;
    tell!("wrote {}", path.display());
    Ok(())
}

fn study(survey: &Survey) -> String {
    let mut text = String::from(
        "# What the recordings of this study are; written by `soleus inspect --write-study`, to \
         be corrected by hand.\n\n[channels]\n",
    );
    let twins = twins(survey);
    for (name, lines) in channels(survey) {
        let is_twin = twins.contains(name.as_str());
        text += &channel_line((name, lines), is_twin);
    }
    text += &not_emg(survey);
    let mut files: BTreeMap<&str, Vec<&SurveyedRecording>> = BTreeMap::new();
    for recording in survey.recordings().filter(|recording| recording.is_ready()) {
        files.entry(&recording.file).or_default().push(recording);
    }
    let mut files: Vec<Vec<&SurveyedRecording>> = files.into_values().collect();
    // What is alike stands together.
    files.sort_by_key(|recordings| recordings.first().map(|one| said_of(one)));
    files.iter().for_each(|recordings| text += &entry(recordings));
    let failed = survey.recordings().filter(|one| one.status == SurveyStatus::Failed);
    failed.for_each(|one| text += &failed_entry(one));
    text + session::QUESTIONS
}

/// The channels that are not EMG as far as their names tell, as a remark.
fn not_emg(survey: &Survey) -> String {
    let emg: BTreeSet<&str> = survey
        .recordings()
        .flat_map(|one| one.channels.iter().map(|channel| channel.name.as_str()))
        .collect();
    let names: BTreeSet<&str> = survey
        .recordings()
        .flat_map(|one| one.names.iter().map(String::as_str))
        .collect();
    let others: Vec<String> =
        names.difference(&emg).map(|name| toml::Value::from(*name).to_string()).collect();
    match others.is_empty() {
        true => String::new(),
        false => format!(
            "# Not taken for EMG: {}; if one is, say kind = \"emg\".\n",
            others.join(", ")
        ),
    }
}

/// A file that cannot be read yet, as a remark, with what would help.
fn failed_entry(one: &SurveyedRecording) -> String {
    let file = toml::Value::String(one.file.clone());
    let needs_rate = one.reasons.iter().any(|reason| reason.contains("rate_hz"));
    let rate = if needs_rate { "# rate_hz = 1000\n" } else { "" };
    // Reasons may have several lines.
    let reasons: String = remarks(one).replace('\n', "\n# ");
    format!(
        "\n# [recordings.{file}]\n{rate}{}\n",
        reasons.trim_end_matches(['#', ' ', '\n'])
    )
}

fn said_of(recording: &SurveyedRecording) -> (&str, &str) {
    (recording.role.key(), &recording.task)
}

/// Channels that share their muscle and side with another one of the same recording.
fn twins(survey: &Survey) -> BTreeSet<&str> {
    let mut twins = BTreeSet::new();
    for recording in survey.recordings() {
        let mut seen: BTreeMap<(Muscle, Option<Side>), Vec<&str>> = BTreeMap::new();
        for channel in &recording.channels {
            if let Some(muscle) = channel.muscle {
                seen.entry((muscle, channel.side)).or_default().push(&channel.name);
            }
        }
        twins.extend(seen.into_values().filter(|names| names.len() > 1).flatten());
    }
    twins
}

/// Nothing is guessed of names that say nothing, or several things, or the same as another.
fn channel_line((name, lines): (String, Vec<String>), is_twin: bool) -> String {
    let name = toml::Value::String(name);
    match &lines[..] {
        [line] if is_twin => {
            format!(
                "# {name} = {{ {line} }}   # another channel of its file says the same\n"
            )
        }
        [line] => format!("{name} = {{ {line} }}\n"),
        _ => format!("# {name} = {{ muscle = \"\", side = \"\" }}\n"),
    }
}

/// The entry of recordings with one name of file, and what is said of each.
fn entry(recordings: &[&SurveyedRecording]) -> String {
    let Some(first) = recordings.first() else { return String::new() };
    let quoted = |text: &str| toml::Value::String(text.to_owned());
    let mut said: Vec<(&str, &str)> = recordings.iter().map(|one| said_of(one)).collect();
    said.sort_unstable();
    said.dedup();
    // What is asked about, or differs from session to session, stays open until somebody
    // answers.
    let mut text = format!("\n[recordings.{}]\n", quoted(&first.file));
    for (role, task) in &said {
        let differs = if said.len() > 1 { "# " } else { "" };
        let asked =
            if recordings.iter().any(|one| one.is_asked) { "# " } else { differs };
        let _ = writeln!(text, "{asked}role = \"{role}\"");
        if *role == Role::Task.key() {
            let _ = writeln!(text, "{differs}task = {}", quoted(task));
        }
    }
    let events: BTreeSet<Option<&str>> =
        recordings.iter().map(|one| one.events_file.as_deref()).collect();
    if let (1, Some(Some(file))) = (events.len(), events.first()) {
        let _ = writeln!(text, "events = {}", quoted(file));
    }
    recordings.iter().for_each(|one| text += &remarks(one));
    text
}

fn remarks(one: &SurveyedRecording) -> String {
    let line = |reason: &String| format!("# {} {}: {reason}\n", one.subject, one.session);
    one.reasons.iter().map(line).collect()
}

/// Every channel by its name, with what is known of it: one line where all files agree.
fn channels(survey: &Survey) -> BTreeMap<String, Vec<String>> {
    let mut channels: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for channel in survey.recordings().flat_map(|recording| &recording.channels) {
        let lines = channels.entry(channel.name.clone()).or_default();
        if let Some(line) = known(channel).filter(|line| !lines.contains(line)) {
            lines.push(line);
        }
    }
    channels
}

fn known(channel: &SurveyedChannel) -> Option<String> {
    let muscle = format!("muscle = \"{}\"", channel.muscle?.name());
    let side = channel.side.map(|side| format!(", side = \"{}\"", side.word()));
    Some(muscle + &side.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_asked_for_by_folders_patterns_and_several_files() {
        let is_asked = |names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
            is_asked(&paths)
        };
        assert!(
            is_asked(&["."]) && is_asked(&["a.csv", "b.csv"]) && is_asked(&["x*.csv"])
        );
        assert!(!is_asked(&["a.csv"]) && !is_asked(&["-"]) && !is_asked(&[]));
    }
}
