//! The table of a recording: a row a muscle, left and right beside each other with their
//! difference.

use serde::Serialize;

use super::subject::{Column, Subjects};
use super::words_of::{direction, doubt};
use crate::analysis::dictionary;
use crate::outcome::fact::{Known, MeasureKind, Use};
use crate::outcome::{Measure, Text, Verdict};
use crate::report::format::{Scale, ShownQuantity, largest, quantity};
use crate::report::words::{self, Chip};
use crate::session::RecordingFindings;

/// Some measures of one recording.
#[derive(Debug, Serialize)]
pub(super) struct Numbers {
    head: Vec<&'static str>,
    blocks: Vec<NumbersBlock>,
    /// Measures without a value in any row, and why.
    empty: Vec<(String, String)>,
}

/// One measure.
#[derive(Debug, Serialize)]
struct NumbersBlock {
    title: String,
    unit: String,
    /// What would be said of every number.
    word: Option<String>,
    rows: Vec<NumbersRow>,
}

#[derive(Debug, Serialize)]
struct NumbersRow {
    of: String,
    cells: Vec<Option<NumberCell>>,
}

#[derive(Debug, Serialize)]
struct NumberCell {
    head: &'static str,
    value: Option<ShownQuantity>,
    /// What is said of it: the direction that its interval has, how much it varies.
    word: Option<String>,
    reason: Option<String>,
    /// The verdict of the channel where it is not good.
    chip: Option<Chip>,
}

const COLUMNS: [(Column, &str); 4] = [
    (Column::One, "Value"),
    (Column::Left, "Left"),
    (Column::Right, "Right"),
    (Column::Both, "Difference"),
];

impl Numbers {
    /// The main numbers.
    pub(super) fn main(recording: &RecordingFindings) -> Option<Self> {
        Self::of(recording, Self::main_names(recording).iter().map(|name| &**name))
    }

    /// The measures of the main numbers, those relative to a reference where there is one.
    pub(super) fn main_names(recording: &RecordingFindings) -> Vec<Text> {
        let has = |name: &str| {
            all(recording).any(|found| found.name == name && found.value.is_some())
        };
        let mut names = one_a_place(Use::Main, has);
        for pair in one_a_place(Use::MainOfPairs, has) {
            let quantity = pair.split_once('.').map(|(_, quantity)| quantity.to_owned());
            let new = quantity.filter(|name| has(&pair) && !names.contains(&name.into()));
            names.extend(new.map(Text::from));
        }
        names
    }

    /// The measures of these names that the recording has; `None` without any.
    pub(super) fn of<'a>(
        recording: &RecordingFindings,
        names: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        let page = Source { recording, subjects: Subjects::of(recording) };
        let (mut blocks, mut empty) = (Vec::new(), Vec::new());
        for name in names {
            let found: Vec<&Measure> =
                all(recording).filter(|found| found.name == name).collect();
            match common_reason(&found) {
                Some(reason) => empty.push((words::measure(name), reason)),
                None if found.is_empty() => {}
                None => blocks.extend(page.block(name, &found)),
            }
        }
        let used: Vec<usize> = (0..COLUMNS.len())
            .filter(|&column| {
                let rows = blocks.iter().flat_map(|block| &block.rows);
                rows.into_iter().any(|row: &NumbersRow| row.cells[column].is_some())
            })
            .collect();
        for row in blocks.iter_mut().flat_map(|block| &mut block.rows) {
            let mut column = 0;
            row.cells.retain(|_| {
                column += 1;
                used.contains(&(column - 1))
            });
        }
        (!blocks.is_empty() || !empty.is_empty()).then(|| Self {
            head: used.iter().map(|&column| COLUMNS[column].1).collect(),
            blocks,
            empty,
        })
    }
}

/// What the table is filled from.
struct Source<'a> {
    recording: &'a RecordingFindings,
    subjects: Subjects<'a>,
}

