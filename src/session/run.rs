//! From the inputs of one session to its findings.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::across;
use super::digested::{Digested, prepare, reference_role, rest_levels};
use super::exchanged::exchanged_sides;
use super::findings::{Failure, Findings, RecordingFindings, Role, Status};
use super::manifest::{Heard, RecordingInput, SessionInput, names_a_recording};
use super::methods::{Ran, methods};
use super::provenance::Provenance;
use super::reported::Reporting;
use super::rest::RestLevels;
use super::scale::{ReferenceLevel, References};
use super::understand::{FileRead, open, understand};
use crate::error::{Error, ErrorKind, Result};
use crate::load;
use crate::memory;
use crate::outcome::Note;
use crate::recipe::{Normalisation, Recipe, Reference};
use crate::signal::Trace;
use crate::units::Hertz;

/// What is asked of a session.
pub struct Request<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// Told of every recording when its samples are processed, it failed or it was
    /// skipped: long before the analyses of the session are done.
    pub finished: &'a (dyn Fn(&RecordingFindings) + Sync),
    /// Whether somebody wants it to end: recordings that were not begun then fail.
    pub stops: &'a (dyn Fn() -> bool + Sync),
    /// Given the traces of every processed recording, by the recording's name, before
    /// they are dropped; `None` where nobody wants them, so that a channel is dropped as
    /// soon as it is digested.
    pub traces: Option<&'a TakeTraces<'a>>,
    /// How its recordings share the memory.
    pub sharing: Sharing<'a>,
}

/// How the recordings of a session share the memory with all others at work.
#[derive(Debug, Clone, Copy)]
pub enum Sharing<'a> {
    /// Side by side. Where one finds no room beside the others, it fails and this says so:
    /// it may have enough when it is alone.
    Beside(&'a AtomicBool),
    /// One after the other.
    Alone,
}

impl Sharing<'_> {
    fn is_alone(&self) -> bool {
        matches!(self, Self::Alone)
    }

    /// Whether one of them found no room beside others.
    pub fn lacks_room(&self) -> bool {
        matches!(self, Self::Beside(lacks_room) if lacks_room.load(Ordering::Relaxed))
    }

    fn note_lack(&self) {
        if let Self::Beside(lacks_room) = self {
            lacks_room.store(true, Ordering::Relaxed);
        }
    }

    /// Does the same to every recording.
    fn map<'r, T: Send>(
        &self,
        recordings: Vec<&'r RecordingInput>,
        work: impl Fn(&'r RecordingInput) -> T + Sync + Send,
    ) -> Vec<T> {
        match self {
            Self::Beside(_) => recordings.into_par_iter().map(work).collect(),
            Self::Alone => recordings.into_iter().map(work).collect(),
        }
    }
}

/// What takes the traces of a recording.
pub type TakeTraces<'a> = dyn Fn(&str, &[Trace]) -> Result<()> + Sync + 'a;

/// Processes a session. Every recording is read once and each of its channels looked at
/// once, which leaves a digest: those of rest first, since they tell how loud the channels
/// of the others are at rest; then the references are taken from the digests; then the
/// analyses say what they find. A recording that fails is kept with its error; the others
/// go on.
pub fn run(input: &SessionInput, request: &Request<'_>) -> Findings {
    // Traces are handed on with their activation, so that here the references must be
    // known first.
    let before = request.traces.map(|_| references(input, request));
    let digested = |wanted: &(dyn Fn(Role) -> bool + Sync), rests: &RestLevels| {
        let wanted = input.recordings.iter().filter(|one| wanted(one.role));
        request.sharing.map(wanted.collect(), |recording| {
            let digested = digest(recording, rests, before.as_ref(), request);
            (request.finished)(&digested.findings);
            digested
        })
    };
    let mut at_rest = digested(&|role| role == Role::Rest, &RestLevels::default());
    let rests = rest_levels(&at_rest);
    at_rest.extend(digested(&|role| role != Role::Rest, &rests));
    let digested = at_rest;
    let others = digested.iter().filter(|one| one.findings.role != Role::Rest);
    let about_rest = rests.describe(others.flat_map(Digested::digests));

    let settings = &request.recipe.normalisation;
    let (recordings, references) = concluded(digested, before, request.recipe);

    let mut notes = notes(input, settings);
    notes.extend(exchanged_sides(&recordings));
    notes.extend(references.notes());
    notes.extend(about_rest);

    let ran = Ran { recipe: request.recipe, recordings: &recordings };
    Findings {
        methods: methods(ran),
        reporting: Reporting::of(&input.head, ran),
        provenance: Provenance::of(input, &recordings, (request.recipe, request.rate)),
        recordings,
        references: references.describe(settings),
        notes,
        recipe: serde_json::to_value(request.recipe).unwrap_or_default(),
        ..nothing_found(input)
    }
}

