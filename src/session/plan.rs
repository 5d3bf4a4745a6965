//! What was decided: the recipe designed for the sampling rates of a recording.
//! Everything that can be wrong about the settings is wrong here, before a sample is
//! touched.

use std::collections::VecDeque;
use std::ops::Range;

use rayon::prelude::*;

use crate::condition::{Chain, Cleaned};
use crate::dsp::zero_phase::{Scratch, TOGETHER};
use crate::envelope::{EnvelopeKernel, Enveloped};
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
    /// When a setting is wrong or does not fit a sampling rate; names the setting, the
    /// limit and a value that works.
    pub fn decide<'a>(
        recipe: &Recipe,
        channels: impl IntoIterator<Item = &'a Channel>,
    ) -> Result<Self> {
        recipe.check()?;

        let mut rates: Vec<RatePlan> = Vec::new();
        for rate in channels.into_iter().map(|channel| channel.rate) {
            if rates.iter().any(|plan| plan.rate == rate) {
                continue;
            }
            // In the order of the pipeline: what an analysis asks for helps nobody whose
            // filters do not fit the rate.
            let chain = recipe.design_chain(rate)?;
            let envelope = recipe.design_envelope(rate)?;
            recipe.check_rate(rate)?;
            rates.push(RatePlan { rate, chain, envelope });
        }
        Ok(Self { rates })
    }

    /// What was decided, a step an entry; several rates say which one they speak of.
    pub fn describe(&self) -> Vec<String> {
        let several = self.rates.len() > 1;
        let steps = self.rates.iter().flat_map(|plan| {
            let at = if several {
                format!(" (channels at {})", plan.rate)
            } else {
                String::new()
            };
            let steps =
                plan.chain.describe().into_iter().chain([plan.envelope.describe()]);
            steps.map(move |step| format!("{step}{at}")).collect::<Vec<_>>()
        });
        steps.collect()
    }

    /// Takes channels through chain and envelope and hands every trace, without
    /// activation, to `finish`, which keeps of it what is needed. Channels go in
    /// [`groups`]; of those that are not on their way, only the raw samples or what
    /// `finish` kept are in memory.
    ///
    /// A channel that cannot be processed (all gaps, too short) gives its error; the
    /// others go on. Each has its own result, in the order of the channels.
    pub fn run<T: Send>(
        &self,
        channels: Vec<Channel>,
        finish: impl Fn(Trace) -> T + Sync,
    ) -> Vec<(String, Result<Processed<T>>)> {
        let mut done: Vec<(usize, String, Result<Processed<T>>)> =
            Vec::with_capacity(channels.len());
        let mut channels: Vec<(usize, Channel)> =
            channels.into_iter().enumerate().collect();
        for plan in &self.rates {
            let (alike, others) =
                channels.into_iter().partition(|(_, channel)| channel.rate == plan.rate);
            channels = others;
            let mut alike: VecDeque<(usize, Channel)> = Vec::into(alike);
            let longest =
                alike.iter().map(|(_, channel)| channel.samples.len()).max().unwrap_or(0);
            let waves = groups(alike.len(), longest);
            let chain = plan.settled(&alike, &waves);
            for wave in waves {
                let wave: Vec<Vec<_>> = wave
                    .into_iter()
                    .map(|group| alike.drain(..group.len()).collect())
                    .collect();
                done.par_extend(
                    wave.into_par_iter()
                        .flat_map(|group| plan.process(&chain, group, &finish)),
                );
            }
        }
        done.sort_by_key(|(place, ..)| *place);
        done.into_iter().map(|(_, name, result)| (name, result)).collect()
    }
}

/// As many channels are on their way at the same time when they are long.
const IN_FLIGHT: usize = 8;

/// From so many samples a channel is long: four minutes at 2 kHz.
const LONG: usize = 1 << 19;

