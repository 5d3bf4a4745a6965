//! The words in the columns of a table: those that are events, and those that are none.

use std::collections::BTreeSet;

use super::header::Header;
use super::names;
use super::timing::moment;

/// A column of words with more changes than this, and than one in ten rows, tells no
/// events.
const MOST_EVENTS: usize = 20;

/// A word in a column of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventCell {
    /// The column.
    pub(super) column: usize,
    /// The row in which the word stands, or stands first where several follow each other.
    pub(super) row: usize,
    /// The word.
    pub(super) label: String,
}

/// A word that stays for some rows, or rows without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) column: usize,
    /// The first row.
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) word: Option<String>,
}

/// The words of a block.
#[derive(Debug)]
pub(super) struct BlockWords {
    /// The row that is read.
    pub(super) row: usize,
    pub(super) runs: Vec<Run>,
    /// The last run of each column, and its text as it stands in the file.
    last: Vec<Option<(usize, String)>>,
}

impl BlockWords {
    /// None yet, in a block that begins with a row.
    pub(super) fn from(row: usize, columns: usize) -> Self {
        Self { row, runs: Vec::new(), last: vec![None; columns] }
    }

    /// Whether the word of the row before stays.
    pub(super) fn goes_on(&self, column: usize, text: &str) -> bool {
        self.last[column]
            .as_ref()
            .is_some_and(|(run, before)| self.runs[*run].word.is_some() && before == text)
    }

    pub(super) fn take(&mut self, column: usize, text: &str) {
        match &self.last[column] {
            Some((run, _)) if self.goes_on(column, text) => self.runs[*run].rows += 1,
            _ => {
                self.last[column] = Some((self.runs.len(), text.to_owned()));
                self.push(column, Some(label(text).to_owned()));
            }
        }
    }

    /// Takes a row without a word, which ends the one before it, in whichever block.
    pub(super) fn end(&mut self, column: usize) {
        let has_ended = |(run, _): &(usize, String)| self.runs[*run].word.is_none();
        if !self.last[column].as_ref().is_some_and(has_ended) {
            self.last[column] = Some((self.runs.len(), String::new()));
            self.push(column, None);
        }
    }

    fn push(&mut self, column: usize, word: Option<String>) {
        self.runs.push(Run { column, row: self.row, rows: 1, word });
    }
}

/// The words of a table, as they are read.
#[derive(Debug)]
pub(super) struct Words {
    marks: Vec<EventCell>,
    /// The word in the row before, of each column.
    before: Vec<Option<String>>,
    /// In how many rows each column, and what stands behind the last one, holds a word.
    filled: Vec<usize>,
}

/// The words of a table, told from remarks.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The words in columns of events.
    pub(super) events: Vec<EventCell>,
    /// Columns of words that are no events: the same one in every row, or ever another.
    pub(super) remarks: BTreeSet<usize>,
    /// A column whose words take turns from row to row.
    pub(super) turns: Option<usize>,
}

impl Words {
    /// None yet, of so many columns.
    pub(super) fn new(columns: usize) -> Self {
        Self {
            marks: Vec::new(),
            before: vec![None; columns],
            filled: vec![0; columns + 1],
        }
    }

    /// The words of runs that follow each other in each column.
    pub(super) fn of_runs(columns: usize, runs: Vec<Run>) -> Self {
        let mut words = Self::new(columns);
        for run in runs {
            match run.word {
                Some(word) => {
                    words.take(run.column, run.row, &word);
                    words.filled[run.column] += run.rows - 1;
                }
                None => words.end(run.column),
            }
        }
        words.marks.sort_by_key(|mark| (mark.row, mark.column));
        words
    }

    /// Takes the word of a row; one that stays is one event, where it comes first.
    pub(super) fn take(&mut self, column: usize, row: usize, word: &str) {
        self.filled[column] += 1;
        if self.before[column].as_deref() != Some(word) {
            self.marks.push(EventCell { column, row, label: word.to_owned() });
            self.before[column] = Some(word.to_owned());
        }
    }

    /// Takes a row without a word.
    pub(super) fn end(&mut self, column: usize) {
        self.before[column] = None;
    }

    /// Takes the remark behind the last column as an event of its row; where that column
    /// holds words too, it is its word in full.
    pub(super) fn take_behind(&mut self, row: usize, label: String) {
        let columns = self.before.len();
        let is_own = |mark: &EventCell| (mark.column, mark.row) == (columns - 1, row);
        let goes_on = self.marks.last().is_some_and(is_own);
        if goes_on {
            self.marks.pop();
        }
        let column = if goes_on { columns - 1 } else { columns };
        self.filled[columns] += 1;
        self.marks.push(EventCell { column, row, label });
    }

    /// What the words of so many rows are.
    pub(super) fn marks(self, header: &Header, rows: usize) -> Marks {
        let mut columns = vec![Vec::new(); self.before.len() + 1];
        for mark in &self.marks {
            columns[mark.column].push(mark.label.as_str());
        }
        let is_remark = |column: &usize| {
            let is_everywhere = rows > 1 && self.filled[*column] == rows;
            let name = &header.columns[*column].name;
            is_remark(&columns[*column], name, rows, is_everywhere)
        };
        let remarks: BTreeSet<usize> = (0..self.before.len()).filter(is_remark).collect();
        let turns =
            remarks.iter().copied().find(|column| takes_turns(&columns[*column], rows));
        let mut events = self.marks;
        events.retain(|mark| !remarks.contains(&mark.column));
        Marks { events, remarks, turns }
    }
}

impl Marks {
    /// The columns of events.
    pub(super) fn columns(&self) -> BTreeSet<usize> {
        self.events.iter().map(|mark| mark.column).collect()
    }
}

/// Whether the words of a column tell no events: one word in all rows, or a new one in
/// many.
fn is_remark(words: &[&str], name: &str, rows: usize, everywhere: bool) -> bool {
    is_person(name)
        || words.first().is_some_and(|word| moment::date(word).is_some())
        || words.len() == 1 && everywhere
        || words.len() > MOST_EVENTS.max(rows / 10)
}

/// Whether few words follow each other in nearly every row.
fn takes_turns(words: &[&str], rows: usize) -> bool {
    let different: BTreeSet<&str> = words.iter().copied().collect();
    2 * words.len() > rows && different.len() <= MOST_EVENTS && rows > 5 * different.len()
}

/// Whether a column is called after the persons whose names it holds.
fn is_person(name: &str) -> bool {
    let words = [
        "subject",
        "subjectid",
        "participant",
        "participantid",
        "patient",
        "patientid",
        "person",
        "proband",
        "name",
        "id",
    ];
    words.contains(&names::key(name).as_str())
}

/// A remark without the mark before it, which tells the channel: `#* start`, `#2 start`.
pub(super) fn label(text: &str) -> &str {
    let text = text.trim().trim_matches('"').trim();
    let behind = text.strip_prefix('#').and_then(|rest| rest.split_once(' '));
    let is_mark =
        |mark: &str| mark == "*" || mark.bytes().all(|byte| byte.is_ascii_digit());
    behind.filter(|(mark, _)| is_mark(mark)).map_or(text, |(_, label)| label.trim())
}
