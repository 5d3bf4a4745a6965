//! `study.toml`; one that is written again says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus::session::Study;
use soleus_fuzz::check_error;

fuzz_target!(|text: &str| {
    match Study::from_toml(text) {
        Ok(study) => {
            let written = toml::to_string(&study).expect("a study can be written");
            let again = Study::from_toml(&written).expect("what was written is read");
            assert_eq!(format!("{study:?}"), format!("{again:?}"));
        }
        Err(error) => check_error(&error),
    }
});
