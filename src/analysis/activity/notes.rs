//! The bursts of a channel in words.

use super::super::Digest;
use super::faint::faint;
use super::obstacle::{dropped, obstacle};
use super::timing::BoutTiming;
use super::{Activity, Bursts, Counting, SHORTEST_FOR_MNF_S};
use crate::outcome::Note;
use crate::words::spoken;

/// What the bursts of a channel say, or why they say nothing.
pub(super) fn finding(channel: &Digest, bursts: &Bursts) -> Note {
    let name = &channel.label.name;
    if let Some(reason) = obstacle(channel, bursts) {
        return Note::caution(format!("{name}: no bursts: {reason}."));
    }
    let spans = bursts.spans();
    let timing =
        BoutTiming { bursts: &spans, stretches: &bursts.stretches, rate: channel.rate };
    let count = match spans.len() {
        1 => "1 burst".into(),
        count => format!("{count} bursts"),
    };
    let share = spoken(timing.duty_cycle().unwrap_or(0.0));
    let agreement = bursts.mean_agreement().map_or(String::new(), |agreement| {
        format!(
            "; a burst is seen by {} % of the detectors in the mean",
            spoken(100.0 * agreement)
        )
    });
    let left_out = [faint(channel, bursts), dropped(bursts)].into_iter().flatten();
    let left_out: String = left_out.map(|words| format!("; {words}")).collect();
    Note::info(format!(
        "{name}: {count}, active {share} % of the time{agreement}{left_out}."
    ))
}

/// The beats of a channel in words, where there are some.
fn beats(channel: &Digest, bursts: &Bursts) -> Option<Note> {
    let heart = bursts.heart.as_ref()?;
    Some(Note::caution(format!(
        "{}: bursts, duty cycle, cadence and repetitions are without {} (or a \
         stimulator); they remain in the envelope, the levels and the spectra.",
        channel.label.name,
        heart.describe()
    )))
}

impl Activity {
    /// What limits the bursts, each caution with all the channels that it concerns.
    pub(super) fn cautions(&self, looked_at: &[(&Digest, &Bursts)]) -> Vec<Note> {
        let named = |concerned: &dyn Fn(&Digest, &Bursts) -> bool| {
            let names =
                looked_at.iter().filter(|(channel, bursts)| concerned(channel, bursts));
            let names: Vec<_> =
                names.map(|(channel, _)| channel.label.name.as_str()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let unsure = |_: &Digest, bursts: &Bursts| {
            bursts
                .mean_agreement()
                .is_some_and(|agreement| agreement < self.agreement_check)
        };
        let counted = |channel: &Digest, bursts: &Bursts| {
            let series =
                bursts.series.as_ref().filter(|_| self.repetitions != Counting::Never);
            series.is_some_and(|series| {
                series.obstacle(self.repetitions, channel.rate).is_none()
            })
        };
        let short = |channel: &Digest, bursts: &Bursts| {
            let is_short = |burst: &super::MuscleBurst| {
                channel.rate.seconds(burst.samples()) < SHORTEST_FOR_MNF_S
            };
            bursts.bursts.iter().any(is_short)
        };
        let unsure = named(&unsure).map(|names| {
            let share = spoken(100.0 * self.agreement_check);
            Note::caution(format!(
                "{names}: the detectors disagree about the bursts (in the mean fewer \
                 than {share} % of them see one): \
                 look at the figure before using counts or times."
            ))
        });
        let counted = named(&counted).map(|names| {
            Note::info(format!(
                "{names}: looks like repetitions, which were counted; EMG counts \
                 contractions, not the height of the \
                 heel."
            ))
        });
        let short = named(&short).map(|names| {
            Note::info(format!(
                "{names}: bursts shorter than {SHORTEST_FOR_MNF_S} s have no mean \
                 frequency, because too few frequencies \
                 can be told apart in them."
            ))
        });
        let beats =
            looked_at.iter().filter_map(|(channel, bursts)| beats(channel, bursts));
        [unsure, counted, short].into_iter().flatten().chain(beats).collect()
    }
}
