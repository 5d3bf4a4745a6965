//! Shannon's entropy of densities, with logarithms that processors compute several at
//! once.

use std::f64::consts::LN_2;

use crate::dsp::sums::sum_of;

/// `Σ −q ln q` of the shares `q` of densities (not negative) in their `total`, in nats.
pub(super) fn entropy(density: &[f64], total: f64) -> f64 {
    let scale = 1.0 / total;
    -sum_of(density, |power| {
        let share = power * scale;
        share * logarithm(share)
    })
}

/// The bits of √½.
const ROOT: u64 = 0x3FE6_A09E_667F_3BCD;
/// A power of two above all exponents.
const SHIFT: u64 = 1024;
/// The bits of 2⁵²: a small integer in their lowest places makes the number 2⁵² plus it.
const INTEGER: u64 = 0x4330_0000_0000_0000;

/// The natural logarithm of a normal number from 0 to 1, to one unit in the last place,
/// and some finite number for 0 and what lies between. `x = m·2ᵉ` with `m` from √½ to √2,
/// `ln m = 2 artanh((m−1)/(m+1))`; the polynomial is that of `e_log.c` (Sun Microsystems
/// 1993, as in `libm`), but there is no branch, so a loop over it runs on vectors.
fn logarithm(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits + (SHIFT << 52) - ROOT) >> 52;
    let mantissa = f64::from_bits(bits.wrapping_sub(exponent.wrapping_sub(SHIFT) << 52));
    let exponent =
        f64::from_bits(exponent | INTEGER) - (4_503_599_627_370_496.0 + SHIFT as f64);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    let polynomial =
        POLYNOMIAL.iter().rev().fold(0.0, |sum, coefficient| sum * z + coefficient);
    exponent * LN_2 + (2.0 * s + s * (z * polynomial))
}

const POLYNOMIAL: [f64; 7] = [
    0.666_666_666_666_673_5,
    0.399_999_999_994_094_2,
    0.285_714_287_436_623_9,
    0.222_221_984_321_497_84,
    0.181_835_721_616_180_5,
    0.153_138_376_992_093_73,
    0.147_981_986_051_165_86,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    #[test]
    fn logarithms_are_those_of_libm() {
        let mut random = SplitMix64::new(1);
        let scaled = (0..100_000).map(|k| random.uniform() * 0.5_f64.powi(k % 1000));
        for x in scaled.chain([
            1.0,
            0.5,
            0.999_999_999,
            std::f64::consts::FRAC_1_SQRT_2,
            f64::MIN_POSITIVE,
        ]) {
            let (ours, theirs) = (logarithm(x), libm::log(x));
            assert!(
                (ours - theirs).abs() <= 3e-16 * theirs.abs(),
                "{x}: {ours} {theirs}"
            );
        }
        assert!(logarithm(0.0).is_finite() && logarithm(1e-310).is_finite());
        assert_eq!(logarithm(1.0), 0.0);
    }

    #[test]
    fn one_line_has_none() {
        assert_eq!(entropy(&[0.0, 3.0, 0.0], 3.0), 0.0);
    }
}
