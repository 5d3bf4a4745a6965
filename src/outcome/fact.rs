//! What is known of a measure, whatever recording it is taken of.
//!
//! Each analysis tells the facts of its own measures, once, beside the code that makes
//! them (see `facts!`). Tables, pages, the study and the dictionary read them there, so
//! that nothing hangs on how a measure is spelt.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::units::Unit;

/// What is known of a measure, or of a family of measures that share a formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact {
    /// Its name in the `measure` column; of a family, what stands before the dot.
    pub name: &'static str,
    /// What it is called in a report.
    pub words: &'static str,
    /// The same where there is little room; empty where `words` are short.
    pub short: &'static str,
    /// The same as the heading of a column; empty where `words` serve.
    pub column: &'static str,
    /// One sentence on what it is of.
    pub description: &'static str,
    /// What sort of number it is.
    pub kind: MeasureKind,
    /// Its unit.
    pub unit: Dimension,
    /// How people are shown it.
    pub shown: Shown,
    /// What its value is relative to.
    pub relative_to: Relative,
    /// Between what its values may be compared.
    pub compares: Compares,
    /// What it is used for, beside its row in the tables.
    pub uses: &'static [Use],
    /// How it is computed, in plain text.
    pub formula: &'static str,
    /// Where the formula comes from: author and year; empty where it is elementary.
    pub source: &'static str,
    /// What an interval says about the direction of a value; slopes have
    /// [`Direction::TREND`] anyway.
    pub direction: Option<Direction>,
    /// What may stand behind the dot of a family; empty of a single measure.
    pub parts: &'static [Part],
    /// Whether the measure is there without a part.
    pub alone: bool,
}

impl Fact {
    /// A plain number that compares with nothing: what `facts!` fills in where an
    /// analysis does not say otherwise.
    pub const PLAIN: Self = Self {
        name: "",
        words: "",
        short: "",
        column: "",
        description: "",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("1"),
        shown: Shown::Plain,
        relative_to: Relative::Nothing,
        compares: Compares::NOTHING,
        uses: &[],
        formula: "",
        source: "",
        direction: None,
        parts: &[],
        alone: true,
    };
}

/// What may stand behind the dot of a family: a quantity, a phase, a way of taking it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its name behind the dot.
    pub name: &'static str,
    /// What it is called, in lower case unless it begins with an abbreviation.
    pub words: &'static str,
    /// What the family is used for of this part.
    pub uses: &'static [Use],
    /// Between what the values of this part may be compared, where that is less than what
    /// the family says.
    pub compares: Option<Compares>,
}

/// What sort of number a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MeasureKind {
    /// How strong a signal is.
    Level,
    /// A part of a whole.
    Share,
    /// A change over time.
    Slope,
    /// A number made by a formula of several others.
    Index,
    /// How many there are.
    Count,
    /// A duration or a moment.
    Time,
    /// How often something happens.
    Frequency,
    /// One level over another.
    Ratio,
    /// How alike two courses are.
    Correlation,
    /// How much later one thing is than another.
    Latency,
    /// A judgement in a word.
    Verdict,
}

/// The unit of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// That of the channel's samples: volts where the file says so.
    Samples,
    /// The same per second.
    SamplesPerSecond,
    /// Always this one.
    Fixed(&'static str),
}

impl Dimension {
    /// The unit, where the samples have this one.
    pub fn unit(self, samples: &Unit) -> Unit {
        match self {
            Self::Samples => samples.clone(),
            Self::SamplesPerSecond => samples.per_second(),
            Self::Fixed(symbol) => Unit::fixed(symbol),
        }
    }

    /// What the dictionary says.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Samples => "V",
            Self::SamplesPerSecond => "V/s",
            Self::Fixed(symbol) => symbol,
        }
    }
}

/// How people are shown a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In its own unit.
    Plain,
    /// A part of one as per cent.
    PerCent,
}

/// What a value is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relative {
    /// Nothing, or something that no electrode, skin or gain changes.
    Nothing,
    /// The volts under these electrodes on this day.
    Samples,
    /// The reference of the session, such as a maximal voluntary contraction.
    Reference,
    /// The peak of the recording itself, which differs from recording to recording.
    OwnPeak,
}

/// Between what the values of a measure may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Compares {
    /// Left with right.
    pub sides: bool,
    /// Recordings of one visit.
    pub recordings: bool,
    /// Visits of one person.
    pub visits: bool,
    /// Persons.
    pub people: bool,
}

impl Compares {
    /// Nothing.
    pub const NOTHING: Self = Self::new(false, false, false, false);
    /// Recordings of one visit, whose electrodes stayed where they were.
    pub const RECORDINGS: Self = Self::new(false, true, false, false);
    /// Recordings and visits: each side has a value of its own of a pair.
    pub const PAIRS: Self = Self::new(false, true, true, true);
    /// Everything.
    pub const ALL: Self = Self::new(true, true, true, true);

    const fn new(sides: bool, recordings: bool, visits: bool, people: bool) -> Self {
        Self { sides, recordings, visits, people }
    }
}

