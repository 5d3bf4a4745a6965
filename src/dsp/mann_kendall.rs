//! Whether values rise or fall over time at all, whatever the shape of the course (Mann
//! 1945; Kendall 1970).

use super::inversions::{count, equal_pairs, in_order, pairs};
use super::stats::{normal_tails, t_tails};

/// The test of Mann and Kendall, ties counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// How many points it rests on.
    pub n: usize,
    /// How many pairs rise, less how many fall.
    pub s: i64,
    /// The variance of [`Self::s`] without a trend.
    pub variance: f64,
    /// [`Self::s`], a step of 1 nearer to 0 (the correction for continuity), in its
    /// standard deviations.
    pub z: f64,
    /// The two-sided p-value of [`Self::z`]: good from about ten points on that do not
    /// depend on each other.
    pub p: f64,
    /// Kendall's tau-b: −1 where all pairs fall, 1 where all rise.
    pub tau: f64,
}

impl MannKendall {
    /// Of the points in any order of x; of `x.len().min(y.len())` of them. `None` for
    /// fewer than three points, values that are not finite, or when all x or all y are
    /// equal.
    ///
    /// ```
    /// use soleus::dsp::mann_kendall::MannKendall;
    ///
    /// let test = MannKendall::measure(&[0.0, 1.0, 2.0, 3.0], &[4.0, 3.0, 2.0, 2.5]);
    /// assert_eq!(test.map(|test| test.s), Some(-4));
    /// ```
    pub fn measure(x: &[f64], y: &[f64]) -> Option<Self> {
        let points = in_order(x, y);
        let finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        if points.len() < 3 || !points.iter().all(finite) {
            return None;
        }

        let (x, mut y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        let (n, all) = (points.len(), pairs(points.len()));
        let falling = count(&mut y, &mut Vec::new());

        let (tied_x, tied_y) = (equal_pairs(&x), equal_pairs(&y));
        let unlike = (all + equal_pairs(&points)) as i64 - (tied_x + tied_y) as i64;
        let s = unlike - 2 * falling as i64;
        let varied = ((all - tied_x) as f64).sqrt() * ((all - tied_y) as f64).sqrt();
        let variance = variance(n as f64, &Ties::count(&x), &Ties::count(&y));
        if varied == 0.0 || variance <= 0.0 {
            return None;
        }

        let z = (s - s.signum()) as f64 / variance.sqrt();
        Some(Self {
            n,
            s,
            variance,
            z,
            p: normal_tails(z),
            tau: (s as f64 / varied).clamp(-1.0, 1.0),
        })
    }

    /// The same for values that are alike, whose variance of [`Self::s`] is so many times
    /// as large (Hamed & Rao 1998) and known from so many degrees of freedom. `None`
    /// where that is no number.
    #[must_use]
    pub fn of_alike(self, inflation: f64, freedom: f64) -> Option<Self> {
        let z = self.z / inflation.sqrt();
        let (variance, p) = (self.variance * inflation, t_tails(z, freedom)?);
        Some(Self { variance, z, p, ..self })
    }

    /// The p-value without the correction for continuity, which is the asymptotic one of
    /// `scipy.stats.kendalltau`.
    pub fn tau_p(&self) -> f64 {
        normal_tails(self.s as f64 / self.variance.sqrt())
    }
}

/// Sums over the groups of equal values.
struct Ties {
    pairs: f64,
    triples: f64,
    variance: f64,
}

impl Ties {
    fn count(sorted: &[f64]) -> Self {
        let mut ties = Self { pairs: 0.0, triples: 0.0, variance: 0.0 };
        for group in sorted.chunk_by(PartialEq::eq) {
            let size = group.len() as f64;
            ties.pairs += size * (size - 1.0);
            ties.triples += size * (size - 1.0) * (size - 2.0);
            ties.variance += size * (size - 1.0) * (2.0 * size + 5.0);
        }
        ties
    }
}

/// Kendall (1970), chapter 4.
fn variance(n: f64, x: &Ties, y: &Ties) -> f64 {
    let all = n * (n - 1.0);
    (all * (2.0 * n + 5.0) - x.variance - y.variance) / 18.0
        + x.pairs * y.pairs / (2.0 * all)
        + x.triples * y.triples / (9.0 * all * (n - 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::SplitMix64;

    #[test]
    fn the_count_is_that_of_all_pairs() {
        let mut generator = SplitMix64::new(12);
        for n in [3, 10, 77] {
            for levels in [3.0, 1e6] {
                let mut draw = || -> Vec<f64> {
                    (0..n).map(|_| (generator.uniform() * levels).floor()).collect()
                };
                let (x, y) = (draw(), draw());
                let sign = |a: f64, b: f64| if a == b { 0.0 } else { (b - a).signum() };
                let of = |i: usize| {
                    (i + 1..n).map(|j| sign(x[i], x[j]) * sign(y[i], y[j])).sum::<f64>()
                };
                let expected: f64 = (0..n).map(of).sum();
                match MannKendall::measure(&x, &y) {
                    Some(found) => assert_eq!(found.s as f64, expected, "{n} {levels}"),
                    None => assert!(n == 3),
                }
            }
        }
    }

    #[test]
    fn values_that_are_alike_say_less() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let test = MannKendall::measure(&x, &x).unwrap();
        let alike = test.of_alike(4.0, 1e6).unwrap();
        assert_eq!((alike.s, alike.z, alike.tau), (test.s, 0.5 * test.z, test.tau));
        assert!((alike.p / normal_tails(0.5 * test.z) - 1.0).abs() < 1e-4);
        assert!(test.of_alike(1.0, 5.0).unwrap().p > test.p);
        assert_eq!(test.of_alike(1.0, f64::NAN), None);
    }

    #[test]
    fn without_a_course_there_is_no_test() {
        let x = [0.0, 1.0, 2.0];
        assert_eq!(MannKendall::measure(&x, &[1.0, 1.0, 1.0]), None);
        assert_eq!(MannKendall::measure(&[2.0; 3], &x), None);
        assert_eq!(MannKendall::measure(&x, &[1.0, f64::NAN, 2.0]), None);
        assert_eq!(MannKendall::measure(&x[..2], &x), None);
        assert_eq!(MannKendall::measure(&x, &[0.0, -0.0, 1.0]).unwrap().s, 2);
    }

    #[test]
    fn chance_has_a_trend_once_in_twenty_series() {
        // 1000 series: 5 % ± 3 standard errors (2.1 %).
        let mut generator = SplitMix64::new(13);
        let x: Vec<f64> = (0..30).map(f64::from).collect();
        let mut draw = || {
            MannKendall::measure(
                &x,
                &(0..30).map(|_| generator.normal()).collect::<Vec<_>>(),
            )
            .unwrap()
            .p
        };
        let found = (0..1000).map(|_| draw()).filter(|p| *p < 0.05).count();
        assert!((29..=71).contains(&found), "{found}");
    }
}
