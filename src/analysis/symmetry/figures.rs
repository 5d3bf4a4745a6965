//! The figures of the comparison.

use super::super::cycles::swing;
use super::super::picture::mean_and_spread;
use super::waveform::Curved;
use crate::dsp::ensemble::{Ensemble, percents};
use crate::dsp::stats::t_95;
use crate::outcome::{Figure, FigurePlace, Layer, Panel, Tone};

/// The mean cycles of both sides, and below them their difference with its 95 % band.
pub(super) fn overlay(curved: &Curved<'_>) -> Option<Figure> {
    let (curves, y_label) = curved.shown();
    let [left, right] =
        [Ensemble::from_curves(&curves[0])?, Ensemble::from_curves(&curves[1])?];
    let mut layers: Vec<Layer> = swing(&curved.cycles[0]).into_iter().collect();
    layers.extend(mean_and_spread(&left, 1.0, "left", Tone::Left));
    layers.extend(mean_and_spread(&right, 1.0, "right", Tone::Right));
    let together =
        if curved.paired { ", those that follow each other taken together" } else { "" };
    Some(Figure {
        title: "The cycles of both sides".into(),
        channel: Some(format!(
            "{} ~ {}",
            curved.pair.left.label.name, curved.pair.right.label.name
        )),
        detail: format!(
            "{} left, {} right cycles{together}; compared is the {}",
            left.count,
            right.count,
            curved.scale.words()
        ),
        place: FigurePlace::Task,
        caption: "Mean and standard deviation of the cycles of each side; below, left \
                  minus right with the 95 % interval of each point by itself."
            .into(),
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
