//! What is said of the references: beside every number that rests on one, and on the
//! first page of the session.

use super::{ReferenceLevel, References, level_words};
use crate::analysis::{Digest, ReferenceStanding};
use crate::outcome::Note;
use crate::signal::Label;
use crate::units::Unit;
use crate::words::{percent, spoken};

/// The highest mean over the window of the references, of a channel in a task.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::session) struct Strongest {
    pub(in crate::session) label: Label,
    pub(in crate::session) unit: Unit,
    pub(in crate::session) recording: String,
    pub(in crate::session) level: f64,
}

impl References {
    /// Holds them against the tasks: one that a task exceeds was no maximum.
    pub(in crate::session) fn hold_against<'a>(
        &mut self,
        tasks: impl IntoIterator<Item = &'a Strongest>,
    ) {
        for task in tasks {
            let found = self.find(&task.label).filter(|level| level.unit == task.unit);
            let name = found.map(|level| level.label.name.clone());
            let known = name.and_then(|name| self.by_name.get_mut(&name));
            let Some(level) = known.filter(|level| !level.trials.is_empty()) else {
                continue;
            };
            let so_far = level.exceeded.as_ref().map_or(level.value, |one| one.level);
            if task.level > so_far {
                level.exceeded = Some(task.clone());
            }
        }
    }

    /// Doubts the references that come from these recordings and channels, whose unit may
    /// be another one.
    pub(in crate::session) fn doubt_units<'a>(
        &mut self,
        channels: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) {
        for (recording, channel) in channels {
            let level = self.by_name.get_mut(channel);
            if let Some(level) = level.filter(|level| level.recording == recording) {
                level.is_of_doubtful_unit = true;
            }
        }
    }

    /// How far the reference of a channel can be trusted.
    pub(super) fn standing(&self, channel: &Digest) -> ReferenceStanding {
        let found = self.find(&channel.label);
        let level = found.filter(|level| level.unit == channel.unit && level.value > 0.0);
        level.map_or_else(ReferenceStanding::default, |level| ReferenceStanding {
            is_maximum: !level.trials.is_empty(),
            reach: level.reach(),
            remark: level.doubts(self.window_s).join("; "),
            is_doubtful: !level.doubts(self.window_s).is_empty(),
        })
    }

    /// What the first page says of them.
    pub(in crate::session) fn notes(&self) -> Vec<Note> {
        let told = |(name, level): (&String, &ReferenceLevel)| {
            let doubts = level.doubts(self.window_s);
            (!doubts.is_empty()).then(|| {
                Note::caution(format!(
                    "{name}, activation is in doubt: {}.",
                    doubts.join("; ")
                ))
            })
        };
        let left_out = |(name, level): (&String, &ReferenceLevel)| {
            let left_out = level.left_out();
            (!left_out.is_empty()).then(|| {
                Note::info(format!(
                    "{name}, left out of the reference: {}.",
                    left_out.join("; ")
                ))
            })
        };
        let cautions = self.by_name.iter().filter_map(told);
        cautions.chain(self.by_name.iter().filter_map(left_out)).collect()
    }
}

impl ReferenceLevel {
    /// What makes it doubtful.
    fn doubts(&self, window_s: f64) -> Vec<String> {
        let fault = self.best().and_then(|best| {
            let words = best.fault.as_ref()?.words();
            Some(format!("the trial of its reference ({}) {words}", best.place()))
        });
        let clipped = self.stronger_clipped().map(|trial| {
            format!(
                "{} is clipped and yet stronger than the reference, which makes activation \
                 too large",
                trial.place()
            )
        });
        let apart = self.disagreeing().map(|two| {
            let [one, other] = two.map(|trial| {
                format!("{} ({})", level_words(trial.level, &self.unit), trial.place())
            });
            format!(
                "the two best trials of its reference differ by more than a fifth, {one} \
                 and {other}"
            )
        });
        let exceeded = self.exceeded.as_ref().map(|task| {
            format!(
                "the reference was no maximum, since {} has {} % of it over {} ms",
                task.recording,
                percent(task.level / self.value),
                spoken(1000.0 * window_s)
            )
        });
        let unit = self.is_of_doubtful_unit.then(|| {
            format!(
                "its recording {} may have another unit than the file says (see its \
                 quality), and activation would be wrong by as much",
                self.recording
            )
        });
        [unit, fault, clipped, apart, exceeded].into_iter().flatten().collect()
    }
}
