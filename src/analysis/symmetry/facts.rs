//! The facts of the measures of symmetry: families of indices, one for each quantity that
//! is compared, and what is made of whole curves.

use super::super::{amplitude, cycles, fatigue};
use crate::outcome::Section;
use crate::outcome::fact::{
    Compares, Dimension, Direction, MeasureKind, Part, Use, facts,
};

/// The mean of the median frequencies of the epochs of a side.
pub(super) const MDF_MEAN: &str = fatigue::MDF.mean.name;
/// The mean duration of the bursts of a side.
pub(super) const BURST_DURATION: &str = "burst_duration";
/// The mean of the peaks of the bursts of a side.
pub(super) const BURST_PEAK: &str = "burst_peak";
/// The mean of the mean frequencies of the bursts of a side.
pub(super) const BURST_MNF: &str = "burst_mnf";

/// What is in volts, or goes with the tissue below an electrode, differs between visits and
/// people by the electrodes of each side alone.
const BY_ELECTRODES: Option<Compares> = Some(Compares::RECORDINGS);

/// The quantities whose sides are compared.
const QUANTITIES: &[Part] = &[
    Part { name: amplitude::RMS.name, words: "RMS", uses: &[], compares: BY_ELECTRODES },
    Part {
        name: amplitude::ENVELOPE_MEAN.name,
        words: "mean \
                                                        envelope",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ENVELOPE_PEAK.name,
        words: "peak \
                                                        envelope",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: MDF_MEAN,
        words: "median frequency",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ACTIVATION_MEAN.name,
        words: "mean activation",
        uses: &[],
        compares: None,
    },
    Part {
        name: amplitude::ACTIVATION_PEAK.name,
        words: "peak activation",
        uses: &[],
        compares: None,
    },
    Part {
        name: cycles::CYCLE_MEAN.name,
        words: "mean envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: cycles::CYCLE_PEAK.name,
        words: "peak envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part { name: BURST_DURATION, words: "duration of bursts", uses: &[], compares: None },
    Part {
        name: BURST_PEAK,
        words: "peak of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: BURST_MNF,
        words: "mean frequency of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
];

/// Those whose cycles or bursts differ within a side.
const VARYING: &[Part] = &[
    Part {
        name: cycles::CYCLE_MEAN.name,
        words: "mean envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: cycles::CYCLE_PEAK.name,
        words: "peak envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part { name: BURST_DURATION, words: "duration of bursts", uses: &[], compares: None },
    Part {
        name: BURST_PEAK,
        words: "peak of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: BURST_MNF,
        words: "mean frequency of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
];

/// All of them with what their symmetry index is used for. Sides are compared in
/// activation where both have a reference, and the volts stand in the details.
const INDEXED: &[Part] = &[
    Part { name: amplitude::RMS.name, words: "RMS", uses: &[], compares: BY_ELECTRODES },
    Part {
        name: amplitude::ENVELOPE_MEAN.name,
        words: "mean envelope",
        uses: &[Use::MainOfPairs(1), Use::Headline(1)],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ENVELOPE_PEAK.name,
        words: "peak envelope",
        uses: &[Use::MainOfPairs(2)],
        compares: BY_ELECTRODES,
    },
    Part {
        name: MDF_MEAN,
        words: "median \
                                   frequency",
        uses: &[Use::MainOfPairs(3)],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ACTIVATION_MEAN.name,
        words: "mean activation",
        uses: &[
            Use::MainOfPairs(1),
            Use::Headline(1),
            Use::Distribution(5),
            Use::Opening(2),
        ],
        compares: None,
    },
    Part {
        name: amplitude::ACTIVATION_PEAK.name,
        words: "peak activation",
        uses: &[Use::MainOfPairs(2)],
        compares: None,
    },
    Part {
        name: cycles::CYCLE_MEAN.name,
        words: "mean envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: cycles::CYCLE_PEAK.name,
        words: "peak envelope of a \
                                                  cycle",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part { name: BURST_DURATION, words: "duration of bursts", uses: &[], compares: None },
    Part {
        name: BURST_PEAK,
        words: "peak of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
    Part {
        name: BURST_MNF,
        words: "mean frequency of bursts",
        uses: &[],
        compares: BY_ELECTRODES,
    },
];

/// All of them with what their gait asymmetry is used for.
const LOGARITHMS: &[Part] = &[
    Part {
        name: amplitude::RMS.name,
        words: "RMS",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ENVELOPE_MEAN.name,
        words: "mean envelope",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ENVELOPE_PEAK.name,
        words: "peak envelope",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: MDF_MEAN,
        words: "median \
                                   frequency",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: amplitude::ACTIVATION_MEAN.name,
        words: "mean activation",
        uses: &[Use::Reliability],
        compares: None,
    },
    Part {
        name: amplitude::ACTIVATION_PEAK.name,
        words: "peak activation",
        uses: &[Use::Reliability],
        compares: None,
    },
    Part {
        name: cycles::CYCLE_MEAN.name,
        words: "mean envelope of a cycle",
        uses: &[Use::Comparison, Use::Reliability, Use::ShownReliability, Use::Outcome],
        compares: BY_ELECTRODES,
    },
    Part {
        name: cycles::CYCLE_PEAK.name,
        words: "peak envelope of a cycle",
        uses: &[Use::Comparison, Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: BURST_DURATION,
        words: "duration of bursts",
        uses: &[Use::Comparison, Use::Reliability],
        compares: None,
    },
    Part {
        name: BURST_PEAK,
        words: "peak of \
                                     bursts",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
    Part {
        name: BURST_MNF,
        words: "mean frequency of bursts",
        uses: &[Use::Reliability],
        compares: BY_ELECTRODES,
    },
];

/// The moments and durations whose difference is told.
const TIMES: &[Part] = &[
    Part {
        name: cycles::BURST_ONSET_PERCENT.name,
        words: "onset of the burst",
        uses: &[Use::Comparison, Use::Reliability, Use::ShownReliability, Use::Outcome],
        compares: None,
    },
    Part {
        name: cycles::BURST_OFFSET_PERCENT.name,
        words: "end of the burst",
        uses: &[Use::Reliability],
        compares: None,
    },
    Part {
        name: cycles::BURST_DURATION_PERCENT.name,
        words: "duration of the burst",
        uses: &[Use::Reliability],
        compares: None,
    },
    Part {
        name: cycles::BURST_PEAK_PERCENT.name,
        words: "peak of the envelope",
        uses: &[Use::Comparison, Use::Reliability],
        compares: None,
    },
];

facts! {
    SYMMETRY_INDEX {
        name: "symmetry_index",
        words: "Symmetry index",
        description: "Left minus right over the mean of both: −200 to 200 %, above 0 \
                      when the left is larger",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Sides(1)],
        formula: "100 · (L − R) / ((L + R) / 2); of cycles, L and R are means over left \
                  cycles in which a right one begins and these, where at least two \
                  thirds find a partner",
        source: "Robinson et al. 1987",
        parts: INDEXED,
        alone: false,
        direction: Some(Direction::SIDES),
    }
    SYMMETRY_RATIO {
        name: "symmetry_ratio",
        words: "Symmetry ratio",
        description: "Left over right: above 1 when the left is larger",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("1"),
        compares: Compares::PAIRS,
        formula: "L / R",
        parts: QUANTITIES,
        alone: false,
    }
    SYMMETRY_ANGLE {
        name: "symmetry_angle",
        words: "Symmetry angle",
        description: "Angle of the point of both sides from the line of equality: −50 to \
                      50 %, above 0 when the right is larger",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Sides(2)],
        formula: "100 · (45° − atan2(L, R)) / 90°",
        source: "Zifchock et al. 2008",
        parts: QUANTITIES,
        alone: false,
    }
    GAIT_ASYMMETRY {
        name: "gait_asymmetry",
        words: "Gait asymmetry",
        description: "Logarithm of left over right: above 0 when the left is larger",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        formula: "100 · ln(L / R)",
        source: "Plotnik et al. 2005",
        parts: LOGARITHMS,
        alone: false,
    }
    ASYMMETRY_OVER_MAX {
        name: "asymmetry_over_max",
        words: "Difference over the larger side",
        description: "Left minus right over the larger side: −100 to 100 %, above 0 when \
                      the left is larger",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        formula: "100 · (L − R) / max(L, R)",
        parts: QUANTITIES,
        alone: false,
    }
    LIMB_SYMMETRY_INDEX {
        name: "limb_symmetry_index",
        words: "Limb symmetry index",
        description: "The involved over the uninvolved side, or the non-dominant over \
                      the dominant one: 100 % where both are equal",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Sides(3)],
        formula: "100 · involved / uninvolved",
        parts: QUANTITIES,
        alone: false,
    }
    SIDE_VARIATION {
        name: "side_variation",
        words: "Variation within the side",
        description: "How much the cycles or bursts of one side differ from each other",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        uses: &[Use::WithinSide(1)],
        formula: "100 · standard deviation / mean of the cycles or bursts of the side",
        parts: VARYING,
        alone: false,
    }
    DIFFERENCE {
        name: "difference",
        words: "Left minus right",
        description: "Difference of two moments of the cycle: above 0 when the left is \
                      later or longer",
        kind: MeasureKind::Latency,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Sides(0)],
        formula: "L − R in per cent of the cycle, moments the short way round the circle",
        parts: TIMES,
        alone: false,
    }
    ENSEMBLE_CORRELATION {
        name: "ensemble_correlation",
        words: "Correlation of the mean cycles",
        description: "How alike the mean cycles of both sides are, without moving them",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::PAIRS,
        uses: &[Use::Reliability],
        formula: "Pearson correlation of both mean cycles at 0, 1, … 99 %",
    }
    ENSEMBLE_LAG {
        name: "ensemble_lag",
        words: "Lag of the mean cycles",
        description: "How much of the cycle the right side is later",
        kind: MeasureKind::Latency,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Reliability],
        formula: "the shift at which the circular correlation of the mean cycles is highest",
    }
    ENSEMBLE_DIFFERENCE {
        name: "ensemble_difference",
        words: "Difference of the mean cycles",
        description: "How far the mean cycles of both sides lie apart: in % of the \
                      reference or of the own mean where the row says %, else in the \
                      unit of the file",
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        compares: Compares::RECORDINGS,
        uses: &[Use::Reliability],
        formula: "sqrt(mean of (L − R)²) of both mean cycles",
    }
    TREND_SYMMETRY {
        name: "trend_symmetry",
        words: "Trend symmetry",
        description: "How alike the shapes of both mean cycles are: 100 % when one is \
                      the other times a number plus a constant, also a mirror image",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        uses: &[Use::Reliability, Use::ShownReliability, Use::Outcome],
        formula: "100 · (1 − variance across over variance along the main axis of the \
                  points of both cycles)",
        source: "Crenshaw & Richards 2006",
    }
    NORMALISED_SYMMETRY_INDEX {
        name: "normalised_symmetry_index",
        words: "Normalised symmetry index",
        description: "Left minus right over the cycle, both scaled to their common \
                      range: −66.7 to 66.7 %, above 0 when the left is larger",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        compares: Compares::PAIRS,
        formula: "both mean cycles brought to 1 … 2 over the range that they have \
                  together, then the mean over 0, 1, … 100 % of 100 · (L − R) / ((L + R) / 2)",
        source: "Gouwanda 2011",
    }
    ENVELOPE_CORRELATION {
        name: "envelope_correlation",
        words: "Correlation of the envelopes",
        description: "How alike the envelopes of both sides run, moved upon each other",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::PAIRS,
        formula: "highest cross-correlation of the envelopes within the longest lag; the \
                  largest of many has no interval, but a limit beside it",
    }
    ENVELOPE_CORRELATION_LIMIT {
        name: "envelope_correlation_limit",
        words: "Limit of the correlation of the envelopes",
        description: "What the highest correlation of independent sides, or of sides that \
                      share nothing but the rhythm of their cycles, exceeds in 5 % of cases",
        kind: MeasureKind::Correlation,
        unit: Dimension::Fixed("1"),
        compares: Compares::PAIRS,
        formula: "95th percentile of the highest correlation where one side is moved round \
                  against the other, or has the strengths of its cycles exchanged",
    }
    ENVELOPE_LAG {
        name: "envelope_lag",
        words: "Lag of the envelopes",
        description: "How much later the right side is",
        kind: MeasureKind::Latency,
        unit: Dimension::Fixed("s"),
        compares: Compares::PAIRS,
        uses: &[Use::Distribution(6)],
        formula: "the lag of the highest cross-correlation, refined by a parabola",
    }
}

/// What the page says of left and right.
pub const SECTION: Section = Section {
    place: 6,
    title: "Left and right",
    analyses: &["symmetry"],
    tables: &[&[
        "difference.burst_onset_percent",
        "difference.burst_peak_percent",
        ENSEMBLE_CORRELATION.name,
        ENSEMBLE_LAG.name,
        TREND_SYMMETRY.name,
        ENVELOPE_CORRELATION.name,
        ENVELOPE_LAG.name,
    ]],
    rare: false,
    lead: "Left and right beside each other. Amplitude also differs through skin and \
           electrode placement alone, so no side is named in volts or hertz, only in \
           activation and time; read a difference beside how much each side varies \
           within itself.",
};
