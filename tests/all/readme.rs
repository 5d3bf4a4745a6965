//! The README's promises: its two commands are run as they stand, on the build under
//! test.

use std::fs;
use std::path::Path;
use std::process::Command;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The lines of the README's shell blocks.
fn commands() -> Vec<String> {
    let text = readme();
    let blocks =
        text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

#[test]
fn there_are_two_commands() {
    assert_eq!(
        commands(),
        ["cargo run --release -- run data/study -o reports", "cargo test"]
    );
}

#[test]
fn the_first_command_does_the_main_job() {
    let line = commands().remove(0);
    let arguments = line.strip_prefix("cargo run --release -- ").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("reports");
    let arguments = arguments
        .split(' ')
        .map(|word| if word == "reports" { out.to_str().unwrap() } else { word });
    let run = Command::new(env!("CARGO_BIN_EXE_soleus"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stderr).contains("index.html"));
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("sub-02") && page.trim_end().ends_with("</html>"));
    assert_eq!(fs::read_dir(out.join("sessions")).unwrap().count(), 4);
}

#[test]
fn what_it_links_to_exists() {
    let text = readme();
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for target in targets.filter(|target| !target.starts_with("http")) {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists(),
            "README links to {target}"
        );
    }
}

#[test]
fn the_citation_names_this_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CITATION.cff");
    let text = fs::read_to_string(path).unwrap();
    let version = text.lines().find_map(|line| line.strip_prefix("version: "));
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn nothing_is_claimed_that_must_not_be() {
    let text = readme().to_lowercase();
    for claim in [
        "venous return",
        "prevents",
        "glucose",
        "kcal",
        "burns",
        "diagnoses",
        "imbalance",
    ] {
        assert!(!text.contains(claim), "the README must not speak of {claim}");
    }
}
