//! Lines in a spectrum: replaced by what stands beside them, and how unlikely they are by
//! chance.

use std::ops::RangeInclusive;

use super::fourier::{Complex, Fourier, TwinValue, Twins};

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
    let (count, sum) =
        beside.fold((0, 0.0), |(count, sum), k| (count + 1, sum + spectrum[k].norm()));
    if count == 0 {
        return;
    }
    let mean = sum / f64::from(count);
    for value in &mut spectrum[from..=to] {
        let size = value.norm();
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

/// The neighbours that a frequency is compared with: this far from it at least, in hertz.
const NEIGHBOURS_FROM_HZ: f64 = 1.5;
/// The neighbours that a frequency is compared with: this far from it at most, in hertz.
pub const NEIGHBOURS_TO_HZ: f64 = 5.0;

/// The powers of a line and its neighbours, block by block, as the logarithm of a
/// likelihood ratio.
///
/// In noise with a smooth spectrum each block adds a standard exponential number,
/// whatever the spectrum and whatever its power: see [`log_chance`]. The numbers are
/// multiplied up, because a logarithm costs more than all else.
#[derive(Debug, Clone, PartialEq)]
struct LikelihoodRatios {
    sums: Vec<f64>,
    products: Vec<f64>,
    factors: usize,
    /// How many independent neighbours the products rest on.
    independent: f64,
}

/// A line may stand out of its neighbours this much; more is no clearer.
const HIGHEST_RATIO: f64 = 1e17;
/// So many ratios can be multiplied without overflow.
const FACTORS: usize = 16;

impl LikelihoodRatios {
    fn new(count: usize) -> Self {
        Self {
            sums: vec![0.0; count],
            products: vec![1.0; count],
            factors: 0,
            independent: 1.0,
        }
    }

    /// One more factor for each value follows, made by [`factor`].
    fn next(&mut self, independent: f64) {
        if self.factors == FACTORS || independent.to_bits() != self.independent.to_bits()
        {
            self.settle();
        }
        self.factors += 1;
        self.independent = independent;
    }

    fn settle(&mut self) {
        if self.factors > 0 {
            for (sum, product) in self.sums.iter_mut().zip(&mut self.products) {
                *sum += self.independent * libm::log(*product);
                *product = 1.0;
            }
        }
        self.factors = 0;
    }
}

/// The ratio of a line to the mean of its neighbours follows Fisher's F with 2 and
/// 2·independent degrees; the logarithm of this, times `independent`, is exponential.
fn factor(power: f64, neighbours: f64, independent: f64) -> f64 {
    if neighbours > 0.0 {
        1.0 + (power / (neighbours * independent)).min(HIGHEST_RATIO)
    } else {
        1.0
    }
}

/// How clearly frequencies stand out of their neighbours, over all blocks of a record.
///
/// The frequencies are those of the Fourier transform of a block and those half-way
/// between them, which are made of the four nearest on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Prominence {
    /// How many blocks it rests on.
    pub blocks: usize,
    /// The distance of two bins in hertz.
    pub bin_hz: f64,
    stripes: Vec<Stripe>,
}

/// The bins of one line. Even bins are frequencies of the transform, odd ones lie between
/// them.
#[derive(Debug, Clone, PartialEq)]
struct Stripe {
    bins: RangeInclusive<usize>,
    near: usize,
    far: usize,
    ratios: LikelihoodRatios,
}

impl Prominence {
    /// The prominence of the `wanted` bins of each line in blocks of so many samples,
    /// padded to `size`; they are `rate / size / 2` apart. `load` writes the samples of a
    /// block.
    pub fn measure(
        blocks: &[usize],
        rate: f64,
        size: usize,
        wanted: &[RangeInclusive<usize>],
        load: impl Fn(usize, &mut [f32]),
    ) -> Self {
        let stripes = wanted
            .iter()
            .map(|bins| Stripe::new(bins.clone(), rate / size as f64))
            .collect();
        let mut found =
            Self { blocks: blocks.len(), bin_hz: rate / (2 * size) as f64, stripes };

        let mut twins = Twins::new(size);
        let mut room = Room::default();
        // Two blocks of real samples cost one complex transform.
        for (pair, lengths) in blocks.chunks(2).enumerate() {
            for (twin, &length) in lengths.iter().enumerate() {
                load(2 * pair + twin, twins.samples(twin, length));
            }
            twins.transform();
            for stripe in &mut found.stripes {
                stripe.add(&twins, lengths, rate, &mut room);
            }
        }

        found.stripes.iter_mut().for_each(|stripe| stripe.ratios.settle());
        found
    }

    /// The prominence of a bin of a line; 0 of one that was not wanted.
    pub fn at(&self, line: usize, bin: usize) -> f64 {
        let stripe = &self.stripes[line];
        bin.checked_sub(*stripe.bins.start())
            .and_then(|i| stripe.ratios.sums.get(i))
            .copied()
            .unwrap_or(0.0)
    }

    /// The logarithm of the probability that noise alone is as prominent.
    pub fn log_chance(&self, line: usize, bin: usize) -> f64 {
        log_chance(self.blocks, self.at(line, bin))
    }
}

