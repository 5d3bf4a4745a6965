//! Filtering forward and backward, so that nothing moves in time, and what happens at the edges.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sos::{Cascade, Sos};

/// How a stretch goes on beyond its ends while it is filtered forward and backward.
///
/// Programs differ here and nowhere else, so their results differ near the ends alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// Turned by half a turn about the end sample; the padding of SciPy's `sosfiltfilt` (its default).
    #[default]
    Odd,
    /// Mirrored at the end sample, as SciPy's `padtype="even"`.
    Even,
    /// The end sample repeated, as SciPy's `padtype="constant"`.
    Constant,
    /// Not continued, but started in the steady state of the end sample, as SciPy's `padtype=None`.
    None,
    /// As MATLAB's `filtfilt(b, a, x)`: odd, three samples fewer than SciPy takes.
    Matlab,
    /// As `filtfilt` of R's package `signal`: zeros after the end, both passes from rest.
    R,
}

impl Edge {
    /// The number of samples by which each end is continued (for [`Edge::R`], the last end alone).
    pub fn padding(self, sos: &Sos) -> usize {
        match self {
            Self::Odd | Self::Even | Self::Constant => 3 * sos.taps(),
            Self::None => 0,
            Self::Matlab => 3 * (sos.taps() - 1),
            Self::R => 2 * sos.taps(),
        }
    }

    /// The fewest samples that can be filtered: one more than the padding where that is made from them.
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
/// The phases of the passes cancel and their gains multiply: the gain is that of one pass squared.
#[derive(Debug, Clone, PartialEq)]
pub struct ZeroPhase {
    sos: Sos,
    edge: Edge,
}

/// The working memory of a [`ZeroPhase`] filter, to be reused from stretch to stretch.
#[derive(Debug, Clone)]
pub struct Scratch {
    cascade: Cascade,
    tail: Vec<f64>,
}

impl ZeroPhase {
    /// A filter with its edge rule.
    pub fn new(sos: Sos, edge: Edge) -> Self {
        Self { sos, edge }
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

    /// Working memory for [`ZeroPhase::run`].
    pub fn scratch(&self) -> Scratch {
        Scratch { cascade: self.sos.cascade(), tail: Vec::with_capacity(self.edge.padding(&self.sos)) }
    }

    /// Filters a stretch in place. `scratch` comes from [`ZeroPhase::scratch`] of the same filter.
    ///
    /// Too short a stretch is left as it is. A `NaN` spoils the whole stretch: cut at gaps before.
    ///
    /// ```
    /// use soleus::dsp::design::{Band, butterworth};
    /// use soleus::dsp::zero_phase::{Edge, ZeroPhase};
    ///
    /// let filter = ZeroPhase::new(butterworth(4, Band::HighPass(20.0), 1000.0)?, Edge::Odd);
    /// let mut offset = vec![2.5; 200];
    /// filter.run(&mut offset, &mut filter.scratch()).expect("200 samples are enough");
    /// assert!(offset.iter().all(|sample| sample.abs() < 1e-12));
    /// # Ok::<(), soleus::dsp::design::DesignError>(())
    /// ```
    pub fn run(&self, samples: &mut [f64], scratch: &mut Scratch) -> Result<(), TooShort> {
        if samples.len() < self.shortest() {
            return Err(TooShort { samples: samples.len(), shortest: self.shortest() });
        }
        // The tail is taken before the forward pass overwrites the samples that it mirrors.
        let padding = self.edge.padding(&self.sos);
        let last = samples.len() - 1;
        scratch.tail.clear();
        scratch.tail.extend((1..=padding).map(|distance| self.after(samples, last, distance)));
        self.start_forward(samples, padding, &mut scratch.cascade);
        scratch.cascade.run(samples);
        scratch.cascade.run(&mut scratch.tail);
        self.start_backward(scratch.tail.last().copied().unwrap_or(samples[last]), &mut scratch.cascade);
        scratch.cascade.run_backwards(&mut scratch.tail);
        scratch.cascade.run_backwards(samples);
        Ok(())
    }

    fn after(&self, samples: &[f64], last: usize, distance: usize) -> f64 {
        // Zeros follow a stretch of any length, so there may be no sample as far inside.
        let inside = last.checked_sub(distance).map_or(0.0, |index| samples[index]);
        self.edge.beyond(samples[last], inside)
    }

    fn start_forward(&self, samples: &[f64], padding: usize, cascade: &mut Cascade) {
        if self.edge == Edge::R {
            cascade.rest();
            return;
        }
        let before = |distance: usize| self.edge.beyond(samples[0], samples[distance]);
        cascade.settle(before(padding));
        for distance in (1..=padding).rev() {
            cascade.step(before(distance));
        }
    }

    fn start_backward(&self, level: f64, cascade: &mut Cascade) {
        match self.edge {
            Edge::R => cascade.rest(),
            _ => cascade.settle(level),
        }
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
        for (edge, shortest) in
            [(Edge::Odd, 16), (Edge::Even, 16), (Edge::Constant, 16), (Edge::None, 1), (Edge::Matlab, 13), (Edge::R, 1)]
        {
            let filter = high_pass(edge);
            assert_eq!(filter.shortest(), shortest, "{edge:?}");
            let mut enough = vec![1.0; shortest];
            assert!(filter.run(&mut enough, &mut filter.scratch()).is_ok());
            assert!(enough.iter().all(|sample| sample.is_finite()));
            let mut few = vec![1.0; shortest - 1];
            let refused = filter.run(&mut few, &mut filter.scratch());
            assert_eq!(refused, Err(TooShort { samples: shortest - 1, shortest }));
            assert_eq!(few, vec![1.0; shortest - 1]);
        }
    }

    #[test]
    fn scratch_carries_nothing_from_stretch_to_stretch() {
        for edge in [Edge::Odd, Edge::Even, Edge::Constant, Edge::None, Edge::Matlab, Edge::R] {
            let filter = high_pass(edge);
            let ramp: Vec<f64> = (0..50).map(f64::from).collect();
            let (mut first, mut second) = (ramp.clone(), ramp);
            let mut scratch = filter.scratch();
            filter.run(&mut first, &mut scratch).unwrap();
            filter.run(&mut second, &mut scratch).unwrap();
            assert_eq!(first, second, "{edge:?}");
        }
    }
}
