//! How samples are distributed within moments that are too short for an offset to move.

use crate::dsp::correlation::Products;
use crate::dsp::stats::{median, quantiles};
use crate::dsp::sums::sum_of;
use crate::signal::Trace;

/// How the samples of `raw` are distributed within tenths of a second, in which an offset
/// that drifts hardly moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalDistribution {
    /// How far the 5th percentile lies below the median, over how far the 95th lies above
    /// it; the median of the third of the tenths that varies most. About 1 for raw EMG
    /// whatever its offset does, 0.48 for rectified Gaussian noise.
    pub lean: f64,
    /// The correlation of how high a tenth lies with how fast its samples bend, both as
    /// logarithms: towards 1 for an envelope, whose ripple is a share of its height;
    /// `None` where not all tenths lie above 0.
    pub ripple: Option<f64>,
}

/// How long a tenth is, in seconds, and how many are looked at, at most.
const TENTH_S: f64 = 0.1;
const MOST: usize = 200;
/// The fewest samples of a tenth, and the fewest tenths.
const FEWEST_SAMPLES: usize = 15;
const FEWEST: usize = 4;

impl LocalDistribution {
    /// The distribution of `raw`; `None` where fewer than four tenths of a second (of 15
    /// samples at least) are there without a gap and vary.
    pub(super) fn measure(trace: &Trace) -> Option<Self> {
        let length = trace.rate.samples(TENTH_S).max(FEWEST_SAMPLES);
        let every = (trace.raw.len() / length).div_ceil(MOST).max(1);
        let tenths = trace.raw.chunks_exact(length).step_by(every);
        let mut tenths: Vec<Tenth> = tenths.filter_map(Tenth::measure).collect();
        tenths.sort_by(|one, other| other.spread.total_cmp(&one.spread));
        let active = &tenths[..tenths.len().div_ceil(3)];
        let leans: Vec<f64> = active.iter().map(|tenth| tenth.lean).collect();
        let lean = median(&leans).filter(|_| tenths.len() >= FEWEST)?;
        Some(Self { lean, ripple: ripple(&tenths) })
    }
}

/// A tenth of a second.
struct Tenth {
    mean: f64,
    /// From the 5th to the 95th percentile.
    spread: f64,
    lean: f64,
    /// The mean magnitude of the second differences of the samples.
    bend: f64,
}

impl Tenth {
    fn measure(samples: &[f64]) -> Option<Self> {
        let mean = sum_of(samples, |sample| sample) / samples.len() as f64;
        let [low, middle, high] =
            quantiles(samples, [0.05, 0.5, 0.95]).filter(|_| !mean.is_nan())?;
        let bends = samples.windows(3).map(|at| (at[2] - 2.0 * at[1] + at[0]).abs());
        let (spread, lean) = (high - low, (middle - low) / (high - middle));
        let bend = bends.sum::<f64>() / (samples.len() - 2) as f64;
        (spread > 0.0 && lean.is_finite()).then_some(Self { mean, spread, lean, bend })
    }
}

fn ripple(tenths: &[Tenth]) -> Option<f64> {
    let positive = tenths.iter().all(|tenth| tenth.mean > 0.0);
    let logarithms = |of: fn(&Tenth) -> f64| -> Vec<f64> {
        let bent = tenths.iter().filter(|tenth| tenth.bend > 0.0);
        bent.map(|tenth| libm::log(of(tenth))).collect()
    };
    let (heights, bends) =
        (logarithms(|tenth| tenth.mean), logarithms(|tenth| tenth.bend));
    positive.then(|| Products::sum(&heights, &bends).correlation())?
}
