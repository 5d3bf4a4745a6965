//! Curves that change their sign.

use super::Permutations;
use crate::dsp::random::SplitMix64;

/// The most curves of which all signs are taken: 4096.
const MOST: usize = 12;

/// The signs of so many curves.
pub(super) struct Signs {
    pub(super) curves: usize,
}

impl Signs {
    pub(super) fn count(&self) -> f64 {
        libm::exp2(self.curves as f64)
    }

    pub(super) fn few(&self) -> bool {
        self.curves <= MOST
    }

    /// All signs, each but for one curve those before it (Gray 1953).
    pub(super) fn all(&self, mut seen: impl FnMut(&[f64])) {
        let mut signs = vec![1.0; self.curves];
        seen(&signs);
        for step in 1..1_u64 << self.curves.min(MOST) {
            if let Some(sign) = signs.get_mut(step.trailing_zeros() as usize) {
                *sign = -*sign;
            }
            seen(&signs);
        }
    }

    /// The signs as they are, and random ones.
    pub(super) fn some(&self, permutations: Permutations, mut seen: impl FnMut(&[f64])) {
        let mut generator = SplitMix64::new(permutations.seed);
        let mut signs = vec![1.0; self.curves];
        seen(&signs);
        for _ in 1..permutations.draws {
            for signs in signs.chunks_mut(64) {
                let bits = generator.bits();
                let sign = |at: usize| if bits >> at & 1 == 0 { 1.0 } else { -1.0 };
                signs.iter_mut().enumerate().for_each(|(at, target)| *target = sign(at));
            }
            seen(&signs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(signs: &[f64]) -> u64 {
        signs.iter().fold(0, |code, sign| 2 * code + u64::from(*sign < 0.0))
    }

    #[test]
    fn all_signs_come_once() {
        let mut codes = Vec::new();
        Signs { curves: 5 }.all(|signs| codes.push(code(signs)));
        assert_eq!(codes[0], 0);
        codes.sort_unstable();
        assert_eq!(codes, (0..32).collect::<Vec<_>>());
    }

    #[test]
    fn random_signs_are_even_and_begin_with_none() {
        let (mut negative, mut codes) = (0, Vec::new());
        let permutations = Permutations { draws: 1000, seed: 3 };
        Signs { curves: 20 }.some(permutations, |signs| {
            negative += signs.iter().filter(|sign| **sign < 0.0).count();
            codes.push(code(signs));
        });
        // 20 000 signs: half ± 3 standard errors.
        assert!(
            (9788..=10_212).contains(&negative) && codes.len() == 1000 && codes[0] == 0,
            "{negative}"
        );
        let mut again = Vec::new();
        Signs { curves: 20 }.some(permutations, |signs| again.push(code(signs)));
        assert_eq!(codes, again);
    }
}
