//! Extremes, mean, spread, quantiles and the quantiles of Student's t, chi-square and the
//! normal distribution.

use statrs::distribution::{ChiSquared, Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;

use super::sums::{LANES, sum_of};

/// The smallest and the largest sample, `NaN` left out; (∞, −∞) for no samples.
pub fn extremes(samples: &[f64]) -> (f64, f64) {
    let mut low = [f64::INFINITY; LANES];
    let mut high = [f64::NEG_INFINITY; LANES];
    let (whole, rest) = samples.as_chunks::<LANES>();
    // A comparison with NaN is false, and this form of it is one instruction.
    let mut widen = |lane: usize, sample: f64| {
        low[lane] = if sample < low[lane] { sample } else { low[lane] };
        high[lane] = if sample > high[lane] { sample } else { high[lane] };
    };

    for chunk in whole {
        (0..LANES).for_each(|lane| widen(lane, chunk[lane]));
    }

    rest.iter().enumerate().for_each(|(lane, &sample)| widen(lane, sample));
    (
        low.into_iter().fold(f64::INFINITY, f64::min),
        high.into_iter().fold(f64::NEG_INFINITY, f64::max),
    )
}

/// What is there of some samples, `NaN` left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleSummary {
    /// How many samples there are.
    pub count: usize,
    /// Their sum, as [`sum_of`] adds it.
    pub sum: f64,
    /// The smallest one; ∞ for none.
    pub low: f64,
    /// The largest one; −∞ for none.
    pub high: f64,
}

impl SampleSummary {
    /// The summary of some samples.
    pub fn measure(samples: &[f64]) -> Self {
        let (low, high) = extremes(samples);
        let sum = sum_of(samples, |sample| sample);
        // Only a gap (or infinities of both signs) makes the sum NaN, so that most
        // samples need no second look.
        if !sum.is_nan() {
            return Self { count: samples.len(), sum, low, high };
        }

        let count = samples.iter().filter(|sample| !sample.is_nan()).count();
        Self {
            count,
            sum: sum_of(samples, |sample| if sample.is_nan() { 0.0 } else { sample }),
            low,
            high,
        }
    }

