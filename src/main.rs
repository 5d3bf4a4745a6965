//! The program `soleus`: see [`soleus::cli`].
#![expect(
    unsafe_code,
    reason = "the allocator is told once, before anything else, to keep what it has"
)]

mod elementary;

fn main() -> std::process::ExitCode {
    keep_freed_memory();
    soleus::cli::main()
}

/// Recordings come and go by the megabyte. Given back to the system and taken again, each
/// page costs as much as filtering it: a batch takes a tenth longer.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_freed_memory() {
    /// Larger pieces go back at once.
    const LARGE: i32 = 32 << 20;
    // SAFETY: `mallopt` only sets numbers of the allocator, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 2 * LARGE);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_freed_memory() {}
