//! The dictionary of measures: the facts that the analyses tell of their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Analyses, Analysis};
use crate::outcome::fact::{Fact, Known, Use};
use crate::outcome::{Section, Text};
use crate::words;

/// Every analysis, in the order of the report.
static ANALYSES: LazyLock<Vec<Box<dyn Analysis>>> = LazyLock::new(Analyses::all);

/// A fact with the analysis that tells it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The analysis.
    pub analysis: &'static str,
    /// The fact.
    pub fact: &'static Fact,
}

/// The entries by name. Two analyses may tell of one family, each of parts of its own.
static ENTRIES: LazyLock<HashMap<&str, Vec<Entry>>> = LazyLock::new(|| {
    let mut named: HashMap<&str, Vec<Entry>> = HashMap::new();
    for entry in entries() {
        named.entry(entry.fact.name).or_default().push(entry);
    }
    named
});

/// Every measure and family of measures, in the order of the report.
pub fn entries() -> impl Iterator<Item = Entry> {
    let of = |analysis: &dyn Analysis| {
        let name = analysis.name();
        analysis.measures().iter().map(move |fact| Entry { analysis: name, fact })
    };

    ANALYSES.iter().flat_map(move |analysis| of(&**analysis))
}

/// What is known of the measure of a name: `rms`, `symmetry_index.rms`; `None` where no
/// analysis tells of it.
pub fn known(name: &str) -> Option<Known> {
    let (head, tail) = match name.split_once('.') {
        Some((head, tail)) => (head, Some(tail)),
        None => (name, None),
    };

    ENTRIES.get(head)?.iter().find_map(|entry| entry.fact.with(tail))
}

/// Whether the measure of a name is used so.
pub fn is_for(name: &str, used: Use) -> bool {
    known(name).is_some_and(|known| known.is_for(used))
}

/// The names of measures that were most likely meant by another one, two at most.
pub fn nearest(name: &str) -> Vec<Text> {
    let known: Vec<Text> = measures().map(Known::name).collect();
    let near = words::nearest(name, known.iter().map(|known| &**known));
    near.into_iter().map(|name| name.to_owned().into()).collect()
}

/// The facts of a use that puts whole families in order, such as [`Use::Sides`].
pub fn facts_for(make: fn(u8) -> Use) -> Vec<&'static Fact> {
    let mut found: Vec<(u8, &'static Fact)> = entries()
        .flat_map(|entry| entry.fact.uses.iter().map(move |&used| (used, entry.fact)))
        .filter_map(|(used, fact)| Some((place(used, make)?, fact)))
        .collect();

    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, fact)| fact).collect()
}

/// The measures of a use that puts them in order, such as [`Use::Main`], with their
/// places, the lowest first.
pub fn used_for(make: fn(u8) -> Use) -> Vec<(u8, Known)> {
    let mut found: Vec<(u8, Known)> = measures()
        .flat_map(|known| known.uses().iter().map(move |&used| (used, known)))
        .filter_map(|(used, known)| Some((place(used, make)?, known)))
        .collect();

    found.sort_by_key(|(place, _)| *place);
    found
}

/// The place that a use gives, where it is the one that `make` makes.
fn place(used: Use, make: fn(u8) -> Use) -> Option<u8> {
    (0..=u8::MAX).find(|&place| make(place) == used)
}

/// Every measure, those of a family one by one.
pub fn measures() -> impl Iterator<Item = Known> {
    entries().flat_map(|Entry { fact, .. }| {
        let alone = fact.alone.then_some(Known { fact, part: None });
        let known = move |part| Known { fact, part: Some(part) };
        alone.into_iter().chain(fact.parts.iter().map(known))
    })
}

/// The sections that the analyses tell, in no order.
pub fn sections() -> impl Iterator<Item = Section> {
    ANALYSES.iter().filter_map(|analysis| analysis.section())
}
