//! What is known of the measures of bursts, of the distribution of activation and of
//! repetitions.

use crate::outcome::fact::{Compares, Dimension, MeasureKind, Relative, Use, facts};

const PERCENT: Dimension = Dimension::Fixed("%");
const PER_MINUTE: Dimension = Dimension::Fixed("1/min");
const SECONDS: Dimension = Dimension::Fixed("s");

facts! {
    BURST_COUNT {
        name: "burst_count",
        words: "Bursts",
        description: "How many times the muscle became active; it grows with the length \
                      of the recording",
        kind: MeasureKind::Count,
        compares: Compares::RECORDINGS,
        uses: &[Use::Reliability],
        formula: "number of bursts, those that may reach into a gap or beyond the recording \
                  included",
    }
    DUTY_CYCLE {
        name: "duty_cycle",
        words: "Active time",
        description: "Share of the recorded time in which the muscle was active",
        kind: MeasureKind::Share,
        unit: PERCENT,
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "100 · samples within bursts / samples between gaps",
    }
    BURST_RATE {
        name: "burst_rate",
        words: "Bursts per minute",
        description: "How many bursts begin in a minute of all that was recorded",
        kind: MeasureKind::Frequency,
        unit: PER_MINUTE,
        compares: Compares::ALL,
        uses: &[Use::Reliability],
        formula: "60 · number of bursts / seconds between gaps",
    }
    CADENCE {
        name: "cadence",
        words: "Cadence",
        description: "How many bursts of this muscle a minute has at the usual time from \
                      one to the next: half the steps of a walk",
        kind: MeasureKind::Frequency,
        unit: PER_MINUTE,
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "60 / median of the seconds from onset to onset, none of them across a gap; \
                  the interval lies between two of the sorted times",
        source: "Conover 1999",
    }
    BURST_INTERVAL_VARIATION {
        name: "burst_interval_variation",
        words: "Variation of the times between bursts",
        description: "How unevenly the bursts follow each other",
        kind: MeasureKind::Ratio,
        unit: PERCENT,
        compares: Compares::ALL,
        uses: &[Use::Reliability],
        formula: "100 · standard deviation / mean of the times from onset to onset",
    }
    BURST_DURATION_MEAN {
        name: "burst_duration_mean",
        words: "Mean duration of bursts",
        description: "How long a burst lasts in the mean",
        kind: MeasureKind::Time,
        unit: SECONDS,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "mean of the times from onset to offset of the bursts whose ends were both \
                  recorded, with Student's t interval",
    }
    LONGEST_REST {
        name: "longest_rest",
        words: "Longest rest",
        description: "The longest time without a burst",
        kind: MeasureKind::Time,
        unit: SECONDS,
        compares: Compares::RECORDINGS,
        formula: "maximum of the times before, between and after bursts, none of them across \
                  a gap",
    }
    BOUT_COUNT {
        name: "bout_count",
        words: "Bouts",
        description: "How many times bursts followed each other closely",
        kind: MeasureKind::Count,
        compares: Compares::RECORDINGS,
        formula: "number of runs of bursts with pauses of at most \
                  analysis.activity.longest_pause_s",
    }
    BURST_RATE_IN_BOUTS {
        name: "burst_rate_in_bouts",
        words: "Bursts per minute within bouts",
        description: "How many bursts a minute has while they follow each other closely",
        kind: MeasureKind::Frequency,
        unit: PER_MINUTE,
        compares: Compares::ALL,
        uses: &[Use::Reliability],
        formula: "60 · times from onset to onset within bouts / the seconds that they take",
    }
    BURST_PEAK_DECLINE {
        name: "burst_peak_decline",
        words: "Change of the peak from burst to burst",
        description: "By how much the peak of the envelope changes from one burst to the \
                      next, in per cent of the first",
        kind: MeasureKind::Slope,
        unit: Dimension::Fixed("%/burst"),
        compares: Compares::ALL,
        uses: &[Use::Reliability],
        formula: "100 · s / (median of the peaks − s · median of the numbers), s the \
                  median of all slopes between two whole bursts, the first of which has \
                  the number 0",
        source: "Theil 1950; Sen 1968",
    }
    AGREEMENT_MEAN {
        name: "agreement_mean",
        words: "Agreement of the detectors",
        description: "Which share of the detectors sees a burst, in the mean",
        kind: MeasureKind::Share,
        compares: Compares::ALL,
        formula: "mean over the bursts of the share of detectors that see it",
    }
    ACTIVATION_P10 {
        name: "activation_p10",
        words: "Activation below which 10 % of the time lies",
        short: "Static activation",
        description: "The level that the muscle hardly ever falls below",
        kind: MeasureKind::Level,
        unit: PERCENT,
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "10th percentile of the mean envelope of pieces of 0.1 s, in per cent of \
                  the reference",
        source: "Jonsson 1982",
    }
    ACTIVATION_P50 {
        name: "activation_p50",
        words: "Median activation",
        description: "The level that half of the time lies below",
        kind: MeasureKind::Level,
        unit: PERCENT,
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "median of the mean envelope of pieces of 0.1 s, in per cent of the \
                  reference",
        source: "Jonsson 1982",
    }
    ACTIVATION_P90 {
        name: "activation_p90",
        words: "Activation below which 90 % of the time lies",
        short: "Peak level of activation",
        description: "The level that the muscle seldom exceeds",
        kind: MeasureKind::Level,
        unit: PERCENT,
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "90th percentile of the mean envelope of pieces of 0.1 s, in per cent of \
                  the reference",
        source: "Jonsson 1982",
    }
    PAUSE_RATE {
        name: "pause_rate",
        words: "Pauses per minute",
        description: "How many short rests the muscle has in a minute",
        kind: MeasureKind::Frequency,
        unit: PER_MINUTE,
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "runs of pieces of 0.1 s below analysis.activity.rest_percent of the \
                  reference that last analysis.activity.shortest_rest_s, per minute",
        source: "Veiersted et al. 1990",
    }
    REPETITION_COUNT {
        name: "repetition_count",
        words: "Repetitions",
        description: "How many contractions that look alike, such as heel raises, there are",
        kind: MeasureKind::Count,
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "rises of the slow envelope (3 Hz) to half the way from its 5th to its 98th \
                  percentile and falls to a quarter of it; doubled and weak ones left out",
    }
    REPETITION_CADENCE {
        name: "repetition_cadence",
        words: "Cadence of repetitions",
        description: "How many repetitions a minute has at the usual time from one to the \
                      next",
        kind: MeasureKind::Frequency,
        unit: PER_MINUTE,
        compares: Compares::ALL,
        formula: "60 / median of the seconds from rise to rise; the interval lies between \
                  two of the sorted times",
        source: "Conover 1999",
    }
    REPETITION_INTERVAL_VARIATION {
        name: "repetition_interval_variation",
        words: "Variation of the times between repetitions",
        description: "How unevenly the repetitions follow each other",
        kind: MeasureKind::Ratio,
        unit: PERCENT,
        compares: Compares::ALL,
        formula: "100 · standard deviation / mean of the times from rise to rise",
    }
    REPETITION_DECLINE {
        name: "repetition_decline",
        words: "Change of the peak from repetition to repetition",
        description: "By how much the peak of the slow envelope changes from one repetition \
                      to the next, in per cent of the first",
        kind: MeasureKind::Slope,
        unit: Dimension::Fixed("%/rep"),
        compares: Compares::ALL,
        uses: &[Use::Outcome],
        formula: "100 · median of all slopes between two repetitions / the value of that \
                  line at the first repetition",
        source: "Theil 1950; Sen 1968",
    }
}
