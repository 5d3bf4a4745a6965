//! The fractal dimension of a curve (Higuchi 1988).

use super::varies;
use crate::dsp::regression::Line;

/// The mean length L(k) of the curve when only every k-th sample is taken, for k = 1 …
/// `longest`; in the unit of the samples.
///
/// `None` for a longest lag of 0, for fewer than two samples a lag, and for samples that
/// are not all finite.
pub fn higuchi_lengths(samples: &[f64], longest: usize) -> Option<Vec<f64>> {
    let enough = longest > 0 && samples.len() / 2 >= longest;
    (enough && samples.iter().all(|x| x.is_finite()))
        .then(|| (1..=longest).map(|lag| length(samples, lag)).collect())
}

/// Higuchi's fractal dimension, 1 for a smooth curve to 2 for noise: the slope of the
/// logarithm of the lengths over that of 1/k, by least squares.
///
/// `None` where [`higuchi_lengths`] is, for a longest lag below 3, and for a constant.
pub fn higuchi_dimension(samples: &[f64], longest: usize) -> Option<f64> {
    let lengths = higuchi_lengths(samples, longest).filter(|_| varies(samples))?;
    let lags: Vec<f64> = (1..=longest).map(|lag| -libm::log(lag as f64)).collect();
    let sizes: Vec<f64> = lengths.iter().map(|&length| libm::log(length)).collect();
    Line::fit(&lags, &sizes).map(|line| line.slope)
}

fn length(samples: &[f64], lag: usize) -> f64 {
    // The curves that begin at each of the first `lag` samples, side by side.
    let mut sums = vec![0.0; lag];
    for (from, to) in samples.chunks(lag).zip(samples[lag..].chunks(lag)) {
        for ((sum, a), b) in sums.iter_mut().zip(from).zip(to) {
            *sum += (b - a).abs();
        }
    }

    let (n, k) = (samples.len(), lag as f64);
    let normalised = |(begin, sum): (usize, f64)| {
        let steps = ((n - 1 - begin) / lag) as f64;
        sum * ((n - 1) as f64 / (steps * k)) / k
    };
    sums.into_iter().enumerate().map(normalised).sum::<f64>() / k
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn a_line_has_1_and_noise_2() {
        let line: Vec<f64> = (0..1000).map(|k| 0.3 * f64::from(k)).collect();
        assert!((higuchi_dimension(&line, 10).unwrap() - 1.0).abs() < 1e-12);
        assert!((higuchi_dimension(&normals(8, 20_000), 10).unwrap() - 2.0).abs() < 0.02);
    }

    #[test]
    fn lengths_are_those_of_the_definition() {
        // N = 5: the curves of k = 2 begin at 1 (two steps) and 2 (one step).
        let lengths = higuchi_lengths(&[0.0, 1.0, 3.0, 2.0, 7.0], 2).unwrap();
        assert_eq!(lengths[0], 1.0 + 2.0 + 1.0 + 5.0);
        assert_eq!(
            lengths[1],
            ((3.0 + 4.0) * (4.0 / 4.0) / 2.0 + 1.0 * (4.0 / 2.0) / 2.0) / 2.0
        );
    }

    #[test]
    fn what_has_no_dimension() {
        let noise = normals(1, 40);
        assert_eq!(higuchi_dimension(&noise, 2), None);
        assert!(
            higuchi_dimension(&noise, 20).is_some()
                && higuchi_dimension(&noise, 21).is_none()
        );
        assert_eq!(
            (higuchi_dimension(&noise, 0), higuchi_dimension(&[], 3)),
            (None, None)
        );
        assert_eq!(higuchi_dimension(&[2.5; 40], 5), None);
        assert_eq!(higuchi_dimension(&[1.0, f64::INFINITY, 1.0, 0.0, 1.0, 2.0], 3), None);
        // Every third sample is the same: the curve of k = 3 has no length.
        let period: Vec<f64> = (0..40).map(|k| f64::from(k % 3)).collect();
        assert_eq!(higuchi_dimension(&period, 3), None);
    }
}
