//! What the recordings of a session say of each other: a muscle whose level cannot be that
//! of the same muscle in its unit.
//!
//! Levels of one muscle differ by a hundred times between a quiet task and a maximal
//! contraction, so that a ratio alone says little below some hundreds. What helps: at the
//! skin EMG has 1 µV to 10 mV, noise has a flat spectrum and EMG has not, and nothing is
//! quieter than its own rest.

use std::collections::{BTreeSet, HashMap};

use super::super::Digest;
use super::{Fault, Quality};
use crate::outcome::Verdict;
use crate::signal::{Label, Muscle, Side};
use crate::units::Unit;
use crate::words::spoken;

/// A ratio that two recordings of one muscle do not have, where the smaller one is EMG.
const IMPOSSIBLE: f64 = 300.0;
/// A ratio that is enough where one of the two is not of the skin.
const SUSPECT: f64 = 30.0;
/// A ratio by which no task exceeds the best maximal contraction.
const OVER_MAXIMUM: f64 = 100.0;
/// What EMG has on the skin, as root mean square in volts: less is noise of electrodes,
/// more was amplified.
const SKIN_V: (f64, f64) = (1e-6, 10e-3);
/// What noise of electrodes at rest has, as root mean square in volts.
const REST_V: (f64, f64) = (0.2e-6, 20e-6);
/// What the most active part of a recording falls below its rest by when it is not of the
/// same unit or gain: 3 dB.
const BELOW_REST: f64 = 0.7;
/// The root mean square in volts that no amplifier gives: most end at ±5 or ±10 V.
const MORE_THAN_AMPLIFIED_V: f64 = 5.0;
/// A spectrum that falls so far to the upper fifth of the band is that of EMG, in dB.
const FALLS_AS_EMG_DB: f64 = 8.0;

/// The level of a channel in one recording, for the comparison with the others.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedLevel {
    /// The recording's name.
    pub recording: String,
    /// Whether it is a trial of maximal contraction.
    pub is_maximal: bool,
    label: Label,
    unit: Unit,
    /// The level of what is active, at rest that of all.
    level: f64,
    at_rest: bool,
    looks_like_emg: bool,
}

impl RecordedLevel {
    /// The level of a channel; `None` of a silent one.
    pub fn measure(digest: &Digest, recording: &str, is_maximal: bool) -> Option<Self> {
        let found = &digest.quality.assessment;
        let at_rest = found.resting.is_some();
        let (level, shape_db) = match (found.resting, found.contrast) {
            (Some(resting), _) => (resting.rms, resting.shape_db),
            (None, contrast) => contrast.map(|it| (it.strong, it.shape_db))?,
        };
        let looks_like_emg = shape_db.is_some_and(|shape| shape > FALLS_AS_EMG_DB);
        (level > 0.0).then(|| Self {
            recording: recording.to_owned(),
            is_maximal,
            label: digest.label.clone(),
            unit: digest.unit.clone(),
            level,
            at_rest,
            looks_like_emg,
        })
    }

    /// Whether it may be compared: it is of another recording, in the same unit.
    fn is_comparable(&self, other: &Self) -> bool {
        self.recording != other.recording && self.unit == other.unit
    }

    /// Why its level cannot be that of its muscle, by the other levels of the session.
    pub fn doubt(&self, session: &SessionLevels) -> Option<String> {
        let others = || session.alike(self).filter(|other| self.is_comparable(other));
        let tasks: Vec<&Self> = others().filter(|other| !other.at_rest).collect();
        let rests: Vec<&Self> = others().filter(|other| other.at_rest).collect();
        if self.at_rest {
            return self.louder_than_all(&tasks);
        }
        let doubts = [self.far_from(&tasks), self.below_rest(&rests)];
        doubts.into_iter().flatten().next()
    }

    /// A recording of rest that is louder than the most active part of every other one.
    fn louder_than_all(&self, tasks: &[&Self]) -> Option<String> {
        let loudest = tasks.iter().map(|task| task.level).reduce(f64::max)?;
        let likely = self.unit.is_volt() && is_within(self.level, REST_V);
        let ratio = self.level / loudest;
        (BELOW_REST * ratio > 1.0 && !likely).then(|| {
            format!(
                "level: this recording of rest is {} times as loud as the most active \
                 part of any other recording of the muscle{}",
                spoken(ratio),
                guess(ratio)
            )
        })
    }

    fn below_rest(&self, rests: &[&Self]) -> Option<String> {
        let quietest =
            rests.iter().min_by(|one, other| one.level.total_cmp(&other.level))?;
        let ratio = quietest.level / self.level;
        (BELOW_REST * ratio > 1.0).then(|| {
            format!(
                "level: even the most active part is {} times quieter than the muscle at \
                 rest in {}: another gain, or another unit{}",
                spoken(ratio),
                quietest.recording,
                guess(ratio)
            )
        })
    }

