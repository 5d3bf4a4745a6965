//! The Hilbert envelope: the magnitude of the analytic signal, low-passed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kernel::filtered;
use super::smoothing::{Smoothing, SmoothingFilter, low_passed};
use super::{Cutoff, EnvelopeKind, LinearEnvelope, Smoother};
use crate::dsp::design::HIGHEST_ORDER;
use crate::dsp::fourier::Fourier;
use crate::error::Result;
use crate::units::Hertz;

/// Settings of the Hilbert envelope. The transform takes a stretch as one period, so its
/// ends meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hilbert {
    /// The cut-off of the smoothing in hertz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// The design order of one pass.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// Whether the −3 dB point of both passes or of one pass is at the cut-off.
    pub cutoff: Cutoff,
}

impl Default for Hilbert {
    fn default() -> Self {
        let LinearEnvelope { cutoff_hz, order, cutoff } = LinearEnvelope::default();
        Self { cutoff_hz, order, cutoff }
    }
}

impl EnvelopeKind for Hilbert {
    fn name(&self) -> &'static str {
        "hilbert"
    }

    fn in_short(&self) -> String {
        let Self { cutoff_hz, order, .. } = self;
        format!(
            "the magnitude of the analytic signal, {}",
            low_passed(*cutoff_hz, *order)
        )
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>> {
        let Self { cutoff_hz, order, cutoff } = *self;
        let smoothing = Smoothing { cutoff_hz, order, cutoff };
        Ok(Box::new(AnalyticMagnitude(smoothing.design(rate)?)))
    }
}

#[derive(Debug)]
struct AnalyticMagnitude(SmoothingFilter);

impl Smoother for AnalyticMagnitude {
    fn describe(&self) -> String {
        let smoothing = self.0.describe();
        format!("the magnitude of the analytic signal, smoothed by {smoothing}")
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        // One transform over the stretch: windows would break the phase where they meet.
        filtered(self.0.filter(), Fourier::new().analytic_magnitude(clean))
    }

    fn edge_samples(&self) -> usize {
        self.0.edge_samples()
    }

    fn shortest(&self) -> usize {
        self.0.filter().shortest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_has_its_amplitude() {
        let rate = Hertz::new(1000.0).unwrap();
        let smoother = Hilbert::default().design(rate).unwrap();
        let wave = |n: usize| 2.5 * (0.1 * std::f64::consts::PI * n as f64).sin();
        let sine: Vec<f64> = (0..2000).map(wave).collect();
        let found = smoother.smooth(&sine);
        assert!(found.iter().all(|level| (level - 2.5).abs() < 1e-9));
    }
}
