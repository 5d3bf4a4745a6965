//! Which of the trials of a channel is its reference, and how far they agree.

use super::trials::{MaximalTrial, SAME_MOVEMENT, TrialFault};
use super::{ReferenceLevel, level_words};
use crate::dsp::stats::t_95;

/// The better of two trials is at most this many times the other, else they disagree.
/// Efforts are repeated until two come within 10 % (Stobbe & Plummer 1984), EMG of
/// maximal efforts scatters about twice as much as their force (Heinonen et al. 1994).
const DISAGREE: f64 = 1.25;

/// Half the difference of the two best trials where their EMG scatters by 10 % (Heinonen
/// et al. 1994).
const USUAL_HALF: f64 = 0.07;
/// How many degrees of freedom that counts for: the difference of two trials alone has a
/// single one, with which an interval would be twelve times as wide as its error.
const USUAL_DEGREES: f64 = 4.0;

impl ReferenceLevel {
    /// Takes the best of the trials, where there are any.
    pub(super) fn take_best(&mut self) {
        let best = self.best().map(|best| (best.level, best.recording.clone()));
        if let Some((level, recording)) = best {
            (self.value, self.recording) = (level, recording);
        }
    }

    /// The trials that count: the sound ones, or all where none is.
    fn counted(&self) -> impl Iterator<Item = &MaximalTrial> {
        let any_sound = self.trials.iter().any(|trial| trial.fault.is_none());
        self.trials.iter().filter(move |trial| trial.fault.is_none() || !any_sound)
    }

    /// The strongest trial that counts.
    pub(super) fn best(&self) -> Option<&MaximalTrial> {
        self.counted()
            .reduce(|best, other| if other.level > best.level { other } else { best })
    }

    /// The next best trial that counts. A much weaker one in a recording of another name
    /// may be another movement.
    pub(super) fn second(&self) -> Option<&MaximalTrial> {
        let best = self.best()?;
        let others = self.counted().filter(|trial| !std::ptr::eq(*trial, best));
        let alike = |trial: &&MaximalTrial| {
            let same_name = trial.recording != best.recording
                && series_of(&trial.recording) == series_of(&best.recording);
            same_name || trial.level >= SAME_MOVEMENT * best.level
        };
        others
            .filter(alike)
            .reduce(|best, other| if other.level > best.level { other } else { best })
    }

    /// The two best trials where they disagree.
    pub(super) fn disagreeing(&self) -> Option<[&MaximalTrial; 2]> {
        let two = [self.best()?, self.second()?];
        (two[0].level > DISAGREE * two[1].level).then_some(two)
    }

    /// Half the 95 % interval of the logarithm of the reference: from two trials on, half
    /// the difference of the two best, together with how such trials usually scatter.
    /// Taken alone as a standard error, half the difference holds the reference of two
    /// trials in 79 % and of three in 66 %, where they scatter by 8 %; with Student's t of
    /// its one degree of freedom in 97 and 96 %, at 2 to 3 times the width of this one,
    /// which holds it in 98 and 96 %. Trials that scatter by 12 and 16 % are held less:
    /// 91 and 82 % of two. (Simulation, with levels that have an error of 3 % of their own)
    pub(super) fn reach(&self) -> Option<f64> {
        let half = 0.5 * libm::log(self.best()?.level / self.second()?.level);
        let degrees = USUAL_DEGREES + 1.0;
        let variance = (USUAL_DEGREES * USUAL_HALF.powi(2) + half.powi(2)) / degrees;
        Some(t_95(degrees)? * variance.sqrt())
    }

    /// A clipped trial that is left out and yet stronger than the reference.
    pub(super) fn stronger_clipped(&self) -> Option<&MaximalTrial> {
        let best = self.best().filter(|best| best.fault.is_none())?;
        self.trials.iter().find(|trial| {
            matches!(trial.fault, Some(TrialFault::Clipped(_)))
                && trial.level > best.level
        })
    }

    /// The trials that are left out, and what was left out of the others.
    pub(super) fn left_out(&self) -> Vec<String> {
        let spoilt = self.trials.iter().filter(|trial| {
            trial.fault.is_some() && !self.counted().any(|one| std::ptr::eq(one, *trial))
        });
        let spoilt = spoilt.filter_map(|trial| {
            let words = trial.fault.as_ref()?.words();
            Some(format!("{} {words}", trial.place()))
        });
        let parts = self.trials.iter().filter_map(|trial| {
            let at_s = trial.artefact_s?;
            Some(format!("an artefact at {:.1} s of {}", at_s, trial.recording))
        });
        spoilt.chain(parts).collect()
    }

    /// How many trials it rests on, beside its level.
    pub(super) fn trial_words(&self) -> String {
        match (self.best(), self.second()) {
            (Some(_), Some(second)) => {
                format!(" (next best {})", level_words(second.level, &self.unit))
            }
            (Some(_), None) => " (one trial)".to_owned(),
            _ => String::new(),
        }
    }
}

impl MaximalTrial {
    /// Where it is.
    pub(super) fn place(&self) -> String {
        format!("{} at {:.1} s", self.recording, self.at_s)
    }
}

/// What the recordings of one movement are called: their name without its number.
fn series_of(recording: &str) -> &str {
    recording.trim_end_matches(|c: char| c.is_ascii_digit() || "_- ".contains(c))
}
