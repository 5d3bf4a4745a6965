//! Whether a series comes round again and again, and where its rounds begin.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use super::fourier::{Complex, Fourier, fast_length};

/// Values a period must have at least, so that its rounds can be told apart.
const FEWEST_VALUES: usize = 8;
/// How alike the series must be to itself a period later, and by how much more than it
/// is in between. Noise of the bandwidth of an envelope reaches that in 1 of 100 records
/// of 8 s.
const ALIKE: f64 = 0.4;
const DIP: f64 = 0.3;
/// The shortest lag whose likeness is so much of the largest is the period: two of them
/// are alike as well.
const NEARLY: f64 = 0.8;
/// Rounds begin in the lowest point within this share of a period on either side.
const REACH: f64 = 0.4;

/// The rounds of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// From one round to the next, in values.
    pub period: usize,
    /// Where rounds begin, in order: in the middle of what lies low between them. What
    /// comes before the first and after the last one is no whole round.
    pub cuts: Vec<usize>,
}

impl Rhythm {
    /// The rhythm of values at equal distances with a period of so many of them; values
    /// that are `NaN` are missing. `None` where the series does not come round three
    /// times, or has no rhythm.
    ///
    /// ```
    /// use soleus::dsp::rhythm::Rhythm;
    ///
    /// let hops: Vec<f64> = (0..500).map(|k| f64::from(u8::from(k % 50 < 20))).collect();
    /// let found = Rhythm::find(&hops, 20..=150).unwrap();
    /// assert_eq!((found.period, found.cuts.len()), (50, 10));
    /// ```
    pub fn find(values: &[f64], periods: RangeInclusive<usize>) -> Option<Self> {
        if values.len() < 3 * FEWEST_VALUES {
            return None;
        }
        let centred = centred(values);
        let likeness = likeness(&centred, (*periods.end()).min(values.len() / 3) + 1);
        let period = period(&likeness, (*periods.start()).max(FEWEST_VALUES))?;
        Some(Self { period, cuts: cuts(&centred, period) })
    }

    /// The rounds of values whose period is known, alike or not.
    pub fn of_period(values: &[f64], period: usize) -> Self {
        Self { period, cuts: cuts(&centred(values), period) }
    }
}

/// Minus the mean, 0 where a value is missing.
fn centred(values: &[f64]) -> Vec<f64> {
    let there = values.iter().filter(|value| value.is_finite());
    let (sum, count) = there.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    let centre = sum / count;
    let value = |value: &f64| if value.is_finite() { value - centre } else { 0.0 };
    values.iter().map(value).collect()
}

/// How alike a series is to itself at each lag below `lags`, 1 at none.
fn likeness(centred: &[f64], lags: usize) -> Vec<f64> {
    let n = centred.len();
    let (mut fourier, mut spectrum) = (Fourier::new(), Vec::new());
    let padded = fast_length(n + lags);
    fourier.padded_spectrum_of(centred.iter().copied(), padded, &mut spectrum);
    spectrum.iter_mut().for_each(|value| *value = Complex::new(value.norm_sqr(), 0.0));
    let products = fourier.samples(&spectrum, padded);
    let longer = |(lag, product): (usize, &f64)| {
        product / products[0] * n as f64 / (n - lag) as f64
    };
    products.iter().take(lags).enumerate().map(longer).collect()
}

/// The first lag at which the series is nearly as much alike as at any other one, behind
/// one at which it is less.
fn period(likeness: &[f64], shortest: usize) -> Option<usize> {
    let mut lowest = f64::INFINITY;
    let mut peaks: Vec<usize> = Vec::new();
    for (lag, triple) in likeness.windows(3).enumerate().map(|(at, w)| (at + 1, w)) {
        lowest = lowest.min(triple[0]);
        let is_peak = triple[1] >= triple[0] && triple[1] > triple[2];
        let rounds = triple[1] >= ALIKE && lowest <= triple[1] - DIP;
        if lag >= shortest && is_peak && rounds {
            peaks.push(lag);
        }
    }
    let best = peaks.iter().map(|lag| likeness[*lag]).reduce(f64::max)?;
    peaks.into_iter().find(|lag| likeness[*lag] >= NEARLY * best)
}

/// The lowest points of the mean over half a period.
fn cuts(centred: &[f64], period: usize) -> Vec<usize> {
    let smooth = smoothed(centred, (period / 2).max(1));
    let reach = (REACH * period as f64) as usize;
    let mut found: Vec<usize> = Vec::new();
    for at in lowest_within(&smooth, reach) {
        let apart = found.last().is_none_or(|last| at - last > reach);
        if at > 0 && at + 1 < smooth.len() && apart {
            found.push(at);
        }
    }
    found
}

