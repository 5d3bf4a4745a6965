//! The words for people: measures, analyses, verdicts and sources by the names that a
//! reader knows.

use crate::analysis::dictionary;
use crate::outcome::{Section, Verdict};
use crate::session::Role;
use crate::signal::{RateSource, Side};
use crate::words::{capitalised, lowered};

/// What a measure is called in a report; an unknown one keeps its own name, with blanks.
pub(crate) fn measure(name: &str) -> String {
    if let Some(known) = dictionary::known(name) {
        return known.words();
    }
    if let Some((formula, quantity)) = name.split_once('.') {
        return format!("{}: {}", measure(formula), lowered(&measure(quantity)));
    }
    let slope = || {
        let mean =
            name.strip_suffix("_slope").map(|quantity| format!("{quantity}_mean"))?;
        known(&mean).map(|words| format!("Slope of {}", lowered(words)))
    };
    let words = known(name).map(str::to_owned).or_else(slope);
    words.unwrap_or_else(|| capitalised(&name.replace('_', " ")))
}

fn known(name: &str) -> Option<&'static str> {
    MEASURES.iter().find(|(known, _)| *known == name).map(|(_, words)| *words)
}

/// Measures and what they are called.
static MEASURES: &[(&str, &str)] = &[
    ("mnf_mean", "Mean frequency"),
    ("mdf_mean", "Median frequency"),
    ("mnf_slope", "Slope of mean frequency"),
    ("mdf_slope", "Slope of median frequency"),
    ("arv_slope", "Slope of average rectified value"),
    ("rms_slope", "Slope of RMS"),
    ("mnf_slope_normalised", "Slope of mean frequency, normalised"),
    ("mdf_slope_normalised", "Slope of median frequency, normalised"),
    ("arv_slope_normalised", "Slope of average rectified value, normalised"),
    ("rms_slope_normalised", "Slope of RMS, normalised"),
    ("finsm2_ratio", "FInsm2, last over first"),
    ("finsm3_ratio", "FInsm3, last over first"),
    ("finsm4_ratio", "FInsm4, last over first"),
    ("finsm5_ratio", "FInsm5, last over first"),
    ("wire51_ratio", "Wavelet index WIRE51, last over first"),
    ("wirm1551_ratio", "Wavelet index WIRM1551, last over first"),
    ("wirm1522_ratio", "Wavelet index WIRM1522, last over first"),
    ("wirm1m51_ratio", "Wavelet index WIRM1M51, last over first"),
    ("wirw51_ratio", "Wavelet index WIRW51, last over first"),
    ("instantaneous_mnf_mean", "Instantaneous mean frequency"),
    ("peak_frequency_mean", "Peak frequency"),
    ("spectral_entropy_mean", "Spectral entropy"),
    ("low_high_ratio_mean", "Low over high frequencies"),
    ("activation_slope", "Slope of activation"),
    ("activation_slope_normalised", "Slope of activation, normalised"),
    ("whitened_rms_slope", "Slope of whitened RMS"),
    ("whitened_rms_slope_normalised", "Slope of whitened RMS, normalised"),
    ("mnf_slope_theil_sen", "Slope of mean frequency (Theil–Sen)"),
    ("mdf_slope_theil_sen", "Slope of median frequency (Theil–Sen)"),
    ("arv_slope_theil_sen", "Slope of average rectified value (Theil–Sen)"),
    ("rms_slope_theil_sen", "Slope of RMS (Theil–Sen)"),
    ("mnf_change", "Change of mean frequency"),
    ("mdf_change", "Change of median frequency"),
    ("arv_change", "Change of average rectified value"),
    ("rms_change", "Change of RMS"),
    ("activation_change", "Change of activation"),
    ("whitened_rms_change", "Change of whitened RMS"),
    ("instantaneous_mnf_change", "Change of instantaneous mean frequency"),
    ("peak_frequency_change", "Change of peak frequency"),
    ("spectral_entropy_change", "Change of spectral entropy"),
    ("low_high_ratio_change", "Change of low over high frequencies"),
    ("mnf_time_to_drop", "Time to a drop of mean frequency"),
    ("mdf_time_to_drop", "Time to a drop of median frequency"),
    ("mnf_area_ratio", "Area ratio of mean frequency"),
    ("mdf_area_ratio", "Area ratio of median frequency"),
    ("mnf_turn", "Turn of mean frequency"),
    ("mdf_turn", "Turn of median frequency"),
    ("jasa_amplitude", "JASA: change of RMS"),
    ("jasa_frequency", "JASA: change of median frequency"),
    ("jasa_angle", "JASA: direction"),
    ("difference", "Left minus right"),
    ("epoch_count", "Epochs used"),
    ("noisy_epoch_count", "Epochs with much noise"),
    ("burst_count", "Bursts"),
    ("duty_cycle", "Active time"),
    ("burst_rate", "Bursts per minute"),
    ("burst_rate_in_bouts", "Bursts per minute within bouts"),
    ("cadence", "Cadence"),
    ("burst_interval_variation", "Variation of the times between bursts"),
    ("burst_duration_mean", "Mean duration of bursts"),
    ("longest_rest", "Longest rest"),
    ("bout_count", "Bouts"),
    ("burst_peak_decline", "Change of the peak from burst to burst"),
    ("agreement_mean", "Agreement of the detectors"),
    ("activation_p10", "Activation below which 10 % of the time lies"),
    ("activation_p50", "Median activation"),
    ("activation_p90", "Activation below which 90 % of the time lies"),
    ("pause_rate", "Pauses per minute"),
    ("repetition_count", "Repetitions"),
    ("repetition_cadence", "Cadence of repetitions"),
    ("repetition_interval_variation", "Variation of the times between repetitions"),
    ("repetition_decline", "Change of the peak from repetition to repetition"),
    ("contraction_count", "Contractions"),
    ("sample_entropy_mean", "Sample entropy"),
    ("fuzzy_entropy_mean", "Fuzzy entropy"),
    ("dfa_exponent_mean", "Fluctuation exponent (DFA)"),
    ("recurrence_rate_mean", "Recurrence rate"),
    ("recurrence_determinism_mean", "Determinism"),
    ("higuchi_dimension_mean", "Fractal dimension (Higuchi)"),
];

