//! Sums in a fixed order, so that they have the same bits on every machine and with any
//! number of threads: eight side by side, because a single one waits for each addition,
//! and a compiler may not reorder it.

/// How many partial sums a long sum is made of, so that processors add several samples at
/// once.
pub(super) const LANES: usize = 8;

/// `Σ term(x)`: eight partial sums, of every eighth value each, which are added in pairs.
pub fn sum_of(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    sums_of(values, |value| [term(value)])[0]
}

/// Several sums in one pass, each as [`sum_of`] adds it.
pub fn sums_of<const N: usize>(
    values: &[f64],
    terms: impl Fn(f64) -> [f64; N],
) -> [f64; N] {
    let mut lanes = [[0.0; LANES]; N];
    let (runs, rest) = values.as_chunks::<LANES>();
    let mut add = |lane: usize, value: f64| {
        for (lanes, term) in lanes.iter_mut().zip(terms(value)) {
            lanes[lane] += term;
        }
    };

    for run in runs {
        (0..LANES).for_each(|lane| add(lane, run[lane]));
    }

    rest.iter().enumerate().for_each(|(lane, &value)| add(lane, value));
    lanes.map(paired)
}

/// `Σ (i − middle)·(x[i] − constant)`.
pub fn first_moment(values: &[f64], middle: f64, constant: f64) -> f64 {
    let (runs, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    let mut times: [f64; LANES] = std::array::from_fn(|lane| lane as f64 - middle);
    for run in runs {
        for lane in 0..LANES {
            lanes[lane] += times[lane] * (run[lane] - constant);
            times[lane] += LANES as f64;
        }
    }

    lanes
        .iter_mut()
        .zip(times)
        .zip(rest)
        .for_each(|((lane, time), value)| *lane += time * (value - constant));
    paired(lanes)
}

/// `Σ a·b`, over as many values as both have.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    sum_of_pairs(a, b, |a, b| a * b)
}

/// `Σ (a − b)²`, over as many values as both have.
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    sum_of_pairs(a, b, |a, b| (a - b) * (a - b))
}

/// `Σ term(a, b)`, over as many values as both have.
pub(super) fn sum_of_pairs(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let n = a.len().min(b.len());
    let ((runs_a, rest_a), (runs_b, rest_b)) =
        (a[..n].as_chunks::<LANES>(), b[..n].as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in runs_a.iter().zip(runs_b) {
        for lane in 0..LANES {
            lanes[lane] += term(a[lane], b[lane]);
        }
    }

    lanes
        .iter_mut()
        .zip(rest_a.iter().zip(rest_b))
        .for_each(|(lane, (&a, &b))| *lane += term(a, b));
    paired(lanes)
}

/// The sum of the partial sums.
pub(super) fn paired([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The root mean square, in the unit of the samples; `None` of nothing.
pub fn root_mean_square(samples: &[f64]) -> Option<f64> {
    let squares = sum_of(samples, |sample| sample * sample);
    (!samples.is_empty()).then(|| (squares / samples.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn the_order_changes_nothing_but_rounding() {
        for n in [0, 1, 7, 8, 9, 100, 1003] {
            let (a, b) = (normals(n as u64, n), normals(1 + n as u64, n));
            let plain: f64 = a.iter().map(|x| x * x).sum();
            assert!((sum_of(&a, |x| x * x) - plain).abs() <= 1e-13 * plain, "{n}");
            assert_eq!(sums_of(&a, |x| [x, x * x])[1], sum_of(&a, |x| x * x));
            assert_eq!(dot(&a, &a), sum_of(&a, |x| x * x));
            let plain: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((dot(&a, &b) - plain).abs() < 1e-12, "{n}");
            let plain: f64 =
                a.iter().enumerate().map(|(i, x)| (i as f64 - 4.5) * (x - 0.1)).sum();
            assert!(
                (first_moment(&a, 4.5, 0.1) - plain).abs() <= 1e-12 * (n * n) as f64,
                "{n}"
            );
            let plain: f64 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!((squared_distance(&a, &b) - plain).abs() <= 1e-13 * plain, "{n}");
            assert_eq!(dot(&a, &b[..n / 2]), dot(&a[..n / 2], &b));
        }
    }
}
