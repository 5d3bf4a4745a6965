//! Two curves of one cycle compared point by point: how alike their shapes are, and how
//! far apart in the cycle.
//!
//! Curves have one point more than a cycle has: the last one is the first of the next
//! cycle. What goes round the cycle leaves it out.

use super::stats::{extremes, mean};
use super::sums::dot;

/// The lag at which two curves of a cycle agree best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircularLag {
    /// The correlation without moving them.
    pub at_zero: f64,
    /// The lag in points, positive when the second curve is later; from −⌊n/2⌋ to ⌊n/2⌋
    /// of n points.
    pub lag: isize,
    /// The correlation there.
    pub correlation: f64,
}

/// The circular cross-correlation of two curves: the second one is moved round the cycle,
/// so that every lag compares all points. Of lags with equal correlations the most
/// negative one is given, as NumPy's `argmax` does.
///
/// `None` for fewer than three points, different lengths, values that are not finite, or
/// a curve that does not vary.
pub fn circular_lag(a: &[f64], b: &[f64]) -> Option<CircularLag> {
    let (a, b) = (cycle(a)?, cycle(b)?);
    let n = a.len();
    if n != b.len() || n < 2 {
        return None;
    }

    let (a, b) = (centred(a)?, centred(b)?);
    let scale = (dot(&a, &a) * dot(&b, &b)).sqrt();
    let twice = [&b[..], &b[..]].concat();
    let at =
        |lag: isize| dot(&a, &twice[lag.rem_euclid(n as isize) as usize..][..n]) / scale;
    let half = (n / 2) as isize;

    let mut best = (-half, at(-half));
    for lag in 1 - half..=half {
        let correlation = at(lag);
        if correlation > best.1 {
            best = (lag, correlation);
        }
    }

    let bounded = |correlation: f64| correlation.clamp(-1.0, 1.0);
    Some(CircularLag {
        at_zero: bounded(at(0)),
        lag: best.0,
        correlation: bounded(best.1),
    })
}

/// A curve without its last point, which begins the next cycle.
fn cycle(curve: &[f64]) -> Option<&[f64]> {
    let (_, cycle) = curve.split_last()?;
    curve.iter().all(|value| value.is_finite()).then_some(cycle)
}

fn centred(curve: &[f64]) -> Option<Vec<f64>> {
    let middle = mean(curve)?;
    let centred: Vec<f64> = curve.iter().map(|value| value - middle).collect();
    // Below this share of the energy the variance is nothing but rounding.
    (dot(&centred, &centred) > 1e-24 * dot(curve, curve)).then_some(centred)
}

/// The root of the mean squared difference, in the unit of the curves; `None` without
/// points or for different lengths.
pub fn root_mean_squared_difference(a: &[f64], b: &[f64]) -> Option<f64> {
    let squares: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).collect();
    mean(&squares).filter(|_| a.len() == b.len()).map(f64::sqrt)
}

/// The mean magnitude of the difference over half the mean of the sum; `None` where that
/// mean is not above 0.
pub fn relative_difference(a: &[f64], b: &[f64]) -> Option<f64> {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - b).abs()).collect();
    let sums: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + b).collect();
    let (difference, sum) = mean(&differences).zip(mean(&sums))?;
    (a.len() == b.len() && sum > 0.0).then(|| difference / (sum / 2.0))
}

/// Trend symmetry (Crenshaw & Richards 2006): `100·(1 − λmin/λmax)` of the second moments
/// of both curves about their means, in per cent. 100 when one curve is the other times a
/// number, whatever that is; 0 for curves that share nothing.
///
/// `None` for fewer than two points, different lengths, or a curve that does not vary.
pub fn trend_symmetry(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let (a, b) = (centred(a)?, centred(b)?);
    let (aa, bb, ab) = (dot(&a, &a), dot(&b, &b), dot(&a, &b));
    let (middle, half) = ((aa + bb) / 2.0, (aa - bb) / 2.0);
    let largest = middle + (half * half + ab * ab).sqrt();
    // The product of both is the determinant; their difference would lose the digits of
    // the smaller one.
    let smallest = (aa * bb - ab * ab).max(0.0) / largest;
    Some(100.0 * (1.0 - smallest / largest)).filter(|symmetry| symmetry.is_finite())
}

