//! Every recording in its true length: the envelopes of each muscle, left up and right
//! down.

use minijinja::Value;
use serde::Serialize;

use super::super::shown::{beyond, judged, muscle_or_name, muscles, short_name};
use crate::outcome::{Burst, ChannelBursts, EnvelopeStrip};
use crate::report::figure::path::{Place, push_line, short, simplified};
use crate::report::format::{duration, number};
use crate::session::{ChannelFindings, RecordingFindings};
use crate::signal::Side;

/// So many recordings and muscles are drawn; the others are counted.
const RECORDINGS: usize = 8;
const ROWS: usize = 4;
/// The points of all recordings together, and the fewest of one.
const POINTS: f64 = 1000.0;
const FEWEST: f64 = 40.0;
/// The height of a drawing, and how much of it is left free at either end.
const HEIGHT: f64 = 52.0;
const MARGIN: f64 = 3.0;

/// The picture of a session.
#[derive(Debug, Serialize)]
pub(super) struct Strip {
    rows: Vec<StripRow>,
    recordings: Vec<StripRecording>,
    /// What the heights are.
    words: String,
    more: Option<String>,
    /// Whether a left, and a right one is drawn.
    sides: [bool; 2],
}

#[derive(Debug, Serialize)]
struct StripRow {
    muscle: String,
    /// What the full height is.
    full: String,
}

#[derive(Debug, Serialize)]
struct StripRecording {
    name: String,
    duration: String,
    /// Its share of the width.
    grow: f64,
    /// A drawing a row.
    drawings: Vec<Value>,
}

/// A muscle, and what its heights are relative to.
struct Scaled {
    muscle: String,
    /// Whether they are in per cent of a reference.
    is_activation: bool,
    /// The value at full height.
    full: f64,
}

impl Strip {
    /// `None` where nothing was drawn.
    pub(super) fn of(shown: &[&RecordingFindings]) -> Option<Self> {
        let drawn = shown.iter().filter(|recording| strips(recording).next().is_some());
        let drawn: Vec<&RecordingFindings> = drawn.copied().collect();
        let muscles = muscles(&drawn);
        let first = &drawn[..drawn.len().min(RECORDINGS)];
        let scaled: Vec<Scaled> =
            muscles.iter().take(ROWS).map(|muscle| Scaled::of(muscle, first)).collect();
        let seconds = |recording: &RecordingFindings| {
            recording.reading.as_ref().map_or(0.0, |reading| reading.duration_s)
        };
        let total: f64 = first.iter().map(|recording| seconds(recording)).sum();
        let one = |recording: &&RecordingFindings| {
            let share = seconds(recording) / total.max(f64::MIN_POSITIVE);
            let points = (POINTS * share).max(FEWEST) as usize;
            StripRecording {
                name: short_name(shown, recording),
                duration: duration(seconds(recording)),
                grow: (1000.0 * share).round().max(1.0),
                drawings: scaled
                    .iter()
                    .map(|scaled| {
                        Value::from_safe_string(drawing(recording, scaled, points))
                    })
                    .collect(),
            }
        };
        let beyond = beyond(
            muscles.len().saturating_sub(ROWS),
            drawn.len().saturating_sub(RECORDINGS),
        );
        let mut references = first
            .iter()
            .flat_map(|recording| strips(recording))
            .map(|strip| strip.reference);
        let has_reference = references.any(|reference| reference.is_some());
        (!scaled.is_empty() && !first.is_empty()).then(|| Self {
            rows: scaled.iter().map(Scaled::row).collect(),
            recordings: first.iter().map(one).collect(),
            words: words(&scaled, has_reference),
            more: beyond.map(|more| format!("Drawn further down: {more}.")),
            sides: [Side::Left, Side::Right].map(|side| {
                let channels = drawn.iter().flat_map(|recording| judged(recording));
                channels.into_iter().any(|channel| channel.side == Some(side))
            }),
        })
    }
}

fn words(scaled: &[Scaled], has_reference: bool) -> String {
    let all = |is: bool| scaled.iter().all(|one| one.is_activation == is);
    let envelope = if all(true) {
        "the envelope of each channel, dotted lines at 100 % of its own maximum (MVC)"
    } else if all(false) && !has_reference {
        "the envelope, each muscle at a scale of its own: there is no maximum (MVC)"
    } else {
        "the envelope, dotted lines at 100 % of its own maximum (MVC) where a muscle has \
         one in all recordings"
    };
    format!("Heights are {envelope}; bars along the middle are bursts, shaded is missing")
}

fn strips(recording: &RecordingFindings) -> impl Iterator<Item = &EnvelopeStrip> {
    recording.outcomes.iter().flat_map(|outcome| &outcome.strips)
}

fn bursts(recording: &RecordingFindings) -> impl Iterator<Item = &ChannelBursts> {
    recording.outcomes.iter().flat_map(|outcome| &outcome.bursts)
}

/// The first channel of a muscle and side with its envelope.
fn channel<'a>(
    recording: &'a RecordingFindings,
    muscle: &str,
    right: bool,
) -> Option<(&'a ChannelFindings, &'a EnvelopeStrip)> {
    let of_side = judged(recording).filter(|channel| {
        muscle_or_name(channel) == muscle && (channel.side == Some(Side::Right)) == right
    });
    of_side.into_iter().find_map(|channel| {
        let strip = strips(recording).find(|strip| strip.channel == channel.name)?;
        Some((channel, strip))
    })
}

