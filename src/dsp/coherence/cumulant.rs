//! The relation of two channels in time.

use std::ops::Range;

use super::cross::sides;
use super::{CrossSpectrum, Grid, Z_95, neighbours};
use crate::dsp::fourier::{Complex, Fourier};

/// The second-order cumulant density `q(u)`: the covariance of the first channel with the
/// second one `u` later, by the inverse transform of the cross spectrum (Halliday et al.
/// 1995). A peak at `u > 0` says that the second channel follows the first.
///
/// It holds what the kept frequencies contribute: of a grid up to half the sampling rate
/// the whole covariance, else that of both channels after a low-pass filter with sharp
/// edges, whose ripples have the period of the highest frequency kept. Segments are taken
/// for circular, and the weights of a window make it fall towards long lags.
#[derive(Debug, Clone, PartialEq)]
pub struct Cumulant {
    grid: Grid,
    values: Vec<f64>,
    half_width: f64,
}

/// Where a cumulant density is furthest from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// By how many samples the second channel is later.
    pub lag: isize,
    /// By how many seconds the second channel is later.
    pub lag_s: f64,
    /// The density there, in the product of both units; below 0 where the channels are
    /// opposite.
    pub value: f64,
}

impl Cumulant {
    /// Of all frequencies that are kept; `None` without a segment.
    pub fn from_spectrum(spectrum: &CrossSpectrum) -> Option<Self> {
        Self::from_bins(spectrum, 0..spectrum.grid().bins())
    }

    /// Of the frequencies between two in hertz, both included; `None` without a segment
    /// or a bin.
    pub fn from_band(
        spectrum: &CrossSpectrum,
        low_hz: f64,
        high_hz: f64,
    ) -> Option<Self> {
        Self::from_bins(spectrum, spectrum.grid().band(low_hz, high_hz))
    }

    fn from_bins(spectrum: &CrossSpectrum, bins: Range<usize>) -> Option<Self> {
        if spectrum.segments() == 0 || bins.is_empty() {
            return None;
        }
        let grid = spectrum.grid();
        let scale = 1.0 / (spectrum.segments() as f64 * spectrum.energy());
        let mut kept = vec![Complex::default(); grid.length / 2 + 1];
        // Zeros beside the band, so that the lags are those of its frequencies alone.
        for bin in bins.clone() {
            kept[bin] = spectrum.cross()[bin] * scale;
        }
        let values = Fourier::new().samples(&kept, grid.length);
        Some(Self { grid, values, half_width: Z_95 * Self::error(spectrum, bins, scale) })
    }

    /// The standard error at lag 0 under independence: `√(Σ f_xx f_yy / (T² L))` over
    /// both sides of the spectrum, and for a window what its neighbouring bins have in
    /// common.
    fn error(spectrum: &CrossSpectrum, bins: Range<usize>, scale: f64) -> f64 {
        let (first, second) = spectrum.powers();
        let n = spectrum.grid().length;
        let products = bins
            .map(|bin| sides(bin, n) * (first[bin] * scale) * (second[bin] * scale))
            .sum::<f64>();
        let common = 1.0
            + 2.0 * neighbours::squared(spectrum.grid().window).into_iter().sum::<f64>();
        (products * common / spectrum.segments() as f64).sqrt() / n as f64
    }

    /// The density where the second channel is `lag` samples later; `None` beyond half a
    /// segment.
    pub fn at(&self, lag: isize) -> Option<f64> {
        let (n, far) = (self.values.len(), lag.unsigned_abs());
        let place = if lag < 0 { n.checked_sub(far)? } else { far };
        (2 * far <= n).then(|| self.values.get(place).copied()).flatten()
    }

    /// Half the width of the band around 0 that holds 95 % of the values of independent
    /// channels; for a window the one at lag 0, where it is widest.
    pub fn half_width(&self) -> f64 {
        self.half_width
    }

    /// The value furthest from 0 with a lag of at most `highest_s` seconds in both
    /// directions, of several the one that is nearest to lag 0; `None` where all are 0.
    pub fn peak(&self, highest_s: f64) -> Option<Peak> {
        let most = (highest_s * self.grid.rate_hz + 1e-9).max(0.0) as usize;
        let lags = (0..=most.min(self.values.len() / 2))
            .flat_map(|lag| [lag.cast_signed(), -lag.cast_signed()]);
        let mut found = None;
        for (lag, value) in lags.filter_map(|lag| Some((lag, self.at(lag)?))) {
            if value.abs() > found.map_or(0.0, |peak: Peak| peak.value.abs()) {
                found = Some(Peak { lag, lag_s: lag as f64 / self.grid.rate_hz, value });
            }
        }
        found
    }
}
