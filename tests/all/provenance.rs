//! What a report says of itself: in what its recipe differs, and what was left out by whom.

use serde_json::Value;

use crate::program::{Lab, bursts, calves, csv, decoded, same_files};

fn lab() -> Lab {
    let lab = Lab::new(&[("study/old.csv", "time (s),LSOL (mV)\n")]);
    let quiet: Vec<f64> = vec![1.0; 3000];
    let channels =
        [("LSOL", &*bursts(5, 3000)), ("RTA", &*quiet), ("EMG 9", &*bursts(6, 3000))];
    lab.write("study/raises.csv", csv(&channels));
    lab.write("study/walk.csv", calves(1, 3000));
    lab.write("study/marks.csv", "touchdown_s,liftoff_s\n0.4,0.8\n1.4,2.1\n");
    lab
}

const STUDY: &str = "[channels]\n\"EMG 9\" = { ignore = true }\n[recordings.\"old.csv\"]\n\
                     role = \"ignore\"\n[recordings.\"walk.csv\"]\nfrom_s = 0.2\nto_s = \
                     5\nexclude = [[1, 1.5]]\n";

/// What was left out, by whom, in the order of the report.
fn left_out(lab: &Lab) -> Vec<(String, String)> {
    let report = lab.json("out/sessions/study_1/report.json");
    let text = |one: &Value| one.as_str().unwrap().to_owned();
    let all = report["provenance"]["excluded"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (text(&one["what"]), text(&one["by"]))).collect()
}

#[test]
fn what_is_left_out_is_said_with_who_did_it() {
    let lab = lab();
    lab.write("study/study.toml", STUDY);
    lab.soleus("run study -o out").ends(0);
    let found = left_out(&lab);
    let has = |what: &str, by: &str| found.contains(&(what.to_owned(), by.to_owned()));
    for what in [
        "old.csv",
        "walk.csv before 0.2 s",
        "walk.csv after 5 s",
        "walk.csv from 1 to 1.5 s",
        "channel \"EMG 9\"",
    ] {
        assert!(has(what, "study"), "{what}: {found:?}");
    }
    assert!(has("marks.csv", "reading"), "{found:?}");
    assert!(has("RTA in raises.csv", "quality"), "{found:?}");
    let page = decoded(&lab.read("out/sessions/study_1/report.html"));
    for (what, _) in &found {
        assert!(page.contains(what), "{what}");
    }

    // Without the study nothing is its doing.
    std::fs::remove_file(lab.path("study/study.toml")).unwrap();
    std::fs::remove_file(lab.path("study/old.csv")).unwrap();
    lab.soleus("run study -o out").ends(0);
    assert!(left_out(&lab).iter().all(|(_, by)| by != "study"));
}

#[test]
fn a_file_that_is_no_longer_ignored_makes_the_session_anew() {
    let lab = lab();
    let reused = |lab: &Lab| lab.json("out/run.json")["sessions"][0]["reused"].clone();
    let without = STUDY.replace("old.csv", "none.csv");
    std::fs::copy(lab.path("study/marks.csv"), lab.path("study/old.csv")).unwrap();
    lab.write("study/study.toml", STUDY);
    lab.soleus("run study -o out").ends(0);
    lab.soleus("run study -o out").ends(0);
    assert_eq!(reused(&lab), true);
    lab.write("study/study.toml", without);
    lab.soleus("run study -o out").ends(0);
    assert_eq!(reused(&lab), false);
}

#[test]
fn differences_say_who_set_them_and_a_repeated_run_says_the_same() {
    let lab = lab();
    std::fs::remove_file(lab.path("study/old.csv")).unwrap();
    let page =
        |out: &str| decoded(&lab.read(&format!("{out}/sessions/study_1/report.html")));
    lab.soleus("run study -o out").ends(0);
    assert!(page("out").contains("This run used the standard recipe."));
    assert!(!page("out").contains("the command line (--set)"));

    lab.write("peak.toml", "[normalisation]\nreference = \"peak\"\n");
    lab.soleus(
        "run study -o else --recipe peak.toml --set envelope.low-pass.cutoff_hz=9",
    )
    .ends(0);
    let report = lab.json("else/sessions/study_1/report.json");
    let differences = report["provenance"]["differences"].as_array().unwrap();
    let told: Vec<String> = differences
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one[0]["key"], one[0]["standard"], one[0]["used"], one[1]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""envelope.low-pass.cutoff_hz" "6" "9" "command""#,
            r#""normalisation.reference" "mvc" "peak" "recipe""#,
        ]
    );
    assert!(page("else").contains("2 differences from the standard recipe"));
    assert!(!page("else").contains("This run used the standard recipe."));
    lab.soleus("run --from else/run.json -o again").ends(0);
    same_files(&lab.snapshot("again"), &lab.snapshot("else"));
}

#[test]
fn what_the_study_tells_of_electrodes_stands_in_the_methods_as_text() {
    let lab = lab();
    std::fs::remove_file(lab.path("study/old.csv")).unwrap();
    lab.soleus("run study -o out").ends(0);
    let page = lab.read("out/sessions/study_1/report.html");
    assert!(page.contains(
        "<mark title=\"study.toml: electrodes.skin\">[skin preparation: not told]"
    ));
    let study = "[electrodes]\nskin = \"<mark>shaved</mark>\"\n[protocol]\ninstructions = \
                 \"\\\"><script>alert(1)</script>\"\n";
    lab.write("study/study.toml", study);
    lab.soleus("run study -o out").ends(0);
    let page = lab.read("out/sessions/study_1/report.html");
    assert!(!page.contains("<mark>shaved") && !page.contains("<script>alert"));
    assert!(page.contains("skin preparation: &lt;mark&gt;shaved&lt;&#x2f;mark&gt;"));
    assert!(page.contains("Task: &quot;&gt;&lt;script&gt;alert(1)"));
    assert!(!page.contains("[skin preparation: not told]"));
    assert_eq!(page.matches("<script").count(), 1);
}