/// What the analyses say of the recordings of a session, in the order of their files, when
/// all of them are digested; and their references, where they were not known before.
pub(super) fn concluded(
    mut digested: Vec<Digested>,
    before: Option<References>,
    recipe: &Recipe,
) -> (Vec<RecordingFindings>, References) {
    across::compare(&mut digested);
    let levels = digested.iter().flat_map(|digested| digested.levels.iter().cloned());
    let mut references =
        before.unwrap_or_else(|| References::choose(levels, &recipe.normalisation));
    references.hold_against(digested.iter().flat_map(|one| &one.strongest));
    references.doubt_units(digested.iter().flat_map(across::of_doubtful_unit));

    let recordings =
        digested.into_par_iter().map(|digested| analysed(digested, &references, recipe));
    let mut recordings: Vec<RecordingFindings> = recordings.collect();
    recordings.sort_by(|a, b| a.file.cmp(&b.file));
    (recordings, references)
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
        head: input.head.clone(),
        recordings: Vec::new(),
        references: Vec::new(),
        notes: Vec::new(),
        methods: Vec::new(),
        reporting: Reporting::default(),
        provenance: Provenance::default(),
        recipe: serde_json::Value::Null,
    }
}

fn nothing_yet(input: &RecordingInput) -> RecordingFindings {
    let nothing =
        RecordingFindings::nothing_yet(&input.recording, &input.file, input.role);
    let (task, title) = (input.task.clone(), input.entry.title.clone());
    RecordingFindings { task, title, ..nothing }
}

/// The references of a session: of its MVC trials, or of its tasks, as the recipe says.
pub fn references(input: &SessionInput, request: &Request<'_>) -> References {
    let settings = &request.recipe.normalisation;
    let role = reference_role(settings);
    let sources: Vec<&RecordingInput> = input
        .recordings
        .iter()
        .filter(|recording| Some(recording.role) == role)
        .collect();
    let levels = request.sharing.map(sources, |recording| levels(recording, request));
    References::choose(levels.into_iter().flatten(), settings)
}

/// The levels of a recording's channels. One that cannot be processed gives none; its
/// error stands with its own findings.
fn levels(input: &RecordingInput, request: &Request<'_>) -> Vec<ReferenceLevel> {
    let settings = &request.recipe.normalisation;
    let quality = &request.recipe.analysis.quality;
    let level = |trace: Trace| {
        let assessment = quality.assess(&trace);
        ReferenceLevel::measure(settings, &input.recording, &trace, &assessment)
    };
    let measured = || {
        let contacts = &request.recipe.contacts;
        let recording = understand(input, request.rate, contacts)?.recording;
        Ok(prepare(recording, request.recipe, level)?.finished)
    };
    let measured = || with_room(input, request, measured);
    let measured: Option<Result<_>> = catch_unwind(AssertUnwindSafe(measured)).ok();
    measured.and_then(Result::ok).unwrap_or_default().into_iter().flatten().collect()
}

/// The traces of one recording, with activation where there is a reference: what `soleus
/// signals` writes.
///
/// # Errors
/// When the recording cannot be loaded or processed.
pub fn traces(
    input: &RecordingInput,
    references: &References,
    request: &Request<'_>,
) -> Result<Vec<Trace>> {
    let contacts = &request.recipe.contacts;
    let recording = understand(input, request.rate, contacts)?.recording;
    let mut traces = prepare(recording, request.recipe, |trace| trace)?.finished;
    references.scale(&mut traces);
    Ok(traces)
}

/// A recording whose samples are processed; an error, or a panic, is kept as its status.
fn digest(
    input: &RecordingInput,
    rests: &RestLevels,
    before: Option<&References>,
    request: &Request<'_>,
) -> Digested {
    let mut digested =
        Digested::new(nothing_yet(input), input.legs).knowing(rests.clone());
    if (request.stops)() {
        digested.findings.status = stopped(&input.file);
        return digested;
    }
    let read = || read(&mut digested, input, before, request);
    match catch_unwind(AssertUnwindSafe(|| with_room(input, request, read))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => digested.findings.status = status_after(&error, input),
        Err(_) => digested.findings.status = own_error(&input.file),
    }
    digested
}

/// Works on a recording in room that is kept for it.
///
/// # Errors
/// As the work; and where there is no room.
fn with_room<T>(
    input: &RecordingInput,
    request: &Request<'_>,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let room = load::keep_room(&input.path);
    let done = match room {
        None if !request.sharing.is_alone() => Err(no_room_beside_others()),
        _ => memory::fallible(work)
            .unwrap_or_else(|no_room| Err(load::without_room(&input.path, no_room))),
    };
    if done.as_ref().is_err_and(|error| error.kind() == ErrorKind::Memory) {
        request.sharing.note_lack();
    }
    done
}

