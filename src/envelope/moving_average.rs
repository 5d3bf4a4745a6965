//! The mean rectified value of a moving window.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kernel::rectified;
use super::window::MovingWindow;
use super::{EnvelopeKind, Smoother};
use crate::dsp::moving;
use crate::error::Result;
use crate::memory;
use crate::settings;
use crate::units::Hertz;

/// Settings of the moving average.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MovingAverage {
    /// The centred window in seconds: 0.05 for timing, 0.1 to 0.25 for level. It holds
    /// the odd number of samples `2⌊T·rate/2⌋ + 1` and shrinks at the ends of a stretch.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 60.0, "unit" = "s"))]
    pub window_s: f64,
}

impl Default for MovingAverage {
    fn default() -> Self {
        Self { window_s: 0.1 }
    }
}

impl EnvelopeKind for MovingAverage {
    fn name(&self) -> &'static str {
        "moving-average"
    }

    fn in_short(&self) -> String {
        format!("the mean rectified value of a moving window of {} s", self.window_s)
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>> {
        settings::check(self)?;
        Ok(Box::new(RectifiedMean(MovingWindow::new(self.window_s, rate))))
    }
}

#[derive(Debug)]
struct RectifiedMean(MovingWindow);

impl Smoother for RectifiedMean {
    fn describe(&self) -> String {
        format!("the mean rectified value of {}", self.0.describe())
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        moving::mean(&rectified(memory::copy(clean)), self.0.samples())
    }

    fn edge_samples(&self) -> usize {
        self.0.edge_samples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_count_whatever_their_sign() {
        let rate = Hertz::new(100.0).unwrap();
        let smoother = MovingAverage { window_s: 0.03 }.design(rate).unwrap();
        assert_eq!(smoother.edge_samples(), 1);
        let found = smoother.smooth(&[3.0, -4.0, 5.0, 0.0]);
        assert!((found[1] - 4.0).abs() < 1e-12 && (found[3] - 2.5).abs() < 1e-12);
    }
}
