//! The facts of the measures of the cycles.

use crate::outcome::Section;
use crate::outcome::fact::{
    Compares, Dimension, MeasureKind, Part, Relative, Use, facts,
};

/// The phases of a cycle whose means are told beside that of the whole.
const PHASES: &[Part] = &[
    Part { name: "stance", words: "stance", uses: &[], compares: None },
    Part { name: "swing", words: "swing", uses: &[], compares: None },
];

facts! {
    CYCLE_COUNT {
        name: "cycle_count",
        words: "Cycles",
        description: "How many cycles of the leg are used; it grows with the length of \
                      the recording",
        kind: MeasureKind::Count,
        formula: "cycles between two beginnings that are not left out",
    }
    CYCLE_DURATION {
        name: "cycle_duration",
        words: "Duration of a cycle",
        column: "Duration of a cycle",
        description: "Mean time from the beginning of a cycle to the next",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("s"),
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "mean over the used cycles, with Student's t interval",
    }
    STANCE_PERCENT {
        name: "stance_percent",
        words: "Stance",
        description: "How much of a cycle the foot is on the ground",
        kind: MeasureKind::Share,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "100 · (lift-off − touchdown) / duration, mean over the used cycles",
    }
    STANCE_DURATION {
        name: "stance_duration",
        words: "Duration of stance",
        description: "Mean time on the ground of single steps that are no part of a cycle",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("s"),
        compares: Compares::ALL,
        formula: "lift-off − touchdown, mean over the stances",
    }
    STANCE_MEAN {
        name: "stance_mean",
        words: "Mean envelope of stance",
        description: "Mean of the envelope over single stances that are no part of a cycle",
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "mean of `envelope` from touchdown to lift-off, mean over the stances",
    }
    VARIANCE_RATIO {
        name: "variance_ratio",
        words: "Variance ratio",
        description: "How unlike the cycles are: 0 when all are the same, about 1 when \
                      they share nothing",
        kind: MeasureKind::Index,
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "[Σ(x − mean cycle)² / (k(n − 1))] / [Σ(x − mean of all)² / (kn − 1)] \
                  of k = 101 points and n cycles",
        source: "Hershler & Milner 1978",
    }
    COEFFICIENT_OF_VARIATION {
        name: "coefficient_of_variation",
        words: "Coefficient of variation",
        description: "Spread of the cycles in per cent of the mean of the mean cycle",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "100 · sqrt(mean of the variances at each point) / mean of the mean cycle",
        source: "Winter & Yack 1987",
    }
    MULTIPLE_CORRELATION {
        name: "multiple_correlation",
        words: "Coefficient of multiple correlation",
        description: "How alike the cycles are: 1 when all are the same",
        kind: MeasureKind::Correlation,
        compares: Compares::ALL,
        formula: "sqrt(max(0, 1 − variance_ratio))",
        source: "Kadaba et al. 1989",
    }
    CYCLE_MEAN {
        name: "cycle_mean",
        words: "Mean envelope of a cycle",
        description: "Mean of the envelope over the cycle, or over its stance or swing",
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "mean of the points at 0, 1, … 99 % of each used cycle, mean over \
                  cycles; the envelope in means of 0.01 s, interpolated",
        parts: PHASES,
    }
    CYCLE_PEAK {
        name: "cycle_peak",
        words: "Peak envelope of a cycle",
        description: "Highest point of the envelope of a cycle",
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "maximum of the points at 0, 1, … 100 % of each used cycle, mean over \
                  cycles; the envelope in means of 0.01 s, interpolated",
    }
    BURST_ONSET_PERCENT {
        name: "burst_onset_percent",
        words: "Onset of the burst",
        description: "Where in the cycle the strongest burst begins; compared between \
                      sides, visits and people only where cycles begin with events, \
                      plates or switches",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "circular mean over the used cycles of 100 · (onset − start) / duration",
    }
    BURST_OFFSET_PERCENT {
        name: "burst_offset_percent",
        words: "End of the burst",
        description: "Where in the cycle the strongest burst ends; compared between \
                      sides, visits and people only where cycles begin with events, \
                      plates or switches",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Reliability],
        formula: "circular mean over the used cycles of 100 · (end − start) / duration",
    }
    BURST_DURATION_PERCENT {
        name: "burst_duration_percent",
        words: "Duration of the burst",
        description: "How much of the cycle the strongest burst lasts",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "mean over the used cycles of 100 · (end − onset) / duration",
    }
    BURST_PEAK_PERCENT {
        name: "burst_peak_percent",
        words: "Peak of the envelope",
        description: "Where in the cycle the envelope is highest; compared between \
                      sides, visits and people only where cycles begin with events, \
                      plates or switches",
        kind: MeasureKind::Time,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "circular mean over the used cycles of the place of the highest point",
    }
}

/// What the page says of the cycles.
pub const SECTION: Section = Section {
    place: 5,
    title: "Cycles",
    analyses: &["cycles"],
    tables: &[&[
        CYCLE_COUNT.name,
        CYCLE_DURATION.name,
        STANCE_PERCENT.name,
        STANCE_DURATION.name,
        STANCE_MEAN.name,
        CYCLE_MEAN.name,
        COEFFICIENT_OF_VARIATION.name,
        VARIANCE_RATIO.name,
        BURST_ONSET_PERCENT.name,
        BURST_DURATION_PERCENT.name,
        BURST_PEAK_PERCENT.name,
    ]],
    rare: false,
    lead: "The movement cycle by cycle, each leg from its own beginning of the cycle. \
           Variation is that of this person in this recording; it depends on smoothing, and \
           the coefficient of variation on the offset as well.",
};
