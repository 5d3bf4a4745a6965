//! A level that changes slowly.

/// A level in the course of time: straight lines between some points, constant before the
/// first and after the last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    points: Vec<(f64, f64)>,
}

impl Course {
    /// Through points in the order of time; `None` without one.
    pub(super) fn through(points: Vec<(f64, f64)>) -> Option<Self> {
        (!points.is_empty()).then_some(Self { points })
    }

    /// The level at a step.
    pub(super) fn at(&self, step: usize) -> f64 {
        let at = step as f64;
        let next = self.points.partition_point(|(point, _)| *point <= at);
        let last = self.points.len() - 1;
        let ((from, low), (to, high)) =
            (self.points[next.saturating_sub(1)], self.points[next.min(last)]);
        if to > from {
            low + (high - low) * ((at - from) / (to - from)).clamp(0.0, 1.0)
        } else {
            low
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_points() {
        let course = Course::through(vec![(10.0, 1.0), (20.0, 3.0)]).unwrap();
        let levels = [0, 10, 15, 20, 90].map(|step| course.at(step));
        assert_eq!(levels, [1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(Course::through(Vec::new()), None);
    }
}
