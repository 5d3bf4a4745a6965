//! A channel's name, cut into words.

use super::Side;
use super::fold::fold;

/// A name and its unit, cut into words; the part after the last colon is the channel,
/// what stands before it the device (`Avanti sensor 1: EMG 1`).
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) unit: &'a str,
    parts: Vec<NameSegment>,
}

/// One part of a name between colons.
#[derive(Default)]
pub(super) struct NameSegment {
    /// Runs of letters and digits, in lower case: `f1z`, `soleft`.
    pub(super) runs: Vec<String>,
    /// The runs cut at digits and capitals, in lower case, without digits and words that
    /// say nothing.
    pub(super) pieces: Vec<Piece>,
}

/// A word of letters.
pub(super) struct Piece {
    pub(super) text: String,
    /// Whether it began with a capital: `Sol` is an abbreviation, `per` may be a
    /// preposition.
    pub(super) capital: bool,
}

/// Words of devices and file formats that say nothing about muscle or side.
const SILENT: &[&str] = &[
    "adc", "analog", "avanti", "ch", "chan", "channel", "delsys", "device", "devices",
    "emg", "im", "imported", "imu", "input", "kanal", "lead", "leg", "mini", "mv",
    "muscle", "musculus", "noraxon", "raw", "semg", "sensor", "side", "signal", "snap",
    "snaplead", "surface", "trigno", "ultium", "uv", "v", "voie", "voltage",
];

impl<'a> Name<'a> {
    pub(super) fn new(text: &'a str, unit: &'a str) -> Self {
        let mut parts: Vec<NameSegment> = text
            .split(':')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(NameSegment::new)
            .collect();
        parts.reverse();
        if parts.is_empty() {
            parts.push(NameSegment::default());
        }
        Self { text, unit, parts }
    }

    /// The same words under another text.
    pub(super) fn called(self, text: &'a str) -> Self {
        Self { text, ..self }
    }

    /// The part after the last colon.
    pub(super) fn tail(&self) -> &NameSegment {
        &self.parts[0]
    }

    /// Every part, the last first.
    pub(super) fn parts(&self) -> impl Iterator<Item = &NameSegment> {
        self.parts.iter()
    }

    /// The side that is written as a word or as a letter of its own, whatever else the
    /// name says.
    pub(super) fn spelled_side(&self) -> Option<Side> {
        self.parts().find_map(NameSegment::spelled_side)
    }
}

impl NameSegment {
    fn new(text: &str) -> Self {
        let runs: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|run| !run.is_empty())
            .collect();
        let pieces = runs.iter().flat_map(|run| pieces(without_emg(run))).map(Piece::new);
        let pieces =
            pieces.filter(|piece| !SILENT.contains(&piece.text.as_str())).collect();
        Self { runs: runs.iter().map(|run| fold(run)).collect(), pieces }
    }

    /// The words in lower case.
    pub(super) fn words(&self) -> Vec<&str> {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// A side that is written as a word, or `L` or `R` as the first or last run of
    /// letters and digits.
    pub(super) fn spelled_side(&self) -> Option<Side> {
        let by_letter = |run: &String| match run.as_str() {
            "l" | "lt" => Some(Side::Left),
            "r" | "rt" => Some(Side::Right),
            _ => None,
        };
        let by_word = self.runs.iter().find_map(|run| Side::from_word(run));
        by_word.or_else(|| {
            [self.runs.first(), self.runs.last()]
                .into_iter()
                .flatten()
                .find_map(by_letter)
        })
    }
}

impl Piece {
    fn new(text: &str) -> Self {
        Self { text: fold(text), capital: text.starts_with(char::is_uppercase) }
    }
}

/// `EMGsol` and `SolEMG` without the `EMG`, which is no part of a muscle's name.
fn without_emg(run: &str) -> &str {
    let cut = |text: &str, from: usize, to: usize| {
        text.get(from..to).is_some_and(|part| part.eq_ignore_ascii_case("emg"))
    };
    let run = run.strip_prefix(['s', 'S']).filter(|rest| cut(rest, 0, 3)).unwrap_or(run);
    match run.len() {
        length if length > 3 && cut(run, 0, 3) => &run[3..],
        length if length > 3 && cut(run, length - 3, length) => &run[..length - 3],
        _ => run,
    }
}

/// The words in a run of letters and digits: cut at digits, before a capital after a
/// small letter (`Sol|Left`), before the last capital of several (`L|Sol`), and at the
/// signs for left and right (`左|ヒラメ筋`).
fn pieces(run: &str) -> impl Iterator<Item = &str> {
    let letters =
        run.split(|c: char| !c.is_alphabetic()).filter(|piece| !piece.is_empty());
    letters.flat_map(|letters| {
        let mut cuts = vec![0];
        let characters: Vec<(usize, char)> = letters.char_indices().collect();
        let is_side = |place: usize| matches!(characters[place].1, '左' | '右');
        let is_flank = |place: usize| matches!(characters[place].1, '側' | '侧');
        for (place, (at, here)) in characters.iter().enumerate().skip(1) {
            let before = characters[place - 1].1;
            let next_is_small =
                letters[*at..].chars().nth(1).is_some_and(char::is_lowercase);
            // `左側` is one word.
            let behind_side = match is_flank(place) {
                true => false,
                false if is_flank(place - 1) => place > 1 && is_side(place - 2),
                false => is_side(place - 1),
            };
            if here.is_uppercase() && (before.is_lowercase() || next_is_small)
                || behind_side
                || is_side(place)
            {
                cuts.push(*at);
            }
        }
        let ends: Vec<usize> =
            cuts.iter().skip(1).copied().chain([letters.len()]).collect();
        cuts.into_iter()
            .zip(ends)
            .map(|(from, to)| &letters[from..to])
            .collect::<Vec<_>>()
    })
}
