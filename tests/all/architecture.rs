//! The architecture, held by a test: who may import whom, and where each dependency is at
//! home.
//!
//! A rule that a better design breaks is changed here, with the reason in the commit.

use std::fs;
use std::path::{Path, PathBuf};

use soleus::analysis::dictionary::entries;

/// Each module and the modules of ours it may import.
const IMPORTS: &[(&str, &[&str])] = &[
    ("units", &[]),
    // words: long quotations are shortened.
    ("error", &["words"]),
    ("words", &[]),
    ("memory", &[]),
    ("elementary", &[]),
    ("choice", &[]),
    ("files", &[]),
    // words: the names that were most likely meant.
    ("settings", &["error", "words"]),
    ("dsp", &["memory"]),
    ("signal", &["units"]),
    ("outcome", &["units", "signal"]),
    // The kinds of cell that a table has: sides, muscles, verdicts among them.
    ("columns", &["signal", "outcome"]),
    ("synth", &["units", "signal", "dsp"]),
    ("load", &["units", "error", "memory", "files", "signal"]),
    ("condition", &["units", "error", "memory", "choice", "settings", "dsp"]),
    ("envelope", &["units", "error", "memory", "choice", "settings", "dsp"]),
    ("onset", &["units", "error", "memory", "choice", "dsp"]),
    ("contacts", &["units", "error", "words", "settings", "signal", "dsp"]),
    (
        "analysis",
        &["units", "error", "words", "settings", "signal", "outcome", "dsp", "onset"],
    ),
    (
        "recipe",
        &["units", "error", "settings", "condition", "envelope", "contacts", "analysis"],
    ),
    // dsp: the gaps between stretches, which references and findings count as the filters
    // do, and what tells muscle from an artefact in a trial. words: what is said of trials.
    // memory: recordings side by side share it, and one may find none.
    (
        "session",
        &[
            "units",
            "error",
            "words",
            "memory",
            "files",
            "signal",
            "outcome",
            "dsp",
            "condition",
            "envelope",
            "contacts",
            "analysis",
            "recipe",
            "load",
        ],
    ),
    // analysis: the comparison of curves, which both sides of a person and persons share.
    (
        "study",
        &["units", "error", "columns", "signal", "outcome", "dsp", "analysis", "session"],
    ),
    // signal: processed signals are tables too. analysis: the dictionary of measures.
    ("table", &["units", "columns", "signal", "outcome", "analysis", "session", "study"]),
    ("report", &["units", "words", "signal", "outcome", "analysis", "session", "study"]),
    (
        "batch",
        &[
            "units",
            "error",
            "files",
            "columns",
            "signal",
            "outcome",
            "condition",
            "envelope",
            "contacts",
            "analysis",
            "recipe",
            "load",
            "session",
            "study",
            "table",
            "report",
        ],
    ),
    // batch: files that appear whole.
    ("pseudonymise", &["error", "files", "signal", "load", "session", "batch"]),
    (
        "cli",
        &[
            "units",
            "error",
            "words",
            "files",
            "signal",
            "outcome",
            "dsp",
            "synth",
            "condition",
            "envelope",
            "contacts",
            "analysis",
            "recipe",
            "load",
            "session",
            "study",
            "table",
            "report",
            "batch",
            "pseudonymise",
        ],
    ),
];

/// Each dependency that has a home, and the files or folders that may name it.
const HOMES: &[(&str, &[&str])] = &[
    (
        "csv",
        &["src/load/csv", "src/load/events.rs", "src/table", "src/pseudonymise/key.rs"],
    ),
    ("fast_float2", &["src/load/csv"]),
    ("hound", &["src/load/wav"]),
    ("memchr", &["src/load/csv", "src/load/text.rs"]),
    ("rustfft", &["src/dsp/fourier.rs"]),
    ("realfft", &["src/dsp/fourier.rs"]),
    ("biquad", &["src/dsp"]),
    ("statrs", &["src/dsp"]),
    ("polars", &["src/table/frame.rs"]),
    ("polars_parquet", &["src/table/frame.rs"]),
    ("minijinja", &["src/report"]),
    ("num_format", &["src/table/spreadsheet.rs"]),
    ("clap", &["src/cli"]),
    ("clap_complete", &["src/cli"]),
    ("clap_mangen", &["src/cli"]),
    ("indicatif", &["src/cli"]),
    ("ctrlc", &["src/cli/stop.rs"]),
    ("regex", &["src/session/pattern.rs"]),
    ("walkdir", &["src/session", "src/batch"]),
    ("tempfile", &["src/batch", "src/session", "src/cli/piped.rs"]),
    (
        "blake3",
        &[
            "src/load/source.rs",
            "src/load/mod.rs",
            "src/session",
            "src/batch",
            "src/pseudonymise/key.rs",
        ],
    ),
    ("jiff", &["src/load/csv/timing/moment.rs", "src/batch"]),
    ("libc", &["src/main.rs", "src/memory.rs"]),
];

