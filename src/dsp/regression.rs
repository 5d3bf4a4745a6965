//! Straight lines by ordinary least squares, with everything their intervals need.
//!
//! [`Line::fit`] takes the observations for independent. Where they are not, the same
//! line has wider intervals: [`Line::fit_correlated`] where their correlation is known
//! (epochs that overlap), [`Wandering`] where they go up and down, and
//! [`Line::newey_west`] whatever it is.

mod correlated;
mod products;
mod wandering;

use super::stats::{t_95, t_tails};
pub use wandering::{Wandering, Widening};

pub(super) use products::ascending;

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
    /// The degrees of freedom of its errors: n − 2, or fewer for correlated observations.
    pub freedom: f64,
}

/// The estimates, with what their errors are made of.
#[derive(Debug)]
struct Estimates {
    count: f64,
    mean_x: f64,
    /// `Σ(x − mean)²`.
    spread: f64,
    intercept: f64,
    slope: f64,
    /// The sum of the squared residuals.
    residual: f64,
    /// `Σ(y − mean)²`.
    total: f64,
}

impl Estimates {
    /// Of as many values in x as in y; `None` as for [`Line::fit`].
    fn fit(x: &[f64], y: &[f64]) -> Option<Self> {
        let count = x.len() as f64;
        let mean_x = x.iter().sum::<f64>() / count;
        let mean_y = y.iter().sum::<f64>() / count;
        let products = |a: &[f64], ma: f64, b: &[f64], mb: f64| -> f64 {
            a.iter().zip(b).map(|(p, q)| (p - ma) * (q - mb)).sum()
        };
        let spread = products(x, mean_x, x, mean_x);
        let slope = products(x, mean_x, y, mean_y) / spread;
        let intercept = mean_y - slope * mean_x;
        if x.len() < 3 || !slope.is_finite() || !intercept.is_finite() {
            return None;
        }

        let residual =
            x.iter().zip(y).map(|(t, v)| (v - intercept - slope * t).powi(2)).sum();
        Some(Self {
            count,
            mean_x,
            spread,
            intercept,
            slope,
            residual,
            total: products(y, mean_y, y, mean_y),
        })
    }

    /// The constant and the centred x at a place, both made to have the length 1.
    fn basis(&self, x: f64) -> [f64; 2] {
        [self.count.sqrt().recip(), (x - self.mean_x) / self.spread.sqrt()]
    }

    fn r_squared(&self) -> f64 {
        if self.total > 0.0 { 1.0 - self.residual / self.total } else { 0.0 }
    }

    /// The line from the variances of the mean of y and of the slope, and their
    /// covariance; `None` where these are no variances.
    fn line(&self, [mean, slope, both]: [f64; 3], freedom: f64) -> Option<Line> {
        let intercept =
            mean + self.mean_x * self.mean_x * slope - 2.0 * self.mean_x * both;
        let errors = [intercept, slope].map(f64::sqrt);
        (errors.iter().all(|error| error.is_finite()) && freedom > 0.0).then(|| Line {
            n: self.count as usize,
            intercept: self.intercept,
            slope: self.slope,
            intercept_error: errors[0],
            slope_error: errors[1],
            covariance: both - self.mean_x * slope,
            r_squared: self.r_squared(),
            freedom,
        })
    }
}

/// The points that both have.
fn common<'a>(x: &'a [f64], y: &'a [f64]) -> (&'a [f64], &'a [f64]) {
    let n = x.len().min(y.len());
    (&x[..n], &y[..n])
}

impl Line {
    /// The line through the points; `None` for fewer than three points, values that are
    /// not finite, or when all x are equal.
    pub fn fit(x: &[f64], y: &[f64]) -> Option<Self> {
        let (x, y) = common(x, y);
        let found = Estimates::fit(x, y)?;
        let Estimates { count, mean_x, spread, intercept, slope, residual, .. } = found;
        let variance = residual / (count - 2.0);
        Some(Self {
            n: x.len(),
            intercept,
            slope,
            intercept_error: (variance * (1.0 / count + mean_x * mean_x / spread)).sqrt(),
            slope_error: (variance / spread).sqrt(),
            covariance: -mean_x * variance / spread,
            r_squared: found.r_squared(),
            freedom: count - 2.0,
        })
    }

    fn t(&self) -> Option<f64> {
        t_95(self.freedom)
    }

