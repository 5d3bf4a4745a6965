//! Stretches between gaps: nothing is ever filtered across a `NaN`.

use std::ops::Range;

/// The maximal runs without `NaN`, in order.
///
/// ```
/// let stretches = soleus::dsp::gaps::stretches(&[1.0, f64::NAN, 2.0, 3.0]);
/// assert_eq!(stretches, [0..1, 2..4]);
/// ```
pub fn stretches(samples: &[f64]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (i, sample) in samples.iter().enumerate() {
        match (sample.is_nan(), start) {
            (false, None) => start = Some(i),
            (true, Some(from)) => {
                found.push(from..i);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push(from..samples.len());
    }
    found
}

/// The samples that are no gap.
pub fn present(samples: &[f64]) -> impl Iterator<Item = f64> + Clone + '_ {
    samples.iter().copied().filter(|sample| !sample.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_and_empty_slices() {
        assert!(stretches(&[]).is_empty());
        assert!(stretches(&[f64::NAN, f64::NAN]).is_empty());
        assert_eq!(stretches(&[f64::NAN, 1.0, f64::NAN, 2.0]), [1..2, 3..4]);
        assert_eq!(present(&[f64::NAN, 1.0]).sum::<f64>(), 1.0);
    }
}
