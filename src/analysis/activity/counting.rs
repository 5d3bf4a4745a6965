//! Whether what rises and falls of a channel is a series of repetitions.

use super::{Counting, Series};
use crate::dsp::stats::{coefficient_of_variation, median};
use crate::units::Hertz;
use crate::words::spoken;

/// The fewest repetitions that are counted without being asked for.
const FEWEST: usize = 5;
/// The periods of repetitions that are counted without being asked for, in seconds:
/// strides are shorter.
const PERIODS_S: (f64, f64) = (1.5, 10.0);
/// The largest coefficient of variation of their periods, in per cent.
const MOST_VARIED: f64 = 30.0;
/// The largest share of the top that the base may have: between repetitions the muscle
/// rests.
const LARGEST_BASE: f64 = 0.5;

impl Series {
    /// Why these are no repetitions that should be counted; `None` where they are.
    pub(super) fn obstacle(&self, counting: Counting, rate: Hertz) -> Option<String> {
        let periods = self.periods_s(rate);
        let (period, varied) = (
            median(&periods).unwrap_or(0.0),
            coefficient_of_variation(&periods).unwrap_or(0.0),
        );
        let why = if counting == Counting::Always {
            return None;
        } else if self.repetitions.len() < FEWEST {
            format!("fewer than {FEWEST} rises and falls of the slow envelope")
        } else if self.levels.base > LARGEST_BASE * self.levels.top {
            "the muscle does not rest between rises".into()
        } else if !(PERIODS_S.0..=PERIODS_S.1).contains(&period) {
            format!(
                "the rises are {} s apart, not {} to {} s",
                spoken(period),
                PERIODS_S.0,
                PERIODS_S.1
            )
        } else if varied > MOST_VARIED {
            format!(
                "the times between rises vary by {} %, more than {MOST_VARIED} %",
                spoken(varied)
            )
        } else {
            return None;
        };
        Some(format!(
            "the channel does not look like repetitions: {why} \
             (the recipe can have them counted all the same)"
        ))
    }
}
