//! Amplitude: how strong the signal is, in its own unit and in per cent of the reference.
//!
//! `rms` and `arv` come from `clean`, the levels of the envelope from `envelope`, per cent from
//! `activation`. Gaps are left out. The peaks leave out the samples that the envelope extrapolates at the
//! ends of every stretch between gaps, unless nothing else remains: one of them could be the highest of all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quality::{SILENT, silent};
use super::{Analysis, Blocks, Traces, away_from_gaps, picture, without_fragments};
use crate::dsp::gaps::{present, stretches};
use crate::dsp::stats::t_95;
use crate::outcome::{Figure, Measure, Outcome, Tone};
use crate::signal::Trace;
use crate::units::Unit;

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
    /// The 95 % interval from the spread between blocks of one second; `None` for fewer than five blocks.
    pub interval: Option<(f64, f64)>,
    /// How many blocks hold samples.
    pub blocks: usize,
}

impl Level {
    /// `power` is the exponent that leads from the level to the mean that the blocks hold: 2 for a root
    /// mean square, 1 for a mean.
    ///
    /// The interval is Student's t on a logarithmic scale, so that it never reaches below 0; it says how
    /// far the level of another stretch of the same task would lie from this one. It is deterministic.
    fn of(blocks: &Blocks, power: f64) -> Option<Self> {
        let value = blocks.mean()?;
        let value = if power == 2.0 { value.sqrt() } else { value };
        let filled = blocks.filled();
        let spread = blocks.relative_error().zip(t_95(filled as f64 - 1.0)).filter(|_| filled >= FEWEST_BLOCKS);
        let interval = spread.map(|(error, t)| {
            let factor = libm::exp(t * error / power);
            (value / factor, value * factor)
        });
        Some(Self { value, interval, blocks: filled })
    }
}

/// The root mean square of samples, gaps left out; `None` when there are none.
pub fn rms(samples: &[f64], block: usize) -> Option<Level> {
    Level::of(&Blocks::of(samples, block, |sample| sample * sample), 2.0)
}

/// The average rectified value (mean of magnitudes) of samples, gaps left out; `None` when there are none.
pub fn arv(samples: &[f64], block: usize) -> Option<Level> {
    Level::of(&Blocks::of(samples, block, f64::abs), 1.0)
}

/// The mean of a series that is never negative, gaps left out; `None` when there are no samples.
pub fn mean(samples: &[f64], block: usize) -> Option<Level> {
    Level::of(&Blocks::of(samples, block, |sample| sample), 1.0)
}

/// The highest sample of a smoothed series that is not extrapolated: `edge` samples at both ends of every
/// stretch between gaps are left out, unless nothing remains. `None` when there are no samples.
pub fn peak(samples: &[f64], edge: usize) -> Option<f64> {
    let inner = stretches(samples).into_iter().filter(|stretch| stretch.len() > 2 * edge);
    let highest = |part: &[f64]| present(part).reduce(f64::max);
    let measured = inner.filter_map(|stretch| highest(&samples[stretch.start + edge..stretch.end - edge]));
    measured.reduce(f64::max).or_else(|| highest(samples))
}

impl Analysis for Amplitude {
    fn name(&self) -> &'static str {
        "amplitude"
    }

    fn run(&self, recording: &Traces<'_>) -> Outcome {
        let mut outcome = Outcome::new("amplitude");
        for trace in recording.traces {
            outcome.measures.extend(measures(trace));
            outcome.figures.extend(figure(trace));
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

fn measures(trace: &Trace) -> Vec<Measure> {
    if silent(trace) {
        return NAMES
            .map(|(name, unit)| Measure::missing(&trace.label, name, unit.unwrap_or(&trace.unit).clone(), SILENT))
            .into();
    }
    let second = trace.rate.samples(1.0);
    let clean = without_fragments(trace);
    let levels = [
        ("rms", rms(&clean, second)),
        ("arv", arv(&clean, second)),
        ("envelope_mean", mean(&away_from_gaps(&trace.envelope, trace), second)),
    ];
    let mut rows: Vec<Measure> = levels.map(|(name, level)| level_row(trace, name, &trace.unit, level)).into();
    rows.push(peak_row(trace, "envelope_peak", &trace.unit, &trace.envelope));
    match &trace.activation {
        Some(activation) => {
            rows.push(level_row(trace, "activation_mean", &Unit::PERCENT, mean(&away_from_gaps(activation, trace), second)));
            rows.push(peak_row(trace, "activation_peak", &Unit::PERCENT, activation));
        }
        None => rows.extend(["activation_mean", "activation_peak"].map(|name| {
            let reason =
                "no reference: the recipe asks for none, or no recording of the session gives this channel one in its unit";
            Measure::missing(&trace.label, name, Unit::PERCENT, reason)
        })),
    }
    rows
}

const NO_SAMPLES: &str = "no samples, or none that are far enough from a gap";

/// Every measure of a channel, with its unit where that is not the channel's own.
const NAMES: [(&str, Option<&Unit>); 6] = [
    ("rms", None),
    ("arv", None),
    ("envelope_mean", None),
    ("envelope_peak", None),
    ("activation_mean", Some(&Unit::PERCENT)),
    ("activation_peak", Some(&Unit::PERCENT)),
];

fn level_row(trace: &Trace, name: &'static str, unit: &Unit, level: Option<Level>) -> Measure {
    let Some(level) = level else { return Measure::missing(&trace.label, name, unit.clone(), NO_SAMPLES) };
    let row = Measure::of(&trace.label, name, level.value, unit.clone()).from_n(level.blocks);
    match level.interval {
        Some((low, high)) => row.within(low, high),
        None => row.noted("no interval: fewer than five blocks of one second"),
    }
}

fn peak_row(trace: &Trace, name: &'static str, unit: &Unit, samples: &[f64]) -> Measure {
    match peak(samples, trace.edge_samples) {
        Some(value) => Measure::of(&trace.label, name, value, unit.clone()),
        None => Measure::missing(&trace.label, name, unit.clone(), NO_SAMPLES),
    }
}

fn figure(trace: &Trace) -> Option<Figure> {
    let count = present(&trace.raw).count();
    let offset = present(&trace.raw).sum::<f64>() / count as f64;
    let largest = present(&trace.raw).fold(0.0_f64, |largest, sample| largest.max((sample - offset).abs()));
    let (factor, unit) = picture::scale(&trace.unit, largest);
    let mut layers = picture::gaps(trace, &trace.raw);
    layers.extend(picture::edges(trace));
    layers.push(picture::band(trace, &trace.raw, offset, factor));
    layers.push(picture::line(trace, &trace.envelope, factor, "envelope", Tone::Envelope));
    (count > 0).then(|| Figure {
        title: format!("{}: signal and envelope", trace.label.name),
        caption: "The signal as recorded, its mean removed, and the envelope; gaps and extrapolated ends are shaded."
            .into(),
        x_label: "time (s)".into(),
        y_label: format!("EMG ({unit})"),
        layers,
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
        // 300 white records of 20 blocks: 95 % ± 3 standard errors (1.26 %) of the intervals hold the true level.
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