/// The mean over a window about each value, a shorter one at the ends.
fn smoothed(values: &[f64], window: usize) -> Vec<f64> {
    let mut sums = vec![0.0; values.len() + 1];
    for (at, value) in values.iter().enumerate() {
        sums[at + 1] = sums[at] + value;
    }
    let mean = |at: usize| {
        let (from, to) =
            (at.saturating_sub(window / 2), (at + window - window / 2).min(values.len()));
        (sums[to] - sums[from]) / (to - from) as f64
    };
    (0..values.len()).map(mean).collect()
}

/// The places of values that none within `reach` is below.
fn lowest_within(values: &[f64], reach: usize) -> Vec<usize> {
    let mut rising: VecDeque<usize> = VecDeque::new();
    let mut found = Vec::new();
    for at in 0..values.len() + reach {
        if at < values.len() {
            while rising.back().is_some_and(|last| values[*last] > values[at]) {
                rising.pop_back();
            }
            rising.push_back(at);
        }
        let Some(middle) = at.checked_sub(reach) else { continue };
        while rising.front().is_some_and(|first| first + reach < middle) {
            rising.pop_front();
        }
        if rising.front().is_some_and(|first| values[middle] <= values[*first]) {
            found.push(middle);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::moving;
    use crate::dsp::random::{SplitMix64, normals};

    /// Rounds of about `period` values, active in half of it.
    fn rounds(seed: u64, n: usize, period: f64, phase: f64) -> (Vec<f64>, Vec<f64>) {
        let mut random = SplitMix64::new(seed);
        let (mut values, mut starts) = (vec![0.05; n], Vec::new());
        let mut at = -phase * period;
        while at < n as f64 {
            let length = period * (1.0 + 0.04 * random.normal());
            let height = 1.0 + 0.2 * random.normal();
            starts.push(at);
            let (from, to) = ((at + 0.2 * length) as usize, (at + 0.7 * length) as usize);
            values[from.min(n)..to.min(n)].iter_mut().for_each(|value| *value += height);
            at += length;
        }
        values.iter_mut().for_each(|value| *value *= 1.0 + 0.3 * random.normal());
        (moving::mean(&values, 5), starts)
    }

    #[test]
    fn rounds_are_cut_where_nothing_happens() {
        for (seed, period) in [(1, 40.0), (2, 65.0), (3, 150.0)] {
            let (values, starts) = rounds(seed, 1500, period, 0.3);
            let found = Rhythm::find(&values, 20..=500).unwrap();
            assert!((found.period as f64 - period).abs() < 0.05 * period, "{found:?}");
            for cut in &found.cuts {
                let nearest = starts
                    .iter()
                    .map(|start| (start - *cut as f64).abs())
                    .fold(f64::INFINITY, f64::min);
                assert!(nearest < 0.3 * period, "{cut} of {starts:?}");
            }
            let whole = 1500.0 / period;
            assert!(found.cuts.len() as f64 >= whole - 1.6, "{}", found.cuts.len());
        }
    }

    #[test]
    fn noise_has_no_rhythm() {
        let rhythm = |seed: &u64| {
            Rhythm::find(&moving::mean(&normals(*seed, 400), 6), 20..=500).is_some()
        };
        let found = (0..500).filter(rhythm).count();
        assert!(found <= 15, "{found}");
    }

    #[test]
    fn gaps_and_short_series() {
        let (mut values, _) = rounds(4, 1500, 60.0, 0.0);
        values[400..520].fill(f64::NAN);
        assert!(
            Rhythm::find(&values, 20..=500).is_some_and(|f| f.period.abs_diff(60) < 3)
        );
        assert_eq!(Rhythm::find(&[], 20..=500), None);
        assert_eq!(Rhythm::find(&[1.0; 300], 20..=500), None);
        assert_eq!(Rhythm::find(&[f64::NAN; 300], 20..=500), None);
        assert_eq!(Rhythm::find(&values[..30], 20..=500), None);
    }

    #[test]
    fn lowest_points_are_those_of_the_plain_search() {
        let values = normals(6, 200);
        let plain = |at: &usize| {
            let near = at.saturating_sub(9)..(at + 10).min(200);
            values[near].iter().all(|value| values[*at] <= *value)
        };
        let expected: Vec<usize> = (0..200).filter(plain).collect();
        assert_eq!(lowest_within(&values, 9), expected);
    }
}
