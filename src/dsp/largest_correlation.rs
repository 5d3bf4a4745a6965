//! What the largest correlation within a range of lags is by chance alone: it is the
//! largest of many, and the limits and intervals of a single one do not hold for it.

use std::ops::Range;

use super::correlation::best_lag;
use super::fourier::{Complex, Fourier};
use super::stats::{mean, median, quantile};

/// The fewest values from which a limit is read.
const FEWEST: f64 = 19.0;
/// The most exchanges of rounds that are made.
const MOST: usize = 200;
/// The percentile of a series below which it rests, or does what never ceases.
const RESTING: f64 = 0.5;
/// Rounds weaker than this share of the usual one are rest.
const LEAST: f64 = 0.25;

/// What the largest correlation of two independent series exceeds in a share `alpha` of
/// cases, within `limit` samples of lag in both directions; missing samples are taken for
/// the mean.
///
/// One series is moved round against the other, forwards and backwards, and of each
/// stretch of lags as wide as the one that is looked at the largest correlation is taken:
/// neither direction nor place can matter where the series are independent and steady.
/// `None` where that makes fewer than 19 separate stretches (of 23 s with ± 1 s), and for
/// series that do not vary or differ in length. In rhythmic series the rhythm is found
/// again, and the limit is high.
pub fn limit_by_shifts(a: &[f64], b: &[f64], limit: usize, alpha: f64) -> Option<f64> {
    let width = 2 * limit + 1;
    let far = a.len().checked_sub(2 * width).filter(|_| a.len() == b.len())?;
    let (a, b) = (centred(a)?, centred(b)?);
    let backwards: Vec<f64> = b.iter().rev().copied().collect();

    let largest: Vec<f64> = [around(&a, &b), around(&a, &backwards)]
        .iter()
        .flat_map(|correlations| {
            let places = (width..width + far).step_by((limit / 4).max(1));
            places.map(|at| largest_beside(correlations, at, limit)).collect::<Vec<_>>()
        })
        .collect();
    quantile_of(&largest, 2.0 * far as f64 / width as f64, alpha)
}

/// What the largest correlation of two series exceeds in a share `alpha` of cases where
/// both share the times of their rounds and nothing else.
///
/// The rounds of `b`, from each of the `cuts` to the next, exchange their strengths: each
/// is made as strong above the median of all as the one that lies one, two, … rounds on,
/// in their order and in the reverse, so that neighbours that are alike stay neighbours.
/// What else a round holds stays where it is, above all when in it `b` is active. (Rounds
/// that were moved as a whole would lie upon those of `a` only as exactly as their cuts are
/// known, while both sides keep the same time to the last sample.) Rounds of rest, such as
/// one before the first step, stay as they are. `None` for fewer than eleven others, and
/// for series that do not vary.
pub fn limit_by_rounds(
    a: &[f64],
    b: &[f64],
    cuts: &[usize],
    (limit, alpha): (usize, f64),
) -> Option<f64> {
    let floor = quantile(b, RESTING)?;
    let above: Vec<f64> = b.iter().map(|value| value - floor).collect();
    let (rounds, strengths) = rounds_of(&above, cuts);
    let count = rounds.len();
    let exchanges = 2 * count.saturating_sub(1);
    let step = exchanges.div_ceil(MOST).max(1);
    let exchanged = |k: usize| {
        let by = 1 + k / 2;
        let taken = |at: usize| match k % 2 {
            0 => (at + by) % count,
            _ => (2 * count - 1 - at - by) % count,
        };
        let gain = |at: usize| strengths[taken(at)] / strengths[at];
        best_lag(a, &amplified(&above, &rounds, gain), limit).map(|best| best.correlation)
    };
    let largest: Vec<f64> = (0..exchanges).step_by(step).filter_map(exchanged).collect();
    quantile_of(&largest, largest.len() as f64, alpha)
}

