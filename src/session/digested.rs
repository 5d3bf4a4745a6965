//! One recording, from its samples to what the analyses say of it.

use std::borrow::Cow;

use super::findings::{ChannelFindings, Reading, RecordingFindings, Role};
use super::inherited::inherit;
use super::plan::Plan;
use super::refused::{refuse, take_verdicts};
use super::rest::RestLevels;
use super::scale::{ReferenceLevel, References, Strongest, strongest_window};
use super::understand::Understood;
use crate::analysis::{Analyses, Beforehand, Digest, Digests};
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::{Normalisation, Recipe, Reference};
use crate::signal::{Channel, Event, Kind, Legs, Recording, Trace};

/// A recording whose samples are gone: what was understood of it, and what the analyses
/// need.
pub(super) struct Digested {
    pub(super) findings: RecordingFindings,
    pub(super) levels: Vec<ReferenceLevel>,
    /// The strongest part of each channel of a task, against which references are held.
    pub(super) strongest: Vec<Strongest>,
    digests: Vec<Digest>,
    events: Vec<Event>,
    legs: Legs,
    rests: RestLevels,
    refused: Vec<(String, Error)>,
}

/// A digested channel, its level as a reference, and its samples where somebody wants
/// them.
struct DigestedChannel {
    digest: Digest,
    level: Option<ReferenceLevel>,
    strongest: Option<Strongest>,
    trace: Option<Trace>,
}

impl Digested {
    /// A recording of which nothing is known yet.
    pub(super) fn new(findings: RecordingFindings, legs: Legs) -> Self {
        Self {
            findings,
            levels: Vec::new(),
            strongest: Vec::new(),
            digests: Vec::new(),
            events: Vec::new(),
            legs,
            rests: RestLevels::default(),
            refused: Vec::new(),
        }
    }

    /// The same with what the session's recordings of rest say.
    pub(super) fn knowing(self, rests: RestLevels) -> Self {
        Self { rests, ..self }
    }

    /// Its channels.
    pub(super) fn digests(&self) -> &[Digest] {
        &self.digests
    }

    /// Its channels, for what only the others of the session can say of them.
    pub(super) fn digests_mut(&mut self) -> &mut [Digest] {
        &mut self.digests
    }

    /// Takes everything from a recording that the analyses and the references need, and
    /// hands back its traces, without activation, where they are wanted.
    ///
    /// # Errors
    /// When no channel of it can be processed.
    pub(super) fn take(
        &mut self,
        understood: Understood,
        recipe: &Recipe,
        wants_traces: bool,
    ) -> Result<Vec<Trace>> {
        let analyses = analyses_of(self.findings.role, recipe);
        let Understood { recording, found, .. } = understood;
        self.findings.reading = Some(Reading::describe(&recording));
        self.findings.channels =
            recording.channels.iter().map(ChannelFindings::describe).collect();

        let events = recording.events.clone();
        let at_rest = self.findings.role == Role::Rest;
        let digest = |trace: Trace| {
            let rest = self.rests.find(&trace.label, &trace.unit, trace.rate);
            let rest = rest.as_ref().filter(|_| !at_rest);
            let beforehand = Beforehand { events: &events, rest, at_rest };
            let digest = analyses.digest_knowing(&trace, &beforehand);
            DigestedChannel {
                level: self.level(&trace, &digest, &recipe.normalisation),
                strongest: self.strongest(&trace, &digest, &recipe.normalisation),
                digest,
                trace: wants_traces.then_some(trace),
            }
        };
        let prepared = prepare(recording, recipe, digest)?;

        self.findings.processing = prepared.decided;
        self.findings.found = found.into_iter().chain(prepared.found).collect();
        (self.events, self.refused) = (prepared.events, prepared.refused);
        let traces = self.keep(prepared.finished);
        analyses.complete(&mut self.digests);
        Ok(traces)
    }

    /// The level of a channel, where this recording is one that references come from.
    fn level(
        &self,
        trace: &Trace,
        digest: &Digest,
        settings: &Normalisation,
    ) -> Option<ReferenceLevel> {
        let is_reference = reference_role(settings) == Some(self.findings.role);
        let recording = &self.findings.recording;
        let assessment = &digest.quality.assessment;
        let measure = || ReferenceLevel::measure(settings, recording, trace, assessment);
        is_reference.then(measure).flatten()
    }

