//! From the inputs of one session to its findings.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::findings::{ChannelFindings, Failure, Findings, Reading, RecordingFindings, Role, Status};
use super::manifest::{RecordingInput, SessionInput};
use super::plan::Plan;
use super::scale::References;
use super::study::{ChannelEntry, EventEntry, RecordingEntry};
use crate::analysis::Traces;
use crate::dsp::gaps::stretches;
use crate::error::{Error, Result, Stage};
use crate::load;
use crate::outcome::{Measure, Note, Outcome, Verdict};
use crate::recipe::{Recipe, Reference};
use crate::signal::{Channel, Event, Kind, Label, Recording, Trace};
use crate::units::{Hertz, Unit};

/// What is asked of a session.
pub struct Request<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// Told of every recording when it is done, failed or skipped.
    pub finished: &'a (dyn Fn(&RecordingFindings) + Sync),
    /// Given the traces of every processed recording, by the recording's name, before they are dropped.
    pub traces: &'a (dyn Fn(&str, &[Trace]) -> Result<()> + Sync),
}

/// Processes a session: first what gives the references, then everything else. A recording that fails
/// is kept with its error; the others go on.
pub fn run(input: &SessionInput, request: &Request<'_>) -> Findings {
    let references = references(input, request);
    let mut recordings: Vec<RecordingFindings> = input
        .recordings
        .par_iter()
        .map(|recording| {
            let findings = recording_findings(recording, &references, request);
            (request.finished)(&findings);
            findings
        })
        .collect();
    recordings.sort_by(|a, b| a.file.cmp(&b.file));
    let settings = &request.recipe.normalisation;
    let mut notes: Vec<Note> = several_people(input).into_iter().collect();
    if settings.reference == Reference::Mvc && !input.recordings.iter().any(|recording| recording.role == Role::Mvc) {
        notes.push(Note::info(
            "no recording of this session has the role mvc, so there is no activation in % of MVC; amplitudes are in the unit of the file",
        ));
    }
    Findings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: String::new(),
        subject: input.subject.clone(),
        session: input.session.clone(),
        methods: methods(request.recipe, &recordings),
        recordings,
        references: references.describe(settings),
        notes,
        recipe: serde_json::to_value(request.recipe).unwrap_or_default(),
    }
}

/// A session that could not be processed as a whole.
pub fn failed(input: &SessionInput, failure: &Failure) -> Findings {
    let recording = |recording: &RecordingInput| RecordingFindings {
        status: Status::Failed(failure.clone()),
        ..nothing_yet(recording)
    };
    Findings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: String::new(),
        subject: input.subject.clone(),
        session: input.session.clone(),
        recordings: input.recordings.iter().map(recording).collect(),
        references: Vec::new(),
        notes: Vec::new(),
        methods: Vec::new(),
        recipe: serde_json::Value::Null,
    }
}

fn nothing_yet(input: &RecordingInput) -> RecordingFindings {
    RecordingFindings {
        recording: input.recording.clone(),
        file: input.file.clone(),
        bytes: 0,
        blake3: String::new(),
        role: input.role,
        status: Status::Done,
        reading: None,
        channels: Vec::new(),
        processing: Vec::new(),
        found: Vec::new(),
        outcomes: Vec::new(),
    }
}

/// The references of a session: of its MVC trials, or of its tasks, as the recipe says.
pub fn references(input: &SessionInput, request: &Request<'_>) -> References {
    let settings = &request.recipe.normalisation;
    let role = match settings.reference {
        Reference::None => return References::default(),
        Reference::Mvc => Role::Mvc,
        Reference::Peak | Reference::Mean => Role::Task,
    };
    let sources: Vec<_> = input.recordings.iter().filter(|recording| recording.role == role).collect();
    let traces = sources.par_iter().map(|recording| {
        let traces = catch_unwind(AssertUnwindSafe(|| prepare(recording, request).map(|prepared| prepared.traces)));
        // A recording that cannot be processed gives no reference; its error stands with its own findings.
        let traces = traces.ok().and_then(Result::ok).unwrap_or_default();
        References::of_recording(settings, &recording.recording, &traces)
    });
    traces.collect::<Vec<_>>().into_iter().fold(References::default(), |all, one| all.joined(one, settings))
}

/// The traces of one recording, with activation where there is a reference: what `soleus signals` writes.
///
/// # Errors
/// When the recording cannot be loaded or processed.
pub fn traces_of(input: &RecordingInput, references: &References, request: &Request<'_>) -> Result<Vec<Trace>> {
    let mut prepared = prepare(input, request)?;
    references.scale(&mut prepared.traces);
    Ok(prepared.traces)
}

