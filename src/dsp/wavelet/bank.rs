//! The pair of filters that splits a circle of samples in two halves, and the pair that joins them.

use super::{TAPS, Wavelet};

/// Outputs that are computed side by side.
const LANES: usize = 8;
/// How far a filter reaches round each end of a phase.
const REACH: usize = 2;

/// Splits samples by filters; the buffers are kept.
///
/// An output is `Σ taps[j] x[(5 + 2k − j) mod n]`: even taps meet odd samples and odd taps even ones, so the samples
/// are parted first, each part with its ends continued, and what is left are plain sums over neighbours.
#[derive(Default)]
pub(super) struct Splitter {
    even: Vec<f64>,
    odd: Vec<f64>,
}

impl Splitter {
    /// Takes the samples that are to be filtered; the last is repeated if their number is odd.
    pub(super) fn load(&mut self, samples: &[f64]) {
        let (pairs, last) = samples.as_chunks::<2>();
        let half = pairs.len() + last.len();
        for phase in [&mut self.even, &mut self.odd] {
            phase.resize(half + 2 * REACH, 0.0);
        }
        for ((even, odd), pair) in self.even[REACH..].iter_mut().zip(&mut self.odd[REACH..]).zip(pairs) {
            [*even, *odd] = *pair;
        }
        if let [last] = last {
            self.even[half + REACH - 1] = *last;
            self.odd[half + REACH - 1] = *last;
        }
        for phase in [&mut self.even, &mut self.odd] {
            continue_round(phase, half);
        }
    }

    /// Filters what was loaded into half as many values.
    pub(super) fn filter(&self, taps: &[f64; TAPS], out: &mut Vec<f64>) {
        let half = self.even.len().saturating_sub(2 * REACH);
        out.resize(half, 0.0);
        let (runs, rest) = out.as_chunks_mut::<LANES>();
        for (run, at) in runs.iter_mut().zip((0..).step_by(LANES)) {
            *run = sums(taps, &self.even[at..], &self.odd[at..]);
        }
        let at = half - rest.len();
        for (k, value) in rest.iter_mut().enumerate() {
            [*value] = sums(taps, &self.even[at + k..], &self.odd[at + k..]);
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

/// Neighbouring outputs from the phases that begin with the first of theirs.
fn sums<const N: usize>(taps: &[f64; TAPS], even: &[f64], odd: &[f64]) -> [f64; N] {
    let mut sums = [0.0; N];
    for (t, pair) in taps.as_chunks::<2>().0.iter().rev().enumerate() {
        let (even, odd) = (&even[t..t + N], &odd[t..t + N]);
        for lane in 0..N {
            sums[lane] += pair[0] * odd[lane] + pair[1] * even[lane];
        }
    }
    sums
}

/// Joins an approximation and details (as many) to twice as many samples.
pub(super) fn join(wavelet: Wavelet, approximation: &[f64], details: &[f64]) -> Vec<f64> {
    let (low, high) = (wavelet.low_pass(), wavelet.high_pass());
    let n = 2 * approximation.len();
    let mut samples = vec![0.0; n];
    for (k, (approximation, detail)) in approximation.iter().zip(details).enumerate() {
        for (j, (low, high)) in low.iter().zip(high).enumerate() {
            // 10 n is more than what is subtracted.
            samples[(TAPS * n + TAPS / 2 + 2 * k - j) % n] += low * approximation + high * detail;
        }
    }
    samples
}