/// The rounds of a series that are active at all, and how strong they are: the mean of what
/// is there, weighted by itself, to which neither the rest around a burst nor how long it
/// lasts adds anything.
fn rounds_of(above: &[f64], cuts: &[usize]) -> (Vec<Range<usize>>, Vec<f64>) {
    let rounds = cuts.windows(2).map(|pair| pair[0]..pair[1].min(above.len()));
    let strength = |round: &Range<usize>| {
        let there = above[round.clone()].iter().copied().filter(|x| *x > 0.0);
        let (sum, squares) =
            there.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
        if sum > 0.0 { squares / sum } else { 0.0 }
    };
    let strengths: Vec<f64> = rounds.clone().map(|round| strength(&round)).collect();
    let least = LEAST * median(&strengths).unwrap_or(0.0);
    rounds.zip(strengths).filter(|(_, strength)| *strength > least).unzip()
}

/// The series, each of these rounds so many times as strong above 0.
fn amplified(
    series: &[f64],
    rounds: &[Range<usize>],
    gain: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let mut amplified = series.to_vec();
    for (at, round) in rounds.iter().enumerate() {
        let gain = gain(at);
        for sample in amplified[round.clone()].iter_mut().filter(|sample| **sample > 0.0)
        {
            *sample *= gain;
        }
    }
    amplified
}

/// The quantile that one more value exceeds with the probability `alpha`, of values worth
/// so many independent ones.
fn quantile_of(values: &[f64], independent: f64, alpha: f64) -> Option<f64> {
    let share = (1.0 - alpha) * (1.0 + 1.0 / independent);
    quantile(values, share.min(1.0))
        .filter(|_| independent >= FEWEST.min(1.0 / alpha - 1.0) && share <= 1.0 + 1e-9)
}

/// Minus its mean, 0 where it is missing; `None` where it does not vary.
fn centred(values: &[f64]) -> Option<Vec<f64>> {
    let there: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    let centre = mean(&there)?;
    let energy: f64 = there.iter().map(|x| (x - centre) * (x - centre)).sum();
    let value = |x: &f64| if x.is_finite() { (x - centre) / energy.sqrt() } else { 0.0 };
    (energy > 0.0).then(|| values.iter().map(value).collect())
}

/// The correlations of two series of the length 1 at all shifts around.
fn around(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut fourier = Fourier::new();
    let [mut of_a, mut of_b] = [Vec::new(), Vec::new()];
    fourier.spectrum(a, &mut of_a);
    fourier.spectrum(b, &mut of_b);
    let products: Vec<Complex> =
        of_a.iter().zip(&of_b).map(|(a, b)| a.conj() * *b).collect();
    fourier.samples(&products, a.len())
}

