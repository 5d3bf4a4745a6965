//! Cross-correlation of two series that may have gaps.

use std::ops::Range;

use super::sums::dot;

/// Sums over the samples that both series have, of which a correlation is made. Sums of
/// parts add up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Products {
    n: f64,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

impl Products {
    /// The sums of two series of equal length; pairs with a `NaN` are left out.
    pub fn sum(a: &[f64], b: &[f64]) -> Self {
        let mut sums = Self::default();
        for (&a, &b) in a.iter().zip(b) {
            // Adding zeros instead of branching lets the loop run on vectors.
            let weight = f64::from(u8::from(!(a + b).is_nan()));
            let (a, b) = if weight > 0.0 { (a, b) } else { (0.0, 0.0) };
            sums.n += weight;
            sums.a += a;
            sums.b += b;
            sums.aa += a * a;
            sums.bb += b * b;
            sums.ab += a * b;
        }

        sums
    }

    /// The sums themselves, for adding parts up: pairs, a, b, a², b², ab.
    pub fn sums(&self) -> [f64; 6] {
        [self.n, self.a, self.b, self.aa, self.bb, self.ab]
    }

    /// How many pairs were summed.
    pub fn pairs(&self) -> usize {
        self.n as usize
    }

    /// Pearson's correlation; `None` for fewer than two pairs or when a series does not
    /// vary.
    pub fn correlation(&self) -> Option<f64> {
        let var_a = self.aa - self.a * self.a / self.n;
        let var_b = self.bb - self.b * self.b / self.n;
        let shared = self.ab - self.a * self.b / self.n;
        // Below this share of the energy the variance is nothing but rounding.
        let varies = var_a > 1e-12 * self.aa && var_b > 1e-12 * self.bb;
        (self.n > 1.0 && varies)
            .then(|| (shared / (var_a * var_b).sqrt()).clamp(-1.0, 1.0))
    }
}

impl From<[f64; 6]> for Products {
    fn from([n, a, b, aa, bb, ab]: [f64; 6]) -> Self {
        Self { n, a, b, aa, bb, ab }
    }
}

/// Where two series of these lengths lie upon each other when `b` is moved `lag` samples
/// towards the beginning.
fn overlapping(a: usize, b: usize, lag: isize) -> (Range<usize>, Range<usize>) {
    let shift = lag.unsigned_abs();
    let (from_a, from_b) = if lag >= 0 { (0, shift.min(b)) } else { (shift.min(a), 0) };
    let n = (a - from_a).min(b - from_b);
    (from_a..from_a + n, from_b..from_b + n)
}

/// The parts of two series that lie upon each other when `b` is moved `lag` samples
/// towards the beginning (`lag > 0`: what happens in `a` happens `lag` samples later in
/// `b`). Empty when nothing overlaps.
pub fn overlap<'a>(a: &'a [f64], b: &'a [f64], lag: isize) -> (&'a [f64], &'a [f64]) {
    let (in_a, in_b) = overlapping(a.len(), b.len(), lag);
    (&a[in_a], &b[in_b])
}

/// Sums of the first and of the last samples of a series and of their squares, `NaN`
/// nowhere: the sums over any part of it are those over the whole less what lies before
/// and after.
struct RunningSums {
    first: Vec<[f64; 2]>,
    last: Vec<[f64; 2]>,
}

impl RunningSums {
    fn new(samples: &[f64]) -> Self {
        fn running<'a>(samples: impl Iterator<Item = &'a f64>) -> Vec<[f64; 2]> {
            let mut sum = [0.0; 2];
            let mut sums = vec![sum];
            sums.extend(samples.map(|sample| {
                sum = [sum[0] + sample, sum[1] + sample * sample];
                sum
            }));
            sums
        }
        Self { first: running(samples.iter()), last: running(samples.iter().rev()) }
    }

    fn within(&self, part: &Range<usize>) -> [f64; 2] {
        let count = self.first.len() - 1;
        let whole = self.first[count];
        let before = self.first[part.start];
        let after = self.last[count - part.end];
        [whole[0] - before[0] - after[0], whole[1] - before[1] - after[1]]
    }
}

/// The correlations at the lags from −`limit` to `limit`.
fn correlations(a: &[f64], b: &[f64], limit: isize) -> Vec<Option<f64>> {
    let lags = -limit..=limit;
    // With gaps every lag has other pairs, and running sums are of no use.
    if a.iter().chain(b).any(|sample| sample.is_nan()) {
        return lags
            .map(|lag| overlap(a, b, lag))
            .map(|(a, b)| Products::sum(a, b).correlation())
            .collect();
    }

    let sums_a = RunningSums::new(a);
    let sums_b = RunningSums::new(b);
    let at = |lag: isize| {
        let (in_a, in_b) = overlapping(a.len(), b.len(), lag);
        let ([sum_a, squares_a], [sum_b, squares_b]) =
            (sums_a.within(&in_a), sums_b.within(&in_b));
        let products = dot(&a[in_a.clone()], &b[in_b]);
        Products::from([in_a.len() as f64, sum_a, sum_b, squares_a, squares_b, products])
            .correlation()
    };
    lags.map(at).collect()
}

