//! Bursts that the detectors agree on.
//!
//! Detectors err in different ways: thresholds on smoothed signals begin early when
//! activity is strong, steps begin late when it rises slowly. The median of what they say
//! has a smaller error than any of them (`benches/accuracy/onsets.rs`), and how far they
//! lie apart says how well a moment is known.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::baseline::{self, Baseline};
use super::splice::Splice;
use super::tidy::tidied;
use super::whitening::{White, Whitening};
use super::{
    AgreedBurst, Detector, Lidierth, Moment, Ramp, SingleThreshold, StepDetector,
    Stretch, TwoState,
};
use crate::dsp::sums::sum_of;
use crate::error::Result;
use crate::units::Hertz;

/// How bursts are found: by the consensus of some detectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Consensus {
    /// The detectors that are asked; one alone decides alone.
    #[schemars(length(min = 1))]
    pub detectors: Vec<Detector>,
    /// A burst is where more than this share of the detectors sees activity.
    #[schemars(range(min = 0.0, max = 0.99))]
    pub majority: f64,
    /// Shorter bursts are dropped, in seconds: 0.03 in gait (Bonato et al. 1998), 0.2 for
    /// heel raises.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_burst_s: f64,
    /// Shorter pauses are closed before, in seconds: 0.03 in gait (Bonato et al. 1998),
    /// 0.1 for heel raises.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub shortest_gap_s: f64,
}

impl Default for Consensus {
    fn default() -> Self {
        Self {
            detectors: vec![
                Detector::SingleThreshold(SingleThreshold::default()),
                Detector::Lidierth(Lidierth::default()),
                Detector::Step(StepDetector::default()),
                Detector::Ramp(Ramp::default()),
                Detector::TwoState(TwoState::default()),
            ],
            majority: 0.5,
            shortest_burst_s: 0.03,
            shortest_gap_s: 0.03,
        }
    }
}

/// A channel in which bursts are sought.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Clean samples: band-passed, without offset, polarity kept.
    pub clean: &'a [f64],
    /// The stretches between their gaps, in samples.
    pub stretches: &'a [Range<usize>],
    /// The sampling rate.
    pub rate: Hertz,
    /// The root mean square of clean samples of this channel at rest, in their unit,
    /// where a recording of the session shows the muscle at rest; `None` where no such
    /// recording is known, and rest is what is quiet in the channel itself.
    pub known_rest: Option<f64>,
}

/// What was found in a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgreedBursts {
    /// The bursts in order.
    pub bursts: Vec<AgreedBurst>,
    /// What was taken for rest; `None` where there was too little.
    pub rest: Option<Baseline>,
    /// The ratio of the bursts to rest, `10 log10((a² − r²)/r²)` of their root mean
    /// squares, in dB; `None` without bursts or rest, and where the bursts are no louder.
    pub snr_db: Option<f64>,
}

impl Consensus {
    /// Finds the bursts of a channel.
    ///
    /// Stretches are looked at as one, so that they share their rest; a burst ends at a
    /// gap at the latest.
    pub fn find(&self, sought: &Sought<'_>) -> AgreedBursts {
        let Sought { clean, stretches, rate, .. } = *sought;
        let Some(rest) = baseline::quietest(clean, stretches, rate) else {
            return AgreedBursts::default();
        };
        let splice = Splice::join(clean, stretches);

        let quiet: Vec<Range<usize>> =
            rest.pieces.iter().filter_map(|piece| splice.inside(piece)).collect();
        let bursts = self.find_in_stretch(&Stretch {
            samples: splice.samples(),
            rate,
            quiet: &quiet,
        });

        // A gap may cut a burst to less than the shortest.
        let shortest = rate.samples(self.shortest_burst_s);
        let parts = bursts.iter().flat_map(|burst| splice.outside(burst));
        let bursts: Vec<AgreedBurst> =
            parts.filter(|burst| burst.off.at - burst.on.at >= shortest).collect();
        let snr_db = snr_db(clean, &bursts, rest.level);
        AgreedBursts { bursts, rest: Some(rest), snr_db }
    }

    /// Finds the bursts of one stretch without gaps whose rest is known.
    pub fn find_in_stretch(&self, stretch: &Stretch<'_>) -> Vec<AgreedBurst> {
        let rate = stretch.rate;
        let tidy = |bursts: &[Range<usize>]| {
            tidied(
                bursts,
                rate.samples(self.shortest_burst_s),
                rate.samples(self.shortest_gap_s),
            )
        };

        let found: Vec<Vec<Range<usize>>> =
            self.asked(stretch).iter().map(|bursts| tidy(bursts)).collect();
        let mut spans = tidy(&agreed(&found, self.majority));
        loop {
            let bursts: Vec<AgreedBurst> =
                spans.iter().filter_map(|span| burst(&found, span)).collect();
            let moments: Vec<Range<usize>> =
                bursts.iter().map(|burst| burst.on.at..burst.off.at).collect();
            // Medians may lie outside their spans: bursts that now touch are joined, and those
            // that are too short dropped. Each round leaves fewer, so this ends.
            let joined = tidy(&moments);
            if joined.len() == bursts.len() {
                return bursts;
            }
            spans = joined;
        }
    }

