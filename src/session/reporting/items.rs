//! What reports of EMG are asked to tell, item by item.

use super::from_study::{FromStudy, OfElectrodes, OfTask};
use super::recorded::{all_known, muscles, rates};
use super::{Ran, ReportingArea, ReportingItem, ToldBy};
use crate::analysis::Analysis;
use crate::session::methods::conditioning;

/// Merletti (1999).
const ISEK: &str = "ISEK";
/// Besomi et al. (2024).
const CHECK: &str = "CEDE-Check";
/// Besomi et al. (2020).
const MATRIX: &str = "CEDE matrix";

/// Every item that applies to what ran, in the order of the areas.
pub(super) fn of(
    task: OfTask,
    electrodes: OfElectrodes,
    ran: Ran<'_>,
) -> Vec<ReportingItem> {
    let mut items = of_task(task);
    items.extend(of_placement(&electrodes, ran));
    items.extend(of_electrodes(&electrodes));
    items.extend(of_acquisition(&electrodes, ran));
    items.extend(of_processing(ran));
    items
}

fn of_task(task: OfTask) -> Vec<ReportingItem> {
    let item = |name, by, told: &FromStudy| asked((ReportingArea::Task, name, by), told);
    let mut items = vec![
        item("Task and instructions", CHECK, &task.instructions),
        item("Posture and joint angles", CHECK, &task.posture),
        item("Load or pace", CHECK, &task.load),
    ];
    let maximum = task.maximum.iter();
    items.extend(maximum.map(|told| item("Maximal contractions", MATRIX, told)));
    items
}

fn of_placement(told: &OfElectrodes, ran: Ran<'_>) -> Vec<ReportingItem> {
    let item =
        |name, told: &FromStudy| asked((ReportingArea::Placement, name, ISEK), told);
    let muscles = ReportingItem {
        key: (!all_known(ran)).then(|| "channels".to_owned()),
        ..known(
            (ReportingArea::Placement, "Muscles and sides", CHECK),
            (
                if all_known(ran) { ToldBy::Recordings } else { ToldBy::Nobody },
                muscles(ran),
            ),
        )
    };
    vec![
        muscles,
        item("Place and orientation", &told.placement),
        item("Skin preparation", &told.skin),
        item("Reference electrode", &told.reference),
        item("Precautions against crosstalk", &told.crosstalk),
    ]
}

fn of_electrodes(told: &OfElectrodes) -> [ReportingItem; 3] {
    let item =
        |name, told: &FromStudy| asked((ReportingArea::Electrodes, name, ISEK), told);
    [
        item("Type and material", &told.kind),
        item("Shape and size", &told.size),
        item("Inter-electrode distance", &told.distance),
    ]
}

fn of_acquisition(told: &OfElectrodes, ran: Ran<'_>) -> [ReportingItem; 4] {
    let of = |name| (ReportingArea::Signals, name, ISEK);
    [
        asked(of("Amplifier"), &told.amplifier),
        asked(of("Analogue filters"), &told.filters),
        asked(of("Resolution of the converter"), &told.bits),
        known(of("Sampling rate"), (ToldBy::Recordings, rates(ran))),
    ]
}

fn of_processing(ran: Ran<'_>) -> Vec<ReportingItem> {
    let by_recipe = |name, by, words: String| {
        known((ReportingArea::Signals, name, by), (ToldBy::Recipe, words))
    };
    let recipe = ran.recipe;
    let steps = conditioning(recipe).unwrap_or_else(|| "none".to_owned());
    let normalisation = match ran.is_normalised() {
        true => recipe.normalisation.in_short(),
        false => "none: amplitudes in the unit of the file".to_owned(),
    };
    let mut items = vec![
        by_recipe("Digital filters", ISEK, steps),
        by_recipe("Rectification and smoothing", ISEK, recipe.envelope.kind().in_short()),
        by_recipe("Amplitude normalisation", MATRIX, normalisation),
    ];
    let analysis = |name, by, analysis: Option<&dyn Analysis>| {
        let ran = analysis.filter(|analysis| ran.found(*analysis))?;
        Some(by_recipe(name, by, ran.in_short()))
    };
    let all = &recipe.analysis;
    let fatigue = all.fatigue.on().map(|settings| settings as &dyn Analysis);
    let activity = all.activity.on().map(|settings| settings as &dyn Analysis);
    items.extend(analysis("Spectra and epochs", ISEK, fatigue));
    items.extend(analysis("Beginning and end of activity", CHECK, activity));
    items.extend(analysis("Signal quality", CHECK, Some(&all.quality)));
    let version = format!("soleus {}", env!("CARGO_PKG_VERSION"));
    items.push(by_recipe("Software", CHECK, version));
    items
}

/// The area, the name of an item and who asks for it.
type Item = (ReportingArea, &'static str, &'static str);

/// What only the study can tell.
fn asked(item: Item, told: &FromStudy) -> ReportingItem {
    let told_by = if told.words.is_some() { ToldBy::Study } else { ToldBy::Nobody };
    let words = told.words.clone();
    let key = Some(told.key.to_owned());
    ReportingItem { words, key, ..known(item, (told_by, String::new())) }
}

/// What is known without the study.
fn known((area, name, by): Item, (told_by, words): (ToldBy, String)) -> ReportingItem {
    ReportingItem {
        area,
        name: name.to_owned(),
        asked_by: by.to_owned(),
        told_by,
        words: Some(words),
        key: None,
    }
}
