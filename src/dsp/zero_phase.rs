//! Filtering forward and backward, so that nothing moves in time, and what happens at the
//! edges.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::lanes::{Enter, Instructions, Leave, TOGETHER};
use super::lanes::{Frames, Passes, passes, together};
use super::sos::{Cascade, Sos};

/// How a stretch goes on beyond its ends while it is filtered forward and backward.
///
/// Programs differ here and nowhere else, so their results differ near the ends alone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// Turned by half a turn about the end sample; the padding of SciPy's `sosfiltfilt`
    /// (its default).
    #[default]
    Odd,
    /// Mirrored at the end sample, as SciPy's `padtype="even"`.
    Even,
    /// The end sample repeated, as SciPy's `padtype="constant"`.
    Constant,
    /// Not continued, but started in the steady state of the end sample, as SciPy's
    /// `padtype=None`.
    None,
    /// As MATLAB's `filtfilt(b, a, x)`: odd, three samples fewer than SciPy takes.
    Matlab,
    /// As `filtfilt` of R's package `signal`: zeros after the end, both passes from rest.
    R,
}

impl Edge {
    /// The number of samples by which each end is continued (for [`Edge::R`], the last
    /// end alone).
    pub fn padding(self, sos: &Sos) -> usize {
        match self {
            Self::Odd | Self::Even | Self::Constant => 3 * sos.taps(),
            Self::None => 0,
            Self::Matlab => 3 * (sos.taps() - 1),
            Self::R => 2 * sos.taps(),
        }
    }

    /// The fewest samples that can be filtered: one more than the padding where that is
    /// made from them.
    pub fn shortest(self, sos: &Sos) -> usize {
        match self {
            Self::R => 1,
            _ => self.padding(sos) + 1,
        }
    }

    /// The value `distance` samples beyond an end sample, from the sample as far inside.
    fn beyond(self, end: f64, inside: f64) -> f64 {
        match self {
            Self::Odd | Self::Matlab => 2.0 * end - inside,
            Self::Even => inside,
            Self::Constant | Self::None => end,
            Self::R => 0.0,
        }
    }
}

/// A stretch is too short for the padding of its filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{samples} samples are too few for a filter that needs {shortest}")]
pub struct TooShort {
    /// How many samples there are.
    pub samples: usize,
    /// How many are needed.
    pub shortest: usize,
}

/// A filter that runs forward and backward.
///
/// The phases of the passes cancel and their gains multiply: the gain is that of one pass
/// squared.
#[derive(Debug, Clone, PartialEq)]
pub struct ZeroPhase {
    sos: Sos,
    edge: Edge,
    instructions: Instructions,
}

/// The working memory of [`ZeroPhase`] filters, to be reused from recording to recording.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    frames: Frames,
}

/// One channel at the ends of its stretch, where it is continued.
#[derive(Debug, Clone)]
struct Runner {
    cascade: Cascade,
    tail: Vec<f64>,
}

impl ZeroPhase {
    /// A filter with its edge rule. It uses the best vector instructions of the
    /// processor, unless others were chosen for the process.
    pub fn new(sos: Sos, edge: Edge) -> Self {
        Self { sos, edge, instructions: Instructions::usual() }
    }

    /// The same filter with other instructions. Its results have the same bits; those
    /// that the processor does not have are not used.
    #[must_use]
    pub fn with_instructions(self, instructions: Instructions) -> Self {
        Self { instructions, ..self }
    }

    /// The filter of one pass.
    pub fn sos(&self) -> &Sos {
        &self.sos
    }

    /// The edge rule.
    pub fn edge(&self) -> Edge {
        self.edge
    }

    /// The fewest samples that it can filter.
    pub fn shortest(&self) -> usize {
        self.edge.shortest(&self.sos)
    }

    /// The magnitude response of both passes together.
    pub fn gain(&self, frequency_hz: f64, rate_hz: f64) -> f64 {
        let once = self.sos.gain(frequency_hz, rate_hz);
        once * once
    }

