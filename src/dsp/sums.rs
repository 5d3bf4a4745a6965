//! Sums in a fixed order, so that they have the same bits on every machine: eight side by side,
//! because a single one waits for each addition, and a compiler may not reorder it.

const LANES: usize = 8;

/// `Σ term(x)`.
pub fn sum_of(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let (runs, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for run in runs {
        for lane in 0..LANES {
            sums[lane] += term(run[lane]);
        }
    }
    let rest: f64 = rest.iter().map(|&value| term(value)).sum();
    sums.iter().sum::<f64>() + rest
}

/// `Σ (i − middle)·(x[i] − constant)`.
pub fn first_moment(values: &[f64], middle: f64, constant: f64) -> f64 {
    let (runs, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    let mut times: [f64; LANES] = std::array::from_fn(|lane| lane as f64 - middle);
    for run in runs {
        for lane in 0..LANES {
            sums[lane] += times[lane] * (run[lane] - constant);
            times[lane] += LANES as f64;
        }
    }
    let rest: f64 = times.iter().zip(rest).map(|(time, value)| time * (value - constant)).sum();
    sums.iter().sum::<f64>() + rest
}

/// `Σ a·b`, over as many values as both have.
pub fn product(a: &[f64], b: &[f64]) -> f64 {
    sum_of_pairs(a, b, |a, b| a * b)
}

/// `Σ (a − b)²`, over as many values as both have.
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    sum_of_pairs(a, b, |a, b| (a - b) * (a - b))
}

fn sum_of_pairs(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let n = a.len().min(b.len());
    let ((runs_a, rest_a), (runs_b, rest_b)) = (a[..n].as_chunks::<LANES>(), b[..n].as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in runs_a.iter().zip(runs_b) {
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(&a, &b)| term(a, b)).sum();
    sums.iter().sum::<f64>() + rest
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
            let plain: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((product(&a, &b) - plain).abs() < 1e-12, "{n}");
            let plain: f64 = a.iter().enumerate().map(|(i, x)| (i as f64 - 4.5) * (x - 0.1)).sum();
            assert!((first_moment(&a, 4.5, 0.1) - plain).abs() <= 1e-12 * (n * n) as f64, "{n}");
            let plain: f64 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!((squared_distance(&a, &b) - plain).abs() <= 1e-13 * plain, "{n}");
            assert_eq!(product(&a, &b[..n / 2]), product(&a[..n / 2], &b));
        }
    }
}
