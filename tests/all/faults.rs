//! Faults that really happen: kills, full disks, folders that vanish or may not be written,
//! two runs at once, odd clocks, few descriptors, little memory. After each, what stands in
//! the output is whole, and the next run gives the bytes of an undisturbed one.
//!
//! `SOLEUS_ROUNDS=200 cargo test faults` tries each of them so often; the gate five times.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use soleus::dsp::random::SplitMix64;

use crate::batch::all_whole;
use crate::program::{Lab, calves, program, same_files};

type Files = BTreeMap<String, Vec<u8>>;

fn rounds() -> u32 {
    let asked = std::env::var("SOLEUS_ROUNDS").ok();
    asked.map_or(5, |asked| asked.parse().expect("SOLEUS_ROUNDS is a number"))
}

/// Three sessions of one short recording in `study`, three others in `others`, and what
/// undisturbed runs of `study` make in `undisturbed`, in how long.
struct Faults {
    lab: Lab,
    undisturbed: Files,
    lasted: Duration,
    random: SplitMix64,
}

impl Faults {
    fn new(seed: u64) -> Self {
        let lab = Lab::new(&[]);
        for person in 0..3 {
            lab.write(&format!("study/P{person}/walk.csv"), calves(person, 1200));
            lab.write(&format!("others/Q{person}/walk.csv"), calves(50 + person, 1200));
        }
        let began = Instant::now();
        lab.soleus("run study -o undisturbed --jobs 2").ends(0);
        let (undisturbed, lasted) = (lab.snapshot("undisturbed"), began.elapsed());
        Self { lab, undisturbed, lasted, random: SplitMix64::new(seed) }
    }

    /// A run of `study` with further words, not waited for.
    fn start(&self, words: &str) -> std::process::Child {
        let mut command = program();
        command.current_dir(&self.lab.root).stdin(Stdio::null()).stdout(Stdio::null());
        command.args(["run", "--jobs", "2"]).args(words.split_whitespace());
        command.stderr(Stdio::piped()).spawn().unwrap()
    }

    /// A moment within a run.
    fn moment(&mut self) -> Duration {
        self.lasted.mul_f64(self.random.uniform())
    }

    /// What a disturbed run leaves is whole, and the next one gives what an undisturbed
    /// one gives.
    #[track_caller]
    fn next_is_whole(&self, out: &str) {
        if self.lab.path(out).exists() {
            all_whole(&self.lab, out);
        }
        self.lab.soleus(&format!("run study -o {out} --jobs 2")).ends(0);
        same_files(&self.lab.snapshot(out), &self.undisturbed);
    }

    fn clear(&self, out: &str) {
        fs::remove_dir_all(self.lab.path(out)).unwrap();
    }
}

/// A run may fail, but with words and a status of its own.
#[track_caller]
fn ended_with_words(output: &Output, what: &str) -> i32 {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{what} panicked:\n{said}");
    let status = output.status.code();
    assert!(
        matches!(status, Some(0..=2)),
        "{what} ended with {:?}:\n{said}",
        output.status
    );
    let is_told = said.contains("error: ") || said.contains("failed: ");
    assert!(status == Some(0) || is_told, "{what} says no error:\n{said}");
    status.unwrap_or_default()
}

// ---- kills

#[test]
fn a_run_that_is_killed_at_any_moment_is_made_up_for() {
    let mut faults = Faults::new(1);
    let mut before_its_end = 0;
    for _ in 0..rounds() {
        let mut child = faults.start("study -o out --quiet");
        std::thread::sleep(faults.moment());
        before_its_end += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        faults.next_is_whole("out");
        faults.clear("out");
    }
    assert!(before_its_end > 0, "no run was still at work when it was killed");
}

// ---- disks

/// A file system in memory of its own size, gone at the end of the test.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a printed line, where it may not be mounted.
    fn mount(at: PathBuf, kilobytes: u64) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let disk = Self(at);
        let options = format!("size={kilobytes}k,mode=755");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&disk.0);
        if ran(&mut command) {
            return Some(disk);
        }
        println!("skipped: a file system of {kilobytes} kB could not be mounted");
        std::mem::forget(disk);
        None
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(
            ran(Command::new("mount").args(["-o", &options]).arg(&self.0)),
            "{options}"
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        ran(Command::new("umount").arg("-l").arg(&self.0));
    }
}

/// What the files of a folder take of a disk.
fn kilobytes(folder: &Path) -> u64 {
    let pages = |bytes: &Vec<u8>| bytes.len().div_ceil(4096) as u64 * 4;
    crate::program::files_below(folder).values().map(pages).sum()
}

