//! Every measure of a recording: a row a measure, the channels beside each other.

use std::collections::HashMap;

use serde::Serialize;

use super::subject::{Column, Subject, Subjects};
use crate::outcome::{Measure, Outcome};
use crate::report::format::{Scale, ShownQuantity, largest, quantity};
use crate::report::words;
use crate::session::RecordingFindings;

/// So many columns stand beside each other; more of them make a second table.
const COLUMNS: usize = 8;

/// Everything that was measured, and what is said beside the numbers.
#[derive(Debug, Serialize)]
pub(super) struct Listings {
    count: usize,
    listings: Vec<Listing>,
    /// What is said of one or many numbers, once.
    footnotes: Vec<String>,
}

/// All measures of one analysis.
#[derive(Debug, Serialize)]
struct Listing {
    title: String,
    tables: Vec<ListingTable>,
}

#[derive(Debug, Serialize)]
struct ListingTable {
    heads: Vec<Head>,
    /// Whether any muscle has a row for its sides.
    sided: bool,
    rows: Vec<ListingRow>,
}

/// A muscle, or several together.
#[derive(Debug, Serialize)]
struct Head {
    name: String,
    /// The words of its columns: "left", "right", or nothing.
    columns: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct ListingRow {
    title: String,
    name: String,
    unit: String,
    n: Option<usize>,
    note: Option<usize>,
    cells: Vec<ListingCell>,
}

#[derive(Debug, Default, Serialize)]
struct ListingCell {
    span: usize,
    shown: Option<ShownQuantity>,
    /// Whether something stands here, with a value or without.
    told: bool,
    n: Option<usize>,
    note: Option<usize>,
}

impl Listings {
    /// `None` without measures.
    pub(super) fn of(recording: &RecordingFindings) -> Option<Self> {
        let subjects = Subjects::of(recording);
        let mut footnotes = Footnotes::default();
        let listings: Vec<Listing> = recording
            .outcomes
            .iter()
            .filter(|outcome| !outcome.measures.is_empty())
            .map(|outcome| listing(outcome, &subjects, &mut footnotes))
            .collect();
        let count = recording.outcomes.iter().map(|outcome| outcome.measures.len()).sum();
        (count > 0).then_some(Self { count, listings, footnotes: footnotes.notes })
    }
}

/// A measure of a row, where it stands.
type Placed<'a> = (Subject, &'a Measure);

fn listing(
    outcome: &Outcome,
    subjects: &Subjects<'_>,
    footnotes: &mut Footnotes,
) -> Listing {
    let placed: Vec<Placed<'_>> = outcome
        .measures
        .iter()
        .map(|measure| (subjects.find(measure.channel.as_deref()), measure))
        .collect();
    let groups = groups(&placed);
    let mut tables = Vec::new();
    let mut rest = &groups[..];
    while !rest.is_empty() {
        let (heads, others) = rest.split_at(how_many_fit(rest));
        tables.push(table(heads, &placed, footnotes));
        rest = others;
    }
    Listing { title: words::analysis(&outcome.analysis), tables }
}

