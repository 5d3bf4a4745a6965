//! The inner loops: sections over packs, from channels to interleaved frames and back.

use std::array::from_fn;

use super::pack::{ChannelPack, MOST, Pack, Pipeline};
use super::{Enter, Leave};
use crate::dsp::sos::{BLOCK, silent};

/// A section of a filter for every lane of a pack, in the transposed direct form II.
///
/// The operations and their order are those of the `biquad` crate, and so are the bits.
/// Its own `run` would do, were it always inlined: called for every sample it passes
/// registers through memory, which takes up to forty times as long.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneSection<P> {
    pub(super) b0: P,
    pub(super) b1: P,
    pub(super) b2: P,
    pub(super) a1: P,
    pub(super) a2: P,
    pub(super) s1: P,
    pub(super) s2: P,
}

impl<P: Pack> LaneSection<P> {
    #[inline(always)]
    fn run(&mut self, input: P) -> P {
        let output = self.s1 + self.b0 * input;
        self.s1 = self.s2 + self.b1 * input - self.a1 * output;
        self.s2 = self.b2 * input - self.a2 * output;
        output
    }
}

/// Lets states that have decayed to nothing be nothing, after every block of samples.
#[inline(always)]
fn silence<P: Pack>(sections: &mut [LaneSection<P>]) {
    let kept = |states: P| P::from_lanes(states.lanes().map(silent));
    for section in sections {
        (section.s1, section.s2) = (kept(section.s1), kept(section.s2));
    }
}

#[inline(always)]
fn step<P: Pack, const S: usize>(sections: &mut [LaneSection<P>; S], frame: P) -> P {
    let mut frame = frame;
    for section in sections {
        frame = section.run(frame);
    }
    frame
}

/// A forward pass of `S` sections, from the channels (or, without them, from the frames)
/// into the frames.
#[inline(always)]
pub(super) fn forward<P: ChannelPack, const S: usize>(
    sections: &mut [LaneSection<P>; S],
    channels: Option<&[&[f64]; MOST]>,
    enter: Enter<'_>,
    frames: &mut [f64],
) {
    let offsets = P::from_lanes(enter.offsets());
    for (block, frames) in frames.chunks_mut(BLOCK * P::LANES).enumerate() {
        // A copy that nothing but the sections touch stays in registers.
        let mut running = *sections;
        let mut at = block * BLOCK;
        let mut tiles = frames.chunks_exact_mut(P::TILE * P::LANES);
        for stored in &mut tiles {
            let tile = match channels {
                Some(channels) => entered(P::read(channels, at), enter, offsets),
                None => P::tile(stored),
            };
            for (frame, stored) in
                tile.as_ref().iter().zip(stored.chunks_exact_mut(P::LANES))
            {
                step(&mut running, *frame).store(stored);
            }
            at += P::TILE;
        }
        for stored in tiles.into_remainder().chunks_exact_mut(P::LANES) {
            let frame = match channels {
                Some(channels) => one_entered(
                    P::from_lanes(channels.map(|channel| channel[at])),
                    enter,
                    offsets,
                ),
                None => P::load(stored),
            };
            step(&mut running, frame).store(stored);
            at += 1;
        }
        *sections = running;
        silence(sections);
    }
}

