//! A run checked and repeated: `soleus verify`, `run --from`, and outputs that say nothing
//! of where they lie.

use std::fs;

use crate::program::{Lab, SAVE_SIGNALS, calves, files_below, run_in, same_files};

fn lab() -> Lab {
    let lab = Lab::new(&[]);
    lab.write("study/P1/walk.csv", calves(1, 3000));
    lab.write("study/P2/walk.csv", calves(2, 3000));
    lab
}

/// A lab with a run in `study/out`.
fn done() -> Lab {
    let lab = lab();
    lab.soleus("run study -o study/out").ends(0);
    lab
}

/// Replaces the first of a text in a file, which must hold it.
#[track_caller]
fn edit(lab: &Lab, name: &str, from: &str, to: &str) {
    let text = lab.read(name);
    assert!(text.contains(from), "{name} holds no {from}");
    lab.write(name, text.replacen(from, to, 1));
}

#[track_caller]
fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        let found = text.lines().any(|other| other == *line);
        assert!(found, "{line:?} is no line of\n{text}");
    }
}

// ---- outputs

#[test]
fn every_output_is_ok_changed_or_missing_by_name() {
    let lab = done();
    let before = files_below(&lab.path("study"));
    for name in ["study/out", "study/out/run.json", "./study/out/."] {
        let said = lab.soleus(&format!("verify {name}")).ends(0);
        holds(
            &said.out,
            &["ok       measures.csv", "ok       sessions/P1_1/report.html"],
        );
        assert!(!said.out.contains("changed") && !said.out.contains("note: this"));
        assert_eq!(said.err, "");
    }
    let inside = run_in(&lab.path("study/out"), &["verify", "."]).ends(0);
    // Everything but `run.json` itself.
    let count = files_below(&lab.path("study/out")).len() - 1;
    holds(&inside.out, &[&format!("{count} of {count} outputs ok")]);
    assert!(files_below(&lab.path("study")) == before, "verify only looks");

    edit(&lab, "study/out/measures.csv", "rms", "RMS");
    let bursts = lab.read("study/out/bursts.csv");
    lab.write("study/out/bursts.csv", &bursts[..bursts.len() - 1]);
    edit(&lab, "study/out/sessions/P1_1/.outputs.json", "report", "rapport");
    fs::remove_file(lab.path("study/out/sessions/P2_1/report.html")).unwrap();
    fs::remove_file(lab.path("study/out/index.html")).unwrap();
    fs::create_dir(lab.path("study/out/index.html")).unwrap();
    lab.write("study/out/notes.txt", "mine");
    lab.write("study/out/sessions/old_1/report.html", "of an earlier run");
    let said = lab.soleus("verify study/out").ends(1).out;
    holds(
        &said,
        &[
            "changed  measures.csv",
            "changed  bursts.csv",
            "changed  sessions/P1_1/.outputs.json",
            "changed  index.html (it is a folder, not a regular file)",
            "missing  sessions/P2_1/report.html",
            "ok       cycles.csv",
            "note: this run did not write notes.txt",
            "note: this run did not write sessions/old_1/",
            &format!("{} of {count} outputs ok, 4 changed, 1 missing", count - 5),
        ],
    );
}

#[test]
fn a_version_that_no_report_has_and_an_output_that_is_a_link_are_told() {
    let lab = done();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(&lab, "study/out/run.json", &version, "\"version\": \"0.0.7\"");
    let said = lab.soleus("verify study/out").ends(1).out;
    let line = format!(
        "changed  run.json (it says 0.0.7, a report {})",
        env!("CARGO_PKG_VERSION")
    );
    holds(&said, &[&line]);
    edit(&lab, "study/out/run.json", "\"version\": \"0.0.7\"", &version);
    lab.soleus("verify study/out").ends(0);
    #[cfg(unix)]
    {
        let [file, folder] = ["measures.csv", "sessions/P1_1"]
            .map(|name| lab.path(&format!("study/out/{name}")));
        for (place, moved) in [(file, "measures.csv"), (folder, "P1_1")] {
            fs::rename(&place, lab.path(moved)).unwrap();
            std::os::unix::fs::symlink(lab.path(moved), place).unwrap();
        }
        let said = lab.soleus("verify study/out").ends(1).out;
        holds(
            &said,
            &[
                "changed  measures.csv (it is a link now)",
                "changed  sessions/P1_1/report.html (sessions/P1_1 is a link now)",
                "ok       sessions/P2_1/report.html",
            ],
        );
    }
}

