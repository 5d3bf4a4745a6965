//! Values that follow each other and are alike, such as strides: how many independent
//! ones they are worth.
//!
//! A muscle that drifts or hesitates makes neighbouring strides alike. With the
//! correlation r of neighbours, n of them are worth `n(1 − r)/(1 + r)`: a third at r =
//! 0.5. That belongs into the variance of a mean and into its degrees of freedom; degrees
//! alone leave 21 % false alarms at r = 0.5 and 20 strides.

use super::stats::{mean, standard_deviation, t_95};

/// How alike neighbours are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependence {
    /// The correlation of neighbours, below 0 where they are unlike.
    found: f64,
    /// How many values it rests on.
    values: f64,
}

/// The largest correlation that is told from a series that only drifts.
const MOST: f64 = 0.95;
/// The fewest values of a series from which its correlation is told.
const FEWEST: usize = 5;
/// The fewest independent values of which a mean has an interval. More would not make the
/// intervals that are left right oftener: they are those whose correlation came out too
/// small. (Of a single series of 20 values with r = 0.8, 46 % have an interval, of which
/// 79 % hold the truth; with four as the fewest 34 and 72 %, with six 18 and 58 %.)
pub const FEWEST_EFFECTIVE: f64 = 3.0;

/// The fewest independent values of which the mean of overlapping ones has an interval.
const FEWEST_OVERLAPPING: f64 = 4.0;

/// The factor of a standard error in a 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;

impl Dependence {
    /// Neighbours that are not alike.
    pub const NONE: Self = Self { found: 0.0, values: 0.0 };

    /// From series that are alike for the same reason (muscles, points of a cycle), each
    /// about its own mean; values that are not finite are missing, and their neighbours no
    /// pair. The correlation of neighbours is pooled over the series, each with the weight
    /// of its length, after its bias is taken off: `(n·r + 1)/(n − 3)` (Kendall 1954;
    /// Marriott & Pope 1954). Neighbours that are unlike by chance count as independent.
    /// Series of fewer than five values and those that do not vary say nothing.
    ///
    /// A single series tells its correlation badly: of 20 strides with r = 0.5 and 0.8
    /// intervals miss the truth in 7.3 and 10 %, with two series in 5.4 and 7.0, with
    /// four in 4.6 and 4.7.
    ///
    /// ```
    /// use soleus::dsp::dependence::Dependence;
    ///
    /// let slow: Vec<f64> = (0..20).map(|k| (0.2 * f64::from(k)).sin()).collect();
    /// let found = Dependence::pooled(&[slow]);
    /// assert!(found.correlation() > 0.8 && found.effective(20) < 3.0);
    /// ```
    pub fn pooled<S: AsRef<[f64]>>(series: &[S]) -> Self {
        let of = |values: &S| {
            let there = values.as_ref().iter().enumerate().filter(|(_, x)| x.is_finite());
            let (places, kept): (Vec<usize>, Vec<[f64; 1]>) =
                there.map(|(place, x)| (place, [*x])).unzip();
            Self::of_curves(&kept, |at| places[at + 1] == places[at] + 1)
        };
        Self::joined(series.iter().map(of))
    }

    /// From curves of one length that follow each other, such as those of strides;
    /// `follows` says whether the next one follows this one, which it does not where
    /// strides between them were left out. All points together have one correlation,
    /// those that vary most the most weight; points that are `NaN` have none. Fewer than
    /// five curves and those that do not vary say nothing.
    pub fn of_curves<C: AsRef<[f64]>>(
        curves: &[C],
        follows: impl Fn(usize) -> bool,
    ) -> Self {
        let count = curves.len();
        if count < FEWEST {
            return Self::NONE;
        }
        let mean = mean_curve(curves);
        let pair = |one: usize, other: usize| -> f64 {
            let both = curves[one].as_ref().iter().zip(curves[other].as_ref());
            both.zip(&mean)
                .map(|((a, b), mean)| (a - mean) * (b - mean))
                .filter(|product| product.is_finite())
                .sum()
        };
        let squares: f64 = (0..count).map(|at| pair(at, at)).sum();
        let next: Vec<usize> = (0..count - 1).filter(|&at| follows(at)).collect();
        let products: f64 = next.iter().map(|&at| pair(at, at + 1)).sum();

        let n = count as f64;
        let raw = products / squares * (n - 1.0) / next.len() as f64;
        let found = (n * raw + 1.0) / (n - 3.0);
        if found.is_finite() { Self { found, values: n } } else { Self::NONE }
    }

