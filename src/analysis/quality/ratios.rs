//! The ratios of Sinderby et al. (1995), of which CleanEMG made flags: shown, never
//! judged by.
//!
//! They were made for the diaphragm. The ratio of signal to motion ranked pairs of
//! electrodes consistently in 7 % of cases only (Kendell et al. 2012).

use crate::dsp::spectrum::PowerSpectrum;

/// How many neighbouring densities are averaged.
const AVERAGED: usize = 13;

/// How far a spectrum has to reach to tell the noise from 400 to 500 Hz: clocks of 1000
/// Hz are off by some per cent.
const LEAST_TOP_HZ: f64 = 490.0;

/// Ratios of parts of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratios {
    /// Signal to motion in dB: all power up to 500 Hz over that below 20 Hz that exceeds
    /// the straight line from the origin to the highest averaged density; `None` when
    /// nothing exceeds it.
    pub motion_db: Option<f64>,
    /// Highest over lowest averaged density between 35 and 500 Hz, in dB.
    pub drop_db: f64,
    /// Signal to noise in dB: all power up to 500 Hz over 500 Hz at the density from 400
    /// to 500 Hz, whatever the sampling rate; `None` where it leaves nothing there (below
    /// 980 Hz) or nothing is in it.
    pub noise_db: Option<f64>,
    /// The deformation `√(M2/M0)/(M1/M0)` of the band from 0 to 500 Hz.
    pub deformation: f64,
}

impl Ratios {
    /// The ratios of a spectrum; `None` without power or without 13 densities between 35
    /// and 500 Hz.
    pub fn measure(spectrum: &PowerSpectrum) -> Option<Self> {
        let (density, half) = (&spectrum.density, AVERAGED / 2);
        let averaged =
            |k: usize| density[k - half..=k + half].iter().sum::<f64>() / AVERAGED as f64;
        let inside = |k: &usize| (35.0..=500.0).contains(&spectrum.frequency(*k));
        let means: Vec<(usize, f64)> = (half..density.len().saturating_sub(half))
            .filter(inside)
            .map(|k| (k, averaged(k)))
            .collect();
        let (peak, highest) = means
            .iter()
            .copied()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let lowest = means.iter().map(|(_, mean)| *mean).fold(f64::INFINITY, f64::min);
        let frequencies =
            || (0..density.len()).map(|k| (spectrum.frequency(k), density[k]));
        let total: f64 =
            frequencies().filter(|(hz, _)| *hz <= 500.0).map(|(_, power)| power).sum();
        let line = highest / spectrum.frequency(peak);
        let slow = frequencies().filter(|(hz, _)| *hz < 20.0);
        let motion: f64 = slow.map(|(hz, power)| (power - line * hz).max(0.0)).sum();
        let upper: Vec<f64> = frequencies()
            .filter(|(hz, _)| (400.0..=500.0).contains(hz))
            .map(|(_, power)| power)
            .collect();
        let up_to_500 = frequencies().filter(|(hz, _)| *hz <= 500.0).count() as f64;
        let noise = upper.iter().sum::<f64>() / upper.len() as f64 * up_to_500;
        let reaches = spectrum.frequency(density.len() - 1) >= LEAST_TOP_HZ;
        let decibels = |ratio: f64| 10.0 * libm::log10(ratio);
        let found = Self {
            motion_db: (motion > 0.0).then(|| decibels(total / motion)),
            drop_db: decibels(highest / lowest),
            noise_db: Some(decibels(total / noise))
                .filter(|db| reaches && db.is_finite()),
            deformation: spectrum.band(0.0, 500.0).deformation()?,
        };
        found.drop_db.is_finite().then_some(found)
    }
}
