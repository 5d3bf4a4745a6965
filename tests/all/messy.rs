//! A messy study: habits of folders and files mixed, defects whose truth is known. Every
//! defect is named where the user sees it, nothing vanishes, the rest is right.

use serde_json::Value;

use crate::program::Lab;

/// A recording of some seconds at 1000 Hz with two bursts in three channels.
fn recording(seed: u64, seconds: f64, scale: f64, channels: &[&str]) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut noise = || {
        let mut sum = -6.0;
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sum += (state >> 40) as f64 / f64::from(1 << 24);
        }
        sum
    };
    let heads: Vec<String> = channels.iter().map(|name| format!("{name} (uV)")).collect();
    let mut text = format!("time_s,{}\n", heads.join(","));
    for row in 0..(1000.0 * seconds) as usize {
        let time = row as f64 / 1000.0;
        let level = if (1.0..2.0).contains(&time) || (3.0..4.0).contains(&time) {
            100.0
        } else {
            3.0
        };
        text += &format!("{time:.3}");
        for _ in channels {
            text += &format!(",{:.4}", level * scale * noise());
        }
        text.push('\n');
    }
    text
}

const CHANNELS: &[&str] = &["SOL_L", "SOL_R", "TA_L"];

/// A contraction that is held for 40 s, of a soleus alone.
fn hold(scale: f64) -> String {
    let loud: Vec<String> = (0..40)
        .flat_map(|second| {
            let part = recording(second + 70, 2.0, scale, &["SOL_L"]);
            part.lines().skip(1001).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let mut text = String::from("time_s,SOL_L (uV)\n");
    // Neighbours alike, as those of a muscle are: white noise is told as noise.
    let mut level = 0.0;
    for (row, line) in loud.iter().enumerate() {
        let value: f64 = line.split_once(',').unwrap().1.parse().unwrap();
        level = 0.7 * level + value;
        text += &format!("{:.3},{level:.4}\n", row as f64 / 1000.0);
    }
    text
}

/// Six people with two visits, three recordings each, in three habits of naming.
fn study() -> Lab {
    let lab = Lab::new(&[]);
    for person in 1..=6_u64 {
        for visit in 1..=2_u64 {
            let folder = match person % 3 {
                0 => format!("study/S{person:02}/visit{visit}"),
                1 => format!("study/S{person:02}/Visit {visit}"),
                _ => format!("study/S{person:02}/V0{visit}"),
            };
            for (index, task) in ["hold", "walk", "mvc"].into_iter().enumerate() {
                let name = match person % 3 {
                    0 => task.to_owned(),
                    1 => format!("S{person:02}_V{visit}_{task}"),
                    _ => format!("{task}_S{person}"),
                };
                let scale = if task == "mvc" { 2.0 } else { 1.0 };
                let seed = 100 * person + 10 * visit + index as u64;
                lab.write(
                    &format!("{folder}/{name}.csv"),
                    recording(seed, 5.0, scale, CHANNELS),
                );
            }
            lab.write(&format!("{folder}/notes.txt"), "felt fine, electrode re-taped\n");
        }
    }
    lab
}

fn plan(lab: &Lab) -> Value {
    lab.soleus("inspect study --json").json()
}

/// What is said of a recording of a plan, its status first.
fn said(plan: &Value, subject: &str, file: &str) -> (String, String) {
    let sessions = plan["sessions"].as_array().unwrap();
    let recordings =
        sessions.iter().flat_map(|one| one["recordings"].as_array().unwrap());
    let found = recordings
        .into_iter()
        .find(|one| one["subject"] == subject && one["file"] == file)
        .unwrap_or_else(|| panic!("{subject} {file}"));
    (found["status"].as_str().unwrap().to_owned(), found["reasons"].to_string())
}

#[test]
fn a_tidy_study_has_nothing_odd() {
    let plan = plan(&study());
    let sessions = plan["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 12);
    for session in sessions {
        assert_eq!(session["missing"].as_array().unwrap().len(), 0, "{session}");
        assert_eq!(session["references"].as_array().unwrap().len(), 1, "{session}");
        let tasks: Vec<&str> = session["recordings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["role"] == "task" && one["status"] == "read")
            .map(|one| one["task"].as_str().unwrap())
            .collect();
        assert_eq!(tasks, ["hold", "walk"], "{session}");
        for one in session["recordings"].as_array().unwrap() {
            let reasons = one["reasons"].to_string();
            let is_note = one["file"] == "notes.txt";
            assert_eq!(one["status"] == "left out", is_note, "{one}");
            let told = |word: &str| reasons.contains(word);
            assert!(
                is_note || !(told("only") || told("times") || told("letter")),
                "{one}"
            );
        }
    }
}

#[test]
fn every_defect_is_named() {
    let lab = study();
    let of = |seed, seconds, scale, channels| recording(seed, seconds, scale, channels);
    std::fs::remove_file(lab.path("study/S02/V02/walk_S2.csv")).unwrap();
    std::fs::rename(
        lab.path("study/S03/visit1/hold.csv"),
        lab.path("study/S03/visit1/hodl.csv"),
    )
    .unwrap();
    lab.write("study/S04/Visit 2/S04_V2_hold.csv", of(1, 1.2, 1.0, CHANNELS));
    lab.write("study/S05/V01/walk_S5.csv", of(2, 5.0, 1e-3, CHANNELS));
    lab.write("study/S05/V02/hold_S5.csv", of(3, 5.0, 1.0, &["SOL_L", "SOL_R"]));
    let cut = of(4, 5.0, 1.0, CHANNELS);
    lab.write("study/S06/visit1/walk.csv", &cut[..cut.len() - 20]);
    let copied = lab.read("study/S01/Visit 2/S01_V2_hold.csv");
    lab.write("study/S01/Visit 1/S01_V1_hold.csv", copied);
    lab.write("study/S02/V01/broken.csv", "time,SOL\n0,1\n0.001,x1\n0.002,1\n0.003,2\n");
    let events = "time_s,label\n1.0,start\nsoon,x\n3.0,stop\n";
    lab.write("study/S01/Visit 1/S01_V1_walk_events.csv", events);
    lab.write("study/S03/visit2/walk_events.csv", "time_s,label\n36001,a\n36002,b\n");
    lab.write("study/S06/visit2/hold.csv", of(5, 5.0, 1.0, &["SOL_L", "L SOL", "TA_L"]));

    lab.write("study/S01/Visit 1/S05_hold.csv", of(6, 5.0, 1.0, CHANNELS));

    let plan = plan(&lab);
    let session = |subject: &str, session: &str| {
        plan["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["subject"] == subject && one["session"] == session)
            .unwrap()
            .clone()
    };
    assert_eq!(session("S02", "V02")["missing"][0], "walk");
    assert_eq!(session("S03", "visit1")["missing"][0], "hold");
    for (subject, file, status, words) in [
        ("S03", "hodl.csv", "read", "but for a letter"),
        ("S04", "S04_V2_hold.csv", "read", "only 1.2 s long"),
        ("S05", "walk_S5.csv", "read", "another unit"),
        ("S05", "hold_S5.csv", "read", ""),
        ("S06", "walk.csv", "read", "incomplete"),
        ("S01", "S01_V1_hold.csv", "read", "a copy: the same bytes as S01_V2_hold.csv"),
        ("S01", "S01_V2_hold.csv", "read", "a copy: the same bytes as S01_V1_hold.csv"),
        ("S02", "broken.csv", "failed", "is no number"),
        ("S01", "S05_hold.csv", "read", "is one of S05"),
        ("S01", "S01_V1_walk.csv", "read", "`soon` is no time"),
        ("S02", "notes.txt", "left out", "no line of numbers"),
    ] {
        let (found, reasons) = said(&plan, subject, file);
        assert_eq!(found, status, "{subject} {file}: {reasons}");
        assert!(reasons.contains(words), "{subject} {file}: {reasons}");
    }
    let all = plan.to_string();
    assert!(all.contains("without tibialis anterior left, which others have"));
    assert!(all.contains("2 of 2 events lie outside the recording"));
    assert!(all.contains("SOL_L and L SOL are both soleus left"));

    // A run says the same where it matters, and no recording is lost.
    let ran = lab.soleus("run study -o out").ends(1);
    ran.says(&["broken.csv", "`soon` is no time", "events lie outside the recording"]);
    let record = lab.json("out/run.json");
    let recordings: usize = record["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["recordings"].as_array().unwrap().len())
        .sum();
    // 35 of the study, one broken, one of another person, twelve notes.
    assert_eq!(recordings, 49);
    let measures = lab.table("out/measures.csv");
    let tasks: std::collections::BTreeSet<String> =
        measures.rows.iter().map(|row| row["task"].to_owned()).collect();
    assert!(tasks.contains("hold") && tasks.contains("hodl"), "{tasks:?}");
}

#[test]
fn visits_are_compared_in_the_order_in_which_people_count() {
    let lab = Lab::new(&[]);
    for (visit, scale) in [("visit1", 1.0), ("Visit 2", 2.0)] {
        let text = hold(scale);
        lab.write(&format!("study/S01/{visit}/S01_{visit}_hold.csv"), text);
    }
    lab.write("study/S02/visit1/S02_visit1_hold.csv", hold(1.0));
    lab.soleus("run study -o out").ends(0);
    let mut compared = lab.table("out/comparisons.csv");
    // Who is not compared is named in the table and on the page.
    let alone = compared.rows.pop().unwrap();
    let note = "not compared: visit1 is the only visit";
    assert_eq!(
        (&*alone["subject"], &*alone["note"], &*alone["value"]),
        ("S02", note, "")
    );
    assert!(lab.read("out/index.html").contains(note));
    assert!(!compared.rows.is_empty(), "the visits are of one task");
    for row in &compared.rows {
        assert_eq!((&*row["first_session"], &*row["session"]), ("visit1", "Visit 2"));
    }
}

#[test]
fn a_study_below_adds_to_the_one_above() {
    let lab = Lab::new(&[]);
    lab.write("study/S01/a/one.csv", recording(8, 5.0, 1.0, &["EMG 1", "EMG 2"]));
    lab.write(
        "study/study.toml",
        "[channels]\n\"EMG 1\" = { muscle = \"soleus\", side = \"left\" }\n\
         [recordings.\"one.csv\"]\ntask = \"hold\"\n[vocabulary.muscles]\n\"EMG 2\" = \"TA\"\n",
    );
    lab.write("study/S01/study.toml", "[channels]\n\"EMG 1\" = { side = \"right\" }\n");
    let one = &plan(&lab)["sessions"][0]["recordings"][0];
    assert_eq!(one["task"], "hold");
    assert_eq!(
        (&one["channels"][0]["muscle"], &one["channels"][0]["side"]),
        (&"soleus".into(), &"right".into())
    );
    assert_eq!(one["channels"][1]["muscle"], "tibialis anterior");
}

#[test]
fn a_study_is_written_for_a_whole_folder() {
    let lab = study();
    lab.soleus("inspect study --write-study").ends(0);
    let text = lab.read("study/study.toml");
    assert!(
        text.contains("\"SOL_L\" = { muscle = \"soleus\", side = \"left\" }"),
        "{text}"
    );
    assert!(
        text.contains("role = \"mvc\"") && text.contains("task = \"hold\""),
        "{text}"
    );
    // What was written is read, and means the same.
    let plan = plan(&lab);
    assert_eq!(plan["sessions"].as_array().unwrap().len(), 12);
    lab.soleus("inspect study --write-study").ends(2).says(&["there is a study already"]);
}
