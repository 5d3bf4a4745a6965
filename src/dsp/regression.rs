//! Straight lines by ordinary least squares, with everything their intervals need.

use super::stats::t_95;

/// A line `y = intercept + slope · x` fitted by ordinary least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// How many points it rests on.
    pub n: usize,
    /// Its value at x = 0.
    pub intercept: f64,
    /// Its change per unit of x.
    pub slope: f64,
    /// The standard error of the intercept.
    pub intercept_error: f64,
    /// The standard error of the slope.
    pub slope_error: f64,
    /// The covariance of intercept and slope.
    pub covariance: f64,
    /// The share of the variance of y that the line explains (0 when y does not vary).
    pub r_squared: f64,
}

impl Line {
    /// The line through the points; `None` for fewer than three points, values that are not finite, or
    /// when all x are equal.
    pub fn fit(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len().min(y.len());
        let (x, y) = (&x[..n], &y[..n]);
        let count = n as f64;
        let (mean_x, mean_y) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
        let products =
            |a: &[f64], ma: f64, b: &[f64], mb: f64| -> f64 { a.iter().zip(b).map(|(p, q)| (p - ma) * (q - mb)).sum() };
        let spread = products(x, mean_x, x, mean_x);
        let slope = products(x, mean_x, y, mean_y) / spread;
        let intercept = mean_y - slope * mean_x;
        if n < 3 || !slope.is_finite() || !intercept.is_finite() {
            return None;
        }
        let residual: f64 = x.iter().zip(y).map(|(t, v)| (v - intercept - slope * t).powi(2)).sum();
        let (total, variance) = (products(y, mean_y, y, mean_y), residual / (count - 2.0));
        Some(Self {
            n,
            intercept,
            slope,
            intercept_error: (variance * (1.0 / count + mean_x * mean_x / spread)).sqrt(),
            slope_error: (variance / spread).sqrt(),
            covariance: -mean_x * variance / spread,
            r_squared: if total > 0.0 { 1.0 - residual / total } else { 0.0 },
        })
    }

    fn t(&self) -> Option<f64> {
        t_95(self.n as f64 - 2.0)
    }

    /// The 95 % interval of the slope.
    pub fn slope_interval(&self) -> Option<(f64, f64)> {
        let half = self.t()? * self.slope_error;
        Some((self.slope - half, self.slope + half))
    }

    /// The value of the line at `x`.
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }

    /// The 95 % interval of the line (not of single points) at each `x`.
    pub fn intervals_at(&self, x: &[f64]) -> Vec<(f64, f64)> {
        // Student's quantile takes thousands of steps, and is the same for all.
        let t = self.t().unwrap_or(f64::NAN);
        let at = |&x: &f64| {
            let variance = self.intercept_error.powi(2) + x * x * self.slope_error.powi(2) + 2.0 * x * self.covariance;
            let half = t * variance.max(0.0).sqrt();
            (self.at(x) - half, self.at(x) + half)
        };
        x.iter().map(at).collect()
    }

    /// The slope in per cent of the intercept; `None` when the intercept is 0.
    pub fn normalised_slope(&self) -> Option<f64> {
        Some(100.0 * self.slope / self.intercept).filter(|slope| slope.is_finite())
    }

    /// The 95 % interval of [`Self::normalised_slope`] by Fieller (1954). `None` when the intercept cannot
    /// be told from 0, because the interval has no ends then.
    pub fn fieller_interval(&self) -> Option<(f64, f64)> {
        let square = self.t()?.powi(2);
        let a = self.intercept.powi(2) - square * self.intercept_error.powi(2);
        let b = self.intercept * self.slope - square * self.covariance;
        let c = self.slope.powi(2) - square * self.slope_error.powi(2);
        let root = (b * b - a * c).max(0.0).sqrt();
        (a > 0.0).then(|| (100.0 * (b - root) / a, 100.0 * (b + root) / a))
    }

    /// The 95 % interval of [`Self::normalised_slope`] by the delta method. `None` when the intercept is 0.
    pub fn delta_interval(&self) -> Option<(f64, f64)> {
        let ratio = self.normalised_slope()? / 100.0;
        let variance =
            self.slope_error.powi(2) + ratio * ratio * self.intercept_error.powi(2) - 2.0 * ratio * self.covariance;
        let half = self.t()? * variance.max(0.0).sqrt() / self.intercept.abs();
        Some((100.0 * (ratio - half), 100.0 * (ratio + half)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_pulls_the_line() {
        // `ref_fatigue.json`, outlier_example.
        let line = Line::fit(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &[100.0, 99.0, 98.0, 70.0, 96.0, 95.0]).unwrap();
        assert!((line.slope + 1.771_428_571_428_571_4).abs() < 1e-12);
        assert!((line.intercept - 97.428_571_428_571_43).abs() < 1e-12);
    }

    #[test]
    fn too_little_gives_no_line() {
        assert!(Line::fit(&[0.0, 1.0], &[1.0, 2.0]).is_none());
        assert!(Line::fit(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]).is_none());
        assert!(Line::fit(&[0.0, 1.0, 2.0], &[1.0, f64::NAN, 2.0]).is_none());
    }

    #[test]
    fn a_constant_has_a_slope_of_0() {
        let line = Line::fit(&[0.0, 1.0, 2.0, 3.0], &[5.0; 4]).unwrap();
        assert_eq!((line.slope, line.r_squared, line.fieller_interval()), (0.0, 0.0, Some((0.0, 0.0))));
    }

    #[test]
    fn fieller_has_no_ends_when_the_intercept_may_be_0() {
        let line = Line::fit(&[0.0, 1.0, 2.0, 3.0], &[0.1, -0.2, 0.3, -0.1]).unwrap();
        assert_eq!(line.fieller_interval(), None);
    }

    #[test]
    fn fieller_covers_the_truth_at_its_level() {
        // 400 random lines with 20 points: 95 % ± 3 standard errors (1.1 %) contain the true ratio.
        let mut generator = crate::dsp::random::SplitMix64::new(77);
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let mut draw = || {
            let y: Vec<f64> = x.iter().map(|t| 100.0 - 0.4 * t + 5.0 * generator.normal()).collect();
            Line::fit(&x, &y).and_then(|line| line.fieller_interval()).unwrap()
        };
        let covered = (0..400).map(|_| draw()).filter(|&(low, high)| low <= -0.4 && -0.4 <= high).count();
        assert!((367..=393).contains(&covered), "{covered}");
    }
}
