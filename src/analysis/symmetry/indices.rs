//! The indices of symmetry: what is made of a value of the left and one of the right
//! side.

/// The symmetry index of Robinson et al. (1987), `100 (L − R) / ((L + R)/2)` in %: −200 …
/// 200, positive when the left is larger. Both values above 0.
pub fn index(left: f64, right: f64) -> f64 {
    100.0 * (left - right) / (0.5 * (left + right))
}

/// The symmetry angle of Zifchock et al. (2008) in %: −50 … 50 for values above 0,
/// positive when the **right** is larger.
pub fn angle(left: f64, right: f64) -> f64 {
    let degrees = 45.0 - libm::atan2(left, right).to_degrees();
    100.0 * if degrees > 90.0 { degrees - 180.0 } else { degrees } / 90.0
}

/// The gait asymmetry of Plotnik et al. (2005) with its sign, `100 ln(L/R)` in %:
/// positive when the left is larger. Both values above 0.
pub fn gait_asymmetry(left: f64, right: f64) -> f64 {
    100.0 * libm::log(left / right)
}

/// The difference over the larger side, `100 (L − R) / max(L, R)` in %: −100 … 100,
/// positive when the left is larger. Both values above 0.
pub fn over_max(left: f64, right: f64) -> f64 {
    100.0 * (left - right) / left.max(right)
}

/// The limb symmetry index, `100 · involved / uninvolved` in %: 100 where both are equal.
/// The uninvolved one above 0.
pub fn limb_symmetry(involved: f64, uninvolved: f64) -> f64 {
    100.0 * involved / uninvolved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    #[test]
    fn equal_sides_are_symmetric() {
        assert_eq!(
            (index(0.25, 0.25), angle(0.25, 0.25), gait_asymmetry(0.25, 0.25)),
            (0.0, 0.0, 0.0)
        );
        assert_eq!((over_max(0.25, 0.25), limb_symmetry(0.25, 0.25)), (0.0, 100.0));
    }

    #[test]
    fn swapping_the_sides_turns_the_sign() {
        let mut generator = SplitMix64::new(5);
        for _ in 0..200 {
            let (left, right) = (0.01 + generator.uniform(), 0.01 + generator.uniform());
            for of in [index, angle, gait_asymmetry, over_max] {
                assert!(
                    (of(left, right) + of(right, left)).abs() < 1e-11,
                    "{left} {right}"
                );
            }
            assert!(index(left, right).abs() < 200.0 && angle(left, right).abs() < 50.0);
            assert!(over_max(left, right).abs() < 100.0);
            assert_eq!(index(left, right) > 0.0, angle(left, right) < 0.0);
        }
    }
}
