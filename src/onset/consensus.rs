//! Bursts that the detectors agree on.
//!
//! The first detector says where bursts are and when they begin and end; the others, which
//! err in other ways, confirm each or not. So nothing is bridged because some of them
//! bridge, and what only one of them sees is no burst. How many see a burst says how far
//! it can be trusted.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::baseline::{self, Baseline};
use super::splice::Splice;
use super::whitening::{White, Whitening};
use super::{
    AgreedBurst, Dated, DatedBurst, Detector, LocalLevels, Look, Stretch, Surroundings,
};
use crate::dsp::sums::sum_of;
use crate::error::Result;
use crate::units::Hertz;

/// What most detectors do not see is told from so many seconds on: shorter ones are those
/// that noise makes.
const LEAST_TOLD_S: f64 = 0.1;

/// How bursts are found: by the consensus of some detectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Consensus {
    /// The detectors that are asked: the first says where bursts are and when they begin
    /// and end, the others confirm them; one alone decides alone.
    #[schemars(length(min = 1))]
    pub detectors: Vec<Detector>,
    /// A burst is what more than this share of the detectors sees: finds activity in at
    /// least half of it.
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
            detectors: [Look::Power, Look::Slope, Look::Median]
                .map(|look| LocalLevels { look, ..LocalLevels::default() })
                .map(Detector::LocalLevels)
                .to_vec(),
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
    /// What is short and towers above all activity, in samples of the channel, such as
    /// blows on an electrode: weaker activity is sought beside it as if it were not there.
    pub towers: &'a [Range<usize>],
    /// The coefficients a1 and a2 of the sections of the filters that made `clean` in both
    /// directions of time; none where none did.
    pub two_way: &'a [[f64; 2]],
}

