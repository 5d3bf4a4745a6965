//! When in their cycles both sides are active: the differences of phases.

use std::f64::consts::TAU;

use super::super::cycles::{
    BURST_DURATION_PERCENT, BURST_OFFSET_PERCENT, BURST_ONSET_PERCENT,
    BURST_PEAK_PERCENT, BurstTiming, Cycle, timings,
};
use super::contrast::{Contrast, ContrastMember, difference};
use super::facts::DIFFERENCE;
use super::{Comparison, FEWEST_BLOCKS, Pair, strides};
use crate::dsp::dependence::Dependence;
use crate::outcome::Measure;

/// A value of a cycle and its strongest burst that is compared.
struct Compared {
    /// The part of [`DIFFERENCE`].
    part: &'static str,
    kind: Averaged,
    of: fn(&Cycle, Option<BurstTiming>) -> Option<f64>,
}

/// The phases and durations that are compared.
static COMPARED: [Compared; 4] = [
    Compared {
        part: BURST_ONSET_PERCENT.name,
        kind: Averaged::Phase,
        of: |_, timing| Some(timing?.onset),
    },
    Compared {
        part: BURST_OFFSET_PERCENT.name,
        kind: Averaged::Phase,
        of: |_, timing| Some(timing?.offset),
    },
    Compared {
        part: BURST_DURATION_PERCENT.name,
        kind: Averaged::Length,
        of: |_, timing| Some(timing?.duration),
    },
    Compared {
        part: BURST_PEAK_PERCENT.name,
        kind: Averaged::Phase,
        of: |cycle, _| Some(cycle.peak_percent()),
    },
];

/// How a value in per cent of the cycle is averaged.
#[derive(Clone, Copy)]
enum Averaged {
    /// On the circle.
    Phase,
    /// As a number.
    Length,
}

impl Comparison<'_> {
    /// The differences of phases, left minus right; none where the sides have no cycles.
    pub(super) fn timing(&mut self, pair: Pair<'_>) -> Vec<Measure> {
        let Some(sides) = strides::used(pair) else {
            return Vec::new();
        };
        let reason = super::obstacle(pair).or_else(|| strides::obstacle(sides));
        let timed =
            [(pair.left, sides[0]), (pair.right, sides[1])].map(|(side, course)| {
                let timings = timings(side, course.used());
                course.used().zip(timings).collect::<Vec<(&Cycle, Option<BurstTiming>)>>()
            });
        let row = |Compared { part, kind, of }: &Compared| {
            let values = timed.each_ref().map(|side| {
                let values = side.iter().filter_map(|(cycle, timing)| of(cycle, *timing));
                values.filter(|value| value.is_finite()).collect::<Vec<f64>>()
            });
            let row = match &reason {
                Some(reason) => pair.missing(&DIFFERENCE, reason.clone()),
                None => self.difference(pair, values, *kind),
            };
            row.part(part)
        };
        COMPARED.iter().map(row).collect()
    }

    fn difference(
        &mut self,
        pair: Pair<'_>,
        values: [Vec<f64>; 2],
        kind: Averaged,
    ) -> Measure {
        if values.iter().any(Vec::is_empty) {
            return pair.missing(&DIFFERENCE, "no cycle of a side has it");
        }
        let member = |value: &f64| -> ContrastMember {
            let angle = value * TAU / 100.0;
            match kind {
                Averaged::Phase => [libm::sin(angle), libm::cos(angle)],
                Averaged::Length => [*value, 1.0],
            }
        };
        let members = [0, 1]
            .map(|side| values[side].iter().map(member).collect::<Vec<ContrastMember>>());
        let of = match kind {
            Averaged::Phase => turn,
            Averaged::Length => difference,
        };
        let contrast = Contrast::new(members, false, of);
        let value = contrast.estimate();
        let row = pair
            .row(&DIFFERENCE, value)
            .from_n(contrast.fewest())
            .noted("left minus right in % of the cycle: above 0 when the left is later or longer");
        if contrast.fewest() < FEWEST_BLOCKS {
            return row;
        }
        // One side has too few cycles to tell how alike neighbours are.
        let by = Dependence::pooled(&values).expansion(contrast.fewest());
        let interval = contrast.percentiles(self.draws(&contrast.sizes()));
        match interval.zip(by) {
            Some(((low, high), by)) => {
                row.within(value + by * (low - value), value + by * (high - value))
            }
            None => row,
        }
    }
}

/// The difference of two mean directions in per cent of the circle, −50 … 50, from the
/// sums of sines and of cosines.
fn turn(left: ContrastMember, right: ContrastMember) -> f64 {
    let (sine, cosine) = (
        left[0] * right[1] - left[1] * right[0],
        left[1] * right[1] + left[0] * right[0],
    );
    100.0 * libm::atan2(sine, cosine) / TAU
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_differ_the_short_way_round() {
        let at = |percent: f64| {
            [libm::sin(percent * TAU / 100.0), libm::cos(percent * TAU / 100.0)]
        };
        for (left, right, expected) in
            [(98.0, 3.0, -5.0), (3.0, 98.0, 5.0), (40.0, 25.0, 15.0), (7.0, 7.0, 0.0)]
        {
            assert!((turn(at(left), at(right)) - expected).abs() < 1e-12);
        }
    }
}
