//! The dictionary of measures: every row that is emitted is known there, with its unit,
//! and nothing is told of measures that nobody emits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use soleus::analyse_file;
use soleus::analysis::dictionary::{self, Entry};
use soleus::dsp::random::normals;
use soleus::outcome::Measure;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::units::Unit;

use crate::program::{Lab, csv};

/// Settings that add rows, and such under which rows lack a value.
const SETTINGS: &[&[&str]] = &[
    &[],
    &[
        "analysis.complexity.most_epochs=4",
        "analysis.fatigue.whitening=true",
        "analysis.activity.repetitions=\"always\"",
        "normalisation.reference=\"peak\"",
    ],
    &["analysis.fatigue.epochs=\"contractions\"", "analysis.cycles=false"],
    &[
        "analysis.fatigue.epochs={ events = { start = \"touchdown\" } }",
        "analysis.activity=false",
        "analysis.fatigue.wavelets=false",
    ],
];

/// What is told in the unit of the file, and in per cent where both sides have a reference
/// or are compared by their shape.
const IN_EITHER_UNIT: &str = "ensemble_difference";

/// The recordings of the golden cases and of the study that ships with the project.
fn recordings() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/golden"), root.join("data/study")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "expected" {
                folders.push(path);
            } else if name.ends_with(".wav")
                || (name.ends_with(".csv") && !is_table(&name))
            {
                found.push(path);
            }
        }
    }
    found
}

fn is_table(name: &str) -> bool {
    name.contains("events") || name.contains("measures") || name == "steps.csv"
}

/// A walk with the contacts of both feet, and a step that makes no cycle.
fn walks(lab: &Lab) -> [PathBuf; 2] {
    let channels = |samples: usize| {
        csv(&[
            ("LSOL (mV)", &walking(1, samples, 0.0)),
            ("RSOL (mV)", &walking(2, samples, 0.5)),
            ("LGM (mV)", &walking(3, samples, 0.0)),
            ("LTA (mV)", &walking(4, samples, 0.4)),
        ])
    };
    lab.write("walk.csv", channels(14_000));
    lab.write("contacts.csv", contacts(12));
    lab.write("step.csv", channels(3000));
    lab.write("step_contacts.csv", contacts(1));
    lab.write(
        "study.toml",
        "involved = \"right\"\n\
         [recordings.\"walk.csv\"]\nevents = \"contacts.csv\"\n\
         [recordings.\"step.csv\"]\nevents = \"step_contacts.csv\"\n",
    );
    ["walk.csv", "step.csv"].map(|name| lab.path(name))
}

/// A muscle that is active in a third of each stride of 1.1 s, in millivolts.
fn walking(seed: u64, samples: usize, from: f64) -> Vec<f64> {
    let is_active = |sample: usize| {
        let phase = (sample as f64 / 1100.0 + 1.0 - from).fract();
        (0.2..0.5).contains(&phase)
    };
    let noise = normals(seed, samples).into_iter().enumerate();
    noise.map(|(at, noise)| noise * if is_active(at) { 0.1 } else { 0.002 }).collect()
}

/// Touchdowns and lift-offs of both feet.
fn contacts(strides: usize) -> String {
    let mut text = String::from("time_s,label,side\n");
    for (side, from_s) in [("left", 0.1), ("right", 0.65)] {
        for stride in 0..strides {
            let touchdown_s = from_s + 1.1 * stride as f64;
            text += &format!("{touchdown_s:.3},touchdown,{side}\n");
            text += &format!("{:.3},liftoff,{side}\n", touchdown_s + 0.66);
        }
    }
    text
}

/// What the recordings give under all settings.
fn findings() -> Vec<RecordingFindings> {
    let lab = Lab::new(&[]);
    let mut recordings = recordings();
    assert!(recordings.len() > 8, "the recordings were not found: {recordings:?}");
    recordings.extend(walks(&lab));
    let mut found = Vec::new();
    for settings in SETTINGS {
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let recipe = Recipe::from_toml("", &settings).unwrap();
        for path in &recordings {
            found.push(analyse_file(path, &recipe).unwrap());
        }
    }
    found
}

/// What the dictionary says wrongly of a row, if anything.
fn fault(findings: &RecordingFindings, row: &Measure) -> Option<String> {
    let Some(known) = dictionary::known(&row.name) else {
        return Some(format!("{} is not in the dictionary", row.name));
    };
    let names = row.channel.as_deref().unwrap_or_default();
    let first = names.split(" ~ ").next().unwrap_or_default();
    let channel = findings.channels.iter().find(|channel| channel.name == first).unwrap();
    let unit = known.fact.unit.unit(&channel.unit);

    let may_be_per_cent = row.name == IN_EITHER_UNIT && row.unit == Unit::PERCENT;
    (unit != row.unit && !may_be_per_cent)
        .then(|| format!("{}: {unit}, not {}", row.name, row.unit))
}

/// The names under which an entry is emitted.
fn names(entry: Entry) -> Vec<String> {
    let name = entry.fact.name;
    let parts = entry.fact.parts.iter().map(|part| format!("{name}.{}", part.name));
    parts.chain(entry.fact.alone.then(|| name.to_owned())).collect()
}

#[test]
fn what_is_emitted_is_what_the_dictionary_tells() {
    let mut emitted = BTreeSet::new();
    let mut faults = BTreeSet::new();
    for findings in findings() {
        for row in findings.measures() {
            emitted.insert(row.name.to_string());
            faults.extend(fault(&findings, row));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");

    let told: BTreeSet<String> = dictionary::entries().flat_map(names).collect();
    let never: Vec<&String> = told.difference(&emitted).collect();
    assert!(never.is_empty(), "told, and never emitted: {never:?}");
}

#[test]
fn every_measure_says_what_a_reader_asks() {
    let mut names_seen = BTreeSet::new();
    for entry in dictionary::entries() {
        let fact = entry.fact;
        for text in [fact.words, fact.description, fact.formula] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text:?}", fact.name);
            assert!(!text.contains("  "), "{}: {text:?}", fact.name);
        }
        for name in names(entry) {
            assert!(names_seen.insert(name.clone()), "{name} is told twice");
        }
        for part in fact.parts {
            assert!(!part.words.is_empty(), "{}.{}", fact.name, part.name);
        }
        assert!(fact.alone || !fact.parts.is_empty(), "{} has no name", fact.name);
        // The sign of a slope is what words and cautions are made of.
        let is_slope = fact.name.contains("_slope");
        assert!(!is_slope || known(fact.name).direction().is_some(), "{}", fact.name);
    }
}

fn known(name: &str) -> soleus::outcome::fact::Known {
    dictionary::known(name).unwrap()
}

#[test]
fn a_name_is_known_with_its_part_alone() {
    assert_eq!(
        known("difference.mdf_slope_normalised").words(),
        "Left minus right: slope of median frequency, normalised"
    );
    assert!(dictionary::known("difference").is_none());
    assert!(dictionary::known("mdf_slope.stance").is_none());
    assert!(dictionary::known("finsm5_mean").is_none());
}
