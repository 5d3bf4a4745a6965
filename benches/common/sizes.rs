//! How long the channels are.

/// Changes the length.
const VARIABLE: &str = "SOLEUS_BENCH_SECONDS";
/// Ten minutes: 8 channels of them are 77 MB, which no core's own cache holds.
const USUAL_SECONDS: f64 = 600.0;

/// How long the channels are.
pub(crate) fn seconds() -> Result<f64, String> {
    seconds_or(USUAL_SECONDS)
}

/// How long the channels are, where another length than the usual one is of interest.
pub(crate) fn seconds_or(usual: f64) -> Result<f64, String> {
    let Ok(text) = std::env::var(VARIABLE) else {
        return Ok(usual);
    };
    let seconds = text.parse().ok().filter(|seconds| (10.0..=3600.0).contains(seconds));
    seconds.ok_or_else(|| format!("{VARIABLE} = {text} is not between 10 and 3600"))
}

/// The name of a group.
pub(crate) fn named(what: &str, channels: usize, seconds: f64) -> String {
    format!("{what}, {channels} × {seconds} s")
}
