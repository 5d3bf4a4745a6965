//! Effect, standard error and residuals at every node.

use crate::dsp::dependence::Dependence;

/// Whether two groups vary alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Variances {
    /// One variance of both together.
    Equal,
    /// Each group its own (Welch 1947), with degrees of freedom from the variances of all
    /// nodes together.
    ///
    /// For groups of one size these are t and degrees of freedom of spm1d. For other
    /// sizes spm1d keeps the t of equal variances: with 5 curves of three times the
    /// standard deviation of the 15 others, noise was significant in 31 of 100
    /// simulations, and in 3 with this t (8000 runs each, α = 0.05).
    #[default]
    Unequal,
}

/// What a test finds in its curves, node by node.
pub(super) struct FieldFit {
    /// The mean, the difference or the slope.
    pub(super) effect: Vec<f64>,
    /// The standard error of the effect; `NaN` where nothing varies and where values are
    /// missing.
    pub(super) error: Vec<f64>,
    pub(super) freedom: f64,
    /// What the effect leaves of each curve; `NaN` where the error is.
    pub(super) residuals: Vec<Vec<f64>>,
}

impl FieldFit {
    /// Effect over standard error; `NaN` where there is none.
    pub(super) fn t(&self) -> Vec<f64> {
        self.effect
            .iter()
            .zip(&self.error)
            .map(|(effect, error)| effect / error)
            .collect()
    }

    /// The mean of curves.
    pub(super) fn one_sample<C: AsRef<[f64]>>(
        curves: &[C],
        dependence: Dependence,
    ) -> Self {
        let group = CurveGroup::measure(curves);
        let count = curves.len() as f64;
        let freedom = dependence.effective(curves.len()) - 1.0;
        let error =
            group.spread.iter().map(|spread| (spread / freedom / count).sqrt()).collect();
        Self { effect: group.mean, error, freedom, residuals: group.residuals }.masked()
    }

    /// The mean of the first curves minus that of the second ones.
    pub(super) fn two_samples<C: AsRef<[f64]>>(
        [first, second]: [&[C]; 2],
        variances: Variances,
        dependence: Dependence,
    ) -> Self {
        let sizes = [first.len(), second.len()].map(|count| GroupSize {
            count: count as f64,
            freedom: dependence.effective(count) - 1.0,
        });
        let one = CurveGroup::measure(first);
        let other = CurveGroup::measure(second);
        let effect =
            one.mean.iter().zip(&other.mean).map(|(one, other)| one - other).collect();
        let spreads: Vec<[f64; 2]> = one
            .spread
            .iter()
            .zip(&other.spread)
            .map(|(one, other)| [*one, *other])
            .collect();
        let (error, freedom) = match variances {
            Variances::Equal => pooled_errors(&spreads, sizes),
            Variances::Unequal => {
                (separate_errors(&spreads, sizes), freedom(&spreads, sizes))
            }
        };

        Self {
            effect,
            error,
            freedom,
            residuals: [one.residuals, other.residuals].concat(),
        }
        .masked()
    }

    /// The slope over a covariate, of which there is one value for each curve.
    pub(super) fn regression<C: AsRef<[f64]>>(curves: &[C], covariate: &[f64]) -> Self {
        let group = CurveGroup::measure(curves);
        let centred = centred(covariate);
        let spread: f64 = centred.iter().map(|x| x * x).sum();
        let freedom = curves.len() as f64 - 2.0;

        let mut effect = vec![0.0; group.mean.len()];
        for (x, residual) in centred.iter().zip(&group.residuals) {
            effect
                .iter_mut()
                .zip(residual)
                .for_each(|(effect, residual)| *effect += x * residual / spread);
        }

        // So far these are residuals about the mean; what the covariate explains comes
        // off now.
        let mut residuals = group.residuals;
        for (x, residual) in centred.iter().zip(&mut residuals) {
            residual
                .iter_mut()
                .zip(&effect)
                .for_each(|(residual, effect)| *residual -= x * effect);
        }

        let left = spreads(&residuals, &group.mean, &group.size);
        let error = left.iter().map(|left| (left / freedom / spread).sqrt()).collect();
        Self { effect, error, freedom, residuals }.masked()
    }

