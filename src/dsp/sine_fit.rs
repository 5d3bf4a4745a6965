//! Sines of known frequency by least squares, and the frequency that fits best.
//!
//! Frequencies are in cycles a sample. Phases count from sample 0 of the record, so that
//! the coefficients of one window continue those of another. Samples are read once, run
//! by run; what windows and neighbouring frequencies need is made of the sums of the
//! runs.

mod frequency;
mod normal;
mod phasor;

use std::ops::Range;

use super::fourier::Complex;
use super::sums::{dot, sum_of};

pub use frequency::{Demodulated, frequency, vertex};
use normal::WeightedRuns;
use phasor::{phasor, phasors};

/// Sines of a few frequencies, ready to be correlated with samples and subtracted from
/// them.
#[derive(Debug, Clone)]
pub struct Tones {
    hop: usize,
    tones: Vec<SineTable>,
}

/// A sine about the middle of a run: at ½, 1½, … samples behind it, and these times the
/// distance.
#[derive(Debug, Clone)]
struct SineTable {
    cycles: f64,
    cosines: Vec<f64>,
    sines: Vec<f64>,
    far_cosines: Vec<f64>,
    far_sines: Vec<f64>,
}

impl SineTable {
    fn new(cycles: f64, half: usize) -> Self {
        let distances = (0..half).map(|i| i as f64 + 0.5);
        let (cosines, sines): (Vec<f64>, Vec<f64>) = distances
            .clone()
            .map(|distance| phasor(cycles, distance))
            .map(|turned| (turned.re, turned.im))
            .unzip();
        let far = |values: &[f64]| {
            values.iter().zip(distances.clone()).map(|(value, far)| value * far).collect()
        };

        Self {
            cycles,
            far_cosines: far(&cosines),
            far_sines: far(&sines),
            cosines,
            sines,
        }
    }
}

/// The samples of a run mirrored about its middle: cosines see their sums, sines their
/// differences, so each costs half of the products.
struct Folded {
    even: Vec<f64>,
    odd: Vec<f64>,
}

impl Folded {
    fn new(half: usize) -> Self {
        Self { even: vec![0.0; half], odd: vec![0.0; half] }
    }

    fn fold(&mut self, run: &[f64]) {
        let (before, behind) = run.split_at(run.len() / 2);
        let pairs = behind.iter().zip(before.iter().rev());
        for ((even, odd), (behind, before)) in
            self.even.iter_mut().zip(&mut self.odd).zip(pairs)
        {
            (*even, *odd) = (behind + before, behind - before);
        }
    }

    fn subtract_from(&self, run: &mut [f64]) {
        let (before, behind) = run.split_at_mut(run.len() / 2);
        let pairs = behind.iter_mut().zip(before.iter_mut().rev());
        let tables = self.even.iter().zip(&self.odd);
        for ((even, odd), (behind, before)) in tables.zip(pairs) {
            *behind -= even + odd;
            *before -= even - odd;
        }
    }

    fn add(&mut self, tone: &SineTable, course: &AmplitudeCourse) {
        let tables = tone
            .cosines
            .iter()
            .zip(&tone.sines)
            .zip(tone.far_cosines.iter().zip(&tone.far_sines));
        let [level, slope] = [course.middle, course.slope];
        for ((even, odd), ((cosine, sine), (far_cosine, far_sine))) in
            self.even.iter_mut().zip(&mut self.odd).zip(tables)
        {
            *even += level.cos * cosine + slope.sin * far_sine;
            *odd += level.sin * sine + slope.cos * far_cosine;
        }
    }
}

impl Tones {
    /// Tones of so many `cycles` a sample, which read `hop` samples at a time (made even,
    /// at least 2).
    pub fn new(cycles: &[f64], hop: usize) -> Self {
        let half = (hop / 2).max(1);
        let tone = |&cycles: &f64| SineTable::new(cycles, half);
        Self { hop: 2 * half, tones: cycles.iter().map(tone).collect() }
    }

    /// The samples of a run.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// The correlations of all tones with samples of which the first is number `start` of
    /// the record.
    pub fn correlate(&self, samples: &[f64], start: usize) -> Runs {
        let count = samples.len().div_ceil(self.hop);
        let mut found = Runs {
            hop: self.hop,
            start,
            length: samples.len(),
            cycles: self.tones.iter().map(|tone| tone.cycles).collect(),
            sums: Vec::with_capacity(count),
            tones: vec![Vec::with_capacity(count); self.tones.len()],
        };

        let mut folded = Folded::new(self.hop / 2);
        let (whole, last) = samples.split_at(samples.len() - samples.len() % self.hop);
        for run in whole.chunks_exact(self.hop) {
            folded.fold(run);
            self.add(&folded, &mut found);
        }

        // Zeros behind the last samples add nothing to a correlation.
        if !last.is_empty() {
            let mut filled = vec![0.0; self.hop];
            filled[..last.len()].copy_from_slice(last);
            folded.fold(&filled);
            self.add(&folded, &mut found);
        }

        found.place();
        found
    }

