//! Complexity: how irregular `clean` is, epoch by epoch, by entropy, fluctuation,
//! recurrence and fractal dimension.
//!
//! The indices depend on the sampling rate, on the filters and on clipping, most of them
//! more than on the muscle. They compare within a session and never between chains; they
//! follow the spectrum (a spectrum that moves to lower frequencies lowers the entropies
//! and raises determinism) and are no diagnosis of anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan::Scan;
use super::{Analysis, AtHand, Digests};
use crate::dsp::complexity;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::fact::Fact;
use crate::outcome::{Outcome, Section};
use crate::signal::Trace;
use crate::units::Hertz;
use crate::words::spoken;

mod course;
mod facts;
mod figures;
mod rows;

pub use course::{ComplexityCourse, ComplexityEpoch, ComplexityIndex, Indices};
pub use facts::{MEASURES, SECTION};

/// The fewest epochs of which a mean or a slope is made.
const FEWEST: usize = 3;
/// The fewest samples of an epoch: entropies of fewer are uncertain (Richman & Moorman
/// 2000).
const LEAST_SAMPLES: usize = 200;

/// The settings of the complexity analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Complexity {
    /// The length of an epoch in seconds. An epoch needs at least 200 samples.
    #[schemars(range(min = 0.1, max = 10.0), extend("unit" = "s"))]
    pub epoch_s: f64,
    /// At most so many epochs of a channel are looked at, evenly spaced among those that
    /// are used: the time for an epoch grows with the square of its samples.
    #[schemars(range(min = 3, max = 100_000))]
    pub most_epochs: usize,
    /// Epochs whose root mean square is below this share of the 95th percentile are rest
    /// and left out.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub quiet_share: f64,
    /// The length m of the templates of both entropies in samples.
    #[schemars(range(min = 1, max = 10), extend("unit" = "samples"))]
    pub dimension: usize,
    /// The tolerance r of both entropies as a share of the epoch's standard deviation
    /// (divisor n).
    #[schemars(range(min = 0.01, max = 2.0))]
    pub tolerance: f64,
    /// The exponent p of the similarity e^(−(d/r)^p) of fuzzy entropy (Chen et al. 2007).
    #[schemars(range(min = 0.1, max = 10.0))]
    pub fuzzy_exponent: f64,
    /// The longest lag of Higuchi's fractal dimension in samples.
    #[schemars(range(min = 3, max = 1000), extend("unit" = "samples"))]
    pub higuchi_kmax: usize,
    /// How recurrence is quantified.
    pub recurrence: Recurrence,
}

/// The settings of recurrence quantification. Times are in seconds, so that two sampling
/// rates look at states and lines of the same duration.
///
/// Filligoi & Felici (1999) used 15 samples a state, 4 samples apart, and lines of 20
/// samples for surface EMG (recalled, at some 2 kHz: 2 ms and 10 ms), because shorter
/// lines are found in any band-passed noise. The radius is ours: in simulated EMG 3.5
/// standard deviations make 3 to 5 % of the pairs recur, and determinism rises from 27 to
/// 45 % (1000 Hz) and from 22 to 38 % (2000 Hz) while the spectrum is compressed by a
/// quarter, so that it is not at either end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Recurrence {
    /// How many samples make a state.
    #[schemars(range(min = 1, max = 100), extend("unit" = "samples"))]
    pub dimension: usize,
    /// The time between two samples of a state in seconds; at least one sample.
    #[schemars(range(min = 1e-5, max = 1.0), extend("unit" = "s"))]
    pub delay_s: f64,
    /// States whose Euclidean distance is at most this recur, in standard deviations of
    /// the epoch.
    #[schemars(range(min = 0.001, max = 100.0))]
    pub radius: f64,
    /// The shortest line that makes recurrence deterministic, in seconds; at least two
    /// samples.
    #[schemars(range(min = 1e-5, max = 10.0), extend("unit" = "s"))]
    pub shortest_line_s: f64,
    /// How many diagonals beside the main one are left out, with it (Theiler 1986).
    #[schemars(range(min = 1, max = 100_000))]
    pub theiler: usize,
}

impl Default for Complexity {
    fn default() -> Self {
        Self {
            epoch_s: 1.0,
            most_epochs: 60,
            quiet_share: 0.1,
            dimension: 2,
            tolerance: 0.2,
            fuzzy_exponent: 2.0,
            higuchi_kmax: 10,
            recurrence: Recurrence::default(),
        }
    }
}

impl Default for Recurrence {
    fn default() -> Self {
        Self {
            dimension: 15,
            delay_s: 0.002,
            radius: 3.5,
            shortest_line_s: 0.01,
            theiler: 1,
        }
    }
}

impl Complexity {
    /// The epochs of a channel. A channel shorter than an epoch has none; a silent one
    /// has only quiet ones.
    pub fn course(&self, trace: &Trace) -> ComplexityCourse {
        self.course_of(&Scan::look(trace))
    }
}