fn recording_findings(input: &RecordingInput, references: &References, request: &Request<'_>) -> RecordingFindings {
    let mut findings = nothing_yet(input);
    let outcome = catch_unwind(AssertUnwindSafe(|| process(input, references, request, &mut findings)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => findings.status = status_of(&error, input),
        Err(_) => {
            findings.status = Status::Failed(Failure {
                message: format!("{}: soleus made an error of its own on this recording", input.file),
                hint: Some("please report it, with the file if you may share it".into()),
            });
        }
    }
    findings
}

/// A failure speaks of the file by its place in the session, so that results do not depend on where it lies.
fn status_of(error: &Error, input: &RecordingInput) -> Status {
    let text = error.text_of(&input.file);
    if error.stage() == Stage::NotARecording {
        return Status::Skipped(text);
    }
    Status::Failed(Failure { message: text, hint: error.hint().map(str::to_owned) })
}

fn process(
    input: &RecordingInput,
    references: &References,
    request: &Request<'_>,
    findings: &mut RecordingFindings,
) -> Result<()> {
    let bytes = read(input)?;
    findings.bytes = bytes.len() as u64;
    findings.blake3 = blake3::hash(&bytes).to_hex().to_string();
    let recording = understand(input, &bytes, request.rate)?;
    drop(bytes);
    findings.reading = Some(reading(&recording));
    findings.channels = recording.channels.iter().map(channel_findings).collect();
    let mut prepared = condition(recording, request.recipe)?;
    references.scale(&mut prepared.traces);
    findings.processing = prepared.decided;
    findings.found = prepared.found;
    let traces = Traces { traces: &prepared.traces, events: &prepared.events };
    for analysis in request.recipe.analysis.enabled() {
        // Trials for reference are no tasks: their amplitude and quality are shown, nothing more is asked of them.
        if input.role == Role::Task || matches!(analysis.name(), "amplitude" | "quality") {
            findings.outcomes.push(analysis.run(&traces));
        }
    }
    take_verdicts(findings);
    for (name, error) in prepared.failed {
        refuse(findings, &name, &error);
    }
    (request.traces)(&input.recording, &prepared.traces)
}

/// A recording taken through the chain.
struct Prepared {
    traces: Vec<Trace>,
    events: Vec<Event>,
    decided: Vec<String>,
    found: Vec<String>,
    failed: Vec<(String, Error)>,
}

fn prepare(input: &RecordingInput, request: &Request<'_>) -> Result<Prepared> {
    let bytes = read(input)?;
    let recording = understand(input, &bytes, request.rate)?;
    drop(bytes);
    condition(recording, request.recipe)
}

fn read(input: &RecordingInput) -> Result<Vec<u8>> {
    std::fs::read(&input.path).map_err(|error| Error::new(Stage::Load, format!("cannot read the file: {error}")))
}

/// The recording in a file, with everything that the study says of it.
///
/// # Errors
/// When the file cannot be understood, or the study does not fit it.
pub fn understand(input: &RecordingInput, bytes: &[u8], rate: Option<Hertz>) -> Result<Recording> {
    let entry = &input.entry;
    let hints =
        load::Hints { rate: entry.rate_hz.or(rate), start_s: entry.start_s, full_scale: entry.full_scale.clone() };
    let mut recording = load::load_bytes(&input.path, bytes, &hints)?;
    name_channels(&mut recording, &input.channels);
    cut(&mut recording, entry)?;
    recording.events.extend(events(input)?);
    recording.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    Ok(recording)
}

/// Applies what the study says of channels.
fn name_channels(recording: &mut Recording, entries: &std::collections::BTreeMap<String, ChannelEntry>) {
    recording.channels.retain(|channel| !entries.get(&channel.label.name).is_some_and(|entry| entry.ignore));
    let Recording { channels, warnings, .. } = recording;
    for channel in channels {
        let Some(entry) = entries.get(&channel.label.name) else { continue };
        channel.label.muscle = entry.muscle.or(channel.label.muscle);
        channel.label.side = entry.side.or(channel.label.side);
        // A channel that has a muscle measures it.
        let kind = entry.muscle.map(|_| Kind::Emg);
        channel.label.kind = entry.kind.or(kind).unwrap_or(channel.label.kind);
        set_unit(channel, entry, warnings);
        if let Some(gain) = entry.gain {
            // A gain is said of volts: the file holds amplified ones.
            if channel.unit == Unit::ARBITRARY {
                channel.unit = Unit::VOLT;
            }
            channel.samples.iter_mut().for_each(|sample| *sample /= gain);
            channel.rails = channel.rails.map(|(low, high)| (low / gain, high / gain));
        }
    }
}

fn set_unit(channel: &mut Channel, entry: &ChannelEntry, warnings: &mut Vec<String>) {
    let Some(unit) = &entry.unit else { return };
    if channel.unit != Unit::ARBITRARY {
        warnings.push(format!(
            "the file gives {} as the unit of \"{}\"; the study's \"{unit}\" is not used",
            channel.unit, channel.label.name
        ));
        return;
    }
    match Unit::voltage(unit) {
        Some(volts) => {
            // Dividing by the whole number 1000 or 1 000 000 rounds once; multiplying by 0.001 would round twice.
            let per_volt = (1.0 / volts).round();
            channel.samples.iter_mut().for_each(|sample| *sample /= per_volt);
            channel.rails = channel.rails.map(|(low, high)| (low / per_volt, high / per_volt));
            channel.unit = Unit::VOLT;
        }
        None => channel.unit = Unit::other(unit.clone()),
    }
}

/// Keeps the part that the study asks for; what it leaves out becomes a gap.
fn cut(recording: &mut Recording, entry: &RecordingEntry) -> Result<()> {
    for channel in &mut recording.channels {
        let sample_at = |time_s: f64| channel.rate.samples(time_s - channel.start_s).min(channel.samples.len());
        let from = entry.from_s.map_or(0, sample_at);
        let to = entry.to_s.map_or(channel.samples.len(), sample_at);
        let excluded: Vec<_> = entry.exclude.iter().map(|&[from, to]| sample_at(from)..sample_at(to)).collect();
        if from >= to {
            let (start, end) = (channel.start_s, channel.time_s(channel.samples.len()));
            return Err(Error::new(
                Stage::Study,
                format!("nothing is left between from_s and to_s: the recording runs from {start:.3} to {end:.3} s"),
            ));
        }
        let missing = |channel: &Channel| channel.samples[from..to].iter().filter(|sample| sample.is_nan()).count();
        let before = missing(channel);
        for stretch in excluded {
            channel.samples[stretch].fill(f64::NAN);
        }
        channel.excluded = missing(channel) - before;
        channel.samples.truncate(to);
        channel.samples.drain(..from);
        channel.start_s = channel.time_s(from);
    }
    for [from, to] in &entry.exclude {
        let inside = |channel: &Channel| *from < channel.time_s(channel.samples.len()) && *to > channel.start_s;
        recording.warnings.push(if recording.channels.iter().any(inside) {
            format!("{from} to {to} s is left out, as the study says")
        } else {
            format!("exclude = [{from}, {to}] of the study lies outside the recording")
        });
    }
    Ok(())
}

fn events(input: &RecordingInput) -> Result<Vec<Event>> {
    match &input.entry.events {
        None => Ok(Vec::new()),
        Some(EventEntry::List(lines)) => Ok(lines.iter().map(Event::from).collect()),
        Some(EventEntry::File(name)) => {
            let path = input.event_file().unwrap_or_default();
            let bytes = std::fs::read(&path).map_err(|error| {
                Error::new(Stage::Study, format!("cannot read the event file: {error}"))
                    .in_file(name)
                    .with_hint("events = \"…\" is found from the folder of study.toml")
            })?;
            load::read_events(&bytes).map_err(|error| error.in_file(name))
        }
    }
}

fn condition(recording: Recording, recipe: &Recipe) -> Result<Prepared> {
    let Recording { channels, events, .. } = recording;
    let emg: Vec<Channel> = channels.into_iter().filter(|channel| channel.label.kind == Kind::Emg).collect();
    if emg.is_empty() {
        return Err(Error::new(Stage::Process, "no channel of this file is recognised as EMG").with_hint(
            "say which channels are, in study.toml: [channels] \"name\" = { muscle = \"soleus\", side = \"left\" }",
        ));
    }
    let plan = Plan::decide(recipe, &emg)?;
    let mut prepared =
        Prepared { traces: Vec::new(), events, decided: plan.describe(), found: Vec::new(), failed: Vec::new() };
    for (name, result) in plan.run(emg) {
        match result {
            Ok(processed) => {
                prepared.found.extend(processed.findings.iter().map(|finding| format!("{name}: {finding}")));
                prepared.traces.push(processed.trace);
            }
            Err(error) => prepared.failed.push((name, error)),
        }
    }
    match prepared.failed.first() {
        Some((_, error)) if prepared.traces.is_empty() => Err(error.clone()),
        _ => Ok(prepared),
    }
}

fn reading(recording: &Recording) -> Reading {
    let start_s = recording.channels.iter().map(|channel| channel.start_s).reduce(f64::min).unwrap_or(0.0);
    let duration_s = recording.channels.iter().map(Channel::duration_s).fold(0.0, f64::max);
    Reading {
        format: recording.format.to_owned(),
        dialect: recording.dialect.clone(),
        warnings: recording.warnings.clone(),
        duration_s,
        start_s,
        events: recording.events.len(),
    }
}

/// A channel as it was understood.
pub fn channel_findings(channel: &Channel) -> ChannelFindings {
    let Label { name, muscle, side, kind } = channel.label.clone();
    let missing = channel.missing();
    ChannelFindings {
        name,
        muscle,
        side,
        kind,
        unit: channel.unit.clone(),
        rate_hz: channel.rate,
        rate_from: channel.rate_source,
        samples: channel.samples.len(),
        gaps: gaps(&channel.samples),
        missing,
        verdict: None,
        reasons: Vec::new(),
    }
}

/// How many stretches of samples are missing.
fn gaps(samples: &[f64]) -> usize {
    let present = stretches(samples);
    match (present.first(), present.last()) {
        (Some(first), Some(last)) => {
            present.len() - 1 + usize::from(first.start > 0) + usize::from(last.end < samples.len())
        }
        _ => usize::from(!samples.is_empty()),
    }
}

/// Copies the verdicts of the quality analysis to the channels.
fn take_verdicts(findings: &mut RecordingFindings) {
    let verdicts =
        findings.outcomes.iter().flat_map(|outcome| &outcome.measures).filter(|measure| measure.verdict.is_some());
    for measure in verdicts {
        let Some(channel) =
            findings.channels.iter_mut().find(|channel| Some(&channel.name) == measure.channel.as_ref())
        else {
            continue;
        };
        channel.verdict = measure.verdict;
        channel.reasons = measure.note.iter().map(|note| note.to_string()).collect();
    }
}

/// A channel that could not be processed is bad, and says why.
fn refuse(findings: &mut RecordingFindings, name: &str, error: &Error) {
    for channel in findings.channels.iter_mut().filter(|channel| channel.name == name) {
        channel.verdict = Some(Verdict::Bad);
        channel.reasons = vec![error.message().to_owned()];
        let label =
            Label { name: channel.name.clone(), muscle: channel.muscle, side: channel.side, kind: channel.kind };
        let missing = ["rms", "arv", "envelope_mean", "envelope_peak"]
            .map(|name| Measure::missing(&label, name, channel.unit.clone(), error.message().to_owned()));
        if let Some(amplitude) = findings.outcomes.iter_mut().find(|outcome| outcome.analysis == "amplitude") {
            amplitude.measures.extend(missing);
        }
        let mut measure = Measure::missing(&label, "verdict", Unit::NONE, error.message().to_owned());
        measure.verdict = channel.verdict;
        match findings.outcomes.iter_mut().find(|outcome| outcome.analysis == "quality") {
            Some(quality) => quality.measures.push(measure),
            None => findings.outcomes.push(Outcome { measures: vec![measure], ..Outcome::new("quality") }),
        }
    }
}

/// A caution where the names of files in one session begin as if they were of several people, whose MVC
/// trials would then be each other's reference.
fn several_people(input: &SessionInput) -> Option<Note> {
    let person = |recording: &RecordingInput| {
        let first = recording.recording.split(['_', '-', ' ']).next().unwrap_or_default().to_owned();
        let digits = first.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let is_code =
            !digits.is_empty() && digits.len() < first.len() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(first)
    };
    let people: BTreeSet<String> = input.recordings.iter().map(person).collect::<Option<_>>()?;
    (people.len() > 1).then(|| {
        let names: Vec<String> = people.into_iter().collect();
        Note::caution(format!(
            "the files of this session begin with {}: if these are different people, give each a folder, since MVC \
             trials are the reference of their whole session",
            names.join(", ")
        ))
    })
}

/// The methods paragraph, written by the steps that ran.
fn methods(recipe: &Recipe, recordings: &[RecordingFindings]) -> Vec<String> {
    if !recordings.iter().any(|recording| recording.status == Status::Done) {
        return Vec::new();
    }
    let mut sentences = vec![format!("Surface EMG was processed with soleus {}.", env!("CARGO_PKG_VERSION"))];
    let mut plans: Vec<Vec<String>> = Vec::new();
    for recording in recordings.iter().filter(|recording| recording.status == Status::Done) {
        if !plans.contains(&recording.processing) {
            plans.push(recording.processing.clone());
        }
    }
    for plan in plans {
        sentences.push(format!("Steps: {}.", plan.join("; ")));
    }
    sentences.push(recipe.normalisation.describe());
    sentences.extend(recipe.analysis.enabled().iter().map(|analysis| analysis.describe()));
    sentences
}
