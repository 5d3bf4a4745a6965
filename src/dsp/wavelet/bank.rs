//! The pair of filters that splits a circle of samples in two halves, and the pair that joins them.

use super::{TAPS, Wavelet};

/// An output has so many neighbours in each phase.
const PAIRS: usize = TAPS / 2;
/// How far a filter reaches round each end of a phase.
const REACH: usize = 2;

/// Splits samples by filters; the buffers are kept.
///
/// An output is `Σ taps[j] x[(5 + 2k − j) mod n]`: even taps meet odd samples and odd taps even ones, so the samples
/// are parted first, each part with its ends continued, and what is left are plain sums over neighbours.
#[derive(Default)]
pub(super) struct Splitter {
    /// As long as they were ever needed.
    even: Vec<f64>,
    odd: Vec<f64>,
    /// How many outputs there will be.
    half: usize,
}

impl Splitter {
    /// Takes the samples that are to be filtered; the last is repeated if their number is odd.
    pub(super) fn load(&mut self, samples: &[f64]) {
        let (pairs, last) = samples.as_chunks::<2>();
        self.half = pairs.len() + last.len();
        for phase in [&mut self.even, &mut self.odd] {
            phase.resize(phase.len().max(self.half + 2 * REACH), 0.0);
        }
        for ((even, odd), pair) in self.even[REACH..].iter_mut().zip(&mut self.odd[REACH..]).zip(pairs) {
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
        // All neighbours of an output at the same place, so that the loop runs on vectors.
        let shifted = |phase| std::array::from_fn::<&[f64], PAIRS, _>(|shift| neighbours(phase, shift, self.half));
        let (even, odd) = (shifted(&self.even), shifted(&self.odd));
        let output = |k: usize| {
            let mut sum = 0.0;
            for shift in 0..PAIRS {
                let pair = TAPS - 2 - 2 * shift;
                sum += taps[pair] * odd[shift][k] + taps[pair + 1] * even[shift][k];
            }
            sum
        };
        out.clear();
        out.extend((0..self.half).map(output));
    }
}

fn neighbours(phase: &[f64], shift: usize, count: usize) -> &[f64] {
    if count > 0 { &phase[shift..shift + count] } else { &[] }
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
            samples[(TAPS * n + TAPS / 2 + 2 * k - j) % n] += low * approximation + high * detail;
        }
    }
    samples
}
