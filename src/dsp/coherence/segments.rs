//! The spectra of the segments of one channel.

use std::ops::Range;

use crate::dsp::fourier::{Complex, Fourier};
use crate::dsp::spectrum::Window;
use crate::dsp::stats::extremes;

/// The disjoint segments that all channels of one clock share, and the frequencies kept
/// of their spectra.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// The samples of a segment; about 1 s of them for a contraction that is held, 0.5 to
    /// 1 s in a phase of gait.
    pub length: usize,
    /// The sampling rate in hertz.
    pub rate_hz: f64,
    /// The weights of the samples.
    pub window: Window,
    /// The highest frequency kept, in hertz; half the sampling rate at most.
    pub highest_hz: f64,
}

impl Grid {
    /// The distance of two frequencies in hertz.
    pub fn spacing_hz(&self) -> f64 {
        self.rate_hz / self.length as f64
    }

    /// How many frequencies are kept, from 0 Hz on.
    pub fn bins(&self) -> usize {
        self.up_to(self.highest_hz).min(self.length / 2 + 1)
    }

    /// The frequency of a bin in hertz.
    pub fn frequency_hz(&self, bin: usize) -> f64 {
        bin as f64 * self.rate_hz / self.length as f64
    }

    /// The kept bins between two frequencies in hertz, both included; empty where there
    /// are none.
    pub fn band(&self, low_hz: f64, high_hz: f64) -> Range<usize> {
        let end = self.up_to(high_hz).min(self.bins());
        let first = (low_hz / self.spacing_hz() - 1e-9).ceil().max(0.0) as usize;
        first.min(end)..end
    }

    /// How many bins there are up to a frequency, itself included whatever its last
    /// digits.
    fn up_to(&self, hertz: f64) -> usize {
        let last = (hertz / self.spacing_hz() + 1e-9).floor();
        if last >= 0.0 { (last as usize).saturating_add(1) } else { 0 }
    }
}

/// The spectra of the segments of one channel.
///
/// They are kept in double precision: 16 bytes for each second of signal and hertz kept,
/// so that 250 Hz of a channel sampled at 1 kHz take half the memory of its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentSpectra {
    grid: Grid,
    /// `None` for a segment that is left out.
    spectra: Vec<Option<Box<[Complex]>>>,
}

impl SegmentSpectra {
    /// Cuts samples into segments that follow each other from the first sample on,
    /// removes the mean of each, weights it and transforms it. A rest shorter than a
    /// segment is not used.
    ///
    /// A segment with a gap (`NaN`) or an infinite sample is left out, and so is one
    /// whose samples are all equal: a channel that lies still is not connected or at its
    /// rail, and would only dilute the coherence.
    pub fn cut(samples: &[f64], grid: Grid) -> Self {
        let weights = grid.window.weights(grid.length);
        let mut fourier = Fourier::new();
        let mut transform = Vec::new();
        let mut spectrum = |segment: &[f64]| {
            let (low, high) = extremes(segment);
            let mean = segment.iter().sum::<f64>() / segment.len() as f64;
            if !mean.is_finite() || low == high {
                return None;
            }
            fourier.spectrum_of(
                segment.iter().zip(&weights).map(|(x, weight)| (x - mean) * weight),
                &mut transform,
            );
            Some(transform.iter().copied().take(grid.bins()).collect())
        };

        // No segment has no samples: `chunks_exact` would not take 0.
        let spectra =
            samples.chunks_exact(grid.length.max(1)).map(&mut spectrum).collect();
        Self { grid, spectra }
    }

    /// How the channel was cut.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Which segments are there, in their order: those without gaps.
    pub fn present(&self) -> impl Iterator<Item = bool> {
        self.spectra.iter().map(Option::is_some)
    }

    /// How many segments of one power those are worth that this channel and another have
    /// both, in which the powers between two frequencies in hertz may change together:
    /// `Σp Σq/Σpq`, all of them at most. Where p and q do not change that is all, and the
    /// mean coherence of independent channels is one over it: where a contraction rises to
    /// three times its level, 30 segments are worth 23, and as 30 they would exceed the
    /// limit of 5 % in 10. 0 without a segment.
    pub fn worth_with(&self, other: &Self, low_hz: f64, high_hz: f64) -> f64 {
        let band = self.grid.band(low_hz, high_hz);
        let power = |spectrum: &[Complex]| -> f64 {
            spectrum
                .get(band.clone())
                .unwrap_or_default()
                .iter()
                .map(|x| x.norm_sqr())
                .sum()
        };
        let mut sums = [0.0; 4];
        for (first, second) in self.shared(other) {
            let (p, q) = (power(first), power(second));
            let terms = [1.0, p, q, p * q];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        let [count, first, second, both] = sums;
        // Without any power in the band nothing is known of its changes.
        if both > 0.0 { (first * second / both).min(count) } else { count }
    }

    /// The spectra of the segments that this channel and another have both; no more than
    /// the shorter one has.
    pub(super) fn shared<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a [Complex], &'a [Complex])> {
        let both = self.spectra.iter().zip(&other.spectra);
        both.filter_map(|(first, second)| Some((first.as_deref()?, second.as_deref()?)))
    }
}
