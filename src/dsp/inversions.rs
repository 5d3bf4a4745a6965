//! How many pairs stand in the wrong order, without looking at each of them (Knight
//! 1966).

/// How many values are smaller than an earlier one, counted for each pair. The values,
/// none of which is `NaN`, come out sorted; `spare` is overwritten.
pub(super) fn count(values: &mut Vec<f64>, spare: &mut Vec<f64>) -> u64 {
    let length = values.len();
    // Runs of one length that double until there is only one, so that all merges are of
    // equal halves.
    let doublings = (length / SHORTEST).checked_ilog2().unwrap_or(0);
    let mut run = length.div_ceil(1 << doublings).max(1);
    values.resize(run << doublings, f64::INFINITY);
    let mut inversions = values.chunks_mut(run).map(inserted).sum();
    spare.clear();
    spare.resize(values.len(), 0.0);

    while run < values.len() {
        for (source, target) in values.chunks(2 * run).zip(spare.chunks_mut(2 * run)) {
            inversions += merged(source, target);
        }
        std::mem::swap(values, spare);
        run *= 2;
    }

    values.truncate(length);
    inversions
}

/// Runs of this length, and almost twice of it, are sorted by insertion.
const SHORTEST: usize = 8;

fn inserted(run: &mut [f64]) -> u64 {
    let mut inversions = 0;
    for k in 1..run.len() {
        let value = run[k];
        let mut place = k;
        while place > 0 && run[place - 1] > value {
            run[place] = run[place - 1];
            place -= 1;
        }
        run[place] = value;
        inversions += k - place;
    }

    inversions as u64
}

/// Merges both sorted halves from both ends, neither of which can use up a half before it
/// is at the middle. Two chains of steps that wait for each other only within a chain,
/// without a branch that is guessed wrongly every other time.
fn merged(source: &[f64], target: &mut [f64]) -> u64 {
    let length = source.len() / 2;
    let ((first, second), (front, back)) =
        (source.split_at(length), target.split_at_mut(length));
    let (mut i, mut j, mut over) = (0, 0, 0);

    let (mut last_i, mut last_j, mut over_back) = (length, length, 0);
    for (low, high) in front.iter_mut().zip(back.iter_mut().rev()) {
        let (one, other) = (first[i], second[j]);
        let later = other < one;
        *low = if later { other } else { one };
        over += if later { length - i } else { 0 };
        j += usize::from(later);
        i += usize::from(!later);
        let (one, other) = (first[last_i - 1], second[last_j - 1]);
        let later = one <= other;
        *high = if later { other } else { one };
        over_back += if later { length - last_i } else { 0 };
        last_j -= usize::from(later);
        last_i -= usize::from(!later);
    }

    (over + over_back) as u64
}

/// How many pairs of sorted values are equal.
pub(super) fn equal_pairs<T: PartialEq>(sorted: &[T]) -> u64 {
    sorted.chunk_by(PartialEq::eq).map(|group| pairs(group.len())).sum()
}

/// How many pairs so many values make.
pub(super) fn pairs(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}

/// The points in the order of x, and of y where x is equal.
pub(super) fn in_order(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    // Adding 0 makes 0 of −0, which the order of bits would tell from it.
    let mut points: Vec<(f64, f64)> =
        x.iter().zip(y).map(|(x, y)| (x + 0.0, y + 0.0)).collect();
    points.sort_unstable_by(|one, other| {
        one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1))
    });
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn each_pair_is_counted_once() {
        for n in [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 100, 257] {
            for steps in [1e9, 3.0] {
                let values: Vec<f64> = normals(n as u64, n)
                    .iter()
                    .map(|z| (z * steps).round() / steps)
                    .collect();
                let wrong = |i: usize| {
                    (i + 1..n).filter(|&j| values[j] < values[i]).count() as u64
                };
                let expected: u64 = (0..n).map(wrong).sum();
                let (mut sorted, mut spare) = (values.clone(), Vec::new());
                assert_eq!(count(&mut sorted, &mut spare), expected, "{n} {steps}");
                assert!(sorted.is_sorted() && sorted.len() == n);
            }
        }
        assert_eq!(
            (equal_pairs(&[1, 1, 1, 2, 3, 3]), pairs(0), pairs(1), pairs(4)),
            (4, 0, 0, 6)
        );
    }
}