/// The normalised symmetry index (Gouwanda & Senanayake 2011), point by point: both
/// curves are brought to 1 … 2 over the range that they have together, then `100·(a −
/// b)/(½(a + b))` in per cent, −66.7 … 66.7. Positive where the first is larger; what
/// would explode near 0 does not.
///
/// `None` for different lengths, values that are not finite, or curves that are one and
/// the same constant.
pub fn normalised_symmetry_index(a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let ((a_low, a_high), (b_low, b_high)) = (extremes(a), extremes(b));
    let low = a_low.min(b_low);
    let range = a_high.max(b_high) - a_low.min(b_low);
    let scaled = |value: f64| (value - low) / range + 1.0;
    let index = |(a, b): (&f64, &f64)| {
        let (a, b) = (scaled(*a), scaled(*b));
        100.0 * (a - b) / (0.5 * (a + b))
    };
    let finite = range > 0.0 && a.iter().chain(b).all(|value| value.is_finite());
    (a.len() == b.len() && finite).then(|| a.iter().zip(b).map(index).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};

    #[test]
    fn a_curve_agrees_with_itself_moved_round_the_cycle() {
        let cycle = normals(4, 100);
        let whole = |cycle: &[f64]| [cycle, &cycle[..1]].concat();
        for lag in [-50_isize, -7, 0, 3, 49] {
            let mut later = cycle.clone();
            later.rotate_right(lag.rem_euclid(100) as usize);
            let found = circular_lag(&whole(&cycle), &whole(&later)).unwrap();
            assert_eq!(found.lag, lag);
            assert!((found.correlation - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn lag_and_trend_do_not_know_gains() {
        let mut generator = SplitMix64::new(7);
        for seed in 0..50 {
            let (a, b) = (normals(seed, 101), normals(seed + 1000, 101));
            let gain = 0.1 + 5.0 * generator.uniform();
            let louder: Vec<f64> = b.iter().map(|value| gain * value + 2.0).collect();
            let (one, other) =
                (circular_lag(&a, &b).unwrap(), circular_lag(&a, &louder).unwrap());
            assert_eq!(one.lag, other.lag);
            assert!(
                (one.correlation - other.correlation).abs() < 1e-10
                    && one.correlation.abs() <= 1.0
            );
            let times: Vec<f64> = a.iter().map(|value| gain * value - 1.0).collect();
            assert!((trend_symmetry(&a, &times).unwrap() - 100.0).abs() < 1e-10);
            let trend = trend_symmetry(&a, &b).unwrap();
            assert!(
                (0.0..=100.0).contains(&trend)
                    && trend == trend_symmetry(&b, &a).unwrap()
            );
        }
    }

    #[test]
    fn differences_of_the_normalised_index_are_bounded() {
        let (a, b) = (normals(1, 101), normals(2, 101));
        let index = normalised_symmetry_index(&a, &b).unwrap();
        assert!(index.iter().all(|value| value.abs() <= 200.0 / 3.0 + 1e-9));
        let swapped = normalised_symmetry_index(&b, &a).unwrap();
        assert!(
            index.iter().zip(&swapped).all(|(one, other)| (one + other).abs() < 1e-12)
        );
    }

    #[test]
    fn what_cannot_be_compared() {
        let (flat, nan) = (vec![0.1; 101], vec![f64::NAN; 101]);
        let curve = normals(3, 101);
        for other in [&flat[..], &nan, &curve[..50], &[]] {
            assert_eq!(circular_lag(&curve, other), None);
        }
        assert_eq!(trend_symmetry(&flat, &flat), None);
        assert_eq!(normalised_symmetry_index(&flat, &flat), None);
        assert_eq!(normalised_symmetry_index(&curve, &nan), None);
        assert_eq!(root_mean_squared_difference(&curve, &flat[1..]), None);
        assert_eq!(relative_difference(&[0.0], &[0.0]), None);
    }
}
