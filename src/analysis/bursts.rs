//! When a muscle is active, burst by burst, and what of its slow envelope rises and falls:
//! shared ground, which several analyses stand on.

use std::borrow::Cow;
use std::ops::Range;

use super::band;
use super::blocks::Blocks;
use super::heart::HeartBeats;
use super::scan::Scan;
use crate::dsp::gaps::stretches;
use crate::dsp::stats::mean;
use crate::onset::tidy::tidied;
use crate::onset::{self, AgreedBursts, Baseline, Consensus, Dropped, Sought};
use crate::units::Hertz;

mod burst;
pub mod repetitions;
mod series;

pub use burst::{EnvelopeShape, MuscleBurst, SHORTEST_FOR_MNF_S, mean_frequency};
pub use series::Series;

/// The pieces of time whose levels are distributed, in seconds (Jonsson 1982).
pub const PIECE_S: f64 = 0.1;

/// A burst that begins or ends this close to a gap or to an end of the recording may
/// reach beyond it: detectors look at windows of some 50 ms. In seconds.
const EDGE_S: f64 = 0.05;

/// When a channel is active.
#[derive(Debug, Clone, PartialEq)]
pub struct Bursts {
    /// The bursts in order.
    pub bursts: Vec<MuscleBurst>,
    /// What stands out of rest but is no burst, since it is weak beside those around it, in
    /// samples.
    pub faint: Vec<Range<usize>>,
    /// What the settings left out where there are no bursts; `None` where there are some,
    /// or nothing was looked for.
    pub dropped: Option<Dropped>,
    /// What was taken for rest; `None` where there was too little to find bursts by.
    pub rest: Option<Baseline>,
    /// The root mean square of the clean signal at rest, in the unit of the channel, where
    /// the session has a recording of rest.
    pub known_rest: Option<f64>,
    /// The stretches in which bursts were looked for, in samples; a gap between two of
    /// them is at least as long as the shortest pause between bursts.
    pub stretches: Vec<Range<usize>>,
    /// The mean of the envelope in pieces of 0.1 s, in the unit of the channel; a piece
    /// with a gap is `NaN`.
    pub levels: Vec<f64>,
    /// What rises and falls of the slow envelope; `None` where the rate is too low for it,
    /// or the channel silent.
    pub series: Option<Series>,
    /// The beats of a heart, which are no bursts: those of one shape were taken out before
    /// anything was looked for. `None` where there are none.
    pub heart: Option<HeartBeats>,
}

impl Bursts {
    /// The bursts of a channel. Their mean frequencies are those of the usual band, so
    /// that they depend on no setting of another analysis. `known_rest` is the root mean
    /// square of the clean signal at rest, where the session has a recording of rest.
    pub(super) fn find(
        scan: &Scan<'_>,
        settings: &Consensus,
        known_rest: Option<f64>,
    ) -> Self {
        let trace = scan.trace;
        let mut heart = scan.heart.clone();
        let clean = HeartBeats::without(heart.as_ref(), &trace.clean, trace.rate);
        let clean = match scan.coarse {
            Some(coarse) => Cow::Owned(coarse.dithered(&clean)),
            None => clean,
        };
        let towers: Vec<Range<usize>> =
            scan.knocks.iter().map(|knock| knock.span.clone()).collect();
        let sought = Sought {
            clean: &clean,
            stretches: &scan.sounding,
            rate: trace.rate,
            known_rest,
            towers: &towers,
            two_way: &trace.two_way,
        };
        // What never changes has no activity, and a threshold above nothing would call
        // rounding a burst.
        let found = if scan.silent {
            AgreedBursts::default()
        } else {
            of_muscle(settings.find(&sought), heart.as_mut(), &sought)
        };
        let dropped = (found.bursts.is_empty() && found.rest.is_some()).then(|| {
            Dropped::by(settings, |other| {
                of_muscle(other.find(&sought), heart.clone().as_mut(), &sought).bursts
            })
        });

        // Missing samples that are fewer than the shortest pause interrupt nothing.
        let gap = trace.rate.samples(settings.shortest_gap_s);
        let whole = tidied(sought.stretches, 0, gap);
        let mut bursts: Vec<MuscleBurst> = Vec::with_capacity(found.bursts.len());
        for one in found.bursts {
            let before = bursts.last().map_or(0, |last| last.found.off.at);
            bursts.extend(measured(scan, &whole, one, before));
        }

        let series = (!scan.silent)
            .then(|| Series::find(&clean, &scan.sounding, trace.rate))
            .flatten();
        Self {
            bursts,
            faint: found.faint,
            dropped,
            rest: found.rest,
            known_rest,
            stretches: whole,
            levels: levels(scan),
            series,
            heart,
        }
    }

