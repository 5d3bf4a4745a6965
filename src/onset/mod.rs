//! When a muscle is active: detectors of onset and offset, each by its paper, and their
//! consensus.
//!
//! Detectors work on stretches of clean EMG: band-passed, without offset, polarity kept,
//! no gap in it. Positions are samples; an interval `on..off` holds the active samples,
//! so `on` is the first active one and `off` the first that is not.
//!
//! A new detector is a file with its settings, which [`Detect`], and four lines in this
//! one.

use std::ops::Range;

use crate::choice::choice;
use crate::error::Result;
use crate::units::Hertz;

mod bandwidth;
pub mod baseline;
pub mod change_point;
pub mod consensus;
pub mod double_threshold;
mod dropped;
mod edges;
pub mod energy;
pub mod hodges;
pub mod lidierth;
pub mod local_levels;
mod moment;
pub mod profile;
pub mod ramp;
mod ringing;
mod segments;
mod splice;
pub mod step;
pub mod threshold;
pub mod tidy;
pub mod two_state;
mod viterbi;
pub mod whitening;

pub use baseline::{Baseline, RestKind};
pub use change_point::ChangePoint;
pub use consensus::{AgreedBursts, Consensus, Sought};
pub use double_threshold::DoubleThreshold;
pub use dropped::Dropped;
pub use energy::EnergyThreshold;
pub use hodges::{HodgesBui, ModifiedHodges};
pub use lidierth::Lidierth;
pub use local_levels::{LocalLevels, Look};
pub use moment::{AgreedBurst, Dated, DatedBurst, Moment};
pub use profile::Profile;
pub use ramp::Ramp;
pub use step::StepDetector;
pub use threshold::SingleThreshold;
pub use two_state::TwoState;
pub use whitening::{White, Whitening};

choice! {
    /// A detector of bursts with its settings.
    pub enum Detector as Detect by detect {
        /// Two states whose levels are local: what rests differ by is no activity.
        LocalLevels(LocalLevels),
        /// A threshold on the low-passed rectified signal.
        SingleThreshold(SingleThreshold),
        /// A threshold on forward means (Hodges & Bui 1996).
        HodgesBui(HodgesBui),
        /// The same with a causal filter (Yuvaraj et al. 2023).
        ModifiedHodges(ModifiedHodges),
        /// A threshold that must hold (Lidierth 1986).
        Lidierth(Lidierth),
        /// The double threshold (Bonato et al. 1998).
        DoubleThreshold(DoubleThreshold),
        /// A threshold on the Teager–Kaiser energy (Solnik et al. 2010).
        EnergyThreshold(EnergyThreshold),
        /// The sequential generalised likelihood ratio of a step (Staude 2001).
        Step(StepDetector),
        /// The most likely steps of the variance.
        Profile(Profile),
        /// The most likely ramps.
        Ramp(Ramp),
        /// Bayesian change points (Barry & Hartigan 1993; Tenan et al. 2017).
        ChangePoint(ChangePoint),
        /// A hidden Markov model of rest and activity.
        TwoState(TwoState),
    }
}

impl Detector {
    /// All bursts of a stretch, in samples from its beginning.
    pub fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.detect().bursts(stretch)
    }

    /// Checks what several of its keys must be together.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check_together(&self) -> Result<()> {
        self.detect().check_together().map_err(|error| error.under(self.name()))
    }
}

/// A detector of bursts with its settings.
pub trait Detect {
    /// Its name in the recipe.
    fn name(&self) -> &'static str;

    /// Checks what several of its keys must be together.
    ///
    /// # Errors
    /// Names the key as the settings do, its value, the limit and a value that works.
    fn check_together(&self) -> Result<()> {
        Ok(())
    }

    /// All bursts of a stretch, in order, in samples from its beginning; none where the
    /// stretch is too short or its rest is no rest.
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>>;

    /// The same where more is known than the stretch itself, without dates: what confirms
    /// the bursts of another detector.
    fn spans(
        &self,
        stretch: &Stretch<'_>,
        _beside: &Surroundings<'_>,
    ) -> Vec<Range<usize>> {
        self.bursts(stretch)
    }

    /// What [`Detect::spans`] sees, with how well onsets and offsets are known where the
    /// detector tells.
    fn dated(&self, stretch: &Stretch<'_>, beside: &Surroundings<'_>) -> Dated {
        let spans = self.spans(stretch, beside).into_iter();
        Dated { bursts: spans.map(DatedBurst::exactly).collect(), faint: Vec::new() }
    }

    /// The same detector on a stretch made white, where it looks at one: such a stretch is
    /// made once for all detectors that want it so. `None` for one that looks at the
    /// samples themselves.
    fn on_white(&self) -> Option<&dyn DetectWhite> {
        None
    }
}

/// A detector that looks at a stretch made white.
pub trait DetectWhite {
    /// How it wants the stretch whitened.
    fn whitening(&self) -> &Whitening;

    /// All bursts of a stretch that was made white in that way, in samples from its
    /// beginning.
    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>>;

    /// What [`Detect::bursts`] finds: none where the stretch cannot be made white, for
    /// silence, samples that are not finite, or fewer than 20 quiet samples.
    fn bursts_made_white(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        let white = self.whitening().white(stretch);
        white.map_or_else(Vec::new, |white| self.bursts_of_white(&white))
    }
}

/// A stretch of clean EMG without gaps, and where it is quiet.
#[derive(Debug, Clone)]
pub struct Stretch<'a> {
    /// Band-passed samples without offset, polarity kept.
    pub samples: &'a [f64],
    /// The sampling rate.
    pub rate: Hertz,
    /// The pieces in which the muscle rests: the base line of all thresholds.
    pub quiet: &'a [Range<usize>],
}

/// What is known beside the samples of a stretch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The root mean square of the muscle at rest, in the unit of the samples, where a
    /// recording of rest tells it.
    pub known_rest: Option<f64>,
    /// What is short and towers above all activity, in samples: it tells nothing of how
    /// strong activity is.
    pub towers: &'a [Range<usize>],
    /// The coefficients a1 and a2 of the denominators of those sections whose filters ran
    /// over the samples in both directions of time: what rings ahead of a steep onset.
    pub two_way: &'a [[f64; 2]],
}
