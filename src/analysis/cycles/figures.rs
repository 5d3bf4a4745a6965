//! The figures of cycles: every cycle, their mean and spread, and when the muscle was
//! active.

use super::super::Digest;
use super::super::picture::mean_and_spread;
use super::rows::obstacle;
use super::{Cycle, CycleCourse, timings};
use crate::dsp::ensemble::{Ensemble, percents};
use crate::dsp::stats::mean;
use crate::outcome::{Figure, FigurePlace, Layer, Panel, Tone};
use crate::signal::Side;
use crate::words::counted;

/// The most cycles that are drawn one by one.
const MOST_DRAWN: usize = 40;

/// The cycles of a channel, and below them when its strongest burst was on in each.
pub(super) fn ensemble(channel: &Digest, course: &CycleCourse) -> Option<Figure> {
    if obstacle(channel, course).is_some() {
        return None;
    }
    let used: Vec<&Cycle> = course.used().collect();
    let ensemble = Ensemble::from_curves(&course.curves())?;
    let step = used.len().div_ceil(MOST_DRAWN);
    let thin = used.iter().step_by(step).enumerate().map(|(k, cycle)| Layer::Line {
        name: if k == 0 {
            if step == 1 { "cycles".into() } else { format!("every {step}th cycle") }
        } else {
            String::new()
        },
        x: percents(),
        y: cycle.curve.clone(),
        tone: Tone::Muted,
    });
    let mut layers: Vec<Layer> = thin.collect();
    layers.splice(0..0, swing(&used));
    layers.extend(mean_and_spread(&ensemble, 1.0, "mean", Tone::Envelope));
    Some(Figure {
        title: "Cycles".into(),
        channel: Some(channel.label.name.clone()),
        detail: counted(used.len(), "cycle"),
        place: FigurePlace::Task,
        caption:
            "The envelope of each cycle, thin, with mean and standard deviation; below, \
             when the strongest burst of \
                  each cycle was on."
                .into(),
        x_label: "cycle (%)".into(),
        y_label: format!("envelope ({})", channel.unit),
        layers,
        below: raster(channel, &used),
    })
}

/// Swing, shaded from the mean lift-off on.
pub(in crate::analysis) fn swing(used: &[&Cycle]) -> Option<Layer> {
    let stances: Vec<f64> =
        used.iter().filter_map(|cycle| cycle.stride.stance_percent()).collect();
    mean(&stances).map(|from| Layer::Stretch { name: "swing".into(), from, to: 100.0 })
}

/// When the strongest burst of each cycle was on, the first cycle at the bottom.
fn raster(channel: &Digest, used: &[&Cycle]) -> Option<Panel> {
    let timings = timings(channel, used.iter().copied());
    let mut layers = Vec::new();
    for (k, timing) in timings.iter().enumerate() {
        let Some(timing) = timing else { continue };
        // Both sides may share one drawing: the right one stands between the rows.
        let between = if channel.label.side == Some(Side::Right) { 0.4 } else { 0.0 };
        let (row, end) = (k as f64 + 1.0 + between, timing.onset + timing.duration);
        // What reaches into the next cycle goes on at the beginning of the row.
        let (x, y) = if end <= 100.0 {
            (vec![timing.onset, end], vec![row; 2])
        } else {
            (
                vec![timing.onset, 100.0, f64::NAN, 0.0, (end - 100.0).min(timing.onset)],
                vec![row; 5],
            )
        };
        layers.push(Layer::Line { name: String::new(), x, y, tone: Tone::Signal });
    }
    (!layers.is_empty()).then_some(Panel { y_label: "burst on, by cycle".into(), layers })
}