/// In which groups so many channels go through the chain: waves, one after another, of
/// groups side by side.
///
/// A group goes through the filters together, eight channels a step at best. Where there
/// are threads for it, groups are halved: four channels a step on each of two threads are
/// faster. Long channels come in waves, so that memory holds the samples of a recording
/// and what is made of a few channels, however many there are.
pub fn groups(channels: usize, samples: usize) -> Vec<Vec<Range<usize>>> {
    let wave = if samples >= LONG { IN_FLIGHT } else { channels.max(1) };
    let threads = rayon::current_num_threads();
    let starts = (0..channels).step_by(wave);
    starts.map(|start| split(start..channels.min(start + wave), threads)).collect()
}

fn split(channels: Range<usize>, threads: usize) -> Vec<Range<usize>> {
    let count = channels.len();
    let groups = count.div_ceil(TOGETHER).max(threads.min(count.div_ceil(TOGETHER / 2)));
    let edge = |group: usize| channels.start + count * group / groups;
    (0..groups).map(|group| edge(group)..edge(group + 1)).collect()
}

/// What was made of a channel: its place in the recording, its name, and the result.
type Placed<T> = (usize, String, Result<Processed<T>>);

impl RatePlan {
    /// The chain once it has looked at all channels of its rate.
    fn settled(
        &self,
        channels: &VecDeque<(usize, Channel)>,
        waves: &[Vec<Range<usize>>],
    ) -> Chain {
        let raws: Vec<&[f64]> =
            channels.iter().map(|(_, channel)| channel.samples.as_slice()).collect();
        let rough = channels.iter().any(|(_, channel)| channel.rate_is_rough());
        self.chain.settled(&raws, waves, rough)
    }

    fn process<T: Send>(
        &self,
        chain: &Chain,
        group: Vec<(usize, Channel)>,
        finish: &(impl Fn(Trace) -> T + Sync),
    ) -> Vec<Placed<T>> {
        let raws: Vec<&[f64]> =
            group.iter().map(|(_, channel)| channel.samples.as_slice()).collect();
        let made = self.clean_and_envelope(chain, &raws);
        let finished = |((place, channel), made): ((usize, Channel), Made)| {
            let name = channel.label.name.clone();
            let two_way = self.chain.two_way();
            (place, name, made.map(|made| processed(channel, made, two_way, finish)))
        };
        group
            .into_iter()
            .zip(made)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(finished)
            .collect()
    }

    /// Chain and envelope of channels that go through the filters together.
    fn clean_and_envelope(&self, chain: &Chain, raws: &[&[f64]]) -> Vec<Made> {
        let mut scratch = Scratch::default();
        let cleaned = chain.run_together(raws, &mut scratch);
        let cleans: Vec<&[f64]> =
            cleaned.iter().flatten().map(|cleaned| cleaned.samples.as_slice()).collect();
        let mut envelopes = self.envelope.run_together(&cleans, &mut scratch).into_iter();

        // A channel that the chain refused has no envelope.
        let mut enveloped = || envelopes.next().unwrap_or_default();
        cleaned
            .into_iter()
            .map(|cleaned| cleaned.map(|cleaned| (cleaned, enveloped())))
            .collect()
    }
}

/// A clean channel and its envelope, or why there is none.
type Made = Result<(Cleaned, Enveloped)>;

fn processed<T>(
    channel: Channel,
    (cleaned, enveloped): (Cleaned, Enveloped),
    two_way: Vec<[f64; 2]>,
    finish: &impl Fn(Trace) -> T,
) -> Processed<T> {
    let mut findings = cleaned.findings;
    if cleaned.too_short > 0 {
        findings.push(format!(
            "{} stretches between gaps were too short to filter and are gaps now",
            cleaned.too_short
        ));
    }
    if enveloped.negative_share > 0.0 {
        let share = 100.0 * enveloped.negative_share;
        findings.push(format!(
            "the envelope's filter fell below 0 in {share:.2} % of the samples; they were set to 0"
        ));
    }
    let trace = Trace {
        label: channel.label,
        unit: channel.unit,
        rate: channel.rate,
        start_s: channel.start_s,
        rails: channel.rails,
        excluded: channel.excluded,
        two_way,
        raw: channel.samples,
        clean: cleaned.samples,
        envelope: enveloped.samples,
        activation: None,
        edge_samples: enveloped.edge_samples,
    };
    Processed { finished: finish(trace), findings }
}
