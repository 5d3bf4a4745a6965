//! What a channel measures, by its unit and the words of its name.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::NameReading;
use super::words::{Name, NameSegment};
use crate::units::Unit;

/// What a channel measures; later versions may know more.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Surface EMG.
    Emg,
    /// Acceleration.
    Acceleration,
    /// Angular velocity.
    Gyroscope,
    /// A force plate, load cell or force-sensing resistor.
    Force,
    /// A switch or other sensor that tells whether a foot is on the ground.
    FootSwitch,
    /// Anything else, or nothing that the name tells.
    Other,
}

impl Kind {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emg => "EMG",
            Self::Acceleration => "acceleration",
            Self::Gyroscope => "gyroscope",
            Self::Force => "force",
            Self::FootSwitch => "foot switch",
            Self::Other => "other",
        }
    }
}

/// Beginnings of words.
const ACCELERATION: &[&str] = &["acc", "beschl", "加速度"];
const GYROSCOPE: &[&str] = &["gyr", "角速度"];
const FORCE: &[&str] = &[
    "force",
    "fsr",
    "grf",
    "vgrf",
    "kraft",
    "kracht",
    "load",
    "torque",
    "drehmoment",
    "plate",
    "fuerza",
    "forza",
    "сила",
    "усилие",
    "момент",
];
const OTHER: &[&str] = &[
    "ekg",
    "ecg",
    "eeg",
    "trig",
    "sync",
    "heart",
    "event",
    "marker",
    "stim",
    "gonio",
    "angle",
    "magnet",
    "quat",
    "roll",
    "pitch",
    "yaw",
    "orient",
    "resp",
    "breath",
    "temp",
    "pulse",
    "mmg",
    "mechanomyo",
    "switch",
    "counter",
    "button",
    "winkel",
    "angolo",
    "angulo",
    "心率",
    "угол",
    "心拍",
    "心電",
    "impedan",
    "batter",
    "rssi",
    "status",
];
/// Beginnings of words that mean something else where no muscle is named.
const OTHER_BUT_MUSCLES: &[&str] = &[
    "digital",
    "latitud",
    "longitud",
    "altitud",
    "humid",
    "baromet",
    "class",
    "klasse",
    "gesture",
    "label",
    "score",
    "pain",
    "position",
    "velocity",
    "distance",
    "displacement",
    "direction",
    "frequency",
    "sequence",
    "packet",
    "checksum",
    "timestamp",
];
const FOOT_SWITCH: &[&str] =
    &["footsw", "fsw", "heelsw", "toesw", "footcontact", "insole"];
/// Whole words.
const OTHER_WORDS: &[&str] = &[
    "hr", "mag", "magx", "magy", "magz", "time", "frame", "sample", "cop", "copx", "copy",
];
/// Whole words that mean something else where no muscle is named.
const OTHER_WORDS_BUT_MUSCLES: &[&str] = &[
    "other", "di", "din", "dio", "ttl", "gpio", "bat", "batt", "gps", "lat", "lon",
    "lng", "alt", "speed", "state", "flag", "flags", "seq", "pkt", "crc", "rssi", "eda",
    "gsr", "ppg", "bvp", "spo2", "eog", "rpe", "vas", "light", "lux", "volume", "date",
    "hour", "minute", "day", "unused", "reserved", "height", "weight", "phase",
];

/// What a channel measures, or `None` where neither unit nor name tells.
pub(super) fn tell(name: &Name, reading: Option<&NameReading>) -> Option<Kind> {
    if reading.is_some_and(NameReading::needs_company) {
        return Some(Kind::Emg);
    }
    let by_tail = || by_words(name.tail());
    let by_muscle = || reading.map(|_| Kind::Emg);
    let by_device = || name.parts().find_map(by_words);
    let unit = UnitSays::read(name.unit);
    match unit {
        UnitSays::This(kind) => Some(kind),
        UnitSays::NoVoltage => by_tail().or(Some(Kind::Other)),
        UnitSays::Nothing => {
            let other = || name.parts().find_map(other_but_muscles);
            let device = || by_device().or_else(other).or_else(|| analog(name));
            by_tail().or_else(by_muscle).or_else(device)
        }
    }
}

