//! Limits and intervals of a coherence from the number of its segments.

use super::Z_95;
use crate::dsp::spectrum::Window;
use crate::dsp::sums::dot;

/// The coherence that independent channels exceed with the probability `alpha`: `1 −
/// α^(1/(L−1))` for `L` disjoint segments (Rosenberg et al. 1989), whatever their window.
/// `None` unless `L > 1` and `alpha` lies in (0, 1).
///
/// ```
/// use soleus::dsp::coherence::confidence_limit;
///
/// assert!((confidence_limit(58.0, 0.05).unwrap() - 0.051_199_483_677_039).abs() < 1e-12);
/// assert_eq!(confidence_limit(1.0, 0.05), None);
/// ```
pub fn confidence_limit(segments: f64, alpha: f64) -> Option<f64> {
    let possible = segments > 1.0 && alpha > 0.0 && alpha < 1.0;
    possible.then(|| -libm::expm1(libm::log(alpha) / (segments - 1.0)))
}

/// The coherence that independent channels exceed at any of so many frequencies with the
/// probability `alpha`: `1 − (1 − (1 − α)^(1/m))^(1/(L−1))`. For the frequencies of a window
/// whose neighbours have something in common it is exceeded a little less often. `None`
/// for no frequency and as for [`confidence_limit`].
///
/// ```
/// use soleus::dsp::coherence::{confidence_limit, largest_limit};
///
/// assert_eq!(largest_limit(60.0, 1, 0.05), confidence_limit(60.0, 0.05));
/// assert!((largest_limit(60.0, 53, 0.05).unwrap() - 0.111_103_6).abs() < 1e-3);
/// assert_eq!(largest_limit(60.0, 0, 0.05), None);
/// ```
pub fn largest_limit(segments: f64, frequencies: usize, alpha: f64) -> Option<f64> {
    let each = match frequencies {
        1 => alpha,
        many => -libm::expm1(libm::log1p(-alpha) / many as f64),
    };
    confidence_limit(segments, each).filter(|_| frequencies > 0)
}

/// Fisher's transform of a coherence, `arctanh √C`: nearly normal with the variance
/// 1/(2L) where there is coherence. ∞ for 1, `NaN` outside of 0 … 1.
pub fn transformed(coherence: f64) -> f64 {
    libm::atanh(coherence.sqrt())
}

/// The coherence of a transformed one, `tanh² z`; that of 0 for a `z` below 0.
pub fn untransformed(z: f64) -> f64 {
    // Spelled out so that `NaN` stays what it is.
    let root = if z < 0.0 { 0.0 } else { libm::tanh(z) };
    root * root
}

/// The 95 % interval of a coherence of `L` disjoint segments: `tanh²(z ± 1.96/√(2L))`
/// (Halliday et al. 1995), with 0 as its lower end where that is below 0. It holds where
/// the coherence exceeds its limit; below, the estimate is that of chance and its
/// interval is too high. `None` for no segments or no coherence.
pub fn interval(coherence: f64, segments: f64) -> Option<(f64, f64)> {
    let z = transformed(coherence);
    let half = Z_95 / (2.0 * segments).sqrt();
    let possible = segments > 0.0 && !z.is_nan();
    possible.then(|| (untransformed(z - half), untransformed(z + half)))
}

/// How many independent segments give estimates as steady as `count` segments that
/// overlap: `K / (1 + 2 Σ (1 − m/K) ρ(m)²)`, where `ρ(m)` is the correlation of the
/// weights with themselves `m` segments on (Welch 1967). 0 for no segments; an overlap of
/// the whole length counts as one sample less.
///
/// ```
/// use soleus::dsp::{coherence::effective_segments, spectrum::Window};
///
/// assert_eq!(effective_segments(116, 1024, 0, Window::Hann), 116.0);
/// let segments = effective_segments(116, 1024, 512, Window::Hann);
/// assert!((segments - 109.944_620_971_402_64).abs() < 1e-9);
/// ```
pub fn effective_segments(
    count: usize,
    length: usize,
    overlap: usize,
    window: Window,
) -> f64 {
    let weights = window.weights(length);
    let step = length.saturating_sub(overlap).max(1);
    let energy = dot(&weights, &weights);
    let term = |(m, shift): (usize, usize)| {
        let rho = dot(&weights[..length - shift], &weights[shift..]) / energy;
        (1.0 - m as f64 / count as f64) * rho * rho
    };
    let shifts =
        (step..length).step_by(step).enumerate().map(|(i, shift)| (i + 1, shift));
    count as f64
        / (1.0 + 2.0 * shifts.take_while(|&(m, _)| m < count).map(term).sum::<f64>())
}
