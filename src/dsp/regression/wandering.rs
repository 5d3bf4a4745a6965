//! The errors of a line through values of a level that wanders.

use super::products::ascending;
use super::{Estimates, Line, common};
use crate::dsp::cosines::{height, powers};
use crate::dsp::stats::{median, t_95};
use crate::dsp::wander::{MOST_WAVES, Wander};

impl Line {
    /// The line of [`Self::fit`] with errors for a level that wanders, and what its
    /// residuals say of that. Of `correlation(distance)` two values share that lie
    /// `distance` apart in x, such as the samples of windows that overlap, and 0 from
    /// `reach` on; that is the same for what wanders and for what does not. Values in any
    /// order; a gap between two of them counts as none, so that they are thought more
    /// alike than they are. `None` as for [`Self::fit`], where the points lie on the
    /// line, or for fewer than five that share nothing.
    ///
    /// The first wave of the residuals is not looked at, because the line takes it out:
    /// 98.6 % of the line's own squares are in it.
    ///
    /// ```
    /// use soleus::dsp::random::normals;
    /// use soleus::dsp::regression::Line;
    ///
    /// let times: Vec<f64> = (0..40).map(f64::from).collect();
    /// let (line, wander) = Line::fit_wandering(&times, &normals(3, 40), |_| 0.0, 0.0).unwrap();
    /// let plain = Line::fit(&times, &normals(3, 40)).unwrap();
    /// assert!(!wander.is_told() && line.slope_error < 2.0 * plain.slope_error);
    /// ```
    pub fn fit_wandering(
        x: &[f64],
        y: &[f64],
        correlation: impl Fn(f64) -> f64,
        reach: f64,
    ) -> Option<(Self, Wander)> {
        let (x, y) = common(x, y);
        let (x, y) = ascending(x, y);
        let found = Estimates::fit(&x, &y)?;
        let shared = Shared::of(&x, correlation, reach)?;
        let waves = shared.waves();
        let residuals: Vec<f64> = x
            .iter()
            .zip(&y)
            .map(|(x, y)| y - found.intercept - found.slope * x)
            .collect();
        let heights: Vec<f64> = (2..=waves)
            .map(|wave| height(&residuals, wave) / shared.at(wave).sqrt())
            .collect();
        let wander = Wander::of(&heights, 2)?;

        let weights: Vec<f64> =
            x.iter().map(|x| (x - found.mean_x) / found.spread).collect();
        let slope: Vec<f64> = powers(&weights, waves)
            .into_iter()
            .enumerate()
            .map(|(wave, power)| power * shared.at(wave))
            .collect();
        let (slope, mean) =
            (wander.variance(&slope), wander.variance(&[shared.at(0) / found.count]));
        let line = found.line([mean.variance, slope.variance, 0.0], slope.degrees)?;
        Some((line, wander))
    }
}

/// By how much a wander makes the interval of a straight line wider, which is taken for
/// that of ranks as well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Widening {
    /// How many times as wide the interval is, 1 or more.
    pub interval: f64,
    /// The same of the variance.
    pub variance: f64,
    /// From how many degrees of freedom that is known.
    pub freedom: f64,
}

impl Widening {
    /// Of values that share nothing but the level that wanders; `None` where
    /// [`Line::fit_wandering`] has no line.
    pub fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let plain = Line::fit(x, y)?;
        let (line, _) = Line::fit_wandering(x, y, |_| 0.0, 0.0)?;
        let error = (line.slope_error / plain.slope_error).max(1.0);
        let t = t_95(line.freedom)? / t_95(plain.freedom)?;
        let interval = error * t.max(1.0);
        Some(Self { interval, variance: error * error, freedom: line.freedom })
    }
}

/// What neighbours share, by their distance in steps.
struct Shared {
    count: usize,
    correlations: Vec<f64>,
}

impl Shared {
    fn of(x: &[f64], correlation: impl Fn(f64) -> f64, reach: f64) -> Option<Self> {
        let steps: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let step = median(&steps).filter(|step| *step > 0.0)?;
        let count = x.len();
        let near = (1..count).map(|k| k as f64 * step).take_while(|apart| *apart < reach);
        Some(Self { count, correlations: near.map(correlation).collect() })
    }

