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

    /// Those whose line is checked by one that single epochs do not move, and whose
    /// normalised slopes are compared between sides.
    pub(super) const COMPARED: [Self; 4] = [Self::Mnf, Self::Mdf, Self::Arv, Self::Rms];

    /// Those whose last epochs are told as a change from the first ones.
    pub(super) const CHANGED: [Self; 10] = [
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
    ];

    /// Those whose drop, lost area and turn are told.
    pub(super) const ENDURING: [Self; 2] = [Self::Mnf, Self::Mdf];

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
        self.statistics().name
    }

    /// Its unit, where the samples have this one.
    pub(super) fn unit(self, samples: &Unit) -> Unit {
        self.statistics().mean.unit.unit(samples)
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
