//! The table of left and right: one row a quantity of each pair, its indices beside how
//! much each side varies.

use super::table::{Cell, Row, Table};
use crate::outcome::Measure;
use crate::report::format::quantity;
use crate::report::words;
use crate::session::RecordingFindings;
use crate::signal::Muscle;

/// The indices that are shown; the others are functions of the same ratio and stand in
/// the list of all measures.
const SHOWN: [&str; 3] = ["symmetry_angle", "symmetry_index", "limb_symmetry_index"];

/// The indices of every pair of a recording; `None` without pairs.
pub(super) fn table(recording: &RecordingFindings) -> Option<Table> {
    let measures = &recording
        .outcomes
        .iter()
        .find(|outcome| outcome.analysis == "symmetry")?
        .measures;
    let has =
        |family: &&&str| measures.iter().any(|found| family_of(found) == Some(**family));
    let families: Vec<&str> = SHOWN.iter().filter(has).copied().collect();
    let leading = measures.iter().filter(|found| family_of(found) == Some(SHOWN[0]));
    let mut pair = "";
    let rows = leading.filter_map(|found| {
        let (channel, (_, name)) =
            (found.channel.as_deref()?, found.name.split_once('.')?);
        let of = |family: &str, channel: &str| {
            let wanted = format!("{family}.{name}");
            measures.iter().find(|found| {
                found.name == wanted && found.channel.as_deref() == Some(channel)
            })
        };
        let group = (channel != pair).then(|| {
            let muscle = words::muscle(found.muscle.map(Muscle::name), None);
            format!("{muscle}: {channel}")
        });
        pair = channel;
        let indices = families
            .iter()
            .map(|family| cell(words::measure(family), of(family, channel)));
        let sides = channel.split(" ~ ").zip(["Variation left", "Variation right"]);
        let variations =
            sides.map(|(side, head)| cell(head.to_owned(), of("side_variation", side)));
        Some(Row {
            group,
            title: words::measure(name),
            channel: String::new(),
            chip: None,
            cells: indices.chain(variations).collect(),
        })
    });
    let rows: Vec<Row> = rows.collect();
    let head = rows.first()?.cells.iter().map(|cell| cell.head.clone()).collect();
    Some(Table::of_rows(head, rows, "Quantity"))
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
