//! Lines in a spectrum: replaced by what stands beside them, and how unlikely they are by chance.

use std::ops::{Range, RangeInclusive};

use super::fourier::{Complex, Fourier};

/// A stretch of the spectrum to be replaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Its centre in hertz.
    pub frequency_hz: f64,
    /// How far it reaches to either side, in hertz.
    pub half_width_hz: f64,
}

/// Spectrum interpolation (Mewett, Reynolds & Nazeran 2004; Leske & Dalal 2019): the magnitudes
/// within each line become the mean magnitude of the bins within `beside_hz` on both sides; the
/// phases stay. Samples that do not hold whole cycles of a line leak past its edges.
pub fn interpolate(fourier: &mut Fourier, samples: &[f64], rate: f64, lines: &[Line], beside_hz: f64) -> Vec<f64> {
    let mut spectrum = Vec::new();
    fourier.spectrum(samples, &mut spectrum);
    if spectrum.is_empty() {
        return Vec::new();
    }
    let last = spectrum.len() - 1;
    // The nearest bin; halfway, the lower one, as NumPy's argmin takes it.
    let near = |hz: f64| ((hz * samples.len() as f64 / rate - 0.5).ceil().max(0.0) as usize).min(last);
    for line in lines {
        let (low, high) = (line.frequency_hz - line.half_width_hz, line.frequency_hz + line.half_width_hz);
        let (from, to) = (near(low), near(high));
        let beside = (near(low - beside_hz)..from).chain(to + 1..near(high + beside_hz) + 1);
        replace(&mut spectrum, from, to, beside);
    }
    fourier.samples(&spectrum, samples.len())
}

fn replace(spectrum: &mut [Complex], from: usize, to: usize, beside: impl Iterator<Item = usize>) {
    let (count, sum) = beside.fold((0, 0.0), |(count, sum), k| (count + 1, sum + spectrum[k].norm()));
    if count == 0 {
        return;
    }
    let mean = sum / f64::from(count);
    for value in &mut spectrum[from..=to] {
        let size = value.norm();
        *value = if size > 0.0 { *value * (mean / size) } else { Complex::new(mean, 0.0) };
    }
}

/// The logarithm of the probability that a sum of `count` standard exponential numbers exceeds `sum`
/// (0 up to their mean): how likely noise alone has a line's power in so many blocks.
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

/// The neighbours that a frequency is compared with: this far from it at least, in hertz.
const NEIGHBOURS_FROM_HZ: f64 = 1.5;
/// The neighbours that a frequency is compared with: this far from it at most, in hertz.
pub const NEIGHBOURS_TO_HZ: f64 = 5.0;

/// How clearly frequencies stand out of their neighbours, over all blocks of a record.
///
/// In noise with a smooth spectrum each value is a sum of one standard exponential number a block,
/// whatever the spectrum and whatever the power of a block: see [`log_chance`].
#[derive(Debug, Clone, PartialEq)]
pub struct Prominence {
    /// How many blocks it rests on; silent ones do not count.
    pub blocks: usize,
    /// The distance of two bins in hertz.
    pub bin_hz: f64,
    values: Vec<f64>,
}

impl Prominence {
    /// The prominence of the `wanted` bins of blocks that are padded to `size` samples, a power of
    /// two. Bins without neighbours on both sides are not prominent.
    pub fn of(
        samples: &[f64],
        blocks: &[Range<usize>],
        rate: f64,
        size: usize,
        wanted: &[RangeInclusive<usize>],
    ) -> Self {
        let mut found = Self { blocks: 0, bin_hz: rate / size as f64, values: vec![0.0; size / 2 + 1] };
        let (mut fourier, mut padded, mut spectrum) = (Fourier::new(), vec![0.0; size], Vec::new());
        let mut bins: Vec<usize> = wanted.iter().cloned().flatten().collect();
        bins.sort_unstable();
        bins.dedup();
        for block in blocks {
            let length = block.len().min(size);
            padded[..length].copy_from_slice(&samples[block.start..block.start + length]);
            padded[length..].fill(0.0);
            fourier.spectrum(&padded, &mut spectrum);
            // Bins of a padded block are not independent: a block of T seconds knows T values a hertz.
            let independent = 2.0 * (NEIGHBOURS_TO_HZ - NEIGHBOURS_FROM_HZ) * length as f64 / rate;
            found.add(&spectrum, independent, &bins);
        }
        found
    }

    fn add(&mut self, spectrum: &[Complex], independent: f64, bins: &[usize]) {
        let mut below = Vec::with_capacity(spectrum.len() + 1);
        below.push(0.0);
        below.extend(spectrum.iter().scan(0.0, |sum, value| {
            *sum += value.norm_sqr();
            Some(*sum)
        }));
        if below[spectrum.len()] <= 0.0 {
            return;
        }
        self.blocks += 1;
        let near = (NEIGHBOURS_FROM_HZ / self.bin_hz).round() as usize;
        let far = (NEIGHBOURS_TO_HZ / self.bin_hz).round() as usize;
        for &bin in bins.iter().filter(|&&bin| bin >= far && bin + far < spectrum.len()) {
            let beside = below[bin - near] - below[bin - far] + below[bin + far + 1] - below[bin + near + 1];
            let ratio = spectrum[bin].norm_sqr() / (beside / (2 * (far - near)) as f64);
            if ratio.is_finite() {
                // The ratio follows Fisher's F with 2 and 2·independent degrees; this makes it exponential.
                self.values[bin] += independent * libm::log1p(ratio / independent);
            }
        }
    }

    /// The prominence of a bin; 0 of one that was not wanted.
    pub fn at(&self, bin: usize) -> f64 {
        self.values.get(bin).copied().unwrap_or(0.0)
    }

    /// The logarithm of the probability that noise alone is as prominent.
    pub fn log_chance(&self, bin: usize) -> f64 {
        log_chance(self.blocks, self.at(bin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let line = Line { frequency_hz: 50.0, half_width_hz: 1.0 };
        assert!(interpolate(&mut Fourier::new(), &[], 1000.0, &[line], 2.0).is_empty());
        let short = [1.0, 2.0, 3.0];
        let kept = interpolate(&mut Fourier::new(), &short, 1000.0, &[line], 2.0);
        assert!(kept.iter().zip(short).all(|(a, b)| (a - b).abs() < 1e-14));
    }
}
