//! The fatigue indices of González-Izal et al. (2010), which are ratios between a long
//! and a short scale.

use std::f64::consts::TAU;

use super::bank::Splitter;
use super::{TAPS, Wavelet};
use crate::dsp::fourier::{Complex, Fourier};
use crate::dsp::sums::{dot, sum_of, sum_of_pairs};

/// The levels of the decomposition.
const LEVELS: usize = 5;
/// Lengths are multiples of this, so that no level has an odd number of values.
const MULTIPLE: usize = 1 << LEVELS;
/// Details with less of a signal's energy are its rounding errors.
const ROUNDING: f64 = 1e-28;

/// Ratios between scales of a wavelet decomposition of five levels; they grow as power
/// moves to lower frequencies. `D5` are the details of the longest scale and `D1` those
/// of the shortest, `M_k` of one is `Σ f^k |X|²` of the part of the signal that these
/// details make. The wavelet is `sym5`, that of `wirw51` `db5`.
///
/// Their values depend on the sampling rate, which decides what frequencies a scale
/// holds, so that only ratios within one recording mean something. The definitions were
/// reconstructed from the abstract of the paper (methods §9). `None` without power at a
/// scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WaveletIndices {
    /// The energy of `D5` over that of `D1`.
    pub wire51: Option<f64>,
    /// `M₋₁` of `D5` over `M₅` of `D1`, in Hz⁻⁶.
    pub wirm1551: Option<f64>,
    /// `M₋₁` of `D5` over `M₂` of `D2`, in Hz⁻³.
    pub wirm1522: Option<f64>,
    /// `M₋₁` of the details with the most energy over `M₅` of `D1`, in Hz⁻⁶.
    pub wirm1m51: Option<f64>,
    /// The waveform length (sum of the magnitudes of differences) of `D5` over that of
    /// `D1`.
    pub wirw51: Option<f64>,
}

/// Finds [`WaveletIndices`] of stretches of one length; plans, tables and buffers are kept
/// between calls.
///
/// The spectrum of a part of the signal is that of its details, repeated, times the
/// filters' responses, so its moments are sums over the small spectrum of the details
/// with weights that are made once.
pub struct WaveletEstimator {
    length: usize,
    /// For each level and each frequency of its details, the sum of `f⁻¹` times the power
    /// response where it is repeated.
    inverse: [Vec<f64>; LEVELS],
    /// As `inverse`, of `f⁵` and level 1.
    fifth: Vec<f64>,
    /// As `inverse`, of `f²` and level 2.
    second: Vec<f64>,
    splitter: Splitter,
    approximation: Vec<f64>,
    details: [Vec<f64>; LEVELS],
    fourier: Fourier,
    transform: Vec<Complex>,
    power: Vec<f64>,
}

impl WaveletEstimator {
    /// For stretches of `length` samples at `rate_hz`. Used are the first samples, the
    /// largest multiple of 32 of them.
    pub fn new(length: usize, rate_hz: f64) -> Self {
        let length = length - length % MULTIPLE;
        let response = power_response(length);
        let weights =
            |level: usize, order: i32| weights(&response, level, order, rate_hz);
        Self {
            length,
            inverse: std::array::from_fn(|place| weights(place + 1, -1)),
            fifth: weights(1, 5),
            second: weights(2, 2),
            splitter: Splitter::default(),
            approximation: Vec::new(),
            details: Default::default(),
            fourier: Fourier::new(),
            transform: Vec::new(),
            power: Vec::new(),
        }
    }

