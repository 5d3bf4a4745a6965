//! Whether the sides differ in activation, in one sentence.

use super::super::amplitude::ACTIVATION_MEAN;
use super::super::headline::{listed, of_several};
use super::super::quality::are_copies;
use super::Pair;
use super::facts::SYMMETRY_INDEX;
use crate::outcome::{Headline, HeadlineKind, Measure, Verdict};
use crate::signal::{Legs, Muscle, Side};
use crate::words::{capitalised, spoken};

/// So many muscles are told with their numbers.
const TOLD: usize = 2;

/// The index of the mean activation of a muscle.
struct Index {
    muscle: Muscle,
    percent: f64,
    interval: Option<(f64, f64)>,
    /// Whether the usual error of the references explains it.
    in_doubt: bool,
}

impl Index {
    fn of(pair: &Pair<'_>, rows: &[Measure]) -> Option<Self> {
        let name = format!("{}.{}", SYMMETRY_INDEX.name, ACTIVATION_MEAN.name);
        let channels = format!("{} ~ {}", pair.left.label.name, pair.right.label.name);
        let row = rows.iter().find(|row| {
            row.name == name && row.channel.as_deref() == Some(channels.as_str())
        })?;
        Some(Self {
            muscle: pair.muscle,
            percent: row.value?,
            interval: row.interval,
            in_doubt: row.verdict.is_some_and(|verdict| verdict > Verdict::Good),
        })
    }

    /// The side that is the larger one beyond chance, where so many muscles are told at
    /// once.
    fn larger(&self, count: usize) -> Option<Side> {
        let (low, high) = of_several(self.percent, self.interval?, count);
        match (low > 0.0, high < 0.0) {
            (true, _) => Some(Side::Left),
            (_, true) => Some(Side::Right),
            _ => None,
        }
    }

    /// "soleus +23.4 % (−4.4 to 46.8)"
    fn numbers(&self) -> String {
        let sign = if self.percent > 0.0 { "+" } else { "" };
        let interval = self.interval.map_or(String::new(), |(low, high)| {
            format!(" ({} to {})", spoken(low), spoken(high))
        });
        format!("{} {sign}{} %{interval}", self.muscle.name(), spoken(self.percent))
    }
}

/// Whether both channels can be trusted, and are two.
fn is_sound(pair: &Pair<'_>) -> bool {
    !pair.left.is_bad() && !pair.right.is_bad() && !are_copies(pair.left, pair.right)
}

/// What the pairs of a recording say together; `None` where nothing has two sides.
pub(super) fn headline(
    pairs: &[Pair<'_>],
    legs: Legs,
    rows: &[Measure],
) -> Option<Headline> {
    if pairs.is_empty() {
        return None;
    }
    let known: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.has_maxima()).collect();
    let sound = known.iter().filter(|pair| is_sound(pair));
    let mut indices: Vec<Index> =
        sound.filter_map(|pair| Index::of(pair, rows)).collect();
    if indices.is_empty() {
        let why = match known.is_empty() {
            true => "there is no maximal contraction of both",
            false => "what was recorded of them cannot be used for it",
        };
        return Some(Headline {
            kind: HeadlineKind::SidesNotCompared,
            text: format!("The sides are not compared: {why}."),
            detail: String::new(),
            shows: None,
        });
    }
    // What is named has its numbers.
    let count = indices.len();
    indices.sort_by_key(|index| {
        let is_named = index.larger(count).is_some();
        (!is_named, Muscle::neighbourhood(Some(index.muscle)))
    });
    let (kind, text) = said(&indices, legs);
    let numbers: Vec<String> = indices.iter().take(TOLD).map(Index::numbers).collect();
    Some(Headline {
        kind,
        text,
        detail: format!("Activation, left against right: {}.", numbers.join(", ")),
        shows: Some(ACTIVATION_MEAN.name.into()),
    })
}