#[test]
fn a_run_that_has_not_ended_is_not_verified() {
    let lab = done();
    edit(&lab, "study/out/run.json", "\"done\"", "\"stopped\"");
    let said = lab.soleus("verify study/out").ends(0).out;
    holds(&said, &["note: the run was stopped before everything was processed"]);
    edit(&lab, "study/out/run.json", "\"stopped\"", "\"running\"");
    let said = lab.soleus("verify study/out").ends(1).out;
    assert!(said.contains("into study/out did not end: it was killed"), "{said}");
    // The hint works.
    let again = "run --from study/out/run.json -o study/out";
    assert!(said.contains(again), "{said}");
    lab.write("study/out/.lock-of-soleus", "process 7 since noon");
    let lock = fs::File::open(lab.path("study/out/.lock-of-soleus")).unwrap();
    lock.lock().unwrap();
    let said = lab.soleus("verify study/out").ends(1).out;
    assert!(said.contains("running: a run (process 7 since noon) is writing"), "{said}");
    drop(lock);
    lab.soleus(again).ends(0).says(&["2 of 2 sessions unchanged"]);
    lab.soleus("verify study/out").ends(0);
}

#[test]
fn what_is_no_output_is_said_with_a_hint() {
    let lab = done();
    for (folder, parts) in [
        ("study", ["study is no output", "hint: there is one in study/out"]),
        ("study/out/sessions", ["is no output", "hint: there is one in study/out"]),
        ("study/P1", ["is no output", "hint: name the folder"]),
        ("nowhere", ["there is no folder nowhere", "hint: name the folder"]),
    ] {
        lab.soleus(&format!("verify {folder}")).ends(2).silent().says(&parts);
        lab.soleus(&format!("run --from {folder} -o new")).ends(2).silent().says(&parts);
    }
    for (text, said) in [
        ("{ \"program\": \"soleus\", ", "was damaged: EOF"),
        ("{ \"program\": \"npm\" }", "another program than soleus wrote it"),
        (
            "{ \"program\": \"soleus\", \"outputs\": { \"../../x\": \"0\" } }",
            "it names the output ../../x, which is outside",
        ),
    ] {
        lab.write("broken/run.json", text);
        lab.soleus("verify broken").ends(2).silent().says(&[said, "hint: "]);
    }
    let long = fs::File::create(lab.path("broken/run.json")).unwrap();
    long.set_len(1 << 42).unwrap();
    lab.soleus("verify broken").ends(2).says(&["it is longer than 1024 MB"]);
    // A record of the version before, which did not note what was asked.
    let mut record = lab.json("study/out/run.json");
    record.as_object_mut().unwrap().remove("options");
    lab.write("study/out/run.json", record.to_string());
    lab.soleus("verify study/out").ends(0);
    lab.soleus("run --from study/out -o new").ends(2).says(&["did not note", "hint: "]);
}

#[test]
fn names_in_a_record_do_not_command_a_terminal() {
    let lab = done();
    let name = "\"cy\\u001b[31m\\u202ecles\\nok       x\"";
    edit(&lab, "study/out/run.json", "\"cycles.csv\"", name);
    let said = lab.soleus("verify study/out --inputs").ends(1).out;
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    holds(&said, &[r"missing  cy\u{1b}[31m\u{202e}cles\nok       x"]);
}

