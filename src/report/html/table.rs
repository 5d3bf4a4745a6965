//! Tables of measures: one row a channel, one column a measure; and the long list of all
//! of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::analysis::dictionary;
use crate::outcome::fact::{self, Known, Relative, Use};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Outcome, Text, Verdict};
use crate::report::format::{Scale, ShownQuantity, largest, quantity};
use crate::report::words::{self, Chip};
use crate::session::RecordingFindings;
use crate::signal::{Kind, Muscle};
use crate::units::Unit;

/// A table of measures.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// The columns' headings.
    pub(crate) head: Vec<String>,
    /// Whether rows carry a verdict.
    pub(crate) judged: bool,
    /// Whether any number has an interval beside it.
    intervals: bool,
    rows: Vec<Row>,
    /// Measures without a value in any row, and why.
    empty: Vec<(String, String)>,
    /// What a row is.
    of: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What this row and those that follow belong to, where it is the first of them.
    pub(super) group: Option<String>,
    pub(super) title: String,
    pub(super) channel: String,
    pub(super) chip: Option<Chip>,
    pub(super) cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
pub(super) struct Cell {
    pub(super) head: String,
    pub(super) quantity: Option<ShownQuantity>,
    pub(super) word: Option<&'static str>,
    pub(super) reason: Option<String>,
}

/// What a row speaks of.
struct Subject<'a> {
    recording: &'a RecordingFindings,
    title: String,
    channel: &'a str,
    chip: Option<Chip>,
    found: MeasuresByName<'a>,
}

/// The measures of a channel or pair, the first one of each name.
type MeasuresByName<'a> = HashMap<&'a str, &'a Measure>;

/// A column: its heading and the measure in it.
struct ShownColumn<'a> {
    head: String,
    measure: &'a str,
}

impl Table {
    /// The main numbers of every EMG channel, those relative to a reference where there is
    /// one; `None` without channels.
    pub(crate) fn of_channels(recordings: &[&RecordingFindings]) -> Option<Self> {
        let has = |name: &str| all(recordings).any(|found| tells(found, name));
        Self::build(recordings, &one_a_place(Use::Main, has), true)
    }

    /// Some measures of every EMG channel and pair of one recording, those that exist.
    pub(crate) fn of_recording(
        recording: &RecordingFindings,
        names: &[&'static str],
    ) -> Option<Self> {
        let names: Vec<Text> = names.iter().map(|&name| name.into()).collect();
        Self::build(&[recording], &names, false)
    }

    /// The main numbers of every pair of a left and a right channel; `None` when there are
    /// none.
    pub(crate) fn of_pairs(recordings: &[&RecordingFindings]) -> Option<Self> {
        let has = |name: &str| {
            all(recordings).any(|found| tells(found, name) && !is_of_own_peak(found))
        };
        Self::build(recordings, &one_a_place(Use::MainOfPairs, has), false)
    }

    fn build(
        recordings: &[&RecordingFindings],
        names: &[Text],
        judged: bool,
    ) -> Option<Self> {
        let (columns, empty) = columns(recordings, names);
        let subjects: Vec<Subject<'_>> = recordings
            .iter()
            .flat_map(|recording| subjects(recording, &columns, judged))
            .collect();
        if columns.is_empty() && empty.is_empty() {
            return None;
        }
        let scales: Vec<_> =
            columns.iter().map(|column| scales(recordings, column.measure)).collect();
        let mut rows: Vec<Row> =
            subjects.iter().map(|subject| row(subject, &columns, &scales)).collect();
        if recordings.len() > 1 {
            name_groups(&subjects, &mut rows);
        }
        let head = columns.into_iter().map(|column| column.head).collect();
        Some(Self { judged, empty, ..Self::of_rows(head, rows, "Channel") })
    }

    /// A table of rows that are made elsewhere; `of` is what a row is.
    pub(super) fn of_rows(head: Vec<String>, rows: Vec<Row>, of: &'static str) -> Self {
        let cells = rows
            .iter()
            .flat_map(|row| &row.cells)
            .filter_map(|cell| cell.quantity.as_ref());
        let intervals = cells.map(|quantity| &quantity.interval).any(Option::is_some);
        Self { head, judged: false, intervals, rows, empty: Vec::new(), of }
    }
}

/// Every measure of some recordings.
fn all<'a>(recordings: &[&'a RecordingFindings]) -> impl Iterator<Item = &'a Measure> {
    recordings.iter().flat_map(|recording| measures(recording))
}

