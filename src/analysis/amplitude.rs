//! Amplitude: how strong the signal is, in its own unit and in per cent of the reference.
//!
//! `rms` and `arv` come from `clean`, the levels of the envelope from `envelope`, per
//! cent from the envelope's levels and the reference. Gaps are left out. The peaks leave
//! out the samples that the envelope extrapolates at the ends of every stretch between
//! gaps, unless nothing else remains: one of them could be the highest of all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::activity::facts as activity;
use super::levels::Levels;
use super::rows::NO_REFERENCE;
use super::scan::SILENT;
use super::{Analysis, Digest, Digests, pieces};
use crate::outcome::fact::{
    Compares, Dimension, Fact, MeasureKind, Relative, Use, facts,
};
use crate::outcome::{Figure, FigurePlace, Measure, Outcome, Section, Tone};

pub use super::levels::{Level, arv, mean, peak, rms};

/// The settings of the amplitude analysis, which has none yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Amplitude {}

impl Analysis for Amplitude {
    type Part = ();

    fn name(&self) -> &'static str {
        "amplitude"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("amplitude");
        for channel in recording.channels {
            outcome.measures.extend(measures(channel));
            outcome.figures.extend(figure(channel));
            let shown = channel.picture.is_drawn();
            outcome.strips.extend(shown.then(|| channel.picture.strip(channel)));
        }
        outcome
    }

    fn in_short(&self) -> String {
        "root mean square, average rectified value, level of the envelope".to_owned()
    }

    fn describe(&self) -> String {
        "Root mean square and average rectified value of the filtered signal and mean \
         and peak of the envelope were \
         taken over the whole recording without its gaps, the levels of the envelope \
         also without what lies beside gaps, the peak without the ends that the envelope \
         extrapolates; \
         their 95 % intervals are Student's t intervals of the logarithm over the whole \
         cycles of a rhythm of the envelope, neighbours that are alike counted for fewer, \
         else over the slowest waves of the recording (Lazarus et al. 2018)."
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

const NO_SAMPLES: &str = "no samples, or none that are far enough from a gap";

fn level_row(channel: &Digest, fact: &Fact, level: Option<Level>) -> Measure {
    let Some(level) = level else { return channel.missing(fact, NO_SAMPLES) };
    let row = channel.row(fact, level.value);
    match (level.precision, level.interval()) {
        (Ok(precision), Some((low, high))) => row
            .within(low, high)
            .from_n(precision.basis().count())
            .noted(pieces::words(precision)),
        (Err(reason), _) => row.noted(reason),
        (Ok(_), None) => row,
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
        kind: MeasureKind::Level,
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
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "mean of |x| over the samples of `clean`, gaps left out",
    }
    ENVELOPE_MEAN {
        name: "envelope_mean",
        words: "Mean envelope",
        description: "Mean of the envelope over the whole recording",
        kind: MeasureKind::Level,
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
        kind: MeasureKind::Level,
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
        kind: MeasureKind::Level,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Main(2), Use::Reliability, Use::Outcome, Use::Opening(3)],
        formula: "100 · envelope_mean / reference",
        source: "Besomi et al. 2020",
    }
    ACTIVATION_PEAK {
        name: "activation_peak",
        words: "Peak activation",
        description: "Highest sample of the envelope in per cent of the reference",
        kind: MeasureKind::Level,
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
        activity::DUTY_CYCLE.name,
        activity::BURST_COUNT.name,
        activity::CADENCE.name,
        activity::REPETITION_COUNT.name,
    ]],
    rare: false,
    lead: "When each muscle was active and how strongly, as the envelope over the recorded \
           signal.",
};

fn figure(channel: &Digest) -> Option<Figure> {
    let shown = channel.picture.is_drawn().then_some(&channel.picture)?;
    let mut layers = shown.gaps();
    layers.extend(shown.edges());
    layers.push(shown.band());
    layers.push(shown.line(1.0, "envelope", Tone::Envelope));
    Some(Figure {
        title: "Signal and envelope".into(),
        channel: Some(channel.label.name.clone()),
        detail: String::new(),
        place: FigurePlace::Signal,
        caption: "The signal as recorded, its mean removed, and the envelope; gaps and \
                  extrapolated ends are shaded."
            .into(),
        x_label: "time (s)".into(),
        y_label: format!("EMG ({})", channel.unit),
        layers,
        below: None,
    })
}