#[test]
fn signals_that_were_removed_are_no_outputs_of_the_next_run() {
    if !cfg!(feature = "tables") {
        return;
    }
    let lab = lab();
    lab.soleus("run study -o out --save-signals").ends(0);
    fs::remove_dir_all(lab.path("out/sessions/P1_1/signals")).unwrap();
    let said = lab.soleus("verify out").ends(1).out;
    holds(&said, &["missing  sessions/P1_1/signals/walk.parquet"]);
    lab.soleus("run study -o out").ends(0).says(&["2 of 2 sessions unchanged"]);
    lab.soleus("verify out").ends(0);
}

// ---- inputs

/// A study that reads every kind of file.
fn with_settings() -> Lab {
    let lab = lab();
    lab.write("study/study.toml", "[recordings.\"walk.csv\"]\nevents = \"steps.csv\"\n");
    for person in ["P1", "P2"] {
        let step = |time: &f64| format!("{time},touchdown,left\n");
        let steps: String = [0.3, 1.1, 1.9, 2.7].iter().map(step).collect();
        lab.write(
            &format!("study/{person}/steps.csv"),
            format!("time_s,label,side\n{steps}"),
        );
    }
    lab.write("study/mine.toml", "[normalisation]\nreference = \"peak\"\n");
    lab.soleus("run study -o study/out --recipe study/mine.toml").ends(0);
    lab
}

#[test]
fn everything_that_was_read_is_checked_and_comes_out_again() {
    let lab = with_settings();
    let said = lab.soleus("verify study/out --inputs").ends(0).out;
    holds(
        &said,
        &[
            "ok       study/mine.toml",
            "ok       study/study.toml",
            "ok       study/P1/walk.csv",
            "ok       study/P1/steps.csv",
            "ok       study/P2/walk.csv",
            "ok       study/P2/steps.csv",
        ],
    );
    assert!(said.contains("6 of 6 inputs ok; everything comes out the same"), "{said}");

    edit(&lab, "study/mine.toml", "peak", "mean");
    edit(&lab, "study/P1/steps.csv", "2.7", "2.8");
    fs::remove_file(lab.path("study/P2/walk.csv")).unwrap();
    let said = lab.soleus("verify study/out --inputs").ends(1).out;
    holds(
        &said,
        &[
            "changed  study/mine.toml",
            "ok       study/study.toml",
            "changed  study/P1/steps.csv",
            "missing  study/P2/walk.csv",
            "session P2_1 is no longer in the inputs",
        ],
    );
    assert!(said.contains("3 of 6 inputs ok, 2 changed, 1 missing"), "{said}");
    let gone = |line: &str| {
        line.starts_with("measures.csv: P2, 1, walk, ")
            && line.ends_with(": no such row comes out")
    };
    assert!(said.lines().any(gone), "{said}");
    let cycle = "cycles.csv: P1, 1, walk, LSOL, 3: end_s is 2.7, comes out as 2.8";
    holds(&said, &[cycle]);
}

#[test]
fn an_edited_value_is_named_and_a_missing_table_ends_nothing() {
    let lab = done();
    let table = lab.table("study/out/measures.csv");
    let rms = table.rows.iter().find(|row| row["measure"] == "rms").unwrap();
    let value = rms["value"].clone();
    edit(&lab, "study/out/measures.csv", &value, "0.5");
    fs::remove_file(lab.path("study/out/bursts.csv")).unwrap();
    let said = lab.soleus("verify study/out --inputs").ends(1).out;
    let row = "measures.csv: P1, 1, walk, LSOL, amplitude, rms";
    holds(
        &said,
        &[
            "changed  measures.csv",
            "missing  bursts.csv",
            &format!("{row}: value is 0.5, comes out as {value}"),
            "bursts.csv cannot be compared: it is missing",
        ],
    );
    // The inputs are what they were, and so are the reports.
    assert!(said.contains("2 of 2 inputs ok; 2 deviations"), "{said}");

    lab.write("study/out/bursts.csv", b"\xff\xfe\n\xff");
    fs::remove_dir_all(lab.path("study/P1")).unwrap();
    fs::remove_dir_all(lab.path("study/P2")).unwrap();
    let said = lab.soleus("verify study/out --inputs").ends(1).out;
    assert!(said.contains("nothing could be computed again: no recording found"));
    holds(&said, &["missing  study/P1/walk.csv", "missing  study/P2/walk.csv"]);
}

