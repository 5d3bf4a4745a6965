//! The words for people: measures, analyses, verdicts and sources by the names that a
//! reader knows.

use crate::analysis::dictionary;
use crate::outcome::fact::Known;
use crate::outcome::{Section, Verdict};
use crate::session::Role;
use crate::signal::{RateSource, Side};
use crate::words::capitalised;

/// What a measure is called in a report; an unknown one keeps its own name, with blanks.
pub(crate) fn measure(name: &str) -> String {
    let known = dictionary::known(name).map(Known::words);
    known.unwrap_or_else(|| capitalised(&name.replace('_', " ")))
}

/// The sections of the page, in its order.
pub(crate) fn sections() -> Vec<Section> {
    let mut sections: Vec<Section> = dictionary::sections().collect();
    sections.sort_by_key(|section| section.place);
    sections
}

/// What an analysis without a fixed place is called.
pub(crate) fn analysis(name: &str) -> String {
    let name = name.replace('_', " ");
    if name == "h reflex" { "H-reflex".to_owned() } else { capitalised(&name) }
}

/// A verdict as a chip: sign, word and the name of its style. Never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Chip {
    /// A sign that can be told apart in black and white.
    pub(crate) sign: &'static str,
    /// The word.
    pub(crate) word: &'static str,
    /// The name of the style.
    pub(crate) style: &'static str,
}

impl Chip {
    /// A recording that was not processed.
    pub(crate) const FAILED: Self = Self { sign: "✕", word: "not read", style: "bad" };
    /// A recording that was left out.
    pub(crate) const SKIPPED: Self =
        Self { sign: "–", word: "left out", style: "none" };
    /// Nothing to judge.
    pub(crate) const NONE: Self = Self { sign: "–", word: "not judged", style: "none" };

    /// The chip of a verdict.
    pub(crate) fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Good) => Self { sign: "✓", word: "good", style: "good" },
            Some(Verdict::Check) => Self { sign: "!", word: "check", style: "check" },
            Some(Verdict::Bad) => Self { sign: "✕", word: "bad", style: "bad" },
            None => Self::NONE,
        }
    }
}

/// Where a sampling rate came from.
pub(crate) fn rate_source(source: RateSource) -> &'static str {
    match source {
        RateSource::Header => "from the file's header",
        RateSource::TimeColumn => "from the time column",
        RateSource::User => "as told by the user",
    }
}

/// What a recording is for.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Task => "task",
        Role::Mvc => "maximal voluntary contraction",
        Role::Rest => "rest",
        Role::Ignore => "not to be read",
    }
}

/// Muscle and side as a reader says it: `Soleus, left`; empty when neither is known.
pub(crate) fn muscle(name: Option<&str>, side: Option<Side>) -> String {
    match (name.map(capitalised), side) {
        (Some(name), Some(side)) => format!("{name}, {}", side.word()),
        (Some(name), None) => name,
        (None, Some(side)) => capitalised(side.word()),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_named_for_people() {
        assert_eq!(measure("rms"), "RMS");
        assert_eq!(
            measure("symmetry_index.envelope_mean"),
            "Symmetry index: mean envelope"
        );
        assert_eq!(measure("symmetry_index.rms"), "Symmetry index: RMS");
        assert_eq!(measure("sample_entropy_slope"), "Slope of sample entropy");
        assert_eq!(measure("mnf_slope"), "Slope of mean frequency");
        assert_eq!(
            measure("falconer_winter.stance"),
            "Co-contraction (Falconer & Winter): stance"
        );
        assert_eq!(measure("no_such_measure"), "No such measure");
    }

    #[test]
    fn every_verdict_has_a_sign_of_its_own() {
        let signs = [Verdict::Good, Verdict::Check, Verdict::Bad]
            .map(|verdict| Chip::of(Some(verdict)).sign);
        assert!(signs[0] != signs[1] && signs[1] != signs[2] && signs[0] != signs[2]);
    }
}