/// The sections of a recording whose place is fixed: what was recorded before what was
/// made of it.
static SECTIONS: &[Section] = &[
    Section {
        place: 3,
        title: "Course over time",
        analyses: &["fatigue"],
        tables: &[&[
            "contraction_count",
            "mdf_mean",
            "mdf_slope_normalised",
            "mdf_change",
            "rms_slope_normalised",
            "finsm5_ratio",
        ]],
        lead: "How frequency and amplitude change during the recording, epoch by epoch: in windows of a hold, or one \
               epoch a contraction. They also follow force, joint angle and muscle length, so that the change is no \
               finding about the muscle alone unless these stayed the same.",
    },
    Section {
        place: 4,
        title: "Complexity",
        analyses: &["complexity"],
        tables: &[&[
            "sample_entropy_mean",
            "fuzzy_entropy_mean",
            "recurrence_determinism_mean",
            "dfa_exponent_mean",
            "higuchi_dimension_mean",
        ]],
        lead: "How irregular the signal is. The entropies and the fractal dimension rise with irregularity, determinism \
               and the fluctuation exponent fall; all of them follow the spectrum.",
    },
];

/// The sections of the page, in its order.
pub(crate) fn sections() -> Vec<Section> {
    let mut sections: Vec<Section> =
        dictionary::sections().chain(SECTIONS.iter().copied()).collect();
    sections.sort_by_key(|section| section.place);
    sections
}

/// What an analysis without a fixed place is called.
pub(crate) fn analysis(name: &str) -> String {
    let name = name.replace('_', " ");
    if name == "h reflex" { "H-reflex".to_owned() } else { capitalised(&name) }
}

/// A verdict as a chip: sign, word and the name of its style. Never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Chip {
    /// A sign that can be told apart in black and white.
    pub(crate) sign: &'static str,
    /// The word.
    pub(crate) word: &'static str,
    /// The name of the style.
    pub(crate) style: &'static str,
}

impl Chip {
    /// A recording that was not processed.
    pub(crate) const FAILED: Self = Self { sign: "✕", word: "not read", style: "bad" };
    /// A recording that was left out.
    pub(crate) const SKIPPED: Self =
        Self { sign: "–", word: "left out", style: "none" };
    /// Nothing to judge.
    pub(crate) const NONE: Self = Self { sign: "–", word: "not judged", style: "none" };

    /// The chip of a verdict.
    pub(crate) fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Good) => Self { sign: "✓", word: "good", style: "good" },
            Some(Verdict::Check) => Self { sign: "!", word: "check", style: "check" },
            Some(Verdict::Bad) => Self { sign: "✕", word: "bad", style: "bad" },
            None => Self::NONE,
        }
    }
}

/// Where a sampling rate came from.
pub(crate) fn rate_source(source: RateSource) -> &'static str {
    match source {
        RateSource::Header => "from the file's header",
        RateSource::TimeColumn => "from the time column",
        RateSource::User => "as told by the user",
    }
}

/// What a recording is for.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Task => "task",
        Role::Mvc => "maximal voluntary contraction",
        Role::Rest => "rest",
        Role::Ignore => "not to be read",
    }
}

/// Muscle and side as a reader says it: `Soleus, left`; empty when neither is known.
pub(crate) fn muscle(name: Option<&str>, side: Option<Side>) -> String {
    match (name, side) {
        (Some(name), Some(side)) => format!("{}, {}", capitalised(name), side.word()),
        (Some(name), None) => capitalised(name),
        (None, Some(side)) => capitalised(side.word()),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_named_for_people() {
        assert_eq!(measure("rms"), "RMS");
        assert_eq!(
            measure("symmetry_index.envelope_mean"),
            "Symmetry index: mean envelope"
        );
        assert_eq!(measure("symmetry_index.rms"), "Symmetry index: RMS");
        assert_eq!(measure("sample_entropy_slope"), "Slope of sample entropy");
        assert_eq!(measure("mnf_slope"), "Slope of mean frequency");
        assert_eq!(
            measure("falconer_winter.stance"),
            "Co-contraction (Falconer & Winter): stance"
        );
        assert_eq!(measure("no_such_measure"), "No such measure");
    }

    #[test]
    fn every_verdict_has_a_sign_of_its_own() {
        let signs = [Verdict::Good, Verdict::Check, Verdict::Bad]
            .map(|verdict| Chip::of(Some(verdict)).sign);
        assert!(signs[0] != signs[1] && signs[1] != signs[2] && signs[0] != signs[2]);
    }
}