/// Decimal commas, a study whose names a spreadsheet would compute, and what a reader of
/// such files makes of them.
#[test]
fn tables_for_spreadsheets_hold_the_same_and_no_formula() {
    let lab = Lab::new(&[]);
    lab.write("study/=1+cmd/walk.csv", calves(1, 3000));
    lab.soleus("run study -o plain").ends(0);
    lab.soleus("run study -o german --csv-locale de-DE").ends(0);
    let text = lab.read("german/measures.csv");
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let rows = |text: &str, separator: u8| -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.delimiter(separator).from_reader(text.as_bytes());
        reader.records().map(Result::unwrap).collect()
    };
    let (german, plain) = (rows(text, b';'), rows(&lab.read("plain/measures.csv"), b','));
    assert_eq!(german.len(), plain.len());
    let is_number = |cell: &str| cell.parse::<f64>().is_ok();
    for (german, plain) in german.iter().zip(&plain) {
        assert_eq!((&german[0], &plain[0]), ("'=1+cmd", "=1+cmd"));
        for (german, plain) in german.iter().zip(plain).skip(1) {
            let same =
                if is_number(plain) { plain.replace('.', ",") } else { plain.into() };
            assert_eq!(german, same);
        }
    }

    let said = lab.soleus("verify german --inputs").ends(0).out;
    assert!(said.contains("everything comes out the same"), "{said}");
    lab.soleus("run --from german -o again").ends(0);
    same_files(&lab.snapshot("again"), &lab.snapshot("german"));
    edit(&lab, "german/measures.csv", ";good;", ";bad;");
    let said = lab.soleus("verify german --inputs").ends(1).out;
    assert!(said.contains(": quality is bad, comes out as good"), "{said}");
    let said = lab.soleus("run study -o german --csv-locale klingon").ends(2).err;
    assert!(said.contains("say the language and, where it matters, the country"));
}

#[test]
fn of_many_differences_the_first_are_named_and_the_others_counted() {
    let lab = done();
    lab.write("study/P1/walk.csv", calves(3, 3000));
    let said = lab.soleus("verify study/out --inputs").ends(1).out;
    holds(&said, &["changed  study/P1/walk.csv"]);
    let lines = said.lines().filter(|line| line.contains(" comes out as ")).count();
    assert!((50..=100).contains(&lines), "{lines}");
    let more = said.lines().find(|line| line.ends_with(" more deviations")).unwrap();
    let more: usize = more.split(' ').nth(1).unwrap().parse().unwrap();
    let from = said.find("computed again:").unwrap();
    let named = said[from..].lines().filter(|line| line.contains(": ")).count();
    let others = said.matches(" comes out otherwise").count();
    let count = named + others + more;
    assert!(said.contains(&format!("; {count} deviations\n")), "{count}: {said}");
}

// ---- again