impl Recurrence {
    fn fits(&self, epoch_s: f64) -> Result<()> {
        let span =
            self.dimension.saturating_sub(1) as f64 * self.delay_s + self.shortest_line_s;
        if span <= epoch_s / 2.0 {
            return Ok(());
        }
        let said = format!(
            "{} samples {} s apart and lines of {} s need {} s, more than half an epoch \
             of {epoch_s} s",
            self.dimension,
            self.delay_s,
            self.shortest_line_s,
            spoken(span)
        );
        Err(Error::at_key(ErrorKind::Plan, "recurrence", said)
            .with_hint("a lower dimension or delay_s, or a longer epoch_s works"))
    }

    fn at(&self, rate: Hertz) -> complexity::RecurrencePlot {
        complexity::RecurrencePlot {
            dimension: self.dimension,
            delay: rate.samples(self.delay_s).max(1),
            radius: self.radius,
            theiler: self.theiler,
            shortest_line: rate.samples(self.shortest_line_s).max(2),
        }
    }
}

impl Analysis for Complexity {
    type Part = ComplexityCourse;

    fn name(&self) -> &'static str {
        "complexity"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn part(&self, at_hand: &AtHand<'_>) -> Option<ComplexityCourse> {
        Some(self.course_of(&at_hand.scan))
    }

    fn check_together(&self) -> Result<()> {
        self.recurrence.fits(self.epoch_s)
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("complexity");
        let followed = recording.with(|parts| parts.complexity.as_ref());
        outcome.notes.extend(rows::cautions(&followed));
        for (channel, course) in followed {
            outcome.measures.extend(rows::measures(channel, course));
            outcome.courses.extend(rows::courses(channel, course));
            outcome.notes.push(rows::note(channel, course));
            outcome.figures.extend(figures::course(channel, course));
        }
        outcome
    }

    fn in_short(&self) -> String {
        let of = self.epoch_s;
        format!(
            "entropies, fluctuation, recurrence and fractal dimension (epochs of {of} s)"
        )
    }

    fn describe(&self) -> String {
        let Self {
            epoch_s,
            most_epochs,
            dimension,
            tolerance,
            fuzzy_exponent,
            higuchi_kmax,
            recurrence,
            ..
        } = self;
        format!(
            "Complexity was computed from at most {most_epochs} epochs of {epoch_s} s, \
             evenly spaced among those without \
             gaps, much clipping or a root mean square below {} % of the 95th percentile: \
             sample entropy (Richman & Moorman \
             2000; m = {dimension}, r = {tolerance} standard deviations) and fuzzy \
             entropy (Chen et al. 2007; local means \
             removed, exponent {fuzzy_exponent}) in nats, the exponent of detrended \
             fluctuation analysis (Peng et al. \
             1994; order 1, boxes of 4 samples to an eighth of an epoch), the recurrence \
             rate and determinism (Webber & \
             Zbilut 1994; states of {} samples {} ms apart, radius {} standard \
             deviations, lines from {} ms) and the \
             fractal dimension of Higuchi (1988; lags to {higuchi_kmax} samples). \
             Intervals of means are Student's t over \
             epochs, slopes ordinary least squares over the epoch centres.",
            spoken(100.0 * self.quiet_share),
            recurrence.dimension,
            spoken(1e3 * recurrence.delay_s),
            spoken(recurrence.radius),
            spoken(1e3 * recurrence.shortest_line_s),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_recurrence_fit_into_an_epoch() {
        assert!(Complexity::default().check_together().is_ok());
        let recurrence = Recurrence { delay_s: 0.05, ..Recurrence::default() };
        let settings = Complexity { recurrence, ..Complexity::default() };
        let text = settings.check_together().unwrap_err().to_string();
        assert!(
            text.starts_with("recurrence: 15 samples 0.05 s apart")
                && text.contains("hint: a lower dimension"),
            "{text}"
        );
    }

    #[test]
    fn recurrence_has_a_table_of_its_own() {
        let read = |text: &str| toml::from_str::<super::super::Analyses>(text);
        let settings =
            read("[complexity]\nepoch_s = 2\n[complexity.recurrence]\nradius = 3")
                .unwrap()
                .complexity;
        let settings = settings.on().unwrap();
        assert_eq!(
            (settings.epoch_s, settings.recurrence.radius, settings.recurrence.dimension),
            (2.0, 3.0, 15)
        );
        let wrong =
            read("[complexity.recurrence]\n\nradius_s = 1\n").unwrap_err().to_string();
        assert!(wrong.contains("line 3, column 1"), "{wrong}");
    }

    #[test]
    fn times_become_samples() {
        let at = |hz| Recurrence::default().at(Hertz::new(hz).unwrap());
        assert_eq!((at(2048.0).delay, at(2048.0).shortest_line), (4, 20));
        assert_eq!((at(100.0).delay, at(100.0).shortest_line), (1, 2));
    }
}