/// Whether a measure has this name, and a value.
fn tells(found: &Measure, name: &str) -> bool {
    found.name == name && found.value.is_some()
}

/// Whether the level of each side was taken away, being its 100 %.
fn is_of_own_peak(found: &Measure) -> bool {
    found.relative_to == Some(Relative::OwnPeak)
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

/// The columns of the measures that exist; those without any value for one reason stand
/// apart with it.
fn columns<'a>(
    recordings: &[&RecordingFindings],
    names: &'a [Text],
) -> (Vec<ShownColumn<'a>>, Vec<(String, String)>) {
    let (mut columns, mut empty) = (Vec::new(), Vec::new());
    for name in names {
        let of_name = recordings
            .iter()
            .flat_map(|recording| measures(recording))
            .filter(|found| found.name == *name);
        let found: Vec<_> = of_name.collect();
        let head = words::measure(name);
        match common_reason(&found) {
            Some(reason) => empty.push((head, reason)),
            None if found.is_empty() => {}
            None => columns.push(ShownColumn { head, measure: name }),
        }
    }
    (columns, empty)
}

/// The one reason why none of the measures has a value.
fn common_reason(found: &[&Measure]) -> Option<String> {
    let note = found.first()?.note.as_ref()?;
    let alike = |measure: &&Measure| {
        measure.value.is_none() && measure.note.as_ref() == Some(note)
    };
    found.iter().all(alike).then(|| note.to_string())
}

fn measures(recording: &RecordingFindings) -> impl Iterator<Item = &Measure> {
    recording.outcomes.iter().flat_map(|outcome| &outcome.measures)
}

/// The EMG channels and the pairs of a recording that have any of the columns, in the
/// order of the file.
fn subjects<'a>(
    recording: &'a RecordingFindings,
    columns: &[ShownColumn<'_>],
    judged: bool,
) -> Vec<Subject<'a>> {
    let shown: HashSet<&str> = columns.iter().map(|column| column.measure).collect();
    let of_columns = || {
        let shown = measures(recording).filter(|found| shown.contains(&*found.name));
        shown.filter_map(|found| Some((found.channel.as_deref()?, found)))
    };
    let mut found: HashMap<&str, MeasuresByName<'_>> = HashMap::new();
    for (channel, measure) in of_columns() {
        found.entry(channel).or_default().entry(&measure.name).or_insert(measure);
    }
    let subject = |title: String, channel: &'a str, chip: Option<Chip>| {
        let found = found.get(channel).cloned().unwrap_or_default();
        Subject { recording, title, channel, chip, found }
    };
    let channels = recording.channels.iter().filter(|channel| channel.kind == Kind::Emg);
    let channels = channels.filter(|one| judged || found.contains_key(one.name.as_str()));
    let mut subjects: Vec<Subject<'_>> = channels
        .map(|channel| {
            let title = words::muscle(channel.muscle.map(Muscle::name), channel.side);
            subject(title, &channel.name, judged.then(|| Chip::of(channel.verdict)))
        })
        .collect();
    let mut known: HashSet<&str> = subjects.iter().map(|one| one.channel).collect();
    for (channel, measure) in of_columns().filter(|(channel, _)| known.insert(channel)) {
        let title = words::muscle(measure.muscle.map(Muscle::name), measure.side);
        subjects.push(subject(title, channel, judged.then_some(Chip::NONE)));
    }
    subjects
}

/// One scale for each unit that a measure has in these recordings, so that a column can
/// be compared by eye.
fn scales<'a>(
    recordings: &[&'a RecordingFindings],
    name: &str,
) -> BTreeMap<&'a Unit, Scale> {
    let mut by_unit: BTreeMap<&Unit, Vec<&Measure>> = BTreeMap::new();
    for measure in recordings
        .iter()
        .flat_map(|recording| measures(recording))
        .filter(|measure| measure.name == name)
    {
        by_unit.entry(&measure.unit).or_default().push(measure);
    }
    by_unit
        .into_iter()
        .map(|(unit, measures)| (unit, Scale::of(name, unit, largest(measures))))
        .collect()
}

