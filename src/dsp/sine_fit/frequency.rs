//! The frequency of a sine that fits best.

use super::phasor::{dirichlet, phasor, phasors, straightened, turned_sum};
use crate::dsp::fourier::Complex;

/// A block of samples shifted down in frequency and summed by runs, so that fits of
/// neighbouring frequencies cost next to nothing. Phases count from the middle of the
/// block.
#[derive(Debug, Clone)]
pub struct Demodulated {
    cycles: f64,
    hop: usize,
    length: usize,
    /// The middle of the first run.
    first: f64,
    sum: f64,
    runs: Vec<Complex>,
}

impl Demodulated {
    /// A block of samples with the given sum, from its correlations with a tone run by
    /// run, with phases from its first sample on. All runs have `hop` samples.
    pub fn new(cycles: f64, hop: usize, runs: &[Complex], sum: f64) -> Self {
        let length = hop * runs.len();
        let centre = (length as f64 - 1.0) / 2.0;
        let turned = phasor(cycles, centre);
        Self {
            cycles,
            hop,
            length,
            first: (hop as f64 - 1.0) / 2.0 - centre,
            sum,
            runs: runs.iter().map(|run| run * turned).collect(),
        }
    }

    /// By how much a sine of `cycles + offset` and a constant lower the sum of squares (0
    /// where they cannot be told apart), right to `(2π·offset·hop)²/24` of the noise.
    /// `turns` are those of the offset.
    fn reduction(&self, offset: f64, turns: &[Complex]) -> f64 {
        let back = phasor(-offset, self.first) * straightened(offset, self.hop);
        let correlation = turned_sum(&self.runs, turns) * back;
        let n = self.length as f64;
        let cycles = self.cycles + offset;
        let alone = dirichlet(cycles, self.length);
        let twice = dirichlet(2.0 * cycles, self.length);
        let cosines = (n + twice) / 2.0;
        let sines = (n - twice) / 2.0;
        let determinant = cosines * n - alone * alone;
        if !(sines > 1e-9 * n && determinant > 1e-9 * cosines * n) {
            return 0.0;
        }

        let (c, s, sum) = (correlation.re, correlation.im, self.sum);
        (n * c * c - 2.0 * alone * c * sum + cosines * sum * sum) / determinant
            + s * s / sines
    }
}

/// The frequency, in cycles a sample, whose sine (with an amplitude and a constant of its
/// own in each block) leaves the smallest squared error, within `reach` of one that is
/// `near` it: a grid of `step`, then parabolas that narrow down on the top. `None`
/// without blocks.
pub fn frequency(
    blocks: &[Demodulated],
    near: f64,
    reach: f64,
    step: f64,
) -> Option<f64> {
    let (centre, hop) = blocks.first().map(|block| (block.cycles, block.hop))?;
    let longest = blocks.iter().map(|block| block.runs.len()).max()?;
    let total = |offset: f64| {
        let turns = phasors(-offset, 0.0, hop, longest);
        blocks.iter().map(|block| block.reduction(offset, &turns)).sum::<f64>()
    };
    let steps = (reach / step).ceil() as i64;
    let grid = (-steps..=steps).map(|i| near - centre + i as f64 * step);
    let best =
        grid.map(|offset| (total(offset), offset)).max_by(|a, b| a.0.total_cmp(&b.0))?.1;
    Some(centre + top(total, best, step))
}

/// The place of the maximum of a smooth function, which lies within `step` of `place`.
/// Each parabola is a thirty-second as wide as the one before; the third is as narrow as
/// rounding allows.
fn top(value: impl Fn(f64) -> f64, mut place: f64, step: f64) -> f64 {
    let mut width = step;
    for _ in 0..3 {
        // A vertex at the edge may lie beyond it, so the same width is tried again there.
        for _ in 0..4 {
            let offset = vertex([place - width, place, place + width].map(&value));
            place += offset * width;
            if offset.abs() <= 0.5 {
                break;
            }
        }
        width /= 32.0;
    }

    place
}

/// Where the parabola through three equidistant values has its top, in steps from the
/// middle, no further than its ends: the higher end, where the values have no top.
pub fn vertex([before, middle, behind]: [f64; 3]) -> f64 {
    let curvature = before - 2.0 * middle + behind;
    if curvature < 0.0 {
        (0.5 * (before - behind) / curvature).clamp(-1.0, 1.0)
    } else if behind == before {
        0.0
    } else {
        (behind - before).signum()
    }
}
