//! Slopes by rank where too many are as good as equal: all are made, several times, and
//! only counted.

/// Numbers in the order of the values, `NaN` above all.
pub(super) fn order(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The value of an [`order`].
pub(super) fn value(order: u64) -> f64 {
    f64::from_bits(if order >> 63 == 1 { order & !(1 << 63) } else { !order })
}

const BUCKETS: usize = 1 << 11;

/// The slope above `rank` others, of points in the order of x; probably between the
/// bounds. The time grows with the square of the points.
pub(super) fn sweep(x: &[f64], y: &[f64], rank: u64, bounds: (f64, f64)) -> f64 {
    let (mut low, mut high) = (order(bounds.0), order(bounds.1));
    let mut counts = vec![0; BUCKETS];
    loop {
        let step = (64 - (high - low).leading_zeros()).saturating_sub(BUCKETS.ilog2());
        let below = tally(x, y, (low, high, step), &mut counts);
        match bucket(&counts, rank, below) {
            Some(_) if low == high => return value(low),
            Some(bucket) => {
                low += (bucket as u64) << step;
                high = high.min(low.saturating_add((1 << step) - 1));
                if step == 0 {
                    return value(low);
                }
            }
            // The bounds were wrong.
            None if (low, high) == (0, u64::MAX) => return f64::NAN,
            None => (low, high) = (0, u64::MAX),
        }
    }
}

/// How many slopes are below the first number; those up to the second one are counted in
/// buckets.
fn tally(
    x: &[f64],
    y: &[f64],
    (low, high, step): (u64, u64, u32),
    counts: &mut [u64],
) -> u64 {
    counts.fill(0);
    let mut below = 0;
    for (k, (&x_here, &y_here)) in x.iter().zip(y).enumerate() {
        for (x, y) in x[k + 1..].iter().zip(&y[k + 1..]).filter(|(x, _)| **x > x_here) {
            // Adding 0 makes 0 of −0.
            let number = order((y - y_here) / (x - x_here) + 0.0);
            below += u64::from(number < low);
            if (low..=high).contains(&number) {
                counts[((number - low) >> step) as usize] += 1;
            }
        }
    }

    below
}

/// The bucket that holds a rank.
fn bucket(counts: &[u64], rank: u64, below: u64) -> Option<usize> {
    let mut left = rank.checked_sub(below)?;
    counts.iter().position(|count| {
        let inside = left < *count;
        left = left.saturating_sub(*count);
        inside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_values() {
        let values = [
            f64::NEG_INFINITY,
            -1e300,
            -1.0,
            -5e-324,
            -0.0,
            0.0,
            5e-324,
            1.0,
            1e300,
            f64::INFINITY,
        ];
        assert!(values.windows(2).all(|pair| order(pair[0]) < order(pair[1])));
        assert!(values.iter().all(|one| value(order(*one)).to_bits() == one.to_bits()));
    }

    #[test]
    fn wrong_bounds_cost_time_only() {
        let (x, y) = ([0.0, 1.0, 2.0, 3.0], [0.0, 5.0, 6.0, 3.0]);
        let mut all = vec![5.0, 3.0, 1.0, 1.0, -1.0, -3.0];
        all.sort_by(f64::total_cmp);
        for (rank, slope) in all.into_iter().enumerate() {
            for bounds in
                [(-9.0, 9.0), (1.0, 1.0), (7.0, 9.0), (f64::NEG_INFINITY, f64::INFINITY)]
            {
                assert_eq!(
                    sweep(&x, &y, rank as u64, bounds),
                    slope,
                    "{rank} {bounds:?}"
                );
            }
        }
    }
}
