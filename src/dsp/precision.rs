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
    /// assert!(low < 1.0 && 1.0 < high && high / low < 1.3);
    /// ```
    pub fn of_level(series: PieceSums<'_>) -> Result<Self, &'static str> {
        let whole = series.logarithm().ok_or(NOTHING)?;
        let of_rounds = series.rounds().map(|rounds| {
            let alike = dependence(&[&rounds.residuals]);
            Spread::of(&rounds.residuals, alike)
                .map(|spread| spread.about(rounds.logarithm - whole, Basis::Rounds))
        });
        let of_waves = || LongRun::of(&series.residuals(), series.most_waves());
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
            if together {
                let apart: Vec<f64> =
                    left.iter().zip(&right).map(|(left, right)| left - right).collect();
                return LongRun::of(&apart, most);
            }
            let (one, other) = (LongRun::of(&left, most)?, LongRun::of(&right, most)?);
            let drift = one.drift.into_iter().chain(other.drift).reduce(f64::max);
            let waves = one.waves.min(other.waves);
            Some(LongRun { variance: one.variance + other.variance, waves, drift })
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

    /// The same with an independent error of the logarithm, such as that of a reference,
    /// of this variance and degrees of freedom (∞ where the variance is known).
    #[must_use]
    pub fn with_error(self, variance: f64, degrees: f64) -> Self {
        let one = Spread { variance: self.variance, degrees: self.degrees, count: 0 };
        let both = one.plus(Spread { variance, degrees, count: 0 });
        Self { variance: both.variance, degrees: both.degrees, ..self }
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

    /// By how much the level drifts over the recording as a share of it, where that is
    /// more than the recording can know.
    pub fn drift(self) -> Option<f64> {
        self.drift
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
        degrees: found.waves as f64,
        basis: Basis::Waves(found.waves),
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
    let shared = Spread { variance, degrees: f64::INFINITY, count: values.len() };
    let both = Spread::of(values, dependence(&[values]))?.plus(shared);
    let half = t_95(both.degrees.min(MANY_DEGREES))? * both.variance.sqrt();
    Some((centre - half, centre + half))
}

/// The variance of a mean.
#[derive(Debug, Clone, Copy)]
struct Spread {
    variance: f64,
    degrees: f64,
    count: usize,
}

impl Spread {
    /// Of the mean of values that follow each other; `None` where they are so alike that
    /// it is not known.
    fn of(values: &[f64], alike: Dependence) -> Option<Self> {
        let values = there(values);
        let (count, spread) = (values.len(), standard_deviation(&values)?);
        let variance = spread * spread / count as f64 * alike.inflation(count);
        let degrees = alike.effective(count) - 1.0;
        variance.is_finite().then_some(Self { variance, degrees, count })
    }

    /// Of a difference of independent means (Welch 1947; Satterthwaite 1946).
    fn plus(self, other: Self) -> Self {
        let variance = self.variance + other.variance;
        let share = |one: Self| (one.variance / variance).powi(2) / one.degrees;
        let degrees = 1.0 / (share(self) + share(other));
        let degrees =
            if degrees.is_finite() { degrees } else { self.degrees.min(other.degrees) };
        Self { variance, degrees, count: self.count.min(other.count) }
    }

    fn about(self, shift: f64, basis: fn(usize) -> Basis) -> Precision {
        let Self { variance, degrees, count } = self;
        Precision { shift, variance, degrees, basis: basis(count), drift: None }
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
    found.is_finite().then_some(found)
}
