//! Amplitude: how strong the signal is, in its own unit and in per cent of the reference.
//!
//! `rms` and `arv` come from `clean`, the levels of the envelope from `envelope`, per
//! cent from the envelope's levels and the reference. Gaps are left out. The peaks leave
//! out the samples that the envelope extrapolates at the ends of every stretch between
//! gaps, unless nothing else remains: one of them could be the highest of all.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::quality::SILENT;
use super::scan::Scan;
use super::{Analysis, Digest, Digests, picture};
use crate::dsp::gaps::stretches;
use crate::dsp::stats::{extremes, t_95};
use crate::outcome::fact::{Compares, Dimension, Fact, Kind, Relative, Use, facts};
use crate::outcome::{Figure, Measure, Outcome, Section, Tone};

/// The fewest one-second blocks of which an interval is made.
const FEWEST_BLOCKS: usize = 5;

/// The settings of the amplitude analysis, which has none yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Amplitude {}

/// A level with what is known of its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The value, in the unit of the samples.
    pub value: f64,
    /// The 95 % interval from the spread between blocks of one second; `None` for fewer
    /// than five blocks.
    pub interval: Option<(f64, f64)>,
    /// How many blocks hold samples.
    pub blocks: usize,
}

impl Level {
    /// `power` is the exponent that leads from the level to the mean that the blocks
    /// hold: 2 for a root mean square, 1 for a mean.
    ///
    /// The interval is Student's t on a logarithmic scale, so that it never reaches below
    /// 0; it says how far the level of another stretch of the same task would lie from
    /// this one. It is deterministic.
    pub(super) fn of(blocks: &Blocks, power: f64) -> Option<Self> {
        let value = blocks.mean()?;
        let value = if power == 2.0 { value.sqrt() } else { value };
        let filled = blocks.filled();
        let spread = blocks
            .relative_error()
            .zip(t_95(filled as f64 - 1.0))
            .filter(|_| filled >= FEWEST_BLOCKS);
        let interval = spread.map(|(error, t)| {
            let factor = libm::exp(t * error / power);
            (value / factor, value * factor)
        });
        Some(Self { value, interval, blocks: filled })
    }

    /// The level in per cent of a reference.
    fn in_per_cent(self, reference: f64) -> Self {
        let share = |value: f64| 100.0 * (value / reference);
        let interval = self.interval.map(|(low, high)| (share(low), share(high)));
        Self { value: share(self.value), interval, ..self }
    }
}

/// The levels of one channel; `None` where there are no samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// The root mean square of `clean`.
    pub rms: Option<Level>,
    /// The average rectified value of `clean`.
    pub arv: Option<Level>,
    /// The mean of `envelope`.
    pub envelope_mean: Option<Level>,
    /// The highest sample of `envelope` that is not extrapolated (see [`peak`]).
    pub envelope_peak: Option<f64>,
}

impl Levels {
    /// The levels of a channel over blocks of one second.
    pub(super) fn of(scan: &Scan<'_>) -> Self {
        let trace = scan.trace;
        let second = trace.rate.samples(1.0);
        let [squares, magnitudes] =
            Blocks::of(&trace.clean, &scan.clean_kept, second, |x| [x * x, x.abs()]);
        let [envelope] =
            Blocks::of(&trace.envelope, &scan.envelope_kept, second, |x| [x]);
        Self {
            rms: Level::of(&squares, 2.0),
            arv: Level::of(&magnitudes, 1.0),
            envelope_mean: Level::of(&envelope, 1.0),
            envelope_peak: highest(
                &trace.envelope,
                &scan.envelope_stretches,
                trace.edge_samples,
            ),
        }
    }
}

/// The root mean square of samples, gaps left out; `None` when there are none.
pub fn rms(samples: &[f64], block: usize) -> Option<Level> {
    level(samples, block, |sample| sample * sample, 2.0)
}

/// The average rectified value (mean of magnitudes) of samples, gaps left out; `None`
/// when there are none.
pub fn arv(samples: &[f64], block: usize) -> Option<Level> {
    level(samples, block, f64::abs, 1.0)
}

/// The mean of a series that is never negative, gaps left out; `None` when there are no
/// samples.
pub fn mean(samples: &[f64], block: usize) -> Option<Level> {
    level(samples, block, |sample| sample, 1.0)
}

