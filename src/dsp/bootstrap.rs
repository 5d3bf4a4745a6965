//! Intervals by resampling with [`SplitMix64`], so that a seed gives the same interval
//! everywhere. (Efron 1987; Efron & Tibshirani 1993)

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
        let mut draws =
            Draws { resampling: self, sizes: sizes.to_vec(), kept: Vec::new() };
        if each.saturating_mul(self.replicates) <= MOST_KEPT {
            let mut kept = Vec::with_capacity(each * self.replicates);
            draws.each_anew(|times| kept.extend_from_slice(times));
            draws.kept = kept;
        }
        draws
    }
}

/// The most numbers that are kept: 64 MB of them.
const MOST_KEPT: usize = 1 << 23;

/// How often every replicate holds each member. All statistics of samples of the same
/// sizes share them, so that they are drawn once; only when they are too many to keep,
/// each statistic draws the same ones anew.
///
/// A sum over members so often drawn does not depend on the order of the draws:
/// replicates that hold the same members have the same bits, and a replicate that holds
/// each member once has those of the estimate.
#[derive(Debug, Clone)]
pub struct Draws {
    resampling: Resampling,
    sizes: Vec<usize>,
    kept: Vec<f64>,
}

impl Draws {
    /// The sizes of the samples.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The statistic of each replicate, of how often it holds each member: those of the
    /// first sample, then those of the next. A replicate draws with replacement as often
    /// as a sample has members, one sample after the other.
    pub fn replicates<T>(&self, mut statistic: impl FnMut(&[f64]) -> T) -> Vec<T> {
        let mut found = Vec::with_capacity(self.resampling.replicates);
        match self.kept.as_slice() {
            [] => self.each_anew(|times| found.push(statistic(times))),
            kept => {
                found.extend(kept.chunks_exact(self.sizes.iter().sum()).map(statistic))
            }
        }
        found
    }

    fn each_anew(&self, mut seen: impl FnMut(&[f64])) {
        let mut generator = SplitMix64::new(self.resampling.seed);
        let mut times = vec![0.0; self.sizes.iter().sum()];
        for _ in 0..self.resampling.replicates {
            times.fill(0.0);
            let mut rest = times.as_mut_slice();
            for &size in &self.sizes {
                let (sample, others) = rest.split_at_mut(size);
                (0..size).for_each(|_| sample[generator.index(size)] += 1.0);
                rest = others;
            }
            seen(&times);
        }
    }
}

/// The sums over members that were drawn so often.
pub fn drawn<const N: usize>(members: &[[f64; N]], times: &[f64]) -> [f64; N] {
    let mut sums = [0.0; N];
    for (member, times) in members.iter().zip(times) {
        sums.iter_mut().zip(member).for_each(|(sum, value)| *sum += times * value);
    }
    sums
}

/// The 95 % interval between the percentiles 2.5 and 97.5 of the replicates; `None` for
/// no replicates.
pub fn percentile_interval(replicates: &[f64]) -> Option<(f64, f64)> {
    quantiles(replicates, [0.025, 0.975]).map(|[low, high]| (low, high))
}

/// How many members that follow each other belong in a block, so that blocks may be
/// resampled as if they were independent: 1 where neighbours are not more alike than
/// chance makes them (at 5 %), else the length that Carlstein (1986) found best for the
/// mean of a series whose neighbours correlate with ρ, `(2ρ/(1 − ρ²))^⅔ · n^⅓`. At least
/// five blocks remain.
pub fn block_length(values: &[f64]) -> usize {
    let n = values.len();
    let Some(centre) = mean(values).filter(|_| n >= 10) else {
        return 1;
    };

    let squares: f64 =
        values.iter().map(|value| (value - centre) * (value - centre)).sum();
    let products: f64 =
        values.windows(2).map(|pair| (pair[0] - centre) * (pair[1] - centre)).sum();
    let correlation = products / squares;

    // NaN, of values that do not vary, is not alike.
    if correlation.is_nan() || correlation <= 1.645 / (n as f64).sqrt() {
        return 1;
    }

    // Near 1 the formula has no bound.
    let correlation = correlation.min(0.95);
    let length = libm::cbrt(
        (2.0 * correlation / (1.0 - correlation * correlation)).powi(2) * n as f64,
    );
    (length.ceil() as usize).clamp(1, n / 5)
}

/// What the bias-corrected and accelerated interval adds to the percentiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// The bias correction z0, from the share of replicates below the estimate and of
    /// half of those that equal it.
    pub bias: f64,
    /// The acceleration, from the jackknife.
    pub acceleration: f64,
}

