//! A threshold on the Teager–Kaiser energy, which weighs amplitude and frequency together
//! (Li, Zhou & Aruin 2007; Solnik et al. 2010).

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::threshold::{level, long_above, low_pass, variance_at_rest, within};
use super::{Detect, Stretch};
use crate::dsp::design::{Band, butterworth};
use crate::dsp::tkeo;
use crate::dsp::zero_phase::{Edge, Enter, Leave, Scratch, ZeroPhase};
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::units::Hertz;

/// The order of one pass of the band-pass before the energy.
const ORDER: usize = 3;

/// The smoothed energy: band-passed between two edges in hertz (Butterworth of order 3,
/// forward and backward, each pass −3 dB at the edges), [`tkeo::energy`], rectified,
/// low-passed at `cutoff_hz` as [`super::threshold::smoothed`].
///
/// As many values as samples, in their squared unit; those of different sampling rates do
/// not compare. `None` for fewer samples than the filters need (22), and for edges or a
/// cut-off that do not fit the rate.
pub fn smoothed_energy(
    samples: &[f64],
    [low_hz, high_hz]: [f64; 2],
    cutoff_hz: f64,
    rate: Hertz,
) -> Option<Vec<f64>> {
    let sos = butterworth(ORDER, Band::BandPass(low_hz, high_hz), rate.hz()).ok()?;
    let mut scratch = Scratch::default();
    let mut band = memory::copy(samples);
    ZeroPhase::new(sos, Edge::Odd).run(&mut band, &mut scratch).ok()?;
    let mut energy = tkeo::energy(&band);
    let smoothing = low_pass(cutoff_hz, rate)?;
    smoothing
        .run_together(
            &mut [&mut energy],
            Enter::Magnitude,
            Leave::Unchanged,
            &mut scratch,
        )
        .ok()?;
    Some(energy)
}

/// A threshold on the smoothed Teager–Kaiser energy (Solnik et al. 2010).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnergyThreshold {
    /// The lower edge of the band-pass before the energy, in hertz.
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub low_hz: f64,
    /// The upper edge of the band-pass, in hertz, at most nine tenths of half the
    /// sampling rate.
    #[schemars(range(min = 0.1, max = 10_000.0), extend("unit" = "Hz"))]
    pub high_hz: f64,
    /// The cut-off of each pass of the low-pass after it, in hertz, at most nine tenths
    /// of half the sampling rate.
    #[schemars(range(min = 0.1, max = 1000.0), extend("unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// How many standard deviations of rest the threshold lies above its mean: 3 to 15,
    /// more at better signal-to-noise ratios. (That of an energy is no standard deviation
    /// of an amplitude.)
    #[schemars(range(min = 0.1, max = 1000.0))]
    pub deviations: f64,
    /// Shorter bursts are dropped, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for EnergyThreshold {
    fn default() -> Self {
        let [low_hz, high_hz, cutoff_hz] = [30.0, 300.0, 50.0];
        Self {
            low_hz,
            high_hz,
            cutoff_hz,
            deviations: 7.0,
            shortest_burst_s: 0.025,
            shortest_gap_s: 0.03,
        }
    }
}

impl Detect for EnergyThreshold {
    fn name(&self) -> &'static str {
        "energy-threshold"
    }

    fn check_together(&self) -> Result<()> {
        if self.high_hz >= self.low_hz + 1.0 {
            return Ok(());
        }
        let said = format!("must be at least 1 Hz above low_hz = {}", self.low_hz);
        let hint = format!("high_hz = {} works", self.low_hz + 270.0);
        Err(Error::about(ErrorKind::Plan, "high_hz", self.high_hz, said).with_hint(hint))
    }

    /// All bursts of a stretch, in samples from its beginning; none where it is too short
    /// or its rest is no rest (see [`level`]), and at rates too low for the band.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl EnergyThreshold {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let (rate, quiet) = (stretch.rate, stretch.quiet);
        variance_at_rest(stretch.samples, quiet)?;
        let edges = [self.low_hz, within(rate, self.high_hz)];
        let energy =
            smoothed_energy(stretch.samples, edges, within(rate, self.cutoff_hz), rate)?;
        let threshold = level(&energy, quiet, self.deviations)?;
        Some(long_above(
            &energy,
            threshold,
            rate,
            (self.shortest_burst_s, self.shortest_gap_s),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_has_a_width() {
        assert!(EnergyThreshold::default().check_together().is_ok());
        let error = EnergyThreshold { high_hz: 20.0, ..EnergyThreshold::default() }
            .check_together()
            .unwrap_err();
        assert_eq!(error.key(), Some("high_hz"));
    }
}