    /// The two-sided p-value of the slope: how often a slope at least as steep would come
    /// of no change. `None` when nothing is left to judge it by, because y does not vary.
    pub fn slope_p(&self) -> Option<f64> {
        t_tails(self.slope / self.slope_error, self.freedom)
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
            let variance = self.intercept_error.powi(2)
                + x * x * self.slope_error.powi(2)
                + 2.0 * x * self.covariance;
            let half = t * variance.max(0.0).sqrt();
            (self.at(x) - half, self.at(x) + half)
        };
        x.iter().map(at).collect()
    }

    /// The slope in per cent of the intercept; `None` when the intercept is 0.
    pub fn normalised_slope(&self) -> Option<f64> {
        Some(100.0 * self.slope / self.intercept).filter(|slope| slope.is_finite())
    }

    /// The 95 % interval of [`Self::normalised_slope`] by Fieller (1954). `None` when the
    /// intercept cannot be told from 0, because the interval has no ends then.
    pub fn fieller_interval(&self) -> Option<(f64, f64)> {
        let square = self.t()?.powi(2);
        let a = self.intercept.powi(2) - square * self.intercept_error.powi(2);
        let b = self.intercept * self.slope - square * self.covariance;
        let c = self.slope.powi(2) - square * self.slope_error.powi(2);
        let root = (b * b - a * c).max(0.0).sqrt();
        (a > 0.0).then(|| (100.0 * (b - root) / a, 100.0 * (b + root) / a))
    }

    /// Where the line reaches a share of its intercept, 0.9 for a drop by a tenth:
    /// `(share − 1) · intercept / slope`. `None` when it never does from x = 0 on. It may
    /// lie beyond all points.
    pub fn reaches(&self, share: f64) -> Option<f64> {
        let x = (share - 1.0) * self.intercept / self.slope;
        // 0 steps in the direction of a falling line are −0.
        (x.is_finite() && x >= 0.0).then_some(x.abs())
    }

    /// The 95 % interval of [`Self::reaches`], from [`Self::fieller_interval`]. `None`
    /// when that has no ends or contains 0, because the line may never get there then.
    pub fn reaches_interval(&self, share: f64) -> Option<(f64, f64)> {
        self.reaches(share)?;
        let (low, high) =
            self.fieller_interval().filter(|(low, high)| *low > 0.0 || *high < 0.0)?;
        let [one, other] =
            [low, high].map(|slope| ((share - 1.0) / (slope / 100.0)).abs());
        (one.is_finite() && other.is_finite()).then(|| (one.min(other), one.max(other)))
    }

    /// The 95 % interval of [`Self::normalised_slope`] by the delta method. `None` when
    /// the intercept is 0.
    pub fn delta_interval(&self) -> Option<(f64, f64)> {
        let ratio = self.normalised_slope()? / 100.0;
        let variance = self.slope_error.powi(2)
            + ratio * ratio * self.intercept_error.powi(2)
            - 2.0 * ratio * self.covariance;
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
        let line = Line::fit(
            &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
            &[100.0, 99.0, 98.0, 70.0, 96.0, 95.0],
        )
        .unwrap();
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
        assert_eq!(
            (line.slope, line.r_squared, line.fieller_interval()),
            (0.0, 0.0, Some((0.0, 0.0)))
        );
    }

    #[test]
    fn fieller_has_no_ends_when_the_intercept_may_be_0() {
        let line = Line::fit(&[0.0, 1.0, 2.0, 3.0], &[0.1, -0.2, 0.3, -0.1]).unwrap();
        assert_eq!(line.fieller_interval(), None);
    }

    #[test]
    fn a_line_reaches_what_lies_ahead_of_it() {
        let line = Line::fit(&[0.0, 1.0, 2.0, 3.0], &[100.0, 98.1, 95.9, 94.0]).unwrap();
        let (at, (low, high)) =
            (line.reaches(0.9).unwrap(), line.reaches_interval(0.9).unwrap());
        assert!(low < at && at < high && (at - 5.0).abs() < 0.2, "{low} {at} {high}");
        assert_eq!(
            (line.reaches(1.0), line.reaches(1.1), line.reaches_interval(1.1)),
            (Some(0.0), None, None)
        );
        let flat = Line::fit(&[0.0, 1.0, 2.0, 3.0], &[5.0; 4]).unwrap();
        assert_eq!(
            (flat.reaches(0.9), flat.reaches_interval(0.9), flat.slope_p()),
            (None, None, None)
        );
        let unsure =
            Line::fit(&[0.0, 1.0, 2.0, 3.0], &[100.0, 90.0, 101.0, 92.0]).unwrap();
        assert!(unsure.reaches(0.9).is_some() && unsure.reaches_interval(0.9).is_none());
    }

    #[test]
    fn fieller_covers_the_truth_at_its_level() {
        // 400 random lines with 20 points: 95 % ± 3 standard errors (1.1 %) contain the
        // true ratio.
        let mut generator = crate::dsp::random::SplitMix64::new(77);
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let mut draw = || {
            let y: Vec<f64> =
                x.iter().map(|t| 100.0 - 0.4 * t + 5.0 * generator.normal()).collect();
            Line::fit(&x, &y).and_then(|line| line.fieller_interval()).unwrap()
        };
        let covered = (0..400)
            .map(|_| draw())
            .filter(|&(low, high)| low <= -0.4 && -0.4 <= high)
            .count();
        assert!((367..=393).contains(&covered), "{covered}");
    }
}
