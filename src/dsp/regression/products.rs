//! Products of a symmetric matrix that couples points near each other with the residuals
//! of a line.

use super::Estimates;

/// What is known of `M W M`, where `W` couples the points and `M = I − Q Q'` takes a line
/// out: `Q` are the constant and the centred x, both of length 1. `W` is a band, and `Q`
/// has two columns, so that nothing larger is ever stored.
pub(super) struct CoupledProducts {
    /// `Q' W Q`.
    pub(super) basis: [[f64; 2]; 2],
    /// The trace of `M W`.
    pub(super) first: f64,
    /// The trace of `M W M W`.
    pub(super) second: f64,
}

impl CoupledProducts {
    /// `W` has `diagonal` on its diagonal and elsewhere `weight(distance in x)` where the
    /// distance is below `reach`. `x` ascends.
    pub(super) fn sum(
        x: &[f64],
        line: &Estimates,
        diagonal: f64,
        reach: f64,
        mut weight: impl FnMut(f64) -> f64,
    ) -> Self {
        let basis = |x: f64| line.basis(x);
        let mut coupled: Vec<[f64; 2]> =
            x.iter().map(|&x| basis(x).map(|q| diagonal * q)).collect();
        let mut squares = line.count * diagonal * diagonal;
        for (i, j) in near(x, reach) {
            let weight = weight(x[j] - x[i]);
            squares += 2.0 * weight * weight;
            add(&mut coupled[i], weight, basis(x[j]));
            add(&mut coupled[j], weight, basis(x[i]));
        }

        let mut between = [[0.0; 2]; 2];
        for (&x, coupled) in x.iter().zip(&coupled) {
            let basis = basis(x);
            (0..2).for_each(|k| add(&mut between[k], basis[k], *coupled));
        }

        let lengths: f64 = coupled.iter().flatten().map(|value| value * value).sum();
        let entries: f64 = between.iter().flatten().map(|value| value * value).sum();
        Self {
            first: line.count * diagonal - between[0][0] - between[1][1],
            second: squares - 2.0 * lengths + entries,
            basis: between,
        }
    }
}

/// The places of all pairs of points closer than `reach`, the earlier first. `x` ascends.
fn near(x: &[f64], reach: f64) -> impl Iterator<Item = (usize, usize)> {
    x.iter().enumerate().flat_map(move |(i, &at)| {
        let later = x[i + 1..].iter().take_while(move |later| **later - at < reach);
        later.enumerate().map(move |(k, _)| (i, i + 1 + k))
    })
}

fn add(sum: &mut [f64; 2], weight: f64, values: [f64; 2]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
}

/// The points in the order of x; not finite ones, of which no line is made, anywhere.
pub(in crate::dsp) fn ascending(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn the_traces_are_those_of_the_whole_matrices() {
        let n = 14;
        let x: Vec<f64> = (0..n).map(|k| k as f64 + f64::from(u8::from(k > 5))).collect();
        let line = Estimates::fit(&x, &normals(1, n)).unwrap();
        let weight = |distance: f64| (1.0 - distance / 3.0).max(0.0);
        let found = CoupledProducts::sum(&x, &line, 1.0, 3.0, weight);
        let whole = |entry: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
        };
        let product = |a: &Vec<Vec<f64>>, b: &Vec<Vec<f64>>| {
            whole(&|i, j| (0..n).map(|k| a[i][k] * b[k][j]).sum())
        };
        let trace = |a: &Vec<Vec<f64>>| (0..n).map(|i| a[i][i]).sum::<f64>();
        let hat = |i: usize, j: usize| {
            1.0 / n as f64 + (x[i] - line.mean_x) * (x[j] - line.mean_x) / line.spread
        };
        let rest = whole(&|i, j| f64::from(u8::from(i == j)) - hat(i, j));
        let coupling = whole(&|i, j| weight((x[i] - x[j]).abs()));
        let both = product(&rest, &coupling);
        assert!((found.first - trace(&both)).abs() < 1e-12);
        assert!((found.second - trace(&product(&both, &both))).abs() < 1e-12);
    }
}
