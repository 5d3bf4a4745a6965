//! `soleus inspect`: what is in a file, and how it was understood.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use schemars::JsonSchema;
use serde::Serialize;

mod plan;

use super::args::Inspect;
use super::piped::Piped;
use super::{print_bytes, print_json};
use crate::analysis::Analyses;
use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::{Verdict, Weight};
use crate::recipe::Recipe;
use crate::session::{
    self, ChannelFindings, Heard, RecordingFindings, RecordingInput, Request, Role,
    RoleHint, SessionInput, Sharing, Status, StudyHead, SubjectEntry, Understood,
};
use crate::signal::{Event, Kind, Muscle, RateSource, Recording, Side};
use crate::units::Hertz;
use crate::words::harmless;

/// What `--json` prints; `--schema` prints its schema.
#[derive(Debug, Serialize, JsonSchema)]
struct Inspection {
    /// The file as it was named.
    file: String,
    /// The format's name.
    format: String,
    /// What the recording is for, from `study.toml` or its name.
    role: Role,
    /// What its name says of that, where `study.toml` does not.
    role_hint: Option<String>,
    /// How it was read, one finding an entry.
    dialect: Vec<String>,
    /// Every channel of the file.
    channels: Vec<InspectedChannel>,
    /// The events that belong to the recording, those that its channels tell included.
    events: Vec<Event>,
    /// What force plates, foot switches and pulses told.
    found: Vec<String>,
    /// What a user should know before trusting the numbers.
    warnings: Vec<String>,
    /// The role that is asked about.
    #[serde(skip)]
    asked: Option<Role>,
}

/// A channel, as it was understood.
#[derive(Debug, Serialize, JsonSchema)]
struct InspectedChannel {
    /// Its name in the file.
    name: String,
    /// The muscle, where it is known.
    muscle: Option<Muscle>,
    /// The side, where it is known.
    side: Option<Side>,
    /// Its unit.
    unit: String,
    /// What it measures; only EMG is analysed.
    kind: Kind,
    /// Its sampling rate.
    rate_hz: Hertz,
    /// How the rate became known.
    rate_from: RateSource,
    /// The number of samples, gaps included.
    samples: usize,
    /// How many stretches of samples are missing.
    gaps: usize,
    /// `good`, `check` or `bad`, of EMG channels.
    quality: Option<&'static str>,
    /// The reasons for it.
    reasons: Vec<String>,
}

pub(super) fn run(arguments: &Inspect) -> Result<ExitCode> {
    if plan::is_asked(&arguments.inputs) {
        return plan::run(arguments);
    }
    if arguments.schema {
        return print_json(&schemars::schema_for!(Inspection).to_value());
    }
    let Some(file) = arguments.inputs.first() else {
        return Err(Error::new(ErrorKind::Arguments, "no file was named"));
    };
    let piped = Piped::take(file)?;
    if piped.is_some() && arguments.write_study {
        let said = "what comes through a pipe has no folder for a study.toml";
        return Err(Error::new(ErrorKind::Arguments, said)
            .with_hint("save the recording as a file first"));
    }
    let place = piped.as_ref().map_or(file.as_path(), |piped| &piped.path);
    let mut inspection =
        inspect(place, arguments).map_err(|error| error.renamed(place, file))?;
    inspection.file = file.display().to_string();
    if arguments.write_study {
        write_study(file, &inspection)?;
    }
    if arguments.json {
        print_json(&inspection)
    } else {
        print_bytes(harmless(&text(&inspection)).as_bytes())
    }
}

fn inspect(file: &Path, arguments: &Inspect) -> Result<Inspection> {
    let (_, input) = session::find_one(file, &arguments.origin.search(None))?;
    let contacts = Recipe::default().contacts;
    let understood = session::understand(&input, arguments.origin.rate, &contacts)
        .map_err(|error| error.renamed(&input.path, file))?;
    let (role, hint) = (input.role, input.role_hint.clone());
    let Understood { recording, found, .. } = understood;
    let Recording { format, dialect, events, mut warnings, channels } = recording;
    let known = channels.iter().map(ChannelFindings::describe).collect();
    // The session reads the file anew: two copies of the samples would be one too many.
    drop(channels);
    let (channels, cautions) = judged(input, known, arguments.origin.rate);
    warnings.extend(cautions);
    Ok(Inspection {
        file: file.display().to_string(),
        format: format.to_owned(),
        role,
        role_hint: hint.as_ref().map(RoleHint::describe),
        asked: hint.filter(|hint| hint.heard == Heard::Asked).map(|hint| hint.role),
        dialect,
        channels: channels.into_iter().map(InspectedChannel::from).collect(),
        events,
        found,
        warnings,
    })
}

/// The channels with their quality, from the standard recipe, and its cautions; or why
/// there is none.
fn judged(
    input: RecordingInput,
    known: Vec<ChannelFindings>,
    rate: Option<Hertz>,
) -> (Vec<ChannelFindings>, Vec<String>) {
    let quality = Analyses::default().of_trials();
    let recipe = Recipe { analysis: quality, ..Recipe::default() };
    let input = SessionInput {
        subject: String::new(),
        session: String::new(),
        folder: String::new(),
        head: StudyHead::default(),
        person: SubjectEntry::default(),
        recordings: vec![input],
        ignored: Vec::new(),
    };
    let request = Request {
        recipe: &recipe,
        rate,
        finished: &|_| {},
        stops: &|| false,
        traces: None,
        sharing: Sharing::Alone,
    };
    let mut findings = session::run(&input, &request);
    match findings.recordings.pop() {
        Some(RecordingFindings { status: Status::Done, channels, outcomes, .. }) => {
            let notes = outcomes.into_iter().flat_map(|outcome| outcome.notes);
            let cautions = notes.filter(|note| note.weight == Weight::Caution);
            (channels, cautions.map(|note| note.text).collect())
        }
        other => {
            let reason = other.map(|findings| match findings.status {
                Status::Failed(failure) => {
                    format!("quality was not judged: {}", failure.message)
                }
                _ => "quality was not judged".to_owned(),
            });
            (known, reason.into_iter().collect())
        }
    }
}

