//! What the other names of a file say about an ambiguous one.

use super::muscle::{AMBIGUOUS, Muscle, Region};
use super::reading::{NameReading, SidePlace};

/// The names of a file, as far as each is understood on its own.
pub(super) struct Neighbours {
    /// The names that can be read in one way only; they show where the file has its
    /// sides.
    definite: Vec<NameReading>,
    /// Every name whose muscle is certain once its side is.
    settled: Vec<NameReading>,
}

impl Neighbours {
    pub(super) fn new(readings: &[Vec<NameReading>]) -> Self {
        let definite = readings
            .iter()
            .filter(|readings| readings.len() == 1)
            .flatten()
            .cloned()
            .collect();
        let mut neighbours = Self { definite, settled: Vec::new() };
        let sided =
            readings.iter().filter_map(|readings| neighbours.choose_side(readings));
        neighbours.settled = sided
            .filter(|reading| !AMBIGUOUS.contains(&reading.word.as_str()))
            .cloned()
            .collect();
        neighbours
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
        self.definite.iter().filter(|reading| reading.place == place).count()
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
        let has_medial = medial.is_some_and(|medial| {
            self.definite.iter().any(|other| other.muscle == medial)
        });
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
        let same = |other: &&NameReading| {
            (other.place, &other.word) == (sided.place, &sided.word)
                && other.side != sided.side
        };
        self.definite.iter().any(|other| same(&other))
    }

    fn has(&self, muscle: Muscle) -> bool {
        self.settled.iter().any(|reading| reading.muscle == muscle)
    }

    fn in_region(&self, region: Region) -> usize {
        self.settled.iter().filter(|reading| reading.muscle.region() == region).count()
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
