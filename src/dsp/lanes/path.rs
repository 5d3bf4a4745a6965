//! Which kernel runs, with the processor's instructions turned on around it.
#![expect(
    unsafe_code,
    reason = "functions with vector instructions are called once the processor is \
              known to have them"
)]

use std::array::from_fn;

use super::kernel::{self, LaneSection};
use super::pack::{
    ChannelPack, Eight128, Eight256, Eight512, Four256, MOST, Pack, Pipeline, Two128,
};
use super::{Enter, Frames, Instructions, Leave, Passes};
use crate::dsp::sos::{BLOCK, Cascade};

/// A kernel that this processor can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path(LaneKernel);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LaneKernel {
    /// One channel, up to two sections a step.
    Pairs,
    /// One channel, up to four sections a step.
    Fours,
    /// Up to four channels a step.
    Four256,
    /// Up to eight channels a step.
    Eight128,
    Eight256,
    Eight512,
}

impl Path {
    /// The fastest kernel, or none where a plain loop is as fast.
    pub(super) fn choose(
        instructions: Instructions,
        channels: usize,
        sections: usize,
    ) -> Option<Self> {
        if !instructions.is_available() || channels == 0 || channels > MOST {
            return None;
        }

        let kernel = match (instructions, channels) {
            (Instructions::Scalar, _) => return None,
            (Instructions::Avx2 | Instructions::Avx512, 1) if sections >= 4 => {
                LaneKernel::Fours
            }
            (_, 1) => LaneKernel::Pairs,
            (Instructions::Avx2 | Instructions::Avx512, 2..=4) => LaneKernel::Four256,
            (Instructions::Sse2, _) => LaneKernel::Eight128,
            (Instructions::Avx2, _) => LaneKernel::Eight256,
            (Instructions::Avx512, _) => LaneKernel::Eight512,
        };
        Some(Self(kernel))
    }

    /// How many numbers a frame holds, one for each lane.
    fn lanes(self) -> usize {
        match self.0 {
            LaneKernel::Pairs | LaneKernel::Fours => 1,
            LaneKernel::Four256 => Four256::LANES,
            LaneKernel::Eight128 | LaneKernel::Eight256 | LaneKernel::Eight512 => MOST,
        }
    }
}

/// The channels of a group; those that are missing are the first one again.
fn filled<'a>(sources: &[&'a [f64]]) -> [&'a [f64]; MOST] {
    from_fn(|channel| {
        sources.get(channel).or(sources.first()).copied().unwrap_or_default()
    })
}

impl Passes for Path {
    fn forward(
        &self,
        cascades: &mut [&mut Cascade],
        sources: &[&[f64]],
        enter: Enter<'_>,
        frames: &mut Frames,
    ) {
        let length = sources.first().map_or(0, |source| source.len());
        let room = frames.room(self.lanes() * length);

        // SAFETY: `choose` has seen that the processor has the instructions.
        unsafe {
            match self.0 {
                LaneKernel::Pairs => single_forward_sse2(cascades, sources, enter, room),
                LaneKernel::Fours => single_forward_avx2(cascades, sources, enter, room),
                LaneKernel::Four256 => {
                    forward_avx2::<Four256>(cascades, sources, enter, room)
                }
                LaneKernel::Eight128 => {
                    forward_sse2::<Eight128>(cascades, sources, enter, room)
                }
                LaneKernel::Eight256 => {
                    forward_avx2::<Eight256>(cascades, sources, enter, room)
                }
                LaneKernel::Eight512 => {
                    forward_avx512::<Eight512>(cascades, sources, enter, room)
                }
            }
        }
    }

    fn backward(
        &self,
        cascades: &mut [&mut Cascade],
        frames: &mut Frames,
        targets: &mut [&mut [f64]],
        leave: Leave,
    ) -> Vec<usize> {
        let (length, channels) =
            (targets.first().map_or(0, |target| target.len()), targets.len());
        let room = frames.room(self.lanes() * length);

        // SAFETY: `choose` has seen that the processor has the instructions.
        let below = unsafe {
            match self.0 {
                LaneKernel::Pairs => single_backward_sse2(cascades, room, targets, leave),
                LaneKernel::Fours => single_backward_avx2(cascades, room, targets, leave),
                LaneKernel::Four256 => {
                    backward_avx2::<Four256>(cascades, room, targets, leave)
                }
                LaneKernel::Eight128 => {
                    backward_sse2::<Eight128>(cascades, room, targets, leave)
                }
                LaneKernel::Eight256 => {
                    backward_avx2::<Eight256>(cascades, room, targets, leave)
                }
                LaneKernel::Eight512 => {
                    backward_avx512::<Eight512>(cascades, room, targets, leave)
                }
            }
        };

        below[..channels].iter().map(|&count| count as usize).collect()
    }

    fn last(&self, frames: &Frames, channel: usize, length: usize) -> f64 {
        frames.at((length - 1) * self.lanes() + channel)
    }
}

