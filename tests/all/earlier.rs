//! What earlier versions read and wrote stays readable: recipes with every key that they
//! had, studies, and output folders, which the next run takes over.
//!
//! `tests/fixtures/earlier` has a folder for each state whose files differed, named by its
//! day and commit: its `study.toml`, its whole recipe (the one in its `run.json`, as TOML),
//! and what its program wrote of the recording beside these folders.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use soleus::recipe::Recipe;
use soleus::session::{Findings, Study, is_output_folder};

use crate::program::{Lab, same_files};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/earlier")
}

/// The folder of each version.
fn versions() -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(folders.len() >= 5, "{folders:?}");
    folders
}

fn text(path: PathBuf) -> String {
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: PathBuf) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// Every value of `earlier` that `now` does not have at the same place.
fn differences(earlier: &Value, now: &Value, path: &str, found: &mut Vec<String>) {
    match (earlier, now) {
        (Value::Object(earlier), now) => {
            for (key, value) in earlier {
                differences(value, &now[key], &format!("{path}.{key}"), found);
            }
        }
        (Value::Array(earlier), Value::Array(now)) if earlier.len() == now.len() => {
            for (at, (one, other)) in earlier.iter().zip(now).enumerate() {
                differences(one, other, &format!("{path}[{at}]"), found);
            }
        }
        _ if earlier == now => {}
        _ => found.push(format!("{path}: {earlier} then, {now} now")),
    }
}

#[test]
fn earlier_recipes_give_the_settings_that_they_gave() {
    for version in versions() {
        let recipe = text(version.join("recipe.toml"));
        let read = Recipe::from_toml(&recipe, &[])
            .unwrap_or_else(|error| panic!("{}: {error}", version.display()));
        let now = serde_json::to_value(read).unwrap();
        let (mut found, then) = (Vec::new(), &json(version.join("run.json"))["recipe"]);
        differences(then, &now, "", &mut found);
        let gone = Recipe::gone_keys(&recipe);
        let is_told = |line: &String| {
            let key = line.trim_start_matches('.').split(':').next().unwrap();
            gone.iter().any(|told| told.starts_with(&format!("{key} is gone")))
        };
        found.retain(|line| !is_told(line));
        assert!(found.is_empty(), "{}: {found:#?}", version.display());
    }
}

#[test]
fn a_key_that_is_gone_is_told_by_the_program() {
    let lab = Lab::new(&[]);
    lab.write("old.toml", "[analysis.symmetry]\nblock_s = 1\n");
    let said = "warning: analysis.symmetry.block_s is gone and changes nothing";
    lab.soleus("recipe check old.toml").ends(0).says(&[said]);
}

#[test]
fn earlier_studies_say_what_they_said() {
    for version in versions() {
        let study = Study::from_toml(&text(version.join("study.toml"))).unwrap();
        assert_eq!(study.subject.as_deref(), Some("P1"));
        let raises = &study.recordings["raises.csv"];
        assert_eq!((raises.from_s, raises.to_s), (Some(0.05), Some(1.15)));
        assert_eq!(raises.exclude, [[0.5, 0.55]]);
        assert!(study.channels["LSOL"].muscle.is_some());
        assert!(study.recordings["*_quiet.csv"].rate_hz.is_some());
    }
}

/// A lab with the recording, the study and the output of a version in `out`.
fn taken_over(version: &Path) -> Lab {
    let lab = Lab::new(&[]);
    for name in ["raises.csv", "steps.csv"] {
        lab.write(&format!("study/{name}"), text(fixtures().join(name)));
    }
    for (to, from) in [
        ("study/study.toml", "study.toml"),
        ("out/run.json", "run.json"),
        ("out/sessions/P1_first/report.json", "sessions/P1_first/report.json"),
    ] {
        lab.write(to, text(version.join(from)));
    }
    lab
}

#[test]
fn earlier_outputs_are_taken_over_by_the_next_run() {
    for version in versions() {
        let lab = taken_over(&version);
        assert!(is_output_folder(&lab.path("out")), "{}", version.display());
        // An output is no input, whoever wrote it.
        lab.soleus("run out -o again").ends(2).says(&["run.json"]);
        lab.soleus("run study -o fresh").ends(0);
        lab.soleus("run study -o out").ends(0);
        same_files(&lab.snapshot("out"), &lab.snapshot("fresh"));
        let (before, record) = (json(version.join("run.json")), lab.json("out/run.json"));
        assert_eq!(record["sessions"][0]["reused"], false, "another build computed it");
        let generation = before["generation"].as_u64().unwrap_or(0);
        assert_eq!(record["generation"].as_u64(), Some(generation + 1));
    }
}

/// The reports of the versions that are known are read as findings, whole.
#[test]
fn earlier_reports_are_read() {
    for version in versions() {
        let path = version.join("sessions/P1_first/report.json");
        let findings: Findings = serde_json::from_str(&text(path))
            .unwrap_or_else(|error| panic!("{}: {error}", version.display()));
        assert_eq!((&*findings.subject, findings.done()), ("P1", 1));
        let rms = findings.recordings[0].measure("rms", "LSOL").unwrap();
        assert!(rms.value.is_some_and(|volts| (1e-6..1e-3).contains(&volts)), "{rms:?}");
    }
}

#[test]
fn what_a_newer_version_wrote_is_not_touched() {
    let lab = taken_over(&versions()[0]);
    let record = lab.read("out/run.json");
    let ours = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let newer = record.replacen(&ours, "\"version\": \"9.0.0\"", 1);
    assert_ne!(record, newer);
    lab.write("out/run.json", &newer);
    for words in ["run study -o out", "run study -o out --force"] {
        lab.soleus(words).ends(2).silent().says(&[
            "out holds what soleus 9.0.0 wrote, and this is soleus",
            "hint: name another folder with -o",
        ]);
        assert_eq!(lab.read("out/run.json"), newer);
        assert!(!lab.path("out/measures.csv").exists());
    }
    // A report that this version cannot read is made anew.
    let report = "out/sessions/P1_first/report.json";
    lab.write("out/run.json", record);
    lab.write(report, lab.read(report).replacen('{', "{\"laterality\": {}, ", 1));
    lab.soleus("run study -o out").ends(0);
}

#[test]
fn keys_of_newer_versions_are_named() {
    let error = Recipe::from_toml("[analysis.tremor]\nlow_hz = 3\n", &[]).unwrap_err();
    assert!(error.to_string().contains("unknown key `tremor`"), "{error}");
    let error = Study::from_toml("[plates]\nrate_hz = 1000\n").unwrap_err();
    assert!(error.to_string().contains("plates"), "{error}");
}
