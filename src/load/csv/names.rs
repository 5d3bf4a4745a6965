//! What the name of a column says: its unit, and whether it is a channel, a clock or a
//! counter.

use super::numbers;
use crate::signal::Kind;
use crate::units::Unit;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnRole {
    /// Samples.
    Channel,
    /// The time of the samples on its right.
    Time,
    /// A running number of samples or frames.
    Counter,
    /// Something else that is no signal: a trigger, a sub-frame.
    Other,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FileColumn {
    /// The name as written in the line of names; empty where there is none.
    pub(super) written: String,
    /// The name without its unit.
    pub(super) name: String,
    /// The sensor or device that the column belongs to; empty where the file tells none.
    pub(super) group: String,
    /// The unit as written; empty where the file tells none.
    pub(super) unit: String,
    /// The sampling rate that the header states for this column, in hertz; it may be
    /// senseless.
    pub(super) rate_hz: Option<f64>,
    /// How many samples the header promises.
    pub(super) promised: Option<usize>,
    /// What it measures, where the header says so.
    pub(super) kind: Option<Kind>,
    /// What it holds.
    pub(super) role: ColumnRole,
}

/// A name without its unit, the unit (an empty one is none), and a rate where the
/// brackets hold one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    /// The name without the unit.
    pub(super) name: String,
    /// The unit as written, where the name ends with one.
    pub(super) unit: Option<String>,
    /// The sampling rate in hertz, where the brackets hold one (`EMG 1 (1926 Hz)`).
    pub(super) rate_hz: Option<f64>,
}

/// Takes the unit off a name: `LSOL (V)`, `SO [µV]`, `X[s]`, `SOL_mV`, `EMG uV`.
pub(super) fn split(text: &str) -> Named {
    let text = text.trim();
    in_brackets(text).or_else(|| behind_a_sign(text)).unwrap_or_else(|| Named {
        name: text.to_owned(),
        unit: None,
        rate_hz: None,
    })
}

/// A name whose last brackets hold a unit, a rate or nothing.
fn in_brackets(text: &str) -> Option<Named> {
    let (name, inner) = bracketed(text)?;
    let rate_hz = hertz(inner).filter(|rate| *rate > 0.0);
    if rate_hz.is_none() && !inner.is_empty() && !is_unit(inner) {
        return None;
    }
    let unit = (rate_hz.is_none() && !inner.is_empty()).then(|| inner.to_owned());
    Some(Named { name: without_brackets(name, text), unit, rate_hz })
}

/// Two pairs of brackets may follow each other: `EMG 1 (mV) (2000 Hz)`. Brackets with
/// nothing before them are the name itself.
fn without_brackets(name: &str, whole: &str) -> String {
    let inner =
        bracketed(name).filter(|(rest, inner)| is_unit(inner) && !rest.trim().is_empty());
    match inner.map_or(name, |(rest, _)| rest).trim() {
        "" => whole.to_owned(),
        name => name.to_owned(),
    }
}

/// A name that ends with a unit behind `_`, a blank, `/` or `,`.
fn behind_a_sign(text: &str) -> Option<Named> {
    // R writes dots for brackets: `EMG..mV.`.
    let mangled = text.trim_end_matches('.').rsplit_once("..");
    let (name, last) = mangled.or_else(|| text.rsplit_once(['_', ' ', '/', ',']))?;
    let name = name.trim().trim_end_matches([',', '_', '/', '.']);
    let of_signals = matches!(
        last,
        "mV" | "uV"
            | "µV"
            | "μV"
            | "volt"
            | "volts"
            | "V"
            | "mv"
            | "uv"
            | "N"
            | "Nm"
            | "мВ"
            | "мкВ"
            | "В"
    );
    // A single letter behind a blank may count (`Channel V`); behind an underscore it is
    // a unit.
    let of_signals =
        of_signals && (last.len() > 1 || !text.ends_with(&format!(" {last}")));
    let of_times = matches!(last, "s" | "ms" | "us" | "µs" | "sec" | "seconds" | "msec")
        && role(name, None) != ColumnRole::Channel;
    let of_events = last == "s" && is_event(name);

    let is_unit = !name.is_empty() && (of_signals || of_times || of_events);
    let unit = Some(last.to_owned());
    is_unit.then(|| Named { name: name.to_owned(), unit, rate_hz: None })
}

/// A text that ends with brackets: what stands before and inside them.
pub(super) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (open, close) = match text.trim_end().chars().last()? {
        ')' => ('(', ')'),
        ']' => ('[', ']'),
        _ => return None,
    };
    let mut depth = 0_usize;
    for (at, character) in text.trim_end().char_indices().rev() {
        if character == close {
            depth += 1;
        } else if character == open {
            depth -= 1;
            if depth == 0 {
                return Some((
                    text[..at].trim(),
                    text[at + 1..text.trim_end().len() - 1].trim(),
                ));
            }
        }
    }
    None
}

fn is_event(name: &str) -> bool {
    let word = key(name);
    [
        "touchdown",
        "liftoff",
        "heelstrike",
        "toeoff",
        "footstrike",
        "footoff",
        "onset",
        "offset",
        "duration",
    ]
    .iter()
    .any(|event| word.contains(event))
}

