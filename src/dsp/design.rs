//! Designs of digital filters: Butterworth of any order, and the notch.
//!
//! A Butterworth filter starts as poles on the unit circle of the analogue plane, is
//! moved to its band, and goes to the digital plane by the bilinear transform with its
//! edges pre-warped, so that the gain at the edges is exact. Poles and zeros are paired
//! to sections as SciPy does it. Transcendental functions come from `libm`: the same
//! settings give the same coefficients on every platform.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complex::Complex;
use super::sos::{SecondOrderSection, Sos};

/// The highest order that can be designed.
pub const HIGHEST_ORDER: usize = 12;

/// What a filter lets through, with its edges in hertz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// All below an edge.
    LowPass(f64),
    /// All above an edge.
    HighPass(f64),
    /// All between two edges.
    BandPass(f64, f64),
    /// All but what lies between two edges.
    BandStop(f64, f64),
}

impl Band {
    /// The edges in hertz, the lower one first.
    pub fn edges(self) -> Vec<f64> {
        match self {
            Self::LowPass(edge) | Self::HighPass(edge) => vec![edge],
            Self::BandPass(low, high) | Self::BandStop(low, high) => vec![low, high],
        }
    }
}

/// Why a filter cannot be designed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// The order is out of range.
    #[error("order {0} must be 1 to {HIGHEST_ORDER}")]
    Order(usize),
    /// The sampling rate is not finite or not above zero.
    #[error("a sampling rate must be finite and above 0 Hz, not {0}")]
    Rate(f64),
    /// A frequency is not finite or not above zero.
    #[error("a filter frequency must be finite and above 0 Hz, not {hz}")]
    NotPositive {
        /// Which edge of the band: 0 is the lower or the only one.
        edge: usize,
        /// The frequency.
        hz: f64,
    },
    /// A frequency is not below half the sampling rate.
    #[error(
        "a filter frequency of {hz} Hz must lie below half the sampling rate ({nyquist_hz} Hz)"
    )]
    BeyondNyquist {
        /// Which edge of the band: 0 is the lower or the only one.
        edge: usize,
        /// The frequency.
        hz: f64,
        /// Half the sampling rate.
        nyquist_hz: f64,
    },
    /// The edges of a band do not ascend.
    #[error("the lower edge of {low_hz} Hz must lie below the upper one of {high_hz} Hz")]
    NotAscending {
        /// The lower edge.
        low_hz: f64,
        /// The upper edge.
        high_hz: f64,
    },
    /// The quality factor of a notch is not finite, or so low that the notch would reach
    /// half the sampling rate.
    #[error("a quality factor must be finite and above {least}, not {q}")]
    Quality {
        /// The quality factor.
        q: f64,
        /// What it must exceed.
        least: f64,
    },
    /// The design is so narrow or so low for its sampling rate that double precision
    /// cannot hold it.
    #[error("the filter is too narrow or too low for a sampling rate of {rate_hz} Hz")]
    Imprecise {
        /// The sampling rate.
        rate_hz: f64,
    },
}

/// Whether [`butterworth`] could be asked for this order and band at this sampling rate.
pub fn check(order: usize, band: Band, rate_hz: f64) -> Result<(), DesignError> {
    if !(1..=HIGHEST_ORDER).contains(&order) {
        return Err(DesignError::Order(order));
    }

    let edges = band.edges();
    for (edge, hz) in edges.iter().enumerate() {
        check_frequency(edge, *hz, rate_hz)?;
    }

    match edges[..] {
        [low_hz, high_hz] if low_hz >= high_hz => {
            Err(DesignError::NotAscending { low_hz, high_hz })
        }
        _ => Ok(()),
    }
}

fn check_frequency(edge: usize, hz: f64, rate_hz: f64) -> Result<(), DesignError> {
    let nyquist_hz = rate_hz / 2.0;
    if !(rate_hz.is_finite() && rate_hz > 0.0) {
        Err(DesignError::Rate(rate_hz))
    } else if !(hz.is_finite() && hz > 0.0) {
        Err(DesignError::NotPositive { edge, hz })
    } else if hz >= nyquist_hz {
        Err(DesignError::BeyondNyquist { edge, hz, nyquist_hz })
    } else {
        Ok(())
    }
}

