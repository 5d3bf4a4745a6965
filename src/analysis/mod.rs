//! Channels → what can be said about them: measures, courses, figures and notes.
//!
//! An analysis has two parts:
//!
//! 1. What it needs of **one channel** is computed once, while the samples are at hand: a
//!    small struct of the analysis, made of a `Scan` (the trace, and what every analysis
//!    wants to know of it: its stretches between gaps, whether it is silent, where it is
//!    clipped) and kept as one field of the [`Digest`]. Then the samples are dropped.
//! 2. What it says of **a recording** is made of the digests of its channels and the
//!    events: [`Analysis::run`]. What a channel can only know of the others, the rhythm
//!    of its leg, is added before: [`Analyses::complete`].
//!
//! So a new analysis is a file (or folder) with its settings, the struct of its first
//! part and an `impl Analysis`; and four lines elsewhere: its `mod` line, its field in
//! [`Analyses`] and its place in [`Analyses::enabled`] (all in this file), and the field
//! of [`Digest`] with the line that makes it (in `digest.rs`). What is turned off is
//! neither digested nor run. An analysis that compares channels sample by sample keeps a
//! thinned series in its part, as `symmetry` does.
//!
//! Every analysis says which series of a trace it reads: spectra and noise come from
//! `clean` (polarity kept) or `raw`, levels from `envelope`, per cent of a reference from
//! the envelope's levels and [`Digest::reference`].

use std::borrow::Cow;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Limits, Result};
use crate::outcome::Outcome;
use crate::units::Hertz;

pub mod activity;
pub mod amplitude;
mod blocks;
pub mod cocontraction;
pub mod coherence;
pub mod complexity;
pub mod curves;
pub mod cycles;
pub mod dictionary;
mod digest;
pub mod fatigue;
mod pairs;
mod picture;
pub mod quality;
mod rails;
mod scan;
mod switch;
pub mod symmetry;
mod thinned;

pub use activity::Activity;
pub use amplitude::Amplitude;
pub use cocontraction::CoContraction;
pub use coherence::Coherence;
pub use complexity::Complexity;
pub use cycles::Cycles;
pub use digest::{Digest, Digests};
pub use fatigue::Fatigue;
pub use quality::Quality;
pub use switch::Switch;
pub use symmetry::Symmetry;

/// Something that can be said about a recording.
pub trait Analysis: Sync {
    /// Its name in the recipe and in the `analysis` column of the tables.
    fn name(&self) -> &'static str;

    /// What it finds. A value that cannot be computed is an empty measure with its
    /// reason.
    fn run(&self, recording: &Digests<'_>) -> Outcome;

    /// The sentence for the methods paragraph, written from the settings.
    fn describe(&self) -> String;

    /// The sentence about tests of whole curves, where the analysis makes any.
    fn describe_tests(&self) -> Option<String> {
        None
    }
}

/// The analyses of a recipe, complete with their settings. Amplitude and quality always
/// run.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Analyses {
    /// Whether a channel can be trusted.
    pub quality: Quality,
    /// How strong the signal is.
    pub amplitude: Amplitude,
    /// How spectrum and amplitude change over time; `false` turns it off.
    pub fatigue: Switch<Fatigue>,
    /// Left compared with right; `false` turns it off.
    pub symmetry: Switch<Symmetry>,
    /// When the muscle is active; `false` turns it off.
    pub activity: Switch<Activity>,
    /// The movement cycle by cycle; `false` turns it off.
    pub cycles: Switch<Cycles>,
    /// Two muscles of one leg active together; `false` turns it off.
    pub cocontraction: Switch<CoContraction>,
    /// What two muscles are driven by in common; `false` turns it off.
    pub coherence: Switch<Coherence>,
    /// How irregular the signal is; off unless `true` or a table turns it on.
    pub complexity: Switch<Complexity>,
}

impl Default for Analyses {
    fn default() -> Self {
        Self {
            quality: Quality::default(),
            amplitude: Amplitude::default(),
            fatigue: Switch::default(),
            symmetry: Switch::default(),
            activity: Switch::default(),
            cycles: Switch::default(),
            cocontraction: Switch::default(),
            coherence: Switch::default(),
            // It takes longer than all others together, and few ask for it.
            complexity: Switch::Off,
        }
    }
}

impl Analyses {
    /// The analyses that are turned on, in the order of the report.
    pub fn enabled(&self) -> Vec<&dyn Analysis> {
        let fatigue = self.fatigue.on().map(|fatigue| fatigue as &dyn Analysis);
        let symmetry = self.symmetry.on().map(|symmetry| symmetry as &dyn Analysis);
        let activity = self.activity.on().map(|activity| activity as &dyn Analysis);
        let cycles = self.cycles.on().map(|cycles| cycles as &dyn Analysis);
        let cocontraction =
            self.cocontraction.on().map(|cocontraction| cocontraction as &dyn Analysis);
        let coherence = self.coherence.on().map(|coherence| coherence as &dyn Analysis);
        let complexity =
            self.complexity.on().map(|complexity| complexity as &dyn Analysis);
        let always = [&self.quality as &dyn Analysis, &self.amplitude];
        let optional =
            [fatigue, symmetry, activity, cycles, cocontraction, coherence, complexity];
        always.into_iter().chain(optional.into_iter().flatten()).collect()
    }

