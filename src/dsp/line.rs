//! Lines in a spectrum: replaced by what stands beside them, and how unlikely they are by
//! chance.

use super::fourier::{Complex, ComplexFourier, Fourier, magnitude};
use super::multitaper::sine_taper;
use super::sums::dot;

/// A stretch of the spectrum to be replaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectralLine {
    /// Its centre in hertz.
    pub frequency_hz: f64,
    /// How far it reaches to either side, in hertz.
    pub half_width_hz: f64,
}

/// Spectrum interpolation (Mewett, Reynolds & Nazeran 2004; Leske & Dalal 2019): the
/// magnitudes within each line become the mean magnitude of the bins within `beside_hz`
/// on both sides; the phases stay. Samples that do not hold whole cycles of a line leak
/// past its edges.
pub fn interpolate(
    fourier: &mut Fourier,
    samples: &[f64],
    rate: f64,
    lines: &[SpectralLine],
    beside_hz: f64,
) -> Vec<f64> {
    let mut spectrum = Vec::new();
    fourier.spectrum(samples, &mut spectrum);
    if spectrum.is_empty() {
        return Vec::new();
    }

    let last = spectrum.len() - 1;
    // The nearest bin; halfway, the lower one, as NumPy's argmin takes it.
    let near = |hz: f64| {
        ((hz * samples.len() as f64 / rate - 0.5).ceil().max(0.0) as usize).min(last)
    };
    for line in lines {
        let low = line.frequency_hz - line.half_width_hz;
        let high = line.frequency_hz + line.half_width_hz;
        let (from, to) = (near(low), near(high));
        let beside =
            (near(low - beside_hz)..from).chain(to + 1..near(high + beside_hz) + 1);
        replace(&mut spectrum, from, to, beside);
    }

    fourier.samples(&spectrum, samples.len())
}

fn replace(
    spectrum: &mut [Complex],
    from: usize,
    to: usize,
    beside: impl Iterator<Item = usize>,
) {
    let (count, sum) = beside
        .fold((0, 0.0), |(count, sum), k| (count + 1, sum + magnitude(spectrum[k])));
    if count == 0 {
        return;
    }
    let mean = sum / f64::from(count);
    for value in &mut spectrum[from..=to] {
        let size = magnitude(*value);
        *value =
            if size > 0.0 { *value * (mean / size) } else { Complex::new(mean, 0.0) };
    }
}

/// The logarithm of the probability that a sum of `count` standard exponential numbers
/// exceeds `sum` (0 up to their mean): how likely noise alone has a line's power in so
/// many blocks.
pub fn log_chance(count: usize, sum: f64) -> f64 {
    let shape = count as f64;
    if count == 0 || sum.is_nan() || sum <= shape {
        return 0.0;
    }

    // e^(−x) Σ x^k/k!, k < count, from its largest term downwards.
    let (mut term, mut series) = (1.0, 0.0);
    for k in (1..=count).rev() {
        series += term;
        term *= (k - 1) as f64 / sum;
        if term < 1e-17 {
            break;
        }
    }

    (shape - 1.0) * libm::log(sum) - libm::lgamma(shape) - sum + libm::log(series)
}

/// The fewest tapers of a [`LineTest`].
const FEWEST_TAPERS: usize = 7;

/// The frequencies that a [`LineTest`] looks at lie closer than those of a transform by so
/// much.
const FINER: usize = 4;

/// Thomson's F test of lines in a series of complex values (Thomson 1982, Proc IEEE
/// 70:1055), with the sine tapers of Riedel & Sidorenko (1995): their spectra are
/// differences of values of one transform.
///
/// The shape of a line (what it would be without its turning) may change over the series;
/// for noise whose spectrum is smooth within the band of the K tapers the ratio of line to
/// noise follows Fisher's F with 2 and 2K − 2 degrees. K is 0.6 of the length, so that the
/// band reaches 0.3 cycles a value to either side, and 7 at least.
pub struct LineTest {
    length: usize,
    fourier: ComplexFourier,
    tapers: Vec<Vec<f64>>,
    values: Vec<Complex>,
}

impl LineTest {
    /// For series of so many values, 10 at least.
    pub fn new(length: usize) -> Self {
        let count = Self::frequencies(length);
        Self {
            length,
            fourier: ComplexFourier::new(count),
            tapers: (1..=Self::tapers(length))
                .map(|k| sine_taper(k, length).collect())
                .collect(),
            values: vec![Complex::default(); count],
        }
    }

    /// How many frequencies it looks at, from 0 on and equally far apart up to once a
    /// value; those of the second half are also negative ones.
    pub fn frequencies(length: usize) -> usize {
        FINER * (length + 1)
    }

    /// How many frequencies to either side the band of the tapers holds.
    pub fn band(length: usize) -> usize {
        FINER / 2 * Self::tapers(length)
    }

    fn tapers(length: usize) -> usize {
        (3 * (length + 1) / 5).max(FEWEST_TAPERS)
    }

