//! The commands as users and their scripts rely on them: what is said, what is written,
//! and the exit status.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::program::{
    Lab, SAVE_SIGNALS, bursts, calves, csv, decoded, files_below, program, run_in,
};

/// A second of both calves, for tests that only need a recording that works.
fn second() -> String {
    calves(21, 1000)
}

// ---- bad input: what is said, in a run of its own and in a batch

/// A file with a mistake and what a reader is told about it.
struct Mistake {
    file: &'static str,
    bytes: Vec<u8>,
    says: &'static [&'static str],
}

/// Replaces a line of a good recording; lines are counted from 1.
fn with_line(number: usize, line: &str) -> Vec<u8> {
    let text = second();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[number - 1] = line;
    (lines.join("\n") + "\n").into_bytes()
}

fn backwards() -> Vec<u8> {
    let text = second();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[400..800].reverse();
    (lines.join("\n") + "\n").into_bytes()
}

fn random_bytes() -> Vec<u8> {
    let mut random = soleus::dsp::random::SplitMix64::new(4);
    (0..6000).map(|_| (256.0 * random.uniform()) as u8).collect()
}

/// The header of a WAV that promises samples, and nothing after the word that says how
/// they are stored.
fn broken_wav() -> Vec<u8> {
    b"RIFF\x64\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00".to_vec()
}

fn mistakes() -> Vec<Mistake> {
    let of = |file, bytes, says| Mistake { file, bytes, says };
    vec![
        of("empty.csv", Vec::new(), &["empty.csv: the file is empty"]),
        of(
            "header.csv",
            b"time (s),LSOL (mV)\n".to_vec(),
            &["header.csv", "a header and no samples"],
        ),
        of(
            "text.csv",
            with_line(302, "0.300,0.01,off"),
            &[
                "text.csv: line 302, column 3: \"off\" in the column \"RSOL (mV)\" is no number",
                "leave the cell empty",
            ],
        ),
        of("random.csv", random_bytes(), &["random.csv: ", "hint: "]),
        of("random.wav", random_bytes(), &["random.wav: ", "hint: "]),
        of(
            "backwards.csv",
            backwards(),
            &["backwards.csv: line ", "runs backwards", "hint: "],
        ),
        of(
            "short.csv",
            csv(&[("LSOL (mV)", &bursts(1, 20))]).into_bytes(),
            &["short.csv", "20 of 20 samples", "band-pass needs 28", "longer recording"],
        ),
        of("broken.wav", broken_wav(), &["broken.wav: ", "hint: "]),
        of(
            "norate.csv",
            csv(&[("LSOL (mV)", &bursts(1, 400))])
                .replace("time (s)", "TA (mV)")
                .replace("0.0", "1.0")
                .into_bytes(),
            &["norate.csv", "does not tell its sampling rate", "rate_hz", "--rate"],
        ),
    ]
}

#[test]
fn every_mistake_is_explained() {
    for Mistake { file, bytes, says } in mistakes() {
        let lab = Lab::new(&[]);
        lab.write(file, bytes);
        let ran = lab.soleus(&format!("run {file} -o out")).ends(2).silent().says(says);
        assert!(ran.err.contains("0 of 1 recordings done, 1 failed"), "{}", ran.err);
        let record = lab.json("out/run.json");
        assert_eq!(record["sessions"][0]["recordings"][0]["status"], "failed", "{file}");
        lab.soleus(&format!("signals {file} -o signals.csv")).ends(2).silent().says(says);
        assert!(!lab.path("signals.csv").exists(), "{file}: nothing is written");
        if file != "short.csv" {
            lab.soleus(&format!("inspect {file}")).ends(2).silent().says(says);
        }
    }
}

