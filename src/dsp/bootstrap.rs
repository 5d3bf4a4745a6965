//! Intervals by resampling with [`SplitMix64`], so that a seed gives the same interval everywhere.
//! (Efron 1987; Efron & Tibshirani 1993)

use super::random::SplitMix64;
use super::stats::{ascending, mean, normal_cdf, normal_quantile, quantile_of_ascending};

/// How often to draw, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// How many replicates are drawn (2000 or more for intervals).
    pub replicates: usize,
    /// The seed of the generator.
    pub seed: u64,
}

impl Resampling {
    /// The statistic of each replicate. A replicate draws with replacement as many indices for every
    /// sample as `sizes` says, one sample after the other, and hands them to `statistic`.
    pub fn replicates(self, sizes: &[usize], mut statistic: impl FnMut(&[Vec<usize>]) -> f64) -> Vec<f64> {
        let mut generator = SplitMix64::new(self.seed);
        let mut drawn: Vec<Vec<usize>> = sizes.iter().map(|&size| vec![0; size]).collect();
        let mut draw = |_| {
            for indices in &mut drawn {
                let size = indices.len();
                indices.iter_mut().for_each(|index| *index = generator.index(size));
            }
            statistic(&drawn)
        };
        (0..self.replicates).map(&mut draw).collect()
    }
}

/// The 95 % interval between the percentiles 2.5 and 97.5 of the replicates; `None` for no replicates.
pub fn percentile_interval(replicates: &[f64]) -> Option<(f64, f64)> {
    let sorted = ascending(replicates);
    Some((quantile_of_ascending(&sorted, 0.025)?, quantile_of_ascending(&sorted, 0.975)?))
}

/// What the bias-corrected and accelerated interval adds to the percentiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// The bias correction z0, from the share of replicates below the estimate.
    pub bias: f64,
    /// The acceleration, from the jackknife.
    pub acceleration: f64,
}

impl Correction {
    /// The correction for an estimate. `jackknife` holds, for each resampled sample, the statistic
    /// without its first, second, … member. `None` when all replicates lie on one side of the estimate,
    /// or when no member matters.
    pub fn of(replicates: &[f64], estimate: f64, jackknife: &[Vec<f64>]) -> Option<Self> {
        let below = replicates.iter().filter(|&&replicate| replicate < estimate).count();
        let bias = normal_quantile(below as f64 / replicates.len() as f64);
        let (mut cubes, mut squares) = (0.0, 0.0);
        for sample in jackknife {
            let centre = mean(sample)?;
            let n = sample.len() as f64;
            cubes += sample.iter().map(|value| (centre - value).powi(3)).sum::<f64>() / n.powi(3);
            squares += sample.iter().map(|value| (centre - value).powi(2)).sum::<f64>() / n.powi(2);
        }
        let acceleration = cubes / (6.0 * squares * squares.sqrt());
        (bias.is_finite() && acceleration.is_finite()).then_some(Self { bias, acceleration })
    }

    /// The 95 % interval. `None` for no replicates.
    pub fn interval(self, replicates: &[f64]) -> Option<(f64, f64)> {
        let sorted = ascending(replicates);
        let end = |share: f64| {
            let z = self.bias + normal_quantile(share);
            let adjusted = normal_cdf(self.bias + z / (1.0 - self.acceleration * z));
            quantile_of_ascending(&sorted, adjusted)
        };
        Some((end(0.025)?, end(0.975)?))
    }
}

/// The bias-corrected and accelerated 95 % interval (Efron 1987), or the percentile interval where the
/// correction does not exist.
pub fn bca_interval(replicates: &[f64], estimate: f64, jackknife: &[Vec<f64>]) -> Option<(f64, f64)> {
    match Correction::of(replicates, estimate, jackknife) {
        Some(correction) => correction.interval(replicates),
        None => percentile_interval(replicates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_replicates() {
        let draw =
            |seed| Resampling { replicates: 5, seed }.replicates(&[7], |drawn| drawn[0].iter().sum::<usize>() as f64);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn without_spread_the_interval_is_the_estimate() {
        let replicates = Resampling { replicates: 50, seed: 3 }.replicates(&[4], |_| 2.0);
        assert_eq!(bca_interval(&replicates, 2.0, &[vec![2.0; 4]]), Some((2.0, 2.0)));
        assert_eq!(percentile_interval(&[]), None);
    }
}