    /// A level that most of the other recordings are too far from.
    fn far_from(&self, tasks: &[&Self]) -> Option<String> {
        let far: Vec<&&Self> =
            tasks.iter().filter(|other| self.cannot_be_with(other)).collect();
        let other = far.first().filter(|_| 2 * far.len() > tasks.len())?;
        let word = if self.level < other.level { "smaller" } else { "larger" };
        let ratio = (self.level / other.level).max(other.level / self.level);
        let is_sure = self.is_odd() || far.len() > 1;
        let both = if is_sure { "" } else { ", here or there" };
        Some(format!(
            "level: {} times {word} than the same muscle in {}{}{both}",
            spoken(ratio),
            other.recording,
            guess(ratio)
        ))
    }

    /// Whether two levels are not of one muscle in one unit, and this is the one that is
    /// wrong, as far as that can be told.
    fn cannot_be_with(&self, other: &Self) -> bool {
        let smaller = if self.level < other.level { self } else { other };
        let ratio = (self.level / other.level).max(other.level / self.level);
        let odd = (self.is_odd(), other.is_odd());
        // A maximum that others exceed a hundredfold was none of this muscle in this unit.
        let no_maximum = self.is_maximal
            && !other.is_maximal
            && other.level > OVER_MAXIMUM * self.level
            && self.looks_like_emg;
        match odd {
            (true, false) => ratio > SUSPECT,
            (false, true) => false,
            _ => no_maximum || (ratio > IMPOSSIBLE && smaller.looks_like_emg),
        }
    }

    /// Whether EMG does not have such a level on the skin. Noise may.
    fn is_odd(&self) -> bool {
        let (least, most) = SKIN_V;
        self.unit.is_volt()
            && (self.level > most || (self.level < least && self.looks_like_emg))
    }
}

/// The levels of a session, by what makes two of them levels of one channel.
#[derive(Debug, Default)]
pub struct SessionLevels {
    levels: Vec<RecordedLevel>,
    by_name: HashMap<String, Vec<usize>>,
    by_muscle: HashMap<(Muscle, Side), Vec<usize>>,
}

impl FromIterator<RecordedLevel> for SessionLevels {
    fn from_iter<I: IntoIterator<Item = RecordedLevel>>(levels: I) -> Self {
        let levels: Vec<RecordedLevel> = levels.into_iter().collect();
        let mut found = Self::default();
        for (at, RecordedLevel { label, .. }) in levels.iter().enumerate() {
            found.by_name.entry(label.name.clone()).or_default().push(at);
            if let Some(muscle) = label.muscle.zip(label.side) {
                found.by_muscle.entry(muscle).or_default().push(at);
            }
        }
        Self { levels, ..found }
    }
}

impl SessionLevels {
    /// Those of the same channel, itself included: of its name, or of its muscle and side.
    fn alike(&self, level: &RecordedLevel) -> impl Iterator<Item = &RecordedLevel> {
        let label = &level.label;
        let muscle = label.muscle.zip(label.side);
        let same = [
            self.by_name.get(&label.name),
            muscle.and_then(|muscle| self.by_muscle.get(&muscle)),
        ];
        let places: BTreeSet<usize> =
            same.into_iter().flatten().flatten().copied().collect();
        places.into_iter().map(|at| &self.levels[at])
    }
}

impl Digest {
    /// Adds a doubt that other recordings raise to what was found.
    pub(crate) fn doubt_level(&mut self, doubt: String) {
        self.quality.assessment.note(Fault::Unit, Verdict::Check, doubt);
    }
}

impl Quality {
    /// Why a level in volts cannot be that of surface EMG, amplified or not.
    pub(super) fn impossible_level(&self, level: f64, unit: &Unit) -> Option<String> {
        if !unit.is_volt() {
            return None;
        }
        if level > MORE_THAN_AMPLIFIED_V {
            let (volts, taken) = (spoken(level), unit_of_more(level));
            let text = "is more than surface EMG and any amplifier has";
            return Some(format!("level: {volts} V {text}{taken}"));
        }
        let microvolts = spoken(1e6 * level);
        (level < self.dropout_v && level > 0.0).then(|| {
            format!(
                "level: {microvolts} µV is less than electrodes alone give{}",
                guess(SKIN_V.1 / 10.0 / level)
            )
        })
    }
}

fn is_within(level: f64, (least, most): (f64, f64)) -> bool {
    (least..=most).contains(&level)
}

/// Which unit may have been taken for volts.
fn unit_of_more(level: f64) -> &'static str {
    if is_within(level / 1e3, SKIN_V) {
        ": mV may have been taken for V (factor 1000)"
    } else if is_within(level / 1e6, SKIN_V) {
        ": µV may have been taken for V (factor 1 000 000)"
    } else {
        ": the unit or the gain is another one"
    }
}

/// Which factor explains a ratio of levels, which are up to thirty times apart by
/// themselves.
fn guess(ratio: f64) -> &'static str {
    match ratio {
        ratio if ratio > 3e4 => ": V may have been taken for µV (factor 1 000 000)",
        ratio if ratio > 1e4 => {
            ": mV or V may have been taken for µV (factor 1000 or 1 000 000)"
        }
        ratio if ratio > SUSPECT => ": mV may have been taken for µV (factor 1000)",
        _ => "",
    }
}
