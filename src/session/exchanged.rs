//! Sides that may be exchanged: muscles whose clear difference between left and right
//! turns round from one recording of a session to another.
//!
//! Electrodes stay where they are during a session, so that the ratio of the volts of two
//! legs, whatever it comes from, stays about what it is. Exchanged cables or names turn it
//! round in all muscles at once. A task of one leg after that of the other does as well:
//! recordings in which one side hardly works, or whose name tells a side, do not count.

use super::findings::{ChannelFindings, RecordingFindings, Role, Status};
use crate::analysis::amplitude::ENVELOPE_MEAN;
use crate::dsp::stats::chi_square_quantile;
use crate::outcome::{Note, Verdict};
use crate::signal::{Kind, Muscle, Side};

/// How much the logarithm of left over right of a muscle differs from task to task of one
/// session, as a standard deviation: a quarter. (Proposal)
const BETWEEN_TASKS: f64 = 0.3;
/// The logarithm of how many times likelier exchanged sides have to be than sides as they
/// were: four hundred times. (Proposal)
const LEAST_ODDS: f64 = 6.0;
/// A difference is clear from here on (a quarter), where its interval excludes 0 as well.
const CLEAR: f64 = 0.22;
/// A side that has less than a quarter of the other hardly works.
const ONE_SIDED: f64 = 1.386;

/// The logarithm of left over right of a muscle in a recording, and its variance.
#[derive(Debug, Clone, Copy)]
struct SideRatio {
    muscle: Muscle,
    value: f64,
    variance: f64,
}

/// A recording with the ratios of its muscles.
struct RecordingSides<'a> {
    name: &'a str,
    ratios: Vec<SideRatio>,
}

/// A hint where sides may be exchanged between the recordings of one session: a muscle
/// has clearly more volts on one side in one of them and on the other side in another,
/// and all muscles together speak for an exchange. A task that loads the other leg turns
/// volts round as well, so that the hint is a question that names both. `None` where
/// nothing turns round, and where recordings are called after a side or one side hardly
/// works.
pub fn exchanged_sides(recordings: &[RecordingFindings]) -> Option<Note> {
    let compared: Vec<RecordingSides<'_>> =
        recordings.iter().filter_map(RecordingSides::of).collect();
    let pairs = compared
        .iter()
        .enumerate()
        .flat_map(|(k, one)| compared[k + 1..].iter().map(move |other| (one, other)));
    let odds =
        |(one, other): &(&RecordingSides<'_>, &RecordingSides<'_>)| one.odds(other);
    let (one, other) = pairs
        .filter(|pair| odds(pair) >= LEAST_ODDS && pair.0.is_mirrored(pair.1))
        .filter(|(one, other)| !one.turned(other).is_empty())
        .max_by(|a, b| odds(a).total_cmp(&odds(b)))?;
    Some(note(one, other, &compared))
}

fn note(
    one: &RecordingSides<'_>,
    other: &RecordingSides<'_>,
    all: &[RecordingSides<'_>],
) -> Note {
    let like = |this: &RecordingSides<'_>, that: &RecordingSides<'_>| -> String {
        let names = all.iter().filter(|any| {
            let is_it = std::ptr::eq(*any, this);
            is_it || (any.odds(this) < 0.0 && any.odds(that) >= LEAST_ODDS)
        });
        names.map(|any| any.name).collect::<Vec<&str>>().join(", ")
    };
    let turned = one.turned(other);
    let told = turned.iter().map(|(muscle, side)| {
        format!("{} has more on the {}", muscle.name(), side.word())
    });
    let told: Vec<String> = told.collect();
    Note::caution(format!(
        "did a task load the other leg, or are sides exchanged? Within this session, in \
         {} {}, in {} on the other side. Both would look like this; {}. Where the task \
         did not change legs, look at the names of the channels and at the cables.",
        like(one, other),
        told.join(" and "),
        like(other, one),
        speaks_for(&turned)
    ))
}

/// What the muscles that turn round say of either explanation.
fn speaks_for(turned: &[(Muscle, Side)]) -> &'static str {
    match turned {
        [_] => "a single muscle cannot tell them apart",
        [(_, first), rest @ ..] if rest.iter().all(|(_, side)| side == first) => {
            "muscles that turn the same way, as these do, cannot tell them apart"
        }
        _ => {
            "these muscles turn in opposite directions, which the load of a leg as a whole \
             does not explain, so that an exchange is the likelier"
        }
    }
}

impl<'a> RecordingSides<'a> {
    /// The ratios of a recording in which both legs work.
    fn of(recording: &'a RecordingFindings) -> Option<Self> {
        let works = matches!(recording.role, Role::Task | Role::Mvc);
        if recording.status != Status::Done || !works || names_side(&recording.recording)
        {
            return None;
        }
        let mut ratios: Vec<SideRatio> = Vec::new();
        for channel in &recording.channels {
            let known = |muscle| ratios.iter().any(|ratio| ratio.muscle == muscle);
            let muscle = channel.muscle.filter(|muscle| !known(*muscle));
            ratios.extend(muscle.and_then(|muscle| ratio(recording, muscle)));
        }
        let one_sided = ratios.iter().any(|ratio| ratio.value.abs() > ONE_SIDED);
        (!one_sided && !ratios.is_empty())
            .then(|| Self { name: &recording.recording, ratios })
    }

    /// The logarithm of how many times likelier it is that sides are exchanged between
    /// both recordings than that they are not.
    fn odds(&self, other: &Self) -> f64 {
        let both = self.shared(other);
        both.map(|(one, other)| {
            let variance = BETWEEN_TASKS.powi(2) + one.variance + other.variance;
            -2.0 * one.value * other.value / variance
        })
        .sum()
    }

