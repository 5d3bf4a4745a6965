//! The envelope with its bursts.

use std::ops::Range;

use super::super::{Digest, picture};
use super::{Activity, Bursts, MuscleBurst};
use crate::onset::tidy::tidied;
use crate::outcome::{Figure, FigurePlace, Layer, Tone};

impl Activity {
    /// The envelope of a channel with its bursts shaded; those that the detectors
    /// disagree about are filled in colour.
    pub(super) fn figure(&self, channel: &Digest, bursts: &Bursts) -> Option<Figure> {
        let shown = channel.picture.is_drawn().then_some(&channel.picture)?;
        if bursts.bursts.is_empty() {
            return None;
        }
        let (factor, unit) = picture::scale(&channel.unit, shown.largest_envelope);
        let spans = |sure: bool| -> Vec<(f64, f64)> {
            let chosen = bursts
                .bursts
                .iter()
                .filter(|burst| (burst.found.agreement >= self.agreement_check) == sure);
            let chosen: Vec<Range<usize>> = chosen.map(MuscleBurst::span).collect();
            // Pauses too short to be seen are not drawn, so that a night of steps is no
            // larger than a minute of them.
            let end = bursts.stretches.last().map_or(0, |stretch| stretch.end);
            let time_s = |sample: usize| channel.start_s + channel.rate.seconds(sample);
            let drawn = tidied(&chosen, 0, end / picture::POINTS);
            drawn.into_iter().map(|span| (time_s(span.start), time_s(span.end))).collect()
        };
        let mut layers = picture::shaded("burst", &spans(true));
        layers.extend(disputed(&spans(false), factor * shown.largest_envelope));
        layers.push(shown.line(factor, "envelope", Tone::Envelope));
        Some(Figure {
            title: "Bursts".into(),
            channel: Some(channel.label.name.clone()),
            detail: String::new(),
            place: FigurePlace::Bursts,
            caption:
                "The envelope with the bursts that were found shaded, in colour where \
                 the detectors disagree; a gap \
                      breaks the line. Look for bursts that are missing, split or joined \
                      before using their times."
                    .into(),
            x_label: "time (s)".into(),
            y_label: format!("envelope ({unit})"),
            layers,
            below: None,
        })
    }
}

/// Bursts as areas in colour, as high as the highest envelope.
fn disputed(spans: &[(f64, f64)], height: f64) -> Option<Layer> {
    let corners = spans
        .iter()
        .flat_map(|&(from, to)| [(from, height), (to, height), (to, f64::NAN)]);
    let (x, high): (Vec<f64>, Vec<f64>) = corners.unzip();
    let low = high.iter().map(|height| 0.0 * height).collect();
    let name = "burst, detectors disagree".into();
    (!spans.is_empty()).then_some(Layer::Band { name, x, low, high, tone: Tone::Last })
}
