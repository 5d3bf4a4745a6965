//! The single threshold: active is where an envelope exceeds its level at rest by some
//! standard deviations.
//!
//! What the other detectors with a threshold share is here too: envelopes, the threshold,
//! and where it is exceeded.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tidy::{runs, tidied};
use super::{Detect, Stretch};
use crate::dsp::design::{Band, butterworth};
use crate::dsp::stats::{mean, standard_deviation};
use crate::dsp::zero_phase::{Edge, Enter, Leave, Scratch, ZeroPhase};
use crate::memory;
use crate::units::Hertz;

/// The order of one pass of all low-passes here.
const ORDER: usize = 2;

/// The samples rectified and low-passed: Butterworth of order 2, forward and backward,
/// each pass −3 dB at `cutoff_hz`.
///
/// As many values as samples, in their unit; beside steep edges some are below 0. `None`
/// for fewer samples than the filter needs (10), and for a cut-off that is not between 0
/// and half the rate.
///
/// ```
/// use soleus::onset::threshold::{above, level, smoothed};
/// use soleus::units::Hertz;
///
/// let rate = Hertz::new(1000.0).expect("a rate");
/// let gain = |n: u32| if (400..700).contains(&n) { 1.0 } else { 0.05 };
/// let samples: Vec<f64> = (0..1000).map(|n| gain(n) * (f64::from(n * n) * 0.7).sin()).collect();
/// let envelope = smoothed(&samples, 50.0, rate).expect("1000 samples are enough");
/// let threshold = level(&envelope, &[0..300], 3.0).expect("rest");
/// assert!(above(&envelope, threshold).iter().any(|run| run.contains(&550)));
/// ```
pub fn smoothed(samples: &[f64], cutoff_hz: f64, rate: Hertz) -> Option<Vec<f64>> {
    let mut envelope = memory::zeros(samples.len());
    low_pass(cutoff_hz, rate)?
        .run_from(
            &[samples],
            &mut [&mut envelope],
            Enter::Magnitude,
            Leave::Unchanged,
            &mut Scratch::default(),
        )
        .ok()?;
    Some(envelope)
}

/// The filter of [`smoothed`].
pub(super) fn low_pass(cutoff_hz: f64, rate: Hertz) -> Option<ZeroPhase> {
    let sos = butterworth(ORDER, Band::LowPass(cutoff_hz), rate.hz()).ok()?;
    Some(ZeroPhase::new(sos, Edge::Odd))
}

/// The samples rectified and low-passed forward in time alone, so that nothing is known
/// before it happens: Butterworth of order 2, −3 dB at `cutoff_hz`. It lags by about
/// `0.23 / cutoff_hz` seconds.
///
/// `before` is the mean rectified value since ever; 0 is a filter that starts from rest,
/// as MATLAB's `filter`. `None` for a cut-off that is not between 0 and half the rate.
pub fn smoothed_forward(
    samples: &[f64],
    cutoff_hz: f64,
    rate: Hertz,
    before: f64,
) -> Option<Vec<f64>> {
    let mut cascade =
        butterworth(ORDER, Band::LowPass(cutoff_hz), rate.hz()).ok()?.cascade();
    cascade.settle(before);
    let mut envelope = memory::copy(samples);
    envelope.iter_mut().for_each(|sample| *sample = sample.abs());
    cascade.run(&mut envelope);
    Some(envelope)
}

/// A cut-off or band edge as it is used at a rate: at most nine tenths of half of it.
pub(super) fn within(rate: Hertz, hz: f64) -> f64 {
    hz.min(0.9 * rate.nyquist())
}

/// The threshold `mean + deviations · standard deviation` of the values at rest, in the
/// unit of the envelope. The standard deviation has the divisor n − 1; several pieces of
/// rest count as one.
///
/// `None` where a piece does not lie within the envelope, for fewer than two values, for
/// values that are not finite, and for a rest without noise (a standard deviation below
/// 1e-9 of the mean): that is a disconnected electrode or nothing but rounding, and any
/// sample would exceed it.
pub fn level(envelope: &[f64], quiet: &[Range<usize>], deviations: f64) -> Option<f64> {
    let rest = at_rest(envelope, quiet)?;
    let (mean, spread) = (mean(&rest)?, standard_deviation(&rest)?);
    let threshold = mean + deviations * spread;
    (spread > NO_NOISE * mean.abs() && threshold.is_finite()).then_some(threshold)
}

