//! Moving windows: centred ones of an odd number of samples, which shrink at the ends,
//! and ones that look ahead.
//!
//! Each sum is a block's suffix plus the next block's prefix, so nothing is ever
//! subtracted: the values after a burst are as exact as before it, and the ten-millionth
//! as the first.

use crate::memory;

/// The odd number of samples `2⌊T·rate/2⌋ + 1` of a centred window of `seconds`.
///
/// ```
/// assert_eq!(soleus::dsp::moving::window(0.05, 1000.0), 51);
/// ```
pub fn window(seconds: f64, rate: f64) -> usize {
    2 * (seconds * rate / 2.0).floor().max(0.0) as usize + 1
}

/// The mean of the `window` samples around each sample (made odd by rounding up). At the
/// ends it is the mean of those that exist, so the result has the length of `values`.
pub fn mean(values: &[f64], window: usize) -> Vec<f64> {
    sums(values, window, |value| value, |sum, count| sum / count)
}

/// The root mean square of the `window` samples around each sample.
pub fn root_mean_square(values: &[f64], window: usize) -> Vec<f64> {
    sums(values, window, |value| value * value, |sum, count| (sum / count).sqrt())
}

/// The mean of each sample and the `window − 1` samples after it: one value for every
/// window that lies within `values`, so `window − 1` fewer, and none where the window is
/// longer. A window of 0 samples is one of 1.
pub fn forward_mean(values: &[f64], window: usize) -> Vec<f64> {
    let window = window.max(1);
    let mut means = memory::zeros((values.len() + 1).saturating_sub(window));
    let mut suffixes = vec![[0.0; LANES]; window.min(values.len())];
    for (index, found) in means.chunks_mut(window).enumerate() {
        block(values, 0, index * window, found, &mut suffixes, |value| value);
    }
    means.iter_mut().for_each(|mean| *mean /= window as f64);
    means
}

/// Blocks that are summed side by side: a single sum waits for each addition.
const LANES: usize = 4;

/// The sums of terms over windows that shrink at the ends, each finished with the number
/// of its samples.
fn sums(
    values: &[f64],
    window: usize,
    term: impl Fn(f64) -> f64,
    finish: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let n = values.len();
    let half = (window / 2).min(n);
    let width = 2 * half + 1;
    let mut sums = memory::zeros(n);
    let mut suffixes = vec![[0.0; LANES]; width];

    let mut from = 0;
    while from < n {
        // The windows of these blocks lie between the ends.
        let inside = from
            .checked_sub(half)
            .and_then(|first| values.get(first..first + (LANES + 1) * width));
        if let Some(inside) = inside {
            let found = &mut sums[from..from + LANES * width];
            blocks(inside, found, &mut suffixes, &term);
            // Apart from the sums, so that divisions and roots run on vectors.
            found.iter_mut().for_each(|sum| *sum = finish(*sum, width as f64));
            from += LANES * width;
        } else {
            let end = (from + width).min(n);
            block(values, half, from, &mut sums[from..end], &mut suffixes, &term);
            for (i, sum) in (from..end).zip(&mut sums[from..end]) {
                *sum =
                    finish(*sum, ((i + half + 1).min(n) - i.saturating_sub(half)) as f64);
            }
            from = end;
        }
    }

    sums
}

/// Blocks of whole windows; `values` reach one block beyond them.
fn blocks(
    values: &[f64],
    found: &mut [f64],
    suffixes: &mut [[f64; LANES]],
    term: impl Fn(f64) -> f64,
) {
    let width = suffixes.len();
    let own: [&[f64]; LANES] =
        std::array::from_fn(|lane| &values[lane * width..][..width]);
    let mut sum = [0.0; LANES];
    for (j, suffix) in suffixes.iter_mut().enumerate().rev() {
        for lane in 0..LANES {
            sum[lane] += term(own[lane][j]);
        }
        *suffix = sum;
    }

    let next: [&[f64]; LANES] =
        std::array::from_fn(|lane| &values[(lane + 1) * width..][..width]);
    let mut prefix = [0.0; LANES];
    for (j, suffix) in suffixes.iter().enumerate() {
        for lane in 0..LANES {
            found[lane * width + j] = suffix[lane] + prefix[lane];
            prefix[lane] += term(next[lane][j]);
        }
    }
}

