//! What is known of the measures that are a statistic of a quantity: `mdf_slope`.
//!
//! What a quantity is stands once, in its constant; what a statistic is stands once, in
//! the macro [`statistics`]; which quantity has which statistic stands in the lists of
//! [`Quantity`].

use super::Quantity;
use crate::outcome::fact::{Compares, Dimension, Fact, MeasureKind, Part, Relative, Use};

/// The facts of the statistics of a quantity.
#[derive(Debug)]
pub(in crate::analysis) struct Statistics {
    /// The name of the quantity, without a statistic.
    pub(in crate::analysis) name: &'static str,
    /// The mean over the epochs; its unit is that of the quantity.
    pub(in crate::analysis) mean: Fact,
    /// The change per second.
    pub(in crate::analysis) slope: Fact,
    /// The same in per cent of the beginning.
    pub(in crate::analysis) slope_normalised: Fact,
    /// The change per second that single epochs do not move.
    pub(in crate::analysis) slope_theil_sen: Fact,
    /// The last epochs over the first.
    pub(in crate::analysis) ratio: Fact,
    /// The same as a change in per cent.
    pub(in crate::analysis) change: Fact,
    /// When its line has fallen by a share.
    pub(in crate::analysis) time_to_drop: Fact,
    /// The share of the area that was lost.
    pub(in crate::analysis) area_ratio: Fact,
    /// When its course turns.
    pub(in crate::analysis) turn: Fact,
    /// Its normalised slope on the left minus that on the right.
    pub(in crate::analysis) difference: Part,
}

/// Unit and unit per second.
type Units = [Dimension; 2];

const HERTZ: Units = [Dimension::Fixed("Hz"), Dimension::Fixed("Hz/s")];
const SAMPLES: Units = [Dimension::Samples, Dimension::SamplesPerSecond];
const PERCENT: Units = [Dimension::Fixed("%"), Dimension::Fixed("%/s")];
const ONE: Units = [Dimension::Fixed("1"), Dimension::Fixed("1/s")];
const PERCENT_PER_SECOND: Dimension = PERCENT[1];
const SECONDS: Dimension = Dimension::Fixed("s");

const RELIABLE: &[Use] = &[Use::Reliability];
const COMPARED: &[Use] = &[Use::Comparison];

/// The statistics of a quantity, and what some of them are used for.
macro_rules! statistics {
    (
        $name:literal, $title:literal, $words:literal;
        $kind:expr, $units:expr, $relative:expr, $compares:expr;
        $formula:literal, $source:literal;
        $($statistic:ident: $uses:expr),* $(,)?
    ) => {{
        const LEVEL: Fact = Fact {
            relative_to: $relative,
            compares: $compares,
            ..Fact::PLAIN
        };
        const SHAPE: Fact = Fact { compares: Compares::ALL, ..Fact::PLAIN };

        #[allow(unused_mut, reason = "some quantities are used for nothing more")]
        let mut facts = Statistics {
            name: $name,
            mean: Fact {
                name: concat!($name, "_mean"),
                words: $title,
                description: concat!($title, " of an epoch, in the mean of those used"),
                kind: $kind,
                unit: $units[0],
                formula: concat!("mean over the used epochs of: ", $formula),
                source: $source,
                ..LEVEL
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
                    "slope of the least squares line over the centres of the used epochs, \
                     of: ",
                    $formula
                ),
                source: $source,
                ..LEVEL
            },
            slope_normalised: Fact {
                name: concat!($name, "_slope_normalised"),
                words: concat!("Slope of ", $words, ", normalised"),
                description: concat!(
                    $title,
                    ": change per second in per cent of the value at the beginning"
                ),
                kind: MeasureKind::Slope,
                unit: PERCENT_PER_SECOND,
                formula: concat!(
                    "100 · slope / intercept of the least squares line from the beginning \
                     of the first used epoch on, with the interval by Fieller, of: ",
                    $formula
                ),
                source: "Fieller 1954",
                ..SHAPE
            },
            slope_theil_sen: Fact {
                name: concat!($name, "_slope_theil_sen"),
                words: concat!("Slope of ", $words, " (Theil–Sen)"),
                description: concat!(
                    $title,
                    ": change per second, by a line that single odd epochs do not move"
                ),
                kind: MeasureKind::Slope,
                unit: $units[1],
                formula: concat!(
                    "median of the slopes between any two used epochs that share no \
                     samples, of: ",
                    $formula
                ),
                source: "Theil 1950; Sen 1968; Mann 1945; Kendall 1975",
                ..LEVEL
            },
            ratio: Fact {
                name: concat!($name, "_ratio"),
                words: concat!($title, ", last over first"),
                description: concat!(
                    $title,
                    ": the end of the recording over its beginning, 1 for no change"
                ),
                kind: MeasureKind::Ratio,
                formula: concat!(
                    "of the last tenth of the used epochs (at least three) over that of \
                     the first: ",
                    $formula
                ),
                source: $source,
                ..SHAPE
            },
            change: Fact {
                name: concat!($name, "_change"),
                words: concat!("Change of ", $words),
                description: concat!(
                    $title,
                    ": how far the last tenth of the epochs lies above the first"
                ),
                kind: MeasureKind::Ratio,
                unit: PERCENT[0],
                formula: concat!(
                    "100 · (mean of the last tenth of the used epochs, at least three / \
                     mean of the first − 1), with an interval that knows how the epochs \
                     wander, of: ",
                    $formula
                ),
                source: $source,
                ..SHAPE
            },
            time_to_drop: Fact {
                name: concat!($name, "_time_to_drop"),
                words: concat!("Time to a drop of ", $words),
                description: concat!(
                    $title,
                    ": when its line has fallen by analysis.fatigue.drop_percent"
                ),
                kind: MeasureKind::Time,
                unit: SECONDS,
                formula: concat!(
                    "−drop_percent / 100 · intercept / slope of the least squares line \
                     where it falls beyond chance, of: ",
                    $formula
                ),
                ..SHAPE
            },
            area_ratio: Fact {
                name: concat!($name, "_area_ratio"),
                words: concat!("Area ratio of ", $words),
                description: concat!(
                    $title,
                    ": share of the area below the value at the beginning that was lost"
                ),
                kind: MeasureKind::Ratio,
                formula: concat!(
                    "1 − area below the course by trapezoids / area below the intercept of \
                     the least squares line, of: ",
                    $formula
                ),
                source: "Merletti et al. 1991",
                ..SHAPE
            },
            turn: Fact {
                name: concat!($name, "_turn"),
                words: concat!("Turn of ", $words),
                description: concat!(
                    $title,
                    ": when its course turns from one straight line to another"
                ),
                kind: MeasureKind::Time,
                unit: SECONDS,
                formula: concat!(
                    "where two lines meet that fit best by least squares, if the test for \
                     a turn has p below 0.05, of: ",
                    $formula
                ),
                source: "Hudson 1966; Davies 1987",
                ..Fact::PLAIN
            },
            difference: Part {
                name: concat!($name, "_slope_normalised"),
                words: concat!("slope of ", $words, ", normalised"),
                uses: RELIABLE, compares: None
            },
        };
        $(facts.$statistic.uses = $uses;)*
        facts
    }};
}

