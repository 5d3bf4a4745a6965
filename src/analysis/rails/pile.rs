//! Where the samples of a record pile up at an end of their range, as they do at the limit
//! of an amplifier.
//!
//! Two equal neighbours at the extreme prove nothing: a converter with coarse steps makes
//! them wherever the signal turns. What proves a limit is compared with the rest of the
//! same record: more of its peaks end at the extreme than their heights below it let
//! expect, or they stay there longer than lower peaks stay at their own tops.

use crate::dsp::field::poisson_tail;

/// The samples over which the level is taken from which peaks rise.
const LOCAL: usize = 128;
/// Peaks within this share of the height of the highest tell how many to expect at the
/// top: heights thin out upwards.
const BELOW: f64 = 0.15;
/// Peaks of at least this share of the size of those at the top tell how long peaks stay
/// at their tops.
const LIKE: f64 = 0.25;
/// Limits that are not sharp (noise behind the amplifier) are looked for this close to
/// the top, as shares of the height of the highest peak.
const SOFT: [f64; 3] = [0.005, 0.01, 0.02];
/// How seldom chance makes as much of a pile: in one of a hundred sides of a record, and,
/// where the limit is not sharp, in one of a thousand, with a trace of both kinds of
/// evidence.
const SHARP_CHANCE: f64 = 0.01;
const SOFT_CHANCE: f64 = 0.001;
const SOFT_TRACE: f64 = 0.05;
/// How seldom chance makes it at the last code of a converter.
const LAST_CODE_CHANCE: f64 = 0.1;
/// Converters have more codes than this on each side.
const FEWEST_CODES: f64 = 100.0;
/// The fewest peaks with which those at the top can be compared.
const FEWEST: usize = 5;
/// How many peaks at the top are looked at one by one.
const MOST: usize = 50;
/// Who stays for so many samples to one side stays long.
const LONGEST: usize = 1000;
/// The samples among which the smallest step is looked for.
const STEPS: usize = 4096;

/// The upper end (`sign` 1) or lower end (−1) of a record.
pub(super) struct End<'a> {
    samples: &'a [f64],
    sign: f64,
    top: f64,
}

/// A piece above the local level, from which it rises to a peak.
#[derive(Debug, Clone, Copy)]
struct Peak {
    at: usize,
    /// How high it lies, upwards whatever the end.
    value: f64,
    /// How far it rises above the local level.
    size: f64,
}

/// How wide a pile may be, and how much of the range that is.
#[derive(Debug, Clone, Copy)]
struct Band {
    /// Samples at most so far below the top belong to it.
    depth: f64,
    /// What it takes of the range: a step of the converter at least.
    width: f64,
    soft: bool,
}

impl<'a> End<'a> {
    pub(super) fn new(samples: &'a [f64], sign: f64, extreme: f64) -> Self {
        Self { samples, sign, top: sign * extreme }
    }

    /// The value beyond which samples pile up; `None` where they do not.
    pub(super) fn pile(&self) -> Option<f64> {
        let highest =
            self.peaks().reduce(|a, b| if b.value > a.value { b } else { a })?;
        let height =
            if highest.size > 0.0 { highest.size } else { self.top - self.mean() };
        if !(height > 0.0 && height.is_finite()) {
            return None;
        }
        let step = self.step(highest.at, height);
        let sharp = Band { depth: 0.5 * step, width: step, soft: false };
        let soft = SOFT.map(|share| share * height).into_iter();
        let soft = soft.filter(|depth| *depth > 1.5 * step);
        let soft = soft.map(|depth| Band { depth, width: depth, soft: true });
        let peaks = self.large(LIKE * highest.size, self.top - 2.0 * BELOW * height);
        let last_code = self.is_last_code(step);
        let found = std::iter::once(sharp)
            .chain(soft)
            .find(|band| self.piles(&peaks, *band, BELOW * height, last_code))?;
        Some(self.sign * (self.top - found.depth))
    }

    fn value(&self, at: usize) -> f64 {
        self.sign * self.samples[at]
    }

    fn mean(&self) -> f64 {
        let there = self.samples.iter().filter(|sample| !sample.is_nan());
        let (sum, count) =
            there.fold((0.0, 0.0), |(sum, count), sample| (sum + sample, count + 1.0));
        self.sign * sum / count
    }