/// The modules that may touch files. (`session/run.rs` reads what `session/manifest/`
/// found.)
const TOUCH_FILES: &[&str] =
    &["files", "memory", "load", "session", "batch", "pseudonymise", "cli"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file with its path from the root and its code without comments and tests.
pub(crate) fn sources() -> Vec<(String, String)> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((relative(&path), code(&fs::read_to_string(&path).unwrap())));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// `src/load/csv.rs` and `src/units.rs` belong to `load` and `units`.
fn module_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

fn imported(code: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    code.match_indices("crate::")
        .map(|(at, prefix)| name(&code[at + prefix.len()..]))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Whether code names a crate: `use csv::…`, `csv::Writer`, but neither `crate::csv` nor
/// `mod csv`.
fn names_crate(code: &str, dependency: &str) -> bool {
    let path = format!("{dependency}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            && !code.contains(&format!("mod {dependency};"))
    })
}

#[test]
fn modules_import_only_what_they_may() {
    for (path, code) in sources() {
        let module = module_of(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let (_, allowed) = IMPORTS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{path}: no rule"));
        for other in imported(&code) {
            let known = IMPORTS.iter().any(|(name, _)| *name == other);
            assert!(known, "{path}: `crate::{other}` is no module of the table");
            assert!(
                other == module || allowed.contains(&other.as_str()),
                "{path}: {module} must not import {other}"
            );
        }
    }
}

#[test]
fn dependencies_stay_at_home() {
    for (path, code) in sources() {
        for (dependency, homes) in HOMES {
            let at_home = homes.iter().any(|home| path.starts_with(home));
            assert!(
                at_home || !names_crate(&code, dependency),
                "{path}: {dependency} is at home in {homes:?}"
            );
        }
    }
}

#[test]
fn every_home_is_lived_in() {
    let sources = sources();
    for (dependency, homes) in HOMES {
        let used = sources.iter().any(|(path, code)| {
            homes.iter().any(|home| path.starts_with(home))
                && code.contains(&format!("{dependency}::"))
        });
        assert!(
            used || *dependency == "tempfile",
            "{dependency} is in the table and used nowhere"
        );
    }
}

#[test]
fn only_some_modules_touch_files_and_only_cli_prints() {
    for (path, code) in sources() {
        let module = module_of(&path);
        let touches = ["std::fs", "fs::read", "fs::write", "File::open"]
            .iter()
            .any(|call| code.contains(call));
        assert!(
            !touches || TOUCH_FILES.contains(&module),
            "{path}: {module} must not touch files"
        );
        let prints = ["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("]
            .iter()
            .any(|call| code.contains(call));
        assert!(!prints || module == "cli", "{path}: only cli prints");
    }
}

/// What the library of the system computes, and with it the processor: other last digits.
const OF_THE_SYSTEM: &[&str] = &[
    "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "sin", "cos",
    "tan", "sin_cos", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt",
    "hypot", "norm", "arg", "mul_add",
];

#[test]
fn functions_of_numbers_have_the_same_bits_everywhere() {
    for (path, code) in sources() {
        for function in OF_THE_SYSTEM {
            let is_called = code.contains(&format!(".{function}("))
                || code.contains(&format!("f64::{function}"));
            assert!(!is_called, "{path}: `{function}` is libm's, not the system's");
        }
    }
}

#[test]
fn main_is_short() {
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 40);
}

#[test]
fn the_page_tells_every_room() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for (room, _) in IMPORTS {
        assert!(page.contains(&format!("`{room}`")), "docs/architecture.md: no {room}");
    }
}

/// Names of measures that other files may spell out, and why.
const NAMED_ELSEWHERE: &[(&str, &[&str])] = &[
    // The truth of the simulated study, which knows no analyses, is keyed by the measures
    // that should find it.
    ("src/synth/study.rs", &["rms", "mnf_slope", "mdf_slope"]),
    // Quantities of each epoch, of which the names of fatigue's measures are made.
    ("src/analysis/fatigue/statistics.rs", &["arv", "rms"]),
];

#[test]
fn no_measure_is_named_outside_its_analysis() {
    let told: Vec<(&str, String)> = entries()
        .flat_map(|entry| {
            let parts = entry.fact.parts.iter();
            let parts =
                parts.map(move |part| format!("{}.{}", entry.fact.name, part.name));
            let names = parts.chain([entry.fact.name.to_owned()]);
            names.map(move |name| (entry.analysis, name))
        })
        .collect();
    assert!(told.len() > 150, "the dictionary was not read");

    for (path, code) in sources() {
        for (_, name) in
            told.iter().filter(|(_, name)| code.contains(&format!("\"{name}\"")))
        {
            let own =
                told.iter().filter(|(_, other)| other == name).any(|(analysis, _)| {
                    path.starts_with(&format!("src/analysis/{analysis}"))
                });
            let elsewhere = NAMED_ELSEWHERE
                .iter()
                .any(|(file, names)| *file == path && names.contains(&name.as_str()));
            assert!(own || elsewhere, "{path} spells out the measure \"{name}\"");
        }
    }
}
