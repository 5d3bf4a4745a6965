//! What members that follow each other (cycles, bursts, epochs) say of the ratio of the
//! means of both sides.

use std::ops::Range;

use crate::dsp::dependence::{Dependence, correlated_effective};
use crate::dsp::stats::{mean, standard_deviation, t_95};
use crate::words::spoken;

/// The fewest members of each side of which an interval is made.
const FEWEST: usize = 5;

/// From this correlation of neighbours on it is told.
const TOLD: f64 = 0.1;

/// How far the members of both sides lie from the mean of their side, as shares of it.
#[derive(Debug, Clone)]
pub(super) struct Members {
    /// Left minus right where members belong together, else the left ones and the right
    /// ones; `NaN` where one is missing.
    residuals: Vec<Vec<f64>>,
    /// The samples of each member, where they may overlap.
    spans: Vec<Vec<Range<usize>>>,
}

/// The variance of the logarithm of a ratio, and its degrees of freedom.
struct LogVariance {
    variance: f64,
    freedom: f64,
}

impl Members {
    /// Of the values of both sides in their order, `NaN` where one is missing; those that
    /// belong together have equal lengths.
    pub(super) fn new(values: [Vec<f64>; 2], paired: bool) -> Self {
        let [left, right] = values.map(|values| {
            let there: Vec<f64> =
                values.iter().copied().filter(|x| x.is_finite()).collect();
            let centre = mean(&there).unwrap_or(f64::NAN);
            values.iter().map(|value| value / centre - 1.0).collect::<Vec<f64>>()
        });
        let residuals = match paired && left.len() == right.len() {
            true => vec![left.iter().zip(&right).map(|(l, r)| l - r).collect()],
            false => vec![left, right],
        };
        Self { residuals, spans: Vec::new() }
    }

    /// The same of members that lie at these samples and may overlap.
    pub(super) fn at(self, spans: [Vec<Range<usize>>; 2]) -> Self {
        let spans = spans.into_iter().take(self.residuals.len()).collect();
        Self { spans, ..self }
    }

    /// How alike members are that follow each other.
    pub(super) fn dependence(&self) -> Dependence {
        Dependence::pooled(&self.residuals)
    }

    /// How many members the side with fewer has.
    pub(super) fn fewest(&self) -> usize {
        let counts = self.residuals.iter().map(|side| there(side).len());
        counts.min().unwrap_or(0)
    }

    /// Half the width of the 95 % interval of the logarithm of left over right, by the
    /// first terms of the logarithm and Student's t with the degrees of freedom of Welch
    /// (1947). `None` for fewer than five members of a side, and where too few of them are
    /// independent.
    pub(super) fn half_width(&self, alike: Dependence) -> Option<f64> {
        if self.fewest() < FEWEST {
            return None;
        }
        let sides = (0..self.residuals.len()).map(|side| self.variance(side, alike));
        let sides = sides.collect::<Option<Vec<LogVariance>>>()?;
        let variance: f64 = sides.iter().map(|side| side.variance).sum();
        let share =
            |side: &LogVariance| (side.variance / variance).powi(2) / side.freedom;
        let freedom = 1.0 / sides.iter().map(share).sum::<f64>();
        let half = if variance > 0.0 { t_95(freedom)? * variance.sqrt() } else { 0.0 };
        half.is_finite().then_some(half)
    }

    /// What an interval of this half width took into account, or why there is none.
    pub(super) fn words(&self, alike: Dependence, half: Option<f64>, of: &str) -> String {
        let (r, count) = (alike.correlation(), self.fewest());
        let neighbours = format!(
            "neighbouring {of} are alike (correlation {}), so that {count} count for {:.1}",
            spoken(r),
            alike.effective(count)
        );
        match half {
            None if count < FEWEST => {
                format!("; no interval: fewer than five {of} on both sides")
            }
            None if !self.spans.is_empty() => {
                format!("; no interval: {of} that overlap leave fewer than four apart")
            }
            None => format!("; no interval: {neighbours}"),
            Some(_) if r > TOLD && self.spans.is_empty() => format!("; {neighbours}"),
            Some(_) => String::new(),
        }
    }

