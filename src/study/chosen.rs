//! Which measures a study compares, shows and summarises.

use super::{MeasureRow, Reliability, VisitComparison};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure};

/// The measures of which later visits are compared with the first: relative ones, because
/// volts of different days and electrodes compare nothing.
const COMPARED: [&str; 9] = [
    "mnf_slope_normalised",
    "mdf_slope_normalised",
    "arv_slope_normalised",
    "rms_slope_normalised",
    "gait_asymmetry.cycle_mean",
    "gait_asymmetry.cycle_peak",
    "gait_asymmetry.burst_duration",
    "difference.burst_onset_percent",
    "difference.burst_peak_percent",
];

/// Those of them that the page shows; the others stand in the table.
const SHOWN_COMPARED: [&str; 1] = ["mdf_slope_normalised"];

/// The beginnings of the measures whose reliability is told: those that compare sides or
/// times and need no volts.
const RELIABLE: [&str; 8] = [
    "gait_asymmetry.",
    "difference.",
    "ensemble_",
    "trend_symmetry",
    "burst_",
    "activation_",
    "falconer_winter",
    "soleus_gastrocnemius_ratio",
];

/// Those of them that the page shows; the others stand in the table.
const SHOWN_BETWEEN_VISITS: [&str; 4] = [
    "gait_asymmetry.cycle_mean",
    "difference.burst_onset_percent",
    "trend_symmetry",
    "activation_peak",
];

/// The numbers of a session that are shown at a glance, in their order.
pub(super) const AT_A_GLANCE: [&str; 3] =
    ["symmetry_index.envelope_mean", "mdf_slope_normalised", "activation_peak"];

/// The measures whose distributions are shown, in their order.
const DISTRIBUTED: [&str; 7] = [
    "activation_peak",
    "envelope_mean",
    "mdf_mean",
    "mdf_slope_normalised",
    "symmetry_index.envelope_mean",
    "envelope_lag",
    "snr",
];

/// Whether later visits are compared in a measure.
pub(super) fn is_compared(measure: &str) -> bool {
    COMPARED.contains(&measure)
}

/// Whether the page shows a comparison: it rests on epochs enough to say something.
pub fn is_shown_compared(comparison: &VisitComparison) -> bool {
    SHOWN_COMPARED.contains(&&*comparison.measure)
        && comparison.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND as u64)
}

/// Whether the reliability of a measure is told. What is relative to a recording's own
/// peak compares no recordings.
pub(super) fn is_reliable(row: &MeasureRow) -> bool {
    let is_own = row.note.as_ref().is_some_and(|note| note.contains("own peak"));
    RELIABLE.iter().any(|name| row.measure.starts_with(name)) && !is_own
}

/// Whether the page shows how a measure differs between visits.
pub fn is_shown_between_visits(reliability: &Reliability) -> bool {
    SHOWN_BETWEEN_VISITS.contains(&&*reliability.measure)
}

/// Whether a measure has the epochs that it needs to stand alone.
pub(super) fn has_its_epochs(measure: &Measure) -> bool {
    !measure.name.contains("slope") || measure.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND)
}

/// The place of a measure among those whose distributions are shown.
pub(super) fn place_of_distribution(measure: &str) -> Option<usize> {
    DISTRIBUTED.iter().position(|name| *name == measure)
}

/// Whether the distribution of a measure over the study is shown.
pub(super) fn is_distributed(measure: &str) -> bool {
    place_of_distribution(measure).is_some()
}
