//! The mean cycles of both sides laid upon each other: how alike their shapes are, how
//! far apart in the cycle, and where they differ.

use super::super::curves::{self, CurveComparison, Sets, sentence, sentence_with};
use super::super::cycles::{Cycle, CycleCourse, POINTS, follows};
use super::super::picture;
use super::facts::{
    ENSEMBLE_CORRELATION, ENSEMBLE_DIFFERENCE, ENSEMBLE_LAG, NORMALISED_SYMMETRY_INDEX,
    TREND_SYMMETRY,
};
use super::{Comparison, Curves, FEWEST_BLOCKS, Pair, strides};
use crate::dsp::bootstrap::percentile_interval;
use crate::dsp::circular::difference;
use crate::dsp::dependence::Dependence;
use crate::dsp::stats::{extremes, mean};
use crate::dsp::waveform::{
    circular_lag, normalised_symmetry_index, root_mean_squared_difference, trend_symmetry,
};
use crate::outcome::fact::Fact;
use crate::outcome::{CurveTest, Figure, Measure, Note};
use crate::signal::Muscle;
use crate::units::Unit;
use crate::words::capitalised;

/// The curves of both sides, scaled so that they can be compared.
pub(super) struct Curved<'a> {
    pub(super) pair: Pair<'a>,
    /// The used cycles of each side; those of `couples` alone where strides of both sides
    /// belong together.
    pub(super) cycles: [Vec<&'a Cycle>; 2],
    /// Whether the cycles of both sides belong together, one by one.
    pub(super) paired: bool,
    /// The curves of the cycles, scaled.
    pub(super) curves: [Vec<Vec<f64>>; 2],
    /// What they are in.
    pub(super) scale: SideScale,
    /// How alike cycles are that follow each other.
    pub(super) dependence: Dependence,
    /// Why no test is made of them, where that is so.
    untestable: Option<String>,
}

/// What curves are compared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SideScale {
    /// Per cent of the reference of each side.
    Activation,
    /// Per cent of the mean of each side's own cycles: what is compared is the shape.
    Shape,
    /// The unit of the channels.
    Amplitude,
}

impl SideScale {
    /// What is compared, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Activation => {
                "activation in % of the reference, without the points where both rest"
            }
            Self::Shape => {
                "shape, each side in % of its own mean over the cycle, so that a part \
                 that is larger makes the rest smaller; without the points where both rest"
            }
            Self::Amplitude => "amplitude in the unit of the file",
        }
    }

    /// The unit of differences.
    fn unit(self, unit: &Unit) -> Unit {
        if self == Self::Amplitude { unit.clone() } else { Unit::PERCENT }
    }
}

/// A row of a pair's waveforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waveform {
    Correlation,
    Lag,
    Difference,
    Trend,
    Index,
}

impl Waveform {
    /// All of them, in the order of the rows and of [`Curved::values`].
    const ALL: [Self; 5] =
        [Self::Correlation, Self::Lag, Self::Difference, Self::Trend, Self::Index];

    fn fact(self) -> Fact {
        match self {
            Self::Correlation => ENSEMBLE_CORRELATION,
            Self::Lag => ENSEMBLE_LAG,
            Self::Difference => ENSEMBLE_DIFFERENCE,
            Self::Trend => TREND_SYMMETRY,
            Self::Index => NORMALISED_SYMMETRY_INDEX,
        }
    }

    /// Its row of a pair whose curves have this scale.
    fn row(self, pair: Pair<'_>, scale: SideScale, value: f64) -> Measure {
        let row = pair.row(&self.fact(), value);
        match self {
            Self::Difference => Measure { unit: scale.unit(&pair.left.unit), ..row },
            _ => row,
        }
    }

    /// What was drawn, as near to the value as it can be: lags near half a cycle must
    /// not part.
    fn beside(self, drawn: f64, value: f64) -> f64 {
        match self {
            Self::Lag => value + difference(drawn, value, 100.0),
            _ => drawn,
        }
    }

