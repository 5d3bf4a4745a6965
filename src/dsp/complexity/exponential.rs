//! Powers of two, fast enough for tens of millions of them.

use std::array::from_fn;

/// Adding and taking off this number rounds to whole numbers: its last digit is 1.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Beyond it a power is 0 to any sum, and its exponent would leave the range of numbers.
const MOST: f64 = 1000.0;

/// The polynomial of degree 9 through 2^x at the Chebyshev points of −½ … ½.
const COEFFICIENTS: [f64; 10] = [
    1.000_000_000_000_013_5,
    0.693_147_180_559_946_2,
    0.240_226_506_956_403_4,
    0.055_504_108_664_651_67,
    0.009_618_129_193_934_313,
    0.001_333_355_820_079_459_2,
    0.000_154_034_337_512_510_1,
    1.525_267_292_485_073_7e-5,
    1.325_964_524_488_711e-6,
    1.020_590_541_376_559_5e-7,
];

/// How many powers are computed at once.
pub(super) const LANES: usize = 8;

/// `2^(−x)` for each x ≥ 0, to 2e-14 of its value; beyond 1000 it is 2^(−1000), which is
/// 0 beside any other.
///
/// Made of additions, multiplications and shifts alone, step by step for all lanes, so
/// that it becomes vector instructions and has the same bits everywhere.
#[inline(always)]
pub(super) fn halved(x: [f64; LANES]) -> [f64; LANES] {
    let x = x.map(|x| if x < MOST { x } else { MOST });
    let shifted = x.map(|x| ROUNDER - x);
    let rest: [f64; LANES] = from_fn(|lane| (ROUNDER - shifted[lane]) - x[lane]);
    let mut power = [COEFFICIENTS[9]; LANES];
    for coefficient in COEFFICIENTS[..9].iter().rev() {
        power = from_fn(|lane| power[lane] * rest[lane] + coefficient);
    }

    // The whole part stands in the last bits of `shifted`; here it is added to the
    // exponent.
    from_fn(|lane| {
        f64::from_bits(power[lane].to_bits().wrapping_add(shifted[lane].to_bits() << 52))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_library_to_the_stated_error() {
        let mut worst = 0.0_f64;
        for k in 0..200_000 {
            let x = f64::from(k) * 1e-3 + 1e-4;
            worst = worst.max(
                (halved([x; LANES])[k as usize % LANES] / libm::exp2(-x) - 1.0).abs(),
            );
        }
        assert!(worst < 2e-14, "{worst}");
        for x in [0.0, 0.5, 1.0, 1.5, 999.0] {
            assert!((halved([x; LANES])[0] / libm::exp2(-x) - 1.0).abs() < 2e-14, "{x}");
        }
    }

    #[test]
    fn what_is_too_far_is_nothing() {
        for x in [1e3, 1e10, 1e308, f64::INFINITY, f64::NAN] {
            let power = halved([x; LANES])[7];
            assert!(power > 0.0 && power < 1e-300, "{x}: {power}");
        }
    }
}