    /// By how much it makes a wave stronger.
    fn at(&self, wave: usize) -> f64 {
        let angle = std::f64::consts::PI * wave as f64 / self.count as f64;
        let term = |(k, share): (usize, &f64)| share * libm::cos(angle * (k + 1) as f64);
        1.0 + 2.0 * self.correlations.iter().enumerate().map(term).sum::<f64>()
    }

    /// The waves that are slower than what is shared takes out: one fewer than there are
    /// values that share nothing.
    fn waves(&self) -> usize {
        let apart = (self.count as f64 / self.at(0)).round() as usize;
        apart.saturating_sub(1).min(MOST_WAVES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    /// Epochs of 1 s of a hold so long, every `hop` s, whose level wanders with a time
    /// constant of 2 s by `wander` times what an epoch scatters otherwise, and rises by
    /// `rise` of that in all.
    fn hold(
        random: &mut SplitMix64,
        seconds: usize,
        (pieces, wander, rise): (usize, f64, f64),
    ) -> (Vec<f64>, Vec<f64>) {
        let count = 4 * seconds;
        let keep = libm::exp(-0.125);
        let mut level = random.normal();
        let quarters: Vec<f64> = (0..count)
            .map(|k| {
                let trend = rise * k as f64 / count as f64;
                let found = wander * level + trend + 2.0 * random.normal();
                level = keep * level + (1.0 - keep * keep).sqrt() * random.normal();
                found
            })
            .collect();
        let starts = (0..=count - 4).step_by(pieces);
        let time = |start: usize| 0.25 * start as f64;
        let mean = |start: usize| quarters[start..start + 4].iter().sum::<f64>() / 4.0;
        (starts.clone().map(time).collect(), starts.map(mean).collect())
    }

    /// In how many of 1000 holds a slope is found.
    fn found(seconds: usize, truth: (usize, f64, f64)) -> usize {
        let mut random = SplitMix64::new(8);
        let mut is_found = || {
            let (x, y) = hold(&mut random, seconds, truth);
            let (line, _) = Line::fit_wandering(&x, &y, |d| 1.0 - d, 1.0).unwrap();
            line.slope_p().unwrap() < 0.05
        };
        (0..1000).filter(|_| is_found()).count()
    }

    #[test]
    fn a_wander_is_no_trend() {
        // Three times as strong as the scatter; 7 % of 1000.
        for (seconds, pieces) in [(30, 4), (30, 2), (60, 4), (60, 2), (60, 1)] {
            let alarms = found(seconds, (pieces, 3.0, 0.0));
            assert!(alarms <= 85, "{alarms} of {seconds} s every {pieces} quarters");
        }
    }

    #[test]
    fn a_steady_level_loses_little() {
        // A rise that plain lines find in 80 % of 30 s.
        for pieces in [4, 2] {
            let alarms = found(30, (pieces, 0.0, 0.0));
            assert!((10..=65).contains(&alarms), "{alarms} every {pieces} quarters");
        }
        let rises = found(30, (4, 0.0, 1.77));
        assert!(rises > 570, "{rises}");
    }

    #[test]
    fn what_has_no_waves_has_no_line() {
        let x = [0.0, 1.0, 2.0, 3.0, 4.0];
        let none = |y: &[f64]| Line::fit_wandering(&x, y, |_| 0.0, 0.0).is_none();
        assert!(none(&[0.0, 1.0, 2.0, 3.0, 4.0]) && none(&[1.0; 5]));
        assert!(none(&[1.0, 3.0, 2.0, 1.0]) && none(&[1.0, 3.0, f64::NAN, 2.0, 1.0]));
        assert!(!none(&[1.0, 3.0, 2.0, 1.0, 2.0]));
        assert!(Line::fit_wandering(&[1.0; 6], &x, |_| 0.0, 0.0).is_none());
    }
}
