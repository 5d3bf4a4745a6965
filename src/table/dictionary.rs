//! `measures.json`: the dictionary of the tables, what every measure and every column
//! says.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::TABLES;
use crate::analysis::dictionary::{Entry, entries};
use crate::columns::TableColumn;
use crate::outcome::fact::{Compares, Fact, Known, MeasureKind, Part, Relative, Use};

/// The name of the file beside the tables.
pub const DICTIONARY_FILE: &str = "measures.json";

/// What the dictionary says of a measure, or of a family of measures.
#[derive(Serialize)]
struct MeasureEntry {
    analysis: &'static str,
    words: &'static str,
    description: &'static str,
    unit: &'static str,
    kind: MeasureKind,
    relative_to: Relative,
    compares: Compares,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used_for: Vec<&'static str>,
    formula: &'static str,
    source: &'static str,
    /// What may stand behind the dot of a family.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<&'static str, PartEntry>,
}

/// What the dictionary says of a part of a family.
#[derive(Serialize)]
struct PartEntry {
    words: &'static str,
    compares: Compares,
}

/// What the dictionary says of a column.
#[derive(Serialize)]
struct ColumnEntry {
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    levels: &'static [&'static str],
}

/// The dictionary: one object keyed by measure (`symmetry_index.<q>` for a family,
/// `difference.burst_peak_percent` where another analysis has the family's name), and
/// `columns`, of table → column → description and unit.
///
/// # Errors
/// When a fact cannot be written as JSON, which none is known to.
pub fn measure_dictionary() -> serde_json::Result<Value> {
    let mut all = Map::new();
    for entry in entries() {
        for (name, told) in told(entry) {
            // Two analyses may tell of one family: then each part of the second has an
            // entry of its own.
            let names = match all.contains_key(&name) {
                true => part_names(entry.fact),
                false => vec![name],
            };
            let told = serde_json::to_value(told)?;
            all.extend(names.into_iter().map(|name| (name, told.clone())));
        }
    }

    let mut tables = Map::new();
    for table in &TABLES {
        tables.insert(table.name.to_owned(), columns(table.columns)?);
    }
    all.insert("columns".to_owned(), Value::Object(tables));
    Ok(Value::Object(all))
}

/// The entries of a fact: the measure itself, and the family of its parts.
fn told(Entry { analysis, fact }: Entry) -> Vec<(String, MeasureEntry)> {
    let mut found = Vec::new();
    if fact.alone {
        found.push((fact.name.to_owned(), told_of(analysis, fact, false)));
    }
    if !fact.parts.is_empty() {
        found.push((format!("{}.<q>", fact.name), told_of(analysis, fact, true)));
    }
    found
}

fn told_of(analysis: &'static str, fact: &'static Fact, family: bool) -> MeasureEntry {
    let of_parts = fact.parts.iter().flat_map(|part| part.uses);
    let uses: Vec<&Use> =
        if family { of_parts.collect() } else { fact.uses.iter().collect() };
    let mut used_for: Vec<&'static str> =
        uses.into_iter().map(|used| used.word()).collect();
    used_for.sort_unstable();
    used_for.dedup();

    let parts = if family { fact.parts } else { &[] };
    MeasureEntry {
        analysis,
        words: fact.words,
        description: fact.description,
        unit: fact.unit.symbol(),
        kind: fact.kind,
        relative_to: fact.relative_to,
        compares: fact.compares,
        used_for,
        formula: fact.formula,
        source: fact.source,
        parts: parts.iter().map(|part| (part.name, part_entry(fact, part))).collect(),
    }
}

fn part_entry(fact: &'static Fact, part: &'static Part) -> PartEntry {
    let known = Known { fact, part: Some(part) };
    PartEntry { words: part.words, compares: known.compares() }
}

fn part_names(fact: &Fact) -> Vec<String> {
    fact.parts.iter().map(|part| format!("{}.{}", fact.name, part.name)).collect()
}

fn columns(columns: &'static [TableColumn]) -> serde_json::Result<Value> {
    let mut found = Map::new();
    for column in columns {
        let TableColumn { description, unit, levels, .. } = *column;
        let entry = ColumnEntry { description, unit, levels };
        found.insert(column.name.to_owned(), serde_json::to_value(entry)?);
    }
    Ok(Value::Object(found))
}