/// The sums of one block, with zeros beyond the ends.
fn block(
    values: &[f64],
    half: usize,
    from: usize,
    found: &mut [f64],
    suffixes: &mut [[f64; LANES]],
    term: impl Fn(f64) -> f64,
) {
    let width = suffixes.len();
    let padded = |position: usize| {
        position.checked_sub(half).and_then(|i| values.get(i)).map_or(0.0, |&x| term(x))
    };

    let mut sum = 0.0;
    for (j, suffix) in suffixes.iter_mut().enumerate().rev() {
        sum += padded(from + j);
        suffix[0] = sum;
    }

    let mut prefix = 0.0;
    for (j, value) in found.iter_mut().enumerate() {
        *value = suffixes[j][0] + prefix;
        prefix += padded(from + width + j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn every_window_is_the_mean_of_its_samples() {
        for (n, window) in [
            (1, 1),
            (1, 9),
            (5, 3),
            (50, 7),
            (50, 49),
            (50, 51),
            (50, 99),
            (50, 1001),
            (333, 21),
        ] {
            let values = normals(n as u64, n);
            for (i, found) in mean(&values, window).into_iter().enumerate() {
                let inside =
                    &values[i.saturating_sub(window / 2)..(i + window / 2 + 1).min(n)];
                let expected = inside.iter().sum::<f64>() / inside.len() as f64;
                assert!((found - expected).abs() < 1e-14, "{n} {window} {i}");
            }
        }
        assert!(mean(&[], 5).is_empty());
    }

    #[test]
    fn blocks_side_by_side_have_the_bits_of_one_alone() {
        for (n, window) in
            [(1, 1), (30, 1), (999, 3), (1000, 21), (5003, 101), (5003, 999), (40, 5001)]
        {
            let values = normals(7 + n as u64, n);
            let half = (window / 2).min(n);
            let mut alone = vec![0.0; n];
            let mut suffixes = vec![[0.0; LANES]; 2 * half + 1];
            for (index, found) in alone.chunks_mut(2 * half + 1).enumerate() {
                block(&values, half, index * (2 * half + 1), found, &mut suffixes, |x| {
                    x * x
                });
            }
            for (i, (found, sum)) in
                root_mean_square(&values, window).iter().zip(alone).enumerate()
            {
                let count = (i + half + 1).min(n) - i.saturating_sub(half);
                assert_eq!(
                    found.to_bits(),
                    (sum / count as f64).sqrt().to_bits(),
                    "{n} {window} {i}"
                );
            }
        }
    }

    #[test]
    fn forward_windows_are_means_of_what_follows() {
        for (n, window) in [(1, 1), (5, 2), (50, 50), (333, 25), (1000, 64)] {
            let values = normals(n as u64, n);
            let found = forward_mean(&values, window);
            assert_eq!(found.len(), n + 1 - window);
            for (found, inside) in found.iter().zip(values.windows(window)) {
                assert!(
                    (found - inside.iter().sum::<f64>() / window as f64).abs() < 1e-14,
                    "{n} {window}"
                );
            }
        }
        assert!(
            forward_mean(&[1.0, 2.0], 3).is_empty() && forward_mean(&[], 0).is_empty()
        );
        assert_eq!(forward_mean(&[1.0, 2.0], 0), [1.0, 2.0]);
        assert!(forward_mean(&[1.0], usize::MAX).is_empty());
    }

    #[test]
    fn silence_after_a_burst_is_exact_however_long_the_record() {
        let mut values = vec![1e6; 3_000_000];
        values[1_500_000..].fill(1e-12);
        let means = mean(&values, 101);
        assert_eq!(means[1_000_000], 1e6);
        assert!((means[2_900_000] / 1e-12 - 1.0).abs() < 1e-13);
        assert!((root_mean_square(&values, 101)[1_600_000] / 1e-12 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn windows_are_odd() {
        assert_eq!(window(0.1, 1000.0), 101);
        assert_eq!(window(0.1, 1259.0), 125);
        assert_eq!(window(0.0, 1000.0), 1);
    }
}