    /// Adds to `sums`, for some of the frequencies, the negative logarithm of the
    /// probability that noise alone is as much like a line: a standard exponential number
    /// where there is none. A silent series or a shape of nothing adds 0.
    pub fn add(
        &mut self,
        series: &[Complex],
        shape: &[f64],
        frequencies: &[usize],
        sums: &mut [f64],
    ) {
        self.values.fill(Complex::default());
        self.values[1..=self.length].copy_from_slice(series);
        self.fourier.transform(&mut self.values);
        let shapes: Vec<f64> =
            self.tapers.iter().map(|taper| dot(taper, shape)).collect();
        let size = dot(&shapes, &shapes);
        if size <= 0.0 {
            return;
        }
        for (sum, &frequency) in sums.iter_mut().zip(frequencies) {
            *sum += self.log_chance(frequency, &shapes, size);
        }
    }

    fn log_chance(&self, frequency: usize, shapes: &[f64], size: f64) -> f64 {
        let count = self.values.len();
        let (mut line, mut power) = (Complex::default(), 0.0);
        for (k, shape) in shapes.iter().enumerate() {
            let beside = FINER / 2 * (k + 1);
            // Without the factor that all of them share.
            let value = self.values[(frequency + count - beside) % count]
                - self.values[(frequency + beside) % count];
            line += value * *shape;
            power += value.norm_sqr();
        }
        let share = line.norm_sqr() / size / power;
        // The F distribution with 2 degrees above has a closed tail.
        if share > 0.0 {
            -((shapes.len() - 1) as f64) * libm::log((1.0 - share).max(SMALLEST_REST))
        } else {
            0.0
        }
    }
}

/// A line may be so much clearer than what surrounds it; more is rounding.
const SMALLEST_REST: f64 = 1e-15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn complex_noise(seed: u64, count: usize) -> Vec<Complex> {
        let parts = normals(seed, 2 * count);
        parts.chunks(2).map(|pair| Complex::new(pair[0], pair[1])).collect()
    }

    #[test]
    fn noise_alone_adds_exponential_numbers_whatever_the_shape() {
        let shapes: [fn(usize) -> f64; 2] =
            [|_| 1.0, |i| if i % 9 < 4 { 5.0 } else { 0.2 }];
        for (length, shape) in [(11, shapes[0]), (39, shapes[0]), (39, shapes[1])] {
            let shape: Vec<f64> = (0..length).map(shape).collect();
            let mut test = LineTest::new(length);
            let all: Vec<usize> = (0..LineTest::frequencies(length)).collect();
            let (mut sums, mut rare, blocks) = (vec![0.0; all.len()], 0, 2000);
            for block in 0..blocks {
                let mut one = vec![0.0; all.len()];
                test.add(&complex_noise(block, length), &shape, &all, &mut one);
                rare += usize::from(one[0] > 3.0);
                sums.iter_mut().zip(&one).for_each(|(sum, one)| *sum += one);
            }
            let mean = sums.iter().sum::<f64>() / (sums.len() as f64 * blocks as f64);
            // e^−3 of 2000 are 100; seven standard deviations are 68.
            assert!(
                (mean - 1.0).abs() < 0.03 && rare.abs_diff(100) < 40,
                "{mean} {rare}"
            );
        }
    }

    #[test]
    fn a_line_that_swells_is_one_where_its_shape_is_known() {
        let length = 39;
        let shape: Vec<f64> =
            (0..length).map(|i| if i % 20 < 9 { 3.0 } else { 0.1 }).collect();
        let frequency = 12;
        let turned = |i: usize| {
            let angle = std::f64::consts::TAU * (frequency * i) as f64
                / (4 * (length + 1)) as f64;
            Complex::new(libm::cos(angle), libm::sin(angle))
        };
        let mut series = complex_noise(3, length);
        for (i, value) in series.iter_mut().enumerate() {
            *value += turned(i) * (2.0 * shape[i]);
        }
        let clear = |shape: &[f64]| {
            let mut sums = [0.0; 1];
            LineTest::new(length).add(&series, shape, &[frequency], &mut sums);
            sums[0]
        };
        assert!(clear(&shape) > 12.0 && clear(&shape) > 1.5 * clear(&vec![1.0; length]));
        assert_eq!(clear(&vec![0.0; length]), 0.0);
    }

    #[test]
    fn chances_agree_with_mpmath() {
        // mpmath: log of the regularised upper incomplete gamma function
        for (count, sum, expected) in [
            (1, 12.4, -12.4),
            (3, 20.0, -14.601_837_298_482_247),
            (150, 260.0, -30.628_311_568_985_8),
            (150, 20_000.0, -19_124.382_347_715_663),
        ] {
            let found = log_chance(count, sum);
            assert!((found / expected - 1.0_f64).abs() < 1e-11, "{count} {sum}: {found}");
        }
        assert_eq!(log_chance(5, 4.0), 0.0);
    }

    #[test]
    fn nothing_in_nothing_out() {
        let line = SpectralLine { frequency_hz: 50.0, half_width_hz: 1.0 };
        assert!(interpolate(&mut Fourier::new(), &[], 1000.0, &[line], 2.0).is_empty());
        let short = [1.0, 2.0, 3.0];
        let kept = interpolate(&mut Fourier::new(), &short, 1000.0, &[line], 2.0);
        assert!(kept.iter().zip(short).all(|(a, b)| (a - b).abs() < 1e-14));
    }
}
