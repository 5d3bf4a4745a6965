//! Mutants → which tests see them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::plant::Planted;
use crate::{Mutant, Outcome};

/// Tests that take longer are left out, in seconds.
const LONGEST: f64 = 8.0;
/// So long a mutant is tried, in seconds that its tests usually take.
const BUDGET: f64 = 40.0;

#[derive(serde::Serialize, serde::Deserialize)]
struct Test {
    program: usize,
    name: String,
    seconds: f64,
    reached: BTreeSet<usize>,
}

/// Builds the tests, learns what they reach and tries every mutant that was planted.
pub(crate) fn tried(
    work: &Path,
    mutants: &[Mutant],
    planted: &Planted,
    complete: &[String],
) -> Outcome<()> {
    let programs = built(&work.join("tree"))?;
    let tests = reaches(work, &programs)?;
    let kept = work.join("results.jsonl");
    let mut results: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in fs::read_to_string(&kept).unwrap_or_default().lines() {
        let (name, verdict, by): (String, String, String) = serde_json::from_str(line)?;
        results.insert(name, (verdict, by));
    }

    let left: Vec<usize> = planted
        .switched
        .iter()
        .copied()
        .filter(|number| !results.contains_key(&mutants[*number].name))
        .collect();
    println!("{} mutants to try with {} tests", left.len(), tests.len());
    let file = Mutex::new(OpenOptions::new().create(true).append(true).open(&kept)?);
    let results = Mutex::new(results);
    let next = AtomicUsize::new(0);
    let workers =
        std::env::var("JOBS").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(2);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(number) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (verdict, by) =
                        verdict(work, &programs, &tests, *number, &mutants[*number]);
                    let name = mutants[*number].name.clone();
                    let line = serde_json::to_string(&(&name, &verdict, &by))
                        .unwrap_or_default();
                    if verdict != "caught" {
                        println!("{verdict}: {name} {by}");
                    }
                    if let Ok(mut file) = file.lock() {
                        let _ = writeln!(file, "{line}");
                    }
                    if let Ok(mut results) = results.lock() {
                        results.insert(name, (verdict, by));
                    }
                }
            });
        }
    });
    let results = results.into_inner().map_err(|_| "a worker ended early")?;
    summary(mutants, planted, complete, &results);
    Ok(())
}

fn summary(
    mutants: &[Mutant],
    planted: &Planted,
    complete: &[String],
    results: &BTreeMap<String, (String, String)>,
) {
    let group = |mutant: &Mutant| {
        complete.iter().find(|place| mutant.is_in(place)).cloned().unwrap_or_else(|| {
            let folder = mutant.file.split('/').take(2).collect::<Vec<_>>().join("/");
            format!("sample of {folder}")
        })
    };
    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        let verdict = match results.get(&mutant.name) {
            _ if planted.refused.contains_key(&number) => "refused",
            Some((verdict, _)) => verdict.as_str(),
            None => "untried",
        };
        *counts.entry(group(mutant)).or_default().entry(verdict).or_default() += 1;
    }
    for (group, verdicts) in counts {
        println!("{group}: {verdicts:?}");
    }
}

/// The executables of the tests: the library's, then those of `tests/all`.
fn built(tree: &Path) -> Outcome<Vec<PathBuf>> {
    let mut command = Command::new("cargo");
    command.args([
        "test",
        "--locked",
        "--no-run",
        "--no-default-features",
        "--features",
        "cli",
    ]);
    command.args([
        "--lib",
        "--test",
        "all",
        "--bin",
        "soleus",
        "--message-format",
        "json",
    ]);
    command.env("RUSTFLAGS", "--cap-lints warn").env("CARGO_PROFILE_DEV_DEBUG", "0");
    let output = command.current_dir(tree).stderr(Stdio::null()).output()?;
    if !output.status.success() {
        return Err("the tests do not build".into());
    }
    let mut programs = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(said) = serde_json::from_slice::<serde_json::Value>(line) else {
            continue;
        };
        let kind = said["target"]["kind"][0].as_str().unwrap_or_default();
        if let (Some(path), "lib" | "test") = (said["executable"].as_str(), kind) {
            programs.push((kind.to_owned(), PathBuf::from(path)));
        }
    }
    programs.sort();
    Ok(programs.into_iter().map(|(_, path)| path).collect())
}

