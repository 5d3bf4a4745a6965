//! Something that happened during a recording, and what its label means for a step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Side;

/// Something that happened at a time: a touchdown, a stimulus, a marker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The time on the recording's own clock, in seconds.
    pub time_s: f64,
    /// What happened.
    pub label: String,
    /// The leg it belongs to, where it is known.
    pub side: Option<Side>,
}

/// What an event is for a foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The foot meets the ground: stance begins, and with it the gait cycle.
    Touchdown,
    /// The foot leaves the ground: swing begins.
    Liftoff,
}

/// How people, force plates and motion-capture programs call a touchdown.
const TOUCHDOWN: &[&str] = &[
    "touchdown",
    "heelstrike",
    "heelcontact",
    "heelon",
    "footstrike",
    "footcontact",
    "footdown",
    "footon",
    "initialcontact",
    "groundcontact",
    "contactinitial",
    "contactoinicial",
    "fersenkontakt",
    "fersenauftritt",
    "bodenkontakt",
    "aufsetzen",
    "auftritt",
    "fußaufsatz",
    "fussaufsatz",
    "contacttalon",
    "attaquetalon",
    "strike",
    "hs",
    "hc",
    "ic",
    "fs",
    "td",
];
/// How they call a lift-off.
const LIFTOFF: &[&str] = &[
    "liftoff",
    "toeoff",
    "footoff",
    "footup",
    "terminalcontact",
    "finalcontact",
    "takeoff",
    "decollement",
    "despegue",
    "zehenablösung",
    "zehenabloesung",
    "abheben",
    "off",
    "to",
    "fo",
    "lo",
    "tc",
];

impl Event {
    /// What its label means for a foot; `None` for anything else.
    ///
    /// ```
    /// use soleus::signal::{Event, Mark, Side};
    ///
    /// let event = Event { time_s: 1.0, label: "RHS".into(), side: None };
    /// assert_eq!((event.mark(), event.leg()), (Some(Mark::Touchdown), Some(Side::Right)));
    /// ```
    pub fn mark(&self) -> Option<Mark> {
        parts(&self.label).map(|(_, mark)| mark)
    }

    /// The leg it belongs to: what is said beside it, else what its label says (`RHS`,
    /// `left toe off`).
    pub fn leg(&self) -> Option<Side> {
        self.side
            .or_else(|| parts(&self.label).and_then(|(side, _)| side))
            .or_else(|| spelled_side(&self.label))
    }

    /// Whether it has this label; capitals, blanks, `_` and `-` do not matter.
    pub fn is_labelled(&self, label: &str) -> bool {
        folded(&self.label) == folded(label)
    }
}

/// Letters and digits alone, in lower case.
fn folded(label: &str) -> String {
    label
        .chars()
        .filter(|symbol| symbol.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn spelled_side(label: &str) -> Option<Side> {
    let spelled = |word: &str| {
        [("left", Side::Left), ("right", Side::Right)]
            .into_iter()
            .find(|(name, _)| *name == word)
    };
    label
        .to_lowercase()
        .split(|symbol: char| !symbol.is_alphanumeric())
        .find_map(spelled)
        .map(|(_, side)| side)
}

/// The side and the mark that a label names; `None` where it names no mark.
fn parts(label: &str) -> Option<(Option<Side>, Mark)> {
    let whole = folded(label);
    let sides = [
        ("left", Side::Left),
        ("right", Side::Right),
        ("links", Side::Left),
        ("rechts", Side::Right),
        ("l", Side::Left),
        ("r", Side::Right),
    ];
    let sided = sides.into_iter().flat_map(|(name, side)| {
        [whole.strip_prefix(name), whole.strip_suffix(name)]
            .into_iter()
            .flatten()
            .map(move |rest| (Some(side), rest))
    });
    std::iter::once((None, whole.as_str()))
        .chain(sided)
        .find_map(|(side, rest)| Some((side, mark(rest)?)))
}

fn mark(name: &str) -> Option<Mark> {
    // `strike1`, `touchdown 2`: a count says nothing.
    let name = name.trim_end_matches(|symbol: char| symbol.is_ascii_digit());
    let plain = name.strip_suffix('s').filter(|_| name.len() > 4).unwrap_or(name);
    let is_in = |known: &[&str]| known.contains(&name) || known.contains(&plain);
    is_in(TOUCHDOWN)
        .then_some(Mark::Touchdown)
        .or_else(|| is_in(LIFTOFF).then_some(Mark::Liftoff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_habits() {
        use {Mark::Liftoff, Mark::Touchdown, Side::Left, Side::Right};
        for (label, mark, side) in [
            ("touchdown", Some(Touchdown), None),
            ("Heel strike", Some(Touchdown), None),
            ("RHS", Some(Touchdown), Some(Right)),
            ("L_TO", Some(Liftoff), Some(Left)),
            ("Left Foot Off", Some(Liftoff), Some(Left)),
            ("toe-off right", Some(Liftoff), Some(Right)),
            ("right_touchdown", Some(Touchdown), Some(Right)),
            ("touchdown_L", Some(Touchdown), Some(Left)),
            ("Foot Strikes", Some(Touchdown), None),
            ("IC 12", Some(Touchdown), None),
            ("Fersenkontakt rechts", Some(Touchdown), Some(Right)),
            ("stimulus", None, None),
            ("right turn", None, Some(Right)),
            ("turn", None, None),
            ("", None, None),
        ] {
            let event = Event { time_s: 0.0, label: label.into(), side: None };
            assert_eq!((event.mark(), event.leg()), (mark, side), "{label}");
        }
        let said = Event { time_s: 0.0, label: "RHS".into(), side: Some(Left) };
        assert_eq!(said.leg(), Some(Left));
        assert!(said.is_labelled("r-hs") && !said.is_labelled("hs"));
    }
}
