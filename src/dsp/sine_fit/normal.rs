//! The normal equations of sines and a constant, weighted run by run.

use super::phasor::dirichlet;
use super::{SineAmplitude, SineFit};
use crate::dsp::fourier::Complex;
use crate::dsp::sums::dot;

/// Runs of samples with their weights, and the turns of every tone at their middles.
pub(super) struct WeightedRuns<'a> {
    pub(super) cycles: &'a [f64],
    pub(super) turns: Vec<Vec<Complex>>,
    pub(super) weights: &'a [f64],
    /// The samples of all runs but the last, and of the last.
    pub(super) hop: usize,
    pub(super) last: usize,
}

impl WeightedRuns<'_> {
    /// `Σ w e^(j2πνn)` over all samples, where `turn` tells the turns of the frequency at
    /// the middle of each run.
    fn sum(&self, cycles: f64, turn: impl Fn(usize) -> Complex) -> Complex {
        let last = self.weights.len() - 1;
        let whole: Complex =
            (0..last).map(|run| turn(run) * self.weights[run]).sum::<Complex>();
        whole * dirichlet(cycles, self.hop)
            + turn(last) * self.weights[last] * dirichlet(cycles, self.last)
    }

    /// The equations of cosines, sines and the constant, in this order; the lower half.
    fn matrix(&self) -> Vec<Vec<f64>> {
        let count = self.cycles.len();
        let mut matrix = vec![vec![0.0; 2 * count + 1]; 2 * count + 1];
        for (i, &a) in self.cycles.iter().enumerate() {
            for (j, &b) in self.cycles.iter().enumerate().take(i + 1) {
                let [of_a, of_b] = [&self.turns[i], &self.turns[j]];
                let sum = self.sum(a + b, |run| of_a[run] * of_b[run]) / 2.0;
                let less = self.sum(a - b, |run| of_a[run] * of_b[run].conj()) / 2.0;
                matrix[i][j] = less.re + sum.re;
                matrix[count + i][count + j] = less.re - sum.re;
                matrix[count + i][j] = sum.im + less.im;
                matrix[count + j][i] = sum.im - less.im;
            }
            let alone = self.sum(a, |run| self.turns[i][run]);
            matrix[2 * count][i] = alone.re;
            matrix[2 * count][count + i] = alone.im;
        }
        matrix[2 * count][2 * count] = self.sum(0.0, |_| Complex::new(1.0, 0.0)).re;
        matrix
    }

    /// The fit that the weighted correlations with the tones and the weighted sum ask for;
    /// `None` where the tones cannot be told apart.
    pub(super) fn solve(&self, correlations: &[Complex], sum: f64) -> Option<SineFit> {
        let mut factor = self.matrix();
        if !factored(&mut factor) {
            return None;
        }
        let cosines = correlations.iter().map(|value| value.re);
        let sines = correlations.iter().map(|value| -value.im);
        let right: Vec<f64> = cosines.chain(sines).chain([sum]).collect();
        let found = solved(&factor, &right);

        let count = correlations.len();
        let amplitude =
            |tone: usize| SineAmplitude { cos: found[tone], sin: found[count + tone] };
        Some(SineFit {
            amplitudes: (0..count).map(amplitude).collect(),
            constant: found[2 * count],
            reduction: dot(&right, &found),
        })
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
