//! Slopes by rank among those between any two points, without making all of them.
//!
//! The line through two points is flatter than `s` where `y − s·x` falls from one to the
//! other, so that sorting the rests counts the slopes below `s` (Cole, Salowe, Steiger &
//! Szemerédi 1989). Bounds close in on the rank until few slopes are left between them;
//! these are made, and the one at the rank is picked. Rests are rounded: counts that
//! decide leave out pairs within the error of rounding, and these are made too, so that
//! what is picked is what sorting all slopes gives.

use std::collections::BTreeMap;

use super::super::inversions::{count, equal_pairs, in_order, pairs};
use super::super::random::SplitMix64;
use super::between::{Between, PointRest};
use super::sweep::{order, sweep, value};

/// Points with all slopes between them.
pub(super) struct Slopes {
    /// In ascending order of x, then of y.
    x: Vec<f64>,
    y: Vec<f64>,
    /// How many pairs differ in x.
    total: u64,
    /// The largest magnitude of y, the range of x, and more than any slope.
    bounds: Bounds,
    /// How many slopes are below some of them, by their [`order`].
    known: BTreeMap<u64, CountedSlope>,
    /// A value that very many slopes have, with how many are below it and how many have
    /// it.
    zeros: Option<(u64, u64)>,
    /// Some slopes at random, sorted.
    sample: Vec<f64>,
    /// The slopes that were made last.
    made: Option<Made>,
    rests: Vec<f64>,
    spare: Vec<f64>,
}

/// How many slopes are below one of them.
#[derive(Clone, Copy)]
struct CountedSlope {
    below: u64,
    /// Whether rests were counted, or it is known without.
    counted: bool,
}

impl CountedSlope {
    fn without_counting(below: u64) -> Self {
        Self { below, counted: false }
    }
}

#[derive(Clone, Copy)]
struct Bounds {
    y: f64,
    range: f64,
    steepest: f64,
}

impl Bounds {
    /// Of x and y, each in order; `None` where all x are equal, and for values so far
    /// apart that their difference is not finite.
    fn measure(x: &[f64], levels: &[f64]) -> Option<Self> {
        let (low, high) = (levels.first()?, levels.last()?);
        let (range, rise) = (x.last()? - x.first()?, high - low);
        // A little more than the steepest that can be: the quotient is rounded.
        let steepest = 1.001 * (rise / gap(x)?);

        let finite = range.is_finite() && rise.is_finite();
        finite.then_some(Self { y: low.abs().max(high.abs()), range, steepest })
    }

    /// What rounding may do to the difference of two rests, and to the slope in their
    /// place: 32 half units.
    fn margin(self, slope: f64) -> f64 {
        if slope == 0.0 {
            0.0
        } else {
            16.0 * f64::EPSILON * (self.y + slope.abs() * self.range)
        }
    }
}

/// The slopes between two bounds, sorted.
struct Made {
    below: u64,
    slopes: Vec<f64>,
}

impl Made {
    fn at(&self, rank: u64) -> Option<f64> {
        self.slopes.get(usize::try_from(rank.checked_sub(self.below)?).ok()?).copied()
    }
}

/// So many slopes are made, or as many as there are points.
const FEW: u64 = 1024;
/// The size of the sample.
const SAMPLE: usize = 1024;
/// How much of the sample tells more than the bounds.
const ENOUGH: usize = 32;
/// After so many counts that told little the slopes are as good as equal.
const MOST_IDLE: usize = 6;

impl Slopes {
    /// Of as many finite values in x as in y; `None` when all x are equal, or values so
    /// far apart that their difference is not finite.
    pub(super) fn new(x: &[f64], y: &[f64]) -> Option<Self> {
        let points = in_order(x, y);
        let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        let total = pairs(x.len()) - equal_pairs(&x);
        let mut levels = y.clone();
        levels.sort_unstable_by(f64::total_cmp);
        let bounds = Bounds::measure(&x, &levels).filter(|_| total > 0)?;

        let level = equal_pairs(&levels) - equal_pairs(&points);
        let mut slopes = Self {
            known: [(-bounds.steepest, 0), (bounds.steepest, total)]
                .map(|(slope, below)| {
                    (order(slope), CountedSlope::without_counting(below))
                })
                .into(),
            zeros: None,
            sample: Vec::new(),
            made: None,
            rests: Vec::with_capacity(x.len()),
            spare: Vec::new(),
            x,
            y,
            total,
            bounds,
        };

        if level > slopes.few() {
            slopes.note_zeros(level, gap(&levels));
        }
        Some(slopes)
    }

    /// How many there are.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The slope above `rank` others; `rank` is below [`Self::total`].
    pub(super) fn at(&mut self, rank: u64) -> f64 {
        if let Some((below, zeros)) = self.zeros
            && (below..below + zeros).contains(&rank)
        {
            return 0.0;
        }
        if let Some(slope) = self.made.as_ref().and_then(|made| made.at(rank)) {
            return slope;
        }

        let bounds = self.enclosed(rank);
        bounds.and_then(|bounds| self.made_between(bounds, rank)).unwrap_or_else(|| {
            let hint = bounds.unwrap_or((-self.bounds.steepest, self.bounds.steepest));
            sweep(&self.x, &self.y, rank, hint)
        })
    }

    fn few(&self) -> u64 {
        FEW.max(self.x.len() as u64)
    }

    /// How many pairs are looked at, at most, to make slopes.
    fn most(&self) -> u64 {
        2 * FEW + 32 * self.x.len() as u64
    }