impl From<ChannelFindings> for InspectedChannel {
    fn from(channel: ChannelFindings) -> Self {
        Self {
            name: channel.name,
            muscle: channel.muscle,
            side: channel.side,
            unit: channel.unit.symbol().to_owned(),
            kind: channel.kind,
            rate_hz: channel.rate_hz,
            rate_from: channel.rate_from,
            samples: channel.samples,
            gaps: channel.gaps,
            quality: channel.verdict.map(Verdict::word),
            reasons: channel.reasons,
        }
    }
}

fn text(inspection: &Inspection) -> String {
    let role = match inspection.role {
        Role::Mvc => ", taken as an MVC trial: the reference of its session",
        Role::Rest => ", taken as rest",
        Role::Task | Role::Ignore => "",
    };
    let mut text = format!("{}: {}{role}\n", inspection.file, inspection.format);
    let hint: Vec<String> = inspection.role_hint.iter().cloned().collect();
    section(&mut text, "role", &hint);
    section(&mut text, "how it was read", &inspection.dialect);
    text.push_str("\nchannels\n");
    for line in aligned(&table(&inspection.channels)) {
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    let reasons = inspection
        .channels
        .iter()
        .filter(|channel| channel.quality.is_some_and(|word| word != "good"));
    let reasons: Vec<String> = reasons
        .map(|channel| format!("{}: {}", channel.name, channel.reasons.join("; ")))
        .collect();
    section(&mut text, "quality", &reasons);
    let events: Vec<String> = inspection.events.iter().map(event).collect();
    section(&mut text, "contacts and pulses", &inspection.found);
    section(&mut text, "events", &events);
    section(&mut text, "warnings", &inspection.warnings);
    text
}

fn section(text: &mut String, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(text, "\n{heading}");
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn event(event: &Event) -> String {
    let side = event.side.map_or("", Side::word);
    format!("{:.3} s  {} {side}", event.time_s, event.label).trim_end().to_owned()
}

fn table(channels: &[InspectedChannel]) -> Vec<Vec<String>> {
    let heading =
        ["name", "muscle", "side", "kind", "unit", "rate", "samples", "gaps", "quality"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(channels.iter().map(|channel| {
        vec![
            channel.name.clone(),
            channel.muscle.map_or("–", Muscle::name).to_owned(),
            channel.side.map_or("–", Side::word).to_owned(),
            channel.kind.word().to_owned(),
            channel.unit.clone(),
            channel.rate_hz.to_string(),
            channel.samples.to_string(),
            channel.gaps.to_string(),
            channel.quality.unwrap_or("–").to_owned(),
        ]
    }));
    rows
}

fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ")
    };
    rows.iter().map(line).collect()
}

/// A `study.toml` beside the file, to be corrected by hand. An existing one is never
/// touched.
fn write_study(file: &Path, inspection: &Inspection) -> Result<()> {
    let path = file.with_file_name("study.toml");
    if path.symlink_metadata().is_ok() {
        return Err(Error::new(
            ErrorKind::Write,
            "there is a study already; it was left as it is",
        )
        .in_file(path));
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut text = String::from(
        "# What the recordings in this folder are; written by `soleus inspect \
         --write-study`, to be corrected by hand.\n\
         # subject = \"S01\"\n\n[channels]\n",
    );
    for channel in inspection.channels.iter().filter(|channel| channel.kind == Kind::Emg)
    {
        let _ = writeln!(text, "{}", study_line(channel));
    }
    let _ = write!(
        text,
        "\n[recordings.{}]\n{}# \
         from_s = 4.0\n# to_s = 64.0\n\
         # exclude = [[20.5, 21.0]]\n# events = \"events.csv\"      # columns time_s,label,side\n",
        toml::Value::String(name.into_owned()),
        role_lines(inspection)
    );
    text += session::QUESTIONS;
    write_whole(&path, text.as_bytes())?;
    tell!("wrote {}", path.display());
    Ok(())
}

/// The role as it was taken; a comment where the name may say another, so that it is still
/// asked about until somebody answers.
fn role_lines(inspection: &Inspection) -> String {
    let line = |role: Role| format!("role = \"{}\"", role.key());
    let taken = line(inspection.role);
    match inspection.asked {
        None => format!("{taken:<27} # task | mvc | rest | ignore\n"),
        Some(asked) => format!(
            "# {:<25} # if it is one: see its name\n\
             # {taken:<25} # task | mvc | rest | ignore\n",
            line(asked)
        ),
    }
}

fn study_line(channel: &InspectedChannel) -> String {
    let muscle = channel.muscle.map(|muscle| format!("muscle = \"{}\"", muscle.name()));
    let side = channel.side.map(|side| format!("side = \"{}\"", side.word()));
    let known: Vec<String> = [muscle, side].into_iter().flatten().collect();
    let name = toml::Value::String(channel.name.clone());
    if known.is_empty() {
        return format!("# {name} = {{ muscle = \"soleus\", side = \"left\" }}");
    }
    format!("{name} = {{ {} }}", known.join(", "))
}