/// What was found in a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgreedBursts {
    /// The bursts in order.
    pub bursts: Vec<AgreedBurst>,
    /// What stands out of rest but was left out, since it is weak beside the bursts around
    /// it or most detectors do not see it, in samples; in order.
    pub faint: Vec<Range<usize>>,
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
    /// gap at the latest, unless the gap is shorter than the shortest pause and the muscle
    /// is active on both sides of it.
    pub fn find(&self, sought: &Sought<'_>) -> AgreedBursts {
        let Sought { clean, stretches, rate, known_rest, towers, two_way } = *sought;
        let Some(rest) = baseline::quietest(clean, stretches, rate) else {
            return AgreedBursts::default();
        };
        let splice = Splice::join(clean, stretches);

        let inside = |pieces: &[Range<usize>]| -> Vec<Range<usize>> {
            pieces.iter().filter_map(|piece| splice.inside(piece)).collect()
        };
        let (quiet, towers) = (inside(&rest.pieces), inside(towers));
        let stretch = Stretch { samples: splice.samples(), rate, quiet: &quiet };
        let beside = Surroundings { known_rest, towers: &towers, two_way };
        let (bursts, faint) = self.find_beside(&stretch, &beside);

        // A gap may cut a burst to less than the shortest.
        let [shortest, gap] = [self.shortest_burst_s, self.shortest_gap_s]
            .map(|seconds| rate.samples(seconds));
        let parts: Vec<AgreedBurst> =
            bursts.iter().flat_map(|burst| splice.outside(burst)).collect();
        let faint = faint.iter().flat_map(|span| splice.parts(span)).collect();
        let mut bursts = across_gaps(parts, stretches, gap);
        bursts.retain(|burst| burst.off.at - burst.on.at >= shortest);
        let snr_db = snr_db(clean, &bursts, rest.level);
        AgreedBursts { bursts, faint, rest: Some(rest), snr_db }
    }

    /// Finds the bursts of one stretch without gaps whose rest is known.
    pub fn find_in_stretch(&self, stretch: &Stretch<'_>) -> Vec<AgreedBurst> {
        self.find_beside(stretch, &Surroundings::default()).0
    }

    /// The bursts, and what is too faint for one.
    fn find_beside(
        &self,
        stretch: &Stretch<'_>,
        beside: &Surroundings<'_>,
    ) -> (Vec<AgreedBurst>, Vec<Range<usize>>) {
        let Some((first, others)) = self.detectors.split_first() else {
            return Default::default();
        };
        let Dated { bursts, mut faint } = first.detect().dated(stretch, beside);
        let seen =
            if bursts.is_empty() { Vec::new() } else { asked(others, stretch, beside) };

        let needed = self.majority * self.detectors.len() as f64;
        let told = stretch.rate.samples(LEAST_TOLD_S);
        let mut agreed = Vec::with_capacity(bursts.len());
        for DatedBurst { span, on, off } in bursts {
            // Others are asked where it was seen: a date may lie far within.
            let confirm = seen.iter().filter(|bursts| sees(bursts, &span));
            let count = 1.0 + confirm.count() as f64;
            let agreement = count / self.detectors.len() as f64;
            if count > needed {
                agreed.push(AgreedBurst { on, off, agreement });
            } else if span.len() >= told {
                faint.push(span);
            }
        }
        faint.sort_by_key(|span| span.start);
        (self.tidied(agreed, stretch.rate), faint)
    }

    /// Closes the pauses between bursts that are too short, then drops the bursts that
    /// are.
    fn tidied(&self, bursts: Vec<AgreedBurst>, rate: Hertz) -> Vec<AgreedBurst> {
        let gap = rate.samples(self.shortest_gap_s);
        let mut tidy: Vec<AgreedBurst> = Vec::with_capacity(bursts.len());
        for burst in bursts {
            match tidy.last_mut() {
                Some(last) if burst.on.at.saturating_sub(last.off.at) < gap => {
                    *last = joined(last, &burst);
                }
                _ => tidy.push(burst),
            }
        }
        let shortest = rate.samples(self.shortest_burst_s);
        tidy.retain(|burst| burst.off.at - burst.on.at >= shortest);
        tidy
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

/// What each of some detectors says. A stretch is made white once for all that want it
/// so.
fn asked(
    detectors: &[Detector],
    stretch: &Stretch<'_>,
    beside: &Surroundings<'_>,
) -> Vec<Vec<Range<usize>>> {
    let mut made: Vec<(&Whitening, Option<White>)> = Vec::new();
    let mut found = Vec::with_capacity(detectors.len());

    for detector in detectors {
        let Some(detector) = detector.detect().on_white() else {
            found.push(detector.detect().spans(stretch, beside));
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

/// Whether bursts in order fill at least half of a span.
fn sees(bursts: &[Range<usize>], span: &Range<usize>) -> bool {
    let first = bursts.partition_point(|burst| burst.end <= span.start);
    let of_span = bursts[first..].iter().take_while(|burst| burst.start < span.end);
    let shared: usize =
        of_span.map(|burst| burst.end.min(span.end) - burst.start.max(span.start)).sum();
    2 * shared >= span.len()
}

/// Two bursts as one, which is seen by as many as see the longer of them.
fn joined(one: &AgreedBurst, next: &AgreedBurst) -> AgreedBurst {
    let length = |burst: &AgreedBurst| burst.off.at - burst.on.at;
    let longer = if length(next) > length(one) { next } else { one };
    AgreedBurst { on: one.on, off: next.off, agreement: longer.agreement }
}

/// Bursts that end at a gap of fewer than `shortest` samples and begin again behind it are
/// one.
fn across_gaps(
    parts: Vec<AgreedBurst>,
    stretches: &[Range<usize>],
    shortest: usize,
) -> Vec<AgreedBurst> {
    let is_gap = |from: usize, to: usize| {
        let next = stretches.partition_point(|stretch| stretch.end <= from);
        let ends = next > 0 && stretches[next - 1].end == from;
        ends && to - from < shortest
            && stretches.get(next).is_some_and(|it| it.start == to)
    };
    let mut whole: Vec<AgreedBurst> = Vec::with_capacity(parts.len());
    for part in parts {
        match whole.last_mut() {
            Some(last) if is_gap(last.off.at, part.on.at) => *last = joined(last, &part),
            _ => whole.push(part),
        }
    }
    whole
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
    fn half_of_a_burst_must_be_seen() {
        let bursts = [10..20, 30..50, 60..61];
        assert!(sees(&bursts, &(10..30)) && sees(&bursts, &(0..60)));
        assert!(!sees(&bursts, &(9..30)) && !sees(&bursts, &(50..60)));
        assert!(!sees(&[], &(0..1)));
    }

    #[test]
    fn a_short_gap_between_active_samples_ends_no_burst() {
        let moment = crate::onset::Moment::exactly;
        let part =
            |on, off| AgreedBurst { on: moment(on), off: moment(off), agreement: 1.0 };
        let parts = vec![part(5, 20), part(21, 30), part(32, 40), part(60, 70)];
        let spans = |stretches: &[Range<usize>], shortest| -> Vec<(usize, usize)> {
            let whole = across_gaps(parts.clone(), stretches, shortest).into_iter();
            whole.map(|burst| (burst.on.at, burst.off.at)).collect()
        };
        let stretches = [0..20, 21..50, 60..80];
        assert_eq!(spans(&stretches, 2), [(5, 30), (32, 40), (60, 70)]);
        assert_eq!(spans(&stretches, 1), [(5, 20), (21, 30), (32, 40), (60, 70)]);
    }
}