    /// What several groups of curves say together, each with the weight of its length.
    pub fn joined(groups: impl IntoIterator<Item = Self>) -> Self {
        let (sum, values) = groups
            .into_iter()
            .map(|one| (one.values * one.found, one.values))
            .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if values > 0.0 { Self { found: sum / values, values } } else { Self::NONE }
    }

    /// The one whose neighbours are more alike.
    pub fn larger(self, other: Self) -> Self {
        if other.found > self.found { other } else { self }
    }

    /// The correlation of neighbours, 0 … 0.95.
    pub fn correlation(self) -> f64 {
        self.found.clamp(0.0, MOST)
    }

    /// How many independent values so many are worth.
    pub fn effective(self, count: usize) -> f64 {
        let correlation = self.correlation();
        count as f64 * (1.0 - correlation) / (1.0 + correlation)
    }

    /// By how much the variance of a mean is larger than that of as many independent
    /// values with the same sample variance, `(n − 1)/(n_e − 1)`: there are fewer, and
    /// they vary less among each other than they would apart. ∞ where less than
    /// [`FEWEST_EFFECTIVE`] are left, of which no mean has an interval.
    pub fn inflation(self, count: usize) -> f64 {
        let effective = self.effective(count);
        let known = effective >= FEWEST_EFFECTIVE || self.correlation() == 0.0;
        if known { (count as f64 - 1.0) / (effective - 1.0) } else { f64::INFINITY }
    }

    /// By how much a 95 % interval around the estimate that took so many values for
    /// independent is too short, by Student's t: `√inflation · t(n_e − 1)/t(n − 1)`.
    /// `None` for fewer than two values, or less than [`FEWEST_EFFECTIVE`] that are alike.
    pub fn widening(self, count: usize) -> Option<f64> {
        let t = t_95(self.effective(count) - 1.0)? / t_95(count as f64 - 1.0)?;
        Some(t * self.inflation(count).sqrt()).filter(|by| by.is_finite())
    }

    /// By how much percentiles of resampled values are too narrow: [`Self::widening`] times
    /// `t(n − 1)/z·√(n/(n − 1))`, by which percentiles fall short in few values
    /// (Hesterberg 2015).
    pub fn expansion(self, count: usize) -> Option<f64> {
        let n = count as f64;
        let few = t_95(n - 1.0)? / Z_95 * (n / (n - 1.0)).sqrt();
        self.widening(count).map(|by| few * by)
    }

    /// The 95 % interval of the mean of values that follow each other, by Student's t with
    /// [`Self::effective`] − 1 degrees of freedom. `None` for fewer than two values, or
    /// less than [`FEWEST_EFFECTIVE`] that are alike.
    pub fn mean_interval(self, values: &[f64]) -> Option<(f64, f64)> {
        let (mean, spread) = mean(values).zip(standard_deviation(values))?;
        let count = values.len();
        let t = t_95(self.effective(count) - 1.0)?;
        let half = t * spread / (count as f64).sqrt() * self.inflation(count).sqrt();
        half.is_finite().then_some((mean - half, mean + half))
    }
}

/// The 95 % interval of the mean of values whose correlation is known:
/// `correlation(distance)` of two of them that lie `distance` apart in x, and 0 from
/// `reach` on. x ascends, and may have gaps.
///
/// The variance of the mean of n values is `σ²/n · f` with `f = Σᵢ Σⱼ ρᵢⱼ/n`, which is
/// `1 + 2 Σ (1 − k/n) ρₖ` without gaps, and t has n/f − 1 degrees of freedom: of mean and
/// median frequencies over epochs that overlap by half and three quarters intervals hold
/// the truth in 94 to 97 of 100 cases. `None` where fewer than four independent values
/// are left, of which it would hold the truth too often.
pub fn correlated_mean_interval(
    x: &[f64],
    values: &[f64],
    correlation: impl Fn(f64) -> f64,
    reach: f64,
) -> Option<(f64, f64)> {
    let (mean, spread) = mean(values).zip(standard_deviation(values))?;
    let effective = correlated_effective(x, correlation, reach)?;
    let half = t_95(effective - 1.0)? * spread / effective.sqrt();
    Some((mean - half, mean + half))
}

