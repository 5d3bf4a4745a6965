//! The machine that a bench runs on: what it is called, what its kernels may use, how
//! fast it copies.

use std::fs;
use std::hint::black_box;

use rayon::prelude::*;
use serde::Serialize;

use super::Timing;
use crate::dsp::zero_phase::Instructions;

/// The least and the most that is copied, in bytes: more than most caches hold, and not
/// all of a small memory.
const COPIED: (usize, usize) = (64 << 20, 256 << 20);

/// The machine and what of it was used.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    /// What its maker calls it; the architecture where the system does not say.
    pub(super) processor: String,
    /// How many threads can run at the same time.
    pub(super) processors: usize,
    /// How many threads were used.
    pub(super) threads: usize,
    /// The vector instructions that kernels use.
    pub(super) instruction_set: &'static str,
    /// The size of the largest cache, where the system says.
    pub(super) largest_cache_bytes: Option<usize>,
}

impl Machine {
    /// This machine.
    pub(super) fn here(threads: usize) -> Self {
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            threads,
            instruction_set: Instructions::usual().name(),
            largest_cache_bytes: largest_cache(),
        }
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn largest_cache() -> Option<usize> {
    let caches = fs::read_dir("/sys/devices/system/cpu/cpu0/cache").ok()?;
    let sizes = caches
        .filter_map(Result::ok)
        .filter_map(|cache| fs::read_to_string(cache.path().join("size")).ok());
    sizes
        .filter_map(|size| {
            Some(1024 * size.trim().strip_suffix('K')?.parse::<usize>().ok()?)
        })
        .max()
}

/// How fast samples are copied into memory that is already there.
#[derive(Debug, Serialize)]
pub(super) struct Copying {
    /// How much was copied each time.
    pub(super) copied_bytes: usize,
    #[serde(flatten)]
    timing: Timing,
    /// The bytes copied in a second: each is read once and written once.
    pub(super) bytes_per_second: f64,
}

impl Copying {
    /// Copies these samples, repeated until the caches do not hold them.
    pub(super) fn measure(samples: &[f64], machine: &Machine) -> Self {
        let bytes =
            machine.largest_cache_bytes.unwrap_or_default().clamp(COPIED.0, COPIED.1);
        let from: Vec<f64> =
            samples.iter().copied().cycle().take(bytes / size_of::<f64>()).collect();
        let mut to = from.clone();
        let share = from.len().div_ceil(machine.threads);
        let timing = Timing::measure(|| {
            let shares = to.par_chunks_mut(share).zip(from.par_chunks(share));
            shares.for_each(|(to, from)| black_box(to).copy_from_slice(black_box(from)));
        });
        Self {
            copied_bytes: bytes,
            bytes_per_second: bytes as f64 / timing.median_seconds,
            timing,
        }
    }
}