/// The muscles in their order, each with its columns.
fn groups(placed: &[Placed<'_>]) -> Vec<(String, Vec<Column>)> {
    let mut groups: Vec<(String, Vec<Column>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (subject, _) in placed {
        let at = *known.entry(&subject.name).or_insert_with(|| {
            groups.push((subject.name.clone(), Vec::new()));
            groups.len() - 1
        });
        let columns = &mut groups[at].1;
        if !columns.contains(&subject.column) {
            columns.push(subject.column);
        }
    }
    for (_, columns) in &mut groups {
        columns.sort_unstable();
        // What is of both sides spans those of each.
        if columns.len() > 1 {
            columns.retain(|column| *column != Column::Both);
        }
    }
    groups
}

/// How many of these muscles have room in one table: at least one.
fn how_many_fit(groups: &[(String, Vec<Column>)]) -> usize {
    let mut columns = 0;
    let fits = |(_, of_one): &&(String, Vec<Column>)| {
        columns += of_one.len();
        columns <= COLUMNS
    };
    groups.iter().take_while(fits).count().max(1)
}

fn table(
    groups: &[(String, Vec<Column>)],
    placed: &[Placed<'_>],
    footnotes: &mut Footnotes,
) -> ListingTable {
    let at = |name: &str| groups.iter().position(|(known, _)| known == name);
    let mut rows: Vec<Vec<(usize, &Placed<'_>)>> = Vec::new();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for one in placed {
        let Some(group) = at(&one.0.name) else { continue };
        let of_name = by_name.entry(&one.1.name).or_default();
        let free = of_name.iter().copied().find(|&row| {
            rows[row].iter().all(|(other, (subject, _))| {
                *other != group || !clash(subject.column, one.0.column)
            })
        });
        match free {
            Some(row) => rows[row].push((group, one)),
            None => {
                of_name.push(rows.len());
                rows.push(vec![(group, one)]);
            }
        }
    }
    let word = |column: &Column| match column {
        Column::Left => "left",
        Column::Right => "right",
        Column::One | Column::Both => "",
    };
    let head = |(name, columns): &(String, Vec<Column>)| Head {
        name: name.clone(),
        columns: columns.iter().map(word).collect(),
    };
    let heads: Vec<Head> = groups.iter().map(head).collect();
    ListingTable {
        sided: heads.iter().flat_map(|head| &head.columns).any(|word| !word.is_empty()),
        heads,
        rows: rows.iter().map(|row| listing_row(row, groups, footnotes)).collect(),
    }
}

/// Whether two numbers of one muscle have no room in one row.
fn clash(one: Column, other: Column) -> bool {
    one == other || one == Column::Both || other == Column::Both
}

fn listing_row(
    row: &[(usize, &Placed<'_>)],
    groups: &[(String, Vec<Column>)],
    footnotes: &mut Footnotes,
) -> ListingRow {
    let measures: Vec<&Measure> = row.iter().map(|(_, (_, measure))| *measure).collect();
    let first = measures[0];
    let one_unit = measures.iter().all(|measure| measure.unit == first.unit);
    let one_n = measures.iter().all(|measure| measure.n == first.n);
    let one_note = measures.iter().all(|measure| measure.note == first.note);
    let scale = Scale::of(&first.name, &first.unit, largest(measures.iter().copied()));
    let mut unit = String::new();
    let mut note =
        |measure: &Measure| measure.note.as_ref().map(|note| footnotes.number(note));

    let row_note = if one_note { note(first) } else { None };
    let mut cell = |measure: &Measure, span: usize| {
        let mut shown = verdict(measure).or_else(|| match one_unit {
            true => scale.quantity(measure),
            false => quantity(measure),
        });
        if let Some(shown) = shown.as_mut().filter(|_| one_unit) {
            unit = std::mem::take(&mut shown.unit);
        }
        ListingCell {
            span,
            shown,
            told: true,
            n: measure.n.filter(|_| !one_n),
            note: if one_note { None } else { note(measure) },
        }
    };
    let mut cells = Vec::new();
    for (group, (_, columns)) in groups.iter().enumerate() {
        let find = |column: Column| {
            row.iter().find(|(at, (subject, _))| *at == group && subject.column == column)
        };
        if let Some((_, (_, measure))) = find(Column::Both) {
            cells.push(cell(measure, columns.len()));
            continue;
        }
        for column in columns {
            cells.push(match find(*column) {
                Some((_, (_, measure))) => cell(measure, 1),
                None => ListingCell { span: 1, ..ListingCell::default() },
            });
        }
    }
    ListingRow {
        title: words::measure(&first.name),
        name: first.name.to_string(),
        unit,
        n: first.n.filter(|_| one_n),
        note: row_note,
        cells,
    }
}

fn verdict(measure: &Measure) -> Option<ShownQuantity> {
    let own = measure.verdict.filter(|_| measure.value.is_none());
    let value = own?.word().to_owned();
    Some(ShownQuantity { value, unit: String::new(), interval: None })
}

/// Notes beside numbers, each once.
#[derive(Default)]
struct Footnotes {
    notes: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Footnotes {
    /// The number of a note, counted from 1.
    fn number(&mut self, note: &str) -> usize {
        if let Some(known) = self.numbers.get(note) {
            return *known;
        }
        self.notes.push(note.to_owned());
        self.numbers.insert(note.to_owned(), self.notes.len());
        self.notes.len()
    }
}
