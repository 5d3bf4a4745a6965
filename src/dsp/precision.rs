//! How precisely the logarithm of a level, of the ratio of two levels, or of a ratio of
//! two areas is known from one recording of a task.
//!
//! What repeats itself is known from its rounds: each is worth as much as the next one.
//! What does not is known from its slow waves ([`super::long_run`]). Blocks of a fixed
//! length are neither: shorter than a round they count its parts as chance, and against
//! a rhythm they beat.

use std::ops::Range;

use super::dependence::Dependence;
use super::long_run::LongRun;
use super::rhythm::Rhythm;
use super::stats::{mean, standard_deviation, t_95};

/// What lies below this share of the mean for a tenth of a second is rest.
const REST: f64 = 0.1;
/// The fewest rounds of which an interval is made.
pub const FEWEST_ROUNDS: usize = 4;
/// The share of what was recorded that rounds must cover.
const COVERED: f64 = 0.75;
/// The largest share of a round that may be missing.
const MISSING: f64 = 0.1;
/// Of fewer rounds than these, likeness of neighbours is believed only beyond chance.
const MANY_ROUNDS: usize = 12;
/// The quantile of the normal distribution that one in 20 exceeds, and that of either
/// sign.
const ONE_IN_20: f64 = 1.645;
const EITHER_SIGN: f64 = 1.96;

/// Degrees of freedom beyond which Student's t is the normal distribution.
const MANY_DEGREES: f64 = 1e6;

/// Why nothing is known of a level that is 0.
const NOTHING: &str = "no interval: the value is 0";
const TOO_SHORT: &str = "no interval: too short, with fewer than four whole rounds of a \
                         rhythm and fewer than four slow waves";
const ALIKE: &str = "no interval: rounds that follow each other are so alike that fewer \
                     than three of them are independent";

/// What an interval rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// So many whole rounds, cycles or repetitions, of the side that has fewer.
    Rounds(usize),
    /// So many whole rounds of both sides, each with that of the other one: they rise
    /// and fall together.
    Couples(usize),
    /// So many slow waves, the first cosines over the recording.
    Waves(usize),
}

impl Basis {
    /// How many there are.
    pub fn count(self) -> usize {
        let (Self::Rounds(count) | Self::Couples(count) | Self::Waves(count)) = self;
        count
    }
}

/// How precisely a logarithm is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// By how much the logarithm of the whole rounds lies above that of the recording.
    shift: f64,
    variance: f64,
    degrees: f64,
    basis: Basis,
    effective: f64,
    drift: Option<f64>,
}

/// Sums over short pieces of time that follow each other: the level is the ratio of all
/// of them. A piece that is missing has 0 below.
#[derive(Debug, Clone, Copy)]
pub struct PieceSums<'a> {
    /// What is above the line, such as the sum of the samples of a piece.
    pub above: &'a [f64],
    /// What is below it, such as their number.
    pub below: &'a [f64],
    /// How many pieces make a tenth of a second, of which slow waves are made.
    pub together: usize,
    /// The rhythm of the pieces, where they have one.
    pub rhythm: Option<&'a Rhythm>,
}

/// The rounds of a series.
struct Rounds {
    /// How much the ratio of each differs from that of all, as a share of it and weighted
    /// with its length; `NaN` where it is no whole one.
    residuals: Vec<f64>,
    spans: Vec<Range<usize>>,
    /// The logarithm of the ratio of all.
    logarithm: f64,
}

