//! Centred moving windows of an odd number of samples, which shrink at the ends.
//!
//! Each sum is a block's suffix plus the next block's prefix, so nothing is ever subtracted: the
//! values after a burst are as exact as before it, and the ten-millionth as the first.

/// The odd number of samples `2⌊T·rate/2⌋ + 1` of a centred window of `seconds`.
///
/// ```
/// assert_eq!(soleus::dsp::moving::window(0.05, 1000.0), 51);
/// ```
pub fn window(seconds: f64, rate: f64) -> usize {
    2 * (seconds * rate / 2.0).floor().max(0.0) as usize + 1
}

/// The mean of the `window` samples around each sample (made odd by rounding up). At the ends it
/// is the mean of those that exist, so the result has the length of `values`.
pub fn mean(values: &[f64], window: usize) -> Vec<f64> {
    let half = (window / 2).min(values.len());
    let mut means = sums(values, half);
    let n = values.len();
    for (i, sum) in means.iter_mut().enumerate() {
        *sum /= ((i + half + 1).min(n) - i.saturating_sub(half)) as f64;
    }
    means
}

/// The root mean square of the `window` samples around each sample.
pub fn root_mean_square(values: &[f64], window: usize) -> Vec<f64> {
    let squares: Vec<f64> = values.iter().map(|value| value * value).collect();
    let mut means = mean(&squares, window);
    means.iter_mut().for_each(|value| *value = value.sqrt());
    means
}

/// The sums over `i − half ..= i + half`, with zeros beyond the ends.
fn sums(values: &[f64], half: usize) -> Vec<f64> {
    let (n, width) = (values.len(), 2 * half + 1);
    let padded = |position: usize| position.checked_sub(half).and_then(|i| values.get(i)).copied().unwrap_or(0.0);
    let mut sums = vec![0.0; n];
    let mut suffix = vec![0.0; width];
    for (block, found) in sums.chunks_mut(width).enumerate() {
        let start = block * width;
        let mut sum = 0.0;
        for j in (0..width).rev() {
            sum += padded(start + j);
            suffix[j] = sum;
        }
        let mut prefix = 0.0;
        for (j, value) in found.iter_mut().enumerate() {
            *value = suffix[j] + prefix;
            prefix += padded(start + width + j);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn every_window_is_the_mean_of_its_samples() {
        for (n, window) in [(1, 1), (1, 9), (5, 3), (50, 7), (50, 49), (50, 51), (50, 99), (50, 1001), (333, 21)] {
            let values = normals(n as u64, n);
            for (i, found) in mean(&values, window).into_iter().enumerate() {
                let inside = &values[i.saturating_sub(window / 2)..(i + window / 2 + 1).min(n)];
                let expected = inside.iter().sum::<f64>() / inside.len() as f64;
                assert!((found - expected).abs() < 1e-14, "{n} {window} {i}");
            }
        }
        assert!(mean(&[], 5).is_empty());
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