    /// Values that repeat, as those of a coarse scale, make many slopes that are exactly
    /// 0, and none close to it.
    fn note_zeros(&mut self, level: u64, least_rise: Option<f64>) {
        let below = self.below(0.0);
        self.zeros = Some((below, level));
        let flattest = least_rise.map_or(0.0, |rise| 0.5 * rise / self.bounds.range);
        if flattest > 0.0 {
            let known = [(-flattest, below), (flattest, below + level)];
            self.known.extend(known.map(|(slope, below)| {
                (order(slope), CountedSlope::without_counting(below))
            }));
        }
    }

    /// How many slopes are below one of them, but for rounding.
    fn below(&mut self, slope: f64) -> u64 {
        self.rests.clear();
        let start = self.x.first().copied().unwrap_or(0.0);
        self.rests
            .extend(self.x.iter().zip(&self.y).map(|(x, y)| y - slope * (x - start)));
        count(&mut self.rests, &mut self.spare)
    }

    /// Bounds with few slopes between them, the one of the rank and those next to it
    /// among them. `None` where rests are not finite.
    fn enclosed(&mut self, rank: u64) -> Option<(f64, f64)> {
        if !(self.bounds.steepest * self.bounds.range + self.bounds.y).is_finite()
            || self.bounds.steepest == 0.0
        {
            return None;
        }

        let few = self.few();
        let (mut aside, mut idle) = (few / 4, 0);
        while idle < MOST_IDLE {
            let (low, high) = self.nearest(rank)?;
            let left = high.1 - low.1;
            if left <= few || (idle > 1 && left <= self.most() / 2) {
                return Some((low.0, high.0));
            }

            let aim = aim(rank, (low.1, high.1), aside);
            let slope = self.guess(low, high, aim);
            if !(low.0 < slope && slope < high.0) {
                break;
            }
            let below = self.below(slope);
            self.known.insert(order(slope), CountedSlope { below, counted: true });

            // Many slopes have the same value, or the guess falls short again and again.
            let moved = if below <= rank {
                below.saturating_sub(low.1)
            } else {
                high.1.saturating_sub(below)
            };
            (aside, idle) =
                if moved <= left / 16 { (2 * aside, idle + 1) } else { (aside, idle) };
        }
        self.nearest(rank).map(|(low, high)| (low.0, high.0))
    }

    /// The counted slopes on either side of a rank.
    fn nearest(&self, rank: u64) -> Option<((f64, u64), (f64, u64))> {
        let pair = |(slope, known): (&u64, &CountedSlope)| (value(*slope), known.below);
        let low =
            self.known.iter().rev().find(|(_, known)| known.below <= rank).map(pair)?;
        let high = self.known.iter().find(|(_, known)| known.below > rank).map(pair)?;
        (low.0 < high.0).then_some((low, high))
    }

    /// About the slope of a rank: that of the sample while enough of it is left, and as
    /// if the slopes were evenly spread between bounds that are close.
    fn guess(&mut self, low: (f64, u64), high: (f64, u64), rank: u64) -> f64 {
        if self.sample.is_empty() {
            self.sample = sample(&self.x, &self.y);
        }

        let share = (rank - low.1) as f64 / (high.1 - low.1) as f64;
        let first = self.sample.partition_point(|slope| *slope <= low.0);
        let last = self.sample.partition_point(|slope| *slope < high.0);
        match self.sample.get(first..last) {
            Some(inside) if inside.len() >= ENOUGH => {
                inside[(share * (inside.len() - 1) as f64) as usize]
            }
            _ => low.0 + share * (high.0 - low.0),
        }
    }

    /// Makes the slopes between bounds; the one of the rank, where there are not too many
    /// and it is one of them.
    fn made_between(&mut self, (low, high): (f64, f64), rank: u64) -> Option<f64> {
        let below = match self.known.get(&order(low)) {
            Some(CountedSlope { below, counted: true }) => *below,
            _ => self.below(low),
        };
        let start = self.x.first().copied().unwrap_or(0.0);
        let rest = |(&x, &y): (&f64, &f64)| PointRest {
            low: y - low * (x - start),
            high: y - high * (x - start),
            x,
            y,
        };

        let rests: Vec<PointRest> = self.x.iter().zip(&self.y).map(rest).collect();
        let margins = [low, high].map(|slope| self.bounds.margin(slope));
        let Between { mut slopes, doubtful, .. } =
            Between::find(rests, margins, self.most() as usize)?;
        slopes.sort_unstable_by(f64::total_cmp);

        // What lies outside the bounds is not all there.
        let first = slopes.partition_point(|slope| *slope < low);
        slopes.truncate(slopes.partition_point(|slope| *slope <= high));
        slopes.drain(..first);
        let made = Made { below: below.saturating_sub(doubtful) + first as u64, slopes };
        let found = made.at(rank);
        self.made = Some(made);

        found
    }
}

/// The rank to be counted next: so many beyond the one that is wanted, from the farther
/// of both sides, so that both come near.
fn aim(rank: u64, (low, high): (u64, u64), aside: u64) -> u64 {
    let farther_below = rank - low > high - rank;
    let aim = if farther_below { rank.saturating_sub(aside) } else { rank + aside };
    aim.clamp(low + 1, high - 1)
}

/// The least difference of sorted values that is not 0.
fn gap(sorted: &[f64]) -> Option<f64> {
    sorted
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .filter(|gap| *gap > 0.0)
        .min_by(f64::total_cmp)
}

fn sample(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut generator = SplitMix64::new(1968);
    let mut slope = || {
        let i = generator.index(x.len());
        let j = generator.index(x.len());
        (y[j] - y[i]) / (x[j] - x[i])
    };
    let mut slopes: Vec<f64> =
        (0..SAMPLE).map(|_| slope()).filter(|slope| slope.is_finite()).collect();
    slopes.sort_unstable_by(f64::total_cmp);
    slopes
}