/// The best agreement of two series within a range of lags.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestLag {
    /// The whole lag with the highest correlation, in samples; positive when `b` is
    /// later.
    pub lag: isize,
    /// The lag between samples, by a parabola through the best and its neighbours.
    pub refined: f64,
    /// The correlation at the whole lag.
    pub correlation: f64,
    /// The correlation at lag 0.
    pub at_zero: Option<f64>,
    /// Whether the best lag is the first or last one tried, so that a better one may lie
    /// beyond.
    pub at_limit: bool,
}

/// The lag from −`limit` to `limit` samples at which Pearson's correlation of the
/// overlapping parts is highest; of equals, the one nearest to 0. Every lag uses mean and
/// spread of its own overlap, so that short overlaps do not pull the peak towards 0.
/// `None` when a series does not vary.
pub fn best_lag(a: &[f64], b: &[f64], limit: usize) -> Option<BestLag> {
    let limit = isize::try_from(limit).ok()?;
    let courses = correlations(a, b, limit);
    let distance = |k: usize| (k as isize - limit).unsigned_abs();
    let better = |&(i, p): &(usize, f64), &(k, q): &(usize, f64)| {
        p.total_cmp(&q).then(distance(k).cmp(&distance(i)))
    };
    let found = courses.iter().enumerate().filter_map(|(k, value)| Some((k, (*value)?)));
    let (best, correlation) = found.max_by(better)?;
    let at_limit = best == 0 || best + 1 == courses.len();
    let neighbours =
        if at_limit { None } else { courses[best - 1].zip(courses[best + 1]) };
    let lag = best as isize - limit;
    let refined = lag as f64
        + neighbours.map_or(0.0, |(before, after)| vertex(before, correlation, after));

    Some(BestLag {
        lag,
        refined,
        correlation,
        at_zero: courses[limit.unsigned_abs()],
        at_limit: at_limit && limit > 0,
    })
}

/// Where the parabola through three neighbours has its top, relative to the middle one:
/// −0.5 … 0.5.
fn vertex(before: f64, top: f64, after: f64) -> f64 {
    let curvature = before - 2.0 * top + after;
    if curvature < 0.0 {
        (0.5 * (before - after) / curvature).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn a_delayed_copy_is_found() {
        let x = normals(9, 400);
        for delay in [0_usize, 3, 17] {
            let best = best_lag(&x[delay..300 + delay], &x[..300], 30).unwrap();
            assert_eq!(best.lag, delay as isize);
            assert!((best.correlation - 1.0).abs() < 1e-12);
            let reverse = best_lag(&x[..300], &x[delay..300 + delay], 30).unwrap();
            assert_eq!(reverse.lag, -(delay as isize));
        }
    }

    #[test]
    fn gaps_are_left_out_and_parts_add_up() {
        let (a, mut b) = (normals(1, 50), normals(2, 50));
        b[10..20].fill(f64::NAN);
        let whole = Products::sum(&a, &b);
        assert_eq!(whole.pairs(), 40);
        let (one, other) = (
            Products::sum(&a[..15], &b[..15]).sums(),
            Products::sum(&a[15..], &b[15..]).sums(),
        );
        let parts = Products::from(std::array::from_fn(|k| one[k] + other[k]));
        assert!(
            (parts.correlation().unwrap() - whole.correlation().unwrap()).abs() < 1e-14
        );
    }

    #[test]
    fn correlations_at_all_lags_are_those_of_the_plain_sums() {
        for (n, m) in [(0, 0), (1, 1), (2, 3), (17, 17), (100, 61), (61, 100), (501, 500)]
        {
            let positive = |seed: usize, n: usize| {
                normals(seed as u64, n).iter().map(|x| 2.0 + x).collect::<Vec<_>>()
            };
            let (a, b) = (positive(n + 1, n), positive(m + 700, m));
            for (found, lag) in correlations(&a, &b, 70).into_iter().zip(-70..) {
                let (a, b) = overlap(&a, &b, lag);
                match (found, Products::sum(a, b).correlation()) {
                    (Some(found), Some(plain)) => {
                        assert!((found - plain).abs() < 1e-11, "{n} {m} {lag}")
                    }
                    (found, plain) => {
                        assert_eq!(found.is_some(), plain.is_some(), "{n} {m} {lag}")
                    }
                }
            }
        }
        assert!(
            correlations(&[3.0; 300], &normals(1, 300), 20).iter().all(Option::is_none)
        );
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert!(best_lag(&[1.0; 20], &normals(3, 20), 5).is_none());
        assert!(best_lag(&[], &[], 5).is_none());
        assert!(best_lag(&[f64::NAN; 4], &[1.0, 2.0, 3.0, 4.0], 9).is_none());
    }

    #[test]
    fn waveforms_of_the_reference() {
        // `ref_symmetry_gait.json`: on cycles repeated thrice, the overlap has the
        // circular lag of 3 points.
        let wave = |scale: f64, centre: f64, width: f64| -> Vec<f64> {
            let point = |q: i32| {
                0.05 + scale
                    * (-0.5 * ((f64::from(q % 100) - centre) / width).powi(2)).exp()
            };
            (0..300).map(point).collect()
        };
        let best = best_lag(&wave(1.0, 45.0, 10.0), &wave(0.8, 48.0, 11.0), 50).unwrap();
        assert_eq!(best.lag, 3);
        assert!((best.at_zero.unwrap() - 0.965_415_567_570_905).abs() < 1e-9);
    }
}
