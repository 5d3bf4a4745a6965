//! By how much values changed: from a first to a last group of them, and over a whole
//! course.

use super::bootstrap::{Draws, Resampling, drawn};
use super::cosines::powers;
use super::stats::{mean, normal_cdf, quantiles, t_95};
use super::wander::{MOST_WAVES, Wander};

/// The change from the mean of the first values to that of the last ones in per cent,
/// `100·(last/first − 1)`, with its 95 % bootstrap interval: expanded percentiles
/// (Hesterberg 2015), which make up for what percentiles, and those of BCa, lack in small
/// groups. Both groups are resampled; values within a group must not depend on each
/// other.
///
/// In simulations (`tests/all/trends.rs`; normal and skewed values, coefficients of
/// variation from 5 to 30 %) it holds the truth in 93 to 97 of 100 cases from 6 values a
/// group on, BCa with 6 in 88 to 91. With 3 values resampling cannot reach far enough,
/// and it is about 90.
///
/// `None` for a group of fewer than two values, values that are not finite, or where the
/// first mean is 0 or some resampled one is.
///
/// ```
/// use soleus::dsp::bootstrap::Resampling;
/// use soleus::dsp::change::change_interval;
///
/// let first = [98.0, 101.0, 103.0, 99.0, 100.0, 99.0];
/// let last = [91.0, 88.0, 90.0, 92.0, 89.0, 90.0];
/// let found = change_interval(&first, &last, Resampling { replicates: 2000, seed: 1 });
/// let (change, (low, high)) = found.expect("six values each are enough");
/// assert!(change.round() == -10.0 && -14.0 < low && high < -6.0);
/// ```
pub fn change_interval(
    first: &[f64],
    last: &[f64],
    resampling: Resampling,
) -> Option<(f64, (f64, f64))> {
    let members = |values: &[f64]| -> Vec<[f64; 2]> {
        values.iter().map(|value| [*value, 1.0]).collect()
    };
    let draws = resampling.draw(&[first.len(), last.len()]);
    let (ratio, interval) = ratio_of_sums(&members(first), &members(last), Some(&draws))?;
    let percent = |ratio: f64| 100.0 * (ratio - 1.0);
    interval.map(|(low, high)| (percent(ratio), (percent(low), percent(high))))
}

/// The ratio `Σa/Σb` of the last members `[a, b]` over that of the first ones, with its
/// 95 % interval as [`change_interval`] has it: of means, where every b is 1, and of
/// anything that is a ratio of sums, as indices of mean spectra are. The draws are those
/// for groups of these sizes; one set of them serves all quantities.
///
/// `None` for a group without members, sums that are not finite, or a first ratio of 0;
/// the interval is missing without draws, for a group of one member, and where a
/// resampled ratio is not finite.
pub fn ratio_of_sums(
    first: &[[f64; 2]],
    last: &[[f64; 2]],
    draws: Option<&Draws>,
) -> Option<(f64, Option<(f64, f64)>)> {
    let ratio = |[first_a, first_b]: [f64; 2], [last_a, last_b]: [f64; 2]| {
        (last_a / last_b) / (first_a / first_b)
    };
    let estimate = ratio(sums(first), sums(last));
    let interval = || {
        let tail = tail(RatioGroup::measure(first)?, RatioGroup::measure(last)?)?;
        let draws = draws.filter(|draws| draws.sizes() == [first.len(), last.len()])?;
        let replicates = draws.replicates(|times| {
            let (first_times, last_times) = times.split_at(first.len());
            ratio(drawn(first, first_times), drawn(last, last_times))
        });
        // A resampled sum of 0 gives no ratio, and quantiles would leave it out in
        // silence.
        let sound = replicates.iter().all(|replicate| replicate.is_finite());
        quantiles(&replicates, [tail, 1.0 - tail])
            .filter(|_| sound)
            .map(|[low, high]| (low, high))
    };

    estimate.is_finite().then(|| (estimate, interval()))
}

