//! A band of a spectrum and what is read from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entropy::entropy;
use super::moments::{Moments, ratio};
use crate::dsp::sums::{LANES, first_moment, sum_of};

/// How the frequency that halves the power is read between two values of a spectrum.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MedianRule {
    /// Linear interpolation of the cumulative power over bins whose edges lie half-way
    /// between frequencies.
    #[default]
    Interpolated,
    /// The first frequency at which the cumulative power reaches a half, as most
    /// toolboxes have it.
    Bin,
    /// Linear interpolation at the frequencies of the power cumulated by the trapezoidal
    /// rule.
    Trapezoid,
}

/// The indices of a band, as [`SpectrumBand::indices`] finds them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandIndices {
    /// The moments and what is a ratio of them.
    pub moments: Moments,
    /// The mean frequency `M₁/M₀` in hertz.
    pub mean_hz: f64,
    /// The frequency that halves the power, in hertz.
    pub median_hz: f64,
    /// The frequency of the highest density, in hertz; the lowest of equals.
    pub peak_hz: f64,
    /// Shannon's entropy over its maximum, 0 … 1; `None` of a single frequency.
    pub entropy: Option<f64>,
}

/// A band of a power spectrum and the indices read from it. Indices of a band without
/// power are `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumBand<'a> {
    pub(super) first: usize,
    pub(super) spacing_hz: f64,
    pub(super) density: &'a [f64],
}