fn row(
    subject: &Subject<'_>,
    columns: &[ShownColumn<'_>],
    scales: &[BTreeMap<&Unit, Scale>],
) -> Row {
    let cells = columns
        .iter()
        .zip(scales)
        .map(|(column, scales)| cell(subject, column, scales))
        .collect();
    let Subject { title, channel, chip, .. } = subject;
    Row {
        group: None,
        title: title.clone(),
        channel: (*channel).to_owned(),
        chip: *chip,
        cells,
    }
}

fn cell(
    subject: &Subject<'_>,
    column: &ShownColumn<'_>,
    scales: &BTreeMap<&Unit, Scale>,
) -> Cell {
    let found = subject.found.get(column.measure).copied();
    let quantity = found.and_then(|found| scales.get(&found.unit)?.quantity(found));
    let reason = match (found, &quantity) {
        (Some(found), None) => found.note.as_ref().map(ToString::to_string),
        (None, _) => Some("not computed".to_owned()),
        (Some(_), Some(_)) => None,
    };
    let word = found.and_then(|found| direction(found).or_else(|| doubt(found)));
    Cell { head: column.head.clone(), quantity, word, reason }
}

/// What is said of a number whose reference is in doubt.
fn doubt(measure: &Measure) -> Option<&'static str> {
    let is_in_doubt = measure.value.is_some() && measure.verdict > Some(Verdict::Good);
    is_in_doubt.then_some("reference in doubt")
}

/// What the interval says about the direction of a slope or a difference, without any
/// judgement.
pub(super) fn direction(measure: &Measure) -> Option<&'static str> {
    let (low, high) = measure.interval?;
    let known = dictionary::known(&measure.name)?;
    let words = known.direction()?;

    // A slope of a few epochs has an interval, and still nothing that a word should be
    // made of.
    let few = measure.n.is_none_or(|n| n < FEWEST_FOR_A_TREND);
    if known.fact.kind == fact::MeasureKind::Slope && few {
        return Some("too few epochs for a trend");
    }
    let names_side = words == fact::Direction::SIDES && (low > 0.0 || high < 0.0);
    if names_side && is_of_own_peak(measure) {
        return Some("no side named: each is over its own peak");
    }
    if names_side && doubt(measure).is_some() {
        return Some("no side named: reference in doubt");
    }
    Some(match (high < 0.0, low > 0.0) {
        (true, _) => words.below,
        (_, true) => words.above,
        _ => words.neither,
    })
}

fn name_groups(subjects: &[Subject<'_>], rows: &mut [Row]) {
    let mut last = None;
    for (subject, row) in subjects.iter().zip(rows) {
        let name = Some(subject.recording.recording.as_str());
        row.group = name.filter(|_| name != last).map(str::to_owned);
        last = name;
    }
}

/// All measures of one analysis.
#[derive(Debug, Serialize)]
pub(crate) struct Listing {
    title: String,
    rows: Vec<ListingRow>,
    /// Notes that stand beside several numbers, said once.
    footnotes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ListingRow {
    title: String,
    name: String,
    channel: String,
    quantity: Option<ShownQuantity>,
    n: Option<usize>,
    reason: Option<String>,
    /// The number of the footnote, counted from 1.
    footnote: Option<usize>,
}

impl Listing {
    /// All measures of an outcome, `None` when it has none.
    pub(crate) fn of(outcome: &Outcome) -> Option<Self> {
        let mut footnotes = Footnotes::default();
        let rows: Vec<_> = outcome
            .measures
            .iter()
            .map(|measure| listing_row(measure, &mut footnotes))
            .collect();
        (!rows.is_empty()).then(|| Self {
            title: words::analysis(&outcome.analysis),
            rows,
            footnotes: footnotes.notes,
        })
    }

    /// How many measures it holds.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

fn listing_row(measure: &Measure, footnotes: &mut Footnotes) -> ListingRow {
    let (reason, footnote) = match (&measure.note, measure.value) {
        (Some(note), Some(_)) => (None, Some(footnotes.number(note))),
        (note, _) => (note.as_ref().map(ToString::to_string), None),
    };
    ListingRow {
        title: words::measure(&measure.name),
        name: measure.name.to_string(),
        channel: measure.channel.clone().unwrap_or_default(),
        quantity: verdict(measure).or_else(|| quantity(measure)),
        n: measure.n,
        reason,
        footnote,
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