/// How many independent values those are worth whose correlation is known, as for
/// [`correlated_mean_interval`]: `n/f`. `None` for fewer than four that are fewer than
/// there are values.
pub fn correlated_effective(
    x: &[f64],
    correlation: impl Fn(f64) -> f64,
    reach: f64,
) -> Option<f64> {
    let count = x.len() as f64;
    let with_later = |(i, at): (usize, &f64)| -> f64 {
        let near = x[i + 1..].iter().map(|later| later - at);
        near.take_while(|apart| *apart < reach).map(&correlation).sum()
    };
    let pairs: f64 = x.iter().enumerate().map(with_later).sum();
    let effective = count / (1.0 + 2.0 * pairs / count);
    (pairs <= 0.0 || effective >= FEWEST_OVERLAPPING).then_some(effective)
}

fn mean_curve<C: AsRef<[f64]>>(curves: &[C]) -> Vec<f64> {
    let mut mean = vec![0.0; curves.first().map_or(0, |curve| curve.as_ref().len())];
    for curve in curves {
        mean.iter_mut().zip(curve.as_ref()).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= curves.len() as f64);
    mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;
    use crate::dsp::stats::mean_interval;

    fn series(random: &mut SplitMix64, correlation: f64, n: usize) -> Vec<f64> {
        let step = (1.0 - correlation * correlation).sqrt();
        let mut last = random.normal();
        (0..n)
            .map(|_| {
                let value = last;
                last = correlation * last + step * random.normal();
                value
            })
            .collect()
    }

    /// In how many of 2000 sets of six series the interval of a mean misses 0.
    fn misses(correlation: f64, n: usize) -> usize {
        let mut random = SplitMix64::new(11);
        let missed = |_: &usize| {
            let all: Vec<Vec<f64>> =
                (0..6).map(|_| series(&mut random, correlation, n)).collect();
            let interval = Dependence::pooled(&all).mean_interval(&all[0]);
            interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
        };
        (0..2000).filter(missed).count()
    }

    #[test]
    fn intervals_of_means_cover_whatever_the_correlation() {
        // 5 % of 2000 and three standard errors are 129; plain intervals miss 500 of
        // them at 0.5.
        for correlation in [0.0, 0.2, 0.5, 0.8] {
            for n in [10, 20, 40] {
                let missed = misses(correlation, n);
                assert!(missed <= 129, "{missed} of {n} strides at {correlation}");
            }
        }
        assert!(misses(0.0, 20) > 55, "intervals are not wider than they need be");
    }

    #[test]
    fn the_bias_of_short_series_is_taken_off() {
        let mut random = SplitMix64::new(5);
        for correlation in [0.2, 0.5] {
            let all: Vec<Vec<f64>> =
                (0..2000).map(|_| series(&mut random, correlation, 20)).collect();
            let found = Dependence::pooled(&all).correlation();
            assert!((found - correlation).abs() < 0.05, "{found} for {correlation}");
        }
    }

    #[test]
    fn what_is_not_alike_has_the_plain_interval() {
        let values = [1.0, 3.0, 0.5, 2.5, 0.0, 4.0];
        let found = Dependence::pooled(&[values]);
        assert_eq!((found.correlation(), found.inflation(6)), (0.0, 1.0));
        assert_eq!(found.mean_interval(&values), mean_interval(&values));
        assert_eq!(Dependence::NONE.mean_interval(&[1.0]), None);
        let none: [&[f64]; 3] = [&[], &[1.0; 9], &[1.0, 2.0, 3.0, 4.0]];
        assert_eq!(Dependence::pooled(&none), Dependence::NONE);
    }

    #[test]
    fn missing_values_part_their_neighbours() {
        let mut random = SplitMix64::new(7);
        let mut whole = series(&mut random, 0.6, 4000);
        let all = Dependence::pooled(&[whole.clone()]).correlation();
        whole.iter_mut().step_by(5).for_each(|value| *value = f64::NAN);
        let parted = Dependence::pooled(&[whole]).correlation();
        assert!((all - parted).abs() < 0.03, "{all} {parted}");
    }

    #[test]
    fn a_drift_leaves_too_few() {
        let drift: Vec<f64> = (0..30).map(f64::from).collect();
        let found = Dependence::pooled(&[&drift]);
        assert!(found.effective(30) < FEWEST_EFFECTIVE && found.correlation() > 0.8);
        assert_eq!(found.mean_interval(&drift), None);
    }
}
