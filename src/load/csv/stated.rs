//! Sampling rates in words: `Sampling frequency: 1000 Hz`, `fs=1000`, `Sample Rate,2000`,
//! `Interval= 1 ms`.

use super::names::{hertz, per_second};
use super::numbers;
use super::rows::HeaderLine;

/// Words that mean a sampling rate wherever they stand.
const CERTAIN: &[&str] = &[
    "sampling frequency",
    "sampling rate",
    "sample rate",
    "sample frequency",
    "samplerate",
    "samplingrate",
    "samplefrequency",
    "samplingfrequency",
    "sampling freq",
    "sample freq",
    "scan rate",
    "acquisition rate",
    "acquisition frequency",
    "samples per second",
    "abtastrate",
    "abtastfrequenz",
    "fréquence d'échantillonnage",
    "frecuencia de muestreo",
    "frequenza di campionamento",
    "częstotliwość próbkowania",
    "analog rate",
    "analog frequency",
    "emg rate",
    "emg frequency",
    "サンプリング周波数",
    "采样率",
    "采样频率",
];
/// Words that mean one only when nothing stands before them (a cut-off is a frequency,
/// too).
const ALONE: &[&str] =
    &["frequency", "freq", "rate", "fs", "sr", "hz", "f_s", "frequenz", "fréquence"];
/// Words for the time between two samples.
const INTERVALS: &[&str] = &[
    "sampling interval",
    "sample interval",
    "interval",
    "sampling period",
    "sample period",
    "sampling time",
    "sample time",
    "abtastintervall",
    "delta t",
    "delta x",
    "dt",
];

/// Whether a cell is the key of a sampling rate (`Sample Rate`, `fs`).
pub(super) fn is_rate_word(cell: &str) -> bool {
    is_key(cell) || hertz(cell).is_some()
}

/// Whether a cell is the key of a sampling rate and nothing else.
pub(super) fn is_key(cell: &str) -> bool {
    let word = spaced(cell);
    let word = without_unit(word.trim_end_matches([':', '=', ' ']));
    CERTAIN.contains(&word) || ALONE.contains(&word)
}

fn without_unit(word: &str) -> &str {
    let ends = ["(hz)", "[hz]", "in hz", " hz", "(1/s)"];
    ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).trim_end()
}

fn spaced(text: &str) -> String {
    let lower = text.trim().to_lowercase().replace('\u{a0}', " ");
    // `sample_rate_hz` and `Sample-Rate` are the same words; a sign before a number stays.
    let words = lower.replace('_', " ");
    words.replace("sample-", "sample ").replace("sampling-", "sampling ")
}

/// The rate that a header line states in words, in hertz.
pub(super) fn rate(line: &HeaderLine, decimal: u8) -> Option<f64> {
    let filled: Vec<&str> =
        line.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let text = spaced(&filled.join(" "));
    let rate = CERTAIN.iter().find_map(|word| value_after(&text, word, false, decimal));
    let rate = rate.or_else(|| {
        ALONE.iter().find_map(|word| value_after(&text, word, true, decimal))
    });
    let rate = rate.map(Stated::hertz).or_else(|| time_of_a_sample(&text, decimal));
    rate.or_else(|| {
        INTERVALS
            .iter()
            .find_map(|word| value_after(&text, word, true, decimal))?
            .period()
    })
    .filter(|rate| rate.is_finite() && *rate > 0.0)
}

struct Stated {
    value: f64,
    unit: String,
}

impl Stated {
    fn hertz(self) -> f64 {
        if self.unit == "khz" { self.value * 1e3 } else { self.value }
    }

    /// The rate of a time between two samples; without a unit, one below a hundredth is in
    /// seconds.
    fn period(self) -> Option<f64> {
        let is_seconds = self.unit.is_empty() && self.value > 0.0 && self.value < 0.01;
        if is_seconds { Some(1.0 / self.value) } else { self.reciprocal() }
    }

    fn reciprocal(self) -> Option<f64> {
        per_second(&self.unit)
            .filter(|_| self.value > 0.0)
            .map(|scale| scale / self.value)
    }
}

/// The rate of `0.5 msec/sample` or `1 ms per sample`.
fn time_of_a_sample(text: &str, decimal: u8) -> Option<f64> {
    let behind = ["/sample", "per sample", "/ sample"];
    let before = behind.iter().find_map(|word| text.split_once(word))?.0;
    let (value, length) = number(before, decimal)?;
    Stated { value, unit: before[length..].trim().to_owned() }.reciprocal()
}