    /// The active samples of each burst.
    pub fn spans(&self) -> Vec<Range<usize>> {
        self.bursts.iter().map(MuscleBurst::span).collect()
    }

    /// The durations of the bursts whose ends were both recorded, in seconds.
    pub fn durations_s(&self, rate: Hertz) -> Vec<f64> {
        self.bursts
            .iter()
            .filter(|burst| burst.whole)
            .map(|burst| rate.seconds(burst.samples()))
            .collect()
    }

    /// The share of the detectors that see a burst, in the mean; `None` without bursts.
    pub fn mean_agreement(&self) -> Option<f64> {
        let agreements: Vec<f64> =
            self.bursts.iter().map(|burst| burst.found.agreement).collect();
        mean(&agreements)
    }
}

/// What was found without the beats of a heart, which keeps them.
fn of_muscle(
    mut found: AgreedBursts,
    heart: Option<&mut HeartBeats>,
    sought: &Sought<'_>,
) -> AgreedBursts {
    if let Some(heart) = heart {
        found.bursts.retain(|one| !heart.takes(&(one.on.at..one.off.at), sought));
        found.faint.retain(|span| !heart.takes(span, sought));
    }
    found
}

/// The figures of a burst, the one before which ends at the sample `before`; `None` where
/// it lies in no stretch.
fn measured(
    scan: &Scan<'_>,
    stretches: &[Range<usize>],
    found: onset::AgreedBurst,
    before: usize,
) -> Option<MuscleBurst> {
    let (trace, span) = (scan.trace, found.on.at..found.off.at);
    let edge = trace.rate.samples(EDGE_S);
    let stretch = stretches
        .iter()
        .find(|stretch| stretch.start <= span.start && span.end <= stretch.end)?;
    let band_hz = band::usual(trace.rate);
    // A burst goes on across a gap only where that is short.
    let from = stretch.start.max(before).min(span.start);
    let envelope = across_gaps(&trace.envelope[from..span.end]);
    let moved = span.start - from..span.end - from;

    Some(MuscleBurst {
        whole: found.on.low > stretch.start + edge && found.off.high + edge < stretch.end,
        shape: EnvelopeShape::measure(&envelope, moved, 0, trace.rate),
        mnf_hz: mean_frequency(&across_gaps(&trace.clean[span]), band_hz, trace.rate),
        found,
    })
}

/// Samples with straight lines across their gaps; a gap at an end stays one.
fn across_gaps(samples: &[f64]) -> Cow<'_, [f64]> {
    if !samples.iter().any(|sample| sample.is_nan()) {
        return Cow::Borrowed(samples);
    }
    let mut filled = samples.to_vec();
    for pair in stretches(samples).windows(2) {
        let (from, to) = (pair[0].end - 1, pair[1].start);
        let slope = (samples[to] - samples[from]) / (to - from) as f64;
        for (steps, sample) in filled[from + 1..to].iter_mut().enumerate() {
            *sample = samples[from] + slope * (steps + 1) as f64;
        }
    }
    Cow::Owned(filled)
}

/// The mean of the envelope in whole pieces of 0.1 s.
fn levels(scan: &Scan<'_>) -> Vec<f64> {
    let trace = scan.trace;
    let length = trace.rate.samples(PIECE_S).max(1);
    let [blocks] =
        Blocks::sum(&trace.envelope, &scan.envelope_kept, length, |value| [value]);
    let level = |(sum, count): (&f64, &f64)| {
        if *count == length as f64 { sum / count } else { f64::NAN }
    };
    blocks.sums.iter().zip(&blocks.counts).map(level).collect()
}
