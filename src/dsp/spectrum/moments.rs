//! The moments of a band, all in one pass.

use crate::dsp::sums::{LANES, paired};

/// The orders are −1 to 5.
const ORDERS: usize = 7;

/// The spectral moments `M_k = Σ f^k P Δf` of a band for `k` = −1 … 5, and the indices
/// that are ratios of them.
///
/// ```
/// use soleus::dsp::spectrum::PowerSpectrum;
///
/// let spectrum = PowerSpectrum { spacing_hz: 10.0, density: vec![0.0, 2.0, 0.0, 2.0] };
/// let moments = spectrum.band(0.0, 30.0).moments();
/// assert_eq!(moments.order(0), Some(40.0));
/// assert_eq!(moments.mean_frequency(), Some(20.0));
/// assert_eq!(moments.variance(), Some(100.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// `M₋₁, M₀, … M₅`: squared unit of the samples times Hz^k. `M₋₁` leaves 0 Hz out.
    pub m: [f64; ORDERS],
}

impl Moments {
    /// The moments of densities at `first`, `first` + 1, … times the spacing.
    pub(super) fn new(density: &[f64], first: usize, spacing_hz: f64) -> Self {
        let mut m = sums(density, first);
        // Once for each order and once as the width; of the order −1 both cancel.
        for (times, moment) in m.iter_mut().enumerate() {
            (0..times).for_each(|_| *moment *= spacing_hz);
        }
        Self { m }
    }

    /// The moment of an order from −1 to 5, `None` of others.
    pub fn order(&self, order: i32) -> Option<f64> {
        usize::try_from(order + 1).ok().and_then(|place| self.m.get(place)).copied()
    }

    fn ratio(&self, above: i32, below: i32) -> Option<f64> {
        ratio(self.order(above)?, self.order(below)?)
    }

    /// The power `M₀`: squared unit of the samples.
    pub fn power(&self) -> f64 {
        self.m[1]
    }

    /// The mean frequency `M₁/M₀` in hertz; `None` without power.
    pub fn mean_frequency(&self) -> Option<f64> {
        self.ratio(1, 0)
    }

    /// The fatigue index `M₋₁/M_k` of Dimitrov et al. (2006) for `k` = 2 … 5, in
    /// Hz^(−1−k): only ratios within one recording mean something. `None` without power
    /// and for other orders than those of the moments.
    pub fn finsm(&self, order: i32) -> Option<f64> {
        self.ratio(-1, order)
    }

    /// The variance of the frequencies, weighted by power: `M₂/M₀ − (M₁/M₀)²`, in Hz²;
    /// `None` without power.
    pub fn variance(&self) -> Option<f64> {
        let mean = self.mean_frequency()?;
        Some(self.ratio(2, 0)? - mean * mean)
    }

    /// The spectral deformation `Ω = √(M₂/M₀) / (M₁/M₀)` (Sinderby et al. 1995), 1 for a
    /// single line; `None` without power above 0 Hz.
    pub fn deformation(&self) -> Option<f64> {
        ratio(self.ratio(2, 0)?.sqrt(), self.mean_frequency()?)
    }
}

/// `None` where the lower number is not above 0 or one is not finite.
pub(super) fn ratio(above: f64, below: f64) -> Option<f64> {
    (below > 0.0 && above.is_finite() && below.is_finite()).then(|| above / below)
}

/// `Σ n^k P` for `k` = −1 … 5 over the numbers `n` of the frequencies. Each is added in
/// the order of the other sums.
fn sums(density: &[f64], first: usize) -> [f64; ORDERS] {
    let (runs, rest) = density.as_chunks::<LANES>();
    let mut lanes = [[0.0; LANES]; ORDERS];
    let mut numbers: [f64; LANES] = std::array::from_fn(|lane| (first + lane) as f64);
    for run in runs {
        add(&mut lanes, &numbers, *run);
        numbers.iter_mut().for_each(|number| *number += LANES as f64);
    }
    let mut last = [0.0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    add(&mut lanes, &numbers, last);
    lanes.map(paired)
}

/// Adds the terms of neighbouring frequencies.
fn add(
    lanes: &mut [[f64; LANES]; ORDERS],
    numbers: &[f64; LANES],
    mut terms: [f64; LANES],
) {
    let [inverse, powers @ ..] = lanes;
    for lane in 0..LANES {
        // 1/n, but 0 for the number 0.
        let number = numbers[lane];
        inverse[lane] += terms[lane] * (number / (number * number).max(1.0));
    }

    for sums in powers {
        for lane in 0..LANES {
            sums[lane] += terms[lane];
            terms[lane] *= numbers[lane];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;
    use crate::dsp::sums::{first_moment, sum_of};

    #[test]
    fn all_in_one_pass_is_one_after_another() {
        for (n, first) in
            [(0, 0), (1, 0), (1, 3), (7, 0), (8, 2), (9, 0), (100, 5), (1003, 1)]
        {
            let density: Vec<f64> = normals(n as u64, n).iter().map(|x| x * x).collect();
            let moments = Moments::new(&density, first, 0.7);
            for (place, order) in (-1..=5).enumerate() {
                let term = |(k, power): (usize, &f64)| match (first + k, order) {
                    (0, -1) => 0.0,
                    (number, _) => (0.7 * number as f64).powi(order) * power * 0.7,
                };
                let plain: f64 = density.iter().enumerate().map(term).sum();
                assert!((moments.m[place] - plain).abs() <= 1e-13 * plain, "{n} {order}");
                assert_eq!(moments.order(order), Some(moments.m[place]));
            }
            assert_eq!(moments.power(), sum_of(&density, |power| power) * 0.7);
            assert_eq!(
                moments.m[2],
                0.7 * first_moment(&density, -(first as f64), 0.0) * 0.7
            );
        }
        assert_eq!(
            [-2, 6].map(|order| Moments::new(&[1.0], 1, 1.0).order(order)),
            [None; 2]
        );
    }
}
