//! Curves of many cycles: their mean, how much they vary, and how much of their variance
//! the cycle explains.

use super::stats::mean;

/// The points of a cycle: 0, 1, … 100 %.
pub const POINTS: usize = 101;

/// The places of the points of a cycle, in per cent.
pub fn percents() -> Vec<f64> {
    (0..POINTS).map(|point| point as f64).collect()
}

/// The mean and the spread of curves of equal length, point by point, and what is made of
/// them.
///
/// Formulas are those of Hershler & Milner (1978) for the variance ratio, of Winter &
/// Yack (1987) for the coefficient of variation and of Kadaba et al. (1989) for the
/// coefficient of multiple correlation.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// How many curves there are, 1 or more.
    pub count: usize,
    /// The mean at every point.
    pub mean: Vec<f64>,
    /// The standard deviation over the curves at every point (n − 1 in the denominator);
    /// 0 for a single curve.
    pub deviation: Vec<f64>,
    /// The sum of the squared deviations from the mean of all values of all curves.
    total: f64,
}

impl Ensemble {
    /// The ensemble of curves; `None` without curves or points, for curves of different
    /// lengths, or values that are not finite.
    pub fn from_curves<C: AsRef<[f64]>>(curves: &[C]) -> Option<Self> {
        let points = curves.first()?.as_ref().len();
        let fits = |curve: &C| {
            curve.as_ref().len() == points
                && curve.as_ref().iter().all(|value| value.is_finite())
        };
        if points == 0 || !curves.iter().all(fits) {
            return None;
        }

        let n = curves.len() as f64;
        let mut means = vec![0.0; points];
        for curve in curves {
            means.iter_mut().zip(curve.as_ref()).for_each(|(sum, value)| *sum += value);
        }

        means.iter_mut().for_each(|sum| *sum /= n);
        // A second pass about the means: Σx² − n·mean² would lose the digits of small
        // spreads.
        let mut squares = vec![0.0; points];
        let grand = mean(&means)?;
        let mut total = 0.0;
        for curve in curves {
            for ((square, mean), value) in
                squares.iter_mut().zip(&means).zip(curve.as_ref())
            {
                *square += (value - mean) * (value - mean);
                total += (value - grand) * (value - grand);
            }
        }

        let deviation = |square: f64| {
            if n > 1.0 { (square / (n - 1.0)).sqrt() } else { 0.0 }
        };
        let deviation = squares.into_iter().map(deviation).collect();
        Some(Self { count: curves.len(), mean: means, deviation, total })
    }

    /// The variance ratio: the variance of the curves about their mean curve over the
    /// variance of all their values. 0 for identical curves, 1 for curves that have
    /// nothing in common. It depends on smoothing and on the number of cycles. `None` for
    /// a single curve or values that do not vary.
    pub fn variance_ratio(&self) -> Option<f64> {
        let n = self.count as f64;
        let points = self.mean.len() as f64;
        let within = mean(&self.variances())?;
        let all = self.total / (points * n - 1.0);
        let varies = all
            > 1e-24
                * self
                    .mean
                    .iter()
                    .fold(0.0, |largest: f64, value| largest.max(value * value));
        (self.count > 1 && varies).then(|| within / all)
    }

    /// The coefficient of variation in per cent: the root of the mean variance over the
    /// mean of the magnitudes of the mean curve. It depends on the offset of the curves.
    /// `None` for a single curve or a mean of 0.
    pub fn coefficient_of_variation(&self) -> Option<f64> {
        let magnitudes: Vec<f64> = self.mean.iter().map(|value| value.abs()).collect();
        let share = 100.0 * mean(&self.variances())?.sqrt() / mean(&magnitudes)?;
        Some(share).filter(|share| self.count > 1 && share.is_finite())
    }

    /// The coefficient of multiple correlation `√(1 − variance ratio)`, 0 where the ratio
    /// is above 1.
    pub fn multiple_correlation(&self) -> Option<f64> {
        self.variance_ratio().map(|ratio| (1.0 - ratio).max(0.0).sqrt())
    }

    fn variances(&self) -> Vec<f64> {
        self.deviation.iter().map(|deviation| deviation * deviation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn identical_curves_have_no_variance_and_noise_explains_nothing() {
        let curve = normals(1, 101);
        // Four of them have a mean without rounding.
        let same = Ensemble::from_curves(&[&curve, &curve, &curve, &curve]).unwrap();
        assert_eq!(
            (same.variance_ratio(), same.coefficient_of_variation()),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(same.multiple_correlation(), Some(1.0));
        let noise: Vec<Vec<f64>> = (0..40).map(|seed| normals(seed, 101)).collect();
        let ratio = Ensemble::from_curves(&noise).unwrap().variance_ratio().unwrap();
        // 1 in expectation; the standard error of a variance of 4000 values is 2 %.
        assert!((ratio - 1.0).abs() < 0.07, "{ratio}");
    }

    #[test]
    fn gains_do_not_matter() {
        let curves: Vec<Vec<f64>> = (0..5).map(|seed| normals(seed, 30)).collect();
        let louder: Vec<Vec<f64>> = curves
            .iter()
            .map(|curve| curve.iter().map(|value| 1e-6 * value).collect())
            .collect();
        let [one, other] =
            [&curves, &louder].map(|curves| Ensemble::from_curves(curves).unwrap());
        let close = |a: Option<f64>, b: Option<f64>| {
            (a.unwrap() - b.unwrap()).abs() < 1e-10 * a.unwrap()
        };
        assert!(close(one.variance_ratio(), other.variance_ratio()));
        assert!(close(one.coefficient_of_variation(), other.coefficient_of_variation()));
    }

    #[test]
    fn what_has_no_ensemble() {
        let none: [&[f64]; 0] = [];
        assert_eq!(Ensemble::from_curves(&none), None);
        assert_eq!(Ensemble::from_curves(&[&[1.0, 2.0][..], &[1.0]]), None);
        assert_eq!(Ensemble::from_curves(&[[1.0, f64::NAN]]), None);
        let single = Ensemble::from_curves(&[[1.0, 2.0]]).unwrap();
        assert_eq!(
            (single.variance_ratio(), single.coefficient_of_variation()),
            (None, None)
        );
        assert_eq!(
            Ensemble::from_curves(&[[0.1, 0.1], [0.1, 0.1]]).unwrap().variance_ratio(),
            None
        );
    }
}
