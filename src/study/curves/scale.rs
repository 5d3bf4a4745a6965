//! In what curves of persons are compared.

/// In what curves of persons are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CurveScale {
    /// In per cent of the reference, which every person has.
    Activation,
    /// In per cent of each curve's own mean.
    Shape,
}

impl CurveScale {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Activation => "activation in % of the reference",
            Self::Shape => "shape, in % of the mean over the cycle",
        }
    }

    pub(super) fn axis(self) -> &'static str {
        match self {
            Self::Activation => "activation (%)",
            Self::Shape => "envelope (% of its mean)",
        }
    }
}
