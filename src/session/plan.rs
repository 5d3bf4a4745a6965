//! What was decided: the recipe designed for the sampling rates of a recording. Everything that can be
//! wrong about the settings is wrong here, before a sample is touched.

use rayon::prelude::*;

use crate::condition::Chain;
use crate::envelope::EnvelopeKernel;
use crate::error::Result;
use crate::recipe::Recipe;
use crate::signal::{Channel, Trace};
use crate::units::Hertz;

/// A recipe designed for every sampling rate of a recording's EMG channels.
pub struct Plan {
    rates: Vec<RatePlan>,
}

struct RatePlan {
    rate: Hertz,
    chain: Chain,
    envelope: EnvelopeKernel,
}

/// A processed channel, and what was found on the way to it.
pub struct Processed<T> {
    /// What was made of its trace.
    pub finished: T,
    /// What the steps found, in words.
    pub findings: Vec<String>,
}

impl Plan {
    /// Designs the recipe for the rates of these channels.
    ///
    /// # Errors
    /// When a setting does not fit a sampling rate; names the setting, the limit and a value that works.
    pub fn decide<'a>(recipe: &Recipe, channels: impl IntoIterator<Item = &'a Channel>) -> Result<Self> {
        let mut rates: Vec<RatePlan> = Vec::new();
        for rate in channels.into_iter().map(|channel| channel.rate) {
            if rates.iter().any(|plan| plan.rate == rate) {
                continue;
            }
            // In the order of the pipeline: what an analysis asks for helps nobody whose filters do not fit the rate.
            let chain = Chain::design(&recipe.conditioning, rate)?;
            let envelope = recipe.envelope.design(rate)?;
            recipe.analysis.check_rate(rate)?;
            rates.push(RatePlan { rate, chain, envelope });
        }
        Ok(Self { rates })
    }

    /// What was decided, a step an entry; several rates say which one they speak of.
    pub fn describe(&self) -> Vec<String> {
        let several = self.rates.len() > 1;
        let steps = self.rates.iter().flat_map(|plan| {
            let at = if several { format!(" (channels at {})", plan.rate) } else { String::new() };
            let steps = plan.chain.describe().into_iter().chain([plan.envelope.describe()]);
            steps.map(move |step| format!("{step}{at}")).collect::<Vec<_>>()
        });
        steps.collect()
    }

    /// Takes channels through chain and envelope and hands every trace, without activation, to `finish`, which keeps
    /// of it what is needed. No more channels are on their way at the same time than there are threads: of all others
    /// only the raw samples or what `finish` kept are in memory.
    ///
    /// A channel that cannot be processed (all gaps, too short) gives its error; the others go on. Each has its own
    /// result, in the order of the channels.
    pub fn run<T: Send>(
        &self,
        channels: Vec<Channel>,
        finish: impl Fn(Trace) -> T + Sync,
    ) -> Vec<(String, Result<Processed<T>>)> {
        channels
            .into_par_iter()
            .filter_map(|channel| {
                let plan = self.rates.iter().find(|plan| plan.rate == channel.rate)?;
                Some((channel.label.name.clone(), plan.process(channel, &finish)))
            })
            .collect()
    }
}

impl RatePlan {
    fn process<T>(&self, channel: Channel, finish: impl Fn(Trace) -> T) -> Result<Processed<T>> {
        let cleaned = self.chain.run(&channel.samples)?;
        let enveloped = self.envelope.run(&cleaned.samples);
        let mut findings = cleaned.findings;
        if cleaned.too_short > 0 {
            findings.push(format!(
                "{} stretches between gaps were too short to filter and are gaps now",
                cleaned.too_short
            ));
        }
        if enveloped.negative_share > 0.0 {
            let share = 100.0 * enveloped.negative_share;
            findings
                .push(format!("the envelope's filter fell below 0 in {share:.2} % of the samples; they were set to 0"));
        }
        let trace = Trace {
            label: channel.label,
            unit: channel.unit,
            rate: channel.rate,
            start_s: channel.start_s,
            rails: channel.rails,
            excluded: channel.excluded,
            raw: channel.samples,
            clean: cleaned.samples,
            envelope: enveloped.samples,
            activation: None,
            edge_samples: enveloped.edge_samples,
        };
        Ok(Processed { finished: finish(trace), findings })
    }
}
