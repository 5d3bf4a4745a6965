//! Channels whose name and unit tell nothing: EMG or not, by what stands beside them and by
//! their samples.

use crate::signal::{Channel, Kind, Label};

/// EMG that is so many times as large as the EMG beside it is something else in volts.
const TOO_LARGE: f64 = 100.0;
/// What moves more slowly than this, in hertz, is no EMG: an angle, a pressure.
const SLOW_HZ: f64 = 5.0;

/// Decides of the channels that tell nothing, and says what was decided: as a finding where
/// none tells, else as warnings. `has_kind` says of which the header tells the kind.
pub(super) fn decide(
    channels: &mut [Channel],
    has_kind: &[bool],
) -> (Vec<String>, Vec<String>) {
    let tells: Vec<bool> = channels
        .iter()
        .zip(has_kind)
        .map(|(one, has_kind)| *has_kind || tells(one))
        .collect();
    let is_emg = |channel: &Channel| channel.label.kind == Kind::Emg;
    let told: Vec<Movement> = channels
        .iter()
        .zip(&tells)
        .filter(|(one, tells)| **tells && is_emg(one))
        .filter_map(|(one, _)| Movement::of(one))
        .collect();
    let largest = told.iter().map(|one| one.level).fold(0.0, f64::max);
    let is_other =
        |one: Movement| one.level > TOO_LARGE * largest || one.frequency_hz < SLOW_HZ;
    for (channel, _) in channels.iter_mut().zip(&tells).filter(|(_, tells)| !**tells) {
        if !told.is_empty()
            && is_emg(channel)
            && Movement::of(channel).is_some_and(is_other)
        {
            channel.label.kind = Kind::Other;
        }
    }

    let names = |kind: Kind| -> Vec<String> {
        let all = channels.iter().zip(&tells);
        let untold = all.filter(|(one, tells)| !**tells && one.label.kind == kind);
        untold.map(|(one, _)| one.label.name.clone()).collect()
    };
    let (emg, others) = (names(Kind::Emg), names(Kind::Other));
    let (mut findings, mut warnings) = (Vec::new(), Vec::new());
    let said = "taken for EMG, because nothing says otherwise";
    match told.is_empty() {
        true if !emg.is_empty() => findings.push(format!("{said}: {}", first_few(&emg))),
        true => {}
        false => {
            if !emg.is_empty() {
                warnings.push(format!("{}: {said}", first_few(&emg)));
            }
            if !others.is_empty() {
                warnings.push(format!(
                    "{}: not taken for EMG, because nothing says that they are; if so, say kind = \
                     \"emg\" under [channels] in study.toml",
                    first_few(&others)
                ));
            }
        }
    }
    (findings, warnings)
}

/// Whether a channel's own words tell what it measures: a muscle that its neighbours made
/// plain (`TA_H` beside `TA_V`) does, too.
fn tells(channel: &Channel) -> bool {
    let label = &channel.label;
    label.muscle.is_some() || Label::tells_kind(&label.name, channel.unit.symbol())
}

/// How large and how fast the samples of a channel move.
struct Movement {
    /// The root mean square about their mean.
    level: f64,
    /// The root mean square frequency in hertz, from the steps between neighbours.
    frequency_hz: f64,
}

impl Movement {
    fn of(channel: &Channel) -> Option<Self> {
        let known = || channel.samples.iter().copied().filter(|value| value.is_finite());
        let count = known().count() as f64;
        let mean = known().sum::<f64>() / count;
        let square = known().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let steps = channel.samples.windows(2).map(|pair| pair[1] - pair[0]);
        let (sum, steps) = steps
            .filter(|step| step.is_finite())
            .fold((0.0, 0.0), |(sum, steps), step| (sum + step * step, steps + 1.0));
        let half = 0.5 * (sum / steps / square).sqrt();
        let frequency_hz =
            channel.rate.hz() / std::f64::consts::PI * libm::asin(half.min(1.0));
        (square > 0.0).then_some(Self { level: square.sqrt(), frequency_hz })
    }
}

/// The first of many, and how many more there are.
pub(super) fn first_few(of: &[String]) -> String {
    let shown = of.len().min(8);
    match of.len() - shown {
        0 => of.join(", "),
        more => format!("{} and {more} more", of[..shown].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::{Hints, load_bytes};

    #[test]
    fn what_header_or_neighbours_tell_is_not_called_untold() {
        let told = |text: &str| {
            let hints = Hints::default();
            let read = load_bytes(Path::new("a.csv"), text.as_bytes(), &hints).unwrap();
            [read.dialect, read.warnings].concat().join("\n")
        };
        let rows: String = (0..50)
            .map(|row| format!("{row}\t{}\t{}\n", row * 7 % 5, row * 3 % 4))
            .collect();
        let json = r#"# {"00:07": {"sensor": ["EMG", "EMG"], "column": ["nSeq", "CH1", "CH2"], "sampling rate": 1000}}"#;
        let sides = format!("time\tTA_V\tTA_H\n{rows}");
        for text in [format!("{json}\n{rows}"), sides] {
            assert!(!told(&text).contains("taken for EMG"), "{}", told(&text));
        }
        let unknown = format!("time\tfoo\tbar\n{rows}");
        assert!(told(&unknown).contains("nothing says otherwise: foo, bar"));
    }

    #[test]
    fn slow_and_large_voltages_beside_emg_are_something_else() {
        let mut text =
            String::from("Time (s),SOL_L (V),Shin (V),Pedal (V),Clicker (V)\n");
        let noise = |row: usize, seed: usize| {
            let mixed = (row * 7919 + seed).wrapping_mul(2_654_435_761) % 2000;
            mixed as f64 / 1000.0 - 1.0
        };
        for row in 0..4000_usize {
            let time = row as f64 / 1000.0;
            let pedal = 1e-3 * libm::sin(5.0 * time);
            let click = if row % 1000 < 30 { 5.0 } else { 0.0 };
            text += &format!(
                "{time:.3},{:.7},{:.7},{pedal:.7},{click}\n",
                3e-4 * noise(row, 1),
                2e-4 * noise(row, 77)
            );
        }
        let recording =
            load_bytes(Path::new("a.csv"), text.as_bytes(), &Hints::default()).unwrap();
        let kinds: Vec<Kind> =
            recording.channels.iter().map(|channel| channel.label.kind).collect();
        assert_eq!(kinds, [Kind::Emg, Kind::Emg, Kind::Other, Kind::Other]);
        let said = recording.warnings.join("\n");
        assert!(said.contains("Shin: taken for EMG"), "{said}");
        assert!(said.contains("Pedal, Clicker: not taken"), "{said}");
    }
}
