//! Orthogonal wavelets: a signal as details of ever longer scales, and the fatigue
//! indices read from them.
//!
//! The transform is that of PyWavelets with `mode='periodization'`: the signal goes round
//! in a circle, an odd number of samples is made even by repeating the last one, and
//! every level halves their number (Mallat 1989).

mod bank;
mod decomposition;
mod indices;

pub use decomposition::{Decomposition, decompose};
pub use indices::{WaveletEstimator, WaveletIndices};

/// How many taps the filters have.
const TAPS: usize = 10;

/// A wavelet of Daubechies with five vanishing moments: ten taps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wavelet {
    /// The least asymmetric one, `sym5`.
    Sym5,
    /// The one of extremal phase, `db5`.
    Db5,
}

impl Wavelet {
    /// The taps of the low-pass filter, in the order of `pywt.Wavelet(…).dec_lo`.
    ///
    /// They are those of Daubechies (1992, tables 6.1 and 6.3), found to full precision
    /// by solving for the five vanishing moments and the orthogonality
    /// (`tests/reference/spectra_python.py`). Those of PyWavelets 1.9 agree for `db5` and
    /// differ by up to 1.6e-12 for `sym5`.
    pub fn low_pass(self) -> &'static [f64; TAPS] {
        match self {
            Self::Sym5 => &SYM5,
            Self::Db5 => &DB5,
        }
    }

    /// The taps of the high-pass filter, in the order of `pywt.Wavelet(…).dec_hi`.
    pub fn high_pass(self) -> [f64; TAPS] {
        let low = self.low_pass();
        std::array::from_fn(|n| {
            if n % 2 == 0 { -low[TAPS - 1 - n] } else { low[TAPS - 1 - n] }
        })
    }
}

const SYM5: [f64; TAPS] = [
    0.027_333_068_344_998_768,
    0.029_519_490_925_706_26,
    -0.039_134_249_302_313_844,
    0.199_397_533_976_855_58,
    0.723_407_690_404_040_7,
    0.633_978_963_456_792,
    0.016_602_105_764_510_85,
    -0.175_328_089_908_056_23,
    -0.021_101_834_024_689_042,
    0.019_538_882_735_249_827,
];

const DB5: [f64; TAPS] = [
    0.003_335_725_285_473_771_2,
    -0.012_580_751_999_081_999,
    -0.006_241_490_212_798_274,
    0.077_571_493_840_045_72,
    -0.032_244_869_584_638_375,
    -0.242_294_887_066_382_03,
    0.138_428_145_901_320_74,
    0.724_308_528_437_772_9,
    0.603_829_269_797_189_6,
    0.160_102_397_974_192_9,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_orthonormal_and_have_five_vanishing_moments() {
        for wavelet in [Wavelet::Sym5, Wavelet::Db5] {
            let (low, high) = (wavelet.low_pass(), wavelet.high_pass());
            assert!((low.iter().sum::<f64>() - 2_f64.sqrt()).abs() < 1e-15);
            for shift in (0..TAPS).step_by(2) {
                let product = |a: &[f64], b: &[f64]| {
                    a.iter().skip(shift).zip(b).map(|(a, b)| a * b).sum::<f64>()
                };
                let one = f64::from(u8::from(shift == 0));
                assert!((product(low, low) - one).abs() < 1e-15, "{wavelet:?} {shift}");
                assert!(
                    (product(&high, &high) - one).abs() < 1e-15,
                    "{wavelet:?} {shift}"
                );
                assert!(
                    product(low, &high).abs() < 1e-15
                        && product(&high, low).abs() < 1e-15
                );
            }
            for power in 0..5 {
                let moment: f64 = high
                    .iter()
                    .enumerate()
                    .map(|(n, tap)| (n as f64 - 4.5).powi(power) * tap)
                    .sum();
                assert!(moment.abs() < 1e-13, "{wavelet:?} {power}: {moment}");
            }
        }
    }
}
