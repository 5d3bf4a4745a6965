//! RIFF, RF64, BW64 and Wave64.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus_fuzz::{check, format, hints};

fuzz_target!(|bytes: &[u8]| {
    check(&format("WAV").read(bytes, &hints(bytes.len())));
});
