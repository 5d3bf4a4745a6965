//! What the largest correlation within a range of lags is by chance alone: it is the
//! largest of many, and the limits and intervals of a single one do not hold for it.

use super::correlation::best_lag;
use super::fourier::{Complex, Fourier};
use super::stats::{mean, quantile};

/// The fewest values from which a limit is read.
const FEWEST: f64 = 19.0;
/// The most exchanges of cycles that are made.
const MOST: usize = 200;

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
/// both share the times of their cycles and nothing else.
///
/// The cycles of `b`, given by their first and last places, are exchanged as a whole,
/// each stretched to the length of the one whose place it takes: moved on by one, two, …
/// cycles, in their order and in the reverse, so that neighbours that are alike stay
/// neighbours. `None` for fewer than ten cycles, and for series that do not vary.
pub fn limit_by_cycles(
    a: &[f64],
    b: &[f64],
    cycles: &[(f64, f64)],
    (limit, alpha): (usize, f64),
) -> Option<f64> {
    let count = cycles.len();
    let exchanges = 2 * count.saturating_sub(1);
    let step = exchanges.div_ceil(MOST).max(1);
    let exchanged = |k: usize| {
        let by = 1 + k / 2;
        let taken = |at: usize| match k % 2 {
            0 => cycles[(at + by) % count],
            _ => cycles[(2 * count - 1 - at - by) % count],
        };
        let moved = with_cycles(b, cycles, taken);
        best_lag(a, &moved, limit).map(|best| best.correlation)
    };
    let largest: Vec<f64> = (0..exchanges).step_by(step).filter_map(exchanged).collect();
    quantile_of(&largest, largest.len() as f64, alpha)
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

/// The series with other cycles in the places of its cycles.
fn with_cycles(
    series: &[f64],
    cycles: &[(f64, f64)],
    taken: impl Fn(usize) -> (f64, f64),
) -> Vec<f64> {
    let mut moved = series.to_vec();
    for (at, &(from, to)) in cycles.iter().enumerate() {
        let (first, last) = taken(at);
        let stretch = (last - first) / (to - from);
        let places = from.ceil().max(0.0) as usize..to.ceil().max(0.0) as usize;
        let inside = moved.iter_mut().enumerate().take(places.end).skip(places.start);
        for (place, sample) in inside {
            *sample = between(series, first + (place as f64 - from) * stretch);
        }
    }
    moved
}

/// The value between two samples, by a straight line; missing beyond the series.
fn between(series: &[f64], place: f64) -> f64 {
    let (below, share) = (place.floor(), place - place.floor());
    let at = |place: f64| {
        let inside = place >= 0.0 && place < series.len() as f64;
        if inside { series[place as usize] } else { f64::NAN }
    };
    if share == 0.0 {
        at(below)
    } else {
        (1.0 - share) * at(below) + share * at(below + 1.0)
    }
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

    /// Thirty cycles of 25 samples or so, whose strengths are those given.
    fn walk(times: &[f64], strengths: &[f64]) -> Vec<f64> {
        let n = *times.last().unwrap() as usize;
        let value = |at: usize| {
            let at = at as f64;
            let k =
                times.partition_point(|time| *time <= at).clamp(1, strengths.len()) - 1;
            let phase = (at - times[k]) / (times[k + 1] - times[k]);
            0.05 + strengths[k] * libm::exp(-0.5 * ((phase - 0.45) / 0.1).powi(2))
        };
        (0..n).map(value).collect()
    }

    /// Whether sides exceed the limit that share so much of the strength of each cycle.
    fn beyond(random: &mut SplitMix64, shared: f64) -> bool {
        let mut times = vec![0.0];
        (0..30).for_each(|k| times.push(times[k] + 25.0 + random.normal()));
        let common: Vec<f64> = (0..30).map(|_| random.normal()).collect();
        let [a, b] = [0, 1].map(|_| {
            let strength = |common: &f64| {
                let own = random.normal() * (1.0 - shared * shared).sqrt();
                libm::exp(0.2 * (shared * common + own))
            };
            walk(&times, &common.iter().map(strength).collect::<Vec<f64>>())
        });
        let cycles: Vec<(f64, f64)> =
            times.windows(2).map(|pair| (pair[0], pair[1])).collect();
        largest(&a, &b) > limit_by_cycles(&a, &b, &cycles, (25, 0.05)).unwrap()
    }

    #[test]
    fn sides_that_share_their_rhythm_alone_rarely_exceed_the_limit_of_cycles() {
        let mut random = SplitMix64::new(33);
        let alarms = (0..300).filter(|_| beyond(&mut random, 0.0)).count();
        assert!(alarms <= 27, "{alarms} of 300");
        let found = (0..50).filter(|_| beyond(&mut random, 0.95)).count();
        assert!(found > 40, "{found} of 50");
    }

    #[test]
    fn few_cycles_have_no_limit() {
        let mut random = SplitMix64::new(34);
        let a = envelope(&mut random, 300);
        let cycles: Vec<(f64, f64)> =
            (0..9).map(|k| (30.0 * f64::from(k), 30.0 * f64::from(k + 1))).collect();
        assert_eq!(limit_by_cycles(&a, &a, &cycles, (25, 0.05)), None);
        assert_eq!(limit_by_cycles(&a, &a, &[], (25, 0.05)), None);
    }
}