    /// The indices of a stretch (without `NaN`); all `None` when it has fewer samples
    /// than are used, or fewer than 32.
    ///
    /// ```
    /// use soleus::dsp::random::normals;
    /// use soleus::dsp::wavelet::{WaveletIndices, WaveletEstimator};
    ///
    /// let mut estimator = WaveletEstimator::new(1000, 1000.0);
    /// // White noise has the same energy in every detail: 31 of them at level 5, 496 at level 1.
    /// let indices = estimator.estimate(&normals(1, 1000));
    /// assert!(indices.wire51.is_some_and(|ratio| (ratio / (31.0 / 496.0) - 1.0).abs() < 0.5));
    /// assert_eq!(estimator.estimate(&[0.25; 1000]), WaveletIndices::default());
    /// ```
    pub fn estimate(&mut self, samples: &[f64]) -> WaveletIndices {
        let samples = samples.get(..self.length).unwrap_or_default();
        if samples.is_empty() {
            return WaveletIndices::default();
        }

        let least = ROUNDING * energy(samples);
        let wirw51 = self.length_ratio(samples, least);
        self.decompose(samples);
        let energies = self.details.each_ref().map(|details| energy(details));
        let there = |place: usize| (energies[place] > least).then_some(place);
        let strongest =
            (0..LEVELS).reduce(
                |best, next| {
                    if energies[next] > energies[best] { next } else { best }
                },
            );
        let inverse5 = there(4).map(|place| self.moment(place, MomentWeight::Inverse));
        let inverse_max = match strongest.and_then(there) {
            Some(4) => inverse5,
            other => other.map(|place| self.moment(place, MomentWeight::Inverse)),
        };
        let fifth1 = there(0).map(|place| self.moment(place, MomentWeight::Fifth));
        let second2 = there(1).map(|place| self.moment(place, MomentWeight::Second));

        WaveletIndices {
            wire51: ratio(
                there(4).map(|place| energies[place]),
                there(0).map(|place| energies[place]),
            ),
            wirm1551: ratio(inverse5, fifth1),
            wirm1522: ratio(inverse5, second2),
            wirm1m51: ratio(inverse_max, fifth1),
            wirw51,
        }
    }

    /// The details of all levels, with sym5.
    fn decompose(&mut self, samples: &[f64]) {
        let high = Wavelet::Sym5.high_pass();
        for (place, details) in self.details.iter_mut().enumerate() {
            self.splitter.load(if place == 0 { samples } else { &self.approximation });
            self.splitter.filter(&high, details);
            if place + 1 < LEVELS {
                self.splitter.filter(Wavelet::Sym5.low_pass(), &mut self.approximation);
            }
        }
    }

    /// The waveform length of the longest scale over that of the shortest, with db5.
    fn length_ratio(&mut self, samples: &[f64], least: f64) -> Option<f64> {
        let low = Wavelet::Db5.low_pass();
        let high = Wavelet::Db5.high_pass();
        let [short, .., long] = &mut self.details;
        // Of the scales between the shortest and the longest only the approximations are
        // needed.
        for place in 0..LEVELS - 1 {
            self.splitter.load(if place == 0 { samples } else { &self.approximation });
            if place == 0 {
                self.splitter.filter(&high, short);
            }
            self.splitter.filter(low, &mut self.approximation);
        }

        self.splitter.load(&self.approximation);
        self.splitter.filter(&high, long);
        // A single value has no length.
        let there = |details: &[f64]| details.len() > 1 && energy(details) > least;
        let length = |details: &[f64]| there(details).then(|| waveform_length(details));

        ratio(length(long), length(short))
    }

    fn moment(&mut self, place: usize, weight: MomentWeight) -> f64 {
        self.fourier.spectrum(&self.details[place], &mut self.transform);
        self.power.clear();
        self.power.extend(self.transform.iter().map(Complex::norm_sqr));
        let weights = match weight {
            MomentWeight::Inverse => &self.inverse[place],
            MomentWeight::Second => &self.second,
            MomentWeight::Fifth => &self.fifth,
        };
        dot(&self.power, weights)
    }
}

/// What the powers of a moment are multiplied by.
#[derive(Clone, Copy)]
enum MomentWeight {
    Inverse,
    Second,
    Fifth,
}

fn ratio(above: Option<f64>, below: Option<f64>) -> Option<f64> {
    let (above, below) = (above?, below?);
    (below > 0.0 && above.is_finite() && below.is_finite()).then(|| above / below)
}

/// `Σ x²`.
pub(super) fn energy(values: &[f64]) -> f64 {
    sum_of(values, |value| value * value)
}

/// `Σ |x[i+1] − x[i]|`.
fn waveform_length(values: &[f64]) -> f64 {
    sum_of_pairs(values, values.get(1..).unwrap_or_default(), |value, next| {
        (next - value).abs()
    })
}

