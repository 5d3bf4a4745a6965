//! Autoregressive models of a signal, and whitening by them.

use super::sums::dot;

/// Samples that are predicted together, coefficient by coefficient, on vectors.
const TILE: usize = 512;

/// `x[t] = Σ φ[k]·x[t−k] + e[t]` for `k = 1 … p`.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoregression {
    /// φ, of lag 1 first.
    pub coefficients: Vec<f64>,
    /// The variance of `e`, in the squared unit of the signal.
    pub variance: f64,
}

/// The biased autocovariance about zero, `Σ x[t]·x[t+k] / n` for `k = 0 … lags`; zeros
/// from lag `n` on and for no samples.
pub fn autocovariance(samples: &[f64], lags: usize) -> Vec<f64> {
    let n = samples.len();
    let lagged = |lag: usize| samples.get(lag..).map_or(0.0, |later| dot(samples, later));
    (0..=lags).map(|lag| lagged(lag) / n.max(1) as f64).collect()
}

impl Autoregression {
    /// The model of an order by the autocorrelation method (Yule 1927; Walker 1931),
    /// solved by the recursion of Levinson (1946) and Durbin (1960). The model is always
    /// stable.
    ///
    /// `None` for no more samples than the order, for silence, and for samples whose
    /// squares are not finite. Of a signal that fewer coefficients predict up to rounding
    /// the others are 0.
    ///
    /// ```
    /// use soleus::dsp::autoregression::Autoregression;
    ///
    /// let decay: Vec<f64> = (0..200).map(|t| 0.8_f64.powi(t)).collect();
    /// let model = Autoregression::fit(&decay, 2).expect("200 samples are enough");
    /// assert!((model.coefficients[0] - 0.8).abs() < 1e-12 && model.coefficients[1].abs() < 1e-12);
    /// ```
    pub fn fit(samples: &[f64], order: usize) -> Option<Self> {
        let covariance = autocovariance(samples, order);
        let power = covariance[0];
        if samples.len() <= order || !power.is_finite() || power <= 0.0 {
            return None;
        }

        let (mut coefficients, mut variance): (Vec<f64>, f64) =
            (Vec::with_capacity(order), power);
        for lag in 1..=order {
            let predicted: f64 = coefficients
                .iter()
                .zip(covariance[..lag].iter().rev())
                .map(|(a, r)| a * r)
                .sum();
            let reflection = (covariance[lag] - predicted) / variance;
            let turned: Vec<f64> =
                coefficients.iter().rev().map(|a| a * reflection).collect();
            let remaining = variance * (1.0 - reflection * reflection);
            // Only rounding is left to predict, and more coefficients would follow that.
            if remaining <= 1e-14 * power {
                break;
            }
            coefficients.iter_mut().zip(turned).for_each(|(a, turned)| *a -= turned);
            coefficients.push(reflection);
            variance = remaining;
        }

        coefficients.resize(order, 0.0);
        Some(Self { coefficients, variance })
    }

    /// The innovations `x[t] − Σ φ[k]·x[t−k]`, with zeros before the first sample: as
    /// long as the signal.
    pub fn whitened(&self, samples: &[f64]) -> Vec<f64> {
        let mut predicted = [0.0; TILE];
        let mut innovations = Vec::with_capacity(samples.len());
        for (tile, now) in samples.chunks(TILE).enumerate() {
            let from = tile * TILE;
            let predicted = &mut predicted[..now.len()];
            predicted.fill(0.0);
            for (lag, coefficient) in (1_usize..).zip(&self.coefficients) {
                let missing = lag.saturating_sub(from).min(now.len());
                let past = &samples[(from + missing).saturating_sub(lag)..];
                let terms = predicted[missing..].iter_mut().zip(past);
                terms.for_each(|(predicted, sample)| *predicted += coefficient * sample);
            }
            innovations.extend(
                now.iter().zip(&*predicted).map(|(sample, predicted)| sample - predicted),
            );
        }

        innovations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn what_cannot_be_fitted() {
        assert!(
            Autoregression::fit(&[], 0).is_none()
                && Autoregression::fit(&[1.0, 2.0], 2).is_none()
        );
        assert!(Autoregression::fit(&[0.0; 50], 2).is_none());
        assert!(
            Autoregression::fit(&[f64::NAN; 50], 2).is_none()
                && Autoregression::fit(&[1e200; 50], 2).is_none()
        );
        let none = Autoregression::fit(&[3.0; 50], 0).unwrap();
        assert_eq!((none.coefficients.len(), none.variance), (0, 9.0));
        assert_eq!(none.whitened(&[1.0, 2.0]), [1.0, 2.0]);
        assert_eq!(autocovariance(&[1.0, 2.0], 3), [2.5, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn the_recursion_solves_the_normal_equations() {
        for (seed, order) in [(1, 1), (2, 4), (3, 9)] {
            let mut samples = normals(seed, 400);
            (1..400).for_each(|t| samples[t] += 0.9 * samples[t - 1]);
            let (r, model) = (
                autocovariance(&samples, order),
                Autoregression::fit(&samples, order).unwrap(),
            );
            for lag in 1..=order {
                let sum: f64 = (1..=order)
                    .map(|k| model.coefficients[k - 1] * r[lag.abs_diff(k)])
                    .sum();
                assert!((sum - r[lag]).abs() < 1e-12 * r[0], "{order}, {lag}");
            }
            let sum: f64 = (1..=order).map(|k| model.coefficients[k - 1] * r[k]).sum();
            assert!((r[0] - sum - model.variance).abs() < 1e-12 * r[0]);
        }
    }
}
