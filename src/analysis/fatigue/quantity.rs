//! What is followed over the epochs: amplitudes, frequencies and the indices of a
//! spectrum.

use crate::units::Unit;

/// A value that every used epoch has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Mean frequency.
    Mnf,
    /// Median frequency.
    Mdf,
    /// Average rectified value.
    Arv,
    /// Root mean square.
    Rms,
    /// Mean of the envelope, which the reference turns into activation.
    Envelope,
    /// Root mean square of the whitened signal, scaled to that of the epoch the model was
    /// fitted to.
    WhitenedRms,
    /// Mean of the instantaneous mean frequency over the columns of the spectrogram.
    InstantaneousMnf,
    /// Frequency of the highest density.
    PeakFrequency,
    /// Shannon entropy of the spectrum, 0 … 1.
    SpectralEntropy,
    /// Power of the low over that of the high frequencies.
    LowHighRatio,
    /// `M₋₁/M₂` (Dimitrov et al. 2006).
    Finsm2,
    /// `M₋₁/M₃`.
    Finsm3,
    /// `M₋₁/M₄`.
    Finsm4,
    /// `M₋₁/M₅`.
    Finsm5,
    /// Energy of the wavelet scales 5 and 1 (González-Izal et al. 2010).
    Wire51,
    /// `M₋₁` of scale 5 over `M₅` of scale 1.
    Wirm1551,
    /// `M₋₁` of scale 5 over `M₂` of scale 2.
    Wirm1522,
    /// `M₋₁` of the scale with the most energy over `M₅` of scale 1.
    Wirm1m51,
    /// Waveform length of the scales 5 and 1.
    Wirw51,
}

/// What the unit of a quantity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dimension {
    /// That of the samples.
    Samples,
    Hertz,
    /// None, or one that only ratios make sense of.
    One,
}

impl Quantity {
    /// How many there are.
    pub(super) const COUNT: usize = 19;

    /// All of them, in the order of their places.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Mnf,
        Self::Mdf,
        Self::Arv,
        Self::Rms,
        Self::Envelope,
        Self::WhitenedRms,
        Self::InstantaneousMnf,
        Self::PeakFrequency,
        Self::SpectralEntropy,
        Self::LowHighRatio,
        Self::Finsm2,
        Self::Finsm3,
        Self::Finsm4,
        Self::Finsm5,
        Self::Wire51,
        Self::Wirm1551,
        Self::Wirm1522,
        Self::Wirm1m51,
        Self::Wirw51,
    ];

    /// Those whose change over time is a line of its own.
    pub const FOLLOWED: [Self; 6] =
        [Self::Mnf, Self::Mdf, Self::Arv, Self::Rms, Self::Envelope, Self::WhitenedRms];

    /// Those whose mean over the epochs is told.
    pub(super) const AVERAGED: [Self; 6] = [
        Self::Mnf,
        Self::Mdf,
        Self::InstantaneousMnf,
        Self::PeakFrequency,
        Self::SpectralEntropy,
        Self::LowHighRatio,
    ];

    /// Those that only mean something as the last epochs over the first ones.
    pub(super) const RATIOS: [Self; 9] = [
        Self::Finsm2,
        Self::Finsm3,
        Self::Finsm4,
        Self::Finsm5,
        Self::Wire51,
        Self::Wirm1551,
        Self::Wirm1522,
        Self::Wirm1m51,
        Self::Wirw51,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnf => "mnf",
            Self::Mdf => "mdf",
            Self::Arv => "arv",
            Self::Rms => "rms",
            Self::Envelope => "envelope",
            Self::WhitenedRms => "whitened_rms",
            Self::InstantaneousMnf => "instantaneous_mnf",
            Self::PeakFrequency => "peak_frequency",
            Self::SpectralEntropy => "spectral_entropy",
            Self::LowHighRatio => "low_high_ratio",
            Self::Finsm2 => "finsm2",
            Self::Finsm3 => "finsm3",
            Self::Finsm4 => "finsm4",
            Self::Finsm5 => "finsm5",
            Self::Wire51 => "wire51",
            Self::Wirm1551 => "wirm1551",
            Self::Wirm1522 => "wirm1522",
            Self::Wirm1m51 => "wirm1m51",
            Self::Wirw51 => "wirw51",
        }
    }

    fn dimension(self) -> Dimension {
        match self {
            Self::Arv | Self::Rms | Self::Envelope | Self::WhitenedRms => {
                Dimension::Samples
            }
            Self::Mnf | Self::Mdf | Self::InstantaneousMnf | Self::PeakFrequency => {
                Dimension::Hertz
            }
            _ => Dimension::One,
        }
    }

    /// Its unit, where the samples have this one.
    pub(super) fn unit(self, samples: &Unit) -> Unit {
        match self.dimension() {
            Dimension::Samples => samples.clone(),
            Dimension::Hertz => Unit::HERTZ,
            Dimension::One => Unit::ONE,
        }
    }

    /// Whether it is an index of wavelet scales.
    pub(super) fn is_wavelet(self) -> bool {
        matches!(
            self,
            Self::Wire51
                | Self::Wirm1551
                | Self::Wirm1522
                | Self::Wirm1m51
                | Self::Wirw51
        )
    }

    /// Its place among all of them.
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_list() {
        for (place, quantity) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(quantity.place(), place);
        }
        let mut names = Quantity::ALL.map(Quantity::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
