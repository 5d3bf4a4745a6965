//! From the inputs of one session to its findings.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::findings::{
    ChannelFindings, Failure, Findings, Reading, RecordingFindings, Role, Status,
};
use super::manifest::{RecordingInput, SessionInput};
use super::plan::Plan;
use super::scale::{Level, References};
use super::understand::{open, understand};
use crate::analysis::{Analyses, Digest, Digests};
use crate::dsp::gaps::stretches;
use crate::error::{Error, Result, Stage};
use crate::load::Opened;
use crate::outcome::{Measure, Note, Outcome, Verdict};
use crate::recipe::{Normalisation, Recipe, Reference};
use crate::signal::{Channel, Event, Kind, Label, Legs, Recording, Trace};
use crate::units::{Hertz, Unit};

/// What is asked of a session.
pub struct Request<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// Told of every recording when its samples are processed, it failed or it was
    /// skipped: long before the analyses of the session are done.
    pub finished: &'a (dyn Fn(&RecordingFindings) + Sync),
    /// Given the traces of every processed recording, by the recording's name, before
    /// they are dropped; `None` where nobody wants them, so that a channel is dropped as
    /// soon as it is digested.
    pub traces: Option<&'a TakeTraces<'a>>,
}

/// What takes the traces of a recording.
pub type TakeTraces<'a> = dyn Fn(&str, &[Trace]) -> Result<()> + Sync + 'a;

/// Processes a session. Every recording is read once and each of its channels looked at
/// once, which leaves a digest; then the references are taken from the digests; then the
/// analyses say what they find. A recording that fails is kept with its error; the others
/// go on.
pub fn run(input: &SessionInput, request: &Request<'_>) -> Findings {
    // Traces are handed on with their activation, so that here the references must be
    // known first.
    let before = request.traces.map(|_| references(input, request));
    let digested: Vec<Digested> = input
        .recordings
        .par_iter()
        .map(|recording| {
            let digested = digest(recording, before.as_ref(), request);
            (request.finished)(&digested.findings);
            digested
        })
        .collect();
    let settings = &request.recipe.normalisation;
    let levels = digested.iter().flat_map(|digested| digested.levels.iter().cloned());
    let references = before.unwrap_or_else(|| References::of(levels, settings));
    let recordings = digested
        .into_par_iter()
        .map(|digested| analysed(digested, &references, request.recipe));
    let mut recordings: Vec<RecordingFindings> = recordings.collect();
    recordings.sort_by(|a, b| a.file.cmp(&b.file));
    Findings {
        methods: methods(request.recipe, &recordings),
        recordings,
        references: references.describe(settings),
        notes: notes(input, settings),
        recipe: serde_json::to_value(request.recipe).unwrap_or_default(),
        ..nothing_found(input)
    }
}

fn notes(input: &SessionInput, settings: &Normalisation) -> Vec<Note> {
    let mut notes: Vec<Note> = several_people(input).into_iter().collect();
    if settings.reference == Reference::Mvc
        && !input.recordings.iter().any(|recording| recording.role == Role::Mvc)
    {
        notes.push(Note::info(
            "no recording of this session has the role mvc, so there is no activation in % of MVC; amplitudes are in the unit of the file",
        ));
    }
    notes
}

/// A session that could not be processed as a whole.
pub fn failed(input: &SessionInput, failure: &Failure) -> Findings {
    let recording = |recording: &RecordingInput| RecordingFindings {
        status: Status::Failed(failure.clone()),
        ..nothing_yet(recording)
    };
    Findings {
        recordings: input.recordings.iter().map(recording).collect(),
        ..nothing_found(input)
    }
}

