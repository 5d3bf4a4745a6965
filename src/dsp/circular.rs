//! Statistics of what recurs: phases of a cycle, such as the per cent of a stride at
//! which a muscle peaks.
//!
//! Phases are in any unit with a period in the same one, such as 100 for per cent; 98 %
//! and 2 % are 4 % apart, and their mean is 0 %. (Fisher 1993; Zar 2010)

use std::f64::consts::TAU;

use super::stats::t_95;

/// Where the phases of a sample point to and how closely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circular {
    /// How many phases there are.
    pub n: usize,
    /// The period, in the unit of the phases.
    pub period: f64,
    /// The length R of their mean vector: 1 where all are equal, 0 where none prevails.
    pub resultant: f64,
    /// The direction of the mean vector in radians.
    angle: f64,
    /// The mean cosine of twice the distance from it.
    second: f64,
}

/// The fewest phases that have an interval.
const FEWEST: usize = 8;
/// A mean vector shorter than this is rounding.
const NOWHERE: f64 = 1e-12;

impl Circular {
    /// Of phases in any order and of any number of turns; those that are not finite are
    /// left out. `None` without any, or for a period that is not finite and above 0.
    ///
    /// ```
    /// use soleus::dsp::circular::Circular;
    ///
    /// let peaks = Circular::measure(&[98.0, 99.0, 1.0, 6.0], 100.0).unwrap();
    /// assert!((peaks.mean().unwrap() - 0.985).abs() < 0.001);
    /// assert!((peaks.deviation() - 3.087).abs() < 0.001);
    /// ```
    pub fn measure(phases: &[f64], period: f64) -> Option<Self> {
        let possible = period.is_finite() && period > 0.0;
        // The remainder first: it is exact, so that many turns cost no digits.
        let angles: Vec<f64> = phases
            .iter()
            .filter(|phase| phase.is_finite())
            .map(|phase| phase % period / period * TAU)
            .collect();
        if !possible || angles.is_empty() {
            return None;
        }

        let n = angles.len() as f64;
        let sum = |term: fn(f64) -> f64| {
            angles.iter().map(|&angle| term(angle)).sum::<f64>() / n
        };
        let (east, north) = (sum(libm::cos), sum(libm::sin));
        let angle = libm::atan2(north, east);
        let second =
            angles.iter().map(|other| libm::cos(2.0 * (other - angle))).sum::<f64>() / n;

        Some(Self {
            n: angles.len(),
            period,
            resultant: libm::hypot(east, north).min(1.0),
            angle,
            second,
        })
    }

    /// The circular mean, from 0 up to the period; `None` where the phases point nowhere.
    pub fn mean(&self) -> Option<f64> {
        let turn = self.angle / TAU;
        // An angle just below 0 rounds to a whole turn, which is 0.
        let mean = (if turn < 0.0 { turn + 1.0 } else { turn }) * self.period;
        let mean = if mean >= self.period { 0.0 } else { mean };
        (self.resultant > NOWHERE).then_some(mean)
    }

    /// The circular standard deviation `√(−2 ln R)`, in the unit of the phases; ∞ where
    /// they point nowhere. For phases close together it is about the standard deviation
    /// with the divisor n.
    pub fn deviation(&self) -> f64 {
        if self.resultant <= NOWHERE {
            return f64::INFINITY;
        }
        (-2.0 * libm::log(self.resultant)).max(0.0).sqrt() * self.period / TAU
    }

    /// The 95 % interval of the mean, around it, so that its ends may lie below 0 or
    /// above the period. `None` for fewer than 8 phases, and where they point to no
    /// direction clearly enough to have one.
    ///
    /// It is `mean ± asin(t σ)` with the circular standard error `σ² = δ/(n − 1)`, with
    /// `δ = (1 − mean cos 2(θ − mean))/(2R²)` the circular dispersion (Fisher 1993), for
    /// any distribution that is symmetric. Fisher has it for 25 phases on, with n and the
    /// quantile of the normal; with n − 1 and that of Student's t it is Student's
    /// interval where phases lie close together, and covers as it should from 8 on.
    pub fn mean_interval(&self) -> Option<(f64, f64)> {
        let (mean, n) = (self.mean()?, self.n as f64);
        let dispersion =
            (1.0 - self.second).max(0.0) / (2.0 * self.resultant * self.resultant);
        let reach = t_95(n - 1.0)? * (dispersion / (n - 1.0)).sqrt();
        let half = libm::asin(reach) * self.period / TAU;
        (self.n >= FEWEST && reach <= 1.0).then_some((mean - half, mean + half))
    }

    /// How often phases without any direction would have a mean vector as long:
    /// Rayleigh's test, by the approximation of Wilkie (1983), `exp(√(1 + 4n + 4(n² −
    /// (nR)²)) − (1 + 2n))`, good to a few thousandths from 5 phases on.
    pub fn rayleigh(&self) -> f64 {
        let n = self.n as f64;
        let length = n * self.resultant;
        let root = (1.0 + 4.0 * n + 4.0 * (n * n - length * length)).sqrt();
        libm::exp(root - (1.0 + 2.0 * n)).min(1.0)
    }
}

/// How much later a phase is than another, at most half a period in either direction: in
/// `(−period/2, period/2]`. `NaN` for values that are not finite or a period that is not
/// above 0.
///
/// ```
/// use soleus::dsp::circular::difference;
///
/// assert_eq!(difference(2.0, 98.0, 100.0), 4.0);
/// assert_eq!(difference(98.0, 2.0, 100.0), -4.0);
/// assert_eq!(difference(75.0, 25.0, 100.0), 50.0);
/// ```
pub fn difference(phase: f64, reference: f64, period: f64) -> f64 {
    if !(period.is_finite() && period > 0.0) {
        return f64::NAN;
    }
    let rest = (phase - reference) % period;
    if 2.0 * rest > period {
        rest - period
    } else if 2.0 * rest <= -period {
        rest + period
    } else {
        rest
    }
}
