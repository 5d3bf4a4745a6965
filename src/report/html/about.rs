//! What a report rests on: in what it differs from the standard, and what was left out.

use serde::Serialize;

use crate::session::{Excluded, ExcludedBy, Findings, SetBy};

/// The part of the page about itself.
#[derive(Debug, Serialize)]
pub(super) struct About {
    /// For the heading.
    in_short: String,
    standard: &'static str,
    differences: Vec<DifferenceView>,
    /// A command that gives the same numbers.
    command: String,
    excluded: Vec<ExcludedView>,
    has_bad: bool,
}

#[derive(Debug, Serialize)]
struct DifferenceView {
    key: String,
    standard: String,
    used: String,
    by: &'static str,
}

#[derive(Debug, Serialize)]
struct ExcludedView {
    what: String,
    by: &'static str,
    why: String,
}

impl About {
    pub(super) fn of(findings: &Findings) -> Self {
        let provenance = &findings.provenance;
        let differences = provenance.differences.iter().map(|(one, by)| DifferenceView {
            key: one.key.clone(),
            standard: one.standard.clone(),
            used: one.used.clone(),
            by: set_by(*by),
        });
        let differences: Vec<DifferenceView> = differences.collect();
        let (in_short, standard) = match (differences.len(), findings.recipe.is_null()) {
            (0, false) => {
                ("standard recipe".to_owned(), "This run used the standard recipe.")
            }
            (0, true) => (String::new(), "Nothing was processed."),
            (1, _) => ("1 difference from the standard recipe".to_owned(), ""),
            (many, _) => (format!("{many} differences from the standard recipe"), ""),
        };
        let has_bad = provenance.excluded.iter().any(|one| one.by == ExcludedBy::Quality);
        Self {
            in_short,
            standard,
            command: command(findings),
            differences,
            excluded: provenance.excluded.iter().map(excluded).collect(),
            has_bad,
        }
    }
}

fn set_by(by: SetBy) -> &'static str {
    match by {
        SetBy::Recipe => "the recipe",
        SetBy::Command => "the command line (--set)",
    }
}

/// The command without its paths, which are no part of results.
fn command(findings: &Findings) -> String {
    let provenance = &findings.provenance;
    let recipe = match provenance.differences.is_empty() {
        true => "",
        false => " --recipe recipe.toml",
    };
    let rate = provenance.rate_hz.map(|rate| format!(" --rate {}", rate.hz()));
    format!("soleus run INPUT -o OUT{recipe}{}", rate.unwrap_or_default())
}

fn excluded(one: &Excluded) -> ExcludedView {
    let by = match one.by {
        ExcludedBy::Study => "study.toml",
        ExcludedBy::Reading => "soleus, which could not read it as a recording",
        ExcludedBy::Quality => "the checks of signal quality: bad",
    };
    ExcludedView { what: one.what.clone(), by, why: one.why.clone() }
}
