//! Turning complex numbers, and the sums they make over a stretch.

use std::f64::consts::PI;

use crate::dsp::fourier::Complex;

/// The runs between two exact phases, so that rounding never accumulates.
const EXACT: usize = 32;

/// `Σ run · turn`.
pub(super) fn turned_sum(runs: &[Complex], turns: &[Complex]) -> Complex {
    let mut even = Complex::default();
    let mut odd = Complex::default();
    let n = runs.len().min(turns.len());
    let ((pairs, rest), (turns, rest_of_turns)) =
        (runs[..n].as_chunks::<2>(), turns[..n].as_chunks::<2>());
    for (run, turn) in pairs.iter().zip(turns) {
        even += run[0] * turn[0];
        odd += run[1] * turn[1];
    }
    let rest: Complex =
        rest.iter().zip(rest_of_turns).map(|(run, turn)| run * turn).sum();
    even + odd + rest
}

/// `Σ cos(2πνm)` over `n` samples about their middle.
pub(super) fn dirichlet(cycles: f64, n: usize) -> f64 {
    let step = libm::sin(PI * cycles);
    if step.abs() < 1e-12 { n as f64 } else { libm::sin(PI * cycles * n as f64) / step }
}

/// What a run takes from a line `offset` beside the frequency that it was shifted down
/// by, undone.
pub(super) fn straightened(offset: f64, hop: usize) -> f64 {
    hop as f64 / dirichlet(offset, hop)
}

pub(super) fn phasor(cycles: f64, position: f64) -> Complex {
    let turns = cycles * position;
    let angle = 2.0 * PI * (turns - turns.floor());
    Complex::new(libm::cos(angle), libm::sin(angle))
}

/// The phasors at `first`, `first + hop`, …
pub(super) fn phasors(cycles: f64, first: f64, hop: usize, count: usize) -> Vec<Complex> {
    let step = phasor(cycles, hop as f64);
    let mut steps = [Complex::new(1.0, 0.0); EXACT];
    for i in 1..EXACT {
        steps[i] = steps[i - 1] * step;
    }
    let mut found = Vec::with_capacity(count);
    for run in (0..count).step_by(EXACT) {
        let exact = phasor(cycles, first + (run * hop) as f64);
        found.extend(steps[..(count - run).min(EXACT)].iter().map(|step| exact * step));
    }
    found
}