/// The 95 % interval of the mean of the last `size` values over that of the first ones,
/// for values of a level that wanders (of the residuals of their line): the groups are
/// not resampled, because the values of each are alike and show less than they scatter.
/// Student's t of the logarithm, by the delta method. `None` for empty or overlapping
/// groups, or means that are not above 0.
pub fn wandering_ratio(
    values: &[f64],
    size: usize,
    wander: &Wander,
) -> Option<(f64, f64)> {
    let count = values.len();
    let rest = count.checked_sub(2 * size)?;
    let (first, last) = (mean(&values[..size])?, mean(&values[size + rest..])?);
    let each = |mean: f64| (size as f64 * mean).recip();
    let mut weights = vec![0.0; count];
    weights[..size].fill(-each(first));
    weights[size + rest..].fill(each(last));

    let known = wander.variance(&powers(&weights, MOST_WAVES.min(count - 1)));
    let half = t_95(known.degrees)? * known.variance.sqrt();
    let end = |logarithm: f64| last / first * libm::exp(logarithm);
    (first > 0.0 && last > 0.0 && half.is_finite()).then(|| (end(-half), end(half)))
}

fn sums(members: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|k| members.iter().map(|member| member[k]).sum())
}

/// What the expansion needs of a group.
struct RatioGroup {
    count: f64,
    /// The squared standard error of `Σa/Σb` over its square (the ratio estimator of
    /// Cochran 1977; of a mean where b is 1).
    variance: f64,
}

impl RatioGroup {
    fn measure(members: &[[f64; 2]]) -> Option<Self> {
        let (count, [a, b]) = (members.len() as f64, sums(members));
        let square = |member: &[f64; 2]| (member[0] / a - member[1] / b).powi(2);
        let squares: f64 = members.iter().map(square).sum();
        let variance = squares * count / (count - 1.0);
        Some(Self { count, variance }).filter(|group| group.variance.is_finite())
    }
}

/// The share of the replicates beyond each end: that of the normal beyond Student's t of
/// both groups (degrees of freedom by Welch 1947), times what resampled means vary too
/// little, √(n/(n − 1)) for each group.
fn tail(first: RatioGroup, last: RatioGroup) -> Option<f64> {
    let sum = |term: &dyn Fn(&RatioGroup) -> f64| term(&first) + term(&last);
    let variance = sum(&|group| group.variance);
    // Without spread all replicates are the estimate, and any share of them will do.
    if variance == 0.0 {
        return Some(0.025);
    }
    let freedom = variance * variance
        / sum(&|group| group.variance * group.variance / (group.count - 1.0));
    let resampled = sum(&|group| group.variance * (group.count - 1.0) / group.count);
    Some(normal_cdf(-t_95(freedom)? * (variance / resampled).sqrt()))
}