/// The number after a word, with the unit behind it.
fn value_after(text: &str, word: &str, alone: bool, decimal: u8) -> Option<Stated> {
    let at = if alone { alone_at(text, word)? } else { text.find(word)? };
    let rest = &text[at + word.len()..];
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("emg").map_or(rest, str::trim_start);
    let units = ["(hz)", "[hz]", "in hz", "hz", "(1/s)"];
    let rest = units.iter().find_map(|unit| rest.strip_prefix(unit)).unwrap_or(rest);
    let (rest, of_key) = time_in_brackets(rest);
    let value = rest.trim_start_matches([':', '=', ' ', '\t', ',', ';', '"']);
    // A longer word (`ratemeter 5`, `fsr 1`) is another word.
    if value.len() == rest.len()
        && !rest.starts_with(|character: char| character.is_ascii_digit())
    {
        return None;
    }
    let (number, length) = number(value, decimal)?;
    let unit: String = value[length..]
        .trim_start()
        .chars()
        .take_while(|character| character.is_alphabetic())
        .collect::<String>();
    let unit = if unit.is_empty() { of_key.to_owned() } else { unit };
    Some(Stated { value: number, unit })
}

/// A unit of time in brackets behind a key: `sampling interval (us): 500`.
fn time_in_brackets(rest: &str) -> (&str, &str) {
    let closed = |open: char, close: char| rest.strip_prefix(open)?.split_once(close);
    let inner = closed('(', ')').or_else(|| closed('[', ']'));
    let of_time = inner.filter(|(unit, _)| per_second(unit.trim()).is_some());
    of_time.map_or((rest, ""), |(unit, rest)| (rest, unit.trim()))
}

/// Where a word stands at the beginning of the line, or behind a separator as its own
/// word.
fn alone_at(text: &str, word: &str) -> Option<usize> {
    if text.starts_with(word) {
        return Some(0);
    }
    let short = word == "fs" || word == "f s";
    text.match_indices(word)
        .map(|(at, _)| at)
        .find(|&at| short && text[..at].ends_with([' ', ';', ',', '|', '(']))
}

fn number(text: &str, decimal: u8) -> Option<(f64, usize)> {
    if let Some(marked) = with_thousands(text) {
        return Some(marked);
    }
    let (value, length) = numbers::number(text.as_bytes(), decimal)?;
    match text[length..].starts_with('.') {
        // A header in English above a table with decimal commas.
        true => numbers::number(text.as_bytes(), b'.'),
        false => Some((value, length)),
    }
}

/// A whole number with marks between thousands: `2.000`, `1,000.00`. No recorder takes two
/// samples a second.
fn with_thousands(text: &str) -> Option<(f64, usize)> {
    let length =
        text.bytes().take_while(|b| b.is_ascii_digit() || b".,".contains(b)).count();
    let parts: Vec<&str> = text[..length].split(['.', ',']).collect();
    let [head, thousands, rest @ ..] = parts.as_slice() else { return None };
    let is_group =
        (1..=2).contains(&head.len()) && !head.starts_with('0') && thousands.len() == 3;
    let is_zero = rest.iter().all(|part| part.bytes().all(|byte| byte == b'0'));
    let value: f64 = format!("{head}{thousands}").parse().ok()?;
    (is_group && rest.len() <= 1 && is_zero).then_some((value, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(cells: &[&str]) -> Option<f64> {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        rate(&HeaderLine { line: 1, comment: false, cells }, b'.')
    }

    #[test]
    fn rates_in_words() {
        for cells in [
            &["Sampling frequency: 1000 Hz"][..],
            &["Sampling", "frequency:", "1000", "Hz"],
            &["fs=1000"],
            &["Sample Rate", "1000"],
            &["Sample rate (Hz)", "", "1000.0"],
            &["sample_rate_hz: 1000"],
            &["Frequency", "1000"],
            &["Samplerate 1 kHz"],
            &["Interval=", "0.001 s"],
            &["sampling interval: 1 ms"],
            &["Sampling interval (us): 1000"],
            &["Sampling period [ms]: 1"],
            &["dt: 0.001"],
            &["subject=S01; fs = 1000"],
            &["Rate=1000"],
            &["1 msec/sample"],
            &["Abtastrate: 1.000 Hz"],
            &["Sampling Rate: 1,000.00 Hz"],
            &["Sample rate EMG: 1000 Hz"],
            &["1000 µs per sample"],
        ] {
            assert_eq!(stated(cells), Some(1000.0), "{cells:?}");
        }
    }

    #[test]
    fn other_frequencies_are_no_sampling_rate() {
        for text in [
            "Low-pass cut-off frequency: 450 Hz",
            "Mains frequency: 50",
            "FSR 1 (V)",
            "heart rate 60",
            "fs",
        ] {
            assert_eq!(stated(&[text]), None, "{text}");
        }
        assert!(is_key("Sample Rate") && is_key("fs =") && !is_key("SOL"));
    }
}
