//! The table of left and right: one row a quantity of each pair, its indices beside how
//! much each side varies.

use super::table::{Cell, Row, Table};
use crate::analysis::dictionary;
use crate::outcome::Measure;
use crate::outcome::fact::{Fact, Use};
use crate::report::format::quantity;
use crate::report::words;
use crate::session::RecordingFindings;
use crate::signal::Muscle;
use crate::words::capitalised;

/// The indices of every pair of a recording; `None` without pairs.
pub(super) fn table(recording: &RecordingFindings) -> Option<Table> {
    let measures = || recording.outcomes.iter().flat_map(|outcome| &outcome.measures);
    let has =
        |family: &&Fact| measures().any(|found| family_of(found) == Some(family.name));
    let leading = dictionary::facts_for(Use::Sides).first()?.name;
    let columns = Columns {
        families: dictionary::facts_for(Use::Sides).into_iter().filter(has).collect(),
        within: dictionary::facts_for(Use::WithinSide).first()?.name,
        measures: measures().collect(),
    };

    let mut pair = "";
    let mut rows = Vec::new();
    for found in measures().filter(|found| family_of(found) == Some(leading)) {
        let (Some(channel), Some((_, quantity))) =
            (found.channel.as_deref(), found.name.split_once('.'))
        else {
            continue;
        };
        rows.push(Row {
            group: (channel != pair).then(|| heading(found, channel)),
            title: quantity_words(&found.name, quantity),
            channel: String::new(),
            chip: None,
            cells: columns.cells(channel, quantity),
        });
        pair = channel;
    }

    let head = rows.first()?.cells.iter().map(|cell| cell.head.clone()).collect();
    Some(Table::of_rows(head, rows, "Quantity"))
}

/// What is compared, as a reader knows it.
fn quantity_words(name: &str, quantity: &str) -> String {
    let part = dictionary::known(name).and_then(|known| known.part);
    part.map_or_else(|| words::measure(quantity), |part| capitalised(part.words))
}

fn heading(found: &Measure, channel: &str) -> String {
    let muscle = words::muscle(found.muscle.map(Muscle::name), None);
    format!("{muscle}: {channel}")
}

/// The columns, and what they are filled from.
struct Columns<'a> {
    /// The indices of a pair.
    families: Vec<&'static Fact>,
    /// The variation within each side.
    within: &'static str,
    measures: Vec<&'a Measure>,
}

impl Columns<'_> {
    /// The cells of one quantity of a pair: its indices, and how much each side varies.
    fn cells(&self, pair: &str, quantity: &str) -> Vec<Cell> {
        let indices = self.families.iter().map(|family| {
            cell(
                family.words.to_owned(),
                self.find(&format!("{}.{quantity}", family.name), pair),
            )
        });
        let sides = pair.split(" ~ ").zip(["Variation left", "Variation right"]);
        let within = format!("{}.{quantity}", self.within);
        let variations =
            sides.map(|(side, head)| cell(head.to_owned(), self.find(&within, side)));
        indices.chain(variations).collect()
    }

    fn find(&self, name: &str, channel: &str) -> Option<&Measure> {
        let named = self.measures.iter().filter(|found| found.name == name);
        named.copied().find(|found| found.channel.as_deref() == Some(channel))
    }
}

fn family_of(measure: &Measure) -> Option<&str> {
    measure.name.split_once('.').map(|(family, _)| family)
}

fn cell(head: String, found: Option<&Measure>) -> Cell {
    let reason =
        found.filter(|found| found.value.is_none()).and_then(|found| found.note.as_ref());
    Cell {
        head,
        quantity: found.and_then(quantity),
        word: found.and_then(super::table::direction),
        reason: reason.map(ToString::to_string),
    }
}