/// A backward pass of `S` sections over the frames, into the channels (or, without them,
/// into the frames). Returns how many samples of each channel were below 0 and became 0.
#[inline(always)]
pub(super) fn backward<P: ChannelPack, const S: usize>(
    sections: &mut [LaneSection<P>; S],
    frames: &mut [f64],
    mut channels: Option<&mut [&mut [f64]]>,
    leave: Leave,
) -> [f64; MOST] {
    let mut negative = P::ZERO;
    let mut at = frames.len() / P::LANES;
    for frames in frames.rchunks_mut(BLOCK * P::LANES) {
        let mut running = *sections;
        let mut tiles = frames.rchunks_exact_mut(P::TILE * P::LANES);
        for stored in &mut tiles {
            at -= P::TILE;
            let mut tile = P::tile(stored);
            for frame in tile.as_mut().iter_mut().rev() {
                *frame = step(&mut running, *frame);
            }
            match &mut channels {
                Some(channels) => {
                    P::write(left(tile, leave, &mut negative), channels, at)
                }
                None => {
                    for (frame, stored) in
                        tile.as_ref().iter().zip(stored.chunks_exact_mut(P::LANES))
                    {
                        frame.store(stored);
                    }
                }
            }
        }
        for stored in tiles.into_remainder().rchunks_exact_mut(P::LANES) {
            at -= 1;
            let frame = step(&mut running, P::load(stored));
            match &mut channels {
                Some(channels) => {
                    let lanes = one_left(frame, leave, &mut negative).lanes();
                    channels
                        .iter_mut()
                        .zip(lanes)
                        .for_each(|(channel, value)| channel[at] = value);
                }
                None => frame.store(stored),
            }
        }
        *sections = running;
        silence(sections);
    }

    negative.lanes()
}

/// What happens to frames before the first section.
#[inline(always)]
fn entered<P: ChannelPack>(mut tile: P::Tile, enter: Enter<'_>, offsets: P) -> P::Tile {
    if enter != Enter::Unchanged {
        for frame in tile.as_mut() {
            *frame = one_entered(*frame, enter, offsets);
        }
    }
    tile
}

#[inline(always)]
fn one_entered<P: ChannelPack>(frame: P, enter: Enter<'_>, offsets: P) -> P {
    match enter {
        Enter::Unchanged => frame,
        Enter::Less(_) => frame - offsets,
        Enter::Magnitude => frame.magnitude(),
    }
}

/// What happens to frames after the last section.
#[inline(always)]
fn left<P: ChannelPack>(mut tile: P::Tile, leave: Leave, negative: &mut P) -> P::Tile {
    if leave != Leave::Unchanged {
        for frame in tile.as_mut() {
            *frame = one_left(*frame, leave, negative);
        }
    }
    tile
}

#[inline(always)]
fn one_left<P: ChannelPack>(frame: P, leave: Leave, negative: &mut P) -> P {
    match leave {
        Leave::Unchanged => frame,
        Leave::NotNegative => {
            let (kept, below) = frame.not_negative();
            *negative = *negative + below;
            kept
        }
    }
}

/// `count` samples of one channel through sections that stand side by side in a pack,
/// each some steps behind the one before it.
#[inline(always)]
pub(super) fn piped<P: Pipeline>(
    sections: &mut LaneSection<P>,
    count: usize,
    read: impl Fn(usize) -> f64,
    mut write: impl FnMut(usize, f64),
) {
    let delay = P::BEHIND * (P::LANES - 1);
    let mut made = [P::ZERO; 2];
    for at in 0..delay {
        let enters = if at < count { read(at) } else { 0.0 };
        made = [made[1], partly(sections, made[2 - P::BEHIND].pushed(enters), at, count)];
    }

    let mut running = *sections;
    for at in delay..count {
        made = [made[1], running.run(made[2 - P::BEHIND].pushed(read(at)))];
        write(at - delay, made[1].last());
    }

    *sections = running;
    for at in count.max(delay)..count + delay {
        made = [made[1], partly(sections, made[2 - P::BEHIND].pushed(0.0), at, count)];
        write(at - delay, made[1].last());
    }

    silence(std::slice::from_mut(sections));
}

/// A step in which only those sections count whose sample is one of the `count`; the
/// states of the others stay.
fn partly<P: Pipeline>(
    sections: &mut LaneSection<P>,
    frame: P,
    at: usize,
    count: usize,
) -> P {
    let before = [sections.s1.lanes(), sections.s2.lanes()];
    let done = sections.run(frame);
    let chosen = |before: [f64; MOST], after: P| {
        let after = after.lanes();
        let counts =
            |lane: usize| (P::BEHIND * lane..count + P::BEHIND * lane).contains(&at);
        P::from_lanes(from_fn(
            |lane| {
                if counts(lane) { after[lane] } else { before[lane] }
            },
        ))
    };

    (sections.s1, sections.s2) =
        (chosen(before[0], sections.s1), chosen(before[1], sections.s2));
    done
}
