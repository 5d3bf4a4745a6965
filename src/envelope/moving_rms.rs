//! The root mean square of a moving window.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::window::MovingWindow;
use super::{EnvelopeKind, Smoother};
use crate::dsp::moving;
use crate::error::Result;
use crate::settings;
use crate::units::Hertz;

/// Settings of the moving root mean square.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MovingRms {
    /// The centred window in seconds: 0.05 for timing, 0.1 to 0.25 for level. It holds
    /// the odd number of samples `2⌊T·rate/2⌋ + 1` and shrinks at the ends of a stretch.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 60.0, "unit" = "s"))]
    pub window_s: f64,
}

impl Default for MovingRms {
    fn default() -> Self {
        Self { window_s: 0.1 }
    }
}

impl EnvelopeKind for MovingRms {
    fn name(&self) -> &'static str {
        "moving-rms"
    }

    fn in_short(&self) -> String {
        format!("the root mean square of a moving window of {} s", self.window_s)
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>> {
        settings::check(self)?;
        Ok(Box::new(RootMeanSquare(MovingWindow::new(self.window_s, rate))))
    }
}

#[derive(Debug)]
struct RootMeanSquare(MovingWindow);

impl Smoother for RootMeanSquare {
    fn describe(&self) -> String {
        format!("the root mean square of {}", self.0.describe())
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        moving::root_mean_square(clean, self.0.samples())
    }

    fn edge_samples(&self) -> usize {
        self.0.edge_samples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_samples_count_by_their_squares() {
        let rate = Hertz::new(100.0).unwrap();
        let smoother = MovingRms { window_s: 0.03 }.design(rate).unwrap();
        assert_eq!(smoother.edge_samples(), 1);
        let found = smoother.smooth(&[3.0, -4.0, 5.0, 0.0]);
        assert!((found[1] - (50.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((found[0] - 12.5_f64.sqrt()).abs() < 1e-12);
    }
}