fn largest_beside(correlations: &[f64], at: usize, limit: usize) -> f64 {
    let n = correlations.len();
    let beside = (at + n - limit..=at + n + limit).map(|place| correlations[place % n]);
    beside.fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// A slow positive series, of so many samples.
    fn envelope(random: &mut SplitMix64, n: usize) -> Vec<f64> {
        let mut last = random.normal();
        let step = |_| {
            last = 0.9 * last + 0.44 * random.normal();
            libm::exp(0.3 * last)
        };
        (0..n).map(step).collect()
    }

    fn largest(a: &[f64], b: &[f64]) -> f64 {
        best_lag(a, b, 25).unwrap().correlation
    }

    #[test]
    fn independent_series_rarely_exceed_the_limit_of_shifts() {
        let mut random = SplitMix64::new(31);
        let mut beyond = || {
            let [a, b] = [0, 1].map(|_| envelope(&mut random, 1000));
            largest(&a, &b) > limit_by_shifts(&a, &b, 25, 0.05).unwrap()
        };
        let alarms = (0..300).filter(|_| beyond()).count();
        // 5 % and three standard errors.
        assert!(alarms <= 27, "{alarms} of 300");
    }

    #[test]
    fn a_delayed_copy_exceeds_it() {
        let mut random = SplitMix64::new(32);
        let a = envelope(&mut random, 1000);
        let delayed = [&a[990..], &a[..990]].concat();
        assert!(largest(&a, &delayed) > limit_by_shifts(&a, &delayed, 25, 0.05).unwrap());
        assert_eq!(limit_by_shifts(&a[..400], &delayed[..400], 25, 0.05), None);
        assert_eq!(limit_by_shifts(&[1.0; 1000], &delayed, 25, 0.05), None);
        assert_eq!(limit_by_shifts(&a, &delayed[1..], 25, 0.05), None);
    }

    /// Rounds of 25 samples or so: where they begin, and a burst in each, about 0.45 of it,
    /// over a level that is always there.
    fn walk(times: &[f64], strengths: &[f64], level: f64) -> Vec<f64> {
        let n = *times.last().unwrap() as usize;
        let value = |at: usize| {
            let at = at as f64;
            let k =
                times.partition_point(|time| *time <= at).clamp(1, strengths.len()) - 1;
            let phase = (at - times[k]) / (times[k + 1] - times[k]);
            level + strengths[k] * libm::exp(-0.5 * ((phase - 0.45) / 0.1).powi(2))
        };
        (0..n).map(value).collect()
    }

    /// Whether sides of thirty rounds, with rest before and after, exceed the limit that
    /// share so much of the strength of each; the cuts of their rounds lie so many samples
    /// beside their beginnings, the first and the last within the rest.
    fn beyond(random: &mut SplitMix64, shared: f64, level: f64, beside: f64) -> bool {
        let mut times = vec![0.0];
        (0..30).for_each(|k| times.push(times[k] + 25.0 + random.normal()));
        let common: Vec<f64> = (0..30).map(|_| random.normal()).collect();
        let [a, b] = [0, 1].map(|_| {
            let strength = |common: &f64| {
                let own = random.normal() * (1.0 - shared * shared).sqrt();
                libm::exp(0.2 * (shared * common + own))
            };
            let strengths: Vec<f64> = common.iter().map(strength).collect();
            [vec![level; 15], walk(&times, &strengths, level), vec![level; 15]].concat()
        });
        let mut cut = |time: &f64| (time + 15.0 + beside * random.normal()) as usize;
        let mut cuts: Vec<usize> = times.iter().map(&mut cut).collect();
        cuts[0] = 4;
        cuts.push(a.len() - 3);
        largest(&a, &b) > limit_by_rounds(&a, &b, &cuts, (25, 0.05)).unwrap()
    }

    #[test]
    fn sides_that_share_their_rhythm_alone_rarely_exceed_the_limit_of_rounds() {
        let mut random = SplitMix64::new(33);
        // Where whole rounds were exchanged, cuts that miss by a twentieth of a round
        // made nearly all of them exceed it.
        for (level, beside) in [(0.05, 0.0), (0.05, 1.25), (0.5, 1.25)] {
            let mut alarm = || beyond(&mut random, 0.0, level, beside);
            let alarms = (0..300).filter(|_| alarm()).count();
            assert!(alarms <= 27, "{alarms} of 300 with {level} and {beside}");
        }
        let found = (0..50).filter(|_| beyond(&mut random, 0.95, 0.05, 1.25)).count();
        assert!(found > 40, "{found} of 50");
    }

    #[test]
    fn few_rounds_have_no_limit_and_empty_ones_stay_empty() {
        let mut random = SplitMix64::new(34);
        let mut a = envelope(&mut random, 390);
        let cuts: Vec<usize> = (0..=13).map(|k| 30 * k).collect();
        assert_eq!(limit_by_rounds(&a, &a, &cuts[..11], (25, 0.05)), None);
        assert_eq!(limit_by_rounds(&a, &a, &[], (25, 0.05)), None);
        assert!(limit_by_rounds(&a, &a, &cuts, (25, 0.05)).is_some());
        a[30..60].fill(0.0);
        a[60..90].fill(f64::NAN);
        assert!(limit_by_rounds(&a, &a, &cuts, (25, 0.05)).unwrap() <= 1.0);
    }
}
