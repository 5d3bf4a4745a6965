//! The allocator as the program has it: `main` of the program tells it to keep what
//! recordings leave.

use std::error::Error;
use std::process::{Command, ExitCode};

/// The numbers of `keep_freed_memory` in `src/main.rs`. Safe code reaches them only from
/// outside the process.
const SETTINGS: &str =
    "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=67108864";
const VARIABLE: &str = "GLIBC_TUNABLES";

/// Runs benches in a process that has the settings: this one, or itself once more with
/// them.
pub(crate) fn as_in_the_program(
    benches: fn() -> Result<(), Box<dyn Error>>,
) -> Result<ExitCode, Box<dyn Error>> {
    if cfg!(not(target_env = "gnu")) || std::env::var_os(VARIABLE).is_some() {
        return benches().map(|()| ExitCode::SUCCESS);
    }
    let arguments = std::env::args_os().skip(1);
    let status = Command::new(std::env::current_exe()?)
        .args(arguments)
        .env(VARIABLE, SETTINGS)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
