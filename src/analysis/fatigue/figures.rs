//! The figures of a course.

use super::super::{Digest, picture};
use super::jasa::{Jasa, Quadrant, Total};
use super::notes::{jasa_of, obstacle};
use super::{FEWEST, Followed, Quantity, Task, Trend};
use crate::dsp::spectrum::PowerSpectrum;
use crate::outcome::{Figure, FigurePlace, Layer, Stand, Tone};
use crate::signal::Side;

pub(super) fn course(channel: &Digest, followed: &Followed) -> Option<Figure> {
    let mut layers = picture::shaded("gap", &followed.gaps_s);
    for (quantity, name, tone) in [
        (Quantity::Mnf, "mean frequency", Tone::Muted),
        (Quantity::Mdf, "median frequency", Tone::Signal),
    ] {
        layers.extend(trend_layers(
            channel,
            followed,
            followed.trends.of_quantity(quantity)?,
            (name, tone),
        ));
    }
    Some(Figure {
        title: "Mean and median frequency".into(),
        channel: Some(channel.label.name.clone()),
        detail: String::new(),
        place: FigurePlace::Task,
        caption: format!(
            "Mean and median frequency of each {} with the fitted line and its 95 % \
             interval; look for a steady change \
             that is larger than the interval is wide.",
            epoch_word(followed)
        ),
        x_label: "time (s)".into(),
        y_label: "frequency (Hz)".into(),
        layers,
        below: None,
    })
}

pub(super) fn amplitude(channel: &Digest, followed: &Followed) -> Option<Figure> {
    let mut layers = picture::shaded("gap", &followed.gaps_s);
    for (quantity, name, tone) in [
        (Quantity::Arv, "average rectified value", Tone::Muted),
        (Quantity::Rms, "RMS", Tone::Signal),
    ] {
        layers.extend(trend_layers(
            channel,
            followed,
            followed.trends.of_quantity(quantity)?,
            (name, tone),
        ));
    }
    Some(Figure {
        title: "Amplitude".into(),
        channel: Some(channel.label.name.clone()),
        detail: String::new(),
        place: FigurePlace::Task,
        caption: format!(
            "Average rectified value and root mean square of each {}, with the fitted \
             line and its 95 % interval. An \
             amplitude also rises with force.",
            epoch_word(followed)
        ),
        x_label: "time (s)".into(),
        y_label: format!("amplitude ({})", channel.unit),
        layers,
        below: None,
    })
}

fn epoch_word(followed: &Followed) -> &'static str {
    match followed.course.task {
        Task::Contractions { .. } => "contraction",
        Task::Windows | Task::Events { .. } => "epoch",
    }
}

/// The epochs of a quantity, its line, and its turn where there is one.
fn trend_layers(
    channel: &Digest,
    followed: &Followed,
    trend: &Trend,
    (name, tone): (&str, Tone),
) -> Vec<Layer> {
    let course = &followed.course;
    let (times_s, values) = course.points(trend.quantity);
    let x: Vec<f64> = times_s.iter().map(|time_s| time_s - course.begin_s).collect();
    let clock = |x: &[f64]| -> Vec<f64> {
        x.iter().map(|x| channel.start_s + course.begin_s + x).collect()
    };
    let (low, high): (Vec<f64>, Vec<f64>) =
        trend.line.intervals_at(&x).into_iter().unzip();
    let fit = x.iter().map(|&x| trend.line.at(x)).collect();
    let mut layers = vec![
        Layer::Band { name: String::new(), x: clock(&x), low, high, tone: Tone::Fit },
        Layer::Points { name: name.into(), x: clock(&x), y: values, tone },
        Layer::Line {
            name: format!("{name}: fit"),
            x: clock(&x),
            y: fit,
            tone: Tone::Fit,
        },
    ];
    if let Some(broken) =
        trend.broken.filter(|broken| broken.p < super::rows::TURN_P && trend.line.n >= 20)
    {
        let ends = [x.first(), Some(&broken.at), x.last()]
            .map(|x| x.copied().unwrap_or(broken.at));
        let y = ends.map(|x| broken.value(x)).into();
        layers.push(Layer::Line {
            name: "with a turn".into(),
            x: clock(&ends),
            y,
            tone: Tone::Last,
        });
    }
    layers
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
        Layer::Line {
            name: name.into(),
            x,
            y: smooth.map(|power| power * factor * factor).collect(),
            tone,
        }
    };
    let epochs =
        if ends.epochs == 1 { "epoch".into() } else { format!("{} epochs", ends.epochs) };
    Some(Figure {
        title: "Spectrum at the beginning and at the end".into(),
        channel: Some(channel.label.name.clone()),
        detail: String::new(),
        place: FigurePlace::Task,
        caption:
            "The mean power spectra of the first and the last epochs, smoothed over nine \
             frequencies for the eye; \
                  a shift to the left is a fall of mean and median frequency."
                .into(),
        x_label: "frequency (Hz)".into(),
        y_label: format!("power density ({unit}²/Hz)"),
        layers: vec![
            line(&ends.first, &format!("first {epochs}"), Tone::First),
            line(&ends.last, &format!("last {epochs}"), Tone::Last),
        ],
        below: None,
    })
}