    /// The 95 % interval of a value of which these were drawn: their percentiles, wider
    /// around the value by what few cycles and cycles that are alike ask for; of
    /// correlations on the scale of Fisher's z. `None` where the whole circle of lags
    /// would be in it.
    fn interval(self, value: f64, drawn: &[f64], wider: Wider) -> Option<(f64, f64)> {
        // What is drawn may lie on one side of the value, which its interval holds.
        let (low, high) = percentile_interval(drawn)?;
        let (low, high) = match self {
            Self::Difference => (low, high),
            _ => (low.min(value), high.max(value)),
        };
        let around = |end: f64| value + wider.by * (end - value);
        match self {
            Self::Correlation => {
                let z = |r: f64| libm::atanh(r.clamp(-MOST_ALIKE, MOST_ALIKE));
                let end = |r| libm::tanh(z(value) + wider.by * (z(r) - z(value)));
                Some((end(low), end(high)))
            }
            Self::Difference => of_difference(value, drawn, wider),
            Self::Lag => Some((around(low), around(high)))
                .filter(|(low, high)| high - low < POINTS as f64 - 1.0),
            Self::Trend => Some((around(low).max(0.0), around(high).min(100.0))),
            Self::Index => Some((around(low), around(high))),
        }
    }

    /// What belongs beside the number.
    fn note(self, scale: SideScale) -> String {
        match self {
            Self::Correlation => {
                "of the mean cycles of both sides, without moving them".into()
            }
            Self::Lag => "in % of the cycle, where the circular correlation is highest: \
                          positive when the right is later"
                .into(),
            Self::Difference => {
                format!(
                    "root mean square of left minus right, which chance alone raises; the \
                     interval does not hold that: {}",
                    scale.words()
                )
            }
            Self::Trend => "100 when one side is the other times a number".into(),
            Self::Index => {
                "the mean over the cycle: positive when the left is larger".into()
            }
        }
    }
}

/// Correlations nearer to 1 than this have no z of their own.
const MOST_ALIKE: f64 = 1.0 - 1e-12;

/// By how much percentiles of resampled cycles are too narrow.
#[derive(Clone, Copy)]
struct Wider {
    /// Times their distance from the value.
    by: f64,
    /// Times the variance of a mean of independent cycles.
    variance: f64,
    /// Times the variance of resampled means, for that of a mean.
    few: f64,
}

impl Wider {
    /// For so many cycles that are so alike; `None` where too few of them are
    /// independent. Expanded percentiles (Hesterberg 2015) make up for few cycles.
    fn of(alike: Dependence, count: usize) -> Option<Self> {
        let n = count as f64;
        let few = n / (n - 1.0);
        Some(Self { by: alike.expansion(count)?, variance: alike.inflation(count), few })
    }
}

/// The interval of a root mean square of differences. Scatter adds to its square, so
/// that sides that are equal differ; what it adds is known from the resampled ones, and
/// taken off.
fn of_difference(value: f64, drawn: &[f64], wider: Wider) -> Option<(f64, f64)> {
    let squares: Vec<f64> =
        drawn.iter().map(|difference| difference * difference).collect();
    let (low, high) = percentile_interval(&squares)?;
    let (square, middle) = (value * value, mean(&squares)?);
    let added = (middle - square) * wider.few * wider.variance;
    let end = |end: f64| (square - added + wider.by * (end - middle)).max(0.0).sqrt();
    Some((end(low), end(high)))
}

impl<'a> Curved<'a> {
    /// The curves of a pair, `None` where a side has no cycles; or why they cannot be
    /// compared.
    pub(super) fn new(pair: Pair<'a>, wanted: Curves) -> Option<Result<Self, String>> {
        let Some(sides) = strides::used(pair) else {
            return strides::none_left(pair).map(Err);
        };
        let reason = super::obstacle(pair).or_else(|| strides::obstacle(sides));
        Some(reason.map_or_else(|| Self::scaled(pair, sides, wanted), Err))
    }

