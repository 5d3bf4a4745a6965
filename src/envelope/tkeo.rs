//! The Teager–Kaiser envelope: the root of the low-passed energy of a band.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kernel::{filtered, rectified};
use super::smoothing::{Smoothing, SmoothingFilter, low_passed};
use super::{Cutoff, EnvelopeKind, LinearEnvelope, Smoother};
use crate::dsp::design::{Band, DesignError, HIGHEST_ORDER, butterworth};
use crate::dsp::tkeo;
use crate::dsp::zero_phase::{Edge, ZeroPhase};
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::units::Hertz;

/// The order of one pass of the band-pass before the energy.
const BAND_ORDER: usize = 2;
/// An energy is made of three samples.
const ENERGY_SAMPLES: usize = 3;

/// Settings of the Teager–Kaiser envelope (Kaiser 1990): band-pass, energy, rectified,
/// low-passed, root. Its level depends on the spectrum and on the sampling rate, so it
/// tells when, not how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tkeo {
    /// The lower edge of the second-order band-pass before the energy, in hertz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub low_hz: f64,
    /// The upper edge of the band-pass, in hertz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub high_hz: f64,
    /// The cut-off of the smoothing in hertz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// The design order of one pass of the smoothing.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// Whether the −3 dB points of both passes or of one pass are at the edges and the
    /// cut-off.
    pub cutoff: Cutoff,
}

impl Default for Tkeo {
    fn default() -> Self {
        let LinearEnvelope { cutoff_hz, order, cutoff } = LinearEnvelope::default();
        Self { low_hz: 30.0, high_hz: 300.0, cutoff_hz, order, cutoff }
    }
}

impl EnvelopeKind for Tkeo {
    fn name(&self) -> &'static str {
        "tkeo"
    }

    fn in_short(&self) -> String {
        let Self { cutoff_hz, order, .. } = self;
        format!(
            "the root of the rectified Teager–Kaiser energy, {}",
            low_passed(*cutoff_hz, *order)
        )
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>> {
        let Self { cutoff_hz, order, cutoff, .. } = *self;
        let smoothing = Smoothing { cutoff_hz, order, cutoff };
        Ok(Box::new(RootEnergy {
            edges_hz: (self.low_hz, self.high_hz),
            rate,
            band: self.band(rate)?,
            smoothing: smoothing.design(rate)?,
        }))
    }
}

impl Tkeo {
    fn band(&self, rate: Hertz) -> Result<ZeroPhase> {
        let asked = Band::BandPass(self.low_hz, self.high_hz);
        let band = self.cutoff.band(BAND_ORDER, asked, rate.hz(), 2);
        let sos = butterworth(BAND_ORDER, band, rate.hz())
            .map_err(|reason| self.refusal(&reason, rate))?;
        Ok(ZeroPhase::new(sos, Edge::Odd))
    }

    fn refusal(&self, reason: &DesignError, rate: Hertz) -> Error {
        let works = 300.0_f64.min((0.45 * rate.hz()).floor());
        let said = format!("with low_hz = {}: {reason}", self.low_hz);
        Error::about(ErrorKind::Plan, "high_hz", self.high_hz, said)
            .with_hint(format!("low_hz = 30 and high_hz = {works} work"))
    }
}

#[derive(Debug)]
struct RootEnergy {
    edges_hz: (f64, f64),
    rate: Hertz,
    band: ZeroPhase,
    smoothing: SmoothingFilter,
}

impl Smoother for RootEnergy {
    fn describe(&self) -> String {
        let (low_hz, high_hz) = self.edges_hz;
        format!(
            "the root of the rectified Teager–Kaiser energy of the {low_hz}–{high_hz} Hz \
             band at {}, smoothed by {}",
            self.rate,
            self.smoothing.describe()
        )
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        // The energy of a sum of waves has cross terms, which are negative at times.
        let energy = tkeo::energy(&filtered(&self.band, memory::copy(clean)));
        filtered(self.smoothing.filter(), rectified(energy))
    }

    fn edge_samples(&self) -> usize {
        self.smoothing.edge_samples()
    }

    fn shortest(&self) -> usize {
        let filters = self.band.shortest().max(self.smoothing.filter().shortest());
        filters.max(ENERGY_SAMPLES)
    }

    fn level(&self, smoothed: f64) -> f64 {
        smoothed.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::EnvelopeKernel;

    #[test]
    fn twice_the_amplitude_is_twice_the_level() {
        let rate = Hertz::new(1000.0).unwrap();
        let kernel = EnvelopeKernel::new(Tkeo::default().design(rate).unwrap());
        let wave = |n: usize| (0.2 * std::f64::consts::PI * n as f64).sin();
        let quiet: Vec<f64> = (0..2000).map(wave).collect();
        let loud: Vec<f64> = quiet.iter().map(|sample| 2.0 * sample).collect();
        let (quiet, loud) = (kernel.run(&quiet).samples, kernel.run(&loud).samples);
        assert!(quiet[1000] > 0.1);
        assert!(quiet.iter().zip(&loud).all(|(one, two)| 2.0 * one == *two));
    }
}