    /// The mean; `NaN` for no samples.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// The summary of these samples and those of another one.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

impl Default for SampleSummary {
    fn default() -> Self {
        Self { count: 0, sum: 0.0, low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

/// The arithmetic mean; `None` for no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The standard deviation with the divisor n − 1; `None` for fewer than two values.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// The coefficient of variation in per cent, its standard deviation with the divisor n −
/// 1; `None` for fewer than two values or a mean of 0.
pub fn coefficient_of_variation(values: &[f64]) -> Option<f64> {
    let share = 100.0 * standard_deviation(values)? / mean(values)?;
    Some(share).filter(|share| share.is_finite())
}

/// The quantile of values in any order for `share` in 0 … 1, `NaN` left out: linear
/// interpolation, type 7 of Hyndman & Fan (1996), the default of NumPy and R. `None` for
/// no values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    quantiles(values, [share]).map(|[quantile]| quantile)
}

/// Several quantiles of the same values (see [`quantile`]).
pub fn quantiles<const N: usize>(values: &[f64], shares: [f64; N]) -> Option<[f64; N]> {
    let mut present: Vec<f64> =
        values.iter().copied().filter(|value| !value.is_nan()).collect();
    (!present.is_empty()).then(|| shares.map(|share| selected(&mut present, share)))
}

/// Selecting two neighbours of the order takes a time that grows with the values, sorting
/// all of them more.
fn selected(values: &mut [f64], share: f64) -> f64 {
    let last = values.len() - 1;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let fraction = position - below as f64;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    if fraction == 0.0 { low } else { low + (high - low) * fraction }
}

/// The median; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quantile of Student's t for a probability in (0, 1), accurate to about 1e-11;
/// `None` outside or for no degrees of freedom.
pub fn t_quantile(probability: f64, degrees_of_freedom: f64) -> Option<f64> {
    let distribution = StudentsT::new(0.0, 1.0, degrees_of_freedom).ok()?;
    if !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    // The library's quantile is good to 1e-7 and its distribution function to 1e-12:
    // Newton bridges that.
    let step = |t: f64| t - (distribution.cdf(t) - probability) / distribution.pdf(t);
    let polished = step(step(distribution.inverse_cdf(probability)));
    polished.is_finite().then_some(polished)
}

/// The factor of the standard error in a two-sided 95 % interval.
pub fn t_95(degrees_of_freedom: f64) -> Option<f64> {
    t_quantile(0.975, degrees_of_freedom)
}

/// The share of Student's t beyond ±`t`, accurate (about 1e-12 relative) however small it
/// is; `None` for no degrees of freedom or a `t` that is `NaN`.
pub fn t_tails(t: f64, degrees_of_freedom: f64) -> Option<f64> {
    let (square, nu) = (t * t, degrees_of_freedom);
    // Far out the share beyond is small, near 0 the one inside, and the other one would
    // lose its digits.
    if square > 1.0 {
        share_below(nu / (nu + square), 0.5 * nu, 0.5)
    } else {
        share_below(square / (nu + square), 0.5, 0.5 * nu).map(|inside| 1.0 - inside)
    }
}

/// The share of the beta distribution below `x`: the regularised incomplete beta
/// function; `None` unless both shapes are positive and finite and `x` lies in 0 … 1.
pub fn share_below(x: f64, alpha: f64, beta: f64) -> Option<f64> {
    let shapes = alpha.is_finite() && beta.is_finite();
    let share = checked_beta_reg(alpha, beta, x).ok();
    share.filter(|share| shapes && share.is_finite()).map(|share| share.clamp(0.0, 1.0))
}

/// The share of the standard normal beyond ±`z`, accurate however small it is.
pub fn normal_tails(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The 95 % interval of the mean by Student's t; `None` for fewer than two values.
pub fn mean_interval(values: &[f64]) -> Option<(f64, f64)> {
    let mean = mean(values)?;
    let spread = standard_deviation(values)?;
    let n = values.len() as f64;
    let half = t_95(n - 1.0)? * spread / n.sqrt();
    Some((mean - half, mean + half))
}

/// The distribution function of the standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The quantile of the standard normal: −∞ at 0, ∞ at 1, `NaN` outside.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    Normal::new(0.0, 1.0).map_or(f64::NAN, |normal| normal.inverse_cdf(probability))
}

/// The quantile of chi-square for a probability in (0, 1), accurate to about 1e-11;
/// `None` outside or for no degrees of freedom.
pub fn chi_square_quantile(probability: f64, degrees_of_freedom: f64) -> Option<f64> {
    let distribution = ChiSquared::new(degrees_of_freedom).ok()?;
    if !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    // As for Student's t.
    let step = |x: f64| x - (distribution.cdf(x) - probability) / distribution.pdf(x);
    let polished = step(step(distribution.inverse_cdf(probability)));
    (polished.is_finite() && polished > 0.0).then_some(polished)
}

/// About `count` samples at equal distances, the first one among them; all where there are
/// fewer. Gaps are picked as any other sample.
pub fn picked_evenly(samples: &[f64], count: usize) -> Vec<f64> {
    let step = samples.len().div_ceil(count.max(1)).max(1);
    samples.iter().step_by(step).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn quantiles_are_those_of_numpy() {
        assert_eq!(quantile(&[4.0, f64::NAN, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.25), Some(1.5));
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&[], 0.9), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn selected_quantiles_are_those_of_sorted_values() {
        for n in [1, 2, 3, 7, 100, 2001] {
            let values = normals(n as u64, n);
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            for share in [0.0, 0.025, 0.05, 0.3, 0.5, 0.95, 0.975, 1.0] {
                let position = share * (n - 1) as f64;
                let (low, high) =
                    (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
                let expected = low + (high - low) * (position - position.floor());
                assert_eq!(quantile(&values, share), Some(expected), "{n} {share}");
            }
        }
    }

    #[test]
    fn sums_and_extremes_are_those_of_the_plain_loop() {
        for n in [0, 1, 7, 8, 9, 63, 1001] {
            let mut samples = normals(n as u64 + 1, n);
            let plain: f64 = samples.iter().map(|x| x * x).sum();
            assert!((sum_of(&samples, |x| x * x) - plain).abs() <= 1e-14 * plain, "{n}");
            samples.iter_mut().step_by(5).for_each(|sample| *sample = f64::NAN);
            let there: Vec<f64> =
                samples.iter().copied().filter(|x| !x.is_nan()).collect();
            let summary = SampleSummary::measure(&samples);
            assert_eq!(summary.count, there.len());
            assert_eq!(summary.low, there.iter().copied().fold(f64::INFINITY, f64::min));
            assert_eq!(
                summary.high,
                there.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            );
            assert!((summary.sum - there.iter().sum::<f64>()).abs() < 1e-12, "{n}");
            let (left, right) = samples.split_at(n / 3);
            let joined =
                SampleSummary::measure(left).joined(SampleSummary::measure(right));
            assert_eq!(
                (joined.count, joined.low, joined.high),
                (summary.count, summary.low, summary.high)
            );
        }
        assert_eq!(SampleSummary::measure(&[f64::NAN]), SampleSummary::default());
        assert_eq!(SampleSummary::measure(&[f64::INFINITY, f64::NEG_INFINITY]).count, 2);
    }

    #[test]
    fn spread_has_the_divisor_n_minus_1() {
        assert_eq!(standard_deviation(&[1.0, 3.0]), Some(2.0_f64.sqrt()));
        assert_eq!(standard_deviation(&[1.0]), None);
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn quantiles_of_t_agree_with_scipy() {
        // scipy.stats.t.ppf(p, df), SciPy 1.17.1; 1e-10 because the quantile is polished.
        for (p, df, expected) in T_PPF {
            let ours = t_quantile(p, df).unwrap();
            assert!(
                (ours - expected).abs() <= 1e-10 * expected.abs().max(1.0),
                "{p} {df}: {ours} {expected}"
            );
        }
        assert_eq!(t_quantile(1.0, 5.0), None);
        assert_eq!(t_quantile(0.5, 0.0), None);
    }

    #[test]
    fn quantiles_of_chi_square_agree_with_scipy() {
        // scipy.stats.chi2.ppf(p, df), SciPy 1.17.1; two degrees of freedom have the
        // closed form −2 ln(1 − p).
        for (p, df, expected) in CHI_SQUARE_PPF {
            let ours = chi_square_quantile(p, df).unwrap();
            assert!(
                (ours - expected).abs() <= 1e-10 * expected,
                "{p} {df}: {ours} {expected}"
            );
        }
        for df in [0.0, -1.0, f64::NAN] {
            assert_eq!(chi_square_quantile(0.5, df), None);
        }
        assert_eq!(
            (chi_square_quantile(0.0, 2.0), chi_square_quantile(1.0, 2.0)),
            (None, None)
        );
    }

    #[test]
    fn normal_quantiles_invert_the_distribution_function() {
        for z in [-3.0, -1.0, 0.0, 0.5, 2.5] {
            assert!((normal_quantile(normal_cdf(z)) - z).abs() < 1e-9, "{z}");
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert!(normal_quantile(1.5).is_nan());
    }

    #[test]
    fn tails_agree_with_scipy_far_out() {
        // 2·scipy.stats.t.sf(t, df) and 2·norm.sf(z), SciPy 1.17.1; logarithms of gamma
        // functions cost some digits.
        let tails = [
            (0.0, 58.0, 1.0),
            (1e-6, 3.0, 0.999_999_264_894_806_1),
            (1.0, 1.0, 0.5),
            (2.5, 4.5, 0.059_905_686_502_200_545),
            (23.5, 58.0, 2.505_931_329_884_732e-31),
            (40.0, 3598.0, 8.790_885_576_885_428e-290),
        ];
        for (t, df, theirs) in tails {
            let ours = t_tails(-t, df).unwrap();
            assert!(
                (ours - theirs).abs() <= 1e-10 * theirs,
                "{t} {df}: {ours:e} {theirs:e}"
            );
        }
        assert_eq!((t_tails(f64::NAN, 5.0), t_tails(1.0, 0.0)), (None, None));
        assert!(
            (normal_tails(-9.165_082_595_538_943) - 4.950_904_521_160_364e-20).abs()
                < 1e-32
        );
    }

    const CHI_SQUARE_PPF: [(f64, f64, f64); 18] = [
        (0.05, 1.0, 0.003932140000019522),
        (0.95, 1.0, 3.841458820694124),
        (0.99, 1.0, 6.6348966010212145),
        (0.05, 2.0, 0.10258658877510106),
        (0.95, 2.0, 5.991464547107979),
        (0.99, 2.0, 9.21034037197618),
        (0.05, 3.0, 0.35184631774927144),
        (0.95, 3.0, 7.814727903251179),
        (0.99, 3.0, 11.344866730144373),
        (0.05, 9.0, 3.325112843066815),
        (0.95, 9.0, 16.918977604620448),
        (0.99, 9.0, 21.665994333461924),
        (0.05, 40.0, 26.50930319669311),
        (0.95, 40.0, 55.75847927888702),
        (0.99, 40.0, 63.690739751564465),
        (0.05, 400.0, 354.6409740660825),
        (0.95, 400.0, 447.6324678308084),
        (0.99, 400.0, 468.7244983740365),
    ];

    const T_PPF: [(f64, f64, f64); 27] = [
        (0.975, 1.0, 12.706204736174694),
        (0.95, 1.0, 6.313751514675037),
        (0.01, 1.0, -31.82051595377396),
        (0.975, 2.0, 4.302652729749462),
        (0.95, 2.0, 2.9199855803537242),
        (0.01, 2.0, -6.964556734283274),
        (0.975, 3.0, 3.1824463052837078),
        (0.95, 3.0, 2.3533634348018233),
        (0.01, 3.0, -4.5407028585681335),
        (0.975, 4.0, 2.7764451051977934),
        (0.95, 4.0, 2.1318467863266495),
        (0.01, 4.0, -3.746947387979197),
        (0.975, 10.0, 2.228138851986274),
        (0.95, 10.0, 1.8124611228116756),
        (0.01, 10.0, -2.763769458112696),
        (0.975, 58.0, 2.0017174841452356),
        (0.95, 58.0, 1.6715527624548587),
        (0.01, 58.0, -2.3923774753936806),
        (0.975, 59.0, 2.000995378088267),
        (0.95, 59.0, 1.6710930321038946),
        (0.01, 59.0, -2.3912288372073567),
        (0.975, 1000.0, 1.9623390808264083),
        (0.95, 1000.0, 1.6463788172854643),
        (0.01, 1000.0, -2.330082674755513),
        (0.975, 28800.0, 1.9600463584718872),
        (0.95, 28800.0, 1.6449065373147136),
        (0.01, 28800.0, -2.3264773626816377),
    ];
}