/// A rest whose standard deviation is below this share of its level holds no noise.
const NO_NOISE: f64 = 1e-9;

/// The variance (divisor n, about the mean) of the samples at rest; `None` as for
/// [`level`].
///
/// A rest that is digital silence has none, though filters may carry activity into its
/// envelope.
pub fn variance_at_rest(samples: &[f64], quiet: &[Range<usize>]) -> Option<f64> {
    let rest = at_rest(samples, quiet)?;
    let (mean, spread) = (mean(&rest)?, standard_deviation(&rest)?);
    let variance = spread * spread * (rest.len() - 1) as f64 / rest.len() as f64;
    (spread > NO_NOISE * mean.abs() && variance > 0.0 && variance.is_finite())
        .then_some(variance)
}

/// The values at rest, piece after piece; `None` where a piece does not lie within them.
pub(super) fn at_rest(values: &[f64], quiet: &[Range<usize>]) -> Option<Vec<f64>> {
    let pieces: Option<Vec<&[f64]>> =
        quiet.iter().map(|piece| values.get(piece.clone())).collect();
    Some(pieces?.concat())
}

/// Where values exceed a threshold; nowhere for a threshold of `NaN`.
pub fn above(values: &[f64], threshold: f64) -> Vec<Range<usize>> {
    let active: Vec<bool> = values.iter().map(|&value| value > threshold).collect();
    runs(&active)
}

/// Where values exceed a threshold once short pauses are closed and then short bursts
/// dropped: the shortest that stay, in seconds.
pub(super) fn long_above(
    values: &[f64],
    threshold: f64,
    rate: Hertz,
    (burst_s, gap_s): (f64, f64),
) -> Vec<Range<usize>> {
    tidied(&above(values, threshold), rate.samples(burst_s), rate.samples(gap_s))
}

/// A single threshold on the low-passed rectified signal, as most studies of gait use it.
///
/// The low-pass looks both ways, so strong bursts begin early and end late: at 10 Hz by
/// about 30 ms at 20 dB (measured, `methods.md` §7), and gradual ones are found near
/// where they begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SingleThreshold {
    /// The cut-off of each pass of the low-pass in hertz, at most nine tenths of half the
    /// sampling rate: 10 or 50 (Hodges & Bui 1996 compare 10, 50 and 500).
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// How many standard deviations of rest the threshold lies above its mean: 1 to 3
    /// (Hodges & Bui 1996).
    #[schemars(range(min = 0.1, max = 100.0))]
    pub deviations: f64,
    /// Shorter bursts are dropped, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for SingleThreshold {
    fn default() -> Self {
        Self {
            cutoff_hz: 10.0,
            deviations: 3.0,
            shortest_burst_s: 0.025,
            shortest_gap_s: 0.025,
        }
    }
}

impl Detect for SingleThreshold {
    fn name(&self) -> &'static str {
        "single-threshold"
    }

    /// All bursts of a stretch, in samples from its beginning; none where it is too short
    /// or its rest is no rest (see [`level`]).
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl SingleThreshold {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let (rate, quiet) = (stretch.rate, stretch.quiet);
        variance_at_rest(stretch.samples, quiet)?;
        let envelope = smoothed(stretch.samples, within(rate, self.cutoff_hz), rate)?;
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
    fn rest_must_be_rest() {
        let envelope = [1.0, 2.0, 3.0, 4.0, 4.0, 4.0, f64::NAN];
        assert_eq!(level(&envelope, std::slice::from_ref(&(0..3)), 2.0), Some(4.0));
        assert_eq!(
            level(&envelope, &[0..1, 2..3], 0.5),
            Some(2.0 + 0.5 * 2.0_f64.sqrt())
        );
        let refused: [&[Range<usize>]; 6] =
            [&[0..1], &[3..6], &[5..7], &[0..8], &[9..10], &[]];
        for quiet in refused {
            assert_eq!(level(&envelope, quiet, 2.0), None, "{quiet:?}");
        }
    }

    #[test]
    fn strange_keys_are_refused() {
        assert!(toml::from_str::<SingleThreshold>("threshold = 3").is_err());
        assert_eq!(
            toml::from_str::<SingleThreshold>("cutoff_hz = 50").unwrap().deviations,
            3.0
        );
    }
}