fn level(
    samples: &[f64],
    block: usize,
    value: impl Fn(f64) -> f64 + Copy,
    power: f64,
) -> Option<Level> {
    let [blocks] =
        Blocks::of(samples, &stretches(samples), block, |sample| [value(sample)]);
    Level::of(&blocks, power)
}

/// The highest sample of a smoothed series that is not extrapolated: `edge` samples at
/// both ends of every stretch between gaps are left out, unless nothing remains. `None`
/// when there are no samples.
pub fn peak(samples: &[f64], edge: usize) -> Option<f64> {
    highest(samples, &stretches(samples), edge)
}

fn highest(samples: &[f64], stretches: &[Range<usize>], edge: usize) -> Option<f64> {
    let inner = stretches.iter().filter(|stretch| stretch.len() > 2 * edge);
    let measured = inner
        .map(|stretch| extremes(&samples[stretch.start + edge..stretch.end - edge]).1);
    let all = stretches.iter().map(|stretch| extremes(&samples[stretch.clone()]).1);
    measured.reduce(f64::max).or_else(|| all.reduce(f64::max))
}

impl Analysis for Amplitude {
    fn name(&self) -> &'static str {
        "amplitude"
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("amplitude");
        for channel in recording.channels {
            outcome.measures.extend(measures(channel));
            outcome.figures.extend(figure(channel));
        }
        outcome
    }

    fn describe(&self) -> String {
        "Root mean square and average rectified value of the filtered signal and mean and peak of the envelope were \
         taken over the whole recording without its gaps, the levels of the envelope also without what lies beside gaps, the peak without the ends that the envelope extrapolates; \
         their 95 % intervals are Student's t intervals of the logarithm over blocks of one second."
            .into()
    }
}

fn measures(channel: &Digest) -> Vec<Measure> {
    if channel.silent {
        return MEASURES.iter().map(|fact| channel.missing(fact, SILENT)).collect();
    }

    let Levels { rms, arv, envelope_mean, envelope_peak } = channel.amplitude;
    let mut rows = vec![
        level_row(channel, &RMS, rms),
        level_row(channel, &ARV, arv),
        level_row(channel, &ENVELOPE_MEAN, envelope_mean),
        peak_row(channel, &ENVELOPE_PEAK, envelope_peak),
    ];
    rows.extend(match channel.reference {
        Some(reference) => [
            level_row(
                channel,
                &ACTIVATION_MEAN,
                envelope_mean.map(|level| level.in_per_cent(reference)),
            ),
            peak_row(
                channel,
                &ACTIVATION_PEAK,
                envelope_peak.map(|peak| 100.0 * (peak / reference)),
            ),
        ],
        None => [&ACTIVATION_MEAN, &ACTIVATION_PEAK]
            .map(|fact| channel.missing(fact, NO_REFERENCE)),
    });
    rows
}

pub(super) const NO_REFERENCE: &str = "no reference: the recipe asks for none, or no \
    recording of the session gives this channel one in its unit";

const NO_SAMPLES: &str = "no samples, or none that are far enough from a gap";

fn level_row(channel: &Digest, fact: &Fact, level: Option<Level>) -> Measure {
    let Some(level) = level else { return channel.missing(fact, NO_SAMPLES) };
    let row = channel.row(fact, level.value).from_n(level.blocks);
    match level.interval {
        Some((low, high)) => row.within(low, high),
        None => row.noted("no interval: fewer than five blocks of one second"),
    }
}

fn peak_row(channel: &Digest, fact: &Fact, peak: Option<f64>) -> Measure {
    match peak {
        Some(value) => channel.row(fact, value),
        None => channel.missing(fact, NO_SAMPLES),
    }
}

