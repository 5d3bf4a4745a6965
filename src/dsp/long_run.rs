//! How precisely the mean of a series is known whose values are alike for a while.
//!
//! Values of an envelope are alike for some tenths of a second, and nobody knows for how
//! long. The slowest waves of the series tell how far its mean would lie from that of
//! another one: the coefficients of its first K cosines have, all of them, the variance
//! that the mean has. (Müller 2007; Lazarus, Lewis, Stock & Watson 2018)
//!
//! A level that wanders for some seconds has that variance in the very slowest of them
//! alone. Where the waves speak for that, the variance is what they say of all that may
//! be ([`super::wander`]), unless it is smaller.

use super::cosines::height;
use super::stats::t_95;
use super::wander::{Known, MOST_WAVES, Wander};

/// The fewest waves of which the variance of a mean is made.
const FEWEST: usize = 4;
/// The waves that are left where the slowest ones are larger than the others.
const SLOWEST: usize = 2;
/// How many times as many waves tell whether the level wanders. More of them would see
/// it better, and take what is faster than the slow waves for it, too.
const TELLING: f64 = 1.2;
/// How rarely the slowest waves of a series without a drift are so large.
const BY_CHANCE: f64 = 0.05;

/// What the slow waves of a series say of its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRun {
    /// The variance of the mean.
    pub variance: f64,
    /// How many waves it rests on.
    pub waves: usize,
    /// The degrees of freedom of Student's t: as many as there are waves, or fewer where
    /// the level wanders.
    pub degrees: f64,
    /// By how much the series drifts from one end to the other, in its own unit, where it
    /// drifts more than its faster waves explain: there the variance rests on the two
    /// slowest waves alone. With 5 of 100 series without a drift that is so by chance.
    pub drift: Option<f64>,
}

impl LongRun {
    /// Of values at equal distances, the mean of which is known; those that are missing
    /// are the mean. K is `0.4·n^⅔`, and a fifth more where they wander, but at most `most`: the waves must be slower than a
    /// rhythm of the series, whose line does not belong to the variance of the mean. `None`
    /// where fewer than four waves are left.
    ///
    /// ```
    /// use soleus::dsp::long_run::LongRun;
    /// use soleus::dsp::random::normals;
    ///
    /// let found = LongRun::of(&normals(3, 600), f64::INFINITY).unwrap();
    /// assert!(found.waves >= 28 || found.drift.is_some());
    /// assert!((0.05..20.0).contains(&(found.variance * 600.0)));
    /// ```
    pub fn of(values: &[f64], most: f64) -> Option<Self> {
        let plain = Self::without_wander(values, most)?;
        if plain.drift.is_some() {
            return Some(plain);
        }
        let n = values.len() as f64;
        let (share, waves) = (0.4 * libm::cbrt(n * n), plain.waves);
        let telling = (TELLING * share).round().min(most.floor()) as usize;
        let heights: Vec<f64> = (1..=telling.clamp(waves, MOST_WAVES.max(waves)))
            .map(|wave| height(values, wave))
            .collect();
        let wandering = Self::wandering(&heights, waves, n);
        Some(wandering.filter(|it| it.is_wider(plain)).unwrap_or(plain))
    }

    /// The same of what cannot wander, such as a task that begins and ends within the
    /// recording: the first K waves say what they say.
    pub fn without_wander(values: &[f64], most: f64) -> Option<Self> {
        let n = values.len() as f64;
        let waves = (0.4 * libm::cbrt(n * n)).round().min(most.floor()) as usize;
        if waves < FEWEST {
            return None;
        }
        let heights: Vec<f64> = (1..=waves).map(|wave| height(values, wave)).collect();
        let drift = drift(&heights, n);
        let used = &heights[..if drift.is_some() { SLOWEST } else { waves }];
        let (variance, waves) = (mean_square(used) / n, used.len());
        Some(Self { variance, waves, degrees: waves as f64, drift })
    }

    /// What the waves say where a wander is more likely than not that is slower than the
    /// slow ones; what is faster is alike in all of these.
    fn wandering(heights: &[f64], slow: usize, n: f64) -> Option<Self> {
        let wander = Wander::of(heights, 1).filter(|it| it.slower_than(slow) > 0.5)?;
        let Known { variance, degrees } = wander.variance(&[n.recip()]);
        Some(Self { variance, waves: heights.len(), degrees, drift: None })
    }

    fn is_wider(self, other: Self) -> bool {
        let half = |one: Self| t_95(one.degrees).map(|t| t * one.variance.sqrt());
        half(self) > half(other)
    }
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
    let size = 2.0 * (2.0 / n).sqrt() * libm::hypot(slow[0], slow[1]);
    (chance < BY_CHANCE).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};
    use crate::dsp::stats::mean;

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
                centre.abs() <= t_95(found.degrees).unwrap() * found.variance.sqrt()
            };
            let covered = (0..2000).filter(|&seed| covers(seed)).count();
            assert!((1850..=1930).contains(&covered), "{covered} {n} {correlation}");
        }
    }

    #[test]
    fn intervals_cover_the_mean_of_a_level_that_wanders() {
        // Tenths of a second of 30 and 60 s of a level that wanders with a time constant
        // of 2 s, by as much as a tenth scatters. The first K waves alone cover 82 and
        // 85 %.
        for (n, least) in [(300, 1820), (600, 1860)] {
            let covers = |seed: u64| {
                let keep = libm::exp(-0.05);
                let level = alike(seed, n, keep);
                let size = (1.0 - keep * keep).sqrt();
                let noise = normals(seed + 5000, n);
                let values: Vec<f64> = level
                    .iter()
                    .zip(noise)
                    .map(|(it, noise)| size * it + noise)
                    .collect();
                let centre = mean(&values).unwrap();
                let rest: Vec<f64> = values.iter().map(|value| value - centre).collect();
                let found = LongRun::of(&rest, f64::INFINITY).unwrap();
                centre.abs() <= t_95(found.degrees).unwrap() * found.variance.sqrt()
            };
            let covered = (0..2000).filter(|&seed| covers(seed)).count();
            assert!((least..=1950).contains(&covered), "{covered} of {n}");
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
        assert!(LongRun::of(&normals(1, 500), 4.5).is_some_and(|found| found.waves <= 4));
        let still = LongRun::of(&[0.0; 100], f64::INFINITY).unwrap();
        assert_eq!((still.variance, still.drift), (0.0, None));
    }
}
