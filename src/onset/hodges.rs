//! Hodges & Bui (1996): a window of the envelope whose mean exceeds the threshold; and
//! its modification by Yuvaraj et al. (2023), which needs no window and never looks
//! ahead.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::threshold::{
    above, at_rest, level, long_above, smoothed, smoothed_forward, variance_at_rest,
    within,
};
use super::tidy::tidied;
use super::{Detect, Stretch};
use crate::dsp::moving::forward_mean;
use crate::dsp::sums::sum_of;

/// Where windows of `window` samples begin whose mean exceeds a threshold: the onset of
/// Hodges & Bui (1996) is the first such sample after rest.
pub fn beginnings(envelope: &[f64], window: usize, threshold: f64) -> Vec<Range<usize>> {
    above(&forward_mean(envelope, window), threshold)
}

/// The samples that lie in a window of `window` samples whose mean exceeds a threshold.
///
/// A burst so begins where Hodges & Bui (1996) see its onset, and ends where they would
/// see it backward in time.
pub fn covered(envelope: &[f64], window: usize, threshold: f64) -> Vec<Range<usize>> {
    let window = window.max(1);
    // Windows that touch are one burst: no sample between them lies outside of both.
    let joined = tidied(&beginnings(envelope, window, threshold), 1, window);
    joined.into_iter().map(|run| run.start..run.end + window - 1).collect()
}

/// The threshold of Hodges & Bui (1996) on windows of the low-passed rectified signal.
///
/// Their 27 combinations of cut-off (10, 50, 500 Hz), deviations (1, 2, 3) and window
/// (20, 50, 100 ms at 1 kHz) were compared with onsets found by eye.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HodgesBui {
    /// The cut-off of each pass of the low-pass in hertz, at most nine tenths of half the
    /// sampling rate.
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// The window in seconds.
    #[schemars(range(min = 0.001, max = 1.0), extend("unit" = "s"))]
    pub window_s: f64,
    /// How many standard deviations of rest the threshold lies above its mean.
    #[schemars(range(min = 0.1, max = 100.0))]
    pub deviations: f64,
    /// Shorter bursts are dropped, in seconds. None is shorter than the window.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for HodgesBui {
    fn default() -> Self {
        Self {
            cutoff_hz: 50.0,
            window_s: 0.025,
            deviations: 3.0,
            shortest_burst_s: 0.03,
            shortest_gap_s: 0.03,
        }
    }
}

impl Detect for HodgesBui {
    fn name(&self) -> &'static str {
        "hodges-bui"
    }

    /// All bursts of a stretch, in samples from its beginning; none where it is too short
    /// or its rest is no rest (see [`level`]).
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl HodgesBui {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let (rate, quiet) = (stretch.rate, stretch.quiet);
        variance_at_rest(stretch.samples, quiet)?;
        let envelope = smoothed(stretch.samples, within(rate, self.cutoff_hz), rate)?;
        let threshold = level(&envelope, quiet, self.deviations)?;
        let (burst, gap) =
            (rate.samples(self.shortest_burst_s), rate.samples(self.shortest_gap_s));
        Some(tidied(
            &covered(&envelope, rate.samples(self.window_s), threshold),
            burst,
            gap,
        ))
    }
}

/// The modified Hodges of Yuvaraj et al. (2023): a threshold on the rectified signal,
/// low-passed forward in time alone.
///
/// It can run while the signal comes in. What it finds is late, offsets more than onsets:
/// the low-pass lags by about 40 ms at 6 Hz, and what is left of a burst decays through
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModifiedHodges {
    /// The cut-off of the low-pass in hertz, at most nine tenths of half the sampling
    /// rate: 4.5 to 7.5 as tuned by Yuvaraj et al. at 0 dB.
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// How many standard deviations of rest the threshold lies above its mean. Yuvaraj et
    /// al. tuned it to 1 at 0 dB, at the price of false alarms; better recordings allow
    /// 3.
    #[schemars(range(min = 0.1, max = 100.0))]
    pub deviations: f64,
    /// Shorter bursts are dropped, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for ModifiedHodges {
    fn default() -> Self {
        Self {
            cutoff_hz: 6.0,
            deviations: 3.0,
            shortest_burst_s: 0.03,
            shortest_gap_s: 0.03,
        }
    }
}

impl Detect for ModifiedHodges {
    fn name(&self) -> &'static str {
        "modified-hodges"
    }

    /// All bursts of a stretch, in samples from its beginning; none where its rest is no
    /// rest (see [`level`]). The filter begins as after rest.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl ModifiedHodges {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let (rate, quiet) = (stretch.rate, stretch.quiet);
        variance_at_rest(stretch.samples, quiet)?;
        let rest = at_rest(stretch.samples, quiet)?;
        let before = sum_of(&rest, f64::abs) / rest.len() as f64;
        let envelope = smoothed_forward(
            stretch.samples,
            within(rate, self.cutoff_hz),
            rate,
            before,
        )?;
        let threshold = level(&envelope, quiet, self.deviations)?;
        Some(long_above(
            &envelope,
            threshold,
            rate,
            (self.shortest_burst_s, self.shortest_gap_s),
        ))
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "an interval is meant")]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_what_is_loud() {
        let mut envelope = [0.0; 20];
        envelope[8] = 6.0;
        // Windows of 3 that hold the one loud sample have a mean of 2.
        assert_eq!(beginnings(&envelope, 3, 1.0), [6..9]);
        assert_eq!(covered(&envelope, 3, 1.0), [6..11]);
        envelope[12] = 6.0;
        assert_eq!(
            covered(&envelope, 3, 1.0),
            vec![6..15],
            "the last window of one touches the first of the other"
        );
        envelope[19] = 6.0;
        assert_eq!(covered(&envelope, 3, 1.0), [6..15, 17..20]);
        assert!(
            covered(&envelope, 21, 0.0).is_empty() && covered(&[], 0, 0.0).is_empty()
        );
    }
}
