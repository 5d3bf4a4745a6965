//! The door of the library: what it hands out is what the program writes.

use std::path::{Path, PathBuf};

use serde_json::Value;
use soleus::load::{self, Hints};
use soleus::recipe::Recipe;
use soleus::session::{RecordingFindings, Role};
use soleus::signal::{Channel, Recording};
use soleus::units::{Hertz, Unit};
use soleus::{analyse, analyse_file, analyse_file_with};

use crate::program::{Lab, bursts, csv};

fn shipped(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/study/sub-01/ses-01").join(file)
}

/// What `soleus run` says of the one recording that it is given.
#[track_caller]
fn by_program(lab: &Lab, file: &Path, arguments: &str) -> Value {
    let file = file.to_str().unwrap();
    lab.soleus(&format!("run {file} -o out --force {arguments}")).ends(0).silent();
    let sessions = std::fs::read_dir(lab.path("out/sessions")).unwrap();
    let reports: Vec<PathBuf> =
        sessions.map(|entry| entry.unwrap().path().join("report.json")).collect();
    assert_eq!(reports.len(), 1, "one recording is one session");
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(&reports[0]).unwrap()).unwrap();
    report["recordings"][0].clone()
}

/// Numbers are compared by their shortest decimal forms, so the last bit counts.
#[track_caller]
fn same(door: &RecordingFindings, program: &Value) {
    let door = serde_json::to_value(door).unwrap();
    assert!(door["outcomes"].as_array().unwrap().len() > 1, "nothing was analysed");
    for (key, expected) in program.as_object().unwrap() {
        assert_eq!(&door[key], expected, "{key}");
    }
    assert_eq!(door.as_object().unwrap().len(), program.as_object().unwrap().len());
}

#[test]
fn a_file_gives_what_the_program_writes_of_it() {
    for file in [
        "sub-01_ses-01_task-hold_emg.wav",
        "sub-01_ses-01_task-heelraise_emg.csv",
        "sub-01_ses-01_task-mvc_emg.csv",
    ] {
        let path = shipped(file);
        let lab = Lab::new(&[]);
        let findings = analyse_file(&path, &Recipe::default()).unwrap();
        same(&findings, &by_program(&lab, &path, ""));
        assert_eq!(findings.role == Role::Mvc, file.contains("mvc"));
    }
}

#[test]
fn references_are_taken_from_the_recording_itself_where_the_recipe_says_so() {
    let path = shipped("sub-01_ses-01_task-heelraise_emg.csv");
    for reference in ["peak", "mean"] {
        let setting = format!("normalisation.reference={reference}");
        let recipe = Recipe::from_toml("", std::slice::from_ref(&setting)).unwrap();
        let findings = analyse_file(&path, &recipe).unwrap();
        let lab = Lab::new(&[]);
        same(&findings, &by_program(&lab, &path, &format!("--set {setting}")));
        let activated = |row: &&soleus::outcome::Measure| {
            row.name.starts_with("activation") && row.value.is_some()
        };
        assert!(findings.measures().any(|row| activated(&row)), "{reference}");
    }
}

/// What a `study.toml` says of a file counts at the door as well.
#[test]
fn the_study_beside_a_file_is_heeded() {
    let lab = Lab::new(&[]);
    let raises =
        csv(&[("EMG 1 (mV)", &bursts(3, 12_000)), ("x (mV)", &bursts(4, 12_000))]);
    lab.write("raises.csv", raises);
    lab.write(
        "study.toml",
        "involved = \"left\"\n\
         [channels]\n\"EMG 1\" = { muscle = \"soleus\", side = \"left\", gain = 10 }\n\
         [recordings.\"raises.csv\"]\nfrom_s = 1.0\n",
    );
    let path = lab.path("raises.csv");
    let findings = analyse_file(&path, &Recipe::default()).unwrap();
    same(&findings, &by_program(&lab, &path, ""));
    assert_eq!(findings.channels[0].samples, 11_000);
}