fn nothing_found(input: &SessionInput) -> Findings {
    Findings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: String::new(),
        subject: input.subject.clone(),
        session: input.session.clone(),
        recordings: Vec::new(),
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

/// The role of the recordings that references are taken from.
fn reference_role(settings: &Normalisation) -> Option<Role> {
    match settings.reference {
        Reference::None => None,
        Reference::Mvc => Some(Role::Mvc),
        Reference::Peak | Reference::Mean => Some(Role::Task),
    }
}

/// The references of a session: of its MVC trials, or of its tasks, as the recipe says.
pub fn references(input: &SessionInput, request: &Request<'_>) -> References {
    let settings = &request.recipe.normalisation;
    let sources = input
        .recordings
        .iter()
        .filter(|recording| Some(recording.role) == reference_role(settings));
    let sources: Vec<&RecordingInput> = sources.collect();
    let levels = sources.par_iter().map(|recording| {
        let level = |trace: Trace| Level::of(settings, &recording.recording, &trace);
        let prepared =
            catch_unwind(AssertUnwindSafe(|| prepare(recording, request, level)));
        // A recording that cannot be processed gives no reference; its error stands with
        // its own findings.
        let levels = prepared.ok().and_then(Result::ok).map(|prepared| prepared.finished);
        levels.unwrap_or_default().into_iter().flatten().collect()
    });
    References::of(levels.collect::<Vec<Vec<Level>>>().into_iter().flatten(), settings)
}

/// The traces of one recording, with activation where there is a reference: what `soleus
/// signals` writes.
///
/// # Errors
/// When the recording cannot be loaded or processed.
pub fn traces_of(
    input: &RecordingInput,
    references: &References,
    request: &Request<'_>,
) -> Result<Vec<Trace>> {
    let mut traces = prepare(input, request, |trace| trace)?.finished;
    references.scale(&mut traces);
    Ok(traces)
}

/// A recording whose samples are gone: what was understood of it, and what the analyses
/// need.
struct Digested {
    findings: RecordingFindings,
    digests: Vec<Digest>,
    events: Vec<Event>,
    legs: Legs,
    levels: Vec<Level>,
    refused: Vec<(String, Error)>,
}

fn digest(
    input: &RecordingInput,
    before: Option<&References>,
    request: &Request<'_>,
) -> Digested {
    let mut digested = Digested {
        findings: nothing_yet(input),
        digests: Vec::new(),
        events: Vec::new(),
        legs: input.legs,
        levels: Vec::new(),
        refused: Vec::new(),
    };
    let outcome =
        catch_unwind(AssertUnwindSafe(|| digested.fill(input, before, request)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => digested.findings.status = status_of(&error, input),
        Err(_) => digested.findings.status = own_error(&input.file),
    }
    digested
}

/// A digested channel, its level as a reference, and its samples where somebody wants
/// them.
struct Finished {
    digest: Digest,
    level: Option<Level>,
    trace: Option<Trace>,
}

impl Digested {
    fn fill(
        &mut self,
        input: &RecordingInput,
        before: Option<&References>,
        request: &Request<'_>,
    ) -> Result<()> {
        let Opened { bytes, blake3, recording } = open(input, request.rate)?;
        (self.findings.bytes, self.findings.blake3) = (bytes, blake3);
        let mut recording = recording?;
        let analyses = analyses_of(input.role, request.recipe);
        let contacts = analyses.contacts(&recording);
        recording.events.extend(contacts.events);
        recording.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        self.findings.reading = Some(reading(&recording));
        self.findings.channels =
            recording.channels.iter().map(channel_findings).collect();
        let settings = &request.recipe.normalisation;
        let is_reference = reference_role(settings) == Some(input.role);
        let events = recording.events.clone();
        let finish = |trace: Trace| Finished {
            digest: analyses.digest(&trace, &events),
            level: Some(&trace)
                .filter(|_| is_reference)
                .and_then(|trace| Level::of(settings, &input.recording, trace)),
            trace: request.traces.map(|_| trace),
        };
        let Prepared { finished, events, decided, found, refused } =
            condition(recording, request.recipe, finish)?;
        self.findings.processing = decided;
        self.findings.found = contacts.findings.into_iter().chain(found).collect();
        (self.events, self.refused) = (events, refused);
        let mut traces = Vec::new();
        for Finished { digest, level, trace } in finished {
            self.digests.push(digest);
            self.levels.extend(level);
            traces.extend(trace);
        }
        let (Some(take), Some(references)) = (request.traces, before) else {
            return Ok(());
        };
        references.scale(&mut traces);
        take(&input.recording, &traces)
    }
}

/// What is asked of a recording.
fn analyses_of(role: Role, recipe: &Recipe) -> Cow<'_, Analyses> {
    match role {
        Role::Task => Cow::Borrowed(&recipe.analysis),
        _ => Cow::Owned(recipe.analysis.of_trials()),
    }
}

/// What the analyses find in a recording.
fn analysed(
    digested: Digested,
    references: &References,
    recipe: &Recipe,
) -> RecordingFindings {
    let Digested { mut findings, mut digests, events, legs, refused, .. } = digested;
    if digests.is_empty() {
        return findings;
    }
    let analyses = analyses_of(findings.role, recipe);
    references.assign(&mut digests);
    analyses.complete(&mut digests);
    let channels = Digests { channels: &digests, events: &events, legs };
    let found = || analyses.run(&channels);
    match catch_unwind(AssertUnwindSafe(found)) {
        Ok(outcomes) => findings.outcomes = outcomes,
        Err(_) => findings.status = own_error(&findings.file),
    }
    take_verdicts(&mut findings);
    for (name, error) in refused {
        refuse(&mut findings, &name, &error);
    }
    findings
}

fn own_error(file: &str) -> Status {
    Status::Failed(Failure {
        message: format!("{file}: soleus made an error of its own on this recording"),
        hint: Some("please report it, with the file if you may share it".into()),
    })
}

/// A failure speaks of the file by its place in the session, so that results do not
/// depend on where it lies.
fn status_of(error: &Error, input: &RecordingInput) -> Status {
    let text = error.text_of(&input.file);
    if error.stage() == Stage::NotARecording {
        return Status::Skipped(text);
    }
    Status::Failed(Failure { message: text, hint: error.hint().map(str::to_owned) })
}

/// A recording taken through the chain, with what `finish` made of each trace.
struct Prepared<T> {
    finished: Vec<T>,
    events: Vec<Event>,
    decided: Vec<String>,
    found: Vec<String>,
    refused: Vec<(String, Error)>,
}

fn prepare<T: Send>(
    input: &RecordingInput,
    request: &Request<'_>,
    finish: impl Fn(Trace) -> T + Sync,
) -> Result<Prepared<T>> {
    condition(understand(input, request.rate)?, request.recipe, finish)
}

fn condition<T: Send>(
    recording: Recording,
    recipe: &Recipe,
    finish: impl Fn(Trace) -> T + Sync,
) -> Result<Prepared<T>> {
    let Recording { channels, events, .. } = recording;
    let emg: Vec<Channel> =
        channels.into_iter().filter(|channel| channel.label.kind == Kind::Emg).collect();
    if emg.is_empty() {
        return Err(Error::new(Stage::Process, "no channel of this file is recognised as EMG").with_hint(
            "say which channels are, in study.toml: [channels] \"name\" = { muscle = \"soleus\", side = \"left\" }",
        ));
    }
    let plan = Plan::decide(recipe, &emg)?;
    let mut prepared = Prepared {
        finished: Vec::new(),
        events,
        decided: plan.describe(),
        found: Vec::new(),
        refused: Vec::new(),
    };
    for (name, result) in plan.run(emg, finish) {
        match result {
            Ok(processed) => {
                prepared.found.extend(
                    processed.findings.iter().map(|finding| format!("{name}: {finding}")),
                );
                prepared.finished.push(processed.finished);
            }
            Err(error) => prepared.refused.push((name, error)),
        }
    }
    match prepared.refused.first() {
        Some((_, error)) if prepared.finished.is_empty() => Err(error.clone()),
        _ => Ok(prepared),
    }
}

fn reading(recording: &Recording) -> Reading {
    let start_s = recording
        .channels
        .iter()
        .map(|channel| channel.start_s)
        .reduce(f64::min)
        .unwrap_or(0.0);
    let duration_s =
        recording.channels.iter().map(Channel::duration_s).fold(0.0, f64::max);
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
            present.len() - 1
                + usize::from(first.start > 0)
                + usize::from(last.end < samples.len())
        }
        _ => usize::from(!samples.is_empty()),
    }
}