fn no_room_beside_others() -> Error {
    let said = "there is no room in memory for it beside the others at work";
    Error::new(ErrorKind::Memory, said).with_hint("process fewer at once: --jobs 1")
}

fn read(
    digested: &mut Digested,
    input: &RecordingInput,
    before: Option<&References>,
    request: &Request<'_>,
) -> Result<()> {
    let FileRead { bytes, blake3, events_blake3, understood } =
        open(input, request.rate, &request.recipe.contacts)?;
    (digested.findings.bytes, digested.findings.blake3) = (bytes, blake3);
    digested.findings.events_blake3 = events_blake3;
    let wants_traces = request.traces.is_some();
    let understood = understood?;
    digested.findings.events_left_out.clone_from(&understood.events_left_out);
    let mut traces = digested.take(understood, request.recipe, wants_traces)?;

    let (Some(take), Some(references)) = (request.traces, before) else {
        return Ok(());
    };
    references.scale(&mut traces);
    take(&input.recording, &traces)
}

/// What the analyses find in a recording.
fn analysed(
    mut digested: Digested,
    references: &References,
    recipe: &Recipe,
) -> RecordingFindings {
    let analyse = || digested.analyse(references, recipe);
    if catch_unwind(AssertUnwindSafe(analyse)).is_err() {
        digested.findings.status = own_error(&digested.findings.file);
    }
    digested.findings
}

fn own_error(file: &str) -> Status {
    let message = format!("{file}: soleus made an error of its own on this recording");
    let hint = "please report it, with the file if you may share it";
    Status::Failed(Failure { message, hint: Some(hint.to_owned()) })
}

fn stopped(file: &str) -> Status {
    let message = format!("{file}: not processed, since the run was stopped");
    let hint = "run the same command again: what is done is not computed again";
    Status::Failed(Failure { message, hint: Some(hint.to_owned()) })
}

/// A failure speaks of the file by its place in the session, so that results do not
/// depend on where it lies.
fn status_after(error: &Error, input: &RecordingInput) -> Status {
    let message = error.text_of(&input.file);
    if error.kind() == ErrorKind::NotARecording {
        return Status::Skipped(message);
    }
    let hint = error.hint().map(str::to_owned);
    Status::Failed(Failure { message, hint })
}

fn notes(input: &SessionInput, settings: &Normalisation) -> Vec<Note> {
    let mut notes: Vec<Note> = several_people(input).into_iter().collect();
    notes.extend(input.recordings.iter().filter_map(named_role));
    let has_mvc = input.recordings.iter().any(|recording| recording.role == Role::Mvc);
    if settings.reference == Reference::Mvc && !has_mvc {
        notes.push(Note::info(
            "no recording of this session has the role mvc, so there is no activation in \
             % of MVC; amplitudes are in the unit of the file",
        ));
    }
    notes
}

/// The role that a recording's name says, or may say.
fn named_role(recording: &RecordingInput) -> Option<Note> {
    let hint = recording.role_hint.as_ref()?;
    let text = format!("{}: {}.", recording.file, hint.describe());
    let is_asked = hint.heard == Heard::Asked;
    Some(if is_asked { Note::caution(text) } else { Note::info(text) })
}

/// A caution where the names of files in one session begin as if they were of several
/// people, whose MVC trials would then be each other's reference.
fn several_people(input: &SessionInput) -> Option<Note> {
    let codes = input.recordings.iter().map(|recording| code(&recording.recording));
    let people: BTreeSet<&str> = codes.collect::<Option<_>>()?;
    if people.len() < 2 {
        return None;
    }
    let names: Vec<&str> = people.into_iter().collect();
    Some(Note::caution(format!(
        "the files of this session begin with {}: if these are different people, give \
         each a folder, since MVC trials are the reference of their whole session",
        names.join(", ")
    )))
}

/// The code of a person that a recording's name begins with: letters and then digits
/// alone.
fn code(recording: &str) -> Option<&str> {
    let first = recording.split(['_', '-', ' ']).next().unwrap_or_default();
    let digits = first.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_code = !digits.is_empty()
        && digits.len() < first.len()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !names_a_recording(&first[..first.len() - digits.len()]);
    is_code.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Before, trials of one person were asked about as if they were people.
    #[test]
    fn codes_of_people_are_no_names_of_trials() {
        for (name, person) in [
            ("S01_walk", Some("S01")),
            ("P3-mvc", Some("P3")),
            ("sub12 rest", Some("sub12")),
            ("mvc1", None),
            ("walk2_left", None),
            ("Trial03", None),
            ("rest1", None),
            ("walk", None),
        ] {
            assert_eq!(code(name), person, "{name}");
        }
    }
}
