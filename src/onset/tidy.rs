//! From samples that are active or not to bursts that are long enough, and pauses that
//! are.

use std::ops::Range;

/// The runs of active samples.
///
/// ```
/// assert_eq!(soleus::onset::tidy::runs(&[false, true, true, false, true]), [1..3, 4..5]);
/// ```
pub fn runs(active: &[bool]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut runs = Vec::new();
    for run in active.chunk_by(|one, next| one == next) {
        if run[0] {
            runs.push(at..at + run.len());
        }
        at += run.len();
    }
    runs
}

/// Closes pauses shorter than `shortest_gap` samples, then drops bursts shorter than
/// `shortest_burst`.
///
/// The order matters: fragments that belong together become a burst before their length
/// is judged.
pub fn tidied(
    bursts: &[Range<usize>],
    shortest_burst: usize,
    shortest_gap: usize,
) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(bursts.len());
    for burst in bursts {
        match joined.last_mut() {
            Some(last) if burst.start.saturating_sub(last.end) < shortest_gap => {
                last.end = last.end.max(burst.end)
            }
            _ => joined.push(burst.clone()),
        }
    }
    joined.retain(|burst| burst.len() >= shortest_burst);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_closed_before_bursts_are_dropped() {
        let bursts = [0..3, 5..8, 20..22, 30..40];
        assert_eq!(tidied(&bursts, 5, 3), [0..8, 30..40]);
        assert_eq!(tidied(&bursts, 1, 0), bursts);
        assert!(tidied(&[], 5, 5).is_empty() && runs(&[]).is_empty());
    }
}
