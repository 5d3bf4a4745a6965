//! How many pairs stand in the wrong order, without looking at each of them (Knight 1966).

/// How many values are smaller than an earlier one by more than `margin` (not negative), counted for each pair. The
/// values come out sorted; `spare` is overwritten. None of them is `NaN`.
pub(super) fn count(values: &mut [f64], spare: &mut Vec<f64>, margin: f64) -> u64 {
    let mut inversions = values.chunks_mut(RUN).map(|run| inserted(run, margin)).sum();
    spare.clear();
    spare.resize(values.len(), 0.0);
    let mut width = RUN;
    let (mut from, mut to) = (&mut *values, spare.as_mut_slice());
    let mut swapped = false;
    while width < from.len() {
        for (source, target) in from.chunks(2 * width).zip(to.chunks_mut(2 * width)) {
            inversions += merged(source, width, target, margin);
        }
        (from, to, swapped, width) = (to, from, !swapped, 2 * width);
    }
    if swapped {
        to.copy_from_slice(from);
    }
    inversions
}

/// Runs that are shorter are sorted by insertion.
const RUN: usize = 8;

fn inserted(run: &mut [f64], margin: f64) -> u64 {
    let mut inversions = 0;
    for k in 1..run.len() {
        let value = run[k];
        inversions += run[..k].iter().map(|earlier| u64::from(value < earlier - margin)).sum::<u64>();
        let mut place = k;
        while place > 0 && run[place - 1] > value {
            run[place] = run[place - 1];
            place -= 1;
        }
        run[place] = value;
    }
    inversions
}

/// Merges both sorted halves of `source`, the first of which has `width` values.
fn merged(source: &[f64], width: usize, target: &mut [f64], margin: f64) -> u64 {
    let (first, second) = source.split_at(width.min(source.len()));
    let inversions = if margin > 0.0 { apart(first, second, margin) } else { 0 };
    let (mut i, mut j, mut over) = (0, 0, 0);
    for place in target.iter_mut() {
        // Without a branch that a processor would guess wrongly every other time.
        let later = i == first.len() || (j < second.len() && second[j] < first[i]);
        *place = if later { second[j] } else { first[i] };
        over += if later { (first.len() - i) as u64 } else { 0 };
        (i, j) = (i + usize::from(!later), j + usize::from(later));
    }
    if margin > 0.0 { inversions } else { over }
}

fn apart(first: &[f64], second: &[f64], margin: f64) -> u64 {
    let (mut below, mut inversions) = (0, 0);
    for value in first {
        below += second[below..].iter().take_while(|later| **later < value - margin).count();
        inversions += below as u64;
    }
    inversions
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn each_pair_is_counted_once() {
        for n in [0, 1, 2, 7, 8, 9, 31, 100, 257] {
            for (steps, margin) in [(1e9, 0.0), (3.0, 0.0), (1e9, 0.4), (3.0, 1.0 / 3.0)] {
                let values: Vec<f64> = normals(n as u64, n).iter().map(|z| (z * steps).round() / steps).collect();
                let wrong = |i: usize| (i + 1..n).filter(|&j| values[j] < values[i] - margin).count() as u64;
                let expected: u64 = (0..n).map(wrong).sum();
                let (mut sorted, mut spare) = (values.clone(), Vec::new());
                assert_eq!(count(&mut sorted, &mut spare, margin), expected, "{n} {steps} {margin}");
                assert!(sorted.is_sorted() && sorted.len() == n);
            }
        }
        assert_eq!((equal_pairs(&[1, 1, 1, 2, 3, 3]), pairs(0), pairs(1), pairs(4)), (4, 0, 0, 6));
    }
}
