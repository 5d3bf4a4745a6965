//! Sums over the segments that two channels share, and the coherence made of them.

use super::limits::confidence_limit;
use super::{Grid, SegmentSpectra};
use crate::dsp::fourier::Complex;
use crate::dsp::stats::mean;

/// The sums over shared segments that everything about two channels is made of. Those of
/// several recordings add up.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossSpectrum {
    grid: Grid,
    segments: usize,
    /// How many segments of one power they are worth; all of them where it is not asked.
    independent: f64,
    first: Vec<f64>,
    second: Vec<f64>,
    cross: Vec<Complex>,
}

impl CrossSpectrum {
    /// The sums over the segments that both channels have: `|X|²`, `|Y|²` and
    /// `conj(X)·Y`, as `scipy.signal.csd(x, y)` has it, so that the phase falls with
    /// frequency where the second channel comes later. `None` for channels that were cut
    /// in different ways; sums of 0 where no segment is shared.
    pub fn from_segments(
        first: &SegmentSpectra,
        second: &SegmentSpectra,
    ) -> Option<Self> {
        let grid = first.grid();
        if grid != second.grid() {
            return None;
        }

        let bins = grid.bins();
        let first_sum = vec![0.0; bins];
        let second_sum = vec![0.0; bins];
        let mut sums = Self {
            grid,
            segments: 0,
            independent: 0.0,
            first: first_sum,
            second: second_sum,
            cross: vec![Complex::default(); bins],
        };

        for (x, y) in first.shared(second) {
            sums.segments += 1;
            sums.independent += 1.0;
            for (bin, (x, y)) in x.iter().zip(y).enumerate() {
                sums.first[bin] += x.norm_sqr();
                sums.second[bin] += y.norm_sqr();
                sums.cross[bin] += x.conj() * y;
            }
        }

        Some(sums)
    }

    /// Sums that were made before: the powers of both channels and the cross spectrum, of
    /// which there are as many as the grid has bins, else `None`.
    pub fn from_sums(
        grid: Grid,
        segments: usize,
        powers: [Vec<f64>; 2],
        cross: Vec<Complex>,
    ) -> Option<Self> {
        let [first, second] = powers;
        let fits = [first.len(), second.len(), cross.len()] == [grid.bins(); 3];
        let independent = segments as f64;
        fits.then_some(Self { grid, segments, independent, first, second, cross })
    }

    /// The sums over the segments of several recordings, whose coherence is the pooled
    /// one of Amjad et al. (1997), or of one recording cut on several grids that overlap.
    /// Each counts with its power; make them [`normalised`](Self::normalised) first where
    /// amplitudes differ for reasons of no interest. `None` for none, and for recordings
    /// that were cut in different ways.
    pub fn pooled<'a>(recordings: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut recordings = recordings.into_iter();
        let mut pool = recordings.next()?.clone();
        for recording in recordings {
            if recording.grid != pool.grid {
                return None;
            }
            pool.segments += recording.segments;
            pool.independent += recording.independent;
            pool.first
                .iter_mut()
                .zip(&recording.first)
                .for_each(|(sum, power)| *sum += power);
            pool.second
                .iter_mut()
                .zip(&recording.second)
                .for_each(|(sum, power)| *sum += power);
            pool.cross
                .iter_mut()
                .zip(&recording.cross)
                .for_each(|(sum, cross)| *sum += cross);
        }

