//! The weights of the samples of a segment.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::f64::consts::TAU;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The weights of the samples of a segment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// All samples alike: the smallest variance of mean and median frequency for single
    /// epochs.
    #[default]
    Boxcar,
    /// A raised cosine, periodic as in `scipy.signal.get_window("hann", n)`: less
    /// leakage.
    Hann,
    /// A raised cosine that ends at 0.08, periodic as in
    /// `scipy.signal.get_window("hamming", n)`: its leakage is the lowest beside the line
    /// and falls no further from it.
    Hamming,
}

impl Window {
    /// The weights of `n` samples.
    pub fn weights(self, n: usize) -> Vec<f64> {
        let raised = |middle: f64| {
            let weight = move |k: usize| {
                middle - (1.0 - middle) * libm::cos(TAU * k as f64 / n as f64)
            };
            (0..n).map(weight).collect()
        };
        match self {
            Self::Boxcar => vec![1.0; n],
            Self::Hann | Self::Hamming if n == 1 => vec![1.0],
            Self::Hann => raised(0.5),
            Self::Hamming => raised(0.54),
        }
    }

    /// Its name in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Boxcar => "boxcar",
            Self::Hann => "Hann",
            Self::Hamming => "Hamming",
        }
    }
}

/// Weights of one length, their squares' sum, and what they are for.
#[derive(Clone)]
pub(super) struct Weighing {
    window: Window,
    length: usize,
    /// Empty where all weights are 1.
    pub(super) weights: Rc<[f64]>,
    pub(super) energy: f64,
}

thread_local! {
    /// The windows used last: a cosine a sample costs more than a transform.
    static WEIGHINGS: RefCell<VecDeque<Weighing>> = RefCell::default();
}

/// How many windows a thread keeps.
const KEPT: usize = 4;

impl Weighing {
    pub(super) fn cached(window: Window, length: usize) -> Self {
        if window == Window::Boxcar {
            return Self {
                window,
                length,
                weights: Rc::default(),
                energy: length as f64,
            };
        }

        WEIGHINGS.with_borrow_mut(|kept| {
            if let Some(known) =
                kept.iter().find(|known| known.window == window && known.length == length)
            {
                return known.clone();
            }
            let weights: Rc<[f64]> = window.weights(length).into();
            let energy = weights.iter().map(|weight| weight * weight).sum();
            let made = Self { window, length, weights, energy };
            // The newest stands first, and the oldest makes room.
            kept.truncate(KEPT - 1);
            kept.push_front(made.clone());
            made
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_scipy() {
        assert_eq!(Window::Boxcar.weights(3), [1.0; 3]);
        for (window, expected) in [
            (Window::Hann, [0.0, 0.5, 1.0, 0.5]),
            (Window::Hamming, [0.08, 0.54, 1.0, 0.54]),
        ] {
            for (weight, expected) in window.weights(4).iter().zip(expected) {
                assert!((weight - expected).abs() < 1e-15);
            }
            assert_eq!(window.weights(1), [1.0]);
            assert!(window.weights(0).is_empty());
        }
    }
}
