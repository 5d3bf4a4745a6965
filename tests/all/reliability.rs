//! Nothing lost, nothing stale, nothing in silence: outputs and inputs in odd places, runs
//! that meet, files that change on the way, and what cannot be read.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Lab, SAVE_SIGNALS, calves, program, run_in};

fn lab() -> Lab {
    let lab = Lab::new(&[]);
    lab.write("study/walk.csv", calves(1, 3000));
    lab
}

fn pipe(lab: &Lab, name: &str) {
    let made = std::process::Command::new("mkfifo").arg(lab.path(name)).status();
    assert!(made.unwrap().success());
}

/// The statuses and reuse of the sessions of the last run.
fn reused(lab: &Lab) -> Vec<bool> {
    let record = lab.json("out/run.json");
    let sessions = record["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["reused"].as_bool().unwrap()).collect()
}

// ---- outputs over inputs

#[test]
fn an_output_is_never_written_over_an_input_however_it_is_named() {
    let lab = lab();
    lab.write("study/measures.csv", calves(2, 3000));
    fs::create_dir(lab.path("work")).unwrap();
    symlink(lab.path("study"), lab.path("link")).unwrap();
    let before = fs::read(lab.path("study/measures.csv")).unwrap();
    for words in [
        "run study -o work/../study",
        "run study -o link",
        "run link -o study",
        "run link -o work/../link/.",
        "run study/walk.csv -o study",
    ] {
        lab.soleus(words).ends(2).silent().says(&["hint: "]);
        assert_eq!(fs::read(lab.path("study/measures.csv")).unwrap(), before, "{words}");
        assert!(!lab.path("study/run.json").exists(), "{words}");
    }
    // Inside the input is allowed.
    lab.soleus("run link -o study/reports").ends(0);
    lab.soleus("run link -o link/reports").ends(0).says(&["unchanged"]);
}

#[test]
fn what_others_wrote_is_not_overwritten() {
    let lab = lab();
    for name in ["index.html", "bursts.csv", "run.json", "sessions/study_1/report.html"] {
        let path = format!("of_others/{name}");
        lab.write(&path, "mine");
        lab.soleus("run study -o of_others")
            .ends(2)
            .says(&[&format!("{path} is there, and soleus did not write it")]);
        assert_eq!(lab.read(&path), "mine");
        fs::remove_dir_all(lab.path("of_others")).unwrap();
    }
    lab.write("of_others/notes.txt", "mine");
    lab.soleus("run study -o of_others").ends(0);

    lab.write("table.csv", "a,b\n1,2\n");
    lab.soleus("signals study/walk.csv -o table.csv").ends(2).says(&["did not write it"]);
    assert_eq!(lab.read("table.csv"), "a,b\n1,2\n");
    for name in ["clean.csv", "clean.wav"] {
        for _ in 0..2 {
            lab.soleus(&format!("signals study/walk.csv -o {name}")).ends(0);
        }
    }
    symlink(lab.path("study/walk.csv"), lab.path("other.csv")).unwrap();
    lab.write("study/rest.csv", calves(3, 2000));
    for (name, why) in [
        ("study/rest.csv", "did not write it"),
        ("study/../study/walk.csv", "is the recording itself"),
        ("other.csv", "is the recording itself"),
    ] {
        lab.soleus(&format!("signals study/walk.csv -o {name}")).ends(2).says(&[why]);
    }
}

#[test]
fn sessions_whose_names_look_alike_keep_their_reports() {
    let lab = Lab::new(&[]);
    for (seed, folder) in ["a b/1", "a-b/1", "a-b/1-2"].into_iter().enumerate() {
        lab.write(&format!("study/{folder}/walk.csv"), calves(seed as u64, 2000));
    }
    lab.write(&format!("study/{}/1/walk.csv", "x".repeat(250)), calves(9, 2000));
    lab.soleus("run study -o out").ends(0);
    let folders: Vec<_> = fs::read_dir(lab.path("out/sessions")).unwrap().collect();
    assert_eq!(folders.len(), 4);
    for folder in folders {
        let report = folder.unwrap().path().join("report.html");
        assert!(report.is_file(), "{}", report.display());
    }
    // The same names when others are missing or new.
    let names = |out: &str| -> Vec<String> {
        let record = lab.json(&format!("{out}/run.json"));
        let sessions = record["sessions"].as_array().unwrap();
        sessions.iter().map(|one| one["folder"].as_str().unwrap().to_owned()).collect()
    };
    let all = names("out");
    fs::remove_dir_all(lab.path("study/a-b/1-2")).unwrap();
    lab.soleus("run study -o fewer").ends(0);
    assert!(names("fewer").iter().all(|name| all.contains(name)));
}

/// Before, every recording failed, and the tables of the run before were gone.
#[test]
#[cfg(not(feature = "tables"))]
fn signals_that_this_build_cannot_write_are_refused_at_once() {
    let lab = lab();
    lab.soleus("run study -o out").ends(0);
    let before = lab.snapshot("out");
    lab.soleus("run study -o out --save-signals").ends(2).says(&[
        "this build of soleus writes no Parquet",
        "hint: build with the feature `tables`",
    ]);
    assert_eq!(lab.snapshot("out"), before);
}

/// Before, the line named the session twice and the file not at all.
#[test]
#[cfg(unix)]
fn a_report_that_cannot_be_written_is_named_once() {
    let lab = lab();
    lab.soleus("run study -o out").ends(0);
    let folder = fs::read_dir(lab.path("out/sessions")).unwrap().next().unwrap();
    let folder = folder.unwrap();
    let name = folder.file_name().into_string().unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    fs::create_dir(folder.path()).unwrap();
    fs::create_dir(folder.path().join("report.json")).unwrap();
    let said = lab.soleus("run study -o out").ends(2).err;
    let line = format!("failed: {name}: report.json: cannot write the file");
    assert_eq!(said.matches(&line).count(), 1, "{said}");
}

// ---- files that are too large, and files that are none

#[test]
fn one_enormous_file_fails_alone() {
    let lab = lab();
    let head = "time (s),LSOL (mV)\n0.000,0.1\n0.001,0.2\n";
    lab.write("study/huge.csv", head);
    lab.write("study/huge.wav", b"RIFF\xff\xff\xff\xffWAVEfmt ");
    for name in ["huge.csv", "huge.wav"] {
        let file = fs::OpenOptions::new().write(true).open(lab.path("study").join(name));
        // Sparse: it takes no room on the disk.
        file.unwrap().set_len(1 << 42).unwrap();
    }
    let began = Instant::now();
    lab.soleus("run study -o out").ends(1).says(&[
        "huge.csv: the file has 4398.0 GB",
        "huge.wav: the file has 4398.0 GB",
        "1 of 3 recordings done, 2 failed",
    ]);
    assert!(began.elapsed() < Duration::from_secs(60));
    lab.soleus("inspect study/huge.csv").ends(2).says(&["the file has 4398.0 GB"]);
}

#[test]
fn pipes_and_devices_are_refused_where_files_are_meant() {
    let lab = lab();
    pipe(&lab, "study/pipe.csv");
    lab.soleus("run study -o out")
        .ends(0)
        .says(&["study/pipe.csv was left out: it is a pipe, not a regular file"]);
    let page = lab.read("out/index.html");
    assert!(page.contains("pipe.csv was left out"));
    let left_out = &lab.json("out/run.json")["left_out"];
    assert_eq!(left_out.as_array().unwrap().len(), 1, "{left_out}");
    lab.soleus("run study study/pipe.csv -o out").ends(1);
    lab.soleus("run study/pipe.csv -o other").ends(2).says(&["it is a pipe"]);
    fs::remove_file(lab.path("study/pipe.csv")).unwrap();

    pipe(&lab, "pipe");
    for words in [
        "run study -o out --recipe pipe",
        "run study -o out --recipe /dev/zero",
        "run study -o out --study pipe",
    ] {
        lab.soleus(words).ends(2).says(&["not a regular file"]);
    }
    lab.write("study/study.toml", "[recordings.\"walk.csv\"]\nevents = \"steps.csv\"\n");
    pipe(&lab, "study/steps.csv");
    // It costs the events, and not the recording.
    lab.soleus("run study -o out")
        .ends(1)
        .says(&["the events were left out: steps.csv: cannot read the event file"]);
    fs::remove_file(lab.path("study/steps.csv")).unwrap();
    fs::remove_file(lab.path("study/study.toml")).unwrap();
    pipe(&lab, "study/study.toml");
    lab.soleus("run study -o out").ends(2).says(&["study.toml: cannot read the study"]);
    fs::remove_file(lab.path("study/study.toml")).unwrap();
    // A run.json that never ends is no output of ours.
    fs::create_dir(lab.path("study/b")).unwrap();
    pipe(&lab, "study/b/run.json");
    lab.soleus("run study -o out").ends(0);
}

#[test]
fn pipes_are_read_on_purpose() {
    let lab = lab();
    let file = |path: &str| Stdio::from(fs::File::open(lab.path(path)).unwrap());
    let run = |arguments: &[&str], input: Stdio| {
        let mut command = program();
        command.current_dir(&lab.root).args(arguments).stdin(input).output().unwrap()
    };
    let by_pipe = run(&["inspect", "-"], file("study/walk.csv"));
    let text = String::from_utf8(by_pipe.stdout).unwrap();
    assert!(text.starts_with("-: ") && text.contains("LSOL"), "{text}");
    run(&["signals", "-", "-o", "piped.csv"], file("study/walk.csv"));
    lab.soleus("signals study/walk.csv -o plain.csv").ends(0);
    assert_eq!(lab.read("piped.csv"), lab.read("plain.csv"));

    pipe(&lab, "fifo");
    let writer = std::thread::spawn({
        let (from, to) = (lab.path("study/walk.csv"), lab.path("fifo"));
        move || fs::copy(from, to)
    });
    let text = lab.soleus("inspect fifo").ends(0).out;
    assert!(text.contains("LSOL"), "{text}");
    writer.join().unwrap().unwrap();
    let refused = run(&["inspect", "-", "--write-study"], file("study/walk.csv"));
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn links_that_lead_nowhere_are_said() {
    let lab = lab();
    symlink("nowhere.csv", lab.path("study/gone.csv")).unwrap();
    symlink(lab.path("study"), lab.path("study/loop")).unwrap();
    lab.soleus("run study -o out").ends(0).says(&[
        "gone.csv was left out: it is a link that leads nowhere",
        "loop was left out: it is a link to a folder above it",
    ]);
    lab.soleus("run study study/gone.csv -o out").ends(1);
}

// ---- stale

/// Before, all recordings were there twice, and pseudonymised twice.
#[test]
#[cfg(unix)]
fn a_link_to_a_folder_above_the_input_brings_nothing_twice() {
    let lab = lab();
    for up in ["..", "../..", "../../.."] {
        let link = lab.path("study/P1/up");
        let _ = fs::remove_file(&link);
        fs::create_dir_all(lab.path("study/P1")).unwrap();
        symlink(up, &link).unwrap();
        let found = lab.soleus("inspect study").ends(0).out;
        assert!(found.contains("1 person, 1 session, 1 recording"), "{up}: {found}");
        assert!(
            found.contains("study/P1/up was left out: it is a link to a folder above")
        );
    }
}

#[test]
fn edited_cut_and_empty_outputs_are_made_anew() {
    let lab = lab();
    lab.soleus(&format!("run study -o out {SAVE_SIGNALS}")).ends(0);
    let first = lab.snapshot("out");
    let files = ["report.html", "report.json", "signals/walk.parquet"];
    for file in files.into_iter().take(if cfg!(feature = "tables") { 3 } else { 2 }) {
        let path = lab.path(&format!("out/sessions/study_1/{file}"));
        let bytes = fs::read(&path).unwrap();
        let mut edited = bytes.clone();
        let middle = edited.len() / 2;
        edited[middle] ^= 1;
        for damaged in [&b""[..], &bytes[..bytes.len() - 1], &edited] {
            fs::write(&path, damaged).unwrap();
            lab.soleus(&format!("run study -o out {SAVE_SIGNALS}")).ends(0);
            assert_eq!(reused(&lab), [false], "{file}");
            assert!(lab.snapshot("out") == first, "{file}");
        }
    }
    lab.soleus(&format!("run study -o out {SAVE_SIGNALS}")).ends(0);
    assert_eq!(reused(&lab), [true]);
}

#[test]
fn earlier_signals_stay_while_they_are_right() {
    if !cfg!(feature = "tables") {
        return;
    }
    let lab = lab();
    lab.soleus("run study -o out --save-signals").ends(0);
    let signals = lab.path("out/sessions/study_1/signals/walk.parquet");
    lab.soleus("run study -o out --force").ends(0);
    assert!(signals.is_file(), "nothing changed that they depend on");
    lab.write("study/walk.csv", calves(7, 3000));
    lab.soleus("run study -o out").ends(0);
    assert!(!signals.exists(), "they are of other samples");
}

/// The event file changes between its reading and the end of the run; on the build before
/// its later content was hashed, and the earlier numbers were never computed again.
#[test]
fn an_event_file_that_changes_on_the_way_is_read_again() {
    let lab = Lab::new(&[]);
    for seed in 0..24 {
        lab.write(&format!("study/P{seed}/walk.csv"), calves(seed, 20_000));
    }
    let list = "[recordings.\"walk.csv\"]\nevents = \"steps.csv\"\n";
    lab.write("study/study.toml", list);
    let steps = |first: f64| {
        let times = (0..12).map(|k| format!("{:.2},start\n", first + f64::from(k)));
        format!("time_s,label\n{}", times.collect::<String>())
    };
    lab.write("study/steps.csv", steps(0.5));
    let mut command = program();
    command.current_dir(&lab.root).args(["run", "study", "-o", "out", "--jobs", "1"]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let last = lab.path("out/sessions/P0_1/report.json");
    let began = Instant::now();
    while !last.exists() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    lab.write("study/steps.csv", steps(0.9));
    assert!(child.wait().unwrap().success());

    lab.soleus("run study -o out --jobs 1").ends(0);
    let again = lab.snapshot("out");
    lab.soleus("run study -o new --jobs 1").ends(0);
    assert!(again == lab.snapshot("new"), "the numbers are those of the file as it is");
}

// ---- two runs, and an output that vanishes

#[test]
fn two_runs_do_not_write_into_one_folder() {
    let lab = Lab::new(&[]);
    for seed in 0..12 {
        lab.write(&format!("study/P{seed}/walk.csv"), calves(seed, 30_000));
    }
    let start = || {
        let mut command = program();
        command.current_dir(&lab.root).args(["run", "study", "-o", "out", "--jobs", "1"]);
        command.stderr(Stdio::null()).spawn().unwrap()
    };
    let lock = lab.path("out/.lock-of-soleus");
    let wait_for_lock = || {
        let began = Instant::now();
        while !lock.exists() && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    let mut first = start();
    wait_for_lock();
    let holder = format!("another run (process {} since 20", first.id());
    lab.soleus("run study -o out").ends(2).says(&[&holder, "hint: wait"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(lab.json("out/run.json")["status"], "running");
    lab.soleus("run study -o out").ends(0);
    let record = lab.json("out/run.json");
    assert_eq!((&record["status"], &record["generation"]), (&"done".into(), &2.into()));
    assert!(!lock.exists());

    let mut vanishing = start();
    wait_for_lock();
    // What is written meanwhile makes it hold something again.
    while fs::remove_dir_all(lab.path("out")).is_err() {}
    assert_eq!(vanishing.wait().unwrap().code(), Some(2));
}

#[test]
fn a_run_that_is_stopped_keeps_what_is_done() {
    let lab = Lab::new(&[]);
    for seed in 0..30 {
        lab.write(&format!("study/P{seed}/walk.csv"), calves(seed, 30_000));
    }
    let mut command = program();
    command.current_dir(&lab.root).args(["run", "study", "-o", "out", "--jobs", "1"]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let first = lab.path("out/sessions/P0_1/report.json");
    while !first.exists() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let record = lab.json("out/run.json");
    assert_eq!(record["status"], "stopped");
    let sessions = record["sessions"].as_array().unwrap();
    let done = sessions.iter().filter(|one| one["status"] == "done").count();
    assert!((1..30).contains(&done) && sessions.len() == 30, "{done}");
    let people: std::collections::BTreeSet<String> = lab
        .table("out/measures.csv")
        .rows
        .iter()
        .map(|row| row["subject"].clone())
        .collect();
    assert_eq!(people.len(), done);
    assert!(lab.read("out/index.html").contains("the run was stopped"));

    let said = format!("{done} of 30 sessions unchanged");
    lab.soleus("run study -o out").ends(0).says(&[&said]);
    lab.soleus("run study -o whole").ends(0);
    assert!(lab.snapshot("out") == lab.snapshot("whole"));
}

#[test]
fn the_record_tells_the_hash_of_every_file() {
    let lab = lab();
    lab.soleus("run study -o out").ends(0);
    let record = lab.json("out/run.json");
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let of_study = record["outputs"].as_object().unwrap();
    let of_session = record["sessions"][0]["outputs"].as_object().unwrap();
    let mut told: Vec<(String, &serde_json::Value)> = of_study
        .iter()
        .map(|(name, hash)| (name.clone(), hash))
        .chain(
            of_session
                .iter()
                .map(|(name, hash)| (format!("sessions/study_1/{name}"), hash)),
        )
        .collect();
    told.push(("sessions/study_1/.outputs.json".into(), &serde_json::Value::Null));
    for (name, bytes) in lab.snapshot("out") {
        let (_, found) = told.iter().find(|(told, _)| *told == name).unwrap();
        assert!(found.is_null() || **found == hash(&bytes), "{name}");
    }
}

// ---- patterns and names

#[test]
fn patterns_fit_names_of_any_language_and_length() {
    let lab = Lab::new(&[]);
    for name in ["ärger.csv", "öl.csv", "ul.csv"] {
        lab.write(&format!("study/{name}"), calves(1, 2000));
    }
    lab.soleus("run study/[äö]*.csv -o out").ends(0).says(&["2 of 2 recordings done"]);
    lab.soleus("run study/?l.csv -o out").ends(0).says(&["2 of 2 recordings done"]);
    let long = format!("study/{}", "?".repeat(131_000));
    run_in(&lab.root, &["run", &long, "-o", "out"])
        .ends(2)
        .says(&["a pattern has at most 4096 characters"]);
    lab.write("study/study.toml", "[recordings.\"[äö]*\"]\nrole = \"ignore\"\n");
    lab.soleus("run study -o out").ends(0).says(&["1 of 1 recordings done"]);
}

#[test]
fn many_recordings_named_one_by_one_are_found_in_no_time() {
    let lab = Lab::new(&[]);
    let mut study = String::new();
    for k in 0..3000 {
        lab.write(&format!("study/r{k}.csv"), "");
        study += &format!("[recordings.\"r{k}.csv\"]\nevents = \"e{k}.csv\"\n");
    }
    lab.write("study/study.toml", study);
    let began = Instant::now();
    let inputs = [lab.path("study")];
    let found = soleus::session::find(&inputs, &soleus::session::Search::default());
    assert_eq!(found.unwrap().sessions[0].recordings.len(), 3000);
    // Minutes on the build before, a tenth of a second now.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn event_files_stay_inside_the_study() {
    let lab = lab();
    lab.write("elsewhere/steps.csv", "time_s,label\n0.5,start\n1.5,start\n");
    lab.write(
        "study/study.toml",
        "[recordings.\"walk.csv\"]\nevents = \"../elsewhere/steps.csv\"\n",
    );
    lab.soleus("run study -o out")
        .ends(1)
        .says(&["lies outside the folders of the study", "--allow-outside"]);
    lab.soleus("run study -o out --allow-outside").ends(0);
}

#[test]
fn names_do_not_command_a_terminal() {
    let lab = Lab::new(&[]);
    lab.write("study/walk\u{202e}vsc.\u{1b}[31m.csv", "time (s),LSOL (mV)\n0,x\n");
    let said = run_in(&lab.root, &["run", "study", "-o", "out"]).ends(2).err;
    assert!(!said.contains(['\u{202e}', '\u{1b}']), "{said:?}");
    assert!(said.contains("\\u{202e}vsc.\\u{1b}[31m"), "{said}");
    // A cell as long as a page is not quoted whole.
    let cell = "y".repeat(100_000);
    lab.write("study/long.csv", format!("time (s),LSOL (mV)\n0,0\n0.001,{cell}\n"));
    let said = run_in(&lab.root, &["run", "study", "-o", "out"]).ends(2).err;
    assert!(said.lines().all(|line| line.len() < 2000), "{said}");
}
