//! The Teager–Kaiser energy operator (Kaiser 1990).

/// `ψ[n] = x[n]² − x[n−1]·x[n+1]`; the ends copy their neighbours. A cosine of amplitude
/// A at Ω radians a sample gives `A²·sin²Ω` everywhere, so values of different sampling
/// rates do not compare. Fewer than three samples give `NaN`. On noise about a quarter of
/// the values is negative.
pub fn energy(samples: &[f64]) -> Vec<f64> {
    let mut energy = vec![f64::NAN; samples.len()];
    for (psi, three) in energy.iter_mut().skip(1).zip(samples.windows(3)) {
        *psi = three[1] * three[1] - three[0] * three[2];
    }
    if let [first, second, .., before_last, last] = energy.as_mut_slice() {
        (*first, *last) = (*second, *before_last);
    } else if let [first, middle, last] = energy.as_mut_slice() {
        (*first, *last) = (*middle, *middle);
    }
    energy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_has_constant_energy() {
        let omega = 2.0 * std::f64::consts::PI * 80.0 / 1000.0;
        let samples: Vec<f64> =
            (0..200).map(|n| 0.7 * (omega * f64::from(n) + 0.4).cos()).collect();
        for psi in energy(&samples) {
            assert!((psi - 0.113_722_435_230_145_83).abs() < 1e-14);
        }
    }

    #[test]
    fn short_slices() {
        assert!(energy(&[]).is_empty());
        assert!(energy(&[1.0, 2.0]).iter().all(|psi| psi.is_nan()));
        assert_eq!(energy(&[1.0, 2.0, 3.0]), [1.0; 3]);
    }
}