/// What a measure is used for, beside its row in the tables. The numbers put the measures
/// of one use in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// A main number of every channel in the first table of a session. Where two share a
    /// place, it is the one relative to a reference if the session has one.
    Main(u8),
    /// A main number of every pair of sides.
    MainOfPairs(u8),
    /// A family that compares both sides: the first of them that a quantity has stands
    /// beside the values of the sides.
    Sides(u8),
    /// A family that tells how much one side varies within itself, beside its values.
    WithinSide(u8),
    /// The numbers of a session on the study page.
    Headline(u8),
    /// A distribution over the study.
    Distribution(u8),
    /// Compared between recordings and visits of one person (`comparisons.csv`).
    Comparison,
    /// The comparison that the study page shows.
    ShownComparison,
    /// How much it differs between visits (`reliability.csv`).
    Reliability,
    /// The reliability that the study page shows.
    ShownReliability,
    /// What a study may take as its outcome.
    Outcome,
    /// What the page of a study opens with, unless its design says something else.
    Opening(u8),
}

impl Use {
    /// The word of the dictionary.
    pub fn word(self) -> &'static str {
        match self {
            Self::Main(_) | Self::MainOfPairs(_) => "main number",
            Self::Sides(_) | Self::WithinSide(_) => "table of sides",
            Self::Headline(_) => "headline",
            Self::Distribution(_) => "distribution",
            Self::Comparison | Self::ShownComparison => "comparison",
            Self::Reliability | Self::ShownReliability => "reliability",
            Self::Outcome | Self::Opening(_) => "outcome",
        }
    }
}

/// What an interval of a value says about its direction, in words without judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// The whole interval lies below 0.
    pub below: &'static str,
    /// The whole interval lies above 0.
    pub above: &'static str,
    /// It holds 0.
    pub neither: &'static str,
}

impl Direction {
    /// That of a slope.
    pub const TREND: Self =
        Self { below: "falling", above: "rising", neither: "no clear trend" };
    /// That of a number which is larger when the left side is.
    pub const SIDES: Self = Self {
        below: "right larger",
        above: "left larger",
        neither: "no clear difference",
    };
    /// That of a number of both sides that other electrodes would change: volts of two
    /// legs differ through skin and placement alone.
    pub const NO_SIDE: Self = Self {
        below: "no side named: electrodes differ",
        above: "no side named: electrodes differ",
        neither: "no clear difference",
    };
}

/// A measure as it is emitted: a fact, and the part of a family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// The facts of the measure or of its family.
    pub fact: &'static Fact,
    /// What stands behind the dot, where it is a family.
    pub part: Option<&'static Part>,
}

impl Known {
    /// Its name in the `measure` column.
    pub fn name(self) -> Cow<'static, str> {
        match self.part {
            Some(part) => format!("{}.{}", self.fact.name, part.name).into(),
            None => self.fact.name.into(),
        }
    }

    /// What it is used for.
    pub fn uses(self) -> &'static [Use] {
        self.part.map_or(self.fact.uses, |part| part.uses)
    }

    /// Whether it is used so.
    pub fn is_for(self, used: Use) -> bool {
        self.uses().contains(&used)
    }

    /// What an interval says about its direction, where words may be made of it.
    pub fn direction(self) -> Option<Direction> {
        let trend = (self.fact.kind == MeasureKind::Slope).then_some(Direction::TREND);
        let people = self.compares().people;
        match self.fact.direction.or(trend)? {
            Direction::SIDES if !people => Some(Direction::NO_SIDE),
            direction => Some(direction),
        }
    }

    /// Between what its values may be compared.
    pub fn compares(self) -> Compares {
        self.part.and_then(|part| part.compares).unwrap_or(self.fact.compares)
    }

    /// Whether it compares two sides, and is larger when the left one is.
    pub fn is_of_sides(self) -> bool {
        self.direction().is_some_and(|direction| direction != Direction::TREND)
    }

    /// What it is called: `Symmetry index: RMS`.
    pub fn words(self) -> String {
        self.joined(self.fact.words)
    }

    /// The same where there is little room.
    pub fn short(self) -> String {
        self.joined(or(self.fact.short, self.fact.words))
    }

    /// The same as the heading of a column.
    pub fn column(self) -> String {
        self.joined(or(self.fact.column, self.fact.words))
    }

    fn joined(self, words: &str) -> String {
        match self.part {
            Some(part) => format!("{words}: {}", part.words),
            None => words.to_owned(),
        }
    }
}

impl Fact {
    /// The measure of this fact and what stands behind the dot, where both fit.
    pub fn with(&'static self, tail: Option<&str>) -> Option<Known> {
        match tail {
            None => self.alone.then_some(Known { fact: self, part: None }),
            Some(tail) => {
                let part = self.parts.iter().find(|part| part.name == tail)?;
                Some(Known { fact: self, part: Some(part) })
            }
        }
    }
}

fn or(text: &'static str, other: &'static str) -> &'static str {
    if text.is_empty() { other } else { text }
}

/// Declares the measures of an analysis: a constant for each, and `MEASURES`, all of them,
/// unless the list is given another name first.
///
/// What a measure does not say is that of [`Fact::PLAIN`].
macro_rules! facts {
    ($visible:vis static $list:ident; $($constant:ident {
        $($field:ident: $value:expr),+ $(,)?
    })+) => {
        $(
            pub(crate) const $constant: $crate::outcome::fact::Fact =
                $crate::outcome::fact::Fact {
                    $($field: $value,)+
                    ..$crate::outcome::fact::Fact::PLAIN
                };
        )+

        /// The facts of these measures.
        $visible static $list: &[$crate::outcome::fact::Fact] = &[$($constant),+];
    };
    ($($told:tt)+) => {
        $crate::outcome::fact::facts! { pub static MEASURES; $($told)+ }
    };
}
pub(crate) use facts;
