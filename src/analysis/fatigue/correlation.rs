//! What epochs have in common with those near them, which the intervals of means and
//! slopes must know.

use super::{EpochCourse, Fatigue, Method, Quantity, Task};
use crate::dsp::dependence::correlated_mean_interval;
use crate::dsp::regression::{Line, Wandering};
use crate::dsp::spectrum::Window;
use crate::dsp::stats::mean_interval;
use crate::dsp::sums::dot;

/// The fewest epochs whose mean takes their wander into account: fewer tell nothing of it,
/// and what may be would make every interval wider.
const FEWEST_TO_WANDER: usize = 10;

/// How alike neighbouring epochs are, once the line is taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Likeness {
    /// As independent as can be told.
    Independent,
    /// They overlap, and share as much as they have in common.
    Overlapping,
    /// They wander beyond doubt.
    Wandering {
        /// How many independent epochs all of them are worth for the line, or the mean.
        worth: f64,
        /// Whether it wanders for longer than the recording can know.
        beyond: bool,
    },
}

/// The correlation of two epochs by the distance of their centres.
#[derive(Debug)]
pub(super) enum EpochCorrelation {
    /// None of them.
    Independent,
    /// That of the samples which windows of this length share.
    Overlapping { shared: SharedSamples, epoch_s: f64 },
}

impl EpochCorrelation {
    /// Of the epochs of a channel in a quantity: what windows share alone, because the
    /// rest is how they wander.
    pub(super) fn of(
        course: &EpochCourse,
        quantity: Quantity,
        settings: &Fatigue,
    ) -> Self {
        if course.task == Task::Windows && settings.overlap > 0.0 {
            let shared = SharedSamples::of(quantity, settings);
            return Self::Overlapping { shared, epoch_s: settings.epoch_s };
        }
        Self::Independent
    }

    pub(super) fn likeness(&self) -> Likeness {
        match self {
            Self::Independent => Likeness::Independent,
            Self::Overlapping { .. } => Likeness::Overlapping,
        }
    }

    /// The correlation of two epochs so far apart, in seconds.
    pub(super) fn at(&self, apart_s: f64) -> f64 {
        match self {
            Self::Independent => 0.0,
            Self::Overlapping { shared, epoch_s } => shared.at(apart_s / epoch_s),
        }
    }

    /// From where on there is none, in seconds.
    pub(super) fn reach_s(&self) -> f64 {
        match self {
            Self::Independent => 0.0,
            Self::Overlapping { epoch_s, .. } => *epoch_s,
        }
    }

    /// How epochs with these times and values wander beside what they share; `None` where
    /// that cannot be told.
    pub(super) fn wandering(&self, x: &[f64], y: &[f64]) -> Option<Wandering> {
        Wandering::fit(x, y, |apart| self.at(apart), self.reach_s())
    }

    /// What is said of epochs that wander so and are worth so many independent ones.
    pub(super) fn told(&self, found: &Wandering, worth: f64) -> Likeness {
        let wander = found.wander();
        if wander.is_told() {
            Likeness::Wandering { worth, beyond: wander.is_beyond() }
        } else {
            self.likeness()
        }
    }

    /// The interval of the mean, which knows how the epochs wander beside a line; of few
    /// epochs what they share alone.
    pub(super) fn mean(&self, x: &[f64], y: &[f64]) -> (Option<(f64, f64)>, Likeness) {
        let found = self.wandering(x, y).filter(|_| y.len() >= FEWEST_TO_WANDER);
        if let Some(found) = found {
            let likeness = self.told(&found, found.worth_for_mean());
            return (found.mean_interval(), likeness);
        }
        let interval = match self {
            Self::Independent => mean_interval(y),
            Self::Overlapping { .. } => {
                correlated_mean_interval(x, y, |apart| self.at(apart), self.reach_s())
            }
        };
        (interval, self.likeness())
    }