/// Passes over several channels with the instructions of a processor turned on.
macro_rules! passes_with {
    ($features:literal, $forward:ident, $backward:ident) => {
        #[target_feature(enable = $features)]
        fn $forward<P: ChannelPack>(
            cascades: &mut [&mut Cascade],
            sources: &[&[f64]],
            enter: Enter<'_>,
            frames: &mut [f64],
        ) {
            forward::<P>(cascades, sources, enter, frames);
        }

        #[target_feature(enable = $features)]
        fn $backward<P: ChannelPack>(
            cascades: &mut [&mut Cascade],
            frames: &mut [f64],
            targets: &mut [&mut [f64]],
            leave: Leave,
        ) -> [f64; MOST] {
            backward::<P>(cascades, frames, targets, leave)
        }
    };
}
passes_with!("sse2", forward_sse2, backward_sse2);
passes_with!("avx2", forward_avx2, backward_avx2);
passes_with!("avx512f,avx512dq,avx512vl", forward_avx512, backward_avx512);

/// Passes over one channel with the instructions of a processor turned on, and the widest
/// pack that they have.
macro_rules! single_with {
    ($features:literal, $widest:ident, $forward:ident, $backward:ident) => {
        #[target_feature(enable = $features)]
        fn $forward(
            cascades: &mut [&mut Cascade],
            sources: &[&[f64]],
            enter: Enter<'_>,
            frames: &mut [f64],
        ) {
            single_forward::<$widest>(cascades, sources, enter, frames);
        }

        #[target_feature(enable = $features)]
        fn $backward(
            cascades: &mut [&mut Cascade],
            frames: &mut [f64],
            targets: &mut [&mut [f64]],
            leave: Leave,
        ) -> [f64; MOST] {
            single_backward::<$widest>(cascades, frames, targets, leave)
        }
    };
}
single_with!("sse2", Two128, single_forward_sse2, single_backward_sse2);
single_with!("avx2", Four256, single_forward_avx2, single_backward_avx2);

/// As many sections as go through the samples in one pass: their states fit into
/// registers.
const SECTIONS: usize = 4;

#[inline(always)]
fn forward<P: ChannelPack>(
    cascades: &mut [&mut Cascade],
    sources: &[&[f64]],
    enter: Enter<'_>,
    frames: &mut [f64],
) {
    let sources = filled(sources);
    let count = cascades.first().map_or(0, |cascade| cascade.sections().len());
    for first in (0..count).step_by(SECTIONS) {
        let channels = (first == 0).then_some(&sources);
        match count - first {
            1 => with::<P, 1, _>(cascades, first, |sections| {
                kernel::forward(sections, channels, enter, frames)
            }),
            2 => with::<P, 2, _>(cascades, first, |sections| {
                kernel::forward(sections, channels, enter, frames)
            }),
            3 => with::<P, 3, _>(cascades, first, |sections| {
                kernel::forward(sections, channels, enter, frames)
            }),
            _ => with::<P, 4, _>(cascades, first, |sections| {
                kernel::forward(sections, channels, enter, frames)
            }),
        }
    }
}

#[inline(always)]
fn backward<P: ChannelPack>(
    cascades: &mut [&mut Cascade],
    frames: &mut [f64],
    targets: &mut [&mut [f64]],
    leave: Leave,
) -> [f64; MOST] {
    let count = cascades.first().map_or(0, |cascade| cascade.sections().len());
    let mut below = [0.0; MOST];
    for first in (0..count).step_by(SECTIONS) {
        let channels = (first + SECTIONS >= count).then_some(&mut *targets);
        below = match count - first {
            1 => with::<P, 1, _>(cascades, first, |sections| {
                kernel::backward(sections, frames, channels, leave)
            }),
            2 => with::<P, 2, _>(cascades, first, |sections| {
                kernel::backward(sections, frames, channels, leave)
            }),
            3 => with::<P, 3, _>(cascades, first, |sections| {
                kernel::backward(sections, frames, channels, leave)
            }),
            _ => with::<P, 4, _>(cascades, first, |sections| {
                kernel::backward(sections, frames, channels, leave)
            }),
        };
    }

    below
}

/// `S` sections of all channels as packs, given back when the pass is done.
#[inline(always)]
fn with<P: Pack, const S: usize, R>(
    cascades: &mut [&mut Cascade],
    first: usize,
    pass: impl FnOnce(&mut [LaneSection<P>; S]) -> R,
) -> R {
    let mut sections: [LaneSection<P>; S] = from_fn(|k| gathered(cascades, first + k));
    let result = pass(&mut sections);
    for (k, section) in sections.iter().enumerate() {
        let (s1, s2) = (section.s1.lanes(), section.s2.lanes());
        for (channel, cascade) in cascades.iter_mut().enumerate() {
            cascade.set_state(first + k, [s1[channel], s2[channel]]);
        }
    }
    result
}

