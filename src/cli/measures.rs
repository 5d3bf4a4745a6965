//! `soleus measures`: the dictionary of every measure.

use std::process::ExitCode;

use super::args::Measures;
use super::{print_bytes, print_json};
use crate::analysis::dictionary::{Entry, entries};
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::fact::Fact;
use crate::table::measure_dictionary;

pub(super) fn run(arguments: &Measures) -> Result<ExitCode> {
    if arguments.json {
        let dictionary = measure_dictionary().map_err(|error| {
            Error::new(ErrorKind::Write, format!("cannot make the dictionary: {error}"))
        })?;
        return print_json(&dictionary);
    }

    print_bytes(listing().as_bytes())
}

/// The measures as a person reads them, one paragraph each, analysis by analysis.
fn listing() -> String {
    let mut text = String::new();
    let mut last = "";
    for Entry { analysis, fact } in entries() {
        if analysis != last {
            text.push_str(&format!(
                "{}{}\n",
                if last.is_empty() { "" } else { "\n" },
                analysis
            ));
            last = analysis;
        }
        text.push_str(&paragraph(fact));
    }
    text
}

fn paragraph(fact: &Fact) -> String {
    let head = format!("  {}  {}\n", named(fact), unit(fact));
    let formula = format!("= {}", fact.formula);
    let told = [fact.words, fact.description, &formula, fact.source];
    let told = told.iter().filter(|line| !line.is_empty());
    told.fold(head, |text, line| text + "      " + line + "\n")
}

/// The name, and what may stand behind its dot.
fn named(fact: &Fact) -> String {
    let parts: Vec<&str> = fact.parts.iter().map(|part| part.name).collect();
    let joined = parts.join(", ");
    match (parts.is_empty(), fact.alone) {
        (true, _) => fact.name.to_owned(),
        (false, false) => format!("{}.{{{joined}}}", fact.name),
        (false, true) => format!("{0}, {0}.{{{joined}}}", fact.name),
    }
}

fn unit(fact: &Fact) -> String {
    match fact.unit.symbol() {
        "" | "1" => String::new(),
        symbol => format!("[{symbol}]"),
    }
}