/// A Butterworth filter of order 1 to 12, as `scipy.signal.butter(order, band, fs=rate,
/// output="sos")`.
///
/// The gain of one pass is 1/√2 (−3 dB) at each edge: `|H|² = 1 / (1 + λ^(2·order))` with
/// `W = tan(π f / rate)`, `λ = W/W₁` for a low-pass, its inverse for a high-pass, `λ =
/// (W² − W₁W₂) / ((W₂ − W₁) W)` for a band-pass and its inverse for a band-stop
/// (Butterworth 1930; Oppenheim & Schafer 2010). A band-pass or band-stop has `2·order`
/// poles. Edges must lie above 0 and below half the rate.
///
/// ```
/// use soleus::dsp::design::{Band, butterworth};
///
/// let filter = butterworth(4, Band::BandPass(20.0, 450.0), 2000.0)?;
/// assert_eq!(filter.sections().len(), 4);
/// assert!((filter.gain(20.0, 2000.0) - 0.5_f64.sqrt()).abs() < 1e-9);
/// # Ok::<(), soleus::dsp::design::DesignError>(())
/// ```
pub fn butterworth(order: usize, band: Band, rate_hz: f64) -> Result<Sos, DesignError> {
    check(order, band, rate_hz)?;
    let analogue = Roots::in_band(order, band, rate_hz);
    Sos::new(sections(analogue.digital()))
        .filter(|sos| keeps_its_edges(sos, band, rate_hz))
        .ok_or(DesignError::Imprecise { rate_hz })
}

/// A notch of one section at a frequency, as `scipy.signal.iirnotch(frequency, q, rate)`.
///
/// It is `frequency / q` wide between the points where one pass has a gain of 1/√2, and
/// rings after steps and bursts with a time constant of about `q / (π · frequency)`
/// seconds (0.19 s for 50 Hz and q = 30).
pub fn notch(frequency_hz: f64, q: f64, rate_hz: f64) -> Result<Sos, DesignError> {
    check_frequency(0, frequency_hz, rate_hz)?;
    let least = 2.0 * frequency_hz / rate_hz;
    if !(q.is_finite() && q > least) {
        return Err(DesignError::Quality { q, least });
    }
    let angle = 2.0 * PI * frequency_hz / rate_hz;
    let gain = 1.0 / (1.0 + libm::tan(angle / q / 2.0));
    let b1 = -2.0 * libm::cos(angle) * gain;
    let section =
        SecondOrderSection { b0: gain, b1, b2: gain, a1: b1, a2: 2.0 * gain - 1.0 };
    Sos::new(vec![section]).ok_or(DesignError::Imprecise { rate_hz })
}

/// What the cut-offs of a filter mean that may run more than once.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Cutoff {
    /// The gain is 1/√2 (−3 dB) at the cut-offs after all passes (Winter 2009).
    #[default]
    Effective,
    /// The gain of each single pass is 1/√2 at the cut-offs, so that two passes have 1/2
    /// (−6 dB), as SciPy and MATLAB do it.
    Nominal,
}

impl Cutoff {
    /// The band to design for the one asked for.
    pub fn band(self, order: usize, asked: Band, rate_hz: f64, passes: usize) -> Band {
        match self {
            Self::Effective => effective(order, asked, rate_hz, passes),
            Self::Nominal => asked,
        }
    }
}

/// The edges to design with so that the gain after `passes` passes is 1/√2 at the edges
/// asked for.
///
/// Each further pass narrows the band: two passes of a design have a gain of 1/2 at its
/// edges. The correction `C = (2^(1/passes) − 1)^(1/(2·order))` applies to `tan(π f /
/// rate)` (Winter 2009; Robertson & Dowling 2003), to the bandwidth of a band-pass or
/// band-stop with the product of its edges kept. A band that [`butterworth`] would
/// refuse, and zero passes, are returned unchanged.
pub fn effective(order: usize, band: Band, rate_hz: f64, passes: usize) -> Band {
    if passes == 0 || check(order, band, rate_hz).is_err() {
        return band;
    }

    // After n passes the squared gain is (1 + λ^(2·order))^(−n): it is ½ where
    // λ^(2·order) = 2^(1/n) − 1.
    let root = libm::pow(2.0, 1.0 / passes as f64) - 1.0;
    let correction = libm::pow(root, 1.0 / (2 * order) as f64);
    let warp = |hz: f64| warped(hz, rate_hz);
    let unwarp = |edge: f64| libm::atan(edge) * rate_hz / PI;
    // More passes change the width of a band and leave its geometric centre where it is.
    let around = |low: f64, high: f64, factor: f64| {
        let half = (warp(high) - warp(low)) * factor / 2.0;
        let product = warp(low) * warp(high);
        let upper = half + (half * half + product).sqrt();
        (unwarp(product / upper), unwarp(upper))
    };

    match band {
        Band::LowPass(edge) => Band::LowPass(unwarp(warp(edge) / correction)),
        Band::HighPass(edge) => Band::HighPass(unwarp(warp(edge) * correction)),
        Band::BandPass(low, high) => {
            let (low, high) = around(low, high, 1.0 / correction);
            Band::BandPass(low, high)
        }
        Band::BandStop(low, high) => {
            let (low, high) = around(low, high, correction);
            Band::BandStop(low, high)
        }
    }
}