fn smoothed(density: &[f64]) -> impl Iterator<Item = f64> + '_ {
    (0..density.len()).map(|k| {
        let near = &density[k.saturating_sub(4)..(k + 5).min(density.len())];
        near.iter().sum::<f64>() / near.len() as f64
    })
}

/// The most channels in one JASA figure: more crosses cannot be told apart.
const MOST_CROSSES: usize = 4;

/// Amplitude against frequency in the four quadrants, a figure a muscle.
pub(super) fn jasa(followed: &[(&Digest, &Followed)]) -> Vec<Figure> {
    let usable = followed
        .iter()
        .filter(|(channel, followed)| obstacle(channel, &followed.course).is_none());
    let found =
        usable.filter_map(|(channel, followed)| Some((*channel, jasa_of(followed)?)));
    let mut groups: Vec<Vec<(&Digest, Jasa)>> = Vec::new();
    for (channel, jasa) in found {
        let same = |group: &&mut Vec<(&Digest, Jasa)>| {
            group.len() < MOST_CROSSES && group[0].0.label.muscle == channel.label.muscle
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push((channel, jasa)),
            None => groups.push(vec![(channel, jasa)]),
        }
    }
    groups.iter().map(|group| quadrant_figure(group)).collect()
}

fn quadrant_figure(group: &[(&Digest, Jasa)]) -> Figure {
    let reach = |ends: &dyn Fn(&Jasa) -> [f64; 3]| {
        let far = group
            .iter()
            .flat_map(|(_, jasa)| ends(jasa))
            .map(f64::abs)
            .fold(1.0, f64::max);
        1.25 * far
    };
    let ends = |total: Total| {
        let (low, high) = total.interval.unwrap_or((total.percent, total.percent));
        [low, total.percent, high]
    };
    let (right, top) =
        (reach(&|jasa| ends(jasa.amplitude)), reach(&|jasa| ends(jasa.frequency)));
    let mut layers = quadrants(right, top);
    for (place, (channel, jasa)) in group.iter().enumerate() {
        layers.extend(cross(channel, jasa, place));
    }
    let names: Vec<&str> =
        group.iter().map(|(channel, _)| channel.label.name.as_str()).collect();
    Figure {
        title: "Amplitude against frequency (JASA)".into(),
        channel: Some(names.join(" ~ ")),
        detail: String::new(),
        place: FigurePlace::Task,
        caption: "The change of RMS and of median frequency over the recording, in per \
                  cent of the beginning, with 95 % \
                  intervals as a cross. A cross that touches an axis lies in the dead \
                  zone: no change beyond chance. The \
                  names of the quadrants are those of Luttmann et al. (2000); they say \
                  what is often seen, not why."
            .into(),
        x_label: "change of amplitude (%)".into(),
        y_label: "change of median frequency (%)".into(),
        layers,
        below: None,
    }
}

/// The axes and the names of the quadrants, which reach from −right to right and from
/// −top to top.
fn quadrants(right: f64, top: f64) -> Vec<Layer> {
    let axis = |x: [f64; 2], y: [f64; 2]| Layer::Line {
        name: String::new(),
        x: x.into(),
        y: y.into(),
        tone: Tone::Muted,
    };
    let name = |quadrant: Quadrant, x: f64, y: f64, stand: Stand| Layer::Words {
        text: quadrant.name().into(),
        x,
        y: 0.93 * y,
        stand,
    };
    vec![
        axis([-right, right], [0.0, 0.0]),
        axis([0.0, 0.0], [-top, top]),
        name(Quadrant::ForceIncrease, right, top, Stand::Left),
        name(Quadrant::Fatigue, right, -top, Stand::Left),
        name(Quadrant::Recovery, -right, top, Stand::Right),
        name(Quadrant::ForceDecrease, -right, -top, Stand::Right),
    ]
}

fn cross(channel: &Digest, jasa: &Jasa, place: usize) -> Vec<Layer> {
    let (x, y) = (jasa.amplitude.percent, jasa.frequency.percent);
    let tone = match channel.label.side {
        Some(Side::Left) => Tone::Left,
        Some(Side::Right) => Tone::Right,
        None => {
            [Tone::Envelope, Tone::Left, Tone::Right, Tone::First][place % MOST_CROSSES]
        }
    };
    let arm = |x: [f64; 2], y: [f64; 2]| Layer::Line {
        name: String::new(),
        x: x.into(),
        y: y.into(),
        tone,
    };
    let arms = [
        jasa.amplitude.interval.map(|(low, high)| arm([low, high], [y, y])),
        jasa.frequency.interval.map(|(low, high)| arm([x, x], [low, high])),
    ];
    let dot =
        Layer::Points { name: channel.label.name.clone(), x: vec![x], y: vec![y], tone };
    arms.into_iter().flatten().chain(std::iter::once(dot)).collect()
}