/// What a channel measures whose name tells nothing: EMG when it may be a voltage and the
/// file has no other EMG, or some in the same voltage.
pub(super) fn unnamed(name: &Name, units_of_emg: &HashSet<&str>) -> Kind {
    let is_like =
        || Unit::voltage(name.unit).is_some() && units_of_emg.contains(name.unit);
    match UnitSays::read(name.unit) {
        UnitSays::Nothing if units_of_emg.is_empty() || is_like() => Kind::Emg,
        _ => Kind::Other,
    }
}

/// What a unit tells about the quantity.
enum UnitSays {
    This(Kind),
    /// It is some other quantity.
    NoVoltage,
    /// Unknown, relative or a voltage, which an accelerometer may give too.
    Nothing,
}

impl UnitSays {
    fn read(unit: &str) -> Self {
        if Unit::voltage(unit).is_some() {
            return Self::Nothing;
        }
        match unit.trim().to_lowercase().as_str() {
            "" | "-" | "1" | "%" | "a.u." | "au" | "a.u" | "arb" | "arb." | "counts"
            | "count" | "lsb" | "adc" | "raw" | "no_units" => Self::Nothing,
            "g" | "mg" | "m/(s^2)" | "m/s²" | "m/s^2" | "m/s2" | "m/s/s" | "mm/s^2"
            | "mm/s²" => Self::This(Kind::Acceleration),
            "deg/s" | "°/s" | "º/s" | "dps" | "rad/s" => Self::This(Kind::Gyroscope),
            "n" | "kn" | "kg" | "kgf" | "ft·lb" | "ft-lb" | "ft lb" | "lbf·ft" | "lb"
            | "lbf" | "lbs" | "nm" | "n·m" | "n.m" | "n*m" | "n m" | "n.mm" | "nmm" => {
                Self::This(Kind::Force)
            }
            _ => Self::NoVoltage,
        }
    }
}

/// The kind that the words of a part tell; a trigger of the EMG device is a trigger.
fn by_words(part: &NameSegment) -> Option<Kind> {
    let begins = |beginnings: &[&str]| {
        part.runs
            .iter()
            .any(|run| beginnings.iter().any(|beginning| run.starts_with(beginning)))
    };
    let is_other = || {
        begins(OTHER) || part.runs.iter().any(|run| OTHER_WORDS.contains(&run.as_str()))
    };
    match () {
        () if begins(ACCELERATION) => Some(Kind::Acceleration),
        () if begins(GYROSCOPE) => Some(Kind::Gyroscope),
        () if begins(FORCE) || part.runs.iter().any(|run| is_plate_axis(run)) => {
            Some(Kind::Force)
        }
        () if begins(FOOT_SWITCH) || is_foot_switch(part) => Some(Kind::FootSwitch),
        () if is_other() => Some(Kind::Other),
        () if part.runs.iter().any(|run| run.contains("emg") || run.contains("эмг")) => {
            Some(Kind::Emg)
        }
        () => None,
    }
}

/// What means something else where no muscle is named: `DI0`, `battery`, `class`.
fn other_but_muscles(part: &NameSegment) -> Option<Kind> {
    let says = |run: &String| {
        let letters = run.trim_end_matches(|c: char| c.is_ascii_digit());
        [letters, run.as_str()].iter().any(|word| OTHER_WORDS_BUT_MUSCLES.contains(word))
            || OTHER_BUT_MUSCLES.iter().any(|beginning| run.starts_with(beginning))
    };
    part.runs.iter().any(says).then_some(Kind::Other)
}

/// `foot switch`, `heel-switch`, …: a switch below a part of the foot.
fn is_foot_switch(part: &NameSegment) -> bool {
    let has = |words: &[&str]| part.runs.iter().any(|run| words.contains(&run.as_str()));
    has(&["foot", "heel", "toe", "hallux", "shoe"]) && has(&["switch", "sw", "contact"])
}

/// `fz`, `f1z`, `fz2`, `mx1`: a force or moment of a force plate.
fn is_plate_axis(run: &str) -> bool {
    let letters: String = run.chars().filter(|c| !c.is_ascii_digit()).collect();
    matches!(letters.as_str(), "fx" | "fy" | "fz" | "mx" | "my" | "mz")
        && run.starts_with(['f', 'm'])
}

/// An analog input that says nothing else.
fn analog(name: &Name) -> Option<Kind> {
    name.parts()
        .any(|part| part.runs.iter().any(|run| run.starts_with("analog")))
        .then_some(Kind::Other)
}
