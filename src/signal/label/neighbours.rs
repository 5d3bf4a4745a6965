//! What the other names of a file say about an ambiguous one.

use std::collections::{HashMap, HashSet};

use super::muscle::{AMBIGUOUS, Muscle, Region};
use super::reading::{NameReading, SidePlace};
use super::side::Side;

/// The names of a file, as far as each is understood on its own.
#[derive(Default)]
pub(super) struct Neighbours {
    /// How many names that can be read in one way only have their side at a place.
    habits: HashMap<SidePlace, usize>,
    /// The muscles of those names.
    definite: HashSet<Muscle>,
    /// Their words, with place and side.
    words: HashSet<(SidePlace, String, Option<Side>)>,
    /// How many names are of a muscle that is certain once its side is.
    settled: HashMap<Muscle, usize>,
}

impl Neighbours {
    pub(super) fn new(readings: &[Vec<NameReading>]) -> Self {
        let mut neighbours = Self::default();
        for reading in readings.iter().filter(|readings| readings.len() == 1).flatten() {
            let NameReading { muscle, side, place, word } = reading.clone();
            *neighbours.habits.entry(place).or_default() += 1;
            neighbours.definite.insert(muscle);
            neighbours.words.insert((place, word, side));
        }
        let sided =
            readings.iter().filter_map(|readings| neighbours.choose_side(readings));
        let is_settled =
            |reading: &&NameReading| !AMBIGUOUS.contains(&reading.word.as_str());
        let mut settled = HashMap::new();
        for reading in sided.filter(is_settled) {
            *settled.entry(reading.muscle).or_default() += 1;
        }
        Self { settled, ..neighbours }
    }

    /// The reading that fits its neighbours best.
    pub(super) fn choose(&self, readings: &[NameReading]) -> Option<NameReading> {
        let chosen = self.choose_side(readings)?;
        Some(NameReading { muscle: self.muscle(chosen), ..chosen.clone() })
    }

    fn choose_side<'a>(&self, readings: &'a [NameReading]) -> Option<&'a NameReading> {
        let whole = readings.iter().find(|reading| reading.place == SidePlace::Nowhere);
        let sided = readings.iter().filter(|reading| reading.place != SidePlace::Nowhere);
        // `max_by_key` keeps the last of equals: `RFL` is the left rectus femoris rather
        // than the right `FL`.
        let sided = sided.max_by_key(|reading| self.habit(reading.place));
        match (whole, sided) {
            (Some(whole), Some(sided)) if self.prefers_whole(whole, sided) => Some(whole),
            (whole, sided) => sided.or(whole),
        }
    }

    /// How many names have their side at this place.
    fn habit(&self, place: SidePlace) -> usize {
        self.habits.get(&place).copied().unwrap_or_default()
    }

    /// Whether `GAL`, `LG`, `SOL` or `Gastroc L` is a muscle without a side: the medial
    /// head stands beside it, or most names of the file have no side. Alone, two letters
    /// and less are too little to leave a side over.
    fn prefers_whole(&self, whole: &NameReading, sided: &NameReading) -> bool {
        let medial = match whole.muscle {
            Muscle::GastrocnemiusLateralis => Some(Muscle::GastrocnemiusMedialis),
            Muscle::VastusLateralis => Some(Muscle::VastusMedialis),
            _ => None,
        };
        let twin_is_sided = self.has_mirror(sided);
        let has_medial = medial.is_some_and(|medial| self.definite.contains(&medial));
        match (self.habit(SidePlace::Nowhere), self.habit(sided.place)) {
            _ if twin_is_sided => false,
            _ if has_medial => true,
            _ if sided.place == SidePlace::Apart => false,
            (without, with) if without != with => without > with,
            _ => sided.word.len() < 3,
        }
    }

    /// Whether the same name stands there with the other side.
    fn has_mirror(&self, sided: &NameReading) -> bool {
        let mut others = [None, Some(Side::Left), Some(Side::Right)].into_iter();
        others.any(|side| {
            let other = (sided.place, sided.word.clone(), side);
            side != sided.side && self.words.contains(&other)
        })
    }

    fn has(&self, muscle: Muscle) -> bool {
        self.settled.contains_key(&muscle)
    }

    fn in_region(&self, region: Region) -> usize {
        let of_region = self.settled.iter().filter(|(one, _)| one.region() == region);
        of_region.map(|(_, count)| count).sum()
    }

    /// The muscle of an abbreviation that means one of two.
    fn muscle(&self, reading: &NameReading) -> Muscle {
        let legs = self.in_region(Region::Calf)
            + self.in_region(Region::Thigh)
            + self.in_region(Region::Hip);
        let has_hip = self.in_region(Region::Hip) > 0;
        let has_hip_beside = [Muscle::GluteusMaximus, Muscle::TensorFasciaeLatae]
            .iter()
            .any(|muscle| self.has(*muscle));
        let has_lateral = self.has(Muscle::GastrocnemiusLateralis);
        match reading.word.as_str() {
            "gm" if has_hip && !has_lateral && !self.has(Muscle::GluteusMedius) => {
                Muscle::GluteusMedius
            }
            "gmed" if has_lateral && !has_hip_beside => Muscle::GastrocnemiusMedialis,
            "bic" | "biceps" if self.in_region(Region::Arm) > legs => {
                Muscle::BicepsBrachii
            }
            _ => reading.muscle,
        }
    }
}
