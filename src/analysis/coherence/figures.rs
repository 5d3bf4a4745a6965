//! The coherence of a pair over the frequencies, and its cumulant density.

use super::{Pair, Taken};
use crate::dsp::coherence::{Cumulant, confidence_limit};
use crate::outcome::{Figure, Layer, Tone};
use crate::words::{capitalised, spoken};

/// The highest frequency that is drawn, in hertz.
const SHOWN_HZ: f64 = 60.0;
/// The longest lag that is drawn, in seconds.
const SHOWN_S: f64 = 0.1;

/// Coherence raw and rectified with its limit.
pub(super) fn coherence(pair: &Pair<'_>, alpha: f64) -> Option<Figure> {
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
    let limit = confidence_limit(spectra[0].segments() as f64, alpha)?;
    layers.push(Layer::Line {
        name: "limit".into(),
        x: vec![0.0, SHOWN_HZ],
        y: vec![limit; 2],
        tone: Tone::Last,
    });
    Some(Figure {
        title: format!("{}: coherence", names(pair)),
        caption: format!(
            "Coherence of {} segments; independent signals exceed the limit at {} % of the frequencies.",
            spectra[0].segments(),
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
pub(super) fn cumulant(pair: &Pair<'_>) -> Option<Figure> {
    let spectra = pair.spectra.as_ref().ok()?;
    let mut layers = Vec::new();
    let mut peak = None;
    for ((taken, spectrum), tone) in
        Taken::ALL.into_iter().zip(spectra).zip([Tone::Signal, Tone::Fit])
    {
        let (cumulant, rate_hz) =
            (Cumulant::from_spectrum(spectrum)?, spectrum.grid().rate_hz);
        let half_width = cumulant.half_width();
        let most = (SHOWN_S * rate_hz) as isize;
        let lags = || (-most..=most).filter(|&lag| cumulant.at(lag).is_some());
        layers.push(Layer::Line {
            name: taken.word().into(),
            x: lags().map(|lag| 1000.0 * lag as f64 / rate_hz).collect(),
            // In units of the band, so that raw and rectified fit one axis.
            y: lags()
                .filter_map(|lag| cumulant.at(lag))
                .map(|value| value / half_width)
                .collect(),
            tone,
        });
        peak = cumulant.peak(SHOWN_S).filter(|peak| peak.value.abs() > half_width);
    }
    let reach = 1000.0 * SHOWN_S;
    layers.insert(
        0,
        Layer::Band {
            name: "95 % band".into(),
            x: vec![-reach, reach],
            low: vec![-1.0; 2],
            high: vec![1.0; 2],
            tone: Tone::Muted,
        },
    );
    let found = peak.map_or("Rectified, it stays within its band.".to_owned(), |peak| {
        format!("Rectified, its peak lies at {} ms.", spoken(1000.0 * peak.lag_s))
    });
    Some(Figure {
        title: format!("{}: cumulant density", names(pair)),
        caption: format!(
            "What both have in common at each lag; above 0 the second is later. {found}"
        ),
        x_label: "lag (ms)".into(),
        y_label: "density over the band".into(),
        layers,
        below: None,
    })
}

fn names(pair: &Pair<'_>) -> String {
    let muscles = [pair.one, pair.other].map(|channel| {
        let (muscle, side) =
            (channel.label.muscle.map_or("", |muscle| muscle.name()), channel.label.side);
        side.map_or(muscle.to_owned(), |side| format!("{muscle} {}", side.word()))
    });
    format!("{} and {}", capitalised(&muscles[0]), muscles[1])
}
