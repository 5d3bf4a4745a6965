//! What a threshold of t rests on, and which of its signs count.

/// The signs of t that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tails {
    /// Positive ones only, decided before the curves were seen.
    Upper,
    /// Both.
    Both,
}

impl Tails {
    /// How many they are.
    pub fn count(self) -> f64 {
        if self == Self::Both { 2.0 } else { 1.0 }
    }

    /// The largest t of a curve that counts, without its sign; −∞ for none.
    pub(super) fn largest(self, t: &[f64]) -> f64 {
        let height = |t: &f64| if self == Self::Both { t.abs() } else { *t };
        t.iter().map(height).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// What a threshold rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// Smooth Gaussian noise.
    RandomField {
        /// The probability of as many clusters at least as long as the shortest one (1
        /// for none), Poisson around those that both signs are expected to have. (spm1d
        /// doubles the probability of one sign, which is less for more than one cluster.)
        set_p: f64,
    },
    /// The curves themselves, exchanged.
    Permutation {
        /// How many exchanges there were, the curves as they are among them.
        count: usize,
        /// Whether these are all there are.
        all: bool,
        /// The smallest p there can be: above alpha there are no clusters, whatever the
        /// curves.
        smallest_p: f64,
    },
}