    /// Filters a stretch in place.
    ///
    /// Too short a stretch is left as it is. A `NaN` spoils the whole stretch: cut at
    /// gaps before.
    ///
    /// ```
    /// use soleus::dsp::design::{Band, butterworth};
    /// use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
    ///
    /// let filter = ZeroPhase::new(butterworth(4, Band::HighPass(20.0), 1000.0)?, Edge::Odd);
    /// let mut offset = vec![2.5; 200];
    /// filter.run(&mut offset, &mut Scratch::default()).expect("200 samples are enough");
    /// assert!(offset.iter().all(|sample| sample.abs() < 1e-12));
    /// # Ok::<(), soleus::dsp::design::DesignError>(())
    /// ```
    pub fn run(
        &self,
        samples: &mut [f64],
        scratch: &mut Scratch,
    ) -> Result<(), TooShort> {
        self.run_together(&mut [samples], Enter::Unchanged, Leave::Unchanged, scratch)
            .map(|_| ())
    }

    /// Filters channels of one length in place, [`TOGETHER`] at a time, with what is to
    /// be done to their samples before and after in the same passes. The bits are those
    /// of each channel on its own.
    ///
    /// Returns how many samples of each channel `leave` set to 0. Channels that are too
    /// short, or not all as long as the first one, are left as they are.
    pub fn run_together(
        &self,
        channels: &mut [&mut [f64]],
        enter: Enter<'_>,
        leave: Leave,
        scratch: &mut Scratch,
    ) -> Result<Vec<usize>, TooShort> {
        self.check(channels.iter().map(|channel| channel.len()))?;
        let mut counts = Vec::with_capacity(channels.len());
        let size = together(self.instructions, channels.len());
        for channels in channels.chunks_mut(size) {
            let passes =
                passes(self.instructions, channels.len(), self.sos.sections().len());
            let sources: Vec<&[f64]> =
                channels.iter().map(|channel| &**channel).collect();
            let part = counts.len()..counts.len() + channels.len();
            let mut runners =
                self.forward(&*passes, &sources, enter.part(part), &mut scratch.frames);
            counts.extend(passes.backward(
                &mut cascades(&mut runners),
                &mut scratch.frames,
                channels,
                leave,
            ));
        }

        Ok(counts)
    }

    /// [`ZeroPhase::run_together`] from one set of channels into another one of the same
    /// lengths, without a copy.
    pub fn run_from(
        &self,
        sources: &[&[f64]],
        targets: &mut [&mut [f64]],
        enter: Enter<'_>,
        leave: Leave,
        scratch: &mut Scratch,
    ) -> Result<Vec<usize>, TooShort> {
        let lengths = sources
            .iter()
            .map(|source| source.len())
            .chain(targets.iter().map(|target| target.len()));
        self.check(lengths)?;
        let mut counts = Vec::with_capacity(targets.len());
        let size = together(self.instructions, sources.len());

        for (sources, targets) in sources.chunks(size).zip(targets.chunks_mut(size)) {
            let passes =
                passes(self.instructions, sources.len(), self.sos.sections().len());
            let part = counts.len()..counts.len() + sources.len();
            let mut runners =
                self.forward(&*passes, sources, enter.part(part), &mut scratch.frames);
            counts.extend(passes.backward(
                &mut cascades(&mut runners),
                &mut scratch.frames,
                targets,
                leave,
            ));
        }

        Ok(counts)
    }

    /// Whether all lengths are one, and enough.
    fn check(
        &self,
        lengths: impl Iterator<Item = usize> + Clone,
    ) -> Result<(), TooShort> {
        let first = lengths.clone().next().unwrap_or(usize::MAX);
        match lengths.min() {
            Some(samples) if samples < self.shortest().max(first) => {
                Err(TooShort { samples, shortest: self.shortest().max(first) })
            }
            _ => Ok(()),
        }
    }

