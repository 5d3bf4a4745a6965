//! Tables of events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus::load::read_events;
use soleus_fuzz::check_error;

fuzz_target!(|bytes: &[u8]| {
    match read_events(bytes) {
        Ok(events) => {
            assert!(events.iter().all(|event| event.time_s.is_finite()), "{events:?}");
            assert!(events.is_sorted_by(|one, next| one.time_s <= next.time_s));
        }
        Err(error) => check_error(&error),
    }
});
