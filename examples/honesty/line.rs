//! One figure: what was found, of how many, and what it has to be.

use std::fmt;

use rayon::prelude::*;

/// How many recordings a line rests on, and which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trials {
    /// Recordings a line.
    pub(crate) runs: usize,
    /// Another seed, other recordings.
    pub(crate) seed: u64,
}

impl Trials {
    /// What comes of each recording; `run` gets a seed that no other recording of any
    /// line with another `salt` has.
    pub(crate) fn each<T: Send>(
        &self,
        salt: u64,
        run: impl Fn(u64) -> T + Sync,
    ) -> Vec<T> {
        let base = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt << 32);
        let seeds = (0..self.runs as u64).into_par_iter();
        seeds.map(|trial| run(base.wrapping_add(trial))).collect()
    }

    /// The same with another number of recordings, for a line that is dear.
    pub(crate) fn of(&self, runs: usize) -> Self {
        Self { runs: runs.min(self.runs), ..*self }
    }
}

/// A figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Figure {
    /// So many of so many.
    Share { hits: usize, of: usize },
    /// A mean of recordings, with its standard error, in a unit.
    Mean { value: f64, error: f64, unit: &'static str },
}

/// What a figure has to be. Shares are in per cent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// From the first to the second.
    Within(f64, f64),
    /// Not above.
    AtMost(f64),
    /// Not below.
    AtLeast(f64),
    /// Told, not judged.
    Told,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What was measured, and of what.
    pub(crate) what: String,
    /// What came out.
    pub(crate) figure: Figure,
    /// What has to.
    pub(crate) target: Target,
    /// Why a figure misses its target, where one is known to.
    pub(crate) why: &'static str,
}

impl Line {
    /// The head of the table.
    pub(crate) const HEAD: &'static str =
        "| theme | what | figure | of | target | |\n|---|---|---|---|---|---|";

    /// A share of recordings for which something holds; `None` is a recording that says
    /// nothing about it.
    pub(crate) fn share(
        what: impl Into<String>,
        held: impl IntoIterator<Item = Option<bool>>,
        target: Target,
    ) -> Self {
        let held: Vec<bool> = held.into_iter().flatten().collect();
        let hits = held.iter().filter(|held| **held).count();
        let figure = Figure::Share { hits, of: held.len() };
        Self { what: what.into(), figure, target, why: "" }
    }

    /// The mean of a value of each recording.
    pub(crate) fn mean(
        what: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        unit: &'static str,
        target: Target,
    ) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|one| (one - value).powi(2)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        let figure = Figure::Mean { value, error, unit };
        Self { what: what.into(), figure, target, why: "" }
    }

    /// With the reason why it misses its target.
    pub(crate) fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    /// Whether the figure is not further from its target than chance explains in 99 of
    /// 100 cases, or says why it is.
    pub(crate) fn is_held(&self) -> bool {
        let (value, slack) = match self.figure {
            Figure::Share { of: 0, .. } => return false,
            Figure::Share { hits, of } => (100.0 * hits as f64 / of as f64, of),
            Figure::Mean { value, error, .. } => return self.holds(value, 2.576 * error),
        };
        let chance = |limit: f64| {
            let share = (limit / 100.0).clamp(0.0, 1.0);
            257.6 * (share * (1.0 - share) / slack as f64).sqrt() + 50.0 / slack as f64
        };
        match self.target {
            Target::Within(low, high) => {
                value >= low - chance(low) && value <= high + chance(high)
            }
            Target::AtMost(limit) => value <= limit + chance(limit),
            Target::AtLeast(limit) => value >= limit - chance(limit),
            Target::Told => true,
        }
    }

    fn holds(&self, value: f64, slack: f64) -> bool {
        match self.target {
            Target::Within(low, high) => value >= low - slack && value <= high + slack,
            Target::AtMost(limit) => value <= limit + slack,
            Target::AtLeast(limit) => value >= limit - slack,
            Target::Told => value.is_finite(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (figure, of) = match self.figure {
            Figure::Share { of: 0, .. } => ("–".to_owned(), 0),
            Figure::Share { hits, of } => {
                (format!("{:.1} %", 100.0 * hits as f64 / of as f64), of)
            }
            Figure::Mean { value, error, unit } => {
                (format!("{value:.3} ± {error:.3} {unit}"), 0)
            }
        };
        let of = if of > 0 { of.to_string() } else { String::new() };
        let mark = if self.is_held() { "" } else { "misses" };
        let comma = if mark.is_empty() || self.why.is_empty() { "" } else { ": " };
        write!(
            f,
            "| {} | {figure} | {of} | {} | {mark}{comma}{} |",
            self.what, self.target, self.why
        )
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(low, high) => write!(f, "{low} to {high}"),
            Self::AtMost(limit) => write!(f, "≤ {limit}"),
            Self::AtLeast(limit) => write!(f, "≥ {limit}"),
            Self::Told => Ok(()),
        }
    }
}