    /// Forward through what lies before the channels and through them, and through what
    /// lies behind them and back.
    fn forward(
        &self,
        passes: &dyn Passes,
        sources: &[&[f64]],
        enter: Enter<'_>,
        frames: &mut Frames,
    ) -> Vec<Runner> {
        let begun = |(channel, source): (usize, &&[f64])| {
            Runner::begin(self, source, |sample| enter.apply(channel, sample))
        };
        let mut runners: Vec<Runner> = sources.iter().enumerate().map(begun).collect();
        passes.forward(&mut cascades(&mut runners), sources, enter, frames);
        let length = sources.first().map_or(0, |source| source.len());
        for (channel, runner) in runners.iter_mut().enumerate() {
            runner.turn(self.edge, passes.last(frames, channel, length));
        }
        runners
    }
}

fn cascades(runners: &mut [Runner]) -> Vec<&mut Cascade> {
    runners.iter_mut().map(|runner| &mut runner.cascade).collect()
}

impl Runner {
    /// Through what lies before the stretch; what lies behind it is kept for later.
    fn begin(filter: &ZeroPhase, samples: &[f64], enter: impl Fn(f64) -> f64) -> Self {
        let edge = filter.edge;
        let padding = filter.edge.padding(&filter.sos);
        let last = samples.len() - 1;
        let first_sample = enter(samples[0]);
        let last_sample = enter(samples[last]);

        // Zeros follow a stretch of any length, so there may be no sample as far inside.
        let inside = |distance: usize| {
            last.checked_sub(distance).map_or(0.0, |index| enter(samples[index]))
        };
        let tail = (1..=padding)
            .map(|distance| edge.beyond(last_sample, inside(distance)))
            .collect();
        let mut cascade = filter.sos.cascade();
        // R starts from rest. All others start as if the first continued sample had
        // lasted since ever, so that there is no step to answer.
        if edge != Edge::R {
            let before =
                |distance: usize| edge.beyond(first_sample, enter(samples[distance]));
            cascade.settle(before(padding));
            for distance in (1..=padding).rev() {
                cascade.step(before(distance));
            }
        }

        Self { cascade, tail }
    }

    /// Through what lies behind the stretch, and back again. `last` is the last sample of
    /// the forward pass.
    fn turn(&mut self, edge: Edge, last: f64) {
        self.cascade.run(&mut self.tail);
        let last = self.tail.last().copied().unwrap_or(last);
        match edge {
            Edge::R => self.cascade.rest(),
            _ => self.cascade.settle(last),
        }
        self.cascade.run_backwards(&mut self.tail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::design::{Band, butterworth};

    fn high_pass(edge: Edge) -> ZeroPhase {
        ZeroPhase::new(butterworth(4, Band::HighPass(20.0), 1000.0).unwrap(), edge)
    }

    #[test]
    fn the_shortest_stretch_is_one_longer_than_its_padding() {
        for (edge, shortest) in [
            (Edge::Odd, 16),
            (Edge::Even, 16),
            (Edge::Constant, 16),
            (Edge::None, 1),
            (Edge::Matlab, 13),
            (Edge::R, 1),
        ] {
            let filter = high_pass(edge);
            assert_eq!(filter.shortest(), shortest, "{edge:?}");
            let mut enough = vec![1.0; shortest];
            assert!(filter.run(&mut enough, &mut Scratch::default()).is_ok());
            assert!(enough.iter().all(|sample| sample.is_finite()));
            let mut few = vec![1.0; shortest - 1];
            let refused = filter.run(&mut few, &mut Scratch::default());
            assert_eq!(refused, Err(TooShort { samples: shortest - 1, shortest }));
            assert_eq!(few, vec![1.0; shortest - 1]);
        }
    }

    #[test]
    fn scratch_carries_nothing_from_stretch_to_stretch() {
        for edge in
            [Edge::Odd, Edge::Even, Edge::Constant, Edge::None, Edge::Matlab, Edge::R]
        {
            let filter = high_pass(edge);
            let ramp: Vec<f64> = (0..50).map(f64::from).collect();
            let (mut first, mut second) = (ramp.clone(), ramp);
            let mut scratch = Scratch::default();
            filter.run(&mut first, &mut scratch).unwrap();
            filter.run(&mut second, &mut scratch).unwrap();
            assert_eq!(first, second, "{edge:?}");
        }
    }
}