    /// The peaks of a record, in order.
    fn peaks(&self) -> impl Iterator<Item = Peak> + '_ {
        let (mut at, mut level) = (0, f64::NAN);
        std::iter::from_fn(move || {
            let mut peak: Option<Peak> = None;
            while at < self.samples.len() {
                if at % LOCAL == 0 {
                    level = self.level_from(at);
                }
                let value = self.value(at);
                at += 1;
                // A sample that is missing ends a piece too.
                let above = value >= level - 1e-12 * level.abs();
                if !above {
                    if peak.is_some() {
                        break;
                    }
                } else if peak.is_none_or(|peak| value > peak.value) {
                    peak = Some(Peak { at: at - 1, value, size: value - level });
                }
            }
            peak
        })
    }

    fn level_from(&self, at: usize) -> f64 {
        let block = &self.samples[at..(at + LOCAL).min(self.samples.len())];
        let sum: f64 = block.iter().sum();
        if !sum.is_nan() {
            return self.sign * sum / block.len() as f64;
        }
        let there = block.iter().filter(|sample| !sample.is_nan());
        self.sign * there.clone().sum::<f64>() / there.count() as f64
    }

    /// The peaks of a size, and those beyond a value.
    fn large(&self, size: f64, beyond: f64) -> Vec<Peak> {
        self.peaks().filter(|peak| peak.size >= size || peak.value >= beyond).collect()
    }

    /// The smallest step between two values near the highest peak, as far as numbers
    /// written with some digits show it.
    fn step(&self, at: usize, height: f64) -> f64 {
        let from = at.saturating_sub(STEPS / 2);
        let near = &self.samples[from..(from + STEPS).min(self.samples.len())];
        let mut values: Vec<f64> =
            near.iter().copied().filter(|sample| !sample.is_nan()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let steps = values.windows(2).map(|pair| pair[1] - pair[0]);
        let seen = steps.filter(|step| *step > 1e-6 * height);
        seen.reduce(f64::min).unwrap_or(height)
    }

    /// Whether the top is the last code of a converter: a power of two, or one step less
    /// above 0.
    fn is_last_code(&self, step: f64) -> bool {
        let code = self.sign * self.top / step;
        let whole = code.abs().round();
        let near = (code.abs() - whole).abs() < 0.2;
        let end = if code < 0.0 { whole } else { whole + 1.0 };
        near && whole >= FEWEST_CODES && end < 1e9 && (end as u64).is_power_of_two()
    }

    fn piles(&self, peaks: &[Peak], band: Band, below: f64, last_code: bool) -> bool {
        let (floor, below) = (self.top - band.depth, below.max(2.0 * band.width));
        let inside = |peak: &&Peak| peak.value >= floor;
        let near = peaks.iter().filter(|peak| peak.value >= floor - below).count();
        let top: Vec<Peak> = peaks.iter().filter(inside).copied().collect();
        if top.is_empty() {
            return false;
        }
        // The highest is there by its being the highest.
        let expected = (near - 1) as f64 * band.width / (band.width + below);
        let many = poisson_tail(top.len() - 1, expected).max(1e-300);
        let long = self.chance_of_staying(peaks, &top[..top.len().min(MOST)], band);
        let both = erlang_tail(2, -libm::log(many) - libm::log(long));
        let chance = 3.0 * many.min(long).min(both);
        if band.soft {
            chance < SOFT_CHANCE && many < SOFT_TRACE && long < SOFT_TRACE
        } else {
            chance < SHARP_CHANCE || (last_code && many.min(long) < LAST_CODE_CHANCE)
        }
    }

    /// How likely peaks at the top stay in a band as long as they do, were they like
    /// lower ones of about their size.
    fn chance_of_staying(&self, peaks: &[Peak], top: &[Peak], band: Band) -> f64 {
        let mut sizes: Vec<f64> = top.iter().map(|peak| peak.size).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let (floor, size) = (self.top - band.depth, LIKE * sizes[sizes.len() / 2]);
        let lower = |peak: &&Peak| peak.value < floor && peak.size >= size;
        let lower: Vec<Peak> = peaks.iter().filter(lower).copied().collect();
        if lower.len() < FEWEST {
            return 1.0;
        }
        let every = lower.len().div_ceil(STEPS);
        let lower: Vec<Peak> = lower.into_iter().step_by(every).collect();
        let stays: Vec<usize> =
            lower.iter().map(|peak| self.stay(peak, peak.value - band.depth)).collect();
        let two = self.chance_of_two(&lower, band.width);
        let surprise = |peak: &Peak| {
            let stay = self.stay(peak, floor);
            let share = stays.iter().filter(|&&other| other >= stay).count() as f64
                / stays.len() as f64;
            let chance = if stay <= 1 {
                1.0
            } else if share > 0.0 {
                share
            } else {
                libm::pow(two, (stay - 1) as f64).min(1.0 / stays.len() as f64)
            };
            -libm::log(chance.max(1e-6))
        };
        erlang_tail(top.len(), top.iter().map(surprise).sum())
    }

    /// How many samples around a peak lie beyond a value, the peak included.
    fn stay(&self, peak: &Peak, floor: f64) -> usize {
        let beyond = |&at: &usize| self.value(at) >= floor;
        let after = (peak.at + 1..self.samples.len()).take(LONGEST).take_while(beyond);
        let before = (0..peak.at).rev().take(LONGEST).take_while(beyond);
        1 + after.count() + before.count()
    }

    /// How likely the higher neighbour of a peak lies in the same band: the drop from a
    /// peak to it is as likely small as large, so that half the median drop tells it.
    fn chance_of_two(&self, peaks: &[Peak], width: f64) -> f64 {
        let drop = |peak: &Peak| {
            let beside = [peak.at.checked_sub(1), Some(peak.at + 1)];
            let beside =
                beside.into_iter().flatten().filter(|at| *at < self.samples.len());
            let higher =
                beside.map(|at| self.value(at)).fold(f64::NEG_INFINITY, f64::max);
            peak.value - higher
        };
        let mut drops: Vec<f64> = peaks.iter().map(drop).collect();
        drops.sort_unstable_by(f64::total_cmp);
        (0.5 * width / drops[drops.len() / 2].max(0.5 * width)).max(1e-5)
    }
}

/// The probability that so many exponential variables of mean 1 sum to more.
fn erlang_tail(count: usize, sum: f64) -> f64 {
    let (mut term, mut total) = (1.0, 0.0);
    for k in 0..count {
        total += term;
        term *= sum / (k + 1) as f64;
    }
    (total * libm::exp(-sum)).clamp(1e-300, 1.0)
}