/// The analogue frequency that the bilinear transform maps to `hz`.
fn warped(hz: f64, rate_hz: f64) -> f64 {
    libm::tan(PI * hz / rate_hz)
}

/// Whether rounding left the gain at the edges within a millionth of 1/√2.
fn keeps_its_edges(sos: &Sos, band: Band, rate_hz: f64) -> bool {
    band.edges()
        .iter()
        .all(|edge| (sos.gain(*edge, rate_hz) - FRAC_1_SQRT_2).abs() < 1e-6)
}

/// Zeros or poles: one of each conjugate pair (above the real axis), and the real ones.
#[derive(Debug, Clone, Default)]
struct RootSet {
    pairs: Vec<Complex>,
    reals: Vec<f64>,
}

impl RootSet {
    fn repeated(root: f64, times: usize) -> Self {
        Self { pairs: Vec::new(), reals: vec![root; times] }
    }

    fn count(&self) -> usize {
        2 * self.pairs.len() + self.reals.len()
    }

    /// The product of `1 − root` over all roots.
    fn product_from_one(&self) -> f64 {
        let pairs = self
            .pairs
            .iter()
            .map(|root| (Complex::real(1.0) - *root).magnitude_squared());
        pairs.chain(self.reals.iter().map(|root| 1.0 - root)).product()
    }

    /// The roots after the bilinear transform `z = (1 + s) / (1 − s)`.
    fn bilinear(&self) -> Self {
        let one = Complex::real(1.0);
        Self {
            pairs: self
                .pairs
                .iter()
                .map(|root| ((one + *root) / (one - *root)).upper())
                .collect(),
            reals: self.reals.iter().map(|root| (1.0 + root) / (1.0 - root)).collect(),
        }
    }

    /// The order in which SciPy looks at roots, which decides between equally good
    /// pairings.
    fn sorted(mut self) -> Self {
        self.pairs.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
        self.reals.sort_by(f64::total_cmp);
        self
    }

    /// The poles of the low-pass prototype with its edge at 1.
    fn prototype(order: usize) -> Self {
        let angle = |k: usize| PI * k as f64 / (2 * order) as f64;
        let first = 1 + order % 2;
        Self {
            pairs: (first..order)
                .step_by(2)
                .map(|k| Complex::new(-libm::cos(angle(k)), libm::sin(angle(k))))
                .collect(),
            reals: if order % 2 == 1 { vec![-1.0] } else { Vec::new() },
        }
    }

    /// The same roots, each replaced by a function of it that keeps real roots real.
    fn map(&self, change: impl Fn(Complex) -> Complex) -> Self {
        Self {
            pairs: self.pairs.iter().map(|root| change(*root).upper()).collect(),
            reals: self
                .reals
                .iter()
                .map(|root| change(Complex::real(*root)).re)
                .collect(),
        }
    }

    /// Both solutions `s` of `s + centre² / s = 2 root` for each root: a low-pass's root
    /// around a centre.
    fn split_around(&self, centre: f64) -> Self {
        let mut split = Self::default();
        for root in &self.pairs {
            let both = solutions(*root, centre);
            split.pairs.extend(both.map(Complex::upper));
        }

        for root in &self.reals {
            let [first, second] = solutions(Complex::real(*root), centre);
            if first.im == 0.0 {
                split.reals.extend([first.re, second.re]);
            } else {
                split.pairs.push(first.upper());
            }
        }

        split
    }
}

/// The two solutions `s` of `s + centre² / s = 2 root`.
fn solutions(root: Complex, centre: f64) -> [Complex; 2] {
    let offset = (root * root - Complex::real(centre * centre)).sqrt();
    let (sum, difference) = (root + offset, root - offset);
    // The smaller one by subtraction would lose digits in a wide band; their product is
    // known.
    let larger = if sum.magnitude_squared() >= difference.magnitude_squared() {
        sum
    } else {
        difference
    };
    [larger, Complex::real(centre * centre) / larger]
}