/// Working memory: the values about a line; the powers of bins and of half-bins, and
/// their sums below each; the power of every bin that is wanted and the mean beside it.
#[derive(Default)]
struct Room {
    values: Vec<TwinValue>,
    powers: [Vec<[f64; 2]>; 2],
    below: [Vec<[f64; 2]>; 2],
    compared: Vec<[[f64; 2]; 2]>,
}

impl Room {
    /// The values of some bins, the powers of those inside and of the half-bins above
    /// them, and the running sums of both.
    fn gather(&mut self, twins: &Twins, bins: RangeInclusive<usize>) {
        self.values.clear();
        self.values.extend(bins.map(|bin| twins.at(bin)));
        let inside = BETWEEN.len()..self.values.len() - BETWEEN.len();
        self.powers[0].clear();
        self.powers[0].extend(inside.clone().map(|bin| self.values[bin].power()));
        self.powers[1].clear();
        self.powers[1].extend(inside.map(|bin| half_way(&self.values, bin).power()));

        for (below, powers) in self.below.iter_mut().zip(&self.powers) {
            below.clear();
            below.push([0.0; 2]);
            let sum = |sum: &mut [f64; 2], power: &[f64; 2]| {
                *sum = [sum[0] + power[0], sum[1] + power[1]];
                Some(*sum)
            };
            below.extend(powers.iter().scan([0.0; 2], sum));
        }
    }
}

/// How many independent neighbours so many frequencies are: bins of a padded block are
/// not independent, a block of T seconds knows T values a hertz. Whole numbers, so that
/// blocks of nearly one length are alike.
fn independent(seconds: f64, neighbours: usize) -> f64 {
    let known = 2.0 * (NEIGHBOURS_TO_HZ - NEIGHBOURS_FROM_HZ) * seconds;
    known.min(neighbours as f64).round().max(1.0)
}

/// The weights of the neighbours at a distance of ½, 1½, 2½ and 3½ in the value between
/// two frequencies, `1/(π·distance)`, over the root of their sum of squares: noise keeps
/// its power.
const BETWEEN: [f64; 4] = [
    0.653_296_427_160_348_7,
    0.217_765_475_720_116_3,
    0.130_659_285_432_069_8,
    0.093_328_061_022_906_96,
];

impl Stripe {
    fn new(bins: RangeInclusive<usize>, spacing_hz: f64) -> Self {
        let count = (bins.end() + 1).saturating_sub(*bins.start());
        let near = (NEIGHBOURS_FROM_HZ / spacing_hz).round() as usize;
        let far = (NEIGHBOURS_TO_HZ / spacing_hz).round().max(4.0) as usize;
        Self { bins, near, far, ratios: LikelihoodRatios::new(count) }
    }

    /// Adds two blocks, or one.
    fn add(&mut self, twins: &Twins, lengths: &[usize], rate: f64, room: &mut Room) {
        let low = self.bins.start() / 2;
        let high = self.bins.end() / 2 + 1;
        let reach = self.far + BETWEEN.len();
        let Some(from) = low.checked_sub(reach) else {
            return;
        };
        room.gather(twins, from..=high + reach);

        room.compared.clear();
        let first = from + BETWEEN.len();
        let compared = |bin: usize| {
            self.compared(bin / 2 - first, &room.powers[bin % 2], &room.below[bin % 2])
        };
        room.compared.extend(self.bins.clone().map(compared));

        for (twin, &length) in lengths.iter().enumerate() {
            let independent =
                independent(length as f64 / rate, 2 * (self.far - self.near));
            self.ratios.next(independent);
            for (product, [power, beside]) in
                self.ratios.products.iter_mut().zip(&room.compared)
            {
                *product *= factor(power[twin], beside[twin], independent);
            }
        }
    }

    /// The powers of both blocks at a bin, and the means beside it.
    #[inline]
    fn compared(
        &self,
        bin: usize,
        powers: &[[f64; 2]],
        below: &[[f64; 2]],
    ) -> [[f64; 2]; 2] {
        let (near, far) = (self.near, self.far);
        let (low, high) = (bin - far, bin + far + 1);
        let [a, b, c, d] = [
            &below[low],
            &below[low + far - near],
            &below[high - far + near],
            &below[high],
        ];
        let count = (2 * (far - near)) as f64;

        [
            powers[bin],
            [(b[0] - a[0] + d[0] - c[0]) / count, (b[1] - a[1] + d[1] - c[1]) / count],
        ]
    }
}

/// The value between a bin and the next one. What lies at the ends of a block counts for
/// less in it, and what lies an eighth from them for more: bins are compared with bins
/// and half-bins with half-bins, or bursts that come at the same place of every block
/// would stand out as lines.
fn half_way(values: &[TwinValue], bin: usize) -> TwinValue {
    let mut sum = TwinValue::default();
    for (i, weight) in BETWEEN.iter().enumerate() {
        let above = &values[bin + 1 + i];
        let below = &values[bin - i];
        for twin in 0..2 {
            sum.re[twin] += weight * (above.re[twin] - below.re[twin]);
            sum.im[twin] += weight * (above.im[twin] - below.im[twin]);
        }
    }
    sum
}

