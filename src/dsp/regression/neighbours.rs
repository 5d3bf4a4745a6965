//! Whether neighbouring residuals of a line are alike.

use super::products::{CoupledProducts, ascending};
use super::{Estimates, common};
use crate::dsp::stats::share_below;

/// The correlation of neighbouring residuals of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeighbourCorrelation {
    /// How many pairs of neighbours it rests on.
    pub pairs: usize,
    /// The correlation of the residuals, which is too small in short series because the
    /// line follows them.
    pub raw: f64,
    /// The correlation of the observations: [`Self::raw`] without that bias to the first
    /// order, (n·raw + 2)/(n − 4) for a whole series (Marriott & Pope 1954 with a line in
    /// place of the mean), within −0.99 … 0.99.
    pub correlation: f64,
    /// How often independent normal observations have neighbours at least as alike: the
    /// upper tail of a beta distribution with the exact mean and variance of the raw
    /// correlation (Durbin & Watson 1951).
    pub p: f64,
}

impl NeighbourCorrelation {
    /// Of the residuals of the line through the points, in any order of x. Neighbours are
    /// points between half and one and a half times `apart` from each other in x, so that
    /// those beside a gap are none. `None` as for `Line::fit`, for fewer than six points
    /// or fewer than five pairs, or when the points lie on the line.
    pub fn measure(x: &[f64], y: &[f64], apart: f64) -> Option<Self> {
        let (x, y) = common(x, y);
        let (x, y) = ascending(x, y);
        let line = Estimates::fit(&x, &y).filter(|line| line.count >= 6.0)?;
        let weight = |distance: f64| if distance > 0.5 * apart { 0.5 } else { 0.0 };
        let null = CoupledProducts::sum(&x, &line, 0.0, 1.5 * apart, weight);

        let residuals: Vec<f64> =
            x.iter().zip(&y).map(|(x, y)| y - line.intercept - line.slope * x).collect();
        let ratio = coupled(&x, &residuals, 1.5 * apart, weight) / line.residual;
        if null.pairs < 5 || !ratio.is_finite() {
            return None;
        }

        let freedom = line.count - 2.0;
        let expected = null.first / freedom;
        let variance = 2.0 * (freedom * null.second - null.first * null.first)
            / (freedom * freedom * line.count);
        let whole = (line.count - 1.0) / null.pairs as f64;
        let unbiased = whole * (ratio - expected) / (1.0 - 4.0 / line.count);

        Some(Self {
            pairs: null.pairs,
            raw: whole * ratio,
            correlation: unbiased.clamp(-0.99, 0.99),
            p: above(ratio, expected, variance)?,
        })
    }

    /// Whether neighbours are more alike than chance makes them in 99 of 100 series.
    pub fn are_alike(&self) -> bool {
        self.p < 0.01
    }
}

/// The sum of the products of residuals closer than `reach`, each pair as often as it is
/// found from either side.
fn coupled(x: &[f64], residuals: &[f64], reach: f64, weight: impl Fn(f64) -> f64) -> f64 {
    let mut products = 0.0;
    for (i, &at) in x.iter().enumerate() {
        let near = x
            .iter()
            .enumerate()
            .skip(i + 1)
            .take_while(|(_, later)| **later - at < reach);
        products += near
            .map(|(j, later)| 2.0 * weight(later - at) * residuals[i] * residuals[j])
            .sum::<f64>();
    }

    products
}

/// The share above `value` of the beta distribution on −1 … 1 with this mean and
/// variance.
fn above(value: f64, mean: f64, variance: f64) -> Option<f64> {
    let place = 0.5 * (value + 1.0);
    let mean = 0.5 * (mean + 1.0);
    let variance = 0.25 * variance;
    let shapes = mean * (1.0 - mean) / variance - 1.0;
    share_below((1.0 - place).clamp(0.0, 1.0), (1.0 - mean) * shapes, mean * shapes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};

    fn course(generator: &mut SplitMix64, n: usize, correlation: f64) -> Vec<f64> {
        let mut last = generator.normal();
        let fresh = (1.0 - correlation * correlation).sqrt();
        let step = |_| {
            last = correlation * last + fresh * generator.normal();
            last
        };
        (0..n).map(step).collect()
    }

    #[test]
    fn chance_is_called_alike_once_in_a_hundred_series() {
        // 2000 series: 1 % ± 3 standard errors (0.67 %).
        let mut generator = SplitMix64::new(41);
        for n in [12, 60] {
            let x: Vec<f64> = (0..n).map(|k| k as f64).collect();
            let alike = (0..2000)
                .filter(|_| {
                    NeighbourCorrelation::measure(
                        &x,
                        &course(&mut generator, n, 0.0),
                        1.0,
                    )
                    .unwrap()
                    .are_alike()
                })
                .count();
            println!("n = {n}: {alike} of 2000");
            assert!((7..=33).contains(&alike), "{n}: {alike}");
        }
    }

    #[test]
    fn the_correlation_is_found_without_bias() {
        let mut generator = SplitMix64::new(42);
        for (n, missing, truth) in
            [(60, 0, 0.5), (60, 9, 0.5), (200, 0, 0.7), (60, 0, 0.0)]
        {
            let kept = |k: &usize| missing == 0 || k % missing != 4;
            let x: Vec<f64> = (0..n).filter(kept).map(|k| k as f64).collect();
            let mut draw = || {
                let whole = course(&mut generator, n, truth);
                let y: Vec<f64> =
                    (0..n).filter(kept).map(|k| whole[k] + 0.3 * k as f64).collect();
                NeighbourCorrelation::measure(&x, &y, 1.0).unwrap().correlation
            };
            let mean = (0..500).map(|_| draw()).sum::<f64>() / 500.0;
            println!("{n} points, every {missing}th missing: {mean:.3} for {truth}");
            // The standard error of the mean of 500 is 0.006; what is left of the bias is
            // of the order 1/n².
            assert!((mean - truth).abs() < 0.025, "{n} {missing} {truth}: {mean}");
        }
    }

    #[test]
    fn what_has_no_neighbours() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(
            NeighbourCorrelation::measure(&x, &x, 1.0)
                .filter(|found| !found.p.is_finite()),
            None
        );
        assert_eq!(NeighbourCorrelation::measure(&x, &[1.0; 20], 1.0), None);
        assert_eq!(NeighbourCorrelation::measure(&x, &normals(1, 20), 0.1), None);
        assert_eq!(NeighbourCorrelation::measure(&x, &normals(1, 20), f64::NAN), None);
        assert_eq!(NeighbourCorrelation::measure(&x[..5], &normals(1, 5), 1.0), None);
    }
}