    fn scaled(
        pair: Pair<'a>,
        sides: [&'a CycleCourse; 2],
        wanted: Curves,
    ) -> Result<Self, String> {
        let couples = strides::couples(sides);
        let paired = couples.is_some();
        let cycles = match couples {
            Some(couples) => {
                let (left, right) = couples.into_iter().unzip();
                [left, right]
            }
            None => sides.map(|side| side.used().collect::<Vec<&Cycle>>()),
        };

        let scale = scale_of(pair, wanted)?;
        let factors = factors(pair, &cycles, scale)?;
        let curves: [Vec<Vec<f64>>; 2] = [0, 1].map(|side| {
            let scaled = |cycle: &&Cycle| {
                cycle.curve.iter().map(|value| factors[side] * value).collect()
            };
            cycles[side].iter().map(scaled).collect()
        });

        let untestable = strides::untestable(pair, sides);
        let dependence = dependence(&cycles, &curves, paired);
        Ok(Self { pair, cycles, paired, curves, scale, dependence, untestable })
    }

    /// The comparison of the cycles of both sides, or why there is none.
    pub(super) fn test(
        &self,
        settings: &CurveComparison,
        dependence: Dependence,
        seed: u64,
    ) -> Result<CurveTest, String> {
        if let Some(reason) = &self.untestable {
            return Err(reason.clone());
        }
        let [left, right] = self.curves.each_ref().map(Vec::as_slice);
        let relative = self.scale != SideScale::Amplitude;
        let sets = Sets {
            curves: [left, right],
            names: ["left", "right"],
            paired: self.paired,
            unit: "stride",
            relative,
            dependence: self.dependence.larger(dependence),
        };
        let (one, other) = (&self.pair.left.label, &self.pair.right.label);
        settings.compare(sets, seed).map(|test| CurveTest {
            channel: format!("{} ~ {}", one.name, other.name),
            muscle: one.muscle,
            compared: format!("left minus right: {}", self.scale.words()).into(),
            ..test
        })
    }

    /// What a test says, and what limits it.
    pub(super) fn notes(&self, test: &CurveTest) -> Vec<Note> {
        let muscle = capitalised(self.pair.muscle.name());
        let told = match self.scale {
            SideScale::Amplitude => sentence_with(test, "of more volts"),
            _ => sentence(test),
        };
        let found = Note::info(format!(
            "{muscle}, over the cycle ({}): {told}.",
            self.scale.words(),
        ));
        (!test.clusters.is_empty()).then_some(found).into_iter().collect()
    }

    /// The curves of both sides as they are drawn, and the label of their axis.
    pub(super) fn shown(&self) -> ([Vec<Vec<f64>>; 2], String) {
        let largest = self
            .curves
            .iter()
            .flatten()
            .map(|curve| extremes(curve).1)
            .fold(0.0, f64::max);
        let (factor, label) = match self.scale {
            SideScale::Activation => (1.0, "activation (%)".to_owned()),
            SideScale::Shape => (1.0, "envelope (% of its mean)".to_owned()),
            SideScale::Amplitude => {
                let (factor, unit) = picture::scale(&self.pair.left.unit, largest);
                (factor, format!("envelope ({unit})"))
            }
        };
        let scaled =
            |curve: &Vec<f64>| curve.iter().map(|value| factor * value).collect();
        (self.curves.each_ref().map(|curves| curves.iter().map(scaled).collect()), label)
    }

    /// Both ensembles with the test below them.
    pub(super) fn figure(&self, test: &CurveTest) -> Option<Figure> {
        let (curves, label) = self.shown();
        let [left, right] = curves.each_ref().map(Vec::as_slice);
        let title = "Where in the cycle the sides differ".to_owned();
        curves::figure(test, title, [("left", left), ("right", right)], label)
    }

    /// What is made of the mean curves of both sides, in the order of
    /// [`Waveform::ALL`].
    fn values(&self, [left, right]: [&[f64]; 2]) -> [f64; 5] {
        let lag = circular_lag(left, right);
        let index = normalised_symmetry_index(left, right).and_then(|index| mean(&index));
        [
            lag.map_or(f64::NAN, |lag| lag.at_zero),
            lag.map_or(f64::NAN, |lag| lag.lag as f64),
            root_mean_squared_difference(left, right).unwrap_or(f64::NAN),
            trend_symmetry(left, right).unwrap_or(f64::NAN),
            index.unwrap_or(f64::NAN),
        ]
    }

    /// How alike cycles are that follow each other, in the sides or in their differences,
    /// whichever more.
    fn alike_sides(&self) -> Dependence {
        let sides = dependence(&self.cycles, &self.curves, false);
        sides.larger(self.dependence)
    }

    /// The mean of curves of which each counts so often.
    fn mean_of(&self, side: usize, times: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; POINTS];
        for (curve, times) in
            self.curves[side].iter().zip(times).filter(|(_, times)| **times > 0.0)
        {
            sum.iter_mut().zip(curve).for_each(|(sum, value)| *sum += times * value);
        }
        let count: f64 = times.iter().sum();
        let middle = sum[..POINTS - 1].iter().sum::<f64>() / (POINTS - 1) as f64;
        // The shape of what was drawn is in per cent of its own mean again.
        let by = if self.scale == SideScale::Shape { middle / 100.0 } else { count };
        sum.iter_mut().for_each(|sum| *sum /= by);
        sum
    }
}

