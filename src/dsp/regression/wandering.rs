//! The errors of a line through values that wander.

use super::products::ascending;
use super::{Estimates, Line, common};
use crate::dsp::cosines::{height, powers};
use crate::dsp::stats::{median, t_95};
use crate::dsp::wander::{Known, MOST_WAVES, Wander};

/// A straight line through values that wander, and what their residuals say of that.
///
/// ```
/// use soleus::dsp::random::normals;
/// use soleus::dsp::regression::{Line, Wandering};
///
/// let times: Vec<f64> = (0..40).map(f64::from).collect();
/// let found = Wandering::fit(&times, &normals(3, 40), |_| 0.0, 0.0).unwrap();
/// let plain = Line::fit(&times, &normals(3, 40)).unwrap();
/// assert!(!found.wander().is_told());
/// assert!(found.line().unwrap().slope_error < 2.0 * plain.slope_error);
/// ```
#[derive(Debug)]
pub struct Wandering {
    found: Estimates,
    wander: Wander,
    /// What the values share makes their mean vary more by this factor.
    shared_by_mean: f64,
    /// How the squares of the slope's weights are shared by the waves, with what the
    /// values share in them.
    slope: Vec<f64>,
}

impl Wandering {
    /// Of values at places. Of `correlation(distance)` two of them share that lie
    /// `distance` apart in x, such as the samples of windows that overlap, and 0 from
    /// `reach` on; that is the same for what wanders and for what does not. Values in any
    /// order; a gap between two of them counts as none, so that they are thought more
    /// alike than they are. `None` as for [`Line::fit`], where the points lie on the
    /// line, or for fewer than five that share nothing.
    ///
    /// The first wave of the residuals is not looked at, because the line takes it out:
    /// 98.6 % of the line's own squares are in it.
    pub fn fit(
        x: &[f64],
        y: &[f64],
        correlation: impl Fn(f64) -> f64,
        reach: f64,
    ) -> Option<Self> {
        let (x, y) = common(x, y);
        let (x, y) = ascending(x, y);
        let found = Estimates::fit(&x, &y)?;
        let shared = Shared::of(&x, correlation, reach)?;
        let waves = shared.waves();
        let off = |(x, y): (&f64, &f64)| y - found.intercept - found.slope * x;
        let residuals: Vec<f64> = x.iter().zip(&y).map(off).collect();
        let of_wave = |wave: usize| height(&residuals, wave) / shared.at(wave).sqrt();
        let heights: Vec<f64> = (2..=waves).map(of_wave).collect();
        let wander = Wander::of(&heights, 2)?;

        let weight = |x: &f64| (x - found.mean_x) / found.spread;
        let weights: Vec<f64> = x.iter().map(weight).collect();
        let with_shared = |(wave, power): (usize, f64)| power * shared.at(wave);
        let slope = powers(&weights, waves).into_iter().enumerate().map(with_shared);
        let (slope, shared_by_mean) = (slope.collect(), shared.at(0));
        Some(Self { found, wander, shared_by_mean, slope })
    }

    /// What the residuals say of how the values wander.
    pub fn wander(&self) -> &Wander {
        &self.wander
    }

    /// The line of [`Line::fit`] with errors that know of it.
    pub fn line(&self) -> Option<Line> {
        let (slope, mean) = (self.wander.variance(&self.slope), self.mean());
        self.found.line([mean.variance, slope.variance, 0.0], slope.degrees)
    }

    /// The 95 % interval of the mean of the values: of what the line says in their middle.
    pub fn mean_interval(&self) -> Option<(f64, f64)> {
        let Known { variance, degrees } = self.mean();
        let mean = self.found.intercept + self.found.slope * self.found.mean_x;
        let half = t_95(degrees)? * variance.sqrt();
        Some((mean - half, mean + half))
    }

    /// How many independent values those are worth for the slope.
    pub fn worth_for_slope(&self) -> f64 {
        self.worth(self.found.spread, self.wander.variance(&self.slope))
    }

    /// How many independent values those are worth for the mean.
    pub fn worth_for_mean(&self) -> f64 {
        self.worth(self.found.count, self.mean())
    }

    fn mean(&self) -> Known {
        self.wander.variance(&[self.shared_by_mean / self.found.count])
    }

    /// What is known with a variance, over what independent values would give.
    fn worth(&self, weight: f64, known: Known) -> f64 {
        let Estimates { count, residual, .. } = self.found;
        let plain = residual / (count - 2.0) / weight;
        count * (plain / known.variance).min(1.0)
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
    /// Of values that share nothing but what wanders; `None` where [`Wandering::fit`] has
    /// nothing.
    pub fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let plain = Line::fit(x, y)?;
        let line = Wandering::fit(x, y, |_| 0.0, 0.0)?.line()?;
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
            let found = Wandering::fit(&x, &y, |d| 1.0 - d, 1.0).unwrap();
            found.line().unwrap().slope_p().unwrap() < 0.05
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
        let none = |y: &[f64]| Wandering::fit(&x, y, |_| 0.0, 0.0).is_none();
        assert!(none(&[0.0, 1.0, 2.0, 3.0, 4.0]) && none(&[1.0; 5]));
        assert!(none(&[1.0, 3.0, 2.0, 1.0]) && none(&[1.0, 3.0, f64::NAN, 2.0, 1.0]));
        assert!(!none(&[1.0, 3.0, 2.0, 1.0, 2.0]));
        assert!(Wandering::fit(&[1.0; 6], &x, |_| 0.0, 0.0).is_none());
    }
}