    /// The strongest part of a channel of a task, where it is muscle.
    fn strongest(
        &self,
        trace: &Trace,
        digest: &Digest,
        settings: &Normalisation,
    ) -> Option<Strongest> {
        let is_task = self.findings.role == Role::Task;
        if !is_task || settings.reference != Reference::Mvc || digest.silent {
            return None;
        }
        let window = trace.rate.samples(settings.window_s).max(1);
        let (at, level) = strongest_window(&trace.envelope, window)?;
        let (from_s, to_s) = (trace.rate.seconds(at), trace.rate.seconds(at + window));
        digest.quality.is_muscle(from_s, to_s).then(|| Strongest {
            label: trace.label.clone(),
            unit: trace.unit.clone(),
            recording: self.findings.recording.clone(),
            level,
        })
    }

    fn keep(&mut self, channels: Vec<DigestedChannel>) -> Vec<Trace> {
        let mut traces = Vec::new();
        for DigestedChannel { digest, level, strongest, trace } in channels {
            self.digests.push(digest);
            self.levels.extend(level);
            self.strongest.extend(strongest);
            traces.extend(trace);
        }
        traces
    }

    /// Adds what the analyses find.
    pub(super) fn analyse(&mut self, references: &References, recipe: &Recipe) {
        if self.digests.is_empty() {
            return;
        }
        let analyses = analyses_of(self.findings.role, recipe);
        references.assign(&mut self.digests);

        let channels =
            Digests { channels: &self.digests, events: &self.events, legs: self.legs };
        self.findings.outcomes = analyses.run(&channels);
        inherit(&mut self.findings.outcomes, &self.digests);

        take_verdicts(&mut self.findings);
        for (name, error) in &self.refused {
            refuse(&mut self.findings, name, error);
        }
    }
}

/// How loud channels are in those of these recordings that are of rest.
pub(super) fn rest_levels(digested: &[Digested]) -> RestLevels {
    let at_rest = digested.iter().filter(|one| one.findings.role == Role::Rest);
    RestLevels::of(at_rest.map(|one| (one.findings.recording.as_str(), one.digests())))
}

/// What is asked of a recording.
fn analyses_of(role: Role, recipe: &Recipe) -> Cow<'_, Analyses> {
    match role {
        Role::Task => Cow::Borrowed(&recipe.analysis),
        _ => Cow::Owned(recipe.analysis.of_trials()),
    }
}

/// The role of the recordings that references are taken from.
pub(super) fn reference_role(settings: &Normalisation) -> Option<Role> {
    match settings.reference {
        Reference::None => None,
        Reference::Mvc => Some(Role::Mvc),
        Reference::Peak | Reference::Mean => Some(Role::Task),
    }
}

/// A recording taken through the chain, with what `finish` made of each trace.
pub(super) struct Prepared<T> {
    pub(super) finished: Vec<T>,
    events: Vec<Event>,
    decided: Vec<String>,
    found: Vec<String>,
    refused: Vec<(String, Error)>,
}

/// Takes the EMG channels of a recording through the chain. Channels that cannot be
/// processed are kept with their errors.
///
/// # Errors
/// When there is no EMG channel, none can be processed, or the recipe does not fit the
/// sampling rates.
pub(super) fn prepare<T: Send>(
    recording: Recording,
    recipe: &Recipe,
    finish: impl Fn(Trace) -> T + Sync,
) -> Result<Prepared<T>> {
    let Recording { channels, events, .. } = recording;
    let emg = emg_channels(channels)?;
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
                let named = |finding: &String| format!("{name}: {finding}");
                prepared.found.extend(processed.findings.iter().map(named));
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

fn emg_channels(channels: Vec<Channel>) -> Result<Vec<Channel>> {
    let is_emg = |channel: &Channel| channel.label.kind == Kind::Emg;
    let emg: Vec<Channel> = channels.into_iter().filter(is_emg).collect();
    if !emg.is_empty() {
        return Ok(emg);
    }
    let message = "no channel of this file is recognised as EMG";
    Err(Error::new(ErrorKind::Process, message).with_hint(
        "say which channels are, in study.toml: \
         [channels] \"name\" = { muscle = \"soleus\", side = \"left\" }",
    ))
}
