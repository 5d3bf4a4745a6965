//! The linear envelope: rectified and low-passed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kernel::{filtered, rectified};
use super::smoothing::{Smoothing, SmoothingFilter, low_passed};
use super::{Cutoff, EnvelopeKind, Smoother};
use crate::dsp::design::HIGHEST_ORDER;
use crate::dsp::zero_phase::ZeroPhase;
use crate::error::Result;
use crate::memory;
use crate::units::Hertz;

/// Settings of the linear envelope: a Butterworth low-pass, forward and backward, over
/// the rectified signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinearEnvelope {
    /// The cut-off in hertz: 3 for slow heel raises, 6 for gait, 10 for fast movements.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub cutoff_hz: f64,
    /// The design order of one pass.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// Whether the −3 dB point of both passes or of one pass is at the cut-off.
    pub cutoff: Cutoff,
}

impl Default for LinearEnvelope {
    fn default() -> Self {
        Self { cutoff_hz: 6.0, order: 2, cutoff: Cutoff::Effective }
    }
}

impl EnvelopeKind for LinearEnvelope {
    fn name(&self) -> &'static str {
        "low-pass"
    }

    fn in_short(&self) -> String {
        let Self { cutoff_hz, order, .. } = self;
        format!("the rectified signal, {}", low_passed(*cutoff_hz, *order))
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>> {
        let Self { cutoff_hz, order, cutoff } = *self;
        let smoothing = Smoothing { cutoff_hz, order, cutoff };
        Ok(Box::new(RectifiedLowPass(smoothing.design(rate)?)))
    }
}

#[derive(Debug)]
struct RectifiedLowPass(SmoothingFilter);

impl Smoother for RectifiedLowPass {
    fn describe(&self) -> String {
        format!("full-wave rectified and smoothed by {}", self.0.describe())
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        filtered(self.0.filter(), rectified(memory::copy(clean)))
    }

    fn edge_samples(&self) -> usize {
        self.0.edge_samples()
    }

    fn shortest(&self) -> usize {
        self.0.filter().shortest()
    }

    fn low_pass(&self) -> Option<&ZeroPhase> {
        Some(self.0.filter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;
    use crate::envelope::EnvelopeKernel;

    fn designed() -> Box<dyn Smoother> {
        LinearEnvelope::default().design(Hertz::new(1000.0).unwrap()).unwrap()
    }

    #[test]
    fn undershoot_is_cut_and_counted() {
        let mut burst = vec![0.0; 4000];
        burst[2000..2400].fill(1.0);
        let found = EnvelopeKernel::new(designed()).run(&burst);
        assert!(found.samples.iter().all(|sample| *sample >= 0.0));
        let share = found.negative_share;
        assert!(share > 0.01 && share < 0.5, "{share}");
        assert_eq!(found.edge_samples, 167);
    }

    #[test]
    fn signals_filtered_together_have_the_bits_of_a_stretch() {
        let clean = normals(5, 3000);
        let mut stretch = designed().smooth(&clean);
        stretch.iter_mut().filter(|value| **value < 0.0).for_each(|value| *value = 0.0);
        assert_eq!(EnvelopeKernel::new(designed()).run(&clean).samples, stretch);
    }
}
