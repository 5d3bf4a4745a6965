//! Intervals by resampling with [`SplitMix64`], so that a seed gives the same interval everywhere.
//! (Efron 1987; Efron & Tibshirani 1993)

use super::random::SplitMix64;
use super::stats::{mean, normal_cdf, normal_quantile, quantiles};

/// How often to draw, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// How many replicates are drawn (2000 or more for intervals).
    pub replicates: usize,
    /// The seed of the generator.
    pub seed: u64,
}

impl Resampling {
    /// What is drawn of samples of these sizes.
    pub fn draw(self, sizes: &[usize]) -> Draws {
        let each: usize = sizes.iter().sum();
        let mut draws = Draws { resampling: self, sizes: sizes.to_vec(), kept: Vec::new() };
        if each.saturating_mul(self.replicates) <= MOST_KEPT {
            let mut kept = Vec::with_capacity(each * self.replicates);
            draws.each_anew(|chosen| kept.extend_from_slice(chosen));
            draws.kept = kept;
        }
        draws
    }
}

/// The most indices that are kept: 64 MB of them.
const MOST_KEPT: usize = 1 << 24;

/// The indices of every replicate. All statistics of samples of the same sizes share them, so that they are drawn once;
/// only when they are too many to keep, each statistic draws the same ones anew.
#[derive(Debug, Clone)]
pub struct Draws {
    resampling: Resampling,
    sizes: Vec<usize>,
    kept: Vec<u32>,
}

impl Draws {
    /// The sizes of the samples.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The statistic of each replicate. A replicate draws with replacement as many indices for every
    /// sample as it has members, one sample after the other, and hands them to `statistic`.
    pub fn replicates(&self, mut statistic: impl FnMut(&[u32]) -> f64) -> Vec<f64> {
        let mut found = Vec::with_capacity(self.resampling.replicates);
        match self.kept.as_slice() {
            [] => self.each_anew(|chosen| found.push(statistic(chosen))),
            kept => found.extend(kept.chunks_exact(self.sizes.iter().sum()).map(statistic)),
        }
        found
    }

    fn each_anew(&self, mut seen: impl FnMut(&[u32])) {
        let mut generator = SplitMix64::new(self.resampling.seed);
        let mut chosen = Vec::with_capacity(self.sizes.iter().sum());
        for _ in 0..self.resampling.replicates {
            chosen.clear();
            for &size in &self.sizes {
                chosen.extend((0..size).map(|_| generator.index(size) as u32));
            }
            seen(&chosen);
        }
    }
}

/// The sums of the chosen members, in the order of the choice.
pub fn drawn<const N: usize>(members: &[[f64; N]], chosen: &[u32]) -> [f64; N] {
    let mut sums = [0.0; N];
    for &index in chosen {
        sums.iter_mut().zip(&members[index as usize]).for_each(|(sum, value)| *sum += value);
    }
    sums
}

/// The 95 % interval between the percentiles 2.5 and 97.5 of the replicates; `None` for no replicates.
pub fn percentile_interval(replicates: &[f64]) -> Option<(f64, f64)> {
    quantiles(replicates, [0.025, 0.975]).map(|[low, high]| (low, high))
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
        let adjusted = |share: f64| {
            let z = self.bias + normal_quantile(share);
            normal_cdf(self.bias + z / (1.0 - self.acceleration * z))
        };
        quantiles(replicates, [adjusted(0.025), adjusted(0.975)]).map(|[low, high]| (low, high))
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
        let draw = |seed| {
            Resampling { replicates: 5, seed }.draw(&[7]).replicates(|chosen| f64::from(chosen.iter().sum::<u32>()))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn kept_indices_are_those_drawn_anew() {
        let draws = Resampling { replicates: 30, seed: 4 }.draw(&[5, 3]);
        let anew = Draws { kept: Vec::new(), ..draws.clone() };
        let code = |chosen: &[u32]| chosen.iter().fold(0.0, |code, &index| 10.0 * code + f64::from(index));
        assert_eq!(draws.replicates(code), anew.replicates(code));
        assert_eq!((draws.kept.len(), draws.sizes()), (240, &[5, 3][..]));
        let none = Resampling { replicates: 3, seed: 4 }.draw(&[0]);
        assert_eq!(none.replicates(|chosen| chosen.len() as f64), [0.0; 3]);
    }

    #[test]
    fn sums_of_the_chosen_are_those_of_the_definition() {
        let members = [[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]];
        assert_eq!(drawn(&members, &[2, 0, 2]), [9.0, 90.0]);
        assert_eq!(drawn(&members, &[]), [0.0, 0.0]);
    }

    #[test]
    fn without_spread_the_interval_is_the_estimate() {
        let replicates = Resampling { replicates: 50, seed: 3 }.draw(&[4]).replicates(|_| 2.0);
        assert_eq!(bca_interval(&replicates, 2.0, &[vec![2.0; 4]]), Some((2.0, 2.0)));
        assert_eq!(percentile_interval(&[]), None);
    }
}
