//! Shared ground: what several analyses stand on.

/// What several analyses stand on, computed once for a channel whichever of them is
/// reported, so that turning one off changes none of the others.
///
/// Its settings are those of the analysis that reports it (`activity` for the bursts,
/// `cycles` for the cycles), and the defaults where that one is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// When the muscle is active, and what of its slow envelope rises and falls:
    /// [`Digest::bursts`](super::Digest::bursts).
    Bursts,
    /// The cycles of the channel, by events or by the rhythm of its leg:
    /// [`Digest::cycles`](super::Digest::cycles).
    Cycles,
    /// The epochs of its median frequency as the defaults of `fatigue` make them,
    /// whatever the recipe asks of that analysis; only while the samples are at hand.
    Epochs,
    /// Its envelope at about 100 Hz, for whatever compares channels.
    Envelope,
}

impl Ground {
    /// What it stands on itself, and what that stands on.
    fn below(self) -> &'static [Self] {
        match self {
            // A leg without events has the rhythm of its bursts.
            Self::Cycles => &[Self::Bursts],
            Self::Bursts | Self::Epochs | Self::Envelope => &[],
        }
    }

    /// Whether it is, or stands on, another one.
    pub(super) fn needs(self, other: Self) -> bool {
        self == other || self.below().contains(&other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_need_the_rhythm() {
        assert!(Ground::Cycles.needs(Ground::Bursts));
        assert!(Ground::Cycles.needs(Ground::Cycles));
        assert!(!Ground::Bursts.needs(Ground::Cycles));
    }
}
