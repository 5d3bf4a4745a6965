//! Excursions of Gaussian, t and F fields above a threshold.

use std::f64::consts::{LN_2, PI};

use super::Resels;
use crate::dsp::stats::{normal_cdf, share_below, t_tails};

/// What the values of a field are distributed as when nothing is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldDistribution {
    /// The standard normal: Z.
    Normal,
    /// Student's t.
    Student {
        /// Its degrees of freedom.
        freedom: f64,
    },
    /// Fisher's F.
    Fisher {
        /// The degrees of freedom of the numerator.
        numerator: f64,
        /// The degrees of freedom of the denominator.
        denominator: f64,
    },
}

impl FieldDistribution {
    /// The densities of the Euler characteristic above `u`, for a point and for each
    /// resel of length (Worsley et al. 2004, for lengths in resels). `NaN` for degrees of
    /// freedom that are not positive.
    pub fn densities(self, u: f64) -> [f64; 2] {
        let line = (4.0 * LN_2).sqrt() / (2.0 * PI);
        match self {
            Self::Normal => [normal_cdf(-u), line * libm::exp(-0.5 * u * u)],
            Self::Student { freedom } => {
                let half = 0.5 * t_tails(u, freedom).unwrap_or(f64::NAN);
                let power = 0.5 * (1.0 - freedom) * libm::log1p(u * u / freedom);
                [if u < 0.0 { 1.0 - half } else { half }, line * libm::exp(power)]
            }
            Self::Fisher { numerator, denominator } => {
                fisher(u.max(0.0), numerator, denominator)
            }
        }
    }

    /// How many separate pieces above `u` are expected: `R0·ρ0 + R1·ρ1`, and never fewer
    /// than for a single point. (A circle that lies above `u` as a whole has the Euler
    /// characteristic 0, so that a very smooth one would have none.)
    pub fn expected(self, u: f64, resels: Resels) -> f64 {
        let [point, line] = self.densities(u);
        (resels.points * point + resels.length * line).max(point)
    }

    /// The probability that the largest value of the field exceeds `u`: pieces so rare
    /// are Poisson.
    pub fn survival(self, u: f64, resels: Resels) -> f64 {
        -libm::expm1(-self.expected(u, resels))
    }

    /// The threshold that the largest value exceeds with the probability `alpha`, not
    /// below 0. With `nodes`, rough fields are judged as that many single tests
    /// (Bonferroni) where that is the lower threshold. ∞ where no threshold does, as for
    /// t with one degree of freedom.
    pub fn threshold(self, alpha: f64, resels: Resels, nodes: Option<usize>) -> f64 {
        let exceeds = |u: f64| {
            let p = self.largest_p(u, resels, nodes);
            p.is_nan() || p > alpha
        };
        let (mut low, mut high) = (0.0, 1.0);
        while exceeds(high) {
            if high > 1e100 {
                return f64::INFINITY;
            }
            (low, high) = (high, 2.0 * high);
        }

        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return middle;
            }
            if exceeds(middle) { low = middle } else { high = middle }
        }
    }

    /// [`Self::survival`], or the sum over single nodes where that is less.
    pub(super) fn largest_p(self, u: f64, resels: Resels, nodes: Option<usize>) -> f64 {
        let single =
            nodes.map_or(f64::INFINITY, |nodes| nodes as f64 * self.densities(u)[0]);
        self.survival(u, resels).min(single)
    }

    /// How many clusters above `u` of at least this extent in resels are expected
    /// (Friston et al. 1994: the extent to the power 2/D is exponential, here in one
    /// dimension).
    pub fn expected_clusters(self, extent: f64, u: f64, resels: Resels) -> f64 {
        let [point, line] = self.densities(u);
        let mean_extent = point / line;
        let ratio = 0.5 * PI.sqrt() * extent / mean_extent;
        self.expected(u, resels) * libm::exp(-ratio * ratio)
    }

    /// The probability of a cluster above `u` of at least this extent in resels, anywhere
    /// in the field.
    pub fn cluster_p(self, extent: f64, u: f64, resels: Resels) -> f64 {
        -libm::expm1(-self.expected_clusters(extent, u, resels))
    }
}

