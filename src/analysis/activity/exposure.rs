//! How the level of a muscle is distributed over time: the amplitude probability
//! distribution of Jonsson (1982) and the pauses of Veiersted et al. (1990).

use std::ops::Range;

use crate::dsp::stats::quantiles;
use crate::onset::tidy::runs;

/// The levels that 10, 50 and 90 % of the time lie below (static, median and peak level
/// of Jonsson 1982), by linear interpolation; gaps are left out, `None` when nothing else
/// is there.
///
/// `levels` are those of equal pieces of time, usually of 0.1 s, in any unit.
pub fn distribution(levels: &[f64]) -> Option<[f64; 3]> {
    quantiles(levels, [0.1, 0.5, 0.9])
}

/// The runs of at least `shortest` pieces whose level is below `limit`; a gap ends a run.
pub fn low_runs(levels: &[f64], limit: f64, shortest: usize) -> Vec<Range<usize>> {
    let low: Vec<bool> = levels.iter().map(|&level| level < limit).collect();
    runs(&low).into_iter().filter(|run| run.len() >= shortest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_neither_low_nor_levels() {
        let levels = [0.0, 0.0, f64::NAN, 0.0, 4.0, 0.0, 0.0, 0.0];
        assert_eq!(low_runs(&levels, 1.0, 2), [0..2, 5..8]);
        assert_eq!(distribution(&[f64::NAN, 1.0, 2.0, 3.0]), Some([1.2, 2.0, 2.8]));
        assert_eq!(distribution(&[f64::NAN]), None);
        assert!(low_runs(&[], 1.0, 0).is_empty());
    }
}
