//! Several channels, or several sections, a step: the arithmetic of the `biquad` crate
//! over vector registers.
//!
//! A filter is a recurrence: the next sample has to wait for the last one, and a
//! processor that computes with one channel waits most of the time. So the lanes of a
//! register hold a sample of eight (or four) channels each. A single channel has the
//! sections of its filter side by side, each one or two samples behind the one before it.
//!
//! No path fuses a multiplication with an addition, and each lane does what [`Cascade`]
//! does, in the same order: all paths give the same bits.

use std::sync::OnceLock;

use crate::dsp::sos::Cascade;
use crate::memory;

#[cfg(target_arch = "x86_64")]
mod kernel;
#[cfg(target_arch = "x86_64")]
mod pack;
#[cfg(target_arch = "x86_64")]
mod path;

/// The most channels that go through a filter together.
pub const TOGETHER: usize = 8;

/// The vector instructions that kernels may use. Results do not depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// None: the plain loop, one channel after another.
    Scalar,
    /// SSE2, which every x86-64 processor has.
    Sse2,
    /// AVX2.
    Avx2,
    /// AVX-512 (F, DQ and VL).
    Avx512,
}

/// What a program chose for all filters of its process.
static CHOSEN: OnceLock<Instructions> = OnceLock::new();

impl Instructions {
    /// The plainest first.
    const ALL: [Self; 4] = [Self::Scalar, Self::Sse2, Self::Avx2, Self::Avx512];

    /// All that this processor has, the plainest first.
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|one| one.is_available()).collect()
    }

    /// The best that this processor has.
    pub fn best() -> Self {
        let mut from_the_best = Self::ALL.into_iter().rev();
        from_the_best.find(|one| one.is_available()).unwrap_or(Self::Scalar)
    }

    /// Those of filters for which nothing else is said: the ones that were chosen, else the
    /// best.
    pub fn usual() -> Self {
        CHOSEN.get().copied().unwrap_or_else(Self::best)
    }

    /// Makes these the usual ones of the process; `false` where the processor does not have
    /// them or others were chosen before. For programs that show that all paths give the
    /// same bits.
    pub fn choose(self) -> bool {
        self.is_available() && *CHOSEN.get_or_init(|| self) == self
    }

    /// Those of a name in any case, with or without a hyphen: `scalar`, `sse2`, `AVX-512`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.replace('-', "");
        let fits = |one: &Self| one.name().replace('-', "").eq_ignore_ascii_case(&name);
        Self::ALL.into_iter().find(fits)
    }

    /// The name that processors are sold with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Sse2 => "SSE2",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available(self) -> bool {
        match self {
            Self::Scalar | Self::Sse2 => true,
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_available(self) -> bool {
        self == Self::Scalar
    }
}

/// What happens to samples on their way into a filter, in the same pass.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Enter<'a> {
    /// Nothing.
    #[default]
    Unchanged,
    /// A constant is subtracted (a mean, an offset): one for each channel, in the unit of
    /// the samples.
    Less(&'a [f64]),
    /// The magnitude is taken: full-wave rectification.
    Magnitude,
}

impl<'a> Enter<'a> {
    /// The same for some of the channels.
    pub(super) fn part(self, channels: std::ops::Range<usize>) -> Self {
        match self {
            Self::Less(offsets) => Self::Less(&offsets[channels]),
            other => other,
        }
    }