impl Precision {
    /// Of one level.
    ///
    /// # Errors
    /// Why nothing is known of it.
    ///
    /// ```
    /// use soleus::dsp::precision::{Basis, PieceSums, Precision};
    /// use soleus::dsp::random::normals;
    ///
    /// let above: Vec<f64> = normals(1, 3000).iter().map(|x| x * x).collect();
    /// let sums = PieceSums { above: &above, below: &[1.0; 3000], together: 5, rhythm: None };
    /// let (low, high) = Precision::of_level(sums).unwrap().factors();
    /// assert!(low < 1.0 && 1.0 < high && high / low < 2.0);
    /// ```
    pub fn of_level(series: PieceSums<'_>) -> Result<Self, &'static str> {
        let whole = series.logarithm().ok_or(NOTHING)?;
        let of_rounds = series.rounds().map(|rounds| {
            let alike = dependence(&[&rounds.residuals]);
            Spread::of(&rounds.residuals, alike)
                .map(|spread| spread.about(rounds.logarithm - whole, Basis::Rounds))
        });
        let of_waves =
            || long_run(&series.residuals(), series.most_waves(), series.rests());
        told(of_rounds, of_waves)
    }

    /// Of the ratio of two levels. `same_clock` says that pieces of the same place are of
    /// the same time: only then what both share cancels.
    ///
    /// # Errors
    /// Why nothing is known of it.
    pub fn of_ratio(
        sides: [PieceSums<'_>; 2],
        same_clock: bool,
    ) -> Result<Self, &'static str> {
        let [left, right] = sides;
        let whole = left.logarithm().zip(right.logarithm()).map(|(l, r)| l - r);
        let whole = whole.ok_or(NOTHING)?;
        let rounds = left.rounds().zip(right.rounds());
        let of_rounds = rounds.map(|(left, right)| {
            let shift = left.logarithm - right.logarithm - whole;
            of_both(&left, &right, same_clock).map(|one| Self { shift, ..one })
        });
        let together = same_clock && left.above.len() == right.above.len();
        let of_waves = || {
            let [left, right] = sides.map(|side| side.residuals());
            let most = sides[0].most_waves().min(sides[1].most_waves());
            let rests = sides.iter().any(PieceSums::rests);
            if together {
                let apart: Vec<f64> =
                    left.iter().zip(&right).map(|(left, right)| left - right).collect();
                return long_run(&apart, most, rests);
            }
            let (one, other) =
                (long_run(&left, most, rests)?, long_run(&right, most, rests)?);
            let drift = one.drift.into_iter().chain(other.drift).reduce(f64::max);
            let (waves, degrees) =
                (one.waves.min(other.waves), one.degrees.min(other.degrees));
            let variance = one.variance + other.variance;
            Some(LongRun { variance, waves, degrees, drift })
        };
        told(of_rounds, of_waves)
    }

    /// Of a ratio of sums over members that are whole rounds themselves.
    ///
    /// # Errors
    /// Why nothing is known of it.
    pub fn of_members(above: &[f64], below: &[f64]) -> Result<Self, &'static str> {
        let every: Vec<usize> = (0..=above.len()).collect();
        let rhythm = Rhythm { period: 1, cuts: every };
        let series = PieceSums { above, below, together: 1, rhythm: Some(&rhythm) };
        let rounds = series.rounds().ok_or(TOO_SHORT)?;
        let alike = dependence(&[&rounds.residuals]);
        let spread = Spread::of(&rounds.residuals, alike).ok_or(ALIKE)?;
        Ok(spread.about(0.0, Basis::Rounds))
    }

    /// The same of the root of the level, such as of a root mean square.
    #[must_use]
    pub fn of_root(self) -> Self {
        let drift = self.drift.map(|drift| 0.5 * drift);
        Self { shift: 0.5 * self.shift, variance: 0.25 * self.variance, drift, ..self }
    }

    /// The ends of the 95 % interval over the value, 1 among them: Student's t of the
    /// logarithm about what whole rounds have.
    pub fn factors(self) -> (f64, f64) {
        let half =
            t_95(self.degrees.min(1e6)).unwrap_or(f64::INFINITY) * self.variance.sqrt();
        let (low, high) = ((self.shift - half).min(0.0), (self.shift + half).max(0.0));
        (libm::exp(low), libm::exp(high))
    }

    /// What it rests on.
    pub fn basis(self) -> Basis {
        self.basis
    }