    /// Whether exchanged sides explain what both recordings have. A task of one leg after
    /// that of the other turns differences round as well, but about what the electrodes
    /// of both legs make of it, not about 0.
    fn is_mirrored(&self, other: &Self) -> bool {
        let squares = self.shared(other).map(|(one, two)| {
            let variance = BETWEEN_TASKS.powi(2) + one.variance + two.variance;
            (one.value + two.value).powi(2) / variance
        });
        let squares: Vec<f64> = squares.collect();
        let limit = chi_square_quantile(0.95, squares.len() as f64);
        limit.is_some_and(|limit| squares.iter().sum::<f64>() <= limit)
    }

    fn shared(&self, other: &Self) -> impl Iterator<Item = (SideRatio, SideRatio)> {
        let found = self.ratios.iter().filter_map(|one| {
            let other = other.ratios.iter().find(|other| other.muscle == one.muscle)?;
            Some((*one, *other))
        });
        found.collect::<Vec<_>>().into_iter()
    }

    /// The muscles that are clearly turned round, with their larger side here.
    fn turned(&self, other: &Self) -> Vec<(Muscle, Side)> {
        let turned = self.shared(other).filter(|(one, other)| {
            one.is_clear() && other.is_clear() && one.value * other.value < 0.0
        });
        let side =
            |one: SideRatio| if one.value > 0.0 { Side::Left } else { Side::Right };
        turned.map(|(one, _)| (one.muscle, side(one))).collect()
    }
}

impl SideRatio {
    fn is_clear(&self) -> bool {
        self.value.abs() > CLEAR.max(1.96 * self.variance.sqrt())
    }
}

fn ratio(recording: &RecordingFindings, muscle: Muscle) -> Option<SideRatio> {
    let level = |side: Side| {
        let wanted = |channel: &&ChannelFindings| {
            channel.kind == Kind::Emg
                && channel.muscle == Some(muscle)
                && channel.side == Some(side)
        };
        let channel = recording.channels.iter().find(wanted)?;
        let usable = channel.verdict? < Verdict::Bad;
        let row = recording.measure(ENVELOPE_MEAN.name, &channel.name)?;
        let (low, high) = row.interval?;
        let value = row.value.filter(|value| usable && *value > 0.0 && low > 0.0)?;
        Some((row.unit.clone(), value, libm::log(high / low) / (2.0 * 1.96)))
    };
    let ((unit, left, error), (other, right, other_error)) =
        (level(Side::Left)?, level(Side::Right)?);
    (unit == other).then(|| SideRatio {
        muscle,
        value: libm::log(left / right),
        variance: error * error + other_error * other_error,
    })
}

/// Whether a recording is called after a side.
fn names_side(recording: &str) -> bool {
    const SIDES: [&str; 14] = [
        "left",
        "right",
        "links",
        "rechts",
        "gauche",
        "droite",
        "izquierda",
        "derecha",
        "sinistra",
        "destra",
        "l",
        "r",
        "li",
        "re",
    ];
    let lower = recording.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic());
    words.any(|word| {
        SIDES.contains(&word) || word.contains("left") || word.contains("right")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared<'a>(name: &'a str, values: &[f64]) -> RecordingSides<'a> {
        let muscles = [Muscle::Soleus, Muscle::TibialisAnterior, Muscle::PeroneusLongus];
        let ratio = |(&muscle, &value): (&Muscle, &f64)| SideRatio {
            muscle,
            value,
            variance: 0.01,
        };
        RecordingSides { name, ratios: muscles.iter().zip(values).map(ratio).collect() }
    }

    #[test]
    fn a_difference_that_turns_round_is_told_and_a_small_one_is_not() {
        let (one, two) = (
            compared("walk 1", &[0.6, -0.3, 0.1]),
            compared("walk 2", &[-0.5, 0.4, 0.0]),
        );
        assert!(one.odds(&two) > LEAST_ODDS && one.is_mirrored(&two));
        // One leg works in the first, the other in the second, below unlike electrodes.
        let legs = [
            compared("step 1", &[1.2, 0.4, 0.1]),
            compared("step 2", &[-0.3, -1.1, -1.3]),
        ];
        assert!(!legs[0].is_mirrored(&legs[1]));
        let turned = one.turned(&two);
        assert_eq!(
            turned,
            [(Muscle::Soleus, Side::Left), (Muscle::TibialisAnterior, Side::Right)]
        );
        let all = [one, two];
        let text = note(&all[0], &all[1], &all).text;
        let [one, _] = all;
        assert!(text.contains("walk 1") && text.contains("walk 2"), "{text}");
        assert!(text.contains("opposite directions"), "{text}");

        let small = compared("walk 3", &[-0.2, 0.2, 0.0]);
        assert!(one.odds(&small) < LEAST_ODDS);
    }

    /// Before, the hint named the exchange alone.
    #[test]
    fn a_leg_that_is_loaded_explains_what_turns_the_same_way() {
        let all = [
            compared("step 1", &[0.6, 0.5, 0.1]),
            compared("step 2", &[-0.5, -0.6, 0.0]),
        ];
        let text = note(&all[0], &all[1], &all).text;
        assert!(text.contains("load the other leg, or are sides exchanged?"), "{text}");
        assert!(text.contains("turn the same way") && !text.contains("opposite"));
        assert!(speaks_for(&[(Muscle::Soleus, Side::Left)]).contains("single muscle"));
    }

    #[test]
    fn names_that_tell_a_side() {
        for name in ["hop_left", "stance R", "Kniebeuge_links", "RightStep", "hop-l-2"] {
            assert!(names_side(name), "{name}");
        }
        for name in ["walk", "heelraise", "control 1", "relax"] {
            assert!(!names_side(name), "{name}");
        }
    }
}