/// A section with the states of all channels.
#[inline(always)]
fn gathered<P: Pack>(cascades: &[&mut Cascade], k: usize) -> LaneSection<P> {
    let state = |channel: usize| {
        cascades.get(channel).map_or([0.0; 2], |cascade| cascade.state(k))
    };
    let one = cascades[0].sections()[k];
    let same = |coefficient: f64| P::from_lanes([coefficient; MOST]);

    LaneSection {
        b0: same(one.b0),
        b1: same(one.b1),
        b2: same(one.b2),
        a1: same(one.a1),
        a2: same(one.a2),
        s1: P::from_lanes(from_fn(|channel| state(channel)[0])),
        s2: P::from_lanes(from_fn(|channel| state(channel)[1])),
    }
}

/// As many sections of one filter as a pack has lanes, side by side.
#[inline(always)]
fn side_by_side<P: Pack>(cascade: &Cascade, first: usize) -> LaneSection<P> {
    let lanes = |of: &dyn Fn(usize) -> f64| {
        P::from_lanes(from_fn(
            |lane| {
                if lane < P::LANES { of(first + lane) } else { 0.0 }
            },
        ))
    };
    LaneSection {
        b0: lanes(&|k| cascade.sections()[k].b0),
        b1: lanes(&|k| cascade.sections()[k].b1),
        b2: lanes(&|k| cascade.sections()[k].b2),
        a1: lanes(&|k| cascade.sections()[k].a1),
        a2: lanes(&|k| cascade.sections()[k].a2),
        s1: lanes(&|k| cascade.state(k)[0]),
        s2: lanes(&|k| cascade.state(k)[1]),
    }
}

fn give_back<P: Pack>(cascade: &mut Cascade, first: usize, section: &LaneSection<P>) {
    let (s1, s2) = (section.s1.lanes(), section.s2.lanes());
    for lane in 0..P::LANES {
        cascade.set_state(first + lane, [s1[lane], s2[lane]]);
    }
}

/// A block of one channel through all sections, as many side by side as there are and the
/// widest pack holds.
#[inline(always)]
fn through<P: Pipeline>(cascade: &mut Cascade, block: &mut [f64], backwards: bool) {
    let count = cascade.sections().len();
    let mut first = 0;
    while first < count {
        first += match count - first {
            left if left >= P::LANES => {
                side_by_side_run::<P>(cascade, first, block, backwards)
            }
            2 | 3 => side_by_side_run::<Two128>(cascade, first, block, backwards),
            _ => side_by_side_run::<f64>(cascade, first, block, backwards),
        };
    }
}

/// A block through as many sections as a pack has lanes.
#[inline(always)]
fn side_by_side_run<P: Pipeline>(
    cascade: &mut Cascade,
    first: usize,
    block: &mut [f64],
    backwards: bool,
) -> usize {
    let mut section = side_by_side::<P>(cascade, first);
    let (count, last) = (block.len(), block.len() - 1);
    // Read and written in one place: the sample that is read lies ahead of the one that
    // is written.
    let block = std::cell::Cell::from_mut(block).as_slice_of_cells();
    if backwards {
        kernel::piped(
            &mut section,
            count,
            |at| block[last - at].get(),
            |at, value| block[last - at].set(value),
        );
    } else {
        kernel::piped(
            &mut section,
            count,
            |at| block[at].get(),
            |at, value| block[at].set(value),
        );
    }

    give_back(cascade, first, &section);
    P::LANES
}

#[inline(always)]
fn single_forward<P: Pipeline>(
    cascades: &mut [&mut Cascade],
    sources: &[&[f64]],
    enter: Enter<'_>,
    frames: &mut [f64],
) {
    let (Some(cascade), Some(source)) = (cascades.first_mut(), sources.first()) else {
        return;
    };
    for (block, source) in frames.chunks_mut(BLOCK).zip(source.chunks(BLOCK)) {
        block
            .iter_mut()
            .zip(source)
            .for_each(|(to, sample)| *to = enter.apply(0, *sample));
        through::<P>(cascade, block, false);
    }
}

#[inline(always)]
fn single_backward<P: Pipeline>(
    cascades: &mut [&mut Cascade],
    frames: &mut [f64],
    targets: &mut [&mut [f64]],
    leave: Leave,
) -> [f64; MOST] {
    let mut below = 0;
    let (Some(cascade), Some(target)) = (cascades.first_mut(), targets.first_mut())
    else {
        return [0.0; MOST];
    };

    for (block, target) in frames.rchunks_mut(BLOCK).zip(target.rchunks_mut(BLOCK)) {
        through::<P>(cascade, block, true);
        target
            .iter_mut()
            .zip(block)
            .for_each(|(to, sample)| *to = leave.apply(*sample, &mut below));
    }

    from_fn(|channel| if channel == 0 { below as f64 } else { 0.0 })
}