    fn add(&self, folded: &Folded, found: &mut Runs) {
        found.sums.push(sum_of(&folded.even, |x| x));
        for (tone, runs) in self.tones.iter().zip(&mut found.tones) {
            runs.push(Complex::new(
                dot(&folded.even, &tone.cosines),
                -dot(&folded.odd, &tone.sines),
            ));
        }
    }

    /// Subtracts `a cos(2πνn) + b sin(2πνn)` of all tones; `(a, b)` of each goes in a
    /// straight line from `first` at the first sample to `last` just beyond the last one.
    pub fn subtract(
        &self,
        samples: &mut [f64],
        start: usize,
        first: &[SineAmplitude],
        last: &[SineAmplitude],
    ) {
        let count = samples.len() as f64;
        let middle = (self.hop as f64 - 1.0) / 2.0;
        let turned: Vec<Vec<Complex>> = self
            .tones
            .iter()
            .map(|tone| self.middles(tone, samples.len(), start))
            .collect();

        let mut folded = Folded::new(self.hop / 2);
        let mut filled = vec![0.0; self.hop];
        for (index, run) in samples.chunks_mut(self.hop).enumerate() {
            folded.even.fill(0.0);
            folded.odd.fill(0.0);
            let share = ((index * self.hop) as f64 + middle) / count;
            for (i, tone) in self.tones.iter().enumerate() {
                folded.add(
                    tone,
                    &AmplitudeCourse::between(first[i], last[i], share, count)
                        .turned(turned[i][index]),
                );
            }
            // A short last run has its phases from the middle of a whole one.
            if run.len() == self.hop {
                folded.subtract_from(run);
            } else {
                filled[..run.len()].copy_from_slice(run);
                folded.subtract_from(&mut filled);
                run.copy_from_slice(&filled[..run.len()]);
            }
        }
    }

    fn middles(&self, tone: &SineTable, samples: usize, start: usize) -> Vec<Complex> {
        phasors(
            tone.cycles,
            start as f64 + (self.hop as f64 - 1.0) / 2.0,
            self.hop,
            samples.div_ceil(self.hop),
        )
    }
}

/// An amplitude that changes in a straight line about the middle of a run.
struct AmplitudeCourse {
    middle: SineAmplitude,
    slope: SineAmplitude,
}

impl AmplitudeCourse {
    fn between(
        first: SineAmplitude,
        last: SineAmplitude,
        share: f64,
        count: f64,
    ) -> Self {
        let change =
            SineAmplitude { cos: last.cos - first.cos, sin: last.sin - first.sin };
        Self {
            middle: SineAmplitude {
                cos: first.cos + share * change.cos,
                sin: first.sin + share * change.sin,
            },
            slope: SineAmplitude { cos: change.cos / count, sin: change.sin / count },
        }
    }

    /// The same sine with its phase counted from where a phasor has turned to.
    fn turned(&self, by: Complex) -> Self {
        let turn = |amplitude: SineAmplitude| SineAmplitude {
            cos: amplitude.cos * by.re + amplitude.sin * by.im,
            sin: amplitude.sin * by.re - amplitude.cos * by.im,
        };
        Self { middle: turn(self.middle), slope: turn(self.slope) }
    }
}

/// The weights of the cosine and the sine of a tone.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SineAmplitude {
    /// The weight of `cos(2πνn)`.
    pub cos: f64,
    /// The weight of `sin(2πνn)`.
    pub sin: f64,
}

/// Sines and a constant that fit samples best.
#[derive(Debug, Clone, PartialEq)]
pub struct SineFit {
    /// The sines, in the order of the tones.
    pub amplitudes: Vec<SineAmplitude>,
    /// The constant beside them.
    pub constant: f64,
    /// By how much they lower the sum of squares.
    pub reduction: f64,
}

/// `Σ x[n] e^(−j2πνn)` of each run of samples, for a few tones, and the plain sums.
#[derive(Debug, Clone)]
pub struct Runs {
    hop: usize,
    start: usize,
    length: usize,
    cycles: Vec<f64>,
    sums: Vec<f64>,
    tones: Vec<Vec<Complex>>,
}

impl Runs {
    /// How many runs there are; the last one may be shorter than the others.
    pub fn count(&self) -> usize {
        self.sums.len()
    }

