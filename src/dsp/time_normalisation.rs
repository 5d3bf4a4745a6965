//! Curves of any length brought to the same number of points, so that cycles of different
//! durations can be averaged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How values between samples are found.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// A straight line from sample to sample. It never leaves the range of the samples.
    #[default]
    Linear,
    /// A cubic spline through all samples, not-a-knot at its ends (de Boor 1978). It may
    /// swing beyond the samples.
    Cubic,
    /// Piecewise cubic Hermite polynomials that keep what rises rising (Fritsch & Butland
    /// 1984).
    Pchip,
}

/// The values of a curve at `points` places, the first and the last one included: place
/// `i` lies at `i·(n − 1)/(points − 1)` of `n` samples.
///
/// `None` for fewer than two samples or points, or a sample that is not finite.
///
/// ```
/// use soleus::dsp::time_normalisation::{Interpolation, normalised};
///
/// let curve = normalised(&[0.0, 1.0, 4.0], 5, Interpolation::Linear);
/// assert_eq!(curve, Some(vec![0.0, 0.5, 1.0, 2.5, 4.0]));
/// ```
pub fn normalised(
    samples: &[f64],
    points: usize,
    interpolation: Interpolation,
) -> Option<Vec<f64>> {
    let last = samples.len().checked_sub(1)?;
    // The whole number first: its product is exact, so that the last place is the last
    // sample.
    let place = |point: usize| (point * last) as f64 / (points - 1) as f64;
    at_places(samples, points, place, interpolation)
}

/// The values of a curve at `points` places between two places of its samples, which need
/// not be samples themselves: an event may lie between two of them.
///
/// `None` for places beyond the samples or in the wrong order, fewer than two samples or
/// points, or a sample that is not finite.
///
/// ```
/// use soleus::dsp::time_normalisation::{Interpolation, between};
///
/// let curve = between(&[0.0, 1.0, 4.0], (0.5, 1.5), 3, Interpolation::Linear);
/// assert_eq!(curve, Some(vec![0.5, 1.0, 2.5]));
/// ```
pub fn between(
    samples: &[f64],
    (from, to): (f64, f64),
    points: usize,
    interpolation: Interpolation,
) -> Option<Vec<f64>> {
    let last = samples.len().checked_sub(1)? as f64;
    if !(0.0 <= from && from < to && to <= last) {
        return None;
    }
    let place =
        |point: usize| (from + point as f64 * (to - from) / (points - 1) as f64).min(to);
    at_places(samples, points, place, interpolation)
}

fn at_places(
    samples: &[f64],
    points: usize,
    place: impl Fn(usize) -> f64,
    interpolation: Interpolation,
) -> Option<Vec<f64>> {
    if samples.len() < 2 || points < 2 || !samples.iter().all(|sample| sample.is_finite())
    {
        return None;
    }

    let places = (0..points).map(place);
    Some(match interpolation {
        Interpolation::Linear => places.map(|place| linear(samples, place)).collect(),
        Interpolation::Cubic => {
            let slopes = spline_slopes(samples);
            places.map(|place| hermite(samples, &slopes, place)).collect()
        }
        Interpolation::Pchip => {
            let slopes = monotone_slopes(samples);
            places.map(|place| hermite(samples, &slopes, place)).collect()
        }
    })
}

/// The sample before a place that is no last one, and how far behind it the place lies.
fn parted(samples: &[f64], place: f64) -> (usize, f64) {
    let before = (place as usize).min(samples.len() - 2);
    (before, place - before as f64)
}

fn linear(samples: &[f64], place: f64) -> f64 {
    let (before, share) = parted(samples, place);
    let (one, next) = (samples[before], samples[before + 1]);
    // `one + (next − one)` need not be `next` to the last digit.
    if share == 1.0 { next } else { one + share * (next - one) }
}

/// The cubic between two samples with these slopes.
fn hermite(samples: &[f64], slopes: &[f64], place: f64) -> f64 {
    let (before, t) = parted(samples, place);
    if t == 1.0 {
        return samples[before + 1];
    }
    let y0 = samples[before];
    let y1 = samples[before + 1];
    let d0 = slopes[before];
    let d1 = slopes[before + 1];
    let step = y1 - y0;
    y0 + t * (d0 + t * ((3.0 * step - 2.0 * d0 - d1) + t * (d0 + d1 - 2.0 * step)))
}

/// The slopes at the samples of the spline whose third derivative is continuous at the
/// second and the last but one sample. Two samples make a line, three a parabola.
fn spline_slopes(y: &[f64]) -> Vec<f64> {
    let n = y.len();
    if n == 2 {
        return vec![y[1] - y[0]; 2];
    }
    if n == 3 {
        let (first, last) = (y[1] - y[0], y[2] - y[1]);
        return vec![
            1.5 * first - 0.5 * last,
            0.5 * (first + last),
            1.5 * last - 0.5 * first,
        ];
    }

    // d(k−1) + 4·d(k) + d(k+1) = 3·(y(k+1) − y(k−1)), and at the ends d(0) + 2·d(1) =
    // (5·(y1 − y0) + y2 − y1)/2.
    let mut right: Vec<f64> = vec![0.0; n];
    for k in 1..n - 1 {
        right[k] = 3.0 * (y[k + 1] - y[k - 1]);
    }

    right[0] = (5.0 * (y[1] - y[0]) + (y[2] - y[1])) / 2.0;
    right[n - 1] = (5.0 * (y[n - 1] - y[n - 2]) + (y[n - 2] - y[n - 3])) / 2.0;
    let row = |k: usize| match k {
        0 => (0.0, 1.0, 2.0),
        k if k == n - 1 => (2.0, 1.0, 0.0),
        _ => (1.0, 4.0, 1.0),
    };

    solved(row, right)
}

