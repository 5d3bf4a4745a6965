//! What the fuzz targets share: a limit of memory, and what must hold of a recording that
//! was read.
//!
//! A target is given bytes that a file might hold. It must neither panic, nor go on for
//! seconds, nor ask for memory out of proportion to what it was given.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use soleus::load::{FORMATS, Format, FullScale, Hints};
use soleus::signal::Recording;
use soleus::units::Hertz;
use soleus::{Error, Result};

/// The most bytes that may be asked for at once, or held together, on behalf of an input
/// of a few kilobytes.
const MOST: usize = 256 << 20;

static HELD: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which ends the process where more than [`MOST`] is asked for:
/// pages that are never touched would go unnoticed otherwise.
struct Limited;

#[global_allocator]
static ALLOCATOR: Limited = Limited;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
}

fn take(size: usize) {
    let held = HELD.fetch_add(size, Ordering::Relaxed) + size;
    if size > MOST || held > 2 * MOST {
        HELD.store(0, Ordering::Relaxed);
        panic!("{size} bytes asked for, {held} held");
    }
}

/// A format by its name.
pub fn format(name: &str) -> &'static dyn Format {
    FORMATS.iter().copied().find(|format| format.name() == name).expect("a format")
}

/// What a user might say of a file, by a few bits of its length: rate, start, full scale.
pub fn hints(length: usize) -> Hints {
    let full_scale = || FullScale { value: 5.0, unit: "mV".into() };
    Hints {
        rate: (length & 1 > 0).then(|| Hertz::new(1000.0).expect("a rate")),
        start_s: (length & 2 > 0).then_some(-1.5),
        full_scale: (length & 4 > 0).then(full_scale),
    }
}

/// What holds of everything that a reader gives back.
pub fn check(read: &Result<Recording>) {
    let recording = match read {
        Ok(recording) => recording,
        Err(error) => return check_error(error),
    };
    assert!(!recording.channels.is_empty(), "a recording without channels");
    for channel in &recording.channels {
        let name = &channel.label;
        assert!(channel.rate.hz() > 0.0 && channel.rate.hz().is_finite(), "{name:?}");
        assert!(channel.start_s.is_finite(), "{name:?} starts at {}", channel.start_s);
        let is_number = |sample: &f64| !sample.is_infinite();
        assert!(channel.samples.iter().all(is_number), "{name:?} holds infinity");
    }
    for event in &recording.events {
        assert!(event.time_s.is_finite(), "{event:?}");
    }
}

/// An error says something, in a length that people read.
pub fn check_error(error: &Error) {
    let said = error.to_string();
    assert!(!error.message().is_empty() && said.len() < 20_000, "{} bytes", said.len());
}
