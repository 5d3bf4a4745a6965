//! Lines with one break: a course that is straight, turns once and is straight again.
//!
//! `y = intercept + before · x + (after − before) · max(x − at, 0)`. What the break adds
//! to the straight line depends on its place by two sums over the points behind it, so
//! that each place costs the same few operations, and between two points the best place
//! is known in closed form (Hudson 1966).

mod gain;

use super::stats::{normal_cdf, t_95};
use gain::Gains;

/// A continuous line with one break, by least squares over the slopes and the place of
/// the break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrokenLine {
    /// How many points it rests on.
    pub n: usize,
    /// The x of the break.
    pub at: f64,
    /// The 95 % interval of [`Self::at`] from the profile of the likelihood: all places
    /// from the first to the last one at which the residual sum of squares does not
    /// exceed its minimum by more than F(1, n − 4) allows. It ends where a break was not
    /// looked for.
    pub at_interval: (f64, f64),
    /// Its value at x = 0, of the first part.
    pub intercept: f64,
    /// The slope before the break.
    pub before: f64,
    /// The standard error of [`Self::before`], the place of the break being estimated
    /// too.
    pub before_error: f64,
    /// The slope after the break.
    pub after: f64,
    /// The standard error of [`Self::after`].
    pub after_error: f64,
    /// The intervals of both slopes.
    slopes: [(f64, f64); 2],
    /// The degrees of freedom of the errors: n − 4.
    pub freedom: f64,
    /// The share of the variance of y that it explains.
    pub r_squared: f64,
    /// The share of the residual variance of the straight line that the break explains.
    pub gained: f64,
    /// The two-sided p-value of there being a break at all, wherever: the upper bound of
    /// Davies (1987) with the score statistic at each place. It holds for observations
    /// that do not depend on each other.
    pub p: f64,
}

impl BrokenLine {
    /// The line through the points in any order, with at least `fewest` (2 or more) of
    /// them on either side of the break; one that stands at the break is on both. `None`
    /// for fewer than five points or fewer than 2·`fewest`, for values that are not
    /// finite or too large to be squared, when all x on a side are equal, or when the
    /// points lie on a straight line.
    ///
    /// ```
    /// use soleus::dsp::broken_line::BrokenLine;
    ///
    /// let x: Vec<f64> = (0..20).map(f64::from).collect();
    /// let y: Vec<f64> = x.iter().map(|x| 100.0 - 2.0 * x + 1.5 * (x - 8.25).max(0.0)).collect();
    /// let line = BrokenLine::fit(&x, &y, 3).expect("it has a break");
    /// assert!((line.at - 8.25).abs() < 1e-9 && (line.after + 0.5).abs() < 1e-9);
    /// ```
    pub fn fit(x: &[f64], y: &[f64], fewest: usize) -> Option<Self> {
        let gains = Gains::measure(x, y, fewest.max(2))?;
        let best = gains.best()?;
        let rest = (gains.residual - best.gain).max(0.0);
        let freedom = gains.n() as f64 - 4.0;
        let variance = rest / freedom;
        let allowed = best.gain - variance * t_95(freedom)?.powi(2);
        let slopes = gains.slopes_reaching(allowed)?;
        let (first, last) =
            gains.places_reaching(allowed).unwrap_or((best.place, best.place));
        let (before_spread, after_spread) = gains.spreads(best.place);
        let bend = gains.bend(best.place);
        let (intercept, before) = gains.first_part(best.place, bend);
        let found = Self {
            n: gains.n(),
            at: gains.x(best.place),
            at_interval: (gains.x(first.min(best.place)), gains.x(last.max(best.place))),
            intercept: intercept - before * gains.centre,
            before,
            before_error: (variance / before_spread).sqrt() / gains.scale,
            after: before + bend,
            after_error: (variance / after_spread).sqrt() / gains.scale,
            slopes,
            freedom,
            r_squared: 1.0 - rest / gains.total,
            gained: (best.gain / gains.residual).clamp(0.0, 1.0),
            p: davies(&gains.scores()),
        };

        let errors = [
            found.before_error,
            found.after_error,
            found.intercept,
            found.after,
            found.p,
        ];
        errors.iter().all(|value| value.is_finite()).then_some(found)
    }

    /// The value of the line at `x`.
    pub fn value(&self, x: f64) -> f64 {
        self.intercept
            + self.before * x
            + (self.after - self.before) * (x - self.at).max(0.0)
    }

    /// The 95 % interval of the slope before the break, from the profile of the
    /// likelihood as [`Self::at_interval`]; with the place of the break unsure, it holds
    /// the truth more often than standard errors do.
    pub fn before_interval(&self) -> Option<(f64, f64)> {
        let [before, _] = self.slopes;
        (before.0.is_finite() && before.1.is_finite()).then_some(before)
    }

    /// The 95 % interval of the slope after the break.
    pub fn after_interval(&self) -> Option<(f64, f64)> {
        let [_, after] = self.slopes;
        (after.0.is_finite() && after.1.is_finite()).then_some(after)
    }
}

/// The upper bound of how often the largest of these standard normal statistics, which
/// follow each other closely, is so large: `2·(Φ(−M) + V·exp(−M²/2)/√(8π))` with their
/// total variation `V` (Davies 1987), as `davies.test` of the R package `segmented` has
/// it. At most 1; `NaN` where a statistic is.
pub fn davies(statistics: &[f64]) -> f64 {
    let largest =
        statistics.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let variation: f64 =
        statistics.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    let crossings = variation * libm::exp(-0.5 * largest * largest)
        / (8.0 * std::f64::consts::PI).sqrt();
    let bound = 2.0 * (normal_cdf(-largest) + crossings);
    if bound > 1.0 { 1.0 } else { bound }
}
