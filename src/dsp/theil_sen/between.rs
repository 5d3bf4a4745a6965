//! The slopes between two bounds, made one by one.

/// A point with what is left of y below each of both bounds.
#[derive(Clone, Copy)]
pub(super) struct PointRest {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// What was found.
pub(super) struct Between {
    /// The slopes of all pairs whose rest neither falls by more than the first margin at
    /// the lower bound nor rises by more than the second at the upper one: those between
    /// the bounds, and some beside them.
    pub(super) slopes: Vec<f64>,
    /// How many pairs have a rest that falls at the lower bound, but by no more than the
    /// margin.
    pub(super) doubtful: u64,
    /// How many pairs may still be looked at.
    left: usize,
}

impl Between {
    /// `None` when more than `most` pairs have to be looked at.
    pub(super) fn find(
        mut rests: Vec<PointRest>,
        margins: [f64; 2],
        most: usize,
    ) -> Option<Self> {
        rests.sort_unstable_by(|one, other| one.low.total_cmp(&other.low));
        let mut found = Self { slopes: Vec::new(), doubtful: 0, left: most };
        found.reordered(&rests, margins)?;
        found.crossed(&mut rests, margins[1])?;
        Some(found)
    }

    /// Pairs that rounding may have put in the wrong order at the lower bound.
    fn reordered(&mut self, rests: &[PointRest], margins: [f64; 2]) -> Option<()> {
        for (k, later) in rests.iter().enumerate() {
            for first in rests[k + 1..]
                .iter()
                .take_while(|first| first.low - later.low <= margins[0])
            {
                self.doubtful += u64::from(later.x > first.x && later.low < first.low);
                self.look(first, later, later.high <= first.high + margins[1])?;
            }
        }
        Some(())
    }

    /// Pairs that change their order up to the upper bound. As they are few, sorting by
    /// insertion meets little else.
    fn crossed(&mut self, rests: &mut [PointRest], margin: f64) -> Option<()> {
        for k in 1..rests.len() {
            let later = rests[k];
            let mut place = k;
            for before in (0..k).rev() {
                let first = rests[before];
                if later.high > first.high + margin {
                    break;
                }
                self.look(&first, &later, true)?;
                if later.high < first.high {
                    rests[before + 1] = first;
                    place = before;
                }
            }
            rests[place] = later;
        }

        Some(())
    }

    /// Takes the slope of a pair in where its second point has the larger x.
    fn look(
        &mut self,
        first: &PointRest,
        second: &PointRest,
        inside: bool,
    ) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        if inside && second.x > first.x {
            self.slopes.push((second.y - first.y) / (second.x - first.x));
        }
        Some(())
    }
}