impl SpectrumBand<'_> {
    fn values(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let frequency = |k: usize| (self.first + k) as f64 * self.spacing_hz;
        self.density.iter().enumerate().map(move |(k, &power)| (frequency(k), power))
    }

    /// How many frequencies the band holds.
    pub fn len(&self) -> usize {
        self.density.len()
    }

    /// Whether the band holds no frequency.
    pub fn is_empty(&self) -> bool {
        self.density.is_empty()
    }

    /// The spectral moment `Σ f^k P Δf`. A negative order leaves 0 Hz out.
    pub fn moment(&self, order: i32) -> f64 {
        match order {
            0 => self.total() * self.spacing_hz,
            1 => {
                self.spacing_hz
                    * first_moment(self.density, -(self.first as f64), 0.0)
                    * self.spacing_hz
            }
            _ => self.moments().order(order).unwrap_or_else(|| self.far_moment(order)),
        }
    }

    fn far_moment(&self, order: i32) -> f64 {
        let values = self.values().filter(|&(f, _)| order >= 0 || f > 0.0);
        values.map(|(f, power)| f.powi(order) * power).sum::<f64>() * self.spacing_hz
    }

    /// The moments from −1 to 5 in one pass: a nanosecond per frequency.
    pub fn moments(&self) -> Moments {
        Moments::new(self.density, self.first, self.spacing_hz)
    }

    /// All indices at once, in as few passes as they need; `None` without power.
    ///
    /// ```
    /// use soleus::dsp::spectrum::{MedianRule, PowerSpectrum};
    ///
    /// let spectrum = PowerSpectrum { spacing_hz: 10.0, density: vec![0.0, 1.0, 2.0, 1.0, 0.0] };
    /// let indices = spectrum.band(10.0, 30.0).indices(MedianRule::Interpolated);
    /// assert!(indices.is_some_and(|found| found.mean_hz == 20.0 && found.median_hz == 20.0));
    /// assert!(spectrum.band(40.0, 50.0).indices(MedianRule::Bin).is_none());
    /// ```
    pub fn indices(&self, rule: MedianRule) -> Option<BandIndices> {
        let moments = self.moments();
        let total = self.power_total()?;
        Some(BandIndices {
            moments,
            mean_hz: moments.mean_frequency()?,
            median_hz: self.median_of(total, rule)?,
            peak_hz: self.highest()?,
            entropy: self.entropy_of(total),
        })
    }

    /// The mean frequency `M1/M0` in hertz.
    pub fn mean_frequency(&self) -> Option<f64> {
        ratio(self.moment(1), self.moment(0))
    }

    /// The frequency that halves the power, in hertz.
    pub fn median_frequency(&self, rule: MedianRule) -> Option<f64> {
        self.median_of(self.power_total()?, rule)
    }

    fn median_of(&self, total: f64, rule: MedianRule) -> Option<f64> {
        if rule == MedianRule::Bin {
            return self.frequency_reaching(total / 2.0);
        }

        let ends = self
            .density
            .first()
            .zip(self.density.last())
            .map_or(0.0, |(first, last)| first + last);

        // Half of the power between the band's own edges. A single value is both ends,
        // and its bin has no width.
        let half = if self.len() > 1 {
            self.spacing_hz * (total - 0.5 * ends) / 2.0
        } else {
            0.0
        };
        match rule {
            _ if !(half > 0.0 && half.is_finite()) => {
                self.values().next().map(|(f, _)| f)
            }
            MedianRule::Trapezoid => self.trapezoid_median(half),
            _ => self.interpolated_median(half),
        }
    }

    fn total(&self) -> f64 {
        sum_of(self.density, |power| power)
    }

    /// The sum of the densities if it says anything.
    fn power_total(&self) -> Option<f64> {
        let total = self.total();
        (total > 0.0 && total.is_finite()).then_some(total)
    }

    fn frequency_reaching(&self, target: f64) -> Option<f64> {
        let mut sum = 0.0;
        let reached = |&(_, power): &(f64, f64)| {
            sum += power;
            sum >= target
        };
        self.values().find(reached).map(|(f, _)| f)
    }

    /// The first and last bin are cut at the band's own edges, so they have half the
    /// width.
    fn width(&self, k: usize) -> f64 {
        let ends = usize::from(k == 0) + usize::from(k + 1 == self.len());
        self.spacing_hz * (1.0 - 0.5 * ends as f64)
    }

    fn interpolated_median(&self, half: f64) -> Option<f64> {
        let mut sum = 0.0;
        let mut edge = self.first as f64 * self.spacing_hz;
        for (k, density) in self.density.iter().enumerate() {
            let width = self.width(k);
            let power = density * self.width(k);
            if sum + power >= half {
                return Some(edge + width * (half - sum) / power);
            }
            sum += power;
            edge += width;
        }
        Some(edge)
    }

    fn trapezoid_median(&self, half: f64) -> Option<f64> {
        let mut sum = 0.0;
        for (pair, (f, _)) in self.density.windows(2).zip(self.values()) {
            let power = self.spacing_hz * (pair[0] + pair[1]) / 2.0;
            if sum + power >= half {
                return Some(f + self.spacing_hz * (half - sum) / power);
            }
            sum += power;
        }
        self.values().last().map(|(f, _)| f)
    }

    /// The frequency of the highest density, in hertz; the lowest of equals.
    pub fn peak_frequency(&self) -> Option<f64> {
        self.power_total().and_then(|_| self.highest())
    }

    fn highest(&self) -> Option<f64> {
        let (runs, rest) = self.density.as_chunks::<LANES>();
        let mut highest = [0.0_f64; LANES];
        for run in runs {
            (0..LANES).for_each(|lane| {
                highest[lane] =
                    if run[lane] > highest[lane] { run[lane] } else { highest[lane] }
            });
        }
        let highest = highest.iter().chain(rest).copied().fold(0.0, f64::max);
        let place = self.density.iter().position(|&power| power == highest)?;
        Some((self.first + place) as f64 * self.spacing_hz)
    }

    /// The fatigue index `M₋₁/M_k` of Dimitrov et al. (2006), `k` = 2 … 5; FInsm5 has `k`
    /// = 5. Its value depends on band, filters and rate, so that only ratios within one
    /// recording mean something.
    pub fn finsm(&self, order: i32) -> Option<f64> {
        let moments = self.moments();
        ratio(
            moments.order(-1)?,
            moments.order(order).unwrap_or_else(|| self.far_moment(order)),
        )
    }

    /// The variance of the frequencies, weighted by power: `M2/M0 − (M1/M0)²`, in Hz².
    pub fn frequency_variance(&self) -> Option<f64> {
        self.moments().variance()
    }

    /// The spectral deformation `Ω = √(M2/M0) / (M1/M0)` (Sinderby et al. 1995); 1 for a
    /// single line.
    pub fn deformation(&self) -> Option<f64> {
        self.moments().deformation()
    }

    /// The Shannon entropy of the normalised densities over its maximum: 0 for one line,
    /// 1 for a flat band; `None` of a single frequency.
    pub fn entropy(&self) -> Option<f64> {
        self.entropy_of(self.power_total()?)
    }

    fn entropy_of(&self, total: f64) -> Option<f64> {
        (self.len() > 1 && total.is_normal())
            .then(|| entropy(self.density, total) / libm::log(self.len() as f64))
    }

    /// The frequency below which `share` of the power lies, in hertz: linear
    /// interpolation of the cumulative power at the frequencies.
    pub fn edge_frequency(&self, share: f64) -> Option<f64> {
        let target = share * self.power_total()?;
        let (mut sum, mut before) = (0.0, None);
        for (f, power) in self.values() {
            if sum + power >= target {
                return Some(before.map_or(f, |lower: f64| {
                    lower + (f - lower) * (target - sum) / power
                }));
            }
            sum += power;
            before = Some(f);
        }

        before
    }
}