/// The area between a course and its reference, as a share of the area below the
/// reference (Merletti et al. 1991): `1 − trapezoid(y / reference) / (t_last − t_first)`,
/// 0 for no change, positive for values that fell. `t` ascends, at any distances.
///
/// `None` for fewer than two points, times that do not ascend, values that are not
/// finite, or a reference of 0.
pub fn area_ratio(t: &[f64], y: &[f64], reference: f64) -> Option<f64> {
    let n = t.len().min(y.len());
    let (t, y) = (&t[..n], &y[..n]);
    let span = t.last()? - t.first()?;
    let steps = t.windows(2).zip(y.windows(2));
    let area: f64 = steps
        .map(|(t, y)| (t[1] - t[0]) * (y[0] / reference + y[1] / reference) / 2.0)
        .sum();
    let ratio = 1.0 - area / span;
    (t.is_sorted() && ratio.is_finite()).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;
    use crate::dsp::regression::Line;

    const RESAMPLING: Resampling = Resampling { replicates: 500, seed: 3 };

    #[test]
    fn without_spread_the_interval_is_the_change() {
        assert_eq!(
            change_interval(&[2.0, 2.0], &[3.0; 4], RESAMPLING),
            Some((50.0, (50.0, 50.0)))
        );
    }

    #[test]
    fn what_has_no_change() {
        assert_eq!(change_interval(&[2.0], &[3.0, 4.0], RESAMPLING), None);
        assert_eq!(change_interval(&[-1.0, 1.0], &[3.0, 4.0], RESAMPLING), None);
        assert_eq!(change_interval(&[0.0, 0.0, 0.0, 1.0], &[3.0, 4.0], RESAMPLING), None);
        assert_eq!(change_interval(&[1.0, f64::NAN], &[3.0, 4.0], RESAMPLING), None);
        assert_eq!(
            change_interval(&[1e300, 2e300], &[f64::INFINITY, 4.0], RESAMPLING),
            None
        );
        assert_eq!(
            change_interval(
                &[1.0, 2.0],
                &[3.0, 4.0],
                Resampling { replicates: 0, seed: 0 }
            ),
            None
        );
    }

    /// In how many of 1000 courses of 40 values a change is found, where neighbours
    /// correlate so; by the bootstrap, and by the waves.
    fn found(correlation: f64) -> [usize; 2] {
        let mut random = SplitMix64::new(21);
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let mut alarms = [0; 2];
        for _ in 0..1000 {
            let mut level = random.normal();
            let fresh = (1.0 - correlation * correlation).sqrt();
            let mut next = |_: &f64| {
                level = correlation * level + fresh * random.normal();
                libm::exp(0.1 * level)
            };
            let y: Vec<f64> = x.iter().map(&mut next).collect();
            let (_, wander) = Line::fit_wandering(&x, &y, |_| 0.0, 0.0).unwrap();
            let by_waves = wandering_ratio(&y, 4, &wander).unwrap();
            let (_, by_draws) = change_interval(&y[..4], &y[36..], RESAMPLING).unwrap();
            alarms[0] += usize::from(by_draws.0 > 0.0 || by_draws.1 < 0.0);
            alarms[1] += usize::from(by_waves.0 > 1.0 || by_waves.1 < 1.0);
        }
        alarms
    }

    #[test]
    fn a_wander_is_no_change() {
        let [drawn, waves] = found(0.6);
        assert!(drawn > 200 && waves <= 75, "{drawn} {waves}");
        let [_, steady] = found(0.0);
        assert!((5..=65).contains(&steady), "{steady}");
    }

    #[test]
    fn what_has_no_ratio() {
        let heights = [1.0, -1.0, 0.5, 2.0];
        let wander = Wander::of(&heights, 1).unwrap();
        let of = |values: &[f64], size| wandering_ratio(values, size, &wander);
        assert!(of(&[1.0, 2.0, 3.0, 4.0], 2).is_some_and(|(low, high)| low < high));
        assert_eq!(of(&[1.0, 2.0, 3.0], 2), None);
        assert_eq!(of(&[1.0, 2.0, 3.0], 0), None);
        assert_eq!(of(&[-1.0, 2.0, 3.0, 4.0], 1), None);
        assert_eq!(of(&[0.0, 2.0, 3.0, 4.0], 1), None);
        assert_eq!(of(&[], 0), None);
    }

    #[test]
    fn areas_of_courses() {
        assert_eq!(area_ratio(&[0.0, 1.0, 4.0], &[2.0, 2.0, 2.0], 2.0), Some(0.0));
        // The triangle below a fall to nothing is half of the rectangle.
        assert_eq!(area_ratio(&[0.0, 1.0, 4.0], &[4.0, 3.0, 0.0], 4.0), Some(0.5));
        assert_eq!(area_ratio(&[0.0], &[2.0], 2.0), None);
        assert_eq!(area_ratio(&[0.0, 2.0, 1.0], &[2.0; 3], 2.0), None);
        assert_eq!(area_ratio(&[0.0, 1.0], &[2.0; 2], 0.0), None);
        assert_eq!(area_ratio(&[0.0, 0.0], &[2.0; 2], 2.0), None);
        assert_eq!(area_ratio(&[0.0, 1.0], &[2.0, f64::NAN], 2.0), None);
    }
}
