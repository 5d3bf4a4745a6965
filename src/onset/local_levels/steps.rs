//! A stretch in steps of 10 ms.

use std::borrow::Cow;
use std::ops::Range;

use crate::onset::bandwidth::flat_width_hz;
use crate::units::Hertz;

/// The length of a step in seconds, and the fewest samples of one.
pub(super) const STEP_S: f64 = 0.01;
pub(super) const FEWEST: usize = 2;

/// A single pulse has so many times the power of what is around it (the steps of steady
/// activity never reach that), which is so many steps away at most, and no other
/// pulse for so many seconds.
const PULSE: f64 = 16.0;
const AWAY: usize = 5;
const ALONE_S: f64 = 0.25;
/// What towers for so long at most is no burst, in seconds.
const AT_ONCE_S: f64 = 0.06;

/// What a detector looks at, step by step.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    /// The power of each step.
    pub(super) powers: Vec<f64>,
    /// The samples of a step.
    pub(super) length: usize,
    /// The degrees of freedom of the power of a step of EMG.
    pub(super) freedom: f64,
    /// The length of a step in seconds.
    pub(super) seconds: f64,
}

impl Steps {
    /// The powers of a stretch, by `power` of the samples of a step; what is left over at
    /// its end belongs to the last step.
    pub(super) fn new(
        samples: &[f64],
        rate: Hertz,
        power: impl Fn(&[f64]) -> f64,
    ) -> Self {
        let length = rate.samples(STEP_S).max(FEWEST);
        let seconds = rate.seconds(length);
        Self {
            powers: samples.chunks_exact(length).map(power).collect(),
            length,
            freedom: 2.0 * flat_width_hz(rate) * seconds,
            seconds,
        }
    }

    /// As many steps as last so many seconds, at least one.
    pub(super) fn lasting(&self, seconds: f64) -> usize {
        ((seconds / self.seconds).round() as usize).max(1)
    }

    /// The steps that hold some samples.
    fn holding(&self, samples: &Range<usize>) -> Range<usize> {
        let last = samples.end.div_ceil(self.length).min(self.powers.len());
        (samples.start / self.length).min(last)..last
    }

    /// The steps in whose smoothed amplitudes some samples are.
    pub(super) fn about(&self, samples: &Range<usize>) -> Range<usize> {
        let Range { start, end } = self.holding(samples);
        let end = (end + self.smoothing()).min(self.powers.len());
        start.saturating_sub(self.smoothing())..end
    }

    /// The same without single pulses, and without what towers (in samples) for so short
    /// that it is one.
    pub(super) fn without_pulses(&self, towers: &[Range<usize>]) -> Cow<'_, Self> {
        let mut pulses = self.pulses();
        let longest = self.lasting(AT_ONCE_S) * self.length;
        let at_once = towers.iter().filter(|tower| tower.len() <= longest);
        pulses.extend(at_once.map(|tower| self.holding(tower)));
        if pulses.is_empty() {
            Cow::Borrowed(self)
        } else {
            Cow::Owned(self.without(&pulses))
        }
    }

    /// The steps of single pulses: one or two steps that are so much stronger than all a
    /// little way off on both sides, and have no other near them. No burst is so short, and
    /// motor units discharge more often.
    fn pulses(&self) -> Vec<Range<usize>> {
        let alone = self.lasting(ALONE_S);
        let places: Vec<usize> =
            (0..self.powers.len()).filter(|step| self.is_pulse(*step)).collect();
        let far = |k: usize, other: usize| {
            places.get(other).is_none_or(|other| places[k].abs_diff(*other) >= alone)
        };
        let is_alone = |k: &usize| far(*k, k.wrapping_sub(1)) && far(*k, k + 1);
        let about = |k: usize| {
            places[k].saturating_sub(1)..(places[k] + 2).min(self.powers.len())
        };
        (0..places.len()).filter(is_alone).map(about).collect()
    }

    /// Whether a step is the highest of its neighbours and towers above what is 20 to 50 ms
    /// away on both sides.
    fn is_pulse(&self, step: usize) -> bool {
        let power = self.powers[step];
        let Some(from) = step.checked_sub(AWAY) else { return false };
        let Some(around) = self.powers.get(from..=step + AWAY) else { return false };
        let near = &around[AWAY - 1..=AWAY + 1];
        let far = around[..AWAY - 1].iter().chain(&around[AWAY + 2..]);
        near.iter().all(|other| *other <= power)
            && far.copied().fold(0.0, f64::max) * PULSE < power
    }

    /// The same without what some steps hold: they are as quiet as the quieter of what is
    /// beside them.
    fn without(&self, spans: &[Range<usize>]) -> Self {
        let mut steps = self.clone();
        for span in spans {
            let beside = [span.start.checked_sub(1), Some(span.end)];
            let beside =
                beside.into_iter().flatten().filter_map(|at| self.powers.get(at));
            let quiet = beside.copied().fold(f64::INFINITY, f64::min);
            steps.powers[span.clone()].fill(if quiet.is_finite() { quiet } else { 0.0 });
        }
        steps
    }

    /// The mean power of some of them; 0 of none.
    pub(super) fn mean_power(&self, span: &Range<usize>) -> f64 {
        let powers = &self.powers[span.clone()];
        powers.iter().sum::<f64>() / powers.len().max(1) as f64
    }

    /// The smoothed amplitudes: the root of the powers averaged twice over 50 ms, or so
    /// long that six degrees of freedom are in it.
    pub(super) fn amplitudes(&self) -> Vec<f64> {
        let window = self.smoothing();
        let mut smoothed = averaged(&averaged(&self.powers, window), window);
        smoothed.iter_mut().for_each(|power| *power = power.max(0.0).sqrt());
        smoothed
    }

    /// The steps of one of both averages of [`Steps::amplitudes`], an odd number.
    pub(super) fn smoothing(&self) -> usize {
        self.lasting(0.05).max((6.0 / self.freedom).ceil() as usize) | 1
    }
}

