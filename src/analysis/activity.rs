//! Activity: when a muscle is active, burst by burst, and what its bursts have in common.
//!
//! Bursts are found in `clean` by the consensus of the detectors of `onset`; their levels
//! are those of `envelope`, and their mean frequency is that of `clean`. EMG shows when a
//! muscle is driven, not what the limb does: repetitions are contractions that look
//! alike, and no measure here says anything about blood flow or metabolism.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Analysis, Digests, Ground};
use crate::error::Result;
use crate::onset::{Consensus, Detector};
use crate::outcome::Outcome;
use crate::outcome::fact::Fact;
use crate::words::spoken;

mod counting;
pub mod exposure;
pub(super) mod facts;
mod faint;
mod figures;
mod headline;
mod notes;
mod obstacle;
mod rows;
mod swap;
mod timing;

pub use super::bursts::{
    Bursts, EnvelopeShape, MuscleBurst, PIECE_S, SHORTEST_FOR_MNF_S, Series,
    mean_frequency, repetitions,
};
pub use super::heart::HeartBeats;
pub use facts::MEASURES;
pub use timing::{Bout, BoutTiming, median_interval, per_minute_of_bouts};

/// The settings of the search for bursts and of what is said of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Activity {
    /// How bursts are found.
    pub bursts: Consensus,
    /// Bursts that a smaller share of the detectors sees are marked, and a channel whose
    /// mean lies below it gets a caution. (Proposal)
    #[schemars(range(min = 0.0, max = 1.0))]
    pub agreement_check: f64,
    /// Bursts with longer pauses between them belong to different bouts, in seconds.
    #[schemars(range(min = 0.1, max = 600.0), extend("unit" = "s"))]
    pub longest_pause_s: f64,
    /// Pauses below this share of the reference are counted, in per cent. (Recalled from
    /// Veiersted et al. 1990)
    #[schemars(range(min = 0.0, max = 100.0), extend("unit" = "%"))]
    pub rest_percent: f64,
    /// The shortest pause that is counted, in seconds. (Veiersted et al. 1990)
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "s"))]
    pub shortest_rest_s: f64,
    /// Whether repetitions, such as heel raises, are counted.
    pub repetitions: Counting,
}

/// When repetitions are counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Where a channel shows at least five of them, of like duration and 1.5 to 10 s
    /// apart, with rest between them.
    #[default]
    Auto,
    /// Whatever they look like.
    Always,
    /// Not at all.
    Never,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            bursts: Consensus::default(),
            agreement_check: 0.6,
            longest_pause_s: 3.0,
            rest_percent: 0.5,
            shortest_rest_s: 0.2,
            repetitions: Counting::Auto,
        }
    }
}

impl Analysis for Activity {
    type Part = ();

    fn name(&self) -> &'static str {
        "activity"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Bursts]
    }

    fn check_together(&self) -> Result<()> {
        self.bursts.check_together().map_err(|error| error.under("bursts"))
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("activity");
        let looked_at = recording
            .channels
            .iter()
            .filter_map(|channel| Some((channel, channel.bursts.as_ref()?)));
        let looked_at: Vec<_> = looked_at.collect();
        outcome.notes.extend(self.cautions(&looked_at));
        outcome.notes.extend(swap::hints(&looked_at, recording.events));
        for &(channel, bursts) in &looked_at {
            outcome.measures.extend(self.rows(channel, bursts));
            outcome.bursts.push(rows::bursts(channel, bursts));
            outcome.notes.push(notes::finding(channel, bursts));
            outcome.figures.extend(self.figure(channel, bursts));
        }
        let channels = looked_at.iter().map(|(channel, _)| *channel);
        outcome.headlines.extend(headline::headline(channels, &outcome.measures));
        outcome
    }

    fn in_short(&self) -> String {
        match &self.bursts.detectors[..] {
            [] => String::from("levels of activity"),
            [only] => format!("bursts (detector {})", worded(only)),
            [first, others @ ..] => format!(
                "bursts (detector {}, confirmed by {} others)",
                worded(first),
                others.len()
            ),
        }
    }

    fn describe(&self) -> String {
        let Self { bursts, longest_pause_s, rest_percent, shortest_rest_s, .. } = self;
        let Consensus { detectors, majority, shortest_burst_s, shortest_gap_s } = bursts;
        let names: Vec<String> = detectors.iter().map(worded).collect();
        let found = match &names[..] {
            [] => String::from("no detector"),
            [only] => format!("the detector {only}"),
            [first, others @ ..] => format!(
                "the detector {first} and confirmed by {} (more than {} % of all must see \
                 a burst)",
                others.join(" and "),
                spoken(100.0 * majority)
            ),
        };
        let repetitions = match self.repetitions {
            Counting::Never => String::new(),
            Counting::Auto | Counting::Always => format!(
                " Repetitions are rises and falls of an envelope of {} Hz between half \
                 and a quarter of the way from its \
                 5th to its 98th percentile; their decline is the slope of Theil (1950) \
                 over its intercept, with the \
                 interval of Sen (1968).",
                repetitions::CUTOFF_HZ
            ),
        };
        format!(
            "Bursts were found in the filtered signal by {found}; pauses shorter than \
             {shortest_gap_s} s were closed, then bursts shorter than {shortest_burst_s} \
             s dropped; bouts are bursts with \
             pauses of at most {longest_pause_s} s. The distribution of the activation \
             over pieces of {PIECE_S} s follows \
             Jonsson (1982), its pauses below {rest_percent} % of at least \
             {shortest_rest_s} s Veiersted et al. \
             (1990).{repetitions}"
        )
    }
}

/// A detector in words: its name, and what it looks at where it can look at several
/// things.
fn worded(detector: &Detector) -> String {
    match detector {
        Detector::LocalLevels(levels) => {
            format!("{} of the {}", detector.name(), levels.look.word())
        }
        _ => detector.name().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_the_search_have_a_table_of_their_own() {
        let read = |text: &str| toml::from_str::<super::super::Analyses>(text);
        let text = "[activity]\nrepetitions = \"always\"\n[activity.bursts]\ndetectors = \
                    [{ step = { threshold = 10 } }]";
        let settings = read(text).unwrap().activity;
        let settings = settings.on().unwrap();
        assert_eq!(
            (settings.bursts.detectors[0].name(), settings.repetitions),
            ("step", Counting::Always)
        );
        let wrong =
            read("[activity.bursts]\n\nshortest = 0.1\n").unwrap_err().to_string();
        assert!(
            wrong.contains("line 3, column 1") && wrong.contains("`shortest`"),
            "{wrong}"
        );
        let wrong =
            read("[activity]\n\nrest_percent = \"low\"\n").unwrap_err().to_string();
        assert!(wrong.contains("line 3, column 16"), "{wrong}");
    }
}
