//! The pair of filters that splits a circle of samples in two halves, and the pair that
//! joins them.

use super::{TAPS, Wavelet};

/// Outputs that are summed together.
const TILE: usize = 256;
/// How far a filter reaches round each end of a phase.
const REACH: usize = 2;

/// Splits samples by filters; the buffers are kept.
///
/// An output is `Σ taps[j] x[(5 + 2k − j) mod n]`: even taps meet odd samples and odd
/// taps even ones, so the samples are parted first, each part with its ends continued,
/// and what is left are plain sums over neighbours.
#[derive(Default)]
pub(super) struct Splitter {
    /// As long as they were ever needed.
    even: Vec<f64>,
    odd: Vec<f64>,
    /// How many outputs there will be.
    half: usize,
}

impl Splitter {
    /// Takes the samples that are to be filtered; the last is repeated if their number is
    /// odd.
    pub(super) fn load(&mut self, samples: &[f64]) {
        let (pairs, last) = samples.as_chunks::<2>();
        self.half = pairs.len() + last.len();
        for phase in [&mut self.even, &mut self.odd] {
            phase.resize(phase.len().max(self.half + 2 * REACH), 0.0);
        }

        for ((even, odd), pair) in
            self.even[REACH..].iter_mut().zip(&mut self.odd[REACH..]).zip(pairs)
        {
            [*even, *odd] = *pair;
        }

        if let [last] = last {
            self.even[self.half + REACH - 1] = *last;
            self.odd[self.half + REACH - 1] = *last;
        }

        for phase in [&mut self.even, &mut self.odd] {
            continue_round(phase, self.half);
        }
    }

    /// Filters what was loaded into half as many values.
    pub(super) fn filter(&self, taps: &[f64; TAPS], out: &mut Vec<f64>) {
        out.clear();
        out.resize(self.half, 0.0);
        // Pair by pair over tiles that stay in the nearest cache, so that the inner loop
        // runs on vectors.
        for (tile, sums) in out.chunks_mut(TILE).enumerate() {
            for (shift, [odd_tap, even_tap]) in
                taps.as_chunks::<2>().0.iter().rev().enumerate()
            {
                let from = tile * TILE + shift;
                let neighbours = self.odd[from..].iter().zip(&self.even[from..]);
                for (sum, (odd, even)) in sums.iter_mut().zip(neighbours) {
                    *sum += odd_tap * odd + even_tap * even;
                }
            }
        }
    }
}

/// Repeats each end of the `half` inner values of a phase at the other.
fn continue_round(phase: &mut [f64], half: usize) {
    for k in 0..if half > 0 { REACH } else { 0 } {
        phase[REACH - 1 - k] = phase[REACH + half - 1 - k % half];
        phase[REACH + half + k] = phase[REACH + k % half];
    }
}

/// Joins an approximation and details (as many) to twice as many samples.
pub(super) fn join(wavelet: Wavelet, approximation: &[f64], details: &[f64]) -> Vec<f64> {
    let (low, high) = (wavelet.low_pass(), wavelet.high_pass());
    let n = 2 * approximation.len();
    let mut samples = vec![0.0; n];
    for (k, (approximation, detail)) in approximation.iter().zip(details).enumerate() {
        for (j, (low, high)) in low.iter().zip(high).enumerate() {
            // 10 n is more than what is subtracted.
            samples[(TAPS * n + TAPS / 2 + 2 * k - j) % n] +=
                low * approximation + high * detail;
        }
    }
    samples
}
