//! Many sessions: the same bytes whatever the order, reuse, killed runs, and outputs
//! beside inputs.

use std::fs;
use std::time::{Duration, Instant};

use crate::program::{Lab, SAVE_SIGNALS, calves, program, same_files};

/// A study of several sessions: maximal contraction and heel raises, two folders deep.
fn study(sessions: u64) -> Lab {
    let lab = Lab::new(&[]);
    for session in 0..sessions {
        let folder = format!("study/P{}/visit{}", session / 2, session % 2);
        lab.write(&format!("{folder}/mvc.csv"), calves(100 + session, 1500));
        lab.write(&format!("{folder}/raises.csv"), calves(200 + session, 3000));
    }
    lab
}

/// How often sessions were reused in the run that wrote `out/run.json`.
fn reused(lab: &Lab) -> Vec<bool> {
    let record = lab.json("out/run.json");
    record["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["reused"].as_bool().unwrap())
        .collect()
}

// ---- the same bytes

#[test]
fn jobs_do_not_change_a_byte() {
    let lab = study(4);
    lab.soleus("demo demo").ends(0);
    lab.soleus(&format!("run study demo -o one --jobs 1 {SAVE_SIGNALS}"))
        .ends(0)
        .silent();
    lab.soleus(&format!("run study demo -o four --jobs 4 {SAVE_SIGNALS}"))
        .ends(0)
        .silent();
    let (one, four) = (lab.snapshot("one"), lab.snapshot("four"));
    same_files(&one, &four);
    // index.html, nine tables, their dictionary, and for each of eight sessions two reports,
    // the hashes of its files, and two or three recordings' signals.
    let expected = if cfg!(feature = "tables") {
        11 + 4 * (3 + 2) + 4 * (3 + 3)
    } else {
        10 + 8 * 3
    };
    assert_eq!(one.len(), expected);
}

#[test]
fn later_visits_are_compared_with_the_first() {
    let lab = study(0);
    lab.soleus("demo demo").ends(0);
    lab.soleus("run demo -o out").ends(0);
    let mut rows = lab.table("out/comparisons.csv").rows;
    rows.retain(|row| row["measure"].ends_with("_slope_normalised"));
    // Four slopes of six channels of heel raises and four of the hold, of two people; one
    // channel is clipped throughout.
    assert_eq!(rows.len(), 4 * (2 * (6 + 4) - 1));
    for row in &rows {
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        assert_eq!((&*row["first_session"], &*row["session"]), ("ses-01", "ses-02"));
        assert!(
            (number("value") - number("first_value") - number("difference")).abs()
                < 1e-12
        );
        assert!(
            number("ci_low") < number("difference")
                && number("difference") < number("ci_high")
        );
    }
    let page = lab.read("out/index.html");
    assert!(
        page.contains("Courses compared") && page.contains("href=\"comparisons.csv\"")
    );
}

#[test]
fn the_order_of_inputs_does_not_change_a_byte() {
    let lab = study(4);
    lab.soleus("run study -o folder").ends(0);
    lab.soleus("run study/P1 study/P0 study -o mixed").ends(0);
    lab.soleus("run study study/P0/visit0/raises.csv study/P1/visit1 -o doubled").ends(0);
    same_files(&lab.snapshot("mixed"), &lab.snapshot("folder"));
    same_files(&lab.snapshot("doubled"), &lab.snapshot("folder"));
    let backwards = "run study/P1/visit1/raises.csv study/P1/visit1/mvc.csv -o b";
    lab.soleus(backwards).ends(0);
    lab.soleus("run study/P1/visit1/mvc.csv study/P1/visit1/raises.csv -o a").ends(0);
    same_files(&lab.snapshot("a"), &lab.snapshot("b"));
}

#[test]
fn the_same_study_elsewhere_gives_the_same_bytes() {
    let (here, there) = (study(2), study(2));
    here.soleus("run study -o out").ends(0);
    // Absolute paths, and another folder for the output.
    let (input, out) = (there.path("study"), there.path("deep/er/out"));
    crate::program::run_in(
        &here.root,
        &["run", input.to_str().unwrap(), "-o", out.to_str().unwrap()],
    )
    .ends(0);
    same_files(&here.snapshot("out"), &there.snapshot("deep/er/out"));
}

// ---- reuse

#[test]
fn only_what_changed_is_computed_again() {
    let lab = study(4);
    let events = "events = [{ time_s = 0.5, label = \"touchdown\", side = \"left\" }]";
    let list = format!("[recordings.\"P0/visit0/raises.csv\"]\n{events}\n");
    lab.write(
        "study/study.toml",
        format!("{list}[recordings.\"P1/visit1/raises.csv\"]\nevents = \"steps.csv\"\n"),
    );
    lab.write(
        "study/steps.csv",
        "time_s,label,side\n0.4,touchdown,left\n1.4,touchdown,left\n",
    );
    lab.soleus("run study -o out").ends(0);
    assert_eq!(reused(&lab), [false; 4]);
    let first = lab.snapshot("out");

    lab.soleus("run study -o out").ends(0).says(&["4 of 4 sessions unchanged"]);
    assert_eq!(reused(&lab), [true; 4]);
    same_files(&lab.snapshot("out"), &first);

    lab.soleus("run study -o out --force").ends(0);
    assert_eq!(reused(&lab), [false; 4]);
    same_files(&lab.snapshot("out"), &first);

    lab.write("study/P0/visit1/raises.csv", calves(999, 3000));
    lab.soleus("run study -o out").ends(0);
    assert_eq!(reused(&lab), [true, false, true, true], "a file changed");
    assert_ne!(lab.snapshot("out")["measures.csv"], first["measures.csv"]);
    lab.write("study/P0/visit1/raises.csv", calves(201, 3000));

    lab.write(
        "study/steps.csv",
        "time_s,label,side\n0.4,touchdown,left\n1.5,touchdown,left\n",
    );
    lab.soleus("run study -o out").ends(0);
    assert_eq!(
        reused(&lab),
        [true, false, true, false],
        "the file of before is back, and an event file changed"
    );

    lab.write("study/study.toml", format!("{list}from_s = 0.5\n"));
    lab.soleus("run study -o out").ends(1).says(&["steps.csv"]);
}

#[test]
fn the_study_and_the_recipe_count_as_inputs() {
    let lab = study(4);
    lab.soleus("run study -o out").ends(0);
    lab.write(
        "study/P1/study.toml",
        "[channels]\nLSOL = { muscle = \"peroneus longus\" }\n",
    );
    lab.soleus("run study -o out").ends(0);
    assert_eq!(
        reused(&lab),
        [true, true, false, false],
        "a study of two sessions appeared"
    );
    lab.soleus("run study -o out --set envelope.low-pass.cutoff_hz=8").ends(0);
    assert_eq!(reused(&lab), [false; 4], "another recipe");
    lab.soleus("run study -o out --set envelope.low-pass.cutoff_hz=8 --jobs 1").ends(0);
    assert_eq!(
        reused(&lab),
        [true; 4],
        "how many at a time is no setting of the results"
    );
    if cfg!(feature = "tables") {
        lab.soleus("run study -o out --set envelope.low-pass.cutoff_hz=8 --save-signals")
            .ends(0);
        assert_eq!(reused(&lab), [false; 4], "the signals were not there");
    }
}

#[test]
fn a_damaged_result_is_not_reused() {
    let lab = study(2);
    lab.soleus(&format!("run study -o out {SAVE_SIGNALS}")).ends(0);
    let first = lab.snapshot("out");
    let damage = |file: &str| {
        let path = lab.path(&format!("out/sessions/P0_visit0/{file}"));
        if file == "report.json" {
            fs::write(path, "{\"half\": ")
        } else {
            fs::remove_file(path)
        }
        .unwrap();
    };
    let files = ["report.html", "report.json", "signals/raises.parquet"];
    for file in files.into_iter().take(if cfg!(feature = "tables") { 3 } else { 2 }) {
        damage(file);
        lab.soleus(&format!("run study -o out {SAVE_SIGNALS}")).ends(0);
        assert_eq!(reused(&lab), [false, true], "{file}");
        same_files(&lab.snapshot("out"), &first);
    }
}

// ---- outputs beside inputs

#[test]
fn a_run_inside_the_folder_can_be_repeated() {
    let lab = study(2);
    let inside = |words: &str| {
        crate::program::run_in(
            &lab.path("study"),
            &words.split_whitespace().collect::<Vec<_>>(),
        )
        .ends(0)
        .silent()
    };
    inside("run . -o reports");
    let first = lab.snapshot("study/reports");
    inside("run . -o reports").says(&["2 of 2 sessions unchanged"]);
    same_files(&lab.snapshot("study/reports"), &first);
    // Another output of ours, under any name, is no input either.
    inside("run . -o other");
    same_files(&lab.snapshot("study/other"), &first);
    inside("run * -o third");
    assert!(
        lab.table("study/third/measures.csv")
            .rows
            .iter()
            .all(|row| row["recording"] != "measures")
    );
}

#[test]
fn an_input_that_is_an_output_says_so() {
    let lab = study(2);
    lab.soleus("run study -o out").ends(0);
    lab.soleus("run out -o again")
        .ends(2)
        .silent()
        .says(&["no recording found in out", "run.json"]);
    // The output is never read, so a folder cannot be both; nothing is written.
    lab.soleus("run study -o study")
        .ends(2)
        .silent()
        .says(&["study is both input and output", "hint: "]);
    assert!(
        !lab.path("study/run.json").exists() && !lab.path("study/index.html").exists()
    );
}

#[test]
fn sessions_that_left_the_input_stay_and_are_named() {
    let lab = study(4);
    lab.soleus("run study -o out").ends(0);
    let ran = lab.soleus("run study/P0 -o out").ends(0).silent();
    for folder in ["P1_visit0", "P1_visit1"] {
        assert!(
            ran.err.contains(&format!("sessions/{folder} is of an earlier run")),
            "{}",
            ran.err
        );
        assert!(lab.path(&format!("out/sessions/{folder}/report.html")).exists());
    }
    // The study page and the tables hold exactly the sessions of this run.
    let subjects = lab.table("out/measures.csv");
    assert!(subjects.rows.iter().all(|row| row["subject"] != "P1"));
    assert!(!lab.read("out/index.html").contains("P1_visit0"));
}

// ---- killed runs

/// Every file that stands under its own name is whole.
#[track_caller]
pub(crate) fn all_whole(lab: &Lab, folder: &str) {
    for (name, bytes) in crate::program::files_below(&lab.path(folder)) {
        let file = name.rsplit('/').next().unwrap();
        let text = || std::str::from_utf8(&bytes).unwrap();
        match file.rsplit('.').next().unwrap() {
            _ if file.starts_with(".soleus-") || file == ".lock-of-soleus" => {}
            "html" => assert!(text().trim_end().ends_with("</html>"), "{name}"),
            "json" => drop(
                serde_json::from_str::<serde_json::Value>(text())
                    .unwrap_or_else(|e| panic!("{name}: {e}")),
            ),
            "csv" => {
                assert!(text().ends_with('\n'), "{name}");
                // Some tables of a study without cycles or visits have a header and
                // nothing else.
                let table = lab.table(&format!("{folder}/{name}"));
                assert!(!table.header.is_empty(), "{name}");
            }
            "parquet" => {
                assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{name}")
            }
            other => panic!("{name}: {other} was not expected"),
        }
    }
}

/// The tables that are there have rows.
#[track_caller]
fn all_filled(lab: &Lab, folder: &str) {
    for name in ["measures.csv", "bursts.csv"].map(|name| format!("{folder}/{name}")) {
        let is_there = lab.path(&name).exists();
        assert!(!is_there || !lab.table(&name).rows.is_empty(), "{name}");
    }
}

#[test]
fn a_killed_run_leaves_whole_files_and_the_next_one_finishes() {
    let lab = study(6);
    let started = Instant::now();
    lab.soleus(&format!("run study -o undisturbed --jobs 2 {SAVE_SIGNALS}")).ends(0);
    let whole_run = started.elapsed();
    let undisturbed = lab.snapshot("undisturbed");
    let moments = 12;
    let mut killed = 0;
    let mut unfinished = 0;
    for moment in 0..moments {
        let mut child = program()
            .current_dir(&lab.root)
            .args(["run", "study", "-o", "out", "--jobs", "2", "--quiet"])
            .args(SAVE_SIGNALS.split_whitespace())
            .spawn()
            .unwrap();
        // From the first file that appears to the end of a whole run.
        let begun = Instant::now();
        while !lab.path("out/run.json").exists()
            && begun.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(whole_run * moment / moments);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        all_whole(&lab, "out");
        all_filled(&lab, "out");
        let status = lab.json("out/run.json")["status"].as_str().unwrap().to_owned();
        unfinished += u32::from(status == "running");
        assert!(["running", "done"].contains(&status.as_str()));
        // What a killed write leaves is hidden, and gone after the next run.
        lab.write("out/sessions/P0_visit0/.soleus-half", "half a repo");
        lab.soleus(&format!("run study -o out --jobs 2 {SAVE_SIGNALS}")).ends(0);
        same_files(&lab.snapshot("out"), &undisturbed);
        fs::remove_dir_all(lab.path("out")).unwrap();
    }
    assert!(
        killed >= 3 && unfinished >= 3,
        "the run was killed {killed} times before its end, {unfinished} unfinished"
    );
}
