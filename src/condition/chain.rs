//! All steps of a recipe, one after another, over the stretches between gaps.

use std::ops::Range;

use super::{Kernel, Step};
use crate::dsp::gaps;
use crate::error::{Error, Result, Stage};
use crate::units::Hertz;

/// The steps of a recipe, designed for one sampling rate.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Vec<Link>,
}

#[derive(Debug, Clone)]
struct Link {
    name: &'static str,
    kernel: Kernel,
}

/// A channel after conditioning.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The samples in their unit, as many as came in, polarity kept; a gap is `NaN`.
    pub samples: Vec<f64>,
    /// What the steps found, in words.
    pub findings: Vec<String>,
    /// How many stretches between gaps were too short for the steps and became gaps.
    pub too_short: usize,
}

impl Chain {
    /// Designs all steps. Everything that can be wrong with the settings is wrong here.
    ///
    /// ```
    /// use soleus::condition::{BandPass, Chain, Step};
    /// use soleus::units::Hertz;
    ///
    /// let rate = Hertz::new(1000.0).expect("a rate above zero");
    /// let chain = Chain::design(&[Step::BandPass(BandPass::default())], rate)?;
    /// assert!((chain.gain(20.0) - 0.5_f64.sqrt()).abs() < 1e-9);
    /// # Ok::<(), soleus::Error>(())
    /// ```
    pub fn design(steps: &[Step], rate: Hertz) -> Result<Self> {
        let link = |step: &Step| {
            let conditioner = step.conditioner();
            Ok(Link { name: conditioner.name(), kernel: conditioner.design(rate)? })
        };
        Ok(Self { links: steps.iter().map(link).collect::<Result<_>>()? })
    }

    /// Whether samples could be processed as they come.
    pub fn streams(&self) -> bool {
        self.links.iter().all(|link| link.kernel.streams())
    }

    /// What was decided, a phrase for each step.
    pub fn describe(&self) -> Vec<String> {
        self.links.iter().map(|link| link.kernel.describe()).collect()
    }

    /// The fewest samples without a gap that all steps can process: 1 at least.
    pub fn shortest(&self) -> usize {
        self.most_demanding().map_or(1, |link| link.kernel.shortest()).max(1)
    }

    /// The magnitude response of all filters after all their passes, at a frequency in hertz (1 = unchanged).
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        self.links.iter().map(|link| link.kernel.gain(frequency_hz)).product()
    }

    /// Cleans one channel.
    ///
    /// Samples that are `NaN` or infinite are gaps, and stay gaps. A stretch between gaps that is shorter than
    /// [`Chain::shortest`] becomes a gap before the first step and is counted. A recording without a stretch that
    /// is long enough is an error.
    pub fn run(&self, raw: &[f64]) -> Result<Cleaned> {
        let mut samples: Vec<f64> =
            raw.iter().map(|sample| if sample.is_finite() { *sample } else { f64::NAN }).collect();
        let all = gaps::stretches(&samples);
        let (stretches, short): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|one| one.len() >= self.shortest());
        if stretches.is_empty() {
            return Err(self.refuse(raw.len(), &all));
        }
        for stretch in &short {
            samples[stretch.clone()].fill(f64::NAN);
        }
        let mut findings = Vec::new();
        for link in &self.links {
            findings.extend(link.kernel.run(&mut samples, &stretches));
        }
        Ok(Cleaned { samples, findings, too_short: short.len() })
    }

    fn most_demanding(&self) -> Option<&Link> {
        self.links.iter().max_by_key(|link| link.kernel.shortest())
    }

    fn refuse(&self, samples: usize, stretches: &[Range<usize>]) -> Error {
        let Some(longest) = stretches.iter().map(Range::len).max() else {
            return Error::new(Stage::Process, format!("none of the {samples} samples is present"))
                .with_hint("the channel may not have been connected; leave it out");
        };
        let step = self.most_demanding().map_or("conditioning", |link| link.name);
        let needed = self.shortest();
        let message =
            format!("the longest stretch without a gap has {longest} of {samples} samples, and {step} needs {needed}");
        Error::new(Stage::Process, message)
            .with_hint(format!("use a longer recording, or a lower order or edge = \"none\" for {step}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::{BandPass, Detrend, HighPass, Phase};

    fn chain(steps: &[Step]) -> Chain {
        Chain::design(steps, Hertz::new(1000.0).unwrap()).unwrap()
    }

    #[test]
    fn no_steps_change_nothing_and_every_infinity_becomes_a_gap() {
        let cleaned = chain(&[]).run(&[1.0, f64::INFINITY, -2.0]).unwrap();
        assert_eq!((cleaned.samples[0], cleaned.samples[2], cleaned.too_short), (1.0, -2.0, 0));
        assert!(cleaned.samples[1].is_nan());
    }

    #[test]
    fn the_most_demanding_step_decides_and_is_named() {
        let steps = [Step::HighPass(HighPass::default()), Step::BandPass(BandPass::default())];
        let both = chain(&steps);
        assert_eq!(both.shortest(), 28);
        let error = both.run(&[0.0; 27]).unwrap_err();
        assert_eq!(error.stage(), Stage::Process);
        let text = "the longest stretch without a gap has 27 of 27 samples, and band-pass needs 28";
        assert_eq!(error.message(), text);
        assert!(error.hint().is_some());
        assert_eq!(both.run(&[f64::NAN; 3]).unwrap_err().message(), "none of the 3 samples is present");
        assert!(both.run(&[]).is_err());
    }

    #[test]
    fn only_a_chain_of_causal_filters_streams() {
        let causal = Step::HighPass(HighPass { phase: Phase::Causal, ..HighPass::default() });
        assert!(chain(&[causal.clone(), causal.clone()]).streams());
        assert!(!chain(&[Step::Detrend(Detrend::default()), causal.clone()]).streams());
        assert!(!chain(&[causal, Step::HighPass(HighPass::default())]).streams());
    }
}
