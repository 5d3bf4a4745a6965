//! Normalisation: the reference of each channel, and the envelope in per cent of it.
//!
//! The reference is the same statistic as what it divides: the task's own envelope.
//! Values above 100 % are possible and never clipped (methods: CEDE
//! amplitude-normalisation matrix, Besomi et al. 2020).

use std::collections::BTreeMap;

use crate::analysis::Digest;
use crate::dsp::stats::{SampleSummary, extremes};
use crate::recipe::{Normalisation, Reference};
use crate::signal::{Label, Trace};
use crate::units::Unit;

/// The reference of every channel of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct References {
    by_name: BTreeMap<String, ReferenceLevel>,
}

/// What one channel of one recording says of its reference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReferenceLevel {
    label: Label,
    unit: Unit,
    value: f64,
    /// Sum and count, for the mean.
    sum: f64,
    count: usize,
    recording: String,
}

impl References {
    /// The references that the levels of a session's recordings give.
    pub(super) fn choose(
        levels: impl IntoIterator<Item = ReferenceLevel>,
        settings: &Normalisation,
    ) -> Self {
        let mut references = Self::default();
        for level in levels {
            match references.by_name.get_mut(&level.label.name) {
                Some(known) if known.unit == level.unit => {
                    known.join(level, settings.reference)
                }
                // Two units cannot be compared; the first recording's stands.
                Some(_) => {}
                None => {
                    references.by_name.insert(level.label.name.clone(), level);
                }
            }
        }
        references
    }

    /// Gives every channel that has a reference its level. A flat reference (0) is none.
    pub(super) fn assign(&self, channels: &mut [Digest]) {
        for channel in channels {
            channel.reference = self.level(&channel.label, &channel.unit);
        }
    }

    /// Puts the envelope of every trace that has a reference in per cent of it, in its
    /// own field. A flat reference (0) gives none.
    pub fn scale(&self, traces: &mut [Trace]) {
        for trace in traces {
            let level = self.level(&trace.label, &trace.unit);
            trace.activation = level.map(|level| {
                trace.envelope.iter().map(|&value| 100.0 * (value / level)).collect()
            });
        }
    }

    /// The references in words, an entry for each recording that they come from.
    pub fn describe(&self, settings: &Normalisation) -> Vec<String> {
        let mut by_source: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, level) in &self.by_name {
            let source = match settings.reference {
                Reference::Mvc => format!(
                    "the highest mean over {} ms of the MVC trials' envelope, in {}",
                    1000.0 * settings.window_s,
                    level.recording
                ),
                Reference::Peak => format!(
                    "the peak of the envelope over all tasks, in {}",
                    level.recording
                ),
                _ => "the mean of the envelope over all tasks".to_owned(),
            };
            by_source
                .entry(source)
                .or_default()
                .push(format!("{name} {}", spoken(level.value, &level.unit)));
        }
        by_source
            .into_iter()
            .map(|(source, levels)| format!("100 % is {source}: {}.", levels.join(", ")))
            .collect()
    }

    /// What is 100 % for a channel of this unit.
    fn level(&self, label: &Label, unit: &Unit) -> Option<f64> {
        self.find(label)
            .filter(|level| level.unit == *unit && level.value > 0.0)
            .map(|level| level.value)
    }

    /// The reference of a channel: the one of the same name, else the only one of its
    /// muscle and side.
    fn find(&self, label: &Label) -> Option<&ReferenceLevel> {
        if let Some(level) = self.by_name.get(&label.name) {
            return Some(level);
        }
        label.muscle?;
        let same = |level: &&ReferenceLevel| {
            level.label.muscle == label.muscle && level.label.side == label.side
        };
        let mut fitting = self.by_name.values().filter(same);
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

impl ReferenceLevel {
    /// The level of a channel of a reference recording; `None` where it gives none.
    pub(super) fn measure(
        settings: &Normalisation,
        recording: &str,
        trace: &Trace,
    ) -> Option<Self> {
        // A channel that never changes leaves rounding alone, and rounding is no
        // reference.
        let (lowest, highest) = extremes(&trace.raw);
        let SampleSummary { count, sum, high, .. } =
            SampleSummary::measure(&trace.envelope);
        if lowest >= highest || count == 0 {
            return None;
        }
        let value = match settings.reference {
            Reference::None => return None,
            Reference::Mvc => highest_mean(
                &trace.envelope,
                trace.rate.samples(settings.window_s).max(1),
            )?,
            Reference::Peak => high,
            Reference::Mean => sum / count as f64,
        };
        let recording = recording.to_owned();
        Some(Self {
            label: trace.label.clone(),
            unit: trace.unit.clone(),
            value,
            sum,
            count,
            recording,
        })
    }

    fn join(&mut self, other: Self, reference: Reference) {
        self.sum += other.sum;
        self.count += other.count;
        if reference == Reference::Mean {
            self.value = self.sum / self.count as f64;
        } else if other.value > self.value {
            self.value = other.value;
            self.recording = other.recording;
        }
    }
}

/// A level for a sentence, microvolts where it is volts.
fn spoken(value: f64, unit: &Unit) -> String {
    if unit.is_volt() && value < 1e-3 {
        return format!("{:.1} µV", 1e6 * value);
    }
    format!("{value:.4} {unit}")
}

/// The highest mean of `window` samples in a row without a gap; `None` where no stretch
/// is that long.
pub fn highest_mean(samples: &[f64], window: usize) -> Option<f64> {
    let stretches = crate::dsp::gaps::stretches(samples);
    let means =
        stretches.into_iter().filter(|stretch| stretch.len() >= window).map(|stretch| {
            let stretch = &samples[stretch];
            // Summed anew every 4096 windows, so that rounding does not pile up over a
            // long trial.
            let starts = 0..=stretch.len() - window;
            let blocks = starts
                .step_by(4096)
                .map(|block| highest_mean_from(stretch, window, block));
            blocks.fold(f64::NEG_INFINITY, f64::max)
        });
    means.reduce(f64::max)
}

fn highest_mean_from(stretch: &[f64], window: usize, from: usize) -> f64 {
    let mut sum: f64 = stretch[from..from + window].iter().sum();
    let mut highest = sum;
    let last = (from + 4096).min(stretch.len() - window + 1);
    for start in from + 1..last {
        sum += stretch[start + window - 1] - stretch[start - 1];
        highest = highest.max(sum);
    }
    highest / window as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn the_highest_mean_is_that_of_the_definition() {
        let samples: Vec<f64> =
            normals(3, 9000).iter().map(|value| value.abs()).collect();
        let direct = samples
            .windows(500)
            .map(|window| window.iter().sum::<f64>() / 500.0)
            .fold(0.0, f64::max);
        let found = highest_mean(&samples, 500).unwrap();
        assert!(
            (found - direct).abs() < 1e-12 * direct,
            "sums in another order round differently"
        );
    }

    #[test]
    fn gaps_are_not_bridged() {
        assert_eq!(highest_mean(&[1.0, f64::NAN, 1.0], 2), None);
        assert_eq!(highest_mean(&[1.0, 3.0, f64::NAN, 9.0], 2), Some(2.0));
    }
}