    /// What each detector says. A stretch is made white once for all that want it so.
    fn asked(&self, stretch: &Stretch<'_>) -> Vec<Vec<Range<usize>>> {
        let mut made: Vec<(&Whitening, Option<White>)> = Vec::new();
        let mut found = Vec::with_capacity(self.detectors.len());

        for detector in &self.detectors {
            let Some(detector) = detector.detect().on_white() else {
                found.push(detector.bursts(stretch));
                continue;
            };
            let whitening = detector.whitening();
            if !made.iter().any(|(known, _)| *known == whitening) {
                made.push((whitening, whitening.white(stretch)));
            }
            let white = made.iter().find(|(known, _)| *known == whitening);
            let white = white.and_then(|(_, white)| white.as_ref());
            let bursts = white.map(|white| detector.bursts_of_white(white));
            found.push(bursts.unwrap_or_default());
        }

        found
    }

    /// Checks what several keys must be together.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_together(&self) -> Result<()> {
        for (place, detector) in self.detectors.iter().enumerate() {
            let checked = detector.check_together();
            checked.map_err(|error| error.under(&format!("detectors[{place}]")))?;
        }
        Ok(())
    }
}

/// Where more than a share of the detectors sees activity.
fn agreed(found: &[Vec<Range<usize>>], majority: f64) -> Vec<Range<usize>> {
    let mut edges: Vec<(usize, i32)> = found
        .iter()
        .flatten()
        .flat_map(|burst| [(burst.start, 1), (burst.end, -1)])
        .collect();
    edges.sort_unstable();

    let needed = majority * found.len() as f64;
    let (mut seen, mut begun) = (0, None);
    let mut spans: Vec<Range<usize>> = Vec::new();
    // Edges at one sample count together: where one detector ends as another begins,
    // their number does not drop in between.
    for at in edges.chunk_by(|one, next| one.0 == next.0) {
        seen += at.iter().map(|edge| edge.1).sum::<i32>();
        match (f64::from(seen) > needed, begun) {
            (true, None) => begun = Some(at[0].0),
            (false, Some(from)) => {
                spans.push(from..at[0].0);
                begun = None;
            }
            _ => {}
        }
    }
    spans
}

/// The burst at a span: its moments are the medians of those detectors that see it.
fn burst(found: &[Vec<Range<usize>>], span: &Range<usize>) -> Option<AgreedBurst> {
    let (mut on, mut off, mut seen) = (Vec::new(), Vec::new(), 0);
    for bursts in found {
        let first = bursts.partition_point(|burst| burst.end <= span.start);
        let of_span: Vec<&Range<usize>> =
            bursts[first..].iter().take_while(|burst| burst.start < span.end).collect();
        let (Some(first), Some(last)) = (of_span.first(), of_span.last()) else {
            continue;
        };

        // A detector that sees a twitch at the edge of a long burst tells when it begins,
        // but does not confirm it.
        let shared: usize = of_span
            .iter()
            .map(|burst| burst.end.min(span.end) - burst.start.max(span.start))
            .sum();
        seen += usize::from(2 * shared >= span.len());
        on.push(first.start);
        off.push(last.end);
    }

    let (on, off) = (moment(on)?, moment(off)?);
    let agreement = seen as f64 / found.len() as f64;
    (on.at < off.at).then_some(AgreedBurst { on, off, agreement })
}

/// The median of moments, the earlier of the middle ones.
fn moment(mut moments: Vec<usize>) -> Option<Moment> {
    moments.sort_unstable();
    let (low, high) = (*moments.first()?, *moments.last()?);
    Some(Moment { at: moments[(moments.len() - 1) / 2], low, high })
}

fn snr_db(clean: &[f64], bursts: &[AgreedBurst], rest: f64) -> Option<f64> {
    let spans = || bursts.iter().filter_map(|burst| clean.get(burst.on.at..burst.off.at));
    let squares: f64 =
        spans().map(|samples| sum_of(samples, |sample| sample * sample)).sum();
    let count: usize = spans().map(<[f64]>::len).sum();
    // The noise goes on in a burst: its share of the power, 1, is subtracted.
    let ratio = squares / count as f64 / (rest * rest) - 1.0;
    (ratio > 0.0 && ratio.is_finite()).then(|| 10.0 * libm::log10(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_decides_and_the_median_says_when() {
        let found = vec![
            vec![10..50, 90..95],
            vec![14..44],
            vec![2..47, 60..70],
            vec![],
            vec![16..60],
        ];
        let spans = agreed(&found, 0.5);
        assert_eq!(spans, vec![14..47]);
        let burst = burst(&found, &spans[0]).unwrap();
        assert_eq!((burst.on, burst.off.at), (Moment { at: 10, low: 2, high: 16 }, 47));
        assert!((burst.agreement - 0.8).abs() < 1e-12);
        assert_eq!(agreed(&found, 0.0), [2..70, 90..95]);
        assert!(agreed(&[], 0.5).is_empty());
    }
}
