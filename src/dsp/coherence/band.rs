//! The coherence of a band of frequencies.

use super::{
    CoherenceSpectrum, Z_95, confidence_limit, neighbours, transformed, untransformed,
};
use crate::dsp::interval::Estimate;
use crate::dsp::stats::mean;

/// The coherence of a band: the mean of its transformed values, which are nearly normal,
/// and what it says of the coherence behind them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandCoherence {
    /// How many bins it rests on.
    pub bins: usize,
    /// The mean of `arctanh √C`, as studies give it.
    pub z: f64,
    /// The coherence with that `z`, `tanh² z`; without any relation about 0.8/L of L
    /// segments.
    pub coherence: f64,
    /// The mean that independent channels exceed in 5 of 100 bands.
    pub limit: f64,
    /// The coherence without the bias of `z`, and its 95 % interval. Its lower end is 0
    /// where the band is within what independent channels show.
    ///
    /// `z` is the length of a vector with errors of the variance `1/(2(L − 1))` along and
    /// across, so that its mean is that of Rice (1945), and `(tanh z + coth z − 1/z)/(4(L
    /// − 1))` more for the curve of the transform: together about `1/(2(L − 1))` too high
    /// where the coherence is high (Enochson & Goodman 1965), `√(π/(4(L − 1)))` where
    /// there is none. Neighbouring bins of a window are correlated, the more the higher
    /// the coherence: as many bins of Hann are worth 1.9 times fewer then, 1.4 times
    /// fewer without coherence. The coherence is taken for the same in the whole band;
    /// where it is concentrated in few of many bins, the estimate lies between that of
    /// these bins and the mean.
    pub corrected: Estimate,
}

impl BandCoherence {
    /// Of the bins between two frequencies in hertz, both included; those where a channel
    /// has no power are left out. `None` without any bin.
    pub fn measure(
        coherence: &CoherenceSpectrum,
        low_hz: f64,
        high_hz: f64,
    ) -> Option<Self> {
        let there =
            coherence.band_values(low_hz, high_hz).iter().filter(|value| !value.is_nan());
        let transforms: Vec<f64> = there.map(|&value| transformed(value)).collect();
        let (bins, z) = (transforms.len(), mean(&transforms)?);
        let expected = ExpectedBand::new(bins, coherence)?;

        Some(Self {
            bins,
            z,
            coherence: untransformed(z),
            limit: untransformed(expected.limit()),
            corrected: expected.behind(z),
        })
    }

    /// Whether independent channels would show as much in fewer than 5 of 100 bands.
    pub fn exceeds_limit(&self) -> bool {
        self.coherence > self.limit
    }
}

/// What the mean of the transformed values of a band is expected to be.
struct ExpectedBand {
    bins: usize,
    segments: f64,
    /// One over twice the variance of an error along or across.
    precision: f64,
    /// The squared correlations of neighbouring bins.
    neighbours: [f64; 2],
}

impl ExpectedBand {
    fn new(bins: usize, coherence: &CoherenceSpectrum) -> Option<Self> {
        let precision = coherence.segments - 1.0;
        let neighbours = neighbours::squared(coherence.grid.window);
        (precision > 0.0).then_some(Self {
            bins,
            segments: coherence.segments,
            precision,
            neighbours,
        })
    }

    /// The mean, and the standard error of the mean of the band, for a transformed
    /// coherence.
    fn moments(&self, z: f64) -> (f64, f64) {
        let x = z * z * self.precision;
        let scale = (1.0 / self.precision).sqrt();
        let length = rice_mean(x);
        let variance = (1.0 + x - length * length).max(0.0);

        // The covariance of two lengths whose errors correlate by r is (r² + 2rx)/(1 +
        // 2x) of their variance.
        let correlations =
            self.neighbours.map(|r| (r * r + 2.0 * r * x) / (1.0 + 2.0 * x));
        let error = scale
            * (variance * neighbours::inflation(self.bins, correlations)
                / self.bins as f64)
                .sqrt();
        (scale * length + curve(z) / (4.0 * self.precision), error)
    }