impl Source<'_> {
    /// `None` of what is counted or is of both sides alone, which stands among all
    /// measures.
    fn block(&self, name: &str, found: &[&Measure]) -> Option<NumbersBlock> {
        let known = dictionary::known(name);
        if known.is_some_and(|known| known.fact.kind == MeasureKind::Count) {
            return None;
        }
        let scale = Scale::of(name, &found[0].unit, largest(found.iter().copied()));
        let one_unit = found.iter().all(|measure| measure.unit == found[0].unit);
        let mut unit = String::new();
        let mut rows: Vec<NumbersRow> = Vec::new();
        for measure in found {
            let subject = self.subjects.find(measure.channel.as_deref());
            let mut shown =
                if one_unit { scale.quantity(measure) } else { quantity(measure) };
            if let Some(shown) = shown.as_mut().filter(|_| one_unit) {
                unit = std::mem::take(&mut shown.unit);
            }
            let cell = self.cell(measure, subject.column, shown);
            let column = subject.column as usize;
            match rows
                .iter_mut()
                .find(|row| row.of == subject.name && row.cells[column].is_none())
            {
                Some(row) => row.cells[column] = Some(cell),
                None => {
                    let mut cells = [None, None, None, None];
                    cells[column] = Some(cell);
                    rows.push(NumbersRow { of: subject.name, cells: cells.into() });
                }
            }
        }
        if rows
            .iter()
            .all(|row| row.cells[..Column::Both as usize].iter().all(Option::is_none))
        {
            return None;
        }
        self.add_differences(name, &mut rows);
        let word = common_word(&mut rows);
        Some(NumbersBlock { title: words::measure(name), unit, word, rows })
    }

    fn cell(
        &self,
        measure: &Measure,
        column: Column,
        value: Option<ShownQuantity>,
    ) -> NumberCell {
        let missing = measure.note.as_ref().filter(|_| value.is_none());
        let said = direction(measure).or_else(|| doubt(measure)).map(str::to_owned);
        let (_, head) = COLUMNS[column as usize];
        let channel = self
            .recording
            .channels
            .iter()
            .find(|channel| measure.channel.as_ref() == Some(&channel.name));
        let verdict = channel.and_then(|channel| channel.verdict);
        NumberCell {
            head,
            value,
            word: said.or_else(|| self.variation(measure)),
            reason: missing.map(ToString::to_string),
            chip: verdict
                .filter(|verdict| *verdict > Verdict::Good)
                .map(|verdict| Chip::of(Some(verdict))),
        }
    }

    /// How much a quantity varies within its side.
    fn variation(&self, measure: &Measure) -> Option<String> {
        let family = dictionary::facts_for(Use::WithinSide).first()?.name;
        let name = format!("{family}.{}", measure.name);
        let found = all(self.recording)
            .find(|found| found.name == name && found.channel == measure.channel)?;
        let ShownQuantity { value, unit, .. } = quantity(found)?;
        Some(format!("varies by {value} {unit}"))
    }

    /// The difference of both sides beside their values.
    fn add_differences(&self, name: &str, rows: &mut [NumbersRow]) {
        let families = dictionary::facts_for(Use::Sides);
        let names = families.iter().map(|family| format!("{}.{name}", family.name));
        for name in names {
            for found in all(self.recording).filter(|found| found.name == name) {
                let subject = self.subjects.find(found.channel.as_deref());
                let free = |row: &&mut NumbersRow| {
                    row.of == subject.name && row.cells[Column::Both as usize].is_none()
                };
                if let Some(row) = rows.iter_mut().find(free) {
                    let cell = self.cell(found, Column::Both, quantity(found));
                    row.cells[Column::Both as usize] = Some(cell);
                }
            }
        }
    }
}

/// What is said of every number of several, taken from them.
fn common_word(rows: &mut [NumbersRow]) -> Option<String> {
    let mut cells: Vec<&mut NumberCell> =
        rows.iter_mut().flat_map(|row| &mut row.cells).flatten().collect();
    let first = cells.first()?.word.clone()?;
    if cells.len() < 2 || cells.iter().any(|cell| cell.word.as_ref() != Some(&first)) {
        return None;
    }
    cells.iter_mut().for_each(|cell| cell.word = None);
    Some(first)
}

fn all(recording: &RecordingFindings) -> impl Iterator<Item = &Measure> {
    recording.outcomes.iter().flat_map(|outcome| &outcome.measures)
}

/// The one reason why none of the measures has a value.
fn common_reason(found: &[&Measure]) -> Option<String> {
    let note = found.first()?.note.as_ref()?;
    let alike = |measure: &&Measure| {
        measure.value.is_none() && measure.note.as_ref() == Some(note)
    };
    found.iter().all(alike).then(|| note.to_string())
}

/// The measures of a use, one a place.
fn one_a_place(make: fn(u8) -> Use, has: impl Fn(&str) -> bool) -> Vec<Text> {
    let main = dictionary::used_for(make);
    let places = main.chunk_by(|one, other| one.0 == other.0);
    places.filter_map(|place| preferred(place, &has)).collect()
}

/// The measure that is shown in a place which several share: the one that compares people,
/// since it is relative to a reference, if it has a value.
fn preferred(place: &[(u8, Known)], has: &impl Fn(&str) -> bool) -> Option<Text> {
    let is_relative = |known: &Known| known.compares().people;
    let relative = place
        .iter()
        .map(|(_, known)| *known)
        .find(|known| is_relative(known) && has(&known.name()));
    let other = place.iter().map(|(_, known)| *known).find(|known| !is_relative(known));
    let first = place.first().map(|(_, known)| *known);
    relative.or(other).or(first).map(Known::name)
}
