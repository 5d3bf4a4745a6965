//! The ways in which one name can be read.

use super::words::{Name, NameSegment};
use super::{Muscle, Side, muscle};
use crate::units::Unit;

/// One way to read a name as a muscle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameReading {
    pub(super) muscle: Muscle,
    pub(super) side: Option<Side>,
    /// Where the side stands.
    pub(super) place: SidePlace,
    /// The name without its side, in lower case.
    pub(super) word: String,
}

impl NameReading {
    /// Whether its word means something else where no muscles stand beside it.
    pub(super) fn needs_company(&self) -> bool {
        muscle::IN_COMPANY.contains(&self.word.as_str())
    }
}

/// Where a side stands in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SidePlace {
    /// There is none.
    Nowhere,
    /// A word or letter of its own.
    Apart,
    /// Before the muscle, without a blank: `LSOL`.
    Before,
    /// After it: `TAR`.
    After,
}

/// Every way to read a name as a muscle, the likeliest first; what stands after the last
/// colon comes before the rest.
pub(super) fn readings(name: &Name) -> Vec<NameReading> {
    let parts: Vec<&NameSegment> = name.parts().collect();
    for (at, part) in parts.iter().enumerate() {
        let mut readings = of_part(part, Unit::voltage(name.unit).is_some());
        if readings.is_empty() {
            continue;
        }
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
        let side = others.filter_map(|(_, other)| other.spelled_side()).next();
        readings.iter_mut().for_each(|reading| reading.side = reading.side.or(side));
        return readings;
    }
    Vec::new()
}

fn of_part(part: &NameSegment, in_volts: bool) -> Vec<NameReading> {
    let mut readings = apart(part, in_volts);
    let whole = named(part, None, in_volts).map(|(muscle, word)| NameReading {
        muscle,
        side: None,
        place: SidePlace::Nowhere,
        word,
    });
    // `SO L` is the left soleus and not `SOL`; `Gastroc L` may be the lateral head.
    readings.extend(
        whole.filter(|whole| readings.iter().all(|apart| apart.muscle != whole.muscle)),
    );
    if readings.iter().all(|reading| reading.place != SidePlace::Apart) {
        let has_whole = !readings.is_empty();
        readings.extend(attached(part, has_whole));
    }
    readings
}

/// Readings with the side as a piece of its own: `L Sol`, `SOL-R`, `Soleus (left)`.
fn apart(part: &NameSegment, in_volts: bool) -> Vec<NameReading> {
    let sided = part.pieces.iter().enumerate().filter_map(|(at, piece)| {
        let side = Side::from_word(&piece.text)
            .or_else(|| Side::from_abbreviation(&piece.text))?;
        let (muscle, word) = named(part, Some(at), in_volts)?;
        // The French `droit` of `droit antérieur` belongs to the muscle.
        let is_side =
            word.len() > 1 && muscle::from_words(&[&piece.text, &word], true).is_none();
        is_side.then_some(NameReading {
            muscle,
            side: Some(side),
            place: SidePlace::Apart,
            word,
        })
    });
    sided.collect()
}

/// The muscle that the pieces name, without the one at `side`, and those pieces joined.
/// Among other words two letters are enough where EMG is said or in a voltage.
fn named(
    part: &NameSegment,
    side: Option<usize>,
    in_volts: bool,
) -> Option<(Muscle, String)> {
    let pieces = part
        .pieces
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != side)
        .map(|(_, piece)| piece);
    let pieces: Vec<_> = pieces.collect();
    let words: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let joined: String = words.concat();
    let among_others = || {
        let said_emg = part.runs.iter().any(|run| run.contains("emg"));
        let shortest = if said_emg || in_volts { 2 } else { 3 };
        let abbreviations = pieces
            .iter()
            .filter(|piece| piece.text.len() >= if piece.capital { shortest } else { 4 });
        abbreviations
            .filter_map(|piece| {
                Some((muscle::from_abbreviation(&piece.text)?, piece.text.clone()))
            })
            .next()
    };
    let muscle =
        muscle::from_abbreviation(&joined).or_else(|| muscle::from_words(&words, false));
    muscle.map(|muscle| (muscle, joined)).or_else(among_others)
}

/// Readings with the side attached: `LSOL`, `TAR`, `soleusleft`; only `L` and `R` beside
/// a whole reading (`GMED`).
fn attached(part: &NameSegment, has_whole: bool) -> Vec<NameReading> {
    let mut readings: Vec<NameReading> = Vec::new();
    for at in 0..part.pieces.len() {
        for (place, side, rest) in cuts(&part.pieces[at].text) {
            if has_whole && !is_letter(side, &part.pieces[at].text) {
                continue;
            }
            let joined: String = part
                .words()
                .iter()
                .enumerate()
                .map(|(i, word)| if i == at { rest } else { word })
                .collect();
            let Some(muscle) = of_rest(&joined, side, &part.pieces[at].text) else {
                continue;
            };
            let reading = NameReading { muscle, side: Some(side), place, word: joined };
            if readings
                .iter()
                .all(|known| (known.muscle, known.side) != (muscle, Some(side)))
            {
                readings.push(reading);
            }
        }
    }
    readings
}

/// The muscle of what is left when an attached side is cut off; `G` alone is the
/// gastrocnemius of `LG` and `RG`.
fn of_rest(joined: &str, side: Side, piece: &str) -> Option<Muscle> {
    match joined {
        "g" if is_letter(side, piece) => Some(Muscle::Gastrocnemius),
        // Words of languages that put no blanks between them.
        _ if !joined.is_ascii() => muscle::from_words(&[joined], false),
        _ => muscle::from_abbreviation(joined),
    }
}

/// Whether a word begins or ends with the `L` or `R` of a side.
fn is_letter(side: Side, piece: &str) -> bool {
    let letter = if side == Side::Left { 'l' } else { 'r' };
    piece.starts_with(letter) || piece.ends_with(letter)
}

/// Every way to cut a side off a word.
fn cuts(word: &str) -> Vec<(SidePlace, Side, &str)> {
    let inner = word.char_indices().skip(1).map(|(at, _)| at);
    let cuts = inner.flat_map(|at| {
        let (head, rest) = word.split_at(at);
        let before =
            attached_side(head, rest).map(|side| (SidePlace::Before, side, rest));
        let after = attached_side(rest, head).map(|side| (SidePlace::After, side, head));
        [before, after]
    });
    cuts.flatten().collect()
}

/// The side of an attached `L`, `R` or word; the short forms `li`, `re`, `G` and `D` only
/// beside three letters or more, because `REST`, `STD`, `RFD` and `TAG` are other things.
fn attached_side(side: &str, muscle: &str) -> Option<Side> {
    match side {
        "l" => Some(Side::Left),
        "r" => Some(Side::Right),
        "lt" | "rt" | "der" => None,
        "li" | "re" | "g" | "d" | "sx" | "dx" if muscle.len() >= 3 => {
            Side::from_abbreviation(side)
        }
        "li" | "re" | "g" | "d" => None,
        _ => Side::from_word(side),
    }
}
