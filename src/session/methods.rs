//! The methods paragraph, written by the steps that ran: whole, and in short.

use super::findings::{RecordingFindings, Status};
use super::inherited::is_activation;
use crate::analysis::Analysis;
use crate::outcome::Outcome;
use crate::recipe::Recipe;

/// What ran of a recipe.
#[derive(Clone, Copy)]
pub(super) struct Ran<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) recordings: &'a [RecordingFindings],
}

impl<'a> Ran<'a> {
    /// The recordings that were processed.
    pub(super) fn done(self) -> impl Iterator<Item = &'a RecordingFindings> {
        self.recordings.iter().filter(|recording| recording.status == Status::Done)
    }

    /// Whether nothing was processed.
    pub(super) fn nothing(self) -> bool {
        self.done().next().is_none()
    }

    fn outcomes(self) -> impl Iterator<Item = &'a Outcome> {
        self.recordings.iter().flat_map(|recording| &recording.outcomes)
    }

    /// Whether a number is in per cent of the references.
    pub(super) fn is_normalised(self) -> bool {
        let mut rows = self.outcomes().flat_map(|outcome| &outcome.measures);
        rows.any(|row| row.value.is_some() && is_activation(row))
    }

    /// Whether an analysis found something to work on: one that did not has no place among
    /// the methods.
    pub(super) fn found(self, analysis: &dyn Analysis) -> bool {
        let of_it = self.outcomes().filter(|outcome| outcome.analysis == analysis.name());
        of_it.flat_map(|outcome| &outcome.measures).any(|row| row.value.is_some())
    }

    fn analyses(self) -> impl Iterator<Item = &'a dyn Analysis> {
        let enabled = self.recipe.analysis.enabled().into_iter();
        enabled.filter(move |analysis| self.found(*analysis))
    }
}

/// The methods paragraph of a session, one sentence an entry; empty where nothing was
/// processed.
pub(super) fn methods(ran: Ran<'_>) -> Vec<String> {
    if ran.nothing() {
        return Vec::new();
    }
    let version = env!("CARGO_PKG_VERSION");
    let mut sentences = vec![format!("Surface EMG was processed with soleus {version}.")];
    sentences.extend(steps(ran));
    if ran.is_normalised() {
        sentences.push(ran.recipe.normalisation.describe());
    }
    let tested = ran.outcomes().any(|outcome| !outcome.curve_tests.is_empty());
    for analysis in ran.analyses() {
        sentences.push(analysis.describe());
        sentences.extend(analysis.describe_tests().filter(|_| tested));
    }
    sentences
}

/// The steps of every recording, each sequence once.
fn steps(ran: Ran<'_>) -> Vec<String> {
    let mut plans: Vec<&[String]> = Vec::new();
    for recording in ran.done() {
        if !plans.contains(&recording.processing.as_slice()) {
            plans.push(&recording.processing);
        }
    }
    plans.into_iter().map(|plan| format!("Steps: {}.", plan.join("; "))).collect()
}

/// The same in a few sentences, for an abstract or a short methods section.
pub(super) fn in_short(ran: Ran<'_>) -> Vec<String> {
    if ran.nothing() {
        return Vec::new();
    }
    let version = env!("CARGO_PKG_VERSION");
    let signals = match conditioning(ran.recipe) {
        Some(steps) => format!("Signals were {steps} (soleus {version})."),
        None => format!("Signals were taken as recorded (soleus {version})."),
    };
    let envelope = ran.recipe.envelope.kind().in_short();
    let mut sentences = vec![signals, format!("The envelope is {envelope}.")];
    if ran.is_normalised() {
        sentences.push(ran.recipe.normalisation.in_short());
    }
    let computed: Vec<String> = ran.analyses().map(|one| one.in_short()).collect();
    if !computed.is_empty() {
        sentences.push(format!("Computed were {}.", computed.join("; ")));
        sentences.push("Intervals are 95 % intervals.".to_owned());
    }
    sentences
}

/// What the steps of a recipe do to signals; `None` where it has none.
pub(super) fn conditioning(recipe: &Recipe) -> Option<String> {
    let steps = recipe.conditioning.iter().map(|step| step.conditioner().in_short());
    listed(steps.collect())
}

/// "a, b and c"; `None` of nothing.
pub(super) fn listed(mut all: Vec<String>) -> Option<String> {
    let last = all.pop()?;
    Some(match all.is_empty() {
        true => last,
        false => format!("{} and {last}", all.join(", ")),
    })
}
