//! Golden cases: each folder of `tests/golden` is a small study with the table of
//! measures that it gives.
//!
//! Adding a case is adding a folder with recordings, perhaps a `study.toml` and a
//! `recipe.toml`, and running `SOLEUS_BLESS=1 cargo test golden`, which writes
//! `expected/measures.csv` of every case; look at what changed before you commit it.
//! `make.py` wrote the recordings that are there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Lab, Table, files_below};

/// Numbers pass through Fourier transforms, whose last bits differ between processors
/// (methods §25: 1e-9).
const RELATIVE: f64 = 1e-9;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// Runs the program on a copy of a case, without what is expected of it.
fn run(case: &Path) -> Lab {
    let lab = Lab::new(&[]);
    for (name, bytes) in files_below(case) {
        if !name.starts_with("expected/") {
            lab.write(&format!("study/{name}"), bytes);
        }
    }
    let recipe =
        if case.join("recipe.toml").exists() { "--recipe study/recipe.toml" } else { "" };
    lab.soleus(&format!("run study -o out {recipe}")).ends(0).silent();
    lab
}

#[test]
fn golden_cases_give_what_they_gave() {
    let cases = cases();
    assert!(cases.len() >= 5, "the cases were not found");
    let mut differences = Vec::new();
    for case in &cases {
        let lab = run(case);
        let expected = case.join("expected/measures.csv");
        if std::env::var_os("SOLEUS_BLESS").is_some() {
            fs::create_dir_all(case.join("expected")).unwrap();
            fs::copy(lab.path("out/measures.csv"), &expected).unwrap();
        }
        let name = case.file_name().unwrap().to_string_lossy();
        let found = compare(&lab.table("out/measures.csv"), &Table::read(&expected));
        differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
    }
    assert!(
        differences.is_empty(),
        "{}\nSOLEUS_BLESS=1 accepts all of this",
        differences.join("\n")
    );
}

fn compare(ours: &Table, expected: &Table) -> Vec<String> {
    if ours.header != expected.header {
        return vec![format!(
            "the columns are {:?}, expected {:?}",
            ours.header, expected.header
        )];
    }
    let keys = |table: &Table| table.rows.iter().map(key).collect::<Vec<_>>();
    let (our_keys, their_keys) = (keys(ours), keys(expected));
    let missing = their_keys
        .iter()
        .filter(|key| !our_keys.contains(key))
        .map(|key| format!("{key} is missing"));
    let new = our_keys
        .iter()
        .filter(|key| !their_keys.contains(key))
        .map(|key| format!("{key} is new"));
    let mut lines: Vec<String> = missing.chain(new).collect();
    if lines.is_empty() && our_keys != their_keys {
        lines.push("the rows stand in another order".to_owned());
    }
    if lines.is_empty() {
        lines = ours
            .rows
            .iter()
            .zip(&expected.rows)
            .flat_map(|(ours, theirs)| differing(ours, theirs))
            .collect();
    }
    lines
}

fn key(row: &BTreeMap<String, String>) -> String {
    [&row["recording"], &row["channel"], &row["analysis"], &row["measure"]]
        .map(String::as_str)
        .join(" / ")
}

fn differing(
    ours: &BTreeMap<String, String>,
    theirs: &BTreeMap<String, String>,
) -> Vec<String> {
    let different = theirs.iter().filter(|(column, text)| !same(&ours[*column], text));
    different
        .map(|(column, text)| {
            format!("{}: {column} is {}, expected {text}", key(ours), ours[column])
        })
        .collect()
}

fn same(ours: &str, theirs: &str) -> bool {
    match (ours.parse::<f64>(), theirs.parse::<f64>()) {
        (Ok(ours), Ok(theirs)) => (ours - theirs).abs() <= RELATIVE * theirs.abs(),
        _ => ours == theirs,
    }
}

#[test]
fn golden_cases_are_small() {
    for case in cases() {
        let files = files_below(&case);
        let bytes: usize = files.values().map(Vec::len).sum();
        assert!(bytes <= 125_000, "{} has {bytes} bytes", case.display());
        assert!(
            files.values().all(|bytes| bytes.len() <= 60_000),
            "{} has a large file",
            case.display()
        );
    }
}

#[test]
fn a_difference_is_seen() {
    let row = |value: &str, note: &str| -> BTreeMap<String, String> {
        [
            ("recording", "r"),
            ("channel", "c"),
            ("analysis", "a"),
            ("measure", "m"),
            ("value", value),
            ("note", note),
        ]
        .map(|(column, text)| (column.to_owned(), text.to_owned()))
        .into()
    };
    let table = |rows: Vec<BTreeMap<String, String>>| Table { header: Vec::new(), rows };
    let differences = |ours, theirs| compare(&table(vec![ours]), &table(vec![theirs]));
    assert!(differences(row("1.0000000001", "x"), row("1", "x")).is_empty());
    assert_eq!(
        differences(row("1.00000001", "x"), row("1", "x")),
        ["r / c / a / m: value is 1.00000001, expected 1"]
    );
    assert_eq!(
        differences(row("1", "y"), row("1", "x")),
        ["r / c / a / m: note is y, expected x"]
    );
    assert_eq!(differences(row("", "x"), row("1", "x")).len(), 1);
    assert_eq!(
        compare(&table(Vec::new()), &table(vec![row("1", "x")])),
        ["r / c / a / m is missing"]
    );
}
