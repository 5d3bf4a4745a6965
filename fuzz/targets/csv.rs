//! Delimited text of any habit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus_fuzz::{check, format, hints};

fuzz_target!(|bytes: &[u8]| {
    check(&format("CSV").read(bytes, &hints(bytes.len())));
});