/// A filter as zeros, poles and gain.
#[derive(Debug, Clone)]
struct Roots {
    zeros: RootSet,
    poles: RootSet,
    gain: f64,
}

impl Roots {
    /// The analogue filter of a band with pre-warped edges.
    fn in_band(order: usize, band: Band, rate_hz: f64) -> Self {
        let warp = |hz: f64| warped(hz, rate_hz);
        let prototype = RootSet::prototype(order);
        match band {
            Band::LowPass(edge) => Self::low_pass(&prototype, warp(edge)),
            Band::HighPass(edge) => Self::high_pass(&prototype, warp(edge)),
            Band::BandPass(low, high) => {
                Self::band_pass(&prototype, warp(low), warp(high))
            }
            Band::BandStop(low, high) => {
                Self::band_stop(&prototype, warp(low), warp(high))
            }
        }
    }

    fn low_pass(prototype: &RootSet, edge: f64) -> Self {
        let poles = prototype.map(|root| root.scaled(edge));
        Self { zeros: RootSet::default(), gain: power(edge, poles.count()), poles }
    }

    fn high_pass(prototype: &RootSet, edge: f64) -> Self {
        let poles = prototype.map(|root| Complex::real(edge) / root);
        Self { zeros: RootSet::repeated(0.0, poles.count()), poles, gain: 1.0 }
    }

    fn band_pass(prototype: &RootSet, low: f64, high: f64) -> Self {
        let order = prototype.count();
        let poles = prototype
            .map(|root| root.scaled((high - low) / 2.0))
            .split_around((low * high).sqrt());
        Self {
            zeros: RootSet::repeated(0.0, order),
            poles,
            gain: power(high - low, order),
        }
    }

    fn band_stop(prototype: &RootSet, low: f64, high: f64) -> Self {
        let centre = (low * high).sqrt();
        let poles = prototype
            .map(|root| Complex::real((high - low) / 2.0) / root)
            .split_around(centre);
        let zeros = RootSet {
            pairs: vec![Complex::new(0.0, centre); prototype.count()],
            reals: Vec::new(),
        };
        Self { zeros, poles, gain: 1.0 }
    }

    /// The digital filter, with as many zeros as poles and an even number of both.
    fn digital(&self) -> Self {
        let gain =
            self.gain * self.zeros.product_from_one() / self.poles.product_from_one();
        let (mut zeros, mut poles) = (self.zeros.bilinear(), self.poles.bilinear());
        // What the analogue filter lacks in zeros lies at infinity, which the transform
        // maps to −1.
        let at_infinity = poles.count().saturating_sub(zeros.count());
        zeros.reals.extend(std::iter::repeat_n(-1.0, at_infinity));
        // Sections have two of each: beside an odd pole stand a pole and a zero at 0,
        // which cancel.
        if poles.count() % 2 == 1 {
            zeros.reals.push(0.0);
            poles.reals.push(0.0);
        }
        Self { zeros: zeros.sorted(), poles: poles.sorted(), gain }
    }
}

fn power(base: f64, exponent: usize) -> f64 {
    // Not `powi`, whose last digits may differ between platforms.
    std::iter::repeat_n(base, exponent).product()
}

/// Pairs poles with zeros as SciPy's `zpk2sos(pairing="nearest")`: the poles nearest to
/// the unit circle go last and choose their nearest zeros first; the whole gain is in the
/// first section.
fn sections(mut roots: Roots) -> Vec<SecondOrderSection> {
    let mut sections = Vec::new();
    while let Some((pole, a1, a2)) = take_worst_poles(&mut roots.poles) {
        let (b1, b2) = take_nearest_zeros(&mut roots.zeros, pole);
        sections.push(SecondOrderSection { b0: 1.0, b1, b2, a1, a2 });
    }

    sections.reverse();
    if let Some(first) = sections.first_mut() {
        first.b0 *= roots.gain;
        first.b1 *= roots.gain;
        first.b2 *= roots.gain;
    }

    sections
}

