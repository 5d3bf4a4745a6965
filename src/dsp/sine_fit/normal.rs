//! The normal equations of sines and a constant.

use super::phasor::dirichlet;
use super::{SineAmplitude, SineFit};
use crate::dsp::fourier::Complex;
use crate::dsp::sums::dot;

/// The normal equations of sines and a constant. About the middle of the samples cosines
/// and sines are orthogonal, and their products have a closed form.
pub(super) struct Normal {
    pub(super) length: usize,
    cosines: Vec<Vec<f64>>,
    sines: Vec<Vec<f64>>,
}

impl Normal {
    pub(super) fn factor(cycles: &[f64], length: usize) -> Option<Self> {
        let count = cycles.len();
        let half = |cycles: f64| dirichlet(cycles, length) / 2.0;
        let mut cosines = vec![vec![0.0; count + 1]; count + 1];
        let mut sines = vec![vec![0.0; count]; count];
        for (i, &a) in cycles.iter().enumerate() {
            for (j, &b) in cycles.iter().enumerate().take(i + 1) {
                let (difference, sum) = (half(a - b), half(a + b));
                cosines[i][j] = difference + sum;
                sines[i][j] = difference - sum;
            }
            // The constant is the last unknown. About the middle it shares nothing with
            // the sines.
            cosines[count][i] = dirichlet(a, length);
        }

        cosines[count][count] = length as f64;
        (factored(&mut cosines) && factored(&mut sines)).then_some(Self {
            length,
            cosines,
            sines,
        })
    }

    pub(super) fn solve(&self, correlations: &[Complex], sum: f64) -> SineFit {
        let cosines: Vec<f64> = correlations.iter().map(|z| z.re).chain([sum]).collect();
        let sines: Vec<f64> = correlations.iter().map(|z| -z.im).collect();
        let of_cosines = solved(&self.cosines, &cosines);
        let of_sines = solved(&self.sines, &sines);
        let amplitudes = of_cosines
            .iter()
            .zip(&of_sines)
            .map(|(&cos, &sin)| SineAmplitude { cos, sin })
            .collect();
        let constant = of_cosines[correlations.len()];

        SineFit {
            amplitudes,
            constant,
            reduction: dot(&cosines, &of_cosines) + dot(&sines, &of_sines),
        }
    }
}

/// Cholesky's factor in the lower half of a matrix; `false` unless it is clearly positive
/// definite.
fn factored(matrix: &mut [Vec<f64>]) -> bool {
    for j in 0..matrix.len() {
        let diagonal = matrix[j][j];
        let pivot = diagonal - (0..j).map(|k| matrix[j][k] * matrix[j][k]).sum::<f64>();
        if pivot.is_nan() || pivot <= 1e-9 * diagonal {
            return false;
        }
        matrix[j][j] = pivot.sqrt();
        for i in j + 1..matrix.len() {
            let known: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            matrix[i][j] = (matrix[i][j] - known) / matrix[j][j];
        }
    }

    true
}

fn solved(factor: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut solution = right.to_vec();
    let n = right.len();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| factor[i][k] * solution[k]).sum();
        solution[i] = (solution[i] - known) / factor[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| factor[k][i] * solution[k]).sum();
        solution[i] = (solution[i] - known) / factor[i][i];
    }
    solution
}
