//! Straight lines that single odd values do not move: the median of all slopes between
//! two points.

mod between;
mod siegel;
mod slopes;
mod sweep;

pub use siegel::siegel;

use super::stats::{median, normal_quantile};
use slopes::Slopes;

/// A line by Theil (1950) with the interval of its slope by Sen (1968).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// How many points it rests on.
    pub n: usize,
    /// The median of the slopes between any two points whose x differ.
    pub slope: f64,
    /// `median(y) − slope · median(x)`, as SciPy's `theilslopes` has it by default.
    pub intercept: f64,
    /// The 95 % interval of the slope from Kendall's statistic, ties counted; the ends
    /// are slopes between two points.
    pub interval: (f64, f64),
}

impl TheilSen {
    /// The line through the points; `None` for fewer than three of them, for values that
    /// are not finite or so large that their differences or slopes are not, or when all x
    /// are equal.
    ///
    /// The slopes are those that sorting all of them would give, in a time that grows
    /// little faster than the number of points; only where very many slopes are as good
    /// as equal, other than 0, with the square of it.
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
        if n < 3 || x.iter().chain(y).any(|value| !value.is_finite()) {
            return None;
        }

        let mut slopes = Slopes::new(x, y)?;
        let (low, high) = ranks(slopes.total(), x, y);
        let slope = middle(&mut slopes);
        let intercept = median(y)? - slope * median(x)?;
        let line =
            Self { n, slope, intercept, interval: (slopes.at(low), slopes.at(high)) };
        let finite = [slope, intercept, line.interval.0, line.interval.1]
            .iter()
            .all(|value| value.is_finite());

        finite.then_some(line)
    }

    /// The slope in per cent of the intercept; `None` when the intercept is 0.
    pub fn normalised_slope(&self) -> Option<f64> {
        Some(100.0 * self.slope / self.intercept).filter(|slope| slope.is_finite())
    }

    /// The same with an interval whose ends lie so many times as far from the slope, for
    /// values that are alike: by as much as that of a straight line is wider for it.
    #[must_use]
    pub fn widened(self, by: f64) -> Self {
        let [low, high] = [self.interval.0, self.interval.1]
            .map(|end| self.slope + by * (end - self.slope));
        Self { interval: (low, high), ..self }
    }

    /// The interval of the slope in per cent of the intercept, which counts as known;
    /// `None` when it is 0.
    pub fn normalised_interval(&self) -> Option<(f64, f64)> {
        let [one, other] =
            [self.interval.0, self.interval.1].map(|end| 100.0 * end / self.intercept);
        (one.is_finite() && other.is_finite()).then(|| (one.min(other), one.max(other)))
    }
}

/// The median, as [`median`] has it.
fn middle(slopes: &mut Slopes) -> f64 {
    let last = slopes.total() - 1;
    let low = slopes.at(last / 2);
    if last.is_multiple_of(2) { low } else { low + (slopes.at(last / 2 + 1) - low) * 0.5 }
}