/// The densities of an F field.
fn fisher(u: f64, numerator: f64, denominator: f64) -> [f64; 2] {
    let ratio = numerator * u / denominator;
    let point = share_below(1.0 / (1.0 + ratio), 0.5 * denominator, 0.5 * numerator)
        .unwrap_or(f64::NAN);
    let gammas = libm::lgamma(0.5 * (denominator + numerator - 1.0))
        - libm::lgamma(0.5 * denominator)
        - libm::lgamma(0.5 * numerator);
    let fall = 0.5 * (denominator + numerator - 2.0) * libm::log1p(ratio);
    let rise = libm::pow(ratio, 0.5 * (numerator - 1.0));
    [point, 2.0 * (LN_2 / PI).sqrt() * rise * libm::exp(gammas - fall)]
}

/// The probability of at least `count` events when `mean` are expected, accurate however
/// small it is.
pub fn poisson_tail(count: usize, mean: f64) -> f64 {
    // Far above the count the rest of 1 is less than a double can tell.
    if count == 0 || mean > 1000.0 + 2.0 * count as f64 || mean.is_nan() {
        return if mean.is_nan() { f64::NAN } else { 1.0 };
    }

    let mut events = count as f64;
    let mut term =
        libm::exp(events * libm::log(mean) - mean - libm::lgamma(events + 1.0));
    let mut sum = 0.0;

    // Terms grow up to the mean; each is a share of the sum from there on.
    while events < mean || term > 1e-17 * sum {
        sum += term;
        events += 1.0;
        term *= mean / events;
    }

    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Resels = Resels { points: 1.0, length: 8.0 };

    #[test]
    fn f_with_one_degree_of_freedom_is_the_square_of_t() {
        for u in [0.3, 1.0, 2.5, 6.0] {
            let t = FieldDistribution::Student { freedom: 9.0 }.densities(u);
            let f = FieldDistribution::Fisher { numerator: 1.0, denominator: 9.0 }
                .densities(u * u);
            assert!(
                (0..2).all(|k| (f[k] - 2.0 * t[k]).abs() < 1e-13 * f[k]),
                "{f:?} {t:?}"
            );
        }
    }

    #[test]
    fn t_with_many_degrees_of_freedom_is_normal() {
        let (t, z) = (
            FieldDistribution::Student { freedom: 1e6 }.densities(2.0),
            FieldDistribution::Normal.densities(2.0),
        );
        assert!((0..2).all(|k| (t[k] - z[k]).abs() < 1e-6));
    }

    #[test]
    fn a_threshold_is_exceeded_at_its_level() {
        for distribution in [
            FieldDistribution::Normal,
            FieldDistribution::Student { freedom: 4.0 },
            FieldDistribution::Fisher { numerator: 2.0, denominator: 57.0 },
        ] {
            let u = distribution.threshold(0.05, LINE, None);
            assert!((distribution.survival(u, LINE) - 0.05).abs() < 1e-12);
        }
    }

    #[test]
    fn one_degree_of_freedom_has_only_the_threshold_of_single_nodes() {
        let student = FieldDistribution::Student { freedom: 1.0 };
        assert_eq!(student.threshold(0.05, LINE, None), f64::INFINITY);
        assert!((student.threshold(0.05, LINE, Some(101)) - 643.0).abs() < 1.0);
    }

    #[test]
    fn a_circle_without_roughness_is_a_single_test() {
        let (circle, student) = (
            Resels { points: 0.0, length: 0.0 },
            FieldDistribution::Student { freedom: 9.0 },
        );
        assert!(
            (student.survival(1.833_112_932_653_87, circle) - 0.048_770_575_5).abs()
                < 1e-9
        );
    }

    #[test]
    fn what_no_field_has_gives_no_panic() {
        for freedom in [0.0, -1.0, f64::NAN] {
            let student = FieldDistribution::Student { freedom };
            assert!(
                student.survival(2.0, LINE).is_nan()
                    && student.threshold(0.05, LINE, None) == f64::INFINITY
            );
        }
        assert!(FieldDistribution::Normal.survival(f64::NAN, LINE).is_nan());
    }

    #[test]
    fn poisson_tails() {
        assert_eq!((poisson_tail(0, 3.0), poisson_tail(2, 0.0)), (1.0, 0.0));
        assert!((poisson_tail(1, 1e-9) - 1e-9).abs() < 1e-17);
        assert!((poisson_tail(2, 3.0) - (1.0 - 4.0 * libm::exp(-3.0))).abs() < 1e-14);
        assert!(
            (poisson_tail(1, 400.0) - 1.0).abs() < 1e-12
                && poisson_tail(3, f64::NAN).is_nan()
        );
        assert_eq!((poisson_tail(5, f64::INFINITY), poisson_tail(1, 1e300)), (1.0, 1.0));
    }
}