facts! {
    RMS {
        name: "rms",
        words: "RMS",
        description: "Root mean square of the filtered signal over the whole recording",
        kind: Kind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        uses: &[Use::Main(1)],
        formula: "sqrt(mean of x²) over the samples of `clean`, gaps left out",
    }
    ARV {
        name: "arv",
        words: "Average rectified value",
        short: "ARV",
        description: "Mean magnitude of the filtered signal over the whole recording",
        kind: Kind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "mean of |x| over the samples of `clean`, gaps left out",
    }
    ENVELOPE_MEAN {
        name: "envelope_mean",
        words: "Mean envelope",
        description: "Mean of the envelope over the whole recording",
        kind: Kind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        uses: &[Use::Main(2), Use::Distribution(2)],
        formula: "mean of the samples of `envelope`, without gaps and what lies beside them",
    }
    ENVELOPE_PEAK {
        name: "envelope_peak",
        words: "Peak envelope",
        description: "Highest sample of the envelope that is not extrapolated",
        kind: Kind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        uses: &[Use::Main(3)],
        formula: "maximum of `envelope` without the ends of each stretch between gaps",
    }
    ACTIVATION_MEAN {
        name: "activation_mean",
        words: "Mean activation",
        description: "Mean of the envelope in per cent of the reference",
        kind: Kind::Level,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Main(2), Use::Reliability, Use::Outcome],
        formula: "100 · envelope_mean / reference",
        source: "Besomi et al. 2020",
    }
    ACTIVATION_PEAK {
        name: "activation_peak",
        words: "Peak activation",
        description: "Highest sample of the envelope in per cent of the reference",
        kind: Kind::Level,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[
            Use::Main(3),
            Use::Headline(3),
            Use::Distribution(1),
            Use::Reliability,
            Use::ShownReliability,
        ],
        formula: "100 · envelope_peak / reference",
        source: "Besomi et al. 2020",
    }
}

/// What the page says of the strength of the signal and of when it is there.
pub const SECTION: Section = Section {
    place: 2,
    title: "Activation",
    analyses: &["amplitude", "activity"],
    tables: &[&[
        ACTIVATION_MEAN.name,
        ACTIVATION_PEAK.name,
        "duty_cycle",
        "burst_count",
        "cadence",
        "repetition_count",
    ]],
    lead: "When each muscle was active and how strongly, as the envelope over the recorded \
           signal.",
};

fn figure(channel: &Digest) -> Option<Figure> {
    let shown = channel.picture.is_drawn().then_some(&channel.picture)?;
    let (factor, unit) = picture::scale(&channel.unit, shown.largest);
    let mut layers = shown.gaps();
    layers.extend(shown.edges());
    layers.push(shown.band(factor));
    layers.push(shown.line(factor, "envelope", Tone::Envelope));
    Some(Figure {
        title: format!("{}: signal and envelope", channel.label.name),
        caption: "The signal as recorded, its mean removed, and the envelope; gaps and extrapolated ends are shaded."
            .into(),
        x_label: "time (s)".into(),
        y_label: format!("EMG ({unit})"),
        layers,
        below: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn levels_of_known_samples() {
        let level = rms(&[3.0, -4.0, f64::NAN, 0.0, 5.0], 2).unwrap();
        assert!((level.value - 12.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!((level.interval, level.blocks), (None, 3));
        assert_eq!(arv(&[3.0, -5.0], 2).unwrap().value, 4.0);
        assert_eq!(rms(&[f64::NAN], 2), None);
    }

    #[test]
    fn the_interval_covers_the_truth_at_its_level() {
        // 300 white records of 20 blocks: 95 % ± 3 standard errors (1.26 %) of the
        // intervals hold the true level.
        let covers = |seed: u64| {
            let (low, high) = rms(&normals(seed, 2000), 100).unwrap().interval.unwrap();
            low <= 1.0 && 1.0 <= high
        };
        let covered = (1000..1300).filter(|&seed| covers(seed)).count();
        assert!((274..=296).contains(&covered), "{covered}");
    }

    #[test]
    fn a_silent_channel_has_a_level_of_0_without_interval() {
        let level = rms(&[0.0; 100], 10).unwrap();
        assert_eq!((level.value, level.interval), (0.0, None));
    }

    #[test]
    fn extrapolated_ends_are_no_peak() {
        let samples = [9.0, 1.0, 2.0, 1.0, 9.0, f64::NAN, 7.0, 3.0, 7.0];
        assert_eq!(peak(&samples, 1), Some(3.0));
        assert_eq!(peak(&samples, 0), Some(9.0));
        assert_eq!(peak(&samples, 5), Some(9.0));
        assert_eq!(peak(&[f64::NAN], 0), None);
    }
}