const MNF: Statistics = statistics! {
    "mnf", "Mean frequency", "mean frequency";
    MeasureKind::Frequency, HERTZ, Relative::Nothing, Compares::RECORDINGS;
    "M1/M0 of the power spectrum of the epoch within the band", "";
    slope_normalised: COMPARED,
};

pub(in crate::analysis) const MDF: Statistics = statistics! {
    "mdf", "Median frequency", "median frequency";
    MeasureKind::Frequency, HERTZ, Relative::Nothing, Compares::RECORDINGS;
    "frequency that halves the power of the epoch within the band", "";
    mean: &[Use::Distribution(3)],
    slope: &[Use::Main(4)],
    slope_normalised: &[
        Use::Headline(2),
        Use::Distribution(4),
        Use::Comparison,
        Use::ShownComparison,
        Use::Outcome,
        Use::Opening(1),
    ],
    change: &[Use::Outcome],
};

const ARV: Statistics = statistics! {
    "arv", "Average rectified value", "average rectified value";
    MeasureKind::Level, SAMPLES, Relative::Samples, Compares::RECORDINGS;
    "mean of |x| over the epoch", "";
    slope_normalised: COMPARED,
};

pub(in crate::analysis) const RMS: Statistics = statistics! {
    "rms", "RMS", "RMS";
    MeasureKind::Level, SAMPLES, Relative::Samples, Compares::RECORDINGS;
    "sqrt(mean of x²) over the epoch", "";
    slope_normalised: &[Use::Comparison, Use::Outcome],
};

const ACTIVATION: Statistics = statistics! {
    "activation", "Activation", "activation";
    MeasureKind::Level, PERCENT, Relative::Reference, Compares::ALL;
    "100 · mean of the envelope over the epoch / reference", "Besomi et al. 2020";
    slope: RELIABLE,
    slope_normalised: RELIABLE,
    change: RELIABLE,
};

const WHITENED_RMS: Statistics = statistics! {
    "whitened_rms", "Whitened RMS", "whitened RMS";
    MeasureKind::Level, SAMPLES, Relative::Samples, Compares::RECORDINGS;
    "root mean square of what an autoregressive model of order 4 cannot predict, scaled to \
     the RMS of the epoch that the model was fitted to",
    "Clancy & Hogan 1994";
};