/// Symbols of units that are no voltages.
const UNITS: &[&str] = &[
    "Ohm",
    "ohm",
    "kOhm",
    "kohm",
    "MOhm",
    "Ω",
    "kΩ",
    "s",
    "sec",
    "seconds",
    "second",
    "ms",
    "msec",
    "milliseconds",
    "us",
    "µs",
    "μs",
    "min",
    "minutes",
    "h",
    "hours",
    "dB",
    "N",
    "kN",
    "Nm",
    "N.m",
    "N*m",
    "N·m",
    "Nmm",
    "N.mm",
    "g",
    "G",
    "m/s2",
    "m/(s^2)",
    "m/s^2",
    "m/s²",
    "m/s",
    "deg",
    "°",
    "deg/s",
    "°/s",
    "dps",
    "rad",
    "rad/s",
    "mm",
    "cm",
    "m",
    "kg",
    "%",
    "%MVC",
    "% MVC",
    "Hz",
    "kHz",
    "BPM",
    "bpm",
    "Pa",
    "kPa",
    "°C",
    "C",
    "a.u.",
    "au",
    "AU",
    "a.u",
    "uT",
    "µT",
    "T",
    "Gauss",
    "mA",
    "A",
    "W",
    "ohm",
    "arb. units",
    "mG",
    "mg",
    "Degrees Celsius",
    "ft·lb",
    "mmHg",
    "counts",
    "no_units",
];

/// Whether a word is the symbol of a unit. Brackets around it do not matter.
pub(super) fn is_unit(text: &str) -> bool {
    let text = bare_unit(text);
    Unit::voltage(text).is_some() || UNITS.contains(&text)
}

/// Whether a word in a row of units says that there is none.
pub(super) fn is_no_unit(text: &str) -> bool {
    let word = bare_unit(text).to_lowercase();
    ["", "-", "–", "--", "no_units", "no unit", "unitless", "none", "n/a", "na", "raw"]
        .contains(&word.as_str())
}

/// The number that a cell of the header holds, with either decimal sign.
pub(super) fn number(text: &str) -> Option<f64> {
    let number = |decimal| numbers::cell(text, decimal).filter(|value| !value.is_nan());
    number(b'.').or_else(|| number(b','))
}

/// A unit without the brackets around it.
pub(super) fn bare_unit(text: &str) -> &str {
    let text = text.trim();
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    within('[', ']').or_else(|| within('(', ')')).unwrap_or(text).trim()
}

/// The unit of the samples, and what the numbers of the file are divided by.
///
/// Dividing by 1000 is correctly rounded; multiplying by 0.001 is not.
pub(super) fn unit(written: &str) -> (Unit, f64) {
    match (Unit::voltage(written), written) {
        (Some(volts), _) => (Unit::VOLT, (1.0 / volts).round()),
        (None, "") => (Unit::ARBITRARY, 1.0),
        (None, symbol) => (Unit::other(symbol), 1.0),
    }
}

/// How many of a time unit make a second: 1 for `s`, 1000 for `ms`.
pub(super) fn per_second(unit: &str) -> Option<f64> {
    match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "ms" | "msec" | "millisecond" | "milliseconds" => Some(1e3),
        "us" | "µs" | "μs" | "usec" | "microseconds" => Some(1e6),
        "ns" | "nsec" | "nanoseconds" => Some(1e9),
        "min" | "mins" | "minute" | "minutes" => Some(1.0 / 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(1.0 / 3600.0),
        _ => None,
    }
}

/// The frequency in `1259.2593 Hz` or `2 kHz`, in hertz; it may be senseless (`-1 Hz`).
pub(super) fn hertz(text: &str) -> Option<f64> {
    let lower = text.trim().to_ascii_lowercase();
    let (number, scale) = match lower.strip_suffix("khz") {
        Some(number) => (number, 1e3),
        None => (lower.strip_suffix("hz")?, 1.0),
    };
    let number = number.trim().replace(',', ".");
    number
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .map(|value| value * scale)
}

