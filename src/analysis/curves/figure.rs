//! Two ensembles, and below them t with its threshold.

use super::SLOPE;
use super::sentence::sentence;
use crate::analysis::picture::mean_and_spread;
use crate::dsp::ensemble::{Ensemble, percents};
use crate::outcome::{CurveCluster, CurveTest, Figure, FigurePlace, Layer, Panel, Tone};

/// Both ensembles with their names, and below them t with its threshold; the stretches
/// that differ are shaded in both.
pub fn figure(
    test: &CurveTest,
    title: String,
    curves: [(&str, &[Vec<f64>]); 2],
    y_label: String,
) -> Option<Figure> {
    let ([first_name, second_name], curves) =
        (curves.map(|(name, _)| name), curves.map(|(_, curves)| curves));
    let [first, second] =
        [Ensemble::from_curves(curves[0])?, Ensemble::from_curves(curves[1])?];
    let mut layers = shaded(test, "beyond the threshold");
    layers.extend(mean_and_spread(&first, 1.0, first_name, Tone::Left));
    layers.extend(mean_and_spread(&second, 1.0, second_name, Tone::Right));

    Some(Figure {
        title,
        channel: (!test.channel.is_empty()).then(|| test.channel.clone()),
        detail: sentence(test),
        place: FigurePlace::Task,
        caption:
            "Mean and standard deviation of both, and below them t. The threshold is \
                  one that t of noise crosses anywhere in the cycle in a share α of all \
                  cases."
                .into(),
        x_label: "cycle (%)".into(),
        y_label,
        layers,
        below: Some(Panel { y_label: t_label(test), layers: t_layers(test) }),
    })
}

/// The stretches of all clusters.
fn shaded(test: &CurveTest, name: &str) -> Vec<Layer> {
    let stretches = test.clusters.iter().flat_map(stretches);
    let shade = |(from, to)| Layer::Stretch { name: name.into(), from, to };
    stretches.map(shade).collect()
}

/// t over the cycle, with its threshold on both sides.
fn t_layers(test: &CurveTest) -> Vec<Layer> {
    let t = test.t.iter().map(|t| t.unwrap_or(f64::NAN)).collect();
    let mut layers = shaded(test, "");
    layers.push(Layer::Line {
        name: String::new(),
        x: percents(),
        y: t,
        tone: Tone::Fit,
    });

    let heights = test.threshold.map(|height| [(height, "threshold"), (-height, "")]);
    for (height, name) in heights.into_iter().flatten() {
        let (x, y) = (vec![0.0, 100.0], vec![height; 2]);
        layers.push(Layer::Line { name: name.into(), x, y, tone: Tone::Last });
    }
    layers
}

fn t_label(test: &CurveTest) -> String {
    match &*test.statistic {
        SLOPE => "t of the slope".into(),
        _ => format!("t, {} minus {}", test.names[0], test.names[1]),
    }
}

/// The stretches of a cluster; one that goes round the end of the cycle has two.
fn stretches(cluster: &CurveCluster) -> Vec<(f64, f64)> {
    let (from, to) = (cluster.from_percent, cluster.to_percent);
    if from <= to { vec![(from, to)] } else { vec![(from, 100.0), (0.0, to)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_round_the_end_has_two_stretches() {
        let cluster = CurveCluster {
            from_percent: 92.0,
            to_percent: 7.0,
            peak_t: 5.0,
            peak_percent: 99.0,
            p: 0.01,
        };
        assert_eq!(stretches(&cluster), [(92.0, 100.0), (0.0, 7.0)]);
    }
}
