//! An envelope designed for one sampling rate, over the stretches between gaps.

use std::sync::Arc;

use super::Smoother;
use crate::dsp::gaps;
use crate::dsp::zero_phase::{Enter, Leave, Scratch, ZeroPhase};
use crate::memory;

/// An [`Envelope`](super::Envelope) designed for one sampling rate.
#[derive(Debug, Clone)]
pub struct EnvelopeKernel {
    smoother: Arc<dyn Smoother>,
}

/// An envelope and what making it meant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Enveloped {
    /// The envelope, as long as the signal; `NaN` in gaps and in stretches too short for
    /// the filter.
    pub samples: Vec<f64>,
    /// The share of the samples that were below 0 after smoothing and were set to 0, 0 to
    /// 1.
    pub negative_share: f64,
    /// How many samples at each end of every stretch rest on extrapolation or on a part
    /// of the window.
    pub edge_samples: usize,
}

impl EnvelopeKernel {
    /// The envelope that a smoother makes.
    pub fn new(smoother: Box<dyn Smoother>) -> Self {
        Self { smoother: smoother.into() }
    }

    /// What was decided, as a phrase for the report and the methods paragraph.
    pub fn describe(&self) -> String {
        self.smoother.describe()
    }

    /// The fewest samples without a gap that have an envelope.
    pub fn shortest(&self) -> usize {
        self.smoother.shortest()
    }

    /// The envelope of a clean signal: [`EnvelopeKernel::run_together`] with it alone.
    pub fn run(&self, clean: &[f64]) -> Enveloped {
        self.run_together(&[clean], &mut Scratch::default())
            .pop()
            .unwrap_or_else(|| self.finished(Vec::new(), 0, 0))
    }

    /// The envelopes of clean signals, each stretch by stretch between its gaps. Signals
    /// of one length without gaps are smoothed together where the envelope is a filter's;
    /// the bits are those of each signal on its own.
    pub fn run_together(
        &self,
        cleans: &[&[f64]],
        scratch: &mut Scratch,
    ) -> Vec<Enveloped> {
        match self.smoother.low_pass() {
            Some(filter) if self.are_whole(cleans) => {
                self.low_passed(filter, cleans, scratch)
            }
            _ => cleans.iter().map(|clean| self.between_gaps(clean)).collect(),
        }
    }

    /// Whether signals have one length, which is enough, and no gaps.
    fn are_whole(&self, cleans: &[&[f64]]) -> bool {
        let length = cleans.first().map_or(0, |clean| clean.len());
        let whole = |clean: &&[f64]| {
            clean.len() == length && gaps::stretches(clean).first() == Some(&(0..length))
        };
        length >= self.shortest() && cleans.iter().all(whole)
    }

    /// Rectified on the way into the filter, cut at 0 on the way out of it.
    fn low_passed(
        &self,
        filter: &ZeroPhase,
        cleans: &[&[f64]],
        scratch: &mut Scratch,
    ) -> Vec<Enveloped> {
        let mut smooth: Vec<Vec<f64>> =
            cleans.iter().map(|clean| memory::zeros(clean.len())).collect();
        let mut targets: Vec<&mut [f64]> =
            smooth.iter_mut().map(Vec::as_mut_slice).collect();
        let (enter, leave) = (Enter::Magnitude, Leave::NotNegative);
        let below = filter.run_from(cleans, &mut targets, enter, leave, scratch);

        // Signals of which all are long enough are never refused.
        let below = below.unwrap_or_default();
        let one = |(samples, negative): (Vec<f64>, usize)| {
            let present = samples.len();
            self.finished(samples, negative, present)
        };
        smooth.into_iter().zip(below).map(one).collect()
    }

    fn between_gaps(&self, clean: &[f64]) -> Enveloped {
        let mut samples = vec![f64::NAN; clean.len()];
        let (mut negative, mut present) = (0, 0_usize);

        let mut stretches = gaps::stretches(clean);
        stretches.retain(|stretch| stretch.len() >= self.shortest());
        for stretch in stretches {
            let smooth = self.smoother.smooth(&clean[stretch.clone()]);
            present += smooth.len();
            for (sample, value) in samples[stretch].iter_mut().zip(smooth) {
                negative += usize::from(value < 0.0);
                let cut = if value < 0.0 { 0.0 } else { value };
                *sample = self.smoother.level(cut);
            }
        }

        self.finished(samples, negative, present)
    }

    fn finished(&self, samples: Vec<f64>, negative: usize, present: usize) -> Enveloped {
        Enveloped {
            samples,
            negative_share: negative as f64 / present.max(1) as f64,
            edge_samples: self.smoother.edge_samples(),
        }
    }
}

/// The magnitude of every sample.
pub(super) fn rectified(mut samples: Vec<f64>) -> Vec<f64> {
    samples.iter_mut().for_each(|sample| *sample = sample.abs());
    samples
}

/// Samples forward and backward through a filter for which they are long enough.
pub(super) fn filtered(filter: &ZeroPhase, mut samples: Vec<f64>) -> Vec<f64> {
    // No stretch is handed over that is shorter than the filter needs.
    let done = filter.run(&mut samples, &mut Scratch::default());
    debug_assert!(done.is_ok());
    samples
}