fn ran(command: &mut Command) -> bool {
    let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    done.is_ok_and(|status: ExitStatus| status.success())
}

#[test]
fn a_full_disk_is_an_error_and_costs_nothing_that_was_there() {
    let faults = Faults::new(2);
    let whole = kilobytes(&faults.lab.path("undisturbed"));
    for percent in [5, 25, 50, 80, 98] {
        let at = faults.lab.path(&format!("disk{percent}"));
        let Some(disk) = Disk::mount(at, whole * percent / 100) else {
            return;
        };
        let out = format!("disk{percent}/out");
        let child = faults.start(&format!("study -o {out}"));
        let output = child.wait_with_output().unwrap();
        let status = ended_with_words(&output, &format!("a disk of {percent} %"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(status != 0 && said.contains("the disk is full: make room"), "{said}");
        disk.remount("size=64m");
        faults.next_is_whole(&out);

        // Full again, and other settings: the results of before stay as they are.
        let before = faults.lab.snapshot(&out);
        disk.remount(&format!("size={}k", kilobytes(&faults.lab.path(&out)) + 16));
        let words = format!("study -o {out} --set envelope.low-pass.cutoff_hz=9");
        let output = faults.start(&words).wait_with_output().unwrap();
        assert!(ended_with_words(&output, &format!("a full disk, {percent} %")) > 0);
        all_whole(&faults.lab, &out);
        let table = faults.lab.read(&format!("{out}/measures.csv"));
        let is_old = table.as_bytes() == before["measures.csv"];
        assert!(is_old, "tables appear together or not at all");
        disk.remount("size=64m");
        faults.next_is_whole(&out);
    }
}

#[test]
fn a_folder_that_may_not_be_written_stays_as_it_is() {
    let faults = Faults::new(3);
    let Some(disk) = Disk::mount(faults.lab.path("disk"), 65_536) else {
        return;
    };
    faults.lab.soleus("run study -o disk/out").ends(0);
    let before = fs::read(faults.lab.path("disk/out/run.json")).unwrap();
    disk.remount("ro");
    for words in
        ["study -o disk/out", "study -o disk/other", "others -o disk/out --force"]
    {
        let output = faults.start(words).wait_with_output().unwrap();
        assert_eq!(ended_with_words(&output, words), 2);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("you may not write there"), "{said}");
    }
    assert_eq!(fs::read(faults.lab.path("disk/out/run.json")).unwrap(), before);
    disk.remount("rw");
    faults.next_is_whole("disk/out");
}

#[test]
fn an_output_that_vanishes_at_any_moment_is_told() {
    let mut faults = Faults::new(4);
    let mut told = 0;
    for round in 0..rounds() {
        let mut child = faults.start("study -o out");
        while !faults.lab.path("out").exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(faults.moment());
        let moved = faults.lab.path(&format!("moved{round}"));
        fs::rename(faults.lab.path("out"), &moved).unwrap();
        let output = child.wait_with_output().unwrap();
        let status = ended_with_words(&output, "an output that was moved");
        let is_whole = fs::read_to_string(moved.join("run.json"))
            .is_ok_and(|record| record.contains("\"status\": \"done\""));
        assert!(status > 0 || is_whole, "success, and the output is not there");
        told += u32::from(status > 0);
        faults.next_is_whole("out");
        faults.clear("out");
    }
    println!("{told} of {} runs ended with an error", rounds());
}

// ---- two runs at once

#[test]
fn of_two_runs_at_once_one_is_refused_or_both_are_done_one_after_the_other() {
    let mut faults = Faults::new(5);
    let other_recipe = "--set envelope.low-pass.cutoff_hz=9";
    faults.lab.soleus("run others -o only-others --jobs 2").ends(0);
    faults.lab.soleus(&format!("run study -o only-nine --jobs 2 {other_recipe}")).ends(0);
    for round in 0..rounds() {
        let (second, alone) = match round % 2 {
            0 => ("others -o out".to_owned(), faults.lab.snapshot("only-others")),
            _ => {
                (format!("study -o out {other_recipe}"), faults.lab.snapshot("only-nine"))
            }
        };
        let first = faults.start("study -o out");
        std::thread::sleep(faults.moment().mul_f64(1.2));
        let second = faults.start(&second).wait_with_output().unwrap();
        let first = first.wait_with_output().unwrap();
        let ends = [(&first, "the first run"), (&second, "the second run")].map(
            |(run, name)| {
                let said = String::from_utf8_lossy(&run.stderr);
                let status = ended_with_words(run, name);
                assert!(status == 0 || said.contains("another run (process "), "{said}");
                status
            },
        );
        assert!(ends.contains(&0), "both were refused");
        // The tables, and every session in them, are those of the run that came last.
        let expected = if ends[1] == 0 { &alone } else { &faults.undisturbed };
        let found = faults.lab.snapshot("out");
        for (name, bytes) in expected {
            assert!(found.get(name) == Some(bytes), "{name} is not that of the last run");
        }
        faults.clear("out");
    }
}

// ---- clocks

/// Neither files from the future nor changes that look old are a reason: contents count.
#[test]
fn clocks_that_go_backwards_change_nothing() {
    let faults = Faults::new(6);
    let lab = &faults.lab;
    let day = Duration::from_secs(86_400);
    let set = |path: &Path, time: SystemTime| {
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    let everything = |time: SystemTime| {
        for folder in ["study", "out"] {
            for name in crate::program::files_below(&lab.path(folder)).keys() {
                set(&lab.path(folder).join(name), time);
            }
        }
    };
    lab.soleus("run study -o out").ends(0);
    for time in [SystemTime::now() + 9000 * day, SystemTime::UNIX_EPOCH + day] {
        everything(time);
        lab.soleus("run study -o out").ends(0).says(&["3 of 3 sessions unchanged"]);
        same_files(&lab.snapshot("out"), &faults.undisturbed);
    }
    // A recording that changed, and is as old as before by its clock.
    let walk = lab.path("study/P1/walk.csv");
    let before = fs::read(&walk).unwrap();
    fs::write(&walk, calves(77, 1200)).unwrap();
    set(&walk, SystemTime::UNIX_EPOCH + day);
    lab.soleus("run study -o out").ends(0).says(&["2 of 3 sessions unchanged"]);
    fs::write(&walk, before).unwrap();
    set(&walk, SystemTime::UNIX_EPOCH);
    faults.next_is_whole("out");
}

// ---- little of everything

/// Runs under limits of the shell.
fn limited(lab: &Lab, limit: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.current_dir(&lab.root).stdin(Stdio::null());
    let run = format!("ulimit {limit} && exec \"$0\" run study -o out --jobs 2");
    shell.args(["-c", &run]).arg(env!("CARGO_BIN_EXE_soleus"));
    shell.output().unwrap()
}

#[test]
fn few_descriptors_are_an_error_or_enough() {
    let faults = Faults::new(7);
    let mut statuses = Vec::new();
    for descriptors in [8, 10, 12, 16, 24, 40] {
        let output = limited(&faults.lab, &format!("-n {descriptors}"));
        statuses.push(ended_with_words(&output, &format!("{descriptors} descriptors")));
        faults.next_is_whole("out");
        faults.clear("out");
    }
    assert!(statuses[0] > 0 && statuses[5] == 0, "{statuses:?}");
}

/// Where the system gives no more memory the process may end at once, as Rust programs do;
/// the files are whole all the same.
#[test]
fn little_memory_spoils_no_file() {
    let faults = Faults::new(8);
    let mut done = Vec::new();
    for megabytes in [24, 40, 60, 90, 140, 220, 2000] {
        let output = limited(&faults.lab, &format!("-v {}", megabytes * 1024));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked"), "{megabytes} MB:\n{said}");
        done.push(output.status.success());
        faults.next_is_whole("out");
        faults.clear("out");
    }
    assert!(!done[0] && done[6], "{done:?}");
}

/// Before, the second of two recordings of which there is room for one ended the run.
#[test]
fn recordings_for_which_there_is_no_room_side_by_side_are_done_one_after_the_other() {
    let lab = Lab::new(&[("study/study.toml", "[recordings.\"hold.wav\"]\nto_s = 3\n")]);
    // 24 MB of samples of 8 bits are 192 MB of numbers.
    let samples: u32 = 24_000_000;
    let mut wave = b"RIFF".to_vec();
    wave.extend((36 + samples).to_le_bytes());
    wave.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wave.extend([1000_u32, 1000].map(u32::to_le_bytes).concat());
    wave.extend(b"\x01\0\x08\0data");
    wave.extend(samples.to_le_bytes());
    let mut random = SplitMix64::new(9);
    wave.extend((0..5000).map(|_| (128.0 + 20.0 * random.normal()) as u8));
    wave.resize(44 + samples as usize, 128);
    lab.write("study/A/hold.wav", &wave);
    lab.write("study/B/hold.wav", &wave);
    let output = limited(&lab, "-v 520000");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("2 of 2 recordings done") && !said.contains("failed"),
        "{said}"
    );
    lab.soleus("run study -o undisturbed").ends(0);
    same_files(&lab.snapshot("out"), &lab.snapshot("undisturbed"));
}
