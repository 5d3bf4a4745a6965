//! Stretches between gaps, looked at as one.

use std::borrow::Cow;
use std::ops::Range;

use super::{AgreedBurst, Moment};

/// The samples of all stretches, one after another. Band-passed EMG has no offset, so a
/// joint is no jump beyond that from sample to sample.
pub(super) struct Splice<'a> {
    samples: Cow<'a, [f64]>,
    stretches: Vec<Range<usize>>,
    /// Where each stretch begins among the samples.
    begins: Vec<usize>,
}

impl<'a> Splice<'a> {
    pub(super) fn join(clean: &'a [f64], stretches: &[Range<usize>]) -> Self {
        let stretches: Vec<Range<usize>> = stretches
            .iter()
            .filter(|stretch| clean.get((*stretch).clone()).is_some())
            .cloned()
            .collect();
        let samples = match &stretches[..] {
            [only] => Cow::Borrowed(&clean[only.clone()]),
            several => Cow::Owned(
                several
                    .iter()
                    .flat_map(|stretch| &clean[stretch.clone()])
                    .copied()
                    .collect(),
            ),
        };
        let begin = |before: &mut usize, stretch: &Range<usize>| {
            let begin = *before;
            *before += stretch.len();
            Some(begin)
        };
        let begins = stretches.iter().scan(0, begin).collect();
        Self { samples, stretches, begins }
    }

    pub(super) fn samples(&self) -> &[f64] {
        &self.samples
    }

    /// Where a piece of one stretch lies among the samples.
    pub(super) fn inside(&self, piece: &Range<usize>) -> Option<Range<usize>> {
        let holds = |stretch: &Range<usize>| {
            stretch.start <= piece.start && piece.end <= stretch.end
        };
        let index = self.stretches.iter().position(holds)?;
        let shifted = |at: usize| at - self.stretches[index].start + self.begins[index];
        Some(shifted(piece.start)..shifted(piece.end))
    }

    /// Samples where they lie in the recording, cut at the gaps.
    pub(super) fn parts(&self, span: &Range<usize>) -> Vec<Range<usize>> {
        let whole = AgreedBurst {
            on: Moment::exactly(span.start),
            off: Moment::exactly(span.end),
            agreement: 1.0,
        };
        let parts = self.outside(&whole).into_iter();
        parts.map(|part| part.on.at..part.off.at).collect()
    }

    /// A burst where it lies in the recording, cut at the gaps.
    pub(super) fn outside(&self, burst: &AgreedBurst) -> Vec<AgreedBurst> {
        let parts =
            self.stretches.iter().zip(&self.begins).filter_map(|(stretch, &begin)| {
                let end = begin + stretch.len();
                let moment = |moment: Moment| {
                    let placed = |at: usize| at.clamp(begin, end) - begin + stretch.start;
                    Moment {
                        at: placed(moment.at),
                        low: placed(moment.low),
                        high: placed(moment.high),
                    }
                };
                let there = burst.on.at < end && begin < burst.off.at;
                there.then(|| AgreedBurst {
                    on: moment(burst.on),
                    off: moment(burst.off),
                    agreement: burst.agreement,
                })
            });
        parts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_cut_at_a_gap() {
        let clean = [1.0, 2.0, f64::NAN, 3.0, 4.0, 5.0, f64::NAN];
        let splice = Splice::join(&clean, &[0..2, 3..6]);
        assert_eq!(splice.samples(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!((splice.inside(&(4..6)), splice.inside(&(1..4))), (Some(3..5), None));
        let moment = |at| Moment { at, low: at, high: at + 1 };
        let parts = splice.outside(&AgreedBurst {
            on: moment(1),
            off: moment(4),
            agreement: 1.0,
        });
        let spans: Vec<Range<usize>> =
            parts.iter().map(|part| part.on.at..part.off.at).collect();
        assert_eq!(spans, [1..2, 3..5]);
        assert_eq!(parts[0].off.high, 2);
        assert!(Splice::join(&clean, &[]).samples().is_empty());
    }
}