/// How likely noise alone is as prominent as a line is: the powers of its frequency and
/// of frequencies beside it, block after block.
#[derive(Debug, Clone, PartialEq)]
pub struct LineComparison {
    blocks: usize,
    ratios: LikelihoodRatios,
}

impl LineComparison {
    /// For so many frequencies that are compared with the same neighbours.
    pub fn new(frequencies: usize) -> Self {
        Self { blocks: 0, ratios: LikelihoodRatios::new(frequencies) }
    }

    /// Adds a block of so many seconds: the powers of the frequencies and of those beside
    /// them. Silent blocks do not count.
    pub fn add(
        &mut self,
        powers: impl Iterator<Item = f64>,
        neighbours: &[f64],
        seconds: f64,
    ) {
        let beside = neighbours.iter().sum::<f64>() / neighbours.len() as f64;
        let independent = independent(seconds, neighbours.len());
        if beside > 0.0 {
            self.blocks += 1;
            self.ratios.next(independent);
            for (product, power) in self.ratios.products.iter_mut().zip(powers) {
                *product *= factor(power, beside, independent);
            }
        }
    }

    /// The logarithm of the probability that noise alone has one of the frequencies, a
    /// certain one, as prominent as the clearest is.
    pub fn log_chance(mut self) -> f64 {
        self.ratios.settle();
        log_chance(self.blocks, self.ratios.sums.iter().copied().fold(0.0, f64::max))
    }
}

/// The neighbours of a line, in hertz from it, on both sides: each half hertz.
pub fn beside() -> Vec<f64> {
    let count = ((NEIGHBOURS_TO_HZ - NEIGHBOURS_FROM_HZ) * 2.0) as usize;
    let above = (1..=count).map(|i| NEIGHBOURS_FROM_HZ + i as f64 / 2.0);
    above.flat_map(|offset| [-offset, offset]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    /// White blocks, each padded to `size`.
    fn white(size: usize, length: usize, blocks: usize) -> Prominence {
        let samples = normals(5, blocks * length);
        let load = |block: usize, place: &mut [f32]| {
            let from = samples[block * length..].iter();
            place.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
        };
        Prominence::measure(&vec![length; blocks], 100.0, size, &[160..=300], load)
    }

    #[test]
    fn prominence_of_noise_is_exponential() {
        // Bins of 0.125 Hz of blocks of 4 s; of 2 s, padded to 4.
        for length in [400, 200] {
            let (single, many) = (white(400, length, 1), white(400, length, 41));
            let mean = |found: &Prominence, parity: usize| {
                let bins: Vec<usize> =
                    (160..=300).filter(|bin| bin % 2 == parity).collect();
                bins.iter().map(|&bin| found.at(0, bin)).sum::<f64>() / bins.len() as f64
            };
            for parity in [0, 1] {
                assert!(
                    (mean(&many, parity) / 41.0 - 1.0).abs() < 0.06,
                    "{}",
                    mean(&many, parity)
                );
                assert!((mean(&single, parity) - 1.0).abs() < 0.5);
            }
            assert_eq!((many.at(0, 159), many.at(0, 301)), (0.0, 0.0));
        }
    }

    #[test]
    fn a_sine_between_two_frequencies_stands_out_as_one_at_a_frequency() {
        let at = |hz: f64| {
            let load = |_: usize, place: &mut [f32]| {
                for (i, value) in place.iter_mut().enumerate() {
                    *value = (std::f64::consts::TAU * hz * i as f64 / 100.0).sin() as f32;
                }
                place
                    .iter_mut()
                    .zip(normals(3, 400))
                    .for_each(|(value, noise)| *value += noise as f32);
            };
            let found =
                Prominence::measure(&[400, 400, 400], 100.0, 400, &[160..=240], load);
            let bin = (hz / found.bin_hz).round() as usize;
            assert!((160..=240).all(|other| found.at(0, other) <= found.at(0, bin)));
            found.at(0, bin)
        };
        let (even, odd) = (at(25.0), at(25.125));
        assert!(even > 60.0 && (odd / even - 1.0).abs() < 0.2, "{even} {odd}");
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
    fn bursts_at_the_same_place_of_every_block_are_no_lines() {
        let (blocks, size) = (1000, 1000);
        let noise = crate::dsp::random::normals(5, blocks * size);
        let load = |block: usize, place: &mut [f32]| {
            for (n, (place, value)) in
                place.iter_mut().zip(&noise[block * size..]).enumerate()
            {
                *place = (value * if (100..150).contains(&n) { 6.0 } else { 1.0 }) as f32;
            }
        };
        let found =
            Prominence::measure(&vec![size; blocks], 250.0, size, &[800..=816], load);
        for bin in 800..=816 {
            assert!(
                found.log_chance(0, bin) > libm::log(1e-6),
                "{bin}: {}",
                found.log_chance(0, bin)
            );
        }
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