/// The centred averages of so many values, of fewer at the ends.
pub(super) fn averaged(values: &[f64], window: usize) -> Vec<f64> {
    let (before, after) = (window / 2, window - window / 2);
    // Sums of neighbours and not of all before them, so that quiet steps after loud ones
    // keep their digits: each is made anew from two sums of blocks.
    let blocks = BlockSums::new(values, window.max(1));
    let average = |at: usize| {
        let (from, to) = (at.saturating_sub(before), (at + after).min(values.len()));
        blocks.between(from, to) / (to - from) as f64
    };
    (0..values.len()).map(average).collect()
}

/// Sums from the beginning and from the end of blocks: any window as long as a block is
/// the end of one and the beginning of the next.
struct BlockSums {
    length: usize,
    forward: Vec<f64>,
    backward: Vec<f64>,
}

impl BlockSums {
    fn new(values: &[f64], length: usize) -> Self {
        let (mut forward, mut backward) = (values.to_vec(), values.to_vec());
        for block in forward.chunks_mut(length) {
            let mut sum = 0.0;
            block.iter_mut().for_each(|value| {
                sum += *value;
                *value = sum;
            });
        }
        for block in backward.chunks_mut(length) {
            let mut sum = 0.0;
            block.iter_mut().rev().for_each(|value| {
                sum += *value;
                *value = sum;
            });
        }
        Self { length, forward, backward }
    }

    /// The sum of values that lie in two blocks at most.
    fn between(&self, from: usize, to: usize) -> f64 {
        let last = to - 1;
        let (first_block, last_block) = (from / self.length, last / self.length);
        if first_block != last_block {
            return self.backward[from] + self.forward[last];
        }
        let before = from % self.length;
        let whole = self.forward[last];
        if before == 0 { whole } else { whole - self.forward[from - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_of_neighbours() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let expected = [1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 6.5];
        let close = |(a, b): (f64, f64)| (a - b).abs() < 1e-12;
        assert!(averaged(&values, 3).into_iter().zip(expected).all(close));
        assert!(averaged(&[], 3).is_empty());
        assert_eq!(averaged(&values, 1), values);
    }

    #[test]
    fn slow_rates_have_fewer_degrees_of_freedom_and_longer_averages() {
        let steps = |hz| Steps::new(&[], Hertz::new(hz).unwrap(), |_| 0.0);
        let [slow, usual, fast] = [100.0, 1000.0, 4000.0].map(steps);
        assert!((usual.freedom - 1.69).abs() < 1e-9 && fast.freedom == usual.freedom);
        assert_eq!((slow.length, usual.length, fast.length), (2, 10, 40));
        assert!(slow.smoothing() > usual.smoothing() && usual.smoothing() == 5);
    }
}
