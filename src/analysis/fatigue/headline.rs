//! What the median frequency of a hold does, in one sentence.

use super::super::Digest;
use super::super::headline::{listed, of_several};
use super::correlation::Likeness;
use super::notes::{changes_force, has_few, obstacle};
use super::statistics::MDF;
use super::{Followed, Quantity, Task, Trend};
use crate::outcome::{Headline, HeadlineKind};
use crate::signal::Muscle;
use crate::words::{capitalised, spoken};

/// So many channels are told with their numbers.
const TOLD: usize = 2;

/// How a slope lies to 0, by its interval and by the line of Theil and Sen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Fell,
    Rose,
    Neither,
}

/// A channel whose slope has an interval, in per cent a minute.
struct Sloped<'a> {
    channel: &'a Digest,
    slope: f64,
    interval: (f64, f64),
    /// Whether a line that single epochs do not move says so as well.
    is_sure: bool,
    /// Whether the frequency drifts by more than the recording can know.
    drifts: bool,
}

impl<'a> Sloped<'a> {
    /// Of a hold that can be trusted, with enough epochs and one force: elsewhere the spectrum follows joint
    /// angle and force as well.
    fn of(channel: &'a Digest, followed: &Followed) -> Option<Self> {
        let tells = obstacle(channel, &followed.course).is_none()
            && !channel.is_bad()
            && followed.course.task == Task::Windows
            && !has_few(followed)
            && !changes_force(followed);
        let trend: &Trend =
            followed.trends.of_quantity(Quantity::Mdf).filter(|_| tells)?;
        let (low, high) = trend.line.fieller_interval()?;
        Some(Self {
            channel,
            slope: 60.0 * trend.line.normalised_slope()?,
            interval: (60.0 * low, 60.0 * high),
            is_sure: trend.robust.as_ref().is_none_or(|robust| {
                let (low, high) = robust.interval;
                low > 0.0 || high < 0.0
            }),
            drifts: matches!(trend.likeness, Likeness::Wandering { beyond: true, .. }),
        })
    }

    /// Where so many channels are told at once.
    fn direction(&self, count: usize) -> Direction {
        match of_several(self.slope, self.interval, count) {
            _ if !self.is_sure => Direction::Neither,
            (_, high) if high < 0.0 => Direction::Fell,
            (low, _) if low > 0.0 => Direction::Rose,
            _ => Direction::Neither,
        }
    }

    /// "soleus left", or the name of the channel.
    fn name(&self) -> String {
        let label = &self.channel.label;
        match (label.muscle, label.side) {
            (Some(muscle), Some(side)) => format!("{} {}", muscle.name(), side.word()),
            (Some(muscle), None) => muscle.name().to_owned(),
            (None, _) => label.name.clone(),
        }
    }

    /// "soleus left −34.4 % a minute (−47.4 to −20.3)"
    fn numbers(&self) -> String {
        let (low, high) = self.interval;
        format!(
            "{} {} % a minute ({} to {})",
            self.name(),
            spoken(self.slope),
            spoken(low),
            spoken(high)
        )
    }
}

/// What all channels of a hold say together; `None` where none of them can say anything.
pub(super) fn headline(followed: &[(&Digest, &Followed)]) -> Option<Headline> {
    let sloped = followed.iter().filter_map(|(channel, one)| Sloped::of(channel, one));
    let mut sloped: Vec<Sloped<'_>> = sloped.collect();
    if sloped.is_empty() {
        return None;
    }
    let count = sloped.len();
    let named = sloped.iter().map(|one| (one.name(), one.direction(count)));
    let (kind, mut text) = said(&named.collect::<Vec<_>>());
    let changed = |one: &&Sloped<'_>| one.direction(count) != Direction::Neither;
    if sloped.iter().filter(changed).any(|one| one.drifts) {
        text +=
            " What fell or rose drifts by more than a recording of this length can know.";
    }
    // What is named has its numbers, soleus first.
    sloped.sort_by_key(|one| {
        let is_named = one.direction(count) != Direction::Neither;
        (!is_named, Muscle::neighbourhood(one.channel.label.muscle))
    });
    let numbers: Vec<String> = sloped.iter().take(TOLD).map(Sloped::numbers).collect();
    Some(Headline {
        kind,
        text,
        detail: capitalised(&format!("{}.", numbers.join(", "))),
        shows: Some(MDF.slope_normalised.name.into()),
    })
}

/// The sentence about channels by their names, each with its direction.
fn said(channels: &[(String, Direction)]) -> (HeadlineKind, String) {
    let of = |direction: Direction| {
        let some = channels.iter().filter(move |(_, one)| *one == direction);
        some.map(|(name, _)| name.clone()).collect::<Vec<String>>()
    };
    let (all, fell, rose) = (channels.len(), of(Direction::Fell), of(Direction::Rose));
    let everywhere = match channels {
        [(name, _)] => format!("of {name}"),
        [_, _] => "of both channels".to_owned(),
        _ => format!("of all {all} channels"),
    };
    match (fell.len(), rose.len()) {
        (0, 0) => (
            HeadlineKind::FrequencySteady,
            format!("The median frequency {everywhere} shows no change beyond chance."),
        ),
        (count, 0) if count == all => (
            HeadlineKind::FrequencyFell,
            format!("The median frequency {everywhere} fell."),
        ),
        (0, count) if count == all => (
            HeadlineKind::FrequencyRose,
            format!("The median frequency {everywhere} rose."),
        ),
        _ => {
            let part = |word: &str, names: &[String]| {
                (!names.is_empty()).then(|| format!("{word} in {}", listed(names)))
            };
            let parts = [part("fell", &fell), part("rose", &rose)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            let rest = match all - fell.len() - rose.len() {
                0 => "",
                1 => "; the other channel shows no change beyond chance",
                _ => "; the others show no change beyond chance",
            };
            let text = format!("The median frequency {}{rest}.", parts.join(" and "));
            (HeadlineKind::FrequencyPartly, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_has_its_condition() {
        use Direction::{Fell, Neither, Rose};
        for (directions, kind, text) in [
            (vec![Fell], HeadlineKind::FrequencyFell, "of A fell."),
            (vec![Fell, Fell], HeadlineKind::FrequencyFell, "of both channels fell."),
            (vec![Rose; 3], HeadlineKind::FrequencyRose, "of all 3 channels rose."),
            (
                vec![Neither, Neither],
                HeadlineKind::FrequencySteady,
                "of both channels shows no change beyond chance.",
            ),
            (
                vec![Fell, Neither],
                HeadlineKind::FrequencyPartly,
                "fell in A; the other channel shows no change beyond chance.",
            ),
            (
                vec![Fell, Rose, Neither, Neither, Fell],
                HeadlineKind::FrequencyPartly,
                "fell in A and E and rose in B; the others show no change beyond chance.",
            ),
            (vec![Rose, Fell], HeadlineKind::FrequencyPartly, "fell in B and rose in A."),
        ] {
            let names = ["A", "B", "C", "D", "E"].map(str::to_owned);
            let channels: Vec<_> = names.into_iter().zip(directions).collect();
            assert_eq!(said(&channels), (kind, format!("The median frequency {text}")));
        }
    }
}