const INSTANTANEOUS_MNF: Statistics = statistics! {
    "instantaneous_mnf", "Instantaneous mean frequency", "instantaneous mean frequency";
    MeasureKind::Frequency, HERTZ, Relative::Nothing, Compares::RECORDINGS;
    "mean over the columns of a spectrogram (Hann, 0.256 s, three quarters overlapped) of \
     their mean frequencies within the band",
    "";
};

const PEAK_FREQUENCY: Statistics = statistics! {
    "peak_frequency", "Peak frequency", "peak frequency";
    MeasureKind::Frequency, HERTZ, Relative::Nothing, Compares::RECORDINGS;
    "frequency of the highest power density of the epoch within the band", "";
};

const SPECTRAL_ENTROPY: Statistics = statistics! {
    "spectral_entropy", "Spectral entropy", "spectral entropy";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::RECORDINGS;
    "Shannon entropy of the power densities of the epoch within the band over the largest \
     that it can be: 0 for one line, 1 for a flat band",
    "";
};

const LOW_HIGH_RATIO: Statistics = statistics! {
    "low_high_ratio", "Low over high frequencies", "low over high frequencies";
    MeasureKind::Ratio, ONE, Relative::Nothing, Compares::RECORDINGS;
    "power of the epoch in the first over that in the second band of \
     analysis.fatigue.ratio_bands_hz",
    "Moxham et al. 1982";
};

const FINSM2: Statistics = statistics! {
    "finsm2", "FInsm2", "FInsm2";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "M-1/M2 of their mean power spectrum within the band", "Dimitrov et al. 2006";
};

const FINSM3: Statistics = statistics! {
    "finsm3", "FInsm3", "FInsm3";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "M-1/M3 of their mean power spectrum within the band", "Dimitrov et al. 2006";
};

const FINSM4: Statistics = statistics! {
    "finsm4", "FInsm4", "FInsm4";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "M-1/M4 of their mean power spectrum within the band", "Dimitrov et al. 2006";
};

pub(in crate::analysis) const FINSM5: Statistics = statistics! {
    "finsm5", "FInsm5", "FInsm5";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "M-1/M5 of their mean power spectrum within the band", "Dimitrov et al. 2006";
    ratio: &[Use::Outcome],
};

const WIRE51: Statistics = statistics! {
    "wire51", "Wavelet index WIRE51", "wavelet index WIRE51";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "mean of the energy of the wavelet details D5 over that of D1 (sym5)",
    "González-Izal et al. 2010";
};

const WIRM1551: Statistics = statistics! {
    "wirm1551", "Wavelet index WIRM1551", "wavelet index WIRM1551";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "mean of M-1 of the wavelet details D5 over M5 of D1 (sym5)",
    "González-Izal et al. 2010";
};

const WIRM1522: Statistics = statistics! {
    "wirm1522", "Wavelet index WIRM1522", "wavelet index WIRM1522";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "mean of M-1 of the wavelet details D5 over M2 of D2 (sym5)",
    "González-Izal et al. 2010";
};

const WIRM1M51: Statistics = statistics! {
    "wirm1m51", "Wavelet index WIRM1M51", "wavelet index WIRM1M51";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "mean of M-1 of the wavelet details with the most energy over M5 of D1 (sym5)",
    "González-Izal et al. 2010";
};

const WIRW51: Statistics = statistics! {
    "wirw51", "Wavelet index WIRW51", "wavelet index WIRW51";
    MeasureKind::Index, ONE, Relative::Nothing, Compares::NOTHING;
    "mean of the waveform length of the wavelet details D5 over that of D1 (db5)",
    "González-Izal et al. 2010";
};

impl Quantity {
    /// What is known of its statistics.
    pub(in crate::analysis) const fn statistics(self) -> &'static Statistics {
        match self {
            Self::Mnf => &MNF,
            Self::Mdf => &MDF,
            Self::Arv => &ARV,
            Self::Rms => &RMS,
            Self::Envelope => &ACTIVATION,
            Self::WhitenedRms => &WHITENED_RMS,
            Self::InstantaneousMnf => &INSTANTANEOUS_MNF,
            Self::PeakFrequency => &PEAK_FREQUENCY,
            Self::SpectralEntropy => &SPECTRAL_ENTROPY,
            Self::LowHighRatio => &LOW_HIGH_RATIO,
            Self::Finsm2 => &FINSM2,
            Self::Finsm3 => &FINSM3,
            Self::Finsm4 => &FINSM4,
            Self::Finsm5 => &FINSM5,
            Self::Wire51 => &WIRE51,
            Self::Wirm1551 => &WIRM1551,
            Self::Wirm1522 => &WIRM1522,
            Self::Wirm1m51 => &WIRM1M51,
            Self::Wirw51 => &WIRW51,
        }
    }
}