/// The two poles that are nearest to the unit circle: the one that chooses zeros, and
/// their polynomial.
fn take_worst_poles(poles: &mut RootSet) -> Option<(Complex, f64, f64)> {
    let to_circle = |magnitude: f64| (1.0 - magnitude).abs();
    let pair = smallest(poles.pairs.iter().map(|pole| to_circle(pole.magnitude())));
    let real = smallest(poles.reals.iter().map(|pole| to_circle(pole.abs())));
    match (pair, real) {
        (Some((index, distance)), other)
            if other.is_none_or(|(_, of_real)| distance <= of_real) =>
        {
            let pole = poles.pairs.remove(index);
            Some((pole, -2.0 * pole.re, pole.magnitude_squared()))
        }
        (_, Some((index, _))) => {
            let first = poles.reals.remove(index);
            let second = smallest(poles.reals.iter().map(|pole| to_circle(pole.abs())))
                .map_or(0.0, |(index, _)| poles.reals.remove(index));
            Some((Complex::real(first), -(first + second), first * second))
        }
        _ => None,
    }
}

/// The polynomial of the conjugate pair or of the two real zeros that are nearest to a
/// pole.
fn take_nearest_zeros(zeros: &mut RootSet, pole: Complex) -> (f64, f64) {
    let distance = |zero: Complex| (zero - pole).magnitude();
    let pair = smallest(zeros.pairs.iter().map(|zero| distance(*zero)));
    let real = smallest(zeros.reals.iter().map(|zero| distance(Complex::real(*zero))));
    match (pair, real) {
        (Some((index, of_pair)), other)
            if other.is_none_or(|(_, of_real)| of_pair <= of_real) =>
        {
            let zero = zeros.pairs.remove(index);
            (-2.0 * zero.re, zero.magnitude_squared())
        }
        (_, Some((index, _))) => {
            let first = zeros.reals.remove(index);
            let second =
                smallest(zeros.reals.iter().map(|zero| distance(Complex::real(*zero))))
                    .map_or(0.0, |(index, _)| zeros.reals.remove(index));
            (-(first + second), first * second)
        }
        _ => (0.0, 0.0),
    }
}

/// The index and value of the smallest number, the first of equals.
fn smallest(numbers: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    numbers.enumerate().reduce(|best, next| if next.1 < best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_wider_than_its_centre_has_real_poles() {
        let sos = butterworth(1, Band::BandPass(20.0, 450.0), 2000.0).unwrap();
        let [section] = sos.sections() else { panic!("one section") };
        assert!(section.a1 * section.a1 > 4.0 * section.a2);
    }

    #[test]
    fn a_wide_band_keeps_the_digits_of_its_small_root() {
        // s + 1/s = −2e6 has the solutions −2e6 and −5e-7 to thirteen digits; by
        // subtraction six would remain.
        let [larger, smaller] = solutions(Complex::real(-1e6), 1.0);
        assert!((larger.re / -2e6 - 1.0).abs() < 1e-12);
        assert!((smaller.re / -5e-7 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_designed_is_named() {
        let band = Band::LowPass(6.0);
        assert_eq!(butterworth(0, band, 1000.0), Err(DesignError::Order(0)));
        assert_eq!(butterworth(13, band, 1000.0), Err(DesignError::Order(13)));
        assert_eq!(butterworth(2, band, -1.0), Err(DesignError::Rate(-1.0)));
        assert_eq!(
            butterworth(2, Band::HighPass(0.0), 1e3),
            Err(DesignError::NotPositive { edge: 0, hz: 0.0 })
        );
        let beyond = DesignError::BeyondNyquist { edge: 1, hz: 600.0, nyquist_hz: 500.0 };
        assert_eq!(butterworth(2, Band::BandPass(20.0, 600.0), 1e3), Err(beyond));
        let swapped = DesignError::NotAscending { low_hz: 50.0, high_hz: 40.0 };
        assert_eq!(butterworth(2, Band::BandStop(50.0, 40.0), 1e3), Err(swapped));
        assert_eq!(
            butterworth(4, Band::LowPass(1e-9), 1e3),
            Err(DesignError::Imprecise { rate_hz: 1e3 })
        );
        assert_eq!(
            notch(400.0, 0.7, 1000.0),
            Err(DesignError::Quality { q: 0.7, least: 0.8 })
        );
    }

    #[test]
    fn one_pass_needs_no_correction_and_what_is_no_band_stays() {
        let band = Band::BandPass(20.0, 450.0);
        let Band::BandPass(low, high) = effective(4, band, 2000.0, 1) else {
            panic!("a band-pass")
        };
        assert!((low - 20.0).abs() < 1e-12 && (high - 450.0).abs() < 1e-9);
        assert_eq!(effective(4, Band::LowPass(600.0), 1000.0, 2), Band::LowPass(600.0));
        assert_eq!(effective(0, band, 2000.0, 2), band);
        assert_eq!(effective(4, band, 2000.0, 0), band);
    }
}
