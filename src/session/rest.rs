//! How loud the channels of a session are at rest, by its recordings of rest.

use std::collections::BTreeMap;

use crate::analysis::quality::Fault;
use crate::analysis::{Digest, KnownRest};
use crate::outcome::{Note, Verdict};
use crate::signal::Label;
use crate::units::{Hertz, Unit};

/// From this sampling rate on the band of surface EMG is whole, in hertz, so that noise is
/// as loud at any other.
const WHOLE_BAND_HZ: f64 = 1000.0;

/// The levels at rest of every channel of a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RestLevels {
    levels: Vec<RestLevel>,
}

/// What one recording of rest says of one channel.
#[derive(Debug, Clone, PartialEq)]
struct RestLevel {
    label: Label,
    unit: Unit,
    rate: Hertz,
    rms: f64,
    verdict: Verdict,
    recording: String,
}

impl RestLevels {
    /// What recordings of rest say, each told by its name and the channels it has.
    pub(super) fn of<'a>(
        at_rest: impl IntoIterator<Item = (&'a str, &'a [Digest])>,
    ) -> Self {
        let levels = at_rest.into_iter().flat_map(|(name, digests)| {
            digests.iter().filter_map(move |one| RestLevel::of(one, name))
        });
        Self { levels: levels.collect() }
    }

    /// The rest of a channel: of the recordings that have the channel, or else the only one
    /// of its muscle and side, the quietest one that is judged best.
    pub(super) fn find(
        &self,
        label: &Label,
        unit: &Unit,
        rate: Hertz,
    ) -> Option<KnownRest> {
        self.chosen(label, unit, rate).map(|level| KnownRest {
            rms: level.rms,
            recording: level.recording.clone(),
            doubt: None,
        })
    }

    fn chosen(&self, label: &Label, unit: &Unit, rate: Hertz) -> Option<&RestLevel> {
        let fits = |level: &&RestLevel| level.unit == *unit && level.has_band_of(rate);
        let named = |level: &&RestLevel| level.label.name == label.name;
        let chosen = best(self.levels.iter().filter(named).filter(fits));
        chosen.or_else(|| best(self.of_muscle(label).into_iter().filter(fits)))
    }

    /// The levels of the one channel that has the muscle and side of a label.
    fn of_muscle(&self, label: &Label) -> Vec<&RestLevel> {
        let same = |level: &&RestLevel| {
            label.muscle.is_some()
                && level.label.muscle == label.muscle
                && level.label.side == label.side
        };
        let fitting: Vec<&RestLevel> = self.levels.iter().filter(same).collect();
        let one_name = |pair: &[&RestLevel]| pair[0].label.name == pair[1].label.name;
        if fitting.windows(2).all(one_name) { fitting } else { Vec::new() }
    }

    /// Which recording is the rest of the other channels of the session and how loud it is,
    /// and which is that of none.
    pub(super) fn describe<'a>(
        &self,
        others: impl Iterator<Item = &'a Digest> + Clone,
    ) -> Vec<Note> {
        let of = |other: &Digest| self.chosen(&other.label, &other.unit, other.rate);
        let is_used = |level: &&RestLevel| {
            others.clone().filter_map(of).any(|chosen| std::ptr::eq(chosen, *level))
        };
        let mut used: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for level in &self.levels {
            used.entry(&level.recording).or_default();
        }
        for level in self.levels.iter().filter(is_used) {
            let words = super::scale::level_words(level.rms, &level.unit);
            let words = format!("{} {words}", level.label.name);
            used.entry(&level.recording).or_default().push(words);
        }

        let (used, idle): (Vec<_>, Vec<_>) =
            used.into_iter().partition(|(_, levels)| !levels.is_empty());
        let rest = |(name, levels): &(&str, Vec<String>)| {
            format!("of the recording {name} ({})", levels.join(", "))
        };
        let rests: Vec<String> = used.iter().map(rest).collect();
        let taken = (!rests.is_empty())
            .then(|| Note::info(format!("Rest is that {}.", rests.join(" and "))));
        // Beside one that is better, one that is not used needs no word.
        let idle = idle.iter().filter(|_| used.is_empty() && others.clone().count() > 0);
        taken.into_iter().chain(idle.map(|(name, _)| of_no_channel(name))).collect()
    }
}

/// What is said of a recording of rest that no other channel of its session can use.
fn of_no_channel(recording: &str) -> Note {
    Note::caution(format!(
        "The recording of rest {recording} was not used: no other recording of the session \
         has a channel of the same name (or muscle and side), unit and sampling rate. \
         Rest is what is quiet in each recording."
    ))
}

impl RestLevel {
    fn of(digest: &Digest, recording: &str) -> Option<Self> {
        let assessment = &digest.quality.assessment;
        let resting = assessment.resting?;
        let is_usable =
            assessment.verdict != Verdict::Bad && !assessment.has(Fault::Unit);
        is_usable.then(|| Self {
            label: digest.label.clone(),
            unit: digest.unit.clone(),
            rate: digest.rate,
            rms: resting.rms,
            verdict: assessment.verdict,
            recording: recording.to_owned(),
        })
    }

    /// Whether noise is as loud in it as at another rate.
    fn has_band_of(&self, rate: Hertz) -> bool {
        let (one, other) = (self.rate.hz(), rate.hz());
        one.min(other) >= WHOLE_BAND_HZ || (one - other).abs() <= 0.02 * other
    }
}

/// The quietest of those that are judged best.
fn best<'a>(levels: impl Iterator<Item = &'a RestLevel>) -> Option<&'a RestLevel> {
    levels.min_by(|one, other| {
        one.verdict.cmp(&other.verdict).then(one.rms.total_cmp(&other.rms))
    })
}
