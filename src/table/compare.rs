//! Two tables of one kind compared: every value that differs, by its row and column.

use std::collections::BTreeMap;
use std::io::{self, Read};

use csv::{Reader, ReaderBuilder, StringRecord};

/// The columns that tell which row it is, and `muscle` and `side` where no channel does.
/// Rows that they do not tell apart (bursts) are counted.
const KEYS: [&str; 17] = [
    "subject",
    "session",
    "recording",
    "first_session",
    "first_recording",
    "channel",
    "task",
    "first",
    "second",
    "taken",
    "partner",
    "analysis",
    "measure",
    "compared",
    "cycle",
    "percent",
    "frequency_hz",
];
const KEYS_WITHOUT_CHANNEL: [&str; 2] = ["muscle", "side"];

/// What differs between two tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableDifference {
    /// A value.
    Value {
        /// The row, by the cells that tell it.
        row: String,
        /// The column.
        column: String,
        /// The value of the first table.
        was: String,
        /// The value of the second one.
        is: String,
    },
    /// A row that only the first table has.
    RowGone(String),
    /// A row that only the second table has.
    RowNew(String),
    /// A column that only the first table has.
    ColumnGone(String),
    /// A column that only the second table has.
    ColumnNew(String),
}

/// Tells every difference between two tables as CSV with such a sign between cells, rows in
/// the order of the second one.
///
/// # Errors
/// When one cannot be read or is no text.
pub fn compare_tables(
    separator: char,
    was: impl Read,
    is: impl Read,
    mut tell: impl FnMut(TableDifference),
) -> io::Result<()> {
    let (mut was, mut is) = (reader(separator, was), reader(separator, is));
    let (old, new) = (KeyedColumns::of(was.headers()?), KeyedColumns::of(is.headers()?));
    let lacks = |columns: &KeyedColumns, name: &&String| !columns.names.contains(name);
    for name in old.names.iter().filter(|name| lacks(&new, name)) {
        tell(TableDifference::ColumnGone(name.clone()));
    }
    for name in new.names.iter().filter(|name| lacks(&old, name)) {
        tell(TableDifference::ColumnNew(name.clone()));
    }

    let mut rows = keyed(&mut was, &old)?;
    let mut counts = BTreeMap::new();
    for record in is.records() {
        let record = record?;
        let key = numbered(new.key(&record), &mut counts);
        match rows.remove(&key) {
            Some(row) => differing_cells((&old, &row), (&new, &record), &key, &mut tell),
            None => tell(TableDifference::RowNew(shown(&key))),
        }
    }
    rows.keys().for_each(|key| tell(TableDifference::RowGone(shown(key))));
    Ok(())
}

/// A row's key, and how many of the same key stand before it.
type RowKey = (String, usize);

/// The columns of a table.
struct KeyedColumns {
    names: Vec<String>,
    keys: Vec<usize>,
}

impl KeyedColumns {
    fn of(header: &StringRecord) -> Self {
        let names: Vec<String> = header.iter().map(str::to_owned).collect();
        let has_channel = names.iter().any(|name| name == "channel");
        // The task of a recording says nothing that its name does not.
        let has_recording = names.iter().any(|name| name == "recording");
        let is_key = |name: &str| {
            KEYS.contains(&name) && !(has_recording && name == "task")
                || !has_channel && KEYS_WITHOUT_CHANNEL.contains(&name)
        };
        let keys = (0..names.len()).filter(|&at| is_key(&names[at])).collect();
        Self { names, keys }
    }

    fn key(&self, row: &StringRecord) -> String {
        let cells = self.keys.iter().filter_map(|&at| row.get(at));
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The cell of a column; one that was cut off is empty.
    fn cell<'a>(&self, row: &'a StringRecord, name: &str) -> Option<&'a str> {
        let at = self.names.iter().position(|known| known == name)?;
        Some(row.get(at).unwrap_or_default())
    }
}