    fn variance(&self, side: usize, alike: Dependence) -> Option<LogVariance> {
        let values = there(&self.residuals[side]);
        let spread = standard_deviation(&values)?;
        let count = values.len();
        let square = spread * spread;
        if let Some(spans) = self.spans.get(side) {
            let kept: Vec<&Range<usize>> = spans
                .iter()
                .zip(&self.residuals[side])
                .filter(|(_, value)| value.is_finite())
                .map(|(span, _)| span)
                .collect();
            let effective = effective(&kept)?;
            return Some(LogVariance {
                variance: square / effective,
                freedom: effective - 1.0,
            });
        }
        let variance = square / count as f64 * alike.inflation(count);
        let freedom = alike.effective(count) - 1.0;
        variance.is_finite().then_some(LogVariance { variance, freedom })
    }
}

/// How many independent members those are worth that share samples with their neighbours.
fn effective(spans: &[&Range<usize>]) -> Option<f64> {
    let length = spans.iter().map(|span| span.len()).max()? as f64;
    let places: Vec<f64> = spans.iter().map(|span| span.start as f64 / length).collect();
    correlated_effective(&places, |apart| 1.0 - apart, 1.0)
}

fn there(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// Strengths with a scatter of a sixth, each like the one before.
    fn strengths(random: &mut SplitMix64, n: usize, r: f64) -> Vec<f64> {
        let mut last = random.normal();
        let next = |_| {
            let value = libm::exp(0.16 * last);
            last = r * last + (1.0 - r * r).sqrt() * random.normal();
            value
        };
        (0..n).map(next).collect()
    }

    /// In how many of 1000 sets of four muscles without a difference the interval of the
    /// first misses it.
    fn misses(n: usize, r: f64, paired: bool) -> usize {
        let mut random = SplitMix64::new(21);
        let mut missed = || {
            let all: Vec<(Members, f64)> = (0..4)
                .map(|_| {
                    let sides = [0, 1].map(|_| strengths(&mut random, n, r));
                    let means = sides.each_ref().map(|side| mean(side).unwrap());
                    let ratio = libm::log(means[0] / means[1]);
                    (Members::new(sides, paired), ratio)
                })
                .collect();
            let alike = Dependence::joined(all.iter().map(|(one, _)| one.dependence()));
            all[0].0.half_width(alike).is_some_and(|half| all[0].1.abs() > half)
        };
        (0..1000).filter(|_| missed()).count()
    }

    #[test]
    fn strides_that_are_alike_are_covered() {
        for paired in [false, true] {
            for r in [0.0, 0.2, 0.5, 0.8] {
                // 5 % of 1000 and three standard errors are 71; before, 300 at r = 0.5.
                let missed = misses(20, r, paired);
                assert!(missed <= 71, "{missed} of 1000 at {r}, paired {paired}");
            }
            assert!(misses(20, 0.0, paired) >= 25);
        }
    }

    #[test]
    fn few_members_have_no_interval() {
        let sides = || [vec![1.0, 2.0, 1.5, 1.2], vec![1.0, 1.1, 1.5, 1.2]];
        assert_eq!(Members::new(sides(), true).half_width(Dependence::NONE), None);
        let missing = [vec![1.0, 2.0, 1.5, 1.2, f64::NAN, 1.4], vec![1.0; 6]];
        let members = Members::new(missing, true);
        assert_eq!(
            (members.fewest(), members.half_width(Dependence::NONE).is_some()),
            (5, true)
        );
    }

    #[test]
    fn members_that_share_samples_count_for_fewer() {
        let mut random = SplitMix64::new(3);
        let sides = [0, 1].map(|_| strengths(&mut random, 40, 0.0));
        let apart = Members::new(sides, false);
        let spans = |step: usize| -> Vec<Range<usize>> {
            (0..40).map(|k| k * step..k * step + 100).collect()
        };
        let half = |step| {
            let members = apart.clone().at([spans(step), spans(step)]);
            members.half_width(Dependence::NONE).unwrap()
        };
        let plain = apart.half_width(Dependence::NONE).unwrap();
        assert!((half(100) - plain).abs() < 1e-12, "{} {plain}", half(100));
        assert!((1.35..1.5).contains(&(half(50) / plain)), "{}", half(50) / plain);
    }
}
