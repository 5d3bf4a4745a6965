//! Normalisation: the reference of each channel, and the envelope in per cent of it.
//!
//! The reference is the same statistic as what it divides: the task's own envelope.
//! Values above 100 % are possible and never clipped (methods: CEDE
//! amplitude-normalisation matrix, Besomi et al. 2020); they say that the reference was
//! no maximum.

use std::collections::BTreeMap;

use crate::analysis::Digest;
use crate::analysis::quality::Assessment;
use crate::dsp::gaps::stretches;
use crate::dsp::stats::{SampleSummary, extremes};
use crate::recipe::{Normalisation, Reference};
use crate::signal::{Label, Trace};
use crate::units::Unit;
use trials::{MaximalTrial, trials};

mod best;
mod standing;
mod trials;

pub(super) use standing::Strongest;

/// The reference of every channel of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct References {
    by_name: BTreeMap<String, ReferenceLevel>,
    /// The window of the trials' highest means, in seconds.
    window_s: f64,
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
    /// The contractions of recordings of role mvc.
    trials: Vec<MaximalTrial>,
    /// What goes beyond it in the tasks.
    exceeded: Option<Strongest>,
    /// Whether its recording may have another unit than the file says.
    is_of_doubtful_unit: bool,
}

impl References {
    /// The references that the levels of a session's recordings give.
    pub(super) fn choose(
        levels: impl IntoIterator<Item = ReferenceLevel>,
        settings: &Normalisation,
    ) -> Self {
        let mut references = Self { window_s: settings.window_s, ..Self::default() };
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
        references.by_name.values_mut().for_each(ReferenceLevel::take_best);
        references
    }

    /// Gives every channel that has a reference its level. A flat reference (0) is none.
    pub(super) fn assign(&self, channels: &mut [Digest]) {
        for channel in channels {
            channel.reference = self.level(&channel.label, &channel.unit);
            channel.standing = self.standing(channel);
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
            by_source.entry(source).or_default().push(format!(
                "{name} {}{}",
                level_words(level.value, &level.unit),
                level.trial_words()
            ));
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
        assessment: &Assessment,
    ) -> Option<Self> {
        // A channel that never changes leaves rounding alone, and rounding is no
        // reference.
        let (lowest, highest) = extremes(&trace.raw);
        let SampleSummary { count, sum, high, .. } =
            SampleSummary::measure(&trace.envelope);
        if lowest >= highest || count == 0 {
            return None;
        }
        let window = trace.rate.samples(settings.window_s).max(1);
        let mut found = Vec::new();
        let value = match settings.reference {
            Reference::None => return None,
            Reference::Mvc => {
                found = trials(recording, trace, window, assessment);
                found.iter().map(|trial| trial.level).reduce(f64::max)?
            }
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
            trials: found,
            exceeded: None,
            is_of_doubtful_unit: false,
        })
    }

    fn join(&mut self, other: Self, reference: Reference) {
        self.sum += other.sum;
        self.count += other.count;
        self.trials.extend(other.trials);
        if reference == Reference::Mean {
            self.value = self.sum / self.count as f64;
        } else if other.value > self.value {
            self.value = other.value;
            self.recording = other.recording;
        }
    }
}

/// A level for a sentence, microvolts where it is volts.
pub(super) fn level_words(value: f64, unit: &Unit) -> String {
    if unit.is_volt() && value < 1e-3 {
        return format!("{:.1} µV", 1e6 * value);
    }
    format!("{value:.4} {unit}")
}

/// The highest mean of `window` samples in a row without a gap; `None` where no stretch
/// is that long.
pub fn highest_mean(samples: &[f64], window: usize) -> Option<f64> {
    strongest_window(samples, window).map(|(_, mean)| mean)
}

/// The same with the sample at which the window begins.
pub(super) fn strongest_window(samples: &[f64], window: usize) -> Option<(usize, f64)> {
    let mut strongest: Option<(usize, f64)> = None;
    each_mean(samples, window, |at, mean| {
        if strongest.is_none_or(|(_, highest)| mean > highest) {
            strongest = Some((at, mean));
        }
    });
    strongest
}

/// The mean of the `window` samples from each sample on; `NaN` where a gap is among them.
fn highest_means(samples: &[f64], window: usize) -> Vec<f64> {
    let mut means = vec![f64::NAN; (samples.len() + 1).saturating_sub(window)];
    each_mean(samples, window, |at, mean| means[at] = mean);
    means
}

/// Tells the mean of every `window` samples in a row without a gap, and where they begin.
fn each_mean(samples: &[f64], window: usize, mut tell: impl FnMut(usize, f64)) {
    let long = |stretch: &std::ops::Range<usize>| stretch.len() >= window;
    for stretch in stretches(samples).into_iter().filter(long) {
        let (first, stretch) = (stretch.start, &samples[stretch]);
        let mut sum = 0.0;
        for start in 0..=stretch.len() - window {
            // Summed anew every 4096 windows, so that rounding does not pile up over a
            // long trial.
            if start % 4096 == 0 {
                sum = stretch[start..start + window].iter().sum();
            } else {
                sum += stretch[start + window - 1] - stretch[start - 1];
            }
            tell(first + start, sum / window as f64);
        }
    }
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