/// The places of both ends of the interval among the sorted slopes: equation 2.6 of Sen
/// (1968).
fn ranks(slopes: u64, x: &[f64], y: &[f64]) -> (u64, u64) {
    let pairs = |k: f64| k * (k - 1.0) * (2.0 * k + 5.0);
    let variance = (pairs(x.len() as f64) - ties(x, pairs) - ties(y, pairs)) / 18.0;
    let half = normal_quantile(0.975) * variance.max(0.0).sqrt();
    let count = slopes as f64;
    let low = ((count - half) / 2.0).round_ties_even() - 1.0;
    let high = ((count + half) / 2.0).round_ties_even();
    (low.max(0.0) as u64, (high.max(0.0) as u64).min(slopes - 1))
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
    }

    #[test]
    fn a_constant_has_a_slope_of_0_and_a_line_through_0_no_share() {
        let line = TheilSen::fit(&[0.0, 1.0, 2.0, 3.0], &[5.0; 4]).unwrap();
        assert_eq!(
            (line.slope, line.interval, line.normalised_slope()),
            (0.0, (0.0, 0.0), Some(0.0))
        );
        let line = TheilSen::fit(&[0.0, 1.0, 2.0], &[0.0, 1.0, 2.0]).unwrap();
        assert_eq!((line.normalised_slope(), line.normalised_interval()), (None, None));
    }

    #[test]
    fn a_wider_interval_keeps_the_slope_in_its_place() {
        let y = [10.0, 9.0, 50.0, 7.0, 6.0, 7.0];
        let line = TheilSen::fit(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &y).unwrap();
        let wider = line.widened(2.0);
        let far =
            |line: TheilSen| (line.slope - line.interval.0, line.interval.1 - line.slope);
        assert_eq!(wider.slope, line.slope);
        let ((low, high), (wide_low, wide_high)) = (far(line), far(wider));
        assert!((wide_low - 2.0 * low).abs() < 1e-12 * low);
        assert!((wide_high - 2.0 * high).abs() < 1e-12 * high);
        assert_eq!(line.widened(1.0).slope, line.slope);
    }

    /// All slopes, sorted.
    fn every(x: &[f64], y: &[f64]) -> Vec<f64> {
        let mut slopes = Vec::new();
        for i in 0..x.len() {
            let to = |j: usize| (x[j] - x[i], y[j] - y[i]);
            slopes.extend(
                (i + 1..x.len())
                    .map(to)
                    .filter(|(run, _)| *run != 0.0)
                    .map(|(run, rise)| rise / run),
            );
        }
        slopes.sort_unstable_by(f64::total_cmp);
        slopes
    }

    #[track_caller]
    fn same_as_all(x: &[f64], y: &[f64]) {
        let all = every(x, y);
        let expected = (!all.is_empty()).then(|| {
            let (low, high) = ranks(all.len() as u64, x, y);
            [median(&all).unwrap(), all[low as usize], all[high as usize]]
        });
        // Slopes of tiny distances are infinite.
        let finite = |slopes: &[f64; 3]| {
            slopes.iter().all(|slope| (slope * median(x).unwrap()).is_finite())
        };
        let found = TheilSen::fit(x, y)
            .map(|line| [line.slope, line.interval.0, line.interval.1]);
        assert_eq!(found, expected.filter(finite), "{} points", x.len());
    }

    #[test]
    fn the_slopes_are_those_of_all_pairs_sorted() {
        let mut generator = crate::dsp::random::SplitMix64::new(7);
        for n in [3, 4, 5, 20, 60, 100, 101, 333, 500] {
            let index: Vec<f64> = (0..n).map(|k| k as f64).collect();
            let mut noise = |scale: f64| -> Vec<f64> {
                (0..n).map(|_| scale * generator.normal()).collect()
            };
            let (free, coarse) =
                (noise(1.0), noise(3.0).iter().map(|z| z.round()).collect::<Vec<_>>());
            let doubled: Vec<f64> =
                index.iter().map(|k| (k / 2.0).floor() * 0.1).collect();
            let far: Vec<f64> = index.iter().map(|k| 1.6e9 + 0.25 * k).collect();
            let heavy: Vec<f64> = noise(1.0).iter().map(|z| z.powi(9)).collect();
            let line: Vec<f64> = index.iter().map(|k| 0.1 * k + 0.7).collect();
            let steps: Vec<f64> = index.iter().map(|k| (0.35 * k).floor()).collect();
            let (large, small) = (noise(1e300), noise(1e-310));
            let two: Vec<f64> = index.iter().map(|k| k % 2.0).collect();
            for x in [&index, &free, &coarse, &doubled, &far, &heavy, &two, &small] {
                for y in
                    [&free, &coarse, &heavy, &line, &steps, &two, &index, &vec![1.0; n]]
                {
                    same_as_all(x, y);
                }
            }
            for y in [&large, &small] {
                for x in [&index, &free] {
                    same_as_all(x, y);
                }
            }
        }
    }

    #[test]
    fn the_interval_covers_the_truth_at_its_level() {
        // 400 random lines with 20 points: 95 % ± 3 standard errors (1.1 %, and 1 % for
        // whole ranks).
        let mut generator = crate::dsp::random::SplitMix64::new(78);
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let mut draw = || {
            let y: Vec<f64> =
                x.iter().map(|t| 100.0 - 0.4 * t + 5.0 * generator.normal()).collect();
            TheilSen::fit(&x, &y).unwrap().interval
        };
        let covered = (0..400)
            .map(|_| draw())
            .filter(|&(low, high)| low <= -0.4 && -0.4 <= high)
            .count();
        assert!((363..=397).contains(&covered), "{covered}");
    }
}