#[test]
fn a_batch_goes_on_after_every_mistake() {
    let lab = Lab::new(&[("good1/walk.csv", &second()), ("zgood/walk.csv", &second())]);
    let mistakes = mistakes();
    for mistake in &mistakes {
        let folder = mistake.file.replace('.', "-");
        lab.write(&format!("{folder}/{}", mistake.file), &mistake.bytes);
    }
    let ran = lab.soleus("run . -o out").ends(1).silent();
    let page = decoded(&lab.read("out/index.html"));
    let record = lab.json("out/run.json");
    assert_eq!(record["status"], "done");
    let errors: BTreeMap<&str, &str> = record["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|session| session["status"] == "failed")
        .map(|session| {
            (
                session["folder"].as_str().unwrap(),
                session["recordings"][0]["error"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(errors.len(), mistakes.len());
    for mistake in &mistakes {
        let folder = format!("{}_1", mistake.file.replace('.', "-"));
        let error = errors[folder.as_str()];
        assert!(error.contains(mistake.says[0].trim_end_matches("hint: ")), "{error}");
        assert!(ran.err.contains(error), "standard error names {error:?}:\n{}", ran.err);
        assert!(page.contains(error), "the study page shows {error:?}");
        let report = decoded(&lab.read(&format!("out/sessions/{folder}/report.html")));
        assert!(report.contains(error), "the session's report shows {error:?}");
    }
    let measures = lab.table("out/measures.csv");
    let subjects: std::collections::BTreeSet<_> =
        measures.rows.iter().map(|row| row["subject"].as_str()).collect();
    assert_eq!(
        subjects.into_iter().collect::<Vec<_>>(),
        ["good1", "zgood"],
        "all other sessions complete"
    );
}

#[test]
fn a_bad_file_does_not_spoil_its_own_session() {
    let lab = Lab::new(&[("P01/walk.csv", &second()), ("P01/empty.csv", "")]);
    lab.soleus("run P01 -o out")
        .ends(1)
        .silent()
        .says(&["failed: P01_1: empty.csv: the file is empty"]);
    let session = &lab.json("out/run.json")["sessions"][0];
    assert_eq!(session["status"], "partly");
    let recordings: Vec<_> = session["recordings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(recordings, ["failed", "done"]);
    assert!(lab.table("out/measures.csv").value("LSOL", "rms") > 0.0);
}

#[test]
fn what_is_no_recording_is_left_out_with_a_word() {
    let lab = Lab::new(&[
        ("P01/walk.csv", &second()),
        ("P01/steps.csv", "touchdown_s,liftoff_s\n1.4,2.0\n2.4,3.1\n"),
    ]);
    lab.soleus("run P01 -o out")
        .ends(0)
        .silent()
        .says(&["skipped: P01_1: steps.csv: this is a file of events"]);
    assert_eq!(
        lab.json("out/run.json")["sessions"][0]["recordings"][0]["status"],
        "skipped"
    );
    lab.soleus("run P01/steps.csv -o alone").ends(2).silent();
}

#[test]
fn a_cut_off_beyond_half_the_rate_names_a_value_that_works() {
    let lab = Lab::new(&[("walk.csv", &second())]);
    let says = [
        "walk.csv: conditioning[1].band-pass.high_hz = 600 must lie below half the sampling rate (500 Hz)",
        "hint: use at most 450 Hz (0.45 of the rate)",
    ];
    lab.soleus("run walk.csv -o out --set conditioning.1.band-pass.high_hz=600")
        .ends(2)
        .silent()
        .says(&says);
    // The hint tells the truth.
    lab.soleus("run walk.csv -o out --set conditioning.1.band-pass.high_hz=450")
        .ends(0)
        .silent();
    // A standard edge gives way; one that the user gave does not.
    let slow =
        second().replace("0.", "1.").lines().step_by(2).collect::<Vec<_>>().join("\n");
    lab.write("slow.csv", slow);
    lab.soleus("run slow.csv -o slow").ends(0).silent();
    let processing =
        lab.json("slow/sessions/lab_1/report.json")["recordings"][0]["processing"]
            .to_string();
    assert!(processing.contains("225"), "0.45 of 500 Hz: {processing}");
}

#[test]
fn a_rate_too_low_for_emg_is_said_of_the_filter_first() {
    let slow: Vec<String> = (0..300)
        .map(|i| format!("{:.3},{}", f64::from(i) / 30.0, bursts(9, 300)[i as usize]))
        .collect();
    let lab =
        Lab::new(&[("slow.csv", &format!("time (s),LSOL (mV)\n{}\n", slow.join("\n")))]);
    lab.soleus("run slow.csv -o out").ends(2).says(&[
        "slow.csv: conditioning[1].band-pass.low_hz = 20",
        "15 Hz",
        "hint: ",
    ]);
}

#[test]
fn a_wrong_recipe_or_study_is_shown_with_line_column_and_caret() {
    let lab = Lab::new(&[
        ("walk.csv", &second()),
        (
            "recipe.toml",
            "[analysis.fatigue]\nepoch_s = 1\n\n[normalisation]\nwindow = 0.5\n",
        ),
        ("broken.toml", "conditioning = [\n"),
        ("type.toml", "[normalisation]\nwindow_s = \"half\"\n"),
        ("bad/study.toml", "[channels]\nLSOL = { muscel = \"soleus\" }\n"),
        ("bad/walk.csv", &second()),
    ]);
    let unknown = [
        "recipe.toml: line 5, column 1: normalisation: unknown key `window`",
        "5 | window = 0.5\n  | ^^^^^^",
        "`window_s`",
    ];
    lab.soleus("run walk.csv -o out --recipe recipe.toml")
        .ends(2)
        .silent()
        .says(&unknown);
    lab.soleus("signals walk.csv -o x.csv --recipe recipe.toml")
        .ends(2)
        .silent()
        .says(&unknown);
    lab.soleus("recipe check recipe.toml").ends(2).silent().says(&unknown);
    lab.soleus("run walk.csv -o out --recipe broken.toml")
        .ends(2)
        .silent()
        .says(&["broken.toml: line "]);
    lab.soleus("run walk.csv -o out --recipe type.toml").ends(2).silent().says(&[
        "type.toml: line 2, column 12",
        "window_s = \"half\"",
        "           ^^^^^^",
    ]);
    let study = [
        "study.toml: line 2, column 10: unknown field `muscel`",
        "hint: did you mean `muscle`?",
    ];
    lab.soleus("run bad -o out").ends(2).silent().says(&study);
    lab.soleus("inspect bad/walk.csv").ends(2).silent().says(&study);
    lab.soleus("run walk.csv -o out --study bad/study.toml")
        .ends(2)
        .silent()
        .says(&study);
    assert!(!lab.path("out").exists(), "nothing was tried, so nothing is written");
}

#[test]
fn a_wrong_setting_is_named() {
    let lab = Lab::new(&[("walk.csv", &second())]);
    for (setting, says) in [
        (
            "conditioning.1.band-pas.high_hz=3",
            vec!["--set conditioning.1.band-pas.high_hz=3", "`band-pass`"],
        ),
        (
            "conditioning.7.notch.q=3",
            vec!["--set conditioning.7.notch.q=3", "there is no position 7"],
        ),
        ("normalisation", vec!["--set normalisation", "expected PATH=VALUE", "hint: "]),
        (
            "normalisation.window_s=-1",
            vec!["--set normalisation.window_s=-1 must be above 0 and at most 60 s"],
        ),
        (
            "normalisation.reference=most",
            vec!["--set normalisation.reference=most is not one of \"mvc\""],
        ),
        (
            "analysis.fatigue.epoch_s=0",
            vec!["epoch_s=0 is outside the limits of 0.1 to 60 s"],
        ),
    ] {
        lab.soleus(&format!("run walk.csv -o out --set {setting}"))
            .ends(2)
            .silent()
            .says(&says);
    }
    assert!(!lab.path("out").exists());
}

#[test]
fn what_is_not_there_is_named() {
    let lab = Lab::new(&[("walk.csv", &second()), ("notes/notes.md", "nothing")]);
    for (words, part) in [
        ("run nowhere.csv -o out", "nowhere.csv"),
        ("run none*.csv -o out", "none*.csv"),
        ("run notes -o out", "no recording found in notes"),
        ("run walk.csv -o out --study nowhere.toml", "nowhere.toml: cannot read"),
        ("run walk.csv -o out --recipe nowhere.toml", "nowhere.toml: cannot read"),
        ("inspect nowhere.csv", "nowhere.csv"),
        ("inspect notes", "no recording found in notes"),
        ("signals nowhere.csv -o x.csv", "nowhere.csv"),
        ("signals walk.csv -o x.mat", "cannot tell the format of x.mat"),
        ("recipe check nowhere.toml", "nowhere.toml"),
        ("demo notes", "is there and not empty"),
    ] {
        lab.soleus(words).ends(2).silent().says(&["error: ", part]);
    }
    assert!(!lab.path("out").exists() && !lab.path("x.csv").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let lab = Lab::new(&[("walk.csv", &second()), ("file", "in the way")]);
    lab.soleus("run walk.csv -o file/out")
        .ends(2)
        .silent()
        .says(&["error: ", "file/out", "hint: "]);
    lab.soleus("signals walk.csv -o file/out.csv")
        .ends(2)
        .silent()
        .says(&["file/out.csv"]);
    assert_eq!(lab.read("file"), "in the way");
}

#[cfg(unix)]
#[test]
fn a_recording_that_may_not_be_read_fails_alone() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::new(&[("a/walk.csv", &second()), ("b/walk.csv", &second())]);
    fs::set_permissions(lab.path("a/walk.csv"), fs::Permissions::from_mode(0o000))
        .unwrap();
    if fs::read(lab.path("a/walk.csv")).is_ok() {
        // The superuser reads everything; a link to nowhere cannot be read by anybody.
        fs::remove_file(lab.path("a/walk.csv")).unwrap();
        fs::create_dir(lab.path("a/walk.csv")).unwrap();
        lab.soleus("run a/walk.csv -o out").ends(2).silent().says(&["error: "]);
        return;
    }
    lab.soleus("run . -o out").ends(1).silent().says(&["a_1", "cannot read the file"]);
}

// ---- arguments

#[test]
fn wrong_arguments_end_with_status_2() {
    let lab = Lab::new(&[("walk.csv", &second())]);
    for (words, part) in [
        ("", "Usage"),
        ("fly", "unrecognized subcommand"),
        ("run walk.csv", "--out"),
        ("run -o out", "INPUT"),
        ("run walk.csv -o out --jobs 0", "--jobs"),
        ("run walk.csv -o out --rate fast", "expected a number of hertz"),
        ("run walk.csv -o out --rate=-5", "--rate"),
        ("signals walk.csv -o x.csv --stage cooked", "envelope"),
        ("inspect", "INPUT"),
    ] {
        lab.soleus(words).ends(2).silent().says(&[part]);
    }
}

#[test]
fn help_has_examples() {
    let lab = Lab::new(&[]);
    for command in [
        "",
        "run",
        "verify",
        "pseudonymise",
        "inspect",
        "signals",
        "recipe",
        "demo",
        "bench",
        "completions",
        "man",
    ] {
        let help = lab.soleus(&format!("{command} --help")).ends(0).out;
        assert!(
            help.contains("Example") && help.contains("\n  soleus "),
            "{command}:\n{help}"
        );
    }
    assert!(
        lab.soleus("run --help")
            .out
            .contains("Exit status: 0 all well; 1 some recordings failed")
    );
    assert_eq!(
        lab.soleus("--version").ends(0).out,
        format!("soleus {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions_and_the_manual_are_printed() {
    let lab = Lab::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = lab.soleus(&format!("completions {shell}")).ends(0).out;
        assert!(script.contains("soleus") && script.contains("save-signals"), "{shell}");
    }
    let page = lab.soleus("man").ends(0).out;
    assert!(page.contains(".TH soleus 1") && page.contains("inspect"), "{page}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let mut child =
        program().arg("man").stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

// ---- recipe and demo

#[test]
fn the_recipe_that_is_shown_passes_its_check() {
    let lab = Lab::new(&[("walk.csv", &second())]);
    lab.write("recipe.toml", lab.soleus("recipe show").ends(0).out);
    let checked = lab.soleus("recipe check recipe.toml").ends(0).out;
    for part in [
        "the recipe is right",
        "band-pass 20–450 Hz",
        "upper edge by the standard: the lower of 450 Hz",
    ] {
        assert!(checked.contains(part), "{part:?} is not in\n{checked}");
    }
    lab.soleus("run walk.csv -o shown --recipe recipe.toml").ends(0);
    lab.soleus("run walk.csv -o built-in").ends(0);
    assert_eq!(lab.read("shown/measures.csv"), lab.read("built-in/measures.csv"));
}

#[test]
fn the_schema_of_recipes_knows_every_key_of_the_standard_one() {
    let lab = Lab::new(&[]);
    let schema = lab.soleus("recipe schema").ends(0).json();
    let standard: toml::Value = toml::from_str(&lab.soleus("recipe show").out).unwrap();
    let standard = serde_json::to_value(standard).unwrap();
    valid(&standard, &schema, &schema, "recipe").unwrap();
    let mut misspelt = standard;
    misspelt["normalisation"]["window"] = 1.into();
    valid(&misspelt, &schema, &schema, "recipe").unwrap_err();
}

#[test]
fn a_study_is_checked_and_its_schema_knows_it() {
    let study = "title = \"Calf\"\n[protocol]\nknee_deg = 90\n[recordings.\"walk.csv\"]\ntitle \
                 = \"First\"\n";
    let lab = Lab::new(&[("walk.csv", &second()), ("study.toml", study)]);
    let checked = lab.soleus("study check study.toml").ends(0).out;
    for part in
        ["the study is right", "\"Calf\"", "knee at 90°", "1 recording of 1 session"]
    {
        assert!(checked.contains(part), "{part:?} is not in\n{checked}");
    }
    let schema = lab.soleus("study schema").ends(0).json();
    let read: toml::Value = toml::from_str(study).unwrap();
    let mut read = serde_json::to_value(read).unwrap();
    valid(&read, &schema, &schema, "study").unwrap();
    read["protocol"]["knee"] = 3.into();
    valid(&read, &schema, &schema, "study").unwrap_err();

    lab.soleus("run . -o out").ends(0);
    let page = lab.read("out/index.html");
    assert!(page.contains("<h1>Calf "));
    let report = files_below(&lab.path("out"))
        .into_keys()
        .find(|name| name.ends_with("report.html"));
    let page = lab.read(&format!("out/{}", report.unwrap()));
    for part in ["· Calf", "Protocol: knee at 90°.", "<h2>First "] {
        assert!(page.contains(part), "{part:?}");
    }

    let misspelt = study.replace("walk", "wakl");
    lab.write("study.toml", misspelt);
    lab.soleus("study check study.toml")
        .ends(1)
        .says(&["[recordings.\"wakl.csv\"] fits no file"]);
    lab.write("study.toml", "[protocol]\nknee = 3\n");
    lab.soleus("study check study.toml")
        .ends(2)
        .silent()
        .says(&["study.toml: line 2, column 1", "did you mean `knee_deg`?"]);
}

#[test]
fn demo_writes_the_shipped_study() {
    let lab = Lab::new(&[]);
    lab.soleus("demo study")
        .ends(0)
        .silent()
        .says(&["wrote ", "soleus run study -o reports"]);
    let written = files_below(&lab.path("study"));
    let shipped =
        files_below(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/study"));
    crate::program::same_files(&written, &shipped);
    let made: BTreeMap<String, Vec<u8>> = soleus::synth::study().into_iter().collect();
    crate::program::same_files(&made, &shipped);
    assert!(shipped.values().map(Vec::len).sum::<usize>() < 6_000_000);
}

// ---- what is written

const MEASURES: [&str; 16] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "analysis",
    "measure",
    "value",
    "unit",
    "ci_low",
    "ci_high",
    "n",
    "quality",
    "note",
    "task",
];

/// Measures of one channel that `interface.md` promises for this issue, with their units.
const PROMISED: [(&str, &str, &str); 21] = [
    ("amplitude", "rms", "V"),
    ("amplitude", "arv", "V"),
    ("amplitude", "envelope_mean", "V"),
    ("amplitude", "envelope_peak", "V"),
    ("amplitude", "activation_mean", "%"),
    ("amplitude", "activation_peak", "%"),
    ("fatigue", "mnf_mean", "Hz"),
    ("fatigue", "mdf_mean", "Hz"),
    ("fatigue", "mnf_slope", "Hz/s"),
    ("fatigue", "mdf_slope", "Hz/s"),
    ("fatigue", "arv_slope", "V/s"),
    ("fatigue", "rms_slope", "V/s"),
    ("fatigue", "mnf_slope_normalised", "%/s"),
    ("fatigue", "mdf_slope_normalised", "%/s"),
    ("fatigue", "finsm5_ratio", "1"),
    ("quality", "snr", "dB"),
    ("quality", "mains_share", "1"),
    ("quality", "clipped_share", "1"),
    ("quality", "motion_share", "1"),
    ("quality", "baseline_noise", "V"),
    ("quality", "verdict", ""),
];

#[test]
fn the_long_table_keeps_its_promise() {
    let lab = Lab::new(&[
        ("P01/mvc.csv", &calves(31, 4000)),
        ("P01/raises.csv", &calves(32, 8000)),
    ]);
    lab.soleus("run P01 -o out").ends(0).silent();
    let table = lab.table("out/measures.csv");
    assert_eq!(table.header, MEASURES);
    let raises: Vec<_> =
        table.rows.iter().filter(|row| row["recording"] == "raises").collect();
    for (analysis, measure, unit) in PROMISED {
        let fits = |row: &&&BTreeMap<String, String>| {
            row["measure"] == measure && row["channel"] == "LSOL"
        };
        let row =
            raises.iter().find(fits).unwrap_or_else(|| panic!("{measure} is missing"));
        assert_eq!(row["analysis"], analysis);
        if measure == "verdict" {
            assert!(
                ["good", "check", "bad"].contains(&row["quality"].as_str()),
                "{row:?}"
            );
        } else {
            assert_eq!(row["unit"], unit, "{measure}");
        }
        assert_eq!((row["muscle"].as_str(), row["side"].as_str()), ("soleus", "left"));
    }
    for kind in ["symmetry_index", "symmetry_ratio", "symmetry_angle", "gait_asymmetry"] {
        for quantity in ["rms", "envelope_mean", "envelope_peak", "mdf_mean"] {
            let name = format!("{kind}.{quantity}");
            let row = raises
                .iter()
                .find(|row| row["measure"] == name)
                .unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(
                (row["channel"].as_str(), row["side"].as_str()),
                ("LSOL ~ RSOL", "")
            );
            assert!(!row["note"].is_empty(), "{name} tells its sign");
        }
    }
    for name in ["envelope_correlation", "envelope_lag"] {
        assert!(
            raises
                .iter()
                .any(|row| row["measure"] == name && row["channel"] == "LSOL ~ RSOL"),
            "{name}"
        );
    }
    numbers_or_reasons(&table.rows);
}

/// A cell of a number holds a number or nothing; nothing has its reason beside it.
#[track_caller]
fn numbers_or_reasons(rows: &[BTreeMap<String, String>]) {
    for row in rows {
        for column in ["value", "ci_low", "ci_high", "n"] {
            let text = row[column].as_str();
            assert!(
                text.is_empty() || text.parse::<f64>().is_ok_and(f64::is_finite),
                "{column}: {row:?}"
            );
        }
        let verdict = row["measure"] == "verdict" && !row["quality"].is_empty();
        assert!(
            verdict || !row["value"].is_empty() || !row["note"].is_empty(),
            "an empty value has a reason: {row:?}"
        );
    }
}

#[cfg(feature = "tables")]
#[test]
fn parquet_holds_the_rows_of_the_text() {
    use polars::prelude::*;
    let lab = Lab::new(&[
        ("P01/mvc.csv", &calves(31, 4000)),
        ("P01/raises.csv", &calves(32, 4000)),
    ]);
    lab.soleus("run P01 -o out --save-signals").ends(0).silent();
    let open = |name: &str| {
        ParquetReader::new(fs::File::open(lab.path(name)).unwrap()).finish().unwrap()
    };
    let frame = open("out/measures.parquet");
    let table = lab.table("out/measures.csv");
    let names: Vec<&str> =
        frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
    assert_eq!(names, MEASURES);
    assert_eq!(frame.height(), table.rows.len());
    for name in MEASURES {
        let column = frame.column(name).unwrap();
        for (index, row) in table.rows.iter().enumerate() {
            let text = match column.get(index).unwrap() {
                AnyValue::Null => String::new(),
                AnyValue::Float64(number) => {
                    assert_eq!(
                        row[name].parse::<f64>().unwrap().to_bits(),
                        number.to_bits(),
                        "{name} {index}"
                    );
                    continue;
                }
                other => other.str_value().into_owned(),
            };
            assert_eq!(text, row[name], "{name} of row {index}");
        }
    }
    let signals = open("out/sessions/P01_1/signals/raises.parquet");
    let names: Vec<&str> =
        signals.get_column_names().into_iter().map(|name| name.as_str()).collect();
    for name in ["time_s", "LSOL.clean", "LSOL.envelope", "LSOL.activation", "RSOL.clean"]
    {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    assert_eq!(signals.height(), 4000);
}

#[test]
fn the_record_of_a_run_holds_what_was_asked_and_read() {
    let lab = Lab::new(&[("P01/walk.csv", &second())]);
    lab.soleus("run P01 -o out --set normalisation.reference=peak").ends(0);
    let record = lab.json("out/run.json");
    let hash = blake3::hash(second().as_bytes()).to_hex().to_string();
    assert_eq!(record["program"], "soleus");
    assert_eq!(record["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(record["status"], "done");
    // As it runs in the output folder.
    let command: Vec<_> = record["command"].as_array().unwrap().iter().collect();
    assert_eq!(
        command,
        ["soleus", "run", "../P01", "-o", ".", "--set", "normalisation.reference=peak"]
    );
    assert_eq!(record["recipe"]["normalisation"]["reference"], "peak");
    assert_eq!(record["recipe_fingerprint"].as_str().unwrap().len(), 64);
    assert!(record["seconds"].as_f64().unwrap() > 0.0);
    let (started, finished) =
        (record["started"].as_str().unwrap(), record["finished"].as_str().unwrap());
    assert!(started.ends_with('Z') && started <= finished, "{started} {finished}");
    let session = &record["sessions"][0];
    assert_eq!((&session["subject"], &session["session"]), (&"P01".into(), &"1".into()));
    assert_eq!((&session["status"], &session["reused"]), (&"done".into(), &false.into()));
    let recording = &session["recordings"][0];
    assert_eq!(recording["bytes"], second().len());
    assert_eq!(recording["blake3"], hash);
    assert_eq!((&recording["role"], &recording["error"]), (&"task".into(), &Value::Null));
    assert!(recording["warnings"].is_array());
}

#[test]
fn odd_names_are_text_everywhere() {
    let evil = "<script>alert(1)</script>";
    let (file, shown) =
        if cfg!(windows) { ("b&'é.csv", "b&'é") } else { ("<b>&\"é.csv", "<b>&\"é") };
    let text = csv(&[
        (evil, &bursts(41, 2000)),
        ("L \"SOL\", good (mV)", &bursts(42, 2000)),
        ("R SOL (mV)", &bursts(43, 2000)),
    ]);
    let lab = Lab::new(&[(&format!("P<i>/{file}"), &text), ("P<i>/empty <u>.csv", "")]);
    let study = format!("[channels]\n'{evil}' = {{ muscle = \"soleus\" }}\n");
    lab.write("study.toml", study);
    let ran = lab.soleus(&format!("run . -o out {SAVE_SIGNALS}")).ends(1).silent();
    assert!(ran.err.contains("empty <u>.csv: the file is empty"), "{}", ran.err);
    let pages: Vec<(String, Vec<u8>)> = files_below(&lab.path("out"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .collect();
    assert_eq!(pages.len(), 2);
    for (name, bytes) in &pages {
        let page = String::from_utf8(bytes.clone()).unwrap();
        for tag in ["<script>alert", "<b>&", "P<i>", "<u>"] {
            assert!(!page.contains(tag), "{name} holds {tag}");
        }
    }
    let report = decoded(
        std::str::from_utf8(
            &pages.iter().find(|(name, _)| name.contains("report")).unwrap().1,
        )
        .unwrap(),
    );
    for name in [evil, shown, "L \"SOL\", good", "empty <u>.csv"] {
        assert!(report.contains(name), "the report shows {name:?}");
    }
    let table = lab.table("out/measures.csv");
    assert!(
        table
            .rows
            .iter()
            .all(|row| row["recording"] == shown && row["subject"] == "P<i>")
    );
    assert!(
        table.value(evil, "rms") > 0.0 && table.value("L \"SOL\", good", "rms") > 0.0
    );
    let signals = lab.path(&format!("out/sessions/P-i-_1/signals/{shown}.parquet"));
    assert_eq!(signals.exists(), cfg!(feature = "tables"));
}

// ---- inspect

/// Whether a value has the structure that a JSON schema asks for: the parts of the
/// standard that ours use.
fn valid(value: &Value, schema: &Value, root: &Value, place: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root
            .pointer(reference.trim_start_matches('#'))
            .ok_or(format!("{reference} is nowhere"))?;
        return valid(value, target, root, place);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array() {
            let tried: Vec<_> =
                choices.iter().map(|choice| valid(value, choice, root, place)).collect();
            if tried.iter().all(Result::is_err) {
                return Err(format!("{place}: {value} fits none: {tried:?}"));
            }
        }
    }
    for (key, fits) in [
        ("const", schema.get("const") == Some(value)),
        ("enum", has(&schema["enum"], value)),
    ] {
        if schema.get(key).is_some() && !fits {
            return Err(format!("{place}: {value} is not {}", schema[key]));
        }
    }
    let of_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other} is no type of JSON"),
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| of_type(name)) {
        return Err(format!("{place}: {value} is no {types:?}"));
    }
    if let Some(items) = value.as_array().filter(|_| schema.get("items").is_some()) {
        items.iter().enumerate().try_for_each(|(i, item)| {
            valid(item, &schema["items"], root, &format!("{place}[{i}]"))
        })?;
    }
    fields(value, schema, root, place)
}

fn has(list: &Value, value: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(value))
}

fn fields(
    value: &Value,
    schema: &Value,
    root: &Value,
    place: &str,
) -> Result<(), String> {
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    for name in
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    {
        object.get(name).ok_or(format!("{place}.{name} is missing"))?;
    }
    for (name, field) in object {
        match schema["properties"].get(name) {
            Some(property) => valid(field, property, root, &format!("{place}.{name}"))?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{place}.{name} is unknown"));
            }
            None => {}
        }
    }
    Ok(())
}

#[test]
fn inspect_tells_how_a_file_was_understood() {
    let channels = [
        ("LSOL (mV)", bursts(51, 3000)),
        ("Force", bursts(52, 3000)),
        ("mystery", bursts(53, 3000)),
    ];
    let borrowed: Vec<_> =
        channels.iter().map(|(name, samples)| (*name, samples.as_slice())).collect();
    let mut lines: Vec<String> = csv(&borrowed).lines().map(str::to_owned).collect();
    lines[1001..1011].iter_mut().for_each(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        *line = format!("{},,{},{}", cells[0], cells[2], cells[3]);
    });
    let lab = Lab::new(&[("walk.csv", &(lines.join("\n") + "\n"))]);
    let text = lab.soleus("inspect walk.csv").ends(0).out;
    for part in
        ["walk.csv: CSV", "delimiter: comma", "1000 Hz", "LSOL", "soleus", "left", "3000"]
    {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let seen = lab.soleus("inspect walk.csv --json").ends(0).json();
    let schema = lab.soleus("inspect --schema").ends(0).json();
    valid(&seen, &schema, &schema, "inspection").unwrap();
    for key in ["file", "format", "dialect", "channels", "events", "warnings"] {
        assert!(seen.get(key).is_some(), "{key}");
    }
    let sol = &seen["channels"][0];
    for key in [
        "name",
        "muscle",
        "side",
        "unit",
        "kind",
        "rate_hz",
        "rate_from",
        "samples",
        "gaps",
    ] {
        assert!(sol.get(key).is_some(), "{key}");
    }
    assert_eq!(
        (&sol["name"], &sol["muscle"], &sol["side"]),
        (&"LSOL".into(), &"soleus".into(), &"left".into())
    );
    assert_eq!(
        (&sol["unit"], &sol["rate_hz"], &sol["samples"]),
        (&"V".into(), &1000.0.into(), &3000.into())
    );
    assert_eq!(sol["gaps"], 1);
    // A schema that takes anything is none.
    let mut spoilt = seen;
    spoilt["channels"][0]["rate_hz"] = "fast".into();
    valid(&spoilt, &schema, &schema, "inspection").unwrap_err();
}

#[test]
fn a_study_that_inspect_wrote_is_used_and_never_overwritten() {
    let lab = Lab::new(&[("walk.csv", &calves(61, 3000))]);
    lab.soleus("inspect walk.csv --write-study").ends(0).says(&["wrote study.toml"]);
    let study = lab.read("study.toml");
    for part in [
        "\"LSOL\" = { muscle = \"soleus\", side = \"left\" }",
        "[recordings.\"walk.csv\"]",
        "role = \"task\"",
    ] {
        assert!(study.contains(part), "{part:?} is not in\n{study}");
    }
    lab.soleus("run walk.csv -o guessed").ends(0);
    // The user corrects it.
    let corrected = study
        .replace("muscle = \"soleus\", side = \"left\"", "muscle = \"peroneus longus\"");
    lab.write(
        "study.toml",
        corrected.replace("# subject = \"S01\"", "subject = \"S07\""),
    );
    lab.soleus("run walk.csv -o corrected").ends(0);
    let table = lab.table("corrected/measures.csv");
    assert_eq!(table.measure("LSOL", "rms")["muscle"], "peroneus longus");
    assert_eq!(table.measure("LSOL", "rms")["subject"], "S07");
    assert_eq!(
        lab.table("guessed/measures.csv").measure("LSOL", "rms")["muscle"],
        "soleus"
    );
    let before = lab.read("study.toml");
    lab.soleus("inspect walk.csv --write-study")
        .ends(2)
        .silent()
        .says(&["study.toml", "left as it is"]);
    assert_eq!(lab.read("study.toml"), before);
}

#[test]
fn bench_measures_every_stage() {
    let lab = Lab::new(&[]);
    let measured =
        lab.soleus("bench --channels 1 --seconds 2 --rate 1000 --json").ends(0);
    assert!(measured.json().is_object() || measured.json().is_array());
    let text = lab.soleus("bench --channels 1 --seconds 2 --rate 1000").ends(0).out;
    assert!(text.contains("band-pass") || text.contains("conditioning"), "{text}");
}

#[test]
fn quiet_says_only_what_went_wrong() {
    let lab = Lab::new(&[("a/walk.csv", &second()), ("b/empty.csv", "")]);
    assert_eq!(lab.soleus("run a -o out --quiet").ends(0).silent().err, "");
    let err = lab.soleus("run . -o both --quiet").ends(1).silent().err;
    assert_eq!(err, "failed: b_1: empty.csv: the file is empty\n");
    let lines = lab.soleus("run a -o lines").ends(0).silent().err;
    assert!(
        lines.contains("1 recording in 1 session\n[1/1] a_1 walk.csv done\n"),
        "{lines}"
    );
    let rate = run_in(&lab.root, &["run", "a", "-o", "r", "--rate", "2000 Hz"]);
    rate.ends(0);
}
