//! How quantities change over the epochs: straight lines, lines that single epochs do not
//! move, a turn, and the last epochs compared with the first.

use super::correlation::{EpochCorrelation, Likeness};
use super::course::points;
use super::{EpochCourse, FEWEST, Fatigue, Quantity};
use crate::dsp::broken_line::BrokenLine;
use crate::dsp::change::{linearised, ratio_of_sums, wandering_ratio};
use crate::dsp::mann_kendall::MannKendall;
use crate::dsp::regression::{Line, Wandering, Widening};
use crate::dsp::stats::{mean, standard_deviation};
use crate::dsp::theil_sen::TheilSen;

/// Everything that is said about the change of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Trends {
    /// The lines of the followed quantities, where they have one.
    pub lines: Vec<Trend>,
    /// The means of those quantities that are averaged, in the places of
    /// [`Quantity::ALL`].
    means: [Option<EpochMean>; Quantity::COUNT],
    /// The last tenth of the epochs compared with the first, in the places of
    /// [`Quantity::ALL`].
    changes: [Option<Change>; Quantity::COUNT],
}

/// The change of one quantity over time. Its x are seconds from the beginning of the
/// first used epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The quantity.
    pub quantity: Quantity,
    /// The line by ordinary least squares; its intervals know how the epochs wander.
    pub line: Line,
    /// What is known of neighbouring epochs.
    pub likeness: Likeness,
    /// The line of Theil (1950) and Sen (1968), like the next two of epochs that share no
    /// samples. Its interval knows how they wander.
    pub robust: Option<TheilSen>,
    /// Whether there is a trend at all (Mann 1945; Kendall 1975; Hamed & Rao 1998).
    pub kendall: Option<MannKendall>,
    /// Two lines that meet; `None` for too few epochs.
    pub broken: Option<BrokenLine>,
}

/// The mean of a quantity over the used epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochMean {
    /// The mean.
    pub value: f64,
    /// The standard deviation of the epochs.
    pub deviation: f64,
    /// Its 95 % interval by Student's t, which knows how the epochs wander beside their
    /// line; `None` where they leave too few independent ones.
    pub interval: Option<(f64, f64)>,
    /// How many epochs have the quantity.
    pub epochs: usize,
    /// What is known of neighbouring epochs.
    pub likeness: Likeness,
}

/// The last epochs compared with the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The mean of the last epochs over that of the first.
    pub ratio: f64,
    /// Its 95 % interval, which knows how the epochs wander; `None` for fewer than three
    /// epochs in each group.
    pub interval: Option<(f64, f64)>,
    /// How many epochs are in each group.
    pub epochs: usize,
}

/// The fewest epochs on either side of a turn.
const FEWEST_BESIDE: usize = 6;

impl Trends {
    pub(super) fn fit(course: &EpochCourse, settings: &Fatigue) -> Self {
        let groups = Groups { course, size: course.tenth() };
        let line = |quantity| Trend::fit(course, quantity, settings);
        let averaged = |quantity: Quantity| {
            let is_told = Quantity::AVERAGED.contains(&quantity);
            is_told.then(|| EpochMean::measure(course, quantity, settings)).flatten()
        };
        Self {
            lines: Quantity::FOLLOWED.into_iter().filter_map(line).collect(),
            means: Quantity::ALL.map(averaged),
            changes: Quantity::ALL.map(|quantity| groups.change(quantity)),
        }
    }

    /// The line of a quantity; `None` for fewer than three epochs or when it cannot be
    /// computed.
    pub fn of_quantity(&self, quantity: Quantity) -> Option<&Trend> {
        self.lines.iter().find(|trend| trend.quantity == quantity)
    }

    /// The mean of a quantity that is averaged; `None` for fewer than two epochs that have
    /// it.
    pub fn mean(&self, quantity: Quantity) -> Option<&EpochMean> {
        self.means[quantity.place()].as_ref()
    }

