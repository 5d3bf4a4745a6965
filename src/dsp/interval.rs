//! Differences and ratios of two independent estimates from their 95 % intervals alone:
//! the variance of each is recovered from the end that matters ("MOVER").

/// An estimate with its 95 % interval, which need not be symmetric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its interval; it contains the estimate.
    pub interval: (f64, f64),
}

impl Estimate {
    /// Whether all is finite and in order.
    fn is_sound(&self) -> bool {
        let (low, high) = self.interval;
        low.is_finite() && high.is_finite() && low <= self.value && self.value <= high
    }

    fn negated(self) -> Self {
        Self { value: -self.value, interval: (-self.interval.1, -self.interval.0) }
    }
}

/// `a − b` (Zou & Donner 2008). `None` where an interval is not finite or does not
/// contain its estimate.
///
/// ```
/// use soleus::dsp::interval::{Estimate, difference};
///
/// let a = Estimate { value: 5.0, interval: (2.0, 9.0) };
/// let b = Estimate { value: 1.0, interval: (-2.0, 5.0) };
/// assert_eq!(difference(a, b), Some(Estimate { value: 4.0, interval: (-1.0, 9.0) }));
/// ```
pub fn difference(a: Estimate, b: Estimate) -> Option<Estimate> {
    let value = a.value - b.value;
    let below = libm::hypot(a.value - a.interval.0, b.interval.1 - b.value);
    let above = libm::hypot(a.interval.1 - a.value, b.value - b.interval.0);
    let found = Estimate { value, interval: (value - below, value + above) };
    (a.is_sound() && b.is_sound() && found.is_sound()).then_some(found)
}

/// `a / b` (Donner & Zou 2012), which contains the ratios `r` for which the interval of
/// `a − r·b` contains 0. `None` as for [`difference`], and where the interval of `b`
/// contains 0, because the ratio has no ends then.
///
/// Below a ratio of 0 the other end of `b` matters; the published formula, for `a` above
/// 0, is extended by that.
pub fn ratio(a: Estimate, b: Estimate) -> Option<Estimate> {
    if !(a.is_sound() && b.is_sound()) {
        return None;
    }
    let (a, b) = if b.interval.1 < 0.0 { (a.negated(), b.negated()) } else { (a, b) };
    let found = Estimate {
        value: a.value / b.value,
        interval: (lowest_ratio(a, b), -lowest_ratio(a.negated(), b)),
    };
    (b.interval.0 > 0.0 && found.is_sound()).then_some(found)
}

/// The lower end for a positive `b`: the root below the estimate of `(a − r·b)² = (a −
/// low)² + r²·(end − b)²`, which is `square·r² − 2·product·r + rest = 0`.
fn lowest_ratio(a: Estimate, b: Estimate) -> f64 {
    // In units of a and b, so that no square overflows.
    let unit = a.value.abs().max(a.interval.0.abs()).max(f64::MIN_POSITIVE);
    let (a_value, a_low) = (a.value / unit, a.interval.0 / unit);
    let end = if a_low > 0.0 { b.interval.1 } else { b.interval.0 } / b.value;
    let square = end * (2.0 - end);
    let rest = a_low * (2.0 * a_value - a_low);
    let root = (a_value * a_value - square * rest).max(0.0).sqrt();
    // Of both forms of the root, the one that does not subtract what is nearly equal.
    let found =
        if a_value > 0.0 { rest / (a_value + root) } else { (a_value - root) / square };
    found * (unit / b.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;
    use crate::dsp::stats::{mean, mean_interval};

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, interval: (low, high) }
    }

    #[test]
    fn the_ends_of_a_ratio_solve_their_equation() {
        for (a, b) in [
            (estimate(2.0, 1.0, 4.0), estimate(3.0, 2.5, 3.2)),
            (estimate(2.0, 1.0, 4.0), estimate(1.0, 0.5, 3.0)),
            (estimate(0.2, -1.0, 1.5), estimate(3.0, 2.5, 4.0)),
            (estimate(-5.0, -6.0, -4.5), estimate(3.0, 2.5, 4.0)),
            (estimate(-5.0, -6.0, -4.5), estimate(-3.0, -4.0, -2.0)),
            (estimate(0.0, 0.0, 0.0), estimate(3.0, 2.5, 4.0)),
        ] {
            let found = ratio(a, b).unwrap();
            let (low, high) = found.interval;
            assert!((found.value - a.value / b.value).abs() < 1e-15);
            // `a − r·b` has an end at 0 where r is an end of the ratio.
            for r in [low, high] {
                let scaled = estimate(r * b.value, r * b.interval.0, r * b.interval.1);
                let scaled = if r < 0.0 {
                    estimate(scaled.value, r * b.interval.1, r * b.interval.0)
                } else {
                    scaled
                };
                let ends = difference(a, scaled).unwrap().interval;
                assert!(
                    ends.0.abs().min(ends.1.abs()) < 1e-12,
                    "{a:?} {b:?} {r}: {ends:?}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_ends() {
        let (a, b) = (estimate(2.0, 1.0, 4.0), estimate(1.0, -0.1, 3.0));
        assert_eq!((ratio(a, b), ratio(a, estimate(0.0, 0.0, 0.0))), (None, None));
        assert_eq!(difference(a, estimate(1.0, 2.0, 3.0)), None);
        assert_eq!(difference(a, estimate(f64::NAN, 2.0, 3.0)), None);
        assert_eq!(ratio(estimate(1e300, 1e299, f64::INFINITY), a), None);
        assert!(
            ratio(estimate(1e300, 1e299, 2e300), a)
                .is_some_and(|found| found.interval.1 > 1e300)
        );
        assert_eq!(
            ratio(estimate(1e300, 1e299, 2e300), estimate(1e-300, 1e-301, 2e-300)),
            None
        );
    }

    #[test]
    fn both_cover_the_truth_at_their_level() {
        // 1000 pairs of means of 10 and of 14 values: 95 % ± 3 standard errors (2.1 %).
        let mut generator = SplitMix64::new(5);
        let mut mean_of = |n: usize, centre: f64, spread: f64| {
            let values: Vec<f64> =
                (0..n).map(|_| centre + spread * generator.normal()).collect();
            Estimate {
                value: mean(&values).unwrap(),
                interval: mean_interval(&values).unwrap(),
            }
        };
        let (mut differences, mut ratios) = (0, 0);
        for _ in 0..1000 {
            let (a, b) = (mean_of(10, 4.0, 1.0), mean_of(14, 5.0, 2.0));
            let holds = |found: Option<Estimate>, truth: f64| {
                let (low, high) = found.unwrap().interval;
                usize::from(low <= truth && truth <= high)
            };
            differences += holds(difference(a, b), -1.0);
            ratios += holds(ratio(a, b), 0.8);
        }
        println!("of 1000: differences {differences}, ratios {ratios}");
        assert!(
            (929..=980).contains(&differences) && (929..=980).contains(&ratios),
            "{differences} {ratios}"
        );
    }
}