    /// How many independent rounds or waves those that it rests on are worth; fewer where
    /// rounds that follow each other are alike or the level wanders.
    pub fn effective(self) -> f64 {
        self.effective
    }

    /// By how much the level drifts over the recording as a share of it, where that is
    /// more than the recording can know.
    pub fn drift(self) -> Option<f64> {
        self.drift
    }
}

fn long_run(residuals: &[f64], most: f64, rests: bool) -> Option<LongRun> {
    if rests {
        LongRun::without_wander(residuals, most)
    } else {
        LongRun::of(residuals, most)
    }
}

/// Rounds where they tell something, else slow waves.
fn told(
    of_rounds: Option<Option<Precision>>,
    of_waves: impl FnOnce() -> Option<LongRun>,
) -> Result<Precision, &'static str> {
    let reason = if of_rounds.is_some() { ALIKE } else { TOO_SHORT };
    let waves = |found: LongRun| Precision {
        shift: 0.0,
        variance: found.variance,
        degrees: found.degrees,
        basis: Basis::Waves(found.waves),
        effective: found.degrees,
        drift: found.drift,
    };
    of_rounds.flatten().or_else(|| of_waves().map(waves)).ok_or(reason)
}

impl PieceSums<'_> {
    fn logarithm(&self) -> Option<f64> {
        let (above, below): (f64, f64) =
            (self.above.iter().sum(), self.below.iter().sum());
        Some(libm::log(above / below)).filter(|logarithm| logarithm.is_finite())
    }

    /// How much each tenth of a second adds to what is above the line, beyond its share
    /// of what is below, as a share of the mean.
    fn residuals(&self) -> Vec<f64> {
        let (above, below): (f64, f64) =
            (self.above.iter().sum(), self.below.iter().sum());
        let together = self.together.max(1);
        let each = above * together as f64 / self.above.len() as f64;
        let pieces = self.above.chunks(together).zip(self.below.chunks(together));
        let residual = |(up, down): (&[f64], &[f64])| {
            (up.iter().sum::<f64>() - above / below * down.iter().sum::<f64>()) / each
        };
        pieces.map(residual).collect()
    }

    /// Whether there is rest in it: a task that begins and ends is no level that wanders.
    fn rests(&self) -> bool {
        self.residuals().iter().any(|residual| *residual < -1.0 + REST)
    }

    /// How many waves are slower than half the rhythm.
    fn most_waves(&self) -> f64 {
        self.rhythm.map_or(f64::INFINITY, |rhythm| {
            self.above.len() as f64 / rhythm.period as f64
        })
    }

    /// The whole rounds; `None` where there are too few, or where they leave too much of
    /// the recording out.
    fn rounds(&self) -> Option<Rounds> {
        let mut spans: Vec<Range<usize>> =
            self.rhythm?.cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
        let missing = |span: &Range<usize>| {
            self.below[span.clone()].iter().filter(|below| **below <= 0.0).count()
        };
        let mut whole: Vec<bool> = spans
            .iter()
            .map(|span| missing(span) as f64 <= MISSING * span.len() as f64)
            .collect();
        // A round that is missing parts its neighbours, but none is missing at the ends.
        while whole.last() == Some(&false) {
            whole.pop();
            spans.pop();
        }
        let sum = |values: &[f64], span: &Range<usize>| -> f64 {
            values[span.clone()].iter().sum()
        };
        let kept = || spans.iter().zip(&whole).filter(|(_, whole)| **whole);
        let count = kept().count();
        let above: f64 = kept().map(|(span, _)| sum(self.above, span)).sum();
        let below: f64 = kept().map(|(span, _)| sum(self.below, span)).sum();
        if count < FEWEST_ROUNDS || below < COVERED * self.below.iter().sum::<f64>() {
            return None;
        }
        let (ratio, each) = (above / below, above / count as f64);
        let residual = |(span, whole): (&Range<usize>, &bool)| {
            let residual = (sum(self.above, span) - ratio * sum(self.below, span)) / each;
            if *whole { residual } else { f64::NAN }
        };
        let residuals = spans.iter().zip(&whole).map(residual).collect();
        Some(Rounds { residuals, spans, logarithm: libm::log(ratio) })
    }
}