    /// The last epochs compared with the first; `None` without at least two used epochs
    /// that have it.
    pub fn change(&self, quantity: Quantity) -> Option<Change> {
        self.changes[quantity.place()]
    }
}

impl Trend {
    fn fit(course: &EpochCourse, quantity: Quantity, settings: &Fatigue) -> Option<Self> {
        let from_begin = |(times, values): (Vec<f64>, Vec<f64>)| -> (Vec<f64>, Vec<f64>) {
            (times.iter().map(|time_s| time_s - course.begin_s).collect(), values)
        };
        let (x, y) = from_begin(course.points(quantity));
        let plain = Line::fit(&x, &y)?;
        let alike = EpochCorrelation::of(course, quantity, settings);
        let (line, likeness) = alike.line(plain, (&x, &y));
        // Ranks and turns have no theory for epochs that share samples.
        let (x, y) = from_begin(points(course.apart(), quantity));
        let wander = Widening::of(&x, &y);
        let wider = wander.map_or(1.0, |wander| wander.interval);
        Some(Self {
            quantity,
            line,
            likeness,
            robust: TheilSen::fit(&x, &y).map(|line| line.widened(wider)),
            kendall: MannKendall::measure(&x, &y).map(|test| of_wander(test, wander)),
            broken: BrokenLine::fit(&x, &y, FEWEST_BESIDE),
        })
    }
}

/// The test with the variance that a wander gives it.
fn of_wander(test: MannKendall, wander: Option<Widening>) -> MannKendall {
    let alike = wander.and_then(|wander| test.of_alike(wander.variance, wander.freedom));
    alike.unwrap_or(test)
}

impl EpochMean {
    fn measure(
        course: &EpochCourse,
        quantity: Quantity,
        settings: &Fatigue,
    ) -> Option<Self> {
        let (times, values) = course.points(quantity);
        let (value, deviation) = mean(&values).zip(standard_deviation(&values))?;
        let alike = EpochCorrelation::of(course, quantity, settings);
        let (interval, likeness) = alike.mean(&times, &values);
        Some(Self { value, deviation, interval, epochs: values.len(), likeness })
    }
}

/// The first and the last epochs.
struct Groups<'a> {
    course: &'a EpochCourse,
    size: usize,
}

impl Groups<'_> {
    fn change(&self, quantity: Quantity) -> Option<Change> {
        let members = self.members(quantity)?;
        let ratio = ratio_of_sums(&members, self.size)?;
        let interval =
            if self.size >= FEWEST { self.interval(&members, ratio) } else { None };
        Some(Change { ratio, interval, epochs: self.size })
    }

    /// The interval of a ratio, which knows how the epochs wander.
    fn interval(&self, members: &[[f64; 2]], ratio: f64) -> Option<(f64, f64)> {
        let times: Vec<f64> = self.course.apart().map(|epoch| epoch.time_s).collect();
        let values = linearised(members);
        let found = Wandering::fit(&times, &values, |_| 0.0, 0.0)?;
        wandering_ratio(ratio, &values, self.size, found.wander())
    }

    /// The numerator and denominator of every used epoch; `None` when one of them lacks
    /// the quantity.
    fn members(&self, quantity: Quantity) -> Option<Vec<[f64; 2]>> {
        let order = match quantity {
            Quantity::Finsm2 => Some(2),
            Quantity::Finsm3 => Some(3),
            Quantity::Finsm4 => Some(4),
            Quantity::Finsm5 => Some(5),
            _ => None,
        };
        let used = self.course.apart();
        let members: Vec<[f64; 2]> = match order {
            // Moments add up, so that this is the index of the mean spectrum.
            Some(order) => used
                .map(|epoch| {
                    epoch.moments.and_then(|moments| {
                        Some([moments.order(-1)?, moments.order(order)?])
                    })
                })
                .collect::<Option<_>>()?,
            None => used
                .map(|epoch| epoch.value(quantity).map(|value| [value, 1.0]))
                .collect::<Option<_>>()?,
        };
        (members.len() >= 2).then_some(members)
    }
}