fn said(indices: &[Index], legs: Legs) -> (HeadlineKind, String) {
    let count = indices.len();
    let named = |wanted: &dyn Fn(&Index) -> bool| -> Vec<String> {
        let some = indices.iter().filter(|index| wanted(index));
        some.map(|index| index.muscle.name().to_owned()).collect()
    };
    let certain = |side: Side| {
        named(&move |index: &Index| index.larger(count) == Some(side) && !index.in_doubt)
    };
    let parts = [Side::Left, Side::Right].map(|side| (side, certain(side)));
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(side, names)| {
            let verb = if names.len() == 1 { "was" } else { "were" };
            format!("{} {verb} more active on the {}", listed(names), told(*side, legs))
        })
        .collect();
    if !parts.is_empty() {
        let text = format!("{}.", capitalised(&parts.join(", ")));
        return (HeadlineKind::SidesDiffer, text);
    }
    let in_doubt = named(&|index: &Index| index.larger(count).is_some());
    if !in_doubt.is_empty() {
        let text = format!(
            "The sides of {} differ by no more than maxima usually err.",
            listed(&in_doubt)
        );
        return (HeadlineKind::SidesUncertain, text);
    }
    if indices.iter().all(|index| index.interval.is_none()) {
        let text = "How much the sides differ by chance is not known.".to_owned();
        return (HeadlineKind::SidesUnknown, text);
    }
    let text = match indices {
        [one] => {
            format!(
                "The sides of {} do not differ beyond chance, which does not make them alike.",
                one.muscle.name()
            )
        }
        _ => {
            "The sides of no muscle differ beyond chance, which does not make them alike."
                .to_owned()
        }
    };
    (HeadlineKind::SidesAlike, text)
}

/// "left", or "left (involved)" where that is known.
fn told(side: Side, legs: Legs) -> String {
    match legs.involved {
        Some(involved) if involved == side => format!("{} (involved)", side.word()),
        Some(_) => format!("{} (uninvolved)", side.word()),
        None => side.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(muscle: Muscle, interval: Option<(f64, f64)>, in_doubt: bool) -> Index {
        let percent = interval.map_or(5.0, |(low, high)| (low + high) / 2.0);
        Index { muscle, percent, interval, in_doubt }
    }

    #[test]
    fn each_sentence_has_its_condition() {
        let (sol, gm) = (Muscle::Soleus, Muscle::GastrocnemiusMedialis);
        let (left, right, none) =
            (Some((2.0, 8.0)), Some((-8.0, -2.0)), Some((-1.0, 9.0)));
        for (indices, kind, text) in [
            (
                vec![index(sol, left, false), index(gm, none, false)],
                HeadlineKind::SidesDiffer,
                "Soleus was more active on the left (involved).",
            ),
            (
                vec![index(sol, left, false), index(gm, right, false)],
                HeadlineKind::SidesDiffer,
                "Soleus was more active on the left (involved), gastrocnemius medialis was \
                 more active on the right (uninvolved).",
            ),
            // Beyond 0 alone, and not with another muscle beside it.
            (
                vec![index(sol, Some((0.1, 9.9)), false), index(gm, none, false)],
                HeadlineKind::SidesAlike,
                "The sides of no muscle differ beyond chance, which does not make them alike.",
            ),
            (
                vec![index(sol, Some((0.1, 9.9)), false)],
                HeadlineKind::SidesDiffer,
                "Soleus was more active on the left (involved).",
            ),
            (
                vec![index(sol, left, true), index(gm, none, false)],
                HeadlineKind::SidesUncertain,
                "The sides of soleus differ by no more than maxima usually err.",
            ),
            (
                vec![index(sol, none, false), index(gm, None, false)],
                HeadlineKind::SidesAlike,
                "The sides of no muscle differ beyond chance, which does not make them alike.",
            ),
            (
                vec![index(sol, Some((0.0, 3.0)), false)],
                HeadlineKind::SidesAlike,
                "The sides of soleus do not differ beyond chance, which does not make them alike.",
            ),
            (
                vec![index(sol, None, false)],
                HeadlineKind::SidesUnknown,
                "How much the sides differ by chance is not known.",
            ),
        ] {
            let legs = Legs { involved: Some(Side::Left), ..Legs::default() };
            assert_eq!(said(&indices, legs), (kind, text.to_owned()));
        }
    }

    #[test]
    fn numbers_have_their_sign_and_interval() {
        let one = index(Muscle::Soleus, Some((-4.0, 10.0)), false);
        assert_eq!(one.numbers(), "soleus +3 % (−4 to 10)");
        let one = Index { percent: -3.0, interval: None, ..one };
        assert_eq!(one.numbers(), "soleus −3 %");
    }
}
