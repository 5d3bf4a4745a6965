//! Channels → what can be said about them: measures, courses, figures and notes.
//!
//! An analysis has two parts:
//!
//! 1. What it needs of **one channel** is made once, while the samples are at hand
//!    ([`AtHand`]): its [`Part`](Analysis::Part), which the [`Digest`] keeps. Then the
//!    samples are dropped. What several analyses need of a channel is [`Ground`], which
//!    they only name, and which is there whichever of them is reported.
//! 2. What it says of **a recording** is made of the digests of its channels and the
//!    events: [`Analysis::run`]. What a channel can only know of the others, the rhythm
//!    of its leg, is added before: [`Analyses::complete`].
//!
//! So a new analysis is a file (or folder) with its settings, its part and an `impl
//! Analysis`; and three lines in this file: its `mod` line and its place in the list of
//! `analyses!`, from which [`Analyses`], [`ChannelParts`] and everything that goes over all of
//! them follow. `docs/adding.md` shows one. What is turned off is neither digested nor
//! run.
//!
//! Every analysis says which series of a trace it reads: spectra and noise come from
//! `clean` (polarity kept) or `raw`, levels from `envelope`, per cent of a reference from
//! the envelope's levels and [`Digest::reference`].

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Result;
use crate::outcome::fact::Fact;
use crate::outcome::{Outcome, Section};
use crate::units::Hertz;

mod active;
pub mod activity;
pub mod amplitude;
mod at_hand;
mod band;
mod blocks;
mod bursts;
mod coarse;
pub mod cocontraction;
pub mod coherence;
pub mod complexity;
pub mod curves;
pub mod cycles;
pub mod dictionary;
mod digest;
mod digesting;
pub mod fatigue;
mod ground;
mod headline;
mod heart;
mod knocks;
mod known;
mod levels;
mod pairs;
mod picture;
mod pieces;
pub mod quality;
mod rails;
mod rows;
mod scan;
mod standing;
mod switch;
pub mod symmetry;
mod thinned;

pub use at_hand::AtHand;
pub use digest::{Digest, Digests};
pub use ground::Ground;
pub use known::{Beforehand, KnownRest};
pub use standing::ReferenceStanding;
pub use switch::Switch;

/// Something that can be said about a recording.
pub trait Analysis: Send + Sync {
    /// What it keeps of one channel for itself; `()` where shared ground is enough.
    type Part
    where
        Self: Sized;

    /// Its name in the recipe and in the `analysis` column of the tables.
    fn name(&self) -> &'static str;

