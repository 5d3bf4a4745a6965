//! Stopping a run from outside: at the next recording, with the tables of what is done.

use std::sync::atomic::{AtomicBool, Ordering};

use super::STOPPED;

static STOPPING: AtomicBool = AtomicBool::new(false);

/// From here on the first interruption (SIGINT, SIGTERM) asks the run to stop and says
/// what follows, and the second one ends the program at once.
pub(super) fn listen(then: &'static str) {
    let heard = move || {
        if STOPPING.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(STOPPED));
        }
        tell!("{then}; once more stops at once");
    };
    // Without it the system ends the program, and the next run goes on all the same.
    let _ = ctrlc::set_handler(heard);
}

/// Whether the run was asked to stop.
pub(super) fn is_asked() -> bool {
    STOPPING.load(Ordering::SeqCst)
}
