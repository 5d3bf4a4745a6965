//! Band-pass: keeps the band of surface EMG.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::butterworth::Butterworth;
use super::phase::Phase;
use super::phrases::{HIGHEST_SHARE, in_short, number};
use super::{Conditioner, Kernel};
use crate::dsp::design::{Band, Cutoff, HIGHEST_ORDER};
use crate::dsp::zero_phase::Edge;
use crate::error::Result;
use crate::units::Hertz;

/// The standard upper edge in hertz, where the sampling rate allows it.
const STANDARD_HIGH_HZ: f64 = 450.0;

/// Settings of the Butterworth band-pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BandPass {
    /// The lower edge in hertz. SENIAM and ISEK advise 10 to 20 Hz.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub low_hz: f64,
    /// The upper edge in hertz, below half the sampling rate. Left out, it is the
    /// standard: the lower of 450 Hz and 0.45 of the sampling rate.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub high_hz: Option<f64>,
    /// The order of one pass, as in SciPy's `butter`; the filter has twice as
    /// many poles.
    #[schemars(range(min = 1, max = HIGHEST_ORDER))]
    pub order: usize,
    /// In which directions of time the filter runs.
    pub phase: Phase,
    /// After how many passes the gain at the edges is −3 dB.
    pub cutoff: Cutoff,
    /// How the ends are continued when the phase is zero.
    pub edge: Edge,
}

impl Default for BandPass {
    fn default() -> Self {
        Self {
            low_hz: 20.0,
            high_hz: None,
            order: 4,
            phase: Phase::default(),
            cutoff: Cutoff::default(),
            edge: Edge::default(),
        }
    }
}

impl Conditioner for BandPass {
    fn name(&self) -> &'static str {
        "band-pass"
    }

    fn in_short(&self) -> String {
        let Self { low_hz, high_hz, order, phase, .. } = self;
        let (low, filter) = (number(*low_hz), in_short(*phase, *order));
        let high = number(high_hz.unwrap_or(STANDARD_HIGH_HZ));
        let at_most = match high_hz {
            None => format!(", at most {HIGHEST_SHARE} of the sampling rate"),
            Some(_) => String::new(),
        };
        format!("band-passed from {low} to {high} Hz ({filter}{at_most})")
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>> {
        let Self { low_hz, high_hz, order, phase, cutoff, edge } = *self;
        let band =
            Band::BandPass(low_hz, high_hz.unwrap_or_else(|| standard_high_hz(rate)));
        let asked = Butterworth {
            step: self.name(),
            keys: &["low_hz", "high_hz"],
            band,
            order,
            phase,
            cutoff,
            edge,
        };
        let filter = match high_hz {
            Some(_) => asked.design(rate)?,
            None => self.standard(&asked, rate)?,
        };
        Ok(Box::new(filter))
    }
}

impl BandPass {
    /// The filter with the standard upper edge, which its description and a refusal
    /// explain.
    fn standard(&self, asked: &Butterworth, rate: Hertz) -> Result<super::Filter> {
        let high = standard_high_hz(rate);
        let rule =
            format!("the lower of 450 Hz and {HIGHEST_SHARE} of the sampling rate");
        match asked.design(rate) {
            // The reader wrote no upper edge, so both tell where it comes from.
            Ok(filter) => {
                Ok(filter.remarked(&format!("; upper edge by the standard: {rule}")))
            }
            Err(error) if (high..rate.nyquist()).contains(&self.low_hz) => Err(error
                .with_hint(format!(
                    "high_hz was not given and is {rule}, {} Hz at {rate}",
                    number(high)
                ))),
            Err(error) => Err(error),
        }
    }
}

/// The lower of 450 Hz and 0.45 of the sampling rate.
fn standard_high_hz(rate: Hertz) -> f64 {
    STANDARD_HIGH_HZ.min(HIGHEST_SHARE * rate.hz())
}