    /// How many tones there are.
    pub fn tones(&self) -> usize {
        self.tones.len()
    }

    /// How many samples some runs have.
    pub fn samples(&self, runs: &Range<usize>) -> usize {
        (runs.end * self.hop).min(self.length).saturating_sub(runs.start * self.hop)
    }

    /// From phases about the middle of each run to those of the record.
    fn place(&mut self) {
        let (first, count) = (self.middle(0), self.count());
        for (runs, &cycles) in self.tones.iter_mut().zip(&self.cycles) {
            runs.iter_mut()
                .zip(phasors(-cycles, first, self.hop, count))
                .for_each(|(run, turned)| *run *= turned);
        }
    }

    fn middle(&self, run: usize) -> f64 {
        (self.start + run * self.hop) as f64 + (self.hop as f64 - 1.0) / 2.0
    }

    /// The correlations of the runs with a tone.
    pub fn correlations(&self, tone: usize) -> &[Complex] {
        &self.tones[tone]
    }

    /// What correlations with a frequency so many cycles a sample beside a tone are to be
    /// multiplied with, run by run. Frequencies as far apart as runs are short get lost:
    /// noise stays as strong as it is, a line does not.
    pub fn turns(&self, offset: f64, count: usize) -> Vec<Complex> {
        phasors(-offset, 0.0, self.hop, count)
    }

    /// The least-squares fits, each to some runs, of the tones and a constant, where the
    /// samples of a run have the weight of the run: 1 over the variance of what surrounds
    /// the sines is best, all alike is the plain fit. `None` for runs that are too few to
    /// tell the tones apart, or weigh nothing.
    ///
    /// # Panics
    /// When there is not a weight for every run.
    pub fn fits(&self, ranges: &[Range<usize>], weights: &[f64]) -> Vec<Option<SineFit>> {
        ranges
            .iter()
            .map(|range| self.fit(range.clone(), &weights[range.clone()]))
            .collect()
    }

    fn fit(&self, range: Range<usize>, weights: &[f64]) -> Option<SineFit> {
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start)?;
        let (first, count) = (self.middle(range.start), range.len());
        // A short last run has its middle before that of a whole one.
        let short = self.samples(&(last..range.end));
        let behind = (self.start + last * self.hop) as f64 + (short as f64 - 1.0) / 2.0;
        let turns = |&cycles: &f64| {
            let mut turns = phasors(cycles, first, self.hop, count - 1);
            turns.extend(phasors(cycles, behind, self.hop, 1));
            turns
        };
        let equations = WeightedRuns {
            cycles: &self.cycles,
            turns: self.cycles.iter().map(turns).collect(),
            weights,
            hop: self.hop,
            last: short,
        };

        let weighed = |values: &[Complex]| -> Complex {
            values[range.clone()]
                .iter()
                .zip(weights)
                .map(|(run, weight)| run * weight)
                .sum()
        };
        let correlations: Vec<Complex> =
            self.tones.iter().map(|runs| weighed(runs)).collect();
        equations.solve(&correlations, dot(&self.sums[range], weights))
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::dsp::random::{SplitMix64, normals};

    /// The plain fit to all samples.
    fn whole(runs: &Runs) -> Option<SineFit> {
        let whole = 0..runs.count();
        runs.fits(std::slice::from_ref(&whole), &vec![1.0; runs.count()]).remove(0)
    }

    fn demodulated(samples: &[f64], cycles: f64, hop: usize) -> Demodulated {
        let runs = Tones::new(&[cycles], hop).correlate(samples, 0);
        Demodulated::new(cycles, hop, runs.correlations(0), samples.iter().sum())
    }

    #[test]
    fn sines_are_found_whatever_their_phase_and_place() {
        let mut generator = SplitMix64::new(3);
        for _ in 0..50 {
            let (n, start) = (200 + generator.index(800), generator.index(1_000_000));
            let cycles =
                [0.02 + 0.1 * generator.uniform(), 0.2 + 0.2 * generator.uniform()];
            let truth: Vec<f64> = (0..5).map(|_| generator.normal()).collect();
            let samples: Vec<f64> = (start..start + n)
                .map(|m| {
                    let angle = |i: usize| 2.0 * PI * (cycles[i] * m as f64).fract();
                    let [a, b] = [angle(0), angle(1)];
                    truth[0] * a.cos()
                        + truth[1] * a.sin()
                        + truth[2] * b.cos()
                        + truth[3] * b.sin()
                        + truth[4]
                })
                .collect();
            let fit = whole(
                &Tones::new(&cycles, 2 + generator.index(60)).correlate(&samples, start),
            )
            .unwrap();
            // The phase of a late sample is known to 1e6 cycles times the rounding error.
            for (found, truth) in fit
                .amplitudes
                .iter()
                .flat_map(|a| [a.cos, a.sin])
                .chain([fit.constant])
                .zip(truth)
            {
                assert!((found - truth).abs() < 1e-8, "{found} {truth}");
            }
        }
    }

