//! The same bytes whatever instructions a processor has: every path through the vector
//! kernels, and processors of other makes by qemu where it is installed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use soleus::dsp::zero_phase::Instructions;

use crate::program::{Lab, files_below, program, same_files};

type Files = BTreeMap<String, Vec<u8>>;

/// A lab with a golden case in `study`.
fn golden(case: &str) -> Lab {
    let lab = Lab::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    for (name, bytes) in files_below(&folder) {
        if !name.starts_with("expected/") {
            lab.write(&format!("study/{name}"), bytes);
        }
    }
    lab
}

/// What a command that runs the program writes of the study.
#[track_caller]
fn written(lab: &Lab, mut command: Command, out: &str) -> Files {
    command.current_dir(&lab.root).args(["run", "study", "--quiet", "-o", out]);
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{out}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}: {said}");
    lab.snapshot(out)
}

#[test]
fn every_path_writes_the_same_bytes() {
    for case in ["bursts", "parts-and-events"] {
        let lab = golden(case);
        let best = written(&lab, program(), "best");
        for instructions in Instructions::available() {
            let name = instructions.name().to_lowercase().replace('-', "");
            let mut command = program();
            command.env("SOLEUS_INSTRUCTIONS", &name);
            same_files(&written(&lab, command, &name), &best);
        }
    }
}

#[test]
fn a_path_that_is_none_is_refused() {
    let lab = golden("bursts");
    for name in ["sse9", "avx2 ", "best"] {
        let mut command = program();
        command.current_dir(&lab.root).args(["run", "study", "-o", "out"]);
        let output = command.env("SOLEUS_INSTRUCTIONS", name).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        let told = format!("SOLEUS_INSTRUCTIONS is {name:?}, which this processor");
        assert!(said.contains(&told) && said.contains("hint: it has scalar"), "{said}");
        assert!(!lab.path("out").exists());
    }
}

/// Before, transforms and the sines of the system took another way where multiplications
/// are not fused with additions: 10 of 18 files had other last digits.
#[test]
fn processors_without_fused_arithmetic_write_the_same_bytes() {
    let qemu = "qemu-x86_64";
    let is_there = Command::new(qemu).arg("--version").output().is_ok();
    if !is_there || !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!("skipped: {qemu} is not installed");
        return;
    }
    for case in ["bursts", "wav-with-study"] {
        let lab = golden(case);
        let here = written(&lab, program(), "here");
        for processor in ["Nehalem", "Haswell"] {
            let mut command = Command::new(qemu);
            command.args(["-cpu", processor, env!("CARGO_BIN_EXE_soleus")]);
            same_files(&written(&lab, command, processor), &here);
        }
    }
}
