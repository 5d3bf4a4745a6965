//! A level that changes slowly.

/// A level in the course of time, evenly spaced: straight lines between its values,
/// constant before the first and after the last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    spacing: f64,
    levels: Vec<f64>,
}

impl Course {
    /// Through what is known of blocks of so many steps, each value in the middle of its
    /// block; what is not known lies on lines between. `None` where nothing is.
    pub(super) fn through(known: &[Option<f64>], block: usize) -> Option<Self> {
        let there = known.iter().enumerate();
        let there: Vec<(usize, f64)> =
            there.filter_map(|(index, level)| Some((index, (*level)?))).collect();
        let level = |index: usize| {
            let next = there.partition_point(|(at, _)| *at <= index);
            let before = there.get(next.wrapping_sub(1));
            match (before, there.get(next)) {
                (Some((from, low)), Some((to, high))) => {
                    low + (high - low) * (index - from) as f64 / (to - from) as f64
                }
                (Some((_, level)), None) | (None, Some((_, level))) => *level,
                (None, None) => f64::NAN,
            }
        };
        let levels = (0..known.len()).map(level).collect();
        (!there.is_empty()).then_some(Self { spacing: block as f64, levels })
    }

    /// The level at a step.
    pub(super) fn at(&self, step: usize) -> f64 {
        let last = self.levels.len() - 1;
        let place = ((step as f64 + 0.5) / self.spacing - 0.5).clamp(0.0, last as f64);
        let before = place as usize;
        let [low, high] = [before, (before + 1).min(last)].map(|at| self.levels[at]);
        low + (high - low) * (place - before as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_blocks() {
        let known = [None, Some(1.0), None, Some(3.0)];
        let course = Course::through(&known, 11).unwrap();
        let levels = [0, 16, 27, 38, 90].map(|step| course.at(step));
        assert_eq!(levels, [1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(Course::through(&[None], 10), None);
        assert_eq!(Course::through(&[], 10), None);
    }
}