    /// The line with intervals that know how its epochs wander; of a few that overlap
    /// what they share alone, and the plain one where that leaves nothing to judge by.
    pub(super) fn line(&self, plain: Line, (x, y): (&[f64], &[f64])) -> (Line, Likeness) {
        let wandering = self.wandering(x, y).and_then(|found| {
            Some((found.line()?, self.told(&found, found.worth_for_slope())))
        });
        let aware = || match self {
            Self::Independent => None,
            _ => Line::fit_correlated(x, y, |apart| self.at(apart), self.reach_s()),
        };
        wandering
            .or_else(|| Some((aware()?, self.likeness())))
            .unwrap_or((plain, Likeness::Independent))
    }
}

/// What windows of one length have in common in a quantity.
#[derive(Debug)]
pub(super) enum SharedSamples {
    /// The share of their samples: levels, and what has weights that are all alike.
    Share,
    /// What their weights share, at so many shifts from none to a whole window.
    Weighted(Vec<f64>),
}

impl SharedSamples {
    /// Into how many pieces a window is taken.
    const PIECES: usize = 512;

    fn of(quantity: Quantity, settings: &Fatigue) -> Self {
        let of_spectrum = matches!(
            quantity,
            Quantity::Mnf
                | Quantity::Mdf
                | Quantity::PeakFrequency
                | Quantity::SpectralEntropy
                | Quantity::LowHighRatio
        );
        match settings.estimator {
            _ if !of_spectrum => Self::Share,
            // The tapers together weigh nearly all samples alike.
            Method::Multitaper => Self::Share,
            Method::Periodogram if settings.window == Window::Boxcar => Self::Share,
            Method::Periodogram => Self::weighted(settings.window, 1.0),
            Method::Welch => Self::weighted(
                settings.window,
                (settings.segment_s / settings.epoch_s).min(1.0),
            ),
        }
    }

    /// A power is a sum of squares, so that what two windows share is that of their
    /// squared weights, `Σ w²[i]w²[i + k]/Σ w⁴`; of several segments, half overlapped,
    /// the squares add up.
    fn weighted(window: Window, segment_share: f64) -> Self {
        let length = ((segment_share * Self::PIECES as f64).round() as usize).max(8);
        let segment = window.weights(length);
        let mut weights = vec![0.0; Self::PIECES];
        for start in (0..=Self::PIECES - length).step_by(length / 2) {
            let piece = weights[start..start + length].iter_mut().zip(&segment);
            piece.for_each(|(sum, weight)| *sum += weight * weight);
        }

        let whole = dot(&weights, &weights);
        let shared = |shift: usize| {
            dot(&weights[shift..], &weights[..Self::PIECES - shift]) / whole
        };
        Self::Weighted((0..=Self::PIECES).map(shared).collect())
    }

    /// At a shift in lengths of a window.
    fn at(&self, shift: f64) -> f64 {
        match self {
            Self::Share => (1.0 - shift).max(0.0),
            Self::Weighted(shared) => {
                let place = (shift * Self::PIECES as f64).round() as usize;
                shared.get(place).copied().unwrap_or(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_share_their_squares() {
        // `overlapping_means.py`: 1 + 2 Σ ρ of Hann at half and three quarters overlap is
        // 1.056 + 1.056 − 1 and 2.06 for long series.
        let hann = SharedSamples::weighted(Window::Hann, 1.0);
        let factor = |hop: f64| {
            let shifts = (1..).map(|k| f64::from(k) * hop).take_while(|&by| by < 1.0);
            1.0 + 2.0 * shifts.map(|shift| hann.at(shift)).sum::<f64>()
        };
        assert!((factor(0.5) - 1.086).abs() < 0.01, "{}", factor(0.5));
        assert!((factor(0.25) - 2.06).abs() < 0.01, "{}", factor(0.25));
        assert_eq!((hann.at(0.0), hann.at(1.0), hann.at(1.7)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn equal_weights_share_their_samples() {
        let boxcar = SharedSamples::weighted(Window::Boxcar, 1.0);
        for shift in [0.0, 0.25, 0.5, 0.75, 1.0] {
            assert!((boxcar.at(shift) - SharedSamples::Share.at(shift)).abs() < 1e-12);
        }
        // Many short segments weigh nearly alike.
        let welch = SharedSamples::weighted(Window::Hann, 1.0 / 16.0);
        assert!((welch.at(0.5) - 0.5).abs() < 0.05, "{}", welch.at(0.5));
    }
}
