//! When a muscle was active and when it rested: shares, rates and pauses of bursts.

use std::ops::Range;

use crate::units::Hertz;

/// Bursts and the stretches between gaps in which they lie, in samples. Both are in order
/// and do not overlap; a burst that lies in no stretch is not counted. Nothing is
/// measured across a gap, since a burst may hide in it.
#[derive(Debug, Clone, Copy)]
pub struct BoutTiming<'a> {
    /// The active samples of each burst.
    pub bursts: &'a [Range<usize>],
    /// What was recorded.
    pub stretches: &'a [Range<usize>],
    /// The sampling rate.
    pub rate: Hertz,
}

/// Bursts that follow each other closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bout {
    /// From the first onset to the last offset, in samples.
    pub span: Range<usize>,
    /// The onsets in it.
    pub onsets: Vec<usize>,
}

impl BoutTiming<'_> {
    /// The bursts of a stretch.
    fn within(&self, stretch: &Range<usize>) -> &[Range<usize>] {
        let from = self.bursts.partition_point(|burst| burst.start < stretch.start);
        let to = self.bursts.partition_point(|burst| burst.end <= stretch.end);
        self.bursts.get(from..to).unwrap_or_default()
    }

    /// What was recorded, in seconds.
    pub fn recorded_s(&self) -> f64 {
        self.rate.seconds(self.stretches.iter().map(ExactSizeIterator::len).sum())
    }

    /// The share of the recorded time that is active, in per cent; `None` when nothing
    /// was recorded.
    pub fn duty_cycle(&self) -> Option<f64> {
        let inside = self.stretches.iter().flat_map(|stretch| self.within(stretch));
        let active = self.rate.seconds(inside.map(ExactSizeIterator::len).sum());
        Some(100.0 * active / self.recorded_s()).filter(|share| share.is_finite())
    }

    /// Onsets per minute of all that was recorded; `None` when nothing was.
    pub fn per_minute(&self) -> Option<f64> {
        let count: usize =
            self.stretches.iter().map(|stretch| self.within(stretch).len()).sum();
        Some(60.0 * count as f64 / self.recorded_s()).filter(|rate| rate.is_finite())
    }

    /// The times from each onset to the next, in seconds.
    pub fn intervals_s(&self) -> Vec<f64> {
        let pairs =
            self.stretches.iter().flat_map(|stretch| self.within(stretch).windows(2));
        pairs.map(|pair| self.rate.seconds(pair[1].start - pair[0].start)).collect()
    }

    /// The rests in order, in seconds: before the first burst of a stretch, between
    /// bursts, after the last one.
    pub fn rests_s(&self) -> Vec<f64> {
        let of_stretch = |stretch: &Range<usize>| {
            let bursts = self.within(stretch);
            let starts = std::iter::once(stretch.start)
                .chain(bursts.iter().map(|burst| burst.end));
            let ends = bursts
                .iter()
                .map(|burst| burst.start)
                .chain(std::iter::once(stretch.end));
            let rests = starts.zip(ends).filter(|(from, to)| from < to);
            rests.map(|(from, to)| self.rate.seconds(to - from)).collect::<Vec<_>>()
        };
        self.stretches.iter().flat_map(of_stretch).collect()
    }

    /// The bouts: bursts with pauses of at most `longest_pause_s` seconds between them.
    pub fn bouts(&self, longest_pause_s: f64) -> Vec<Bout> {
        let close = |one: &Range<usize>, next: &Range<usize>| {
            self.rate.seconds(next.start.saturating_sub(one.end)) <= longest_pause_s
        };
        let bouts = self
            .stretches
            .iter()
            .flat_map(|stretch| self.within(stretch).chunk_by(close));
        let bout = |bursts: &[Range<usize>]| {
            let onsets: Vec<usize> = bursts.iter().map(|burst| burst.start).collect();
            Some(Bout { span: *onsets.first()?..bursts.last()?.end, onsets })
        };
        bouts.filter_map(bout).collect()
    }
}

/// Onsets per minute within bouts: intervals from onset to onset over the time that they
/// take. `None` when no bout has two onsets.
pub fn per_minute_of_bouts(bouts: &[Bout], rate: Hertz) -> Option<f64> {
    let intervals: usize =
        bouts.iter().map(|bout| bout.onsets.len().saturating_sub(1)).sum();
    let taken = |bout: &Bout| {
        bout.onsets.last().copied().unwrap_or(bout.span.start) - bout.span.start
    };
    let seconds = rate.seconds(bouts.iter().map(taken).sum());
    (intervals > 0)
        .then(|| 60.0 * intervals as f64 / seconds)
        .filter(|rate| rate.is_finite())
}

/// The 95 % interval of a median between two of the sorted values, whatever their
/// distribution (Conover 1999, normal approximation of the ranks, which is never too
/// narrow by more than 1 %). `None` for fewer than six values.
pub fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let rank = ((n + 1) as f64 / 2.0 - 0.98 * (n as f64).sqrt()).floor();
    (rank >= 1.0).then(|| (sorted[rank as usize - 1], sorted[n - rank as usize]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranks_are_those_of_the_binomial_distribution() {
        // The largest rank r with 2·P(B ≤ r − 1) ≤ 0.05 for B of n fair coins.
        for n in 0..300_usize {
            let mut chance = libm::pow(0.5, n as f64);
            let (mut below, mut exact) = (0.0, 0);
            for r in 1..=n {
                below += chance;
                if 2.0 * below <= 0.05 {
                    exact = r;
                }
                chance *= (n + 1 - r) as f64 / r as f64;
            }
            let values: Vec<f64> = (1..=n).map(|k| k as f64).collect();
            let rank = median_interval(&values).map_or(0, |(low, high)| {
                assert_eq!(low + high, (n + 1) as f64);
                low as usize
            });
            assert!(rank == exact || rank + 1 == exact, "{n}: {rank} {exact}");
        }
    }

    #[test]
    fn nothing_is_measured_across_a_gap() {
        let rate = Hertz::new(10.0).unwrap();
        let (bursts, stretches) = ([5..10, 20..30, 60..70, 95..105], [0..40, 50..100]);
        let timing = BoutTiming { bursts: &bursts, stretches: &stretches, rate };
        assert_eq!(timing.intervals_s(), [1.5]);
        assert_eq!(timing.rests_s(), [0.5, 1.0, 1.0, 1.0, 3.0]);
        assert_eq!(timing.recorded_s(), 9.0);
        assert_eq!(
            (timing.duty_cycle(), timing.per_minute()),
            (Some(100.0 * 2.5 / 9.0), Some(20.0))
        );
        let spans = |pause| {
            timing.bouts(pause).into_iter().map(|bout| bout.span).collect::<Vec<_>>()
        };
        assert_eq!(spans(1.0), [5..30, 60..70]);
        assert_eq!(spans(0.5), [5..10, 20..30, 60..70]);
        let nothing = BoutTiming { stretches: &[], ..timing };
        assert_eq!(
            (nothing.duty_cycle(), nothing.per_minute(), nothing.bouts(1.0)),
            (None, None, Vec::new())
        );
    }
}
