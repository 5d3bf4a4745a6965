//! The dictionary of measures: the facts that the analyses tell of their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{amplitude, quality};
use crate::outcome::Section;
use crate::outcome::fact::{Fact, Known, Use};

/// The measures of each analysis, by its name, in the order of the report.
static ANALYSES: &[(&str, &[Fact])] =
    &[("quality", quality::MEASURES), ("amplitude", amplitude::MEASURES)];

/// The sections of the page of a recording.
static SECTIONS: &[Section] = &[quality::SECTION, amplitude::SECTION];

/// A fact with the analysis that tells it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The analysis.
    pub analysis: &'static str,
    /// The fact.
    pub fact: &'static Fact,
}

static ENTRIES: LazyLock<HashMap<&str, Entry>> =
    LazyLock::new(|| entries().map(|entry| (entry.fact.name, entry)).collect());

/// Every measure and family of measures, in the order of the report.
pub fn entries() -> impl Iterator<Item = Entry> {
    ANALYSES.iter().flat_map(|&(analysis, facts)| {
        facts.iter().map(move |fact| Entry { analysis, fact })
    })
}

/// What is known of the measure of a name: `rms`, `symmetry_index.rms`; `None` where no
/// analysis tells of it.
pub fn known(name: &str) -> Option<Known> {
    let (head, tail) = match name.split_once('.') {
        Some((head, tail)) => (head, Some(tail)),
        None => (name, None),
    };

    ENTRIES.get(head)?.fact.with(tail)
}

/// Whether the measure of a name is used so.
pub fn is_for(name: &str, used: Use) -> bool {
    known(name).is_some_and(|known| known.is_for(used))
}

/// The names of the measures that are used so, by the place that the use gives them.
pub fn used_for(place: impl Fn(Use) -> Option<u8>) -> Vec<String> {
    let mut found: Vec<(u8, String)> = Vec::new();
    for Entry { fact, .. } in entries() {
        let own = fact.uses.iter().map(|&used| (used, fact.name.to_owned()));
        let parts = fact.parts.iter().flat_map(|part| {
            let name = format!("{}.{}", fact.name, part.name);
            part.uses.iter().map(move |&used| (used, name.clone()))
        });
        let placed =
            own.chain(parts).filter_map(|(used, name)| Some((place(used)?, name)));
        found.extend(placed);
    }

    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, name)| name).collect()
}

/// The sections that the analyses tell, in no order.
pub fn sections() -> impl Iterator<Item = Section> {
    SECTIONS.iter().copied()
}
