//! The methods as the page shows them: in short, in full, and what of them is told.

use serde::Serialize;

use crate::report::bibtex::bibtex;
use crate::report::references::cited;
use crate::session::{Findings, MethodsPassage, ReportingArea, ReportingItem, ToldBy};

/// Whose items are counted.
const STANDARDS: &str = "The items are ours, in our words: what the ISEK standards \
    (Merletti 1999) and the CEDE matrix of amplitude normalisation (Besomi et al. 2020) \
    ask for, in the areas of CEDE-Check (Besomi et al. 2024), whose own list has 40 items.";

/// The methods of a session.
#[derive(Debug, Serialize)]
pub(super) struct Methods {
    /// "14 of 22 items told"; empty where none are counted.
    count: String,
    /// The items that nobody told, and the key of `study.toml` of each.
    missing: Vec<(String, String)>,
    recorded_in_short: Vec<PassageView>,
    in_short: String,
    recorded: Vec<PassageView>,
    full: Vec<String>,
    areas: Vec<AreaView>,
    standards: &'static str,
    literature: Vec<&'static str>,
    bibtex: String,
}

/// Words, or a gap with the key that fills it.
#[derive(Debug, Serialize)]
struct PassageView {
    text: String,
    key: Option<String>,
}

#[derive(Debug, Serialize)]
struct AreaView {
    title: &'static str,
    items: Vec<ItemView>,
}

#[derive(Debug, Serialize)]
struct ItemView {
    name: String,
    asked_by: String,
    /// `None` where nobody told it.
    told_by: Option<&'static str>,
    words: String,
    key: Option<String>,
}

impl Methods {
    /// The methods of a session; `None` where nothing was processed.
    pub(super) fn of(findings: &Findings) -> Option<Self> {
        if findings.methods.is_empty() {
            return None;
        }
        let reporting = &findings.reporting;
        let (in_short, full) = (reporting.in_short.join(" "), findings.methods.join(" "));
        let literature = match reporting.items.is_empty() {
            true => cited(&full),
            false => cited(&format!("{in_short} {full} {STANDARDS}")),
        };
        Some(Self {
            count: count(&reporting.items),
            missing: reporting.missing().map(name_and_key).collect(),
            recorded_in_short: reporting.recorded_in_short.iter().map(view).collect(),
            in_short,
            recorded: reporting.recorded.iter().map(view).collect(),
            full: findings.methods.clone(),
            areas: areas(&reporting.items),
            standards: STANDARDS,
            bibtex: bibtex(&literature),
            literature,
        })
    }
}

fn view(passage: &MethodsPassage) -> PassageView {
    PassageView { text: passage.text.clone(), key: passage.key.clone() }
}

fn count(items: &[ReportingItem]) -> String {
    let told = items.iter().filter(|item| item.told_by != ToldBy::Nobody).count();
    match items.len() {
        0 => String::new(),
        all => format!("{told} of {all} items told"),
    }
}

fn name_and_key(item: &ReportingItem) -> (String, String) {
    (item.name.to_lowercase(), item.key.clone().unwrap_or_default())
}

/// The items by their areas, which stand together.
fn areas(items: &[ReportingItem]) -> Vec<AreaView> {
    let areas = items.chunk_by(|one, next| one.area == next.area);
    let area = |items: &[ReportingItem]| AreaView {
        title: items.first().map_or("", |item| title(item.area)),
        items: items.iter().map(item_view).collect(),
    };
    areas.map(area).collect()
}

fn title(area: ReportingArea) -> &'static str {
    match area {
        ReportingArea::Task => "Task",
        ReportingArea::Placement => "Electrode placement",
        ReportingArea::Electrodes => "Electrodes",
        ReportingArea::Signals => "Acquisition and processing",
    }
}

fn item_view(item: &ReportingItem) -> ItemView {
    let told_by = match item.told_by {
        ToldBy::Recipe => Some("the recipe"),
        ToldBy::Recordings => Some("the recordings"),
        ToldBy::Study => Some("study.toml"),
        ToldBy::Nobody => None,
    };
    ItemView {
        name: item.name.clone(),
        asked_by: item.asked_by.clone(),
        told_by,
        words: item.words.clone().unwrap_or_default(),
        key: item.key.clone().filter(|_| told_by.is_none()),
    }
}