    fn masked(mut self) -> Self {
        for at in 0..self.effect.len() {
            let there = self.error[at] > 0.0
                && self.error[at].is_finite()
                && self.effect[at].is_finite();
            if !there {
                self.effect[at] = f64::NAN;
                self.error[at] = f64::NAN;
                self.residuals.iter_mut().for_each(|residual| residual[at] = f64::NAN);
            }
        }
        self
    }
}

/// Values minus their mean.
pub(super) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value - mean).collect()
}

/// How many curves a group has.
#[derive(Clone, Copy)]
struct GroupSize {
    count: f64,
    /// One less than are independent of them. The variance of the mean is the sum of the
    /// squared residuals over both numbers: that sum is as much smaller as fewer curves
    /// are independent.
    freedom: f64,
}

/// The standard errors of a difference of two means with one variance of both groups, and
/// their degrees of freedom.
fn pooled_errors(spreads: &[[f64; 2]], sizes: [GroupSize; 2]) -> (Vec<f64>, f64) {
    let freedom = sizes[0].freedom + sizes[1].freedom;
    let share = (1.0 / sizes[0].count + 1.0 / sizes[1].count) / freedom;
    let error = |[one, other]: &[f64; 2]| ((one + other) * share).sqrt();
    (spreads.iter().map(error).collect(), freedom)
}

/// The standard errors with a variance for each group (Welch 1947).
fn separate_errors(spreads: &[[f64; 2]], sizes: [GroupSize; 2]) -> Vec<f64> {
    let variance = |k: usize, spread: f64| spread / sizes[k].freedom / sizes[k].count;
    let error = |&[one, other]: &[f64; 2]| (variance(0, one) + variance(1, other)).sqrt();
    spreads.iter().map(error).collect()
}

/// Curves around their mean.
struct CurveGroup {
    mean: Vec<f64>,
    residuals: Vec<Vec<f64>>,
    /// The sum of the squared residuals.
    spread: Vec<f64>,
    /// The sum of the squared values.
    size: Vec<f64>,
}

impl CurveGroup {
    fn measure<C: AsRef<[f64]>>(curves: &[C]) -> Self {
        let nodes = curves.first().map_or(0, |curve| curve.as_ref().len());
        let mut mean = vec![0.0; nodes];
        let mut size = vec![0.0; nodes];
        for curve in curves {
            mean.iter_mut().zip(curve.as_ref()).for_each(|(mean, value)| *mean += value);
            size.iter_mut()
                .zip(curve.as_ref())
                .for_each(|(size, value)| *size += value * value);
        }

        mean.iter_mut().for_each(|mean| *mean /= curves.len() as f64);
        let residual = |curve: &C| {
            curve.as_ref().iter().zip(&mean).map(|(value, mean)| value - mean).collect()
        };
        let residuals: Vec<Vec<f64>> = curves.iter().map(residual).collect();
        let spread = spreads(&residuals, &mean, &size);

        Self { mean, residuals, spread, size }
    }
}

/// The sums of the squared residuals, 0 where they are but rounding of the values.
fn spreads(residuals: &[Vec<f64>], mean: &[f64], size: &[f64]) -> Vec<f64> {
    let rounding = 2.0 * f64::EPSILON * residuals.len() as f64;
    let mut sums = vec![0.0; mean.len()];
    for residual in residuals {
        sums.iter_mut()
            .zip(residual)
            .for_each(|(sum, residual)| *sum += residual * residual);
    }
    let real = |(sum, size): (f64, &f64)| {
        if sum <= rounding * rounding * size { 0.0 } else { sum }
    };
    sums.into_iter().zip(size).map(real).collect()
}

/// The degrees of freedom of a difference of means when the variances differ
/// (Satterthwaite 1946): that of the weighted sum of the two variances of all nodes
/// together. For groups of one size it is `tr(RV)²/tr(RVRV)` as well.
fn freedom(spreads: &[[f64; 2]], sizes: [GroupSize; 2]) -> f64 {
    let [one, other] = variances(spreads, sizes);
    let parts = [one / sizes[0].count, other / sizes[1].count];
    let whole = parts[0] + parts[1];
    whole * whole
        / (parts[0] * parts[0] / sizes[0].freedom
            + parts[1] * parts[1] / sizes[1].freedom)
}

