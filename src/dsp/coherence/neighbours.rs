//! How much neighbouring bins of a windowed spectrum have in common.

use crate::dsp::spectrum::Window;

/// The squared correlations of a Fourier coefficient with those one and two bins on, for
/// a spectrum that is smooth.
///
/// A raised cosine `m − (1 − m) cos` adds `−g = −(1 − m)/2` of both neighbours to `m` of
/// a bin, so that bins share `m² + 2g²`, `−2mg` and `g²` of 0, 1 and 2 apart; without a
/// window bins are independent. The estimates of cross spectra, being products, correlate
/// with the square: 4/9 and 1/36 for Hann.
pub(super) fn squared(window: Window) -> [f64; 2] {
    let middle = match window {
        Window::Boxcar => 1.0,
        Window::Hann => 0.5,
        Window::Hamming => 0.54,
    };
    let g: f64 = 0.5 * (1.0 - middle);
    let own = middle * middle + 2.0 * g * g;
    [-2.0 * middle * g, g * g].map(|shared| (shared / own) * (shared / own))
}

/// `n` over the number of independent values whose mean varies as that of `n` values with
/// these correlations one and two bins on: `1 + 2 Σ (1 − m/n) r(m)`.
pub(super) fn inflation(n: usize, correlations: [f64; 2]) -> f64 {
    let term = |(i, r): (usize, f64)| (1.0 - (i + 1) as f64 / n as f64).max(0.0) * r;
    1.0 + 2.0 * correlations.into_iter().enumerate().map(term).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_forms_are_those_of_the_weights() {
        for window in [Window::Boxcar, Window::Hann, Window::Hamming] {
            let n = 60;
            let squares: Vec<f64> =
                window.weights(n).iter().map(|weight| weight * weight).collect();
            let whole: f64 = squares.iter().sum();
            for (i, closed) in squared(window).into_iter().enumerate() {
                let turn =
                    |k: usize| std::f64::consts::TAU * ((i + 1) * k) as f64 / n as f64;
                let shared: f64 = squares
                    .iter()
                    .enumerate()
                    .map(|(k, square)| square * turn(k).cos())
                    .sum();
                assert!(
                    ((shared / whole).powi(2) - closed).abs() < 1e-14,
                    "{window:?} {i}"
                );
            }
        }
        assert_eq!(inflation(1, [0.5, 0.5]), 1.0);
        assert_eq!(inflation(2, [0.5, 0.5]), 1.5);
    }
}
