//! By how much values changed: from a first to a last group of them, and over a whole
//! course.

use super::cosines::powers;
use super::stats::{mean, t_95};
use super::wander::{MOST_WAVES, Wander};

/// The ratio `Σa/Σb` of the last `size` members `[a, b]` over that of the first ones: of
/// means, where every b is 1, and of anything that is a ratio of sums, as indices of mean
/// spectra are. `None` for empty or overlapping groups, sums that are not finite, or a
/// first ratio of 0.
///
/// ```
/// use soleus::dsp::change::ratio_of_sums;
///
/// let frequencies = [101.0, 99.0, 97.0, 90.0].map(|hz| [hz, 1.0]);
/// assert_eq!(ratio_of_sums(&frequencies, 1), Some(90.0 / 101.0));
/// ```
pub fn ratio_of_sums(members: &[[f64; 2]], size: usize) -> Option<f64> {
    let (first, last) = ends(members, size)?;
    let ratio = |members: &[[f64; 2]]| {
        let [a, b] = sums(members);
        a / b
    };
    Some(ratio(last) / ratio(first)).filter(|ratio| ratio.is_finite())
}

/// What each member `[a, b]` adds to the ratio `Σa/Σb` of all of them, to the first
/// order: values whose mean varies as that ratio does (Cochran 1977, the ratio estimator).
/// Where every b is 1 they are the a.
pub fn linearised(members: &[[f64; 2]]) -> Vec<f64> {
    let [a, b] = sums(members).map(|sum| sum / members.len() as f64);
    members.iter().map(|member| a / b * (1.0 + member[0] / a - member[1] / b)).collect()
}

/// The 95 % interval of such a ratio, where `values` are the members as [`linearised`]
/// has them, which wander so (the residuals of their line): groups that were resampled
/// would not do, because the values of each are alike and show less than they scatter.
/// Student's t of the logarithm, by the delta method. `None` for empty or overlapping
/// groups, or means that are not above 0.
///
/// With three values in each group it holds the truth as often as with thirty, because
/// all values tell how much one of them scatters.
pub fn wandering_ratio(
    ratio: f64,
    values: &[f64],
    size: usize,
    wander: &Wander,
) -> Option<(f64, f64)> {
    let count = values.len();
    let (first, last) = ends(values, size)?;
    let (first, last) = (mean(first)?, mean(last)?);
    let each = |mean: f64| (size as f64 * mean).recip();
    let mut weights = vec![0.0; count];
    weights[..size].fill(-each(first));
    weights[count - size..].fill(each(last));

    let known = wander.variance(&powers(&weights, MOST_WAVES.min(count - 1)));
    let half = t_95(known.degrees)? * known.variance.sqrt();
    let end = |logarithm: f64| ratio * libm::exp(logarithm);
    let is_sound = first > 0.0 && last > 0.0 && ratio > 0.0 && half.is_finite();
    is_sound.then(|| (end(-half), end(half)))
}

/// The first and the last so many; `None` where there are fewer than both, or none.
fn ends<T>(all: &[T], size: usize) -> Option<(&[T], &[T])> {
    let from = all.len().checked_sub(2 * size).filter(|_| size > 0)? + size;
    Some((&all[..size], &all[from..]))
}

fn sums(members: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|k| members.iter().map(|member| member[k]).sum())
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
    use crate::dsp::regression::Wandering;

    /// In how many of 1000 courses of so many values a change is found between groups of
    /// `size`, where neighbours correlate so.
    fn found(count: usize, size: usize, correlation: f64) -> usize {
        let mut random = SplitMix64::new(21);
        let x: Vec<f64> = (0..count).map(|k| k as f64).collect();
        let mut is_found = || {
            let mut level = random.normal();
            let fresh = (1.0 - correlation * correlation).sqrt();
            let mut next = |_: &f64| {
                level = correlation * level + fresh * random.normal();
                libm::exp(0.1 * level)
            };
            let y: Vec<f64> = x.iter().map(&mut next).collect();
            let wandering = Wandering::fit(&x, &y, |_| 0.0, 0.0).unwrap();
            let (low, high) = wandering_ratio(1.0, &y, size, wandering.wander()).unwrap();
            let change =
                ratio_of_sums(&y.iter().map(|y| [*y, 1.0]).collect::<Vec<_>>(), size);
            let ratio = change.unwrap();
            ratio * low > 1.0 || ratio * high < 1.0
        };
        (0..1000).filter(|_| is_found()).count()
    }

    #[test]
    fn a_wander_is_no_change() {
        // Resampled groups find one in more than 200.
        let alarms = found(40, 4, 0.6);
        assert!(alarms <= 75, "{alarms}");
        // Few epochs have a change as seldom as many.
        for (count, size) in [(40, 4), (30, 3), (12, 3)] {
            let steady = found(count, size, 0.0);
            assert!((5..=65).contains(&steady), "{steady} of {count}");
        }
    }

    #[test]
    fn ratios_of_sums_vary_as_their_members_do() {
        let mut random = SplitMix64::new(5);
        let members: Vec<[f64; 2]> = (0..500)
            .map(|_| [10.0 + random.normal(), 5.0 + 0.3 * random.normal()])
            .collect();
        let [a, b] = sums(&members);
        let values = linearised(&members);
        assert!((mean(&values).unwrap() - a / b).abs() < 1e-12);
        // One member less changes the ratio by what is said.
        let without = (a - members[7][0]) / (b - members[7][1]);
        let said = (values.iter().sum::<f64>() - values[7]) / 499.0;
        assert!((without - said).abs() < 1e-5 * without);
        let plain: Vec<[f64; 2]> = members.iter().map(|it| [it[0], 1.0]).collect();
        let same = linearised(&plain).into_iter().zip(&plain);
        assert!(
            same.into_iter().all(|(value, member)| (value - member[0]).abs() < 1e-12)
        );
    }

    #[test]
    fn what_has_no_ratio() {
        let heights = [1.0, -1.0, 0.5, 2.0];
        let wander = Wander::of(&heights, 1).unwrap();
        let of = |values: &[f64], size| wandering_ratio(1.0, values, size, &wander);
        assert_eq!(ratio_of_sums(&[[0.0, 1.0], [2.0, 1.0]], 1), None);
        assert_eq!(ratio_of_sums(&[[2.0, 1.0]; 3], 2), None);
        assert_eq!(ratio_of_sums(&[], 0), None);
        assert!(linearised(&[]).is_empty());
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
