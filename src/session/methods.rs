//! The methods paragraph, written by the steps that ran.

use super::findings::{RecordingFindings, Status};
use super::inherited::is_activation;
use crate::outcome::Outcome;
use crate::recipe::Recipe;

/// The methods paragraph of a session, one sentence an entry; empty where nothing was
/// processed.
pub(super) fn methods(recipe: &Recipe, recordings: &[RecordingFindings]) -> Vec<String> {
    if !recordings.iter().any(|recording| recording.status == Status::Done) {
        return Vec::new();
    }
    let version = env!("CARGO_PKG_VERSION");
    let mut sentences = vec![format!("Surface EMG was processed with soleus {version}.")];
    sentences.extend(steps(recordings));

    let outcomes: Vec<&Outcome> =
        recordings.iter().flat_map(|recording| &recording.outcomes).collect();
    if is_normalised(&outcomes) {
        sentences.push(recipe.normalisation.describe());
    }
    sentences.extend(analyses(recipe, &outcomes));
    sentences
}

/// The steps of every recording, each sequence once.
fn steps(recordings: &[RecordingFindings]) -> Vec<String> {
    let mut plans: Vec<&[String]> = Vec::new();
    let is_done = |recording: &&RecordingFindings| recording.status == Status::Done;
    for recording in recordings.iter().filter(is_done) {
        if !plans.contains(&recording.processing.as_slice()) {
            plans.push(&recording.processing);
        }
    }
    plans.into_iter().map(|plan| format!("Steps: {}.", plan.join("; "))).collect()
}

fn is_normalised(outcomes: &[&Outcome]) -> bool {
    outcomes
        .iter()
        .flat_map(|outcome| &outcome.measures)
        .any(|row| row.value.is_some() && is_activation(row))
}

/// The sentences of the analyses. One that found nothing to work on has no place among
/// the methods.
fn analyses(recipe: &Recipe, outcomes: &[&Outcome]) -> Vec<String> {
    let found = |name: &str| {
        let of_it = outcomes.iter().filter(|outcome| outcome.analysis == name);
        of_it.flat_map(|outcome| &outcome.measures).any(|row| row.value.is_some())
    };
    let tested = outcomes.iter().any(|outcome| !outcome.curve_tests.is_empty());

    let enabled = recipe.analysis.enabled().into_iter();
    enabled
        .filter(|analysis| found(analysis.name()))
        .flat_map(|analysis| {
            let tests = analysis.describe_tests().filter(|_| tested);
            [analysis.describe()].into_iter().chain(tests)
        })
        .collect()
}
