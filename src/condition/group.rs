//! Channels on their way through a chain, those with the same gaps together.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::{Filter, HumEvidence, Kernel, MainsKernel};
use crate::dsp::zero_phase::{Enter, Scratch};
use crate::dsp::{detrend, gaps};
use crate::memory;

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

/// A channel on its way through the chain.
pub(super) struct Member<'a> {
    /// Its place among the channels that were given.
    place: usize,
    raw: Cow<'a, [f64]>,
    /// Its mean.
    offset: f64,
    stretches: Vec<Range<usize>>,
    findings: Vec<String>,
    too_short: usize,
}

impl<'a> Member<'a> {
    /// A channel with its gaps. Where no stretch is long enough, the stretches that there
    /// are.
    pub(super) fn new(
        raw: &'a [f64],
        place: usize,
        shortest: usize,
    ) -> Result<Self, Vec<Range<usize>>> {
        // A mean that is finite has neither gaps nor infinities in it.
        let offset = detrend::mean_of(raw)
            .filter(|mean| mean.is_finite() && raw.len() >= shortest);
        let Some(offset) = offset else {
            return Self::with_gaps(raw, place, shortest);
        };

        Ok(Self {
            place,
            raw: raw.into(),
            offset,
            stretches: std::iter::once(0..raw.len()).collect(),
            findings: Vec::new(),
            too_short: 0,
        })
    }

    /// Infinities become gaps, and so do stretches that are too short.
    fn with_gaps(
        raw: &[f64],
        place: usize,
        shortest: usize,
    ) -> Result<Self, Vec<Range<usize>>> {
        let finite = |sample: &f64| if sample.is_finite() { *sample } else { f64::NAN };
        let mut raw: Vec<f64> = raw.iter().map(finite).collect();
        let all = gaps::stretches(&raw);

        let (stretches, short): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|one| one.len() >= shortest);
        if stretches.is_empty() {
            return Err(all);
        }
        for stretch in &short {
            raw[stretch.clone()].fill(f64::NAN);
        }

        Ok(Self {
            place,
            offset: detrend::offset(&raw),
            raw: raw.into(),
            stretches,
            findings: Vec::new(),
            too_short: short.len(),
        })
    }
}

/// Channels of the same length with the same gaps: one at least.
pub(super) struct ChannelGroup<'a> {
    members: Vec<Member<'a>>,
    /// The samples of the members as far as they have come; none before the first step.
    samples: Vec<Vec<f64>>,
}

/// Puts a channel into the group that has its gaps, or into one of its own.
pub(super) fn join<'a>(groups: &mut Vec<ChannelGroup<'a>>, member: Member<'a>) {
    match groups.iter_mut().find(|group| group.takes(&member)) {
        Some(group) => group.members.push(member),
        None => groups.push(ChannelGroup { members: vec![member], samples: Vec::new() }),
    }
}

impl ChannelGroup<'_> {
    fn takes(&self, member: &Member<'_>) -> bool {
        let first = &self.members[0];
        first.raw.len() == member.raw.len() && first.stretches == member.stretches
    }

    /// The mean of every member as it is now.
    pub(super) fn offsets(&self) -> Vec<f64> {
        if self.samples.is_empty() {
            return self.members.iter().map(|member| member.offset).collect();
        }
        self.samples.iter().map(|samples| detrend::offset(samples)).collect()
    }

    /// A step on one channel after another, or on several at once where there are
    /// threads.
    pub(super) fn run(&mut self, kernel: &dyn Kernel) {
        self.copy();
        let each = self.members.par_iter_mut().zip(&mut self.samples);
        each.for_each(|(member, samples)| {
            member.findings.extend(kernel.run(samples, &member.stretches));
        });
    }

    /// What the channels say of hum as far as they have come, each with its place among
    /// those that were given.
    pub(super) fn survey(&self, mains: &MainsKernel) -> Vec<(usize, HumEvidence)> {
        let member = |(at, member): (usize, &Member<'_>)| {
            let samples = self.samples.get(at).map_or(&*member.raw, Vec::as_slice);
            Some((member.place, mains.survey(samples, &member.stretches)?))
        };
        self.members.par_iter().enumerate().filter_map(member).collect()
    }

    /// A filter on all channels together.
    pub(super) fn filter(
        &mut self,
        filter: &Filter,
        enter: Enter<'_>,
        scratch: &mut Scratch,
    ) {
        if let Some(filtered) = self.filtered_from_raw(filter, enter, scratch) {
            self.samples = filtered;
            return;
        }

        self.copy();
        let mut channels: Vec<&mut [f64]> =
            self.samples.iter_mut().map(Vec::as_mut_slice).collect();
        filter.run_together(&mut channels, &self.members[0].stretches, enter, scratch);
    }

    /// The first filter on channels without gaps reads what came in, which spares the
    /// copy.
    fn filtered_from_raw(
        &self,
        filter: &Filter,
        enter: Enter<'_>,
        scratch: &mut Scratch,
    ) -> Option<Vec<Vec<f64>>> {
        let first = &self.members[0];
        let whole = first.stretches.first() == Some(&(0..first.raw.len()));
        if !whole || !self.samples.is_empty() {
            return None;
        }
        let raws: Vec<&[f64]> = self.members.iter().map(|member| &*member.raw).collect();
        filter.run_from(&raws, enter, scratch)
    }

    /// Copies what came in, unless a step has been there before.
    fn copy(&mut self) {
        if self.samples.is_empty() {
            self.samples =
                self.members.iter().map(|member| memory::copy(&member.raw)).collect();
        }
    }

    /// Every channel with its place among those that were given.
    pub(super) fn finish(mut self) -> impl Iterator<Item = (usize, Cleaned)> {
        self.copy();
        self.members.into_iter().zip(self.samples).map(|(member, samples)| {
            let Member { place, findings, too_short, .. } = member;
            (place, Cleaned { samples, findings, too_short })
        })
    }
}
