//! The figures of a course.

use super::super::{Digest, picture};
use super::rows::Lines;
use super::{FEWEST, Followed, Quantity};
use crate::dsp::spectrum::PowerSpectrum;
use crate::outcome::{Figure, Layer, Tone};

pub(super) fn course(channel: &Digest, followed: &Followed, lines: &Lines) -> Option<Figure> {
    let course = &followed.course;
    let times: Vec<f64> = course.used().map(|epoch| channel.start_s + epoch.time_s).collect();
    let mut layers = picture::shaded("gap", &followed.gaps_s);
    for (quantity, name, tone) in
        [(Quantity::Mnf, "mean frequency", Tone::Muted), (Quantity::Mdf, "median frequency", Tone::Signal)]
    {
        let line = lines.of_quantity(quantity)?;
        let x: Vec<f64> = course.used().map(|epoch| epoch.time_s).collect();
        let (low, high) = line.intervals_at(&x).into_iter().unzip();
        let fit = x.iter().map(|&t| line.at(t)).collect();
        layers.push(Layer::Band { name: String::new(), x: times.clone(), low, high, tone: Tone::Fit });
        layers.push(Layer::Points { name: name.into(), x: times.clone(), y: course.values(quantity), tone });
        layers.push(Layer::Line { name: format!("{name}: fit"), x: times.clone(), y: fit, tone: Tone::Fit });
    }
    Some(Figure {
        title: format!("{}: mean and median frequency", channel.label.name),
        caption:
            "Mean and median frequency of each epoch with the fitted line and its 95 % interval; look for a steady \
                  change that is larger than the interval is wide."
                .into(),
        x_label: "time (s)".into(),
        y_label: "frequency (Hz)".into(),
        layers,
    })
}

pub(super) fn spectra(channel: &Digest, followed: &Followed) -> Option<Figure> {
    let course = &followed.course;
    let ends = course.ends.as_ref().filter(|_| course.used().count() >= FEWEST)?;
    let (factor, unit) = picture::scale(&channel.unit, followed.largest);
    let line = |spectrum: &PowerSpectrum, name: &str, tone: Tone| {
        let shown = spectrum.band(0.0, course.band_hz.1).len();
        let step = shown.div_ceil(picture::POINTS).max(1);
        let x = (0..shown).step_by(step).map(|k| spectrum.frequency(k)).collect();
        let smooth = smoothed(&spectrum.density[..shown]).step_by(step);
        Layer::Line { name: name.into(), x, y: smooth.map(|power| power * factor * factor).collect(), tone }
    };
    let epochs = if ends.epochs == 1 { "epoch".into() } else { format!("{} epochs", ends.epochs) };
    Some(Figure {
        title: format!("{}: spectrum at the beginning and at the end", channel.label.name),
        caption:
            "The mean power spectra of the first and the last epochs, smoothed over nine frequencies for the eye; \
                  a shift to the left is a fall of mean and median frequency."
                .into(),
        x_label: "frequency (Hz)".into(),
        y_label: format!("power density ({unit}²/Hz)"),
        layers: vec![
            line(&ends.first, &format!("first {epochs}"), Tone::First),
            line(&ends.last, &format!("last {epochs}"), Tone::Last),
        ],
    })
}

fn smoothed(density: &[f64]) -> impl Iterator<Item = f64> + '_ {
    (0..density.len()).map(|k| {
        let near = &density[k.saturating_sub(4)..(k + 5).min(density.len())];
        near.iter().sum::<f64>() / near.len() as f64
    })
}
