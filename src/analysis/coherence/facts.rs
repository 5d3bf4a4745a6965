//! The facts of the measures of coherence.

use crate::outcome::Section;
use crate::outcome::fact::{Compares, Dimension, MeasureKind, Part, Shown, facts};

/// How the signals are taken.
const TAKEN: &[Part] = &[
    Part { name: "raw", words: "raw", uses: &[], compares: None },
    Part { name: "rectified", words: "rectified", uses: &[], compares: None },
];

facts! {
    COHERENCE_ALPHA {
        name: "coherence_alpha",
        words: "Coherence 8–15 Hz",
        description: "How much of two signals is in common from 8 to 15 Hz, corrected \
                      for its bias: 0 nothing, 1 all",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "tanh² of the mean over the band of artanh √C, less the bias of \
                  independent segments; C = |cross spectrum|² / (spectrum of one · \
                  spectrum of the other)",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_BETA {
        name: "coherence_beta",
        words: "Coherence 15–35 Hz",
        description: "How much of two signals is in common from 15 to 35 Hz, corrected \
                      for its bias: 0 nothing, 1 all",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "tanh² of the mean over the band of artanh √C, less the bias of \
                  independent segments; C = |cross spectrum|² / (spectrum of one · \
                  spectrum of the other)",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_GAMMA {
        name: "coherence_gamma",
        words: "Coherence 35–60 Hz",
        description: "How much of two signals is in common from 35 to 60 Hz, corrected \
                      for its bias: 0 nothing, 1 all",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "tanh² of the mean over the band of artanh √C, less the bias of \
                  independent segments; C = |cross spectrum|² / (spectrum of one · \
                  spectrum of the other)",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_LIMIT {
        name: "coherence_limit",
        words: "Limit of coherence",
        description: "What the coherence of independent signals exceeds at one frequency \
                      in 5 % of cases",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "1 − alpha^(1/(L − 1)) of L independent segments",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_PEAK {
        name: "coherence_peak",
        words: "Highest coherence",
        description: "The highest coherence from 8 to 60 Hz, which chance alone raises: it \
                      has a limit beside it and no interval",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "maximum of the coherence over the frequencies of the bands",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_PEAK_LIMIT {
        name: "coherence_peak_limit",
        words: "Limit of the highest coherence",
        description: "What the highest coherence of independent signals from 8 to 60 Hz \
                      exceeds in 5 % of cases",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "1 − (1 − (1 − alpha)^(1/m))^(1/(L − 1)) of m frequencies and L \
                  independent segments",
        source: "Rosenberg et al. 1989",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_PEAK_FREQUENCY {
        name: "coherence_peak_frequency",
        words: "Frequency of the highest coherence",
        description: "Where the coherence is highest, if it is beyond the limit of the \
                      highest",
        kind: MeasureKind::Frequency,
        unit: Dimension::Fixed("Hz"),
        compares: Compares::ALL,
        formula: "the frequency of the maximum",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    COHERENCE_DELAY {
        name: "coherence_delay",
        words: "Delay from the phase",
        description: "How much later the second channel is, by the phase from 15 to 35 Hz",
        kind: MeasureKind::Latency,
        unit: Dimension::Fixed("s"),
        compares: Compares::ALL,
        formula: "slope of the phase over the frequencies beyond the limit, divided by 2π",
        source: "Halliday et al. 1995",
        parts: TAKEN,
        alone: false,
    }
    CROSSTALK_SHARE {
        name: "crosstalk_share",
        words: "Coherent frequencies above 60 Hz",
        description: "Share of the frequencies above 60 Hz that are coherent, as broad \
                      coherence of crosstalk is; 5 % by chance",
        kind: MeasureKind::Share,
        unit: Dimension::Fixed("1"),
        compares: Compares::ALL,
        formula: "frequencies above 60 Hz whose coherence exceeds the limit over all of them",
        shown: Shown::PerCent,
    }
}

/// What the page says of coherence.
pub const SECTION: Section = Section {
    place: 8,
    title: "Intermuscular coherence",
    analyses: &["coherence"],
    tables: &[&[
        "coherence_alpha.rectified",
        "coherence_beta.rectified",
        "coherence_gamma.rectified",
        "coherence_beta.raw",
        "coherence_limit.rectified",
        "coherence_delay.rectified",
    ]],
    rare: true,
    lead: "What two muscles have in common, frequency by frequency: a shared drive, or \
           crosstalk where it is broad and without delay.",
};