#[test]
fn a_run_is_repeated_with_all_that_was_asked() {
    let lab = lab();
    // No clock: the rate is asked for. A study and a recipe from elsewhere.
    let plain = |seed| calves(seed, 2000).lines().map(cut).collect::<Vec<_>>().join("\n");
    fn cut(line: &str) -> &str {
        line.split_once(',').unwrap().1
    }
    lab.write("study/P3/walk.csv", plain(3));
    lab.write("else/s.toml", "[channels]\nRSOL = { ignore = true }\n");
    lab.write("else/r.toml", "[normalisation]\nreference = \"peak\"\n");
    let asked = format!(
        "run study/P[13] -o out --rate 500 --study else/s.toml --recipe else/r.toml --set \
         envelope.low-pass.cutoff_hz=8 {SAVE_SIGNALS}"
    );
    lab.soleus(&asked).ends(0).says(&["2 of 2 recordings done"]);
    fs::remove_file(lab.path("else/r.toml")).unwrap();
    lab.soleus("run --from out/run.json -o deep/er/new").ends(0);
    let first = lab.snapshot("out");
    same_files(&lab.snapshot("deep/er/new"), &first);
    // A repeated one is as good an original.
    fs::create_dir(lab.path("elsewhere")).unwrap();
    run_in(
        &lab.path("elsewhere"),
        &["run", "--from", "../deep/er/new", "-o", "../third"],
    )
    .ends(0);
    same_files(&lab.snapshot("third"), &first);
    lab.soleus("verify third --inputs").ends(0);

    // What is said beside it outweighs it.
    lab.soleus(
        "run study/P2 -o second --study else/s.toml --set \
                normalisation.reference=peak --set envelope.low-pass.cutoff_hz=9",
    )
    .ends(0);
    lab.soleus("run --from out study/P2 -o other --set envelope.low-pass.cutoff_hz=9")
        .ends(0);
    for table in ["measures.csv", "bursts.csv"] {
        let read = |out: &str| lab.read(&format!("{out}/{table}"));
        assert_eq!(read("other"), read("second"));
        assert_ne!(read("other"), read("out"));
    }
    let said =
        lab.soleus("run --from out -o other --set envelope.hilbert.cutoff=1").ends(2);
    assert!(said.err.contains("--set envelope.hilbert"), "{}", said.err);
}

#[test]
fn what_a_repeated_run_misses_is_said() {
    let lab = lab();
    lab.soleus("run study -o out").ends(0);
    fs::remove_dir_all(lab.path("study/P2")).unwrap();
    lab.soleus("run --from out -o new")
        .ends(1)
        .says(&["study/P2/walk.csv, which that run read, is gone"]);
    fs::rename(lab.path("study"), lab.path("moved")).unwrap();
    lab.soleus("run --from out/run.json -o newer").ends(2).silent().says(&[
        "out/run.json: ",
        "study, an input of that run, is gone",
        "hint: say where it is now",
    ]);
    assert!(!lab.path("newer").exists());
    lab.soleus("run --from out/run.json moved -o newer").ends(0);
    same_files(&lab.snapshot("newer"), &lab.snapshot("new"));
    lab.soleus("run -o newer").ends(2).says(&["INPUT"]);
}

// ---- wherever it lies

#[test]
fn a_study_is_moved_with_its_output_inside() {
    let lab = with_settings();
    fs::create_dir(lab.path("archive")).unwrap();
    fs::rename(lab.path("study"), lab.path("archive/of 2026")).unwrap();
    let run = |words: &[&str]| run_in(&lab.root, words);
    let out = "archive/of 2026/out";
    let said = run(&["verify", out, "--inputs"]).ends(0).out;
    holds(&said, &["ok       archive/of 2026/P1/walk.csv"]);
    run(&["run", "--from", &format!("{out}/run.json"), "-o", "new"]).ends(0);
    same_files(&lab.snapshot("new"), &lab.snapshot(out));
    run(&["run", "--from", out, "-o", out]).ends(0).says(&["2 of 2 sessions unchanged"]);
    let recipe = "archive/of 2026/mine.toml";
    let again = run(&["run", "archive/of 2026", "-o", out, "--recipe", recipe]).ends(0);
    again.says(&["2 of 2 sessions unchanged"]);
}

