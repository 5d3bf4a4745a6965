//! Coherences of several recordings in one.

use super::{CoherenceSpectrum, transformed, untransformed};
use crate::dsp::stats::chi_square_quantile;

/// The mean of the transformed coherences of several recordings, each with the weight of
/// its segments, and how far the recordings differ (Rosenberg et al. 1989; Amjad et al.
/// 1997).
///
/// Unlike [`CrossSpectrum::pooled`](super::CrossSpectrum::pooled) it does not ask that
/// the recordings agree in phase, and unlike it, it keeps the bias of each: a recording
/// of L independent segments adds 1/L to its coherence, however many recordings there
/// are.
#[derive(Debug, Clone, PartialEq)]
pub struct FisherPool {
    /// How many recordings there are.
    pub recordings: usize,
    /// All their segments.
    pub segments: f64,
    /// `Σ L z / Σ L` of each bin; `NaN` where a channel of a recording has no power.
    pub z: Vec<f64>,
    /// `Σ 2L (z − mean)²` of each bin: chi-square with one degree of freedom less than
    /// recordings where all have the same coherence, and less than that where there is
    /// none.
    pub homogeneity: Vec<f64>,
}

impl FisherPool {
    /// Of recordings that were cut alike; `None` for none and for others.
    pub fn pool(recordings: &[CoherenceSpectrum]) -> Option<Self> {
        let first = recordings.first()?;
        let alike = |other: &CoherenceSpectrum| {
            other.grid == first.grid && other.values.len() == first.values.len()
        };
        if !recordings.iter().all(alike) {
            return None;
        }

        let segments: f64 = recordings.iter().map(|recording| recording.segments).sum();
        let weighted = |bin: usize, term: &dyn Fn(f64) -> f64| -> f64 {
            recordings
                .iter()
                .map(|recording| {
                    recording.segments * term(transformed(recording.values[bin]))
                })
                .sum()
        };

        let bins = first.values.len();
        let z: Vec<f64> = (0..bins).map(|bin| weighted(bin, &|z| z) / segments).collect();
        let spread = |(bin, &mean): (usize, &f64)| {
            weighted(bin, &|z| 2.0 * (z - mean) * (z - mean))
        };
        let homogeneity = z.iter().enumerate().map(spread).collect();

        Some(Self { recordings: recordings.len(), segments, z, homogeneity })
    }

    /// The pooled coherence of each bin.
    pub fn coherence(&self) -> Vec<f64> {
        self.z.iter().map(|&z| untransformed(z)).collect()
    }

    /// What the homogeneity of a bin exceeds with the probability `alpha` where all
    /// recordings have the same coherence; `None` for a single recording or an `alpha`
    /// outside of (0, 1).
    pub fn critical(&self, alpha: f64) -> Option<f64> {
        chi_square_quantile(1.0 - alpha, self.recordings as f64 - 1.0)
    }
}
