//! A measure: one value with its unit, what it rests on and what belongs beside it.

use serde::{Deserialize, Serialize};

use super::Text;
use super::fact::{Fact, Relative};
use crate::signal::{Label, Muscle, Side};
use crate::units::Unit;

/// One value of one channel, pair of channels or recording: a row of the long table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its name in the `measure` column.
    pub name: Text,
    /// The channel's name, or both names of a pair joined by ` ~ `, left first; `None`
    /// for a whole recording.
    pub channel: Option<String>,
    /// The muscle, where it is known.
    pub muscle: Option<Muscle>,
    /// The side, where it is known (a pair has none).
    pub side: Option<Side>,
    /// The value; `None` when it cannot be computed, with the reason in `note`. Never
    /// NaN.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: Unit,
    /// The 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// How many observations the value rests on.
    pub n: Option<usize>,
    /// A verdict: that of the channel for the measure `verdict`, else one of this number
    /// alone, such as an activation whose reference is in doubt. Every row gets its
    /// channel's verdict in the table, or its own where that is worse.
    pub verdict: Option<Verdict>,
    /// What belongs beside the number: the reason why it is missing, a sign rule, a
    /// caution.
    pub note: Option<Text>,
    /// What the value is relative to, where that is not what the facts of the measure
    /// say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_to: Option<Relative>,
}

impl Measure {
    /// A value of one channel whose samples have the unit `samples`. A value that is not
    /// finite becomes empty.
    pub fn new(fact: &Fact, label: &Label, samples: &Unit, value: f64) -> Self {
        Self {
            name: fact.name.into(),
            channel: Some(label.name.clone()),
            muscle: label.muscle,
            side: label.side,
            value: value.is_finite().then_some(value),
            unit: fact.unit.unit(samples),
            interval: None,
            n: None,
            verdict: None,
            note: None,
            relative_to: None,
        }
    }

    /// A value of two channels, for a pair of sides the left one first. It has the muscle
    /// of the first, and its side where both share it.
    pub fn new_pair(
        fact: &Fact,
        labels: [&Label; 2],
        samples: &Unit,
        value: f64,
    ) -> Self {
        let [one, other] = labels;
        Self {
            channel: Some(format!("{} ~ {}", one.name, other.name)),
            side: one.side.filter(|_| one.side == other.side),
            ..Self::new(fact, one, samples, value)
        }
    }

    /// The measure of a family for one of its parts: `symmetry_index` of `rms`.
    #[must_use]
    pub fn part(mut self, part: &str) -> Self {
        self.name = format!("{}.{part}", self.name).into();
        self
    }

    /// The same, where it is of a part at all.
    #[must_use]
    pub fn of_part(self, part: Option<&str>) -> Self {
        match part {
            Some(part) => self.part(part),
            None => self,
        }
    }

    /// The same measure without a value, and why.
    #[must_use]
    pub fn empty(self, reason: impl Into<Text>) -> Self {
        Self { value: None, interval: None, n: None, ..self }.noted(reason)
    }

    /// The same measure relative to something else than its facts say.
    #[must_use]
    pub fn relative_to(mut self, other: Relative) -> Self {
        self.relative_to = Some(other);
        self
    }

    /// The same measure with its 95 % interval (left out unless both ends are finite).
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        self.interval = (low.is_finite() && high.is_finite()).then_some((low, high));
        self
    }

    /// The same measure with the number of observations it rests on.
    #[must_use]
    pub fn from_n(mut self, n: usize) -> Self {
        self.n = Some(n);
        self
    }

    /// The same measure with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<Text>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Whether a channel can be trusted. Ordered: a worse verdict is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing stands against it.
    Good,
    /// Usable with care; the reasons say why.
    Check,
    /// Not to be trusted; the reasons say why.
    Bad,
}

impl Verdict {
    /// The word in the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Check => "check",
            Self::Bad => "bad",
        }
    }
}
