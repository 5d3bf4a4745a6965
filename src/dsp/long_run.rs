//! How precisely the mean of a series is known whose values are alike for a while.
//!
//! Values of an envelope are alike for some tenths of a second, and nobody knows for how
//! long. The slowest waves of the series tell how far its mean would lie from that of
//! another one: the coefficients of its first K cosines have, all of them, the variance
//! that the mean has. (Müller 2007; Lazarus, Lewis, Stock & Watson 2018)

/// The fewest waves of which the variance of a mean is made.
const FEWEST: usize = 4;
/// The waves that are left where the slowest ones are larger than the others.
const SLOWEST: usize = 2;
/// How rarely the slowest waves of a series without a drift are so large.
const BY_CHANCE: f64 = 0.05;

/// What the slow waves of a series say of its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRun {
    /// The variance of the mean.
    pub variance: f64,
    /// How many waves it rests on, which are the degrees of freedom of Student's t.
    pub waves: usize,
    /// By how much the series drifts from one end to the other, in its own unit, where it
    /// drifts more than its faster waves explain: there the variance rests on the two
    /// slowest waves alone. With 5 of 100 series without a drift that is so by chance.
    pub drift: Option<f64>,
}

impl LongRun {
    /// Of values at equal distances, the mean of which is known; those that are missing
    /// are the mean. K is `0.4·n^⅔`, but at most `most`: the waves must be slower than a
    /// rhythm of the series, whose line does not belong to the variance of the mean. `None`
    /// where fewer than four waves are left.
    ///
    /// ```
    /// use soleus::dsp::long_run::LongRun;
    /// use soleus::dsp::random::normals;
    ///
    /// let found = LongRun::of(&normals(3, 600), f64::INFINITY).unwrap();
    /// assert!(found.waves == 28 || found.drift.is_some());
    /// assert!((0.05..20.0).contains(&(found.variance * 600.0)));
    /// ```
    pub fn of(values: &[f64], most: f64) -> Option<Self> {
        let n = values.len() as f64;
        let waves = (0.4 * libm::cbrt(n * n)).round().min(most.floor()) as usize;
        if waves < FEWEST {
            return None;
        }
        let heights: Vec<f64> = (1..=waves).map(|wave| height(values, wave)).collect();
        let drift = drift(&heights, n);
        let used = &heights[..if drift.is_some() { SLOWEST } else { waves }];
        Some(Self { variance: mean_square(used) / n, waves: used.len(), drift })
    }
}

/// The coefficient of the cosine with so many half periods over the series; all of them
/// have the variance of the values where these are independent.
fn height(values: &[f64], wave: usize) -> f64 {
    let n = values.len() as f64;
    let step = std::f64::consts::PI * wave as f64 / n;
    let (turn_sine, turn_cosine) = (libm::sin(step), libm::cos(step));
    let (mut sine, mut cosine) = (libm::sin(0.5 * step), libm::cos(0.5 * step));
    let mut sum = 0.0;
    for value in values {
        sum += value * cosine;
        (sine, cosine) = (
            sine * turn_cosine + cosine * turn_sine,
            cosine * turn_cosine - sine * turn_sine,
        );
    }
    (2.0 / n).sqrt() * sum
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64
}

/// From the highest to the lowest point that the two slowest waves have at most, where
/// they are larger than the others by more than chance (an F test, whose first degrees of
/// freedom are two).
fn drift(heights: &[f64], n: f64) -> Option<f64> {
    let (slow, fast) = heights.split_at_checked(SLOWEST)?;
    let (ratio, degrees) = (mean_square(slow) / mean_square(fast), fast.len() as f64);
    let chance = libm::pow(1.0 + 2.0 * ratio / degrees, -0.5 * degrees);
    let size = 2.0 * (2.0 / n).sqrt() * slow[0].hypot(slow[1]);
    (chance < BY_CHANCE).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};
    use crate::dsp::stats::{mean, t_95};

    /// A series whose neighbours are alike.
    fn alike(seed: u64, n: usize, correlation: f64) -> Vec<f64> {
        let mut random = SplitMix64::new(seed);
        let mut last = random.normal() / (1.0 - correlation * correlation).sqrt();
        (0..n)
            .map(|_| {
                last = correlation * last + random.normal();
                last
            })
            .collect()
    }

    #[test]
    fn intervals_cover_the_mean_of_series_that_are_alike() {
        // 95 % of 2000 ± 3 standard errors, and 1 % for what is alike for longer.
        for (n, correlation) in [(80, 0.0), (300, 0.3), (600, 0.7)] {
            let covers = |seed: u64| {
                let values = alike(seed, n, correlation);
                let centre = mean(&values).unwrap();
                let rest: Vec<f64> = values.iter().map(|value| value - centre).collect();
                let found = LongRun::of(&rest, f64::INFINITY).unwrap();
                centre.abs() <= t_95(found.waves as f64).unwrap() * found.variance.sqrt()
            };
            let covered = (0..2000).filter(|&seed| covers(seed)).count();
            assert!((1850..=1930).contains(&covered), "{covered} {n} {correlation}");
        }
    }

    #[test]
    fn the_heights_are_those_of_the_cosines() {
        let values = normals(4, 501);
        for wave in [1, 7, 40] {
            let cosine = |at: usize| {
                libm::cos(std::f64::consts::PI * wave as f64 * (at as f64 + 0.5) / 501.0)
            };
            let plain: f64 = values.iter().enumerate().map(|(k, v)| v * cosine(k)).sum();
            let plain = plain * (2.0 / 501.0_f64).sqrt();
            assert!((height(&values, wave) - plain).abs() < 1e-11);
        }
    }

    #[test]
    fn a_drift_is_told_and_leaves_two_waves() {
        let ramp = |n: usize| {
            let noise = normals(2, n);
            let at = |k: usize| k as f64 / (n - 1) as f64 - 0.5 + 0.2 * noise[k];
            (0..n).map(at).collect::<Vec<f64>>()
        };
        let found = LongRun::of(&ramp(300), f64::INFINITY).unwrap();
        let drift = found.drift.unwrap();
        assert!(found.waves == 2 && (0.7..1.3).contains(&drift), "{drift}");
        let told = |seed: &u64| {
            LongRun::of(&normals(*seed, 300), f64::INFINITY)
                .is_some_and(|found| found.drift.is_some())
        };
        let alarms = (0..1000).filter(told).count();
        assert!((25..=75).contains(&alarms), "{alarms}");
    }

    #[test]
    fn too_few_waves_say_nothing() {
        assert_eq!(LongRun::of(&normals(1, 25), f64::INFINITY), None);
        assert_eq!(LongRun::of(&normals(1, 500), 3.9), None);
        assert_eq!(LongRun::of(&[], f64::INFINITY), None);
        let still = LongRun::of(&[0.0; 100], f64::INFINITY).unwrap();
        assert_eq!((still.variance, still.drift), (0.0, None));
    }
}