/// Copies the verdicts of the quality analysis to the channels.
fn take_verdicts(findings: &mut RecordingFindings) {
    let verdicts = findings
        .outcomes
        .iter()
        .flat_map(|outcome| &outcome.measures)
        .filter(|measure| measure.verdict.is_some());
    for measure in verdicts {
        let Some(channel) = findings
            .channels
            .iter_mut()
            .find(|channel| Some(&channel.name) == measure.channel.as_ref())
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
        let label = Label {
            name: channel.name.clone(),
            muscle: channel.muscle,
            side: channel.side,
            kind: channel.kind,
        };
        let missing = ["rms", "arv", "envelope_mean", "envelope_peak"].map(|name| {
            Measure::missing(
                &label,
                name,
                channel.unit.clone(),
                error.message().to_owned(),
            )
        });
        if let Some(amplitude) =
            findings.outcomes.iter_mut().find(|outcome| outcome.analysis == "amplitude")
        {
            amplitude.measures.extend(missing);
        }
        let mut measure =
            Measure::missing(&label, "verdict", Unit::NONE, error.message().to_owned());
        measure.verdict = channel.verdict;
        match findings.outcomes.iter_mut().find(|outcome| outcome.analysis == "quality") {
            Some(quality) => quality.measures.push(measure),
            None => findings
                .outcomes
                .push(Outcome { measures: vec![measure], ..Outcome::new("quality") }),
        }
    }
}

