//! The epochs of a channel: which of them are looked at, and how irregular each is.

use super::super::fatigue::{self, EpochState, judged, windows};
use super::super::picture;
use super::super::scan::Scan;
use super::{Complexity, LEAST_SAMPLES};
use crate::dsp::complexity::{
    FuzzyEntropy, RecurrencePlot, Similarity, deviation, dfa_exponent, dfa_scales,
    higuchi_dimension, sample_entropy,
};
use crate::dsp::regression::Line;
use crate::units::Unit;

/// The epochs of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexityCourse {
    /// The epochs in order, those that were left out included.
    pub epochs: Vec<ComplexityEpoch>,
    /// The length of an epoch in samples.
    pub samples: usize,
    /// The gaps of `clean` on the file's own clock.
    pub(super) gaps_s: Vec<(f64, f64)>,
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComplexityEpoch {
    /// Its centre in seconds after the first sample of the channel.
    pub time_s: f64,
    /// Whether it can be used, or why not.
    pub state: EpochState,
    /// The share of its samples that are clipped, 0 … 1.
    pub clipped_share: f64,
    /// Its root mean square, in the unit of the channel (0 when it holds a gap).
    pub rms: f64,
    /// Its indices; `None` when it was left out, or passed over because there are more
    /// than are looked at.
    pub indices: Option<Indices>,
}

/// How irregular an epoch is. An index that does not exist is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indices {
    /// Sample entropy in nats.
    pub sample_entropy: Option<f64>,
    /// Fuzzy entropy in nats.
    pub fuzzy_entropy: Option<f64>,
    /// The exponent of detrended fluctuation analysis.
    pub dfa_exponent: Option<f64>,
    /// The recurrence rate in per cent.
    pub recurrence_rate: Option<f64>,
    /// The share of recurring points in lines, in per cent.
    pub recurrence_determinism: Option<f64>,
    /// Higuchi's fractal dimension.
    pub higuchi_dimension: Option<f64>,
}

/// What is followed over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplexityIndex {
    /// Sample entropy.
    SampleEntropy,
    /// Fuzzy entropy.
    FuzzyEntropy,
    /// The exponent of detrended fluctuation analysis.
    DfaExponent,
    /// The recurrence rate.
    RecurrenceRate,
    /// The determinism of recurrence.
    RecurrenceDeterminism,
    /// Higuchi's fractal dimension.
    HiguchiDimension,
}

impl ComplexityIndex {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::SampleEntropy,
        Self::FuzzyEntropy,
        Self::DfaExponent,
        Self::RecurrenceRate,
        Self::RecurrenceDeterminism,
        Self::HiguchiDimension,
    ];

    /// Its name in tables, without what is made of it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its unit.
    pub fn unit(self) -> Unit {
        self.facts().mean.unit.unit(&Unit::NONE)
    }

    /// Its value in an epoch.
    pub fn value(self, indices: &Indices) -> Option<f64> {
        match self {
            Self::SampleEntropy => indices.sample_entropy,
            Self::FuzzyEntropy => indices.fuzzy_entropy,
            Self::DfaExponent => indices.dfa_exponent,
            Self::RecurrenceRate => indices.recurrence_rate,
            Self::RecurrenceDeterminism => indices.recurrence_determinism,
            Self::HiguchiDimension => indices.higuchi_dimension,
        }
    }

    /// Why an epoch has no value.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::SampleEntropy => "no templates are alike within the tolerance",
            Self::FuzzyEntropy => "no templates are similar at this tolerance",
            Self::DfaExponent => {
                "its fluctuations have no logarithm, or there are fewer than three lengths of boxes"
            }
            Self::RecurrenceRate => "it does not vary",
            Self::RecurrenceDeterminism => "nothing recurs within the radius",
            Self::HiguchiDimension => {
                "it does not vary, or has fewer than two samples a lag"
            }
        }
    }
}

impl ComplexityCourse {
    /// How many epochs are in a state.
    pub fn count(&self, state: EpochState) -> usize {
        self.epochs.iter().filter(|epoch| epoch.state == state).count()
    }

    /// The epochs that were looked at.
    pub fn looked_at(&self) -> impl Iterator<Item = (f64, &Indices)> + Clone {
        self.epochs
            .iter()
            .filter_map(|epoch| Some((epoch.time_s, epoch.indices.as_ref()?)))
    }