/// `|H|²` of the low-pass filter at the frequencies of `n` samples, up to half the rate.
fn power_response(n: usize) -> Vec<f64> {
    let low: &[f64; TAPS] = Wavelet::Sym5.low_pass();
    let at = |q: usize| {
        let angles = (0..TAPS).map(|k| TAU * ((q * k) % n) as f64 / n as f64);
        let parts = angles
            .zip(low)
            .map(|(angle, tap)| (tap * libm::cos(angle), tap * libm::sin(angle)));
        let (re, im) =
            parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        re * re + im * im
    };
    (0..=n / 2).filter(|_| n > 0).map(at).collect()
}

/// For each frequency of the details of a level, the sum of `f^order` times the filters'
/// power response over the frequencies above 0 at which the spectrum of the part repeats
/// it.
fn weights(response: &[f64], level: usize, order: i32, rate_hz: f64) -> Vec<f64> {
    let half = response.len().saturating_sub(1);
    let n = 2 * half;
    // The circle of frequencies folded at half the rate.
    let folded = |k: usize, n: usize| (k % n).min(n - k % n);
    let details = n >> level;

    let mut weights = vec![0.0; details / 2 + 1];
    for k in 1..=half {
        let low: f64 = (0..level - 1).map(|i| response[folded(k << i, n)]).product();
        // The high-pass filter is the low-pass mirrored at a quarter of the rate.
        let high = response[half - folded(k << (level - 1), n)];
        weights[folded(k, details)] +=
            (k as f64 * rate_hz / n as f64).powi(order) * low * high;
    }

    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;
    use crate::dsp::wavelet::decompose;

    /// `Σ f^order |X|²` of a level's part, the plain way.
    fn plain(samples: &[f64], level: usize, order: i32, rate_hz: f64) -> f64 {
        let (part, mut spectrum) =
            (decompose(samples, Wavelet::Sym5, LEVELS).band(level), Vec::new());
        Fourier::new().spectrum(&part, &mut spectrum);
        let term = |(k, value): (usize, &Complex)| {
            (k as f64 * rate_hz / part.len() as f64).powi(order) * value.norm_sqr()
        };
        spectrum.iter().enumerate().skip(1).map(term).sum()
    }

    #[test]
    fn moments_of_details_are_those_of_their_parts() {
        for (n, rate_hz) in [(32, 100.0), (64, 1000.0), (352, 500.0), (1984, 2000.0)] {
            let mut estimator = WaveletEstimator::new(n + 31, rate_hz);
            let samples: Vec<f64> =
                normals(n as u64, n).iter().map(|x| 2.0 + x).collect();
            estimator.decompose(&samples);
            for level in 1..=LEVELS {
                let (ours, theirs) = (
                    estimator.moment(level - 1, MomentWeight::Inverse),
                    plain(&samples, level, -1, rate_hz),
                );
                assert!(
                    (ours - theirs).abs() < 1e-12 * theirs,
                    "{n} {level}: {ours} {theirs}"
                );
            }
            for (level, order, weight) in
                [(1, 5, MomentWeight::Fifth), (2, 2, MomentWeight::Second)]
            {
                let (ours, theirs) = (
                    estimator.moment(level - 1, weight),
                    plain(&samples, level, order, rate_hz),
                );
                assert!(
                    (ours - theirs).abs() < 1e-12 * theirs,
                    "{n} {level}: {ours} {theirs}"
                );
            }
        }
    }

    #[test]
    fn nothing_has_no_indices() {
        for n in [0, 1, 31, 32, 100] {
            let mut estimator = WaveletEstimator::new(n, 1000.0);
            for constant in [0.0, 0.1, -1e-9] {
                assert_eq!(
                    estimator.estimate(&vec![constant; n]),
                    WaveletIndices::default(),
                    "{n} {constant}"
                );
            }
            assert_eq!(estimator.estimate(&[]), WaveletIndices::default());
            assert_eq!(estimator.estimate(&vec![f64::NAN; n]), WaveletIndices::default());
        }
        let whole = WaveletEstimator::new(100, 1000.0).estimate(&normals(1, 100));
        assert!(whole.wire51.is_some() && whole.wirm1m51.is_some());
        let one = WaveletEstimator::new(32, 1000.0).estimate(&normals(1, 32));
        assert!(one.wirw51.is_none() && one.wire51.is_some());
    }
}
