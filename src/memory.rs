//! Memory: how much there is, and large vectors in large pages.
//!
//! The system gives memory by the page when it is first touched, and for fresh pages of 4
//! KiB that takes longer than filtering what is put in them. So vectors of several
//! megabytes ask for pages of 2 MiB, as NumPy does for its arrays (`madvise` with
//! `MADV_HUGEPAGE`; Linux alone, and only where the system allows it). What is in them is
//! the same.

/// The fewest numbers that are worth it: 4 MiB, as in NumPy.
const LARGE: usize = (4 << 20) / size_of::<f64>();

/// So many zeros.
pub(crate) fn zeros(count: usize) -> Vec<f64> {
    let zeros = vec![0.0; count];
    in_large_pages(&zeros);
    zeros
}

/// A copy of samples.
pub(crate) fn copy(samples: &[f64]) -> Vec<f64> {
    let mut copy = Vec::with_capacity(samples.len());
    in_large_pages(&copy);
    copy.extend_from_slice(samples);
    copy
}

/// Whether there can be room for so many bytes: less than the system says it has left, and
/// an address space that holds them. Nothing is kept.
pub(crate) fn is_room_for(bytes: u64) -> bool {
    let free = free().is_none_or(|free| bytes <= free);
    let count = usize::try_from(bytes).ok();
    free && count.is_some_and(|count| Vec::<u8>::new().try_reserve_exact(count).is_ok())
}

/// How many bytes the system says can be had; `None` where it does not say.
#[cfg(target_os = "linux")]
pub(crate) fn free() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    let whole = kilobytes << 10;
    // A container may be allowed less.
    let number = |name: &str| -> Option<u64> {
        let path = format!("/sys/fs/cgroup/memory.{name}");
        std::fs::read_to_string(path).ok()?.trim().parse().ok()
    };
    let allowed = number("max").zip(number("current"));
    Some(allowed.map_or(whole, |(most, used)| whole.min(most.saturating_sub(used))))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn free() -> Option<u64> {
    None
}

/// Asks for large pages for the room of a vector, before they are touched.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the system is told about memory that is ours")]
fn in_large_pages(room: &Vec<f64>) {
    /// Advice is for whole pages; systems with larger ones refuse it, and nothing
    /// changes.
    const PAGE: usize = 4096;
    if room.capacity() < LARGE {
        return;
    }
    let begin = room.as_ptr().cast_mut().cast::<u8>();
    let skipped = begin.align_offset(PAGE);
    let length =
        (size_of::<f64>() * room.capacity()).saturating_sub(skipped) / PAGE * PAGE;
    // SAFETY: the pages lie within the room of the vector; the advice changes neither
    // what is in them nor whether they may be read and written.
    unsafe {
        libc::madvise(begin.add(skipped).cast(), length, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn in_large_pages(_: &Vec<f64>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_little_and_not_for_all() {
        assert!(is_room_for(0) && is_room_for(1 << 20));
        assert!(!is_room_for(1 << 62) && !is_room_for(u64::MAX));
    }

    #[test]
    fn small_and_large_vectors_hold_what_they_should() {
        for count in [0, 1, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE + 77] {
            assert!(zeros(count).iter().all(|zero| zero.to_bits() == 0));
            assert_eq!(zeros(count).len(), count);
            let ramp: Vec<f64> = (0..count).map(|i| i as f64).collect();
            assert!(copy(&ramp) == ramp);
        }
    }
}