/// How alike rounds are that follow each other.
fn dependence(sides: &[&[f64]]) -> Dependence {
    let found = Dependence::pooled(sides);
    let counts = sides.iter().map(|side| there(side).len());
    let fewest = counts.clone().min().unwrap_or(0);
    let all = counts.sum::<usize>() as f64;
    // What the correction of the bias makes of a correlation that chance exceeds once in
    // 20 times.
    let few = fewest as f64;
    let limit = ONE_IN_20 / all.sqrt() * few / (few - 3.0).max(1.0);
    let believed = fewest >= MANY_ROUNDS || found.correlation() > limit;
    if believed { found } else { Dependence::NONE }
}

fn there(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

/// The 95 % interval of the mean of values that follow each other, with an error of
/// `variance` that all of them share and that they therefore do not show. Neighbours that
/// are alike count for fewer; of fewer than twelve values that is believed only beyond
/// chance. `None` for fewer than two values, or where they are so alike that their mean
/// is not known.
///
/// ```
/// use soleus::dsp::precision::mean_interval;
///
/// let (low, high) = mean_interval(&[1.0, 1.2, 0.9, 1.1, 1.3], 0.01).unwrap();
/// assert!(low < 0.9 && high > 1.3);
/// ```
pub fn mean_interval(values: &[f64], variance: f64) -> Option<(f64, f64)> {
    let centre = mean(values)?;
    let own = Spread::of(values, dependence(&[values]))?;
    let both = own.plus(Spread { variance, degrees: f64::INFINITY, ..own });
    let half = t_95(both.degrees.min(MANY_DEGREES))? * both.variance.sqrt();
    Some((centre - half, centre + half))
}

/// The variance of a mean.
#[derive(Debug, Clone, Copy)]
struct Spread {
    variance: f64,
    degrees: f64,
    effective: f64,
    count: usize,
}

impl Spread {
    /// Of the mean of values that follow each other; `None` where they are so alike that
    /// it is not known.
    fn of(values: &[f64], alike: Dependence) -> Option<Self> {
        let values = there(values);
        let (count, spread) = (values.len(), standard_deviation(&values)?);
        let variance = spread * spread / count as f64 * alike.inflation(count);
        let effective = alike.effective(count);
        let degrees = effective - 1.0;
        variance.is_finite().then_some(Self { variance, degrees, effective, count })
    }

    /// Of a difference of independent means (Welch 1947; Satterthwaite 1946).
    fn plus(self, other: Self) -> Self {
        let variance = self.variance + other.variance;
        let share = |one: Self| (one.variance / variance).powi(2) / one.degrees;
        let degrees = 1.0 / (share(self) + share(other));
        let degrees =
            if degrees.is_finite() { degrees } else { self.degrees.min(other.degrees) };
        let effective = self.effective.min(other.effective);
        Self { variance, degrees, effective, count: self.count.min(other.count) }
    }

    fn about(self, shift: f64, basis: fn(usize) -> Basis) -> Precision {
        let Self { variance, degrees, effective, count } = self;
        let basis = basis(count);
        Precision { shift, variance, degrees, basis, effective, drift: None }
    }
}

/// Of rounds of both sides: each with that of the other one where they rise and fall
/// together, else each side for itself.
fn of_both(left: &Rounds, right: &Rounds, same_clock: bool) -> Option<Precision> {
    if let Some(apart) = couples(left, right).filter(|_| same_clock) {
        let alike = dependence(&[&apart]);
        return Spread::of(&apart, alike).map(|spread| spread.about(0.0, Basis::Couples));
    }
    let alike = dependence(&[&left.residuals, &right.residuals]);
    let left = Spread::of(&left.residuals, alike)?;
    let right = Spread::of(&right.residuals, alike)?;
    Some(left.plus(right).about(0.0, Basis::Rounds))
}

/// The differences of rounds of the left with those of the right that begin in them,
/// where there are enough of these and where they rise and fall together, or one when the
/// other falls, beyond chance.
fn couples(left: &Rounds, right: &Rounds) -> Option<Vec<f64>> {
    let partner = |(span, own): (&Range<usize>, &f64)| {
        let at = right.spans.partition_point(|other| other.start < span.start);
        let begins_in_it = right.spans.get(at)?.start < span.end;
        Some((*own, right.residuals[at]))
            .filter(|(own, other)| begins_in_it && (own + other).is_finite())
    };
    let found: Vec<(f64, f64)> =
        left.spans.iter().zip(&left.residuals).filter_map(partner).collect();
    let most = left.spans.len().max(right.spans.len());
    let enough = found.len() > FEWEST_ROUNDS && found.len() + 2 >= most;
    let correlation = correlation(&found).filter(|_| enough)?;
    // Fisher's z.
    let z = libm::atanh(correlation) * (found.len() as f64 - 3.0).sqrt();
    (z.abs() > EITHER_SIGN)
        .then(|| found.iter().map(|(own, other)| own - other).collect())
}

fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (left, right): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (l, r) = (mean(&left)?, mean(&right)?);
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        pairs.iter().map(|(one, other)| of(one - l, other - r)).sum()
    };
    let found = sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    // Rounding may lead beyond 1, where Fisher's z has no value.
    found.is_finite().then_some(found.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// Pieces of 0.02 s of a muscle that rises and falls every `period` of them, times
    /// how strong each of its rounds is.
    fn rounds(
        random: &mut SplitMix64,
        n: usize,
        period: f64,
        strengths: &[f64],
    ) -> Vec<f64> {
        let mut values = vec![0.0; n];
        let mut at = -period * random.uniform();
        for strength in strengths {
            let length = period * (1.0 + 0.03 * random.normal());
            let (from, to) =
                ((at + 0.1 * length) as usize, (at + 0.65 * length) as usize);
            for value in &mut values[from.min(n)..to.min(n)] {
                *value = strength * (1.0 + 0.3 * random.normal()).abs();
            }
            at += length;
        }
        values.iter().map(|value| value + 0.02).collect()
    }

    fn strengths(random: &mut SplitMix64, scatter: f64) -> Vec<f64> {
        (0..200).map(|_| libm::exp(scatter * random.normal())).collect()
    }

    fn sums<'a>(
        above: &'a [f64],
        below: &'a [f64],
        rhythm: Option<&'a Rhythm>,
    ) -> PieceSums<'a> {
        PieceSums { above, below, together: 5, rhythm }
    }

    fn ratio(left: &[f64], right: &[f64]) -> Result<(f64, Precision), &'static str> {
        let below = vec![1.0; left.len()];
        let [one, other] = [left, right].map(|side| Rhythm::find(side, 20..=1500));
        let sides =
            [sums(left, &below, one.as_ref()), sums(right, &below, other.as_ref())];
        let value: f64 = left.iter().sum::<f64>() / right.iter().sum::<f64>();
        Precision::of_ratio(sides, true).map(|found| (value, found))
    }

    /// Coverage and how often cycles were the units, of 1000 pairs whose ratio is 1.
    fn covered(seed: u64, n: usize, period: f64, shared: bool) -> (usize, usize) {
        let mut random = SplitMix64::new(seed);
        let (mut held, mut by_rounds) = (0, 0);
        for _ in 0..1000 {
            let one = strengths(&mut random, 0.15);
            let other = if shared { one.clone() } else { strengths(&mut random, 0.15) };
            let left = rounds(&mut random, n, period, &one);
            let right = rounds(&mut random, n, period, &other);
            let (value, found) = ratio(&left, &right).unwrap();
            let (low, high) = found.factors();
            held += usize::from(value * low <= 1.0 && 1.0 <= value * high);
            by_rounds += usize::from(!matches!(found.basis(), Basis::Waves(_)));
        }
        (held, by_rounds)
    }

    #[test]
    fn rounds_cover_the_truth_at_their_level() {
        // 95 % of 1000 ± 3 standard errors are 929 to 971; blocks of 1 s held 990 to 1000.
        for (n, period) in [(1500, 40.0), (1500, 65.0), (3000, 150.0), (1500, 150.0)] {
            let (held, by_rounds) = covered(1, n, period, false);
            assert!((920..=978).contains(&held), "{held} of {n} with {period}");
            assert!(by_rounds > 900, "{by_rounds} of {n} with {period}");
        }
    }

    #[test]
    fn what_both_sides_share_cancels() {
        let mut random = SplitMix64::new(4);
        let one = strengths(&mut random, 0.4);
        let in_step = |seed: u64| {
            let mut random = SplitMix64::new(seed);
            rounds(&mut random, 3000, 150.0, &one)
        };
        let (left, right) = (in_step(9), in_step(9));
        let right: Vec<f64> = right.iter().map(|value| value * 0.5).collect();
        let (value, found) = ratio(&left, &right).unwrap();
        assert!((value - 2.0).abs() < 1e-12, "{value}");
        assert!(matches!(found.basis(), Basis::Couples(_)), "{found:?}");
        let (low, high) = found.factors();
        assert!(high / low < 1.0 + 1e-9, "{low} {high}");
    }

    #[test]
    fn alike_rounds_count_for_fewer() {
        let mut random = SplitMix64::new(2);
        let mut last = 0.0;
        let slow: Vec<f64> = (0..200)
            .map(|_| {
                last = 0.7 * last + 0.2 * random.normal();
                libm::exp(last)
            })
            .collect();
        let values = rounds(&mut random, 3000, 50.0, &slow);
        let below = vec![1.0; values.len()];
        let rhythm = Rhythm::find(&values, 20..=1500);
        let found = Precision::of_level(sums(&values, &below, rhythm.as_ref())).unwrap();
        let count = found.basis().count() as f64;
        assert!(count > 50.0 && found.effective() < 0.6 * count, "{found:?}");
    }

    #[test]
    fn too_short_is_said() {
        let short = vec![1.0; 100];
        let error = Precision::of_level(sums(&short, &short, None)).unwrap_err();
        assert!(error.contains("too short"), "{error}");
        let none = vec![0.0; 500];
        let error = Precision::of_level(sums(&none, &short, None)).unwrap_err();
        assert!(error.contains("is 0"), "{error}");
        assert!(Precision::of_members(&[1.0, 2.0, 3.0], &[1.0; 3]).is_err());
    }

    #[test]
    fn gaps_are_no_rounds() {
        let mut random = SplitMix64::new(6);
        let strong = strengths(&mut random, 0.1);
        let mut values = rounds(&mut random, 3000, 150.0, &strong);
        let mut below = vec![1.0; 3000];
        let whole = Rhythm::find(&values, 20..=1500);
        values[1000..1200].fill(0.0);
        below[1000..1200].fill(0.0);
        let series = sums(&values, &below, whole.as_ref());
        let count = Precision::of_level(series).unwrap().basis().count();
        let cuts = whole.as_ref().unwrap().cuts.len();
        assert!((cuts - 4..cuts - 1).contains(&count), "{count} of {cuts} cuts");
    }

    #[test]
    fn means_know_the_error_that_all_values_share() {
        let values = [1.0, 1.2, 0.9, 1.1, 1.3, 0.8];
        assert_eq!(
            mean_interval(&values, 0.0),
            crate::dsp::stats::mean_interval(&values)
        );
        let (low, high) = mean_interval(&values, 0.04).unwrap();
        assert!(high - low > 2.0 * 1.96 * 0.2);
        assert_eq!(mean_interval(&[1.0], 0.0), None);
    }
}
