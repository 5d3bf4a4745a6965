//! What is known of the indices, and what the page says of them.
//!
//! What an index is stands once, in its constant; what its mean and its slope are stands
//! once, in the macro [`index`].

use super::ComplexityIndex;
use crate::outcome::Section;
use crate::outcome::fact::{Compares, Dimension, Fact, MeasureKind};

/// The facts of an index.
#[derive(Debug)]
pub(super) struct IndexFacts {
    /// The name of the index, without what is made of it.
    pub(super) name: &'static str,
    /// Its mean over the epochs; the unit is that of the index.
    pub(super) mean: Fact,
    /// Its change per second.
    pub(super) slope: Fact,
}

/// Unit and unit per second.
type Units = [Dimension; 2];

const ONE: Units = [Dimension::Fixed("1"), Dimension::Fixed("1/s")];
const PERCENT: Units = [Dimension::Fixed("%"), Dimension::Fixed("%/s")];

/// Mean and slope of an index.
macro_rules! index {
    (
        $name:literal, $title:literal, $words:literal, $units:expr;
        $description:literal; $formula:literal, $source:literal
    ) => {
        IndexFacts {
            name: $name,
            mean: Fact {
                name: concat!($name, "_mean"),
                words: $title,
                description: $description,
                unit: $units[0],
                formula: concat!("mean over the epochs looked at of: ", $formula),
                source: $source,
                ..COMMON
            },
            slope: Fact {
                name: concat!($name, "_slope"),
                words: concat!("Slope of ", $words),
                description: concat!(
                    $title,
                    ": change per second, by a straight line through the epochs"
                ),
                kind: MeasureKind::Slope,
                unit: $units[1],
                formula: concat!(
                    "slope of the least squares line over the centres of the epochs looked \
                     at, of: ",
                    $formula
                ),
                source: $source,
                ..COMMON
            },
        }
    };
}

/// The indices follow electrodes, sampling rate and filters, so that only recordings of
/// one visit compare.
const COMMON: Fact =
    Fact { kind: MeasureKind::Index, compares: Compares::RECORDINGS, ..Fact::PLAIN };

const SAMPLE_ENTROPY: IndexFacts = index! {
    "sample_entropy", "Sample entropy", "sample entropy", ONE;
    "How seldom short patterns of the signal repeat: high where it is irregular";
    "−ln(pairs of templates of m + 1 samples within r / pairs of m samples within r)",
    "Richman & Moorman 2000"
};

const FUZZY_ENTROPY: IndexFacts = index! {
    "fuzzy_entropy", "Fuzzy entropy", "fuzzy entropy", ONE;
    "How seldom short patterns of the signal resemble each other: high where it is \
     irregular";
    "ln of the mean similarity e^(−(d/r)^p) of templates of m samples, local means removed, \
     minus that of m + 1 samples",
    "Chen et al. 2007"
};

const DFA_EXPONENT: IndexFacts = index! {
    "dfa_exponent", "Fluctuation exponent (DFA)", "fluctuation exponent (DFA)", ONE;
    "How fast the fluctuations of the summed signal grow with time: low where it is \
     irregular";
    "slope of the logarithm of the detrended fluctuation over that of the length of boxes, \
     from 4 samples to an eighth of an epoch",
    "Peng et al. 1994"
};

const RECURRENCE_RATE: IndexFacts = index! {
    "recurrence_rate", "Recurrence rate", "recurrence rate", PERCENT;
    "How often the signal comes back to a state that it was in";
    "100 · pairs of states within the radius / all pairs",
    "Webber & Zbilut 1994"
};

const RECURRENCE_DETERMINISM: IndexFacts = index! {
    "recurrence_determinism", "Determinism", "determinism", PERCENT;
    "How often the signal goes on as it did when it was in that state before: low where it \
     is irregular";
    "100 · recurring pairs in diagonal lines of the shortest length or more / all recurring \
     pairs",
    "Webber & Zbilut 1994"
};

const HIGUCHI_DIMENSION: IndexFacts = index! {
    "higuchi_dimension", "Fractal dimension (Higuchi)", "fractal dimension (Higuchi)", ONE;
    "How rough the curve of the signal is: from 1, smooth, to 2, irregular";
    "slope of the logarithm of the length of the curve over that of 1/lag",
    "Higuchi 1988"
};

impl ComplexityIndex {
    /// What is known of its mean and its slope.
    pub(super) const fn facts(self) -> &'static IndexFacts {
        match self {
            Self::SampleEntropy => &SAMPLE_ENTROPY,
            Self::FuzzyEntropy => &FUZZY_ENTROPY,
            Self::DfaExponent => &DFA_EXPONENT,
            Self::RecurrenceRate => &RECURRENCE_RATE,
            Self::RecurrenceDeterminism => &RECURRENCE_DETERMINISM,
            Self::HiguchiDimension => &HIGUCHI_DIMENSION,
        }
    }
}

const INDICES: usize = ComplexityIndex::ALL.len();

/// The facts of every measure of this analysis.
pub static MEASURES: &[Fact] = &{
    let mut list = [Fact::PLAIN; 2 * INDICES];
    let mut k = 0;
    while k < INDICES {
        list[k] = ComplexityIndex::ALL[k].facts().mean;
        list[INDICES + k] = ComplexityIndex::ALL[k].facts().slope;
        k += 1;
    }
    list
};

/// What the page says of irregularity.
pub const SECTION: Section = Section {
    place: 4,
    title: "Complexity",
    analyses: &["complexity"],
    tables: &[&[
        SAMPLE_ENTROPY.mean.name,
        FUZZY_ENTROPY.mean.name,
        RECURRENCE_DETERMINISM.mean.name,
        DFA_EXPONENT.mean.name,
        HIGUCHI_DIMENSION.mean.name,
    ]],
    rare: true,
    lead: "How irregular the signal is. The entropies and the fractal dimension rise with \
           irregularity, determinism and the fluctuation exponent fall; all of them follow \
           the spectrum.",
};