    /// Times and values of an index in the epochs that have one.
    pub fn values(&self, index: ComplexityIndex) -> (Vec<f64>, Vec<f64>) {
        self.looked_at()
            .filter_map(|(time_s, indices)| Some((time_s, index.value(indices)?)))
            .unzip()
    }

    /// The change of an index over time; `None` for fewer than three epochs that have it.
    pub fn line(&self, index: ComplexityIndex) -> Option<Line> {
        let (times, values) = self.values(index);
        Line::fit(&times, &values)
    }
}

impl Complexity {
    /// The epochs of a channel that was looked at already.
    pub(in crate::analysis) fn course_of(&self, scan: &Scan<'_>) -> ComplexityCourse {
        let trace = scan.trace;
        let samples = trace.rate.samples(self.epoch_s).max(1);
        let epochs =
            judged(scan, windows(trace.clean.len(), samples, samples), self.quiet_share);
        let used = epochs.iter().filter(|epoch| epoch.state == EpochState::Used).count();
        let enough = samples >= LEAST_SAMPLES && !scan.silent;
        let recurrence = self.recurrence.at(trace.rate);
        let mut rank = 0;
        let look = |epoch: fatigue::Epoch| {
            let is_used = epoch.state == EpochState::Used;
            let chosen = is_used && enough && chosen(rank, used, self.most_epochs);
            rank += usize::from(is_used);
            let rms = epoch.value(fatigue::Quantity::Rms).unwrap_or(0.0);
            let indices = chosen
                .then(|| self.indices(&trace.clean[epoch.span.clone()], &recurrence));
            let fatigue::Epoch { time_s, state, clipped_share, .. } = epoch;
            ComplexityEpoch { time_s, state, clipped_share, rms, indices }
        };
        let epochs = epochs.into_iter().map(look).collect();
        let gaps_s = picture::gaps(trace, &scan.clean_stretches, trace.clean.len());
        ComplexityCourse { epochs, samples, gaps_s }
    }

    fn indices(&self, samples: &[f64], recurrence: &RecurrencePlot) -> Indices {
        let tolerance = deviation(samples).map(|spread| self.tolerance * spread);
        let fuzzy = |tolerance| FuzzyEntropy {
            dimension: self.dimension,
            tolerance,
            exponent: self.fuzzy_exponent,
            similarity: Similarity::Relative,
        };
        let lines = recurrence.measure(samples);
        Indices {
            sample_entropy: tolerance
                .and_then(|tolerance| sample_entropy(samples, self.dimension, tolerance)),
            fuzzy_entropy: tolerance
                .and_then(|tolerance| fuzzy(tolerance).measure(samples)),
            dfa_exponent: dfa_exponent(samples, &dfa_scales(samples.len())),
            recurrence_rate: lines.as_ref().map(|lines| lines.recurrence_rate()),
            recurrence_determinism: lines.and_then(|lines| lines.determinism()),
            higuchi_dimension: higuchi_dimension(samples, self.higuchi_kmax),
        }
    }
}

/// Whether the epoch of a rank among `used` ones is among the `most` that are evenly
/// spaced from the first to the last.
fn chosen(rank: usize, used: usize, most: usize) -> bool {
    // The k-th of them has the rank k·(used − 1)/(most − 1), rounded down: one is there
    // when the quotient steps.
    let steps = |rank: usize| (rank * (most - 1)).div_ceil(used - 1);
    used <= most || steps(rank) < steps(rank + 1) || rank + 1 == used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_chosen_evenly() {
        let ranks = |used, most| {
            (0..used).filter(|&rank| chosen(rank, used, most)).collect::<Vec<_>>()
        };
        assert_eq!(ranks(5, 10), [0, 1, 2, 3, 4]);
        assert_eq!(ranks(9, 3), [0, 4, 8]);
        for (used, most) in
            [(61, 60), (119, 60), (120, 60), (1800, 60), (4, 3), (1000, 7)]
        {
            let found = ranks(used, most);
            assert_eq!(
                (found.len(), found[0], found[most - 1]),
                (most, 0, used - 1),
                "{used} {most}"
            );
            let steps: Vec<usize> =
                found.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(
                steps.iter().max().unwrap() - steps.iter().min().unwrap() <= 1,
                "{steps:?}"
            );
        }
    }
}