/// The solution of a system of three diagonals (Thomas algorithm); `row` gives what
/// stands before, on and behind the diagonal.
fn solved(row: impl Fn(usize) -> (f64, f64, f64), mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    let mut behind = vec![0.0; n];
    for k in 0..n {
        let (a, b, c) = row(k);
        let (previous, carried) =
            if k == 0 { (0.0, 0.0) } else { (behind[k - 1], right[k - 1]) };
        let pivot = b - a * previous;
        behind[k] = c / pivot;
        right[k] = (right[k] - a * carried) / pivot;
    }

    for k in (0..n - 1).rev() {
        right[k] -= behind[k] * right[k + 1];
    }

    right
}

/// Slopes that are 0 at turns and the harmonic mean of both sides elsewhere; those of the
/// ends are of three points, limited so that the curve does not swing over (Moler 2004).
fn monotone_slopes(y: &[f64]) -> Vec<f64> {
    let steps: Vec<f64> = y.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if let [only] = steps[..] {
        return vec![only; 2];
    }

    let inner = steps.windows(2).map(|pair| match pair[0] * pair[1] > 0.0 {
        true => 2.0 / (1.0 / pair[0] + 1.0 / pair[1]),
        false => 0.0,
    });
    let end = |near: f64, far: f64| {
        let slope = (3.0 * near - far) / 2.0;
        if slope * near <= 0.0 {
            0.0
        } else if near * far <= 0.0 && slope.abs() > 3.0 * near.abs() {
            3.0 * near
        } else {
            slope
        }
    };

    let last = steps.len() - 1;
    let first = end(steps[0], steps[1]);
    std::iter::once(first)
        .chain(inner)
        .chain([end(steps[last], steps[last - 1])])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    const ALL: [Interpolation; 3] =
        [Interpolation::Linear, Interpolation::Cubic, Interpolation::Pchip];

    #[test]
    fn samples_stay_samples() {
        let samples = normals(3, 51);
        for interpolation in ALL {
            assert_eq!(normalised(&samples, 51, interpolation).unwrap(), samples);
            let fine = normalised(&samples, 501, interpolation).unwrap();
            let kept: Vec<f64> = fine.iter().copied().step_by(10).collect();
            assert_eq!(kept, samples, "{interpolation:?}");
        }
    }

    #[test]
    fn polynomials_are_met() {
        let cubic = |x: f64| 2.0 - x + 0.5 * x * x - 0.01 * x * x * x;
        for n in [4, 5, 40] {
            let samples: Vec<f64> = (0..n).map(|k| cubic(k as f64)).collect();
            let found = normalised(&samples, 101, Interpolation::Cubic).unwrap();
            for (point, value) in found.iter().enumerate() {
                let truth = cubic(point as f64 * (n - 1) as f64 / 100.0);
                assert!(
                    (value - truth).abs() < 1e-11 * truth.abs().max(1.0),
                    "{n} {point}: {value} {truth}"
                );
            }
        }
        let parabola = normalised(&[0.0, 1.0, 4.0], 5, Interpolation::Cubic).unwrap();
        assert_eq!(parabola, [0.0, 0.25, 1.0, 2.25, 4.0]);
        for interpolation in ALL {
            assert_eq!(
                normalised(&[1.0, 3.0], 3, interpolation).unwrap(),
                [1.0, 2.0, 3.0]
            );
        }
    }

    #[test]
    fn monotone_curves_do_not_swing_over() {
        for seed in 0..20 {
            let samples = normals(seed, 30);
            let (low, high) = crate::dsp::stats::extremes(&samples);
            for interpolation in [Interpolation::Linear, Interpolation::Pchip] {
                let found = normalised(&samples, 1000, interpolation).unwrap();
                assert!(
                    found
                        .iter()
                        .all(|value| (low - 1e-12..=high + 1e-12).contains(value))
                );
            }
        }
    }

    #[test]
    fn cuts_between_samples_meet_the_curve() {
        let parabola = |x: f64| 3.0 + x * x;
        let samples: Vec<f64> = (0..20).map(|k| parabola(k as f64)).collect();
        let found = between(&samples, (2.25, 9.75), 31, Interpolation::Cubic).unwrap();
        for (point, value) in found.iter().enumerate() {
            let truth = parabola(2.25 + 0.25 * point as f64);
            assert!((value - truth).abs() < 1e-11 * truth, "{point}: {value} {truth}");
        }
        let whole = between(&samples, (0.0, 19.0), 101, Interpolation::Linear).unwrap();
        let same = normalised(&samples, 101, Interpolation::Linear).unwrap();
        assert!(
            whole
                .iter()
                .zip(&same)
                .all(|(one, other)| (one - other).abs() < 1e-12 * other)
        );
        for wrong in [(-0.1, 5.0), (3.0, 3.0), (5.0, 3.0), (3.0, 19.1), (f64::NAN, 5.0)] {
            assert_eq!(between(&samples, wrong, 101, Interpolation::Linear), None);
        }
    }

    #[test]
    fn what_has_no_curve() {
        for samples in [&[][..], &[1.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY, 2.0]] {
            assert_eq!(normalised(samples, 101, Interpolation::Linear), None);
        }
        assert_eq!(normalised(&[1.0, 2.0], 1, Interpolation::Linear), None);
    }
}