fn reader<R: Read>(separator: char, bytes: R) -> Reader<R> {
    ReaderBuilder::new().delimiter(separator as u8).flexible(true).from_reader(bytes)
}

fn keyed<R: Read>(
    reader: &mut Reader<R>,
    columns: &KeyedColumns,
) -> io::Result<BTreeMap<RowKey, StringRecord>> {
    let (mut rows, mut counts) = (BTreeMap::new(), BTreeMap::new());
    for record in reader.records() {
        let record = record?;
        rows.insert(numbered(columns.key(&record), &mut counts), record);
    }
    Ok(rows)
}

fn numbered(key: String, counts: &mut BTreeMap<String, usize>) -> RowKey {
    let count = counts.entry(key.clone()).or_default();
    *count += 1;
    (key, *count - 1)
}

fn shown((key, before): &RowKey) -> String {
    match before {
        0 => key.clone(),
        _ => format!("{key} ({} of these)", before + 1),
    }
}

fn differing_cells(
    (old, was): (&KeyedColumns, &StringRecord),
    (new, is): (&KeyedColumns, &StringRecord),
    key: &RowKey,
    tell: &mut impl FnMut(TableDifference),
) {
    for (column, is) in new.names.iter().zip(is) {
        if let Some(was) = old.cell(was, column).filter(|was| *was != is) {
            tell(TableDifference::Value {
                row: shown(key),
                column: column.clone(),
                was: was.to_owned(),
                is: is.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(was: &str, is: &str) -> Vec<TableDifference> {
        let mut told = Vec::new();
        compare_tables(',', was.as_bytes(), is.as_bytes(), |one| told.push(one)).unwrap();
        told
    }

    #[test]
    fn values_are_told_by_row_and_column() {
        let table = "subject,channel,measure,value\nP1,SOL,rms,1\nP2,SOL,rms,2\n";
        assert_eq!(told(table, table), []);
        let edited = table.replace("rms,2", "rms,3");
        let value = TableDifference::Value {
            row: "P2, SOL, rms".into(),
            column: "value".into(),
            was: "2".into(),
            is: "3".into(),
        };
        assert_eq!(told(table, &edited), [value]);
        let fewer = "subject,channel,measure,value\nP3,SOL,rms,1\nP2,SOL,rms,2\n";
        let [new, gone] = ["P3, SOL, rms", "P1, SOL, rms"].map(str::to_owned);
        let expected = [TableDifference::RowNew(new), TableDifference::RowGone(gone)];
        assert_eq!(told(table, fewer), expected);
    }

    #[test]
    fn rows_of_one_key_are_counted_and_columns_named() {
        let was = "subject,channel,on_s,peak\nP1,SOL,1,5\nP1,SOL,2,6\n";
        let is = "subject,channel,on_s,mean\nP1,SOL,1,5\nP1,SOL,2.5,6\n";
        let expected = [
            TableDifference::ColumnGone("peak".into()),
            TableDifference::ColumnNew("mean".into()),
            TableDifference::Value {
                row: "P1, SOL (2 of these)".into(),
                column: "on_s".into(),
                was: "2".into(),
                is: "2.5".into(),
            },
        ];
        assert_eq!(told(was, is), expected);
    }

    #[test]
    fn cut_tables_are_compared_as_far_as_they_go() {
        let whole = "task,muscle,side,n\nwalk,soleus,left,4\nwalk,soleus,right,5\n";
        let cut = &whole[..whole.len() - 9];
        let [gone, new] = ["walk, soleus", "walk, soleus, right"].map(str::to_owned);
        let expected = [TableDifference::RowNew(new), TableDifference::RowGone(gone)];
        assert_eq!(told(cut, whole), expected);
        assert_eq!(told("", whole).len(), 4 + 2);
        assert!(
            compare_tables(',', &b"a\n\xff\n"[..], whole.as_bytes(), |_| ()).is_err()
        );
    }
}