    /// What is known of its measures, whatever it finds.
    fn measures(&self) -> &'static [Fact] {
        &[]
    }

    /// The section of the page of a recording that it tells; `None` where its figures and
    /// rows stand in that of another one, or in one of their own without a lead.
    fn section(&self) -> Option<Section> {
        None
    }

    /// What it shares with other analyses: of each channel it reads this and no other
    /// ground.
    fn stands_on(&self) -> &'static [Ground] {
        &[]
    }

    /// What it keeps of a channel; `None` of one of which it has nothing to say.
    fn part(&self, at_hand: &AtHand<'_>) -> Option<Self::Part>
    where
        Self: Sized,
    {
        let _ = at_hand;
        None
    }

    /// Checks what several of its keys must be together.
    ///
    /// # Errors
    /// Names the key as the settings do, its value, the limit and a value that works.
    fn check_together(&self) -> Result<()> {
        Ok(())
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// As [`Analysis::check_together`].
    fn check_rate(&self, rate: Hertz) -> Result<()> {
        let _ = rate;
        Ok(())
    }

    /// What it finds. A value that cannot be computed is an empty measure with its
    /// reason.
    fn run(&self, recording: &Digests<'_>) -> Outcome;

    /// The sentence for the methods paragraph, written from the settings.
    fn describe(&self) -> String;

    /// What it computes, in a few words for the short methods: "computed were …".
    fn in_short(&self) -> String;

    /// The sentence about tests of whole curves, where the analysis makes any.
    fn describe_tests(&self) -> Option<String> {
        None
    }
}

macro_rules! analyses {
    (
        always: $($(#[doc = $what:literal])+ $module:ident: $Kept:ident,)+
        switched: $($(#[doc = $which:literal])+ $name:ident: $Switched:ident = $first:expr,)+
    ) => {
        $(pub use $module::$Kept;)+
        $(pub use $name::$Switched;)+

        /// The analyses of a recipe, complete with their settings. Amplitude and quality
        /// always run.
        #[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct Analyses {
            $($(#[doc = $what])+ pub $module: $Kept,)+
            $($(#[doc = $which])+ pub $name: Switch<$Switched>,)+
        }

        impl Default for Analyses {
            fn default() -> Self {
                Self { $($module: $Kept::default(),)+ $($name: $first,)+ }
            }
        }

        impl Analyses {
            /// Every analysis with its defaults, in the order of the report: what is
            /// known of each whatever the recipe says.
            pub fn all() -> Vec<Box<dyn Analysis>> {
                vec![
                    $(Box::new($Kept::default()) as Box<dyn Analysis>,)+
                    $(Box::new($Switched::default()),)+
                ]
            }

            /// The analyses that are turned on, in the order of the report.
            pub fn enabled(&self) -> Vec<&dyn Analysis> {
                let mut on: Vec<&dyn Analysis> = vec![$(&self.$module,)+];
                $(on.extend(self.$name.on().map(|settings| settings as &dyn Analysis));)+
                on
            }

            /// The analyses of a trial for reference, which is no task: its amplitude and
            /// quality are shown, nothing more is asked of it.
            #[must_use]
            pub fn of_trials(&self) -> Self {
                Self { $($name: Switch::Off,)+ ..self.clone() }
            }

            /// What the analyses that are turned on keep of a channel.
            fn parts(&self, at_hand: &AtHand<'_>) -> ChannelParts {
                ChannelParts {
                    $($module: self.$module.part(at_hand),)+
                    $($name: self.$name.on().and_then(|settings| settings.part(at_hand)),)+
                }
            }
        }

        /// What each analysis keeps of one channel for itself; `None` where it is turned
        /// off or has nothing to say of the channel.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct ChannelParts {
            $(
                #[doc = concat!("What `", stringify!($module), "` keeps.")]
                pub $module: Option<<$Kept as Analysis>::Part>,
            )+
            $(
                #[doc = concat!("What `", stringify!($name), "` keeps.")]
                pub $name: Option<<$Switched as Analysis>::Part>,
            )+
        }
    };
}

// In the order of the report. What is switched has its default behind it.
analyses! {
    always:
    /// Whether a channel can be trusted.
    quality: Quality,
    /// How strong the signal is.
    amplitude: Amplitude,

    switched:
    /// How spectrum and amplitude change over time; `false` turns it off.
    fatigue: Fatigue = Switch::default(),
    /// Left compared with right; `false` turns it off.
    symmetry: Symmetry = Switch::default(),
    /// When the muscle is active; `false` turns it off.
    activity: Activity = Switch::default(),
    /// The movement cycle by cycle; `false` turns it off.
    cycles: Cycles = Switch::default(),
    /// Two muscles of one leg active together; `false` turns it off.
    cocontraction: CoContraction = Switch::default(),
    /// What two muscles are driven by in common; `false` turns it off.
    coherence: Coherence = Switch::default(),
    // It takes longer than all others together, and few ask for it.
    /// How irregular the signal is; off unless `true` or a table turns it on.
    complexity: Complexity = Switch::Off,
}

impl Analyses {
    /// What all analyses that are turned on find, in the order of the report; side by
    /// side where there are threads.
    pub fn run(&self, recording: &Digests<'_>) -> Vec<Outcome> {
        self.enabled().into_par_iter().map(|analysis| analysis.run(recording)).collect()
    }

    /// Checks what several keys of an analysis must be together.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_together(&self) -> Result<()> {
        self.each(|analysis| analysis.check_together())
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        self.each(|analysis| analysis.check_rate(rate))
    }

    fn each(&self, check: impl Fn(&dyn Analysis) -> Result<()>) -> Result<()> {
        self.enabled().into_iter().try_for_each(|analysis| {
            check(analysis).map_err(|error| error.under(analysis.name()))
        })
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
        let all: Vec<_> =
            Analyses::all().iter().map(|analysis| analysis.name()).collect();
        let but = |off: &[&str]| -> Vec<&str> {
            all.iter().copied().filter(|name| !off.contains(name)).collect()
        };
        assert_eq!(names(&Analyses::default()), but(&["complexity"]));
        let less =
            Analyses { fatigue: Switch::Off, cycles: Switch::Off, ..Analyses::default() };
        assert_eq!(names(&less), but(&["complexity", "fatigue", "cycles"]));
        let more = Analyses { complexity: Switch::default(), ..Analyses::default() };
        assert_eq!(names(&more).last(), Some(&"complexity"));
        assert_eq!(names(&more.of_trials()), ["quality", "amplitude"]);
        for analysis in more.enabled() {
            assert!(analysis.describe().ends_with('.'), "{}", analysis.describe());
        }
    }

    #[test]
    fn an_analysis_is_called_as_its_key() {
        let Ok(serde_json::Value::Object(table)) =
            serde_json::to_value(Analyses::default())
        else {
            panic!("no table")
        };
        let mut names: Vec<_> =
            Analyses::all().iter().map(|analysis| analysis.name()).collect();
        names.sort_unstable();
        let mut keys: Vec<_> = table.keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, names);
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
