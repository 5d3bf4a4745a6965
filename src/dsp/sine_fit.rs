//! Sines of known frequency by least squares, and the frequency that fits best.
//!
//! Frequencies are in cycles a sample. Phases count from sample 0 of the record, so that the
//! coefficients of one block continue those of another.

use std::f64::consts::PI;

use super::fourier::Complex;

/// The samples between two exact phases. The phase is set anew for each run of so many samples, so
/// rounding never accumulates.
const RUN: usize = 64;

/// A sine of one frequency, ready to be correlated with samples.
#[derive(Debug, Clone)]
pub struct Tone {
    cycles: f64,
    cosines: [f64; RUN],
    sines: [f64; RUN],
}

impl Tone {
    /// A tone of `cycles` a sample.
    pub fn new(cycles: f64) -> Self {
        let turned = std::array::from_fn::<_, RUN, _>(|n| phasor(cycles, n as f64));
        Self { cycles, cosines: turned.map(|phasor| phasor.re), sines: turned.map(|phasor| phasor.im) }
    }

    /// `Σ x[n] e^(−j2πνn)` over samples of which the first is number `start` of the record.
    pub fn correlate(&self, samples: &[f64], start: usize) -> Complex {
        let mut sum = Complex::default();
        for (run, values) in samples.chunks(RUN).enumerate() {
            let (re, im) = (product(values, &self.cosines), -product(values, &self.sines));
            sum += Complex::new(re, im) * phasor(-self.cycles, (start + run * RUN) as f64);
        }
        sum
    }

    /// Subtracts `a cos(2πνn) + b sin(2πνn)`; `(a, b)` goes in a straight line from `first` at the
    /// first sample to `last` just beyond the last one.
    pub fn subtract(&self, samples: &mut [f64], start: usize, first: Amplitude, last: Amplitude) {
        let count = samples.len() as f64;
        let slope = Amplitude { cos: (last.cos - first.cos) / count, sin: (last.sin - first.sin) / count };
        for (run, values) in samples.chunks_mut(RUN).enumerate() {
            let turned = phasor(self.cycles, (start + run * RUN) as f64);
            for (k, value) in values.iter_mut().enumerate() {
                let i = (run * RUN + k) as f64;
                let cosine = turned.re * self.cosines[k] - turned.im * self.sines[k];
                let sine = turned.re * self.sines[k] + turned.im * self.cosines[k];
                *value -= (first.cos + slope.cos * i) * cosine + (first.sin + slope.sin * i) * sine;
            }
        }
    }
}