/// A caution where the names of files in one session begin as if they were of several
/// people, whose MVC trials would then be each other's reference.
fn several_people(input: &SessionInput) -> Option<Note> {
    let person = |recording: &RecordingInput| {
        let first = recording
            .recording
            .split(['_', '-', ' '])
            .next()
            .unwrap_or_default()
            .to_owned();
        let digits = first.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let is_code = !digits.is_empty()
            && digits.len() < first.len()
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(first)
    };
    let people: BTreeSet<String> =
        input.recordings.iter().map(person).collect::<Option<_>>()?;
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
    let mut sentences = vec![format!(
        "Surface EMG was processed with soleus {}.",
        env!("CARGO_PKG_VERSION")
    )];
    let mut plans: Vec<Vec<String>> = Vec::new();
    for recording in
        recordings.iter().filter(|recording| recording.status == Status::Done)
    {
        if !plans.contains(&recording.processing) {
            plans.push(recording.processing.clone());
        }
    }
    for plan in plans {
        sentences.push(format!("Steps: {}.", plan.join("; ")));
    }
    let outcomes = || recordings.iter().flat_map(|recording| &recording.outcomes);
    if outcomes()
        .flat_map(|outcome| &outcome.measures)
        .any(|row| row.name.starts_with("activation") && row.value.is_some())
    {
        sentences.push(recipe.normalisation.describe());
    }
    // What found nothing to work on has no place among the methods.
    let found = |name: &str| {
        outcomes()
            .filter(|outcome| outcome.analysis == name)
            .flat_map(|outcome| &outcome.measures)
            .any(|row| row.value.is_some())
    };
    let tested = outcomes().any(|outcome| !outcome.curve_tests.is_empty());
    for analysis in
        recipe.analysis.enabled().into_iter().filter(|analysis| found(analysis.name()))
    {
        sentences.push(analysis.describe());
        sentences.extend(analysis.describe_tests().filter(|_| tested));
    }
    sentences
}
