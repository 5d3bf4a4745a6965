//! Mutation testing in one build: every mutant stands in the sources behind a switch, the
//! tests are built once, and each mutant is tried with the tests that reach it.
//!
//! The mutants are those of cargo-mutants, which builds the tests anew for each of them;
//! here that would be a minute a mutant.

use std::error::Error;
use std::path::PathBuf;

mod chosen;
mod plant;
mod trial;

/// A mutant as `cargo mutants --list --json` tells it.
#[derive(Debug, Clone, serde::Deserialize)]
struct Mutant {
    name: String,
    file: String,
    genre: String,
    replacement: String,
    span: Span,
    function: Option<Function>,
}

/// The function that a mutant is in.
#[derive(Debug, Clone, serde::Deserialize)]
struct Function {
    function_name: String,
}

impl Mutant {
    /// Whether it is in a file or folder, or in a function of a file (`FILE::FUNCTION`).
    fn is_in(&self, place: &str) -> bool {
        let name = self.function.as_ref().map_or("", |function| &function.function_name);
        match place.split_once("::") {
            Some((file, function)) => self.file == file && name == function,
            None => self.file.starts_with(place),
        }
    }
}

/// Where it begins, lines and columns from 1.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
struct Span {
    start: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let work = PathBuf::from(arguments.next().ok_or("WORK is missing")?);
    let sample = arguments.next().ok_or("SAMPLE is missing")?.parse()?;
    let seed = arguments.next().ok_or("SEED is missing")?.parse()?;
    let complete: Vec<String> = arguments.collect();

    let list: Vec<Mutant> =
        serde_json::from_slice(&std::fs::read(work.join("list.json"))?)?;
    let mutants = chosen::chosen(list, &complete, sample, seed);
    let planted = plant::planted(&work.join("tree"), &mutants)?;
    trial::tried(&work, &mutants, &planted, &complete)
}