/// `Σ a·b`. Eight sums side by side, because a compiler may not reorder a single one.
fn product(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let b = &b[..a.len()];
    let mut sums = [0.0; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let done = a.len() - a.len() % LANES;
    let rest: f64 = a[done..].iter().zip(&b[done..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// The weights of the cosine and the sine of a tone.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amplitude {
    /// The weight of `cos(2πνn)`.
    pub cos: f64,
    /// The weight of `sin(2πνn)`.
    pub sin: f64,
}

impl Amplitude {
    /// The amplitude of the sine that both make.
    pub fn size(self) -> f64 {
        libm::hypot(self.cos, self.sin)
    }
}

/// Sines and a constant that fit samples best.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The sines, in the order of the tones.
    pub amplitudes: Vec<Amplitude>,
    /// The constant beside them.
    pub constant: f64,
    /// By how much they lower the sum of squares.
    pub reduction: f64,
}

/// The least-squares fit of all tones and a constant at once, or `None` where the samples are too
/// few to tell the tones apart. `start` is the number of the first sample in the record.
///
/// The normal equations need one pass for their right side; their matrix has a closed form.
pub fn fit(samples: &[f64], start: usize, tones: &[Tone]) -> Option<Fit> {
    let correlations: Vec<Complex> = tones.iter().map(|tone| tone.correlate(samples, start)).collect();
    let cycles: Vec<f64> = tones.iter().map(|tone| tone.cycles).collect();
    solve(&cycles, &correlations, samples.iter().sum(), start, samples.len())
}

fn solve(cycles: &[f64], correlations: &[Complex], sum: f64, start: usize, n: usize) -> Option<Fit> {
    let mut right: Vec<f64> = correlations.iter().flat_map(|z| [z.re, -z.im]).collect();
    right.push(sum);
    let solution = solve_positive(normal_matrix(cycles, start, n), &right)?;
    let reduction = solution.iter().zip(&right).map(|(weight, value)| weight * value).sum();
    let amplitudes = solution.chunks_exact(2).map(|pair| Amplitude { cos: pair[0], sin: pair[1] }).collect();
    Some(Fit { amplitudes, constant: solution[2 * cycles.len()], reduction })
}

/// The products of all columns `cos, sin, cos, sin, …, 1` with each other.
fn normal_matrix(cycles: &[f64], start: usize, n: usize) -> Vec<Vec<f64>> {
    let size = 2 * cycles.len() + 1;
    let mut matrix = vec![vec![0.0; size]; size];
    for (i, &a) in cycles.iter().enumerate() {
        for (j, &b) in cycles.iter().enumerate() {
            let (difference, sum) = (phasor_sum(a - b, start, n) / 2.0, phasor_sum(a + b, start, n) / 2.0);
            matrix[2 * i][2 * j] = difference.re + sum.re;
            matrix[2 * i + 1][2 * j + 1] = difference.re - sum.re;
            matrix[2 * i][2 * j + 1] = sum.im - difference.im;
            matrix[2 * i + 1][2 * j] = sum.im + difference.im;
        }
        let alone = phasor_sum(a, start, n);
        (matrix[2 * i][size - 1], matrix[2 * i + 1][size - 1]) = (alone.re, alone.im);
        (matrix[size - 1][2 * i], matrix[size - 1][2 * i + 1]) = (alone.re, alone.im);
    }
    matrix[size - 1][size - 1] = n as f64;
    matrix
}

/// `Σ e^(j2πνm)` over `m = start … start + n − 1`.
fn phasor_sum(cycles: f64, start: usize, n: usize) -> Complex {
    let step = libm::sin(PI * cycles);
    if step.abs() < 1e-12 {
        return phasor(cycles, start as f64) * n as f64;
    }
    let middle = start as f64 + (n as f64 - 1.0) / 2.0;
    phasor(cycles, middle) * (libm::sin(PI * cycles * n as f64) / step)
}

fn phasor(cycles: f64, position: f64) -> Complex {
    let turns = cycles * position;
    let angle = 2.0 * PI * (turns - turns.floor());
    Complex::new(libm::cos(angle), libm::sin(angle))
}

/// Cholesky's solution; `None` unless the matrix is clearly positive definite.
fn solve_positive(mut matrix: Vec<Vec<f64>>, right: &[f64]) -> Option<Vec<f64>> {
    let n = right.len();
    for j in 0..n {
        let pivot = matrix[j][j] - (0..j).map(|k| matrix[j][k] * matrix[j][k]).sum::<f64>();
        if pivot.is_nan() || pivot <= 1e-9 * matrix[j][j] {
            return None;
        }
        matrix[j][j] = pivot.sqrt();
        for i in j + 1..n {
            let rest = matrix[i][j] - (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum::<f64>();
            matrix[i][j] = rest / matrix[j][j];
        }
    }
    let mut solution = right.to_vec();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| matrix[i][k] * solution[k]).sum();
        solution[i] = (solution[i] - known) / matrix[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| matrix[k][i] * solution[k]).sum();
        solution[i] = (solution[i] - known) / matrix[i][i];
    }
    Some(solution)
}

/// Samples shifted down in frequency and summed by runs, so that fits of neighbouring frequencies
/// cost next to nothing.
#[derive(Debug, Clone)]
pub struct Demodulated {
    cycles: f64,
    start: usize,
    length: usize,
    hop: usize,
    sum: f64,
    runs: Vec<Complex>,
}

impl Demodulated {
    /// Samples, of which the first is number `start` of the record, shifted down by `cycles` and
    /// summed by `hop`. A hop of 1 is exact; another is right to `(2π·offset·hop)²/24`.
    pub fn new(samples: &[f64], start: usize, cycles: f64, hop: usize) -> Self {
        let (tone, hop) = (Tone::new(cycles), hop.max(1));
        let runs = samples.chunks(hop).enumerate().map(|(run, x)| tone.correlate(x, start + run * hop)).collect();
        Self { cycles, start, length: samples.len(), hop, sum: samples.iter().sum(), runs }
    }

    /// By how much a sine of `cycles + offset` and a constant lower the sum of squares (0 where
    /// they cannot be told apart).
    pub fn reduction(&self, offset: f64) -> f64 {
        let cycles = self.cycles + offset;
        let step = phasor(-offset, self.hop as f64);
        let middle = self.start as f64 + (self.hop as f64 - 1.0) / 2.0;
        let mut turned = phasor(-offset, middle);
        let mut correlation = Complex::default();
        for (i, run) in self.runs.iter().enumerate() {
            if i.is_multiple_of(RUN) {
                turned = phasor(-offset, middle + (i * self.hop) as f64);
            }
            correlation += run * turned;
            turned *= step;
        }
        solve(&[cycles], &[correlation], self.sum, self.start, self.length).map_or(0.0, |fit| fit.reduction)
    }
}

/// The frequency, in cycles a sample, whose sine (with an amplitude and a constant of its own in
/// each block) leaves the smallest squared error, within `reach` of the demodulated one: a grid of
/// `step`, then the golden section. `None` without blocks.
pub fn frequency(blocks: &[Demodulated], reach: f64, step: f64) -> Option<f64> {
    let centre = blocks.first()?.cycles;
    let total = |offset: f64| blocks.iter().map(|block| block.reduction(offset)).sum::<f64>();
    let steps = (reach / step).ceil() as i64;
    let grid = (-steps..=steps).map(|i| i as f64 * step);
    let best = grid.map(|offset| (total(offset), offset)).max_by(|a, b| a.0.total_cmp(&b.0))?.1;
    Some(centre + golden_section(total, best - step, best + step))
}

/// The place of the maximum of a function that has one between `low` and `high`.
fn golden_section(value: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut left, mut right) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut at_left, mut at_right) = (value(left), value(right));
    // 40 sections shrink the bracket to 4e-9 of itself, the square root of the rounding error.
    for _ in 0..40 {
        if at_left > at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - RATIO * (high - low);
            at_left = value(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + RATIO * (high - low);
            at_right = value(right);
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::{SplitMix64, normals};

    #[test]
    fn sines_are_found_whatever_their_phase_and_place() {
        let mut generator = SplitMix64::new(3);
        for _ in 0..50 {
            let (n, start) = (200 + generator.index(800), generator.index(1_000_000));
            let cycles = [0.02 + 0.1 * generator.uniform(), 0.2 + 0.2 * generator.uniform()];
            let truth: Vec<f64> = (0..5).map(|_| generator.normal()).collect();
            let samples: Vec<f64> = (start..start + n)
                .map(|m| {
                    let angle = |i: usize| 2.0 * PI * (cycles[i] * m as f64).fract();
                    let [a, b] = [angle(0), angle(1)];
                    truth[0] * a.cos() + truth[1] * a.sin() + truth[2] * b.cos() + truth[3] * b.sin() + truth[4]
                })
                .collect();
            let fit = fit(&samples, start, &cycles.map(Tone::new)).unwrap();
            // The phase of a late sample is known to 1e6 cycles times the rounding error.
            for (found, truth) in fit.amplitudes.iter().flat_map(|a| [a.cos, a.sin]).chain([fit.constant]).zip(truth) {
                assert!((found - truth).abs() < 1e-8, "{found} {truth}");
            }
        }
    }

    #[test]
    fn subtracting_a_fit_lowers_the_squares_by_what_it_says() {
        let mut samples = normals(9, 1000);
        let before: f64 = samples.iter().map(|x| x * x).sum();
        let tones = [Tone::new(0.05), Tone::new(0.151)];
        let fit = fit(&samples, 77, &tones).unwrap();
        for (tone, &amplitude) in tones.iter().zip(&fit.amplitudes) {
            tone.subtract(&mut samples, 77, amplitude, amplitude);
        }
        let after: f64 = samples.iter().map(|x| (x - fit.constant).powi(2)).sum();
        assert!((before - after - fit.reduction).abs() < 1e-10);
    }

    #[test]
    fn a_changing_amplitude_is_followed() {
        let mut samples: Vec<f64> =
            (0..500).map(|n| (1.0 + f64::from(n) / 500.0) * (2.0 * PI * 0.05 * f64::from(n)).cos()).collect();
        let (first, last) = (Amplitude { cos: 1.0, sin: 0.0 }, Amplitude { cos: 2.0, sin: 0.0 });
        Tone::new(0.05).subtract(&mut samples, 0, first, last);
        assert!(samples.iter().all(|x| x.abs() < 1e-12));
    }

    #[test]
    fn too_few_samples_to_tell() {
        assert_eq!(fit(&[1.0, 2.0], 0, &[Tone::new(0.1)]), None);
        assert_eq!(fit(&[], 0, &[]), None);
        assert_eq!(frequency(&[], 0.1, 0.01), None);
    }

    #[test]
    fn runs_change_the_frequency_by_next_to_nothing() {
        let noise = normals(4, 8000);
        let samples: Vec<f64> =
            noise.iter().enumerate().map(|(n, x)| x + (2.0 * PI * 0.025_01 * n as f64).sin()).collect();
        let found = |hop| frequency(&[Demodulated::new(&samples, 0, 0.025, hop)], 1e-4, 2e-5).unwrap();
        assert!((found(1) - 0.025_01).abs() < 2e-6);
        assert!((found(1) - found(100)).abs() < 1e-7);
    }
}