/// How alike cycles are that follow each other: in the differences of the sides where
/// cycles belong together, else in each side.
fn dependence(
    cycles: &[Vec<&Cycle>; 2],
    curves: &[Vec<Vec<f64>>; 2],
    paired: bool,
) -> Dependence {
    if paired {
        let both = curves[0].iter().zip(&curves[1]);
        let differences: Vec<Vec<f64>> = both
            .map(|(left, right)| left.iter().zip(right).map(|(l, r)| l - r).collect())
            .collect();
        return Dependence::of_curves(&differences, |at| follows(&cycles[0], at));
    }
    let of_side = |side: usize| {
        Dependence::of_curves(&curves[side], |at| follows(&cycles[side], at))
    };
    Dependence::joined([0, 1].map(of_side))
}

/// What limits differences that were found in the unit of the file.
pub(super) fn caution(tests: &[CurveTest]) -> Option<Note> {
    let in_volts = |test: &CurveTest| {
        !test.clusters.is_empty() && test.compared.ends_with(SideScale::Amplitude.words())
    };
    tests.iter().any(in_volts).then(|| {
        Note::caution(
            "The cycles of both sides are compared in the unit of the file, because \
             there is no reference of both: another \
             electrode or skin alone makes one side larger wherever the muscle is \
             active. A difference in a part of the \
             activity is less likely to come from there; shapes that are compared \
             instead, by the recipe, have no level.",
        )
    })
}

/// The muscles whose sides differ nowhere, in one sentence.
pub(super) fn equal(tests: &[CurveTest]) -> Option<Note> {
    let equal = tests.iter().filter(|test| test.clusters.is_empty());
    let names: Vec<&str> =
        equal.filter_map(|test| test.muscle).map(Muscle::name).collect();
    (!names.is_empty()).then(|| {
        Note::info(format!(
            "{}: the cycles of both sides differ nowhere beyond chance; that is no proof \
             that they are equal.",
            capitalised(&names.join(", "))
        ))
    })
}

/// What the curves of both sides are told in, where that is possible.
fn scale_of(pair: Pair<'_>, wanted: Curves) -> Result<SideScale, String> {
    let referenced = pair.left.reference.is_some() && pair.right.reference.is_some();
    let alike = pair.left.unit == pair.right.unit;

    match wanted {
        Curves::Auto if pair.has_maxima() => Ok(SideScale::Activation),
        Curves::Activation if referenced => Ok(SideScale::Activation),
        Curves::Activation => {
            Err("a side has no reference, so there is no activation".into())
        }
        Curves::Amplitude if alike => Ok(SideScale::Amplitude),
        Curves::Auto | Curves::Shape => Ok(SideScale::Shape),
        Curves::Amplitude => Err(format!(
            "the sides have different units, {} and {}",
            pair.left.unit, pair.right.unit
        )),
    }
}