        Some(pool)
    }

    /// With the mean square of each channel, as far as its frequencies are kept, made 1:
    /// its coherence is the same, its cumulant density is in units of correlation, and
    /// pooled recordings count by their length alone. A channel without power stays as it
    /// is.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        let [first, second] = [&self.first, &self.second].map(|powers| {
            let square = self.mean_square(powers.iter().copied());
            if square > 0.0 { 1.0 / square } else { 1.0 }
        });
        self.first.iter_mut().for_each(|power| *power *= first);
        self.second.iter_mut().for_each(|power| *power *= second);
        let both = first.sqrt() * second.sqrt();
        self.cross.iter_mut().for_each(|cross| *cross *= both);
        self
    }

    /// Of summed powers, the mean square of the samples behind them.
    fn mean_square(&self, powers: impl Iterator<Item = f64>) -> f64 {
        let n = self.grid.length;
        let whole: f64 =
            powers.enumerate().map(|(bin, power)| power * sides(bin, n)).sum();
        whole / (n as f64 * self.energy() * self.segments.max(1) as f64)
    }

    /// The sum of the squared weights of a segment.
    pub(super) fn energy(&self) -> f64 {
        self.grid
            .window
            .weights(self.grid.length)
            .iter()
            .map(|weight| weight * weight)
            .sum()
    }

    /// The same sums, which are worth so many segments of one power (see
    /// [`SegmentSpectra::worth_with`]): the limits and intervals of the coherence are
    /// theirs.
    #[must_use]
    pub fn worth(self, segments: f64) -> Self {
        Self { independent: segments, ..self }
    }

    /// How many segments of one power they are worth.
    pub fn independent(&self) -> f64 {
        self.independent
    }

    /// How the channels were cut.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// How many segments were summed.
    pub fn segments(&self) -> usize {
        self.segments
    }

    /// The summed squared magnitudes of the first and of the second channel, bin by bin.
    pub fn powers(&self) -> (&[f64], &[f64]) {
        (&self.first, &self.second)
    }

    /// The sum of `conj(X)·Y`, bin by bin.
    pub fn cross(&self) -> &[Complex] {
        &self.cross
    }

    /// The phase of the second channel against the first at a bin, in radians from −π to
    /// π; below 0 where the second comes later. `None` for a bin that is not kept or has
    /// no cross spectrum.
    pub fn phase(&self, bin: usize) -> Option<f64> {
        let cross = self.cross.get(bin)?;
        (cross.norm_sqr() > 0.0).then(|| libm::atan2(cross.im, cross.re))
    }

    /// The coherence; `None` for fewer than two segments, of which the coherence would be
    /// 1 whatever they are.
    pub fn coherence(&self) -> Option<CoherenceSpectrum> {
        let powers = self.first.iter().zip(&self.second);
        // Roots first: the product of both powers may leave the range of numbers.
        let value = |(cross, (x, y)): (&Complex, (&f64, &f64))| {
            let product = x.sqrt() * y.sqrt();
            let value = (cross / product).norm_sqr();
            // 0/0 without power, and no number where squares left that range; `min` would
            // make 1 of it.
            if !product.is_finite() {
                f64::NAN
            } else if value > 1.0 {
                1.0
            } else {
                value
            }
        };

        let values = self.cross.iter().zip(powers).map(value).collect();
        (self.segments > 1).then_some(CoherenceSpectrum {
            grid: self.grid,
            segments: self.independent,
            values,
        })
    }
}

/// How often a bin stands in the two-sided spectrum of `n` samples.
pub(super) fn sides(bin: usize, n: usize) -> f64 {
    if bin == 0 || 2 * bin == n { 1.0 } else { 2.0 }
}

/// The coherence of two channels, frequency by frequency.
///
/// It is 0 without and 1 with a perfect linear relation; without any, L segments give 1/L
/// on average.
#[derive(Debug, Clone, PartialEq)]
pub struct CoherenceSpectrum {
    /// How the channels were cut.
    pub grid: Grid,
    /// How many independent segments it rests on; see
    /// [`effective_segments`](super::effective_segments) for those that overlap.
    pub segments: f64,
    /// The coherence of each bin, in 0 … 1; `NaN` where a channel has no power.
    pub values: Vec<f64>,
}

impl CoherenceSpectrum {
    /// The values of the bins between two frequencies in hertz, both included, `NaN`
    /// where a channel has no power.
    pub fn band_values(&self, low_hz: f64, high_hz: f64) -> &[f64] {
        self.values.get(self.grid.band(low_hz, high_hz)).unwrap_or_default()
    }

    /// The plain mean of the coherence between two frequencies in hertz, for comparison
    /// with studies that give it; [`BandCoherence`](super::BandCoherence) averages what
    /// is nearly normal. `None` without any value.
    pub fn mean(&self, low_hz: f64, high_hz: f64) -> Option<f64> {
        let there: Vec<f64> = self
            .band_values(low_hz, high_hz)
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        mean(&there)
    }

    /// The share of the bins between two frequencies in hertz whose coherence exceeds the
    /// limit of independent channels at the level `alpha`; about `alpha` of them do by
    /// chance. `None` without any value or limit.
    pub fn share_above(&self, low_hz: f64, high_hz: f64, alpha: f64) -> Option<f64> {
        let limit = confidence_limit(self.segments, alpha)?;
        let there =
            self.band_values(low_hz, high_hz).iter().filter(|value| !value.is_nan());
        let (count, above) = there.fold((0_usize, 0_usize), |(n, k), &value| {
            (n + 1, k + usize::from(value > limit))
        });
        (count > 0).then(|| above as f64 / count as f64)
    }

    /// The 95 % interval of the coherence of a bin (see [`interval`](super::interval));
    /// `None` for a bin that is not kept or has no value.
    pub fn interval(&self, bin: usize) -> Option<(f64, f64)> {
        super::interval(*self.values.get(bin)?, self.segments)
    }
}
