//! The rows of one channel, or of a pair of channels, that share a reason why they may
//! all be without a value.

use super::Digest;
use crate::dsp::stats::{mean, mean_interval};
use crate::outcome::fact::Fact;
use crate::outcome::{Measure, Text};
use crate::signal::Label;
use crate::units::Unit;

/// Why there is no per cent of a reference.
pub(super) const NO_REFERENCE: &str = "no reference: the recipe asks for none, or no \
    recording of the session gives this channel one in its unit";

/// A value with what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    value: f64,
    interval: Option<(f64, f64)>,
    n: Option<usize>,
    note: Option<Text>,
}

impl Found {
    /// A value that rests on `n` observations; one that is not finite leaves its row
    /// empty.
    pub(super) fn new(value: f64, n: usize) -> Self {
        Self { n: Some(n), ..Self::alone(value) }
    }

    /// A value of which no number of observations is told.
    pub(super) fn alone(value: f64) -> Self {
        Self { value, interval: None, n: None, note: None }
    }

    /// The mean of some values with its interval by Student's t, where there are two;
    /// `None` without values.
    pub(super) fn mean(values: &[f64]) -> Option<Self> {
        let found = Self::new(mean(values)?, values.len());

        Some(found.within(mean_interval(values)))
    }

    /// The same value with its 95 % interval, where there is one.
    pub(super) fn within(self, interval: Option<(f64, f64)>) -> Self {
        Self { interval, ..self }
    }

    /// The same value with a note.
    pub(super) fn noted(self, note: impl Into<Text>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// The same value with a note, where there is something to say.
    pub(super) fn noted_if<T: Into<Text>>(self, note: Option<T>) -> Self {
        Self { note: note.map(Into::into), ..self }
    }

    /// The row that says it.
    fn tell(self, row: Measure) -> Measure {
        let Self { value, interval, n, note } = self;
        let row =
            Measure { value: Some(value).filter(|v| v.is_finite()), n, note, ..row };

        match interval {
            Some((low, high)) => row.within(low, high),
            None => row,
        }
    }
}

/// Rows in the making.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    one: &'a Label,
    other: Option<&'a Label>,
    samples: &'a Unit,
    obstacle: Option<Text>,
    made: Vec<Measure>,
}

impl<'a> Rows<'a> {
    /// The rows of a channel. Where there is an obstacle, all of them are empty for that
    /// reason.
    pub(super) fn new<T: Into<Text>>(channel: &'a Digest, obstacle: Option<T>) -> Self {
        Self {
            one: &channel.label,
            other: None,
            samples: &channel.unit,
            obstacle: obstacle.map(Into::into),
            made: Vec::new(),
        }
    }

    /// The rows of two channels, for a pair of sides the left one first.
    pub(super) fn new_pair<T: Into<Text>>(
        [one, other]: [&'a Digest; 2],
        obstacle: Option<T>,
    ) -> Self {
        Self { other: Some(&other.label), ..Self::new(one, obstacle) }
    }

    /// The rows that follow are empty for this reason, too, where there is one.
    pub(super) fn hinder<T: Into<Text>>(&mut self, obstacle: Option<T>) {
        self.obstacle = self.obstacle.take().or(obstacle.map(Into::into));
    }

    /// Adds a row with its value, or with the reason why it has none.
    pub(super) fn add<T: Into<Text>>(&mut self, fact: &Fact, found: Result<Found, T>) {
        let row = self.row(fact, found);
        self.made.push(row);
    }

    /// Adds a row of a family, of a part of it or of the whole.
    pub(super) fn add_part<T: Into<Text>>(
        &mut self,
        fact: &Fact,
        part: Option<&str>,
        found: Result<Found, T>,
    ) {
        let row = self.row(fact, found).of_part(part);
        self.made.push(row);
    }

    /// Adds a row whose value is known unless there is an obstacle.
    pub(super) fn add_known(&mut self, fact: &Fact, found: Found) {
        self.add(fact, Ok::<_, Text>(found));
    }

    /// Adds a row whose value is known whatever the obstacle.
    pub(super) fn add_always(&mut self, fact: &Fact, found: Found) {
        self.made.push(found.tell(self.blank(fact)));
    }

    /// The rows in the order in which they were added.
    pub(super) fn made(self) -> Vec<Measure> {
        self.made
    }

    fn row<T: Into<Text>>(&self, fact: &Fact, found: Result<Found, T>) -> Measure {
        let blank = self.blank(fact);
        match (&self.obstacle, found) {
            (Some(obstacle), _) => blank.noted(obstacle.clone()),
            (None, Ok(found)) => found.tell(blank),
            (None, Err(reason)) => blank.noted(reason),
        }
    }

    fn blank(&self, fact: &Fact) -> Measure {
        match self.other {
            Some(other) => {
                Measure::new_pair(fact, [self.one, other], self.samples, f64::NAN)
            }
            None => Measure::new(fact, self.one, self.samples, f64::NAN),
        }
    }
}