#[test]
fn a_renamed_folder_that_names_a_person_is_asked_about() {
    let lab = lab();
    lab.soleus("run study/P1 -o study/P1/out").ends(0);
    fs::rename(lab.path("study/P1"), lab.path("study/P9")).unwrap();
    lab.soleus("verify study/P9/out").ends(0);
    let said = lab.soleus("verify study/P9/out --inputs").ends(1).out;
    holds(
        &said,
        &[
            "ok       study/P9/walk.csv",
            "note: sessions are named after their folders: was one renamed?",
            "session P1_1 is no longer in the inputs",
            "session P9_1 is in the inputs and was not in the run",
        ],
    );
}

/// On the build before such a name emptied `run.json`.
#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_spoils_no_record() {
    use std::os::unix::ffi::OsStrExt;
    let lab = lab();
    let name = std::ffi::OsStr::from_bytes(b"study/P1/b\xffd.csv");
    std::os::unix::fs::symlink("nowhere", lab.root.join(name)).unwrap();
    lab.soleus("run study -o out").ends(0);
    lab.soleus("verify out --inputs").ends(0);
    let path = lab.json("out/run.json")["left_out"][0]["path"].clone();
    assert_eq!(path, "../study/P1/b\u{fffd}d.csv");
}

#[test]
fn no_output_says_where_it_lies() {
    let lab = lab();
    lab.write("study/P1/broken.csv", "time (s),LSOL (mV)\n0,x\n");
    let root = lab.root.to_str().unwrap().to_owned();
    let steps = format!("{root}/study/nowhere/steps.csv");
    lab.write(
        "study/study.toml",
        format!(
            "[recordings.\"gone.csv\"]\nrole = \"mvc\"\n[subjects.X]\n[design]\ncompare = \
             \"sides\"\n[recordings.\"P2/walk.csv\"]\nevents = \"{steps}\"\n"
        ),
    );
    lab.write("mine.toml", "[normalisation]\nreference = \"peak\"\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", lab.path("study/P1/link.csv")).unwrap();
    let absolute = |name: &str| lab.path(name).to_str().unwrap().to_owned();
    let (study, out, recipe) =
        (absolute("study"), absolute("study/out"), absolute("mine.toml"));
    let words = ["run", &study, "-o", &out, "--recipe", &recipe, "--jobs", "1"];
    let said = run_in(&lab.root, &words).ends(1).err;
    assert!(said.contains("study/study.toml: [recordings.\"gone.csv\"]"), "{said}");
    let files = files_below(&lab.path("study/out"));
    assert!(files.len() > 15);
    for (name, bytes) in &files {
        let found = bytes.windows(root.len()).any(|here| here == root.as_bytes());
        assert!(!found, "{name} holds {root}");
    }

    let record = lab.json("study/out/run.json");
    assert_eq!(record["sessions"][1]["recordings"][0]["file"], "../P2/walk.csv");
    assert_eq!(record["options"]["inputs"][0], "..");
    #[cfg(unix)]
    assert_eq!(record["left_out"][0]["path"], "../P1/link.csv");
    // The command runs where it stands.
    let command: Vec<&str> = record["command"].as_array().unwrap()[1..]
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    assert_eq!(
        command,
        ["run", "..", "-o", ".", "--recipe", "../../mine.toml", "--jobs", "1"]
    );
    let first = lab.snapshot("study/out");
    run_in(&lab.path("study/out"), &command).ends(1).says(&["2 of 2 sessions unchanged"]);
    same_files(&lab.snapshot("study/out"), &first);
}

#[test]
fn a_folder_named_from_inside_keeps_its_name() {
    let lab = lab();
    let inside = lab.path("study/P1");
    run_in(&inside, &["run", ".", "-o", "../../here"]).ends(0);
    run_in(&inside, &["run", "../P1", "-o", "../../there"]).ends(0);
    fs::create_dir(lab.path("study/P1/deeper")).unwrap();
    run_in(&lab.path("study/P1/deeper"), &["run", "..", "-o", "../../../above"]).ends(0);
    let first = lab.snapshot("here");
    assert!(first.contains_key("sessions/P1_1/report.html"));
    same_files(&lab.snapshot("there"), &first);
    same_files(&lab.snapshot("above"), &first);
}
