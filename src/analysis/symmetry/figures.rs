//! The figures of the comparison.

use super::super::amplitude::Level;
use super::super::cycles::swing;
use super::super::picture::mean_and_spread;
use super::super::{Digest, picture};
use super::Pair;
use super::waveform::Curved;
use crate::dsp::ensemble::{Ensemble, percents};
use crate::dsp::stats::{extremes, t_95};
use crate::outcome::{Figure, Layer, Panel, Tone};
use crate::words::capitalised;

/// The mean envelopes of all pairs in the unit of the first.
pub(super) fn bars(pairs: &[Pair<'_>]) -> Option<Figure> {
    let unit = &pairs.first()?.left.unit;
    let alike: Vec<&Pair<'_>> = pairs
        .iter()
        .filter(|pair| pair.left.unit == *unit && pair.right.unit == *unit)
        .collect();
    let levels = |of: fn(&Pair<'_>) -> Option<Level>| -> Vec<Option<Level>> {
        alike.iter().map(|pair| of(pair)).collect()
    };
    let left = levels(|pair| pair.left.amplitude.envelope_mean);
    let right = levels(|pair| pair.right.amplitude.envelope_mean);
    let values = |levels: &[Option<Level>]| -> Vec<f64> {
        levels.iter().map(|level| level.map_or(f64::NAN, |level| level.value)).collect()
    };
    let largest = extremes(&values(&left)).1.max(extremes(&values(&right)).1).max(0.0);
    let (factor, symbol) = picture::scale(unit, largest);
    let scaled = |(low, high): (f64, f64)| (low * factor, high * factor);
    let layer = |name: &str, tone: Tone, levels: &[Option<Level>]| Layer::Bars {
        name: name.into(),
        places: alike.iter().map(|pair| pair.muscle.name().into()).collect(),
        values: values(levels).iter().map(|value| value * factor).collect(),
        intervals: levels
            .iter()
            .map(|level| level.as_ref()?.interval().map(scaled))
            .collect(),
        tone,
    };
    Some(Figure {
        title: "Left and right".into(),
        caption: "The mean envelope of both sides of each muscle with its 95 % \
                  interval."
            .into(),
        x_label: "muscle".into(),
        y_label: format!("mean envelope ({symbol})"),
        layers: vec![
            layer("left", Tone::Left, &left),
            layer("right", Tone::Right, &right),
        ],
        below: None,
    })
}

/// The mean cycles of both sides, and below them their difference with its 95 % band.
pub(super) fn overlay(curved: &Curved<'_>) -> Option<Figure> {
    let (curves, y_label) = curved.shown();
    let [left, right] =
        [Ensemble::from_curves(&curves[0])?, Ensemble::from_curves(&curves[1])?];
    let mut layers: Vec<Layer> = swing(&curved.cycles[0]).into_iter().collect();
    layers.extend(mean_and_spread(&left, 1.0, "left", Tone::Left));
    layers.extend(mean_and_spread(&right, 1.0, "right", Tone::Right));
    let muscle = curved.pair.muscle.name();
    let together = if curved.paired {
        ", strides that follow each other taken together"
    } else {
        ""
    };
    Some(Figure {
        title: format!("{}: the cycles of both sides", capitalised(muscle)),
        caption: format!(
            "Mean and standard deviation of {} left and {} right cycles; below, left \
             minus right with the 95 % interval of \
             each point by itself{together}. What is compared is the {}.",
            left.count,
            right.count,
            curved.scale.words()
        ),
        x_label: "cycle (%)".into(),
        y_label,
        layers,
        below: difference_band(curved.paired, &curves, [&left, &right]),
    })
}

/// The difference of both means, with the interval of Student's t at each point (Welch's
/// for cycles that are not paired).
fn difference_band(
    paired: bool,
    curves: &[Vec<Vec<f64>>; 2],
    [left, right]: [&Ensemble; 2],
) -> Option<Panel> {
    let difference: Vec<f64> =
        left.mean.iter().zip(&right.mean).map(|(left, right)| left - right).collect();
    let reach =
        if paired { reach_of_pairs(curves)? } else { reach_of_sides(left, right) };

    let edge = |sign: f64| {
        difference.iter().zip(&reach).map(|(value, reach)| value + sign * reach).collect()
    };
    let band = Layer::Band {
        name: "95 % interval".into(),
        x: percents(),
        low: edge(-1.0),
        high: edge(1.0),
        tone: Tone::Muted,
    };
    let line = Layer::Line {
        name: String::new(),
        x: percents(),
        y: difference.clone(),
        tone: Tone::Fit,
    };
    Some(Panel { y_label: "left minus right".into(), layers: vec![band, line] })
}

/// How far the interval of the mean difference of pairs reaches at each point.
fn reach_of_pairs(curves: &[Vec<Vec<f64>>; 2]) -> Option<Vec<f64>> {
    let pairs = curves[0].iter().zip(&curves[1]);
    let apart: Vec<Vec<f64>> =
        pairs.map(|(l, r)| l.iter().zip(r).map(|(l, r)| l - r).collect()).collect();
    let (apart, n) = (Ensemble::from_curves(&apart)?, apart.len() as f64);
    let t = t_95(n - 1.0).unwrap_or(f64::NAN);
    Some(apart.deviation.iter().map(|deviation| t * deviation / n.sqrt()).collect())
}

/// The same of the difference of two means.
fn reach_of_sides(left: &Ensemble, right: &Ensemble) -> Vec<f64> {
    let (n, m) = (left.count as f64, right.count as f64);
    let reach = |(l, r): (&f64, &f64)| {
        let (l, r) = (l * l / n, r * r / m);
        let scatter = l * l / (n - 1.0) + r * r / (m - 1.0);
        t_95((l + r).powi(2) / scatter).map_or(f64::NAN, |t| t * (l + r).sqrt())
    };
    left.deviation.iter().zip(&right.deviation).map(reach).collect()
}

/// The envelopes of both sides over time.
pub(super) fn envelopes(pair: Pair<'_>) -> Option<Figure> {
    if pair.left.unit != pair.right.unit {
        return None;
    }
    let largest =
        pair.left.picture.largest_envelope.max(pair.right.picture.largest_envelope);
    let (factor, unit) = picture::scale(&pair.left.unit, largest);
    let line =
        |side: &Digest, name: &str, tone: Tone| side.picture.line(factor, name, tone);
    Some(Figure {
        title: format!("{}: left and right envelope", pair.muscle.name()),
        caption:
            "The envelopes of both sides over time; look for differences in height, \
                  shape and timing."
                .into(),
        x_label: "time (s)".into(),
        y_label: format!("envelope ({unit})"),
        layers: vec![
            line(pair.left, "left", Tone::Left),
            line(pair.right, "right", Tone::Right),
        ],
        below: None,
    })
}
