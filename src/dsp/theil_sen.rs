//! Straight lines that single odd values do not move: the median of all slopes between two points.

mod siegel;

pub use siegel::siegel;

use super::stats::{median, normal_quantile};

/// A line by Theil (1950) with the interval of its slope by Sen (1968).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// How many points it rests on.
    pub n: usize,
    /// The median of the slopes between any two points whose x differ.
    pub slope: f64,
    /// `median(y) − slope · median(x)`, as SciPy's `theilslopes` has it by default.
    pub intercept: f64,
    /// The 95 % interval of the slope from Kendall's statistic, ties counted; the ends are slopes between two points.
    pub interval: (f64, f64),
}

/// The most points that are fitted: the slopes between all of them are some tens of megabytes.
pub const MOST: usize = 3000;

impl TheilSen {
    /// The line through the points; `None` for fewer than three or more than [`MOST`] of them, for values that are not
    /// finite or so large that their slopes are not, or when all x are equal.
    ///
    /// ```
    /// use soleus::dsp::theil_sen::TheilSen;
    ///
    /// let line = TheilSen::fit(&[0.0, 1.0, 2.0, 3.0, 4.0], &[10.0, 9.0, 50.0, 7.0, 6.0]);
    /// assert_eq!(line.map(|line| line.slope), Some(-1.0));
    /// ```
    pub fn fit(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len().min(y.len());
        let (x, y) = (&x[..n], &y[..n]);
        if !(3..=MOST).contains(&n) || x.iter().chain(y).any(|value| !value.is_finite()) {
            return None;
        }
        let mut slopes = Vec::with_capacity(n * (n - 1) / 2);
        for i in 0..n {
            let to = |j: usize| (x[j] - x[i], y[j] - y[i]);
            slopes.extend((i + 1..n).map(to).filter(|(run, _)| *run != 0.0).map(|(run, rise)| rise / run));
        }
        let slope = median(&slopes)?;
        let intercept = median(y)? - slope * median(x)?;
        slopes.sort_unstable_by(f64::total_cmp);
        let (low, high) = ranks(slopes.len(), x, y);
        let line = Self { n, slope, intercept, interval: (slopes[low], slopes[high]) };
        let finite = [slope, intercept, line.interval.0, line.interval.1].iter().all(|value| value.is_finite());
        finite.then_some(line)
    }

    /// The slope in per cent of the intercept; `None` when the intercept is 0.
    pub fn normalised_slope(&self) -> Option<f64> {
        Some(100.0 * self.slope / self.intercept).filter(|slope| slope.is_finite())
    }

    /// The interval of the slope in per cent of the intercept, which counts as known; `None` when it is 0.
    pub fn normalised_interval(&self) -> Option<(f64, f64)> {
        let [one, other] = [self.interval.0, self.interval.1].map(|end| 100.0 * end / self.intercept);
        (one.is_finite() && other.is_finite()).then(|| (one.min(other), one.max(other)))
    }
}

/// The places of both ends of the interval among the sorted slopes: equation 2.6 of Sen (1968).
fn ranks(slopes: usize, x: &[f64], y: &[f64]) -> (usize, usize) {
    let pairs = |k: f64| k * (k - 1.0) * (2.0 * k + 5.0);
    let variance = (pairs(x.len() as f64) - ties(x, pairs) - ties(y, pairs)) / 18.0;
    let half = normal_quantile(0.975) * variance.max(0.0).sqrt();
    let count = slopes as f64;
    let low = ((count - half) / 2.0).round_ties_even() - 1.0;
    let high = ((count + half) / 2.0).round_ties_even();
    (low.max(0.0) as usize, (high.max(0.0) as usize).min(slopes - 1))
}

/// What groups of equal values take off.
fn ties(values: &[f64], pairs: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|one, next| one == next).map(|group| pairs(group.len() as f64)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_line() {
        let x = [0.0, 1.0, 2.0];
        assert_eq!(TheilSen::fit(&x[..2], &[1.0, 2.0]), None);
        assert_eq!(TheilSen::fit(&[1.0; 3], &[1.0, 2.0, 3.0]), None);
        assert_eq!(TheilSen::fit(&x, &[1.0, f64::NAN, 2.0]), None);
        assert_eq!(TheilSen::fit(&x, &[1e308, -1e308, 1e308]), None);
        let many: Vec<f64> = (0..=MOST).map(|k| k as f64).collect();
        assert_eq!(TheilSen::fit(&many, &many), None);
        assert!(TheilSen::fit(&many[..MOST], &many).is_some());
    }

    #[test]
    fn a_constant_has_a_slope_of_0_and_a_line_through_0_no_share() {
        let line = TheilSen::fit(&[0.0, 1.0, 2.0, 3.0], &[5.0; 4]).unwrap();
        assert_eq!((line.slope, line.interval, line.normalised_slope()), (0.0, (0.0, 0.0), Some(0.0)));
        let line = TheilSen::fit(&[0.0, 1.0, 2.0], &[0.0, 1.0, 2.0]).unwrap();
        assert_eq!((line.normalised_slope(), line.normalised_interval()), (None, None));
    }

    #[test]
    fn the_interval_covers_the_truth_at_its_level() {
        // 400 random lines with 20 points: 95 % ± 3 standard errors (1.1 %, and 1 % for whole ranks).
        let mut generator = crate::dsp::random::SplitMix64::new(78);
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let mut draw = || {
            let y: Vec<f64> = x.iter().map(|t| 100.0 - 0.4 * t + 5.0 * generator.normal()).collect();
            TheilSen::fit(&x, &y).unwrap().interval
        };
        let covered = (0..400).map(|_| draw()).filter(|&(low, high)| low <= -0.4 && -0.4 <= high).count();
        assert!((363..=397).contains(&covered), "{covered}");
    }
}