    /// A sample of a channel, as the filter gets it.
    pub fn apply(&self, channel: usize, sample: f64) -> f64 {
        match self {
            Self::Unchanged => sample,
            Self::Less(offsets) => sample - offsets[channel],
            Self::Magnitude => sample.abs(),
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn offsets(&self) -> [f64; TOGETHER] {
        let mut all = [0.0; TOGETHER];
        if let Self::Less(offsets) = self {
            all[..offsets.len()].copy_from_slice(offsets);
        }
        all
    }
}

/// What happens to samples on their way out of a filter, in the same pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leave {
    /// Nothing.
    #[default]
    Unchanged,
    /// What is below 0 becomes 0, and is counted.
    NotNegative,
}

impl Leave {
    fn apply(self, sample: f64, negative: &mut usize) -> f64 {
        match self {
            Self::NotNegative if sample < 0.0 => {
                *negative += 1;
                0.0
            }
            _ => sample,
        }
    }
}

/// The samples between the passes, to be reused from recording to recording.
#[derive(Debug, Clone, Default)]
pub(super) struct Frames {
    samples: Vec<f64>,
    first: usize,
}

impl Frames {
    /// Room for so many numbers, at the beginning of a cache line.
    fn room(&mut self, numbers: usize) -> &mut [f64] {
        if self.samples.len() < numbers + TOGETHER {
            // Given back first, so that there are never two.
            self.samples = Vec::new();
            self.samples = memory::zeros(numbers + TOGETHER);
            self.first = self.samples.as_ptr().align_offset(64).min(TOGETHER);
        }
        &mut self.samples[self.first..self.first + numbers]
    }

    fn at(&self, index: usize) -> f64 {
        self.samples[self.first + index]
    }
}

/// A forward pass over channels of one length, and the way back.
///
/// The cascades hold the states: those that each channel begins with, and those that it
/// has in the end.
pub(super) trait Passes {
    /// From the channels, which stay as they are, into the frames.
    fn forward(
        &self,
        cascades: &mut [&mut Cascade],
        sources: &[&[f64]],
        enter: Enter<'_>,
        frames: &mut Frames,
    );

    /// From the frames into the channels, from the last sample to the first. Returns how
    /// many samples of each channel were below 0 and became 0.
    fn backward(
        &self,
        cascades: &mut [&mut Cascade],
        frames: &mut Frames,
        targets: &mut [&mut [f64]],
        leave: Leave,
    ) -> Vec<usize>;

    /// The last sample of a channel after the forward pass.
    fn last(&self, frames: &Frames, channel: usize, length: usize) -> f64;
}

/// One channel after another.
pub(super) struct PlainPasses;

impl Passes for PlainPasses {
    fn forward(
        &self,
        cascades: &mut [&mut Cascade],
        sources: &[&[f64]],
        enter: Enter<'_>,
        frames: &mut Frames,
    ) {
        let length = sources.first().map_or(0, |source| source.len());
        let rows = frames.room(length * sources.len()).chunks_exact_mut(length.max(1));
        for (channel, ((row, source), cascade)) in
            rows.zip(sources).zip(cascades).enumerate()
        {
            row.iter_mut()
                .zip(*source)
                .for_each(|(to, sample)| *to = enter.apply(channel, *sample));
            cascade.run(row);
        }
    }

    fn backward(
        &self,
        cascades: &mut [&mut Cascade],
        frames: &mut Frames,
        targets: &mut [&mut [f64]],
        leave: Leave,
    ) -> Vec<usize> {
        let length = targets.first().map_or(0, |target| target.len());
        let rows = frames.room(length * targets.len()).chunks_exact_mut(length.max(1));
        let mut counts = vec![0; targets.len()];
        for (((row, target), cascade), count) in
            rows.zip(targets).zip(cascades).zip(&mut counts)
        {
            cascade.run_backwards(row);
            target
                .iter_mut()
                .zip(row)
                .for_each(|(to, sample)| *to = leave.apply(*sample, count));
        }

        counts
    }

    fn last(&self, frames: &Frames, channel: usize, length: usize) -> f64 {
        frames.at(channel * length + length - 1)
    }
}

/// How many of so many channels go through a filter together. Four SSE2 registers do not
/// pay for a few channels.
pub(super) fn together(instructions: Instructions, channels: usize) -> usize {
    match instructions {
        Instructions::Sse2 if channels <= TOGETHER / 2 => 1,
        _ => TOGETHER,
    }
}

/// The fastest passes over so many channels through so many sections.
pub(super) fn passes(
    instructions: Instructions,
    channels: usize,
    sections: usize,
) -> Box<dyn Passes> {
    #[cfg(target_arch = "x86_64")]
    if let Some(path) = path::Path::choose(instructions, channels, sections) {
        return Box::new(path);
    }
    let _ = (instructions, channels, sections);
    Box::new(PlainPasses)
}