/// The variances of two groups over all nodes, each node scaled by its pooled variance
/// (Friston et al. 2007), by scoring of the restricted likelihood.
///
/// The maximum is known at once: the mean of the scaled variances. The steps towards it
/// are those of SPM and spm1d, which stop as soon as the likelihood rises by less than
/// 0.1, so that the degrees of freedom are theirs.
fn variances(spreads: &[[f64; 2]], sizes: [GroupSize; 2]) -> [f64; 2] {
    let own = sizes.map(|size| size.freedom);
    let (mut scaled, mut count) = ([0.0; 2], 0.0);
    for [one, other] in spreads
        .iter()
        .filter(|[one, other]| one + other > 0.0 && (one + other).is_finite())
    {
        let pooled = (one + other) / (own[0] + own[1]);
        scaled = [scaled[0] + one / pooled, scaled[1] + other / pooled];
        count += 1.0;
    }

    let maximum = [0, 1].map(|k| scaled[k] / count / own[k]);
    let mut found = [1.0; 2];
    for step in 0..128 {
        let damping = libm::log(f64::from(step) + 3.0);
        let rise = |k: usize| {
            0.5 * own[k] * ((maximum[k] - found[k]) / found[k]).powi(2) / damping
        };
        let last = rise(0) + rise(1) < 0.1;
        found = [0, 1].map(|k| found[k] + (maximum[k] - found[k]) / damping);
        if last {
            break;
        }
    }

    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_vary_has_no_t() {
        let curves = [[0.1, 1.0, 1.0], [0.1, 2.0, f64::NAN], [0.1, 4.0, 3.0]];
        let fit = FieldFit::one_sample(&curves, Dependence::NONE);
        let t = fit.t();
        assert!(
            t[0].is_nan()
                && t[2].is_nan()
                && (t[1] - 2.645_751_311_064_590_7).abs() < 1e-12,
            "{t:?}"
        );
        assert!(
            fit.residuals
                .iter()
                .all(|residual| residual[0].is_nan() && residual[1].is_finite())
        );
    }

    #[test]
    fn a_small_spread_on_a_large_value_is_seen() {
        let t = FieldFit::one_sample(
            &[[1e6 + 1e-4], [1e6 + 2e-4], [1e6 - 1e-4]],
            Dependence::NONE,
        )
        .t();
        assert!(t[0] > 1e9);
    }

    #[test]
    fn values_beyond_all_squares_are_missing() {
        for size in [1e200, f64::INFINITY] {
            assert!(
                FieldFit::one_sample(&[[size], [-size], [2.0 * size]], Dependence::NONE)
                    .t()[0]
                    .is_nan()
            );
        }
    }

    #[test]
    fn the_slope_is_that_of_the_line() {
        let (x, y) = ([1.0, 2.0, 4.0, 8.0], [0.3, 1.1, 0.9, 2.5]);
        let line = crate::dsp::regression::Line::fit(&x, &y).unwrap();
        let fit = FieldFit::regression(&y.map(|y| [y]), &x);
        assert!((fit.t()[0] - line.slope / line.slope_error).abs() < 1e-12);
    }

    #[test]
    fn equal_variances_have_all_degrees_of_freedom() {
        let freedom = |spreads: &[[f64; 2]], sizes: [f64; 2]| {
            let size = |count| GroupSize { count, freedom: count - 1.0 };
            freedom(spreads, sizes.map(size))
        };
        assert!((freedom(&[[7.0, 7.0], [2.0, 2.0]], [8.0, 8.0]) - 14.0).abs() < 1e-12);
        assert!((freedom(&[[7.0, 0.0]], [8.0, 8.0]) - 7.0).abs() < 1e-6);
        let free = freedom(&[[9.0, 1.0], [8.0, 2.0]], [5.0, 15.0]);
        assert!((4.0..6.0).contains(&free), "{free}");
    }
}