    /// What all analyses that are turned on find, in the order of the report; side by
    /// side where there are threads.
    pub fn run(&self, recording: &Digests<'_>) -> Vec<Outcome> {
        self.enabled().into_par_iter().map(|analysis| analysis.run(recording)).collect()
    }

    /// The analyses of a trial for reference, which is no task: its amplitude and quality
    /// are shown, nothing more is asked of it.
    #[must_use]
    pub fn of_trials(&self) -> Self {
        Self {
            fatigue: Switch::Off,
            symmetry: Switch::Off,
            activity: Switch::Off,
            cycles: Switch::Off,
            cocontraction: Switch::Off,
            coherence: Switch::Off,
            complexity: Switch::Off,
            ..self.clone()
        }
    }

    /// The epochs of every median frequency: those of the fatigue analysis, its defaults
    /// when it is off.
    fn epochs(&self) -> Cow<'_, Fatigue> {
        let medians = || Cow::Owned(Fatigue { wavelets: false, ..Fatigue::default() });
        self.fatigue.on().map_or_else(medians, Cow::Borrowed)
    }

    /// Checks the settings that are wrong at any sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        self.quality.check()?;
        self.fatigue.on().map_or(Ok(()), Fatigue::check)?;
        self.symmetry.on().map_or(Ok(()), Symmetry::check)?;
        self.activity.on().map_or(Ok(()), Activity::check)?;
        self.cycles.on().map_or(Ok(()), Cycles::check)?;
        self.cocontraction.on().map_or(Ok(()), CoContraction::check)?;
        self.coherence.on().map_or(Ok(()), Coherence::check)?;
        self.complexity.on().map_or(Ok(()), Complexity::check)
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        self.fatigue.on().map_or(Ok(()), |fatigue| fatigue.check_rate(rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_a_word_or_a_table() {
        let read = |text: &str| toml::from_str::<Analyses>(text);
        assert_eq!(read("").unwrap(), Analyses::default());
        assert_eq!(read("fatigue = false").unwrap().fatigue, Switch::Off);
        assert_eq!(read("fatigue = true").unwrap().fatigue, Switch::default());
        assert_eq!(read("").unwrap().complexity, Switch::Off);
        assert_eq!(read("complexity = true").unwrap().complexity, Switch::default());
        assert_eq!(read("[complexity]").unwrap().complexity, Switch::default());
        let settings = Fatigue { epoch_s: 0.5, ..Fatigue::default() };
        assert_eq!(
            read("[fatigue]\nepoch_s = 0.5").unwrap().fatigue,
            Switch::On(settings)
        );
    }

    #[test]
    fn a_wrong_key_has_its_line_and_column() {
        let wrong = toml::from_str::<Analyses>(
            "symmetry = false\n[fatigue]\noverlap = 0.5\nepoch = 1.0\n",
        );
        let text = wrong.unwrap_err().to_string();
        assert!(text.contains("line 4, column 1") && text.contains("epoch_s"), "{text}");
        let wrong =
            toml::from_str::<Analyses>("\nfatigue = 3\n").unwrap_err().to_string();
        assert!(
            wrong.contains("line 2, column 11")
                && wrong.contains("true, false or a table"),
            "{wrong}"
        );
        let wrong = toml::from_str::<Analyses>("[fatigue]\n\nepoch_s = \"long\"\n")
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("line 3, column 11"), "{wrong}");
    }

    #[test]
    fn analyses_survive_toml() {
        let off = Analyses { symmetry: Switch::Off, ..Analyses::default() };
        let on = Analyses { complexity: Switch::default(), ..Analyses::default() };
        for analyses in [Analyses::default(), off, on] {
            let text = toml::to_string(&analyses).unwrap();
            assert_eq!(toml::from_str::<Analyses>(&text).unwrap(), analyses, "{text}");
        }
        assert!(
            toml::to_string(&Analyses { fatigue: Switch::Off, ..Analyses::default() })
                .unwrap()
                .contains("fatigue = false")
        );
    }

    #[test]
    fn what_is_off_does_not_run() {
        let names = |analyses: &Analyses| {
            analyses.enabled().iter().map(|analysis| analysis.name()).collect::<Vec<_>>()
        };
        let standard = [
            "quality",
            "amplitude",
            "fatigue",
            "symmetry",
            "activity",
            "cycles",
            "cocontraction",
            "coherence",
        ];
        assert_eq!(names(&Analyses::default()), standard);
        let less =
            Analyses { fatigue: Switch::Off, cycles: Switch::Off, ..Analyses::default() };
        assert_eq!(
            names(&less),
            [
                "quality",
                "amplitude",
                "symmetry",
                "activity",
                "cocontraction",
                "coherence"
            ]
        );
        let more = Analyses { complexity: Switch::default(), ..Analyses::default() };
        assert_eq!(names(&more).last(), Some(&"complexity"));
        assert_eq!(names(&more.of_trials()), ["quality", "amplitude"]);
        for analysis in more.enabled() {
            assert!(analysis.describe().ends_with('.'), "{}", analysis.describe());
        }
    }

    #[test]
    fn the_schema_offers_both() {
        let schema = serde_json::to_value(schemars::schema_for!(Analyses)).unwrap();
        let fatigue = &schema["properties"]["fatigue"];
        let text = serde_json::to_string(&schema).unwrap();
        assert!(
            fatigue.is_object() && text.contains("boolean") && text.contains("epoch_s"),
            "{text}"
        );
    }
}