/// By what the curves of each side are multiplied.
fn factors(
    pair: Pair<'_>,
    cycles: &[Vec<&Cycle>; 2],
    scale: SideScale,
) -> Result<[f64; 2], String> {
    let references = pair.left.reference.zip(pair.right.reference);
    let factors = match (scale, references) {
        (SideScale::Activation, Some((left, right))) => [100.0 / left, 100.0 / right],
        (SideScale::Shape, _) => [0, 1].map(|side| 100.0 / grand_mean(&cycles[side])),
        _ => [1.0; 2],
    };

    match [pair.left, pair.right]
        .into_iter()
        .zip(factors)
        .find(|(_, one)| !one.is_finite())
    {
        Some((side, _)) => Err(format!("{}: no signal in its cycles", side.label.name)),
        None => Ok(factors),
    }
}

fn grand_mean(cycles: &[&Cycle]) -> f64 {
    let means: Vec<f64> = cycles.iter().map(|cycle| cycle.mean()).collect();
    mean(&means).unwrap_or(f64::NAN)
}

impl Comparison<'_> {
    /// How alike the mean cycles of both sides are; none where the sides have no cycles.
    pub(super) fn waveforms(
        &mut self,
        pair: Pair<'_>,
        curved: Option<&Result<Curved<'_>, String>>,
    ) -> Vec<Measure> {
        match curved {
            None => Vec::new(),
            Some(Err(reason)) => Waveform::ALL
                .map(|waveform| {
                    waveform.row(pair, SideScale::Shape, f64::NAN).noted(reason.clone())
                })
                .into(),
            Some(Ok(curved)) => self.waveform_rows(curved),
        }
    }

    fn waveform_rows(&mut self, curved: &Curved<'_>) -> Vec<Measure> {
        let (pair, counts) = (curved.pair, [0, 1].map(|side| curved.curves[side].len()));
        let once = [0, 1].map(|side| curved.mean_of(side, &vec![1.0; counts[side]]));
        let values = curved.values(once.each_ref().map(Vec::as_slice));
        let replicates = self.replicates(curved, counts);
        let fewest = counts[0].min(counts[1]);
        let wider = Wider::of(curved.alike_sides(), fewest);

        let row = |(k, waveform): (usize, Waveform)| {
            let row = waveform.row(pair, curved.scale, values[k]);
            if values[k].is_nan() {
                return row.noted("an envelope does not vary over the cycle");
            }

            let drawn: Vec<f64> = replicates
                .iter()
                .map(|drawn| waveform.beside(drawn[k], values[k]))
                .filter(|value| value.is_finite())
                .collect();
            let row = row.from_n(fewest).noted(waveform.note(curved.scale));
            match wider.and_then(|wider| waveform.interval(values[k], &drawn, wider)) {
                Some((low, high)) => row.within(low, high),
                None => row,
            }
        };
        Waveform::ALL.into_iter().enumerate().map(row).collect()
    }

    /// What is made of resampled cycles; nothing where there are too few of them.
    fn replicates(&mut self, curved: &Curved<'_>, counts: [usize; 2]) -> Vec<[f64; 5]> {
        if counts[0].min(counts[1]) < FEWEST_BLOCKS {
            return Vec::new();
        }
        let sizes = if curved.paired { vec![counts[0]] } else { counts.to_vec() };
        self.draws(&sizes).replicates(|times| {
            let (left, right) =
                if curved.paired { (times, times) } else { times.split_at(counts[0]) };
            let means = [curved.mean_of(0, left), curved.mean_of(1, right)];
            curved.values(means.each_ref().map(Vec::as_slice))
        })
    }
}
