//! The errors of a line through observations that are not independent.

use super::products::{CoupledProducts, ascending};
use super::{Estimates, Line, common};

/// Observations that scatter about their line by less than this share of their variance
/// are one and the same.
const ROUNDING: f64 = 1e-9;

impl Line {
    /// The line of [`Self::fit`] with errors for observations of equal variance whose
    /// correlation is known: `correlation(distance)` of two of them that lie `distance`
    /// apart in x, and 0 from `reach` on. Points may be missing and in any order. `None`
    /// as for [`Self::fit`], or where that is no correlation.
    ///
    /// The variance is the residual sum of squares over its expectation, tr(MR), with the
    /// degrees of freedom tr(MR)²/tr(MRMR) of Satterthwaite (1946); R is the correlation
    /// and M takes the line out. The time grows with the pairs within `reach`.
    ///
    /// ```
    /// use soleus::dsp::regression::Line;
    ///
    /// let times: Vec<f64> = (0..40).map(|k| 0.5 * f64::from(k)).collect();
    /// let values: Vec<f64> = times.iter().map(|t| 100.0 - 0.3 * t + (1.7 * t).sin()).collect();
    /// // Epochs of 1 s that overlap by half share half of their samples.
    /// let line = Line::fit_correlated(&times, &values, |distance| 1.0 - distance, 1.0);
    /// let plain = Line::fit(&times, &values);
    /// assert!(line.zip(plain).is_some_and(|(line, plain)| line.slope_error > plain.slope_error));
    /// ```
    pub fn fit_correlated(
        x: &[f64],
        y: &[f64],
        correlation: impl Fn(f64) -> f64,
        reach: f64,
    ) -> Option<Self> {
        let (x, y) = common(x, y);
        let (x, y) = ascending(x, y);
        let found = Estimates::fit(&x, &y)?;
        let products = CoupledProducts::sum(&x, &found, 1.0, reach, correlation);
        let rounding = ROUNDING * found.count;
        if !(products.first > rounding && products.second > rounding * rounding) {
            return None;
        }

        let variance = found.residual / products.first;
        let CoupledProducts { basis, first, second, .. } = products;
        let (count, spread) = (found.count, found.spread);
        let variances = [
            basis[0][0] / count,
            basis[1][1] / spread,
            basis[0][1] / (count * spread).sqrt(),
        ];

        found.line(variances.map(|value| variance * value), first * first / second)
    }

    /// The line of [`Self::fit`] with the errors of Newey & West (1987), which hold, in
    /// long series, whatever the correlation within `lags` neighbours in order: weights
    /// of Bartlett, and n/(n − 2) for the two estimates, as `statsmodels` has it. In
    /// short series they are too small. `None` as for [`Self::fit`].
    pub fn newey_west(x: &[f64], y: &[f64], lags: usize) -> Option<Self> {
        let (x, y) = common(x, y);
        let found = Estimates::fit(x, y)?;
        let scores: Vec<[f64; 2]> = x
            .iter()
            .zip(y)
            .map(|(&x, &y)| (y - found.intercept - found.slope * x, x - found.mean_x))
            .map(|(residual, x)| [residual, residual * x])
            .collect();

        let mut sums = [0.0; 3];
        for lag in 0..=lags.min(x.len() - 1) {
            let weight =
                if lag == 0 { 0.5 } else { 1.0 - lag as f64 / (lags as f64 + 1.0) };
            for (early, late) in scores.iter().zip(&scores[lag..]) {
                sums[0] += weight * 2.0 * early[0] * late[0];
                sums[1] += weight * 2.0 * early[1] * late[1];
                sums[2] += weight * (early[0] * late[1] + early[1] * late[0]);
            }
        }

        let (count, spread) = (found.count, found.spread);
        let factor = count / (count - 2.0);
        let variances = [
            sums[0] / (count * count),
            sums[1] / (spread * spread),
            sums[2] / (count * spread),
        ];

        // Rounding may leave a little less than nothing.
        let [mean, slope, both] = variances.map(|value| factor * value);
        found.line([mean.max(0.0), slope.max(0.0), both], count - 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn without_correlation_it_is_the_plain_line() {
        let (x, y): (Vec<f64>, Vec<f64>) = (normals(5, 40), normals(6, 40));
        let (plain, line) = (
            Line::fit(&x, &y).unwrap(),
            Line::fit_correlated(&x, &y, |_| 0.5, 0.0).unwrap(),
        );
        assert!(
            (line.freedom - 38.0).abs() < 1e-9
                && (line.slope - plain.slope).abs() < 1e-14
        );
        for (ours, theirs) in [
            (line.slope_error, plain.slope_error),
            (line.intercept_error, plain.intercept_error),
            (line.covariance, plain.covariance),
        ] {
            assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{ours} {theirs}");
        }
    }

    #[test]
    fn what_has_no_line_has_none_with_correlation() {
        let (x, y) = ([0.0, 1.0, 2.0, 3.0], [1.0, f64::NAN, 2.0, 3.0]);
        assert!(
            Line::fit_correlated(&x, &y, |_| 0.0, 2.0).is_none()
                && Line::newey_west(&x, &y, 1).is_none()
        );
        let y = [1.0, 3.0, 2.0, 5.0];
        assert!(
            Line::fit_correlated(&x, &y, |_| 1.0, f64::INFINITY).is_none(),
            "all the same"
        );
        assert!(Line::fit_correlated(&x, &y, |_| f64::NAN, 2.0).is_none());
        assert!(
            Line::newey_west(&[], &[], 3).is_none()
                && Line::newey_west(&x, &y, usize::MAX).is_some()
        );
    }
}
