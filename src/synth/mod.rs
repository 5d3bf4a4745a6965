//! synth
/// x
pub fn study() -> Vec<(String, Vec<u8>)> { Vec::new() }