    /// The mean that independent channels exceed with a probability of 5 %, by the first
    /// two terms of Cornish & Fisher (1938) with the skewness of Rayleigh's distribution;
    /// of a single bin the exact limit.
    fn limit(&self) -> f64 {
        const SKEWNESS: f64 = 0.631_110_657_818_937;
        const Z: f64 = 1.644_853_626_951_472_7;
        if self.bins == 1 {
            return confidence_limit(self.segments, 0.05).map_or(f64::NAN, transformed);
        }
        let (mean, error) = self.moments(0.0);
        let alone = (1.0 - std::f64::consts::FRAC_PI_4) / self.precision;
        let skewness = SKEWNESS * error / alone.sqrt();
        mean + error * (Z + (Z * Z - 1.0) / 6.0 * skewness)
    }

    /// The coherences for which a mean is expected, and for which it is just within 95 %.
    fn behind(&self, mean: f64) -> Estimate {
        if mean == f64::INFINITY {
            return Estimate { value: 1.0, interval: (1.0, 1.0) };
        }

        let solved = |mean: f64, errors: f64| {
            let at = |z: f64| {
                let (expected, error) = self.moments(z);
                expected + errors * error
            };
            untransformed(crossing(at, mean))
        };

        // A mean below that of no coherence says no more than that one.
        let most = mean.max(self.moments(0.0).0);
        Estimate {
            value: solved(mean, 0.0),
            interval: (solved(mean, Z_95), solved(most, -Z_95)),
        }
    }
}

/// How much more the curve of the transform adds to its mean, over `1/(4(L − 1))`: `tanh
/// z` along, and across `coth z − 1/z`, by which an error across lengthens a coherency
/// more than a vector of the length z.
fn curve(z: f64) -> f64 {
    let tanh = libm::tanh(z);
    // Near 0 the difference loses its digits, and the next term of its series is below
    // 1e-5 of it.
    tanh + if z < 0.01 { z / 3.0 } else { 1.0 / tanh - 1.0 / z }
}

/// Where a function that rises from 0 on, and is never far below its argument, reaches a
/// value; 0 where it begins above.
fn crossing(function: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, value + 1.0);
    while function(high) < value {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if function(middle) < value { low = middle } else { high = middle }
    }
    if low == 0.0 { 0.0 } else { low }
}

/// The mean length of a vector of the length `√x` with errors of the variance ½ along and
/// across (Rice 1945): `√π/2 · ₁F₁(−½; 1; −x)`.
fn rice_mean(x: f64) -> f64 {
    if x > 40.0 {
        // The first term left out is below 1e-7 of it.
        return x.sqrt()
            * (1.0 + 1.0 / (4.0 * x) + 1.0 / (32.0 * x * x) + 3.0 / (128.0 * x * x * x));
    }

    // By Kummer's e^(−x) ₁F₁(3/2; 1; x), of which all terms are positive.
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while term > 1e-17 * sum {
        term *= (1.5 + k) * x / ((1.0 + k) * (1.0 + k));
        sum += term;
        k += 1.0;
    }

    0.5 * std::f64::consts::PI.sqrt() * libm::exp(-x) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_length_is_that_of_rice() {
        // scipy.stats.rice.mean(sqrt(2 x), scale=sqrt(1/2)), SciPy 1.17.1.
        for (x, theirs) in RICE {
            assert!(
                (rice_mean(x) - theirs).abs() < 2e-7 * theirs,
                "{x}: {} {theirs}",
                rice_mean(x)
            );
        }
        assert!((rice_mean(40.0) - rice_mean(40.0_f64.next_up())).abs() < 1e-6);
    }

    const RICE: [(f64, f64); 9] = [
        (0.0, 0.8862269254527582),
        (0.01, 0.8906525303788638),
        (0.3, 1.0144139783950945),
        (1.0, 1.2819195765608569),
        (4.0, 2.130151672288584),
        (12.5, 3.607000933389699),
        (39.0, 6.285160917796553),
        (45.0, 6.745577042592466),
        (200.0, 14.159824383563828),
    ];
}
