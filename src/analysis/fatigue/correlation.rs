//! What epochs have in common with those near them, which the intervals of means and
//! slopes must know.

use super::{EpochCourse, Fatigue, Method, Quantity, Task};
use crate::dsp::regression::{Line, NeighbourCorrelation};
use crate::dsp::spectrum::Window;
use crate::dsp::stats::median;
use crate::dsp::sums::dot;

/// How alike neighbouring epochs are, once the line is taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Likeness {
    /// As independent as can be told.
    Independent,
    /// They overlap, and share as much as they have in common.
    Overlapping,
    /// Their residuals have this correlation, beyond chance (one-sided test at 1 %).
    Alike(f64),
    /// The level wanders beyond doubt.
    Wandering {
        /// How many independent epochs all of them are worth for the line.
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
    /// That of neighbours this far apart, which fades from one to the next.
    Fading { correlation: f64, step_s: f64 },
}

impl EpochCorrelation {
    /// Of the epochs of a channel in a quantity, whose times and values these are; of
    /// levels what windows share alone, because the rest is how they wander.
    pub(super) fn measure(
        course: &EpochCourse,
        quantity: Quantity,
        settings: &Fatigue,
        (times, values): (&[f64], &[f64]),
    ) -> Self {
        if course.task == Task::Windows && settings.overlap > 0.0 {
            let shared = SharedSamples::of(quantity, settings);
            return Self::Overlapping { shared, epoch_s: settings.epoch_s };
        }
        if quantity.is_level() {
            return Self::Independent;
        }
        let steps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let step_s = median(&steps).unwrap_or(1.0);
        NeighbourCorrelation::measure(times, values, step_s)
            .filter(|found| found.are_alike() && found.correlation > 0.0)
            .map_or(Self::Independent, |found| Self::Fading {
                correlation: found.correlation,
                step_s,
            })
    }

    pub(super) fn likeness(&self) -> Likeness {
        match self {
            Self::Independent => Likeness::Independent,
            Self::Overlapping { .. } => Likeness::Overlapping,
            Self::Fading { correlation, .. } => Likeness::Alike(*correlation),
        }
    }

    /// The correlation of two epochs so far apart, in seconds.
    pub(super) fn at(&self, apart_s: f64) -> f64 {
        match self {
            Self::Independent => 0.0,
            Self::Overlapping { shared, epoch_s } => shared.at(apart_s / epoch_s),
            Self::Fading { correlation, step_s } => {
                libm::pow(*correlation, apart_s / step_s)
            }
        }
    }

    /// From where on there is none, in seconds.
    pub(super) fn reach_s(&self) -> f64 {
        match self {
            Self::Independent => 0.0,
            Self::Overlapping { epoch_s, .. } => *epoch_s,
            // Below a hundredth it matters no more.
            Self::Fading { correlation, step_s } => {
                let steps = libm::log(0.01) / libm::log(*correlation);
                step_s * steps.ceil().clamp(1.0, 200.0)
            }
        }
    }

    /// The line of a level with intervals that know how it wanders; `None` where that
    /// cannot be told.
    pub(super) fn wandering(
        &self,
        plain: Line,
        (x, y): (&[f64], &[f64]),
    ) -> Option<(Line, Likeness)> {
        let (line, wander) =
            Line::fit_wandering(x, y, |apart| self.at(apart), self.reach_s())?;
        let share = (plain.slope_error / line.slope_error).powi(2).min(1.0);
        let told = Likeness::Wandering {
            worth: share * line.n as f64,
            beyond: wander.is_beyond(),
        };
        Some((line, if wander.is_told() { told } else { self.likeness() }))
    }

    /// The line with intervals that know of the correlation; the plain one where that
    /// leaves nothing to judge by.
    pub(super) fn line(&self, plain: Line, (x, y): (&[f64], &[f64])) -> (Line, Likeness) {
        let aware = match self {
            Self::Independent => None,
            _ => Line::fit_correlated(x, y, |apart| self.at(apart), self.reach_s()),
        };
        aware.map_or((plain, Likeness::Independent), |line| (line, self.likeness()))
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