/// Every test with the mutants that it reaches, each run in a process of its own; what is
/// known is kept.
fn reaches(work: &Path, programs: &[PathBuf]) -> Outcome<Vec<Test>> {
    let kept = work.join("reached.json");
    if let Ok(text) = fs::read(&kept) {
        return Ok(serde_json::from_slice(&text)?);
    }
    let mut named = Vec::new();
    for (program, path) in programs.iter().enumerate() {
        let list = Command::new(path).args(["--list", "--format", "terse"]).output()?;
        let list = String::from_utf8_lossy(&list.stdout).into_owned();
        for name in list.lines().filter_map(|line| line.strip_suffix(": test")) {
            named.push((program, name.to_owned()));
        }
    }
    let next = AtomicUsize::new(0);
    let tests = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, tests, named) = (&next, &tests, &named);
            scope.spawn(move || {
                let reached = work.join(format!("reached-{worker}"));
                while let Some((program, name)) =
                    named.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let _ = fs::remove_file(&reached);
                    let start = Instant::now();
                    let passed = Command::new("timeout")
                        .arg(format!("{LONGEST}"))
                        .arg(&programs[*program])
                        .args(["--exact", name])
                        .current_dir(work.join("tree"))
                        .env("PLANTED_REACHED", &reached)
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .status()
                        .is_ok_and(|status| status.success());
                    let seconds = start.elapsed().as_secs_f64();
                    let text = fs::read_to_string(&reached).unwrap_or_default();
                    let test = Test {
                        program: *program,
                        name: name.clone(),
                        seconds,
                        reached: text
                            .lines()
                            .filter_map(|line| line.parse().ok())
                            .collect(),
                    };
                    if !passed {
                        println!(
                            "left out, since it is slow or fails without a mutant: {name}"
                        );
                    } else if let Ok(mut tests) = tests.lock() {
                        tests.push(test);
                    }
                }
            });
        }
    });
    let tests = tests.into_inner().map_err(|_| "a worker ended early")?;
    fs::write(&kept, serde_json::to_vec(&tests)?)?;
    Ok(tests)
}

/// What became of a mutant, and by which test.
fn verdict(
    work: &Path,
    programs: &[PathBuf],
    tests: &[Test],
    number: usize,
    mutant: &Mutant,
) -> (String, String) {
    let mut reaching: Vec<&Test> =
        tests.iter().filter(|test| test.reached.contains(&number)).collect();
    // First the tests of the same room, then the short ones.
    let room: Vec<&str> =
        mutant.file.trim_start_matches("src/").split(['/', '.']).collect();
    let near = |test: &Test| {
        test.name
            .split("::")
            .zip(&room)
            .take_while(|(named, room)| named == *room)
            .count()
    };
    reaching.sort_by(|a, b| {
        let key = |test: &Test| (test.program, std::cmp::Reverse(near(test)));
        key(a).cmp(&key(b)).then(a.seconds.total_cmp(&b.seconds))
    });
    if reaching.is_empty() {
        return ("not reached".to_owned(), String::new());
    }
    let mut rest = reaching.as_slice();
    let (mut size, mut spent) = (2, 0.0);
    while let Some(first) = rest.first().filter(|first| spent + first.seconds < BUDGET) {
        let alike = rest.iter().take_while(|test| test.program == first.program).count();
        let (now, later) = rest.split_at(alike.min(size));
        spent += now.iter().map(|test| test.seconds).sum::<f64>();
        if let Some(by) = seen(work, &programs[first.program], now, number) {
            return ("caught".to_owned(), by);
        }
        rest = later;
        size *= 4;
    }
    ("missed".to_owned(), format!("({} tests reach it)", reaching.len()))
}

/// The test that fails, or that does not end.
fn seen(work: &Path, program: &Path, tests: &[&Test], number: usize) -> Option<String> {
    let usual: f64 = tests.iter().map(|test| test.seconds).sum();
    let limit = Duration::from_secs_f64(20.0 + 4.0 * usual);
    let mut child = Command::new("timeout")
        .arg(format!("{}", limit.as_secs()))
        .arg(program)
        .args(["--test-threads", "1", "--exact"])
        .args(tests.iter().map(|test| &test.name))
        .current_dir(work.join("tree"))
        .env("PLANTED", number.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut failed = None;
    let mut last = String::new();
    for line in BufReader::new(child.stdout.take()?).lines().map_while(Result::ok) {
        if line.starts_with("test ") && line.ends_with("FAILED") {
            failed = line.split_whitespace().nth(1).map(str::to_owned);
            break;
        }
        last = line;
    }
    if failed.is_some() {
        // `timeout` passes the signal on to the tests.
        let _ = Command::new("kill").arg(child.id().to_string()).status();
    }
    let status = child.wait().ok()?;
    if failed.is_none() && !status.success() {
        let how = if status.code() == Some(124) { "no end" } else { "ended early" };
        return Some(format!("{how}: {last}"));
    }
    failed
}
