//! Left and right, and how they are written.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fold::fold;

/// Left or right.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// What is known of the legs of a person beside their sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Legs {
    /// The leg that was hurt, operated on or is otherwise in question.
    pub involved: Option<Side>,
    /// The leg that is preferred.
    pub dominant: Option<Side>,
}

/// Words that mean a side wherever they stand, without accents: English, German, French,
/// Spanish, Portuguese, Italian, Dutch, Polish, Czech, Swedish, Danish, Norwegian, Finnish,
/// Japanese and Chinese.
const LEFT: &[&str] = &[
    "left",
    "links",
    "linke",
    "linker",
    "linkes",
    "gauche",
    "izq",
    "izquierda",
    "izquierdo",
    "izda",
    "izdo",
    "esquerda",
    "esquerdo",
    "sinistra",
    "sinistro",
    "sinister",
    "lewa",
    "lewe",
    "lewy",
    "leva",
    "levy",
    "leve",
    "vanster",
    "venstre",
    "vasen",
    "左",
    "左側",
    "左侧",
];
const RIGHT: &[&str] = &[
    "right", "rechts", "rechte", "rechter", "rechtes", "droite", "droit", "dcha", "dcho",
    "derecha", "derecho", "der", "direita", "direito", "destra", "destro", "dexter",
    "prawa", "prawe", "prawy", "prava", "pravy", "prave", "hoger", "hojre", "hoyre",
    "oikea", "右", "右側", "右侧",
];
/// Abbreviations that mean a side beside the name of a muscle.
const LEFT_SHORT: &[&str] = &["l", "li", "lt", "lft", "g", "sx", "sin", "esq", "va"];
const RIGHT_SHORT: &[&str] =
    &["r", "re", "rt", "rgt", "d", "dx", "dex", "dir", "dch", "ho"];

/// Every word that a side is read by.
#[cfg(test)]
pub(super) fn spellings() -> impl Iterator<Item = &'static str> {
    [LEFT, RIGHT, LEFT_SHORT, RIGHT_SHORT].into_iter().flatten().copied()
}

/// Letters at the end of a name that are left and right where both stand in a file:
/// vänster and höger, esquerdo and direito, izquierdo and derecho, sinistro and destro.
const PAIRS: &[(&str, &str)] =
    &[("V", "H"), ("E", "D"), ("I", "D"), ("Sn", "Dx"), ("S", "D"), ("Izq", "Der")];

/// A name without such letters, and the side, where it stands there with the others, too.
pub(super) fn of_a_pair<'n>(
    name: &'n str,
    names: &HashSet<&str>,
) -> (&'n str, Option<Side>) {
    let paired = PAIRS.iter().find_map(|(left, right)| {
        let sides = [(left, right, Side::Left), (right, left, Side::Right)];
        sides.into_iter().find_map(|(own, other, side)| {
            let muscle = name.strip_suffix(own)?;
            let is_apart = muscle.ends_with(|c: char| !c.is_alphanumeric());
            let has_mirror = || names.contains(format!("{muscle}{other}").as_str());
            (is_apart && has_mirror()).then_some((muscle, side))
        })
    });
    paired.map_or((name, None), |(muscle, side)| (muscle, Some(side)))
}

impl Side {
    /// The word in the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// The side that a text means: `left`, `L`, `li`, `links`, `gauche`, `G`, `sx`, `左`, … in
    /// any case; `None` for anything else.
    pub fn from_name(text: &str) -> Option<Self> {
        let folded = fold(text.trim().trim_end_matches('.'));
        Self::from_word(&folded).or_else(|| Self::from_abbreviation(&folded))
    }

    /// The side that a whole word means, in lower case.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let (left, right) = (LEFT.contains(&word), RIGHT.contains(&word));
        left.then_some(Self::Left).or(right.then_some(Self::Right))
    }

    /// The side that a short form means beside a muscle, in lower case.
    pub(super) fn from_abbreviation(word: &str) -> Option<Self> {
        let (left, right) = (LEFT_SHORT.contains(&word), RIGHT_SHORT.contains(&word));
        left.then_some(Self::Left).or(right.then_some(Self::Right))
    }
}