impl Correction {
    /// The correction for an estimate. `jackknife` holds, for each resampled sample, the
    /// statistic without its first, second, … member. `None` when all replicates lie on
    /// one side of the estimate, or when no member matters.
    pub fn estimate(
        replicates: &[f64],
        estimate: f64,
        jackknife: &[Vec<f64>],
    ) -> Option<Self> {
        // Half of those that equal the estimate, as SciPy has it: with few members some
        // replicates hold each once.
        let count = |is: fn(&f64, &f64) -> bool| {
            replicates.iter().filter(|replicate| is(replicate, &estimate)).count()
        };
        let below = count(f64::lt) as f64 + 0.5 * count(f64::eq) as f64;
        let bias = normal_quantile(below / replicates.len() as f64);

        let (mut cubes, mut squares) = (0.0, 0.0);
        for sample in jackknife {
            let centre = mean(sample)?;
            let n = sample.len() as f64;
            cubes += sample.iter().map(|value| (centre - value).powi(3)).sum::<f64>()
                / n.powi(3);
            squares += sample.iter().map(|value| (centre - value).powi(2)).sum::<f64>()
                / n.powi(2);
        }

        let acceleration = cubes / (6.0 * squares * squares.sqrt());
        (bias.is_finite() && acceleration.is_finite())
            .then_some(Self { bias, acceleration })
    }

    /// The 95 % interval. `None` for no replicates.
    pub fn interval(self, replicates: &[f64]) -> Option<(f64, f64)> {
        let adjusted = |share: f64| {
            let z = self.bias + normal_quantile(share);
            normal_cdf(self.bias + z / (1.0 - self.acceleration * z))
        };
        quantiles(replicates, [adjusted(0.025), adjusted(0.975)])
            .map(|[low, high]| (low, high))
    }
}

/// The bias-corrected and accelerated 95 % interval (Efron 1987), or the percentile
/// interval where the correction does not exist.
pub fn bca_interval(
    replicates: &[f64],
    estimate: f64,
    jackknife: &[Vec<f64>],
) -> Option<(f64, f64)> {
    match Correction::estimate(replicates, estimate, jackknife) {
        Some(correction) => correction.interval(replicates),
        None => percentile_interval(replicates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that tells how often each member was drawn.
    fn code(times: &[f64]) -> f64 {
        times.iter().fold(0.0, |code, times| 10.0 * code + times)
    }

    #[test]
    fn a_seed_gives_the_same_replicates() {
        let draw = |seed| Resampling { replicates: 5, seed }.draw(&[7]).replicates(code);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn what_is_kept_is_what_is_drawn_anew() {
        let draws = Resampling { replicates: 30, seed: 4 }.draw(&[5, 3]);
        let anew = Draws { kept: Vec::new(), ..draws.clone() };
        assert_eq!(draws.replicates(code), anew.replicates(code));
        assert_eq!((draws.kept.len(), draws.sizes()), (240, &[5, 3][..]));
        let drawn = |times: &[f64]| {
            10.0 * times[..5].iter().sum::<f64>() + times[5..].iter().sum::<f64>()
        };
        assert_eq!(draws.replicates(drawn), [53.0; 30]);
        let none = Resampling { replicates: 3, seed: 4 }.draw(&[0]);
        assert_eq!(none.replicates(|times| times.len() as f64), [0.0; 3]);
    }

    #[test]
    fn the_draws_are_those_of_the_generator_in_its_order() {
        let mut generator = SplitMix64::new(9);
        let members = [[1.0, 10.0], [2.0, 20.0], [4.0, 40.0], [8.0, 80.0]];
        let draws = Resampling { replicates: 20, seed: 9 }.draw(&[4]);
        for found in draws.replicates(|times| drawn(&members, times)[1]) {
            let plain: f64 = (0..4).map(|_| members[generator.index(4)][1]).sum();
            assert_eq!(found, plain);
        }
        assert_eq!(drawn(&members, &[]), [0.0, 0.0]);
    }

    #[test]
    fn what_equals_the_estimate_counts_half() {
        let jackknife = [vec![0.0, 1.0, 3.0]];
        let bias = |replicates: &[f64]| {
            Correction::estimate(replicates, 2.0, &jackknife).unwrap().bias
        };
        assert_eq!(bias(&[1.0, 2.0, 2.0, 3.0]), 0.0);
        assert_eq!(bias(&[1.0, 2.0]), normal_quantile(0.75));
    }

    #[test]
    fn neighbours_that_are_alike_make_blocks() {
        let mut generator = SplitMix64::new(12);
        let mut series = |correlation: f64, n: usize| -> Vec<f64> {
            let mut last = 0.0;
            let step = |_| {
                last = correlation * last + generator.normal();
                last
            };
            (0..n).map(step).collect()
        };
        let single = (0..200).filter(|_| block_length(&series(0.0, 100)) == 1).count();
        // 5 % of 200 are called alike by chance; three standard errors are 9.
        assert!(single > 180, "{single}");
        for _ in 0..20 {
            let length = block_length(&series(0.7, 400));
            assert!((12..=22).contains(&length), "{length}");
        }
        assert_eq!(
            (block_length(&[1.0; 50]), block_length(&[]), block_length(&[f64::NAN; 30])),
            (1, 1, 1)
        );
        assert_eq!(block_length(&(0..50).map(f64::from).collect::<Vec<_>>()), 10);
    }

    #[test]
    fn without_spread_the_interval_is_the_estimate() {
        let replicates =
            Resampling { replicates: 50, seed: 3 }.draw(&[4]).replicates(|_| 2.0);
        assert_eq!(bca_interval(&replicates, 2.0, &[vec![2.0; 4]]), Some((2.0, 2.0)));
        assert_eq!(percentile_interval(&[]), None);
    }
}