impl Scaled {
    fn of<'a>(muscle: &str, recordings: &[&'a RecordingFindings]) -> Self {
        let of_recording = |recording: &&'a RecordingFindings| {
            [false, true]
                .map(|right| channel(recording, muscle, right).map(|(_, strip)| strip))
        };
        let strips: Vec<&EnvelopeStrip> =
            recordings.iter().flat_map(of_recording).flatten().collect();
        let is_activation = strips.iter().all(|strip| strip.reference.is_some());
        let of_strip = |strip: &&EnvelopeStrip| {
            let unit = strip.reference.filter(|_| is_activation).unwrap_or(1.0);
            let known = strip.envelope.iter().filter(|level| !level.is_nan());
            known.fold(0.0_f64, |largest, level| largest.max(level / unit))
        };
        let largest = strips.iter().map(of_strip).fold(0.0_f64, f64::max);
        let full = if is_activation { largest.max(1.0) } else { largest };
        Self { muscle: muscle.to_owned(), is_activation, full }
    }

    fn row(&self) -> StripRow {
        let full = match self.is_activation {
            true => String::new(),
            false if self.full <= 0.0 => String::new(),
            false if self.full < 1e-3 => format!("{:.0} µV", 1e6 * self.full),
            false if self.full < 1.0 => format!("{} mV", number(1e3 * self.full)),
            false => format!("{} V", number(self.full)),
        };
        StripRow { muscle: self.muscle.clone(), full }
    }

    /// How high a level is drawn, from 0 to 1.
    fn share(&self, level: f64, strip: &EnvelopeStrip) -> f64 {
        let unit = strip.reference.filter(|_| self.is_activation).unwrap_or(1.0);
        let share = level / unit / self.full;
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The envelopes of one muscle in one recording.
fn drawing(recording: &RecordingFindings, scaled: &Scaled, points: usize) -> String {
    let sides = [false, true].map(|right| channel(recording, &scaled.muscle, right));
    if sides.iter().all(Option::is_none) {
        return String::new();
    }
    let width = points as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {points} {}\" \
         preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        short(HEIGHT)
    );
    let middle = HEIGHT / 2.0;
    let half = middle - MARGIN;
    if scaled.is_activation {
        let far = half / scaled.full;
        svg += &format!(
            "<path class=\"full\" d=\"M0 {}H{points}M0 {}H{points}\"/>",
            short(middle - far),
            short(middle + far)
        );
    }
    for (right, (channel, strip)) in [false, true]
        .into_iter()
        .zip(sides)
        .filter_map(|(right, one)| Some((right, one?)))
    {
        let (class, down) = if right { ("right", 1.0) } else { ("left", -1.0) };
        let levels = thinned(&strip.envelope, points);
        let step = width / levels.len().max(1) as f64;
        let place = |(place, level): (usize, &f64)| {
            let y = middle + down * half * scaled.share(*level, strip);
            (10 * ((place as f64 + 0.5) * step).round() as i64, (10.0 * y).round() as i64)
        };
        let edge: Vec<Place> = levels.iter().enumerate().map(place).collect();
        let ends = [0, points as i64].map(|x| (10 * x, (10.0 * middle).round() as i64));
        let mut area = String::new();
        let edge = simplified(&edge, 3);
        push_line(&mut area, [ends[0]].into_iter().chain(edge).chain([ends[1]]));
        area.push('z');
        svg += &format!("<path class=\"{class}\" d=\"{area}\"/>");
        svg += &missing(&levels, step, middle, down);
        svg += &bars(recording, channel, (width, middle, down));
    }
    svg + &format!("<path class=\"zero\" d=\"M0 {0}H{points}\"/></svg>", short(middle))
}

/// The largest of each of so many pieces; NaN where all of a piece is.
fn thinned(levels: &[f64], points: usize) -> Vec<f64> {
    let size = levels.len().div_ceil(points.max(1)).max(1);
    levels
        .chunks(size)
        .map(|piece| piece.iter().copied().fold(f64::NAN, f64::max))
        .collect()
}

fn missing(levels: &[f64], step: f64, middle: f64, down: f64) -> String {
    let top = if down < 0.0 { 0.0 } else { middle };
    let gaps = levels.iter().enumerate().filter(|(_, level)| level.is_nan());
    let one = |(place, _): (usize, &f64)| {
        format!(
            "M{} {}h{}v{}h-{2}z",
            short(place as f64 * step),
            short(top),
            short(step.max(0.1)),
            short(middle)
        )
    };
    let path: String = gaps.map(one).collect();
    if path.is_empty() { path } else { format!("<path class=\"gap\" d=\"{path}\"/>") }
}

/// The bursts of a channel as bars along the middle.
fn bars(
    recording: &RecordingFindings,
    channel: &ChannelFindings,
    (width, middle, down): (f64, f64, f64),
) -> String {
    let Some(found) = bursts(recording).find(|found| found.channel == channel.name)
    else {
        return String::new();
    };
    let reading = recording.reading.as_ref();
    let (start, seconds) =
        reading.map_or((0.0, 0.0), |reading| (reading.start_s, reading.duration_s));
    let x =
        |time_s: f64| (width * (time_s - start) / seconds.max(1e-9)).clamp(0.0, width);
    let bar = |burst: &Burst| {
        let (from, to) = (x(burst.on_s), x(burst.off_s));
        format!(
            "M{} {}h{}v{}h-{2}z",
            short(from),
            short(middle),
            short((to - from).max(0.2)),
            short(1.5 * down)
        )
    };
    let path: String = found.bursts.iter().map(bar).collect();
    if path.is_empty() { path } else { format!("<path class=\"bar\" d=\"{path}\"/>") }
}
