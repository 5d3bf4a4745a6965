//! All steps of a recipe, one after another, over the stretches between gaps.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::group::{ChannelGroup, Cleaned, Member, join};
use super::{Conditioner, HumEvidence, Kernel, MainsKernel, Shortcut, Step};
use crate::dsp::zero_phase::{Enter, Scratch};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Hertz;

/// The steps of a recipe, designed for one sampling rate.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Vec<Link>,
}

#[derive(Debug, Clone)]
struct Link {
    name: &'static str,
    kernel: Arc<dyn Kernel>,
}

impl Chain {
    /// Designs all steps. Everything that can be wrong with the settings is wrong here;
    /// an error names the position of the step.
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
        Self::design_all(steps.iter().map(Step::conditioner), rate)
    }

    /// The same with steps of your own among those that a recipe can name.
    ///
    /// # Errors
    /// As [`Chain::design`].
    pub fn design_all<'a>(
        conditioners: impl IntoIterator<Item = &'a dyn Conditioner>,
        rate: Hertz,
    ) -> Result<Self> {
        let link = |(place, conditioner): (usize, &dyn Conditioner)| {
            let name = conditioner.name();
            let designed = conditioner.design(rate);
            let kernel = designed
                .map_err(|error| error.under(name).under(&format!("[{place}]")))?
                .into();
            Ok(Link { name, kernel })
        };
        let links = conditioners.into_iter().enumerate().map(link);
        Ok(Self { links: links.collect::<Result<_>>()? })
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

    /// The magnitude response of all filters after all their passes, at a frequency in
    /// hertz (1 = unchanged).
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        self.links.iter().map(|link| link.kernel.gain(frequency_hz)).product()
    }

    /// The coefficients a1 and a2 of the denominators of all sections whose filters run
    /// forward and backward in time: what rings ahead of a steep onset.
    pub fn two_way(&self) -> Vec<[f64; 2]> {
        self.links.iter().flat_map(|link| link.kernel.two_way()).collect()
    }

    /// Cleans one channel: [`Chain::run_together`] with it alone.
    ///
    /// # Errors
    /// When no stretch between gaps is long enough.
    pub fn run(&self, raw: &[f64]) -> Result<Cleaned> {
        let mut cleaned = self.run_together(&[raw], &mut Scratch::default());
        cleaned.pop().unwrap_or_else(|| Err(self.refuse(raw.len(), &[])))
    }

    /// The chain for the channels of a recording that share its sampling rate: steps that
    /// look at all of them before they change one (mains) have looked and decided. `waves`
    /// says which channels are looked at together: wave after wave, the groups of one side
    /// by side; the decision has the same bits however they are cut. A `rough` rate is off by
    /// up to 1 %.
    pub fn settled(
        &self,
        raws: &[&[f64]],
        waves: &[Vec<Range<usize>>],
        rough: bool,
    ) -> Self {
        let mut chain = self.clone();
        while let Some((place, mains)) = chain.unsettled() {
            let look =
                |group: &Range<usize>| chain.survey(place, mains, &raws[group.clone()]);
            let wave = |wave: &Vec<Range<usize>>| {
                wave.par_iter().flat_map_iter(look).collect::<Vec<_>>()
            };
            let has_lines = mains.has_lines();
            let evidence: Vec<HumEvidence> =
                waves.iter().filter(|_| has_lines).flat_map(wave).collect();
            chain.links[place].kernel = Arc::new(mains.settle(&evidence, rough));
        }
        chain
    }

    /// The first step that has not looked at the channels yet.
    fn unsettled(&self) -> Option<(usize, &MainsKernel)> {
        let mut links = self.links.iter().enumerate();
        links.find_map(|(place, link)| Some((place, link.kernel.mains()?)))
    }

    /// What channels say of hum when they come to a step.
    fn survey(
        &self,
        place: usize,
        mains: &MainsKernel,
        raws: &[&[f64]],
    ) -> Vec<HumEvidence> {
        let mut scratch = Scratch::default();
        let (groups, _) = self.groups(raws);
        let said = |mut group: ChannelGroup<'_>| {
            Self::run_links(&self.links[..place], &mut group, &mut scratch);
            group.survey(mains)
        };
        let mut said: Vec<_> = groups.into_iter().flat_map(said).collect();
        // Sums over channels have the same bits however the channels were grouped.
        said.sort_by_key(|(place, _)| *place);
        said.into_iter().map(|(_, evidence)| evidence).collect()
    }

    /// Cleans channels of one sampling rate. Those of the same length with the same gaps
    /// go through the filters together, which is several times as fast. Channels that are
    /// given together show hum together, and a [`Chain::settled`] chain, for which that is
    /// decided, gives the same bits for each channel on its own.
    ///
    /// Samples that are `NaN` or infinite are gaps, and stay gaps. A stretch between gaps
    /// that is shorter than [`Chain::shortest`] becomes a gap before the first step and
    /// is counted. A channel without a stretch that is long enough has an error in its
    /// place.
    pub fn run_together(
        &self,
        raws: &[&[f64]],
        scratch: &mut Scratch,
    ) -> Vec<Result<Cleaned>> {
        if self.unsettled().is_some() {
            let all = std::iter::once(0..raws.len()).collect();
            return self.settled(raws, &[all], false).run_together(raws, scratch);
        }
        let (groups, mut results) = self.groups(raws);
        for mut group in groups {
            Self::run_links(&self.links, &mut group, scratch);
            for (place, cleaned) in group.finish() {
                results[place] = Some(Ok(cleaned));
            }
        }
        results.into_iter().flatten().collect()
    }

    /// Channels by their length and gaps, and the errors of those that are refused in
    /// their places.
    fn groups<'a>(
        &self,
        raws: &[&'a [f64]],
    ) -> (Vec<ChannelGroup<'a>>, Vec<Option<Result<Cleaned>>>) {
        let mut results: Vec<Option<Result<Cleaned>>> =
            raws.iter().map(|_| None).collect();
        let mut groups: Vec<ChannelGroup<'_>> = Vec::new();
        for (place, raw) in raws.iter().enumerate() {
            match Member::new(raw, place, self.shortest()) {
                Ok(member) => join(&mut groups, member),
                Err(stretches) => {
                    results[place] = Some(Err(self.refuse(raw.len(), &stretches)));
                }
            }
        }
        (groups, results)
    }

    fn run_links(links: &[Link], group: &mut ChannelGroup<'_>, scratch: &mut Scratch) {
        let mut kernels = links.iter().map(|link| &*link.kernel).peekable();
        while let Some(kernel) = kernels.next() {
            let next = kernels.peek().map(|next| next.shortcut());
            match (kernel.shortcut(), next) {
                // The mean goes out on the way into the filter: one trip through memory
                // less.
                (Shortcut::Mean, Some(Shortcut::Filter(filter))) => {
                    let offsets = group.offsets();
                    group.filter(filter, Enter::Less(&offsets), scratch);
                    kernels.next();
                }
                (Shortcut::Filter(filter), _) => {
                    group.filter(filter, Enter::Unchanged, scratch);
                }
                _ => group.run(kernel),
            }
        }
    }

    fn most_demanding(&self) -> Option<&Link> {
        self.links.iter().max_by_key(|link| link.kernel.shortest())
    }

    fn refuse(&self, samples: usize, stretches: &[Range<usize>]) -> Error {
        let Some(longest) = stretches.iter().map(Range::len).max() else {
            return Error::new(
                ErrorKind::Process,
                format!("none of the {samples} samples is present"),
            )
            .with_hint("the channel may not have been connected; leave it out");
        };

        let step = self.most_demanding().map_or("conditioning", |link| link.name);
        let needed = self.shortest();
        let message = format!(
            "the longest stretch without a gap has {longest} of {samples} samples, \
             and {step} needs {needed}"
        );
        Error::new(ErrorKind::Process, message).with_hint(format!(
            "use a longer recording, or a lower order or edge = \"none\" for {step}"
        ))
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
        assert_eq!(
            (cleaned.samples[0], cleaned.samples[2], cleaned.too_short),
            (1.0, -2.0, 0)
        );
        assert!(cleaned.samples[1].is_nan());
    }

    #[test]
    fn the_most_demanding_step_decides_and_is_named() {
        let steps =
            [Step::HighPass(HighPass::default()), Step::BandPass(BandPass::default())];
        let both = chain(&steps);
        assert_eq!(both.shortest(), 28);
        let error = both.run(&[0.0; 27]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Process);
        let text = "the longest stretch without a gap has 27 of 27 samples, \
                    and band-pass needs 28";
        assert_eq!(error.message(), text);
        assert!(error.hint().is_some());
        assert_eq!(
            both.run(&[f64::NAN; 3]).unwrap_err().message(),
            "none of the 3 samples is present"
        );
        assert!(both.run(&[]).is_err());
    }

    #[test]
    fn only_a_chain_of_causal_filters_streams() {
        let causal =
            Step::HighPass(HighPass { phase: Phase::Causal, ..HighPass::default() });
        assert!(chain(&[causal.clone(), causal.clone()]).streams());
        assert!(!chain(&[Step::Detrend(Detrend::default()), causal.clone()]).streams());
        assert!(!chain(&[causal, Step::HighPass(HighPass::default())]).streams());
    }
}
