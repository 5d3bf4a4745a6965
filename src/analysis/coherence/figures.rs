//! The coherence of a pair over the frequencies, and its cumulant density.

use super::{SpectraPair, Taken};
use crate::dsp::coherence::{Cumulant, confidence_limit};
use crate::outcome::{Figure, FigurePlace, Layer, Tone};
use crate::words::spoken;

/// The highest frequency that is drawn, in hertz.
const SHOWN_HZ: f64 = 60.0;
/// The longest lag that is drawn, in seconds.
const SHOWN_S: f64 = 0.1;

/// Coherence raw and rectified with its limit.
pub(super) fn coherence(pair: &SpectraPair<'_>, alpha: f64) -> Option<Figure> {
    let spectra = pair.spectra.as_ref().ok()?;
    let mut layers = Vec::new();
    for ((taken, spectrum), tone) in
        Taken::ALL.into_iter().zip(spectra).zip([Tone::Signal, Tone::Fit])
    {
        let (coherence, grid) = (spectrum.coherence()?, spectrum.grid());
        let bins = grid.band(0.0, SHOWN_HZ);
        layers.push(Layer::Line {
            name: taken.word().into(),
            x: bins.clone().map(|bin| grid.frequency_hz(bin)).collect(),
            y: coherence.values[bins].to_vec(),
            tone,
        });
    }
    let limit = confidence_limit(spectra[0].independent(), alpha)?;
    layers.push(Layer::Line {
        name: "limit".into(),
        x: vec![0.0, SHOWN_HZ],
        y: vec![limit; 2],
        tone: Tone::Last,
    });
    Some(Figure {
        title: "Coherence".into(),
        channel: Some(names(pair)),
        detail: format!("{} segments", spectra[0].segments()),
        place: FigurePlace::Task,
        caption: format!(
            "Coherence at each frequency; independent signals exceed the limit at {} % of \
             the frequencies.",
            100.0 * alpha
        ),
        x_label: "frequency (Hz)".into(),
        y_label: "coherence".into(),
        layers,
        below: None,
    })
}

/// The cumulant density of both, with the band of independent signals: where in time both
/// go together.
pub(super) fn cumulant(pair: &SpectraPair<'_>) -> Option<Figure> {
    let spectra = pair.spectra.as_ref().ok()?;
    let [raw, rectified] = spectra.each_ref().map(Cumulant::from_spectrum);
    let cumulants = [raw?, rectified?];
    let [_, rectified] = &cumulants;

    let reach = 1000.0 * SHOWN_S;
    let mut layers = vec![Layer::Band {
        name: "95 % band".into(),
        x: vec![-reach, reach],
        low: vec![-1.0; 2],
        high: vec![1.0; 2],
        tone: Tone::Muted,
    }];
    let taken = Taken::ALL.into_iter().zip([Tone::Signal, Tone::Fit]);
    for ((taken, tone), (cumulant, spectrum)) in taken.zip(cumulants.iter().zip(spectra))
    {
        layers.push(density(taken, tone, cumulant, spectrum.grid().rate_hz));
    }

    let beyond =
        rectified.peak(SHOWN_S).filter(|peak| peak.value.abs() > rectified.half_width());
    let found = beyond.map_or("rectified, it stays within its band".to_owned(), |peak| {
        format!("rectified, its peak lies at {} ms", spoken(1000.0 * peak.lag_s))
    });
    Some(Figure {
        title: "Cumulant density".into(),
        channel: Some(names(pair)),
        detail: found,
        place: FigurePlace::Task,
        caption: "What both have in common at each lag; above 0 the second is later."
            .into(),
        x_label: "lag (ms)".into(),
        y_label: "density over the band".into(),
        layers,
        below: None,
    })
}

/// A cumulant density over its lags, in units of its band, so that raw and rectified fit
/// one axis.
fn density(taken: Taken, tone: Tone, cumulant: &Cumulant, rate_hz: f64) -> Layer {
    let most = (SHOWN_S * rate_hz) as isize;
    let lags = (-most..=most).filter_map(|lag| Some((lag, cumulant.at(lag)?)));
    let (x, y) = lags
        .map(|(lag, value)| {
            (1000.0 * lag as f64 / rate_hz, value / cumulant.half_width())
        })
        .unzip();
    Layer::Line { name: taken.word().into(), x, y, tone }
}

fn names(pair: &SpectraPair<'_>) -> String {
    format!("{} ~ {}", pair.one.label.name, pair.other.label.name)
}