    #[test]
    fn sums_of_runs_are_the_plain_sums() {
        for (n, hop) in [(1, 6), (5, 2), (1003, 10), (640, 64), (77, 33)] {
            let samples = normals(n as u64, n);
            let runs = Tones::new(&[0.0371, 0.21], hop).correlate(&samples, 991);
            for (tone, cycles) in [0.0371, 0.21].into_iter().enumerate() {
                let plain: Complex = (991..)
                    .zip(&samples)
                    .map(|(m, x)| phasor(-cycles, f64::from(m)) * *x)
                    .sum();
                let found: Complex = runs.tones[tone].iter().sum();
                assert!((found - plain).norm() < 1e-10, "{n} {hop}: {found} {plain}");
            }
        }
    }

    #[test]
    fn subtracting_a_fit_lowers_the_squares_by_what_it_says() {
        let mut samples = normals(9, 1003);
        let before: f64 = samples.iter().map(|x| x * x).sum();
        let tones = Tones::new(&[0.05, 0.151], 50);
        let fit = whole(&tones.correlate(&samples, 77)).unwrap();
        tones.subtract(&mut samples, 77, &fit.amplitudes, &fit.amplitudes);
        let after: f64 = samples.iter().map(|x| (x - fit.constant).powi(2)).sum();
        assert!((before - after - fit.reduction).abs() < 1e-10);
    }

    #[test]
    fn a_changing_amplitude_is_followed() {
        for hop in [2, 7, 64, 100] {
            let mut samples: Vec<f64> = (0..507)
                .map(|n| {
                    (1.0 + f64::from(n) / 507.0) * (2.0 * PI * 0.05 * f64::from(n)).cos()
                })
                .collect();
            let (first, last) = (
                SineAmplitude { cos: 1.0, sin: 0.0 },
                SineAmplitude { cos: 2.0, sin: 0.0 },
            );
            Tones::new(&[0.05], hop).subtract(&mut samples, 0, &[first], &[last]);
            assert!(samples.iter().all(|x| x.abs() < 1e-12), "{hop}");
        }
    }

    #[test]
    fn weights_keep_what_is_loud_out_of_a_fit() {
        let (hop, cycles) = (50, [0.049_97, 0.15]);
        let loud = |n: usize| (1000..3020).contains(&n);
        let noise = normals(6, 4020);
        let samples: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(n, x)| {
                let angle = 2.0 * PI * (cycles[0] * n as f64).fract();
                if loud(n) { 50.0 * x + angle.cos() } else { 0.1 * x + angle.cos() }
            })
            .collect();
        let runs = Tones::new(&cycles, hop).correlate(&samples, 0);
        let weight = |run: usize| if loud(run * hop) { 1.0 / 2500.0 } else { 100.0 };
        let weights: Vec<f64> = (0..runs.count()).map(weight).collect();
        let range = 0..runs.count();
        let error = |weights: &[f64]| {
            let fit = runs.fits(std::slice::from_ref(&range), weights).remove(0).unwrap();
            let [a, b] = [fit.amplitudes[0], fit.amplitudes[1]];
            [a.cos - 1.0, a.sin, b.cos, b.sin].iter().map(|x| x * x).sum::<f64>().sqrt()
        };
        let (weighted, plain) = (error(&weights), error(&vec![1.0; runs.count()]));
        assert!(weighted < 0.01 && plain > 0.5, "{weighted} {plain}");
    }

    #[test]
    fn too_few_samples_to_tell() {
        assert_eq!(whole(&Tones::new(&[0.1], 10).correlate(&[1.0, 2.0], 0)), None);
        let runs = Tones::new(&[0.1], 10).correlate(&normals(1, 100), 0);
        assert_eq!(runs.fits(&[0..10, 3..3], &[0.0; 10]), [None, None]);
        assert_eq!(frequency(&[], 0.1, 0.1, 0.01), None);
    }

    #[test]
    fn runs_change_the_frequency_by_next_to_nothing() {
        let noise = normals(4, 8000);
        let samples: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(n, x)| x + (2.0 * PI * 0.025_01 * n as f64).sin())
            .collect();
        let found = |hop| {
            frequency(&[demodulated(&samples, 0.025, hop)], 0.025, 1e-4, 2e-5).unwrap()
        };
        assert!((found(2) - 0.025_01).abs() < 2e-6);
        assert!((found(2) - found(100)).abs() < 1e-7);
    }
}