/// Letters and digits of a name in lower case.
pub(super) fn key(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a column may hold the names of events, such as `RHS`, beside the samples at
/// which they happened.
pub(super) fn may_hold_events(name: &str) -> bool {
    let word = key(name);
    let words = ["event", "marker", "annotation", "comment", "label", "cue", "remark"];
    words.iter().any(|begin| {
        word.starts_with(begin)
            || word.ends_with(begin)
            || word.ends_with(&format!("{begin}s"))
    })
}

/// What a column with this name and unit holds.
pub(super) fn role(name: &str, unit: Option<&str>) -> ColumnRole {
    let word = key(name);
    let of_time = unit.is_some_and(|unit| per_second(unit).is_some() || unit == "min");
    match word.as_str() {
        _ if TIMES.contains(&word.as_str()) => ColumnRole::Time,
        "frame" | "frames" | "sample" | "samples" | "sampleno" | "samplenumber"
        | "samplenum" | "sampleindex" | "index" | "idx" | "counter" | "cnt"
        | "packet" | "packetcounter" | "row" | "item" | "no" | "nr" | "framenumber"
        | "frameno" | "nseq" | "seq" | "campione" | "muestra" | "échantillon"
        | "próbka" => ColumnRole::Counter,
        "subframe" | "subframes" | "trigger" | "trig" | "triggers" | "date" | "datum"
        | "fecha" => ColumnRole::Other,
        "x" | "" if of_time => ColumnRole::Time,
        _ if word.ends_with("timeseries") || word.ends_with("timestamp") => {
            ColumnRole::Time
        }
        _ if says_time(name) || of_time && word.starts_with("time") => ColumnRole::Time,
        _ => ColumnRole::Channel,
    }
}

/// Whether a column is called a date.
pub(super) fn is_date(name: &str) -> bool {
    ["date", "datum", "fecha"].contains(&key(name).as_str())
}

/// Names of columns of times.
const TIMES: &[&str] = &[
    "time",
    "times",
    "t",
    "ts",
    "zeit",
    "zeitpunkt",
    "temps",
    "tiempo",
    "tempo",
    "czas",
    "tid",
    "tijd",
    "čas",
    "aika",
    "時間",
    "時刻",
    "时间",
    "timestamp",
    "timestamps",
    "seconds",
    "sec",
    "milliseconds",
    "ms",
    "millis",
    "micros",
    "nanos",
    "elapsedtime",
    "abstime",
    "reltime",
    "timecode",
    "clock",
    "uhrzeit",
    "hora",
    "heure",
    "timestamputc",
    "datetime",
    "dateandtime",
    "datumuhrzeit",
    "fechahora",
    "localtime",
    "systemtime",
    "unixtime",
    "epoch",
    "hhmmss",
    "hhmmssms",
];

/// Whether the first word of a name, or one behind which only a unit or a format stands,
/// is time: `Time (HH:MM:SS.ms)`, `Timestamp (Formatted)`, `t_ms`.
fn says_time(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_time = |word: &&str| TIMES.contains(word);
    let is_form = |word: &&str| {
        [
            "in",
            "formatted",
            "formattedunix",
            "unix",
            "cal",
            "utc",
            "ms",
            "us",
            "ns",
            "s",
            "hh",
            "mm",
            "ss",
        ]
        .contains(word)
    };
    match words[..] {
        [first, ref rest @ ..] if is_time(&first) => rest.iter().all(is_form),
        [.., time, last] if is_time(&time) => is_form(&last),
        [.., time, form, last] if is_time(&time) => is_form(&form) && is_form(&last),
        [.., last] => ["timestamp", "uhrzeit", "datetime"].contains(&last),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_taken_off_a_name() {
        for (text, name, unit) in [
            ("LSOL (V)", "LSOL", Some("V")),
            ("SO [µV]", "SO", Some("µV")),
            ("X[s]", "X", Some("s")),
            ("time_s", "time", Some("s")),
            ("time_ms", "time", Some("ms")),
            ("touchdown_s", "touchdown", Some("s")),
            ("SOL_mV", "SOL", Some("mV")),
            ("EMG 1 uV", "EMG 1", Some("uV")),
            ("EMG 01 04498 (54717)", "EMG 01 04498 (54717)", None),
            ("Oxygen Sensor Humidity ()", "Oxygen Sensor Humidity", None),
            ("SOL_L", "SOL_L", None),
            ("GM_s", "GM_s", None),
            ("Channel V", "Channel V", None),
            ("SOL_V", "SOL", Some("V")),
            ("Left (dominant)", "Left (dominant)", None),
        ] {
            let named = split(text);
            assert_eq!(
                (named.name.as_str(), named.unit.as_deref()),
                (name, unit),
                "{text}"
            );
        }
        assert_eq!(split("EMG 1 (1926 Hz)").rate_hz, Some(1926.0));
    }

    #[test]
    fn clocks_and_counters_are_no_channels() {
        for (name, unit, expected) in [
            ("time", Some("s"), ColumnRole::Time),
            ("EMG 1 Time Series", Some("s"), ColumnRole::Time),
            ("X", Some("s"), ColumnRole::Time),
            ("X", None, ColumnRole::Channel),
            ("Frame", None, ColumnRole::Counter),
            ("Sub Frame", None, ColumnRole::Other),
            ("SOL", Some("V"), ColumnRole::Channel),
            ("TA", None, ColumnRole::Channel),
        ] {
            assert_eq!(role(name, unit), expected, "{name}");
        }
    }

    #[test]
    fn frequencies_in_cells() {
        assert_eq!(hertz("1259.2593 Hz"), Some(1259.2593));
        assert_eq!(hertz("2 kHz"), Some(2000.0));
        assert_eq!(hertz("-1 Hz"), Some(-1.0));
        assert_eq!(hertz("1000"), None);
    }

    #[test]
    fn millivolts_are_divided_once_and_exactly() {
        assert_eq!(unit("mV"), (Unit::VOLT, 1e3));
        assert_eq!(unit("µV"), (Unit::VOLT, 1e6));
        assert_eq!(unit("N"), (Unit::other("N"), 1.0));
        assert_eq!(unit(""), (Unit::ARBITRARY, 1.0));
    }
}
