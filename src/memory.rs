//! Memory: how much there is, and large vectors in large pages.
//!
//! The system gives memory by the page when it is first touched, and for fresh pages of 4
//! KiB that takes longer than filtering what is put in them. So vectors of several
//! megabytes ask for pages of 2 MiB, as NumPy does for its arrays (`madvise` with
//! `MADV_HUGEPAGE`; Linux alone, and only where the system allows it). What is in them is
//! the same.

use std::alloc::{Layout, alloc_zeroed};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

/// The fewest numbers that are worth it: 4 MiB, as in NumPy.
const LARGE: usize = (4 << 20) / size_of::<f64>();

/// That there was no room for so many bytes: what unwinds from where they were asked for to
/// [`fallible`]. A program that nobody catches it for ends, as with any vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom(pub(crate) usize);

/// What comes of some work, or that there was no room for a vector of this module in it.
pub(crate) fn fallible<T>(work: impl FnOnce() -> T) -> Result<T, NoRoom> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|thrown| {
        match thrown.downcast::<NoRoom>() {
            Ok(no_room) => *no_room,
            Err(other) => resume_unwind(other),
        }
    })
}

/// Ends the work of [`fallible`], without the words of a panic.
fn no_room(numbers: usize) -> ! {
    resume_unwind(Box::new(NoRoom(numbers.saturating_mul(size_of::<f64>()))))
}

/// So many zeros.
#[expect(
    unsafe_code,
    reason = "no safe call gives zeroed memory or says that there is none"
)]
pub(crate) fn zeros(count: usize) -> Vec<f64> {
    if count == 0 {
        return Vec::new();
    }
    let Ok(layout) = Layout::array::<f64>(count) else { no_room(count) };
    // SAFETY: the layout is not empty.
    let room = unsafe { alloc_zeroed(layout) }.cast::<f64>();
    if room.is_null() {
        no_room(count);
    }
    // SAFETY: the global allocator gave it with the layout of a vector of `count` numbers,
    // and eight zero bytes are the number 0.
    let zeros = unsafe { Vec::from_raw_parts(room, count, count) };
    in_large_pages(&zeros);
    zeros
}

/// A copy of samples.
pub(crate) fn copy(samples: &[f64]) -> Vec<f64> {
    let mut copy = Vec::new();
    if copy.try_reserve_exact(samples.len()).is_err() {
        no_room(samples.len());
    }
    in_large_pages(&copy);
    copy.extend_from_slice(samples);
    copy
}

/// Adds a number to a vector that grows.
pub(crate) fn push(numbers: &mut Vec<f64>, number: f64) {
    if numbers.len() == numbers.capacity() && numbers.try_reserve(1).is_err() {
        no_room(2 * numbers.len());
    }
    numbers.push(number);
}

/// The bytes that recordings at work keep for themselves.
static KEPT: Mutex<u64> = Mutex::new(0);

/// Room that is kept while somebody is at work.
#[derive(Debug)]
pub(crate) struct Room(u64);

impl Room {
    /// Room for so many bytes beside what others keep; `None` where that is too much. Whoever
    /// is alone gets it: what is too much for the machine is said when it is read. What
    /// others have filled of theirs counts twice, which is on the safe side.
    pub(crate) fn keep(bytes: u64) -> Option<Self> {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let all = kept.saturating_add(bytes);
        if *kept > 0 && !is_room_for(all) {
            return None;
        }
        *kept = all;
        Some(Self(bytes))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = kept.saturating_sub(self.0);
    }
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
    fn what_there_is_no_room_for_is_caught() {
        assert_eq!(fallible(|| zeros(1 << 62).len()), Err(NoRoom(usize::MAX)));
        assert_eq!(fallible(|| zeros(1 << 50).len()), Err(NoRoom(8 << 50)));
        assert_eq!(fallible(|| zeros(10).len()), Ok(10));
        let other = catch_unwind(|| fallible(|| resume_unwind(Box::new(7))));
        assert_eq!(other.unwrap_err().downcast_ref(), Some(&7));
    }

    /// The one test that keeps room, since all share it.
    #[test]
    fn room_that_one_keeps_is_none_for_another() {
        let most = 1 << 62;
        let alone = Room::keep(most);
        assert!(alone.is_some() && Room::keep(1).is_none());
        drop(alone);
        let (one, other) = (Room::keep(1), Room::keep(1 << 20));
        assert!(one.is_some() && other.is_some() && Room::keep(most).is_none());
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