/// A file on its own, whatever lies around it: loaded, then analysed.
#[test]
fn a_loaded_recording_gives_the_numbers_of_its_file() {
    let path = shipped("sub-01_ses-01_task-heelraise_emg.csv");
    let lab = Lab::new(&[]);
    let program = by_program(&lab, &path, "");
    let recording = load::load(&path, &Hints::default()).unwrap();
    let findings = analyse(&recording, &Recipe::default()).unwrap();
    let door = serde_json::to_value(&findings).unwrap();
    for key in ["outcomes", "channels", "processing", "found", "reading"] {
        assert_eq!(door[key], program[key], "{key}");
    }
}

/// A minute of walking: a soleus, and the force plate below its foot.
fn walk() -> (Vec<f64>, Vec<f64>) {
    let noise = soleus::dsp::random::normals(8, 30_000);
    let phase = |sample: usize| (sample % 1100) as f64 / 1100.0;
    let muscle = noise.iter().enumerate().map(|(sample, noise)| {
        let active = (0.2..0.5).contains(&phase(sample));
        noise * if active { 1e-4 } else { 2e-6 }
    });
    let plate = (0..30_000).map(|sample| if phase(sample) < 0.6 { 700.0 } else { 0.0 });
    (muscle.collect(), plate.collect())
}

#[test]
fn a_recording_built_in_code_gives_what_its_file_gives() {
    let (muscle, plate) = walk();
    let lab = Lab::new(&[]);
    let millivolts: Vec<f64> = muscle.iter().map(|volts| 1e3 * volts).collect();
    lab.write("walk.csv", csv(&[("SOL_L (mV)", &millivolts), ("left Fz (N)", &plate)]));
    let program = by_program(&lab, &lab.path("walk.csv"), "");

    // The file's decimals are what it holds.
    let read = load::load(&lab.path("walk.csv"), &Hints::default()).unwrap();
    let [muscle, plate] = [0, 1].map(|place| read.channels[place].samples.clone());
    let rate = Hertz::new(1000.0).unwrap();
    let recording = Recording::new(vec![
        Channel::new("SOL_L", Unit::VOLT, rate, muscle),
        Channel::new("left Fz", Unit::other("N"), rate, plate),
    ]);
    let findings = analyse(&recording, &Recipe::default()).unwrap();
    let door = serde_json::to_value(&findings).unwrap();
    for key in ["outcomes", "processing", "found"] {
        assert_eq!(door[key], program[key], "{key}");
    }

    let cycles = findings.measure("cycle_count", "SOL_L").unwrap();
    assert!(cycles.value.unwrap() > 20.0, "the plate tells the cycles: {cycles:?}");
    assert!(findings.measure("cycle_count", "nobody").is_none());
    assert!(findings.outcome("cycles").is_some());
}

#[test]
fn hints_say_what_a_file_does_not() {
    let lab = Lab::new(&[]);
    let samples: Vec<String> =
        bursts(5, 9000).iter().map(|sample| format!("{sample:.6}")).collect();
    lab.write("hold.csv", format!("SOL_L (mV)\n{}\n", samples.join("\n")));
    let path = lab.path("hold.csv");
    let error = analyse_file(&path, &Recipe::default()).unwrap_err();
    assert_eq!(error.path(), Some(path.as_path()), "{error}");

    let hints = Hints { rate: Hertz::new(1000.0), ..Hints::default() };
    let findings = analyse_file_with(&path, &Recipe::default(), &hints).unwrap();
    same(&findings, &by_program(&lab, &path, "--rate 1000"));
}

#[test]
fn what_is_wrong_is_an_error_and_no_finding() {
    let recipe = Recipe::default();
    let says = |result: soleus::Result<RecordingFindings>, text: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    says(analyse_file("no/such/file.csv", &recipe), "no file or folder no/such/file.csv");
    says(analyse_file(env!("CARGO_MANIFEST_DIR"), &recipe), "is a folder");
    says(analyse(&Recording::new(Vec::new()), &recipe), "no channel");

    // Settings are checked as those of a file are.
    let mut wrong = Recipe::default();
    wrong.normalisation.window_s = -1.0;
    let path = shipped("sub-01_ses-01_task-hold_emg.wav");
    says(analyse_file(&path, &wrong), "normalisation.window_s = -1");
    let recording = load::load(&path, &Hints::default()).unwrap();
    says(analyse(&recording, &wrong), "normalisation.window_s = -1");
}
